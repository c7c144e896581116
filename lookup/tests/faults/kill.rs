//! An import that is killed at any moment, beside a server that answers.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::common::{Room, files, warnings};
use super::{MANY, import_arguments, random, status_of_five, two_snapshots, wait_for};

/// How imports ended.
#[derive(Debug, Default)]
struct Ends {
    /// Killed before the new file was there.
    before: usize,
    /// Killed while the new file was written.
    while_writing: usize,
    /// Killed, or ended, with the new snapshot in its place.
    after: usize,
}

/// The new files that killed imports left.
fn leftovers(room: &Room) -> Vec<PathBuf> {
    let is_new = |path: &PathBuf| path.to_string_lossy().contains(".data.sqlite.new-");
    files(&room.path("")).into_iter().filter(is_new).collect()
}

/// Kills `attempts` imports of `people`, and asks all the time.
fn kill_imports(attempts: usize, people: u32) -> (Ends, usize) {
    let room = Room::new();
    let snapshots = two_snapshots(&room, people);
    let server = room.serve(&MANY);
    let start = Instant::now();
    assert!(room.run(&import_arguments("baru.xlsx")).status.success());
    let whole = u64::try_from(start.elapsed().as_micros()).unwrap();

    let (mut ends, mut at) = (Ends::default(), 0);
    let (ending, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ending.load(Ordering::Relaxed) {
                status_of_five(&server);
                asked.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        for attempt in 0..attempts {
            let next = 1 - at;
            // Its own is not among them: the names are random.
            let before = leftovers(&room);
            let is_writing = || leftovers(&room).iter().any(|path| !before.contains(path));
            let mut child = room
                .command(&import_arguments(["baru.xlsx", "lama.xlsx"][next]))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            if attempt % 2 == 0 {
                thread::sleep(Duration::from_micros(random(whole)));
            } else {
                // While it writes, which is the shorter part, and just after.
                while !is_writing() && child.try_wait().unwrap().is_none() {
                    thread::sleep(Duration::from_micros(100));
                }
                thread::sleep(Duration::from_micros(random(whole / 4)));
            }
            let has_ended = child.try_wait().unwrap().is_some();
            child.kill().unwrap();
            child.wait().unwrap();
            let now = room.snapshot();
            if now == snapshots[next] {
                ends.after += 1;
                at = next;
                wait_for(&server, ["new", "existing"][at]);
            } else {
                assert!(!has_ended && now == snapshots[at], "attempt {attempt}");
                if is_writing() {
                    ends.while_writing += 1;
                } else {
                    ends.before += 1;
                }
            }
        }
        ending.store(true, Ordering::Relaxed);
    });
    // Whatever was left is cleared by the next, which is not hindered by any of it.
    assert!(room.run(&import_arguments("lama.xlsx")).status.success());
    assert!(room.snapshot() == snapshots[1] && leftovers(&room).is_empty());
    wait_for(&server, "existing");
    let (_, log) = server.stop();
    assert_eq!(warnings(&log), [""; 0]);
    (ends, asked.into_inner())
}

#[test]
fn killed_imports_leave_the_old_snapshot_or_the_new() {
    let (ends, asked) = kill_imports(24, 1000);
    assert!(
        ends.while_writing > 0 && asked > 20,
        "{ends:?}, {asked} asked"
    );
}

#[test]
#[ignore = "long"]
fn a_hundred_and_fifty_killed_imports() {
    let (ends, asked) = kill_imports(150, 5000);
    println!(
        "150 imports of 5,000 people killed: {} before the new file was there, {} while it was written, \
         {} with the new snapshot in its place; {asked} answers meanwhile, each of one snapshot",
        ends.before, ends.while_writing, ends.after
    );
    assert!(ends.before > 0 && ends.while_writing > 0);
}
