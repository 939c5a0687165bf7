//! Mean of the `k` largest of values that change a little from call to call.
//!
//! A threshold remembered from the last call lets one pass pick out slightly more than `k`
//! candidates, and only those are partitioned. The sum depends on the values alone, not on the
//! threshold, so equal values give equal bits.

/// Finds the sum of the `k` largest values without sorting or allocating.
pub(super) struct TopK {
    k: usize,
    threshold: f64,
    candidates: Vec<f64>,
    partitioned: Vec<f64>,
}

impl TopK {
    /// For at most `n` values.
    pub(super) fn new(k: usize, n: usize) -> Self {
        Self {
            k,
            threshold: f64::NEG_INFINITY,
            candidates: vec![0.0; n + 1],
            partitioned: vec![0.0; n],
        }
    }

    /// Mean of the `k` largest of the values in both slices; zero where `k` is zero.
    pub(super) fn mean(&mut self, a: &[f64], b: &[f64]) -> f64 {
        if self.k == 0 {
            return 0.0;
        }
        let mut n = self.gather(a, b);
        if n < self.k {
            self.threshold = f64::NEG_INFINITY;
            n = self.gather(a, b);
        }
        let k = self.k.min(n);
        let found = &mut self.partitioned[..n];
        found.copy_from_slice(&self.candidates[..n]);
        let (_, &mut kth, _) = found.select_nth_unstable_by(k - 1, |x, y| y.total_cmp(x));
        // Summed in the order of the cells, whatever the threshold let through.
        let (mut sum, mut above) = (0.0, 0_usize);
        for &value in &self.candidates[..n] {
            sum += if value > kth { value } else { 0.0 };
            above += usize::from(value > kth);
        }
        sum += (k - above) as f64 * kth;
        if n > self.k + self.k / 2 || n == self.k {
            self.threshold = kth - 0.02 * kth.abs();
        }
        sum / self.k as f64
    }

    fn gather(&mut self, a: &[f64], b: &[f64]) -> usize {
        let mut n = 0;
        for &value in a.iter().chain(b) {
            self.candidates[n] = value;
            n += usize::from(value >= self.threshold);
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn equals_sorting(
            rounds in prop::collection::vec(prop::collection::vec(0.0_f64..3.0, 40), 1..6),
            k in 0_usize..40,
        ) {
            let mut top = TopK::new(k, 40);
            for values in rounds {
                let (a, b) = values.split_at(13);
                let mut sorted = values.clone();
                sorted.sort_by(|x, y| y.total_cmp(x));
                let expected = if k == 0 { 0.0 } else { sorted[..k].iter().sum::<f64>() / k as f64 };
                let fresh = TopK::new(k, 40).mean(a, b);
                let found = top.mean(a, b);
                prop_assert!((found - expected).abs() <= 1e-14 * expected, "{found} {expected}");
                prop_assert_eq!(found.to_bits(), fresh.to_bits());
            }
        }
    }
}
