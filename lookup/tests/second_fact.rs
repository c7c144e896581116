//! A second fact that the profile demands: only both together find somebody, and nothing tells which was wrong.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::thread;
use std::time::{Duration, Instant};

use common::{PROFILE, Response, Room, Server, row, text, told};
use insta::assert_snapshot;

const MANY: [&str; 2] = ["--config", "bebas.toml"];

/// A profile that demands these: `email = "nik4", tte = "nrk"`.
fn demands(facts: &str) -> String {
    format!("{PROFILE}butuh_fakta_kedua = {{ {facts} }}\n")
}

/// A room with three people, of whom the last has neither NIP nor NIK nor NRK.
fn agency(facts: &str) -> Room {
    let room = Room::new();
    room.write("contoh/instansi.toml", demands(facts));
    let (mail, tte) = ("Email Baru", "TTE Terbit");
    room.roster(&[
        [
            "Badan",
            "000123",
            "JOKO BERANI",
            "joko@contoh.go.id",
            mail,
            tte,
            "",
        ],
        [
            "Badan",
            "000124",
            "SITI MAKMUR",
            "siti@contoh.go.id",
            mail,
            tte,
            "",
        ],
        ["Biro", "", "TELADAN", "teladan@contoh.go.id", mail, tte, ""],
    ]);
    room.workbook("identitas.xlsx", "Identitas", |sheet| {
        row(sheet, 0, &["NRK", "NIP", "NIK"]);
        row(
            sheet,
            1,
            &["000123", "199002282023211999", "3171012802909999"],
        );
        row(
            sheet,
            2,
            &["000124", "198804172005012998", "3171015704880001"],
        );
    });
    room
}

fn imported(room: &Room) {
    room.imported(&["--identitas", "identitas.xlsx"]);
}

fn codes(server: &Server, route: &str, questions: &[&str]) -> String {
    let told = questions.iter().map(|question| {
        let answer = server.ask(route, question);
        assert_eq!(answer.body.len(), 1024);
        format!("{question}\n{}\n", answer.told())
    });
    told.collect()
}

