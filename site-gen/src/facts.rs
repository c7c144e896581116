//! `{{ email.imap.port }}` in a guide: a fact of the agency's profile, put in its place.
//!
//! Facts are never read as Markdown. Before parsing, each expression is replaced by a mark of the same
//! length in bytes (so that every offset stays true); afterwards the marks are replaced by the values.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, Value, value::ValueKind};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Source, Span, Spanned},
};

const MARK_START: char = '\u{91}';
const MARK_END: char = '\u{92}';
/// Bytes of the shortest expression that a mark can replace: `{{ab.c}}`.
const SHORTEST: usize = 8;

/// The facts of one agency, ready to be asked for.
#[derive(Debug)]
pub struct Facts {
    /// Id of the agency.
    owner: String,
    root: Value,
    /// Dotted path of every fact, for hints.
    paths: Vec<String>,
    environment: Environment<'static>,
}

/// Markdown whose facts are marked, and their values in order.
#[derive(Debug)]
pub struct Marked {
    /// Same length as the text it was made from.
    pub text: String,
    values: Vec<String>,
}

impl Facts {
    /// Facts of an agency as a tree of values (tables as maps).
    pub fn new(owner: &str, root: Value) -> Self {
        let mut paths = Vec::new();
        collect_paths(&root, "", &mut paths);
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        Self {
            owner: owner.to_owned(),
            root,
            paths,
            environment,
        }
    }

    /// Id of the agency.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// True where the agency has this fact or group. What is empty or `false` is no offer.
    pub fn has(&self, path: &str) -> bool {
        let root = self.root.clone();
        let found = path
            .split('.')
            .try_fold(root, |value, key| value.get_attr(key));
        found.is_ok_and(|value| value.is_true())
    }

    /// A group of facts by its dotted path; empty where there is none.
    pub fn group(&self, path: &str) -> Value {
        let mut group = self.root.clone();
        for key in path.split('.') {
            match group.get_attr(key) {
                Ok(inner) if !inner.is_undefined() => group = inner,
                _ => return Value::from(BTreeMap::<String, Value>::new()),
            }
        }
        group
    }

    /// The tree itself, for templates.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// Marks every expression in `text`, which begins at byte `base` of `source`.
    pub fn mark(
        &self,
        source: &Source,
        text: &str,
        base: usize,
        diagnostics: &mut Diagnostics,
    ) -> Marked {
        let mut marked = Marked {
            text: String::with_capacity(text.len()),
            values: Vec::new(),
        };
        let mut rest = 0;
        for span in expressions(text) {
            marked.text.push_str(&text[rest..span.start]);
            rest = span.end;
            let place = base + span.start..base + span.end;
            let value = self
                .evaluate(&text[span.start + 2..span.end - 2], source, place)
                .unwrap_or_else(|mistake| {
                    diagnostics.push(mistake);
                    text[span.clone()].to_owned() // an empty place would be reported too
                });
            let digits = span.len() - MARK_START.len_utf8() - MARK_END.len_utf8();
            marked.text.push_str(&format!(
                "{MARK_START}{:0digits$}{MARK_END}",
                marked.values.len()
            ));
            marked.values.push(value);
        }
        marked.text.push_str(&text[rest..]);
        for at in unclosed(text) {
            let place = base + at..base + at + 2;
            let mistake = Diagnostic::new(
                "fact-syntax",
                source,
                place,
                "`{{` names no fact that ends on this line",
            )
            .hint("write {{ email.imap.port }} on one line; for literal braces write &#123;&#123;");
            diagnostics.push(mistake);
        }
        marked
    }

    /// Fills in the facts of a TOML text that is not Markdown.
    pub fn fill(&self, text: &Spanned<String>, diagnostics: &mut Diagnostics) -> String {
        let base = text.inside_quotes().start;
        let marked = self.mark(&text.source, &text.value, base, diagnostics);
        marked.fill(&marked.text)
    }

