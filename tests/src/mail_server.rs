//! Debian's own servers, started on free ports of this machine with a configuration of the test's: Dovecot for IMAP and
//! submission, openssl for TLS as it should not be.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    authority::{CertificateFiles, open_to_all},
    process::{Running, daemon, free_addresses},
    wait_until,
};

/// Dovecot, with one port for each service and kind of security.
pub struct Dovecot {
    _server: Running,
    _folder: TempDir,
    /// IMAP, TLS from the first byte.
    pub imaps: SocketAddr,
    /// IMAP, plain or STARTTLS.
    pub imap: SocketAddr,
    /// Submission, TLS from the first byte.
    pub submissions: SocketAddr,
    /// Submission, plain or STARTTLS.
    pub submission: SocketAddr,
}

const GREETING: &str = "Server uji siap.";

impl Dovecot {
    /// With a certificate, and further settings of Dovecot's. One process greets all: a new one for each connection may
    /// say at first that it still waits.
    pub fn start(certificate: &CertificateFiles, settings: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        open_to_all(folder.path());
        let [imaps, imap, submissions, submission] = free_addresses();
        let config = folder.path().join("dovecot.conf");
        let mut text = format!(
            "
base_dir = {folder}/run
state_dir = {folder}/state
log_path = /dev/stderr
listen = 127.0.0.1
protocols = imap submission
hostname = smtp.contoh.go.id
login_greeting = {GREETING}
imap_capability = IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+
submission_relay_host = 127.0.0.1
submission_max_mail_size = 50M
ssl = required
ssl_cert = <{chain}
ssl_key = <{key}
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = home={folder}/home
}}
service imap-login {{
  service_count = 0
  process_min_avail = 1
  process_limit = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service submission-login {{
  service_count = 0
  process_min_avail = 1
  process_limit = 1
  inet_listener submission {{
    port = {submission}
  }}
  inet_listener submissions {{
    port = {submissions}
    ssl = yes
  }}
}}
",
            folder = folder.path().display(),
            chain = certificate.chain.display(),
            key = certificate.key.display(),
            imaps = imaps.port(),
            imap = imap.port(),
            submissions = submissions.port(),
            submission = submission.port(),
        );
        text += &without_root();
        text += settings;
        fs::write(&config, text).expect("a file can be written");
        let mut command = Command::new(daemon("dovecot"));
        command.arg("-F").arg("-c").arg(&config);
        // It opens all its ports at once, and without TLS these two at least.
        let server = Running::server(&mut command, imap);
        for address in [imap, submission] {
            wait_until("Dovecot to be ready", || greets(address).then_some(()));
        }
        Self {
            _server: server,
            _folder: folder,
            imaps,
            imap,
            submissions,
            submission,
        }
    }
}

/// True where the server says that it is ready. Before it can sign anybody in, it says other things.
fn greets(address: SocketAddr) -> bool {
    let mut line = String::new();
    TcpStream::connect(address)
        .and_then(|stream| BufReader::new(stream).read_line(&mut line))
        .is_ok_and(|_| line.contains(GREETING))
}

/// Settings by which Dovecot runs as an ordinary user. As root, it changes to its package's users by itself.
fn without_root() -> String {
    let id = |option: &str| {
        let output = Command::new("id").arg(option).output().expect("id starts");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    if id("-u") == "0" {
        return String::new();
    }
    let (user, group) = (id("-un"), id("-gn"));
    let services = ["imap-login", "submission-login", "anvil"]
        .map(|service| format!("service {service} {{\n  chroot =\n}}\n"))
        .concat();
    format!(
        "default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}\n{services}"
    )
}

/// `openssl s_server`: bare TLS, as old as one likes.
pub struct BareTls {
    _server: Running,
    /// What is poured into it, where anything is.
    source: Option<Child>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl BareTls {
    /// That speaks TLS 1.1 at most.
    pub fn old(certificate: &CertificateFiles) -> Self {
        let options = ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"];
        Self::start(certificate, &options, Stdio::null(), None)
    }

    /// That sends text without end to whoever connects.
    pub fn flood(certificate: &CertificateFiles) -> Self {
        let mut source = Command::new("yes")
            // A line of 16 bytes: openssl passes whole ones on, from whichever block it begins with.
            .arg("* OK banjir bah")
            .stdout(Stdio::piped())
            .spawn()
            .expect("yes starts");
        let text = source.stdout.take().expect("yes writes");
        Self::start(certificate, &[], text.into(), Some(source))
    }

    fn start(
        certificate: &CertificateFiles,
        options: &[&str],
        input: Stdio,
        source: Option<Child>,
    ) -> Self {
        let [address] = free_addresses();
        let mut command = Command::new("openssl");
        command
            .args([
                "s_server",
                "-quiet",
                "-accept",
                &address.to_string(),
                "-key",
            ])
            .arg(&certificate.key)
            .arg("-cert")
            .arg(&certificate.chain)
            .arg("-cert_chain")
            .arg(&certificate.chain)
            .args(options);
        Self {
            _server: Running::server_fed(&mut command, input, address),
            source,
            address,
        }
    }
}

impl Drop for BareTls {
    fn drop(&mut self) {
        if let Some(source) = &mut self.source {
            // It ends by itself once nobody reads.
            let _ = source.kill();
            let _ = source.wait();
        }
    }
}
