//! Runs the real programs from `target/release` and keeps all that they print.

use std::io::Read;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use crate::wait_until;

/// The program of that name, built beside the running test.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let folder = test
        .parent()
        .and_then(Path::parent)
        .expect("tests run from target/release/deps");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.is_file(),
        "{} is missing: run `cargo build --release --workspace --exclude web-app` first",
        program.display()
    );
    program
}

/// The project's own folder.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests lie in the project")
        .to_owned()
}

/// Runs a program to its end, in the project's folder; it must succeed.
pub fn run(command: &mut Command) -> Output {
    let output = command
        .current_dir(project())
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?} fails:\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// An address on this machine that nobody listens at.
pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address")
}

/// Addresses on this machine that nobody listens at; no two alike.
pub fn free_addresses<const COUNT: usize>() -> [SocketAddr; COUNT] {
    let listeners =
        [(); COUNT].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a port is free"));
    listeners.map(|listener| listener.local_addr().expect("a listener has an address"))
}

/// A server's program. Ordinary users don't have its folder in their PATH.
pub fn daemon(name: &str) -> PathBuf {
    let program = Path::new("/usr/sbin").join(name);
    assert!(
        program.is_file(),
        "{} is missing: `tests/run` installs it",
        program.display()
    );
    program
}

/// A program that goes on running; killed when dropped.
pub struct Running {
    child: Child,
    output: Arc<Mutex<Vec<u8>>>,
}

impl Running {
    /// Starts a server and waits until it accepts connections at `address`.
    pub fn server(command: &mut Command, address: SocketAddr) -> Self {
        Self::server_fed(command, Stdio::null(), address)
    }

    /// The same with something to read.
    pub fn server_fed(command: &mut Command, input: Stdio, address: SocketAddr) -> Self {
        let mut child = command
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let output = Arc::new(Mutex::new(Vec::new()));
        let streams: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|out| Box::new(out) as _),
            child.stderr.take().map(|err| Box::new(err) as _),
        ];
        for mut stream in streams.into_iter().flatten() {
            let output = Arc::clone(&output);
            std::thread::spawn(move || {
                let mut chunk = [0; 4096];
                while let Ok(count @ 1..) = stream.read(&mut chunk) {
                    output
                        .lock()
                        .expect("no reader panics")
                        .extend_from_slice(&chunk[..count]);
                }
            });
        }
        let mut running = Self { child, output };
        wait_until("the server to accept connections", || {
            if let Ok(Some(status)) = running.child.try_wait() {
                panic!("the server ends with {status}:\n{}", running.printed());
            }
            TcpStream::connect(address).ok()
        });
        running
    }

    /// All that it has printed so far, to standard output and standard error.
    pub fn printed(&self) -> String {
        String::from_utf8_lossy(&self.output.lock().expect("no reader panics")).into_owned()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
