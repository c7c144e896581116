//! Faults against the real program: killed, out of disk, damaged files, hostile workbooks, a clock that jumps,
//! and strangers' bytes. Nothing is lost, nothing answered wrongly, and what is wrong is said.
//!
//! The long runs, with their figures:
//! `cargo test --release -p lookup --test faults -- --ignored --nocapture --test-threads 1`
#![allow(clippy::unwrap_used, clippy::panic)]

mod bombs;
mod clock;
#[path = "../common/mod.rs"]
mod common;
mod damage;
mod disk;
mod kill;
mod large;
mod socket;

use std::fs;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, row, text};

/// Limits that no test meets.
const MANY: [&str; 2] = ["--config", "bebas.toml"];

/// What `import` is told besides the roster.
const PLACES: [&str; 6] = [
    "--profile",
    "contoh/instansi.toml",
    "--data",
    "data.sqlite",
    "--key",
    "kunci",
];

/// Five people bear it.
const SHARED_NAME: &str = r#"{"nama":"SAMA NAMANYA"}"#;

/// A workbook of `people` whose mailboxes are all of this status.
fn write_roster(room: &Room, name: &str, people: u32, status: &str) {
    room.workbook(name, "PNS", |sheet| {
        sheet.write(0, 0, "DATA AKUN EMAIL").unwrap();
        row(sheet, 2, &HEADINGS);
        for at in 0..people {
            let (nrk, address) = (format!("{at:06}"), format!("orang{at}@contoh.go.id"));
            let own = format!("ORANG NOMOR {at}");
            let person = if at < 5 { "SAMA NAMANYA" } else { &own };
            row(
                sheet,
                at + 3,
                &["Badan", &nrk, person, &address, status, "ISSUE"],
            );
        }
    });
}

/// The arguments of an import from `roster`.
fn import_arguments(roster: &str) -> Vec<&str> {
    let mut arguments = vec!["import", "--roster", roster, "--as-of", "2025-10-22"];
    arguments.extend(PLACES);
    arguments
}

/// Imports two rosters, with mailboxes that are new and that are not, and gives the bytes of both snapshots;
/// the first is in place.
fn two_snapshots(room: &Room, people: u32) -> [Vec<u8>; 2] {
    write_roster(room, "baru.xlsx", people, "Email Baru");
    write_roster(room, "lama.xlsx", people, "Email Existing");
    let [second, first] = ["lama.xlsx", "baru.xlsx"].map(|roster| {
        let output = room.run(&import_arguments(roster));
        assert!(output.status.success(), "{}", common::told(&output));
        room.snapshot()
    });
    [first, second]
}

/// Starts a server, which must refuse, and gives what it says.
fn refused(room: &Room) -> String {
    let mut command = room.command(&["serve", "--listen", "127.0.0.1:0"]);
    let child = command.args(PLACES).stderr(Stdio::piped()).spawn().unwrap();
    refused_by(child)
}

fn refused_by(mut child: Child) -> String {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it serves");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    text(&output.stderr)
}

/// What the five people of one name have, in one answer: all of one snapshot, never of two.
fn status_of_five(server: &Server) -> &'static str {
    let told = server.ask("email", SHARED_NAME).told();
    let count = |status: &str| told.matches(&format!(r#""status":"{status}""#)).count();
    match (count("new"), count("existing")) {
        (5, 0) => "new",
        (0, 5) => "existing",
        _ => panic!("neither old nor new: {told}"),
    }
}

fn wait_for(server: &Server, status: &str) {
    let start = Instant::now();
    while status_of_five(server) != status {
        assert!(start.elapsed() < Duration::from_secs(20), "never {status}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What a program printed, how long it took, and the most memory it had, in MiB.
struct Measured {
    output: Output,
    seconds: f64,
    peak: u64,
}

fn measured(mut command: Command) -> Measured {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        // The system keeps the peak; it is gone when the program is.
        let told = fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let number = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(number.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    let seconds = start.elapsed().as_secs_f64();
    Measured {
        output: child.wait_with_output().unwrap(),
        seconds,
        peak,
    }
}

/// A number below `below`, from the system.
fn random(below: u64) -> u64 {
    use std::hash::{BuildHasher, Hasher, RandomState};
    RandomState::new().build_hasher().finish() % below
}
