//! The mean of the largest values of a map.

/// Mean of the `k` largest values, which are left reordered; zero where `k` is zero.
pub(crate) fn mean(values: &mut [f64], k: usize) -> f64 {
    if k == 0 || k > values.len() {
        return 0.0;
    }
    values.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
    // Summed in descending order, so the result does not depend on how the selection works.
    values[..k].sort_unstable_by(|a, b| b.total_cmp(a));
    values[..k].iter().sum::<f64>() / k as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_are_averaged() {
        assert_eq!(mean(&mut [1.0, 5.0, 3.0, 4.0], 2), 4.5);
        assert_eq!(mean(&mut [1.0], 0), 0.0);
        assert_eq!(mean(&mut [1.0], 2), 0.0);
    }
}
