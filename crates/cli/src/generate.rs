use std::path::Path;

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
    let (netlist, canvas, placement) = generate(&config(&args.counts()));
    let netlist_path = args.out.join("netlist.pb.txt");
    let plc_path = args.out.join("initial.plc");
    output::refuse_existing(&[netlist_path.clone(), plc_path.clone()], args.force)?;
    let mut text = Vec::new();
    pbtxt::write(&netlist, &placement, &mut text)
        .map_err(|error| Failure::write(&netlist_path, error))?;
    let name = args.out.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let statistics = Statistics::of(&netlist);
    let design = Design {
        netlist_path: netlist_path.display().to_string(),
        ..Design::new(name, netlist, canvas, placement)
    };
    output::write_file(&netlist_path, &text)?;
    output::write_file(&plc_path, &design.to_plc(&design.placement, &plc_path))?;
    let report = json!({
        "schema": output::SCHEMA,
        "files": [netlist_path, plc_path],
        "seed": args.seed,
        "ports": statistics.ports,
        "hard_macros": statistics.hard_macros,
        "soft_macros": statistics.soft_macros,
        "nets": statistics.nets,
    });
    output::metrics("generate", &report)?;
    if args.json {
        return output::json(&report);
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

/// What a user says of a netlist to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counts {
    /// Hard macros.
    pub(crate) hard_macros: usize,
    /// Soft macros.
    pub(crate) soft_macros: usize,
    /// Ports.
    pub(crate) ports: usize,
    /// Nets.
    pub(crate) nets: usize,
    /// Share of the canvas that is covered.
    pub(crate) utilization: f64,
    /// Seed.
    pub(crate) seed: u64,
}

impl GenerateArgs {
    fn counts(&self) -> Counts {
        let &Self { hard_macros, soft_macros, ports, nets, utilization, seed, .. } = self;
        Counts { hard_macros, soft_macros, ports, nets, utilization, seed }
    }
}

/// Pins, sizes and the grid that go with the counts asked for.
pub(crate) fn config(counts: &Counts) -> GenerateConfig {
    let &Counts { hard_macros, soft_macros, ports, nets, utilization, seed } = counts;
    // Half of the nets are driven by hard macros where there are many, as in real blocks.
    let outputs = nets * 3 / 10 / hard_macros.max(1);
    GenerateConfig {
        hard_macros,
        soft_macros,
        ports,
        nets,
        utilization,
        macro_outputs: outputs.clamp(2, 64),
        cells: ((hard_macros as f64).sqrt() * 2.1) as u32 / 2 * 2 + 8,
        sizes: (hard_macros / 8).clamp(2, 6),
        seed,
        ..GenerateConfig::medium()
    }
    .with_at_most_cells(40)
}
