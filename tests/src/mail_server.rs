//! Debian's own servers, started on free ports of this machine with a configuration of the test's: Dovecot for IMAP and
//! submission, nginx for HTTPS, openssl for TLS as it should no longer be.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    certificates::{Presented, open_to_all},
    process::Running,
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

impl Dovecot {
    /// With a certificate, and further settings of Dovecot's.
    pub fn start(presented: &Presented, settings: &str) -> Self {
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
login_greeting = Server uji siap.
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
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service submission-login {{
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
            chain = presented.chain.display(),
            key = presented.key.display(),
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
        // It opens all its ports at once, and without TLS this one at least.
        let server = Running::server(&mut command, imap);
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

/// nginx with one certificate for everything.
pub struct Nginx {
    _server: Running,
    _folder: TempDir,
    /// Where it speaks HTTPS.
    pub https: SocketAddr,
    /// Where it speaks HTTP.
    pub http: SocketAddr,
}

impl Nginx {
    /// With a certificate, and what nginx is to do at its addresses (`location` blocks).
    pub fn start(presented: &Presented, locations: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the server");
        let [https, http] = free_addresses();
        let config = folder.path().join("nginx.conf");
        let text = format!(
            "
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type text/html;
  ssl_protocols TLSv1.2;
  ssl_certificate {chain};
  ssl_certificate_key {key};
  server {{
    listen {https} ssl;
    listen {http};
    {locations}
  }}
}}
",
            folder = folder.path().display(),
            chain = presented.chain.display(),
            key = presented.key.display(),
        );
        fs::write(&config, text).expect("a file can be written");
        let mut command = Command::new(daemon("nginx"));
        command
            .arg("-p")
            .arg(folder.path())
            .args(["-e", "stderr", "-c"])
            .arg(&config);
        let server = Running::server(&mut command, https);
        Self {
            _server: server,
            _folder: folder,
            https,
            http,
        }
    }
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
    pub fn old(presented: &Presented) -> Self {
        let options = ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"];
        Self::start(presented, &options, Stdio::null(), None)
    }

    /// That sends text without end to whoever connects.
    pub fn flood(presented: &Presented) -> Self {
        let mut source = Command::new("yes")
            .stdout(Stdio::piped())
            .spawn()
            .expect("yes starts");
        let text = source.stdout.take().expect("yes writes");
        Self::start(presented, &[], text.into(), Some(source))
    }

    fn start(presented: &Presented, options: &[&str], input: Stdio, source: Option<Child>) -> Self {
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
            .arg(&presented.key)
            .arg("-cert")
            .arg(&presented.chain)
            .arg("-cert_chain")
            .arg(&presented.chain)
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

/// Addresses on this machine that nobody listens at; no two alike.
pub fn free_addresses<const COUNT: usize>() -> [SocketAddr; COUNT] {
    let listeners =
        [(); COUNT].map(|()| TcpListener::bind(("127.0.0.1", 0)).expect("a port is free"));
    listeners.map(|listener| listener.local_addr().expect("a listener has an address"))
}

/// A server's program. Ordinary users don't have its folder in their PATH.
fn daemon(name: &str) -> PathBuf {
    let program = Path::new("/usr/sbin").join(name);
    assert!(
        program.is_file(),
        "{} is missing: `tests/run` installs it",
        program.display()
    );
    program
}
