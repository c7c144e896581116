//! Reads a TOML table key by key, so that every unknown key, missing key and wrong type is found in one go.
//!
//! serde would stop at the first mistake of a file; an author wants all of them.

use std::cell::RefCell;

use model::hours::TimeOfDay;
use toml::de::{DeTable, DeValue};

use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Source, Span, Spanned},
};

const SYNTAX_HINT: &str =
    "write `key = \"text\"`, `key = 5`, `key = 2026-11-23` or `key = [\"a\", \"b\"]`";

/// A table being read. [`Table::finish`] reports the keys nobody asked for.
pub struct Table<'a> {
    source: &'a Source,
    /// Where the TOML text begins in the file.
    base: usize,
    /// Dotted path of this table, empty for the root.
    path: String,
    /// Where a missing key is reported: the table's header or the front matter's first line.
    span: Span,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
    diagnostics: &'a RefCell<Diagnostics>,
}

/// Parses TOML text that begins at byte `base` of `source`; reports every syntax error.
pub fn parse<'a>(
    source: &Source,
    text: &'a str,
    base: usize,
    diagnostics: &RefCell<Diagnostics>,
) -> DeTable<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let span = error
            .span()
            .map_or(base..base, |span| base + span.start..base + span.end);
        let message = format!("not valid TOML: {}", error.message());
        diagnostics
            .borrow_mut()
            .push(Diagnostic::new("toml-syntax", source, span, message).hint(SYNTAX_HINT));
    }
    table.into_inner()
}

impl<'a> Table<'a> {
    /// The root table of a file or front matter; `span` marks where missing keys are reported.
    pub fn root(
        source: &'a Source,
        base: usize,
        span: Span,
        table: &'a DeTable<'a>,
        diagnostics: &'a RefCell<Diagnostics>,
    ) -> Self {
        Self {
            source,
            base,
            path: String::new(),
            span,
            table,
            asked: RefCell::default(),
            diagnostics,
        }
    }

