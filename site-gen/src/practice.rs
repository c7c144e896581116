//! `content/bersama/latihan.toml`: invented people, and the cards with which a hall practises on them.
//!
//! The pages below `latihan/` run the look-up's own program and ask nobody: a table in the page answers, made here by
//! the types in which the real look-up answers. A test asks both the same questions.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use minijinja::Value;
use model::{
    hours::{OpeningHours, State},
    identifier::{FullName, Nik, Nik4, Nip, Nrk, NrkFormat, mask_address},
    lookup::{
        Account, EmailAnswer, EmailBy, Info, MAX_ACCOUNTS, OpensAt, Refusal, RefusalCode,
        SecondFact, ToldStatus, TteAnswer, TteBy,
    },
    passphrase::{Class, Outcome, Passphrase, Policy, Rule, evaluate},
    status::{MailStatus, TteStatus},
};
use serde::Serialize;
use serde_json::json;

use crate::{
    date::Date,
    diagnostic::{Diagnostic, Diagnostics},
    facts::Facts,
    markdown::ast::{Inline, StatusKind},
    profile::Profile,
    site::{Agency, Page},
    source::{Source, Spanned},
    statuses::StatusPassage,
    toml_table::{self, Table},
};

/// The address that the program asks on pages for practice. It is none: no browser can send anything there.
pub const ADDRESS: &str = "latihan:";

/// The telephone number of everybody invented. Numbers of this kind are given to nobody.
pub const PHONE: &str = "0800-0000-0000";

/// Seconds to wait after too many questions, in practice.
const WAIT: u32 = 10;

/// What a card is for: the page on which it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// `cek-email`
    Email,
    /// `cek-tte`
    Tte,
    /// `uji-passphrase`
    Passphrase,
    /// `aktivasi`
    Activation,
}

impl Place {
    /// Every one, in the order in which cards are printed.
    pub const ALL: [Self; 4] = [Self::Tte, Self::Email, Self::Passphrase, Self::Activation];

    /// Its word in `latihan.toml`, and in its page's address.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email => "cek-email",
            Self::Tte => "cek-tte",
            Self::Passphrase => "uji-passphrase",
            Self::Activation => "aktivasi",
        }
    }

    /// The file of its page, below an agency's folder.
    pub fn file(self) -> String {
        format!("latihan/{}.md", self.word())
    }

    fn parse(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|place| place.word() == word)
            .ok_or_else(|| format!("`{word}` is no page for practice; one of: {known}"))
    }
}

/// By what one asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A mailbox, by one of these.
    Email(EmailBy),
    /// A certificate's status, by one of these.
    Tte(TteBy),
}

impl Way {
    const ALL: [Self; 5] = [
        Self::Email(EmailBy::Nip),
        Self::Email(EmailBy::Nrk),
        Self::Email(EmailBy::Nama),
        Self::Tte(TteBy::Email),
        Self::Tte(TteBy::Nik),
    ];

    /// Its word in profiles and in the form.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Email(EmailBy::Nip) => "nip",
            Self::Email(EmailBy::Nrk) => "nrk",
            Self::Email(EmailBy::Nama) => "nama",
            Self::Tte(TteBy::Email) => "email",
            Self::Tte(TteBy::Nik) => "nik",
        }
    }

    const fn place(self) -> Place {
        match self {
            Self::Email(_) => Place::Email,
            Self::Tte(_) => Place::Tte,
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|way| way.word() == word)
            .ok_or_else(|| format!("`{word}` is no way to look up; one of: {known}"))
    }
}

/// What happens to whoever asks for a person, beside or in place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Situation {
    Closed,
    TooMany,
    Fault,
    Slow,
    Offline,
}

