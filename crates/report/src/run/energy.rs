//! Energy of a run, and the carbon dioxide that goes with it.
//!
//! The processor's energy comes from the kernel's RAPL counters where they can be read; these count
//! the whole package, other programs included. Elsewhere it is an estimate: watts of a busy core times
//! the core-seconds of this process.

use std::fmt::{self, Debug, Formatter};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde::{Deserialize, Serialize};

/// What cannot be measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EnergyConfig {
    /// Power of one busy core with its share of the machine in watts, for estimates.
    pub watts_per_core: f64,
    /// Greenhouse gases of a kWh from the grid in kg CO2e; the default is near the world's mean.
    pub grid_kg_per_kwh: f64,
}

impl Default for EnergyConfig {
    fn default() -> Self {
        Self { watts_per_core: 15.0, grid_kg_per_kwh: 0.47 }
    }
}

impl EnergyConfig {
    /// Greenhouse gases of an amount of energy in kg CO2e.
    pub fn kg_co2e(&self, joules: f64) -> f64 {
        joules / JOULES_PER_KWH * self.grid_kg_per_kwh
    }
}

/// A kilowatt-hour.
pub(crate) const JOULES_PER_KWH: f64 = 3.6e6;

/// Energy in kWh, or in Wh where it is little.
pub fn kwh(joules: f64) -> String {
    let kwh = joules / JOULES_PER_KWH;
    if kwh < 0.1 { format!("{:.2} Wh", 1000.0 * kwh) } else { format!("{kwh:.2} kWh") }
}

/// A mass in kg, or in g where it is little.
pub fn kg(kg: f64) -> String {
    if kg < 0.1 { format!("{:.2} g", 1000.0 * kg) } else { format!("{kg:.2} kg") }
}

/// How the processor's energy is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnergySource {
    /// RAPL counters, the whole package.
    Rapl,
    /// Watts of a core times core-seconds of this process.
    #[default]
    Estimate,
}

/// Energy over a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Energy {
    /// Of the processor in joules.
    pub cpu_joules: f64,
    /// Of the GPU in joules, where one was used.
    pub gpu_joules: Option<f64>,
    /// How the processor's part is known.
    pub source: EnergySource,
}

impl Energy {
    /// Both parts in joules.
    pub fn joules(&self) -> f64 {
        self.cpu_joules + self.gpu_joules.unwrap_or(0.0)
    }
}

/// A GPU's energy counter.
pub trait GpuCounter {
    /// Joules since some fixed moment; `None` where it cannot be read.
    fn joules(&mut self) -> Option<f64>;
}

/// One RAPL counter.
#[derive(Debug)]
struct Domain {
    file: PathBuf,
    range: f64,
    last: f64,
}

impl Domain {
    fn open(folder: &Path) -> Option<Self> {
        let file = folder.join("energy_uj");
        let last = number(&file)?;
        let range = number(&folder.join("max_energy_range_uj"))?;
        Some(Self { file, range, last })
    }

    /// Joules since the last call; the counter starts over at its range.
    fn lap(&mut self) -> Option<f64> {
        let now = number(&self.file)?;
        let since = if now >= self.last { now - self.last } else { now + self.range - self.last };
        self.last = now;
        Some(since * 1e-6)
    }
}

fn number(file: &Path) -> Option<f64> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}

/// Measures energy from lap to lap.
pub struct Meter {
    watts_per_core: f64,
    domains: Vec<Domain>,
    core_seconds: Option<f64>,
    clock: Instant,
    threads: usize,
    gpu: Option<Box<dyn GpuCounter>>,
    gpu_joules: Option<f64>,
}

impl Debug for Meter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter").field("domains", &self.domains).finish_non_exhaustive()
    }
}

impl Meter {
    /// Begins to measure. `threads` counts where not even the process' own time can be read.
    pub fn new(config: &EnergyConfig, threads: usize, gpu: Option<Box<dyn GpuCounter>>) -> Self {
        Self::at(Path::new("/sys/class/powercap"), config, threads, gpu)
    }

    fn at(
        powercap: &Path,
        config: &EnergyConfig,
        threads: usize,
        mut gpu: Option<Box<dyn GpuCounter>>,
    ) -> Self {
        let gpu_joules = gpu.as_mut().and_then(|gpu| gpu.joules());
        Self {
            watts_per_core: config.watts_per_core,
            domains: packages(powercap),
            core_seconds: core_seconds(),
            clock: Instant::now(),
            threads,
            gpu,
            gpu_joules,
        }
    }

