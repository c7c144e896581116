//! What operators install from `deploy/`: commands that the program understands, a unit that systemd understands.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::process::Command;

use common::{HEADINGS, PROFILE, Room, Server, text};

const UNIT: &str = include_str!("../../deploy/pandu-lookup.service");
const CONTAINER: &str = include_str!("../../deploy/Containerfile");

/// A room in which the places that the files name are folders, with a snapshot at its place.
fn room() -> Room {
    let room = Room::new();
    room.write("dki-jakarta/instansi.toml", PROFILE);
    room.write("dist/index.html", "<h1>Pandu</h1>");
    room.write("lookup.toml", "alamat = \"127.0.0.1:0\"\n");
    let person = "Dinas,000001,SATU,satu@contoh.go.id,Email Baru,TTE Terbit,";
    room.write("roster.csv", format!("{}\n{person}", HEADINGS.join(",")));
    let output = room.run(&[
        "import",
        "--roster",
        "roster.csv",
        "--profile",
        "dki-jakarta/instansi.toml",
        "--data",
        "data.sqlite",
        "--key",
        "kunci",
    ]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

/// Runs a command as it stands in a file, its places in the room.
fn serves(arguments: &[String]) {
    let room = room();
    let places = [
        ("/etc/pandu/", ""),
        ("/instansi/", ""),
        ("/var/lib/pandu/", ""),
        ("/var/lib/pandu-kunci/", ""),
        ("/data/", ""),
        ("/kunci/", ""),
        ("/var/www/pandu", "dist"),
        ("/situs", "dist"),
        ("[::]:8081", "127.0.0.1:0"),
    ];
    let arguments = arguments.iter().map(|argument| {
        let place = places.iter().find(|(place, _)| argument.starts_with(place));
        place.map_or(argument.clone(), |(place, here)| {
            argument.replacen(place, here, 1)
        })
    });
    let arguments: Vec<String> = arguments.collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let server = Server::start(room.command(&arguments));
    let answer = server.ask("email", r#"{"nrk":"000001"}"#).told();
    assert!(answer.contains("satu@contoh.go.id"), "{answer}");
    assert_eq!(text(&server.get("/").body), "<h1>Pandu</h1>");
}

#[test]
fn the_unit_s_command_serves() {
    let command = UNIT.lines().find_map(|line| {
        let command = line.strip_prefix("ExecStart=/usr/local/bin/lookup ")?;
        Some(command.split(' ').map(str::to_owned).collect::<Vec<_>>())
    });
    serves(&command.unwrap());
}

#[test]
fn the_container_s_command_serves() {
    let command = CONTAINER.lines().find_map(|line| line.strip_prefix("CMD "));
    let arguments: Vec<String> = serde_json::from_str(command.unwrap()).unwrap();
    serves(&arguments);
}

/// Only where systemd is: other systems and containers have no use for the unit.
#[test]
fn systemd_understands_the_unit() {
    let room = Room::new();
    room.write(
        "pandu-lookup.service",
        UNIT.replace("/usr/local/bin/lookup", env!("CARGO_BIN_EXE_lookup")),
    );
    let verify = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(room.path("pandu-lookup.service"))
        .output();
    let Ok(output) = verify else {
        eprintln!("systemd-analyze is not here: nothing was verified");
        return;
    };
    let told = text(&output.stderr);
    let told: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("pandu-lookup.service"))
        .collect();
    assert!(output.status.success() && told.is_empty(), "{told:#?}");
}
