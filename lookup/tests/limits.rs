//! Harvesting a roster over real HTTP: whoever tries all numbers learns no more than an allowance.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use common::{HEADINGS, Room, Server, text};

const JSON: &str = "content-type: application/json\r\n";

/// A room with a roster of 5,000 people, who have every twentieth number up to 100,000.
fn agency() -> Room {
    let room = Room::new();
    let mut roster = HEADINGS.join(",");
    for number in (0..100_000).step_by(20) {
        let name = letters(number);
        roster.push_str(&format!(
            "\nDinas,{number:06},{name} Warga,warga{number}@contoh.go.id,Email Baru,TTE Terbit,"
        ));
    }
    room.write("roster.csv", roster);
    let output = room.import_from("roster.csv", &[]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

/// A name of its own for each number: names have no digits.
fn letters(number: u32) -> String {
    let digits = format!("{number:05}");
    let letters = digits.bytes().map(|digit| char::from(digit - b'0' + b'A'));
    format!("Na{}", letters.collect::<String>().to_lowercase())
}

/// What came of many questions.
#[derive(Default, Debug)]
struct Harvest {
    asked: u32,
    answered: u32,
    found: u32,
    limited: u32,
}

/// Asks all of `bodies` over one connection, as fast as it goes.
fn ask_all(
    address: SocketAddr,
    route: &str,
    bodies: impl Iterator<Item = (String, String)>,
) -> Harvest {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let mut reader = BufReader::new(stream);
    let mut harvest = Harvest::default();
    let bodies: Vec<(String, String)> = bodies.collect();
    for some in bodies.chunks(100) {
        let requests: String = some
            .iter()
            .map(|(headers, body)| {
                let length = body.len();
                format!(
                    "POST /api/v1/{route} HTTP/1.1\r\nhost: contoh\r\n{JSON}{headers}content-length: {length}\r\n\r\n{body}"
                )
            })
            .collect();
        writer.write_all(requests.as_bytes()).unwrap();
        for _ in some {
            let (status, body) = read(&mut reader);
            harvest.asked += 1;
            match status {
                200 => harvest.answered += 1,
                429 => harvest.limited += 1,
                other => panic!("{other} {body}"),
            }
            harvest.found += u32::from(body.contains('@'));
        }
    }
    harvest
}

fn read(reader: &mut impl BufRead) -> (u16, String) {
    let (mut status, mut length) = (0, 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(rest) = line.strip_prefix("http/1.1 ") {
            status = rest[..3].parse().unwrap();
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (status, text(&body))
}

/// Asks for every number up to `end`, from `clients` in turn.
fn harvest(server: &Server, clients: &[String], end: u32) -> (Harvest, u64) {
    let start = Instant::now();
    let numbers = (0..end).zip(clients.iter().cycle());
    let bodies = numbers.map(|(number, client)| {
        let headers = format!("x-forwarded-for: {client}\r\n");
        (headers, format!(r#"{{"nrk":"{number:06}"}}"#))
    });
    let harvest = ask_all(server.address, "email", bodies);
    (harvest, start.elapsed().as_secs())
}

#[test]
fn a_harvest_yields_its_allowance_and_no_more() {
    harvest_up_to(10_000);
}

#[test]
#[ignore = "ten times as many, in half a minute: cargo test --release -p lookup --test limits -- --ignored --nocapture"]
fn a_harvest_of_a_hundred_thousand_numbers() {
    harvest_up_to(100_000);
}

/// One client that tries so many numbers at full speed, and fifty IPv6 networks that share them.
fn harvest_up_to(end: u32) {
    let room = agency();
    let few = vec!["2001:db8::1".to_owned()];
    let many: Vec<String> = (0..50)
        .map(|net| format!("2001:db8:1:{net:x}::1"))
        .collect();
    for clients in [few, many] {
        let server = room.serve(&["--trusted-proxy", "127.0.0.1"]);
        let (harvest, seconds) = harvest(&server, &clients, end);
        let number = u64::try_from(clients.len()).unwrap();
        println!("{number} clients, {seconds} s: {harvest:?}");
        let allowance = number * (60 + (seconds + 1).div_ceil(3));
        assert_eq!(harvest.asked, end);
        assert!(u64::from(harvest.answered) <= allowance, "{harvest:?}");
        assert!(harvest.answered >= 60, "{harvest:?}");
        assert!(harvest.found <= harvest.answered, "{harvest:?}");
        assert_eq!(harvest.answered + harvest.limited, end);
    }
}

/// A thousand addresses that ask for one person are answered twenty times, whether the person is known or not,
/// and refused in the same words.
#[test]
fn a_person_is_asked_for_so_often_and_no_more() {
    let server = agency().serve(&["--trusted-proxy", "127.0.0.1"]);
    let refusals = [r#"{"nrk":"000020"}"#, r#"{"nrk":"000021"}"#].map(|question| {
        let bodies = (0..1000).map(|client| {
            let headers = format!(
                "x-forwarded-for: 10.0.{}.{}\r\n",
                client / 250,
                client % 250
            );
            (headers, question.to_owned())
        });
        let harvest = ask_all(server.address, "email", bodies);
        assert_eq!(harvest.answered, 20, "{harvest:?}");
        let headers = format!("{JSON}x-forwarded-for: 10.9.9.9\r\n");
        server.send("POST", "/api/v1/email", &headers, question)
    });
    let [known, unknown] = &refusals;
    assert_eq!((known.status, unknown.status), (429, 429));
    // The seconds to wait run down between the two; nothing else differs.
    let without_seconds = |response: &common::Response| {
        let wait = response.header("retry-after").unwrap().to_owned();
        let all = format!(
            "{}\n{}",
            response.headers_without_date(),
            text(&response.body)
        );
        assert_eq!(response.body.len(), 1024);
        all.replace(&wait, "N").trim_end().to_owned()
    };
    assert_eq!(without_seconds(known), without_seconds(unknown));
}

/// Names are matched whole: neither a part of one nor a sign that stands for anything finds anybody.
#[test]
fn names_cannot_be_listed() {
    let server = agency().serve(&["--trusted-proxy", "127.0.0.1"]);
    let ask = |client: u32, name: &str| {
        let headers = format!("{JSON}x-forwarded-for: 10.1.1.{client}\r\n");
        let body = serde_json::json!({ "nama": name }).to_string();
        server.send("POST", "/api/v1/email", &headers, &body)
    };
    let whole = format!("{} Warga", letters(40));
    assert!(ask(1, &whole).told().contains('@'));
    let first = letters(40);
    let parts = [
        "Warga",
        "N",
        "Na*",
        "%",
        "*",
        "_",
        "Na% Warga",
        "? Warga",
        "Naaaa",
        "*Warga",
        "' OR 1=1",
        "a\u{0}",
    ];
    for part in parts.into_iter().chain([first.as_str()]) {
        let answer = ask(2, part);
        assert!(!answer.told().contains('@'), "{part}");
        assert!([200, 422].contains(&answer.status), "{part}");
    }
    let names = (0..2000).map(|number| {
        let body = format!(r#"{{"nama":"{} Warga"}}"#, letters(number * 20));
        ("x-forwarded-for: 10.1.1.3\r\n".to_owned(), body)
    });
    let harvest = ask_all(server.address, "email", names);
    println!("by name: {harvest:?}");
    assert!((20..=22).contains(&harvest.answered), "{harvest:?}");
    // Numbers are counted apart: whoever may ask no more names may ask by number.
    for at in 0..30 {
        let status = ask(4, &format!("{} Warga", letters(at * 20))).status;
        assert_eq!(status, if at < 20 { 200 } else { 429 }, "{at}");
    }
    let headers = format!("{JSON}x-forwarded-for: 10.1.1.4\r\n");
    let number = server.send("POST", "/api/v1/email", &headers, r#"{"nrk":"000040"}"#);
    assert_eq!(number.status, 200);
}

/// Where the day's answers are too many, an alarm is written once, and only names are closed.
#[test]
fn the_days_alarm_rings_once_and_closes_names() {
    let room = agency();
    room.write(
        "lookup.toml",
        "[batas.harian]\nalarm = 5\ntutup_nama = 10\n",
    );
    let server = room.serve(&["--config", "lookup.toml"]);
    let by_name = format!(r#"{{"nama":"{} Warga"}}"#, letters(40));
    assert!(server.ask("email", &by_name).told().contains('@'));
    for number in 0..9 {
        let question = format!(r#"{{"nrk":"{number:06}"}}"#);
        assert_eq!(server.ask("email", &question).status, 200);
    }
    for name in [by_name.as_str(), r#"{"nama":"Tiada Siapa"}"#] {
        let refused = server.ask("email", name).told();
        assert!(
            refused.starts_with(r#"422 {"code":"not_offered""#),
            "{refused}"
        );
    }
    let info = server.get("/api/v1/info").told();
    assert!(
        info.contains(r#""email_by":["nip","nrk"]"#) || info.contains(r#""email_by":["nrk"]"#),
        "{info}"
    );
    assert!(
        server
            .ask("email", r#"{"nrk":"000040"}"#)
            .told()
            .contains('@')
    );
    let (_, log) = server.stop();
    let alarms: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("alarm: "))
        .collect();
    assert_eq!(alarms.len(), 2, "{log}");
    assert!(
        alarms[0].ends_with("answered=5") && alarms[1].ends_with("answered=10"),
        "{log}"
    );
}
