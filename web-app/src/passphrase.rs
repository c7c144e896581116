//! Uji Passphrase, in its sandboxed frame: what BSrE's form would accept, and how easily it is guessed.
//!
//! Nothing typed leaves this program's memory: it sends nothing, stores nothing, and forgets on leaving.

pub mod form;
pub mod verdict;

use model::passphrase::Policy;

use crate::island::{self, Draft};

/// Mounts the form where the frame holds it.
pub fn start() {
    let Some(root) = island::find("uji-passphrase") else {
        return;
    };
    let setting = |name| island::setting(&root, name);
    let (required, context) = (setting("data-wajib"), setting("data-konteks"));
    let list = |text: &'_ str| {
        text.split('|')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    // The build tool refuses a profile whose words are no policy; `data-ready` then stays away.
    let Ok(minimum) = setting("data-minimal").parse() else {
        return;
    };
    let Ok(policy) = Policy::from_words(
        minimum,
        &list(&required),
        &setting("data-dilarang"),
        &list(&context),
    ) else {
        return;
    };
    // Lives as long as the frame.
    let policy: &'static Policy = Box::leak(Box::new(policy));
    let drafts = [Draft::take(form::FIRST), Draft::take(form::SECOND)];
    island::mount(&root, drafts, move || form::view(policy));
    form::read_fields_again();
}
