//! Passphrase of the electronic signature: what BSrE's form accepts, and how easily it is guessed.
//!
//! BSrE imposes rules of composition ([`Policy`]); agencies' documents give them differently, so
//! they are data. Whether a passphrase can be guessed is another question, answered in three words
//! ([`Strength`]) by our own reckoning: known words, runs and dates count little, the rest by its
//! length. The words are few and Indonesian; this is advice and no proof.
//!
//! Kept small on purpose (it runs in the browser): ASCII only, no table of Unicode, no regular
//! expression. ASVS 5.0 §6.2: no maximum length, nothing trimmed, common passwords named.

use thiserror::Error;

/// A passphrase as typed. Never shown: it has neither `Debug`, `Display` nor `Serialize`.
pub struct Passphrase(String);

impl Passphrase {
    /// Takes what was typed as it is; nothing is trimmed.
    pub const fn new(typed: String) -> Self {
        Self(typed)
    }

    /// True where nothing was typed.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True where `part` is how it begins; an unfinished confirmation is.
    pub fn begins_with(&self, part: &Self) -> bool {
        self.0.starts_with(&part.0)
    }

    /// True where the confirmation field holds the same.
    pub fn matches(&self, confirmation: &Self) -> bool {
        self.0 == confirmation.0
    }
}

/// A kind of character that a policy may demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `A`–`Z`.
    Upper,
    /// `a`–`z`.
    Lower,
    /// `0`–`9`.
    Digit,
    /// Printable ASCII (0x21–0x7E) that is neither letter nor digit.
    Special,
}

impl Class {
    /// Every class, in the order in which BSrE's form names them.
    pub const ALL: [Self; 4] = [Self::Upper, Self::Lower, Self::Digit, Self::Special];

    /// The word that profiles use for it: `huruf besar`, …
    pub const fn word(self) -> &'static str {
        match self {
            Self::Upper => "huruf besar",
            Self::Lower => "huruf kecil",
            Self::Digit => "angka",
            Self::Special => "karakter khusus",
        }
    }

    /// The class of a character; none for space, control and non-ASCII characters.
    pub const fn of(character: char) -> Option<Self> {
        match character {
            'A'..='Z' => Some(Self::Upper),
            'a'..='z' => Some(Self::Lower),
            '0'..='9' => Some(Self::Digit),
            '!'..='~' => Some(Self::Special),
            _ => None,
        }
    }
}

/// The rules of one agency's document. Made by [`Policy::from_words`].
pub struct Policy {
    minimum: usize,
    required: Vec<Class>,
    forbidden: Vec<char>,
    context: Vec<String>,
}

/// Why a profile's `[passphrase]` is no policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// `minimal` is zero.
    #[error("`minimal` is 0; give the least number of characters, e.g. 8")]
    NoMinimum,
    /// A word of `wajib` is none of the four.
    #[error(
        "`wajib` holds \"{0}\"; it may hold \"huruf besar\", \"huruf kecil\", \"angka\", \"karakter khusus\""
    )]
    UnknownClass(String),
    /// A word of `wajib` stands twice.
    #[error("`wajib` holds \"{0}\" twice")]
    RepeatedClass(&'static str),
    /// A character of `dilarang` is a letter, a digit, a space or not ASCII.
    #[error(
        "`dilarang` holds '{0}'; only ASCII characters that are neither letter nor digit can be forbidden"
    )]
    ForbiddenNotSpecial(char),
    /// `wajib` demands a special character and `dilarang` forbids every one.
    #[error("`wajib` demands \"karakter khusus\" and `dilarang` forbids every one of them")]
    NoSpecialLeft,
    /// A word of `kata_konteks` is shorter than three characters or not plain ASCII letters and digits.
    #[error(
        "`kata_konteks` holds \"{0}\"; give words of at least three letters or digits (a–z, 0–9)"
    )]
    ContextWord(String),
}

/// Shorter words would be found by chance in any passphrase.
const SHORTEST_WORD: usize = 3;

