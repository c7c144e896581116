//! Several nodes: each reads its own copy of the snapshot, and nginx in front loses one without a failed answer.
//!
//! nginx runs with the very file that operators are given, `deploy/nginx-dua-server.conf`; only ports, addresses and
//! places are taken to this machine's, and TLS is left out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::{HEADINGS, Room, Server, closed, text};

const CONF: &str = include_str!("../../deploy/nginx-dua-server.conf");

const NODES: [&str; 2] = ["satu", "dua"];

/// A room with a folder for each node, and where the nodes and nginx shall listen.
struct Place {
    room: Room,
    nodes: [SocketAddr; 2],
    proxy: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let free = [0; 3].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
        let [first, second, proxy] = free.map(|listener| listener.local_addr().unwrap());
        Self {
            room: Room::new(),
            nodes: [first, second],
            proxy,
        }
    }

    /// Imports a roster of a hundred people with this status.
    fn import(&self, status: &str) {
        let people = (0..100).map(|at| {
            format!("Dinas,{at:06},Orang {at},orang{at}@contoh.go.id,{status},TTE Terbit,\n")
        });
        let people: String = people.collect();
        let table = format!("{}\n{people}", HEADINGS.join(","));
        self.room.write("roster.csv", table);
        let output = self.room.import_from("roster.csv", &[]);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }

    /// Brings the snapshot to a node as an operator does: copy beside it, then rename.
    fn distribute(&self, node: &str) {
        fs::create_dir_all(self.room.path(node)).unwrap();
        let (new, place) = (format!("{node}/.baru"), format!("{node}/data.sqlite"));
        fs::copy(self.room.path("data.sqlite"), self.room.path(&new)).unwrap();
        fs::rename(self.room.path(&new), self.room.path(&place)).unwrap();
    }

    fn start(&self, node: usize) -> Server {
        let (data, listen) = (
            format!("{}/data.sqlite", NODES[node]),
            self.nodes[node].to_string(),
        );
        Server::start(self.room.command(&[
            "serve",
            "--listen",
            &listen,
            "--data",
            &data,
            "--key",
            "kunci",
            "--profile",
            "contoh/instansi.toml",
            "--config",
            "bebas.toml",
            "--trusted-proxy",
            "127.0.0.1",
        ]))
    }

    fn nginx(&self) -> Nginx {
        Nginx::start(&self.room.path("nginx"), self.proxy, self.nodes)
    }
}

/// A running nginx; ends with the test.
struct Nginx(Child);

