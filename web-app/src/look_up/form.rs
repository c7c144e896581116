//! The form of a checker and its answer. The theme's `periksa-email` and `periksa-tte` hold the same
//! markup as static HTML.

use leptos::{prelude::*, task::spawn_local};
use model::lookup::Info;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    Settings, Subject, api,
    message::{self, Message},
    way::{Query, Way},
};
use crate::island::{self, Live, live};

/// Ids of Cek Email's fields.
pub const EMAIL_FIELDS: [&str; 2] = ["cek-email-isian", "cek-email-fakta"];
/// Ids of Cek TTE's fields.
pub const TTE_FIELDS: [&str; 2] = ["cek-tte-isian", "cek-tte-fakta"];

/// Ids of one checker's parts.
struct Ids {
    first: FieldIds,
    second: FieldIds,
    summary: &'static str,
    summary_selector: &'static str,
    note: &'static str,
    result: &'static str,
    result_title_selector: &'static str,
    passage_selector: &'static str,
}

/// Ids of one field's parts.
struct FieldIds {
    field: &'static str,
    hint: &'static str,
    error: &'static str,
    described_with_error: &'static str,
    link: &'static str,
}

const EMAIL: Ids = Ids {
    first: FieldIds {
        field: EMAIL_FIELDS[0],
        hint: "cek-email-petunjuk",
        error: "cek-email-kesalahan",
        described_with_error: "cek-email-kesalahan cek-email-petunjuk",
        link: "#cek-email-isian",
    },
    second: FieldIds {
        field: EMAIL_FIELDS[1],
        hint: "cek-email-petunjuk-fakta",
        error: "cek-email-kesalahan-fakta",
        described_with_error: "cek-email-kesalahan-fakta cek-email-petunjuk-fakta",
        link: "#cek-email-fakta",
    },
    summary: "cek-email-ringkasan",
    summary_selector: "#cek-email-ringkasan",
    note: "cek-email-data",
    result: "cek-email-hasil",
    result_title_selector: "#cek-email-hasil .panel__title",
    passage_selector: "#cek-email-hasil .panel__passage",
};

const TTE: Ids = Ids {
    first: FieldIds {
        field: TTE_FIELDS[0],
        hint: "cek-tte-petunjuk",
        error: "cek-tte-kesalahan",
        described_with_error: "cek-tte-kesalahan cek-tte-petunjuk",
        link: "#cek-tte-isian",
    },
    second: FieldIds {
        field: TTE_FIELDS[1],
        hint: "cek-tte-petunjuk-fakta",
        error: "cek-tte-kesalahan-fakta",
        described_with_error: "cek-tte-kesalahan-fakta cek-tte-petunjuk-fakta",
        link: "#cek-tte-fakta",
    },
    summary: "cek-tte-ringkasan",
    summary_selector: "#cek-tte-ringkasan",
    note: "cek-tte-data",
    result: "cek-tte-hasil",
    result_title_selector: "#cek-tte-hasil .panel__title",
    passage_selector: "#cek-tte-hasil .panel__passage",
};

/// What the result shows.
#[derive(Clone)]
enum Shown {
    Nothing,
    /// What was typed cannot be sent: what is wrong with each field; empty where nothing is.
    Invalid([String; 2]),
    Message(Message),
}

/// The state of showing nothing.
const EMPTY: &str = "empty";
/// The state of showing mistakes.
const INVALID: &str = "invalid";

impl Shown {
    const fn state(&self) -> &'static str {
        match self {
            Self::Nothing => EMPTY,
            Self::Invalid(_) => INVALID,
            Self::Message(message) => message.state,
        }
    }
}

/// What the look-up says of itself.
#[derive(Clone)]
enum About {
    NotYet,
    Unknown,
    Known(Box<Info>),
}

/// The signals of one form. Copies refer to the same ones.
#[derive(Clone, Copy)]
struct Form {
    settings: &'static Settings,
    ids: &'static Ids,
    way: RwSignal<Way>,
    about: RwSignal<About>,
    shown: RwSignal<Shown>,
    /// What was typed for each way, kept while another is chosen.
    drafts: StoredValue<[String; Way::ALL.len()]>,
}

