//! Troubleshooting as data (`masalah.toml`): symptom, cause, fix, where it belongs, whom to ask, and the questions
//! that lead to it. An agency's stand over those of all.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    facts::Facts,
    markdown::{
        self,
        ast::{Inline, plain},
    },
    source::{Source, Spanned},
    toml_table::{self, Table},
};

/// A problem, as one agency's people meet it.
#[derive(Debug)]
pub struct Problem {
    /// `id`
    pub id: Spanned<String>,
    /// `di`: the question that it answers.
    pub question: String,
    /// `gejala`
    pub symptom: Vec<Inline>,
    /// `sebab`
    pub cause: Vec<Inline>,
    /// `solusi`, one action each.
    pub fixes: Vec<Vec<Inline>>,
    /// `hubungi`: the desk to ask, where the agency has it.
    pub desk: Option<String>,
    /// `panduan`: the guides it belongs to, of those that the agency has.
    pub guides: Vec<Spanned<String>>,
    /// Symptom, cause and fixes as somebody typed them, in this order.
    pub typed: Vec<Spanned<String>>,
}

impl Problem {
    /// Symptom, cause and fixes.
    pub fn texts(&self) -> impl Iterator<Item = &Vec<Inline>> {
        [&self.symptom, &self.cause].into_iter().chain(&self.fixes)
    }
}

/// A question of the finder.
#[derive(Debug)]
pub struct Question {
    /// `id`
    pub id: String,
    /// `di`: the question one comes from.
    pub parent: Option<String>,
    /// `pilihan`: the answer to that one which leads here; empty for the first.
    pub choice: Vec<Inline>,
    /// `tanya`
    pub question: Vec<Inline>,
    /// Choice and question as somebody typed them.
    pub typed: Vec<Spanned<String>>,
}

/// An agency's problems and the way to them: a tree whose leaves are problems, no question without an answer.
#[derive(Debug, Default)]
pub struct Problems {
    /// In the order in which they are asked.
    pub questions: Vec<Question>,
    /// In the order of their files.
    pub problems: Vec<Problem>,
}

impl Problems {
    /// The problems that belong to a guide, by the path of its file.
    pub fn of_guide<'a>(&'a self, file: &'a str) -> impl Iterator<Item = &'a Problem> {
        self.problems
            .iter()
            .filter(move |problem| problem.guides.iter().any(|guide| guide.value == file))
    }

    /// The question that is asked first.
    pub fn first(&self) -> Option<&Question> {
        self.questions
            .iter()
            .find(|question| question.parent.is_none())
    }

    /// What a question may lead on to.
    pub fn questions_below<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Question> {
        self.questions
            .iter()
            .filter(move |question| question.parent.as_deref() == Some(id))
    }

    /// The problems that answer a question.
    pub fn problems_below<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Problem> {
        self.problems
            .iter()
            .filter(move |problem| problem.question == id)
    }

    /// A question, the one that leads to it, and so on up to the first.
    pub fn way_to<'a>(&'a self, question: &'a Question) -> impl Iterator<Item = &'a Question> {
        std::iter::successors(Some(question), |at| {
            let above = at.parent.as_ref()?;
            self.questions.iter().find(|question| question.id == *above)
        })
    }

    /// What one chooses on the way to a question: `HP Android: Gagal masuk`; the question itself where nothing is chosen before it.
    pub fn words_to(&self, question: &Question) -> String {
        let way = self.way_to(question);
        let mut choices: Vec<String> = way.map(|question| plain(&question.choice)).collect();
        choices.reverse();
        choices.retain(|choice| !choice.is_empty());
        if choices.is_empty() {
            return plain(&question.question);
        }
        choices.join(": ")
    }

    /// The problems below a question (all of them where none is named), by the question that they answer, in the
    /// order in which one would walk through them.
    pub fn groups(&self, from: Option<&str>) -> Vec<Group<'_>> {
        let mut groups = Vec::new();
        let start = match from {
            Some(id) => self.questions.iter().find(|question| question.id == id),
            None => self.first(),
        };
        if let Some(start) = start {
            self.walk(start, &mut groups);
        }
        groups
    }

    fn walk<'a>(&'a self, question: &'a Question, groups: &mut Vec<Group<'a>>) {
        let problems: Vec<&Problem> = self.problems_below(&question.id).collect();
        if !problems.is_empty() {
            groups.push(Group { question, problems });
        }
        for below in self.questions_below(&question.id) {
            self.walk(below, groups);
        }
    }
}

/// A question and the problems that answer it.
pub struct Group<'a> {
    /// The question.
    pub question: &'a Question,
    /// At least one.
    pub problems: Vec<&'a Problem>,
}