impl Policy {
    /// Reads a policy from a profile's words: `minimal`, `wajib`, `dilarang`, `kata_konteks`.
    ///
    /// # Errors
    /// [`PolicyError`] for the first of them that cannot be.
    pub fn from_words<R: AsRef<str>, C: AsRef<str>>(
        minimum: usize,
        required: &[R],
        forbidden: &str,
        context: &[C],
    ) -> Result<Self, PolicyError> {
        if minimum == 0 {
            return Err(PolicyError::NoMinimum);
        }
        let mut classes: Vec<Class> = Vec::new();
        for word in required {
            let word = word.as_ref();
            let class = Class::ALL
                .into_iter()
                .find(|class| class.word() == word)
                .ok_or_else(|| PolicyError::UnknownClass(word.to_owned()))?;
            if classes.contains(&class) {
                return Err(PolicyError::RepeatedClass(class.word()));
            }
            classes.push(class);
        }
        let mut banned: Vec<char> = Vec::new();
        for character in forbidden.chars() {
            if Class::of(character) != Some(Class::Special) {
                return Err(PolicyError::ForbiddenNotSpecial(character));
            }
            note(&mut banned, character);
        }
        let specials = ('!'..='~')
            .filter(|c| Class::of(*c) == Some(Class::Special))
            .count();
        if classes.contains(&Class::Special) && banned.len() == specials {
            return Err(PolicyError::NoSpecialLeft);
        }
        let mut words = Vec::new();
        for word in context {
            let word = word.as_ref();
            if word.len() < SHORTEST_WORD || !word.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(PolicyError::ContextWord(word.to_owned()));
            }
            words.push(word.to_ascii_lowercase());
        }
        Ok(Self {
            minimum,
            required: classes,
            forbidden: banned,
            context: words,
        })
    }

    /// The least number of characters.
    pub const fn minimum(&self) -> usize {
        self.minimum
    }

    /// The characters that BSrE's form refuses, each once.
    pub fn forbidden(&self) -> &[char] {
        &self.forbidden
    }

    /// The rules in the order in which they are shown.
    pub fn rules(&self) -> Vec<Rule> {
        let mut rules = vec![Rule::Minimum(self.minimum)];
        rules.extend(self.required.iter().copied().map(Rule::Has));
        if !self.forbidden.is_empty() {
            rules.push(Rule::NoneForbidden);
        }
        rules
    }
}

/// One rule of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// At least so many characters.
    Minimum(usize),
    /// At least one character of a class; a forbidden one does not count.
    Has(Class),
    /// None of the forbidden characters.
    NoneForbidden,
}

/// Whether a rule is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is.
    Kept,
    /// It is not.
    Broken,
}

/// How hard a passphrase is to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// A stranger could guess it.
    Weak,
    /// Good enough, and could be better.
    Fair,
    /// Long and hard to guess.
    Strong,
}

impl Strength {
    /// The word shown: `Lemah`, `Cukup`, `Kuat`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Weak => "Lemah",
            Self::Fair => "Cukup",
            Self::Strong => "Kuat",
        }
    }
}

/// Why a passphrase has the strength it has: what weakens it most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A word that stands in every list of common passwords.
    CommonWord,
    /// A word from the person's surroundings: the agency, the service.
    ContextWord,
    /// `abcd`, `4321`.
    Sequence,
    /// `qwerty`.
    KeyboardRun,
    /// `aaaa`, `budibudi`.
    Repetition,
    /// A year or a date.
    Date,
    /// A long row of digits: a staff number, a telephone number.
    Number,
    /// Too few characters.
    Short,
    /// One word or two, of which no list knows.
    FewWords,
    /// Hard to guess, but BSrE's form would not take it.
    RuleBroken,
    /// Nothing wrong; more characters would make it better.
    CouldBeLonger,
    /// Long and without a known word, run or date that matters.
    Long,
}

