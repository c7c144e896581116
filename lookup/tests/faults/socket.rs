//! Strangers' bytes at the real server's socket: it answers an ordinary request after each.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

use super::common::{Room, Server, warnings};
use super::{MANY, SHARED_NAME, status_of_five, two_snapshots};

/// What requests are made of, whole and broken.
const PIECES: [&[u8]; 30] = [
    b"POST /api/v1/email HTTP/1.1\r\n",
    b"GET /api/v1/info HTTP/1.1\r\n",
    b"GET /../../etc/passwd HTTP/1.1\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.0\r\n",
    b"host: contoh\r\n",
    b"content-type: application/json\r\n",
    b"content-length: 20\r\n",
    b"content-length: 99999999999999999999\r\n",
    b"content-length: -1\r\n",
    b"transfer-encoding: chunked\r\n",
    b"transfer-encoding: chunked, chunked\r\n",
    b"x-forwarded-for: 10.0.0.1, ::1, \xff\r\n",
    b"expect: 100-continue\r\n",
    b"upgrade: h2c\r\nconnection: upgrade\r\n",
    b"connection: close\r\n",
    b" folded\r\n",
    b": no name\r\n",
    b"\r\n",
    b"\n",
    b"\0",
    b"ffffffffffffffff\r\n",
    b"0\r\n\r\n",
    br#"{"nrk":"000007"}"#,
    br#"{"nama":"\ud800"}"#,
    br#"[[[[[[[[[[[[[[[["#,
    b"\xff\xfe\xfd",
    b"\x16\x03\x01\x02\x00\x01\x00",
    // An empty SETTINGS frame, and HEADERS of a stream that cannot be.
    b"\0\0\0\x04\0\0\0\0\0",
    b"\0\0\x05\x01\x05\0\0\0\0\x82\x86\x84\x41\x8a",
];

/// One frame of HTTP/2 with any kind, flags, stream and content.
fn frame() -> impl Strategy<Value = Vec<u8>> {
    let content = prop::collection::vec(any::<u8>(), 0..40);
    (any::<u8>(), any::<u8>(), 0_u32..6, content).prop_map(|(kind, flags, stream, content)| {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [
            &length[1..],
            &[kind % 12, flags],
            &stream.to_be_bytes(),
            &content,
        ]
        .concat()
    })
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let request = format!(
        "POST /api/v1/email HTTP/1.1\r\nhost: contoh\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{SHARED_NAME}",
        SHARED_NAME.len()
    );
    let change = (any::<Index>(), any::<u8>(), 0_usize..4);
    let mutated = prop::collection::vec(change, 1..6).prop_map(move |changes| {
        let mut bytes = request.clone().into_bytes();
        for (at, byte, length) in changes {
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            bytes.splice(at..end, [byte]);
        }
        bytes
    });
    let frames = prop::collection::vec(frame(), 0..8).prop_map(|frames| {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0".to_vec();
        bytes.extend(frames.concat());
        bytes
    });
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..400),
        prop::collection::vec(select(PIECES.to_vec()), 0..20).prop_map(|pieces| pieces.concat()),
        mutated,
        frames,
    ]
}

/// Sends them, says that there is no more, and waits for the end a little.
fn send(address: SocketAddr, bytes: &[u8]) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    // It may close before it has read all.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
}

fn send_many(cases: u32) {
    let room = Room::new();
    two_snapshots(&room, 10);
    let server: Server = room.serve(&MANY);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let sent = TestRunner::new(config).run(&bytes(), |bytes| {
        send(server.address, &bytes);
        prop_assert_eq!(status_of_five(&server), "new");
        Ok(())
    });
    sent.unwrap();
    let (ended, log) = server.stop();
    assert!(ended);
    assert!(
        !log.contains("the program broke") && !log.contains("the look-up failed"),
        "{log}"
    );
    let untrusted = "requests carry X-Forwarded-For and come from no trusted proxy";
    assert!(
        warnings(&log).iter().all(|line| line.contains(untrusted)),
        "{log}"
    );
}

#[test]
fn strangers_bytes_end_nothing() {
    send_many(150);
}

#[test]
#[ignore = "long"]
fn many_strangers_bytes_end_nothing() {
    send_many(10_000);
    println!(
        "10,000 times strangers' bytes: an ordinary request was answered after each; no word of a fault in the log"
    );
}
