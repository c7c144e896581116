//! Peers that do what no server should.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// Listens, and does something odd with everyone who connects.
pub struct BadPeer {
    /// Where it listens.
    pub address: SocketAddr,
    heard: Heard,
}

/// All that was said to a peer.
type Heard = Arc<Mutex<Vec<u8>>>;

impl BadPeer {
    /// Takes connections and never says a word.
    pub fn silent() -> Self {
        Self::new(listen)
    }

    /// Sends one line without end.
    pub fn flood() -> Self {
        Self::new(|mut stream, _| while stream.write_all(&[b'a'; 4096]).is_ok() {})
    }

    /// Sends one byte of a greeting each 100 ms, so that it is never silent and never done.
    pub fn drip() -> Self {
        Self::new(|mut stream, _| {
            while stream.write_all(b"*").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        })
    }

    /// Says this, then waits until the other goes.
    pub fn saying(words: &'static str) -> Self {
        Self::new(move |mut stream, heard| {
            let _ = stream.write_all(words.as_bytes());
            listen(stream, heard);
        })
    }

    fn new(act: impl Fn(TcpStream, &Heard) + Clone + Send + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let heard = Heard::default();
        let ears = Arc::clone(&heard);
        // Both threads end with the test program at the latest.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (act, ears) = (act.clone(), Arc::clone(&ears));
                thread::spawn(move || act(stream, &ears));
            }
        });
        Self { address, heard }
    }

    /// What was said to it so far; kept by those that wait for the other to go.
    pub fn heard(&self) -> String {
        String::from_utf8_lossy(&self.heard.lock().expect("no peer panics")).into_owned()
    }
}

/// Keeps whatever comes until the connection is closed.
fn listen(mut stream: TcpStream, heard: &Heard) {
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk) {
        heard
            .lock()
            .expect("no peer panics")
            .extend_from_slice(&chunk[..count]);
    }
}
