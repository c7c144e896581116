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

/// In a folder where nothing may be written, imports go on with the key that is there, and a rotation says why not.
#[cfg(unix)]
#[test]
fn a_read_only_folder_leaves_the_key_as_it_was() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    use std::os::unix::process::CommandExt;
    let room = Room::new();
    imported(&room, "Email Baru");
    let before = versions(&room);
    let (folder, key) = (room.path("rahasia"), room.path("rahasia/kunci"));
    fs::create_dir(&folder).unwrap();
    fs::rename(room.path("kunci"), &key).unwrap();
    let may = |path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    may(folder.clone(), 0o555);
    may(room.path(""), 0o777);
    may(room.path("data.sqlite"), 0o644);
    // Root may write anywhere: somebody else tries.
    let program = room.path("lookup");
    fs::copy(env!("CARGO_BIN_EXE_lookup"), &program).unwrap();
    let run = |arguments: &str| {
        let mut command = std::process::Command::new(&program);
        command
            .args(arguments.split(' '))
            .current_dir(room.path(""));
        if fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            command.uid(65534).gid(65534);
            for path in [&key, &room.path(".data.sqlite.lock")] {
                chown(path, Some(65534), Some(65534)).unwrap();
            }
        }
        command.output().unwrap()
    };
    let refused = told(&run("rotate-key --key rahasia/kunci"));
    let import = run(
        "import --roster roster.csv --profile contoh/instansi.toml --data data.sqlite --key rahasia/kunci",
    );
    may(folder, 0o755);
    assert!(import.status.success(), "{}", told(&import));
    assert_eq!(fs::read_to_string(&key).unwrap().trim(), before[0]);
    let expected =
        "error: rahasia/kunci: cannot write the new key file beside it: Permission denied";
    assert!(refused.contains(expected), "{refused}");
    assert!(
        refused.ends_with("; the old one stays as it was\n"),
        "{refused}"
    );
}

/// Killed at any moment, a rotation leaves a key file that is whole, with the versions it had.
#[test]
fn a_rotation_that_is_killed_leaves_a_whole_key_file() {
    let room = Room::new();
    imported(&room, "Email Baru");
    let first = versions(&room);
    for attempt in 0..60 {
        let mut child = room
            .command(&["rotate-key", "--key", "kunci"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_micros(attempt * 200));
        child.kill().unwrap();
        child.wait().unwrap();
        let now = versions(&room);
        assert_eq!(now[0], first[0], "attempt {attempt}");
        assert!(now.iter().all(|version| version.len() == 64));
        if now.len() > 1 {
            imported(&room, "Email Baru");
            room.write("kunci", format!("{}\n", first[0])); // as it was, for the next
            imported(&room, "Email Baru");
        }
    }
    rotated(&room, &[]);
    let left = common::files(&room.path(""));
    let is_left = |name: &str| {
        left.iter()
            .any(|path| path.to_string_lossy().contains(name))
    };
    assert!(
        !is_left(".kunci.new-"),
        "the next one clears what killed ones left"
    );
}
