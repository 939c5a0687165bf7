use flagstone_geom::Rect;
use flagstone_netlist::{Blockage, Canvas, Netlist, Statistics};

/// What the comments of a `.plc` say about the canvas; `None` where they say nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// Columns and rows of the placement grid.
    pub grid: Option<(u32, u32)>,
    /// Columns and rows of the congestion grid.
    pub congestion_grid: Option<(u32, u32)>,
    /// Width and height in µm.
    pub size: Option<(f64, f64)>,
    /// Routes per µm, horizontal and vertical.
    pub routes: Option<(f64, f64)>,
    /// Routes per µm used by macros, horizontal and vertical.
    pub macro_routes: Option<(f64, f64)>,
    /// Smoothing range in cells.
    pub smoothing: Option<u32>,
    /// Overlap threshold.
    pub overlap_threshold: Option<f64>,
    /// Name of the block.
    pub block: Option<String>,
    /// Name of the project.
    pub project: Option<String>,
    /// Blockages.
    pub blockages: Vec<Blockage>,
}

/// The parts of a fresh header that the placement itself does not tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeaderText {
    /// Path of the netlist.
    pub source: String,
    /// Path of this file.
    pub file: String,
    /// Date, `YYYY-mm-dd HH:MM:SS`; left out where empty.
    pub date: String,
    /// Name of the project.
    pub project: String,
    /// Name of the block.
    pub block: String,
    /// Wirelength in µm, then the wirelength, congestion and density costs.
    pub costs: Option<[f64; 4]>,
    /// Further lines, without the `#`.
    pub comments: Vec<String>,
}

/// The numbers of a comment line.
fn numbers(line: &str) -> Vec<f64> {
    let pieces = line.split(|c: char| c.is_whitespace() || c == ',' || c == ':');
    pieces.filter_map(|piece| piece.parse().ok()).filter(|n: &f64| n.is_finite()).collect()
}

fn two(line: &str) -> Option<(f64, f64)> {
    match numbers(line)[..] {
        [a, b, ..] => Some((a, b)),
        _ => None,
    }
}

fn two_counts(line: &str) -> Option<(u32, u32)> {
    let (a, b) = two(line)?;
    let count = |n: f64| ((1.0..=1e6).contains(&n) && n.fract() == 0.0).then_some(n as u32);
    count(a).zip(count(b))
}

fn two_positive(line: &str) -> Option<(f64, f64)> {
    two(line).filter(|&(a, b)| a > 0.0 && b > 0.0)
}

