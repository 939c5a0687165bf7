use std::sync::Arc;

use flagstone_cluster::unfold;
use flagstone_cost::{Cost, Rules, Weights, evaluate};
use flagstone_place::checker::{CheckRules, Violation, violations};
use flagstone_report::{CostReport, SettingsReport, WeightsReport};
use serde_json::json;

use crate::args::{EvalArgs, RulesArg};
use crate::failure::Failure;
use crate::load::{self, Design, load};
use crate::output;
use crate::settings::read_settings;

/// Computes the proxy cost.
pub(crate) fn run(args: &EvalArgs) -> Result<(), Failure> {
    if args.max_cost.is_some_and(f64::is_nan) {
        return Err(Failure::Usage("--max-cost must be a number".to_owned()));
    }
    let mut design = load(&args.load)?;
    if args.freeze_orientation {
        design.placement.orientation.clone_from(&design.netlist.nodes.orientation);
    }
    let rules = match args.rules {
        RulesArg::Clamp => Rules::Clamp,
        RulesArg::Google => {
            design.netlist = Arc::new(design.netlist.rounded_to_f32());
            if design.plc_path.is_none() {
                // Of a netlist alone the places are rounded, too, and those it does not give are
                // the origin.
                design.placement = design.placement.rounded_to_f32();
                design.placement.placed.fill(true);
            }
            Rules::Google
        }
    };
    let (netlist, canvas, placement) = (&design.netlist, &design.canvas, &design.placement);
    let evaluation = evaluate(netlist, canvas, placement, rules);
    let cost = evaluation.cost;
    let judged = CheckRules { with_fixed: true, ..CheckRules::default() };
    let violations = violations(netlist, canvas, placement, &judged);
    let overlap = |violation: &&Violation| matches!(violation, Violation::Overlap { .. });
    let overlaps = violations.iter().filter(overlap).count();
    let proxy = cost.proxy(&design.weights);
    let flat_wirelength_um = flat_wirelength(args, &design)?;
    let report = json!({
            "schema": output::SCHEMA,
            "name": design.name,
            "netlist": design.netlist_path,
            "plc": design.plc_path,
            "cost": CostReport::new(&cost, &design.weights),
            "wirelength_um": evaluation.wirelength_um,
            "flat_wirelength_um": flat_wirelength_um,
            "weights": WeightsReport::from(&design.weights),
            "overlaps": overlaps,
            "violations": violations.len(),
            "legal": violations.is_empty(),
            "rules": if args.rules == RulesArg::Google { "google" } else { "clamp" },
            "frozen_orientations": args.freeze_orientation,
            "settings": SettingsReport::from(canvas),
    });
    output::metrics("eval", &report)?;
    if args.json {
        output::json(&report)?;
    } else {
        let placement = design.plc_path.as_ref();
        let from = placement.map_or("the netlist".to_owned(), |path| path.display().to_string());
        output::say(&format!("{}, placement of {from}", design.name))?;
        output::say(&table(&cost, &design.weights))?;
        output::say(&format!("  wirelength     {:.1} µm", evaluation.wirelength_um))?;
        if let Some(um) = flat_wirelength_um {
            output::say(&format!(
                "  flat           {um:.1} µm, cells at their soft macro's centre"
            ))?;
        }
        output::say(&match (overlaps, violations.len()) {
            (_, 0) => "  legal".to_owned(),
            (pairs, n) => format!("  not legal: {n} violations, {pairs} overlapping pairs"),
        })?;
    }
    match args.max_cost {
        Some(most) if proxy.is_nan() || proxy > most => {
            Err(Failure::No(format!("the proxy cost is {proxy:.6}, above {most}")))
        }
        _ => Ok(()),
    }
}

/// Wirelength in µm of the flat netlist the design was clustered from.
fn flat_wirelength(args: &EvalArgs, design: &Design) -> Result<Option<f64>, Failure> {
    let (Some(flat), Some(groups)) = (&args.flat, &args.groups) else { return Ok(None) };
    let settings = read_settings(args.load.settings.as_deref(), &args.load.set)?;
    let (rules, missing) = (args.load.rules(), args.load.missing());
    let flat = load::design(std::slice::from_ref(flat), None, &settings, &rules, missing)?;
    let groups = load::groups(groups, &flat.netlist)?;
    let placement = unfold(&flat.netlist, &groups, &design.netlist, &design.placement)
        .map_err(|error| Failure::Input(format!("{}: {error}", flat.netlist_path)))?;
    let found = evaluate(&flat.netlist, &flat.canvas, &placement, Rules::Clamp);
    Ok(Some(found.wirelength_um))
}

/// The terms with their weights, one a line.
fn table(cost: &Cost, weights: &Weights) -> String {
    let row =
        |name: &str, value: f64, weight: f64| format!("  {name:<14} {value:.6}  × {weight}\n");
    row("wirelength", cost.wirelength, weights.wirelength)
        + &row("density", cost.density, weights.density)
        + &row("congestion", cost.congestion, weights.congestion)
        + &format!("  proxy cost     {:.6}", cost.proxy(weights))
}

/// The terms with their weights on one line.
pub(crate) fn line(cost: &Cost, weights: &Weights) -> String {
    let Weights { wirelength, density, congestion } = *weights;
    format!(
        "proxy {:.4} = {wirelength} × wirelength {:.4} + {density} × density {:.4} \
         + {congestion} × congestion {:.4}",
        cost.proxy(weights),
        cost.wirelength,
        cost.density,
        cost.congestion
    )
}
