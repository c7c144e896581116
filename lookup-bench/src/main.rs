//! The look-up measured: 67,104 and 5,000,000 invented people, beside the same question asked of PostgreSQL.
//!
//! `lookup-bench/run` builds and runs it. [`people`] invents rosters, `lookup import` and `lookup serve` are run
//! as they are, [`cluster`] keeps a PostgreSQL and [`backend`] asks it, [`load`] asks both in turn over HTTP,
//! [`process`] tells what that cost, [`table`] prints it.

mod backend;
mod cluster;
mod load;
mod people;
mod process;
mod table;

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use clap::{Parser, Subcommand};
use cluster::Cluster;
use load::Target;
use table::Column;
use tempfile::TempDir;

/// Sizes of the rosters: that of Jakarta, and one that holds every civil servant of the country.
const SIZES: [u64; 2] = [67_104, 5_000_000];

/// The two are asked in turn, so often each.
const ROUNDS: u64 = 3;
const CONNECTIONS: u64 = 32;
const FULL_SPEED: Duration = Duration::from_secs(4);
const RATE: u64 = 1000;
const AT_RATE: Duration = Duration::from_secs(8);

/// Limits that a benchmark does not meet; those of an operator would refuse it after sixty questions.
const UNLIMITED: &str = "[batas.pengguna]\nsekaligus = 10000000\nsehari = 10000000\n\
     [batas.nama]\nsekaligus = 10000000\nsehari = 10000000\n[batas.orang]\nsekaligus = 10000000\n\
     [batas.harian]\nalarm = 1000000000\ntutup_nama = false\n";

