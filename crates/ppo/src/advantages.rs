/// Generalised advantage estimates of one complete episode with a reward at every step.
///
/// Returns the advantages and the returns (advantage + value) of all steps. With λ = 1 the advantage
/// is the discounted sum of the rewards to come minus the value.
///
/// Source: "High-Dimensional Continuous Control Using Generalized Advantage Estimation" (2016).
pub fn advantages(
    values: &[f32],
    rewards: &[f32],
    gamma: f64,
    lambda: f64,
) -> (Vec<f32>, Vec<f32>) {
    let mut advantages = vec![0.0; values.len()];
    let (mut running, mut next) = (0.0, 0.0);
    for step in (0..values.len()).rev() {
        let value = f64::from(values[step]);
        let error = f64::from(rewards[step]) + gamma * next - value;
        running = error + gamma * lambda * running;
        (advantages[step], next) = (running as f32, value);
    }
    let returns =
        advantages.iter().zip(values).map(|(advantage, value)| advantage + value).collect();
    (advantages, returns)
}

/// Shifts and scales to mean 0 and standard deviation 1.
pub fn normalize(values: &mut [f32]) {
    let n = values.len().max(1) as f64;
    let mean = values.iter().map(|&value| f64::from(value)).sum::<f64>() / n;
    let square = |&value: &f32| (f64::from(value) - mean).powi(2);
    let deviation = (values.iter().map(square).sum::<f64>() / n).sqrt();
    for value in values {
        *value = ((f64::from(*value) - mean) / (deviation + 1e-8)) as f32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambda_one_is_the_discounted_reward_minus_the_value() {
        let values = [0.5, -1.0, 0.25];
        let (found, returns) = advantages(&values, &[0.0, 0.0, -2.0], 0.9, 1.0);
        for (step, &value) in values.iter().enumerate() {
            let expected = -2.0 * 0.9_f32.powi(2 - step as i32);
            assert!((returns[step] - expected).abs() < 1e-6, "{returns:?}");
            assert!((found[step] - (expected - value)).abs() < 1e-6, "{found:?}");
        }
    }

    #[test]
    fn lambda_zero_is_the_one_step_error() {
        let (found, _) = advantages(&[1.0, 3.0], &[0.0, 5.0], 1.0, 0.0);
        assert_eq!(found, vec![2.0, 2.0]);
    }

    #[test]
    fn normalized_values_have_mean_zero_and_deviation_one() {
        let mut values = [1.0, 2.0, 3.0, 6.0];
        normalize(&mut values);
        let square: f32 = values.iter().map(|value| value * value).sum();
        assert!(values.iter().sum::<f32>().abs() < 1e-6, "{values:?}");
        assert!((square / 4.0 - 1.0).abs() < 1e-5, "{values:?}");
    }
}