impl Situation {
    const ALL: [Self; 5] = [
        Self::Closed,
        Self::TooMany,
        Self::Fault,
        Self::Slow,
        Self::Offline,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Closed => "tutup",
            Self::TooMany => "terlalu-sering",
            Self::Fault => "gangguan",
            Self::Slow => "lambat",
            Self::Offline => "luring",
        }
    }

    fn parse(word: &str) -> Result<Self, String> {
        let known = Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|situation| situation.word() == word)
            .ok_or_else(|| format!("`{word}` is nothing that can happen here; one of: {known}"))
    }
}

/// Somebody invented.
#[derive(Clone, Debug)]
pub struct Person {
    /// `nama`
    pub name: String,
    nrk: String,
    /// `nip`, which a few lack.
    pub nip: Option<String>,
    /// `nik`, which a few lack.
    pub nik: Option<String>,
    mailbox: String,
    mail: MailStatus,
    tte: TteStatus,
    situation: Option<Situation>,
}

impl Person {
    fn value(&self, way: Way, domain: &str) -> Option<String> {
        match way {
            Way::Email(EmailBy::Nip) => self.nip.clone(),
            Way::Email(EmailBy::Nrk) => Some(self.nrk.clone()),
            Way::Email(EmailBy::Nama) => Some(self.name.clone()),
            Way::Tte(TteBy::Email) => Some(self.address(domain)),
            Way::Tte(TteBy::Nik) => self.nik.clone(),
        }
    }

    /// The second fact that is demanded, if they have it.
    fn fact(&self, demanded: SecondFact) -> Option<String> {
        match demanded {
            SecondFact::Nip => self.nip.clone(),
            SecondFact::Nrk => Some(self.nrk.clone()),
            SecondFact::Nik4 => {
                let nik = Nik::parse(self.nik.as_deref()?).ok()?;
                Some(Nik4::of(&nik).as_str().to_owned())
            }
        }
    }

    fn bears(&self, name: &str) -> bool {
        FullName::parse(&self.name).is_ok_and(|own| own.as_str() == name)
    }

    fn address(&self, domain: &str) -> String {
        format!("{}@{domain}", self.mailbox)
    }
}

/// A card as written.
#[derive(Clone, Debug)]
struct Draft {
    place: Place,
    way: Option<Way>,
    nrk: Option<Spanned<String>>,
    typed: Option<String>,
    task: Option<String>,
    result: Option<String>,
    next: Option<String>,
    requires: Vec<Spanned<String>>,
}

/// A `latihan.toml` as written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    date: Option<Date>,
    people: Vec<Person>,
    cards: Vec<Draft>,
}

/// A card that an agency's people can use.
#[derive(Debug)]
pub struct Card {
    /// Where.
    pub place: Place,
    /// By what one asks there.
    pub way: Option<Way>,
    /// Who one is.
    pub person: Option<Person>,
    /// What to type; empty where the page says it.
    pub typed: String,
    /// The second fact to type besides, where one is demanded there.
    pub fact: Option<(SecondFact, String)>,
    /// `tugas`: what to do, where it is more than to type that.
    pub task: Option<String>,
    result: Option<String>,
    next: Option<String>,
}

/// What an agency's people practise with.
#[derive(Debug, Default)]
pub struct Practice {
    /// Its cards, in the order in which they were written.
    pub cards: Vec<Card>,
    date: Option<Date>,
    people: Vec<Person>,
}