/// Measures the look-up.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Measure all and print a table.
    All {
        /// The program `lookup`
        #[arg(long, value_name = "FILE")]
        lookup: PathBuf,
        /// Only the smaller roster
        #[arg(long)]
        small: bool,
        /// Let servers and client run on any processor
        #[arg(long)]
        any_core: bool,
    },
    /// Only invent a roster, with its profile, to try things with
    Roster {
        /// How many people
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
        people: u64,
        /// Where to
        #[arg(long, value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Only ask a server that runs with such a roster, at full speed
    Ask {
        /// Where it listens
        #[arg(long, value_name = "ADDRESS:PORT")]
        address: SocketAddr,
        /// How many people are in its roster
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
        people: u64,
        /// For how long
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// The processor that asks; any, if not given
        #[arg(long, value_name = "N")]
        core: Option<usize>,
    },
    /// Serve from PostgreSQL; `all` starts it.
    Backend {
        /// Folder of PostgreSQL's socket
        #[arg(long, value_name = "FOLDER")]
        socket: PathBuf,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().action {
        Action::All {
            lookup,
            small,
            any_core,
        } => all(&lookup, small, any_core),
        Action::Roster { people, folder } => prepare(&folder, people).map(drop),
        Action::Ask {
            address,
            people,
            seconds,
            core,
        } => ask(
            Target {
                address,
                people,
                connections: CONNECTIONS,
                core,
            },
            Duration::from_secs(seconds),
        ),
        Action::Backend { socket } => {
            runtime().and_then(|runtime| runtime.block_on(backend::serve(&socket)))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Asks one server at full speed and prints what came of it.
fn ask(target: Target, time: Duration) -> anyhow::Result<()> {
    let outcome = load::at_full_speed(target, time, 0);
    println!(
        "{:.0} answers a second; p50 {:?}, p99 {:?}, max {:?}",
        outcome.latencies.len() as f64 / outcome.took.as_secs_f64(),
        outcome.quantile(0.5),
        outcome.quantile(0.99),
        outcome.quantile(1.0),
    );
    match outcome.errors.first() {
        None => Ok(()),
        Some(first) => bail!("{} connections failed: {first}", outcome.errors.len()),
    }
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Runtime::new()?)
}

fn all(lookup: &Path, small: bool, any_core: bool) -> anyhow::Result<()> {
    let lookup = &fs::canonicalize(lookup).with_context(|| format!("{}", lookup.display()))?;
    let cores = std::thread::available_parallelism()?.get();
    // Servers on one processor, the client on another: neither takes time from the other.
    let apart = (cores >= 2 && !any_core).then_some([0, 1]);
    let mut columns = Vec::new();
    let mut postgresql = String::new();
    let sizes = if small { &SIZES[..1] } else { &SIZES[..] };
    for &people in sizes {
        let cluster = Cluster::start()?;
        postgresql = cluster.version()?;
        columns.extend(measure(lookup, people, &cluster, apart)?);
    }
    table::print(&columns, &postgresql, cores, apart.is_some())?;
    let errors: Vec<&String> = columns
        .iter()
        .flat_map(|column| column.outcomes())
        .flat_map(|outcome| &outcome.errors)
        .collect();
    if let Some(first) = errors.first() {
        bail!("{} connections met a wrong answer: {first}", errors.len());
    }
    Ok(())
}

/// Both with a roster of this size.
fn measure(
    lookup: &Path,
    people: u64,
    cluster: &Cluster,
    apart: Option<[usize; 2]>,
) -> anyhow::Result<[Column; 2]> {
    let room = TempDir::with_prefix("lookup-bench-")?;
    let folder = room.path();
    let roster = prepare(folder, people)?;

    let mut ours = Column::new("Pandu", people);
    let mut theirs = Column::new("PostgreSQL", people);
    ours.roster = fs::metadata(&roster)?.len();

    step("lookup import");
    let start = Instant::now();
    let mut import = Command::new(lookup)
        .args(["import", "--as-of", "2026-01-01", "--roster"])
        .arg(&roster)
        .args(PLACES)
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()?;
    let (status, peak) = process::peak(&mut import)?;
    if !status.success() {
        bail!("lookup import failed");
    }
    (ours.load, ours.load_peak) = (start.elapsed(), Some(peak));
    ours.bytes = fs::metadata(folder.join("data.sqlite"))?.len();
    fs::remove_file(roster)?;

    step("loading PostgreSQL");
    let start = Instant::now();
    theirs.bytes = runtime()?.block_on(backend::load(cluster.socket(), people))?;
    theirs.load = start.elapsed();

    let [server_core, client_core] = match apart {
        Some([server, client]) => [Some(server), Some(client)],
        None => [None, None],
    };
    process::move_to(cluster.pid, server_core)?;
    let mut command = Command::new(lookup);
    command
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .arg("lookup.toml")
        .args(PLACES)
        .current_dir(folder)
        .stderr(File::create(folder.join("log"))?);
    let our_server = Server::start(command, server_core)?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["backend", "--socket"]).arg(cluster.socket());
    let their_server = Server::start(command, server_core)?;
    let target = |server: &Server| Target {
        address: server.address,
        people,
        connections: CONNECTIONS,
        core: client_core,
    };
    // The database has started a process for every connection of the server before it.
    let theirs_all = [their_server.pid(), cluster.pid];
    let theirs_all = [&theirs_all[..], &process::children(cluster.pid)].concat();
    let mut sides = [
        (&mut ours, target(&our_server), vec![our_server.pid()]),
        (&mut theirs, target(&their_server), theirs_all),
    ];
    for (column, target, pids) in &mut sides {
        column.shared_name.extend(load::by_shared_name(*target, 1));
        column.memory_at_start = process::memory(pids);
    }
    for round in 0..ROUNDS {
        for (column, target, pids) in &mut sides {
            step(&format!("asking {}, round {}", column.name, round + 1));
            // Every time other people, for both the same.
            let seed = round << 40;
            let before = process::processor_time(pids);
            column
                .full_speed
                .push(load::at_full_speed(*target, FULL_SPEED, seed));
            column.processor_time += process::processor_time(pids) - before;
            column.memory_under_load = column.memory_under_load.max(process::memory(pids));
            let seed = seed + (1 << 39);
            column
                .at_rate
                .extend(load::at_rate(*target, RATE, AT_RATE, seed));
            column
                .shared_name
                .extend(load::by_shared_name(*target, 500));
        }
    }
    Ok([ours, theirs])
}

/// Writes a roster, and the profile and configuration that go with it; where the roster is.
fn prepare(folder: &Path, people: u64) -> anyhow::Result<PathBuf> {
    step(&format!("inventing {people} people"));
    fs::create_dir_all(folder.join("contoh"))?;
    fs::write(folder.join("contoh/instansi.toml"), people::PROFILE)?;
    fs::write(folder.join("lookup.toml"), UNLIMITED)?;
    people::write_roster(folder, people)
}

const PLACES: [&str; 6] = [
    "--profile",
    "contoh/instansi.toml",
    "--data",
    "data.sqlite",
    "--key",
    "kunci",
];

fn step(what: &str) {
    eprintln!("== {what}");
}

/// A server that prints its address; killed when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(mut command: Command, core: Option<usize>) -> anyhow::Result<Self> {
        let mut child = process::spawn_on(core, command.stdout(Stdio::piped()))?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().trim_start_matches("http://").parse();
        Ok(Self {
            child,
            address: address.context("a server does not say where it listens")?,
        })
    }

    fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