impl Reason {
    /// The sentence shown beside the strength.
    pub const fn text(self) -> &'static str {
        match self {
            Self::CommonWord => "Ada kata yang sering dipakai orang sebagai sandi.",
            Self::ContextWord => {
                "Ada kata yang mudah dikaitkan dengan Anda, seperti nama instansi atau layanan."
            }
            Self::Sequence => "Ada urutan yang mudah ditebak, seperti 1234 atau abcd.",
            Self::KeyboardRun => "Ada deretan tombol papan ketik, seperti qwerty.",
            Self::Repetition => "Ada bagian yang diulang-ulang.",
            Self::Date => "Ada tahun atau tanggal. Tanggal lahir mudah ditebak.",
            Self::Number => "Ada deretan angka, seperti NIP, NIK, atau nomor telepon.",
            Self::Short => "Terlalu pendek.",
            Self::FewWords => "Hanya satu atau dua kata. Tambah kata lain yang tidak berkaitan.",
            Self::RuleBroken => "Masih ada aturan yang belum terpenuhi.",
            Self::CouldBeLonger => "Lebih aman bila 15 karakter atau lebih.",
            Self::Long => "Panjang dan sulit ditebak.",
        }
    }
}

/// What there is to say of a passphrase. Holds none of it but the characters that are in question.
pub struct Report {
    /// Every rule of the policy, in its order.
    pub rules: Vec<(Rule, Outcome)>,
    /// Forbidden characters found, each once.
    pub forbidden: Vec<char>,
    /// Spaces and characters outside printable ASCII, each once: no document says whether BSrE's
    /// form takes them ("belum pasti diterima").
    pub uncertain: Vec<char>,
    /// How hard it is to guess.
    pub strength: Strength,
    /// Why.
    pub reason: Reason,
}

impl Report {
    /// True where every rule is kept.
    pub fn accepted(&self) -> bool {
        self.rules
            .iter()
            .all(|(_, outcome)| *outcome == Outcome::Kept)
    }
}

/// Holds a passphrase against a policy and reckons its strength.
pub fn evaluate(policy: &Policy, passphrase: &Passphrase) -> Report {
    let characters: Vec<char> = passphrase.0.chars().collect();
    let mut forbidden = Vec::new();
    let mut uncertain = Vec::new();
    for &character in &characters {
        if policy.forbidden.contains(&character) {
            note(&mut forbidden, character);
        }
        if Class::of(character).is_none() {
            note(&mut uncertain, character);
        }
    }
    let has = |class| {
        characters
            .iter()
            .any(|c| Class::of(*c) == Some(class) && !forbidden.contains(c))
    };
    let kept = |rule| match rule {
        Rule::Minimum(least) => characters.len() >= least,
        Rule::Has(class) => has(class),
        Rule::NoneForbidden => forbidden.is_empty(),
    };
    let rules = policy
        .rules()
        .into_iter()
        .map(|rule| {
            (
                rule,
                if kept(rule) {
                    Outcome::Kept
                } else {
                    Outcome::Broken
                },
            )
        })
        .collect();
    let (strength, reason) = reckon(policy, &characters);
    let mut report = Report {
        rules,
        forbidden,
        uncertain,
        strength,
        reason,
    };
    // "Strong" reads as "take it": not said of what the form would refuse.
    if strength == Strength::Strong && !report.accepted() {
        report.strength = Strength::Fair;
        report.reason = Reason::RuleBroken;
    }
    report
}

fn note(list: &mut Vec<char>, character: char) {
    if !list.contains(&character) {
        list.push(character);
    }
}

/// Tenths of a bit (so that no floating-point code is needed): below it a passphrase is weak. Eight
/// characters of every kind, following no pattern, reach it.
const FAIR: usize = 300;
/// Tenths of a bit from which it is strong: some 14 characters that follow no pattern.
const STRONG: usize = 500;
/// Fewer characters are never better than weak, whatever a policy allows.
const SHORTEST_FAIR: usize = 8;

