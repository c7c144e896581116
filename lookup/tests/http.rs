//! The look-up over real HTTP: what it answers, what it refuses, and that neither tells more than it says.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fs;

use common::{PROFILE, Room, closed, files, text};
use insta::assert_snapshot;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../content/contoh");
const JSON: &str = "content-type: application/json\r\n";
const MANY: [&str; 2] = ["--config", "bebas.toml"];

/// A room with the practice roster imported, for an agency whose addresses are of jakarta.go.id.
fn practice(jam: &str) -> Room {
    let room = Room::new();
    room.write(
        "contoh/instansi.toml",
        format!(
            "{}{jam}",
            PROFILE.replace("\"contoh.go.id\"", "\"jakarta.go.id\"")
        ),
    );
    let (roster, identity) = (
        format!("{SAMPLE}/roster-latihan.xlsx"),
        format!("{SAMPLE}/identitas-latihan.xlsx"),
    );
    let output = room.import_from(&roster, &["--identitas", &identity, "--practice"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    room
}

#[test]
fn answers() {
    let server = practice("").serve(&MANY);
    let asked = [
        ("email", r#"{"nrk":"990001"}"#),
        ("email", r#"{"nip":" 19900228 202321 1 999 "}"#),
        ("email", r#"{"nama":"h. Joko Berani, S.Kom"}"#),
        ("email", r#"{"nama":"Siti Makmur"}"#),
        ("email", r#"{"nama":"Budi Ceria"}"#),
        ("email", r#"{"nama":"teladan"}"#),
        ("tte", r#"{"email":"JokoBerani.p3k@jakarta.go.id"}"#),
        ("tte", r#"{"nik":"990101.280290.9999"}"#),
    ];
    let told: Vec<String> = asked
        .iter()
        .map(|(route, json)| format!("{route} {json}\n{}", server.ask(route, json).told()))
        .collect();
    assert_snapshot!(format!(
        "{}\n\n{}",
        told.join("\n"),
        server.get("/api/v1/info").told()
    ));
}

/// Each row of the table in the practice roster's README shows what the look-up answers.
#[test]
fn the_practice_readme_is_true() {
    let server = practice("").serve(&MANY);
    let readme = fs::read_to_string(format!("{SAMPLE}/README.md")).unwrap();
    let mut statuses = std::collections::BTreeSet::new();
    let rows = readme
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('@'));
    for line in rows {
        let cells: Vec<&str> = line
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().trim_matches('`'))
            .collect();
        let [_name, nrk, nip, nik, address, mail, tte] = cells[..] else {
            panic!("{line}")
        };
        let mail = if mail == "Email Baru" {
            "new"
        } else {
            "existing"
        };
        for query in [
            format!(r#"{{"nrk":"{nrk}"}}"#),
            format!(r#"{{"nip":"{nip}"}}"#),
        ] {
            let expected = format!(
                r#"200 {{"accounts":[{{"address":"{address}","status":"{mail}"}}],"more":false}}"#
            );
            assert_eq!(server.ask("email", &query).told(), expected, "{line}");
        }
        for query in [
            format!(r#"{{"nik":"{nik}"}}"#),
            format!(r#"{{"email":"{address}"}}"#),
        ] {
            assert_eq!(
                server.ask("tte", &query).told(),
                format!(r#"200 {{"status":"{tte}"}}"#),
                "{line}"
            );
        }
        statuses.insert(tte.to_owned());
    }
    assert_eq!(statuses.len(), 9, "every status is in the table");
}

#[test]
fn refusals() {
    let server = practice("").serve(&MANY);
    let long = format!(r#"{{"nama":"{}"}}"#, "a".repeat(1014)); // 1025 bytes
    let mut told = Vec::new();
    let mut ask = |method: &str, path: &str, headers: &str, body: &str| {
        let response = server.send(method, &format!("/api/v1{path}"), headers, body);
        assert_eq!(response.body.len(), 1024, "{method} {path} {body}");
        assert_eq!(response.header("cache-control"), Some("no-store"));
        assert_eq!(response.header("content-type"), Some("application/json"));
        told.push(format!(
            "{method} {path} {headers:?} {}\n{}",
            &body[..body.len().min(40)],
            response.told()
        ));
        response
    };
    assert_eq!(ask("GET", "/email", "", "").header("allow"), Some("post"));
    assert_eq!(ask("DELETE", "/tte", "", "").header("allow"), Some("post"));
    assert_eq!(
        ask("POST", "/info", JSON, "{}").header("allow"),
        Some("get")
    );
    for path in ["", "/x", "/email/x", "/emails"] {
        ask("GET", path, "", "");
    }
    for headers in [
        "",
        "content-type: text/plain\r\n",
        "content-type: application/json-seq\r\n",
        "content-type: application/x-www-form-urlencoded\r\n",
    ] {
        ask("POST", "/email", headers, r#"{"nrk":"990001"}"#);
    }
    ask("POST", "/email", JSON, &long);
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#""nip""#,
        "{}",
        r#"{"nrk":990001}"#,
        r#"{"nik":"1"}"#,
        r#"{"nrk":"990001","lain":"1"}"#,
        r#"{"nrk":"990001"} {"nrk":"990001"}"#,
        "{\"nrk\":\"\u{0}",
    ] {
        ask("POST", "/email", JSON, body);
    }
    for body in [
        r#"{"nrk":"99001"}"#,
        r#"{"nip":"470012345"}"#,
        r#"{"nama":" "}"#,
    ] {
        ask("POST", "/email", JSON, body);
    }
    for body in [r#"{"nik":"99"}"#, r#"{"email":"joko@gmail.com"}"#] {
        ask("POST", "/tte", JSON, body);
    }
    assert_snapshot!(told.join("\n"));
    // Charset and upper case are fine, and 1 KB is.
    let fine = server.send(
        "POST",
        "/api/v1/email",
        "content-type: Application/JSON; charset=utf-8\r\n",
        r#"{"nrk":"990001"}"#,
    );
    assert_eq!(fine.status, 200);
    let full = format!(r#"{{"nrk":"990001"}}{}"#, " ".repeat(1008));
    assert_eq!((full.len(), server.ask("email", &full).status), (1024, 200));
}

/// A body without a length is measured as it comes.
#[test]
fn a_large_body_in_chunks_is_refused() {
    let server = practice("").serve(&MANY);
    let chunk = format!("200\r\n{}\r\n", "a".repeat(512));
    let response = server.send_raw(&format!(
        "POST /api/v1/tte HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\n{JSON}transfer-encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}0\r\n\r\n"
    ));
    assert_eq!(response.status, 413);
}

#[test]
fn found_unknown_and_mismatch_look_alike() {
    let server = practice("").serve(&MANY);
    let all = |route: &str, queries: &[&str]| {
        queries
            .iter()
            .map(|query| server.ask(route, query))
            .collect::<Vec<_>>()
    };
    let unknown = all(
        "email",
        &[
            r#"{"nrk":"123456"}"#,
            r#"{"nip":"198001312005011001"}"#,
            r#"{"nama":"Tiada Siapa"}"#,
            r#"{"nama":"Joko"}"#,
            r#"{"nama":"Joko Berani Sekali"}"#,
        ],
    );
    assert!(
        unknown
            .iter()
            .all(|answer| answer.status == 200 && answer.body == unknown[0].body)
    );
    let unknown_tte = all(
        "tte",
        &[
            r#"{"nik":"3171010101900001"}"#,
            r#"{"email":"tiada@jakarta.go.id"}"#,
            r#"{"email":"teladan@latihan.go.id"}"#,
        ],
    );
    assert!(
        unknown_tte
            .iter()
            .all(|answer| answer.status == 200 && answer.body == unknown_tte[0].body)
    );
    let found = all(
        "email",
        &[
            r#"{"nrk":"990001"}"#,
            r#"{"nama":"Budi Ceria"}"#,
            r#"{"nip":"199002282023211999"}"#,
        ],
    );
    let found_tte = all(
        "tte",
        &[
            r#"{"nik":"9901012802909999"}"#,
            r#"{"email":"teladan@jakarta.go.id"}"#,
        ],
    );
    // The agency's own address, where a site of several agencies asks.
    for (route, query, unknown) in [
        ("email", r#"{"nrk":"123456"}"#, &unknown[0]),
        ("tte", r#"{"nik":"3171010101900001"}"#, &unknown_tte[0]),
    ] {
        let path = format!("/contoh/api/v1/{route}");
        let answer = server.send("POST", &path, JSON, query);
        assert_eq!((answer.status, &answer.body), (200, &unknown.body));
        assert_eq!(
            answer.headers_without_date(),
            unknown.headers_without_date()
        );
    }
    for answer in found
        .iter()
        .chain(&found_tte)
        .chain(&unknown)
        .chain(&unknown_tte)
    {
        assert_eq!(answer.body.len(), 1024);
        assert_eq!(
            answer.headers_without_date(),
            unknown[0].headers_without_date()
        );
    }
}

#[test]
fn closed_by_network() {
    let room = practice(&closed());
    let server = room.serve(&["--trusted-proxy", "127.0.0.1", "--limit-burst", "1"]);
    let from = |client: &str, method: &str, route: &str| {
        let headers = format!("{JSON}x-forwarded-for: 10.9.9.9, {client}\r\n");
        server.send(
            method,
            &format!("/api/v1/{route}"),
            &headers,
            if method == "POST" {
                r#"{"nrk":"990001"}"#
            } else {
                ""
            },
        )
    };
    // Closed requests are not counted: the limit is one.
    for _ in 0..3 {
        let refused = from("203.0.113.5", "POST", "email").told();
        assert!(refused.starts_with(r#"503 {"code":"closed","message":"closed to this network now; `opens_at` says when it opens","opens_at":{"day":""#), "{refused}");
        assert!(
            refused.contains(r#""time":"08.00","zone":"WIB""#),
            "{refused}"
        );
    }
    assert!(
        from("203.0.113.5", "GET", "info")
            .told()
            .contains(r#""opens_at":{"day""#)
    );
    assert!(
        from("10.9.9.9", "GET", "info")
            .told()
            .contains(r#""opens_at":null"#)
    );
    assert_eq!(from("10.9.9.9", "POST", "email").status, 200);
    // The form of the body is judged before the hours, the identifier after.
    let bad = server.send(
        "POST",
        "/api/v1/email",
        &format!("{JSON}x-forwarded-for: 203.0.113.5\r\n"),
        "{}",
    );
    assert_eq!(bad.status, 400);
    // Without a trusted proxy, nobody is believed.
    let server = room.serve(&[]);
    let liar = server.send(
        "POST",
        "/api/v1/email",
        &format!("{JSON}x-forwarded-for: 10.9.9.9\r\n"),
        r#"{"nrk":"990001"}"#,
    );
    assert_eq!(liar.status, 503);
    let (ended, errors) = server.stop();
    assert!(ended && errors.contains("--trusted-proxy"), "{errors}");
}

#[test]
fn too_many() {
    let server = practice("").serve(&["--limit-burst", "3", "--limit-seconds", "50"]);
    for _ in 0..3 {
        assert_eq!(server.ask("email", r#"{"nrk":"123456"}"#).status, 200);
    }
    for query in [r#"{"nrk":"990001"}"#, r#"{"nrk":"x"}"#] {
        let refused = server.ask("email", query);
        assert_eq!(refused.status, 429);
        let seconds: u32 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=50).contains(&seconds));
        assert!(
            refused
                .told()
                .contains(&format!(r#""retry_after":{seconds}"#))
        );
    }
    assert_eq!(
        server.ask("email", "{}").status,
        400,
        "what is malformed is not counted"
    );
    assert_eq!(server.get("/api/v1/info").status, 200);
}

#[test]
fn nothing_is_written() {
    let room = practice("");
    let before = files(&room.path(""));
    let server = room.serve(&MANY);
    for query in [
        r#"{"nrk":"990001"}"#,
        r#"{"nip":"199002282023211999"}"#,
        r#"{"nama":"Joko Berani"}"#,
        r#"{"nrk":"99000x"}"#,
    ] {
        server.ask("email", query);
    }
    server.ask("tte", r#"{"nik":"9901012802909999"}"#);
    let (ended, _) = server.stop();
    assert!(ended, "ends well by SIGTERM");
    assert_eq!(files(&room.path("")), before);
}

fn refused_start(room: &Room, further: &[&str]) -> String {
    let mut arguments = vec![
        "serve",
        "--profile",
        "contoh/instansi.toml",
        "--data",
        "data.sqlite",
        "--key",
        "kunci",
    ];
    arguments.extend(further);
    common::told(&room.run(&arguments))
}

#[test]
fn servers_that_cannot_start() {
    let room = practice("");
    let other = practice("");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap();
    let in_use = refused_start(&room, &["--listen", &taken.to_string()]);
    assert_eq!(
        in_use,
        format!(
            "exit 1\n--- stdout\n--- stderr\nerror: port {} is in use; stop that program or pass --listen 127.0.0.1:{}\n",
            taken.port(),
            taken.port() + 1
        )
    );
    room.write(
        "salah.toml",
        "alamat = 8081\n[batas.orang]\nsekaligus = 0\n",
    );
    let mut told = vec![
        refused_start(&room, &["--site", "tiada"]),
        refused_start(&room, &["--trusted-proxy", "proxy"]),
        refused_start(&room, &["--config", "tiada.toml"]),
        refused_start(&room, &["--config", "salah.toml"]),
    ];
    fs::copy(other.path("kunci"), room.path("kunci")).unwrap();
    told.push(refused_start(&room, &[]));
    fs::remove_file(room.path("kunci")).unwrap();
    told.push(refused_start(&room, &[]));
    fs::copy(other.path("kunci"), room.path("kunci")).unwrap();
    let whole = fs::read(other.path("data.sqlite")).unwrap();
    room.write("data.sqlite", &whole[..whole.len() / 2]);
    told.push(refused_start(&room, &[]));
    room.write("data.sqlite", "not a database at all, and long enough to be read as one, at least its first hundred bytes or so");
    told.push(refused_start(&room, &[]));
    fs::remove_file(room.path("data.sqlite")).unwrap();
    told.push(refused_start(&room, &[]));
    assert_snapshot!(told.join("\n"));
}

#[test]
fn another_agencys_snapshot_is_refused() {
    let room = practice("");
    room.write(
        "lain/instansi.toml",
        fs::read(room.path("contoh/instansi.toml")).unwrap(),
    );
    let output = room.run(&[
        "serve",
        "--profile",
        "lain/instansi.toml",
        "--data",
        "data.sqlite",
        "--key",
        "kunci",
    ]);
    assert_snapshot!(common::told(&output));
}

#[test]
fn the_site_is_served_along() {
    let room = practice("");
    room.write("dist/index.html", "<h1>Beranda</h1>");
    room.write("dist/404.html", "<h1>Tidak ada</h1>");
    room.write("dist/email/index.html", "<h1>Email</h1>");
    room.write("dist/assets/cek-0123.wasm", b"\0asm");
    room.write("dist/assets/cek-0123.js", "export {}");
    room.write("dist/assets/cek-0123.js.br", "BROTLI");
    room.write("dist/assets/cek-0123.js.gz", "GZIP");
    let server = room.serve(&["--site", "dist"]);
    let page = server.get("/email/");
    assert_eq!(
        (page.status, text(&page.body).as_str()),
        (200, "<h1>Email</h1>")
    );
    assert_eq!(page.header("content-type"), Some("text/html"));
    assert_eq!(page.header("cache-control"), Some("no-cache"));
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(server.get("/email").header("location"), Some("/email/"));
    for answer in [&page, &server.get("/tiada"), &server.get("/api/v1/info")] {
        for (name, value) in [
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value));
        }
        assert!(answer.header("permissions-policy").is_some());
    }
    let missing = server.get("/assets/tiada.js");
    assert_eq!(
        (missing.status, text(&missing.body).as_str()),
        (404, "<h1>Tidak ada</h1>")
    );
    assert_eq!(missing.header("cache-control"), Some("no-cache"));
    assert_eq!(server.get("/../kunci").status, 404);
    assert_eq!(server.get("/%2e%2e/kunci").status, 404);
    let wasm = server.get("/assets/cek-0123.wasm");
    assert_eq!(wasm.header("content-type"), Some("application/wasm"));
    assert_eq!(wasm.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(wasm.header("permissions-policy"), None, "bytes for nothing");
    assert_eq!(
        wasm.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    for (accepted, encoding, body) in [
        ("br, gzip", Some("br"), "BROTLI"),
        ("gzip", Some("gzip"), "GZIP"),
        ("", None, "export {}"),
    ] {
        let script = server.send(
            "GET",
            "/assets/cek-0123.js",
            &format!("accept-encoding: {accepted}\r\n"),
            "",
        );
        assert_eq!(
            (
                script.header("content-encoding"),
                text(&script.body).as_str()
            ),
            (encoding, body)
        );
        assert_eq!(script.header("content-type"), Some("text/javascript"));
    }
    assert_eq!(
        server.get("/api/v1/tiada").header("content-type"),
        Some("application/json")
    );
    assert!(
        server
            .ask("tte", r#"{"email":"teladan@jakarta.go.id"}"#)
            .told()
            .contains("NOT_REGISTERED")
    );
}
