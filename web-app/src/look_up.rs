//! Cek Email and Cek TTE: one form, asked by what the roster offers.
//!
//! A look-up's way: [`way`] (what is typed → a query, or what is wrong) → [`api`] (query → reply) →
//! [`message`] (reply → words) → [`form`] (shows them).

pub mod api;
pub mod form;
pub mod message;
pub mod way;

use model::identifier::NrkFormat;

use crate::island::{self, Draft};
use way::Way;

/// Which of the two checkers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// "Do I have an official mailbox?"
    Email,
    /// "Is my certificate active?"
    Tte,
}

/// What the page says of the agency and its look-up.
pub struct Settings {
    /// Which checker.
    pub subject: Subject,
    /// Address of the look-up, ending in `/`; relative to the page.
    pub api: String,
    /// What the profile offers to look up by; at least one.
    pub ways: Vec<Way>,
    /// What must be given besides, by the profile that the page was made with; none where nothing is.
    pub fact: Option<Way>,
    /// Domains of official addresses.
    pub domains: Vec<String>,
    /// Form of the agency's own staff numbers.
    pub nrk: NrkFormat,
    /// An address to show as example; may be empty.
    pub example: String,
    /// Name of the service desk.
    pub desk_name: String,
    /// Its web address; may be empty.
    pub desk_url: String,
}

/// Mounts both checkers where the page holds them.
pub fn start() {
    for (name, subject, fields) in [
        ("periksa-email", Subject::Email, form::EMAIL_FIELDS),
        ("periksa-tte", Subject::Tte, form::TTE_FIELDS),
    ] {
        let Some(root) = island::find(name) else {
            continue;
        };
        let setting = |name| island::setting(&root, name);
        let words = |name| {
            setting(name)
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let ways: Vec<Way> = words("data-by")
            .iter()
            .filter_map(|word| Way::from_value(word))
            .collect();
        let nrk = setting("data-nrk-digits")
            .parse()
            .ok()
            .and_then(|digits| NrkFormat::new(digits).ok());
        // The build tool checks the profile; where the page was changed since, its static text stays.
        let (Some(nrk), Some(&first)) = (nrk, ways.first()) else {
            continue;
        };
        let settings = Settings {
            subject,
            api: setting("data-api"),
            fact: Way::from_value(&setting("data-fact")),
            domains: words("data-domain"),
            example: setting("data-example"),
            desk_name: setting("data-desk-name"),
            desk_url: setting("data-desk-url"),
            ways,
            nrk,
        };
        let chosen = settings
            .ways
            .iter()
            .copied()
            .find(|way| way.is_checked_in(&root))
            .unwrap_or(first);
        // Lives as long as the page.
        let settings: &'static Settings = Box::leak(Box::new(settings));
        let drafts: Vec<Draft> = fields.into_iter().map(Draft::take).collect();
        island::mount(&root, drafts, move || form::view(settings, chosen));
    }
}
