//! What the system says of processes: memory, processor time, and on which processors they run.

use std::fs;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::Duration;

use anyhow::{Context as _, bail};
use rustix::param::clock_ticks_per_second;
use rustix::thread::{CpuSet, Pid, sched_setaffinity};

/// Lets the calling thread, and the processes it starts, run on one processor only.
pub fn run_on(core: Option<usize>) -> anyhow::Result<()> {
    choose(None, core)
}

/// Starts a process that runs on one processor only.
pub fn spawn_on(core: Option<usize>, command: &mut Command) -> anyhow::Result<Child> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            run_on(core)?;
            Ok(command.spawn()?)
        });
        thread
            .join()
            .unwrap_or_else(|_| bail!("a thread of the benchmark broke"))
    })
}

/// Lets a process, its children and those they will have run on one processor only.
pub fn move_to(pid: u32, core: Option<usize>) -> anyhow::Result<()> {
    for pid in [vec![pid], children(pid)].concat() {
        choose(Pid::from_raw(i32::try_from(pid)?), core)?;
    }
    Ok(())
}

fn choose(pid: Option<Pid>, core: Option<usize>) -> anyhow::Result<()> {
    let Some(core) = core else { return Ok(()) };
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(pid, &set).context("cannot choose a processor")
}

/// A value in KiB of one of a process's files in `/proc`.
fn kib(pid: u32, file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/{file}")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Memory of processes in bytes, without the system's cache of files. Of several processes it is their share
/// (PSS), which counts what they have in common once: PostgreSQL's buffers.
pub fn memory(pids: &[u32]) -> u64 {
    let kib = match pids {
        [pid] => kib(*pid, "status", "VmRSS:").unwrap_or(0),
        _ => pids
            .iter()
            .filter_map(|&pid| kib(pid, "smaps_rollup", "Pss:"))
            .sum(),
    };
    kib * 1024
}

/// The children of a process.
pub fn children(pid: u32) -> Vec<u32> {
    fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

/// Processor time that processes have used.
pub fn processor_time(pids: &[u32]) -> Duration {
    let ticks: u64 = pids.iter().map(|&pid| ticks(pid)).sum();
    Duration::from_secs(ticks) / u32::try_from(clock_ticks_per_second()).unwrap_or(100)
}

fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The program's name, in parentheses, may hold spaces. Fields 14 and 15 are the time as user and as system.
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let fields = fields.split(' ').skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Waits for a process and tells the most memory that it had, in bytes.
pub fn peak(child: &mut Child) -> anyhow::Result<(ExitStatus, u64)> {
    let mut peak = 0;
    loop {
        peak = peak.max(kib(child.id(), "status", "VmHWM:").unwrap_or(0) * 1024);
        if let Some(status) = child.try_wait()? {
            return Ok((status, peak));
        }
        thread::sleep(Duration::from_millis(10));
    }
}
