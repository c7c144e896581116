//! The command `pandu`: reads the command line, runs one thing, says how it went.

use std::{
    io::{self, IsTerminal},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU16,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};
use probe::{Authorities, Options, Override, Verdict};
use site_gen::{
    budget::{self, BudgetError},
    build::{self, BuildError, BuildOptions, CheckOptions},
    date::Date,
    fact_list,
    lint::KINDS,
    medium::Medium,
    probe_targets,
    progress::Progress,
    scaffold,
    sealed::Sealed,
    serve::{self, ServeOptions},
    sign::Signer,
    site::base_url,
    web_app,
};
use url::Url;

/// Turns agencies' guides to official mail and electronic signatures into a site.
#[derive(Parser)]
#[command(name = "pandu", version, arg_required_else_help = true)]
struct Cli {
    /// The project's folder (holds content/, themes/ and web-app/)
    #[arg(long, global = true, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write, look, change: serve the site with look-up and practice data, rebuild on every change
    ///
    /// Builds the WASM client, renders the site, imports the practice roster and serves everything at
    /// `http://127.0.0.1:8080`. A change below content/, themes/ or web-app/ is rebuilt and the browser reloads.
    Serve(ServeArgs),
    /// Build the site for publishing: plain files that any web host serves
    ///
    /// All mistakes are reported at once, with file, line and column; then nothing is written and the last
    /// good folder stays as it was. Pages refer to each other relatively, so a sub-path works too.
    Build(BuildArgs),
    /// Find every mistake in content and theme without writing anything
    ///
    /// Errors keep the site from being built. Warnings (a contradiction, a review overdue, a doubtful source, a page
    /// nobody links to, long sentences and pages, sample values) do not, unless --strict makes errors of them.
    ///
    /// With --dist, judges a built site instead, as a browser meets it: no page over its budget of bytes, none that waits for
    /// a script, loads a font or asks anybody else, and all that they name is there.
    Check(CheckArgs),
    /// List every fact of an agency, where it comes from, and the pages that use it
    Facts {
        /// The agency
        #[arg(value_name = "ID")]
        instansi: String,
    },
    /// Ask an agency's mail hosts what a mail program would meet there
    ///
    /// Connects to the hosts that the profile names, and to nothing else; never signs in. Says for each whether its name
    /// resolves and it can be reached, its TLS version, certificate and capabilities, what is wrong and what to do.
    /// Ends with code 1 where anything fails; warnings do not.
    Probe(ProbeArgs),
    /// Make the files of a new guide, session or agency
    #[command(subcommand)]
    New(New),
}

#[derive(Args)]
struct ServeArgs {
    /// Port to listen on
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Address to listen on; 0.0.0.0 lets phones in the same network see it
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    #[command(flatten)]
    agency: AgencyArgs,
}

#[derive(Args)]
struct BuildArgs {
    /// Folder to write; replaced whole
    #[arg(long, default_value = "dist", value_name = "DIR")]
    out: PathBuf,
    /// Where the site will be published, at a domain's root or below a path, such as
    /// `https://contoh.go.id/panduan/` (default: `alamat` in content/situs.toml)
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<Url>,
    /// Make one ZIP besides, DIR-usb.zip, that opens from a USB stick without a server
    #[arg(long)]
    bundle: bool,
    /// Sign the Apple profiles with openssl (PEM files), so that phones show who made them;
    /// where the key has a passphrase: PANDU_SIGN_PASSPHRASE
    #[arg(long, num_args = 2..=3, value_names = ["KEY", "CERT", "CHAIN"])]
    sign_mobileconfig: Vec<PathBuf>,
    /// Keep nothing on readers' devices, and take away what an earlier build kept there
    #[arg(long)]
    no_offline: bool,
    /// Publish the gallery of the theme's components too, below komponen/
    #[arg(long)]
    komponen: bool,
    #[command(flatten)]
    agency: AgencyArgs,
}

#[derive(Args)]
struct AgencyArgs {
    /// One agency alone, as a site of its own at the root
    #[arg(long, value_name = "ID")]
    instansi: Option<String>,
}

