//! A certificate authority of the test's own, and certificates as a test needs them, good and bad. openssl makes them.

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
    /// From before [`Self::Past`], for another two months: an intermediate's.
    SincePast,
    /// All of January 2024.
    Past,
    /// All of January 2099.
    Future,
}

/// A server's certificates and its key, as PEM files that stay as long as the authority.
#[derive(Clone)]
pub struct CertificateFiles {
    /// Its own certificate first.
    pub chain: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// A certificate authority that nobody trusts who wasn't told to, with an intermediate, as the public ones have.
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

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// A new one.
    pub fn new() -> Self {
        Self::named("Test authority")
    }

    /// A new one of that name.
    pub fn named(name: &str) -> Self {
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
        let extensions = ["basicConstraints=critical,CA:TRUE".to_owned()];
        let subject = format!("/CN={name} 1/O=Uji Coba");
        authority.request("intermediate", &subject, &extensions);
        authority.sign("intermediate", "root", Validity::SincePast);
        authority
    }

    /// The file that `--ca` wants.
    pub fn root(&self) -> PathBuf {
        self.path("root.pem")
    }

    /// Its own certificate, PEM.
    pub fn certificate(&self) -> String {
        fs::read_to_string(self.root()).expect("openssl wrote the file")
    }

    /// A server's certificate for these names, issued without an intermediate.
    pub fn certify(&self, names: &[String]) -> CertificateFiles {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let name = self.request_for(&names);
        self.sign(&name, "root", Validity::DaysLeft(2));
        self.files(&name, &format!("{name}.pem"))
    }

    /// A sound chain for these hosts, by way of the intermediate.
    pub fn issue(&self, hosts: &[&str], validity: Validity) -> CertificateFiles {
        let name = self.issue_by_intermediate(hosts, validity);
        let read = |name: &str| {
            fs::read_to_string(self.path(&format!("{name}.pem"))).expect("a certificate is there")
        };
        let chain = read(&name) + &read("intermediate");
        fs::write(self.path(&format!("{name}-chain.pem")), chain).expect("a file can be written");
        self.files(&name, &format!("{name}-chain.pem"))
    }

    /// The same without the intermediate.
    pub fn issue_alone(&self, hosts: &[&str]) -> CertificateFiles {
        let name = self.issue_by_intermediate(hosts, Validity::DaysLeft(50));
        self.files(&name, &format!("{name}.pem"))
    }

    /// A certificate that vouches for itself.
    pub fn self_signed(&self, host: &str) -> CertificateFiles {
        let name = self.request_for(&[host]);
        self.sign_with(
            &name,
            &["-selfsign", "-keyfile", &format!("{name}.key")],
            Validity::DaysLeft(50),
        );
        self.files(&name, &format!("{name}.pem"))
    }

    fn issue_by_intermediate(&self, hosts: &[&str], validity: Validity) -> String {
        let name = self.request_for(hosts);
        self.sign(&name, "intermediate", validity);
        name
    }

    /// Asks for a server's certificate; gives the name of its files.
    fn request_for(&self, hosts: &[&str]) -> String {
        let host = hosts.first().expect("a certificate is for a host");
        self.issued.set(self.issued.get() + 1);
        let name = format!("{}-{host}", self.issued.get());
        let names: Vec<String> = hosts.iter().map(|host| format!("DNS:{host}")).collect();
        let extensions = [
            format!("subjectAltName={}", names.join(",")),
            "basicConstraints=critical,CA:FALSE".to_owned(),
            "extendedKeyUsage=serverAuth".to_owned(),
        ];
        self.request(&name, &format!("/CN={host}"), &extensions);
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

    fn request(&self, name: &str, subject: &str, extensions: &[String]) {
        self.key(name);
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        let mut arguments = vec![
            "req",
            "-new",
            "-config",
            "openssl.cnf",
            "-key",
            &key,
            "-subj",
            subject,
            "-out",
            &request,
        ];
        for extension in extensions {
            arguments.extend(["-addext", extension]);
        }
        self.openssl(&arguments);
    }

    fn sign(&self, name: &str, issuer: &str, validity: Validity) {
        let (certificate, key) = (format!("{issuer}.pem"), format!("{issuer}.key"));
        self.sign_with(name, &["-cert", &certificate, "-keyfile", &key], validity);
    }

    fn sign_with(&self, name: &str, issuer: &[&str], validity: Validity) {
        let (from, until) = match validity {
            Validity::DaysLeft(days) => (day("today"), day(&format!("+{days} days +12 hours"))),
            Validity::SincePast => (day("2023-01-01"), day("+59 days")),
            Validity::Past => (day("2024-01-01"), day("2024-01-31")),
            Validity::Future => (day("2099-01-01"), day("2099-01-31")),
        };
        let (request, out) = (format!("{name}.csr"), format!("{name}.pem"));
        let mut arguments = vec![
            "ca",
            "-config",
            "openssl.cnf",
            "-batch",
            "-notext",
            "-in",
            &request,
            "-out",
            &out,
            "-startdate",
            &from,
            "-enddate",
            &until,
        ];
        arguments.extend(issuer);
        self.openssl(&arguments);
    }

    fn files(&self, key: &str, chain: &str) -> CertificateFiles {
        CertificateFiles {
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

/// A moment as certificates have it, `20240131000000Z`, of a date as GNU's `date` reads it.
fn day(date: &str) -> String {
    let output = Command::new("date")
        .args(["-u", "+%Y%m%d%H%M%SZ", "-d", date])
        .output()
        .expect("date starts");
    assert!(output.status.success(), "date reads {date}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