impl Practice {
    /// What there is to practise for an agency with these pages.
    pub fn of(written: &Written, profile: &Profile, pages: &[Page]) -> Self {
        let facts = &profile.facts;
        let (offered, domain) = (offered(facts), domain(facts));
        let has_page = |place: Place| {
            let file = place.file();
            pages.iter().any(|page| page.file == file)
        };
        let usable = written.cards.iter().filter(|card| {
            has_page(card.place)
                && card.way.is_none_or(|way| offered.contains(&way))
                && card.requires.iter().all(|fact| facts.has(&fact.value))
        });
        let cards = usable.filter_map(|card| {
            let person = card.nrk.as_ref().and_then(|nrk| {
                let mut people = written.people.iter();
                people.find(|person| person.nrk == nrk.value).cloned()
            });
            let of_person = || person.as_ref()?.value(card.way?, &domain);
            let fact = match demanded(facts, card.place) {
                None => None,
                Some(_) if is_of_namesakes(written, card) => return None,
                Some(demanded) => {
                    // Who is nobody has anybody's.
                    let mut anybody = written.people.iter();
                    let fact = match &person {
                        Some(person) => person.fact(demanded),
                        None => anybody.find_map(|person| person.fact(demanded)),
                    };
                    Some((demanded, fact?))
                }
            };
            Some(Card {
                place: card.place,
                fact,
                way: card.way,
                typed: match (&card.typed, card.way) {
                    (Some(typed), _) => typed.replace("{domain}", &domain),
                    (None, Some(_)) => of_person()?,
                    (None, None) => String::new(),
                },
                person,
                task: card.task.clone(),
                result: card.result.clone(),
                next: card.next.clone(),
            })
        });
        Self {
            cards: cards.collect(),
            date: written.date,
            people: written.people.clone(),
        }
    }

    /// The cards of one page.
    pub fn of_place(&self, place: Place) -> impl Iterator<Item = &Card> {
        self.cards.iter().filter(move |card| card.place == place)
    }

    /// Whose account is activated in the drawn form: somebody whom BSrE's mail has reached.
    pub fn candidate(&self) -> Option<&Person> {
        self.people.iter().find(|person| {
            person.tte == TteStatus::New && person.nik.is_some() && person.situation.is_none()
        })
    }
}

/// Whether a card shows that several people bear a name, which a second fact leaves nobody to see.
fn is_of_namesakes(written: &Written, card: &Draft) -> bool {
    let name = card.typed.as_deref().map(FullName::parse);
    card.way == Some(Way::Email(EmailBy::Nama))
        && matches!(name, Some(Ok(name)) if written.people.iter().any(|person| person.bears(name.as_str())))
}

/// Reads a `latihan.toml`.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Written {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let date = root.date("tanggal").map(|date| date.value.into());
    let people: Vec<Person> = root
        .tables("orang")
        .into_iter()
        .filter_map(person)
        .collect();
    let cards: Vec<Draft> = root.tables("kartu").into_iter().filter_map(draft).collect();
    root.finish();
    for nrk in cards.iter().filter_map(|card| card.nrk.as_ref()) {
        if people.iter().all(|person| person.nrk != nrk.value) {
            let known = people.iter().map(|person| person.nrk.as_str());
            let message = "nobody invented has this number".to_owned();
            let mistake = Diagnostic::of("invalid-value", nrk, message)
                .hint("write the nrk of one of the [[orang]] above")
                .suggest(&nrk.value, known);
            found.borrow_mut().push(mistake);
        }
    }
    diagnostics.extend(found.into_inner());
    Written {
        date,
        people,
        cards,
    }
}

fn person(table: Table<'_>) -> Option<Person> {
    let name = table.parsed("nama", "nama = \"JOKO BERANI\"", |text| {
        FullName::parse(text).map(|_| text.to_owned())
    });
    let nrk = table.parsed("nrk", "six digits: nrk = \"990001\"", |text| {
        Nrk::parse(text, NrkFormat::JAKARTA).map(|nrk| nrk.as_str().to_owned())
    });
    let nip = table.optional_parsed("nip", "18 digits in quotes", |text| {
        Nip::parse(text).map(|nip| nip.as_str().to_owned())
    });
    let nik = table.optional_parsed(
        "nik",
        "16 digits in quotes that begin with 99: no province has that number",
        |text| match Nik::parse(text) {
            Ok(nik) if nik.as_str().starts_with("99") => Ok(nik.as_str().to_owned()),
            Ok(_) => Err("this number may be somebody's".to_owned()),
            Err(error) => Err(error.to_string()),
        },
    );
    let mailbox = table.text("kotak");
    let mail = table.parsed("email", "one of: Email Baru, Email Existing", |text| {
        MailStatus::parse(text).ok_or("this is no status of a mailbox")
    });
    let tte = table.parsed("tte", "as BSrE writes it, such as NO_CERTIFICATE", |text| {
        TteStatus::parse(text).ok_or("this is no status of a certificate")
    });
    let situation = table.optional_parsed(
        "keadaan",
        "leave it out where all goes well",
        Situation::parse,
    );
    table.finish();
    Some(Person {
        name: name?.value,
        nrk: nrk?.value,
        nip: nip.map(|nip| nip.value),
        nik: nik.map(|nik| nik.value),
        mailbox: mailbox?.value,
        mail: mail?.value,
        tte: tte?.value,
        situation: situation.map(|situation| situation.value),
    })
}

