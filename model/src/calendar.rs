//! The Gregorian calendar, as far as identifiers and opening hours need it.

/// Whether such a day exists.
pub(crate) fn is_date(year: u32, month: u32, day: u32) -> bool {
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

/// Year, month and day of the day `days` after 1970-01-01.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
pub(crate) fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468; // days since 0000-03-01
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153; // March is 0
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// How many days after 1970-01-01 a day is.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
pub(crate) fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2); // March is the first month
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// A date such as `2025-10-22` in Indonesian words, `22 Oktober 2025`; what is no such date comes back as it is.
pub fn date_in_words(iso: &str) -> String {
    let mut parts = iso.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return iso.to_owned();
    };
    let month = month
        .parse::<usize>()
        .ok()
        .and_then(|number| MONTHS.get(number.checked_sub(1)?));
    match month {
        Some(month) => [day.trim_start_matches('0'), month, year].join(" "),
        None => iso.to_owned(),
    }
}

/// A day as documents of the agency state it, checked: `2025-10-22`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Date(String);

/// A text that is no date of the form `2025-10-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date of the form 2025-10-22 (year, month, day)")]
pub struct DateError;

impl Date {
    /// Reads `2025-10-22`.
    ///
    /// # Errors
    /// Where it has another form or there is no such day.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let field = |at: std::ops::Range<usize>| {
            let digits = text
                .get(at)
                .filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()))?;
            digits.parse::<u32>().ok()
        };
        match (field(0..4), field(5..7), field(8..10)) {
            (Some(year), Some(month), Some(day))
                if text.len() == 10
                    && text.get(4..5) == Some("-")
                    && text.get(7..8) == Some("-")
                    && is_date(year, month, day) =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(DateError),
        }
    }

    /// The day that holds `unix_seconds` in UTC shifted by `offset_seconds`.
    pub fn at(unix_seconds: i64, offset_seconds: i64) -> Self {
        Self::of_day(
            unix_seconds
                .saturating_add(offset_seconds)
                .div_euclid(86_400),
        )
    }

    /// The day `days` after 1970-01-01, held within the years 0 to 9999.
    pub(crate) fn of_day(days: i64) -> Self {
        let (year, month, day) = civil_from_days(days.clamp(-719_528, 2_932_896));
        Self(format!("{year:04}-{month:02}-{day:02}"))
    }

    /// `2025-10-22`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_iso_dates_and_leaves_the_rest() {
        assert_eq!(date_in_words("2025-10-22"), "22 Oktober 2025");
        assert_eq!(date_in_words("2026-01-05"), "5 Januari 2026");
        for other in ["", "2025", "2025-13-01", "2025-00-01", "hari ini"] {
            assert_eq!(date_in_words(other), other);
        }
    }

    #[test]
    fn knows_days() {
        assert_eq!(Date::at(0, 0).as_str(), "1970-01-01");
        assert_eq!(Date::at(1_761_091_200, 0).as_str(), "2025-10-22");
        assert_eq!(Date::at(951_782_400, 0).as_str(), "2000-02-29");
        assert_eq!(Date::at(-1, 0).as_str(), "1969-12-31");
        assert_eq!(Date::at(-1, 7 * 3600).as_str(), "1970-01-01");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "2025-02-29",
            "2025-13-01",
            "2025-1-1",
            "22-10-2025",
            "2025/10/22",
            "+025-10-22",
            "2025-10-222",
            "二〇二五-10-22",
        ] {
            assert_eq!(Date::parse(text), Err(DateError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*", at in any::<i64>(), offset in any::<i64>()) {
            let _ = Date::parse(&text);
            let _ = Date::at(at, offset);
        }

        #[test]
        fn every_day_reads_back(days in -719_528_i64..2_932_896) {
            let date = Date::of_day(days);
            prop_assert_eq!(Date::parse(date.as_str()).unwrap(), date);
            let (year, month, day) = civil_from_days(days);
            prop_assert_eq!(days_from_civil(year, month, day), days);
        }
    }
}
