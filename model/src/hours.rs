//! Opening hours: on which days, from when to when, in which of Indonesia's time zones.

use thiserror::Error;

use crate::calendar::{Date, days_from_civil};
use crate::lookup::OpensAt;

/// A day of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    /// Senin.
    Monday,
    /// Selasa.
    Tuesday,
    /// Rabu.
    Wednesday,
    /// Kamis.
    Thursday,
    /// Jumat.
    Friday,
    /// Sabtu.
    Saturday,
    /// Minggu.
    Sunday,
}

impl Day {
    /// The week.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// The Indonesian name: `Senin`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Monday => "Senin",
            Self::Tuesday => "Selasa",
            Self::Wednesday => "Rabu",
            Self::Thursday => "Kamis",
            Self::Friday => "Jumat",
            Self::Saturday => "Sabtu",
            Self::Sunday => "Minggu",
        }
    }

    /// Reads an Indonesian name, whatever its case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|day| day.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The day of the week of a date (Gregorian calendar): `of_date(2026, 12, 2)` is a Wednesday.
    pub fn of_date(year: i64, month: i64, day: i64) -> Self {
        Self::of_day(days_from_civil(year, month, day))
    }

    /// The day `days` after 1970-01-01, which was a Thursday.
    fn of_day(days: i64) -> Self {
        match days.rem_euclid(7) {
            0 => Self::Thursday,
            1 => Self::Friday,
            2 => Self::Saturday,
            3 => Self::Sunday,
            4 => Self::Monday,
            5 => Self::Tuesday,
            _ => Self::Wednesday,
        }
    }
}

/// One of Indonesia's time zones; none has summer time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Western: UTC+7.
    Wib,
    /// Central: UTC+8.
    Wita,
    /// Eastern: UTC+9.
    Wit,
}

impl Zone {
    /// Every zone.
    pub const ALL: [Self; 3] = [Self::Wib, Self::Wita, Self::Wit];

    /// `WIB`, `WITA` or `WIT`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wib => "WIB",
            Self::Wita => "WITA",
            Self::Wit => "WIT",
        }
    }

    /// Seconds ahead of UTC.
    pub const fn offset_seconds(self) -> i64 {
        match self {
            Self::Wib => 7 * 3600,
            Self::Wita => 8 * 3600,
            Self::Wit => 9 * 3600,
        }
    }

    /// Reads `WIB`, `WITA` or `WIT`, whatever the case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|zone| zone.name().eq_ignore_ascii_case(text.trim()))
    }
}

/// A time of day in whole minutes, `00.00` to `24.00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Reads `08.00` or `08:00`.
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.trim().split_once(['.', ':'])?;
        let field = |digits: &str| match digits.len() {
            1 | 2 if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse::<u16>().ok(),
            _ => None,
        };
        let (hours, minutes) = (
            field(hours)?,
            field(minutes).filter(|_| minutes.len() == 2)?,
        );
        let time = Self {
            minutes: hours * 60 + minutes,
        };
        (minutes < 60 && time.minutes <= 24 * 60).then_some(time)
    }

    /// `08.00`.
    pub fn text(self) -> String {
        format!("{:02}.{:02}", self.minutes / 60, self.minutes % 60)
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }

    /// So many minutes later, as long as the day lasts.
    pub fn later(self, minutes: u16) -> Option<Self> {
        let minutes = self.minutes.checked_add(minutes)?;
        (minutes <= 24 * 60).then_some(Self { minutes })
    }

    fn seconds(self) -> i64 {
        i64::from(self.minutes) * 60
    }
}

/// When a service is open: the same hours on each of its days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningHours {
    days: Vec<Day>, // in the week's order, at least one
    open: TimeOfDay,
    close: TimeOfDay, // after `open`
    zone: Zone,
}

/// Whether a service is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Open,
    /// It is not, and opens then.
    Closed(OpensAt),
}