fn draft(table: Table<'_>) -> Option<Draft> {
    let place = table.parsed("di", "di = \"cek-tte\"", Place::parse);
    let way = table.optional_parsed("dengan", "dengan = \"nik\"", Way::parse);
    let nrk = table.optional_filled_text("orang");
    let typed = table.optional_filled_text("isi");
    let draft = Draft {
        place: place.as_ref()?.value,
        way: way.as_ref().map(|way| way.value),
        typed: typed.map(|typed| typed.value),
        nrk,
        task: table.optional_filled_text("tugas").map(|text| text.value),
        result: table.optional_filled_text("hasil").map(|text| text.value),
        next: table.optional_filled_text("lanjut").map(|text| text.value),
        requires: table.texts("butuh"),
    };
    let is_look_up = matches!(draft.place, Place::Email | Place::Tte);
    let wrong = match (draft.way, &draft.typed, &draft.nrk) {
        (None, _, _) if is_look_up => Some((
            "this card does not say by what one asks",
            "dengan = \"nik\", or another way that the page offers",
        )),
        (Some(way), _, _) if way.place() != draft.place => Some((
            "that page can't be asked by this",
            "cek-email is asked by nip, nrk or nama; cek-tte by email or nik",
        )),
        (Some(_), None, None) => Some((
            "this card says neither who one is nor what to type",
            "orang = \"990001\", or isi = \"…\"",
        )),
        (None, None, _) if draft.place == Place::Passphrase => {
            Some(("this card has no passphrase to type", "isi = \"…\""))
        }
        _ if draft.result.is_none() && (!is_look_up || draft.nrk.is_none()) => Some((
            "this card does not say what one should see",
            "hasil = \"…\"; without it a person's status stands there",
        )),
        _ => None,
    };
    if let Some((message, hint)) = wrong {
        table.report("invalid-value", table.span(), message, hint);
        return None;
    }
    table.finish();
    Some(draft)
}

/// Words of a card: plain, or a status's own.
pub enum Words<'a> {
    /// Typed for the card.
    Plain(&'a str),
    /// With its marks.
    Marked(&'a [Inline]),
}

/// What a card's holder should see, and what to do then.
pub fn outcome<'a>(agency: &'a Agency, card: &'a Card) -> (Words<'a>, Option<Words<'a>>) {
    let passage = card.person.as_ref().and_then(|person| {
        let (kind, anchor) = match card.place {
            Place::Tte => (StatusKind::Tte, person.tte.anchor()),
            _ => (StatusKind::Email, person.mail.anchor()),
        };
        let mut passages = agency.statuses.of(kind).iter();
        passages.find(|passage: &&StatusPassage| passage.anchor == anchor)
    });
    let words = |typed: &'a Option<String>, status: Option<&'a [Inline]>| match typed {
        Some(typed) => Some(Words::Plain(typed)),
        None => status.map(Words::Marked),
    };
    let title = passage.map(|passage| passage.title.value.as_slice());
    // The step of a status belongs to who sees that status.
    let step = passage.filter(|_| card.result.is_none());
    let step = step.map(|passage| passage.step.value.as_slice());
    (
        words(&card.result, title).unwrap_or(Words::Plain("")),
        words(&card.next, step),
    )
}

