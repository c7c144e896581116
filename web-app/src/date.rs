//! Dates as people read them: `2025-10-22` → `22 Oktober 2025`.

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

/// An ISO date in Indonesian words; what is no such date comes back as it is.
pub fn in_words(iso: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn reads_iso_dates_and_leaves_the_rest() {
        assert_eq!(in_words("2025-10-22"), "22 Oktober 2025");
        assert_eq!(in_words("2026-01-05"), "5 Januari 2026");
        for other in ["", "2025", "2025-13-01", "2025-00-01", "hari ini"] {
            assert_eq!(in_words(other), other);
        }
    }
}