/// What is wrong with opening hours in a profile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HoursError {
    /// `hari` is empty.
    #[error("`hari` names no day; leave the table out where it is always open")]
    NoDay,
    /// `hari` holds something that is no day.
    #[error("`{0}` is no day; write senin, selasa, rabu, kamis, jumat, sabtu or minggu")]
    UnknownDay(String),
    /// `hari` holds a day twice.
    #[error("`{0}` stands twice in `hari`")]
    RepeatedDay(String),
    /// `buka` is no time of day.
    #[error("`buka` is no time of day: `{0}`; write it as 08.00")]
    Open(String),
    /// `tutup` is no time of day.
    #[error("`tutup` is no time of day: `{0}`; write it as 15.00")]
    Close(String),
    /// `tutup` is not after `buka`.
    #[error("`tutup` must be later than `buka` on the same day")]
    CloseBeforeOpen,
    /// The zone is none of the three.
    #[error("`{0}` is no time zone of Indonesia; write WIB, WITA or WIT")]
    UnknownZone(String),
}

impl OpeningHours {
    /// Reads opening hours from the words of a profile: `hari`, `buka`, `tutup`, `zona_waktu`.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the arguments.
    pub fn parse<D: AsRef<str>>(
        days: &[D],
        open: &str,
        close: &str,
        zone: &str,
    ) -> Result<Self, Vec<HoursError>> {
        let mut errors = Vec::new();
        let mut named = Vec::new();
        if days.is_empty() {
            errors.push(HoursError::NoDay);
        }
        for text in days.iter().map(AsRef::as_ref) {
            match Day::parse(text) {
                None => errors.push(HoursError::UnknownDay(text.to_owned())),
                Some(day) if named.contains(&day) => {
                    errors.push(HoursError::RepeatedDay(text.to_owned()))
                }
                Some(day) => named.push(day),
            }
        }
        let (open_time, close_time) = (TimeOfDay::parse(open), TimeOfDay::parse(close));
        if open_time.is_none() {
            errors.push(HoursError::Open(open.to_owned()));
        }
        if close_time.is_none() {
            errors.push(HoursError::Close(close.to_owned()));
        }
        let known_zone = Zone::parse(zone);
        if known_zone.is_none() {
            errors.push(HoursError::UnknownZone(zone.to_owned()));
        }
        if let (Some(open), Some(close)) = (open_time, close_time)
            && close <= open
        {
            errors.push(HoursError::CloseBeforeOpen);
        }
        match (open_time, close_time, known_zone) {
            (Some(open), Some(close), Some(zone)) if errors.is_empty() => {
                let days = Day::ALL
                    .into_iter()
                    .filter(|day| named.contains(day))
                    .collect();
                Ok(Self {
                    days,
                    open,
                    close,
                    zone,
                })
            }
            _ => Err(errors),
        }
    }

