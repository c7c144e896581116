//! Questions over real HTTP, and how long their answers take.
//!
//! Plain threads with plain sockets: a timer of an asynchronous runtime is a millisecond coarse, which is longer
//! than an answer takes. Every answer is read and compared with what it must be.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::people::{self, MOST, mix};
use crate::process;

/// Who is asked, and about whom.
#[derive(Clone, Copy)]
pub struct Target {
    /// Where the server listens.
    pub address: SocketAddr,
    /// Size of its roster.
    pub people: u64,
    /// Connections, each of a thread of its own.
    pub connections: u64,
    /// The processor on which the threads run; none: any.
    pub core: Option<usize>,
}

/// What came of asking.
#[derive(Default)]
pub struct Outcome {
    /// Time of each right answer.
    pub latencies: Vec<Duration>,
    /// What was wrong with the others.
    pub errors: Vec<String>,
    /// Time from the first question to the last answer.
    pub took: Duration,
}

impl Outcome {
    /// Takes in those of another time.
    pub fn extend(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.errors.extend(other.errors);
        self.took += other.took;
    }

    /// The latency that `share` of the answers did not exceed.
    pub fn quantile(&self, share: f64) -> Duration {
        let mut sorted = self.latencies.clone();
        sorted.sort_unstable();
        let at = (share * sorted.len() as f64).ceil() as usize;
        sorted
            .get(at.clamp(1, sorted.len().max(1)) - 1)
            .copied()
            .unwrap_or_default()
    }
}

/// Closed loop: every connection asks as soon as it is answered.
pub fn at_full_speed(target: Target, time: Duration, seed: u64) -> Outcome {
    let start = Instant::now();
    let next = AtomicU64::new(seed);
    spread(target, |connection, outcome| {
        while start.elapsed() < time {
            let asked = Instant::now();
            ask(connection, target, next.fetch_add(1, Ordering::Relaxed))?;
            outcome.latencies.push(asked.elapsed());
        }
        Ok(())
    })
}

/// Open loop: questions are due at equal distances, whatever became of those before. Latency counts from the
/// time at which a question was due, not from the time at which a connection came round to asking it: a server
/// that stands still for a second has a thousand late answers, not one (coordinated omission).
pub fn at_rate(target: Target, a_second: u64, time: Duration, seed: u64) -> Outcome {
    let questions = a_second * time.as_secs();
    let start = Instant::now() + Duration::from_millis(50);
    let next = AtomicU64::new(0);
    spread(target, |connection, outcome| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= questions {
                return Ok(());
            }
            let due = start + Duration::from_nanos(number * (1_000_000_000 / a_second));
            thread::sleep(due.saturating_duration_since(Instant::now()));
            ask(connection, target, seed + number)?;
            outcome.latencies.push(due.elapsed());
        }
    })
}

/// One after another on one connection, by the name that a thousand people bear.
pub fn by_shared_name(target: Target, questions: usize) -> Outcome {
    spread(
        Target {
            connections: 1,
            ..target
        },
        |connection, outcome| {
            let body = format!(r#"{{"nama":"{}"}}"#, people::SHARED_NAME);
            for _ in 0..questions {
                let asked = Instant::now();
                let answer = connection.post(&body)?;
                let accounts = answer.matches(r#""address""#).count();
                if accounts != 5 || !answer.contains(r#""more":true"#) {
                    bail!("{accounts} namesakes: {answer}");
                }
                outcome.latencies.push(asked.elapsed());
            }
            Ok(())
        },
    )
}

/// Runs `work` on all connections at once.
fn spread(
    target: Target,
    work: impl Fn(&mut Connection, &mut Outcome) -> anyhow::Result<()> + Sync,
) -> Outcome {
    let one = || {
        let mut outcome = Outcome::default();
        let done = process::run_on(target.core)
            .and_then(|()| Connection::open(target.address))
            .and_then(|mut connection| work(&mut connection, &mut outcome));
        outcome
            .errors
            .extend(done.err().map(|error| format!("{error:#}")));
        outcome
    };
    let start = Instant::now();
    let mut all = Outcome::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..target.connections).map(|_| scope.spawn(one)).collect();
        for thread in threads {
            match thread.join() {
                Ok(outcome) => all.extend(outcome),
                Err(_) => all.errors.push("a thread of the client broke".to_owned()),
            }
        }
    });
    all.took = start.elapsed();
    all
}

/// Asks for one NIP: half of them somebody's, half of them nobody's, all of them scattered over the roster.
fn ask(connection: &mut Connection, target: Target, number: u64) -> anyhow::Result<()> {
    let random = mix(number);
    let (at, expected) = if random & 1 == 0 {
        let at = (random >> 1) % target.people;
        (at, format!(r#""address":"{}""#, people::address(at)))
    } else {
        let at = target.people + (random >> 1) % (MOST - target.people);
        (at, r#""accounts":[]"#.to_owned())
    };
    let answer = connection.post(&format!(r#"{{"nip":"{}"}}"#, people::nip(at)))?;
    if !answer.contains(&expected) {
        bail!("{expected} is not in: {}", answer.trim_end());
    }
    Ok(())
}

/// A connection that is kept.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).context("cannot connect")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self {
            stream,
            read: vec![0; 16 * 1024],
        })
    }

    /// Posts a question and returns the body of its answer, which must be a success.
    fn post(&mut self, body: &str) -> anyhow::Result<&str> {
        let request = format!(
            "POST /api/v1/email HTTP/1.1\r\nhost: contoh\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.write_all(request.as_bytes())?;
        let mut length = 0;
        loop {
            let free = self.read.get_mut(length..).unwrap_or_default();
            let more = self.stream.read(free)?;
            if more == 0 {
                bail!("the server closed the connection");
            }
            length += more;
            let bytes = self.read.get(..length).unwrap_or_default();
            let Some(head) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else {
                continue;
            };
            let (from, to) = (head + 4, head + 4 + content_length(bytes, head)?);
            if length >= to {
                return Ok(std::str::from_utf8(
                    self.read.get(from..to).unwrap_or_default(),
                )?);
            }
        }
    }
}

/// The length of the body whose head ends at `end`, of an answer that is a success.
fn content_length(bytes: &[u8], end: usize) -> anyhow::Result<usize> {
    let head = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
    if !head.starts_with("HTTP/1.1 200 ") {
        bail!("{}", head.lines().next().unwrap_or_default());
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse())?
            .ok()
    });
    length.context("no content-length")
}
