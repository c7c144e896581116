//! The contract that the look-up serves: whole, and true of every answer that the real server gives.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{PROFILE, Response, Room, Server, closed};
use model::lookup::{EmailBy, RefusalCode, SecondFact, TteBy};
use model::status::{MailStatus, TteStatus};
use serde_json::{Value, json};

const JSON: &str = "content-type: application/json\r\n";
const MANY: [&str; 2] = ["--config", "bebas.toml"];

const NRK: &str = r#"{"nrk":"000123"}"#;
const ADDRESS: &str = r#"{"email":"joko@contoh.go.id"}"#;

/// A room with two people; `further` is more of the profile.
fn agency(further: &str) -> Room {
    let room = Room::new();
    room.write("contoh/instansi.toml", format!("{PROFILE}{further}"));
    let tte = "NO_CERTIFICATE";
    room.roster(&[
        [
            "Badan",
            "000123",
            "JOKO BERANI",
            "joko@contoh.go.id",
            "Email Baru",
            "TTE Terbit",
            "",
        ],
        [
            "Badan",
            "000124",
            "SITI MAKMUR",
            "siti@contoh.go.id",
            "Email Existing",
            tte,
            "",
        ],
    ]);
    room.imported(&[]);
    room
}

fn document(server: &Server) -> Value {
    let answer = server.get("/api/v1/openapi.json");
    assert_eq!(answer.status, 200);
    serde_json::from_slice(&answer.body).unwrap()
}

/// What was seen of the contract.
#[derive(Default)]
struct Seen {
    /// Route, status and, of a refusal, its code.
    answers: BTreeSet<(String, u16, String)>,
}

impl Seen {
    /// Sends a request and compares all of its answer with what the document says of it.
    fn ask(
        &mut self,
        server: &Server,
        document: &Value,
        (method, path): (&str, &str),
        headers: &str,
        body: &str,
    ) -> Response {
        let answer = server.send(method, &format!("/api/v1{path}"), headers, body);
        let told = format!("{method} {path} {body}: {}", answer.told());
        let status = answer.status.to_string();
        let said = match &document["paths"][path] {
            Value::Null => &document["x-any-other-path"][&status],
            // A path has one operation, which tells of other methods too.
            operations => {
                let (_, operation) = operations.as_object().unwrap().iter().next().unwrap();
                &operation["responses"][&status]
            }
        };
        assert!(said.is_object(), "the document does not tell of {told}");
        for (name, header) in said["headers"].as_object().unwrap() {
            let value = answer.header(&name.to_lowercase());
            let value = value.unwrap_or_else(|| panic!("no {name}: {told}"));
            let schema = &header["schema"];
            let value = match schema["type"].as_str() {
                Some("integer") => json!(value.parse::<u64>().unwrap()),
                // The test's client writes headers in small letters.
                _ if name == "Allow" => json!(value.to_uppercase()),
                _ => json!(value),
            };
            check(document, schema, &value, &told);
        }
        for name in ["retry-after", "allow"] {
            let is_told = said["headers"].as_object().unwrap();
            let is_told = is_told.keys().any(|it| it.to_lowercase() == name);
            assert_eq!(answer.header(name).is_some(), is_told, "{name}: {told}");
        }
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        check(
            document,
            &said["content"]["application/json"]["schema"],
            &body,
            &told,
        );
        let code = body["code"].as_str().unwrap_or_default().to_owned();
        let route = if document["paths"][path].is_null() {
            "*"
        } else {
            path
        };
        self.answers.insert((route.to_owned(), answer.status, code));
        answer
    }
}

/// Whether a value is as a schema of the document says, and holds nothing that the schema does not tell of.
fn check(document: &Value, schema: &Value, value: &Value, told: &str) {
    let validator = jsonschema::options()
        .build(&closed_up(document, schema))
        .unwrap();
    let wrong: Vec<String> = validator
        .iter_errors(value)
        .map(|it| it.to_string())
        .collect();
    assert_eq!(wrong, [""; 0], "{told}");
}

