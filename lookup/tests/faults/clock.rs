//! A clock that jumps, under the real program: Debian's libfaketime gives it a false one.

use std::path::Path;
use std::thread;
use std::time::Duration;

use super::common::{Room, warnings};
use super::{import_arguments, write_roster};

const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

const CONFIG: &str =
    "[batas.orang]\nsekaligus = 2\njeda_detik = 3600\n[batas.harian]\nalarm = 3\ntutup_nama = 4\n";

/// Neither does a jump free anybody from a limit, nor does it ring the alarm again or end the day.
#[test]
#[ignore = "needs Debian's libfaketime"]
fn a_clock_that_jumps_frees_nobody() {
    assert!(Path::new(LIBRARY).exists(), "apt-get install libfaketime");
    let room = Room::new();
    write_roster(&room, "baru.xlsx", 20, "Email Baru");
    assert!(room.run(&import_arguments("baru.xlsx")).status.success());
    room.write("jam.toml", CONFIG);
    let clock = room.path("jam");
    // At noon of the agency, so that no test ends a day.
    let set = |time: &str| {
        room.write("jam.baru", time);
        std::fs::rename(room.path("jam.baru"), &clock).unwrap();
        thread::sleep(Duration::from_millis(50));
    };
    set("@2026-03-10 05:00:00");
    let server = room.serve_in(&["--config", "jam.toml"], |command| {
        command
            .env("LD_PRELOAD", LIBRARY)
            .env("FAKETIME_TIMESTAMP_FILE", &clock)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("TZ", "UTC");
    });
    let ask = |number: u32| {
        server
            .ask("email", &format!(r#"{{"nrk":"{number:06}"}}"#))
            .status
    };
    let named = || server.ask("email", r#"{"nama":"ORANG NOMOR 9"}"#).status;
    let mut told = Vec::new();
    assert_eq!([ask(1), ask(1), ask(1)], [200, 200, 429]);
    for time in [
        "@2026-03-20 05:00:00",
        "@2026-03-01 05:00:00",
        "@2001-01-01 05:00:00",
        "@2036-01-01 05:00:00",
        "@2026-03-10 05:00:00",
    ] {
        set(time);
        // Who was limited is so still, by a clock that only counts on.
        told.push((time, ask(1), ask(7), named()));
        let answered = told.len();
        assert_eq!(told[answered - 1].1, 429, "{time}");
        assert!(matches!(told[answered - 1].2, 200 | 429), "{time}");
    }
    println!("clock, somebody limited, somebody else, by name: {told:?}");
    // The third and fourth answer rang and closed names, once, whatever day it was.
    assert!(
        told.iter().skip(1).all(|&(_, _, _, named)| named == 422),
        "{told:?}"
    );
    let (_, log) = server.stop();
    let alarms = warnings(&log);
    println!("{}", alarms.join("\n"));
    assert_eq!(alarms.len(), 2, "{log}");
    assert!(
        log.contains("2036-01-01T05:00:0"),
        "the program saw the clock: {log}"
    );
}