/// Adds up what a guesser would have to try, part by part: at each place the longest known pattern,
/// or else one free character.
fn reckon(policy: &Policy, characters: &[char]) -> (Strength, Reason) {
    let plain: Vec<char> = characters.iter().map(|c| c.to_ascii_lowercase()).collect();
    let read: Vec<char> = plain.iter().copied().map(unleet).collect();
    let mut free = 0;
    let mut patterns = 0;
    let mut covered = 0;
    let mut weakest: Option<(usize, Reason)> = None;
    let mut word = Word::default();
    let mut at = 0;
    while let Some(&character) = characters.get(at) {
        if let Some((length, reason)) = longest_pattern(policy, &plain, &read, at) {
            if weakest.is_none_or(|(longest, _)| length > longest) {
                weakest = Some((length, reason));
            }
            patterns += cost_of(reason, length);
            covered += length;
            at += length;
            word = Word::default();
        } else {
            free += word.next(character);
            at += 1;
        }
    }
    // Patterns are put together as easily as they are found: where they make up half, they are worth
    // nothing, and only a rest that is strong by itself remains so.
    let mostly_known = covered * 2 >= characters.len();
    let bits = free + patterns;
    let strength =
        if characters.len() < SHORTEST_FAIR || bits < FAIR || (mostly_known && free < STRONG) {
            Strength::Weak
        } else if bits < STRONG {
            Strength::Fair
        } else {
            Strength::Strong
        };
    let reason = match (strength, weakest) {
        (Strength::Strong, _) => Reason::Long,
        // A pattern is the reason only where it makes up a good part; else length is.
        (_, Some((length, reason))) if mostly_known || length * 4 >= characters.len() => reason,
        (Strength::Weak, _) if characters.len() > LONGEST_NAME => Reason::FewWords,
        (Strength::Weak, _) => Reason::Short,
        (Strength::Fair, _) => Reason::CouldBeLonger,
    };
    (strength, reason)
}

/// Tenths of a bit that a pattern is worth: picking it from the list of its kind, and its variants.
/// Twice as long is one more try to a guesser, not twice as many.
fn cost_of(reason: Reason, length: usize) -> usize {
    match reason {
        Reason::CommonWord => 90,
        Reason::ContextWord => 40,
        Reason::Date => 70 + 5 * length,
        _ => (40 + 10 * length.checked_ilog2().unwrap_or(0) as usize).min(MOST_FOR_A_RUN),
    }
}

/// Tenths of a bit that a run, a repetition or a number is worth at most.
const MOST_FOR_A_RUN: usize = 100;

/// Letters of a name or word that are guessed together; what is longer is more than one.
const LONGEST_NAME: usize = 11;

/// Letters in a row that can be read: a word or a name of which no list knows. Its first letters tell
/// the rest, so these are worth little.
#[derive(Default)]
struct Word {
    letters: usize,
    consonants: usize,
    lower: bool,
}

impl Word {
    /// Tenths of a bit of the next character that belongs to no pattern.
    fn next(&mut self, character: char) -> usize {
        let full = free_character(character);
        if !character.is_ascii_alphabetic() || (self.lower && character.is_ascii_uppercase()) {
            *self = Self::default();
        }
        if !character.is_ascii_alphabetic() {
            return full;
        }
        self.lower = character.is_ascii_lowercase();
        self.letters += 1;
        if matches!(
            character.to_ascii_lowercase(),
            'a' | 'e' | 'i' | 'o' | 'u' | 'y'
        ) {
            self.consonants = 0;
        } else {
            self.consonants += 1;
        }
        match self.letters {
            // No word has four consonants in a row and more: these letters were not chosen as one.
            _ if self.consonants > 3 => full,
            0..=3 => full,
            4..=LONGEST_NAME => 5,
            _ => 20,
        }
    }
}

/// Tenths of a bit of a character that belongs to no pattern. Less than log2 of its class's size,
/// since people choose letters that make words.
const fn free_character(character: char) -> usize {
    match character {
        'a'..='z' => 35,
        'A'..='Z' => 40,
        '0'..='9' => 33,
        _ => 50,
    }
}