/// A problem as written.
#[derive(Clone, Debug)]
struct WrittenProblem {
    id: Spanned<String>,
    question: Spanned<String>,
    symptom: Spanned<String>,
    cause: Spanned<String>,
    fixes: Vec<Spanned<String>>,
    desk: Option<Spanned<String>>,
    guides: Vec<Spanned<String>>,
}

/// A question as written.
#[derive(Clone, Debug)]
struct WrittenQuestion {
    id: Spanned<String>,
    parent: Option<Spanned<String>>,
    choice: Option<Spanned<String>>,
    question: Spanned<String>,
}

/// A `masalah.toml` as written.
#[derive(Clone, Debug, Default)]
pub struct Written {
    questions: Vec<WrittenQuestion>,
    problems: Vec<WrittenProblem>,
}

impl Written {
    /// The guides that problems name.
    pub fn guides(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.problems.iter().flat_map(|problem| &problem.guides)
    }

    /// The desks that they name.
    pub fn desks(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.problems
            .iter()
            .filter_map(|problem| problem.desk.as_ref())
    }
}

/// Reads a `masalah.toml`.
pub fn parse(source: &Source, diagnostics: &mut Diagnostics) -> Written {
    let found = RefCell::default();
    let tree = toml_table::parse(source, &source.text, 0, &found);
    let root = Table::root(source, 0, 0..0, &tree, &found);
    let questions = root.tables("pertanyaan").into_iter();
    let questions: Vec<WrittenQuestion> = questions.filter_map(question).collect();
    let problems = root.tables("masalah").into_iter();
    let problems: Vec<WrittenProblem> = problems.filter_map(problem).collect();
    root.finish();
    let mut found = found.into_inner();
    let ids = questions.iter().map(|q| &q.id);
    only_once(ids, &mut found);
    only_once(problems.iter().map(|problem| &problem.id), &mut found);
    diagnostics.extend(found);
    Written {
        questions,
        problems,
    }
}

fn question(table: Table<'_>) -> Option<WrittenQuestion> {
    let id = table.parsed("id", ID_HINT, plain_id);
    let parent = table.optional_filled_text("di");
    let choice = if parent.is_some() {
        table.text("pilihan")
    } else {
        table.optional_filled_text("pilihan")
    };
    let question = table.text("tanya");
    table.finish();
    Some(WrittenQuestion {
        id: id?,
        parent,
        choice,
        question: question?,
    })
}

fn problem(table: Table<'_>) -> Option<WrittenProblem> {
    let id = table.parsed("id", ID_HINT, plain_id);
    let question = table.text("di");
    let symptom = table.text("gejala");
    let cause = table.text("sebab");
    let fixes = table.texts("solusi");
    let desk = table.optional_filled_text("hubungi");
    let guides = table.texts("panduan");
    for (key, list, hint) in [
        ("solusi", &fixes, "solusi = [\"…\"], one action each"),
        (
            "panduan",
            &guides,
            "panduan = [\"tte/aktivasi-akun.md\"], the guides on which it is shown",
        ),
    ] {
        if list.is_empty() {
            let message = format!("a problem needs `{key}`");
            table.report("missing-key", table.span(), message, hint);
        }
    }
    table.finish();
    Some(WrittenProblem {
        id: id?,
        question: question?,
        symptom: symptom?,
        cause: cause?,
        fixes,
        desk,
        guides,
    })
}

const ID_HINT: &str = "small letters, digits and hyphens, such as tautan-kedaluwarsa";

fn plain_id(text: &str) -> Result<String, String> {
    if crate::slug::slug(text) == text {
        Ok(text.to_owned())
    } else {
        Err(format!("the id `{text}` can't stand in an address"))
    }
}

fn only_once<'a>(ids: impl Iterator<Item = &'a Spanned<String>>, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(&id.value) {
            let message = format!("the id `{}` stands twice in this file", id.value);
            let mistake =
                Diagnostic::of("duplicate-id", id, message).hint("give one of the two another id");
            diagnostics.push(mistake);
        }
    }
}

/// What an agency's problems are resolved with.
pub struct Agency<'a> {
    /// Its facts.
    pub facts: &'a Facts,
    /// The files of its pages.
    pub files: &'a BTreeSet<String>,
    /// Its pages that are made from a shared guide, by that guide's path.
    pub made_from: &'a BTreeMap<String, BTreeSet<String>>,
    /// Its desks.
    pub desks: &'a BTreeSet<String>,
}

