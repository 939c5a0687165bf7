use flagstone_netlist::Statistics;
use flagstone_report::SettingsReport;
use serde_json::json;

use crate::args::InfoArgs;
use crate::failure::Failure;
use crate::load::load;
use crate::output;

/// Counts a netlist.
pub(crate) fn run(args: &InfoArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    let n = Statistics::of(&design.netlist);
    let pins = n.hard_macro_pins + n.soft_macro_pins;
    let canvas = &design.canvas;
    let utilization = n.area / (canvas.width * canvas.height);
    if args.json {
        return output::json(&json!({
            "schema": output::SCHEMA,
            "name": design.name,
            "netlist": design.netlist_path,
            "plc": design.plc_path,
            "ports": n.ports,
            "hard_macros": n.hard_macros,
            "soft_macros": n.soft_macros,
            "cells": n.std_cells,
            "nets": n.nets,
            "sinks": n.sinks,
            "pins": pins,
            "hard_macro_pins": n.hard_macro_pins,
            "soft_macro_pins": n.soft_macro_pins,
            "area": n.area,
            "hard_macro_area": n.hard_macro_area,
            "utilization": utilization,
            "settings": SettingsReport::from(canvas),
        }));
    }
    let rows = [
        ("ports", n.ports),
        ("hard macros", n.hard_macros),
        ("soft macros", n.soft_macros),
        ("cells", n.std_cells),
        ("nets", n.nets),
        ("sinks", n.sinks),
        ("pins", pins),
    ];
    output::say(&design.name)?;
    for (name, count) in rows {
        output::say(&format!("  {name:<12} {count:>9}"))?;
    }
    output::say(&format!(
        "  area         {:.1} µm², {:.0} % of it hard macros",
        n.area,
        100.0 * n.hard_macro_area / n.area.max(f64::MIN_POSITIVE)
    ))?;
    output::say(&format!(
        "  canvas       {:.2} × {:.2} µm, {} × {} cells, {:.0} % covered",
        canvas.width,
        canvas.height,
        canvas.columns,
        canvas.rows,
        100.0 * utilization
    ))
}
