//! TLS without a proxy in front, with certificates from OpenSSL, asked by curl and OpenSSL.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, text, told};

const QUESTION: &str = r#"{"nrk":"004711"}"#;

fn room() -> Room {
    let room = Room::new();
    let person = "Dinas,004711,Rahasia Sekali,rahasia.sekali@contoh.go.id,Email Baru,TTE Terbit,";
    room.write("roster.csv", format!("{}\n{person}", HEADINGS.join(",")));
    let output = room.import_from("roster.csv", &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    certify(&room, "Satu");
    room
}

/// A certificate for `localhost` that signs itself, by the name of its authority.
fn certify(room: &Room, authority: &str) {
    let subject = format!("/O={authority}/CN=localhost");
    let output = Command::new("openssl")
        .current_dir(room.path(""))
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
        ])
        .args(["-nodes", "-days", "2", "-subj", &subject])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-keyout", "tls.pem", "-out", "sertifikat.pem"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let closed = Command::new("chmod")
        .arg("600")
        .arg(room.path("tls.pem"))
        .status();
    assert!(closed.unwrap().success());
}

const TLS: [&str; 4] = ["--tls-cert", "sertifikat.pem", "--tls-key", "tls.pem"];

/// Asks as a careful client does: it verifies the certificate.
fn curl(room: &Room, server: &Server, further: &[&str]) -> String {
    let port = server.address.port();
    let output: Output = Command::new("curl")
        .args(["-sS", "-i", "--cacert"])
        .arg(room.path("sertifikat.pem"))
        .args(["--resolve", &format!("localhost:{port}:127.0.0.1")])
        .args([
            "-w",
            "\n%{http_version}",
            "-H",
            "content-type: application/json",
        ])
        .args(["-d", QUESTION])
        .args(further)
        .arg(format!("https://localhost:{port}/api/v1/email"))
        .output()
        .unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// Who certified whom, as a new connection is told.
fn subject(server: &Server) -> String {
    let mut client = Command::new("openssl")
        .args(["s_client", "-servername", "localhost", "-connect"])
        .arg(server.address.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut told = String::new();
    client
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut told)
        .unwrap();
    client.wait().unwrap();
    let line = told.lines().find(|line| line.starts_with("subject="));
    line.unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[test]
fn http_1_and_2_are_spoken_over_tls() {
    let room = room();
    let server = room.serve(&TLS);
    for (further, version) in [("--http2", "2"), ("--http1.1", "1.1"), ("--tls-max", "2")] {
        let further: &[&str] = match further {
            "--tls-max" => &["--tls-max", "1.2"],
            _ => &[further],
        };
        let told = curl(&room, &server, further);
        assert!(told.contains("rahasia.sekali@contoh.go.id"), "{told}");
        assert!(told.ends_with(&format!("\n{version}")), "{told}");
        assert!(
            told.to_lowercase()
                .contains("\nstrict-transport-security: max-age=31536000\r\n"),
            "{told}"
        );
    }
    let old = curl(
        &room,
        &server,
        &["--tls-max", "1.1", "--ciphers", "ALL@SECLEVEL=0"],
    );
    assert!(!old.contains("HTTP/"), "{old}");
    // Whoever does not speak TLS learns nothing.
    let mut plain = TcpStream::connect(server.address).unwrap();
    plain
        .write_all(b"GET /api/v1/info HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!text(&answer).contains("HTTP"), "{}", text(&answer));
}

#[test]
fn a_new_certificate_is_taken_over_and_a_bad_one_is_not() {
    let room = room();
    let server = room.serve(&TLS);
    assert!(subject(&server).contains("Satu"));
    certify(&room, "Dua");
    server.signal("HUP");
    let start = Instant::now();
    while !subject(&server).contains("Dua") {
        assert!(start.elapsed() < Duration::from_secs(5), "still the old");
        thread::sleep(Duration::from_millis(50));
    }
    assert!(curl(&room, &server, &[]).contains("rahasia.sekali@contoh.go.id"));
    room.write("sertifikat.pem", "bukan sertifikat");
    server.signal("HUP");
    thread::sleep(Duration::from_millis(500));
    assert!(subject(&server).contains("Dua"), "the old one goes on");
    let (ended, log) = server.stop();
    assert!(ended);
    assert!(
        log.contains("the TLS certificate was read again")
            && log.contains("the new TLS certificate cannot be used"),
        "{log}"
    );
}

#[test]
fn a_handshake_that_does_not_come_is_not_waited_for() {
    let room = room();
    room.write("cepat.toml", "[koneksi]\nkepala_detik = 2\n");
    let server = room.serve(&[&TLS[..], &["--config", "cepat.toml"]].concat());
    let start = Instant::now();
    for bytes in ["", "\u{16}\u{3}\u{1}"] {
        let mut silent = TcpStream::connect(server.address).unwrap();
        silent.write_all(bytes.as_bytes()).unwrap();
        let timeout = Some(Duration::from_secs(10));
        silent.set_read_timeout(timeout).unwrap();
        let _ = silent.read_to_end(&mut Vec::new());
    }
    let took = start.elapsed();
    assert!(
        took >= Duration::from_secs(4) && took < Duration::from_secs(8),
        "{took:?}"
    );
}

#[test]
fn files_that_cannot_be_used_are_told() {
    let room = room();
    let mut all = String::new();
    let mut refused = |arguments: &[&str]| {
        let serve = [
            "serve",
            "--profile",
            "contoh/instansi.toml",
            "--data",
            "data.sqlite",
            "--key",
            "kunci",
            "--listen",
            "127.0.0.1:0",
        ];
        let output = room.run(&[&serve, arguments].concat());
        all.push_str(&told(&output));
        all.push('\n');
    };
    refused(&["--tls-cert", "tidak-ada.pem", "--tls-key", "tls.pem"]);
    refused(&["--tls-cert", "tls.pem", "--tls-key", "tls.pem"]);
    refused(&[
        "--tls-cert",
        "sertifikat.pem",
        "--tls-key",
        "sertifikat.pem",
    ]);
    room.write("lain.toml", "[tls]\nkunci = \"tls.pem\"\n");
    refused(&["--config", "lain.toml"]);
    std::fs::rename(room.path("tls.pem"), room.path("pertama.pem")).unwrap();
    std::fs::rename(room.path("sertifikat.pem"), room.path("kedua.pem")).unwrap();
    certify(&room, "Dua");
    refused(&["--tls-cert", "kedua.pem", "--tls-key", "tls.pem"]);
    let opened = Command::new("chmod")
        .arg("644")
        .arg(room.path("tls.pem"))
        .status();
    assert!(opened.unwrap().success());
    refused(&TLS);
    insta::assert_snapshot!(all);
}
