//! Refinement of a cut in two, after Fiduccia and Mattheyses.
//!
//! A pass moves the vertex with the largest gain, each vertex once, through worse cuts too, and then
//! goes back to the best cut it has seen.

use std::collections::BinaryHeap;

use crate::config::PartitionConfig;
use crate::hypergraph::Hypergraph;

/// Largest weight of each side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits(pub(crate) [u64; 2]);

/// How bad a cut is: weight over the limits first, then weight of the cut nets.
pub(crate) type Badness = (u64, i64);

/// A cut in two of a hypergraph.
pub(crate) struct Cut<'a> {
    graph: &'a Hypergraph,
    limits: Limits,
    /// The side of each vertex.
    pub(crate) right: Vec<bool>,
    weight: [u64; 2],
    /// Vertices of each net on each side.
    counts: Vec<[u32; 2]>,
    cut: i64,
    gain: Vec<i64>,
    locked: Vec<bool>,
    heaps: [BinaryHeap<(i64, u32)>; 2],
}

impl<'a> Cut<'a> {
    pub(crate) fn new(graph: &'a Hypergraph, limits: Limits, right: Vec<bool>) -> Self {
        let mut weight = [0; 2];
        for (side, vertex_weight) in right.iter().zip(&graph.weight) {
            weight[usize::from(*side)] += vertex_weight;
        }
        let mut counts = vec![[0; 2]; graph.net_weight.len()];
        let mut cut = 0;
        for ((row, count), &net_weight) in graph.pins.rows().zip(&mut counts).zip(&graph.net_weight)
        {
            row.iter().for_each(|&v| count[usize::from(right[v as usize])] += 1);
            cut += if count[0] > 0 && count[1] > 0 { net_weight } else { 0 };
        }
        let n = graph.n_vertices();
        let heaps = [BinaryHeap::new(), BinaryHeap::new()];
        let (gain, locked) = (vec![0; n], vec![false; n]);
        Self { graph, limits, right, weight, counts, cut, gain, locked, heaps }
    }

    pub(crate) fn badness(&self) -> Badness {
        let over = |side: usize| self.weight[side].saturating_sub(self.limits.0[side]);
        (over(0) + over(1), self.cut)
    }

    /// Passes until one gains nothing.
    pub(crate) fn refine(&mut self, config: &PartitionConfig) {
        for _ in 0..config.passes {
            if !self.pass(config.patience) {
                return;
            }
        }
    }

    fn pass(&mut self, patience: usize) -> bool {
        let before = self.badness();
        self.prepare();
        let mut best = before;
        let mut moves: Vec<u32> = Vec::new();
        let mut n_best = 0;
        while let Some(vertex) = self.next() {
            self.move_vertex(vertex);
            moves.push(vertex);
            if self.badness() < best {
                best = self.badness();
                n_best = moves.len();
            } else if moves.len() - n_best > patience {
                break;
            }
        }
        for &vertex in moves[n_best..].iter().rev() {
            self.flip(vertex);
        }
        best < before
    }

    /// Fresh gains; vertices at the cut are ready to move, all where a side is too heavy.
    fn prepare(&mut self) {
        let all = self.badness().0 > 0;
        self.heaps.iter_mut().for_each(BinaryHeap::clear);
        for vertex in 0..self.graph.n_vertices() as u32 {
            let v = vertex as usize;
            self.locked[v] = self.graph.side[v].is_some();
            let (mut gain, mut at_cut) = (0, false);
            for &net in self.graph.nets_of(vertex) {
                let count = self.counts[net as usize];
                let (here, there) = (usize::from(self.right[v]), usize::from(!self.right[v]));
                let weight = self.graph.net_weight[net as usize];
                at_cut |= count[there] > 0;
                gain += if count[here] == 1 { weight } else { 0 };
                gain -= if count[there] == 0 { weight } else { 0 };
            }
            self.gain[v] = gain;
            if !self.locked[v] && (at_cut || all) {
                self.heaps[usize::from(self.right[v])].push((gain, vertex));
            }
        }
    }