/// A passphrase to choose in the drawn form.
pub struct Choice<'a> {
    /// The passphrase, which is on a card.
    pub text: &'a str,
    /// The agency's rules that it breaks, by the words that the theme knows them by.
    pub broken: Vec<&'static str>,
}

/// The passphrases of the cards, judged by the agency's rules.
pub fn passphrases(agency: &Agency) -> Vec<Choice<'_>> {
    let Some(policy) = policy(&agency.profile.facts) else {
        return Vec::new();
    };
    let cards = agency.practice.of_place(Place::Passphrase);
    cards
        .map(|card| {
            let report = evaluate(&policy, &Passphrase::new(card.typed.clone()));
            let broken = report
                .rules
                .into_iter()
                .filter(|(_, outcome)| *outcome == Outcome::Broken)
                .map(|(rule, _)| match rule {
                    Rule::Minimum(_) => "minimal",
                    Rule::Has(Class::Upper) => "huruf-besar",
                    Rule::Has(Class::Lower) => "huruf-kecil",
                    Rule::Has(Class::Digit) => "angka",
                    Rule::Has(Class::Special) => "karakter-khusus",
                    Rule::NoneForbidden => "dilarang",
                });
            Choice {
                text: &card.typed,
                broken: broken.collect(),
            }
        })
        .collect()
}

fn policy(facts: &Facts) -> Option<Policy> {
    let rules = facts.group("passphrase");
    let minimum = i64::try_from(rules.get_attr("minimal").ok()?).ok()?;
    let minimum = usize::try_from(minimum).ok()?;
    let forbidden = text(&rules, "dilarang");
    let (required, context) = (texts(&rules, "wajib"), texts(&rules, "kata_konteks"));
    Policy::from_words(minimum, &required, &forbidden, &context).ok()
}

/// What the page answers in the look-up's place, as JSON: `info`, `none` (an unknown person, by route), `answers`,
/// `find` (question → its answer, and what happens first) and `refused` (status and body, by what happens).
pub fn table(agency: &Agency) -> String {
    let facts = &agency.profile.facts;
    let offered = offered(facts);
    let domain = domain(facts);
    let hours = hours(facts);
    let practice = &agency.practice;
    let mut answers: Vec<String> = Vec::new();
    let mut find: BTreeMap<String, serde_json::Value> = BTreeMap::new();
    let mut answer = |question: String, body: String, situation: Option<Situation>| {
        let at = answers.iter().position(|known| *known == body);
        let at = at.unwrap_or_else(|| {
            answers.push(body);
            answers.len() - 1
        });
        let entry = match situation {
            None => json!(at),
            Some(situation) => json!([at, situation.word()]),
        };
        find.insert(question, entry);
    };
    for way in &offered {
        let mut asked = BTreeSet::new();
        let demanded = demanded(facts, way.place());
        for person in &practice.people {
            let Some(value) = person.value(*way, &domain) else {
                continue;
            };
            let is_by_name = *way == Way::Email(EmailBy::Nama);
            let key = match FullName::parse(&value) {
                Ok(name) if is_by_name => name.as_str().to_owned(),
                _ => value,
            };
            let fact = match demanded.map(|demanded| person.fact(demanded)) {
                None => None,
                Some(Some(fact)) => Some(fact),
                Some(None) => continue, // nobody can find them
            };
            let question = match &fact {
                None => format!("{} {key}", way.word()),
                Some(fact) => format!("{} {key} {fact}", way.word()),
            };
            if !asked.insert(question.clone()) {
                continue; // a name was answered for all who bear it
            }
            let body = match way {
                Way::Email(_) => {
                    let same = practice.people.iter().filter(|other| {
                        !is_by_name && other.nrk == person.nrk
                            || is_by_name
                                && other.bears(&key)
                                && demanded.and_then(|demanded| other.fact(demanded)) == fact
                    });
                    body(&accounts(same, is_by_name, &domain))
                }
                Way::Tte(_) => body(&TteAnswer {
                    status: Some(ToldStatus::Known(person.tte)),
                    ..TteAnswer::default()
                }),
            };
            answer(question, body, person.situation);
        }
    }
    let info = Info {
        agency: agency.profile.id.clone(),
        practice: true,
        data_date: practice
            .date
            .map(|date| date.to_string())
            .unwrap_or_default(),
        email_by: offered
            .iter()
            .filter_map(|way| match way {
                Way::Email(by) => Some(*by),
                Way::Tte(_) => None,
            })
            .collect(),
        tte_by: offered
            .iter()
            .filter_map(|way| match way {
                Way::Tte(by) => Some(*by),
                Way::Email(_) => None,
            })
            .collect(),
        hours: hours.as_ref().map(OpeningHours::text),
        opens_at: None,
        email_fact: demanded(facts, Place::Email),
        tte_fact: demanded(facts, Place::Tte),
    };
    let none = json!({
        "email": body(&EmailAnswer { accounts: Vec::new(), more: false }),
        "tte": body(&TteAnswer::default()),
    });
    let opens_at = hours.as_ref().and_then(opens_at);
    let refused = [
        refusal(Situation::Closed, RefusalCode::Closed, opens_at, None),
        refusal(
            Situation::TooMany,
            RefusalCode::TooManyRequests,
            None,
            Some(WAIT),
        ),
        refusal(Situation::Fault, RefusalCode::Fault, None, None),
    ];
    let refused: BTreeMap<&str, serde_json::Value> = refused.into_iter().collect();
    json!({ "info": body(&info), "none": none, "answers": answers, "find": find, "refused": refused })
        .to_string()
}