impl Agency<'_> {
    /// The pages that a problem means by a guide's path: those made from the shared guide of that path, wherever
    /// they stand; else the path itself.
    fn pages_for(&self, guide: &Spanned<String>) -> Vec<Spanned<String>> {
        let path = guide.value.trim_start_matches('/');
        match self.made_from.get(path) {
            Some(pages) if guide.source.is_shared() => {
                pages.iter().map(|page| guide.with(page.clone())).collect()
            }
            _ => vec![guide.with(path.to_owned())],
        }
    }
}

/// An agency's problems: its own and, of those of all, the ones that belong to a guide it has.
pub fn resolve(
    shared: &Written,
    own: &Written,
    agency: &Agency<'_>,
    diagnostics: &mut Diagnostics,
) -> Problems {
    let questions = over(&shared.questions, &own.questions, |q| &q.id.value);
    let written = over(&shared.problems, &own.problems, |p| &p.id.value);
    sound(&questions, &written, diagnostics);
    let mut problems = Vec::new();
    for problem in written {
        let is_shared = problem.id.source.is_shared();
        let mut guides: Vec<Spanned<String>> = problem
            .guides
            .iter()
            .flat_map(|guide| agency.pages_for(guide))
            .collect();
        guides.retain(|guide| {
            let there = agency.files.contains(&guide.value);
            if !there && !is_shared {
                let mistake = Diagnostic::of(
                    "dead-link",
                    guide,
                    format!("there is no page `{}`", guide.value),
                )
                .hint("write the path of a .md file from the agency's folder: tte/aktivasi-akun.md")
                .suggest(&guide.value, agency.files.iter().map(String::as_str));
                diagnostics.push(mistake);
            }
            there
        });
        if guides.is_empty() && is_shared {
            continue; // the agency has none of its guides; its own problems were reported
        }
        let desk = problem.desk.as_ref();
        if let Some(desk) = desk.filter(|desk| !is_shared && !agency.desks.contains(&desk.value)) {
            let known = agency.desks.iter().map(String::as_str);
            let mistake = Diagnostic::of(
                "unknown-desk",
                desk,
                format!("the profile has no desk `{}`", desk.value),
            )
            .hint(format!(
                "add [kontak.meja.{}] to instansi.toml, or leave `hubungi` out for the main contact",
                desk.value
            ))
            .suggest(&desk.value, known);
            diagnostics.push(mistake);
        }
        let mut inline =
            |text: &Spanned<String>| markdown::toml_inline(text, agency.facts, diagnostics);
        problems.push(Problem {
            question: problem.question.value.clone(),
            symptom: inline(&problem.symptom),
            cause: inline(&problem.cause),
            fixes: problem.fixes.iter().map(&mut inline).collect(),
            desk: desk
                .filter(|desk| agency.desks.contains(&desk.value))
                .map(|desk| desk.value.clone()),
            typed: [&problem.symptom, &problem.cause]
                .into_iter()
                .chain(&problem.fixes)
                .cloned()
                .collect(),
            guides,
            id: problem.id.clone(),
        });
    }
    let asked = asked(&questions, &problems);
    let mut inline =
        |text: &Spanned<String>| markdown::toml_inline(text, agency.facts, diagnostics);
    // An agency's own question is read even where it leads nowhere: its author learns of its mistakes.
    let mut questions: Vec<Question> = questions
        .iter()
        .filter(|question| {
            asked.contains(question.id.value.as_str()) || !question.id.source.is_shared()
        })
        .map(|question| Question {
            id: question.id.value.clone(),
            parent: question.parent.as_ref().map(|parent| parent.value.clone()),
            choice: question
                .choice
                .as_ref()
                .map(&mut inline)
                .unwrap_or_default(),
            question: inline(&question.question),
            typed: question
                .choice
                .iter()
                .chain([&question.question])
                .cloned()
                .collect(),
        })
        .collect();
    questions.retain(|question| asked.contains(question.id.as_str()));
    Problems {
        questions,
        problems,
    }
}

/// The shared ones, each replaced by the agency's of the same id; then the agency's others.
fn over<'a, T>(shared: &'a [T], own: &'a [T], id: impl Fn(&T) -> &String) -> Vec<&'a T> {
    let replaced = shared
        .iter()
        .map(|one| own.iter().find(|other| id(other) == id(one)).unwrap_or(one));
    let new = own
        .iter()
        .filter(|one| shared.iter().all(|other| id(other) != id(one)));
    replaced.chain(new).collect()
}