#[test]
fn only_the_right_pair_is_found_and_every_miss_is_the_same_bytes() {
    let room = agency(r#"email = "nik4", tte = "nrk""#);
    assert_snapshot!(told(&room.import(&["--identitas", "identitas.xlsx"])));
    let server = room.serve(&MANY);
    let found = [
        ("email", r#"{"nrk":"000123","fakta":"9999"}"#, "joko@"),
        (
            "email",
            r#"{"nip":"199002282023211999","fakta":" 99-99 "}"#,
            "joko@",
        ),
        (
            "email",
            r#"{"fakta":"0001","nama":"Siti Makmur"}"#,
            "s•••i@",
        ),
        (
            "tte",
            r#"{"email":"joko@contoh.go.id","fakta":"000123"}"#,
            "ISSUE",
        ),
        (
            "tte",
            r#"{"nik":"3171012802909999","fakta":"000.123"}"#,
            "ISSUE",
        ),
    ];
    for (route, question, answer) in found {
        let told = server.ask(route, question).told();
        assert!(told.starts_with("200 ") && told.contains(answer), "{told}");
    }
    let same = |route: &str, questions: &[&str]| {
        let answers: Vec<Response> = questions.iter().map(|it| server.ask(route, it)).collect();
        for (answer, question) in answers.iter().zip(questions) {
            assert_eq!(answer.status, 200, "{question}");
            assert_eq!(answer.body, answers[0].body, "{question}");
            let (these, first) = (
                answer.headers_without_date(),
                answers[0].headers_without_date(),
            );
            assert_eq!(these, first, "{question}");
        }
        answers[0].told()
    };
    // The second fact is wrong; is another's; the first is unknown; the person has no second fact.
    let none = same(
        "email",
        &[
            r#"{"nrk":"000123","fakta":"9998"}"#,
            r#"{"nrk":"000123","fakta":"0001"}"#,
            r#"{"nrk":"000999","fakta":"9999"}"#,
            r#"{"nip":"198001312005011001","fakta":"9999"}"#,
            r#"{"nama":"Teladan","fakta":"9999"}"#,
            r#"{"nama":"Tiada Siapa","fakta":"9999"}"#,
        ],
    );
    assert_eq!(none, r#"200 {"accounts":[],"more":false}"#);
    let none = same(
        "tte",
        &[
            r#"{"email":"joko@contoh.go.id","fakta":"000124"}"#,
            r#"{"email":"teladan@contoh.go.id","fakta":"000124"}"#,
            r#"{"email":"tiada@contoh.go.id","fakta":"000124"}"#,
            r#"{"nik":"3171012802909998","fakta":"000123"}"#,
        ],
    );
    assert_eq!(none, r#"200 {"status":null}"#);
    let (_, log) = server.stop();
    assert!(!log.contains("9999") && !log.contains("000123"), "{log}");
}

#[test]
fn a_second_fact_that_cannot_be_one_is_refused_before_anybody_is_looked_up() {
    let room = agency(r#"email = "nik4""#);
    imported(&room);
    let server = room.serve(&MANY);
    let email = codes(
        &server,
        "email",
        &[
            r#"{"nrk":"000123"}"#,
            r#"{"nrk":"000999"}"#,
            r#"{"nrk":"000123","fakta":""}"#,
            r#"{"nrk":"000123","fakta":"999"}"#,
            r#"{"nrk":"000123","fakta":"3171012802909999"}"#,
            r#"{"nrk":"000123","fakta":"99a9"}"#,
            r#"{"nrk":"12","fakta":"9999"}"#,
            r#"{"nrk":"000123","fakta":null}"#,
            r#"{"nrk":"000123","fakta":"9999","fakta":"9999"}"#,
            r#"{"nrk":"000123","nip":"199002282023211999","fakta":"9999"}"#,
            r#"{"fakta":"9999"}"#,
        ],
    );
    // Cek TTE demands none: whoever gives one is told so.
    let tte = codes(
        &server,
        "tte",
        &[
            r#"{"nik":"3171012802909999"}"#,
            r#"{"nik":"3171012802909999","fakta":"000123"}"#,
        ],
    );
    let info = server.get("/api/v1/info").told();
    assert_snapshot!(format!("{email}{tte}{info}"));
}

/// A way that tells the second fact already adds nothing, and is not offered.
#[test]
fn a_way_that_holds_the_second_fact_is_not_offered() {
    let room = agency(r#"email = "nip", tte = "nik4""#);
    assert_snapshot!(told(&room.import(&["--identitas", "identitas.xlsx"])));
    let server = room.serve(&MANY);
    let refused = codes(
        &server,
        "email",
        &[r#"{"nip":"199002282023211999","fakta":"199002282023211999"}"#],
    );
    assert!(refused.contains("not_offered"), "{refused}");
    let refused = codes(
        &server,
        "tte",
        &[r#"{"nik":"3171012802909999","fakta":"9999"}"#],
    );
    assert!(refused.contains("not_offered"), "{refused}");
    let info = server.get("/api/v1/info").told();
    assert!(
        info.contains(r#""email_by":["nrk","nama"],"tte_by":["email"]"#),
        "{info}"
    );
}

/// Where no row has the second fact, the look-up is not offered.
#[test]
fn a_roster_without_the_second_fact_offers_nothing() {
    let room = agency(r#"email = "nik4", tte = "nip""#);
    assert_snapshot!(told(&room.import(&[])));
    let server = room.serve(&MANY);
    let refused = codes(&server, "email", &[r#"{"nrk":"000123","fakta":"9999"}"#]);
    assert!(refused.contains("not_offered"), "{refused}");
}

/// The four digits cannot be tried out: whatever they are, it is one person who is asked for.
#[test]
fn tries_of_the_second_fact_are_counted_by_the_first() {
    let room = agency(r#"email = "nik4""#);
    imported(&room);
    let server = room.serve(&["--trusted-proxy", "127.0.0.1"]);
    let ask = |client: u32, nrk: &str, fact: u32| {
        let headers =
            format!("content-type: application/json\r\nx-forwarded-for: 10.0.0.{client}\r\n");
        let body = format!(r#"{{"nrk":"{nrk}","fakta":"{fact:04}"}}"#);
        server.send("POST", "/api/v1/email", &headers, &body)
    };
    for nrk in ["000123", "000999"] {
        let statuses: Vec<u16> = (0..40).map(|at| ask(at, nrk, at).status).collect();
        assert!(
            statuses[..20].iter().all(|&status| status == 200),
            "{statuses:?}"
        );
        assert!(
            statuses[20..].iter().all(|&status| status == 429),
            "{statuses:?}"
        );
        // The right one is refused as well now, and so would be anybody's.
        assert_eq!(ask(99, nrk, 9999).status, 429);
    }
    assert!(ask(100, "000124", 1).told().contains("siti@"));
}

/// A hall that practises on invented people is not held up by what protects real ones.
#[test]
fn practice_is_not_limited_by_person() {
    let room = agency(r#"email = "nik4""#);
    room.imported(&["--identitas", "identitas.xlsx", "--practice"]);
    let server = room.serve(&[]);
    for _ in 0..40 {
        let answer = server.ask("email", r#"{"nrk":"000123","fakta":"9999"}"#);
        assert!(answer.told().contains("joko@"), "{}", answer.told());
    }
}

/// A snapshot made with another second fact than the profile demands: the look-up is off, never without.
#[test]
fn another_second_fact_in_the_profile_takes_the_look_up_away_until_the_next_import() {
    let asked = r#"{"nrk":"000123","fakta":"9999"}"#;
    for (made_with, demanded, question) in [
        ("", r#"email = "nik4""#, asked),
        (r#"email = "nrk""#, r#"email = "nik4""#, asked),
        (r#"email = "nik4""#, "", r#"{"nrk":"000123"}"#),
    ] {
        let room = agency(made_with);
        imported(&room);
        room.write("contoh/instansi.toml", demands(demanded));
        let server = room.serve(&MANY);
        let refused = server.ask("email", question).told();
        assert!(
            refused.starts_with(r#"422 {"code":"not_offered""#),
            "{refused}"
        );
        let info = server.get("/api/v1/info").told();
        assert!(
            info.contains(r#""email_by":[],"tte_by":["email","nik"]"#),
            "{info}"
        );
        let tte = server.ask("tte", r#"{"email":"joko@contoh.go.id"}"#).told();
        assert!(tte.contains("ISSUE"), "{tte}");
        // The import that follows mends it, without a restart.
        imported(&room);
        let start = Instant::now();
        while !server.ask("email", question).told().contains("joko@") {
            assert!(
                start.elapsed() < Duration::from_secs(10),
                "{made_with} {demanded}"
            );
            thread::sleep(Duration::from_millis(50));
        }
        let (_, log) = server.stop();
        let told: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("is not offered"))
            .collect();
        assert_eq!(told.len(), 1, "{log}");
        assert!(
            told[0].contains("WARN") && told[0].contains("the mailbox"),
            "{log}"
        );
    }
}

/// A running server goes on demanding what its profile said at start: it tells that it must be restarted.
#[test]
fn a_snapshot_that_comes_with_another_second_fact_is_told_of() {
    let room = agency("");
    imported(&room);
    let server = room.serve(&MANY);
    assert!(
        server
            .ask("email", r#"{"nrk":"000123"}"#)
            .told()
            .contains("joko@")
    );
    room.write("contoh/instansi.toml", demands(r#"email = "nik4""#));
    imported(&room);
    let start = Instant::now();
    let told = loop {
        let told = server.ask("email", r#"{"nrk":"000123"}"#).told();
        if !told.contains("joko@") {
            break told;
        }
        assert!(start.elapsed() < Duration::from_secs(10));
        thread::sleep(Duration::from_millis(50));
    };
    assert!(told.starts_with(r#"422 {"code":"not_offered""#), "{told}");
    let (_, log) = server.stop();
    assert!(log.contains("restart if the profile was changed"), "{log}");
}

#[test]
fn mistakes_in_the_profile() {
    let told: Vec<String> = [
        demands(r#"email = "nik""#),
        demands(r#"emial = "nik4""#),
        format!("{PROFILE}butuh_fakta_kedua = \"nik4\"\n"),
        format!("{PROFILE}butuh_fakta = {{ email = \"nik4\" }}\n"),
    ]
    .iter()
    .map(|profile| {
        let room = agency("");
        room.write("contoh/instansi.toml", profile);
        let output = room.import(&[]);
        assert!(!output.status.success());
        text(&output.stderr)
    })
    .collect();
    assert_snapshot!(told.join("\n"));
}