/// Mailboxes as the look-up lists them: in the roster's order, and no more than it does.
fn accounts<'a>(
    people: impl Iterator<Item = &'a Person>,
    is_masked: bool,
    domain: &str,
) -> EmailAnswer {
    let found: Vec<(String, MailStatus)> = people
        .map(|person| (person.address(domain), person.mail))
        .collect();
    let more = found.len() > MAX_ACCOUNTS;
    let account = |(address, status): (String, MailStatus)| Account {
        address: if is_masked {
            mask_address(&address)
        } else {
            address
        },
        status,
    };
    EmailAnswer {
        accounts: found.into_iter().take(MAX_ACCOUNTS).map(account).collect(),
        more,
    }
}

fn refusal(
    situation: Situation,
    code: RefusalCode,
    opens_at: Option<OpensAt>,
    retry_after: Option<u32>,
) -> (&'static str, serde_json::Value) {
    let refusal = Refusal {
        code,
        message: code.message().to_owned(),
        opens_at,
        retry_after,
    };
    (situation.word(), json!([code.status(), body(&refusal)]))
}

/// When it opens again. The page puts the next such day in place of the date, which is any.
fn opens_at(hours: &OpeningHours) -> Option<OpensAt> {
    // A week has 168 hours, and no agency is open in all of them.
    (0..168).find_map(|hour| match hours.state_at(hour * 3600) {
        State::Closed(opens_at) => Some(opens_at),
        State::Open => None,
    })
}

