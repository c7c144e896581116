//! Rotation of the key: under load, in the wrong order, at once with imports, and where it cannot be written.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::HashSet;
use std::fs;
use std::process::Output;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, told, warnings};

const MANY: [&str; 2] = ["--config", "bebas.toml"];

/// A room with 500 people imported, all of whose mailboxes are of this status.
fn import(room: &Room, status: &str) -> Output {
    let mut csv = HEADINGS.join(",");
    for at in 0..500 {
        csv.push_str(&format!(
            "\nBadan,{at:06},Orang Nomor {at},orang{at}@contoh.go.id,{status},ISSUE,"
        ));
    }
    room.write("roster.csv", csv);
    room.import_from("roster.csv", &[])
}

fn imported(room: &Room, status: &str) {
    let output = import(room, status);
    assert!(output.status.success(), "{}", told(&output));
}

fn rotate(room: &Room, further: &[&str]) -> Output {
    let mut arguments = vec!["rotate-key", "--key", "kunci"];
    arguments.extend(further);
    room.run(&arguments)
}

fn rotated(room: &Room, further: &[&str]) {
    let output = rotate(room, further);
    assert!(output.status.success(), "{}", told(&output));
}

const RETIRE: [&str; 3] = ["--retire", "--data", "data.sqlite"];

