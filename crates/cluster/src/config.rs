use flagstone_netlist::Canvas;
use serde::{Deserialize, Serialize};

use crate::ClusterError;

/// Every number of the grouping. Defaults are circuit_training's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClusterConfig {
    /// Nets with more distinct sinks than this are removed before anything else. Default 500.
    pub max_fanout: usize,
    /// Parts of the partition beside one for each fixed group. Default 500, as circuit_training asks
    /// of hMETIS; that leaves about as many soft macros as its runs have.
    pub free_parts: usize,
    /// Steps over nets by which the fixed groups of macro pins and ports take in cells. Default 1.
    pub fixed_logic_levels: u32,
    /// Area of the cells over the area of their soft macro. Default 0.5.
    pub cell_area_utilization: f64,
    /// A group whose box is wider or higher than this share of √(width · height) of the canvas is
    /// broken up. Default 0.25.
    pub breakup_share: f64,
    /// Groups are merged into a neighbour that is no farther from them (centre to centre, |Δx| +
    /// |Δy|) than this share of the break-up length. Default 0.5.
    pub closeness_share: f64,
    /// Groups of at most one in this many of the average group's nodes are merged. Default 4.
    pub merge_divisor: usize,
    /// How the cells are partitioned.
    pub partition: PartitionConfig,
    /// How single cells move between groups in the end.
    pub settle: SettleConfig,
}

impl Default for ClusterConfig {
    fn default() -> Self {
        Self {
            max_fanout: 500,
            free_parts: 500,
            fixed_logic_levels: 1,
            cell_area_utilization: 0.5,
            breakup_share: 0.25,
            closeness_share: 0.5,
            merge_divisor: 4,
            partition: PartitionConfig::default(),
            settle: SettleConfig::default(),
        }
    }
}

/// The multilevel partitioner's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PartitionConfig {
    /// Seed of the visiting orders and the first cuts. Default 0.
    pub seed: u64,
    /// A cut of a set of nodes in two equal parts may give a side this share of the set's nodes
    /// more than its due, one in unequal parts less in proportion. Default 0.05.
    pub imbalance: f64,
    /// Cuts made of each set of nodes, of which the best is kept. Default 4.
    pub runs: usize,
    /// Times a cut is coarsened and refined again while that improves it. Default 3.
    pub cycles: usize,
    /// Coarsening stops at this many vertices. Default 100.
    pub coarsest: usize,
    /// First cuts tried on the coarsest hypergraph. Default 8.
    pub first_cuts: usize,
    /// Refinement passes at each level, at most. Default 8.
    pub passes: usize,
    /// A pass ends after this many moves without a better cut. Default 1000.
    pub patience: usize,
    /// Nets with more pins than this are not looked at while coarsening. Default 64.
    pub max_matched_pins: usize,
    /// Times the finished partition is coarsened and refined in all parts at once. Default 4.
    pub part_cycles: usize,
    /// Passes over all vertices at each level of that, at most. Default 8.
    pub part_passes: usize,
    /// Share by which a part may be heavier than the average for that. Default 0.25.
    pub part_slack: f64,
}

impl Default for PartitionConfig {
    fn default() -> Self {
        Self {
            seed: 0,
            imbalance: 0.05,
            runs: 4,
            cycles: 3,
            coarsest: 100,
            first_cuts: 8,
            passes: 8,
            patience: 1000,
            max_matched_pins: 64,
            part_cycles: 4,
            part_passes: 8,
            part_slack: 0.25,
        }
    }
}

/// The numbers of the last moves of single cells between groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SettleConfig {
    /// Passes over all cells, at most; none leaves the groups as merging made them. Default 12.
    pub passes: usize,
    /// What a net's end in one more group costs beside its length, as a share of what nets are long
    /// for each end. Default 1.
    pub cut_share: f64,
    /// A group does not grow over this many times the average group's cells. Default 2.
    pub most_cells: f64,
}

impl Default for SettleConfig {
    fn default() -> Self {
        Self { passes: 12, cut_share: 1.0, most_cells: 2.0 }
    }
}

/// Far above any use, far below what numbers of groups can hold.
const MAX_PARTS: usize = 1_000_000;

impl ClusterConfig {
    /// Checks every number against its range.
    ///
    /// # Errors
    /// For the first that is outside.
    pub fn check(&self) -> Result<(), ClusterError> {
        let positive = |name, value: f64| {
            in_range(name, value, value > 0.0 && value.is_finite(), "a positive number")
        };
        positive("cell_area_utilization", self.cell_area_utilization)?;
        positive("breakup_share", self.breakup_share)?;
        positive("closeness_share", self.closeness_share)?;
        positive("merge_divisor", self.merge_divisor as f64)?;
        let parts = self.free_parts;
        let fits = (1..=MAX_PARTS).contains(&parts);
        in_range("free_parts", parts as f64, fits, "between 1 and 1000000")?;
        positive("partition.coarsest", self.partition.coarsest as f64)?;
        positive("partition.first_cuts", self.partition.first_cuts as f64)?;
        let slack = self.partition.part_slack;
        in_range("partition.part_slack", slack, (0.0..=10.0).contains(&slack), "between 0 and 10")?;
        let cut_share = self.settle.cut_share;
        let fits = cut_share >= 0.0 && cut_share.is_finite();
        in_range("settle.cut_share", cut_share, fits, "zero or a positive number")?;
        positive("settle.most_cells", self.settle.most_cells)?;
        let imbalance = self.partition.imbalance;
        let fits = (0.0..=0.5).contains(&imbalance);
        in_range("partition.imbalance", imbalance, fits, "between 0 and 0.5")
    }
}

fn in_range(
    name: &'static str,
    value: f64,
    fits: bool,
    range: &'static str,
) -> Result<(), ClusterError> {
    if fits { Ok(()) } else { Err(ClusterError::BadSetting { name, value, range }) }
}

pub(crate) fn check_canvas(canvas: &Canvas) -> Result<(), ClusterError> {
    let &Canvas { width, height, columns, rows, .. } = canvas;
    let sized = width > 0.0 && height > 0.0 && width.is_finite() && height.is_finite();
    if sized && columns > 0 && rows > 0 {
        return Ok(());
    }
    Err(ClusterError::BadCanvas { width, height, columns, rows })
}
