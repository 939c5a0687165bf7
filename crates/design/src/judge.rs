use std::path::PathBuf;

use flagstone_netlist::{Problem, check, check_placement};

use crate::message::Log;
use crate::{Design, Error, Level, Message};

/// Problems of one design that are listed.
const MOST: usize = 20;

/// Says what is wrong with the netlist and the placement; fails where it cannot be used.
pub(crate) fn judge(design: &Design, log: &mut Log) -> Result<(), Error> {
    let place = &design.netlist_path;
    let mut problems = check(&design.netlist);
    problems.extend(check_placement(&design.netlist, &design.canvas, &design.placement));
    let fatal = |problem: &Problem| {
        !matches!(
            problem,
            Problem::DuplicateName(_) | Problem::PinOutside(_) | Problem::TooLarge(_)
        )
    };
    let n = problems.iter().filter(|problem| fatal(problem)).count();
    problems.sort_by_key(|problem| !fatal(problem));
    for problem in problems.iter().take(MOST) {
        let level = if fatal(problem) { Level::Error } else { Level::Warning };
        log.messages.push(Message::new(level, place, describe(design, problem)));
    }
    if problems.len() > MOST {
        log.note(place, format!("{} more", problems.len() - MOST));
    }
    if n == 0 { Ok(()) } else { Err(Error::Problems { path: PathBuf::from(place), n }) }
}

fn describe(design: &Design, problem: &Problem) -> String {
    let netlist = &design.netlist;
    match *problem {
        Problem::DuplicateName(node)
        | Problem::NoSize(node)
        | Problem::TooLarge(node)
        | Problem::BadCoordinate(node) => format!("{problem} ({})", netlist.node_name(node)),
        Problem::PinOutside(pin) => format!("{problem} ({})", netlist.pin_name(pin)),
        _ => problem.to_string(),
    }
}
