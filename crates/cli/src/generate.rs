use std::path::Path;

use flagstone_cost::Weights;
use flagstone_formats::pbtxt;
use flagstone_netlist::Statistics;
use flagstone_netlist::generate::{GenerateConfig, generate};
use serde_json::json;

use crate::args::GenerateArgs;
use crate::failure::Failure;
use crate::load::Design;
use crate::output;
use crate::progress::note;

/// Makes a netlist that looks like a real one.
pub(crate) fn run(args: &GenerateArgs) -> Result<(), Failure> {
    if !(args.utilization > 0.0 && args.utilization <= 0.9) {
        return Err(Failure::Usage("--utilization must be above 0 and at most 0.9".to_owned()));
    }
    if args.hard_macros + args.soft_macros == 0 {
        return Err(Failure::Usage("there must be a macro to place".to_owned()));
    }
    let config = config(args);
    let (netlist, canvas, placement) = generate(&config);
    let netlist_path = args.out.join("netlist.pb.txt");
    let plc_path = args.out.join("initial.plc");
    output::refuse_existing(&[netlist_path.clone(), plc_path.clone()], args.force)?;
    let mut text = Vec::new();
    pbtxt::write(&netlist, &placement, &mut text)
        .map_err(|error| Failure::write(&netlist_path, error))?;
    let name = args.out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let statistics = Statistics::of(&netlist);
    let design = Design {
        name,
        netlist_path: netlist_path.display().to_string(),
        plc_path: None,
        netlist: netlist.into(),
        canvas,
        placement,
        weights: Weights::default(),
        def: None,
    };
    output::write_file(&netlist_path, &text)?;
    output::write_file(&plc_path, &design.to_plc(&design.placement, &plc_path))?;
    if args.json {
        return output::json(&json!({
            "schema": output::SCHEMA,
            "files": [netlist_path, plc_path],
            "seed": args.seed,
            "ports": statistics.ports,
            "hard_macros": statistics.hard_macros,
            "soft_macros": statistics.soft_macros,
            "nets": statistics.nets,
        }));
    }
    note(&format!(
        "{}: {} hard macros, {} soft macros, {} nets, {} ports",
        Path::new(&args.out).display(),
        statistics.hard_macros,
        statistics.soft_macros,
        statistics.nets,
        statistics.ports
    ));
    Ok(())
}

/// Pins, sizes and the grid that go with the counts asked for.
fn config(args: &GenerateArgs) -> GenerateConfig {
    let base = GenerateConfig::medium();
    // Half of the nets are driven by hard macros where there are many, as in real blocks.
    let outputs = args.nets * 3 / 10 / args.hard_macros.max(1);
    GenerateConfig {
        hard_macros: args.hard_macros,
        soft_macros: args.soft_macros,
        ports: args.ports,
        nets: args.nets,
        utilization: args.utilization,
        macro_outputs: outputs.clamp(2, 64),
        cells: ((args.hard_macros as f64).sqrt() * 2.1) as u32 / 2 * 2 + 8,
        sizes: (args.hard_macros / 8).clamp(2, 6),
        seed: args.seed,
        ..base
    }
    .with_at_most_cells(40)
}
