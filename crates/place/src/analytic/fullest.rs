//! A smooth stand-in for the mean of the `k` largest values.
//!
//! The mean of the `k` largest is the least of `t + Σ max(v − t, 0) / k` over all `t`; rounding the
//! kink off over a range gives every value near the border a part between 0 and 1, and the parts,
//! which sum to `k`, are the slope.

/// Writes each value's part over `k`: the slope of the smooth mean of the `k` largest.
pub(super) fn parts(values: &[f64], k: usize, range: f64, out: &mut Vec<f64>) {
    let k = k.clamp(1, values.len().max(1));
    let range = range.max(1e-9);
    let part = |value: f64, border: f64| ((value - border) / range + 0.5).clamp(0.0, 1.0);
    let mut low = values.iter().copied().fold(f64::INFINITY, f64::min) - range;
    let mut high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) + range;
    while high - low > 1e-6 * range {
        let border = 0.5 * (low + high);
        if border == low || border == high {
            break;
        }
        let sum: f64 = values.iter().map(|&value| part(value, border)).sum();
        if sum > k as f64 { low = border } else { high = border }
    }
    let border = 0.5 * (low + high);
    out.clear();
    out.extend(values.iter().map(|&value| part(value, border) / k as f64));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_one_and_find_the_largest() {
        let values = [0.1, 0.9, 0.5, 0.8, 0.2];
        let mut out = Vec::new();
        parts(&values, 2, 1e-6, &mut out);
        let expected = [0.0, 0.5, 0.0, 0.5, 0.0];
        for (part, expected) in out.iter().zip(expected) {
            assert!((part - expected).abs() < 1e-9, "{out:?}");
        }
        parts(&values, 2, 0.5, &mut out);
        assert!((out.iter().sum::<f64>() - 1.0).abs() < 1e-5);
        assert!(out[2] > 0.0 && out[1] > out[3] && out[3] > out[2]);
    }

    #[test]
    fn equal_values_share() {
        let mut out = Vec::new();
        parts(&[1.0; 4], 2, 0.1, &mut out);
        assert!(out.iter().all(|part| (part - 0.25).abs() < 1e-6), "{out:?}");
    }
}
