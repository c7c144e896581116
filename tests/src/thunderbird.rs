//! A real Thunderbird with a new, empty profile, set up as a person does it: name, address, "Continue".

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::authority::Authority;
use crate::marionette::Marionette;
use crate::nginx::WebPorts;
use crate::wait_until;

/// What every script begins with: the dialog in which accounts are added, and whether something in it is in sight.
const DIALOG: &str = "
    const window_ = Services.wm.getMostRecentWindow('mail:3pane');
    const dialog = window_?.document.querySelector('account-hub-container')?.modal;
    const seen = name => [...dialog?.querySelectorAll(name) ?? []].find(part => part.getClientRects().length);
";

/// What Thunderbird would set up for one direction of mail.
#[derive(Debug, PartialEq)]
pub struct Server {
    /// `imap` or `smtp`.
    pub protocol: String,
    /// Host name.
    pub host: String,
    /// TCP port.
    pub port: u64,
    /// `SSL/TLS` (from the first byte), `STARTTLS` or `plain`.
    pub security: &'static str,
    /// Whether the password is sent as it is (within TLS).
    pub normal_password: bool,
    /// The name under which the person logs in.
    pub user: String,
}

/// What the look-up found.
#[derive(Debug)]
pub struct Found {
    /// Where mail comes from.
    pub incoming: Server,
    /// Where mail is sent to.
    pub outgoing: Server,
    /// How many more servers are offered.
    pub alternatives: usize,
    /// Where it was found, in Thunderbird's words: `xml-from-isp-https` is the domain's own file, by HTTPS.
    pub source: String,
    /// The name of the service; it becomes that of the outgoing server.
    pub service: String,
    /// The words in sight, line by line, as the person reads them before the password is asked for.
    pub shown: Vec<String>,
}

/// A running Thunderbird; closed when dropped.
pub struct Thunderbird {
    marionette: Marionette,
    process: Child,
    _profile: TempDir,
}

impl Thunderbird {
    /// Starts one that trusts the authority, and for which every name in the world leads to this machine, on the web to these
    /// ports. So nothing that it does of its own accord can get out or matter.
    pub fn start(web: WebPorts, authority: &Authority) -> Self {
        let profile = tempfile::tempdir().expect("a folder for Thunderbird's profile");
        std::fs::write(profile.path().join("user.js"), settings(web))
            .expect("the profile can be written");
        let process = Command::new(program())
            .args(["--headless", "--no-remote", "--marionette"])
            .arg("--remote-allow-system-access")
            .arg("--profile")
            .arg(profile.path())
            .env("HOME", profile.path())
            // It looks for mail servers in the DNS besides, and that as the system does: without an answer no longer than this.
            .env("RES_OPTIONS", "timeout:1 attempts:1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("Thunderbird starts");
        let told = profile.path().join("MarionetteActivePort");
        let port = wait_until("Thunderbird's Marionette", || {
            std::fs::read_to_string(&told).ok()?.parse().ok()
        });
        let mut thunderbird = Self {
            marionette: Marionette::open(port),
            process,
            _profile: profile,
        };
        thunderbird.run(
            "Cc['@mozilla.org/security/x509certdb;1'].getService(Ci.nsIX509CertDB)
                .addCertFromBase64(arguments[0].replace(/-----.*-----|\\s/g, ''), 'C,,')",
            json!([authority.certificate()]),
        );
        thunderbird
    }

    /// Types a name and the address into the dialog of the first start, presses "Continue", and gives what is found; nothing
    /// where the person is asked to fill in the servers.
    pub fn look_up(&mut self, address: &str) -> Option<Found> {
        self.wait_for("the dialog of the first start", "return !!seen('#email')");
        self.run(
            "for (const [id, text] of [['#realName', 'Joni'], ['#email', arguments[0]]]) {
                const field = seen(id);
                field.value = text;
                field.dispatchEvent(new window_.Event('input', {bubbles: true}));
            }",
            json!([address]),
        );
        self.wait_for(
            "the button that continues",
            "const button = seen('#forward');
            if (!button || button.disabled) return false;
            button.click();
            return true",
        );
        self.wait_for(
            "Thunderbird's answer",
            "return !!seen('email-manual-incoming-form, email-manual-config-form')
                || !!seen('email-config-found')?.querySelector('#incomingHost').textContent",
        );
        let found = self.run(
            "const found = seen('email-config-found');
            return found ? {config: JSON.stringify(found.captureState()), shown: found.innerText} : null",
            json!([]),
        );
        let config: Value = serde_json::from_str(found["config"].as_str()?)
            .expect("Thunderbird's own object is written as JSON");
        let alternatives = |key: &str| config[key].as_array().map_or(0, Vec::len);
        Some(Found {
            incoming: server(&config["incoming"]),
            outgoing: server(&config["outgoing"]),
            alternatives: alternatives("incomingAlternatives")
                + alternatives("outgoingAlternatives"),
            source: text(&config["subSource"]),
            service: text(&config["displayName"]),
            shown: text(&found["shown"])
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        })
    }

    fn run(&mut self, body: &str, arguments: Value) -> Value {
        self.marionette
            .run(&format!("{DIALOG}{body}"), arguments)
            .expect("Thunderbird does what it is told")
    }

    fn wait_for(&mut self, what: &str, condition: &str) {
        let script = format!("{DIALOG}{condition}");
        wait_until(what, || {
            // While the window is being made, some of it isn't there yet.
            let reply = self.marionette.run(&script, json!([]));
            (reply == Ok(Value::Bool(true))).then_some(())
        });
    }
}

impl Drop for Thunderbird {
    fn drop(&mut self) {
        // It may be gone before it replies.
        let _ = self
            .marionette
            .call("Marionette:Quit", json!({"flags": ["eForceQuit"]}));
        for _ in 0..300 {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn settings(web: WebPorts) -> String {
    [
        ("marionette.port", json!(0)),
        ("network.dns.forceResolve", json!("127.0.0.1")),
        (
            "network.socket.forcePort",
            json!(format!("80={};443={}", web.http, web.https)),
        ),
        // Not through a proxy that the machine may have.
        ("network.proxy.type", json!(0)),
        ("mailnews.start_page.enabled", json!(false)),
    ]
    .iter()
    .map(|(name, value)| format!("user_pref({name:?}, {value});\n"))
    .collect()
}

fn server(config: &Value) -> Server {
    Server {
        protocol: text(&config["type"]),
        host: text(&config["hostname"]),
        port: config["port"].as_u64().expect("a port is a number"),
        // `nsMsgSocketType`
        security: match config["socketType"].as_u64() {
            Some(0) => "plain",
            Some(2) => "STARTTLS",
            Some(3) => "SSL/TLS",
            _ => panic!("another way to secure a connection: {config}"),
        },
        // `nsMsgAuthMethod.passwordCleartext`
        normal_password: config["auth"] == 3,
        user: text(&config["username"]),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The program: the environment's `THUNDERBIRD`, else the one on the `PATH`.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("THUNDERBIRD") {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|folder| folder.join("thunderbird"))
        .find(|file| file.is_file())
        .expect("Thunderbird is needed: run `tests/run`, which installs it, or set THUNDERBIRD to its program")
}
