//! The contract of the look-up as an OpenAPI 3.1 document, served at `GET openapi.json`.
//!
//! It is made from what the look-up is made of: the list of its routes ([`Route::SERVED`]), the types that it
//! reads and writes (`model::lookup`, by their derived JSON Schemas), and every [`RefusalCode`] with its status.
//! What is written here besides is which route refuses what; a test asks the real server for all of it and
//! compares each answer with the document.

use std::sync::LazyLock;

use model::lookup::{
    EmailAnswer, EmailQuery, Info, Refusal, RefusalCode, TteAnswer, TteQuery, WithFact,
};
use schemars::JsonSchema;
use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, SIZE_CLASS};
use super::body::MAX_BYTES;
use super::outcome::Route;

/// The document.
#[derive(Serialize)]
#[serde(transparent)]
pub struct Contract(&'static Value);

impl Contract {
    /// The one document.
    pub fn get() -> Self {
        static DOCUMENT: LazyLock<Value> = LazyLock::new(document);
        Self(&DOCUMENT)
    }
}

impl Answer for Contract {
    fn is_found(&self) -> bool {
        true
    }
}

/// Where schemas stand in the document.
const SCHEMAS: &str = "/components/schemas";

fn document() -> Value {
    let settings = || {
        SchemaSettings::draft2020_12().with(|settings| {
            SCHEMAS.clone_into(settings.definitions_path.to_mut());
            settings.meta_schema = None;
        })
    };
    // What is read, and what is written: keys that may be left out differ.
    let mut read = settings().for_deserialize().into_generator();
    let mut written = settings().for_serialize().into_generator();
    let mut paths = Map::new();
    for route in Route::SERVED {
        let path = paths.entry(route.path()).or_insert_with(|| json!({}));
        let method = route.method().as_str().to_lowercase();
        if let Some(operations) = path.as_object_mut() {
            operations.insert(method, operation(route, &mut read, &mut written));
        }
    }
    let elsewhere = refused(Route::Other, &[RefusalCode::UnknownRoute], &mut written);
    let mut schemas = read.take_definitions(true);
    schemas.extend(written.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Pandu look-up",
            "version": env!("CARGO_PKG_VERSION"),
            "description": format!(
                "Whether a person has an official mailbox, and the status of their certificate (TTE).\n\n\
                 An unknown person and a mismatch are one answer, byte for byte, a mismatch with the second fact \
                 included. Nothing personal stands in an address. Every body is JSON, filled with spaces to a \
                 multiple of {SIZE_CLASS} bytes; a proxy in front must not compress it. Any other address below \
                 this one is answered as `x-any-other-path` says."
            ),
        },
        // Below wherever this document is served: /api/v1, or /<agency>/api/v1.
        "servers": [{ "url": "." }],
        "paths": paths,
        "x-any-other-path": { "404": elsewhere },
        "components": { "schemas": schemas },
    })
}

/// What each route is for, what it reads, answers and refuses.
fn operation(route: Route, read: &mut SchemaGenerator, written: &mut SchemaGenerator) -> Value {
    use RefusalCode as Code;
    const QUESTION: &[RefusalCode] = &[
        Code::MalformedBody,
        Code::MethodNotAllowed,
        Code::BodyTooLarge,
        Code::UnsupportedMediaType,
        Code::InvalidIdentifier,
        Code::InvalidFact,
        Code::NotOffered,
        Code::TooManyRequests,
        Code::Fault,
        Code::Closed,
    ];
    let (id, summary, body, answer, refusals) = match route {
        Route::Email => (
            "email",
            "\"Do I have a mailbox?\"",
            Some(reference::<WithFact<EmailQuery>>(read)),
            reference::<EmailAnswer>(written),
            QUESTION,
        ),
        Route::Tte => (
            "tte",
            "\"Is my certificate active?\"",
            Some(reference::<WithFact<TteQuery>>(read)),
            reference::<TteAnswer>(written),
            QUESTION,
        ),
        Route::Info => (
            "info",
            "What is offered now, and what must be given for it",
            None,
            reference::<Info>(written),
            [Code::MethodNotAllowed, Code::Fault].as_slice(),
        ),
        Route::Contract | Route::Other | Route::Site => (
            "openapi",
            "This document",
            None,
            json!({ "type": "object", "required": ["openapi", "info", "paths"] }),
            [Code::MethodNotAllowed].as_slice(),
        ),
    };
    let mut responses = Map::new();
    let found = response("The answer.", answer, None);
    responses.insert("200".to_owned(), found);
    let mut statuses: Vec<u16> = refusals.iter().map(|code| code.status()).collect();
    statuses.dedup();
    for status in statuses {
        let codes: Vec<RefusalCode> = refusals
            .iter()
            .copied()
            .filter(|code| code.status() == status)
            .collect();
        responses.insert(status.to_string(), refused(route, &codes, written));
    }
    let mut operation = json!({
        "operationId": id, "summary": summary, "responses": responses,
    });
    if let (Some(schema), Some(operation)) = (body, operation.as_object_mut()) {
        operation.insert(
            "requestBody".to_owned(),
            json!({
                "required": true,
                "description": format!("At most {MAX_BYTES} bytes."),
                "content": { "application/json": { "schema": schema } },
            }),
        );
    }
    operation
}

/// A refusal of one status: which codes it has, and what goes with them.
fn refused(route: Route, codes: &[RefusalCode], written: &mut SchemaGenerator) -> Value {
    let words: Vec<&str> = codes.iter().map(|code| code.message()).collect();
    let mut required = vec!["code", "message"];
    let mut header = None;
    for code in codes {
        match code {
            RefusalCode::Closed => required.push("opens_at"),
            RefusalCode::TooManyRequests => {
                required.push("retry_after");
                let seconds = json!({ "type": "integer", "minimum": 1 });
                header = Some(("Retry-After", "Seconds to wait.", seconds));
            }
            RefusalCode::MethodNotAllowed => {
                let method = json!({ "const": route.method().as_str() });
                header = Some(("Allow", "The method that this route has.", method));
            }
            _ => {}
        }
    }
    let schema = json!({
        "allOf": [reference::<Refusal>(written)],
        "properties": { "code": { "enum": codes } },
        "required": required,
    });
    response(&words.join("; or: "), schema, header)
}

fn response(description: &str, schema: Value, header: Option<(&str, &str, Value)>) -> Value {
    let mut headers = Map::new();
    let headers_of_all = [
        (
            "Cache-Control",
            "Never to be stored.",
            json!({ "const": "no-store" }),
        ),
        (
            "X-Content-Type-Options",
            "Never to be guessed.",
            json!({ "const": "nosniff" }),
        ),
    ];
    for (name, description, schema) in headers_of_all.into_iter().chain(header) {
        headers.insert(
            name.to_owned(),
            json!({ "description": description, "required": true, "schema": schema }),
        );
    }
    json!({
        "description": description,
        "headers": headers,
        "content": { "application/json": { "schema": schema } },
    })
}

/// A reference to the schema of `T`, which is defined by this.
fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}