/// Length and kind of the longest pattern that starts at `at`.
fn longest_pattern(
    policy: &Policy,
    plain: &[char],
    read: &[char],
    at: usize,
) -> Option<(usize, Reason)> {
    let rest = plain.get(at..)?;
    let decoded = read.get(at..)?;
    let word = |word: &str| {
        if starts(rest, word) || starts(decoded, word) {
            word.len()
        } else {
            0
        }
    };
    let candidates = [
        (
            policy.context.iter().map(|w| word(w)).max().unwrap_or(0),
            Reason::ContextWord,
        ),
        (
            COMMON.split_ascii_whitespace().map(word).max().unwrap_or(0),
            Reason::CommonWord,
        ),
        (date(rest), Reason::Date),
        (repetition(plain, at), Reason::Repetition),
        (sequence(rest), Reason::Sequence),
        (keyboard_run(rest), Reason::KeyboardRun),
        (number(rest), Reason::Number),
    ];
    // The first of equals wins: the list above goes from the most telling reason to the least.
    let mut best = None;
    for (length, reason) in candidates {
        if length > 0 && best.is_none_or(|(longest, _)| length > longest) {
            best = Some((length, reason));
        }
    }
    best
}

fn starts(text: &[char], word: &str) -> bool {
    let mut letters = text.iter();
    word.chars().all(|c| letters.next() == Some(&c))
}

