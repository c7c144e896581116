//! The code for Thunderbird on Android, in its sandboxed frame: an account's settings as a QR code, made from the address
//! that the person types.
//!
//! Nothing typed leaves this program's memory: it sends nothing, stores nothing, and forgets on leaving. The form stands in
//! the theme's `frame.html` and stays; this program, which uses no Leptos, listens to it. Nor does it make the drawing's elements, since a
//! sealed frame makes no others than those of a form: it fills in those that stand there.
//!
//! It must not use the library beside it: that brings all of Leptos along, twice this program's size.

mod answer;
mod form;

use answer::Settings;

/// Takes the form into service where the frame holds it. `data-ready` stays away where its settings can't be read: the
/// build tool writes none of those.
fn main() {
    let Some(root) = form::root() else { return };
    let setting = |name| root.get_attribute(name).unwrap_or_default();
    let settings = Settings::read(
        &setting("data-imap"),
        &setting("data-smtp"),
        &setting("data-domain"),
    );
    if let Some(settings) = settings {
        form::serve(&root, settings);
    }
}