    /// The file it stands in.
    pub fn source(&self) -> &'a Source {
        self.source
    }

    /// Where this table's header stands.
    pub fn span(&self) -> Span {
        self.span.clone()
    }

    /// The names of all keys in it, for tables whose keys are free.
    pub fn keys(&self) -> Vec<Spanned<String>> {
        self.table
            .iter()
            .map(|(key, _)| self.placed(key.get_ref().to_string(), key.span()))
            .collect()
    }

    /// True where the key is there, whatever it holds.
    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// A text that must be there.
    pub fn text(&self, key: &'static str) -> Option<Spanned<String>> {
        self.required(key, "= \"…\"`", self.optional_filled_text(key))
    }

    /// A text that may be missing, and where it is there says something.
    pub fn optional_filled_text(&self, key: &'static str) -> Option<Spanned<String>> {
        let text = self.optional_text(key)?;
        if text.value.trim().is_empty() {
            self.report(
                "invalid-value",
                text.span,
                format!("`{}` is empty", self.dotted(key)),
                "write it between the quotes",
            );
            return None;
        }
        Some(text)
    }

    /// A text that may be missing.
    pub fn optional_text(&self, key: &'static str) -> Option<Spanned<String>> {
        self.typed(key, "text in quotes", |value| {
            value.as_str().map(str::to_owned)
        })
    }

    /// A text that must be there and parse as `T`.
    pub fn parsed<T, E: std::fmt::Display>(
        &self,
        key: &'static str,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        self.parse_text(self.text(key)?, hint, parse)
    }

    /// A text that may be missing and otherwise must parse as `T`.
    pub fn optional_parsed<T, E: std::fmt::Display>(
        &self,
        key: &'static str,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        self.parse_text(self.optional_text(key)?, hint, parse)
    }

    fn parse_text<T, E: std::fmt::Display>(
        &self,
        text: Spanned<String>,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<Spanned<T>> {
        match parse(&text.value) {
            Ok(value) => Some(text.with(value)),
            Err(error) => {
                self.report("invalid-value", text.span, error.to_string(), hint);
                None
            }
        }
    }

    /// `true` or `false`, which may be missing.
    pub fn optional_boolean(&self, key: &'static str) -> Option<Spanned<bool>> {
        self.typed(key, "true or false, without quotes", DeValue::as_bool)
    }

    /// Where a key holds a list (`[[key]]`); none where it holds anything else.
    pub fn list(&self, key: &'static str) -> Option<Span> {
        let value = self.table.get(key)?;
        value.get_ref().as_array()?;
        self.skip(key);
        Some(self.shift(value.span()))
    }

    /// A whole number that may be missing.
    pub fn optional_integer(&self, key: &'static str) -> Option<Spanned<i64>> {
        self.typed(key, "a whole number", integer)
    }

    /// A whole number that must be there.
    pub fn integer(&self, key: &'static str) -> Option<Spanned<i64>> {
        let example = "= …` with a whole number, without quotes";
        self.required(key, example, self.optional_integer(key))
    }

    /// A date (`2026-11-23`) that may be missing.
    pub fn optional_date(&self, key: &'static str) -> Option<Spanned<toml::value::Date>> {
        self.typed(
            key,
            "a date without quotes, such as 2026-11-23",
            |value| match value.as_datetime() {
                Some(toml::value::Datetime {
                    date: Some(date),
                    time: None,
                    offset: None,
                }) => Some(*date),
                _ => None,
            },
        )
    }

    /// A date that must be there.
    pub fn date(&self, key: &'static str) -> Option<Spanned<toml::value::Date>> {
        self.required(key, "= 2026-11-23`", self.optional_date(key))
    }

    /// A time of day (`"08.30"`) that must be there.
    pub fn time(&self, key: &'static str) -> Option<Spanned<TimeOfDay>> {
        let written = self.typed(key, "a time in quotes, such as \"08.30\"", |value| {
            value.as_str().map(str::to_owned)
        });
        let hint = "write hours and minutes, such as \"08.30\"";
        self.parse_text(self.required(key, "= \"08.30\"`", written)?, hint, |text| {
            TimeOfDay::parse(text).ok_or_else(|| format!("`{text}` is no time of day"))
        })
    }

    /// A list of texts; empty where it is missing.
    pub fn texts(&self, key: &'static str) -> Vec<Spanned<String>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of texts");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_str() {
                Some(text) => texts.push(self.placed(text.to_owned(), item.span())),
                None => self.wrong_type(key, item, "a list of texts"),
            }
        }
        texts
    }

    /// A table that may be missing.
    pub fn optional_table(&self, key: &'static str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.child(key, value, table)),
            None => {
                self.wrong_type(key, value, "a table");
                None
            }
        }
    }

    /// A table that must be there.
    pub fn table(&self, key: &'static str) -> Option<Table<'a>> {
        if self.table.get(key).is_none() {
            self.asked.borrow_mut().push(key);
            let message = format!("the table `[{}]` is missing", self.dotted(key));
            let hint = format!("add a line `[{}]` with its keys below it", self.dotted(key));
            self.report("missing-key", self.span(), message, hint);
            return None;
        }
        self.optional_table(key)
    }

    /// A list of tables (`key = [{ … }]` or `[[key]]`); empty where it is missing.
    pub fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong_type(key, value, "a list of tables");
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in array.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push(self.child(key, item, table)),
                None => self.wrong_type(key, item, "a list of tables"),
            }
        }
        tables
    }

    /// The table under a key that is not known beforehand, as listed by [`Table::keys`].
    pub fn free_table(&self, key: &Spanned<String>) -> Option<Table<'a>> {
        let value = self.table.get(key.value.as_str())?;
        match value.get_ref().as_table() {
            Some(table) => Some(self.child(&key.value, value, table)),
            None => {
                self.wrong_type(&key.value, value, "a table");
                None
            }
        }
    }

    /// The text under a key that is not known beforehand, which must parse as `T`.
    pub fn free_parsed<T, E: std::fmt::Display>(
        &self,
        key: &Spanned<String>,
        hint: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let value = self.table.get(key.value.as_str())?;
        match value.get_ref().as_str() {
            Some(text) => {
                let text = self.placed(text.to_owned(), value.span());
                self.parse_text(text, hint, parse)
                    .map(|parsed| parsed.value)
            }
            None => {
                self.wrong_type(&key.value, value, "text in quotes");
                None
            }
        }
    }

    /// The whole number under a key that is not known beforehand, if it is one.
    pub fn free_integer(&self, key: &Spanned<String>) -> Option<i64> {
        self.table
            .get(key.value.as_str())
            .and_then(|value| integer(value.get_ref()))
    }

    /// Marks a key as known whose value somebody else reads.
    pub fn skip(&self, key: &'static str) {
        self.asked.borrow_mut().push(key);
    }

    /// Reports every key that was not asked for.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let message = format!("unknown key `{}`", self.dotted(name));
                let diagnostic =
                    Diagnostic::new("unknown-key", self.source, self.shift(key.span()), message)
                        .hint(format!("known here: {}", asked.join(", ")))
                        .suggest(name, asked.iter().copied());
                self.diagnostics.borrow_mut().push(diagnostic);
            }
        }
    }

    /// Reports a mistake in a value of this table.
    pub fn report(
        &self,
        code: &'static str,
        span: Span,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.diagnostics
            .borrow_mut()
            .push(Diagnostic::new(code, self.source, span, message).hint(hint));
    }

    fn child(
        &self,
        key: &str,
        value: &toml::Spanned<DeValue<'a>>,
        table: &'a DeTable<'a>,
    ) -> Table<'a> {
        Table {
            source: self.source,
            base: self.base,
            path: self.dotted(key),
            span: self.shift(value.span()),
            table,
            asked: RefCell::default(),
            diagnostics: self.diagnostics,
        }
    }

    fn typed<T>(
        &self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&DeValue<'a>) -> Option<T>,
    ) -> Option<Spanned<T>> {
        let value = self.get(key)?;
        match read(value.get_ref()) {
            Some(read) => Some(self.placed(read, value.span())),
            None => {
                self.wrong_type(key, value, expected);
                None
            }
        }
    }

    fn required<T>(&self, key: &'static str, example: &str, value: Option<T>) -> Option<T> {
        if self.table.get(key).is_none() {
            let message = format!("the key `{}` is missing", self.dotted(key));
            let diagnostic = Diagnostic::new("missing-key", self.source, self.span(), message)
                .hint(if self.is_inline() {
                    format!("add `{key} {example} between the braces")
                } else {
                    format!("add a line `{key} {example}")
                });
            self.diagnostics.borrow_mut().push(diagnostic);
        }
        value
    }

    /// True for `{ … }`.
    fn is_inline(&self) -> bool {
        let text = self.source.text.get(self.span.clone());
        text.is_some_and(|text| text.starts_with('{'))
    }

    fn wrong_type(&self, key: &str, value: &toml::Spanned<DeValue<'a>>, expected: &str) {
        let message = format!(
            "`{}` must be {expected}, not {}",
            self.dotted(key),
            name_of(value.get_ref())
        );
        self.report(
            "wrong-type",
            self.shift(value.span()),
            message,
            format!("write {expected}"),
        );
    }

    fn get(&self, key: &'static str) -> Option<&'a toml::Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn dotted(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn placed<T>(&self, value: T, span: Span) -> Spanned<T> {
        Spanned::new(value, self.source, self.shift(span))
    }

    fn shift(&self, span: Span) -> Span {
        self.base + span.start..self.base + span.end
    }
}

fn integer(value: &DeValue<'_>) -> Option<i64> {
    let integer = value.as_integer()?;
    i64::from_str_radix(integer.as_str(), integer.radix()).ok()
}

fn name_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a decimal point",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
