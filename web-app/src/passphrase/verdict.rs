//! What is said of a passphrase: a state for each rule, plain words for the rest.

use model::passphrase::{Class, Outcome, Passphrase, Policy, Report, Rule, Strength, evaluate};

/// How a rule stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Nothing typed yet that could keep or break it.
    Idle,
    /// Kept.
    Ok,
    /// Broken.
    Bad,
}

impl Mark {
    /// For styles and tests.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ok => "ok",
            Self::Bad => "bad",
        }
    }

    /// For ears.
    pub const fn spoken(self) -> &'static str {
        match self {
            Self::Idle => "Belum: ",
            Self::Ok => "Terpenuhi: ",
            Self::Bad => "Belum terpenuhi: ",
        }
    }
}

/// A line of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A rule of the policy.
    Rule(Rule),
    /// Both fields hold the same.
    Same,
}

impl Line {
    /// For styles and tests.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rule(Rule::Minimum(_)) => "minimal",
            Self::Rule(Rule::Has(Class::Upper)) => "huruf-besar",
            Self::Rule(Rule::Has(Class::Lower)) => "huruf-kecil",
            Self::Rule(Rule::Has(Class::Digit)) => "angka",
            Self::Rule(Rule::Has(Class::Special)) => "karakter-khusus",
            Self::Rule(Rule::NoneForbidden) => "dilarang",
            Self::Same => "sama",
        }
    }

    /// What it demands.
    pub fn text(self, policy: &Policy) -> String {
        match self {
            Self::Rule(Rule::Minimum(least)) => {
                ["Paling sedikit ", &least.to_string(), " karakter"].concat()
            }
            Self::Rule(Rule::Has(Class::Upper)) => "Ada huruf besar (A–Z)".into(),
            Self::Rule(Rule::Has(Class::Lower)) => "Ada huruf kecil (a–z)".into(),
            Self::Rule(Rule::Has(Class::Digit)) => "Ada angka (0–9)".into(),
            Self::Rule(Rule::Has(Class::Special)) => "Ada karakter khusus, misalnya ! # % _".into(),
            Self::Rule(Rule::NoneForbidden) => ["Tanpa ", &spaced(policy.forbidden())].concat(),
            Self::Same => "Kedua isian sama".into(),
        }
    }
}

/// The checklist of a policy.
pub fn lines(policy: &Policy) -> Vec<Line> {
    policy
        .rules()
        .into_iter()
        .map(Line::Rule)
        .chain([Line::Same])
        .collect()
}

/// What is shown of what was typed. Holds none of it but characters that are in question.
#[derive(Clone)]
pub struct Verdict {
    /// The checklist.
    pub marks: Vec<(Line, Mark)>,
    /// Names the forbidden characters found; empty where there are none.
    pub forbidden: String,
    /// Names the characters of which nobody says whether they are taken; empty where there are none.
    pub uncertain: String,
    /// None where nothing was typed.
    pub strength: Option<(Strength, &'static str)>,
}

impl Verdict {
    /// Of both fields. `asked` is true once the person has asked for the verdict: what is missing is
    /// then broken, and not only to come.
    pub fn of(policy: &Policy, first: &Passphrase, second: &Passphrase, asked: bool) -> Self {
        let Report {
            rules,
            forbidden,
            uncertain,
            strength,
            reason,
        } = evaluate(policy, first);
        let empty = first.is_empty();
        let mark = |(rule, outcome)| {
            let mark = match outcome {
                Outcome::Broken if asked || !empty => Mark::Bad,
                Outcome::Kept if !empty => Mark::Ok,
                _ => Mark::Idle,
            };
            (Line::Rule(rule), mark)
        };
        let same = if !empty && first.matches(second) {
            Mark::Ok
        } else if first.begins_with(second) && !asked {
            // Still being typed.
            Mark::Idle
        } else {
            Mark::Bad
        };
        Self {
            marks: rules
                .into_iter()
                .map(mark)
                .chain([(Line::Same, same)])
                .collect(),
            forbidden: named("Tidak boleh dipakai: ", &forbidden),
            uncertain: named("Belum pasti diterima: ", &uncertain),
            strength: (!empty).then(|| (strength, reason.text())),
        }
    }

    /// How a line stands.
    pub fn mark(&self, line: Line) -> Mark {
        self.marks
            .iter()
            .find(|(of, _)| *of == line)
            .map_or(Mark::Idle, |(_, mark)| *mark)
    }

    /// The lines that are broken.
    pub fn broken(&self) -> Vec<Line> {
        let broken = self.marks.iter().filter(|(_, mark)| *mark == Mark::Bad);
        broken.map(|(line, _)| *line).collect()
    }

