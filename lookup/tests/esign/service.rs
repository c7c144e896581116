//! An Esign Client Service for tests: real sockets, real TLS, and every fault that such a service can have.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A question as it came.
#[derive(Clone)]
pub struct Asked {
    pub at: Instant,
    /// Method and path.
    pub line: String,
    pub headers: String,
    pub body: String,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The number of the person it is about: the last five digits of the NIK, or those of the address.
    pub fn person(&self) -> usize {
        let value: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        let text = value["nik"].as_str().or(value["email"].as_str()).unwrap();
        let text = text.split('@').next().unwrap();
        text[text.len() - 5..].parse().unwrap()
    }
}

/// What becomes of a question.
#[derive(Clone)]
pub enum Does {
    /// HTTP status, further header lines, body.
    Answers(u16, &'static str, String),
    /// The same, later.
    Later(Duration, Box<Does>),
    /// These bytes, and the end.
    Says(Vec<u8>),
    /// These bytes, then others every now and then, for ever.
    Drips(&'static str, &'static str),
    /// Nothing, for ever.
    Hangs,
    /// Breaks off the connection.
    Resets,
}

impl Does {
    pub fn json(status: u16, body: &str) -> Self {
        Self::Answers(
            status,
            "content-type: application/json\r\n",
            body.to_owned(),
        )
    }

    /// As the interface answers.
    pub fn status(word: &str) -> Self {
        let body = format!(r#"{{"status_code":"1111","message":"ok","status":"{word}"}}"#);
        Self::json(200, &body)
    }

    pub fn after(self, millis: u64) -> Self {
        Self::Later(Duration::from_millis(millis), Box::new(self))
    }
}

/// What it does with a question, of which it is the `n`th about this person, from zero.
type Script = Box<dyn Fn(&Asked, usize) -> Does + Send + Sync>;

struct Shared {
    script: Mutex<Arc<Script>>,
    asked: Mutex<Vec<Asked>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A running service; it lives as long as the program.
pub struct Service {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Service {
    pub fn start(script: impl Fn(&Asked, usize) -> Does + Send + Sync + 'static) -> Self {
        Self::with(None, script)
    }

    pub fn with(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&Asked, usize) -> Does + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let script: Script = Box::new(script);
        let shared = Arc::new(Shared {
            script: Mutex::new(Arc::new(script)),
            asked: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let service = Self {
            address,
            shared: Arc::clone(&shared),
        };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (shared, tls) = (Arc::clone(&shared), tls.clone());
                thread::spawn(move || match tls {
                    None => serve(&shared, stream),
                    Some(config) => {
                        let connection = ServerConnection::new(config).unwrap();
                        serve(&shared, StreamOwned::new(connection, stream));
                    }
                });
            }
        });
        service
    }

    /// From now on it does this.
    pub fn now_does(&self, script: impl Fn(&Asked, usize) -> Does + Send + Sync + 'static) {
        *self.shared.script.lock().unwrap() = Arc::new(Box::new(script));
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How often it was asked about a person.
    pub fn asked_about(&self, person: usize) -> usize {
        let asked = self.shared.asked.lock().unwrap();
        asked.iter().filter(|it| it.person() == person).count()
    }

    /// The most questions that were under way at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }
}

fn serve(shared: &Shared, mut stream: impl Stream) {
    let now = shared.now.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most.fetch_max(now, Ordering::SeqCst);
    if let Some(asked) = read(&mut stream) {
        let earlier = {
            let mut all = shared.asked.lock().unwrap();
            let earlier = all.iter().filter(|it| it.body == asked.body).count();
            all.push(asked.clone());
            earlier
        };
        let script = Arc::clone(&shared.script.lock().unwrap());
        let mut does = script(&asked, earlier);
        while let Does::Later(wait, then) = does {
            thread::sleep(wait);
            does = *then;
        }
        // Whoever is answered may ask again before this thread goes on.
        shared.now.fetch_sub(1, Ordering::SeqCst);
        // The client may be gone.
        let _ = answer(&mut stream, does);
    } else {
        shared.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A stream that can be broken off.
trait Stream: Read + Write {
    fn socket(&self) -> &TcpStream;
}

impl Stream for TcpStream {
    fn socket(&self) -> &TcpStream {
        self
    }
}

impl Stream for StreamOwned<ServerConnection, TcpStream> {
    fn socket(&self) -> &TcpStream {
        &self.sock
    }
}

fn read(stream: &mut impl Stream) -> Option<Asked> {
    let at = Instant::now();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_owned();
            let (line, headers) = head.split_once("\r\n").unwrap_or((&head, ""));
            let headers = headers
                .lines()
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| format!("{}: {value}\n", name.to_lowercase()))
                .collect::<String>();
            let asked = Asked {
                at,
                line: line.to_owned(),
                headers,
                body: body.to_owned(),
            };
            let length: usize = asked.header("content-length")?.parse().unwrap();
            if asked.body.len() >= length {
                return Some(asked);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(length) => bytes.extend(&buffer[..length]),
        }
    }
}

fn answer(stream: &mut impl Stream, does: Does) -> std::io::Result<()> {
    match does {
        Does::Later(_, does) => answer(stream, *does),
        Does::Answers(status, headers, body) => {
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(text.as_bytes())?;
            stream.flush()
        }
        Does::Says(bytes) => {
            stream.write_all(&bytes)?;
            stream.flush()
        }
        Does::Drips(first, then) => {
            stream.write_all(first.as_bytes())?;
            loop {
                stream.write_all(then.as_bytes())?;
                stream.flush()?;
                thread::sleep(Duration::from_millis(50));
            }
        }
        Does::Hangs => {
            // Until the client gives up.
            let _ = stream.read(&mut [0]);
            Ok(())
        }
        Does::Resets => stream.socket().shutdown(std::net::Shutdown::Both),
    }
}
