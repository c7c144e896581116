//! What a sound site weighs, as a table for a terminal.

use std::fmt;

use super::{AGENCY, PAGE, Weighed, address, number};

/// So many of the heaviest pages are told.
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
    writeln!(f, "\nheaviest pages (bytes, gzip; budget {})", number(PAGE))?;
    for (page, weight) in pages.iter().take(TOLD) {
        writeln!(f, "{:>9}  {}", number(*weight), address(page))?;
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
