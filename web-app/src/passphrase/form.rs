//! The form of Uji Passphrase. The theme's `frame.html` holds the same markup as static HTML.
//!
//! There is no `<form>`: a sandboxed frame may submit none, and is told of no attempt to.

use std::time::Duration;

use leptos::{ev::KeyboardEvent, leptos_dom::helpers::TimeoutHandle, prelude::*};
use model::passphrase::{Passphrase, Policy, Strength};

use super::verdict::{Line, Verdict, lines};
use crate::island::{self, live};

/// Id of the field for the passphrase.
pub const FIRST: &str = "uji-isian";
/// Id of the field for its confirmation.
pub const SECOND: &str = "uji-ulang";

/// A pause in typing after which the verdict is spoken; sooner would talk into the typing.
const PAUSE: Duration = Duration::from_millis(1200);

/// What was said when the person last asked.
#[derive(Clone)]
enum Answer {
    None,
    /// What was broken then. It stays while it is being mended, so that nothing moves under the finger.
    Broken(Vec<Line>),
    Accepted,
}

/// The signals of the form. They hold verdicts, never what was typed: that stands in the fields only.
#[derive(Clone, Copy)]
struct Form {
    policy: &'static Policy,
    verdict: RwSignal<Verdict>,
    /// Whether what was typed can be seen.
    visible: RwSignal<bool>,
    answer: RwSignal<Answer>,
    spoken: RwSignal<String>,
    pause: StoredValue<Option<TimeoutHandle>>,
}

/// The form for `policy`.
pub fn view(policy: &'static Policy) -> impl IntoView {
    let nothing = Passphrase::new(String::new());
    let form = Form {
        policy,
        verdict: RwSignal::new(Verdict::of(policy, &nothing, &nothing, false)),
        visible: RwSignal::new(false),
        answer: RwSignal::new(Answer::None),
        spoken: RwSignal::new(String::new()),
        pause: StoredValue::new(None),
    };
    let _ = window_event_listener_untyped("pagehide", move |_| form.forget());
    view! {
        {form.summary()}
        <div id="uji-form">
            <div class="field">
                <label class="label" for=FIRST>{"Passphrase"}</label>
                <p class="hint" id="uji-petunjuk">
                    {"Ketik calon passphrase Anda. Lebih aman bila 15 karakter atau lebih."}
                </p>
                <div class="secret">
                    {form.field(FIRST, Some("uji-petunjuk uji-aturan-judul"))}
                    <button
                        class="button button--secondary"
                        id="uji-lihat"
                        type="button"
                        aria-controls="uji-isian uji-ulang"
                        on:click=move |_| form.visible.update(|visible| *visible = !*visible)
                    >
                        {live(move || if form.visible.get() { "Sembunyikan" } else { "Tampilkan" })}
                    </button>
                </div>
            </div>
            <div class="field">
                <label class="label" for=SECOND>{"Ulangi passphrase"}</label>
                {form.field(SECOND, None)}
            </div>
            <p class="label" id="uji-aturan-judul">{"Aturan BSrE"}</p>
            <ul class="checklist" id="uji-aturan">
                {lines(policy).into_iter().map(|line| form.line(line)).collect_view()}
            </ul>
            <p class="remark" id="uji-dilarang">{live(move || form.verdict.with(|verdict| verdict.forbidden.clone()))}</p>
            <p class="remark" id="uji-ragu">{live(move || form.verdict.with(|verdict| verdict.uncertain.clone()))}</p>
            {form.meter()}
            <button class="button" id="uji-periksa" type="button" on:click=move |_| form.check()>{"Periksa"}</button>
        </div>
        <div class="result" id="uji-hasil" role="status">{move || form.result()}</div>
        <p class="visually-hidden" id="uji-kabar" role="status">{live(move || form.spoken.get())}</p>
        <p class="promise">
            <strong>{"Tidak dikirim, tidak disimpan."}</strong>
            {" Buktikan sendiri: nyalakan mode pesawat, lalu ketik. Semua tetap berjalan."}
        </p>
    }
}

/// Lets the form see what its fields already held when it came.
pub fn read_fields_again() {
    if let (Some(field), Ok(event)) = (island::input(FIRST), web_sys::Event::new("input")) {
        let _ = field.dispatch_event(&event);
    }
}

impl Form {
    fn field(self, id: &'static str, described_by: Option<&'static str>) -> impl IntoView {
        view! {
            <input
                class="input"
                id=id
                type=live(move || Some(if self.visible.get() { "text" } else { "password" }))
                autocomplete="new-password"
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=described_by
                on:input=move |_| self.typed()
                on:keydown=move |event: KeyboardEvent| {
                    if event.key() == "Enter" {
                        self.check();
                    }
                }
            />
        }
    }