    /// True where every line is kept.
    pub fn accepted(&self) -> bool {
        self.marks.iter().all(|(_, mark)| *mark == Mark::Ok)
    }

    /// The strength's word for styles and tests: `lemah`; empty where nothing was typed.
    pub const fn level(&self) -> &'static str {
        match self.strength {
            None => "",
            Some((Strength::Weak, _)) => "lemah",
            Some((Strength::Fair, _)) => "cukup",
            Some((Strength::Strong, _)) => "kuat",
        }
    }

    /// The whole in a sentence or two, for ears, after a pause in typing.
    pub fn spoken(&self) -> String {
        let Some((strength, reason)) = self.strength else {
            return String::new();
        };
        let kept = self
            .marks
            .iter()
            .filter(|(_, mark)| *mark == Mark::Ok)
            .count();
        [
            kept.to_string().as_str(),
            " dari ",
            &self.marks.len().to_string(),
            " aturan terpenuhi.",
            if self.forbidden.is_empty() { "" } else { " " },
            self.forbidden.as_str(),
            " Kekuatan: ",
            strength.word(),
            ". ",
            reason,
        ]
        .concat()
    }
}

fn named(label: &str, characters: &[char]) -> String {
    if characters.is_empty() {
        String::new()
    } else {
        [label, &spaced(characters), "."].concat()
    }
}

/// Characters one by one, the invisible ones by name.
fn spaced(characters: &[char]) -> String {
    let mut text = String::new();
    for &character in characters {
        if !text.is_empty() {
            text.push(' ');
        }
        match character {
            ' ' => text.push_str("spasi"),
            '\t' => text.push_str("tab"),
            c if c.is_control() || c.is_whitespace() => text.push_str("karakter tak terlihat"),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        let required = ["huruf besar", "huruf kecil", "angka", "karakter khusus"];
        Policy::from_words(8, &required, r"[]^\", &["jakarta"]).unwrap()
    }

    fn verdict(first: &str, second: &str, asked: bool) -> Verdict {
        Verdict::of(
            &policy(),
            &Passphrase::new(first.into()),
            &Passphrase::new(second.into()),
            asked,
        )
    }

    fn marks(verdict: &Verdict) -> String {
        verdict
            .marks
            .iter()
            .map(|(line, mark)| format!("{} {}\n", line.key(), mark.word()))
            .collect()
    }

    #[test]
    fn nothing_typed_is_no_fault_until_asked() {
        assert!(
            verdict("", "", false)
                .marks
                .iter()
                .all(|(_, mark)| *mark == Mark::Idle)
        );
        assert_eq!(
            marks(&verdict("", "", true)),
            "minimal bad\nhuruf-besar bad\nhuruf-kecil bad\nangka bad\nkarakter-khusus bad\ndilarang idle\nsama bad\n"
        );
        assert_eq!(verdict("", "", true).level(), "");
        assert_eq!(verdict("", "", true).spoken(), "");
    }

    #[test]
    fn a_forbidden_character_is_named_at_once() {
        let typed = verdict("Aa1]aaaa", "Aa1", false);
        assert_eq!(
            marks(&typed),
            "minimal ok\nhuruf-besar ok\nhuruf-kecil ok\nangka ok\nkarakter-khusus bad\ndilarang bad\nsama idle\n"
        );
        assert_eq!(typed.forbidden, "Tidak boleh dipakai: ].");
        assert!(!typed.accepted());
        assert_eq!(
            verdict("Aa1]aaaa", "", true).mark(Line::Rule(Rule::Has(Class::Special))),
            Mark::Bad
        );
    }

    #[test]
    fn the_confirmation_is_wrong_only_where_it_departs() {
        for (second, mark) in [
            ("", Mark::Idle),
            ("Aa1!", Mark::Idle),
            ("Aa1!bbbb", Mark::Ok),
            ("Aa2", Mark::Bad),
        ] {
            assert_eq!(
                verdict("Aa1!bbbb", second, false).mark(Line::Same),
                mark,
                "{second}"
            );
        }
        assert_eq!(
            verdict("Aa1!bbbb", "Aa1!", true).mark(Line::Same),
            Mark::Bad
        );
        assert!(verdict("Aa1!bbbb", "Aa1!bbbb", true).accepted());
    }

    #[test]
    fn what_cannot_be_seen_is_named() {
        assert_eq!(
            verdict("a é\t\u{a0}", "", false).uncertain,
            "Belum pasti diterima: spasi é tab karakter tak terlihat."
        );
    }

    #[test]
    fn the_whole_is_said_in_a_sentence() {
        assert_eq!(
            verdict("Merdeka1945!", "Merdeka1945!", false).spoken(),
            "7 dari 7 aturan terpenuhi. Kekuatan: Lemah. Ada kata yang sering dipakai orang sebagai sandi."
        );
    }
}