#[derive(Args)]
struct CheckArgs {
    /// Judge the site built in this folder instead [default: dist]
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = "dist",
          conflicts_with_all = ["strict", "allow", "today", "slides", "instansi"])]
    dist: Option<PathBuf>,
    /// Warnings are errors
    #[arg(long)]
    strict: bool,
    /// Leave out warnings of this kind, such as doubtful-source (may be given several times)
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(KINDS))]
    allow: Vec<String>,
    /// The day on which reviews are judged, such as 2026-12-31 (default: today)
    #[arg(long, value_name = "DAY", value_parser = Date::parse)]
    today: Option<Date>,
    /// Warn of slides that hold more than a hall can read, measured in a browser (CHROME, or Chromium on the PATH)
    #[arg(long)]
    slides: bool,
    #[command(flatten)]
    agency: AgencyArgs,
}

#[derive(Args)]
struct ProbeArgs {
    /// The agency
    #[arg(value_name = "ID")]
    instansi: String,
    /// How long one host may take altogether; one step of it, half as long
    #[arg(long, default_value = "10", value_name = "SECONDS")]
    timeout: NonZeroU16,
    /// Connect to this address instead of asking DNS, such as imap.contoh.go.id=192.0.2.7; ports on either side
    /// (HOST:993=127.0.0.1:1993) make it hold for that port, and go to another (may be given several times)
    #[arg(long, value_name = "HOST=ADDRESS")]
    resolve: Vec<Override>,
    /// Believe the authorities in this PEM file, besides the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum New {
    /// A guide, or a page that takes over the shared guide of that path:
    /// `new panduan email/thunderbird --instansi dki-jakarta --judul "Email di Thunderbird"`
    Panduan {
        /// Topic and file name, such as email/thunderbird
        path: String,
        /// The agency it belongs to
        #[arg(long, value_name = "ID")]
        instansi: String,
        /// Its title
        #[arg(long, default_value = "", value_name = "TEXT")]
        judul: String,
    },
    /// A training session: `new bimtek email-2027 --instansi dki-jakarta --judul "Bimtek email"`
    Bimtek {
        /// Its name in the address: small letters, digits, hyphens
        id: String,
        /// The agency it belongs to
        #[arg(long, value_name = "ID")]
        instansi: String,
        /// Its title
        #[arg(long, default_value = "", value_name = "TEXT")]
        judul: String,
    },
    /// An agency that builds at once, with a page for each shared guide; `check` lists what is to be filled in:
    /// `new instansi kota-contoh`
    Instansi {
        /// Its id: small letters, digits, hyphens
        id: String,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(&cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> anyhow::Result<()> {
    let root = cli.project.as_path();
    if let Command::Check(CheckArgs {
        dist: Some(dist), ..
    }) = &cli.command
    {
        print!("{}", budget::check(dist)?);
        return Ok(());
    }
    if !root.join("content").is_dir() {
        bail!(
            "{} holds no folder `content`: run this in Pandu's folder, or name it with --project",
            root.display()
        );
    }
    match &cli.command {
        Command::Serve(args) => serve(root, args),
        Command::Build(args) => build(root, args),
        Command::Check(args) => check(root, args),
        Command::Facts { instansi } => {
            let (site, theme) = build::read(root, Some(instansi))?;
            for agency in &site.agencies {
                print!("{}", fact_list::render(&fact_list::list(agency, &theme)));
            }
            Ok(())
        }
        Command::Probe(args) => probe(root, args),
        Command::New(New::Panduan {
            path,
            instansi,
            judul,
        }) => {
            made(&scaffold::guide(root, instansi, path, judul, &today())?);
            Ok(())
        }
        Command::New(New::Bimtek {
            id,
            instansi,
            judul,
        }) => {
            made(&scaffold::session(root, instansi, id, judul, &today())?);
            Ok(())
        }
        Command::New(New::Instansi { id }) => {
            made(&scaffold::agency(root, id, &today())?);
            Ok(())
        }
    }
}

fn serve(root: &Path, args: &ServeArgs) -> anyhow::Result<()> {
    let options = ServeOptions {
        root: root.to_owned(),
        host_port: SocketAddr::new(args.host, args.port),
        agency: args.agency.instansi.clone(),
    };
    let runtime = tokio::runtime::Runtime::new().context("can't start the server's threads")?;
    Ok(runtime.block_on(serve::run(options))?)
}

fn check(root: &Path, args: &CheckArgs) -> anyhow::Result<()> {
    let options = CheckOptions {
        strict: args.strict,
        allowed: args.allow.clone(),
        today: args.today.or_else(|| Date::parse(&today()).ok()),
        slides: args.slides,
    };
    let checked = build::check(root, args.agency.instansi.as_deref(), &options)?;
    if checked.warnings.is_empty() {
        println!("{} pages checked, no mistake", checked.pages);
    } else {
        eprint!("{}", checked.warnings.render(io::stderr().is_terminal()));
        println!("{} pages checked, no error", checked.pages);
    }
    Ok(())
}

fn build(root: &Path, args: &BuildArgs) -> anyhow::Result<()> {
    let signer = match args.sign_mobileconfig.as_slice() {
        [] => None,
        files => Some(Signer::new(files)?),
    };
    let progress = Progress::new();
    // Mistakes in content show in a moment; the browser code takes minutes the first time.
    progress.say("checking content");
    build::check(
        root,
        args.agency.instansi.as_deref(),
        &CheckOptions::default(),
    )?;
    let web_app = web_app::build(root, &|message| progress.say(message))?;
    progress.say("rendering and compressing");
    let report = build::build(&BuildOptions {
        root: root.to_owned(),
        out: args.out.clone(),
        base_url: args.base_url.clone(),
        agency: args.agency.instansi.clone(),
        medium: Medium::Web,
        bundle: args.bundle,
        offline: !args.no_offline,
        gallery: args.komponen,
        signer,
        web_app: &web_app,
    })?;
    progress.finish();
    println!(
        "{} pages, {} files, {} KB in {} ({})",
        report.pages,
        report.files,
        report.bytes.div_ceil(1000),
        args.out.display(),
        report.agencies.join(", ")
    );
    if let Some((path, bytes)) = &report.bundle {
        println!(
            "{}: {} KB, opens from a USB stick",
            path.display(),
            bytes.div_ceil(1000)
        );
    }
    if let Some(sizes) = report.sizes {
        println!(
            "code of a look-up page:       {:5.1} KB of {} (brotli)",
            kb(sizes.lookup),
            budget::LOOKUP / 1000
        );
        for (sealed, size) in &sizes.sealed {
            let (what, budget) = match sealed {
                Sealed::Passphrase => ("code of the passphrase page: ", budget::PASSPHRASE),
                Sealed::Thunderbird => ("code of Thunderbird's code:   ", budget::THUNDERBIRD),
            };
            println!("{what} {:5.1} KB of {} (brotli)", kb(*size), budget / 1000);
        }
        println!(
            "code of the search box:       {:5.1} KB of {} (brotli)",
            kb(sizes.search),
            budget::SEARCH / 1000
        );
    }
    if report.signed > 0 {
        println!("{} Apple profiles signed", report.signed);
    }
    if report.warnings > 0 {
        println!("{} warnings; `check` lists them", report.warnings);
    }
    println!("built in {:.2} s", report.took.as_secs_f64());
    Ok(())
}

fn probe(root: &Path, args: &ProbeArgs) -> anyhow::Result<()> {
    let options = Options {
        timeout: args.timeout,
        overrides: args.resolve.clone(),
        authorities: Authorities::load(args.ca.as_deref())?,
    };
    let (site, _) = build::read(root, Some(&args.instansi))?;
    let targets: Vec<_> = site
        .agencies
        .iter()
        .flat_map(|agency| probe_targets::targets(&agency.profile))
        .collect();
    let report = probe::probe(&args.instansi, &targets, &options);
    if args.json {
        println!("{}", report.json()?);
    } else {
        print!("{report}");
    }
    match report.count(Verdict::Failure) {
        0 => Ok(()),
        failed => bail!("{failed} of {} services fail", targets.len()),
    }
}

#[allow(clippy::cast_precision_loss)] // a size of kilobytes, printed with one decimal
fn kb(bytes: usize) -> f64 {
    bytes as f64 / 1000.0
}

fn made(files: &[PathBuf]) {
    for file in files {
        println!("made {}", file.display());
    }
    println!("fill it in, then run `cargo run --release -- check`");
}

/// Mistakes in content are printed as they are; anything else as one sentence.
fn report(error: &anyhow::Error) {
    let told = match (error.downcast_ref(), error.downcast_ref()) {
        (Some(BuildError::Diagnostics(told)), _) | (_, Some(BudgetError::Broken(told))) => {
            Some(told)
        }
        _ => None,
    };
    match told {
        Some(told) => eprint!("{}", told.render(io::stderr().is_terminal())),
        None => eprintln!("error: {error:#}"),
    }
}

/// Today's date where the day begins first in Indonesia (WIT), `2026-11-23`: what was reviewed this morning is not
/// reviewed tomorrow.
fn today() -> String {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    model::Date::at(i64::try_from(seconds).unwrap_or(0), 9 * 3600)
        .as_str()
        .to_owned()
}
