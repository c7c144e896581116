//! Snapshots that are damaged, foreign, half there or not to be read.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::common::{Room, warnings};
use super::{MANY, PLACES, random, refused, refused_by, status_of_five, two_snapshots, wait_for};

const SECOND: Duration = Duration::from_millis(1300);

#[test]
fn what_is_no_whole_snapshot_is_refused_at_the_start() {
    let room = Room::new();
    let [whole, _] = two_snapshots(&room, 60);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let foreign = room.path("asing.sqlite");
    rusqlite::Connection::open(&foreign)
        .unwrap()
        .execute_batch("CREATE TABLE orang (nama TEXT)")
        .unwrap();
    let mut older = whole.clone();
    older[63] = 1;
    let mut all = String::new();
    for (what, bytes) in [
        ("a bit is flipped", flipped),
        ("half of it", whole[..whole.len() / 2].to_vec()),
        (
            "without the end of its seal",
            whole[..whole.len() - 1].to_vec(),
        ),
        ("empty", Vec::new()),
        ("a database of others", fs::read(foreign).unwrap()),
        ("no database", b"NRK;NAMA;EMAIL\n".to_vec()),
        ("of an older version", older),
    ] {
        room.write("data.sqlite", bytes);
        all += &format!("{what}:\n{}", refused(&room));
    }
    fs::remove_file(room.path("data.sqlite")).unwrap();
    all += &format!("nothing there:\n{}", refused(&room));
    fs::create_dir(room.path("data.sqlite")).unwrap();
    all += &format!("a folder:\n{}", refused(&room));
    assert_snapshot!(all);
}

