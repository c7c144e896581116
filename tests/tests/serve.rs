//! The development server from outside: a copy of the project, the real `pandu serve`, real HTTP,
//! files saved as an editor saves them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::browser::Browser;
use tests::process::program;
use tests::workspace::Workspace;

/// The copy compiles the web app once, on a machine that may be busy with other tests.
const PATIENCE: Duration = Duration::from_secs(900);

/// `pandu serve` on a free port.
fn serve(project: &Workspace) -> Command {
    let mut command = project.pandu();
    command
        .args(["serve", "--port", "0", "--instansi", "dki-jakarta"])
        .stdin(Stdio::null());
    command
}

/// Standard error of a command that must refuse, and refuse in one sentence.
fn refusal(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        output.stdout.is_empty(),
        "no address is printed: {output:?}"
    );
    // What it was at until then may stand before it.
    said.lines().last().unwrap_or_default().to_owned()
}

/// A running `pandu serve`; killed when dropped.
struct Server {
    child: Child,
    address: SocketAddr,
    said: Arc<Mutex<String>>,
}

impl Server {
    /// Starts it and waits for the line with its address.
    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let heard = Arc::clone(&said);
        thread::spawn(move || {
            for line in stderr.lines().map_while(Result::ok) {
                let mut said = heard.lock().unwrap();
                said.push_str(&line);
                said.push('\n');
            }
        });
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let Some(address) = line.trim_end().strip_prefix("http://") else {
            let _ = child.kill();
            panic!("no address but {line:?}:\n{}", said.lock().unwrap());
        };
        let address = address.parse().unwrap();
        Self {
            child,
            address,
            said,
        }
    }

    fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits for a line on standard error: it comes by another pipe than the address, and may come later.
    fn says(&self, words: &str) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !self.said().contains(words) {
            assert!(
                Instant::now() < deadline,
                "no {words:?} in {:?}",
                self.said()
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
        ))
    }

    fn post(&self, path: &str, json: &str) -> Answer {
        let length = json.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{json}"
        ))
    }

    fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// Follows the build as an open page does.
    fn follow(&self) -> Events {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .write_all(b"GET /__pandu/events HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .unwrap();
        let (tell, heard) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let event = line.strip_prefix("data: ");
                if let Some(Ok(event)) = event.map(serde_json::from_str) {
                    let _ = tell.send(event);
                }
            }
        });
        Events { heard }
    }

    /// Asks it to stop, as `kill` does, and waits for its end.
    fn stop(mut self) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it does not stop");
            thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    /// Status line and headers, lower case.
    head: String,
    body: String,
}

struct Events {
    heard: Receiver<Value>,
}

impl Events {
    /// The next state that fits; those before it are passed over.
    fn wait(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(event) if fits(&event) => return event,
                Ok(_) => {}
                Err(error) => panic!("{what}: {error}"),
            }
        }
    }

    /// Waits until something newer than `old` is shown.
    fn rebuilt(&self, old: &Value) -> Value {
        let newer = |new: &Value| new["build"].as_u64() > old["build"].as_u64();
        self.wait("no newer build", |new| newer(new) && new["failed"] == false)
    }

    fn failed(&self) -> Value {
        self.wait("no failure", |new| new["failed"] == true)
    }
}

const SESSION: &str = "content/bimtek/email-dan-tte.toml";
const HOME: &str = "content/instansi/dki-jakarta/index.md";

