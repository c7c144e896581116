//! A real nginx, with server blocks as an administrator would install them: at the usual ports, with certificates at the place
//! that Pandu's own configuration names. Ports and places are taken to this machine's; all else stays as written.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::authority::{Authority, CertificateFiles};
use crate::process::{daemon, free_addresses};
use crate::wait_until;

/// The ports of this machine at which a test's web server stands for every web server in the world.
#[derive(Clone, Copy)]
pub struct WebPorts {
    /// Where plain HTTP is answered instead of port 80.
    pub http: u16,
    /// Where HTTPS is answered instead of port 443.
    pub https: u16,
}

/// A running nginx; ended when dropped.
pub struct Nginx {
    process: Child,
    folder: TempDir,
    ports: WebPorts,
}

impl Nginx {
    /// Serves `site`, which the server blocks know as `/var/www/pandu`, with a certificate for these names.
    pub fn start(servers: &str, site: &Path, authority: &Authority, names: &[String]) -> Self {
        Self::with_certificate(servers, site, &authority.certify(names))
    }

    /// The same with any certificate.
    pub fn with_certificate(servers: &str, site: &Path, certificate: &CertificateFiles) -> Self {
        let folder = tempfile::tempdir().expect("a folder for nginx");
        let [http, https] = free_addresses().map(|address| address.port());
        let place = |path: &Path| path.to_str().expect("a path is text").to_owned();
        let servers = servers
            .lines()
            .filter(|line| !line.trim_start().starts_with("listen [::]:"))
            .collect::<Vec<_>>()
            .join("\n")
            .replace("listen 80;", &format!("listen 127.0.0.1:{http};"))
            .replace("listen 443 ssl;", &format!("listen 127.0.0.1:{https} ssl;"))
            .replace("/etc/ssl/pandu/fullchain.pem", &place(&certificate.chain))
            .replace("/etc/ssl/pandu/privkey.pem", &place(&certificate.key))
            .replace("/var/www/pandu", &place(site));
        let configuration = folder.path().join("nginx.conf");
        std::fs::write(&configuration, around(&servers)).expect("the configuration can be written");
        let process = Command::new(daemon("nginx"))
            .arg("-p")
            .arg(folder.path())
            .arg("-c")
            .arg(&configuration)
            .args(["-e", "error.log"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("nginx is needed: run `tests/run`, which installs it");
        let mut nginx = Self {
            process,
            folder,
            ports: WebPorts { http, https },
        };
        wait_until("nginx to accept connections", || {
            if let Ok(Some(status)) = nginx.process.try_wait() {
                panic!("nginx ends with {status}:\n{}", nginx.log());
            }
            TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, https))).ok()
        });
        nginx
    }

    /// Where it answers.
    pub fn ports(&self) -> WebPorts {
        self.ports
    }

    /// All that it has written down: the requests, and what went wrong.
    pub fn log(&self) -> String {
        ["access.log", "error.log"]
            .map(|file| std::fs::read_to_string(self.folder.path().join(file)).unwrap_or_default())
            .concat()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked to end, it takes its workers along; killed, it would leave them.
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}

/// What stands around server blocks in Debian's own configuration, in a folder of the test's own.
fn around(servers: &str) -> String {
    let aside: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|what| format!("{what}_temp_path {what};\n"))
        .collect();
    format!(
        "user root;\ndaemon off;\nworker_processes 1;\npid nginx.pid;\nevents {{ }}\nhttp {{\n\
        include /etc/nginx/mime.types;\ndefault_type application/octet-stream;\n\
        access_log access.log;\n{aside}{servers}\n}}\n"
    )
}
