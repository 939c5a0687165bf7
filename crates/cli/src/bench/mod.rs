//! `flagstone bench`: designs × methods × seeds, each cell once, every placement kept and checked.

mod cell;
mod curves;
mod learning;
mod learning_table;
mod prepare;
mod suite;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use flagstone_formats::matches;

use crate::args::{BenchArgs, ProtocolArg};
use crate::failure::Failure;
use crate::output;
use crate::progress::note;
use crate::signal;

use self::cell::{Cell, Record};
use self::curves::Over;
use self::learning::Protocol;
use self::prepare::{Prepared, prepare};
use self::suite::Suite;
use self::table::Results;

/// Where everything is.
struct Bench<'a> {
    args: &'a BenchArgs,
    suite: Suite,
    out: PathBuf,
    designs: Vec<Option<Prepared>>,
}

/// Runs what is missing of a suite and writes its tables.
pub(crate) fn run(args: &BenchArgs) -> Result<(), Failure> {
    let suite = Suite::read(&args.suite)?;
    if args.protocol.is_some() {
        suite.learning.clone().unwrap_or_default().check(&suite, &args.suite)?;
    }
    let name = args.suite.file_stem().unwrap_or_default();
    let out = args.out.clone().unwrap_or_else(|| Path::new("bench").join(name));
    let stop = signal::stop_flag();
    let designs = suite.designs.iter().map(|entry| prepare(&args.suite, entry, &out));
    let designs = designs.collect::<Result<Vec<_>, _>>()?;
    let mut bench = Bench { args, suite, out, designs };
    let mut records = bench.run_cells(&stop)?;
    let protocol = bench.learn(&stop)?;
    if let Some(protocol) = &protocol {
        bench.suite.methods.extend(protocol.methods.iter().cloned());
        records.extend(protocol.records.iter().cloned());
    }
    let mut results = bench.write(records)?;
    if let Some(protocol) = &protocol {
        results.learning = Some(protocol.runs.clone());
        let json = output::to_json(&results);
        output::write_file(&bench.out.join("results.json"), json.as_bytes())?;
    }
    let text = results.markdown(&bench.suite);
    let text = text + &protocol.map_or(Ok(String::new()), |protocol| bench.show(&protocol))?;
    output::write_file(&bench.out.join("results.md"), text.as_bytes())?;
    if args.json {
        output::json(&results)?;
    } else {
        output::say(text.trim_end())?;
    }
    if stop.load(Ordering::Relaxed) {
        return Err(Failure::Interrupted);
    }
    let (doubtful, failed) = (results.doubtful(), results.failed());
    let faults =
        [("not legal or not the cost reported", doubtful), ("without a placement", failed)];
    let faults = faults.iter().filter(|(_, cells)| !cells.is_empty());
    let faults: Vec<String> =
        faults.map(|(what, cells)| format!("{what}: {}", cells.join(", "))).collect();
    if faults.is_empty() { Ok(()) } else { Err(Failure::No(faults.join("\n"))) }
}

impl Bench<'_> {
    /// Runs the learning protocol, where it is asked for.
    fn learn(&self, stop: &AtomicBool) -> Result<Option<Protocol>, Failure> {
        match self.args.protocol {
            None => Ok(None),
            Some(ProtocolArg::Learning) => {
                let learning = self.suite.learning.clone().unwrap_or_default();
                learning.run(self, stop).map(Some)
            }
        }
    }

    /// Writes the protocol's curves; its table.
    fn show(&self, protocol: &Protocol) -> Result<String, Failure> {
        for (name, svg) in protocol.curves() {
            output::write_file(&self.out.join(name), svg.as_bytes())?;
        }
        Ok(protocol.markdown())
    }

    /// Whether a pattern names a cell.
    fn named(patterns: &[String], name: &str) -> bool {
        patterns.iter().any(|pattern| matches(pattern, name))
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        let asked = self.suite.cells();
        let there = asked.into_iter().filter_map(|(design, method, seed)| {
            let prepared = self.designs[design].as_ref()?;
            Some(Cell::new(&self.suite, (design, prepared), method, seed, &self.out))
        });
        there.collect()
    }

    /// Runs the unfinished cells that are asked for; the records of all finished ones, in order.
    fn run_cells(&self, stop: &AtomicBool) -> Result<Vec<Record>, Failure> {
        let named = |patterns: &[String], cell: &Cell<'_>| Self::named(patterns, &cell.name());
        let cells = self.cells();
        let redo = |cell: &Cell<'_>| named(&self.args.redo, cell);
        let finished =
            |cell: &Cell<'_>| if redo(cell) && !self.args.tables { None } else { cell.finished() };
        let records: Vec<Option<Record>> = cells.iter().map(finished).collect();
        let wanted = |&i: &usize| {
            let only = self.args.only.is_empty() || named(&self.args.only, &cells[i]);
            only && records[i].is_none() && !self.args.tables
        };
        let to_run: Vec<usize> = (0..cells.len()).filter(wanted).collect();
        let records = Mutex::new(records);
        let failure = Mutex::new(None);
        let next = AtomicUsize::new(0);
        let work = || {
            while !stop.load(Ordering::Relaxed) {
                let turn = next.fetch_add(1, Ordering::Relaxed);
                let Some(&i) = to_run.get(turn) else { return };
                note(&format!("{} of {}: {}", turn + 1, to_run.len(), cells[i].name()));
                match self.run_cell(&cells[i], stop) {
                    Ok(record) => {
                        let mut records = records.lock().expect("no worker panics");
                        records[i] = record;
                        let so_far = records.iter().flatten().cloned().collect();
                        if let Err(failure) = self.write(so_far) {
                            note(&format!("warning: {}", failure.message().unwrap_or_default()));
                        }
                    }
                    Err(error) => {
                        *failure.lock().expect("no worker panics") = Some(error);
                        return;
                    }
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.args.jobs.max(1) {
                scope.spawn(work);
            }
        });
        match failure.into_inner().expect("no worker panics") {
            Some(failure) => Err(failure),
            None => {
                let records = records.into_inner().expect("no worker panics");
                Ok(records.into_iter().flatten().collect())
            }
        }
    }

    fn run_cell(&self, cell: &Cell<'_>, stop: &AtomicBool) -> Result<Option<Record>, Failure> {
        let threads = self.args.threads.or(self.suite.threads);
        let record = cell.run(threads, stop)?;
        if let Some(record) = &record {
            let told = match (&record.result, &record.failure) {
                (Some(result), _) => {
                    let legal = if result.legal { "" } else { ", not legal" };
                    format!("{:.4} in {:.0} s{legal}", result.proxy, result.seconds)
                }
                (None, why) => why.clone().unwrap_or_default(),
            };
            note(&format!("  {}: {told}", cell.name()));
        }
        Ok(record)
    }

    /// Writes tables and curves of the finished cells.
    fn write(&self, records: Vec<Record>) -> Result<Results, Failure> {
        let results = Results::new(&self.suite, &self.designs, records);
        let write = |name: &str, bytes: &[u8]| output::write_file(&self.out.join(name), bytes);
        write("results.json", output::to_json(&results).as_bytes())?;
        write("results.csv", results.csv().as_bytes())?;
        write("results.md", results.markdown(&self.suite).as_bytes())?;
        for entry in &self.suite.designs {
            for over in [Over::Seconds, Over::Moves] {
                let drawn = curves::anytime(&self.suite, &entry.name, &results.cells, over);
                if let Some(svg) = drawn {
                    write(&format!("anytime-{}-{}.svg", entry.name, over.name()), svg.as_bytes())?;
                }
            }
        }
        Ok(results)
    }
}
