//! A listening server that answers politely and counts whatever arrives: connections, requests, packets.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// One port on loopback, TCP and UDP alike; it listens until the test program ends.
pub struct Sink {
    address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    connections: AtomicUsize,
    requests: AtomicUsize,
    packets: AtomicUsize,
}

impl Sink {
    /// Listens at a free port.
    pub fn start() -> Self {
        let (tcp, udp) = crate::wait_until("a port free for TCP and UDP", || {
            let tcp = TcpListener::bind(("127.0.0.1", 0)).ok()?;
            let udp = UdpSocket::bind(tcp.local_addr().ok()?).ok()?;
            Some((tcp, udp))
        });
        let address = tcp.local_addr().expect("a listener has an address");
        let counts = Arc::new(Counts::default());
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                counted.connections.fetch_add(1, Ordering::SeqCst);
                let counted = Arc::clone(&counted);
                std::thread::spawn(move || {
                    // A connection that stays silent (opened ahead of time) has been counted as one.
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
                    let mut bytes = [0; 2048];
                    let Ok(count @ 1..) = stream.read(&mut bytes) else {
                        return;
                    };
                    if String::from_utf8_lossy(&bytes[..count]).contains(" HTTP/1.1\r\n") {
                        counted.requests.fetch_add(1, Ordering::SeqCst);
                        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\naccess-control-allow-origin: *\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                    }
                });
            }
        });
        let counted = Arc::clone(&counts);
        std::thread::spawn(move || {
            let mut packet = [0; 2048];
            while udp.recv_from(&mut packet).is_ok() {
                counted.packets.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, counts }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// TCP connections accepted.
    pub fn connections(&self) -> usize {
        self.counts.connections.load(Ordering::SeqCst)
    }

    /// HTTP requests read.
    pub fn requests(&self) -> usize {
        self.counts.requests.load(Ordering::SeqCst)
    }

    /// UDP packets received.
    pub fn packets(&self) -> usize {
        self.counts.packets.load(Ordering::SeqCst)
    }

    /// Whether anything at all has arrived.
    pub fn reached(&self) -> bool {
        self.connections() + self.packets() > 0
    }
}
