//! Days, as front matter writes them and as people read them.

use std::fmt;

use model::hours::Day;

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

    /// The same day so many months later; where that month is shorter, its last day.
    #[must_use]
    pub fn months_later(self, months: u32) -> Self {
        let month = u32::from(self.month) - 1 + months;
        let years = u16::try_from(month / 12).unwrap_or(u16::MAX);
        let year = self.year.saturating_add(years);
        let month = u8::try_from(month % 12).unwrap_or(0) + 1;
        Self {
            year,
            month,
            day: self.day.min(days_of(year, month)),
        }
    }

    /// `23 November 2026`.
    pub fn indonesian(self) -> String {
        model::date_in_words(&self.to_string())
    }

    /// `Senin, 23 November 2026`.
    pub fn with_weekday(self) -> String {
        let (year, month, day) = (self.year.into(), self.month.into(), self.day.into());
        let weekday = Day::of_date(year, month, day).name();
        format!("{weekday}, {}", self.indonesian())
    }

    /// `2026-11-23T00:00:00Z`, for feeds.
    pub fn rfc3339(self) -> String {
        format!("{self}T00:00:00Z")
    }
}

/// How many days a month has (Gregorian calendar).
fn days_of(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_shorter_month_ends_sooner() {
        let later = |day: &str, months| Date::parse(day).unwrap().months_later(months).to_string();
        assert_eq!(later("2025-08-30", 6), "2026-02-28");
        assert_eq!(later("2027-08-31", 6), "2028-02-29");
        assert_eq!(later("2099-12-31", 2), "2100-02-28");
        assert_eq!(later("2026-01-31", 3), "2026-04-30");
        assert_eq!(later("2026-11-23", 12), "2027-11-23");
    }
}