/// The program as somebody who may read the key and not the snapshot; only root can become somebody else.
#[test]
fn a_snapshot_that_may_not_be_read() {
    let room = Room::new();
    two_snapshots(&room, 3);
    let mut command = room.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.args(PLACES).stderr(Stdio::piped());
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    if is_root {
        fs::set_permissions(room.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        chown(room.path("kunci"), Some(65_534), Some(65_534)).unwrap();
        command.uid(65_534).gid(65_534);
    } else {
        let none = fs::Permissions::from_mode(0o000);
        fs::set_permissions(room.path("data.sqlite"), none).unwrap();
    }
    let child = command.spawn().unwrap();
    assert_eq!(
        refused_by(child),
        "error: data.sqlite: cannot read the snapshot: Permission denied (os error 13)\n"
    );
}

/// Any bytes as key file, and bytes that look like one: refused, left as they were, and no word of them said.
#[test]
fn strangers_key_files_are_refused() {
    let room = Room::new();
    two_snapshots(&room, 3);
    let key = fs::read(room.path("kunci")).unwrap();
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[0-9a-f]{60,70}\n?".prop_map(String::into_bytes),
        "([0-9a-fA-F]{64}\r?\n){1,4}".prop_map(String::into_bytes),
    ];
    let config = Config {
        cases: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let tried = TestRunner::new(config).run(&bytes, |bytes| {
        prop_assume!(bytes != key);
        room.write("kunci", &bytes);
        let said = refused(&room);
        let content = String::from_utf8_lossy(&bytes);
        let start: String = content.trim().chars().take(12).collect();
        prop_assert!(
            start.chars().count() < 12 || !said.contains(&start),
            "{said}"
        );
        prop_assert_eq!(fs::read(room.path("kunci")).unwrap(), bytes);
        Ok(())
    });
    tried.unwrap();
    // Its mode is that of the file that the import made.
    room.write("kunci", &key);
    drop(room.serve(&MANY));
}

/// Copied with `cp`, which writes where the file lies; damaged there; taken away: the server goes on with what
/// it has, tells once what is wrong, and takes the new one when it is whole.
/// One that is too large for memory, as far as the operator allows: moved away it answers on, damaged where it lies
/// it answers nothing, and a good one in its place is taken.
#[test]
fn a_snapshot_answered_from_where_it_lies() {
    let room = Room::new();
    let [old, new] = two_snapshots(&room, 300);
    let unlimited = fs::read_to_string(room.path("bebas.toml")).unwrap();
    room.write("berkas.toml", format!("memori_mb = 0\n{unlimited}"));
    room.write("data.sqlite", &old);
    let server = room.serve(&["--config", "berkas.toml"]);
    let place = room.path("data.sqlite");
    let moved_here = |bytes: &[u8]| {
        room.write("salinan", bytes);
        fs::rename(room.path("salinan"), &place).unwrap();
    };
    wait_for(&server, "new");
    moved_here(&new);
    wait_for(&server, "existing");
    moved_here(&old[..old.len() / 2]);
    thread::sleep(SECOND * 2);
    assert_eq!(
        status_of_five(&server),
        "existing",
        "from a file without a name"
    );
    moved_here(&old);
    wait_for(&server, "new");
    let mut damaged = old.clone();
    for page in damaged.chunks_mut(4096) {
        let middle = page.len() / 2;
        page[middle] ^= 0x55;
    }
    fs::write(&place, damaged).unwrap();
    for _ in 0..50 {
        let answer = server.ask("email", r#"{"nrk":"000001"}"#);
        assert_eq!(answer.status, 500, "{}", answer.told());
        thread::sleep(Duration::from_millis(60));
    }
    moved_here(&new);
    let start = std::time::Instant::now();
    while server.ask("email", r#"{"nrk":"000001"}"#).status == 500 {
        assert!(start.elapsed() < Duration::from_secs(10), "never mended");
        thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status_of_five(&server), "existing");
    let (_, log) = server.stop();
    assert!(
        log.contains("was written to while it was answered from"),
        "{log}"
    );
}

#[test]
fn a_running_server_goes_on_with_the_old_snapshot() {
    let room = Room::new();
    let [old, new] = two_snapshots(&room, 300);
    let server = room.serve(&MANY);
    let place = room.path("data.sqlite");
    let (is_old, ending, asked) = (
        AtomicBool::new(true),
        AtomicBool::new(false),
        AtomicUsize::new(0),
    );
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ending.load(Ordering::Relaxed) {
                let expects_old = is_old.load(Ordering::Relaxed);
                let status = status_of_five(&server);
                // It may have changed while it was asked, and never back.
                assert!(!expects_old || status == "new" || !is_old.load(Ordering::Relaxed));
                asked.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        // Written in place, at a stretch of half a second each, and half of it for long.
        let mut file = fs::File::create(&place).unwrap();
        let pieces: Vec<&[u8]> = new.chunks(new.len() / 6 + 1).collect();
        let (last, first) = pieces.split_last().unwrap();
        for piece in first {
            file.write_all(piece).unwrap();
            thread::sleep(Duration::from_millis(450));
        }
        thread::sleep(SECOND * 2);
        // As long as it should be, with a hole: a copy that was broken off and gone on with elsewhere.
        file.set_len(u64::try_from(new.len()).unwrap()).unwrap();
        thread::sleep(SECOND * 2);
        for bytes in [&b""[..], b"NRK;NAMA\n"] {
            fs::write(&place, bytes).unwrap();
            thread::sleep(SECOND * 2);
        }
        fs::remove_file(&place).unwrap();
        fs::create_dir(&place).unwrap();
        thread::sleep(SECOND);
        fs::remove_dir(&place).unwrap();
        thread::sleep(SECOND);
        is_old.store(false, Ordering::Relaxed);
        // Now whole, by another copy in place.
        fs::write(&place, &new[..new.len() - last.len()]).unwrap();
        fs::write(&place, &new).unwrap();
        wait_for(&server, "existing");
        // Moved here, it is taken at once; and back in time, since that is for the operator to say.
        room.write("salinan", &old);
        fs::rename(room.path("salinan"), &place).unwrap();
        wait_for(&server, "new");
        ending.store(true, Ordering::Relaxed);
    });
    assert!(asked.into_inner() > 50);
    let (_, log) = server.stop();
    let causes: Vec<&str> = warnings(&log)
        .iter()
        .filter_map(|line| line.split_once("cause=").map(|(_, cause)| cause))
        .collect();
    assert_snapshot!(causes.join("\n"));
}

/// The program itself, at every page of the snapshot, each byte of its header and of its seal, cut at every
/// page and at random places.
#[test]
#[ignore = "long"]
fn every_page_damaged_in_turn() {
    let room = Room::new();
    let [whole, _] = two_snapshots(&room, 5000);
    let page = usize::from(u16::from_be_bytes([whole[16], whole[17]]));
    let length = whole.len();
    let random_of = |start: usize, end: usize| {
        start + usize::try_from(random(u64::try_from(end - start).unwrap())).unwrap()
    };
    let pages = (0..length).step_by(page);
    let flips: Vec<usize> = pages
        .clone()
        .map(|start| random_of(start, (start + page).min(length)))
        .chain(0..100)
        .chain(length - 64..length)
        .collect();
    let cuts: Vec<usize> = pages.chain((0..50).map(|_| random_of(0, length))).collect();
    for &at in &flips {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << random(8);
        room.write("data.sqlite", bytes);
        refused(&room);
    }
    for &end in &cuts {
        room.write("data.sqlite", &whole[..end]);
        assert!(refused(&room).contains("it is not whole"), "{end} bytes");
    }
    room.write("data.sqlite", &whole);
    wait_for(&room.serve(&MANY), "new");
    println!(
        "a snapshot of 5,000 people, {length} bytes: {} single bits flipped (one in each page, all bytes of header \
         and seal) and {} cuts (at every page, and 50 elsewhere): refused every time; whole again, it serves",
        flips.len(),
        cuts.len()
    );
}
