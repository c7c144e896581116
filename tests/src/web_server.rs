//! Serves a folder as any web host does, below any path, and hands the look-up's requests on to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// A running web server; it serves until the test program ends.
pub struct WebServer {
    address: SocketAddr,
    prefix: String,
}

struct Site {
    folder: PathBuf,
    prefix: String,
    lookup: Option<SocketAddr>,
}

impl WebServer {
    /// Serves `folder` below `prefix` (`/`, `/sub/path/`); what is asked below `prefix` + `api/` goes to `lookup`.
    pub fn start(folder: &Path, prefix: &str, lookup: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let site = Arc::new(Site {
            folder: folder.to_owned(),
            prefix: prefix.to_owned(),
            lookup,
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = Arc::clone(&site);
                // A browser that goes away in the middle is no fault of the server.
                std::thread::spawn(move || site.answer(stream).ok());
            }
        });
        Self {
            address,
            prefix: prefix.to_owned(),
        }
    }

    /// The address of a page, given by its path in the site: `email/hp-android/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{}{path}", self.address, self.prefix)
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
        let mut file = self.folder.join(path);
        if file.is_dir() {
            file.push("index.html");
        }
        match std::fs::read(&file) {
            Ok(bytes) if !path.contains("..") => {
                send(&mut stream, "200 OK", content_type(&file), &bytes)
            }
            _ => {
                let page = std::fs::read(self.folder.join("404.html")).unwrap_or_default();
                send(
                    &mut stream,
                    "404 Not Found",
                    "text/html; charset=utf-8",
                    &page,
                )
            }
        }
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
        _ => "application/octet-stream",
    }
}
