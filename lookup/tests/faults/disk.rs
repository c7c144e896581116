//! A disk that is full.

use std::fs;
use std::process::{Command, Output};

use super::common::{Room, files, told, warnings};
use super::{MANY, PLACES, import_arguments, two_snapshots, wait_for, write_roster};

/// Imports where no file may become longer than `kib`: writing more fails as on a full disk.
fn import_within(room: &Room, kib: u64, roster: &str) -> Output {
    Command::new("bash")
        .current_dir(room.path(""))
        .arg("-c")
        .arg(r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#)
        .arg("bash")
        .arg(kib.to_string())
        .arg(env!("CARGO_BIN_EXE_lookup"))
        .args(import_arguments(roster))
        .output()
        .unwrap()
}

fn names(room: &Room) -> Vec<String> {
    let mut names: Vec<String> = files(&room.path(""))
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_snapshot_that_finds_no_room_leaves_the_old_one() {
    let room = Room::new();
    let [first, second] = two_snapshots(&room, 400);
    let server = room.serve(&MANY);
    let before = names(&room);
    let kib = u64::try_from(second.len()).unwrap() / 1024;
    for limit in [0, 1, kib / 3, kib - 1, kib] {
        let output = import_within(&room, limit, "lama.xlsx");
        assert!(
            told(&output).starts_with(
                "exit 1\n--- stdout\n--- stderr\nerror: data.sqlite: cannot write the snapshot: "
            ),
            "{limit}: {}",
            told(&output)
        );
        assert!(room.snapshot() == first, "{limit}");
        assert_eq!(names(&room), before, "nothing is left: {limit}");
    }
    wait_for(&server, "new");
    assert!(import_within(&room, kib + 1, "lama.xlsx").status.success());
    assert!(room.snapshot() == second);
    wait_for(&server, "existing");
    assert_eq!(warnings(&server.stop().1), [""; 0]);
}

#[test]
fn a_key_that_finds_no_room_is_not_made() {
    let room = Room::new();
    write_roster(&room, "baru.xlsx", 3, "Email Baru");
    let before = names(&room);
    let output = import_within(&room, 0, "baru.xlsx");
    assert!(
        told(&output).contains("error: kunci: cannot make the key file: "),
        "{}",
        told(&output)
    );
    assert_eq!(names(&room), before);
}

/// A small file system of its own; needs root.
#[test]
#[ignore = "mounts a file system, for which it needs root"]
fn a_file_system_that_is_full() {
    let room = Room::new();
    let [first, _] = two_snapshots(&room, 5000);
    let place = room.path("penuh");
    fs::create_dir(&place).unwrap();
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1536k", "tmpfs"])
        .arg(&place)
        .status()
        .unwrap();
    assert!(mounted.success());
    fs::copy(room.path("data.sqlite"), place.join("data.sqlite")).unwrap();
    let mut arguments = vec!["import", "--roster", "lama.xlsx", "--profile"];
    arguments.extend([PLACES[1], "--data", "penuh/data.sqlite", "--key", "kunci"]);
    let output = room.run(&arguments);
    let kept = fs::read(place.join("data.sqlite")).unwrap() == first;
    let left = files(&place).len();
    assert!(
        Command::new("umount")
            .arg(&place)
            .status()
            .unwrap()
            .success()
    );
    println!(
        "a file system of 1.5 MiB, a snapshot of {} bytes in it, and one more: {}",
        first.len(),
        told(&output)
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("penuh/data.sqlite: cannot write the snapshot: "));
    // The snapshot and the lock.
    assert!(kept && left == 2, "{left} files");
}
