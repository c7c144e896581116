//! Metrics and health: on their own address only, true, and without anybody in them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Response, Room, Server, send_raw, text};

fn room() -> Room {
    let room = Room::new();
    let person = "Dinas,004711,Rahasia Sekali,rahasia.sekali@contoh.go.id,Email Baru,TTE Terbit,";
    room.write("roster.csv", format!("{}\n{person}", HEADINGS.join(",")));
    let output = room.import_from("roster.csv", &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

/// A server and the address of its metrics.
fn serve(room: &Room) -> (Server, SocketAddr) {
    serve_with(room, &[])
}

fn serve_with(room: &Room, further: &[&str]) -> (Server, SocketAddr) {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let address_text = address.to_string();
    let arguments = [&["--metrics", &address_text], further].concat();
    (room.serve(&arguments), address)
}

fn get(address: SocketAddr, path: &str) -> Response {
    send_raw(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n\r\n"),
    )
}

#[test]
fn metrics_count_classes_and_name_nobody() {
    let room = room();
    let (server, address) = serve(&room);
    for question in [
        r#"{"nrk":"004711"}"#,
        r#"{"nrk":"004712"}"#,
        r#"{"nrk":"004713"}"#,
        r#"{"nrk":"x"}"#,
        r#"{"nama":"Rahasia Sekali"}"#,
    ] {
        server.ask("email", question);
    }
    let answer = get(address, "/metrics");
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some(kind))
    );
    let told = text(&answer.body);
    for line in [
        r#"lookup_requests_total{route="email",outcome="ok"} 2"#,
        r#"lookup_requests_total{route="email",outcome="none"} 2"#,
        r#"lookup_requests_total{route="email",outcome="invalid"} 1"#,
        r#"lookup_request_seconds_count{route="email"} 5"#,
        "lookup_connections_turned_away_total 0",
        "lookup_snapshot_people 1",
        "lookup_snapshot_refused 0",
        "lookup_snapshot_data_timestamp_seconds 1761091200", // 2025-10-22
        r#"lookup_limit_entries{limit="client"} 1"#,
        r#"lookup_limit_entries{limit="names"} 1"#,
        r#"lookup_limit_entries{limit="identifier"} 4"#,
        r#"lookup_limit_forgotten_total{limit="client"} 0"#,
        "lookup_answered_today 4",
        "lookup_alarm 0",
        "lookup_names_closed 0",
    ] {
        assert!(
            told.lines().any(|it| it == line),
            "{line} is not in:\n{told}"
        );
    }
    for secret in ["004711", "ahasia", "contoh.go.id", "127.0.0.1"] {
        assert!(!told.contains(secret), "{secret} is in:\n{told}");
    }
}

#[test]
fn a_refused_snapshot_is_told_until_a_good_one_comes() {
    let room = room();
    let (_server, address) = serve(&room);
    let good = room.snapshot();
    let told = |line: &str| {
        let start = Instant::now();
        while !text(&get(address, "/metrics").body).contains(line) {
            assert!(start.elapsed() < Duration::from_secs(10), "{line}");
            thread::sleep(Duration::from_millis(100));
        }
    };
    for (bytes, line) in [
        (&good[..good.len() / 2], "lookup_snapshot_refused 1\n"),
        (&good[..], "lookup_snapshot_refused 0\n"),
    ] {
        room.write("baru", bytes);
        std::fs::rename(room.path("baru"), room.path("data.sqlite")).unwrap();
        told(line);
    }
}

#[test]
fn health_is_not_public() {
    let room = room();
    let (server, address) = serve(&room);
    for (path, body) in [("/healthz", "alive\n"), ("/readyz", "ready\n")] {
        let answer = get(address, path);
        assert_eq!((answer.status, text(&answer.body).as_str()), (200, body));
    }
    for path in [
        "/metrics",
        "/healthz",
        "/readyz",
        "/api/v1/metrics",
        "/contoh/api/v1/readyz",
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    assert_eq!(get(address, "/api/v1/info").status, 404);
    // Without an address for them they are nowhere.
    let other = room.serve(&[]);
    assert_eq!(other.get("/metrics").status, 404);
}

/// Whoever is being answered when the server shall stop is answered; meanwhile it says that it stops.
#[test]
fn readiness_ends_before_the_last_answer() {
    let room = room();
    let (server, address) = serve(&room);
    let question = r#"{"nrk":"004711"}"#;
    let mut slow = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /api/v1/email HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        question.len()
    );
    slow.write_all(head.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(200));
    server.terminate();
    let start = Instant::now();
    while get(address, "/readyz").status != 503 {
        assert!(start.elapsed() < Duration::from_secs(2), "still ready");
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(get(address, "/healthz").status, 200);
    while TcpStream::connect(server.address).is_ok() {
        assert!(start.elapsed() < Duration::from_secs(3), "takes new ones");
        thread::sleep(Duration::from_millis(20));
    }
    slow.write_all(question.as_bytes()).unwrap();
    let answer = Response::read(slow);
    assert!(
        answer.told().contains("rahasia.sekali@contoh.go.id"),
        "{}",
        answer.told()
    );
    let (ended, log) = server.ended();
    assert!(ended && log.contains("stopped"), "{log}");
    assert!(start.elapsed() < Duration::from_secs(5));
}

/// A balancer that asks `/readyz` now and then turns elsewhere while questions are still answered.
#[test]
fn it_may_go_on_answering_for_a_while_after_it_said_that_it_stops() {
    let room = room();
    room.write("jeda.toml", "[berhenti]\njeda_detik = 2\n");
    let (server, address) = serve_with(&room, &["--config", "jeda.toml"]);
    server.terminate();
    let start = Instant::now();
    while get(address, "/readyz").status != 503 {
        assert!(start.elapsed() < Duration::from_secs(1), "still ready");
    }
    assert_eq!(server.ask("email", r#"{"nrk":"004711"}"#).status, 200);
    let (ended, log) = server.ended();
    assert!(ended && log.contains("stopping soon"), "{log}");
    assert!(start.elapsed() >= Duration::from_secs(2));
}

#[test]
fn connections_beyond_a_number_are_counted() {
    let room = room();
    room.write("sedikit.toml", "[koneksi]\npengguna = 2\n");
    let (server, address) = serve_with(&room, &["--config", "sedikit.toml"]);
    let _first = TcpStream::connect(server.address).unwrap();
    let _second = TcpStream::connect(server.address).unwrap();
    let mut third = TcpStream::connect(server.address).unwrap();
    assert_eq!(third.read(&mut [0]).unwrap(), 0, "closed at once");
    let told = text(&get(address, "/metrics").body);
    assert!(
        told.contains("\nlookup_connections_turned_away_total 1\n"),
        "{told}"
    );
}
