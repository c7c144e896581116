//! Hostile connections over real sockets: while each goes on, an ordinary client is answered within a second.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, text};
use tokio::net::TcpSocket;

const QUESTION: &str = r#"{"nrk":"004711"}"#;

fn room() -> Room {
    let room = Room::new();
    let person = "Dinas,004711,Rahasia Sekali,rahasia.sekali@contoh.go.id,Email Baru,TTE Terbit,";
    room.write("roster.csv", format!("{}\n{person}", HEADINGS.join(",")));
    let output = room.import_from("roster.csv", &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

/// With less patience than by default, so that the tests need less.
fn serve() -> Server {
    let room = room();
    let unlimited = std::fs::read_to_string(room.path("bebas.toml")).unwrap();
    let hasty = format!("{unlimited}[koneksi]\nkepala_detik = 4\ndiam_detik = 5\n");
    room.write("cepat.toml", hasty);
    room.serve(&["--config", "cepat.toml"])
}

/// An ordinary client is answered, and soon.
fn assert_answers(server: &Server) {
    let start = Instant::now();
    let answer = server.ask("email", QUESTION);
    assert!(
        answer.told().contains("rahasia.sekali@contoh.go.id"),
        "{}",
        answer.told()
    );
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

/// What the server says before it closes; empty where it closes without a word.
fn rest(mut stream: TcpStream) -> String {
    stream
        .set_read_timeout(Some(Duration::from_secs(40)))
        .unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    text(&bytes)
}

#[test]
fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
    let server = serve();
    let start = Instant::now();
    let mut slow = TcpStream::connect(server.address).unwrap();
    let head =
        b"GET /api/v1/info HTTP/1.1\r\nhost: contoh\r\nx-slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    for byte in head.iter().cycle() {
        if slow.write_all(&[*byte]).is_err() {
            break;
        }
        assert_answers(&server);
        assert!(start.elapsed() < Duration::from_secs(12), "still open");
        thread::sleep(Duration::from_secs(1));
    }
    assert!(start.elapsed() >= Duration::from_secs(3));
}

/// Neither the start of an HTTP/2 connection nor nothing at all keeps one open.
#[test]
fn silence_is_not_waited_for() {
    let server = serve();
    let start = Instant::now();
    let streams = ["", "P", "PRI * HTTP/2.0\r\n"].map(|bytes| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(bytes.as_bytes()).unwrap();
        stream
    });
    for stream in streams {
        rest(stream);
        assert!(start.elapsed() < Duration::from_secs(12));
        assert_answers(&server);
    }
    assert!(start.elapsed() >= Duration::from_secs(3));
}

#[test]
fn heads_that_are_too_large_are_refused() {
    let server = serve();
    let many: String = (0..200).map(|at| format!("x-{at}: a\r\n")).collect();
    let long = format!("x-long: {}\r\n", "a".repeat(1_000_000));
    for headers in [many, long] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        // The server may close before it has read all.
        let _ = write!(
            stream,
            "GET /api/v1/info HTTP/1.1\r\nhost: contoh\r\n{headers}\r\n"
        );
        let said = rest(stream);
        assert!(
            said.is_empty() || said.starts_with("HTTP/1.1 431"),
            "{said}"
        );
        assert_answers(&server);
    }
}

/// Connects from another address of this machine; none where the server closes at once.
async fn idle(server: SocketAddr, from: &str) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(server).await.unwrap()
}

#[test]
fn idle_connections_hold_up_nobody() {
    let server = serve();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let streams: Vec<_> = runtime.block_on(async {
        let mut streams = Vec::new();
        for at in 0..2000 {
            // All of one client, of which there may be 512, and of four others.
            let from = if at < 600 { 2 } else { 3 + at % 4 };
            streams.push(idle(server.address, &format!("127.0.0.{from}")).await);
        }
        streams
    });
    assert_answers(&server);
    thread::sleep(Duration::from_millis(500));
    let open = |streams: &[tokio::net::TcpStream]| {
        let is_open = |stream: &&tokio::net::TcpStream| {
            let read = stream.try_read(&mut [0]);
            read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
        };
        streams.iter().filter(is_open).count()
    };
    assert_eq!(open(&streams[..600]), 512, "of one client");
    assert_eq!(open(&streams[600..]), 1400);
    assert_answers(&server);
    thread::sleep(Duration::from_secs(9));
    assert_eq!(
        open(&streams),
        0,
        "nobody keeps a connection without asking"
    );
    assert_answers(&server);
}

/// A large file to a telephone that reads slowly arrives whole; who stops reading does not keep the connection.
#[test]
fn slow_readers_are_served_and_those_who_stop_are_not() {
    let room = room();
    let large = 24 * 1024 * 1024;
    room.write("dist/index.html", "<!doctype html>");
    room.write("dist/besar.zip", vec![7_u8; large]);
    room.write("cepat.toml", "[koneksi]\ndiam_detik = 5\n");
    let server = room.serve(&["--site", "dist", "--config", "cepat.toml"]);
    let ask = || {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let timeout = Some(Duration::from_secs(30));
        stream.set_read_timeout(timeout).unwrap();
        let head = "GET /besar.zip HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let mut stopped = ask();
    let mut slow = ask();
    let (start, mut got) = (Instant::now(), 0);
    let mut piece = vec![0; 1024 * 1024];
    loop {
        match slow.read(&mut piece).unwrap() {
            0 => break,
            read => got += read,
        }
        let due = Duration::from_secs(11).mul_f64(got as f64 / large as f64);
        thread::sleep(due.saturating_sub(start.elapsed()));
    }
    assert!(got > large && start.elapsed() > Duration::from_secs(9));
    assert_answers(&server);
    // By now the other was told to end, and its rest is in the system's buffers at most.
    let mut rest = Vec::new();
    let _ = stopped.read_to_end(&mut rest);
    assert!(rest.len() < large, "{}", rest.len());
}

#[test]
fn http_2_is_spoken() {
    let server = serve();
    let output = Command::new("curl")
        .args([
            "-sS",
            "--http2-prior-knowledge",
            "-w",
            "\n%{http_version} %{http_code}",
        ])
        .args(["-H", "content-type: application/json", "-d", QUESTION])
        .arg(format!("http://{}/api/v1/email", server.address))
        .output()
        .unwrap();
    let told = text(&output.stdout);
    assert!(
        told.contains("rahasia.sekali@contoh.go.id"),
        "{told}{}",
        text(&output.stderr)
    );
    assert!(told.ends_with("\n2 200"), "{told}");
}
