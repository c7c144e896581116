//! Swapping snapshots: under load, by an import that is killed, and by files that cannot be used.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, files, warnings};

const MANY: [&str; 2] = ["--config", "bebas.toml"];

/// A CSV roster of `people`, all of whose mailboxes are of this status.
fn write_roster(room: &Room, people: usize, status: &str) {
    let mut csv = HEADINGS.join(",");
    for at in 0..people {
        csv.push_str(&format!(
            "\nBadan,{at:06},Orang Nomor {at},orang{at}@contoh.go.id,{status},ISSUE,"
        ));
    }
    room.write("roster.csv", csv);
}

fn import(room: &Room) {
    let output = room.import_from("roster.csv", &[]);
    assert!(output.status.success(), "{}", common::told(&output));
}

/// Asks until the answer holds `expected`; a second after a swap it must.
fn wait_for(server: &Server, expected: &str) {
    let start = Instant::now();
    while !server
        .ask("email", r#"{"nrk":"000007"}"#)
        .told()
        .contains(expected)
    {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "never {expected}"
        );
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_new_snapshot_is_picked_up_without_losing_a_request() {
    let room = Room::new();
    write_roster(&room, 500, "Email Baru");
    import(&room);
    let server = room.serve(&MANY);
    let (ending, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for at in 0..4 {
            let (server, ending, asked) = (&server, &ending, &asked);
            scope.spawn(move || {
                let query = format!(r#"{{"nrk":"{at:06}"}}"#);
                while !ending.load(Ordering::Relaxed) {
                    let told = server.ask("email", &query).told();
                    assert!(
                        told.starts_with(&format!(r#"200 {{"accounts":[{{"address":"orang{at}@"#)),
                        "{told}"
                    );
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for status in ["existing", "new", "existing"] {
            write_roster(
                &room,
                500,
                if status == "new" {
                    "Email Baru"
                } else {
                    "Email Existing"
                },
            );
            import(&room);
            wait_for(&server, &format!(r#""status":"{status}""#));
        }
        ending.store(true, Ordering::Relaxed);
    });
    assert!(asked.load(Ordering::Relaxed) > 100);
    let (ended, errors) = server.stop();
    assert!(ended);
    assert_eq!(warnings(&errors), [""; 0]);
}

#[test]
fn an_import_that_is_killed_leaves_the_old_snapshot() {
    let room = Room::new();
    write_roster(&room, 3, "Email Baru");
    import(&room);
    let old = room.snapshot();
    write_roster(&room, 60_000, "Email Existing");
    let mut arguments = vec!["import", "--roster", "roster.csv", "--as-of", "2025-10-22"];
    arguments.extend([
        "--profile",
        "contoh/instansi.toml",
        "--data",
        "data.sqlite",
        "--key",
        "kunci",
    ]);
    let leftover = || {
        files(&room.path(""))
            .iter()
            .any(|path| path.to_string_lossy().contains(".data.sqlite.new-"))
    };
    let (mut killed, mut killed_while_writing) = (0, 0);
    for attempt in 0..40 {
        let mut child = room
            .command(&arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Half of them as soon as the new file is there and some time after, the others at any time.
        if attempt % 2 == 0 {
            while !leftover() && child.try_wait().unwrap().is_none() {
                thread::sleep(Duration::from_micros(200));
            }
        }
        thread::sleep(Duration::from_millis(attempt * 2));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break; // faster than we
        }
        killed += 1;
        killed_while_writing += usize::from(leftover());
        assert!(room.snapshot() == old, "attempt {attempt}");
    }
    assert!(
        killed > 5 && killed_while_writing > 0,
        "{killed} killed, {killed_while_writing} while writing"
    );
    import(&room);
    assert!(room.snapshot() != old);
    assert!(!leftover(), "the next import clears what killed ones left");
}

#[test]
fn a_file_that_cannot_be_used_changes_nothing() {
    let room = Room::new();
    write_roster(&room, 10, "Email Baru");
    import(&room);
    let server = room.serve(&MANY);
    let whole = room.snapshot();
    room.write("half", &whole[..whole.len() / 2]);
    fs::rename(room.path("half"), room.path("data.sqlite")).unwrap();
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(2500) {
        assert!(
            server
                .ask("email", r#"{"nrk":"000007"}"#)
                .told()
                .contains("orang7@contoh.go.id")
        );
        thread::sleep(Duration::from_millis(20));
    }
    // The file may also vanish; and a good one is picked up again.
    fs::remove_file(room.path("data.sqlite")).unwrap();
    thread::sleep(Duration::from_millis(1100));
    assert!(
        server
            .ask("email", r#"{"nrk":"000007"}"#)
            .told()
            .contains(r#""status":"new""#)
    );
    write_roster(&room, 10, "Email Existing");
    import(&room);
    wait_for(&server, r#""status":"existing""#);
    let (_, errors) = server.stop();
    let warnings = warnings(&errors);
    assert_eq!(warnings.len(), 1, "told once: {errors}");
    assert!(
        warnings[0]
            .contains("going on with the previous snapshot cause=data.sqlite: it is not whole"),
        "{errors}"
    );
}

#[test]
fn two_imports_at_once_do_not_mix() {
    let room = Room::new();
    write_roster(&room, 3, "Email Baru");
    import(&room);
    let lock = fs::File::open(room.path(".data.sqlite.lock")).unwrap();
    lock.lock().unwrap();
    let output = room.import_from("roster.csv", &[]);
    assert_eq!(
        common::told(&output),
        "exit 1\n--- stdout\n--- stderr\nerror: data.sqlite: another import is writing this snapshot; wait for it to end\n"
    );
}
