//! Peers that do what no server should.

use std::{
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

/// Listens, and does something odd with everyone who connects.
pub struct BadPeer {
    /// Where it listens.
    pub address: SocketAddr,
}

impl BadPeer {
    /// Takes connections and never says a word.
    pub fn silent() -> Self {
        Self::new(|stream| wait_for_end(&stream))
    }

    /// Sends one line without end.
    pub fn flood() -> Self {
        Self::new(|mut stream| while stream.write_all(&[b'a'; 4096]).is_ok() {})
    }

    /// Sends one byte of a greeting each 100 ms, so that it is never silent and never done.
    pub fn drip() -> Self {
        Self::new(|mut stream| {
            while stream.write_all(b"*").is_ok() {
                thread::sleep(std::time::Duration::from_millis(100));
            }
        })
    }

    /// Says this, then waits until the other goes.
    pub fn saying(words: &'static str) -> Self {
        Self::new(move |mut stream| {
            let _ = stream.write_all(words.as_bytes());
            wait_for_end(&stream);
        })
    }

    fn new(act: impl Fn(TcpStream) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        // Both threads end with the test program at the latest.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let act = act.clone();
                thread::spawn(move || act(stream));
            }
        });
        Self { address }
    }
}

/// Reads whatever comes until the connection is closed.
fn wait_for_end(stream: &TcpStream) {
    let mut stream = stream;
    let _ = std::io::copy(&mut stream, &mut std::io::sink());
}
