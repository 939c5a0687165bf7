use crate::{Kind, Netlist};

/// Counts of a netlist, as `.plc` headers and `flagstone info` print them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Ports.
    pub ports: usize,
    /// Hard macros.
    pub hard_macros: usize,
    /// Soft macros.
    pub soft_macros: usize,
    /// Standard cells.
    pub std_cells: usize,
    /// Pins of hard macros.
    pub hard_macro_pins: usize,
    /// Pins of soft macros.
    pub soft_macro_pins: usize,
    /// Nets: drivers with at least one sink.
    pub nets: usize,
    /// Distinct sinks of all nets.
    pub sinks: usize,
    /// Area of the hard macros, µm².
    pub hard_macro_area: f64,
    /// Area of all macros and cells, µm².
    pub area: f64,
}

impl Statistics {
    /// Counts a netlist.
    pub fn of(netlist: &Netlist) -> Self {
        let count = |kind| netlist.nodes_of(kind).count();
        let pins_of = |kind| {
            let owners = netlist.pins.node.iter();
            owners.filter(|&&node| netlist.kind(node) == kind).count()
        };
        Self {
            ports: count(Kind::Port),
            hard_macros: count(Kind::HardMacro),
            soft_macros: count(Kind::SoftMacro),
            std_cells: count(Kind::StdCell),
            hard_macro_pins: pins_of(Kind::HardMacro),
            soft_macro_pins: pins_of(Kind::SoftMacro),
            nets: netlist.n_nets(),
            sinks: netlist.net_pins.items().len() - netlist.n_nets(),
            // The sum of nothing is -0.
            hard_macro_area: 0.0
                + netlist.nodes_of(Kind::HardMacro).map(|n| netlist.area(n)).sum::<f64>(),
            area: netlist.total_area(),
        }
    }
}
