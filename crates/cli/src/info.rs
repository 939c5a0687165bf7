use flagstone_cluster::{GridConfig, choose_grid};
use flagstone_netlist::{Canvas, Statistics};
use flagstone_report::SettingsReport;
use serde_json::json;

use crate::args::InfoArgs;
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;

/// Counts a netlist.
pub(crate) fn run(args: &InfoArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    let n = Statistics::of(&design.netlist);
    let pins = n.hard_macro_pins + n.soft_macro_pins;
    let canvas = &design.canvas;
    let utilization = n.area / (canvas.width * canvas.height);
    let chosen = args.utilization.map(|share| square(&design, share)).transpose()?;
    let report = json!({
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
        "chosen": chosen.as_ref().map(SettingsReport::from),
    });
    output::metrics("info", &report)?;
    if args.json {
        return output::json(&report);
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
    ))?;
    if let Some(Canvas { width, columns, rows, .. }) = chosen {
        output::say(&format!(
            "  chosen       {width:.3} × {width:.3} µm, {columns} × {rows} cells, {:.0} % covered",
            100.0 * n.area / (width * width)
        ))?;
    }
    Ok(())
}

/// A square canvas filled to a share, to a thousandth of a µm, with the grid that the published
/// sweep chooses.
fn square(design: &Design, share: f64) -> Result<Canvas, Failure> {
    if !(share > 0.0 && share <= 1.0) {
        return Err(Failure::Usage("--utilization must be above 0 and at most 1".to_owned()));
    }
    let side = (1e3 * (design.netlist.total_area() / share).sqrt()).round() / 1e3;
    let canvas = Canvas { width: side, height: side, ..design.canvas.clone() };
    let grid = choose_grid(&design.netlist, &canvas, &GridConfig::default())
        .map_err(|error| Failure::Infeasible(error.to_string()))?;
    Ok(Canvas { columns: grid.columns, rows: grid.rows, ..canvas })
}
