//! One TCP connection that ends by itself: its steps have limits of time, and what it receives one of size.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use crate::{
    Finding,
    step::{Flood, Limits, Step},
};

/// What a peer may send in all, in bytes. Certificates and a set-up file take a few thousand.
const MOST: usize = 256 * 1024;
/// How many of the first bytes are kept, to tell text from TLS.
const KEPT: usize = 200;

/// A connection to one address of a host.
#[derive(Debug)]
pub(crate) struct Link {
    stream: TcpStream,
    /// The time it may take.
    pub limits: Limits,
    received: usize,
    first: Vec<u8>,
}

impl Link {
    /// Connects to the first address that answers. The others that were tried are told as warnings.
    pub fn open(
        addresses: &[SocketAddr],
        mut limits: Limits,
        findings: &mut Vec<Finding>,
    ) -> Result<(Self, SocketAddr), Finding> {
        limits.step(Step::Connect);
        let mut failed: Vec<(SocketAddr, io::Error)> = Vec::new();
        for (index, address) in addresses.iter().enumerate() {
            let rest = u32::try_from(addresses.len() - index).unwrap_or(u32::MAX);
            let slice = limits.left().unwrap_or_default() / rest;
            // A time of nothing is no time-out but an error of the call.
            match TcpStream::connect_timeout(address, slice.max(Duration::from_millis(1))) {
                Ok(stream) => {
                    findings.extend(failed.iter().filter_map(deaf));
                    let link = Self {
                        stream,
                        limits,
                        received: 0,
                        first: Vec::new(),
                    };
                    return Ok((link, *address));
                }
                Err(error) => failed.push((*address, error)),
            }
        }
        Err(unconnected(&failed, &limits))
    }

    /// Its first bytes, where they are text: TLS never begins with a printable character.
    pub fn first_words(&self) -> Option<String> {
        let printable = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
        self.first
            .first()
            .is_some_and(printable)
            .then(|| String::from_utf8_lossy(&self.first).into_owned())
    }

    /// TLS begins: what comes now is told apart from what came before.
    pub fn forget_first_words(&mut self) {
        self.first.clear();
    }

    fn timeout(&self) -> io::Result<Duration> {
        self.limits
            .left()
            .ok_or_else(|| io::Error::from(io::ErrorKind::TimedOut))
    }
}

impl Read for Link {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.timeout()?;
        if self.received >= MOST {
            return Err(io::Error::other(Flood));
        }
        self.stream.set_read_timeout(Some(left))?;
        let count = self.stream.read(buffer).map_err(as_timeout)?;
        self.received += count;
        let room = KEPT.saturating_sub(self.first.len()).min(count);
        self.first
            .extend_from_slice(buffer.get(..room).unwrap_or_default());
        Ok(count)
    }
}

impl Write for Link {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let left = self.timeout()?;
        self.stream.set_write_timeout(Some(left))?;
        self.stream.write(buffer).map_err(as_timeout)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// Systems name a socket's time-out in two ways; rustls takes one of them for "try again".
fn as_timeout(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
        _ => error,
    }
}

/// Why one of several addresses could not be used.
fn deaf((address, error): &(SocketAddr, io::Error)) -> Option<Finding> {
    let reason = match error.kind() {
        // This machine has no IPv6, say; the host is not to blame.
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::AddrNotAvailable => return None,
        io::ErrorKind::ConnectionRefused => "refuses the connection",
        io::ErrorKind::TimedOut => "does not answer",
        _ => "can't be reached",
    };
    Some(Finding::warning(
        "address-unreachable",
        format!(
            "One of its addresses, {address}, {reason}; people wait until their program tries the next."
        ),
        "Start the service there too, or take the address out of DNS.",
    ))
}

fn unconnected(failed: &[(SocketAddr, io::Error)], limits: &Limits) -> Finding {
    let tried: Vec<String> = failed
        .iter()
        .map(|(address, _)| address.to_string())
        .collect();
    let tried = tried.join(", ");
    let all = |kind| failed.iter().all(|(_, error)| error.kind() == kind);
    if all(io::ErrorKind::ConnectionRefused) {
        return Finding::failure(
            "refused",
            format!("The host is there and refuses the connection at {tried}."),
            "Start the service, or let it listen at this port; where the profile names the wrong port, correct it.",
        );
    }
    if failed
        .iter()
        .any(|(_, error)| error.kind() == io::ErrorKind::TimedOut)
    {
        return Finding::failure(
            "connect-timeout",
            format!("Nothing answers at {tried} {}.", limits.met()),
            "Look whether the machine runs, and whether a firewall drops connections to this port; some networks block mail ports, so try from another one.",
        );
    }
    Finding::failure(
        "unreachable",
        format!("No way leads from here to {tried}."),
        "Look whether this machine has a network, and whether the address in DNS is the host's.",
    )
}
