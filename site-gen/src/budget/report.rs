//! What a sound site weighs, as a table for a terminal.

use std::fmt;

use super::{AGENCY, Purpose, Weighed, address, number};

/// So many of the heaviest pages of each kind are told.
const TOLD: usize = 10;

/// Writes the table.
pub fn table(weighed: &Weighed, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Weighed {
        folder,
        pages,
        code,
        agencies,
    } = weighed;
    writeln!(
        f,
        "{} pages in {}, all within their budgets",
        pages.len(),
        folder.display()
    )?;
    for purpose in Purpose::ALL {
        let of_it = || {
            pages
                .iter()
                .filter(|(page, _)| Purpose::of(page) == purpose)
        };
        if of_it().next().is_none() {
            continue;
        }
        writeln!(
            f,
            "\n{}: {}; the heaviest (bytes, gzip; budget {})",
            purpose.word(),
            of_it().count(),
            number(purpose.budget())
        )?;
        for (page, weight) in of_it().take(TOLD) {
            writeln!(f, "{:>9}  {}", number(*weight), address(page))?;
        }
    }
    if !code.is_empty() {
        writeln!(f, "\ncode (bytes, brotli)")?;
    }
    for (what, weight, budget) in code {
        writeln!(f, "{:>9}  {what}, of {}", number(*weight), number(*budget))?;
    }
    writeln!(
        f,
        "\nagencies (bytes, brotli, all pages and what they load; budget {})",
        number(AGENCY)
    )?;
    for (agency, pages, weight) in agencies {
        writeln!(f, "{:>9}  {agency} ({pages} pages)", number(*weight))?;
    }
    Ok(())
}
