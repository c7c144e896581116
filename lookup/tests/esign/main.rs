//! TTE status from a real Esign Client Service over real sockets: what it is asked, how often, what people get
//! of every fault it can have, how long they wait, and that nothing is told to anybody else.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
mod service;

use std::fmt::Write;
use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, send_raw, text, told};
use insta::assert_snapshot;
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use service::{Does, Service};

/// People in the roster, numbered from zero; all of them with "TTE Terbit".
const PEOPLE: usize = 60;
const PASSWORD: &str = "sandi-sangat-rahasia";
/// `printf pandu-uji:sandi-sangat-rahasia | base64`
const BASIC: &str = "Basic cGFuZHUtdWppOnNhbmRpLXNhbmdhdC1yYWhhc2lh";

/// What nobody may read in logs, metrics and errors.
const SECRETS: [&str; 10] = [
    "0171016802",
    "orang",
    "contoh.go.id",
    PASSWORD,
    "rahasia",
    "pandu-uji",
    "cGFuZHU",
    "127.0.0.1",
    "BARU_DARI_BSRE",
    "/api/v2",
];

fn nik(person: usize) -> String {
    format!("01710168029{person:05}")
}

fn email(person: usize) -> String {
    format!("orang{person:05}@contoh.go.id")
}

fn by_nik(person: usize) -> String {
    format!(r#"{{"nik":"{}"}}"#, nik(person))
}

fn room(further: &[&str]) -> Room {
    let room = Room::new();
    let mut roster = HEADINGS.join(",");
    let mut identity = "NRK,NIP,NIK".to_owned();
    for person in 0..PEOPLE {
        let address = email(person);
        write!(
            roster,
            "\nDinas,{person:06},Orang Rahasia,{address},Email Baru,TTE Terbit,"
        )
        .unwrap();
        write!(
            identity,
            "\n{person:06},19900228202321{:04},{}",
            1000 + person,
            nik(person)
        )
        .unwrap();
    }
    room.write("roster.csv", roster);
    room.write("identitas.csv", identity);
    room.write("sandi", format!("{PASSWORD}\n"));
    fs::set_permissions(room.path("sandi"), Permissions::from_mode(0o600)).unwrap();
    let mut arguments = vec!["--identitas", "identitas.csv"];
    arguments.extend(further);
    let output = room.import_from("roster.csv", &arguments);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

/// A look-up that asks a service, and its metrics.
struct Lookup {
    server: Server,
    metrics: SocketAddr,
}

impl Lookup {
    fn start(room: &Room, url: &str, further: &str) -> Self {
        let unlimited = fs::read_to_string(room.path("bebas.toml")).unwrap();
        let config = format!(
            "{unlimited}\n[esign]\nalamat = \"{url}\"\npengguna = \"pandu-uji\"\nsandi_berkas = \"sandi\"\n{further}"
        );
        room.write("lookup.toml", config);
        // Where no client of this machine takes the port before the server does.
        let free = TcpListener::bind("127.0.0.2:0").unwrap();
        let metrics = free.local_addr().unwrap();
        drop(free);
        let server = room.serve(&["--config", "lookup.toml", "--metrics", &metrics.to_string()]);
        Self { server, metrics }
    }

    fn of(room: &Room, service: &Service, further: &str) -> Self {
        Self::start(room, &format!("http://{}", service.address), further)
    }

    fn ask(&self, json: &str) -> Told {
        let start = Instant::now();
        let answer = self.server.ask("tte", json);
        let took = start.elapsed();
        assert_eq!((answer.status, answer.body.len()), (200, 1024));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let body = text(&answer.body).trim_end().to_owned();
        let value: serde_json::Value = serde_json::from_str(&body).unwrap();
        let field = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Told {
            status: field(&value["status"]),
            date: field(&value["date"]),
            time: field(&value["time"]),
            body,
            took,
        }
    }

    /// Asks about people at once.
    fn ask_all(&self, people: impl IntoIterator<Item = usize>) -> Vec<Told> {
        thread::scope(|scope| {
            let asking: Vec<_> = people
                .into_iter()
                .map(|person| scope.spawn(move || self.ask(&by_nik(person))))
                .collect();
            asking
                .into_iter()
                .map(|asking| asking.join().unwrap())
                .collect()
        })
    }

    fn metrics(&self) -> String {
        let answer = send_raw(
            self.metrics,
            "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        );
        text(&answer.body)
    }

    /// A metric's value; zero where it was never counted.
    fn count(&self, metric: &str) -> u64 {
        let metrics = self.metrics();
        let value = metrics
            .lines()
            .find_map(|line| line.strip_prefix(metric)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().unwrap())
    }

    /// Ends it. Neither its log nor its metrics hold what nobody may read. Gives the warnings of its log and
    /// what it says of the service.
    fn ended(self) -> String {
        let metrics = self.metrics();
        let (ended, log) = self.server.stop();
        assert!(ended, "{log}");
        let mut said = String::new();
        for line in log.lines() {
            let (_, line) = line.split_once("Z ").unwrap();
            silent(line);
            if !line.contains(" request ") && line.contains("esign") || !line.contains("INFO") {
                said += line.trim();
                said.push('\n');
            }
        }
        for line in metrics.lines() {
            silent(line);
        }
        said
    }
}

fn silent(line: &str) {
    for secret in SECRETS {
        assert!(
            !line.to_lowercase().contains(&secret.to_lowercase()),
            "{secret}: {line}"
        );
    }
}

/// What a person is told.
#[derive(Clone, Debug)]
struct Told {
    status: Option<String>,
    date: Option<String>,
    time: Option<String>,
    body: String,
    took: Duration,
}

impl Told {
    /// `live REVOKE`, `snapshot ISSUE` or `unknown`.
    fn kind(&self) -> String {
        match (&self.status, &self.date, &self.time) {
            (Some(status), Some(date), Some(time)) => {
                assert!(date.len() == 10 && date.as_str() > "2026", "{date}");
                assert!(time.len() == 9 && time.ends_with(" WIB"), "{time}");
                format!("live {status}")
            }
            (Some(status), Some(date), None) => {
                assert_eq!(date, "2025-10-22");
                format!("snapshot {status}")
            }
            (None, None, None) => {
                assert_eq!(self.body, r#"{"status":null}"#);
                "unknown".to_owned()
            }
            _ => panic!("{}", self.body),
        }
    }
}

#[test]
fn asks_as_the_interface_wants_and_only_about_people_of_the_roster() {
    let room = room(&[]);
    let service = Service::start(|_, _| Does::status("SUSPEND"));
    let url = format!("http://{}/gerbang/", service.address);
    let lookup = Lookup::start(&room, &url, "waktu_jawab_detik = 1");
    assert_eq!(lookup.ask(&by_nik(7)).kind(), "live SUSPEND");
    let by_email = r#"{"email":" Orang00008@Contoh.go.id"}"#;
    assert_eq!(lookup.ask(by_email).kind(), "live SUSPEND");
    let asked = service.asked();
    assert_eq!(asked.len(), 2);
    for asked in &asked {
        assert_eq!(
            asked.line,
            "POST /gerbang/api/v2/user/check/status HTTP/1.1"
        );
        assert_eq!(asked.header("authorization"), Some(BASIC));
        assert_eq!(asked.header("content-type"), Some("application/json"));
        let host = service.address.to_string();
        assert_eq!(asked.header("host"), Some(host.as_str()));
        assert!(!asked.headers.contains("0171") && !asked.headers.contains("orang"));
    }
    assert_eq!(asked[0].body, r#"{"nik":"0171016802900007"}"#);
    assert_eq!(asked[1].body, r#"{"email":"orang00008@contoh.go.id"}"#);
    // Nobody else is asked about: not those whom the roster does not know, nor what is no identifier.
    assert_eq!(
        lookup.ask(r#"{"nik":"0171016802999999"}"#).kind(),
        "unknown"
    );
    assert_eq!(
        lookup.ask(r#"{"email":"siapa@contoh.go.id"}"#).kind(),
        "unknown"
    );
    assert_eq!(lookup.server.ask("tte", r#"{"nik":"017"}"#).status, 422);
    assert_eq!(lookup.server.ask("tte", r#"{"nip":"1"}"#).status, 400);
    assert_eq!(
        lookup.server.ask("email", r#"{"nrk":"000009"}"#).status,
        200
    );
    assert_eq!(service.asked().len(), 2);
    assert_eq!(lookup.ended(), "");
}

/// Invented people are not asked about, and a limit that refuses asks nobody.
#[test]
fn asks_nothing_for_practice_and_beyond_limits() {
    let service = Service::start(|_, _| Does::status("REVOKE"));
    let practice = room(&["--practice"]);
    let lookup = Lookup::of(&practice, &service, "waktu_jawab_detik = 1");
    assert_eq!(lookup.ask(&by_nik(1)).body, r#"{"status":"ISSUE"}"#);
    assert!(service.asked().is_empty());
    let room = room(&[]);
    room.write("bebas.toml", "[batas.orang]\nsekaligus = 2");
    let lookup = Lookup::of(&room, &service, "waktu_jawab_detik = 1\nsimpan_detik = 0");
    for _ in 0..2 {
        assert_eq!(lookup.ask(&by_nik(1)).kind(), "live REVOKE");
    }
    assert_eq!(lookup.server.ask("tte", &by_nik(1)).status, 429);
    assert_eq!(service.asked().len(), 2);
}

#[test]
fn every_status_in_every_place() {
    const STATUSES: [&str; 9] = [
        "ISSUE",
        "EXPIRED",
        "RENEW",
        "WAITING_FOR_VERIFICATION",
        "NEW",
        "NO_CERTIFICATE",
        "NOT_REGISTERED",
        "SUSPEND",
        "REVOKE",
    ];
    const STRANGE: [&str; 5] = ["INVALID", "VALID", "issue", "BARU_DARI_BSRE", ""];
    let reply = |person: usize| {
        let word = STATUSES
            .get(person / 4)
            .or_else(|| STRANGE.get(person / 4 - 9))?;
        Some(match person % 4 {
            0 => format!(r#"{{"status_code":"1111","message":"x","status":"{word}"}}"#),
            1 => format!(r#"{{"status_code":1111,"status":"{word}"}}"#),
            2 => format!(r#"{{"status_code":1111,"userStatus":"{word}"}}"#),
            _ => format!(r#"{{"status_code":"1111","data":{{"status":"{word}"}}}}"#),
        })
    };
    let service = Service::start(move |asked, _| Does::json(200, &reply(asked.person()).unwrap()));
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "sambungan = 64");
    let people = 4 * (STATUSES.len() + STRANGE.len());
    for (person, told) in lookup.ask_all(0..people).iter().enumerate() {
        let expected = STATUSES.get(person / 4).unwrap_or(&"UNRECOGNISED");
        assert_eq!(told.kind(), format!("live {expected}"), "{person}");
    }
    assert_eq!(
        lookup.count(r#"lookup_esign_calls_total{outcome="known"}"#),
        36
    );
    assert_eq!(
        lookup.count(r#"lookup_esign_calls_total{outcome="unrecognised"}"#),
        20
    );
    assert_eq!(
        lookup.count(r#"lookup_esign_answers_total{source="live"}"#),
        56
    );
    assert_eq!(lookup.count("lookup_esign_kept"), 56);
    assert_eq!(lookup.count("lookup_esign_open"), 0);
    assert_snapshot!(lookup.ended(), @r#"WARN esign gives a status that is none of the nine; people are sent to the service desk. Ask BSrE whether there are new ones"#);
}

/// What a person gets of each fault, and how often the service is asked.
#[test]
fn every_fault() {
    let ok = || Does::status("REVOKE");
    let http = |status| Does::json(status, r#"{"error":"rahasia 0171016802900007"}"#);
    let half = || Does::Says(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"status\":".to_vec());
    let says = |text: &str| Does::Says(text.as_bytes().to_vec());
    let whole = |head: &str, body: &str| {
        let length = body.len();
        says(&format!(
            "HTTP/1.1 200 OK\r\n{head}content-length: {length}\r\n\r\n{body}"
        ))
    };
    let issue = r#"{"status":"REVOKE"}"#;
    // Name, what it does first, what after that, what is told, how often it is asked.
    let faults: Vec<(&str, Does, Does, &str, usize)> = vec![
        ("slow", ok().after(1500), http(500), "live REVOKE", 1),
        ("too slow", ok().after(4000), ok(), "snapshot ISSUE", 1),
        ("hangs", Does::Hangs, ok(), "snapshot ISSUE", 1),
        ("breaks off once", Does::Resets, ok(), "live REVOKE", 2),
        (
            "breaks off",
            Does::Resets,
            Does::Resets,
            "snapshot ISSUE",
            3,
        ),
        ("half a body once", half(), ok(), "live REVOKE", 2),
        ("half a body", half(), half(), "snapshot ISSUE", 3),
        (
            "half a head",
            says("HTTP/1.1 200"),
            says("HTTP/1.1 200"),
            "snapshot ISSUE",
            3,
        ),
        (
            "no HTTP",
            says("SSH-2.0-OpenSSH_9.9\r\n"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "no JSON",
            whole("content-type: application/json\r\n", "REVOKE"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "a page",
            whole("content-type: text/html\r\n", "<h1>REVOKE</h1>"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "JSON said to be a page",
            whole("content-type: text/html\r\n", issue),
            http(500),
            "live REVOKE",
            1,
        ),
        (
            "JSON without a type",
            whole("", issue),
            http(500),
            "live REVOKE",
            1,
        ),
        (
            "compressed",
            whole("content-encoding: gzip\r\n", "\u{1f}\u{8b}"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        ("empty", Does::json(200, ""), ok(), "snapshot ISSUE", 1),
        (
            "204",
            says("HTTP/1.1 204 No Content\r\n\r\n"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "no status",
            Does::json(200, r#"{"status_code":"1111"}"#),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "a number",
            Does::json(200, r#"{"status":1}"#),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "too large",
            Does::json(
                200,
                &format!(r#"{{"x":"{}","status":"REVOKE"}}"#, "x".repeat(17_000)),
            ),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "endless body",
            Does::Drips(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "1\r\n \r\n",
            ),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "endless head",
            Does::Drips("HTTP/1.1 200 OK\r\n", "x: y\r\n"),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "large head",
            says(&format!(
                "HTTP/1.1 200 OK\r\nx: {}\r\n\r\n",
                "x".repeat(20_000)
            )),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "deep",
            Does::json(200, &"[".repeat(10_000)),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "redirect",
            Does::Answers(
                302,
                "location: /api/v1/user/status/0171016802900007\r\n",
                issue.to_owned(),
            ),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "redirect of a POST",
            Does::Answers(307, "location: https://contoh.go.id/\r\n", issue.to_owned()),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        ("400", http(400), ok(), "snapshot ISSUE", 1),
        ("403", http(403), ok(), "snapshot ISSUE", 1),
        (
            "404",
            Does::Answers(404, "", "<h1>Not Found</h1>".to_owned()),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "404, refused",
            Does::json(404, r#"{"error":"x","status_code":2012}"#),
            ok(),
            "snapshot ISSUE",
            1,
        ),
        (
            "not registered",
            Does::json(404, r#"{"error":"x","status_code":2011}"#),
            ok(),
            "live NOT_REGISTERED",
            1,
        ),
        (
            "not registered, as text",
            Does::json(400, r#"{"error":"x","status_code":"2011"}"#),
            ok(),
            "live NOT_REGISTERED",
            1,
        ),
        ("429 once", http(429), ok(), "live REVOKE", 2),
        ("429", http(429), http(429), "snapshot ISSUE", 3),
        (
            "429, for no time",
            Does::Answers(429, "retry-after: 0\r\n", String::new()),
            ok(),
            "live REVOKE",
            2,
        ),
        ("500", http(500), ok(), "snapshot ISSUE", 1),
        ("502", http(502), ok(), "snapshot ISSUE", 1),
        ("503 once", http(503), ok(), "live REVOKE", 2),
        ("503", http(503), http(503), "snapshot ISSUE", 3),
        ("504 once", http(504), ok(), "live REVOKE", 2),
        ("504", http(504), http(504), "snapshot ISSUE", 3),
    ];
    let script: Vec<(Does, Does)> = faults
        .iter()
        .map(|(_, first, then, ..)| (first.clone(), then.clone()))
        .collect();
    let service = Service::start(move |asked, earlier| {
        let (first, then) = &script[asked.person()];
        if earlier == 0 { first } else { then }.clone()
    });
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "sambungan = 64\ngagal_beruntun = 100");
    let told = lookup.ask_all(0..faults.len());
    for (person, ((name, .., expected, times), told)) in faults.iter().zip(&told).enumerate() {
        assert_eq!(&told.kind(), expected, "{name}");
        assert_eq!(service.asked_about(person), *times, "{name}");
        assert!(!told.body.contains("rahasia"), "{name}");
    }
    assert!(
        service
            .asked()
            .iter()
            .all(|asked| asked.line.starts_with("POST /api/v2/"))
    );
    assert_eq!(lookup.ended(), "", "single failures are no news");
}

/// Failures are not kept; answers are, for a while, and each for whom it is about.
#[test]
fn answers_are_kept_for_a_while() {
    let service = Service::start(|asked, earlier| match (asked.person(), earlier) {
        (1, 0) => Does::json(500, "{}"),
        (_, 0 | 1) => Does::status("NEW"),
        _ => Does::status("ISSUE"),
    });
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "waktu_jawab_detik = 1\nsimpan_detik = 3");
    let first = lookup.ask(&by_nik(0));
    let again = lookup.ask(&by_nik(0));
    assert_eq!(first.kind(), "live NEW");
    assert_eq!((first.body, service.asked().len()), (again.body, 1));
    assert_eq!(lookup.ask(&by_nik(1)).kind(), "snapshot ISSUE");
    assert_eq!(lookup.ask(&by_nik(1)).kind(), "live NEW");
    assert_eq!((service.asked_about(0), service.asked_about(1)), (1, 2));
    assert_eq!(lookup.ask(&by_nik(0)).kind(), "live NEW");
    assert_eq!(service.asked_about(0), 2, "it is too old by now");
    assert_eq!(
        lookup.count(r#"lookup_esign_answers_total{source="cache"}"#),
        1
    );
    assert_eq!(lookup.ended(), "");
}

/// Who does not wait for the answer breaks nothing off: it is there for the next.
#[test]
fn hanging_up_breaks_nothing_off() {
    let service = Service::start(|_, _| Does::status("NEW").after(300));
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "waktu_jawab_detik = 1");
    let body = by_nik(3);
    let mut stream = TcpStream::connect(lookup.server.address).unwrap();
    let request = format!(
        "POST /api/v1/tte HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    thread::sleep(Duration::from_millis(150));
    drop(stream);
    thread::sleep(Duration::from_millis(500));
    assert_eq!(lookup.ask(&body).kind(), "live NEW");
    assert_eq!(service.asked().len(), 1);
}

#[test]
fn no_more_than_so_many_at_once() {
    let service = Service::start(|_, _| Does::status("NEW").after(250));
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "sambungan = 2");
    let told = lookup.ask_all(0..30);
    assert_eq!(service.most_at_once(), 2);
    let live = told.iter().filter(|told| told.kind() == "live NEW").count();
    // Two at a time, each 250 ms, as long as at least a third of three seconds is left: sixteen. The others
    // are told what the snapshot says, and waiting for others is no failure of the service.
    assert!((8..=16).contains(&live), "{live}");
    assert_eq!(service.asked().len(), live);
    let late = ["busy", "late"]
        .map(|reason| format!("lookup_esign_left_out_total{{reason=\"{reason}\"}}"))
        .map(|metric| lookup.count(&metric));
    assert_eq!(late.iter().sum::<u64>(), u64::try_from(30 - live).unwrap());
    assert_eq!(lookup.count("lookup_esign_open"), 0);
    assert_eq!(lookup.ended(), "");
}

#[test]
fn a_service_that_fails_is_left_alone_and_tried_again() {
    let service = Service::start(|_, _| Does::json(500, "{}"));
    let room = room(&[]);
    let lookup = Lookup::of(
        &room,
        &service,
        "waktu_jawab_detik = 1\nsambungan = 1\ngagal_beruntun = 3\njeda_gagal_detik = 2",
    );
    let all = |told: Vec<Told>, kind: &str| told.iter().all(|told| told.kind() == kind);
    assert!(all(lookup.ask_all(0..8), "snapshot ISSUE"));
    assert_eq!(service.asked().len(), 3);
    assert_eq!(lookup.count("lookup_esign_open"), 1);
    assert_eq!(
        lookup.count(r#"lookup_esign_left_out_total{reason="paused"}"#),
        5
    );
    thread::sleep(Duration::from_millis(1500));
    // The pause is over: one asks, and it still fails.
    assert!(all(lookup.ask_all(0..8), "snapshot ISSUE"));
    assert_eq!(service.asked().len(), 4);
    service.now_does(|_, _| Does::status("REVOKE"));
    assert!(all(lookup.ask_all(0..2), "snapshot ISSUE"));
    assert_eq!(service.asked().len(), 4);
    thread::sleep(Duration::from_millis(1500));
    assert!(all(lookup.ask_all(0..8), "live REVOKE"));
    assert_eq!(lookup.count("lookup_esign_open"), 0);
    assert_snapshot!(lookup.ended(), @r#"
    WARN esign is left alone: it answers with HTTP 500; answers are the snapshot's meanwhile cause="http_status" seconds=2
    INFO esign answers again and is asked again
    "#);
}

/// A password that is refused is not sent again and again, which may lock the account for signing, too.
#[test]
fn a_refused_password_is_sent_once() {
    let service = Service::start(|_, _| Does::json(401, r#"{"error":"rahasia"}"#));
    let room = room(&[]);
    let lookup = Lookup::of(&room, &service, "waktu_jawab_detik = 1\nsambungan = 1");
    for told in lookup.ask_all(0..6) {
        assert_eq!(told.kind(), "snapshot ISSUE");
    }
    assert_eq!(service.asked().len(), 1);
    assert_snapshot!(lookup.ended(), @r#"WARN esign is left alone: it refuses name and password (401); see `esign.pengguna` and `esign.sandi_berkas`; answers are the snapshot's meanwhile cause="unauthorised" seconds=30"#);
}

#[test]
fn it_rests_as_long_as_it_wants() {
    let room = room(&[]);
    let throttled = |headers| Does::Answers(429, headers, String::new());
    let service = Service::start(move |_, earlier| match earlier {
        0 => throttled("retry-after: 1\r\n"),
        _ => Does::status("NEW"),
    });
    let lookup = Lookup::of(&room, &service, "");
    assert_eq!(lookup.ask(&by_nik(0)).kind(), "live NEW");
    let asked = service.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(1));
    // A rest that is longer than the time of an answer: nobody asks meanwhile, however many want to.
    service.now_does(move |_, _| throttled("retry-after: 60\r\n"));
    for told in lookup.ask_all(1..30) {
        assert_eq!(told.kind(), "snapshot ISSUE");
    }
    // At most as many as were under way before the first was told.
    let asked = service.asked().len();
    assert!((3..=10).contains(&asked), "{asked}");
    assert_eq!(lookup.ask(&by_nik(31)).kind(), "snapshot ISSUE");
    assert_eq!(service.asked().len(), asked);
    lookup.ended();
}

/// However many ask, one that says 429 to all is asked no more often than until it is left alone.
#[test]
fn a_storm_is_not_made_worse() {
    let service = Service::start(|_, _| Does::json(429, "{}"));
    let room = room(&[]);
    let lookup = Lookup::of(
        &room,
        &service,
        "waktu_jawab_detik = 1\nsambungan = 4\ngagal_beruntun = 5",
    );
    for told in lookup.ask_all(0..50) {
        assert_eq!(told.kind(), "snapshot ISSUE");
    }
    let asked = service.asked().len();
    assert!((5..=8).contains(&asked), "{asked}");
    assert_snapshot!(lookup.ended(), @r#"WARN esign is left alone: it is asked too much (429); answers are the snapshot's meanwhile cause="throttled" seconds=30"#);
}

/// Found by the service, fast or slow, kept, unknown, the snapshot's: no time tells which.
#[test]
fn no_time_tells_who_is_known() {
    const SAMPLES: usize = 12;
    let service = Service::start(|asked, _| match asked.person() {
        0..12 => Does::status("NEW"),
        12..24 => Does::status("NEW").after(500),
        24..36 => Does::json(503, ""),
        36..48 => Does::Hangs,
        _ => Does::status("NEW"),
    });
    let room = room(&[]);
    let lookup = Lookup::of(
        &room,
        &service,
        "waktu_jawab_detik = 1\nsambungan = 64\ngagal_beruntun = 100",
    );
    assert_eq!(lookup.ask(&by_nik(59)).kind(), "live NEW");
    let dead = TcpListener::bind("127.0.0.3:0").unwrap();
    let nowhere = format!("http://{}", dead.local_addr().unwrap());
    drop(dead);
    let down = Lookup::start(
        &room,
        &nowhere,
        "waktu_jawab_detik = 1\nsambungan = 1\ngagal_beruntun = 1",
    );
    assert_eq!(down.ask(&by_nik(0)).kind(), "snapshot ISSUE");
    let kept = |_| by_nik(59);
    let unknown = |sample: usize| format!(r#"{{"nik":"31710168027{sample:05}"}}"#);
    let from = |first: usize| move |sample: usize| by_nik(first + sample);
    // Name, the look-up, who is asked about, what is told.
    type Who = Box<dyn Fn(usize) -> String + Sync>;
    let kinds: Vec<(&str, &Lookup, Who, &str)> = vec![
        ("fast", &lookup, Box::new(from(0)), "live NEW"),
        ("slow", &lookup, Box::new(from(12)), "live NEW"),
        (
            "tried thrice",
            &lookup,
            Box::new(from(24)),
            "snapshot ISSUE",
        ),
        ("hanging", &lookup, Box::new(from(36)), "snapshot ISSUE"),
        ("kept", &lookup, Box::new(kept), "live NEW"),
        ("unknown", &lookup, Box::new(unknown), "unknown"),
        ("left alone", &down, Box::new(from(0)), "snapshot ISSUE"),
        (
            "unknown while it is left alone",
            &down,
            Box::new(unknown),
            "unknown",
        ),
    ];
    let mut soonest: [Vec<(Duration, &str)>; 2] = Default::default();
    let told: Vec<(&str, &str, Told)> = thread::scope(|scope| {
        let mut asking = Vec::new();
        for sample in 0..SAMPLES {
            for (name, lookup, who, expected) in &kinds {
                let asked = who(sample);
                asking.push(scope.spawn(move || (*name, *expected, lookup.ask(&asked))));
            }
            thread::sleep(Duration::from_millis(15));
        }
        asking
            .into_iter()
            .map(|asking| asking.join().unwrap())
            .collect()
    });
    for (name, of, ..) in &kinds {
        let mut times = Vec::new();
        for (_, expected, told) in told.iter().filter(|(of, ..)| of == name) {
            assert_eq!(&told.kind(), expected, "{name}");
            assert!(
                told.took >= Duration::from_secs(1),
                "{name}: {:?}",
                told.took
            );
            times.push(told.took);
        }
        assert_eq!(times.len(), SAMPLES);
        let first = times.into_iter().min().unwrap();
        soonest[usize::from(std::ptr::eq(*of, &down))].push((first, *name));
    }
    // The soonest of each kind, of one server: a busy machine delays some of them, whoever they are about. The
    // ignored measurement is the fine one.
    for soonest in &mut soonest {
        soonest.sort_unstable();
        let band = soonest[soonest.len() - 1].0 - soonest[0].0;
        assert!(band < Duration::from_millis(40), "{soonest:?}");
    }
}

/// The same with many samples: by rank, the times of those who are asked about and of those whom nobody knows
/// are one population. Run it alone:
/// `cargo test --release -p lookup --test esign -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement of two minutes, for a machine that does nothing else"]
fn times_of_known_and_unknown_are_one_population() {
    const SAMPLES: usize = 10_000;
    const APART: Duration = Duration::from_millis(6);
    let service = Service::start(|asked, earlier| {
        Does::status("NEW").after(u64::try_from((asked.person() + earlier) % 40).unwrap())
    });
    let room = room(&[]);
    let lookup = Lookup::of(
        &room,
        &service,
        "waktu_jawab_detik = 1\nsambungan = 64\nsimpan_detik = 0",
    );
    let mut times: [Vec<Duration>; 2] = thread::scope(|scope| {
        let mut asking = Vec::new();
        let mut order: u64 = 1;
        for sample in 0..2 * SAMPLES {
            // By chance (xorshift), so that neither follows the other more often than itself.
            order ^= order << 13;
            order ^= order >> 7;
            order ^= order << 17;
            let is_known = order & 1024 == 0;
            let asked = if is_known {
                by_nik(sample % PEOPLE)
            } else {
                format!(r#"{{"nik":"31710168027{:05}"}}"#, sample % PEOPLE)
            };
            let lookup = &lookup;
            asking.push(scope.spawn(move || (is_known, lookup.ask(&asked))));
            thread::sleep(APART);
        }
        let mut times = [Vec::new(), Vec::new()];
        for asking in asking {
            let (is_known, told) = asking.join().unwrap();
            let expected = if is_known { "live NEW" } else { "unknown" };
            assert_eq!(told.kind(), expected);
            times[usize::from(is_known)].push(told.took);
        }
        times
    });
    let mut all: Vec<(Duration, bool)> = Vec::new();
    for (is_known, times) in [false, true].into_iter().zip(&mut times) {
        times.sort_unstable();
        all.extend(times.iter().map(|&time| (time, is_known)));
        let at = |share: usize| times[times.len() * share / 100];
        println!(
            "{}: {} samples, p1 {:?}, median {:?}, p99 {:?}",
            if is_known { "known" } else { "unknown" },
            times.len(),
            at(1),
            at(50),
            at(99)
        );
    }
    all.sort_unstable();
    // Mann and Whitney's U, as a normal deviate; nanoseconds have no ties to speak of.
    let ranks: f64 = (1_u32..)
        .zip(&all)
        .filter(|(_, (_, is_known))| *is_known)
        .map(|(rank, _)| f64::from(rank))
        .sum();
    let count = |times: &[Duration]| f64::from(u32::try_from(times.len()).unwrap());
    let (unknown, known) = (count(&times[0]), count(&times[1]));
    let u = ranks - known * (known + 1.0) / 2.0;
    let deviation = (known * unknown * (known + unknown + 1.0) / 12.0).sqrt();
    let z = (u - known * unknown / 2.0) / deviation;
    println!("Mann-Whitney z = {z:.2} (|z| below 3.29 is p above 0.001)");
    assert!(z.abs() < 3.29, "{z}");
}

/// An authority of the test's own, and a server's certificate of it for `name`.
fn authority(room: &Room, name: &str) -> Arc<ServerConfig> {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(room.path(""))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    let new = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2";
    openssl(&format!(
        "{new} -keyout ca.key -out ca.pem -subj /CN=Uji -addext keyUsage=critical,keyCertSign"
    ));
    openssl(&format!(
        "{new} -CA ca.pem -CAkey ca.key -keyout server.key -out server.pem -subj /CN=esign \
         -addext subjectAltName={name} -addext basicConstraints=critical,CA:FALSE"
    ));
    let chain = CertificateDer::pem_file_iter(room.path("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(room.path("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    Arc::new(config)
}

#[test]
fn certificates_are_checked() {
    let room = room(&[]);
    let good = authority(&room, "IP:127.0.0.1");
    let service = Service::with(Some(good), |_, _| Does::status("EXPIRED"));
    let url = format!("https://{}", service.address);
    let fails_once = "waktu_jawab_detik = 1\ngagal_beruntun = 1\n";
    let lookup = Lookup::start(&room, &url, "ca = \"ca.pem\"");
    assert_eq!(lookup.ask(&by_nik(1)).kind(), "live EXPIRED");
    assert_eq!(service.asked()[0].header("authorization"), Some(BASIC));
    assert_eq!(lookup.ended(), "");
    // The system does not know this authority.
    let stranger = Lookup::start(&room, &url, fails_once);
    assert_eq!(stranger.ask(&by_nik(1)).kind(), "snapshot ISSUE");
    let mut said = stranger.ended();
    // The certificate is of another host.
    let other = authority(&room, "DNS:esign.contoh.go.id,IP:127.0.0.2");
    let service_of_other = Service::with(Some(other), |_, _| Does::status("EXPIRED"));
    let url = format!("https://{}", service_of_other.address);
    let lookup = Lookup::start(&room, &url, &format!("{fails_once}ca = \"ca.pem\""));
    assert_eq!(lookup.ask(&by_nik(1)).kind(), "snapshot ISSUE");
    said += &lookup.ended();
    // There is no TLS at all.
    let plain = Service::start(|_, _| Does::status("EXPIRED"));
    let url = format!("https://{}", plain.address);
    let lookup = Lookup::start(&room, &url, fails_once);
    assert_eq!(lookup.ask(&by_nik(1)).kind(), "snapshot ISSUE");
    lookup.ended();
    // The password was sent to none of them.
    assert_eq!(service.asked().len(), 1);
    assert!(service_of_other.asked().is_empty() && plain.asked().is_empty());
    assert_snapshot!(said, @r#"
    WARN esign is left alone: its certificate is not believed; see `esign.ca` and the certificate's names and dates; answers are the snapshot's meanwhile cause="tls" seconds=30
    WARN esign is left alone: its certificate is not believed; see `esign.ca` and the certificate's names and dates; answers are the snapshot's meanwhile cause="tls" seconds=30
    "#);
}

#[test]
fn a_name_that_is_none() {
    let room = room(&[]);
    let lookup = Lookup::start(
        &room,
        "https://esign.invalid",
        "waktu_jawab_detik = 1\ngagal_beruntun = 1",
    );
    let told = lookup.ask(&by_nik(1));
    assert_eq!(told.kind(), "snapshot ISSUE");
    assert!(told.took < Duration::from_secs(3), "{:?}", told.took);
    assert_snapshot!(lookup.ended(), @r#"WARN esign is left alone: it cannot be reached; see `esign.alamat`, name resolution and firewall; answers are the snapshot's meanwhile cause="connect" seconds=30"#);
}

/// What is wrong before anybody asks is told at once, and stops the server.
#[test]
fn servers_that_cannot_start() {
    let room = room(&[]);
    let start = |esign: &str| {
        room.write("salah.toml", format!("[esign]\n{esign}"));
        let output = room.run(&[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--profile",
            "contoh/instansi.toml",
            "--data",
            "data.sqlite",
            "--key",
            "kunci",
            "--config",
            "salah.toml",
        ]);
        told(&output)
    };
    let whole = "alamat = \"https://esign.contoh.go.id\"\npengguna = \"pandu\"\nsandi_berkas = ";
    room.write("terbuka", PASSWORD);
    fs::set_permissions(room.path("terbuka"), Permissions::from_mode(0o644)).unwrap();
    room.write("kosong", "\n");
    fs::set_permissions(room.path("kosong"), Permissions::from_mode(0o600)).unwrap();
    room.write("bukan.pem", "-----BEGIN CERTIFICATE-----\nbukan\n");
    room.write("kosong.pem", "");
    let told = [
        "alamat = \"http://esign.contoh.go.id\"\npengguna = \"pandu\"\nsandi = \"rahasia\""
            .to_owned(),
        format!("{whole}\"tidak-ada\""),
        format!("{whole}\"terbuka\""),
        format!("{whole}\"kosong\""),
        format!("{whole}\"sandi\"\nca = \"tidak-ada.pem\""),
        format!("{whole}\"sandi\"\nca = \"bukan.pem\""),
        format!("{whole}\"sandi\"\nca = \"kosong.pem\""),
    ]
    .map(|esign| start(&esign));
    for told in &told {
        assert!(
            !told.contains(PASSWORD) && !told.contains("rahasia\""),
            "{told}"
        );
    }
    assert_snapshot!(told.join("\n"));
}
