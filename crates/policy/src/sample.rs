use rand::RngExt;
use rand_pcg::Pcg64Mcg;

/// An action and how likely it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// The grid cell.
    pub action: usize,
    /// Logarithm of its probability.
    pub log_probability: f32,
}

/// Log-probabilities of the legal cells; minus infinity elsewhere.
///
/// Masking and log-softmax in one place, with the largest legal logit taken off first so that nothing
/// overflows.
pub fn log_probabilities(logits: &[f32], mask: &[bool]) -> Vec<f32> {
    let legal = || logits.iter().zip(mask).filter(|pair| *pair.1).map(|pair| *pair.0);
    let most = legal().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = legal().map(|logit| f64::from(logit - most).exp()).sum();
    let shift = most + sum.ln() as f32;
    let log = |(&logit, &free): (&f32, &bool)| if free { logit - shift } else { f32::NEG_INFINITY };
    logits.iter().zip(mask).map(log).collect()
}

/// Draws a legal cell, or takes the likeliest where `rng` is `None` (ties to the lowest index).
///
/// # Panics
/// If no cell is legal.
pub fn choose(logits: &[f32], mask: &[bool], rng: Option<&mut Pcg64Mcg>) -> Choice {
    let logs = log_probabilities(logits, mask);
    let legal = (0..logs.len()).filter(|&cell| mask[cell]);
    let action = match rng {
        None => legal.fold(None, |best: Option<usize>, cell| match best {
            Some(best) if logs[best] >= logs[cell] => Some(best),
            _ => Some(cell),
        }),
        Some(rng) => {
            let mut left: f64 = rng.random();
            let mut last = None;
            for cell in legal {
                last = Some(cell);
                left -= f64::from(logs[cell]).exp();
                if left < 0.0 {
                    break;
                }
            }
            last
        }
    };
    let action = action.expect("a legal cell");
    Choice { action, log_probability: logs[action] }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn illegal_cells_are_never_drawn() {
        let (logits, mask) = ([9.0, 1.0, 9.0, 2.0], [false, true, false, true]);
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut counts = [0; 4];
        for _ in 0..10_000 {
            counts[choose(&logits, &mask, Some(&mut rng)).action] += 1;
        }
        assert_eq!((counts[0], counts[2]), (0, 0));
        let expected = 10_000.0 / (1.0 + (-1.0_f64).exp());
        assert!((f64::from(counts[3]) - expected).abs() < 200.0, "{counts:?}");
        assert_eq!(choose(&logits, &mask, None).action, 3);
        let total: f32 = log_probabilities(&logits, &mask).iter().map(|log| log.exp()).sum();
        assert!((total - 1.0).abs() < 1e-6, "{total}");
    }
}
