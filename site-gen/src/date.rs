//! Days, as front matter writes them and as people read them.

use std::fmt;

/// A day; TOML has already seen to it that it exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Reads `2026-11-23`.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.parse::<toml::value::Datetime>() {
            Ok(toml::value::Datetime {
                date: Some(date),
                time: None,
                offset: None,
            }) => Ok(date.into()),
            _ => Err(format!("`{text}` is no day; write it as 2026-11-23")),
        }
    }

    /// The same day so many months later; where that month is shorter, its days run on into comparison only.
    #[must_use]
    pub fn months_later(self, months: u32) -> Self {
        let month = u32::from(self.month) - 1 + months;
        Self {
            year: self.year + u16::try_from(month / 12).unwrap_or(u16::MAX / 2),
            month: u8::try_from(month % 12).unwrap_or(0) + 1,
            day: self.day,
        }
    }

    /// `23 November 2026`.
    pub fn indonesian(self) -> String {
        model::date_in_words(&self.to_string())
    }

    /// `2026-11-23T00:00:00Z`, for feeds.
    pub fn rfc3339(self) -> String {
        format!("{self}T00:00:00Z")
    }
}

impl fmt::Display for Date {
    /// ISO 8601: `2026-11-23`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl From<toml::value::Date> for Date {
    fn from(date: toml::value::Date) -> Self {
        Self {
            year: date.year,
            month: date.month,
            day: date.day,
        }
    }
}