/// Text after the first colon; `None` where there is none.
fn after_colon(line: &str) -> Option<String> {
    let text = line.split_once(':')?.1.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl Header {
    /// Reads the labels circuit_training writes; the last of equal labels counts.
    pub fn parse(comments: &[String]) -> Self {
        let mut header = Self::default();
        for comment in comments {
            header.parse_line(comment.trim_start_matches('#').trim());
        }
        header
    }

    fn parse_line(&mut self, line: &str) {
        let label = line.split_once([':', ',']).map_or(line, |parts| parts.0).trim();
        match label {
            "Columns" => self.grid = two_counts(line).or(self.grid),
            "Congestion Columns" => {
                self.congestion_grid = two_counts(line).or(self.congestion_grid);
            }
            "Width" => self.size = two_positive(line).or(self.size),
            "FP bbox" => self.size = bounding_box(line).or(self.size),
            "Routes per micron" => self.routes = two(line).or(self.routes),
            "Routes used by macros" => self.macro_routes = two(line).or(self.macro_routes),
            "Smoothing factor" => {
                let value = numbers(line).first().copied();
                let valid = value.filter(|&value| (0.0..=1e6).contains(&value));
                self.smoothing = valid.map(|value| value.floor() as u32).or(self.smoothing);
            }
            "Overlap threshold" => {
                self.overlap_threshold = numbers(line).first().copied().or(self.overlap_threshold);
            }
            "Block" => self.block = after_colon(line),
            "Project" => self.project = after_colon(line),
            "Blockage" => self.blockages.extend(blockage(line)),
            _ => {}
        }
    }

    /// Takes the settings over into a canvas; what the header does not say stays.
    pub fn apply(&self, canvas: &mut Canvas) {
        if let Some((columns, rows)) = self.grid {
            (canvas.columns, canvas.rows) = (columns, rows);
        }
        if self.congestion_grid.is_some() {
            canvas.congestion_grid = self.congestion_grid;
        }
        if let Some((width, height)) = self.size {
            (canvas.width, canvas.height) = (width, height);
        }
        if let Some((horizontal, vertical)) = self.routes {
            (canvas.routes_horizontal, canvas.routes_vertical) = (horizontal, vertical);
        }
        if let Some((horizontal, vertical)) = self.macro_routes {
            canvas.macro_routes_horizontal = horizontal;
            canvas.macro_routes_vertical = vertical;
        }
        canvas.smoothing = self.smoothing.unwrap_or(canvas.smoothing);
        canvas.overlap_threshold = self.overlap_threshold.unwrap_or(canvas.overlap_threshold);
        canvas.blockages.extend_from_slice(&self.blockages);
    }
}

/// Size from `FP bbox: {0 0} {w h}`.
fn bounding_box(line: &str) -> Option<(f64, f64)> {
    let plain = line.replace(['{', '}'], " ");
    match numbers(&plain)[..] {
        [x0, y0, x1, y1] if x1 > x0 && y1 > y0 => Some((x1 - x0, y1 - y0)),
        _ => None,
    }
}

/// Rate of a blockage that says none: circuit_training takes it for a user's, since 1 stands for
/// the parts outside a rectilinear outline.
pub const USER_RATE: f64 = 0.99;

fn blockage(line: &str) -> Option<Blockage> {
    match numbers(line)[..] {
        [x0, y0, x1, y1] => Some(Blockage { rect: Rect::new(x0, y0, x1, y1), rate: USER_RATE }),
        [x0, y0, x1, y1, rate] => Some(Blockage { rect: Rect::new(x0, y0, x1, y1), rate }),
        _ => None,
    }
}

/// The header circuit_training writes, with every number in full.
pub(super) fn comments(netlist: &Netlist, canvas: &Canvas, text: &HeaderText) -> Vec<String> {
    let mut lines = vec![
        "Placement file for Circuit Training".to_owned(),
        format!("Source input file(s) : {}", text.source),
        format!("This file : {}", text.file),
    ];
    if !text.date.is_empty() {
        lines.push(format!("Date : {}", text.date));
    }
    lines.push(format!("Columns : {}  Rows : {}", canvas.columns, canvas.rows));
    if let Some((columns, rows)) = canvas.congestion_grid {
        lines.push(format!("Congestion Columns : {columns}  Congestion Rows : {rows}"));
    }
    lines.push(format!("Width : {}  Height : {}", canvas.width, canvas.height));
    lines.push(format!("Area : {}", netlist.total_area()));
    if let Some([um, wirelength, congestion, density]) = text.costs {
        lines.push(format!("Wirelength : {um:.3}"));
        lines.push(format!("Wirelength cost : {wirelength:.4}"));
        lines.push(format!("Congestion cost : {congestion:.4}"));
        lines.push(format!("Density cost : {density:.4}"));
    }
    lines.push(format!("Project : {}", text.project));
    lines.push(format!("Block : {}", text.block));
    lines.extend([
        format!(
            "Routes per micron, hor : {}  ver : {}",
            canvas.routes_horizontal, canvas.routes_vertical
        ),
        format!(
            "Routes used by macros, hor : {}  ver : {}",
            canvas.macro_routes_horizontal, canvas.macro_routes_vertical
        ),
        format!("Smoothing factor : {}", canvas.smoothing),
        format!("Overlap threshold : {}", canvas.overlap_threshold),
        String::new(),
    ]);
    for Blockage { rect, rate } in &canvas.blockages {
        let line = format!("Blockage : {} {} {} {} {rate}", rect.x0, rect.y0, rect.x1, rect.y1);
        lines.push(line);
    }
    lines.push(String::new());
    lines.extend(counts(netlist));
    lines.push(String::new());
    lines.extend(text.comments.iter().cloned());
    lines.push("node_index x y orientation fixed".to_owned());
    lines.into_iter().map(|line| format!("# {line}").trim_end().to_owned()).collect()
}

fn counts(netlist: &Netlist) -> Vec<String> {
    let n = Statistics::of(netlist);
    let rows = [
        ("HARD_MACROs", n.hard_macros),
        ("HARD_MACRO_PINs", n.hard_macro_pins),
        ("MACROs", n.hard_macros + n.soft_macros),
        ("MACRO_PINs", n.hard_macro_pins + n.soft_macro_pins),
        ("PORTs", n.ports),
        ("SOFT_MACROs", n.soft_macros),
        ("SOFT_MACRO_PINs", n.soft_macro_pins),
        ("STDCELLs", n.std_cells),
    ];
    let mut lines = vec!["Counts of node types:".to_owned()];
    lines.extend(rows.iter().map(|(name, count)| format!("{name:<15} : {count:>9}")));
    lines
}