impl Nginx {
    fn start(folder: &Path, listen: SocketAddr, nodes: [SocketAddr; 2]) -> Self {
        fs::create_dir(folder).unwrap();
        let servers: String = CONF
            .lines()
            .filter(|line| !line.contains("listen [::]:") && !line.contains("ssl_certificate"))
            .map(|line| format!("{line}\n"))
            .collect();
        let replaced = [
            ("listen 443 ssl http2;", format!("listen {listen};")),
            ("10.0.0.11:8081", nodes[0].to_string()),
            ("10.0.0.12:8081", nodes[1].to_string()),
            ("/var/log/nginx/pandu.log", "error.log".to_owned()),
        ];
        let servers = replaced.iter().fold(servers, |servers, (old, new)| {
            assert!(servers.contains(old), "{old}");
            servers.replace(old, new)
        });
        let aside: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|what| format!("{what}_temp_path {what};\n"))
            .concat();
        let conf = format!(
            "user root;\ndaemon off;\npid nginx.pid;\nevents {{ }}\nhttp {{\n{aside}{servers}}}\n"
        );
        fs::write(folder.join("nginx.conf"), conf).unwrap();
        let program = ["/usr/sbin/nginx", "nginx"];
        let program = program.iter().find(|path| Path::new(path).exists());
        let child = Command::new(program.unwrap_or(&"nginx"))
            .arg("-p")
            .arg(folder)
            .args(["-c", "nginx.conf", "-e", "error.log"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("nginx is needed: run `tests/run`, which installs it");
        let nginx = Self(child);
        let start = Instant::now();
        while TcpStream::connect(listen).is_err() {
            let error = || fs::read_to_string(folder.join("error.log")).unwrap_or_default();
            assert!(start.elapsed() < Duration::from_secs(10), "{}", error());
            thread::sleep(Duration::from_millis(20));
        }
        nginx
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked to end, it takes its workers along; killed, it would leave them.
        let pid = self.0.id().to_string();
        let _ = Command::new("kill").arg(pid).status();
        let _ = self.0.wait();
    }
}

/// A connection that is kept as long as nginx keeps it.
struct Client {
    address: SocketAddr,
    stream: Option<TcpStream>,
}

impl Client {
    /// Asks for an NRK; the status and body of the answer, or why there is none.
    fn ask(&mut self, nrk: &str) -> std::io::Result<(String, String)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(self.address)?,
        };
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let body = format!(r#"{{"nrk":"{nrk}"}}"#);
        let length = body.len();
        stream.write_all(
            format!(
                "POST /api/v1/email HTTP/1.1\r\nhost: contoh\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
            )
            .as_bytes(),
        )?;
        let (mut bytes, mut more) = (Vec::new(), [0; 4096]);
        loop {
            let read = stream.read(&mut more)?;
            bytes.extend_from_slice(&more[..read]);
            let answer = text(&bytes);
            let Some((head, body)) = answer.split_once("\r\n\r\n") else {
                if read == 0 {
                    return Err(std::io::ErrorKind::UnexpectedEof.into());
                }
                continue;
            };
            let head = head.to_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.unwrap_or("0").parse().unwrap();
            if body.len() >= length {
                if !head.contains("connection: close") {
                    self.stream = Some(stream);
                }
                let status = head.split(' ').nth(1).unwrap_or_default().to_owned();
                return Ok((status, body.trim_end().to_owned()));
            }
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// Longer than nginx avoids a node that failed (`fail_timeout`).
const AVOIDED: Duration = Duration::from_millis(3500);

/// Which snapshot may be answered from.
const OLD: u8 = 0;
const EITHER: u8 = 1;
const NEW: u8 = 2;
const DONE: u8 = 3;

#[test]
fn losing_a_node_loses_no_answer() {
    let place = Place::new();
    place.import("Email Baru");
    NODES.iter().for_each(|node| place.distribute(node));
    let [first, second] = [0, 1].map(|node| place.start(node));
    let _nginx = place.nginx();

    let phase = AtomicU8::new(OLD);
    let asked = AtomicUsize::new(0);
    let counts = Mutex::new(BTreeMap::<&str, usize>::new());
    let wrong = Mutex::new(Vec::new());
    let questions = |thread: usize| {
        let mut client = Client {
            address: place.proxy,
            stream: None,
        };
        let mut at = thread;
        loop {
            let before = phase.load(Ordering::SeqCst);
            if before == DONE {
                return;
            }
            at += 7;
            let is_known = at.is_multiple_of(2);
            let nrk = at % 100 + if is_known { 0 } else { 500_000 };
            let answer = client.ask(&format!("{nrk:06}"));
            let after = phase.load(Ordering::SeqCst);
            asked.fetch_add(1, Ordering::SeqCst);
            let account = |status: &str| {
                let address = format!("orang{nrk}@contoh.go.id");
                let account = format!(r#"{{"address":"{address}","status":"{status}"}}"#);
                format!(r#"{{"accounts":[{account}],"more":false}}"#)
            };
            let kind = match &answer {
                Ok((status, body)) if status == "200" => {
                    if !is_known {
                        (body == r#"{"accounts":[],"more":false}"#).then_some("unknown")
                    } else if *body == account("new") && before <= EITHER {
                        Some("from the old snapshot")
                    } else if *body == account("existing") && after >= EITHER {
                        Some("from the new snapshot")
                    } else {
                        None
                    }
                }
                _ => None,
            };
            match kind {
                Some(kind) => *counts.lock().unwrap().entry(kind).or_default() += 1,
                None => wrong.lock().unwrap().push(format!("{answer:?}")),
            }
            thread::sleep(Duration::from_millis(16));
        }
    };
    /// So many answers must come between two events; that they do come is part of the test.
    const BETWEEN: usize = 200;
    let wait = || {
        let (from, start) = (asked.load(Ordering::SeqCst), Instant::now());
        while asked.load(Ordering::SeqCst) < from + BETWEEN {
            assert!(start.elapsed() < Duration::from_secs(20), "no answers");
            thread::sleep(Duration::from_millis(10));
        }
    };
    let mut logs = Vec::new();
    thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || questions(thread));
        }
        // Whatever fails here, the askers must end, or the test would not.
        let _end = End(&phase);
        wait();
        // It dies with questions in its hands.
        first.freeze();
        thread::sleep(Duration::from_millis(200));
        logs.push(("satu, killed", first.kill()));
        wait();
        let first = place.start(0);
        thread::sleep(AVOIDED);
        wait();
        let (ended, log) = second.stop();
        assert!(ended, "{log}");
        logs.push(("dua, stopped", log));
        wait();
        let second = place.start(1);
        thread::sleep(AVOIDED);
        wait();
        place.import("Email Existing");
        phase.store(EITHER, Ordering::SeqCst);
        for node in NODES {
            place.distribute(node);
            wait();
        }
        // A node looks at its file once a second.
        thread::sleep(Duration::from_millis(2500));
        phase.store(NEW, Ordering::SeqCst);
        wait();
        phase.store(DONE, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(100));
        logs.push(("satu, started again", first.stop().1));
        logs.push(("dua, started again", second.stop().1));
    });
    let (asked, wrong) = (asked.into_inner(), wrong.into_inner().unwrap());
    let answered = logs.iter().map(|(node, log)| {
        let answered = log.lines().filter(|line| line.contains("route")).count();
        (*node, answered)
    });
    let answered: Vec<_> = answered.collect();
    println!(
        "{asked} questions, {} without a right answer; {:?}; answered by {answered:?}",
        wrong.len(),
        counts.into_inner().unwrap()
    );
    assert!(wrong.is_empty(), "{} such as {}", wrong.len(), wrong[0]);
    for (node, answered) in answered {
        assert!(answered > BETWEEN / 4, "{node}: {answered}");
    }
}

/// Ends the askers, whatever happens.
struct End<'a>(&'a AtomicU8);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(DONE, Ordering::SeqCst);
    }
}

/// Refusals are answers: a proxy that took them for failures would take both nodes for dead and answer 502.
#[test]
fn closed_nodes_are_not_taken_for_dead() {
    let place = Place::new();
    let profile = format!("{}{}", common::PROFILE, closed());
    place.room.write("contoh/instansi.toml", profile);
    place.import("Email Baru");
    NODES.iter().for_each(|node| place.distribute(node));
    let _nodes = [0, 1].map(|node| place.start(node));
    let _nginx = place.nginx();
    let mut client = Client {
        address: place.proxy,
        stream: None,
    };
    for _ in 0..30 {
        let (status, body) = client.ask("000001").unwrap();
        assert_eq!(status, "503");
        assert!(body.contains("opens_at"), "{body}");
    }
}