    /// The best vertex that may move, taken from its heap.
    fn next(&mut self) -> Option<u32> {
        let mut candidates = [None; 2];
        for (side, candidate) in candidates.iter_mut().enumerate() {
            while let Some(&(gain, vertex)) = self.heaps[side].peek() {
                let v = vertex as usize;
                let stale = self.locked[v] || self.gain[v] != gain;
                if stale || !self.may_move(vertex) {
                    self.heaps[side].pop();
                    continue;
                }
                *candidate = Some((gain, vertex));
                break;
            }
        }
        let over = |side: usize| self.weight[side] > self.limits.0[side];
        let side = match (candidates[0], candidates[1]) {
            (None, None) => return None,
            (Some(_), None) => 0,
            (None, Some(_)) => 1,
            (Some(_), Some(_)) if over(0) != over(1) => usize::from(over(1)),
            // Of equal gains, the fuller side gives.
            (Some(a), Some(b)) => {
                let room = |side: usize| self.limits.0[side].saturating_sub(self.weight[side]);
                usize::from((b.0, room(0)) > (a.0, room(1)))
            }
        };
        self.heaps[side].pop().map(|(_, vertex)| vertex)
    }

    /// Whether the other side has room, or a heavy one is relieved by it.
    fn may_move(&self, vertex: u32) -> bool {
        let v = vertex as usize;
        let (here, there) = (usize::from(self.right[v]), usize::from(!self.right[v]));
        let after = self.weight[there] + self.graph.weight[v];
        let fits = after <= self.limits.0[there];
        let over = |side: usize, weight: u64| weight.saturating_sub(self.limits.0[side]);
        fits || over(there, after) - over(there, self.weight[there])
            < over(here, self.weight[here]) - over(here, self.weight[here] - self.graph.weight[v])
    }

    /// Moves a vertex and updates the gains of its neighbours.
    fn move_vertex(&mut self, vertex: u32) {
        let (from, to) = (self.right[vertex as usize], !self.right[vertex as usize]);
        self.locked[vertex as usize] = true;
        let graph = self.graph;
        for &net in graph.nets_of(vertex) {
            let weight = graph.net_weight[net as usize];
            let count = self.counts[net as usize];
            match count[usize::from(to)] {
                0 => self.add_gain(net, None, weight),
                1 => self.add_gain(net, Some(to), -weight),
                _ => {}
            }
            match count[usize::from(from)] - 1 {
                0 => self.add_gain(net, None, -weight),
                1 => self.add_gain_but(net, from, vertex, weight),
                _ => {}
            }
            self.count(net, from, to, weight);
        }
        self.set_side(vertex);
    }

    /// Moves a vertex back; gains are out of date after it.
    fn flip(&mut self, vertex: u32) {
        let (from, to) = (self.right[vertex as usize], !self.right[vertex as usize]);
        let graph = self.graph;
        for &net in graph.nets_of(vertex) {
            self.count(net, from, to, graph.net_weight[net as usize]);
        }
        self.set_side(vertex);
    }

    fn count(&mut self, net: u32, from: bool, to: bool, weight: i64) {
        let count = &mut self.counts[net as usize];
        let was_cut = count[0] > 0 && count[1] > 0;
        count[usize::from(from)] -= 1;
        count[usize::from(to)] += 1;
        let is_cut = count[0] > 0 && count[1] > 0;
        self.cut += weight * (i64::from(is_cut) - i64::from(was_cut));
    }

    fn set_side(&mut self, vertex: u32) {
        let v = vertex as usize;
        self.weight[usize::from(self.right[v])] -= self.graph.weight[v];
        self.right[v] = !self.right[v];
        self.weight[usize::from(self.right[v])] += self.graph.weight[v];
    }

    /// Changes the gain of a net's vertices, on one side or on both.
    fn add_gain(&mut self, net: u32, side: Option<bool>, change: i64) {
        let graph = self.graph;
        for &other in graph.pins_of(net) {
            if side.is_none_or(|side| self.right[other as usize] == side) {
                self.change_gain(other, change);
            }
        }
    }

    /// The same for one side's vertices but one, which is about to leave it.
    fn add_gain_but(&mut self, net: u32, side: bool, leaving: u32, change: i64) {
        let graph = self.graph;
        for &other in graph.pins_of(net) {
            if other != leaving && self.right[other as usize] == side {
                self.change_gain(other, change);
            }
        }
    }

    fn change_gain(&mut self, vertex: u32, change: i64) {
        let v = vertex as usize;
        if !self.locked[v] {
            self.gain[v] += change;
            self.heaps[usize::from(self.right[v])].push((self.gain[v], vertex));
        }
    }
}
