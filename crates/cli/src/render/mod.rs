//! `flagstone render`: pictures and films of a placement.

mod heat;
mod options;
mod replay;

use std::path::{Path, PathBuf};

use flagstone_cost::{Cost, Rules, Weights, evaluate};
use flagstone_report::{Look, Scene, SceneOptions, png, svg};

use crate::args::RenderArgs;
use crate::failure::Failure;
use crate::load::{Design, load};
use crate::output;
use crate::progress::note;

/// Draws a placement.
pub(crate) fn run(args: &RenderArgs) -> Result<(), Failure> {
    let design = load(&args.load)?;
    if let Some(path) = &args.replay {
        return replay::run(args, &design, path);
    }
    let default = || PathBuf::from(format!("{}.svg", design.name));
    let out = args.out.clone().unwrap_or_else(default);
    let kind = extension(&out);
    if !matches!(kind.as_str(), "svg" | "png" | "csv" | "lyimg") {
        let path = out.display();
        return Err(Failure::Usage(format!(
            "{path}: expected a name that ends in .svg, .png, .csv or .lyimg"
        )));
    }
    output::refuse_existing(std::slice::from_ref(&out), args.force)?;
    let options = options::scene_options(args, &design)?;
    let bytes = match kind.as_str() {
        "svg" | "png" => {
            let scene = Scene::new(&design.netlist, &design.canvas, &design.placement, &options);
            draw(&scene, &kind, &options::look(args, &scene)?)?
        }
        _ => heat::table(&design, options.heat_map.as_ref(), &kind)?,
    };
    output::write_file(&out, &bytes)?;
    note(&format!("wrote {}", out.display()));
    Ok(())
}

fn extension(path: &Path) -> String {
    path.extension().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn draw(scene: &Scene, kind: &str, look: &Look) -> Result<Vec<u8>, Failure> {
    if kind == "svg" {
        return Ok(svg(scene, look));
    }
    png(scene, look).map_err(|error| Failure::Output(error.to_string()))
}

/// A scene as a file of the given kind, in default colours.
pub(crate) fn picture(scene: &Scene, kind: &str, width: u32) -> Result<Vec<u8>, Failure> {
    draw(scene, kind, &Look::new(width))
}

/// The scene of a design, its costs in the title.
pub(crate) fn scene(design: &Design) -> Scene {
    let Design { name, netlist, canvas, placement, weights, .. } = design;
    let found = evaluate(netlist, canvas, placement, Rules::Clamp);
    let title = title(name, &found.cost, weights);
    Scene::new(netlist, canvas, placement, &SceneOptions { title, ..SceneOptions::default() })
}

/// A name and the costs.
fn title(name: &str, cost: &Cost, weights: &Weights) -> String {
    let Cost { wirelength, density, congestion } = cost;
    let proxy = cost.proxy(weights);
    format!(
        "{name}   |   proxy {proxy:.4}   wirelength {wirelength:.4}   density {density:.4}   \
         congestion {congestion:.4}"
    )
}
