use flagstone_cost::{Cost, Weights};
use flagstone_geom::{Orientation, Point};
use flagstone_netlist::{Netlist, NodeId, Placement};
use serde::de::DeserializeOwned;

use super::write::{ChoiceLine, HeadLine, StepLine, UNPLACED};
use super::{Choice, Head, Recording, RecordingError, Step, VERSION, fingerprint};
use crate::Place;

/// Cells of the largest grid that a recording may be of, as many as a design may have.
const MOST_CELLS: u64 = 1 << 22;

impl Recording {
    /// Reads a recording that was made on a netlist. A last line that was cut off is left out.
    ///
    /// # Errors
    /// A damaged line, another netlist, or no step at all.
    pub fn read(text: &[u8], netlist: &Netlist) -> Result<Self, RecordingError> {
        let mut lines = text.split(|&byte| byte == b'\n').enumerate();
        let first = lines.next().map(|(_, line)| line).unwrap_or_default();
        let head: HeadLine = parse(first, 1)?;
        if head.recording != "flagstone" || head.version != VERSION {
            let what = format!("not a recording of version {VERSION}");
            return Err(RecordingError::Line { line: 1, what });
        }
        let (expected, found) = (head.base.x.len(), netlist.n_nodes());
        if expected != found || head.fingerprint != format!("{:016x}", fingerprint(netlist)) {
            return Err(RecordingError::OtherNetlist { expected, found });
        }
        let base = placement(&head, found)?;
        let cells = u64::from(head.grid.0) * u64::from(head.grid.1);
        if cells > MOST_CELLS {
            let (columns, rows) = head.grid;
            return Err(wrong(1, &format!("a grid of {columns} x {rows} cells is too large")));
        }
        let mut steps = Vec::new();
        let mut lines = lines.filter(|(_, line)| !line.is_empty()).peekable();
        while let Some((row, line)) = lines.next() {
            let last = lines.peek().is_none() && !text.ends_with(b"\n");
            match parse(line, row + 1) {
                Err(_) if last => break,
                parsed => steps.push(step(parsed?, row + 1, found, cells)?),
            }
        }
        if steps.is_empty() {
            return Err(RecordingError::Empty);
        }
        let [wirelength, density, congestion] = head.weights;
        let head = Head {
            design: head.design,
            netlist: head.netlist,
            weights: Weights { wirelength, density, congestion },
            grid: head.grid,
            canvas: head.canvas,
        };
        Ok(Self { head, base, steps })
    }
}

fn parse<T: DeserializeOwned>(line: &[u8], number: usize) -> Result<T, RecordingError> {
    let wrong =
        |error: serde_json::Error| RecordingError::Line { line: number, what: error.to_string() };
    serde_json::from_slice(line).map_err(wrong)
}

fn wrong(line: usize, what: &str) -> RecordingError {
    RecordingError::Line { line, what: what.to_owned() }
}

fn placement(head: &HeadLine, n: usize) -> Result<Placement, RecordingError> {
    let base = &head.base;
    let turns = base.orientation.split(' ').map(str::parse).collect::<Result<Vec<_>, _>>();
    let orientation: Vec<Orientation> = turns.map_err(|_| wrong(1, "an unknown orientation"))?;
    let finite = |column: &[f64]| column.iter().all(|value| value.is_finite());
    if base.y.len() != n || orientation.len() != n || !finite(&base.x) || !finite(&base.y) {
        return Err(wrong(1, "the columns of the base placement do not fit together"));
    }
    let mut placed = vec![true; n];
    let mut fixed = vec![false; n];
    for (rows, column, value) in
        [(&base.unplaced, &mut placed, false), (&base.fixed, &mut fixed, true)]
    {
        for &row in rows {
            let place = column.get_mut(row as usize);
            *place.ok_or_else(|| wrong(1, "a node that is not there"))? = value;
        }
    }
    Ok(Placement { x: base.x.clone(), y: base.y.clone(), orientation, placed, fixed })
}

fn step(line: StepLine, number: usize, n: usize, cells: u64) -> Result<Step, RecordingError> {
    let mut moved = Vec::with_capacity(line.moved.len());
    for (node, x, y, letters) in line.moved {
        if node as usize >= n || !x.is_finite() || !y.is_finite() {
            return Err(wrong(number, "a node or a place that is not there"));
        }
        let placed = letters != UNPLACED;
        let orientation = if placed { letters.parse() } else { Ok(Orientation::N) };
        let orientation = orientation.map_err(|_| wrong(number, "an unknown orientation"))?;
        moved.push((NodeId(node), Place { center: Point::new(x, y), orientation, placed }));
    }
    let cost =
        |[wirelength, density, congestion]: [f64; 3]| Cost { wirelength, density, congestion };
    let choice = line.choice.map(|line| choice(line, number, n, cells)).transpose()?;
    Ok(Step { stage: line.stage, work: line.work, moved, cost: line.cost.map(cost), choice })
}

fn choice(line: ChoiceLine, number: usize, n: usize, cells: u64) -> Result<Choice, RecordingError> {
    let inside = |cell: u64| cell < cells;
    let legal = line.legal.iter().all(|&cell| inside(u64::from(cell)));
    if line.node as usize >= n || !inside(line.cell as u64) || !legal {
        return Err(wrong(number, "a choice of a node or a cell that is not there"));
    }
    if line.legal.len() != line.logits.len() {
        return Err(wrong(number, "not one logit for each legal cell"));
    }
    Ok(Choice {
        node: NodeId(line.node),
        cell: line.cell,
        value: line.value as f32,
        legal: line.legal,
        logits: line.logits.into_iter().map(|logit| logit as f32).collect(),
    })
}