/// A body as the look-up writes it, without the spaces that fill it.
fn body(value: &impl Serialize) -> String {
    // Our own types always serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// The ways that the profile offers, in its own order.
fn offered(facts: &Facts) -> Vec<Way> {
    let check = facts.group("periksa");
    let of = |key: &str, place: Place| {
        let ways = texts(&check, key).into_iter();
        let ways: Vec<Way> = ways
            .filter_map(|word| Way::parse(&word).ok())
            .filter(|way| way.place() == place)
            .collect();
        ways
    };
    [of("email", Place::Email), of("tte", Place::Tte)].concat()
}

/// The second fact that the profile demands on a page.
fn demanded(facts: &Facts, place: Place) -> Option<SecondFact> {
    let demanded = facts.group("periksa.butuh_fakta_kedua");
    match place {
        Place::Email => SecondFact::from_word(&text(&demanded, "email")),
        Place::Tte => SecondFact::from_word(&text(&demanded, "tte")),
        Place::Passphrase | Place::Activation => None,
    }
}

fn domain(facts: &Facts) -> String {
    text(&facts.group("email"), "domain")
}

fn hours(facts: &Facts) -> Option<OpeningHours> {
    let hours = facts.group("periksa.jam");
    let zone = text(facts.root(), "zona_waktu");
    let (open, close) = (text(&hours, "buka"), text(&hours, "tutup"));
    OpeningHours::parse(&texts(&hours, "hari"), &open, &close, &zone).ok()
}

fn text(from: &Value, key: &str) -> String {
    let value = from.get_attr(key).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(from: &Value, key: &str) -> Vec<String> {
    let list = from.get_attr(key).unwrap_or_default();
    let Ok(items) = list.try_iter() else {
        return Vec::new();
    };
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::source::SourceFile;

    const PERSON: &str = "[[orang]]\nnama = \"JOKO BERANI\"\nnrk = \"990001\"\nnik = \"9901012802909999\"\n\
                          kotak = \"joko\"\nemail = \"Email Baru\"\ntte = \"ISSUE\"\n";

    fn read(text: &str) -> (Written, String) {
        let file = SourceFile {
            path: "content/bersama/latihan.toml".to_owned(),
            text: text.to_owned(),
        };
        let mut diagnostics = Diagnostics::default();
        let written = parse(&Arc::new(file), &mut diagnostics);
        let told = if diagnostics.is_empty() {
            String::new()
        } else {
            diagnostics.render(false)
        };
        (written, told)
    }

    #[test]
    fn people_and_cards_are_read() {
        let card = "[[kartu]]\ndi = \"cek-tte\"\ndengan = \"nik\"\norang = \"990001\"\n";
        let (written, told) = read(&format!("tanggal = 2025-10-22\n{PERSON}{card}"));
        assert_eq!(told, "");
        assert_eq!((written.people.len(), written.cards.len()), (1, 1));
    }

    #[test]
    fn mistakes_are_told() {
        let card = "tanggal = 2025-10-22\n[[kartu]]\n";
        let real = PERSON.replace("9901012802909999", "3171012802909999");
        for (text, message) in [
            ("".to_owned(), "`tanggal` is missing"),
            (format!("tanggal = 2025-10-22\n{real}"), "may be somebody's"),
            (
                format!("tanggal = 2025-10-22\n{PERSON}keadaan = \"hujan\"\n"),
                "`hujan` is nothing that can happen here",
            ),
            (
                format!("{card}di = \"cek-nik\"\n"),
                "`cek-nik` is no page for practice",
            ),
            (
                format!("{card}di = \"cek-tte\"\norang = \"990001\"\n"),
                "does not say by what one asks",
            ),
            (
                format!("{card}di = \"cek-tte\"\ndengan = \"nip\"\nisi = \"1\"\nhasil = \"x\"\n"),
                "that page can't be asked by this",
            ),
            (
                format!("{card}di = \"cek-tte\"\ndengan = \"nik\"\nisi = \"1\"\n"),
                "does not say what one should see",
            ),
            (
                format!("{card}di = \"uji-passphrase\"\nhasil = \"x\"\n"),
                "has no passphrase to type",
            ),
            (
                format!("{card}di = \"cek-tte\"\ndengan = \"nik\"\norang = \"990009\"\n"),
                "nobody invented has this number",
            ),
        ] {
            let (_, told) = read(&text);
            assert!(told.contains(message), "{text}\n{told}");
        }
    }
}
