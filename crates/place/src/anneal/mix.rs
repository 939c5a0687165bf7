//! The kinds of move and how often each is drawn.

use rand::RngExt;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// A kind of move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoveKind {
    /// A soft macro by a step of any length up to a few grid cells.
    SoftShift,
    /// A soft macro to where its wirelength is least.
    SoftMedian,
    /// A soft macro within the interval where its wirelength does not change.
    SoftFlat,
    /// Two soft macros change places.
    SoftSwap,
    /// A soft macro just across the border of its row or column, to the less congested side.
    SoftRoute,
    /// The soft macros of a net together.
    SoftGroup,
    /// A hard macro by a step of any length up to a few grid cells.
    HardShift,
    /// A hard macro to where its wirelength is least.
    HardMedian,
    /// Two hard macros change places.
    HardSwap,
    /// A hard macro against the side of another one.
    HardBeside,
    /// A hard macro along one axis, with those in its way pushed along.
    HardPush,
    /// A hard macro mirrored.
    Flip,
}

/// Number of kinds of move.
pub const N_KINDS: usize = 12;

impl MoveKind {
    /// All kinds, in the order of their counters.
    pub const ALL: [Self; N_KINDS] = [
        Self::SoftShift,
        Self::SoftMedian,
        Self::SoftFlat,
        Self::SoftSwap,
        Self::SoftRoute,
        Self::SoftGroup,
        Self::HardShift,
        Self::HardMedian,
        Self::HardSwap,
        Self::HardBeside,
        Self::HardPush,
        Self::Flip,
    ];
}

/// Relative frequencies of the kinds of move, those of soft and of hard macros each among
/// themselves. Zero turns a kind off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MixConfig {
    /// A soft macro by a step of any length up to a few grid cells.
    pub soft_shift: f64,
    /// A soft macro to where its wirelength is least.
    pub soft_median: f64,
    /// A soft macro within the interval where its wirelength does not change.
    pub soft_flat: f64,
    /// Two soft macros change places.
    pub soft_swap: f64,
    /// A soft macro just across the border of its row or column, to the less congested side.
    pub soft_route: f64,
    /// The soft macros of a net together.
    pub soft_group: f64,
    /// A hard macro by a step of any length up to a few grid cells.
    pub hard_shift: f64,
    /// A hard macro to where its wirelength is least.
    pub hard_median: f64,
    /// Two hard macros change places.
    pub hard_swap: f64,
    /// A hard macro against the side of another one.
    pub hard_beside: f64,
    /// A hard macro along one axis, with those in its way pushed along.
    pub hard_push: f64,
    /// A hard macro mirrored.
    pub flip: f64,
}

impl Default for MixConfig {
    fn default() -> Self {
        Self {
            soft_shift: 0.45,
            soft_median: 0.2,
            soft_flat: 0.15,
            soft_swap: 0.02,
            soft_route: 0.1,
            soft_group: 0.05,
            hard_shift: 0.3,
            hard_median: 0.03,
            hard_swap: 0.3,
            hard_beside: 0.03,
            hard_push: 0.3,
            flip: 0.2,
        }
    }
}

/// Draws kinds of move of soft or of hard macros.
pub(super) struct Draw {
    kinds: Vec<(MoveKind, f64)>,
    total: f64,
    last: MoveKind,
}

impl Draw {
    pub(super) fn new(mix: &MixConfig, flips: bool, hard: bool) -> Self {
        let all = if hard {
            vec![
                (MoveKind::HardShift, mix.hard_shift),
                (MoveKind::HardMedian, mix.hard_median),
                (MoveKind::HardSwap, mix.hard_swap),
                (MoveKind::HardBeside, mix.hard_beside),
                (MoveKind::HardPush, mix.hard_push),
                (MoveKind::Flip, if flips { mix.flip } else { 0.0 }),
            ]
        } else {
            vec![
                (MoveKind::SoftShift, mix.soft_shift),
                (MoveKind::SoftMedian, mix.soft_median),
                (MoveKind::SoftFlat, mix.soft_flat),
                (MoveKind::SoftSwap, mix.soft_swap),
                (MoveKind::SoftRoute, mix.soft_route),
                (MoveKind::SoftGroup, mix.soft_group),
            ]
        };
        let last = all[0].0;
        let kinds: Vec<_> = all.into_iter().filter(|kind| kind.1 > 0.0).collect();
        let total = kinds.iter().map(|kind| kind.1).sum();
        Self { last: kinds.last().map_or(last, |kind| kind.0), kinds, total }
    }

    pub(super) fn draw(&self, rng: &mut Pcg64Mcg) -> MoveKind {
        let mut at = rng.random::<f64>() * self.total;
        for &(kind, weight) in &self.kinds {
            at -= weight;
            if at < 0.0 {
                return kind;
            }
        }
        self.last
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn kinds_are_drawn_as_often_as_asked() {
        let mix = MixConfig { soft_swap: 0.0, ..MixConfig::default() };
        let draw = Draw::new(&mix, false, false);
        let mut rng = Pcg64Mcg::seed_from_u64(1);
        let mut seen = [0; N_KINDS];
        for _ in 0..20_000 {
            seen[draw.draw(&mut rng) as usize] += 1;
        }
        assert_eq!(seen[MoveKind::SoftSwap as usize], 0);
        let share = f64::from(seen[MoveKind::SoftMedian as usize]) / 20_000.0;
        assert!((share - mix.soft_median / 0.95).abs() < 0.02, "{share}");
        let draw = Draw::new(&mix, false, true);
        assert!((0..2000).all(|_| draw.draw(&mut rng) != MoveKind::Flip));
    }
}
