//! What the tests share: a folder with a profile and tables, the program run in it, and plain HTTP.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rust_xlsxwriter::{Workbook, Worksheet};
use tempfile::TempDir;

pub const HEADINGS: [&str; 7] = [
    "PERANGKAT DAERAH",
    "NRK",
    "NAMA",
    "EMAIL",
    "STATUS EMAIL",
    "STATUS TTE",
    "Keterangan",
];

/// Always open, all look-ups.
pub const PROFILE: &str = r#"
nama = "Daerah Contoh"
zona_waktu = "WIB"
[email]
domain = "contoh.go.id"
domain_lain = ["latihan.go.id"]
[periksa]
email = ["nip", "nrk", "nama"]
tte = ["email", "nik"]
nrk_digit = 6
"#;

/// Opening hours with no day but the one that is furthest from today, and none on the intranet but 10.9.9.9.
pub fn closed() -> String {
    let days = [
        "kamis", "jumat", "sabtu", "minggu", "senin", "selasa", "rabu",
    ]; // of day 0, 1, …
    let today = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() / 86_400;
    let day = days[usize::try_from(today + 3).unwrap() % 7];
    format!(
        "[periksa.jam]\nhari = [\"{day}\"]\nbuka = \"08.00\"\ntutup = \"15.00\"\nintranet = [\"10.9.9.9\"]\n"
    )
}

/// Limits that no test meets: `--config bebas.toml` in a [`Room`].
const UNLIMITED: &str = "[batas.pengguna]\nsekaligus = 10000000\nsehari = 10000000\n[batas.nama]\nsekaligus = 10000000\nsehari = 10000000\n[batas.orang]\nsekaligus = 10000000\n[batas.harian]\nalarm = 1000000000\ntutup_nama = false\n";

/// A folder of its own for a test.
pub struct Room {
    folder: TempDir,
}

impl Room {
    /// With [`PROFILE`] in it, of the agency `contoh`.
    pub fn new() -> Self {
        let room = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        room.write("contoh/instansi.toml", PROFILE);
        room.write("bebas.toml", UNLIMITED);
        room
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), content).unwrap();
    }

    /// A workbook with one sheet, filled by `fill`.
    pub fn workbook(&self, name: &str, sheet: &str, fill: impl FnOnce(&mut Worksheet)) {
        let mut workbook = Workbook::new();
        fill(workbook.add_worksheet().set_name(sheet).unwrap());
        workbook.save(self.path(name)).unwrap();
    }

    /// A roster with two title rows, the header in row 3, and these people below.
    pub fn roster(&self, people: &[[&str; 7]]) {
        self.workbook("roster.xlsx", "PNS", |sheet| {
            sheet.write(0, 0, "DATA AKUN EMAIL").unwrap();
            row(sheet, 2, &HEADINGS);
            for (at, person) in (3..).zip(people) {
                row(sheet, at, person);
            }
        });
    }

    /// Runs `lookup` in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lookup"));
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// Imports `roster.xlsx` with further arguments.
    pub fn import(&self, further: &[&str]) -> Output {
        self.import_from("roster.xlsx", further)
    }

    pub fn import_from(&self, roster: &str, further: &[&str]) -> Output {
        let mut arguments = vec!["import", "--roster", roster];
        arguments.extend(PLACES);
        arguments.extend(["--as-of", "2025-10-22"]);
        arguments.extend(further);
        self.run(&arguments)
    }

    /// Imports and must succeed.
    pub fn imported(&self, further: &[&str]) {
        let output = self.import(further);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }

    /// Starts a server with further arguments.
    pub fn serve(&self, further: &[&str]) -> Server {
        self.serve_in(further, |_| {})
    }

    /// Starts a server with further arguments in an environment of its own.
    pub fn serve_in(&self, further: &[&str], environment: impl FnOnce(&mut Command)) -> Server {
        let mut arguments = vec!["serve", "--listen", "127.0.0.1:0"];
        arguments.extend(PLACES);
        arguments.extend(further);
        let mut command = self.command(&arguments);
        environment(&mut command);
        Server::start(command)
    }

    /// The bytes of the snapshot.
    pub fn snapshot(&self) -> Vec<u8> {
        fs::read(self.path("data.sqlite")).unwrap()
    }
}

const PLACES: [&str; 6] = [
    "--profile",
    "contoh/instansi.toml",
    "--data",
    "data.sqlite",
    "--key",
    "kunci",
];

pub fn row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
        sheet.write_string(row, column, *cell).unwrap();
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit code, standard output and standard error, as one text to compare.
pub fn told(output: &Output) -> String {
    let code = output.status.code().unwrap();
    format!(
        "exit {code}\n--- stdout\n{}--- stderr\n{}",
        text(&output.stdout),
        text(&output.stderr)
    )
}

/// A running server; ends with the test.
pub struct Server {
    child: Child,
    /// Reads its standard error, which would hold it up if nobody did.
    log: Option<JoinHandle<String>>,
    pub address: SocketAddr,
}

impl Server {
    /// Starts `command`, which must say where it listens.
    pub fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let Some((_, address)) = line.trim().split_once("://") else {
            let output = child.wait_with_output().unwrap();
            panic!("no server: {}", text(&output.stderr));
        };
        let mut errors = child.stderr.take().unwrap();
        let log = thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).unwrap();
            text
        });
        Self {
            address: address.parse().unwrap(),
            child,
            log: Some(log),
        }
    }

    /// Sends one request; the headers must end with a line break each.
    pub fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> Response {
        let length = body.len();
        self.send_raw(&format!(
            "{method} {path} HTTP/1.1\r\nhost: contoh\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
    }

    /// Sends a request as it stands.
    pub fn send_raw(&self, request: &str) -> Response {
        send_raw(self.address, request)
    }

    /// Posts JSON to a route of the look-up.
    pub fn ask(&self, route: &str, json: &str) -> Response {
        self.send(
            "POST",
            &format!("/api/v1/{route}"),
            "content-type: application/json\r\n",
            json,
        )
    }

    pub fn get(&self, path: &str) -> Response {
        self.send("GET", path, "", "")
    }

    /// Ends it by SIGTERM and returns what it wrote to standard error.
    pub fn stop(self) -> (bool, String) {
        self.terminate();
        self.ended()
    }

    /// Waits for its end and tells how it came.
    pub fn status(mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// The number of its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(killed.success());
    }

    /// Waits for its end and returns what it wrote to standard error.
    pub fn ended(mut self) -> (bool, String) {
        let errors = self.log.take().unwrap().join().unwrap();
        (self.child.wait().unwrap().success(), errors)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a request to an address as it stands.
pub fn send_raw(address: SocketAddr, request: &str) -> Response {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // A server that refuses early may close before it has read all.
    let _ = stream.write_all(request.as_bytes());
    Response::read(stream)
}

/// The lines of a log that are no plain information.
pub fn warnings(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| !line.contains(" INFO "))
        .collect()
}

/// An HTTP response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    pub status: u16,
    headers: String,
    pub body: Vec<u8>,
}

impl Response {
    pub fn read(mut stream: TcpStream) -> Self {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap();
        let body = bytes.split_off(end + 4);
        let headers = text(&bytes).to_lowercase();
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            headers,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The headers without the date, to compare answers whole.
    pub fn headers_without_date(&self) -> String {
        self.headers
            .lines()
            .filter(|line| !line.starts_with("date:"))
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// Status and body without padding.
    pub fn told(&self) -> String {
        format!("{} {}", self.status, text(&self.body).trim_end())
    }
}

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path))
        } else {
            files.push(path)
        }
    }
    files
}