    /// Whether it is open at `unix_seconds` (seconds since 1970-01-01 UTC). Closes on the minute of `close`.
    pub fn state_at(&self, unix_seconds: i64) -> State {
        let local = unix_seconds.saturating_add(self.zone.offset_seconds());
        let (today, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let is_day = |day: i64| self.days.contains(&Day::of_day(day));
        if is_day(today) && (self.open.seconds()..self.close.seconds()).contains(&second) {
            return State::Open;
        }
        let first = if second < self.open.seconds() { 0 } else { 1 };
        // Each of seven following days is another day of the week, so one of them is open.
        let next = (first..first + 7)
            .map(|ahead| today + ahead)
            .find(|&day| is_day(day))
            .unwrap_or(today);
        State::Closed(OpensAt {
            day: Day::of_day(next).name().to_owned(),
            date: Date::of_day(next).as_str().to_owned(),
            time: self.open.text(),
            zone: self.zone.name().to_owned(),
        })
    }

    /// Ready to be read out: `Senin–Jumat 08.00–15.00 WIB`.
    pub fn text(&self) -> String {
        format!(
            "{} {}–{} {}",
            self.days_text(),
            self.open.text(),
            self.close.text(),
            self.zone.name()
        )
    }

    /// Its time zone.
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// Three or more days in a row are written as a range: `Senin–Rabu, Sabtu, Minggu`.
    fn days_text(&self) -> String {
        if self.days.len() == Day::ALL.len() {
            return "Setiap hari".to_owned();
        }
        let mut parts: Vec<String> = Vec::new();
        for run in Day::ALL.split(|day| !self.days.contains(day)) {
            match run {
                [first, _, .., last] => parts.push(format!("{}–{}", first.name(), last.name())),
                few => parts.extend(few.iter().map(|day| day.name().to_owned())),
            }
        }
        parts.join(", ")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    const WEEKDAYS: [&str; 5] = ["senin", "selasa", "rabu", "kamis", "jumat"];
    const MONDAY_2025_10_20_UTC: i64 = 1_760_918_400;

    fn jakarta() -> OpeningHours {
        OpeningHours::parse(&WEEKDAYS, "08.00", "15.00", "WIB").unwrap()
    }

    fn opens(state: State) -> (String, String) {
        match state {
            State::Open => ("open".to_owned(), String::new()),
            State::Closed(at) => (at.day, at.date),
        }
    }

    #[test]
    fn knows_the_day_of_a_date() {
        assert_eq!(Day::of_date(2026, 12, 2), Day::Wednesday);
        assert_eq!(Day::of_date(2028, 2, 29), Day::Tuesday);
        assert_eq!(Day::of_date(1970, 1, 1), Day::Thursday);
    }

    #[test]
    fn a_day_has_no_later_time_than_its_end() {
        let late = TimeOfDay::parse("23.50").unwrap();
        assert_eq!(late.later(10).unwrap().text(), "24.00");
        assert_eq!(late.later(11), None);
        assert_eq!(late.minutes(), 23 * 60 + 50);
    }

    #[test]
    fn opens_and_closes_on_the_second() {
        let eight = MONDAY_2025_10_20_UTC + 3600; // 08.00 WIB
        assert_eq!(
            opens(jakarta().state_at(eight - 1)),
            ("Senin".into(), "2025-10-20".into())
        );
        assert_eq!(jakarta().state_at(eight), State::Open);
        assert_eq!(jakarta().state_at(eight + 7 * 3600 - 1), State::Open);
        assert_eq!(
            opens(jakarta().state_at(eight + 7 * 3600)),
            ("Selasa".into(), "2025-10-21".into())
        );
    }

    #[test]
    fn a_weekend_ends_on_monday() {
        let friday_evening = MONDAY_2025_10_20_UTC + 4 * 86_400 + 12 * 3600;
        let State::Closed(at) = jakarta().state_at(friday_evening) else {
            unreachable!()
        };
        assert_eq!(
            (
                at.day.as_str(),
                at.date.as_str(),
                at.time.as_str(),
                at.zone.as_str()
            ),
            ("Senin", "2025-10-27", "08.00", "WIB")
        );
    }

    #[test]
    fn a_single_day_comes_again_after_a_week() {
        let hours = OpeningHours::parse(&["Senin"], "8:00", "09.30", "wit").unwrap();
        assert_eq!(
            opens(hours.state_at(MONDAY_2025_10_20_UTC + 3600)),
            ("Senin".into(), "2025-10-27".into())
        );
    }

    #[test]
    fn is_read_out() {
        assert_eq!(jakarta().text(), "Senin–Jumat 08.00–15.00 WIB");
        let text = |days: &[&str]| {
            OpeningHours::parse(days, "00.00", "24.00", "WITA")
                .unwrap()
                .text()
        };
        assert_eq!(
            text(&["minggu", "sabtu", "senin", "rabu", "selasa"]),
            "Senin–Rabu, Sabtu, Minggu 00.00–24.00 WITA"
        );
        assert_eq!(
            text(&Day::ALL.map(Day::name)),
            "Setiap hari 00.00–24.00 WITA"
        );
    }

    #[test]
    fn reports_everything_at_once() {
        let errors =
            OpeningHours::parse(&["senen", "rabu", "Rabu"], "8", "25.00", "GMT").unwrap_err();
        assert_eq!(
            errors,
            [
                HoursError::UnknownDay("senen".into()),
                HoursError::RepeatedDay("Rabu".into()),
                HoursError::Open("8".into()),
                HoursError::Close("25.00".into()),
                HoursError::UnknownZone("GMT".into()),
            ]
        );
        assert_eq!(
            OpeningHours::parse::<&str>(&[], "15.00", "08.00", "WIB").unwrap_err(),
            [HoursError::NoDay, HoursError::CloseBeforeOpen]
        );
    }

    proptest! {
        #[test]
        fn never_panics(day in "\\PC*", open in "\\PC*", close in "[0-9.:]*", zone in "\\PC*", at in any::<i64>()) {
            let _ = OpeningHours::parse(&[day], &open, &close, &zone);
            let _ = jakarta().state_at(at);
        }

        #[test]
        fn times_read_back(minutes in 0_u16..=1440) {
            let time = TimeOfDay { minutes };
            prop_assert_eq!(TimeOfDay::parse(&time.text()), Some(time));
        }
    }
}
