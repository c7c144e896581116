//! The command `lookup`: imports a roster, serves the look-up, rotates its key.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use lookup::{
    Config, ImportError, ImportOptions, Imported, LogFormat, ServeOptions, Service, ServiceOptions,
    TlsFiles,
};
use model::Date;
use model::lookup::SecondFact;
use model::network::Networks;
use serde::Serialize;
use zeroizing_alloc::ZeroAlloc;

/// musl's own lets one thread at a time allocate: on two cores an answer takes twice the processor time.
#[cfg(target_env = "musl")]
use mimalloc::MiMalloc as Heap;
#[cfg(not(target_env = "musl"))]
use std::alloc::System as Heap;

/// Clears what is freed: libraries copy identifiers, too.
#[global_allocator]
static HEAP: ZeroAlloc<Heap> = ZeroAlloc(Heap);

/// The endpoint behind Cek Email and Cek TTE.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Command {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Import(Import),
    Serve(Serve),
    RotateKey(RotateKey),
}

/// Build a snapshot from the agency's roster and swap it in.
///
/// Reads XLSX and CSV (commas, semicolons or tabs; UTF-8, or what Excel writes). The header row is found by its names: PERANGKAT
/// DAERAH, NRK, NAMA, EMAIL, STATUS EMAIL, STATUS TTE, Keterangan, in any order. Keterangan is never stored.
/// All mistakes are reported at once, by sheet, row and column, and nothing is imported until they are mended.
/// A server that is running picks up the new snapshot within a second, without losing a request.
#[derive(Args)]
struct Import {
    /// The roster, .xlsx or .csv
    #[arg(long, value_name = "FILE")]
    roster: PathBuf,
    /// A second table with NRK, NIP and NIK (as text cells), joined by NRK
    #[arg(long, value_name = "FILE")]
    identitas: Option<PathBuf>,
    /// The agency's profile; the name of its folder is the agency's id
    #[arg(long, value_name = "instansi.toml")]
    profile: PathBuf,
    /// The snapshot to make or replace
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The key file, outside the database; made at the first import, then only changed by `rotate-key`. Keep a
    /// copy safe
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Date of the data; the day on which the roster file was last changed, if not given
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::parse)]
    as_of: Option<Date>,
    /// Mark the people as invented: screens say LATIHAN
    #[arg(long)]
    practice: bool,
    /// Leave out bad rows and import the others
    #[arg(long)]
    skip_bad: bool,
}

/// Serve the look-up under /api/v1, and the published site if given.
///
/// Logs one line a request, to standard error: the route, what became of it and how long it took; never who
/// asked, from where, or about whom. Do not let a proxy in front compress /api: the length of an answer
/// would tell whether somebody was found.
#[derive(Args)]
struct Serve {
    /// The snapshot that `import` made
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The key file that `import` made
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The agency's profile
    #[arg(long, value_name = "instansi.toml")]
    profile: PathBuf,
    /// Also serve this published site (dist)
    #[arg(long, value_name = "FOLDER")]
    site: Option<PathBuf>,
    /// Addresses, log, limits and the agency's Esign Client Service, in TOML with Indonesian keys; flags win over it
    #[arg(long, value_name = "lookup.toml")]
    config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// A proxy in front, whose X-Forwarded-For is believed; may be given several times
    #[arg(long, value_name = "CIDR")]
    trusted_proxy: Vec<String>,
    /// Speak TLS with this certificate and those behind it (PEM); read again when it changes, and on SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, without a password (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Requests that a client may send at once [default: 60]
    #[arg(long, value_name = "N")]
    limit_burst: Option<NonZeroU32>,
    /// Seconds after which a client may send one more [default: 3]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    limit_seconds: Option<u64>,
    /// Where /metrics, /healthz and /readyz are served; nowhere, if not given
    #[arg(long, value_name = "ADDRESS:PORT")]
    metrics: Option<SocketAddr>,
    /// How the log is written [default: text]
    #[arg(long, value_name = "FORMAT")]
    log: Option<LogFormat>,
}

/// Change the key under which people are stored, while the server goes on answering.
///
/// Without --retire, adds a version to the key file; the next import uses it, and every server opens each snapshot
/// with the version it was made with. With --retire, removes all versions but the newest, once the snapshots are
/// made with that. Keep a copy of the key file safe after each step.
#[derive(Args)]
struct RotateKey {
    /// The key file that `import` made
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Remove all versions but the newest
    #[arg(long, requires = "data")]
    retire: bool,
    /// With --retire: a snapshot made with this key file; to be given for each there is
    #[arg(long, value_name = "FILE", requires = "retire")]
    data: Vec<PathBuf>,
}

