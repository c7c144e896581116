//! The same question asked of PostgreSQL: a minimal handler, without limits, log, hours and metrics.
//!
//! It computes the same digest (HMAC-SHA256 of kind and number), asks by a prepared statement over connections
//! that are kept and pipelined, and answers the same JSON, filled to the same size.

use std::net::SocketAddr;
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use model::identifier::{FullName, Nip, Nrk, NrkFormat, mask_address};
use model::lookup::{Account, EmailAnswer, EmailQuery, MAX_ACCOUNTS};
use model::status::MailStatus;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, NoTls, Statement};

use crate::people::person;

/// Of no consequence: the people are invented.
const KEY: [u8; 32] = *b"invented people need no real key";

/// Connections to the database.
const CONNECTIONS: usize = 4;

/// Length of answers, as the look-up's.
const SIZE_CLASS: usize = 1024;

fn digest(kind: &str, text: &str) -> anyhow::Result<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).context("the key's length")?;
    for part in [kind, ":", text] {
        mac.update(part.as_bytes());
    }
    Ok(mac.finalize().into_bytes().into())
}

/// Connects through the socket in a folder.
async fn connect(socket: &Path) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::Config::new()
        .host_path(socket)
        .user("postgres")
        .dbname("postgres")
        .connect(NoTls)
        .await
        .context("cannot connect to PostgreSQL")?;
    tokio::spawn(connection);
    Ok(client)
}

/// Loads invented people by COPY, indexes after, and returns the bytes of tables and indexes.
pub async fn load(socket: &Path, people: u64) -> anyhow::Result<u64> {
    let client = connect(socket).await?;
    client
        .batch_execute(
            "DROP TABLE IF EXISTS person, identifier; BEGIN; \
             CREATE TABLE person (id integer, address text NOT NULL, mail text, tte text); \
             CREATE TABLE identifier (digest bytea, person integer);",
        )
        .await?;
    let copy = client
        .copy_in("COPY person FROM STDIN (FORMAT binary, FREEZE)")
        .await?;
    let types = [Type::INT4, Type::TEXT, Type::TEXT, Type::TEXT];
    let mut writer = pin!(BinaryCopyInWriter::new(copy, &types));
    for at in 0..people {
        let (id, person) = (i32::try_from(at)?, person(at, people));
        let tte = if person.tte == "TTE Terbit" {
            "ISSUE"
        } else {
            "NOT_REGISTERED"
        };
        writer
            .as_mut()
            .write(&[&id, &person.address, &person.mail, &tte])
            .await?;
    }
    writer.as_mut().finish().await?;
    let copy = client
        .copy_in("COPY identifier FROM STDIN (FORMAT binary, FREEZE)")
        .await?;
    let mut writer = pin!(BinaryCopyInWriter::new(copy, &[Type::BYTEA, Type::INT4]));
    for at in 0..people {
        let (id, person) = (i32::try_from(at)?, person(at, people));
        for (kind, text) in [
            ("email", &person.address),
            ("nip", &person.nip),
            ("nrk", &person.nrk),
            ("nik", &person.nik),
            ("nama", &person.name),
        ] {
            let digest = digest(kind, text)?;
            writer.as_mut().write(&[&digest.as_slice(), &id]).await?;
        }
    }
    writer.as_mut().finish().await?;
    client
        .batch_execute(
            "ALTER TABLE person ADD PRIMARY KEY (id); \
             ALTER TABLE identifier ADD PRIMARY KEY (digest, person); \
             COMMIT",
        )
        .await?;
    for end in [
        "VACUUM ANALYZE person",
        "VACUUM ANALYZE identifier",
        "CHECKPOINT",
    ] {
        client.batch_execute(end).await?;
    }
    let row = client
        .query_one(
            "SELECT pg_total_relation_size('person') + pg_total_relation_size('identifier')",
            &[],
        )
        .await?;
    Ok(u64::try_from(row.get::<_, i64>(0))?)
}

struct Database {
    clients: Vec<(Client, Statement)>,
    next: AtomicUsize,
}

/// Serves until it is killed; prints its address once it listens.
pub async fn serve(socket: &Path) -> anyhow::Result<()> {
    let mut clients = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = connect(socket).await?;
        let statement = client
            .prepare(
                "SELECT address, mail FROM identifier JOIN person ON person.id = identifier.person \
                 WHERE digest = $1 ORDER BY identifier.person LIMIT 6",
            )
            .await?;
        clients.push((client, statement));
    }
    let database = Arc::new(Database {
        clients,
        next: AtomicUsize::new(0),
    });
    let app = Router::new()
        .route("/api/v1/email", post(email))
        .with_state(database);
    let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    println!("http://{}", listener.local_addr()?);
    use axum::serve::ListenerExt as _;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, app).await?;
    Ok(())
}

async fn email(State(database): State<Arc<Database>>, body: Bytes) -> Response {
    let answer = async {
        let answer = answer(&database, serde_json::from_slice(&body)?).await?;
        anyhow::Ok(serde_json::to_vec(&answer)?)
    };
    match answer.await {
        Ok(mut body) => {
            body.resize(body.len().next_multiple_of(SIZE_CLASS), b' ');
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            (headers, body).into_response()
        }
        Err(error) => {
            eprintln!("{error:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

async fn answer(database: &Database, query: EmailQuery) -> anyhow::Result<EmailAnswer> {
    let (digest, is_masked) = match &query {
        EmailQuery::Nip(text) => (digest("nip", Nip::parse(text)?.as_str())?, false),
        EmailQuery::Nrk(text) => {
            let nrk = Nrk::parse(text, NrkFormat::new(8)?)?;
            (digest("nrk", nrk.as_str())?, false)
        }
        EmailQuery::Nama(text) => (digest("nama", FullName::parse(text)?.as_str())?, true),
    };
    let next = database.next.fetch_add(1, Ordering::Relaxed) % CONNECTIONS;
    let (client, statement) = database.clients.get(next).context("a connection")?;
    let rows = client.query(statement, &[&digest.as_slice()]).await?;
    let accounts = rows.iter().take(MAX_ACCOUNTS).filter_map(|row| {
        let address: String = row.get(0);
        Some(Account {
            address: if is_masked {
                mask_address(&address)
            } else {
                address
            },
            status: MailStatus::parse(row.get(1))?,
        })
    });
    Ok(EmailAnswer {
        accounts: accounts.collect(),
        more: rows.len() > MAX_ACCOUNTS,
    })
}
