//! What the log says, and above all what it doesn't: who asked, from where, about whom.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;
use std::time::Duration;

use common::{HEADINGS, PROFILE, Room, Server, closed, text};
use insta::assert_snapshot;

const JSON: &str = "content-type: application/json\r\n";

const CSV: &str = "Dinas,004711,Rahasia Sekali,rahasia.sekali@contoh.go.id,Email Baru,TTE Terbit,";
const IDENTITY: &str = "NRK,NIP,NIK\n004711,199002282023211003,3171016802900007";

/// All that must never be read in a log: what the roster has, what was asked, where from.
const SECRETS: [&str; 13] = [
    "004711",
    "004712",
    "199002282023211003",
    "3171016802900007",
    "317101",
    "ahasia",
    "sekali",
    "contoh.go.id",
    "203.0.113",
    "198.51.100",
    "2001:db8",
    "127.0.0.1",
    "rahasia.html",
];

fn room(jam: &str) -> Room {
    let room = Room::new();
    room.write("contoh/instansi.toml", format!("{PROFILE}{jam}"));
    room.write("roster.csv", format!("{}\n{CSV}", HEADINGS.join(",")));
    room.write("identitas.csv", IDENTITY);
    room.write("dist/index.html", "<h1>Beranda</h1>");
    room.write("dist/404.html", "<h1>Tidak ada</h1>");
    let output = room.import_from("roster.csv", &["--identitas", "identitas.csv"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

fn ask(server: &Server, client: &str, route: &str, body: &str) -> u16 {
    let headers = format!("{JSON}x-forwarded-for: {client}\r\n");
    let path = format!("/api/v1/{route}");
    server.send("POST", &path, &headers, body).status
}

/// The log with times taken out, each kind of line once.
fn without_times(log: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in log.lines() {
        let (_, rest) = line.split_once(' ').unwrap();
        let line = match rest.split_once(" ms=") {
            Some((start, ms)) => {
                assert!(ms.parse::<f64>().unwrap() < 10_000.0, "{line}");
                format!("{} ms=…", start.trim_start())
            }
            None => rest.trim_start().to_owned(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

fn assert_silent(log: &str) {
    for line in log.lines() {
        // The time of day has any digits, and begins every line.
        let (_, line) = line.split_once('Z').unwrap();
        for secret in SECRETS {
            assert!(!line.to_lowercase().contains(secret), "{secret}: {line}");
        }
    }
}

/// Every kind of request.
fn ask_everything(server: &Server) {
    let from = |route, body| ask(server, "203.0.113.77", route, body);
    assert_eq!(from("email", r#"{"nrk":"004711"}"#), 200);
    assert_eq!(from("email", r#"{"nrk":"004712"}"#), 200);
    assert_eq!(from("email", r#"{"nip":"199002282023211003"}"#), 200);
    assert_eq!(from("email", r#"{"nama":"Rahasia Sekali"}"#), 200);
    assert_eq!(from("email", r#"{"nama":"RAHASIA, S.Kom"}"#), 200);
    assert_eq!(from("tte", r#"{"nik":"3171016802900007"}"#), 200);
    assert_eq!(from("tte", r#"{"nik":"3171016802900008"}"#), 200);
    assert_eq!(
        from("tte", r#"{"email":"rahasia.sekali@contoh.go.id"}"#),
        200
    );
    assert_eq!(from("email", r#"{"nip":"1990022820232110"}"#), 422);
    assert_eq!(from("email", r#"{"nik":"3171016802900007"}"#), 400);
    assert_eq!(from("email", r#"{"nrk":"004711""#), 400);
    assert_eq!(from("3171016802900007", r#"{"nrk":"004711"}"#), 404);
    assert_eq!(from("tte?nik=3171016802900007", r#"{"nrk":"004711"}"#), 400);
    let get = |path: &str, headers: &str| server.send("GET", path, headers, "").status;
    assert_eq!(get("/api/v1/email?nrk=004711", ""), 405);
    assert_eq!(
        get(
            "/api/v1/info",
            "referer: https://contoh.go.id/?nrk=004711\r\n"
        ),
        200
    );
    assert_eq!(
        get("/", "cookie: nrk=004711\r\nuser-agent: rahasia\r\n"),
        200
    );
    assert_eq!(get("/rahasia.html?nrk=004711", ""), 404);
    for _ in 0..40 {
        let limited = ask(server, "198.51.100.4", "email", r#"{"nrk":"004711"}"#);
        assert!([200, 429].contains(&limited));
        let limited = ask(
            server,
            "2001:db8::4",
            "email",
            r#"{"nama":"Sekali Rahasia"}"#,
        );
        assert!([200, 429].contains(&limited));
    }
}

#[test]
fn the_log_tells_what_and_not_who() {
    let room = room("");
    let server = room.serve(&[
        "--trusted-proxy",
        "127.0.0.1",
        "--site",
        "dist",
        "--limit-burst",
        "30",
        "--limit-seconds",
        "60",
    ]);
    ask_everything(&server);
    // A snapshot that cannot be used, and one that can.
    let good = fs::read(room.path("data.sqlite")).unwrap();
    for bytes in [&good[..good.len() / 2], &good] {
        room.write("new", bytes);
        fs::rename(room.path("new"), room.path("data.sqlite")).unwrap();
        std::thread::sleep(Duration::from_millis(1100));
        assert_eq!(server.get("/api/v1/info").status, 200);
    }
    let (ended, log) = server.stop();
    assert!(ended);
    assert_silent(&log);
    assert_snapshot!(without_times(&log));
}

#[test]
fn closed_and_not_offered_are_classes_too() {
    let server = room(&closed()).serve(&["--trusted-proxy", "127.0.0.1"]);
    assert_eq!(
        ask(&server, "203.0.113.77", "email", r#"{"nrk":"004711"}"#),
        503
    );
    let room = room("");
    room.write(
        "contoh/instansi.toml",
        PROFILE.replace(r#""email", "nik""#, r#""email""#),
    );
    let other = room.serve(&[]);
    assert_eq!(
        ask(
            &other,
            "203.0.113.77",
            "tte",
            r#"{"nik":"3171016802900007"}"#
        ),
        422
    );
    let logs = [server.stop().1, other.stop().1];
    for log in &logs {
        assert_silent(log);
    }
    let logs = logs.map(|log| without_times(&log));
    assert_snapshot!(logs.join("\n---\n"));
}

#[test]
fn the_log_as_json() {
    let room = room("");
    let server = room.serve(&[
        "--trusted-proxy",
        "127.0.0.1",
        "--site",
        "dist",
        "--log",
        "json",
    ]);
    ask_everything(&server);
    let (_, log) = server.stop();
    assert_silent(&log);
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let first = lines
        .iter()
        .find(|line| line["message"] == "request")
        .unwrap();
    let mut fields: Vec<&str> = first
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["level", "message", "ms", "outcome", "route", "timestamp"]
    );
    assert_eq!(first["route"], "email");
    assert_eq!(first["outcome"], "ok");
    assert!(first["ms"].is_number());
    // One line for each request: 17 and 80.
    let requests = lines.iter().filter(|line| line["message"] == "request");
    assert_eq!(requests.count(), 97);
}