    /// Energy since the last lap.
    pub fn lap(&mut self) -> Energy {
        let measured: Option<f64> = self.domains.iter_mut().map(Domain::lap).sum();
        let measured = measured.filter(|_| !self.domains.is_empty());
        let estimate = self.watts_per_core * self.busy();
        let gpu_joules = self.gpu.as_mut().and_then(|gpu| gpu.joules());
        let gpu = gpu_joules.zip(self.gpu_joules).map(|(now, last)| now - last);
        self.gpu_joules = gpu_joules;
        Energy {
            cpu_joules: measured.unwrap_or(estimate),
            gpu_joules: gpu,
            source: if measured.is_some() { EnergySource::Rapl } else { EnergySource::Estimate },
        }
    }

    /// Core-seconds since the last lap.
    fn busy(&mut self) -> f64 {
        let wall = self.clock.elapsed().as_secs_f64();
        self.clock = Instant::now();
        let before = std::mem::replace(&mut self.core_seconds, core_seconds());
        match (before, self.core_seconds) {
            (Some(before), Some(now)) => now - before,
            _ => wall * self.threads as f64,
        }
    }
}

/// The packages' counters, and those of memory outside them.
fn packages(powercap: &Path) -> Vec<Domain> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(powercap).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let counts = |folder: &PathBuf| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(id) = name.strip_prefix("intel-rapl:") else { return false };
        let is_part = id.contains(':');
        let label = fs::read_to_string(folder.join("name")).unwrap_or_default();
        // Cores and graphics are parts of their package; memory is not. "psys" would count twice.
        if is_part { label.trim() == "dram" } else { label.starts_with("package") }
    };
    folders
        .iter()
        .filter(|folder| counts(folder))
        .filter_map(|folder| Domain::open(folder))
        .collect()
}

/// Processor time of this process, user and system.
///
/// Source: `proc_pid_stat(5)`, fields 14 and 15 in ticks, of which Linux shows 100 a second.
fn core_seconds() -> Option<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    let after_name = text.rsplit_once(')')?.1;
    let mut fields = after_name.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn domain(powercap: &Path, id: &str, name: &str, energy: u64) {
        let folder = powercap.join(id);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("name"), format!("{name}\n")).unwrap();
        fs::write(folder.join("energy_uj"), format!("{energy}\n")).unwrap();
        fs::write(folder.join("max_energy_range_uj"), "10000000\n").unwrap();
    }

    struct Counter(f64);

    impl GpuCounter for Counter {
        fn joules(&mut self) -> Option<f64> {
            self.0 += 5.0;
            Some(self.0)
        }
    }

    #[test]
    fn packages_and_memory_are_added_and_counters_start_over() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        domain(at, "intel-rapl:0", "package-0", 9_000_000);
        domain(at, "intel-rapl:0:0", "core", 1_000_000);
        domain(at, "intel-rapl:0:1", "dram", 1_000_000);
        domain(at, "intel-rapl:1", "psys", 1_000_000);
        let mut meter = Meter::at(at, &EnergyConfig::default(), 1, Some(Box::new(Counter(0.0))));
        domain(at, "intel-rapl:0", "package-0", 500_000);
        domain(at, "intel-rapl:0:0", "core", 9_000_000);
        domain(at, "intel-rapl:0:1", "dram", 1_250_000);
        domain(at, "intel-rapl:1", "psys", 9_000_000);
        let energy = meter.lap();
        assert!((energy.cpu_joules - 1.75).abs() < 1e-9, "{energy:?}");
        assert_eq!((energy.source, energy.gpu_joules), (EnergySource::Rapl, Some(5.0)));
        assert_eq!(meter.lap().cpu_joules, 0.0);
    }

    #[test]
    fn without_counters_core_seconds_are_charged() {
        let nowhere = Path::new("/nonexistent");
        let config = EnergyConfig { watts_per_core: 10.0, ..EnergyConfig::default() };
        let mut meter = Meter::at(nowhere, &config, 1, None);
        let clock = Instant::now();
        let mut sum = 0_u64;
        while clock.elapsed().as_secs_f64() < 0.3 {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(1));
        }
        let energy = meter.lap();
        assert_eq!((energy.source, energy.gpu_joules), (EnergySource::Estimate, None));
        assert!(energy.cpu_joules > 0.0, "{energy:?}");
        assert!((config.kg_co2e(3.6e6) - 0.47).abs() < 1e-12, "a kWh has the grid's intensity");
        assert_eq!(
            [kwh(3.6e5), kwh(3.6e3), kg(0.25), kg(0.025)],
            ["0.10 kWh", "1.00 Wh", "0.25 kg", "25.00 g"]
        );
    }
}
