//! What the machine is, and what processes take of it, read from `/proc`.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Sub;
use std::time::Instant;

/// CPU time in clock ticks of a hundredth of a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cpu {
    ticks: u64,
}

impl Cpu {
    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.ticks as f64 / 100.0
    }
}

impl Sub for Cpu {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self { ticks: self.ticks.saturating_sub(earlier.ticks) }
    }
}

/// One process of `/proc`.
struct Process {
    parent: u32,
    own: u64,
    ended_children: u64,
}

fn process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; fields are counted from behind it.
    let fields: Vec<&str> = stat[stat.rfind(')')? + 2..].split(' ').collect();
    let number = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Process {
        parent: u32::try_from(number(1)?).ok()?,
        own: number(11)? + number(12)?,
        ended_children: number(13)? + number(14)?,
    })
}

/// CPU that `roots`, their living descendants and their ended children have taken so far.
pub fn cpu_of(roots: &[u32]) -> Cpu {
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = pids.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let all: BTreeMap<u32, Process> = pids.filter_map(|pid| Some((pid, process(pid)?))).collect();
    let belongs = |mut pid: u32| {
        while let Some(process) = all.get(&pid) {
            if roots.contains(&pid) {
                return true;
            }
            pid = process.parent;
        }
        false
    };
    let mine = all.iter().filter(|(pid, _)| belongs(**pid));
    Cpu { ticks: mine.map(|(_, process)| process.own + process.ended_children).sum() }
}

/// The most memory that a process ever held, in octets.
pub fn peak_memory(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

/// This moment: whoever measures time has to look at a clock.
#[expect(
    clippy::disallowed_methods,
    reason = "a benchmark measures real time, and nothing that Lazo decides"
)]
pub fn moment() -> Instant {
    Instant::now()
}

/// Processor, cores, memory and kernel in a line.
pub fn description() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (cpu, memory, kernel) =
        (read("/proc/cpuinfo"), read("/proc/meminfo"), read("/proc/sys/kernel/osrelease"));
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("");
    let cores = cpu.lines().filter(|line| line.starts_with("processor")).count();
    let kib = memory.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kib = kib.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0);
    let model = model.trim_start_matches(['\t', ':', ' ']);
    format!("{model}, {cores} cores, {} GiB, Linux {}", kib.div_ceil(1024 * 1024), kernel.trim())
}
