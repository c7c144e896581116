//! The search box: reads an agency's index, answers queries. Knows nothing of the page; `js/cari.js` does.

use search::Search;
use wasm_bindgen::prelude::wasm_bindgen;

/// An agency's index, ready to be asked.
#[wasm_bindgen]
pub struct Pencari(Search);

#[wasm_bindgen]
impl Pencari {
    /// Reads the index; none where the text is no index.
    pub fn of(index: &str) -> Option<Pencari> {
        Search::new(index).ok().map(Self)
    }

    /// The pages found, best first, as lines of fields with tabs between them: title, topic, heading, path, anchor,
    /// then the passage, piece by piece: one that was not asked for, one that was, and so on.
    pub fn ask(&self, query: &str) -> String {
        let mut lines = String::new();
        for hit in self.0.ask(query) {
            for field in [hit.title, hit.topic, hit.heading, hit.url, hit.anchor] {
                lines.push_str(field);
                lines.push('\t');
            }
            let mut found = false;
            for piece in &hit.passage {
                if piece.found != found {
                    lines.push('\t');
                    found = piece.found;
                }
                lines.push_str(&piece.text);
            }
            lines.push('\n');
        }
        lines
    }
}

fn main() {}
