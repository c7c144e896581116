//! The measurements as a Markdown table.

use std::fs;
use std::time::Duration;

use crate::load::Outcome;

/// One backend with one roster.
pub struct Column {
    pub name: &'static str,
    pub people: u64,
    /// Bytes of the file that was imported; 0 where none was.
    pub roster: u64,
    /// Time to import or load.
    pub load: Duration,
    /// The most memory that importing took.
    pub load_peak: Option<u64>,
    /// Bytes on the disk.
    pub bytes: u64,
    pub memory_at_start: u64,
    pub memory_under_load: u64,
    /// Closed loop, by round.
    pub full_speed: Vec<Outcome>,
    /// Processor time of all its processes in the closed loops.
    pub processor_time: Duration,
    /// Open loop, all rounds.
    pub at_rate: Outcome,
    /// By the name that a thousand people bear.
    pub shared_name: Outcome,
}

impl Column {
    pub fn new(name: &'static str, people: u64) -> Self {
        Self {
            name,
            people,
            roster: 0,
            load: Duration::ZERO,
            load_peak: None,
            bytes: 0,
            memory_at_start: 0,
            memory_under_load: 0,
            full_speed: Vec::new(),
            processor_time: Duration::ZERO,
            at_rate: Outcome::default(),
            shared_name: Outcome::default(),
        }
    }

    /// All that was asked.
    pub fn outcomes(&self) -> impl Iterator<Item = &Outcome> {
        self.full_speed
            .iter()
            .chain([&self.at_rate, &self.shared_name])
    }

    /// Answers a second, the median of the rounds.
    fn speed(&self) -> f64 {
        let mut speeds: Vec<f64> = self
            .full_speed
            .iter()
            .map(|round| round.latencies.len() as f64 / round.took.as_secs_f64())
            .collect();
        speeds.sort_by(f64::total_cmp);
        speeds.get(speeds.len() / 2).copied().unwrap_or_default()
    }

    /// Processor time of one answer.
    fn cost(&self) -> Duration {
        let answers: usize = self.full_speed.iter().map(|it| it.latencies.len()).sum();
        self.processor_time / u32::try_from(answers.max(1)).unwrap_or(u32::MAX)
    }

    fn errors(&self) -> usize {
        self.outcomes().map(|outcome| outcome.errors.len()).sum()
    }
}

/// Prints the table and, above it, the machine.
pub fn print(
    columns: &[Column],
    postgresql: &str,
    cores: usize,
    apart: bool,
) -> anyhow::Result<()> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, name)| name);
    let load = read("/proc/loadavg");
    let load = load.split(' ').next().unwrap_or_default();
    let kernel = read("/proc/sys/kernel/osrelease");
    println!(
        "Machine: {cores} cores ({processor}), Linux {}, {postgresql}; {}. Load of the machine at the end: {load}.\n",
        kernel.trim(),
        if apart {
            "each server with all its processes on one core, the client on another"
        } else {
            "servers and client on any core"
        },
    );
    row("", columns, |column| {
        format!("{}, {} people", column.name, thousands(column.people))
    });
    row("---", columns, |_| "--:".to_owned());
    row("file that is imported, MB", columns, |column| {
        if column.roster == 0 {
            "–".to_owned()
        } else {
            mega(column.roster)
        }
    });
    row("import, s", columns, |column| {
        format!("{:.1}", column.load.as_secs_f64())
    });
    row("most memory of import, MB", columns, |column| {
        column.load_peak.map_or("–".to_owned(), mega)
    });
    row("on the disk, MB", columns, |column| mega(column.bytes));
    row("memory after the start, MB", columns, |column| {
        mega(column.memory_at_start)
    });
    row("memory under load, MB", columns, |column| {
        mega(column.memory_under_load)
    });
    row("answers a second, full speed", columns, |column| {
        thousands(column.speed() as u64)
    });
    row("processor time of an answer, µs", columns, |column| {
        column.cost().as_micros().to_string()
    });
    for (name, share) in [("p50", 0.5), ("p99", 0.99), ("max", 1.0)] {
        row(
            &format!("at 1,000 a second: {name}, ms"),
            columns,
            |column| milliseconds(column.at_rate.quantile(share)),
        );
    }
    row("a name of 1,000 people: p50, ms", columns, |column| {
        milliseconds(column.shared_name.quantile(0.5))
    });
    row("answers / wrong ones", columns, |column| {
        let answers: usize = column.outcomes().map(|it| it.latencies.len()).sum();
        format!("{} / {}", thousands(answers as u64), column.errors())
    });
    Ok(())
}

fn row(name: &str, columns: &[Column], cell: impl Fn(&Column) -> String) {
    let cells: Vec<String> = columns.iter().map(cell).collect();
    println!("| {name} | {} |", cells.join(" | "));
}

fn mega(bytes: u64) -> String {
    let mega = bytes as f64 / 1e6;
    if mega < 100.0 {
        format!("{mega:.1}")
    } else {
        thousands(mega.round() as u64)
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn thousands(number: u64) -> String {
    match number / 1000 {
        0 => number.to_string(),
        rest => format!("{},{:03}", thousands(rest), number % 1000),
    }
}
