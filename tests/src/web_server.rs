//! Serves a folder as any web host does, below any path, and hands the look-up's requests on to it. It can be made to
//! fail as networks and hosts do, to serve another folder from now on, and tells what it was asked for.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running web server; it serves until the test program ends.
pub struct WebServer {
    address: SocketAddr,
    site: Arc<Site>,
}

/// How the server, or the network before it, behaves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mood {
    /// As it should.
    Well,
    /// The line is cut: whoever connects is hung up on.
    Cut,
    /// The line holds for so many more requests.
    CutAfter(usize),
    /// Every answer takes so long.
    Slow(Duration),
    /// Connects, and never answers.
    Hangs,
    /// Every answer is this status.
    Fails(&'static str),
    /// Whatever one asks for, there is a page on which one shall log in.
    Portal,
    /// Whatever one asks for, one is sent to such a page elsewhere.
    PortalElsewhere,
    /// As it should, except that this path is not there.
    Lacks(&'static str),
}

struct Site {
    folder: Mutex<PathBuf>,
    prefix: String,
    lookup: Option<SocketAddr>,
    mood: Mutex<Mood>,
    asked: Mutex<Vec<String>>,
}

impl WebServer {
    /// Serves `folder` below `prefix` (`/`, `/sub/path/`); what is asked below `prefix` + `api/` goes to `lookup`.
    pub fn start(folder: &Path, prefix: &str, lookup: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let site = Arc::new(Site {
            folder: Mutex::new(folder.to_owned()),
            prefix: prefix.to_owned(),
            lookup,
            mood: Mutex::new(Mood::Well),
            asked: Mutex::new(Vec::new()),
        });
        let serving = Arc::clone(&site);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&serving);
                // A browser that goes away in the middle is no fault of the server.
                std::thread::spawn(move || site.answer(stream).ok());
            }
        });
        Self { address, site }
    }

    /// The address of a page, given by its path in the site: `email/hp-android/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{}{path}", self.address, self.site.prefix)
    }

    /// Behaves so from now on.
    pub fn set_mood(&self, mood: Mood) {
        *self.site.mood.lock().expect("no thread panics") = mood;
    }

    /// Whether a line that was to be cut has been.
    pub fn is_cut(&self) -> bool {
        *self.site.mood.lock().expect("no thread panics") == Mood::Cut
    }

    /// Serves another folder from now on: a new version of the site.
    pub fn deploy(&self, folder: &Path) {
        folder.clone_into(&mut self.site.folder.lock().expect("no thread panics"));
    }

    /// The paths in the site that were asked for and answered, in order.
    pub fn asked(&self) -> Vec<String> {
        self.site.asked.lock().expect("no thread panics").clone()
    }
}

impl Site {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
        let target = head.split(' ').nth(1).unwrap_or_default();
        let path = target.split('?').next().unwrap_or_default();
        if !self.endure(&mut stream, path)? {
            return Ok(());
        }
        let Some(path) = path.strip_prefix(&self.prefix) else {
            return send(
                &mut stream,
                "404 Not Found",
                "text/plain",
                b"outside the site",
            );
        };
        if path.starts_with("api/")
            && let Some(lookup) = self.lookup
        {
            return hand_on(&mut stream, &mut reader, &head, path, lookup);
        }
        self.asked
            .lock()
            .expect("no thread panics")
            .push(path.to_owned());
        let folder = self.folder.lock().expect("no thread panics").clone();
        let mut file = folder.join(path);
        if file.is_dir() {
            file.push("index.html");
        }
        match std::fs::read(&file) {
            Ok(bytes) if !path.contains("..") => {
                let kind = content_type(&file);
                // Names of assets follow their content: hosts let browsers keep them.
                let kind = match path.contains("assets/") {
                    true => format!("{kind}\r\ncache-control: max-age=31536000, immutable"),
                    false => kind.to_owned(),
                };
                send(&mut stream, "200 OK", &kind, &bytes)
            }
            _ => {
                let page = std::fs::read(folder.join("404.html")).unwrap_or_default();
                send(
                    &mut stream,
                    "404 Not Found",
                    "text/html; charset=utf-8",
                    &page,
                )
            }
        }
    }

    /// Acts as its mood is; gives whether the request is still to be answered.
    fn endure(&self, stream: &mut TcpStream, path: &str) -> std::io::Result<bool> {
        let mood = {
            let mut mood = self.mood.lock().expect("no thread panics");
            if let Mood::CutAfter(left) = *mood {
                *mood = left.checked_sub(1).map_or(Mood::Cut, Mood::CutAfter);
            }
            *mood
        };
        let page = b"<!doctype html><title>Login</title><h1>Masuk ke Wi-Fi</h1>";
        match mood {
            Mood::Well | Mood::CutAfter(_) => return Ok(true),
            Mood::Slow(time) => {
                std::thread::sleep(time);
                return Ok(true);
            }
            Mood::Cut => {}
            Mood::Hangs => {
                while *self.mood.lock().expect("no thread panics") == Mood::Hangs {
                    std::thread::sleep(Duration::from_millis(50));
                }
            }
            Mood::Fails(status) => send(stream, status, "text/plain", b"")?,
            Mood::Portal => send(stream, "200 OK", "text/html", page)?,
            Mood::PortalElsewhere => {
                let head = "HTTP/1.1 302 Found\r\nlocation: http://masuk.invalid/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
                stream.write_all(head.as_bytes())?;
            }
            Mood::Lacks(lacking) if path.ends_with(lacking) => {
                send(stream, "404 Not Found", "text/plain", b"")?;
            }
            Mood::Lacks(_) => return Ok(true),
        }
        Ok(false)
    }
}

/// Sends a request to the look-up as if it had come at its own root.
fn hand_on(
    stream: &mut TcpStream,
    reader: &mut impl Read,
    head: &str,
    path: &str,
    lookup: SocketAddr,
) -> std::io::Result<()> {
    let mut lines = head.lines();
    let method = lines
        .next()
        .and_then(|line| line.split(' ').next())
        .unwrap_or_default();
    let mut length = 0;
    let mut request = format!("{method} /{path} HTTP/1.1\r\nconnection: close\r\n");
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
        if !name.eq_ignore_ascii_case("connection") {
            request.push_str(&format!("{line}\r\n"));
        }
    }
    request.push_str("\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut onward = TcpStream::connect(lookup)?;
    onward.write_all(request.as_bytes())?;
    onward.write_all(&body)?;
    std::io::copy(&mut onward, stream)?;
    Ok(())
}

fn send(
    stream: &mut TcpStream,
    status: &str,
    content_type: &str,
    body: &[u8],
) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

fn content_type(file: &Path) -> &'static str {
    match file
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
    {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "xml" => "application/xml",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
