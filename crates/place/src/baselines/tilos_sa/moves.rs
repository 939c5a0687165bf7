use flagstone_cost::engine::Engine;
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::NodeId;
use rand::RngExt;
use rand_pcg::Pcg64Mcg;

use super::SaConfig;

/// One macro's new place within a move.
pub(super) type Target = (NodeId, Point, Orientation);

/// Macros permuted by a shuffle.
const SHUFFLED: usize = 4;

/// Draws the five kinds of moves.
pub(super) struct Moves {
    hard: Vec<NodeId>,
    /// Running sums of the shares: swap, shift, mirror, relocate, shuffle.
    sums: [f64; 5],
}

impl Moves {
    pub(super) fn new(hard: Vec<NodeId>, config: &SaConfig) -> Self {
        let mut sum = 0.0;
        let shares = [config.swap, config.shift, config.mirror, config.relocate, config.shuffle];
        let sums = shares.map(|share| {
            sum += share.max(0.0);
            sum
        });
        Self { hard, sums }
    }

    /// Draws a move; `targets` stays empty where there is nothing to move. It may be illegal.
    pub(super) fn draw(&self, engine: &Engine, rng: &mut Pcg64Mcg, targets: &mut Vec<Target>) {
        targets.clear();
        let Some(n) = Some(self.hard.len()).filter(|&n| n > 0) else { return };
        let kind = rng.random::<f64>() * self.sums[4];
        let node = self.hard[rng.random_range(0..n)];
        let placement = engine.placement();
        let (at, orientation) = (placement.center(node), placement.orientation[node.usize()]);
        let grid = engine.canvas().grid();
        match self.sums.iter().position(|&sum| kind < sum) {
            Some(0) => self.permute(2, engine, rng, targets),
            Some(1) => {
                let (column, row) = grid.column_row(grid.clamped_cell_at(at));
                let (dc, dr) = [(1, 0), (-1, 0), (0, 1), (0, -1)][rng.random_range(0..4)];
                let column = column.checked_add_signed(dc);
                let row = row.checked_add_signed(dr);
                if let (Some(column), Some(row)) = (column, row)
                    && column < grid.columns as usize
                    && row < grid.rows as usize
                {
                    targets.push((node, grid.center(grid.cell(column, row)), orientation));
                }
            }
            Some(2) => {
                let family = orientation.family();
                let mut others = family.into_iter().filter(|&turn| turn != orientation);
                if let Some(turn) = others.nth(rng.random_range(0..family.len() - 1)) {
                    targets.push((node, at, turn));
                }
            }
            Some(3) => {
                let cell = rng.random_range(0..grid.n_cells());
                targets.push((node, grid.center(cell), orientation));
            }
            _ => self.permute(SHUFFLED, engine, rng, targets),
        }
    }

    /// Distinct macros take each other's places, by a random permutation of up to `n`.
    fn permute(&self, n: usize, engine: &Engine, rng: &mut Pcg64Mcg, targets: &mut Vec<Target>) {
        let n = n.min(self.hard.len());
        let mut chosen: Vec<NodeId> = Vec::with_capacity(n);
        while chosen.len() < n {
            let node = self.hard[rng.random_range(0..self.hard.len())];
            if !chosen.contains(&node) {
                chosen.push(node);
            }
        }
        let placement = engine.placement();
        let mut places: Vec<Point> = chosen.iter().map(|&node| placement.center(node)).collect();
        for i in (1..n).rev() {
            // Sattolo's cycle for two, so that a swap always swaps.
            places.swap(i, rng.random_range(0..if n == 2 { i } else { i + 1 }));
        }
        for (&node, &to) in chosen.iter().zip(&places) {
            if to != placement.center(node) {
                targets.push((node, to, placement.orientation[node.usize()]));
            }
        }
    }
}
