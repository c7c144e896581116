//! What is left of keys and identifiers: in core dumps, in files and logs, in the memory of a running server.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs::{self, File, Permissions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use common::{HEADINGS, Room, Server, files, told};

const NRK: &str = "004711";
const NIP: &str = "199002282023211003";
const NIK: &str = "3171016802900007";
const NAME: &str = "Rahasia Sekali Orangnya";
/// Of nobody.
const OTHER_NIK: &str = "3171016802900008";

fn room() -> Room {
    let room = Room::new();
    let person = format!("Dinas,{NRK},{NAME},orang@contoh.go.id,Email Baru,TTE Terbit,");
    room.write("roster.csv", format!("{}\n{person}", HEADINGS.join(",")));
    room.write("identitas.csv", format!("NRK,NIP,NIK\n{NRK},{NIP},{NIK}"));
    let output = room.import_from("roster.csv", &["--identitas", "identitas.csv"]);
    assert!(output.status.success(), "{}", told(&output));
    room
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

/// Runs what may leave a core dump, in the room; as somebody who is not root.
fn command(room: &Room, program: &Path, arguments: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -c unlimited; exec \"$0\" {arguments}"),
        ])
        .arg(program)
        .current_dir(room.path(""));
    if is_root() {
        command.uid(65534).gid(65534);
    }
    command
}

/// Ends a process by a signal that asks for a core dump.
fn kill(signal: &str, pid: u32) {
    let killed = Command::new("kill")
        .args([signal, &pid.to_string()])
        .status();
    assert!(killed.unwrap().success());
}

fn cores(room: &Room) -> Vec<String> {
    let files = files(&room.path(""));
    let names = files
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    names.filter(|name| name.starts_with("core")).collect()
}