#[test]
fn shows_the_site_and_follows_what_is_saved() {
    let project = Workspace::fresh();
    let server = Server::start(serve(&project));

    let home = server.get("/");
    assert_eq!(home.status, 200, "{}", server.said());
    assert!(
        home.head.contains("cache-control: no-store"),
        "{}",
        home.head
    );
    assert!(
        home.body.contains("/__pandu/reload.js"),
        "the page follows the build"
    );
    let missing = server.get("/tidak-ada/");
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("<h1"), "the site's own page says so");
    let info = server.get("/api/v1/info");
    assert_eq!(info.status, 200);
    assert!(info.body.contains(r#""practice":true"#), "{}", info.body);

    let events = server.follow();
    let first = events.wait("nothing is told", |_| true);
    assert_eq!(first["failed"], false);

    let marker = "Ditulis saat server berjalan.";
    project.edit(HOME, "+++\n\n", &format!("+++\n\n{marker}\n\n"));
    let second = events.rebuilt(&first);
    assert!(server.get("/").body.contains(marker));
    // A page that was on its way during the build hears how long ago it ended.
    let late = server.follow().wait("nothing is told", |_| true);
    assert_eq!(late["build"], second["build"]);
    assert!(late["age"].as_u64() >= second["age"].as_u64());

    project.edit(HOME, marker, "Salah: {{ email.imap.prot }}");
    events.failed();
    let said = server.said();
    assert!(said.contains("email.imap.prot"), "{said}");
    assert!(said.contains(HOME), "{said}");
    assert!(
        server.get("/").body.contains(marker),
        "the last good site stays"
    );
    assert_eq!(server.get("/api/v1/info").status, 200);

    project.edit(HOME, "Salah: {{ email.imap.prot }}", "Diperbaiki.");
    let third = events.rebuilt(&second);
    assert!(server.get("/").body.contains("Diperbaiki."));

    let style = fs::read_to_string(project.path("themes/dinas/site.css")).unwrap();
    fs::write(
        project.path("themes/dinas/site.css"),
        format!("{style}\n.ditambah-saat-berjalan {{ color: red }}\n"),
    )
    .unwrap();
    let fourth = events.rebuilt(&third);

    let session = format!("/{}", SESSION.replace("content/", "").replace(".toml", "/"));
    assert!(server.get(&session).body.contains("/__pandu/reload.js"));
    project.edit(SESSION, "\"Istirahat\"", "\"Istirahat pagi\"");
    let fifth = events.rebuilt(&fourth);
    for page in ["", "slide/"] {
        let page = server.get(&format!("{session}{page}"));
        assert!(page.body.contains("Istirahat pagi"), "{}", page.body);
    }

    // Code that does not compile, then code that does.
    let code = project.path("web-app/src/lib.rs");
    let text = fs::read_to_string(&code).unwrap();
    fs::write(&code, format!("{text}\nfn broken( {{\n")).unwrap();
    events.failed();
    assert!(
        server.said().contains("web-app/src/lib.rs"),
        "{}",
        server.said()
    );
    assert_eq!(server.get("/").status, 200);
    fs::write(&code, text).unwrap();
    events.rebuilt(&fifth);

    // Nothing of what was asked is logged; an open page does not keep the server from stopping.
    server.post("/api/v1/email", r#"{"nama":"JOKO BERANI"}"#);
    server.get("/tidak-ada/?rahasia=310101");
    let said = server.said();
    for secret in ["JOKO", "rahasia", "tidak-ada", "127.0.0.1"] {
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    assert_eq!(server.stop().code(), Some(0));
    assert!(!project.path("dist").exists());
}

#[test]
fn an_open_page_follows_the_build() {
    let project = Workspace::fresh();
    let server = Server::start(serve(&project));
    let browser = Browser::start();
    let page = browser.page();
    let start = page.mark();
    page.goto(&format!("http://{}/", server.address));
    let document = page.document();
    let shows =
        |text: &str| document.wait_for(&format!("document.body.innerText.includes({text:?})"));

    project.edit(HOME, "+++\n\n", "+++\n\nDitulis saat halaman terbuka.\n\n");
    shows("Ditulis saat halaman terbuka.");

    let mistake = "Salah: {{ email.imap.prot }}";
    project.edit(HOME, "Ditulis saat halaman terbuka.", mistake);
    document.wait_for(
        r#"document.querySelector("[role=alert]")?.textContent.includes("gagal dibangun")"#,
    );
    shows("Ditulis saat halaman terbuka.");

    project.edit(HOME, mistake, "Diperbaiki.");
    shows("Diperbaiki.");
    document.wait_for(r#"!document.querySelector("[role=alert]")"#);
    // The page's own policy, Trusted Types among it, allows all of this.
    assert_eq!(page.complaints_since(start), [""; 0]);
}

#[test]
fn waits_for_a_first_site_that_can_be_built() {
    let project = Workspace::fresh();
    project.edit(HOME, "judul", "jdul");
    let server = Server::start(serve(&project));
    server.says("jdul");
    let page = server.get("/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("belum dapat dibangun"), "{}", page.body);
    assert!(page.body.contains("/__pandu/reload.js"));

    let events = server.follow();
    let broken = events.failed();
    project.edit(HOME, "jdul", "judul");
    events.rebuilt(&broken);
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn a_port_in_use_is_told_at_once() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let project = Workspace::fresh();
    let output = Command::new(program("pandu"))
        .args(["serve", "--port", &port.to_string()])
        .current_dir(project.root())
        .output()
        .unwrap();
    let next = port.checked_add(1).unwrap_or(8080);
    let expected = format!("port {port} is in use; stop that program or pass --port {next}");
    let refusal = refusal(&output);
    assert!(refusal.ends_with(&expected), "{refusal}");
    assert!(!project.path("target").exists(), "nothing was begun");
}

/// `pandu serve` where of all programs only those in `programs` are found.
fn with_only(project: &Workspace, programs: &Path) -> Command {
    let mut command = serve(project);
    command
        .env("PATH", programs)
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env_remove("RUSTUP_TOOLCHAIN");
    command
}

#[test]
fn a_missing_compiler_is_told_in_one_sentence() {
    let project = Workspace::fresh();
    let nothing = tempfile::tempdir().unwrap();
    let output = with_only(&project, nothing.path()).output().unwrap();
    let refusal = refusal(&output);
    assert!(
        refusal.contains("`rustc` was not found: install Rust"),
        "{refusal}"
    );
    assert!(!project.path("target/pandu/serve").exists());
}

/// A program on the PATH that behaves as its real namesake does in the case tested.
fn script(folder: &Path, name: &str, lines: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_missing_target_is_told_in_one_sentence() {
    let project = Workspace::fresh();
    let programs = tempfile::tempdir().unwrap();
    // A compiler without the target names the folder in which it would be.
    script(
        programs.path(),
        "rustc",
        "echo /nowhere/wasm32-unknown-unknown/lib",
    );
    let output = with_only(&project, programs.path()).output().unwrap();
    let without_rustup = refusal(&output);
    let advice = "run `rustup target add wasm32-unknown-unknown`";
    assert!(
        without_rustup.contains("rustup, which adds it, was not found"),
        "{without_rustup}"
    );
    assert!(without_rustup.contains(advice), "{without_rustup}");

    script(
        programs.path(),
        "rustup",
        "echo 'info: downloading component rust-std' >&2\necho 'error: could not download file' >&2\nexit 1",
    );
    let output = with_only(&project, programs.path()).output().unwrap();
    let without_network = refusal(&output);
    assert!(
        without_network.contains("could not download file"),
        "{without_network}"
    );
    assert!(without_network.contains(advice), "{without_network}");
}

#[test]
fn a_disk_that_takes_nothing_is_told_in_one_sentence() {
    let project = Workspace::fresh();
    // A file in the folder's place refuses everybody, the administrator too.
    let blocked = tempfile::tempdir().unwrap();
    let file = blocked.path().join("target");
    fs::write(&file, "no folder").unwrap();
    let output = serve(&project)
        .env("CARGO_TARGET_DIR", &file)
        .output()
        .unwrap();
    let refusal = refusal(&output);
    assert!(refusal.contains("cannot write to"), "{refusal}");
    assert!(refusal.contains("make that folder writable"), "{refusal}");
    assert_eq!(
        names(&project.path("target/pandu")),
        [""; 0],
        "nothing was written"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), "no folder");

    // The project's own folder, where the site itself is written.
    fs::remove_dir_all(project.path("target")).unwrap();
    fs::write(project.path("target"), "no folder").unwrap();
    let before = names(project.root());
    let output = serve(&project).output().unwrap();
    let refusal = self::refusal(&output);
    assert!(refusal.contains("cannot write to"), "{refusal}");
    assert_eq!(names(project.root()), before, "nothing was written");
    fs::remove_file(project.path("target")).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let name = |name: &OsStr| name.to_string_lossy().into_owned();
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| name(&entry.unwrap().file_name()))
        .collect();
    names.sort();
    names
}