/// The versions in the key file.
fn versions(room: &Room) -> Vec<String> {
    let text = fs::read_to_string(room.path("kunci")).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// What a command told, without the ids of keys, which are other ones every time.
fn without_ids(output: &Output) -> String {
    let told = told(output);
    let is_id = |word: &&str| word.len() == 16 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let words = told.split([' ', '\n', ';', ',', ':']).filter(is_id);
    let ids: HashSet<&str> = words.collect();
    ids.iter()
        .fold(told.clone(), |told, id| told.replace(id, "‹id›"))
}

/// Asks until the answer holds `expected`; two seconds after a swap it must.
fn wait_for(server: &Server, expected: &str) {
    let start = Instant::now();
    let ask = || server.ask("email", r#"{"nrk":"000007"}"#).told();
    while !ask().contains(expected) {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "never {expected}"
        );
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn rotation_under_load_loses_no_answer() {
    let room = Room::new();
    imported(&room, "Email Baru");
    let first = versions(&room);
    let server = room.serve(&MANY);
    let (ending, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for at in 0..3 {
            let (server, ending, asked) = (&server, &ending, &asked);
            scope.spawn(move || {
                let known = format!(r#"{{"nrk":"{at:06}"}}"#);
                while !ending.load(Ordering::Relaxed) {
                    let told = server.ask("email", &known).told();
                    let right = format!(r#"200 {{"accounts":[{{"address":"orang{at}@"#);
                    assert!(told.starts_with(&right), "{told}");
                    let told = server
                        .ask("tte", r#"{"email":"tiada@contoh.go.id"}"#)
                        .told();
                    assert_eq!(told, r#"200 {"status":null}"#);
                    asked.fetch_add(2, Ordering::Relaxed);
                }
            });
        }
        for status in ["Email Existing", "Email Baru"] {
            rotated(&room, &[]);
            // The server sees the new version before the import, and only after it.
            if status == "Email Existing" {
                thread::sleep(Duration::from_millis(1500));
            }
            imported(&room, status);
            let expected = if status == "Email Baru" {
                "new"
            } else {
                "existing"
            };
            wait_for(&server, &format!(r#""status":"{expected}""#));
            rotated(&room, &RETIRE);
            thread::sleep(Duration::from_millis(1500));
        }
        ending.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > 100);
    let last = versions(&room);
    assert_eq!((first.len(), last.len()), (1, 1));
    assert_ne!(first, last);
    let (ended, errors) = server.stop();
    assert!(ended);
    assert_eq!(warnings(&errors), [""; 0]);
    for version in first.iter().chain(&last) {
        assert!(!errors.contains(version.as_str()));
    }
    // What is on the disk is enough to start again.
    wait_for(&room.serve(&MANY), r#""status":"new""#);
}

#[test]
fn the_wrong_order_is_told() {
    let room = Room::new();
    let mut steps = vec![rotate(&room, &[]), rotate(&room, &["--retire"])];
    imported(&room, "Email Baru");
    steps.push(rotate(&room, &RETIRE));
    steps.push(rotate(&room, &[]));
    steps.push(rotate(&room, &[]));
    let three = versions(&room);
    // The snapshot still needs the first.
    steps.push(rotate(&room, &RETIRE));
    assert_eq!(versions(&room), three);
    imported(&room, "Email Baru");
    steps.push(rotate(
        &room,
        &["--retire", "--data", "data.sqlite", "--data", "lain.sqlite"],
    ));
    assert_eq!(versions(&room), three);
    steps.push(rotate(&room, &RETIRE));
    assert_eq!(versions(&room), three[2..]);
    // Another key file altogether.
    let other = Room::new();
    imported(&other, "Email Baru");
    fs::copy(other.path("kunci"), room.path("kunci")).unwrap();
    steps.push(rotate(&room, &RETIRE));
    let told: Vec<String> = steps.iter().map(without_ids).collect();
    insta::assert_snapshot!(told.join("\n"));
}

/// Copied here from another machine, the snapshot may come before its key, or a key file that is none.
#[test]
fn a_snapshot_that_comes_before_its_key_waits_for_it() {
    let (room, other) = (Room::new(), Room::new());
    imported(&room, "Email Baru");
    fs::copy(room.path("kunci"), other.path("kunci")).unwrap();
    rotated(&other, &[]);
    imported(&other, "Email Existing");
    let server = room.serve(&MANY);
    let take = |name: &str| {
        fs::copy(other.path(name), room.path("baru")).unwrap();
        fs::rename(room.path("baru"), room.path(name)).unwrap();
        thread::sleep(Duration::from_millis(1500));
        server.ask("email", r#"{"nrk":"000007"}"#).told()
    };
    assert!(take("data.sqlite").contains(r#""status":"new""#));
    let key = fs::read(other.path("kunci")).unwrap();
    other.write("kunci", "not a key");
    assert!(take("kunci").contains(r#""status":"new""#));
    fs::remove_file(room.path("kunci")).unwrap();
    other.write("kunci", key);
    assert!(take("kunci").contains(r#""status":"existing""#));
    let (_, errors) = server.stop();
    let warnings = warnings(&errors);
    assert_eq!(warnings.len(), 2, "each told once: {errors}");
    assert!(
        warnings[0].contains("going on with the previous snapshot cause=data.sqlite: it was made with a key that this key file does not hold"),
        "{errors}"
    );
    assert!(
        warnings[1].contains("going on with the versions of the key that are known cause=kunci: the key file must hold"),
        "{errors}"
    );
}

/// Imports and rotations all at once, again and again: no version is lost that a snapshot uses.
#[test]
fn rotations_and_imports_at_once_lose_no_version() {
    let room = Room::new();
    imported(&room, "Email Baru");
    let first = versions(&room);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..6 {
                    let output = rotate(&room, &[]);
                    let told = told(&output);
                    let refused =
                        told.contains("wait for it to end") || told.contains("holds 8 versions");
                    assert!(output.status.success() || refused, "{told}");
                    let output = rotate(&room, &RETIRE);
                    let told = common::told(&output);
                    let refused = told.contains("wait for it to end")
                        || told.contains("run `lookup import` first");
                    assert!(output.status.success() || refused, "{told}");
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..8 {
                imported(&room, "Email Baru");
            }
        });
    });
    assert_ne!(versions(&room), first);
    let server = room.serve(&MANY);
    wait_for(&server, "orang7@contoh.go.id");
    imported(&room, "Email Existing");
    wait_for(&server, r#""status":"existing""#);
    rotated(&room, &RETIRE);
    assert_eq!(versions(&room).len(), 1);
}

/// The system refuses to write a single byte, as on a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_key_as_it_was() {
    let room = Room::new();
    imported(&room, "Email Baru");
    let before = versions(&room);
    let mut command = std::process::Command::new("sh");
    command.args([
        "-c",
        "trap '' XFSZ; ulimit -f 0; exec \"$0\" rotate-key --key kunci",
    ]);
    command.arg(env!("CARGO_BIN_EXE_lookup"));
    let output = command.current_dir(room.path("")).output().unwrap();
    assert_eq!(versions(&room), before);
    insta::assert_snapshot!(told(&output));
    // Nothing is left of the try.
    let left = common::files(&room.path(""));
    assert!(
        !left
            .iter()
            .any(|path| path.to_string_lossy().contains(".new-"))
    );
}