fn main() -> ExitCode {
    if let Err(error) = lookup::memory::keep_private() {
        eprintln!(
            "error: cannot forbid the system to write this program's memory to files: {error}"
        );
        return ExitCode::FAILURE;
    }
    let result = match Command::parse().action {
        Action::Import(arguments) => import(arguments),
        Action::Serve(arguments) => serve(arguments),
        Action::RotateKey(arguments) => rotate_key(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            match error.downcast_ref() {
                // The list first, the sum of it last, where it is seen.
                Some(ImportError::Problems(report)) => {
                    eprint!("{report}");
                    eprintln!("error: {}", lookup::nothing_imported(report));
                }
                _ => eprintln!("error: {error}"),
            }
            ExitCode::FAILURE
        }
    }
}

fn import(arguments: Import) -> anyhow::Result<()> {
    let imported = lookup::import(&ImportOptions {
        roster: arguments.roster,
        identity: arguments.identitas,
        profile: arguments.profile,
        data: arguments.data,
        key: arguments.key,
        as_of: arguments.as_of,
        practice: arguments.practice,
        skip_bad: arguments.skip_bad,
    })?;
    if let Some(report) = &imported.skipped {
        eprint!("{report}");
        let rows = imported.people + imported.left_out;
        eprintln!(
            "warning: {}; {} of {rows} people left out",
            report.count(),
            imported.left_out
        );
    }
    for note in &imported.notes {
        eprintln!("note: {note}");
    }
    println!("{}", summary(&imported));
    Ok(())
}

fn summary(imported: &Imported) -> String {
    let people = if imported.people == 1 {
        "1 person".to_owned()
    } else {
        format!("{} people", imported.people)
    };
    let practice = if imported.practice {
        " (practice data)"
    } else {
        ""
    };
    format!(
        "imported {people} of {}{practice} as of {}\nmailbox: {}\nTTE status: {}",
        imported.agency,
        imported.data_date,
        offered(&imported.email_by, imported.email_fact),
        offered(&imported.tte_by, imported.tte_fact),
    )
}

/// By what something is looked up, in the words of the look-up's messages.
fn offered<T: Serialize>(ways: &[T], fact: Option<SecondFact>) -> String {
    let words: Vec<String> = ways
        .iter()
        .filter_map(|way| Some(serde_json::to_value(way).ok()?.as_str()?.to_owned()))
        .collect();
    if words.is_empty() {
        "not offered".to_owned()
    } else {
        let besides = fact.map(|fact| format!(", each together with {}", fact.word()));
        format!("by {}{}", words.join(", "), besides.unwrap_or_default())
    }
}

fn serve(arguments: Serve) -> anyhow::Result<()> {
    let config = configured(&arguments)?;
    lookup::log_to_stderr(config.log);
    let service = Service::open(&ServiceOptions {
        data: arguments.data,
        key: arguments.key,
        profile: arguments.profile,
        memory: config.memory,
        limits: config.limits,
        trusted_proxies: config.trusted_proxies,
        esign: config.esign,
    })?;
    let options = ServeOptions {
        listen: config.listen,
        metrics: config.metrics,
        site: arguments.site,
        tls: config.tls,
        connections: config.connections,
        stopping: config.stopping,
    };
    let scheme = if options.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(lookup::serve(service, &options, |address| {
        println!("{scheme}://{address}")
    }))?;
    Ok(())
}

fn rotate_key(arguments: &RotateKey) -> anyhow::Result<()> {
    let path = arguments.key.display();
    if arguments.retire {
        let versions = lookup::retire_key_versions(&arguments.key, &arguments.data)?;
        match versions.removed {
            0 => println!("nothing to remove: {path} holds one version only"),
            1 => println!("removed 1 old version from {path}"),
            removed => println!("removed {removed} old versions from {path}"),
        }
        println!("in use: {}", versions.newest);
    } else {
        let versions = lookup::add_key_version(&arguments.key)?;
        println!(
            "added version {}; {path} holds {} versions\n\
             next: make a copy of {path}, run `lookup import`, then `lookup rotate-key --key {path} --retire --data FILE`",
            versions.newest, versions.count
        );
    }
    Ok(())
}

/// What the file says, and the flags that win over it.
fn configured(arguments: &Serve) -> anyhow::Result<Config> {
    let mut config = match &arguments.config {
        Some(path) => Config::read(path)?,
        None => Config::default(),
    };
    if !arguments.trusted_proxy.is_empty() {
        config.trusted_proxies = Networks::parse(&arguments.trusted_proxy).map_err(|errors| {
            let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("--trusted-proxy: {}", errors.join("; "))
        })?;
    }
    config.listen = arguments.listen.unwrap_or(config.listen);
    config.metrics = arguments.metrics.or(config.metrics);
    if let (Some(certificate), Some(key)) = (&arguments.tls_cert, &arguments.tls_key) {
        config.tls = Some(TlsFiles {
            certificate: certificate.clone(),
            key: key.clone(),
        });
    }
    config.log = arguments.log.unwrap_or(config.log);
    let client = &mut config.limits.client;
    client.burst = arguments.limit_burst.unwrap_or(client.burst);
    let every = arguments.limit_seconds.map(Duration::from_secs);
    client.every = every.unwrap_or(client.every);
    Ok(config)
}
