//! Force-directed placement on the client's schedule.

use flagstone_netlist::Kind;
use flagstone_place::force_directed::{self, Schedule, Stage};

use super::args::{Answer, Args};
use super::protocol::done;
use super::state::State;

/// Steps beyond which a schedule is refused: it would not end in reasonable time.
const MAX_STEPS: u64 = 1_000_000;

pub(super) fn optimize(state: &mut State, args: &Args<'_>) -> Answer {
    let move_cells = args.truth(1, "move_stdcells")?;
    let schedule = schedule(state, args)?;
    if !move_cells && !schedule.move_hard {
        return Ok(done());
    }
    let fixed = state.placement.fixed.clone();
    if !move_cells {
        for node in state.netlist.nodes_of(Kind::SoftMacro) {
            state.placement.fixed[node.usize()] = true;
        }
    }
    force_directed::place(&state.netlist, &state.canvas, &mut state.placement, &schedule);
    state.placement.fixed = fixed;
    state.changed();
    Ok(done())
}

fn schedule(state: &State, args: &Args<'_>) -> Result<Schedule, String> {
    for (i, name) in [(3, "log_scale_conns"), (4, "use_sizes")] {
        if args.truth(i, name)? {
            return Err(format!("{name} is not supported"));
        }
    }
    let steps = args.wholes(6, "num_steps")?;
    let [reach, attract, repel] = [
        args.numbers(7, "max_move_distance")?,
        args.numbers(8, "attract_factor")?,
        args.numbers(9, "repel_factor")?,
    ];
    if [&reach, &attract, &repel].iter().any(|list| list.len() != steps.len()) {
        return Err(
            "num_steps, max_move_distance, attract_factor and repel_factor must be equally \
                    long"
                .to_owned(),
        );
    }
    if steps.iter().map(|&n| u64::from(n)).sum::<u64>() > MAX_STEPS {
        return Err(format!("num_steps must not exceed {MAX_STEPS} in all"));
    }
    let longest = state.canvas.width.max(state.canvas.height);
    let stages = (0..steps.len()).filter(|&i| steps[i] > 0).map(|i| Stage {
        steps: steps[i],
        move_factor: reach[i] * f64::from(steps[i]) / longest,
        attract: attract[i],
        repel: repel[i],
    });
    Ok(Schedule {
        stages: stages.collect(),
        io_factor: args.number(5, "io_factor")?,
        use_current: args.truth(0, "use_current_loc")?,
        move_hard: args.truth(2, "move_macros")?,
    })
}
