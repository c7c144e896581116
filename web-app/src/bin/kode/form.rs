//! The form as it stands in the frame: its fields, what is wrong with them, the drawing. The theme's `frame.html` names them.

use std::rc::Rc;

use qr::Drawing;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, HtmlInputElement, KeyboardEvent,
};

use super::answer::{Field, Mistake, Settings};

const FIELDS: [Field; 2] = [Field::Address, Field::Name];
const BUTTON: &str = "kode-buat";
/// What is shown once there is a code.
const RESULT: &str = "kode-hasil";
const DRAWING: &str = "kode-gambar";
const LINE: &str = "kode-garis";
/// Where the next step begins: the focus goes there.
const NEXT: &str = "kode-lanjut";

impl Field {
    const fn id(self) -> &'static str {
        match self {
            Self::Address => "kode-alamat",
            Self::Name => "kode-nama",
        }
    }

    /// Where what is wrong with it is said.
    const fn mistake(self) -> &'static str {
        match self {
            Self::Address => "kode-alamat-salah",
            Self::Name => "kode-nama-salah",
        }
    }
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn element(id: &str) -> Option<Element> {
    document()?.get_element_by_id(id)
}

fn input(field: Field) -> Option<HtmlInputElement> {
    element(field.id())?.dyn_into().ok()
}

fn value(field: Field) -> String {
    input(field).map(|input| input.value()).unwrap_or_default()
}

/// The element that holds the form.
pub fn root() -> Option<Element> {
    let found = document()?.query_selector("[data-island=\"kode-thunderbird\"]");
    found.ok().flatten()
}

/// Answers what is typed from now on.
pub fn serve(root: &Element, settings: Settings) {
    let make =
        Rc::new(
            move || match settings.answer(&value(Field::Address), &value(Field::Name)) {
                Ok(drawing) => show(&drawing),
                Err(mistake) => refuse(&mistake),
            },
        );
    if let Some(button) = element(BUTTON) {
        let make = Rc::clone(&make);
        listen(&button, "click", move |_| make());
        let _ = button.remove_attribute("disabled");
    }
    for field in FIELDS.into_iter().filter_map(input) {
        // A code that no longer fits what stands above it must not be scanned.
        listen(&field, "input", |_| hide());
        let make = Rc::clone(&make);
        listen(&field, "keydown", move |event| {
            if event
                .dyn_ref::<KeyboardEvent>()
                .is_some_and(|event| event.key() == "Enter")
            {
                make();
            }
        });
    }
    if let Some(window) = web_sys::window() {
        listen(&window, "pagehide", |_| forget());
    }
    let _ = root.set_attribute("data-ready", "");
}

/// For as long as the frame stands.
fn listen(target: &EventTarget, event: &str, hear: impl FnMut(Event) + 'static) {
    let hear = Closure::<dyn FnMut(Event)>::new(hear);
    let _ = target.add_event_listener_with_callback(event, hear.as_ref().unchecked_ref());
    hear.forget();
}

fn show(drawing: &Drawing) {
    clear_mistakes();
    fill(drawing);
    if let Some(result) = element(RESULT) {
        let _ = result.remove_attribute("hidden");
    }
    focus(NEXT);
}

fn refuse(mistake: &Mistake) {
    hide();
    clear_mistakes();
    let (field, place) = (mistake.field, mistake.field.mistake());
    if let Some(said) = element(place) {
        said.set_text_content(Some(&mistake.text));
        let _ = said.remove_attribute("hidden");
    }
    if let Some(input) = input(field) {
        let _ = input.set_attribute("aria-invalid", "true");
        if let Some(around) = input.parent_element() {
            let _ = around.set_attribute("class", "field field--error");
        }
    }
    focus(field.id());
}

fn clear_mistakes() {
    for field in FIELDS {
        if let Some(said) = element(field.mistake()) {
            said.set_text_content(None);
            let _ = said.set_attribute("hidden", "");
        }
        if let Some(input) = input(field) {
            let _ = input.remove_attribute("aria-invalid");
            if let Some(around) = input.parent_element() {
                let _ = around.set_attribute("class", "field");
            }
        }
    }
}

/// Takes the code away, from memory too.
fn hide() {
    if let Some(result) = element(RESULT) {
        let _ = result.set_attribute("hidden", "");
    }
    fill(&Drawing {
        view_box: "0 0 1 1".to_owned(),
        path: String::new(),
        dashes: "0".to_owned(),
    });
}

fn fill(drawing: &Drawing) {
    if let (Some(svg), Some(line)) = (element(DRAWING), element(LINE)) {
        let _ = svg.set_attribute("viewBox", &drawing.view_box);
        let _ = line.set_attribute("d", &drawing.path);
        let _ = line.set_attribute("stroke-dasharray", &drawing.dashes);
    }
}

/// On leaving the page, also where the browser keeps it for a way back.
fn forget() {
    for field in FIELDS.into_iter().filter_map(input) {
        field.set_value("");
    }
    clear_mistakes();
    hide();
}

fn focus(id: &str) {
    if let Some(element) = element(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}
