//! What every island needs of its page: its settings, what was typed before it came, its place.
//!
//! The page holds the form as static HTML. An island reads that, empties the element and builds the
//! same form in it within one task, so that no frame is painted in between.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, HtmlInputElement};

/// The page.
pub fn page() -> Document {
    document()
}

/// The element that an island named `name` replaces.
pub fn find(name: &str) -> Option<HtmlElement> {
    let selector = ["[data-island=\"", name, "\"]"].concat();
    page()
        .query_selector(&selector)
        .ok()
        .flatten()?
        .dyn_into()
        .ok()
}

/// A setting that the page gives the island: `data-api`, …; empty where it gives none.
pub fn setting(root: &Element, name: &str) -> String {
    root.get_attribute(name).unwrap_or_default()
}

/// An input field by its id.
pub fn input(id: &str) -> Option<HtmlInputElement> {
    page().get_element_by_id(id)?.dyn_into().ok()
}

/// What a field of the static form held when the island came.
pub struct Draft {
    id: &'static str,
    value: String,
    /// The caret or selection, where the field had the focus.
    selection: Option<(u32, u32)>,
}

impl Draft {
    /// Reads the field named `id`.
    pub fn take(id: &'static str) -> Self {
        let Some(field) = input(id) else {
            return Self {
                id,
                value: String::new(),
                selection: None,
            };
        };
        let focused = page()
            .active_element()
            .is_some_and(|active| active.id() == id);
        let place = |place: Result<Option<u32>, _>| place.ok().flatten().unwrap_or(u32::MAX);
        let selection =
            focused.then(|| (place(field.selection_start()), place(field.selection_end())));
        Self {
            id,
            value: field.value(),
            selection,
        }
    }

    /// Puts it back into the field that took the place of the first.
    pub fn restore(self) {
        let Some(field) = input(self.id) else { return };
        field.set_value(&self.value);
        if let Some((start, end)) = self.selection {
            let _ = field.focus();
            let _ = field.set_selection_range(start, end);
        }
    }
}

/// Builds `view` where the static form stood, and marks the element as ready.
pub fn mount<V: IntoView + 'static>(
    root: &HtmlElement,
    drafts: impl IntoIterator<Item = Draft>,
    view: impl FnOnce() -> V + 'static,
) {
    root.set_text_content(None);
    leptos::mount::mount_to(root.clone(), view).forget();
    for draft in drafts {
        draft.restore();
    }
    let _ = root.set_attribute("data-ready", "");
}

/// A text or attribute that follows signals. Boxed, since every closure of a type of its own would
/// bring its own copy of the machinery that runs it.
pub type Live<T> = Box<dyn FnMut() -> T + Send>;

/// Makes a [`Live`].
pub fn live<T>(follow: impl FnMut() -> T + Send + 'static) -> Live<T> {
    Box::new(follow)
}

/// Moves the focus to what `selector` finds, once the change under way has been built.
pub fn focus_soon(selector: &'static str) {
    soon(move || focus(selector));
}

/// Moves the focus to what `selector` finds.
pub fn focus(selector: &str) {
    let found = page().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Does `what` once the change under way has been built.
pub fn soon(what: impl FnOnce() + 'static) {
    set_timeout(what, Duration::ZERO);
}