    fn judge(self, asked: bool) {
        let read = |id| {
            Passphrase::new(
                island::input(id)
                    .map(|field| field.value())
                    .unwrap_or_default(),
            )
        };
        self.verdict
            .set(Verdict::of(self.policy, &read(FIRST), &read(SECOND), asked));
    }

    fn typed(self) {
        self.judge(false);
        if self
            .answer
            .with_untracked(|answer| matches!(answer, Answer::Accepted))
        {
            self.answer.set(Answer::None);
        }
        if let Some(pause) = self.pause.get_value() {
            pause.clear();
        }
        let speak = move || {
            self.spoken
                .set(self.verdict.with_untracked(Verdict::spoken))
        };
        self.pause
            .set_value(set_timeout_with_handle(speak, PAUSE).ok());
    }

    /// The person asks: what was typed is hidden again, what is missing is named.
    fn check(self) {
        self.visible.set(false);
        self.judge(true);
        self.answer.set(self.verdict.with_untracked(|verdict| {
            if verdict.accepted() {
                Answer::Accepted
            } else {
                Answer::Broken(verdict.broken())
            }
        }));
        island::focus_soon(".error-summary:not([hidden]), #uji-hasil .panel__title");
    }

    /// On leaving the page, also where the browser keeps it for a way back.
    fn forget(self) {
        for field in [FIRST, SECOND].into_iter().filter_map(island::input) {
            field.set_value("");
        }
        if let Some(pause) = self.pause.get_value() {
            pause.clear();
        }
        self.spoken.set(String::new());
        self.visible.set(false);
        self.answer.set(Answer::None);
        self.judge(false);
    }

    fn line(self, line: Line) -> impl IntoView {
        let mark = move || self.verdict.with(|verdict| verdict.mark(line));
        view! {
            <li data-rule=line.key() data-state=live(move || Some(mark().word()))>
                <span class="visually-hidden">{live(move || mark().spoken())}</span>
                {line.text(self.policy)}
            </li>
        }
    }

    fn meter(self) -> impl IntoView {
        let word = move || {
            self.verdict
                .with(|verdict| verdict.strength.map_or("", |(strength, _)| strength.word()))
        };
        let reason = move || {
            self.verdict.with(|verdict| {
                verdict
                    .strength
                    .map_or("Kekuatan tampil setelah Anda mengetik.", |(_, reason)| {
                        reason
                    })
            })
        };
        view! {
            <div class="meter" id="uji-kekuatan" data-level=live(move || Some(self.verdict.with(Verdict::level)))>
                <p>
                    <strong>{live(word)}</strong>
                    {live(move || if word().is_empty() { "" } else { ". " })}
                    {live(reason)}
                </p>
            </div>
        }
    }

    fn summary(self) -> impl IntoView {
        let broken = move |line| {
            self.answer
                .with(|answer| matches!(answer, Answer::Broken(lines) if lines.contains(&line)))
        };
        let nothing = move || {
            !self
                .answer
                .with(|answer| matches!(answer, Answer::Broken(_)))
        };
        let item = |line: Line| {
            let hidden = live(move || (!broken(line)).then_some(""));
            view! { <li hidden=hidden>{line.text(self.policy)}</li> }
        };
        view! {
            <div
                class="error-summary"
                id="uji-ringkasan"
                role="alert"
                tabindex="-1"
                hidden=live(move || nothing().then_some(""))
            >
                <h2 class="panel__title">{"Belum memenuhi aturan"}</h2>
                <ul>{lines(self.policy).into_iter().map(item).collect_view()}</ul>
            </div>
        }
    }

    fn result(self) -> Option<impl IntoView> {
        let verdict = self.verdict.get();
        let (strength, _) = verdict.strength?;
        matches!(self.answer.get(), Answer::Accepted).then(|| {
            let (tone, title, advice) = match strength {
                Strength::Weak => (
                    "panel panel--warn",
                    "Memenuhi aturan, tetapi mudah ditebak",
                    "Buat yang lebih panjang. Gabungkan beberapa kata yang tidak saling berhubungan.",
                ),
                Strength::Fair | Strength::Strong => (
                    "panel panel--ok",
                    "Passphrase memenuhi semua aturan",
                    "Pakai di formulir BSrE. Jangan berikan kepada siapa pun, termasuk petugas bantuan.",
                ),
            };
            view! {
                <section class=tone>
                    <h2 class="panel__title" tabindex="-1">{title}</h2>
                    <p>{advice}</p>
                    <p>{verdict.uncertain}</p>
                </section>
            }
        })
    }
}
