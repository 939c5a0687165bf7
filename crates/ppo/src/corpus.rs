use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::{Config, Design};

/// Designs to learn from and designs to be judged by.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// Designs to learn from; the first is watched: its best placement is kept.
    pub train: Vec<Design>,
    /// Designs that are only evaluated; without any, the first of the others is.
    pub held_out: Vec<Design>,
}

impl Corpus {
    /// Learning from one design and judged by it.
    pub fn one(design: Design) -> Self {
        Self { train: vec![design], held_out: Vec::new() }
    }

    /// The designs that evaluations play.
    pub fn judges(&self) -> &[Design] {
        if self.held_out.is_empty() {
            &self.train[..self.train.len().min(1)]
        } else {
            &self.held_out
        }
    }

    /// The designs an iteration plays, by their index, ascending.
    ///
    /// A curriculum admits the designs with the fewest macros first. All admitted ones are played
    /// equally often: each pass over them is shuffled anew and cut into iterations, none of more
    /// designs than it has episodes.
    pub fn lesson(&self, config: &Config, iteration: u64) -> Vec<usize> {
        let admitted = self.admitted(config, iteration);
        let size = if config.designs == 0 { admitted.len() } else { config.designs };
        let size = size.min(admitted.len()).min(config.episodes_played()).max(1);
        let start = iteration as usize * size;
        let mut lesson: Vec<usize> = (start..start + size)
            .filter_map(|turn| {
                let pass = shuffled(&admitted, config.seed, (turn / admitted.len().max(1)) as u64);
                pass.get(turn % admitted.len().max(1)).copied()
            })
            .collect();
        lesson.sort_unstable();
        // The end of one pass and the beginning of the next may name the same design: once is enough.
        lesson.dedup();
        lesson
    }

    /// Indices of the designs in play, those with the fewest macros first.
    fn admitted(&self, config: &Config, iteration: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.train.len()).collect();
        order.sort_by_key(|&design| self.train[design].task.order.len());
        if config.curriculum > 0 {
            let done = (iteration as f64 / config.curriculum as f64).min(1.0);
            let first = config.curriculum_start.clamp(0.0, 1.0);
            let share = first + (1.0 - first) * done;
            order.truncate(((share * order.len() as f64).ceil() as usize).max(1));
        }
        order
    }
}

/// The order of one pass.
fn shuffled(designs: &[usize], seed: u64, pass: u64) -> Vec<usize> {
    /// Tells these random numbers from those of episodes and minibatches.
    const LESSONS: u64 = 0x1e55_0000_0000_0000;
    let mut rng = Pcg64Mcg::seed_from_u64(seed ^ LESSONS ^ pass);
    let mut order = designs.to_vec();
    for i in (1..order.len()).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    order
}
