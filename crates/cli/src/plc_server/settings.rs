//! The canvas and everything that can be set.

use flagstone_formats::plc::{Header, USER_RATE};
use flagstone_geom::Rect;
use flagstone_netlist::Blockage;
use serde_json::{Value, json};

use super::args::{Answer, Args, amount, positive};
use super::protocol::{done, pair};
use super::state::State;

/// Cells beyond which a grid is refused: maps of it would not fit in memory.
const MAX_CELLS: u64 = 1 << 24;

pub(super) fn canvas_size(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(pair(state.canvas.width, state.canvas.height))
}

pub(super) fn set_canvas_size(state: &mut State, args: &Args<'_>) -> Answer {
    let size = (args.positive(0, "width")?, args.positive(1, "height")?);
    (state.canvas.width, state.canvas.height) = size;
    state.explicit.size = true;
    state.changed();
    Ok(done())
}

fn counts(args: &Args<'_>) -> Result<(u32, u32), String> {
    grid_of(args.whole(0, "columns")?, args.whole(1, "rows")?)
}

fn grid_of(columns: u32, rows: u32) -> Result<(u32, u32), String> {
    if columns == 0 || rows == 0 || u64::from(columns) * u64::from(rows) > MAX_CELLS {
        return Err(format!("a grid needs 1 to {MAX_CELLS} cells, got {columns} x {rows}"));
    }
    Ok((columns, rows))
}

/// Checks what a placement file says as the methods that set the same do; its reader has seen to
/// the canvas size and the smoothing.
pub(super) fn check(header: &Header) -> Result<(), String> {
    for (columns, rows) in [header.grid, header.congestion_grid].into_iter().flatten() {
        grid_of(columns, rows)?;
    }
    if let Some((horizontal, vertical)) = header.routes {
        positive(horizontal.min(vertical), "routes per micron")?;
    }
    if let Some((horizontal, vertical)) = header.macro_routes {
        amount(horizontal.min(vertical), "routes used by macros")?;
    }
    if let Some(threshold) = header.overlap_threshold {
        amount(threshold, "overlap threshold")?;
    }
    for blockage in &header.blockages {
        amount(blockage.rate, "blockage rate")?;
    }
    Ok(())
}

pub(super) fn grid(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(pair(state.canvas.columns, state.canvas.rows))
}

pub(super) fn set_grid(state: &mut State, args: &Args<'_>) -> Answer {
    (state.canvas.columns, state.canvas.rows) = counts(args)?;
    state.explicit.grid = true;
    state.changed();
    Ok(done())
}

pub(super) fn congestion_grid(state: &mut State, _: &Args<'_>) -> Answer {
    let grid = state.canvas.congestion_grid();
    Ok(pair(grid.columns, grid.rows))
}

pub(super) fn set_congestion_grid(state: &mut State, args: &Args<'_>) -> Answer {
    state.canvas.congestion_grid = Some(counts(args)?);
    state.explicit.congestion_grid = true;
    state.changed();
    Ok(done())
}

pub(super) fn routes(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(pair(state.canvas.routes_horizontal, state.canvas.routes_vertical))
}

pub(super) fn set_routes(state: &mut State, args: &Args<'_>) -> Answer {
    let routes = (args.positive(0, "horizontal")?, args.positive(1, "vertical")?);
    (state.canvas.routes_horizontal, state.canvas.routes_vertical) = routes;
    state.explicit.routes = true;
    state.changed();
    Ok(done())
}

pub(super) fn macro_routes(state: &mut State, _: &Args<'_>) -> Answer {
    Ok(pair(state.canvas.macro_routes_horizontal, state.canvas.macro_routes_vertical))
}

pub(super) fn set_macro_routes(state: &mut State, args: &Args<'_>) -> Answer {
    let routes = (args.amount(0, "horizontal")?, args.amount(1, "vertical")?);
    (state.canvas.macro_routes_horizontal, state.canvas.macro_routes_vertical) = routes;
    state.explicit.macro_routes = true;
    state.changed();
    Ok(done())
}

pub(super) fn set_smoothing(state: &mut State, args: &Args<'_>) -> Answer {
    state.canvas.smoothing = args.amount(0, "range")?.floor() as u32;
    state.explicit.smoothing = true;
    state.changed();
    Ok(done())
}

pub(super) fn set_overlap_threshold(state: &mut State, args: &Args<'_>) -> Answer {
    state.canvas.overlap_threshold = args.amount(0, "threshold")?;
    state.explicit.overlap_threshold = true;
    Ok(done())
}

pub(super) fn set_boundary_check(state: &mut State, args: &Args<'_>) -> Answer {
    state.boundary_check = args.truth(0, "check")?;
    Ok(done())
}

pub(super) fn set_incremental(state: &mut State, args: &Args<'_>) -> Answer {
    // A full evaluation is fast enough that the cost is the same either way.
    state.incremental = args.truth(0, "incremental")?;
    Ok(done())
}

pub(super) fn set_project(state: &mut State, args: &Args<'_>) -> Answer {
    args.text(0, "name")?.clone_into(&mut state.project);
    Ok(done())
}

pub(super) fn set_block(state: &mut State, args: &Args<'_>) -> Answer {
    args.text(0, "name")?.clone_into(&mut state.block);
    Ok(done())
}

pub(super) fn allow_over_cells(state: &mut State, args: &Args<'_>) -> Answer {
    state.macros_over_cells = args.truth(0, "allow")?;
    Ok(done())
}

pub(super) fn create_blockage(state: &mut State, args: &Args<'_>) -> Answer {
    let number = |i, name| args.number(i, name);
    let rect = Rect::new(number(0, "x0")?, number(1, "y0")?, number(2, "x1")?, number(3, "y1")?);
    let rate = if args.has(4) { args.amount(4, "rate")? } else { USER_RATE };
    state.own_blockages.retain(|blockage| blockage.rect != rect);
    state.own_blockages.push(Blockage { rect, rate });
    state.update_blockages();
    state.changed();
    Ok(done())
}

pub(super) fn blockages(state: &mut State, _: &Args<'_>) -> Answer {
    let list = state.canvas.blockages.iter();
    let list =
        list.map(|Blockage { rect, rate }| json!([rect.x0, rect.y0, rect.x1, rect.y1, rate]));
    Ok(Value::Array(list.collect()))
}