/// The letter that a digit or sign often stands for (`p4ssw0rd`).
const fn unleet(character: char) -> char {
    match character {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

/// Length of a run of neighbours in the alphabet or the digits, up or down; 0 below three.
fn sequence(text: &[char]) -> usize {
    let step = |a: char, b: char| {
        let same_kind = Class::of(a) == Class::of(b)
            && matches!(Class::of(a), Some(Class::Lower | Class::Digit));
        if same_kind {
            i64::from(u32::from(b)) - i64::from(u32::from(a))
        } else {
            0
        }
    };
    run(text, |a, b| match step(a, b) {
        1 => Some(true),
        -1 => Some(false),
        _ => None,
    })
}

/// Length of a run of neighbours on a row of the keyboard, either way; 0 below four.
fn keyboard_run(text: &[char]) -> usize {
    let place = |c: char| ROWS.bytes().position(|b| char::from(b) == c);
    let length = run(text, |a, b| match (place(a), place(b)) {
        (Some(a), Some(b)) if b == a + 1 => Some(true),
        (Some(a), Some(b)) if a == b + 1 => Some(false),
        _ => None,
    });
    // Three neighbours stand in ordinary words ("rew", "kas" on other layouts); four hardly.
    if length < 4 { 0 } else { length }
}

/// Rows of the keyboard; the spaces keep them apart (no row holds one).
const ROWS: &str = "1234567890 !@#$%^&*() qwertyuiop asdfghjkl zxcvbnm";

/// Length of the run from the start in which each pair steps the same way; 0 below three.
fn run(text: &[char], step: impl Fn(char, char) -> Option<bool>) -> usize {
    let mut direction = None;
    let mut length = 1;
    for pair in text.windows(2) {
        let &[a, b] = pair else { break };
        if a == ' ' || b == ' ' {
            break;
        }
        let Some(this) = step(a, b) else { break };
        if direction.is_some_and(|d| d != this) {
            break;
        }
        direction = Some(this);
        length += 1;
    }
    if length < 3 { 0 } else { length }
}

/// Length of what repeats at `at`: one character three times or more, or a piece of at least three
/// that stood before; else 0.
fn repetition(text: &[char], at: usize) -> usize {
    let Some(rest) = text.get(at..) else { return 0 };
    let same = rest.iter().take_while(|c| Some(*c) == rest.first()).count();
    let mut longest = if same >= 3 { same } else { 0 };
    for start in 0..at {
        let Some(earlier) = text.get(start..at) else {
            break;
        };
        let again = earlier.iter().zip(rest).take_while(|(a, b)| a == b).count();
        if again >= 3 && again > longest {
            longest = again;
        }
    }
    longest
}

/// Length of a date (`17081945`, `19450817`, `170845`) or a year (`1945`); 0 where there is none.
fn date(text: &[char]) -> usize {
    let number = |from: usize, to: usize| {
        text.get(from..to)?
            .iter()
            .try_fold(0, |n, c| Some(n * 10 + c.to_digit(10)?))
    };
    let day = |from| number(from, from + 2).is_some_and(|n| (1..=31).contains(&n));
    let month = |from| number(from, from + 2).is_some_and(|n| (1..=12).contains(&n));
    let year = |from| number(from, from + 4).is_some_and(|n| (1930..=2039).contains(&n));
    if (day(0) && month(2) && year(4)) || (year(0) && month(4) && day(6)) {
        8
    } else if day(0) && month(2) && number(4, 6).is_some() {
        6
    } else if year(0) {
        4
    } else {
        0
    }
}

/// Length of a row of digits that is somebody's number (telephone, NIK, NIP); 0 below eight.
fn number(text: &[char]) -> usize {
    let digits = text.iter().take_while(|c| c.is_ascii_digit()).count();
    if digits < 8 { 0 } else { digits }
}

/// Words found in lists of leaked passwords, and those that Indonesian offices add of their own.
/// Three letters at least; one that is part of another needs no entry of its own unless it is met alone.
const COMMON: &str = "\
password passwd sandi katasandi passphrase admin administrator user login welcome selamat \
rahasia sayang sayangku cinta cintaku cantik ganteng bismillah alhamdulillah allahuakbar insyaallah \
allah muhammad islam masjid assalamualaikum subhanallah indonesia merdeka garuda pancasila nusantara \
jakarta bandung surabaya semarang jogja yogyakarta medan makassar bogor depok bekasi tangerang bali \
betawi monas persija persib jakmania arema nkri negara bangsa pemprov pemda dinas kantor kerja pegawai \
negeri asn pns pppk diskominfo kominfo bsre tte email keluarga anak anakku istri suami ibu ayah bapak \
mama papa bunda adik kakak teman sahabat rumah sekolah guru dokter polisi tentara angkatan jaya sukses \
semangat bahagia senang kenangan selamanya selalu setia rindu kangen manis bintang bulan matahari \
pelangi mawar melati bunga kucing anjing harimau macan naga kuda gajah hujan laut gunung sakura naruto \
senin selasa rabu kamis jumat sabtu minggu januari februari maret april agustus september oktober \
november desember ramadhan ramadan lebaran doraemon superman batman spiderman pokemon dragon monkey \
shadow master football baseball liverpool chelsea arsenal barcelona juventus milan manchester \
iloveyou lovely love loveme forever angel princess sunshine secret letmein trustno freedom hello \
google facebook instagram whatsapp android samsung xiaomi oppo vivo nokia computer komputer internet \
agus andi ahmad budi dewi dian dwi eka eko fitri hendra indah joko lestari nur putra putri ratna rina \
rizki santoso siti slamet sri sulistyo susanto tri wahyu wati yanti yudi";

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLASSES: [&str; 4] = ["huruf besar", "huruf kecil", "angka", "karakter khusus"];

    /// Sulawesi Tengah, 2025.
    fn a() -> Policy {
        Policy::from_words(8, &CLASSES, "", &["jakarta"]).unwrap()
    }

    /// DIY, 2025.
    fn b() -> Policy {
        Policy::from_words(8, &CLASSES, r"[]^\", &["jakarta", "jakgo", "bsre"]).unwrap()
    }

    fn report(policy: &Policy, typed: &str) -> Report {
        evaluate(policy, &Passphrase::new(typed.to_owned()))
    }

    fn broken(policy: &Policy, typed: &str) -> Vec<Rule> {
        let rules = report(policy, typed).rules;
        rules
            .into_iter()
            .filter(|(_, o)| *o == Outcome::Broken)
            .map(|(r, _)| r)
            .collect()
    }

    fn strength(typed: &str) -> (Strength, Reason) {
        let report = report(&b(), typed);
        (report.strength, report.reason)
    }

    #[test]
    fn each_rule_is_broken_by_its_own_lack() {
        use Class::*;
        assert_eq!(broken(&a(), "Aa1!aaa"), [Rule::Minimum(8)]);
        assert_eq!(broken(&a(), "aa1!aaaa"), [Rule::Has(Upper)]);
        assert_eq!(broken(&a(), "AA1!AAAA"), [Rule::Has(Lower)]);
        assert_eq!(broken(&a(), "Aaa!aaaa"), [Rule::Has(Digit)]);
        assert_eq!(broken(&a(), "Aa1aaaaa"), [Rule::Has(Special)]);
        assert_eq!(broken(&a(), "Aa1!aaaa"), []);
        assert!(report(&a(), "Aa1!aaaa").accepted());
    }

    #[test]
    fn a_forbidden_character_counts_as_no_special_one() {
        let bracket = report(&b(), "Aa1]aaaa");
        assert_eq!(bracket.forbidden, [']']);
        assert_eq!(
            broken(&b(), "Aa1]aaaa"),
            [Rule::Has(Class::Special), Rule::NoneForbidden]
        );
        assert_eq!(broken(&b(), "Aa1]aaa!"), [Rule::NoneForbidden]);
        assert_eq!(broken(&a(), "Aa1]aaaa"), []);
        assert_eq!(report(&b(), r"^\[[^").forbidden, ['^', '\\', '[']);
    }

    #[test]
    fn space_and_foreign_letters_are_uncertain_and_count_towards_length_only() {
        let typed = report(&b(), "Aa1! éé ");
        assert_eq!(typed.uncertain, [' ', 'é']);
        assert!(typed.accepted());
        assert_eq!(
            broken(&b(), "É a1 aaaa"),
            [Rule::Has(Class::Upper), Rule::Has(Class::Special)]
        );
    }

    #[test]
    fn nothing_is_trimmed_and_no_length_is_too_long() {
        assert!(report(&a(), " Aa1! a ").accepted());
        assert!(report(&a(), &"Aa1!".repeat(5_000)).accepted());
        assert!(!Passphrase::new("a".into()).matches(&Passphrase::new("a ".into())));
    }

    #[test]
    fn weak_ones_say_why() {
        for (typed, reason) in [
            ("Merdeka1945!", Reason::CommonWord),
            ("P@ssw0rd123", Reason::CommonWord),
            ("Jakarta2025#", Reason::ContextWord),
            ("J4kg0bsre!", Reason::ContextWord),
            ("Qwertyuiop1!", Reason::KeyboardRun),
            ("Abcdefgh1!", Reason::Sequence),
            ("Aaaaaaaa1!", Reason::Repetition),
            ("Xk17081945!", Reason::Date),
            ("Xk7#", Reason::Short),
            ("", Reason::Short),
        ] {
            assert_eq!(strength(typed), (Strength::Weak, reason), "{typed}");
        }
    }

    /// What people make up to satisfy the rules: known pieces in a row, however many.
    #[test]
    fn known_pieces_in_a_row_are_weak() {
        for (typed, reason) in [
            ("Budi199002282023!", Reason::Number),
            ("Zulkifli199002282023!", Reason::Number),
            ("Budi199002282023211999!", Reason::Number),
            ("Zulkifli28021990!", Reason::Date),
            ("Rahmatullah1990!", Reason::Date),
            ("Zulkifli081298765431#", Reason::Number),
            ("Qwerty12345!@#$%", Reason::KeyboardRun),
            ("Qwertyuiop!@#$%^&*()1", Reason::KeyboardRun),
            ("Indonesia1945!!", Reason::CommonWord),
            ("Merdeka-Indonesia-17081945!", Reason::CommonWord),
            ("Aa1!Aa1!Aa1!Aa1!Aa1!Aa1!", Reason::Repetition),
            ("Zulkiflirahmat", Reason::FewWords),
        ] {
            assert_eq!(strength(typed), (Strength::Weak, reason), "{typed}");
        }
    }

    #[test]
    fn a_run_of_any_length_is_weak() {
        for length in [230, 2_000, 5_000] {
            for piece in ["a", "7", "Aa1!", "abcdefgh", "qwertyuiop", "Merdeka1945!"] {
                let run: String = piece.chars().cycle().take(length).collect();
                assert_eq!(strength(&run).0, Strength::Weak, "{piece} × {length}");
                assert_eq!(
                    strength(&format!("Aa1!{run}")).0,
                    Strength::Weak,
                    "{piece} × {length}"
                );
            }
        }
    }

    #[test]
    fn what_is_strong_by_itself_stays_so_with_known_pieces() {
        assert_eq!(
            strength("Xk7#mP2qLz9&vT4wMerdeka-Indonesia-1945").0,
            Strength::Strong
        );
    }

    #[test]
    fn nothing_is_strong_while_a_rule_is_broken() {
        assert_eq!(
            strength("Xk7#mP2qLz9&vT4w]"),
            (Strength::Fair, Reason::RuleBroken)
        );
        assert_eq!(
            strength("ember-layar5-tikus-pagar"),
            (Strength::Fair, Reason::RuleBroken)
        );
    }

    #[test]
    fn length_makes_strong() {
        assert_eq!(strength("xK7#mP2q").0, Strength::Fair);
        assert_eq!(strength("xK7#mP2q").1, Reason::CouldBeLonger);
        assert_eq!(strength("Xk7#mP2qLz9&vT4w").0, Strength::Strong);
        assert_eq!(strength("Ember-Layar5-Tikus-Pagar").0, Strength::Strong);
        assert_eq!(strength("Ember-Layar5-Tikus-Pagar").1, Reason::Long);
        // A piece said again adds next to nothing.
        assert!(strength("Tikus-Tikus-Tikus-1").0 < Strength::Strong);
    }

    #[test]
    fn what_is_no_policy_is_refused() {
        let none: [&str; 0] = [];
        let error = |minimum, required: &[&str], forbidden: &str, context: &[&str]| {
            Policy::from_words(minimum, required, forbidden, context)
                .err()
                .map(|e| e.to_string())
        };
        insta::assert_debug_snapshot!([
            error(0, &none, "", &none),
            error(8, &["huruf sedang"], "", &none),
            error(8, &["angka", "angka"], "", &none),
            error(8, &none, "é", &none),
            error(8, &["karakter khusus"], r##"!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"##, &none),
            error(8, &none, "", &["tik", "x"]),
            error(8, &none, "[[", &["TIK"]),
        ], @r#"
        [
            Some(
                "`minimal` is 0; give the least number of characters, e.g. 8",
            ),
            Some(
                "`wajib` holds \"huruf sedang\"; it may hold \"huruf besar\", \"huruf kecil\", \"angka\", \"karakter khusus\"",
            ),
            Some(
                "`wajib` holds \"angka\" twice",
            ),
            Some(
                "`dilarang` holds 'é'; only ASCII characters that are neither letter nor digit can be forbidden",
            ),
            Some(
                "`wajib` demands \"karakter khusus\" and `dilarang` forbids every one of them",
            ),
            Some(
                "`kata_konteks` holds \"x\"; give words of at least three letters or digits (a–z, 0–9)",
            ),
            None,
        ]
        "#);
    }

    #[test]
    fn the_word_list_is_plain() {
        for word in COMMON.split_ascii_whitespace() {
            assert!(
                word.len() >= SHORTEST_WORD
                    && word
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{word}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_a_report(typed in any::<String>()) {
            let report = report(&b(), &typed);
            prop_assert_eq!(report.rules.len(), 6);
            prop_assert!(report.forbidden.iter().chain(&report.uncertain).all(|c| typed.contains(*c)));
            prop_assert!(typed.chars().count() >= 8 || report.strength == Strength::Weak);
        }

        /// A kept demand stays kept, whatever allowed characters are put behind it.
        #[test]
        fn more_never_breaks_a_demand(typed in "[ -Z_-~]{0,20}", more in "[ -Z_-~]{0,20}") {
            let before = broken(&b(), &typed);
            let after = broken(&b(), &(typed + &more));
            prop_assert!(after.iter().all(|rule| before.contains(rule)));
        }

        /// What the form would refuse is never called strong.
        #[test]
        fn strong_ones_are_accepted(typed in "[ -~]{0,40}") {
            let report = report(&b(), &typed);
            prop_assert!(report.accepted() || report.strength < Strength::Strong);
        }

        /// Digits alone, however a person arranges a date or a run of them, are not strong below 15.
        #[test]
        fn digits_alone_are_never_strong(typed in "[0-9]{0,14}") {
            prop_assert!(strength(&typed).0 < Strength::Strong);
        }
    }
}
