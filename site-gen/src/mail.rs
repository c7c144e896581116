//! The set-up files of an agency's mail, made from its one mail profile: what mail programs, phones, DNS and web servers
//! read. Each is a text; what the profile can't express is not made.

mod apple;
mod autoconfig;
mod autodiscover;
pub mod dns;
mod pacc;
mod web_server;

use model::mail::{MailProfile, Servers};
use url::Url;

use crate::site::{Agency, Site};

/// What the files are made from.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    /// The agency.
    agency: &'a Agency,
    /// Where the whole site will be published.
    site: &'a Url,
}

/// A set-up file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetupFile {
    /// Mozilla autoconfig (draft-ietf-mailmaint-autoconfig).
    Autoconfig,
    /// Apple configuration profile for IMAP.
    AppleImap,
    /// Apple configuration profile for Exchange ActiveSync.
    AppleExchange,
    /// Sample of an answer of Microsoft Autodiscover (MS-OXDSCLI).
    Autodiscover,
    /// DNS records as a piece of a zone file (RFC 1035, section 5).
    Zone,
    /// Configuration for nginx.
    Nginx,
    /// Configuration for Caddy.
    Caddy,
    /// Experimental (draft-ietf-mailmaint-pacc).
    Pacc,
}

impl SetupFile {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Autoconfig,
        Self::AppleImap,
        Self::AppleExchange,
        Self::Autodiscover,
        Self::Zone,
        Self::Nginx,
        Self::Caddy,
        Self::Pacc,
    ];

    /// Where it stands below the agency's root. Programs look for some at fixed places.
    pub const fn paths(self) -> &'static [&'static str] {
        match self {
            Self::Autoconfig => &[
                "mail/config-v1.1.xml",
                ".well-known/autoconfig/mail/config-v1.1.xml",
            ],
            Self::AppleImap => &["pasang/imap.mobileconfig"],
            Self::AppleExchange => &["pasang/exchange.mobileconfig"],
            Self::Autodiscover => &["pasang/autodiscover.xml"],
            Self::Zone => &["pasang/zona.txt"],
            Self::Nginx => &["pasang/nginx.conf"],
            Self::Caddy => &["pasang/Caddyfile"],
            Self::Pacc => &[".well-known/user-agent-configuration.json"],
        }
    }

    /// What the profile must hold for it.
    pub const fn needs(self) -> &'static str {
        match self {
            Self::Autoconfig | Self::AppleImap | Self::Autodiscover => {
                "[email.imap] and [email.smtp]"
            }
            Self::AppleExchange => "activesync = true in [email.exchange]",
            Self::Zone | Self::Nginx | Self::Caddy => {
                "[email.imap] or activesync = true in [email.exchange]"
            }
            Self::Pacc => "pacc = true in [email]",
        }
    }

    /// True where the profile has it.
    pub fn is_offered(self, mail: &MailProfile) -> bool {
        match self {
            Self::Autoconfig | Self::AppleImap | Self::Autodiscover => mail.servers.is_some(),
            Self::AppleExchange => mail.activesync.is_some(),
            Self::Zone | Self::Nginx | Self::Caddy => {
                mail.servers.is_some() || mail.activesync.is_some()
            }
            Self::Pacc => mail.pacc && mail.servers.is_some(),
        }
    }
}

impl<'a> Setup<'a> {
    /// Of an agency of a site.
    pub fn new(site: &'a Site, agency: &'a Agency) -> Self {
        Self {
            agency,
            site: &site.address,
        }
    }

    /// A file's text, where the profile has what it needs.
    pub fn text(self, file: SetupFile) -> Option<String> {
        match file {
            SetupFile::Autoconfig => self
                .servers()
                .map(|servers| autoconfig::text(self, servers)),
            SetupFile::AppleImap => self.servers().map(|servers| apple::imap(self, servers)),
            SetupFile::AppleExchange => {
                let activesync = self.mail().activesync.as_ref();
                activesync.map(|activesync| apple::exchange(self, activesync))
            }
            SetupFile::Autodiscover => self.servers().map(autodiscover::text),
            SetupFile::Zone => file.is_offered(self.mail()).then(|| dns::zone(self)),
            SetupFile::Nginx => file
                .is_offered(self.mail())
                .then(|| web_server::nginx(self)),
            SetupFile::Caddy => file
                .is_offered(self.mail())
                .then(|| web_server::caddy(self)),
            SetupFile::Pacc => {
                let servers = self.servers().filter(|_| self.mail().pacc);
                servers.map(|servers| pacc::text(self, servers))
            }
        }
    }

    /// Whole address of a file's first place.
    pub fn address(self, file: SetupFile) -> String {
        let path = file.paths().first().copied().unwrap_or_default();
        format!("{}{}{path}", self.site, self.agency.prefix)
    }

    fn mail(self) -> &'a MailProfile {
        &self.agency.profile.mail
    }

    fn servers(self) -> Option<&'a Servers> {
        self.mail().servers.as_ref()
    }

    /// A text of the profile; empty where it has none.
    fn fact(self, name: &str) -> String {
        let fact = self.agency.profile.facts.root().get_attr(name);
        fact.unwrap_or_default().to_string()
    }

    /// The agency's home page.
    fn home(self) -> String {
        format!("{}{}", self.site, self.agency.prefix)
    }

    /// What people call the service, with the agency's name; at most `most` characters.
    fn name(self, most: usize) -> String {
        let (service, agency) = (self.fact("layanan"), self.fact("nama_pendek"));
        let both = format!("{service}, {agency}");
        let fitting = [both, service, agency];
        let fits = fitting.iter().find(|name| name.chars().count() <= most);
        let cut = || self.agency.profile.id.chars().take(most).collect();
        fits.cloned().unwrap_or_else(cut)
    }
}