/// The form, with `chosen` as the way to look up by.
pub fn view(settings: &'static Settings, chosen: Way) -> impl IntoView {
    let form = Form {
        settings,
        ids: match settings.subject {
            Subject::Email => &EMAIL,
            Subject::Tte => &TTE,
        },
        way: RwSignal::new(chosen),
        about: RwSignal::new(About::NotYet),
        shown: RwSignal::new(Shown::Nothing),
        drafts: StoredValue::default(),
    };
    spawn_local(async move {
        let _ = form.learn_about().await;
    });
    view! {
        {form.summary()}
        <form
            class="cek"
            novalidate=true
            autocomplete="off"
            on:submit=move |event| {
                event.prevent_default();
                form.submit();
            }
        >
            <fieldset>
                <legend class="label">{"Cari dengan"}</legend>
                <div class="radios">{settings.ways.iter().map(|&way| form.radio(way)).collect_view()}</div>
            </fieldset>
            {form.fields().map(|at| form.field(at)).collect_view()}
            <button class="button" type="submit" aria-disabled=live(move || form.is_checking().then_some("true"))>
                {live(move || if form.is_checking() { "Memeriksa…" } else { "Periksa" })}
            </button>
            {form.note()}
        </form>
        <div class="result" id=form.ids.result role="status" data-state=live(move || Some(form.state()))>
            {move || form.result()}
        </div>
    }
}

