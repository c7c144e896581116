//! HTTPS for hosts by their public names: certificates of an authority made for the test, and a gate that hands what comes
//! for each name on to a plain web server.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::Acceptor;
use rustls::{ServerConfig, StreamOwned};
use tempfile::TempDir;

use crate::process::run;

/// A certificate authority that nobody trusts who wasn't told to, made by openssl.
pub struct Authority {
    folder: TempDir,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one, valid for two days.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the authority");
        let authority = Self { folder };
        authority.make(
            "ca",
            &[
                "-subj",
                "/CN=Test authority",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign",
            ],
        );
        authority
    }

    /// Its own certificate, DER.
    pub fn certificate(&self) -> Vec<u8> {
        self.read("ca").0.to_vec()
    }

    /// A server's certificate for these names, and its key.
    fn certify(&self, names: &[&str]) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let names: Vec<String> = names.iter().map(|name| format!("DNS:{name}")).collect();
        let names = format!("subjectAltName={}", names.join(","));
        let path = |file: &str| self.folder.path().join(file).display().to_string();
        self.make(
            "server",
            &[
                "-subj",
                "/CN=Test server",
                "-addext",
                &names,
                "-addext",
                "basicConstraints=critical,CA:FALSE",
                "-addext",
                "extendedKeyUsage=serverAuth",
                "-CA",
                &path("ca.pem"),
                "-CAkey",
                &path("ca.key"),
            ],
        );
        self.read("server")
    }

    fn make(&self, name: &str, more: &[&str]) {
        let path = |ending: &str| self.folder.path().join(format!("{name}.{ending}"));
        run(Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"])
            .args([
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-config",
                "/dev/null",
            ])
            .args(more)
            .arg("-keyout")
            .arg(path("key"))
            .arg("-out")
            .arg(path("pem")));
    }

    fn read(&self, name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let read = |ending: &str| {
            fs::read(self.folder.path().join(format!("{name}.{ending}")))
                .expect("openssl wrote the file")
        };
        (
            CertificateDer::from_pem_slice(&read("pem")).expect("openssl writes certificates"),
            PrivateKeyDer::from_pem_slice(&read("key")).expect("openssl writes keys"),
        )
    }
}

/// Answers HTTPS for some host names; it does so until the test program ends.
pub struct TlsGate {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl TlsGate {
    /// Each name leads to a web server. Who asks for another name, or speaks no TLS, is hung up on.
    pub fn start(authority: &Authority, hosts: &[(&str, SocketAddr)]) -> Self {
        let names: Vec<&str> = hosts.iter().map(|(name, _)| *name).collect();
        let (certificate, key) = authority.certify(&names);
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("the key fits the certificate");
        let config = Arc::new(config);
        let hosts: BTreeMap<String, SocketAddr> = hosts
            .iter()
            .map(|(name, server)| ((*name).to_owned(), *server))
            .collect();
        let hosts = Arc::new(hosts);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, hosts, noted) =
                    (Arc::clone(&config), Arc::clone(&hosts), Arc::clone(&noted));
                // A client that goes away in the middle is no fault of the gate.
                std::thread::spawn(move || answer(stream, config, &hosts, &noted).ok());
            }
        });
        Self { address, asked }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was asked for and handed on, in order: `GET contoh.go.id/path?query`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no thread panics").clone()
    }
}

fn answer(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    hosts: &BTreeMap<String, SocketAddr>,
    asked: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut acceptor = Acceptor::default();
    let accepted = loop {
        if acceptor.read_tls(&mut stream)? == 0 {
            return Ok(());
        }
        match acceptor.accept() {
            Ok(Some(accepted)) => break accepted,
            Ok(None) => {}
            Err(_) => return Ok(()),
        }
    };
    let Some((name, server)) = accepted
        .client_hello()
        .server_name()
        .and_then(|name| hosts.get_key_value(name))
    else {
        return Ok(());
    };
    let Ok(connection) = accepted.into_connection(config) else {
        return Ok(());
    };
    let mut client = BufReader::new(StreamOwned::new(connection, stream));

    let mut first = String::new();
    client.read_line(&mut first)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next(), words.next());
    let line = format!(
        "{} {name}{}",
        method.unwrap_or_default(),
        path.unwrap_or_default()
    );
    asked.lock().expect("no thread panics").push(line);

    // One answer for each connection: its end needs no counting.
    let mut request = format!("{first}connection: close\r\n");
    let mut length = 0;
    loop {
        let mut line = String::new();
        client.read_line(&mut line)?;
        let header = line.split_once(':').unwrap_or((&line, ""));
        match header.0.to_ascii_lowercase().as_str() {
            "connection" => continue,
            "content-length" => length = header.1.trim().parse().unwrap_or(0),
            _ => {}
        }
        request.push_str(&line);
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    client.read_exact(&mut body)?;
    let mut onward = TcpStream::connect(server)?;
    onward.write_all(request.as_bytes())?;
    onward.write_all(&body)?;
    let client = client.get_mut();
    std::io::copy(&mut onward, client)?;
    client.conn.send_close_notify();
    client.flush()
}