    /// A fact as it is shown; a list with commas.
    pub fn shown(&self, path: &str) -> String {
        let value = self
            .environment
            .compile_expression(path)
            .and_then(|expression| expression.eval(self.root.clone()));
        match value {
            Ok(value) if value.kind() == ValueKind::Seq => {
                let items = value.try_iter().into_iter().flatten();
                items
                    .map(|item| item.to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            }
            Ok(value) if value.kind() == ValueKind::Number && path.starts_with("fakta.") => {
                thousands(&value.to_string())
            }
            Ok(value) => value.to_string(),
            Err(_) => String::new(),
        }
    }

    fn evaluate(&self, written: &str, source: &Source, place: Span) -> Result<String, Diagnostic> {
        let expression = written.trim();
        let mistake = |code, message: String| Diagnostic::new(code, source, place.clone(), message);
        let undefined = || {
            if source.is_shared() {
                let message = format!(
                    "the profile of `{}` has no fact `{expression}`, which this shared file needs",
                    self.owner
                );
                return mistake("undefined-fact", message).hint(format!(
                    "add it to content/instansi/{}/instansi.toml, or replace the block that needs it",
                    self.owner
                ));
            }
            mistake(
                "undefined-fact",
                format!("the profile has no fact `{expression}`"),
            )
            .hint("add it to the agency's instansi.toml, for example under [fakta]")
            .suggest(expression, self.paths.iter().map(String::as_str))
        };
        let compiled = self
            .environment
            .compile_expression_owned(expression.to_owned())
            .map_err(|e| {
                mistake(
                    "fact-syntax",
                    format!("not an expression: {}", e.detail().unwrap_or("empty")),
                )
                .hint("write the path of a fact, such as {{ email.imap.port }}")
            })?;
        let value = match compiled.eval(self.root.clone()) {
            Ok(value) if !value.is_undefined() => value,
            Ok(_) => return Err(undefined()),
            Err(e) if e.kind() == minijinja::ErrorKind::UndefinedError => return Err(undefined()),
            Err(e) => {
                return Err(mistake("fact-syntax", e.to_string())
                    .hint("write the path of a fact, such as {{ email.imap.port }}"));
            }
        };
        match value.kind() {
            ValueKind::Seq => Err(mistake(
                "fact-not-a-value",
                format!("`{expression}` is a list of facts, not one"),
            )
            .hint(format!(
                "write {{{{ {expression} | join(\", \") }}}} for all of them, or name one: {expression}[0]"
            ))),
            ValueKind::Map => {
                let inside = self
                    .paths
                    .iter()
                    .filter(|path| path.starts_with(&format!("{expression}.")));
                let names: Vec<&str> = inside.map(String::as_str).take(6).collect();
                Err(mistake(
                    "fact-not-a-value",
                    format!("`{expression}` is a group of facts, not one"),
                )
                .hint(format!("name one of them: {}", names.join(", "))))
            }
            ValueKind::Number if expression.starts_with("fakta.") => {
                Ok(thousands(&value.to_string()))
            }
            _ => Ok(value.to_string()),
        }
    }
}

impl Marked {
    /// Replaces the marks in a piece of the marked text by their values.
    pub fn fill(&self, piece: &str) -> String {
        let mut filled = String::with_capacity(piece.len());
        let mut rest = piece;
        while let Some(start) = rest.find(MARK_START) {
            let Some(length) = rest[start..].find(MARK_END) else {
                break;
            };
            filled.push_str(&rest[..start]);
            let number = &rest[start + MARK_START.len_utf8()..start + length];
            let value = number
                .parse::<usize>()
                .ok()
                .and_then(|index| self.values.get(index));
            filled.push_str(value.map_or("", String::as_str));
            rest = &rest[start + length + MARK_END.len_utf8()..];
        }
        filled.push_str(rest);
        filled
    }
}

/// True where the path of a group (or of a fact) holds the other path: `email.imap` holds `email.imap.port`.
pub fn holds(outer: &str, inner: &str) -> bool {
    inner
        .strip_prefix(outer)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The facts that a text refers to: `email.imap.port`, whatever filters follow.
pub fn paths_in(text: &str) -> Vec<String> {
    let environment = Environment::new();
    let mut paths = Vec::new();
    for span in expressions(text) {
        let written = text.get(span.start + 2..span.end - 2).unwrap_or("").trim();
        if let Ok(expression) = environment.compile_expression(written) {
            paths.extend(expression.undeclared_variables(true));
        }
    }
    paths
}

/// Where `{{ … }}` stand in `text`, braces included. Shorter ones than a mark can hold name no fact.
pub fn expressions(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = text[from..].find("{{") {
        let start = from + open;
        let line = text[start..].lines().next().unwrap_or("");
        match line.find("}}") {
            Some(close) if close + 2 >= SHORTEST => {
                from = start + close + 2;
                found.push(start..from);
            }
            _ => from = start + 2,
        }
    }
    found
}

/// Where `{{` stands without being an expression.
fn unclosed(text: &str) -> Vec<usize> {
    let found = expressions(text);
    let inside = |at: &usize| found.iter().any(|span| span.contains(at));
    text.match_indices("{{")
        .map(|(at, _)| at)
        .filter(|at| !inside(at))
        .collect()
}

/// An Indonesian number: `20.000`.
pub fn thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push('.');
        }
        grouped.push(digit);
    }
    let fraction = fraction.map(|f| format!(",{f}")).unwrap_or_default();
    format!("{sign}{grouped}{fraction}")
}

fn collect_paths(value: &Value, path: &str, paths: &mut Vec<String>) {
    match value.kind() {
        ValueKind::Map => {
            for key in value.try_iter().into_iter().flatten() {
                let dotted = if path.is_empty() {
                    key.to_string()
                } else {
                    format!("{path}.{key}")
                };
                if let Ok(inner) = value.get_item(&key) {
                    collect_paths(&inner, &dotted, paths);
                }
            }
        }
        ValueKind::Seq => {
            for index in 0..value.len().unwrap_or(0) {
                if let Ok(inner) = value.get_item_by_index(index) {
                    collect_paths(&inner, &format!("{path}[{index}]"), paths);
                }
            }
        }
        _ => paths.push(path.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_what_is_below_them() {
        assert!(holds("email", "email.imap.port"));
        assert!(holds("email.mx", "email.mx[0].host"));
        assert!(holds("email.imap.port", "email.imap.port"));
        assert!(!holds("email.imap", "email.imap4.port"));
        assert!(!holds("email.imap.port", "email.imap"));
    }

    #[test]
    fn groups_thousands() {
        assert_eq!(thousands("20000"), "20.000");
        assert_eq!(thousands("993"), "993");
        assert_eq!(thousands("-1234567.5"), "-1.234.567,5");
    }

    #[test]
    fn finds_expressions() {
        let text = "a {{ email.port }} b {{x}} {{ open";
        assert_eq!(
            expressions(text)
                .iter()
                .map(|s| &text[s.clone()])
                .collect::<Vec<_>>(),
            ["{{ email.port }}"]
        );
    }
}