impl Form {
    fn state(self) -> &'static str {
        self.shown.with(Shown::state)
    }

    fn is_checking(self) -> bool {
        self.state() == message::CHECKING
    }

    fn is_wrong(self) -> bool {
        self.state() == INVALID
    }

    /// The state as of now, which nothing follows.
    fn state_now(self) -> &'static str {
        self.shown.with_untracked(Shown::state)
    }

    /// The first field, and the second where a second fact is demanded.
    fn fields(self) -> std::ops::Range<usize> {
        0..1 + usize::from(self.settings.fact.is_some())
    }

    fn is_wrong_in(self, at: usize) -> bool {
        self.shown.with(|shown| match shown {
            Shown::Invalid(mistakes) => mistakes.get(at).is_some_and(|it| !it.is_empty()),
            _ => false,
        })
    }

    /// What is wrong with what was typed in a field; empty where nothing is.
    fn mistake(self, at: usize) -> String {
        self.shown.with(|shown| match shown {
            Shown::Invalid(mistakes) => mistakes.get(at).cloned().unwrap_or_default(),
            _ => String::new(),
        })
    }

    /// Whether the roster is known not to offer `way`.
    fn lacks(self, way: Way) -> bool {
        self.about
            .with(|about| matches!(about, About::Known(info) if !way.is_offered(info)))
    }

    fn practice(self) -> bool {
        self.about
            .with(|about| matches!(about, About::Known(info) if info.practice))
    }

    /// Asks the look-up what it offers, where that is not known yet.
    async fn learn_about(self) -> Result<(), api::Failure> {
        if self
            .about
            .with_untracked(|about| matches!(about, About::Known(_)))
        {
            return Ok(());
        }
        let info = match api::info(&self.settings.api).await {
            Ok(info) => info,
            Err(failure) => {
                self.about.set(About::Unknown);
                return Err(failure);
            }
        };
        let fact = match self.settings.subject {
            Subject::Email => info.email_fact,
            Subject::Tte => info.tte_fact,
        };
        // The look-up demands another second fact than the page was made with.
        let is_outdated = fact.map(Way::of_fact) != self.settings.fact;
        let first = self.settings.ways.iter().find(|way| way.is_offered(&info));
        let is_chosen_offered = self.way.get_untracked().is_offered(&info);
        let closed = info
            .opens_at
            .as_ref()
            .map(|at| Message::closed(Some(at), info.hours.as_deref()));
        self.about.set(About::Known(Box::new(info)));
        match first {
            _ if is_outdated => self.tell_unasked(Message::outdated()),
            None => self.tell_unasked(Message::nothing_offered()),
            Some(&first) => {
                if !is_chosen_offered {
                    self.choose(first);
                }
                if let Some(closed) = closed {
                    self.tell_unasked(closed);
                }
            }
        }
        Ok(())
    }

    /// Shows what the person should know before asking, unless they have asked meanwhile.
    fn tell_unasked(self, message: Message) {
        if self.state_now() == EMPTY {
            self.shown.set(Shown::Message(message));
        }
    }

    fn choose(self, way: Way) {
        let before = self.way.get_untracked();
        if let Some(field) = island::input(self.ids.first.field) {
            let typed = field.value();
            self.drafts.update_value(|drafts| {
                drafts[before as usize] = typed;
                field.set_value(&drafts[way as usize]);
            });
        }
        self.way.set(way);
        if self.state_now() == INVALID {
            self.show(Shown::Nothing);
        }
    }

    fn submit(self) {
        if self.state_now() == message::CHECKING {
            return;
        }
        let read = |way: Way, ids: &FieldIds| {
            let field = island::input(ids.field);
            let typed = field.map(|field| field.value()).unwrap_or_default();
            way.read(&typed, self.settings)
        };
        let (way, demanded) = (self.way.get_untracked(), self.settings.fact);
        let value = read(way, &self.ids.first);
        let fact = demanded
            .map(|fact| read(fact, &self.ids.second))
            .transpose();
        let query = match (value, fact) {
            (Ok(value), Ok(fact)) => Query::new(way, value, fact),
            (value, fact) => {
                self.show(Shown::Invalid([
                    value.err().unwrap_or_default(),
                    fact.err().unwrap_or_default(),
                ]));
                island::focus_soon(self.ids.summary_selector);
                return;
            }
        };
        self.show(Shown::Message(Message::checking()));
        spawn_local(async move {
            // First what the data is: practice data must never be shown unmarked.
            let reply = match self.learn_about().await {
                Ok(()) => api::ask(&self.settings.api, &query).await,
                Err(failure) => Err(failure),
            };
            let message = match &reply {
                Ok(reply) => Message::of_reply(reply, way, demanded, self.settings),
                Err(failure) => Message::of_failure(failure),
            };
            let passages = message.passages.clone();
            self.show(Shown::Message(message));
            island::soon(move || {
                for id in passages {
                    copy_passage(id, self.ids.passage_selector);
                }
                island::focus(self.ids.result_title_selector);
            });
        });
    }

    /// Shows it, and says in the page's title whether there is a mistake to mend.
    fn show(self, shown: Shown) {
        const PREFIX: &str = "Kesalahan: ";
        let page = island::page();
        let title = page.title();
        let bare = title.strip_prefix(PREFIX).unwrap_or(&title);
        match shown {
            Shown::Invalid(_) => page.set_title(&[PREFIX, bare].concat()),
            _ => page.set_title(bare),
        }
        // The panel is changed, not built anew: what was copied into it for another answer goes.
        if let Ok(Some(slot)) = page.query_selector(self.ids.passage_selector) {
            slot.set_text_content(None);
        }
        self.shown.set(shown);
    }

    fn ids_of(self, at: usize) -> &'static FieldIds {
        if at == 0 {
            &self.ids.first
        } else {
            &self.ids.second
        }
    }

    fn summary(self) -> impl IntoView {
        let mistake = move |at: usize| {
            let link = self.ids_of(at).link;
            let follow = move |event: leptos::ev::MouseEvent| {
                // No address with a fragment is left behind, and the field is focused, not only shown.
                event.prevent_default();
                island::focus(link);
            };
            view! {
                <p hidden=self.unless_wrong(at)>
                    <a href=link on:click=follow>
                        {live(move || self.mistake(at))}
                    </a>
                </p>
            }
        };
        view! {
            <div
                class="error-summary"
                id=self.ids.summary
                role="alert"
                tabindex="-1"
                hidden=live(move || (!self.is_wrong()).then_some(""))
            >
                <h2 class="panel__title">{"Ada yang perlu diperbaiki"}</h2>
                {mistake(0)}
                {self.settings.fact.map(|_| mistake(1))}
            </div>
        }
    }

    /// For `hidden`: what is there only for a mistake stands in the form all along, so that one
    /// attribute is all that changes.
    fn unless_wrong(self, at: usize) -> Live<Option<&'static str>> {
        live(move || (!self.is_wrong_in(at)).then_some(""))
    }

    fn radio(self, way: Way) -> impl IntoView {
        let lacks = move || self.lacks(way);
        view! {
            <label class="radio" aria-disabled=live(move || lacks().then_some("true"))>
                <input
                    type="radio"
                    name="cara"
                    value=way.value()
                    prop:checked=move || self.way.get() == way
                    disabled=live(move || lacks().then_some(""))
                    on:change=move |_| self.choose(way)
                />
                <span class="radio__text">
                    <span class="radio__label">{way.label()}</span>
                    <span class="hint">{live(move || if lacks() { "Belum tersedia" } else { "" })}</span>
                </span>
            </label>
        }
    }

    /// The field of what is asked for, or that of the second fact.
    fn field(self, at: usize) -> impl IntoView {
        let ids = self.ids_of(at);
        let way = move || match self.settings.fact {
            Some(fact) if at == 1 => fact,
            _ => self.way.get(),
        };
        let wrong = move || self.is_wrong_in(at);
        view! {
            <div class=live(move || if wrong() { "field field--error" } else { "field" })>
                <label class="label" for=ids.field>{live(move || way().label())}</label>
                <p class="hint" id=ids.hint>{live(move || way().hint(self.settings))}</p>
                <p class="error" id=ids.error hidden=self.unless_wrong(at)>
                    <span class="visually-hidden">{"Kesalahan: "}</span>
                    {live(move || self.mistake(at))}
                </p>
                <input
                    class="input"
                    id=ids.field
                    type="text"
                    inputmode=live(move || Some(way().input_mode()))
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    aria-invalid=live(move || wrong().then_some("true"))
                    aria-describedby=live(move || Some(if wrong() { ids.described_with_error } else { ids.hint }))
                />
            </div>
        }
    }

    fn note(self) -> impl IntoView {
        let text = move || {
            self.about.with(|about| match about {
                About::NotYet => "Data dan jam layanan sedang dimuat.".to_owned(),
                About::Unknown => "Keterangan data belum dapat dimuat.".to_owned(),
                About::Known(info) => message::about(info),
            })
        };
        view! {
            <p class="note" id=self.ids.note>
                <strong class="badge badge--practice" hidden=live(move || (!self.practice()).then_some(""))>
                    {PRACTICE}
                </strong>
                {live(text)}
            </p>
        }
    }

    fn result(self) -> Option<impl IntoView> {
        let Shown::Message(message) = self.shown.get() else {
            return None;
        };
        let role = message.is_alarm().then_some("alert");
        let unmarked = (!self.practice()).then_some("");
        // Where the page's own passage tells the status, a badge would only say it twice.
        let told = (!message.passages.is_empty()).then_some("");
        let Message {
            tone,
            title,
            lines,
            accounts,
            desk,
            ..
        } = message;
        let account = |(address, status): (String, &'static str)| {
            view! {
                <li>
                    <code>{address}</code>
                    <span class="badge" hidden=told>{status}</span>
                </li>
            }
        };
        let no_accounts = accounts.is_empty().then_some("");
        let no_desk = (!desk || self.settings.desk_url.is_empty()).then_some("");
        Some(view! {
            <section class=["panel panel--", tone].concat() role=role>
                <p class="badge badge--practice" hidden=unmarked>{PRACTICE}</p>
                <h2 class="panel__title" tabindex="-1">{title}</h2>
                <ul class="accounts" hidden=no_accounts>{accounts.into_iter().map(account).collect_view()}</ul>
                {lines.into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
                // Braces keep it from being a static subtree, which would be written as HTML.
                <div class="panel__passage">{""}</div>
                <p hidden=no_desk>
                    {"Bantuan: "}
                    <a href=self.settings.desk_url.as_str() rel="noreferrer">{self.settings.desk_name.as_str()}</a>
                </p>
            </section>
        })
    }
}

/// Marks practice data.
const PRACTICE: &str = "LATIHAN";

/// Puts a copy of the page's passage `id` into what `slot` finds, so that an answer and the page's own
/// explanation are one text. The copy bears no id, since each stands once in a page.
fn copy_passage(id: &str, slot: &str) {
    let page = island::page();
    let passage = page
        .get_element_by_id(id)
        .and_then(|passage| passage.clone_node_with_deep(true).ok());
    let (Some(copy), Ok(Some(slot))) = (passage, page.query_selector(slot)) else {
        return;
    };
    if let Some(copy) = copy.dyn_ref::<Element>() {
        let _ = copy.remove_attribute("id");
        while let Ok(Some(named)) = copy.query_selector("[id]") {
            let _ = named.remove_attribute("id");
        }
    }
    let _ = slot.append_child(&copy);
}
