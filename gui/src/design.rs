use std::fs;
use std::path::Path;

use anyhow::{Context, bail};
use flagstone_cost::{Cost, Rules, Weights, evaluate};
use flagstone_formats::{Diagnostic, MAX_UNPACKED_BYTES, Severity, decompress, pbtxt, plc};
use flagstone_netlist::{Canvas, Netlist, Placement};

/// What is drawn.
pub(crate) struct Design {
    pub(crate) name: String,
    pub(crate) netlist: Netlist,
    pub(crate) canvas: Canvas,
    pub(crate) placement: Placement,
    pub(crate) cost: Cost,
    pub(crate) proxy: f64,
}

impl Design {
    /// Reads a netlist and the placement given, or `initial.plc` beside it.
    pub(crate) fn open(netlist_path: &Path, plc_path: Option<&Path>) -> anyhow::Result<Self> {
        let (file, diagnostics) = pbtxt::read(&bytes(netlist_path)?);
        complain(netlist_path, &diagnostics)?;
        let file = file.context("the netlist has errors")?;
        let netlist = file.netlist;
        let mut canvas = Canvas::for_netlist(&netlist);
        if let Some((width, height)) = file.floorplan {
            (canvas.width, canvas.height) = (width, height);
        }
        let mut placement = file.placement;
        let beside = netlist_path.with_file_name("initial.plc");
        let plc_path = plc_path.or_else(|| beside.exists().then_some(beside.as_path()));
        if let Some(path) = plc_path {
            let (plc_file, diagnostics) = plc::read(&bytes(path)?, &netlist);
            complain(path, &diagnostics)?;
            plc_file.apply_header(&mut canvas);
            plc_file.apply_rows(&netlist, &mut placement);
        }
        let cost = evaluate(&netlist, &canvas, &placement, Rules::Clamp).cost;
        let proxy = cost.proxy(&Weights::default());
        let name = netlist_path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { name, netlist, canvas, placement, cost, proxy })
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let context = || format!("cannot read {}", path.display());
    let packed = fs::read(path).with_context(context)?;
    decompress(packed, MAX_UNPACKED_BYTES).with_context(context)
}

/// Fails with every error of a file.
fn complain(path: &Path, diagnostics: &[Diagnostic]) -> anyhow::Result<()> {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let errors: Vec<String> =
        errors.map(|diagnostic| format!("{}:{diagnostic}", path.display())).collect();
    if !errors.is_empty() {
        bail!("{}", errors.join("\n"));
    }
    Ok(())
}
