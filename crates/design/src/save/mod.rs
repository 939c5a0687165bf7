//! Designs as files: each function gives the bytes of one format.

mod def;
mod tcl;

use std::path::Path;

use flagstone_cost::{Rules, evaluate};
use flagstone_formats::pbtxt;
use flagstone_formats::plc::{self, HeaderText, PlcFile};
use flagstone_netlist::Placement;

use crate::Design;

pub use def::to_def;
pub use tcl::{Tool, to_tcl};

/// The netlist as circuit_training's protobuf text.
pub fn to_protobuf(design: &Design) -> Vec<u8> {
    let mut text = Vec::new();
    let written = pbtxt::write(&design.netlist, &design.placement, &mut text);
    written.expect("a vector takes every byte");
    text
}

impl Design {
    /// A placement of this design as a `.plc` file, its costs in the header; `path` is where it
    /// will be.
    pub fn to_plc(&self, placement: &Placement, path: &Path) -> Vec<u8> {
        let found = evaluate(&self.netlist, &self.canvas, placement, Rules::Clamp);
        let cost = found.cost;
        let text = HeaderText {
            source: self.netlist_path.clone(),
            file: path.display().to_string(),
            project: "flagstone".to_owned(),
            block: self.name.clone(),
            costs: Some([found.wirelength_um, cost.wirelength, cost.congestion, cost.density]),
            ..HeaderText::default()
        };
        let file = PlcFile::new(&self.netlist, &self.canvas, placement, &text);
        let mut bytes = Vec::new();
        plc::write(&file, &mut bytes).expect("a vector takes every byte");
        bytes
    }
}