/// A schema on its own, with those that it refers to, in which objects may hold nothing else.
fn closed_up(document: &Value, schema: &Value) -> Value {
    let mut whole = json!({ "components": document["components"] });
    for schema in whole["components"]["schemas"]
        .as_object_mut()
        .unwrap()
        .values_mut()
    {
        // A refusal's codes are narrowed down where it is referred to, so it is closed there.
        let schema = schema.as_object_mut().unwrap();
        if schema.get("type") == Some(&json!("object")) && !schema.contains_key("oneOf") {
            let is_refusal = schema["properties"].get("code").is_some();
            if !is_refusal {
                schema.insert("additionalProperties".to_owned(), json!(false));
            }
        }
    }
    let whole = whole.as_object_mut().unwrap();
    whole.extend(schema.as_object().unwrap().clone());
    if whole.contains_key("allOf") {
        whole.insert("unevaluatedProperties".to_owned(), json!(false));
    }
    Value::Object(whole.clone())
}

/// Every route with every outcome, against the real server.
#[test]
fn every_answer_is_as_the_contract_says() {
    let mut seen = Seen::default();
    let server = agency("").serve(&MANY);
    let document = document(&server);
    let (email, tte) = (("POST", "/email"), ("POST", "/tte"));
    let mut ask = |server: &Server, route, headers: &str, body: &str| {
        seen.ask(server, &document, route, headers, body)
    };
    for body in [NRK, r#"{"nrk":"999999"}"#, r#"{"nama":"Joko Berani"}"#] {
        assert_eq!(ask(&server, email, JSON, body).status, 200);
    }
    for body in [
        ADDRESS,
        r#"{"email":"siti@contoh.go.id"}"#,
        r#"{"email":"x@contoh.go.id"}"#,
    ] {
        assert_eq!(ask(&server, tte, JSON, body).status, 200);
    }
    assert_eq!(ask(&server, ("GET", "/info"), "", "").status, 200);
    assert_eq!(ask(&server, ("GET", "/openapi.json"), "", "").status, 200);
    let long = format!(r#"{{"nrk":"{}"}}"#, "0".repeat(1100));
    for (route, good, lacking) in [
        (email, NRK, r#"{"nip":"199002282023211999"}"#),
        (tte, ADDRESS, r#"{"nik":"3171012802909999"}"#),
    ] {
        ask(&server, route, JSON, "{}");
        ask(&server, route, JSON, &long);
        ask(&server, route, "content-type: text/plain\r\n", good);
        ask(&server, route, JSON, r#"{"nrk":"1","email":"2"}"#);
        let invalid = if route == email {
            r#"{"nrk":"1"}"#
        } else {
            r#"{"email":"a"}"#
        };
        ask(&server, route, JSON, invalid);
        ask(&server, route, JSON, lacking);
        ask(
            &server,
            route,
            JSON,
            &good.replace('}', r#","fakta":"0001"}"#),
        );
    }
    for (path, methods) in [
        ("/email", ["GET", "PUT", "DELETE"]),
        ("/tte", ["GET", "PATCH", "DELETE"]),
        ("/info", ["POST", "PUT", "DELETE"]),
        ("/openapi.json", ["POST", "PUT", "DELETE"]),
    ] {
        for method in methods {
            assert_eq!(ask(&server, (method, path), "", "").status, 405);
        }
    }
    for path in [
        "",
        "/x",
        "/email/x",
        "/openapi",
        "/openapi.yaml",
        "/metrics",
    ] {
        assert_eq!(ask(&server, ("GET", path), "", "").status, 404);
    }
    // One that closes, one that has had enough, one whose file is gone bad, one that demands a second fact.
    let shut = agency(&closed()).serve(&MANY);
    ask(&shut, ("GET", "/info"), "", "");
    let tired = agency("").serve(&["--limit-burst", "1", "--limit-seconds", "60"]);
    let demanding = agency("butuh_fakta_kedua = { email = \"nrk\", tte = \"nrk\" }\n");
    let demanding = demanding.serve(&MANY);
    ask(&demanding, ("GET", "/info"), "", "");
    for (route, good) in [(email, NRK), (tte, ADDRESS)] {
        ask(&shut, route, JSON, good);
        ask(&tired, route, JSON, good);
        ask(&tired, route, JSON, good);
        ask(
            &demanding,
            route,
            JSON,
            &good.replace("nrk", "nama").replace("000123", "Joko"),
        );
    }
    // What the document tells of and no real server was brought to: a failing disk.
    let mut told = BTreeSet::new();
    let paths = document["paths"].as_object().unwrap();
    for (path, operations) in paths {
        let (_, operation) = operations.as_object().unwrap().iter().next().unwrap();
        for (status, response) in operation["responses"].as_object().unwrap() {
            let status: u16 = status.parse().unwrap();
            let schema = &response["content"]["application/json"]["schema"];
            let none = [json!("")];
            let codes = schema["properties"]["code"]["enum"].as_array();
            for code in codes.map_or(none.as_slice(), Vec::as_slice) {
                told.insert((path.clone(), status, code.as_str().unwrap().to_owned()));
            }
        }
    }
    told.insert(("*".to_owned(), 404, "unknown_route".to_owned()));
    let unseen: Vec<_> = told.difference(&seen.answers).collect();
    assert!(
        unseen.iter().all(|(_, status, _)| *status == 500),
        "{unseen:?}"
    );
    assert_eq!(unseen.len(), 3, "{unseen:?}");
    assert_eq!(seen.answers.difference(&told).count(), 0);
}

/// What the shared types can say stands in the document, and nothing more.
#[test]
fn the_document_knows_every_word_and_no_other() {
    let server = agency("").serve(&MANY);
    let document = document(&server);
    let words = |name: &str| -> BTreeSet<String> {
        let schema = &document["components"]["schemas"][name];
        let plain = schema["enum"].as_array().into_iter().flatten();
        let told = schema["oneOf"].as_array().into_iter().flatten();
        let told = told.flat_map(|one| match one["enum"].as_array() {
            Some(several) => several.clone(),
            None => vec![one["const"].clone()],
        });
        let all = plain.cloned().chain(told);
        all.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    fn own<T: serde::Serialize>(values: &[T]) -> BTreeSet<String> {
        let word = |value| {
            serde_json::to_value(value)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        values.iter().map(word).collect()
    }
    assert_eq!(words("RefusalCode"), own(&RefusalCode::ALL));
    assert_eq!(words("SecondFact"), own(&SecondFact::ALL));
    assert_eq!(words("TteStatus"), own(&TteStatus::ALL));
    assert_eq!(words("MailStatus"), own(&MailStatus::ALL));
    assert_eq!(
        words("EmailBy"),
        own(&[EmailBy::Nip, EmailBy::Nrk, EmailBy::Nama])
    );
    assert_eq!(words("TteBy"), own(&[TteBy::Email, TteBy::Nik]));
    let text = document.to_string();
    for code in RefusalCode::ALL {
        let status = code.status().to_string();
        let word = serde_json::to_value(code).unwrap();
        assert!(text.contains(&format!("\"{status}\":")), "{status}");
        assert!(text.contains(&word.to_string()), "{word}");
    }
}

/// A body is accepted by the schema exactly where the look-up accepts its form.
#[test]
fn bodies_are_accepted_as_the_contract_says() {
    let server = agency("").serve(&MANY);
    let document = document(&server);
    let bodies = [
        json!({}),
        json!([]),
        json!("nip"),
        json!(null),
        json!({"nip": "1"}),
        json!({"nrk": "000123"}),
        json!({"nrk": 123}),
        json!({"nrk": null}),
        json!({"nama": "Joko"}),
        json!({"nama": "Joko", "nrk": "1"}),
        json!({"nrk": "000123", "fakta": "1"}),
        json!({"fakta": "1"}),
        json!({"nrk": "000123", "fakta": null}),
        json!({"nrk": "000123", "fakta": 1}),
        json!({"nrk": "000123", "lain": "1"}),
        json!({"email": "joko@contoh.go.id"}),
        json!({"nik": "3171012802909999"}),
        json!({"nik": "3171012802909999", "fakta": "1"}),
        json!({"nik": "3171012802909999", "email": "a"}),
    ];
    for (path, name) in [("email", "EmailQuery"), ("tte", "TteQuery")] {
        let operation = &document["paths"][format!("/{path}")]["post"];
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        assert_eq!(schema["$ref"], format!("#/components/schemas/{name}"));
        let mut whole = schema.clone();
        whole["components"] = document["components"].clone();
        let validator = jsonschema::options().build(&whole).unwrap();
        for body in &bodies {
            let told = server.ask(path, &body.to_string()).told();
            let is_malformed = told.contains("malformed_body");
            assert_eq!(
                validator.is_valid(body),
                !is_malformed,
                "{path} {body}: {told}"
            );
        }
    }
}

/// The document is one of OpenAPI 3.1: its own rules (the specification's section 4), and its schemas' meta-schema.
#[test]
fn the_document_is_openapi() {
    let server = agency("").serve(&MANY);
    let document = document(&server);
    let keys = |value: &Value| -> BTreeSet<String> {
        value.as_object().unwrap().keys().cloned().collect()
    };
    let set = |keys: &[&str]| {
        keys.iter()
            .map(|&it| it.to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(
        keys(&document["info"]),
        set(&["description", "title", "version"])
    );
    let root = [
        "components",
        "info",
        "openapi",
        "paths",
        "servers",
        "x-any-other-path",
    ];
    assert_eq!(keys(&document), set(&root));
    let mut ids = BTreeSet::new();
    let mut methods = BTreeMap::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        assert!(path.starts_with('/') && !path.contains('{'));
        for (method, operation) in operations.as_object().unwrap() {
            methods.insert(path.clone(), method.clone());
            assert!(ids.insert(operation["operationId"].as_str().unwrap()));
            let may = set(&["operationId", "requestBody", "responses", "summary"]);
            assert!(keys(operation).is_subset(&may));
            assert_eq!(operation.get("requestBody").is_some(), method == "post");
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!((200..600).contains(&status.parse::<u16>().unwrap()));
                assert_eq!(keys(response), set(&["content", "description", "headers"]));
                for header in response["headers"].as_object().unwrap().values() {
                    assert_eq!(keys(header), set(&["description", "required", "schema"]));
                }
            }
        }
    }
    let served = [
        ("/email", "post"),
        ("/info", "get"),
        ("/openapi.json", "get"),
        ("/tte", "post"),
    ];
    let served = served.map(|(path, method)| (path.to_owned(), method.to_owned()));
    assert_eq!(methods, BTreeMap::from(served));
    let mut references = 0;
    each(&document, &mut |value| {
        if let Some(target) = value.get("$ref") {
            let pointer = target.as_str().unwrap().strip_prefix('#').unwrap();
            assert!(
                document.pointer(pointer).is_some(),
                "{pointer} leads nowhere"
            );
            references += 1;
        }
        if let Some(schema) = value.get("schema") {
            assert!(jsonschema::meta::is_valid(schema), "{schema}");
        }
    });
    assert!(references > 10, "{references}");
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let mut schema = schema.clone();
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        assert!(jsonschema::meta::is_valid(&schema), "{name}");
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&document).unwrap());
}

fn each(value: &Value, then: &mut impl FnMut(&Value)) {
    then(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| each(item, then)),
        Value::Object(entries) => entries.values().for_each(|item| each(item, then)),
        _ => {}
    }
}
