//! Mean of the `k` largest of values that change a little from call to call.
//!
//! A threshold remembered from the last call picks out slightly more than `k` candidates, and of
//! those only the few smallest need to be told apart. The sum depends on the values alone, not on
//! the threshold, so equal values give equal bits.

/// Values looked at together: where none reaches the threshold, all are skipped.
const BLOCK: usize = 8;

/// Candidates beyond `k` up to which the smallest are found by insertion.
const FEW: usize = 31;

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
            candidates: vec![0.0; n + BLOCK],
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
        let kth = self.kth_largest(n, k);
        // Summed in the order of the cells, whatever the threshold let through.
        let (mut sum, mut above) = (0.0, 0_usize);
        for &value in &self.candidates[..n] {
            sum += if value > kth { value } else { 0.0 };
            above += usize::from(value > kth);
        }
        sum += (k - above) as f64 * kth;
        sum / self.k as f64
    }

    /// Candidates beyond `k` that are aimed at: enough for the next call to find `k`, few enough to
    /// tell apart quickly.
    fn margin(&self) -> usize {
        (2 + self.k / 8).min(FEW / 2)
    }

    /// The `k`-th largest of the first `n` candidates; sets the threshold for the next call.
    fn kth_largest(&mut self, n: usize, k: usize) -> f64 {
        let beyond = n - k;
        if beyond > FEW {
            let aim = (k + self.margin()).min(n);
            let found = &mut self.partitioned[..n];
            found.copy_from_slice(&self.candidates[..n]);
            let (_, &mut threshold, _) =
                found.select_nth_unstable_by(aim - 1, |x, y| y.total_cmp(x));
            self.threshold = threshold;
            let (_, &mut kth, _) =
                found[..aim].select_nth_unstable_by(k - 1, |x, y| y.total_cmp(x));
            return kth;
        }
        // The smallest candidates in descending order: the first is the one sought.
        let mut smallest = [f64::INFINITY; FEW + 1];
        let smallest = &mut smallest[..=beyond];
        for &value in &self.candidates[..n] {
            if value < smallest[0] {
                let mut at = 0;
                while at + 1 < smallest.len() && value < smallest[at + 1] {
                    smallest[at] = smallest[at + 1];
                    at += 1;
                }
                smallest[at] = value;
            }
        }
        if beyond > 2 * self.margin() {
            self.threshold = smallest[self.margin()];
        }
        smallest[0]
    }

    /// Collects the values that reach the threshold, in order; returns how many.
    fn gather(&mut self, a: &[f64], b: &[f64]) -> usize {
        let threshold = self.threshold;
        let mut n = 0;
        for values in [a, b] {
            for block in values.chunks(BLOCK) {
                let hot = block.iter().fold(false, |hot, &value| hot | (value >= threshold));
                if hot {
                    for &value in block {
                        self.candidates[n] = value;
                        n += usize::from(value >= threshold);
                    }
                }
            }
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
