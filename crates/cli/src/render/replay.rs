//! Films of recordings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use flagstone_design::read_bytes;
use flagstone_report::film::{Film, FilmError, FilmLook, step_scene, write_apng, write_gif};
use flagstone_report::recording::{Player, Recording};
use flagstone_report::{Pixels, Ramp, Theme, encode_png};

use super::{draw, extension, options};
use crate::args::{RampArg, RenderArgs, ThemeArg};
use crate::failure::Failure;
use crate::load::Design;
use crate::output;
use crate::progress::{Progress, note};

/// Width in pixels where none is asked for; a film is many pictures.
const FILM_WIDTH: u32 = 640;

/// Draws a recording: one step, or all of them.
pub(super) fn run(args: &RenderArgs, design: &Design, path: &Path) -> Result<(), Failure> {
    let player = player(design, path)?;
    if let Some(step) = args.step {
        return still(args, design, player, step);
    }
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.gif", design.name)));
    let kind = extension(&out);
    if !matches!(kind.as_str(), "gif" | "apng" | "") {
        let path = out.display();
        let help = "--step N draws one step as .svg or .png";
        return Err(Failure::Usage(format!(
            "{path}: a film is a .gif, an .apng or a folder of pictures\n  help: {help}"
        )));
    }
    output::refuse_existing(std::slice::from_ref(&out), args.force)?;
    let mut film = Film::new(&design.netlist, &design.canvas, player, look(args));
    let steps = film.steps(args.frames);
    let mut bar = Progress::new("film", steps.len() as u64, None);
    let told = |done: usize| bar.at(done as u64, "");
    if kind.is_empty() {
        return folder(&out, &mut film, &steps, told);
    }
    let mut bytes = Vec::new();
    let written = if kind == "gif" {
        write_gif(&mut bytes, &mut film, &steps, args.speed, told)
    } else {
        write_apng(&mut bytes, &mut film, &steps, args.speed, told)
    };
    written.map_err(|error| failed(&error))?;
    output::write_file(&out, &bytes)?;
    note(&format!("wrote {}, {} pictures", out.display(), steps.len()));
    Ok(())
}

fn failed(error: &FilmError) -> Failure {
    Failure::Output(error.to_string())
}

/// Reads a recording of this design.
fn player(design: &Design, path: &Path) -> Result<Player, Failure> {
    let recording = Recording::read(&read_bytes(path)?, &design.netlist);
    let recording = recording.map_err(|error| Failure::read(path, error))?;
    let canvas = &design.canvas;
    let (there, here) = (recording.head.canvas, (canvas.width, canvas.height));
    if there != here {
        note(&format!(
            "{}: recorded on a canvas of {} x {} µm, this one has {} x {} µm",
            path.display(),
            there.0,
            there.1,
            here.0,
            here.1
        ));
    }
    Ok(Player::new(Arc::new(recording)))
}

fn look(args: &RenderArgs) -> FilmLook {
    FilmLook {
        pixels: args.width.unwrap_or(FILM_WIDTH),
        theme: if args.theme == ThemeArg::Dark { Theme::Dark } else { Theme::Light },
        ramp: if args.ramp == RampArg::Cividis { Ramp::Cividis } else { Ramp::Viridis },
        labels: !args.no_labels,
    }
}

/// One step as a picture.
fn still(
    args: &RenderArgs,
    design: &Design,
    mut player: Player,
    step: usize,
) -> Result<(), Failure> {
    if step >= player.len() {
        let last = player.len() - 1;
        return Err(Failure::Usage(format!("--step {step}: the last one is {last}")));
    }
    let out = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.svg", design.name)));
    let kind = extension(&out);
    if !matches!(kind.as_str(), "svg" | "png") {
        let path = out.display();
        return Err(Failure::Usage(format!("{path}: expected a name that ends in .svg or .png")));
    }
    output::refuse_existing(std::slice::from_ref(&out), args.force)?;
    player.seek(step);
    let mut scene = step_scene(&design.netlist, &design.canvas, &player, &look(args));
    let stage = &player.step().stage;
    let own = || format!("{}   {stage}   step {step} of {}", design.name, player.len() - 1);
    scene.title = args.title.clone().unwrap_or_else(own);
    output::write_file(&out, &draw(&scene, &kind, &options::look(args, &scene)?)?)?;
    note(&format!("wrote {}", out.display()));
    Ok(())
}

/// Every picture as a file of its own.
fn folder(
    out: &Path,
    film: &mut Film<'_>,
    steps: &[usize],
    mut told: impl FnMut(usize),
) -> Result<(), Failure> {
    for (done, &step) in steps.iter().enumerate() {
        let Pixels { width, height, rgba } = film.frame(step).map_err(|error| failed(&error))?;
        let png = encode_png(&rgba, width, height);
        let png = png.map_err(|error| Failure::Output(error.to_string()))?;
        output::write_file(&out.join(format!("step{step:06}.png")), &png)?;
        told(done + 1);
    }
    note(&format!("wrote {} pictures in {}", steps.len(), out.display()));
    Ok(())
}
