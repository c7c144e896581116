//! What is filled in on the page. No element has a name and none stands in a `form`: nothing can be sent.

use super::escape;
use crate::markdown::ast::{Blank, BlankKind};

/// The element in which a blank is filled in.
pub(super) fn blank(blank: &Blank) -> String {
    let label = escape(&blank.label);
    let name = match blank.row {
        Some(row) => format!("{label}, baris {row}"),
        None => label.clone(),
    };
    let common = format!(
        "data-label=\"{label}\" aria-label=\"{name}\" autocomplete=\"off\" spellcheck=\"false\""
    );
    match &blank.kind {
        BlankKind::Text => format!("<input class=\"isian\" type=\"text\" {common}>"),
        BlankKind::Digits => {
            format!("<input class=\"isian\" type=\"text\" inputmode=\"numeric\" {common}>")
        }
        BlankKind::Lines => {
            format!("<textarea class=\"isian isian--panjang\" rows=\"3\" {common}></textarea>")
        }
        BlankKind::Tick => format!(
            "<label class=\"isian-centang\"><input type=\"checkbox\" autocomplete=\"off\"> {label}</label>"
        ),
        BlankKind::Choice(choices) => {
            let options = choices
                .iter()
                .map(|choice| format!("<option>{}</option>", escape(choice)));
            format!(
                "<select class=\"isian\" {common}><option value=\"\">{label}…</option>{}</select>",
                options.collect::<String>()
            )
        }
        BlankKind::RowNumber => {
            format!(
                "<span class=\"isian-nomor\">{}</span>",
                blank.row.unwrap_or(1)
            )
        }
    }
}