/// Every question and problem leads from the one first question.
fn sound(
    questions: &[&WrittenQuestion],
    problems: &[&WrittenProblem],
    diagnostics: &mut Diagnostics,
) {
    let parents: BTreeMap<&str, Option<&str>> = questions
        .iter()
        .map(|q| {
            let parent = q.parent.as_ref().map(|parent| parent.value.as_str());
            (q.id.value.as_str(), parent)
        })
        .collect();
    let named = questions.iter().filter_map(|q| q.parent.as_ref());
    for parent in named.chain(problems.iter().map(|problem| &problem.question)) {
        if !parents.contains_key(parent.value.as_str()) {
            let message = format!("there is no question `{}`", parent.value);
            let mistake = Diagnostic::of("unknown-question", parent, message)
                .hint("name the id of a [[pertanyaan]]")
                .suggest(&parent.value, parents.keys().copied());
            diagnostics.push(mistake);
        }
    }
    let mut first = questions.iter().filter(|q| q.parent.is_none());
    if let (Some(one), Some(other)) = (first.next(), first.next()) {
        let message = format!(
            "two questions come first: `{}` and `{}`",
            one.id.value, other.id.value
        );
        let mistake = Diagnostic::of("question-order", &other.id, message)
            .hint("say with `di` and `pilihan` which question leads to this one");
        diagnostics.push(mistake);
    }
    for question in questions {
        let mut at = question.id.value.as_str();
        let mut seen = BTreeSet::new();
        while let Some(Some(parent)) = parents.get(at) {
            if !seen.insert(at) {
                let message = format!("the question `{}` leads back to itself", question.id.value);
                let mistake = Diagnostic::of("question-order", &question.id, message)
                    .hint("its `di` must name a question nearer to the first one");
                diagnostics.push(mistake);
                break;
            }
            at = parent;
        }
    }
}

/// Questions below which there is a problem, and which the first one leads to: those of a circle are left out.
fn asked<'a>(questions: &[&'a WrittenQuestion], problems: &[Problem]) -> BTreeSet<&'a str> {
    let mut asked = BTreeSet::new();
    for problem in problems {
        let mut way: Vec<&str> = Vec::new();
        let mut next = Some(problem.question.as_str());
        while let Some(id) = next {
            let question = questions.iter().find(|q| q.id.value == id);
            let Some(question) = question.filter(|_| !way.contains(&id)) else {
                way.clear();
                break;
            };
            way.push(&question.id.value);
            next = question.parent.as_ref().map(|parent| parent.value.as_str());
        }
        asked.extend(way);
    }
    asked
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use minijinja::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::source::SourceFile;

    /// Lines of a `masalah.toml`, in any order: questions may be missing, twice or lead in circles.
    fn written() -> impl Strategy<Value = String> {
        let lines = [
            "[[pertanyaan]]",
            "[pertanyaan]",
            "[[masalah]]",
            "id = \"a\"",
            "id = \"b\"",
            "id = \"C d\"",
            "di = \"a\"",
            "di = \"b\"",
            "pilihan = \"x\"",
            "tanya = \"{{ nope }}\"",
            "gejala = \"x\"\nsebab = \"x\"\nsolusi = [\"x\"]\npanduan = [\"a.md\"]",
            "solusi = [5]",
            "hubungi = \"meja\"",
            "panduan = \"a.md\"",
            "\"é\" = [",
        ];
        prop::collection::vec(prop::sample::select(lines.to_vec()), 0..16)
            .prop_map(|lines| lines.join("\n"))
    }

    fn read(text: &str) {
        let file = SourceFile {
            path: "content/instansi/contoh/masalah.toml".to_owned(),
            text: text.to_owned(),
        };
        let mut diagnostics = Diagnostics::default();
        let own = parse(&Arc::new(file), &mut diagnostics);
        let made_from = BTreeMap::new();
        let agency = Agency {
            made_from: &made_from,
            facts: &Facts::new("contoh", Value::from(BTreeMap::<String, Value>::new())),
            files: &BTreeSet::from(["a.md".to_owned()]),
            desks: &BTreeSet::new(),
        };
        let problems = resolve(&Written::default(), &own, &agency, &mut diagnostics);
        for from in ["a", "b"] {
            problems.groups(Some(from));
        }
        if !diagnostics.has_errors() {
            let groups = problems.groups(None);
            let asked: usize = groups.iter().map(|group| group.problems.len()).sum();
            assert_eq!(asked, problems.problems.len(), "the finder reaches all");
        }
        assert!(diagnostics.is_empty() || !diagnostics.render(false).is_empty());
    }

    proptest! {
        #[test]
        fn any_file_is_read(text in written()) {
            read(&text);
        }

        #[test]
        fn any_text_is_read(text in ".{0,200}") {
            read(&text);
        }
    }
}
