use std::path::PathBuf;

use flagstone_cost::{Rules, evaluate};
use flagstone_report::{HeatMap, Look, Scene, SceneOptions, png, svg};

use crate::args::{HeatArg, RenderArgs};
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;
use crate::progress::note;

/// Draws a placement.
pub(crate) fn run(args: &RenderArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    let default = || PathBuf::from(format!("{}.svg", design.name));
    let out = args.out.clone().unwrap_or_else(default);
    let extension = out.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if !matches!(extension.as_str(), "svg" | "png") {
        let path = out.display();
        return Err(Failure::Usage(format!("{path}: expected a name that ends in .svg or .png")));
    }
    output::refuse_existing(std::slice::from_ref(&out), args.force)?;
    let mut scene = scene(&design, args.heat, args.flylines);
    if let Some(title) = &args.title {
        scene.title.clone_from(title);
    }
    output::write_file(&out, &picture(&scene, &extension, args.width)?)?;
    note(&format!("wrote {}", out.display()));
    Ok(())
}

/// A scene as a file of the given kind.
pub(crate) fn picture(scene: &Scene, kind: &str, width: u32) -> Result<Vec<u8>, Failure> {
    let look = Look::new(width);
    if kind == "svg" {
        return Ok(svg(scene, &look));
    }
    png(scene, &look).map_err(|error| Failure::Output(error.to_string()))
}

/// The scene of a design, its costs in the title.
pub(crate) fn scene(design: &Design, heat: Option<HeatArg>, flylines: usize) -> Scene {
    let Design { netlist, canvas, placement, weights, .. } = design;
    let found = evaluate(netlist, canvas, placement, Rules::Clamp);
    let cost = found.cost;
    let title = format!(
        "{}   |   proxy {:.4}   wirelength {:.4}   density {:.4}   congestion {:.4}",
        design.name,
        cost.proxy(weights),
        cost.wirelength,
        cost.density,
        cost.congestion
    );
    let heat_map = heat.map(|heat| match heat {
        HeatArg::Density => HeatMap::density(canvas, &found),
        HeatArg::Rudy => HeatMap::rudy(netlist, canvas, placement),
        HeatArg::Horizontal => HeatMap::congestion_horizontal(canvas, &found),
        HeatArg::Vertical => HeatMap::congestion_vertical(canvas, &found),
        HeatArg::Congestion => HeatMap::congestion(canvas, &found),
        HeatArg::PinDensity => HeatMap::pin_density(netlist, canvas, placement),
    });
    let options = SceneOptions { flylines, heat_map, title, ..SceneOptions::default() };
    Scene::new(netlist, canvas, placement, &options)
}