#[test]
fn no_core_is_dumped_and_nobody_looks_in() {
    let room = room();
    // A user that is not root runs it, in a folder where it may write, from a place where it may read.
    let program = room.path("lookup");
    fs::copy(env!("CARGO_BIN_EXE_lookup"), &program).unwrap();
    fs::set_permissions(room.path(""), Permissions::from_mode(0o777)).unwrap();
    if is_root() {
        for file in ["kunci", "data.sqlite"] {
            chown(room.path(file), Some(65534), Some(65534)).unwrap();
        }
    }
    let serve =
        "serve --listen 127.0.0.1:0 --profile contoh/instansi.toml --data data.sqlite --key kunci";
    for (signal, number) in [("-ABRT", 6), ("-SEGV", 11)] {
        let server = Server::start(command(&room, &program, serve));
        assert_eq!(
            server.ask("tte", &format!(r#"{{"nik":"{NIK}"}}"#)).status,
            200
        );
        let process = format!("/proc/{}", server.pid());
        let limits = fs::read_to_string(format!("{process}/limits")).unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        assert_eq!(
            core.split_whitespace().collect::<Vec<_>>()[4..6],
            ["0", "0"]
        );
        // The system gives the files of a process that is not dumpable to root.
        for file in ["environ", "mem", "maps"] {
            assert_eq!(
                fs::metadata(format!("{process}/{file}")).unwrap().uid(),
                0,
                "{file}"
            );
        }
        // Where somebody may lift the limit, nothing is dumped all the same.
        let pid = server.pid().to_string();
        let _ = Command::new("prlimit")
            .args(["--pid", &pid, "--core=unlimited"])
            .output();
        kill(signal, server.pid());
        if signal == "-SEGV" {
            // Rust's handler, which looks for overflown stacks, puts the system's back and waits for the next.
            thread::sleep(Duration::from_millis(100));
            kill(signal, server.pid());
        }
        let status = server.status();
        assert_eq!(
            (status.signal(), status.core_dumped()),
            (Some(number), false)
        );
        assert_eq!(cores(&room), [""; 0]);
    }
    // What this test looks for is there where a program does not forbid it: so the system does dump.
    let mut sleep = command(&room, Path::new("sleep"), "60").spawn().unwrap();
    thread::sleep(Duration::from_millis(300));
    assert_ne!(
        fs::metadata(format!("/proc/{}/environ", sleep.id()))
            .unwrap()
            .uid(),
        0
    );
    kill("-ABRT", sleep.id());
    let status = sleep.wait().unwrap();
    let pattern = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    if pattern.trim() == "core" {
        assert!(status.core_dumped());
        assert_eq!(cores(&room).len(), 1);
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    let Some(&first) = part.first() else {
        return false;
    };
    let starts = bytes.iter().enumerate().filter(|&(_, &byte)| byte == first);
    starts
        .map(|(at, _)| &bytes[at..])
        .any(|rest| rest.starts_with(part))
}

/// Each version of the key, as it stands in its file and as bytes.
fn keys(room: &Room) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(room.path("kunci")).unwrap();
    let hex = text.lines().map(|line| line.as_bytes().to_vec());
    let raw = text.lines().map(|line| {
        let digits = (0..line.len()).step_by(2);
        digits
            .map(|at| u8::from_str_radix(&line[at..at + 2], 16).unwrap())
            .collect()
    });
    hex.chain(raw).collect()
}

#[test]
fn the_key_stands_in_its_file_only() {
    let room = room();
    let mut keys = keys(&room);
    let server = room.serve(&["--log", "json"]);
    for _ in 0..2 {
        assert!(room.run(&["rotate-key", "--key", "kunci"]).status.success());
    }
    keys.extend(self::keys(&room));
    assert_eq!(keys.len(), 8);
    let import = || room.import_from("roster.csv", &["--identitas", "identitas.csv"]);
    let mut told = vec![
        import(),
        room.run(&[
            "rotate-key",
            "--key",
            "kunci",
            "--retire",
            "--data",
            "roster.csv",
        ]),
    ];
    thread::sleep(Duration::from_millis(1500));
    server.ask("email", &format!(r#"{{"nrk":"{NRK}"}}"#));
    // A key file that cannot be used is told of, and not what stands in it.
    let whole = fs::read(room.path("kunci")).unwrap();
    room.write("kunci", [&whole[..], b"0"].concat());
    thread::sleep(Duration::from_millis(1500));
    let serve =
        "serve --listen 127.0.0.1:0 --profile contoh/instansi.toml --data data.sqlite --key kunci";
    let serve: Vec<&str> = serve.split(' ').collect();
    told.extend([
        room.run(&serve),
        import(),
        room.run(&["rotate-key", "--key", "kunci"]),
    ]);
    fs::set_permissions(room.path("kunci"), Permissions::from_mode(0o644)).unwrap();
    told.extend([
        room.run(&serve),
        import(),
        room.run(&["rotate-key", "--key", "kunci"]),
    ]);
    assert_eq!(
        told.iter().filter(|output| output.status.success()).count(),
        1
    );

    let (ended, log) = server.stop();
    assert!(ended && log.contains("the key file must hold"), "{log}");
    let mut texts = vec![log.into_bytes()];
    texts.extend(
        told.into_iter()
            .flat_map(|output| [output.stdout, output.stderr]),
    );
    let others = files(&room.path(""))
        .into_iter()
        .filter(|path| !path.ends_with("kunci"));
    texts.extend(others.map(|path| fs::read(path).unwrap()));
    assert!(texts.len() > 15);
    assert!(
        !texts
            .iter()
            .any(|text| keys.iter().any(|key| contains(text, key)))
    );
}

/// How often each of `wanted` stands in the memory of a process that it may write to.
fn in_memory(pid: u32, wanted: &[&[u8]]) -> std::io::Result<Vec<usize>> {
    let mut memory = File::open(format!("/proc/{pid}/mem"))?;
    let mut counts = vec![0; wanted.len()];
    for line in fs::read_to_string(format!("/proc/{pid}/maps"))?.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        let (start, end) = range.split_once('-').unwrap();
        let number = |hex| u64::from_str_radix(hex, 16).unwrap();
        let (start, end) = (number(start), number(end));
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        memory.seek(SeekFrom::Start(start))?;
        if !rights.starts_with("rw") || memory.read_exact(&mut bytes).is_err() {
            continue;
        }
        for (count, wanted) in counts.iter_mut().zip(wanted) {
            let starts = bytes
                .iter()
                .enumerate()
                .filter(|&(_, byte)| byte == &wanted[0]);
            *count += starts
                .filter(|&(at, _)| bytes[at..].starts_with(wanted))
                .count();
        }
    }
    Ok(counts)
}

/// Reads the server's memory, once those who asked are gone. Whoever is not root cannot, which is as good.
#[test]
fn what_was_asked_is_not_left_in_memory() {
    let room = room();
    let keys = keys(&room);
    let server = room.serve(&["--config", "bebas.toml"]);
    let upper = NAME.to_uppercase();
    let asked = [NIP, NIK, OTHER_NIK, NAME, upper.as_str()];
    for _ in 0..20 {
        for nik in [NIK, OTHER_NIK] {
            assert_eq!(
                server.ask("tte", &format!(r#"{{"nik":"{nik}"}}"#)).status,
                200
            );
        }
        for query in [
            format!(r#"{{"nip":"{NIP}"}}"#),
            format!(r#"{{"nama":"{NAME}, S.Kom"}}"#),
        ] {
            assert!(server.ask("email", &query).told().contains("contoh.go.id"));
        }
    }
    thread::sleep(Duration::from_millis(200));
    let mut wanted: Vec<&[u8]> = asked.iter().map(|text| text.as_bytes()).collect();
    wanted.extend(keys.iter().map(Vec::as_slice));
    // What it surely holds: that the memory is read at all.
    wanted.push(b"orang@contoh.go.id");
    match in_memory(server.pid(), &wanted) {
        Ok(counts) => {
            let (held, left) = counts.split_last().unwrap();
            assert!(*held > 0);
            assert_eq!(left, [0; 7], "{asked:?}, the key in hexadecimal and raw");
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
    }
}
