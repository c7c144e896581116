//! Certificates as a test needs them, good and bad, made by openssl.

use std::{
    cell::Cell,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// From when until when a certificate is valid.
#[derive(Clone, Copy)]
pub enum Validity {
    /// From now, until so many whole days are left, and some hours.
    DaysLeft(u32),
    /// All of January 2024.
    Past,
    /// All of January 2099.
    Future,
}

/// What a server presents: its key, and the certificates that it sends.
#[derive(Clone)]
pub struct Presented {
    /// Its key, PEM.
    pub key: PathBuf,
    /// Its own certificate first, PEM.
    pub chain: PathBuf,
}

/// A certificate authority with an intermediate, as the public ones have.
pub struct Authority {
    folder: TempDir,
    issued: Cell<u32>,
}

const CONFIG: &str = "
[req]
distinguished_name = name
prompt = no
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
x509_extensions = added
[any]
commonName = optional
organizationName = optional
[added]
authorityKeyIdentifier = keyid
";

impl Authority {
    /// A new one of that name.
    pub fn new(name: &str) -> Self {
        let authority = Self {
            folder: tempfile::tempdir().expect("a folder for certificates"),
            issued: Cell::new(0),
        };
        // Servers that run as users of their own read what lies here.
        open_to_all(authority.folder.path());
        fs::write(authority.path("openssl.cnf"), CONFIG).expect("a file can be written");
        fs::write(authority.path("index.txt"), "").expect("a file can be written");
        let subject = format!("/CN={name}/O=Uji Coba");
        authority.key("root");
        authority.openssl(&[
            "req",
            "-x509",
            "-config",
            "openssl.cnf",
            "-extensions",
            "root",
            "-key",
            "root.key",
            "-subj",
            &subject,
            "-days",
            "60",
            "-out",
            "root.pem",
        ]);
        let extensions = "basicConstraints=critical,CA:TRUE";
        let subject = format!("/CN={name} 1/O=Uji Coba");
        authority.request("intermediate", &subject, extensions);
        authority.sign("intermediate", "root", Validity::DaysLeft(59));
        authority
    }

    /// The file that `--ca` wants.
    pub fn root(&self) -> PathBuf {
        self.path("root.pem")
    }

    /// A sound chain for these hosts, by way of the intermediate.
    pub fn issue(&self, hosts: &[&str], validity: Validity) -> Presented {
        let name = self.certify(hosts, validity);
        let read = |name: &str| {
            fs::read_to_string(self.path(&format!("{name}.pem"))).expect("a certificate is there")
        };
        let chain = read(&name) + &read("intermediate");
        fs::write(self.path(&format!("{name}-chain.pem")), chain).expect("a file can be written");
        self.presented(&name, &format!("{name}-chain.pem"))
    }

    /// The same without the intermediate.
    pub fn issue_alone(&self, hosts: &[&str]) -> Presented {
        let name = self.certify(hosts, Validity::DaysLeft(50));
        self.presented(&name, &format!("{name}.pem"))
    }

    /// A certificate that vouches for itself.
    pub fn self_signed(&self, host: &str) -> Presented {
        let name = format!("self-{host}");
        let alternative = format!("subjectAltName=DNS:{host}");
        self.key(&name);
        self.openssl(&[
            "req",
            "-x509",
            "-config",
            "openssl.cnf",
            "-key",
            &format!("{name}.key"),
            "-subj",
            &format!("/CN={host}"),
            "-addext",
            &alternative,
            "-days",
            "50",
            "-out",
            &format!("{name}.pem"),
        ]);
        self.presented(&name, &format!("{name}.pem"))
    }

    fn certify(&self, hosts: &[&str], validity: Validity) -> String {
        let host = hosts.first().expect("a certificate is for a host");
        self.issued.set(self.issued.get() + 1);
        let name = format!("{}-{host}", self.issued.get());
        let alternative: Vec<String> = hosts.iter().map(|host| format!("DNS:{host}")).collect();
        let extensions = format!("subjectAltName={}", alternative.join(","));
        self.request(&name, &format!("/CN={host}"), &extensions);
        self.sign(&name, "intermediate", validity);
        name
    }

    fn key(&self, name: &str) {
        let key = format!("{name}.key");
        self.openssl(&[
            "genpkey",
            "-algorithm",
            "EC",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-out",
            &key,
        ]);
        open_to_all(&self.path(&key));
    }

    fn request(&self, name: &str, subject: &str, extensions: &str) {
        self.key(name);
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        self.openssl(&[
            "req",
            "-new",
            "-config",
            "openssl.cnf",
            "-key",
            &key,
            "-subj",
            subject,
            "-addext",
            extensions,
            "-out",
            &request,
        ]);
    }

    fn sign(&self, name: &str, issuer: &str, validity: Validity) {
        let until;
        let dates = match validity {
            Validity::DaysLeft(days) => {
                // The last of them has begun when the test looks.
                until = (days + 1).to_string();
                vec!["-days", &until]
            }
            Validity::Past => vec![
                "-startdate",
                "20240101000000Z",
                "-enddate",
                "20240131000000Z",
            ],
            Validity::Future => vec![
                "-startdate",
                "20990101000000Z",
                "-enddate",
                "20990131000000Z",
            ],
        };
        let files = [
            format!("{issuer}.pem"),
            format!("{issuer}.key"),
            format!("{name}.csr"),
            format!("{name}.pem"),
        ];
        let [certificate, key, request, out] = &files;
        let mut arguments = vec![
            "ca",
            "-config",
            "openssl.cnf",
            "-batch",
            "-notext",
            "-cert",
            certificate,
            "-keyfile",
            key,
            "-in",
            request,
            "-out",
            out,
        ];
        arguments.extend(dates);
        self.openssl(&arguments);
    }

    fn presented(&self, key: &str, chain: &str) -> Presented {
        Presented {
            key: self.path(&format!("{key}.key")),
            chain: self.path(chain),
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn openssl(&self, arguments: &[&str]) {
        // openssl's own paths are relative to where it runs.
        let mut command = Command::new("openssl");
        command.args(arguments).current_dir(self.folder.path());
        let output = command.output().expect("openssl starts");
        assert!(
            output.status.success(),
            "{command:?} fails:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

/// Lets users of their own, as which servers run, read what is here.
pub fn open_to_all(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("it belongs to the test");
}
