//! The command `handout`: reads the command line, prints, says how large it became and how long it took.

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

use clap::Parser;
use handout::{HandoutError, Options, Report, Written, make};
use site_gen::{build::BuildError, site::base_url};
use url::Url;

/// Prints hand-outs: each guide as a PDF, and all of an agency as one (juknis.pdf), on A4
#[derive(Parser)]
#[command(name = "handout", version)]
struct Cli {
    /// The project's folder (holds content/ and themes/)
    #[arg(long, default_value = ".", value_name = "DIR")]
    project: PathBuf,
    /// Folder to write; replaced whole
    #[arg(long, default_value = "cetak", value_name = "DIR")]
    out: PathBuf,
    /// Where the site is published, as for `pandu build`: addresses and QR codes lead there (default: `alamat` in
    /// content/situs.toml)
    #[arg(long, value_name = "URL", value_parser = base_url)]
    base_url: Option<Url>,
    /// One agency alone, as a site of its own at the root
    #[arg(long, value_name = "ID")]
    instansi: Option<String>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if !cli.project.join("content").is_dir() {
        eprintln!(
            "error: {} holds no folder `content`: run this in Pandu's folder, or name it with --project",
            cli.project.display()
        );
        return ExitCode::FAILURE;
    }
    let start = Instant::now();
    let mut total = Written::default();
    let options = Options {
        root: cli.project,
        out: cli.out,
        base_url: cli.base_url,
        agency: cli.instansi,
    };
    let made = make(&options, &mut |report| {
        for written in [report.guides, report.juknis] {
            total.files += written.files;
            total.pages += written.pages;
            total.bytes += written.bytes;
        }
        tell(report);
    });
    match made {
        Ok(()) => {
            println!(
                "{} files, {} pages, {} KB in {} in {:.1} s",
                total.files,
                total.pages,
                total.bytes.div_ceil(1000),
                options.out.display(),
                start.elapsed().as_secs_f64()
            );
            ExitCode::SUCCESS
        }
        Err(HandoutError::Build(BuildError::Diagnostics(mistakes))) => {
            eprint!("{}", mistakes.render(io::stderr().is_terminal()));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn tell(report: &Report<'_>) {
    let kilobytes = |written: Written| written.bytes.div_ceil(1000);
    println!(
        "{}: {} guides, {} pages, {} KB; juknis.pdf: {} pages, {} KB; {:.1} s",
        report.agency,
        report.guides.files,
        report.guides.pages,
        kilobytes(report.guides),
        report.juknis.pages,
        kilobytes(report.juknis),
        report.took.as_secs_f64()
    );
    for (file, warning) in &report.warnings {
        eprintln!("warning: {}/{file}: {warning}", report.agency);
    }
}
