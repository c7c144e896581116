//! Practice on invented people in a real browser: every state of every checker by the cards' own numbers, the drawn activation with each
//! wrong turn, without a network, from a stick too; and the same answers as the real look-up, byte for byte.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    collections::BTreeSet,
    fs::{self, File},
    path::Path,
    process::Command,
    sync::OnceLock,
};

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::needle::{Needle, find_in_folder};
use tests::page::Page;
use tests::process::{program, project, run};
use tests::product::{Hours, Snapshot, site, whole_site, work_folder};
use tests::sealed::Visit;
use tests::web_server::WebServer;

/// A card as its page says it.
#[derive(Debug)]
struct Card {
    place: String,
    way: String,
    typed: String,
    result: String,
}

/// The cards of the page in view.
fn cards_of(page: &Page) -> Vec<Card> {
    let cards = page.document().evaluate(
        "[...document.querySelectorAll('.lembar__card')].map(card => [card.dataset.di, card.dataset.dengan ?? '',
        card.querySelector('.lembar__value code')?.textContent ?? '', card.querySelector('[data-hasil]').textContent])",
    );
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let card = |card: &Value| Card {
        place: text(&card[0]),
        way: text(&card[1]),
        typed: text(&card[2]),
        result: text(&card[3]),
    };
    cards.as_array().unwrap().iter().map(card).collect()
}

/// Asks a checker for what a card says, and gives the state and all that is then shown.
fn ask(page: &Page, card: &Card) -> (String, String) {
    let document = page.document();
    let prefix = &card.place;
    document.click(&format!(
        "[data-island] input[type=radio][value={}]",
        card.way
    ));
    document.click(&format!("#{prefix}-isian"));
    document.evaluate(&format!(
        "document.querySelector('#{prefix}-isian').select()"
    ));
    page.press("Backspace");
    page.insert_text(&card.typed);
    page.press("Enter");
    let state = format!("document.querySelector('#{prefix}-hasil').dataset.state");
    document.wait_for(&format!("!['empty', 'checking'].includes({state})"));
    // What a status means is put there once the answer stands.
    let shown = "document.querySelector('[data-island]').innerText";
    if document.text(&state) == "found" {
        document.wait_for("document.querySelector('.panel__passage').childElementCount > 0");
    }
    (document.text(&state), document.text(shown))
}

/// The stick, written once.
fn stick() -> &'static Path {
    static STICK: OnceLock<std::path::PathBuf> = OnceLock::new();
    STICK.get_or_init(|| {
        let out = work_folder().join("situs");
        run(Command::new(program("pandu"))
            .args(["build", "--bundle", "--out"])
            .arg(&out));
        let stick = work_folder().join("USB Latihan");
        if stick.exists() {
            fs::remove_dir_all(&stick).unwrap();
        }
        let zip = File::open(work_folder().join("situs-usb.zip")).unwrap();
        zip::ZipArchive::new(zip).unwrap().extract(&stick).unwrap();
        stick
    })
}

fn on_stick(page: &str) -> String {
    let file = stick().join(format!("panduan/dki-jakarta/latihan/{page}index.html"));
    format!("file://{}", file.to_str().unwrap().replace(' ', "%20"))
}

/// Drives every look-up card of a site; `address` gives a practice page's address.
fn drive_all(browser: &Browser, address: &dyn Fn(&str) -> String) -> BTreeSet<(String, String)> {
    let page = browser.page();
    page.set_device(1280, 800, false);
    page.goto(&address("kartu/"));
    let cards = cards_of(&page);
    let mut states = BTreeSet::new();
    let mut titles = BTreeSet::new();
    for place in ["cek-tte", "cek-email"] {
        page.goto(&address(&format!("{place}/")));
        page.document()
            .wait_for("document.querySelector('[data-island][data-ready]')");
        page.document()
            .wait_for("document.querySelector('.note').innerText.includes('LATIHAN')");
        page.set_offline(true);
        let mark = page.mark();
        for card in cards.iter().filter(|card| card.place == place) {
            let (state, shown) = ask(&page, card);
            assert!(
                shown.contains(&card.result),
                "{card:?} shows in state {state}:\n{shown}"
            );
            // Nobody who answers is taken for the real one.
            if state != "invalid" {
                assert!(shown.contains("LATIHAN"), "{card:?}:\n{shown}");
            }
            if state == "found" {
                titles.insert(card.result.clone());
            }
            states.insert((place.to_owned(), state));
        }
        let requests: Vec<String> = page
            .requests_since(mark)
            .into_iter()
            .map(|request| request.url)
            .collect();
        assert_eq!(requests, [""; 0], "practice asks somebody");
        assert_eq!(page.complaints_since(mark), [""; 0]);
        let kept = page.document().evaluate("[location.search, location.hash, history.length, document.cookie, localStorage.length, sessionStorage.length].slice(0, 2)");
        assert_eq!(kept, json!(["", ""]));
        page.set_offline(false);
    }
    assert!(
        titles.len() >= 11,
        "nine statuses and two mailboxes: {titles:?}"
    );
    states
}

fn every_state() -> BTreeSet<(String, String)> {
    let both = [
        "found",
        "not-found",
        "invalid",
        "closed",
        "too-many",
        "fault",
        "timeout",
        "offline",
    ];
    let both = both
        .iter()
        .flat_map(|state| ["cek-email", "cek-tte"].map(|place| (place, *state)));
    both.chain([("cek-email", "several")])
        .map(|(place, state)| (place.to_owned(), state.to_owned()))
        .collect()
}

#[test]
fn a_halls_worth_of_cards_reaches_every_state_without_a_network() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let states = drive_all(&browser, &|page| server.url(&format!("latihan/{page}")));
    assert_eq!(states, every_state());
}

#[test]
fn the_stick_reaches_them_too() {
    let browser = Browser::start();
    assert_eq!(drive_all(&browser, &on_stick), every_state());
}

#[test]
fn whoever_waits_after_too_many_is_answered() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&server.url("latihan/kartu/"));
    let cards = cards_of(&page);
    let card = cards
        .iter()
        .find(|card| card.place == "cek-tte" && card.result == "Terlalu banyak percobaan");
    let card = card.unwrap();
    page.goto(&server.url("latihan/cek-tte/"));
    page.document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    let (state, shown) = ask(&page, card);
    assert_eq!(state, "too-many");
    assert!(shown.contains("Coba lagi dalam 10 detik."), "{shown}");
    // Ten seconds later by the page's own clock.
    page.document()
        .evaluate("(() => { const now = Date.now; Date.now = () => now() + 11_000; })()");
    let (state, shown) = ask(&page, card);
    assert_eq!(state, "found", "{shown}");
}

#[test]
fn the_table_says_what_the_look_up_says_byte_for_byte() {
    let lookup = Snapshot::practice(Hours::Always).serve(site());
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&lookup.url("latihan/cek-tte/"));
    page.document()
        .wait_for("document.querySelector('[data-island][data-ready]')");
    let table = page
        .document()
        .text("document.querySelector('#latihan-data').textContent");
    let table: Value = serde_json::from_str(&table).unwrap();
    // Who has something happen to them is in no roster.
    let questions: Vec<&String> = table["find"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, answer)| answer.is_number())
        .map(|(question, _)| question)
        .collect();
    assert!(questions.len() > 80, "{} questions", questions.len());
    let mut asked: Vec<(String, String)> = questions
        .into_iter()
        .map(|question| {
            let (way, value) = question.split_once(' ').unwrap();
            (way.to_owned(), value.to_owned())
        })
        .collect();
    asked.extend(
        [
            ("nik", "9901010101909900"),
            ("nip", "199001012015011900"),
            ("nama", "Nur’aini Santun"),
            ("nama", "drs. gunung sabar, M.Si."),
            ("nama", "orang lain"),
            ("email", "tidak.ada@jakarta.go.id"),
        ]
        .map(|(way, value)| (way.to_owned(), value.to_owned())),
    );
    // A fresh look-up for every fifty: one that was asked by this machine alone would rightly refuse.
    for asked in asked.chunks(50) {
        let fresh = Snapshot::practice(Hours::Always).serve(site());
        for (way, value) in asked {
            let route = match way.as_str() {
                "email" | "nik" => "tte",
                _ => "email",
            };
            let question = json!({ way: value }).to_string();
            let mine = page.document().text(&format!(
                "(async () => {{ const answer = await fetch(new Request('latihan:{route}', {{method: 'POST', body: {question:?}}})); return answer.status + ' ' + (await answer.text()) }})()"
            ));
            let real = real(&fresh.url(&format!("api/v1/{route}")), &question);
            assert_eq!(mine, real, "{question}");
        }
    }
    let mine = page
        .document()
        .text("(async () => (await fetch('latihan:info')).text())()");
    let real = ureq::get(&lookup.url("api/v1/info")).call().unwrap();
    let real = real.into_body().read_to_string().unwrap();
    let (mine, real): (Value, Value) = (
        serde_json::from_str(&mine).unwrap(),
        serde_json::from_str(real.trim_end()).unwrap(),
    );
    assert_eq!(mine["email_by"], real["email_by"]);
    assert_eq!(mine["tte_by"], real["tte_by"]);
    assert_eq!(mine["hours"], real["hours"]);
    assert_eq!(mine["practice"], json!(true));
}

/// What the real look-up answers, without the spaces that fill it.
fn real(url: &str, question: &str) -> String {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let answer = agent
        .post(url)
        .header("content-type", "application/json")
        .send(question)
        .unwrap();
    let status = answer.status().as_u16();
    let body = answer.into_body().read_to_string().unwrap();
    format!("{status} {}", body.trim_end())
}

#[test]
fn the_page_may_ask_nobody() {
    let lookup = Snapshot::practice(Hours::Always).serve(site());
    let browser = Browser::start();
    let page = browser.page();
    for path in ["latihan/cek-tte/", "latihan/cek-email/"] {
        page.goto(&lookup.url(path));
        let refused = page.document().evaluate(
            "(async () => { const asked = []; for (const address of ['../../api/v1/info', '/', 'https://pandu.example/']) asked.push(await fetch(address).then(() => 'answered', () => 'refused')); return asked })()",
        );
        assert_eq!(refused, json!(["refused", "refused", "refused"]), "{path}");
        let policy = page
            .document()
            .text("document.querySelector('meta[http-equiv]').content");
        assert!(policy.contains("connect-src 'none'"), "{policy}");
    }
    // The real page may, which shows that the question is a good one.
    page.goto(&lookup.url("cek/cek-tte/"));
    let answered = page
        .document()
        .evaluate("fetch('../../api/v1/info').then(() => 'answered', () => 'refused')");
    assert_eq!(answered, json!("answered"));
}

#[test]
fn every_page_is_marked_and_passed_by() {
    let mut seen = 0;
    let browser = Browser::start();
    let page = browser.page();
    let server = WebServer::start(whole_site(), "/", None);
    for agency in ["dki-jakarta", "diy", "sulawesi-tengah"] {
        for path in [
            "",
            "cek-tte/",
            "cek-email/",
            "uji-passphrase/",
            "kartu/",
            "aktivasi/",
        ] {
            let path = format!("{agency}/latihan/{path}");
            if !whole_site().join(&path).join("index.html").exists() {
                assert!(agency != "dki-jakarta" && path.contains("/cek-"), "{path}");
                continue;
            }
            for (width, height) in [(320, 640), (1280, 800)] {
                page.set_device(width, height, false);
                let mark = page.mark();
                page.goto(&server.url(&path));
                let document = page.document();
                assert!(document.text("document.title").starts_with("LATIHAN: "));
                assert_eq!(
                    document.text("document.querySelector('meta[name=robots]').content"),
                    "noindex"
                );
                // In view at the page's end, too.
                let in_view = "(() => { scrollTo(0, document.body.scrollHeight / 2); const box = document.querySelector('.latihan b').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight && box.width > 0 })()";
                assert_eq!(document.evaluate(in_view), json!(true), "{path}");
                assert_eq!(
                    document.evaluate("document.documentElement.scrollWidth <= innerWidth"),
                    json!(true),
                    "{path} is wider than {width}"
                );
                let small = document.evaluate("[...document.querySelectorAll('main button, main .button, main summary, main input[type=radio]')].filter(part => part.checkVisibility()).filter(part => { const box = (part.closest('label') ?? part).getBoundingClientRect(); return box.width < 24 || box.height < 24 }).map(part => part.outerHTML.slice(0, 80))");
                assert_eq!(small, json!([]), "{path}");
                assert_eq!(page.complaints_since(mark), [""; 0], "{path}");
            }
            let said = page.accessible();
            assert!(
                said.iter().any(|(_, name)| name == "Latihan"),
                "{path} is not marked for screen readers"
            );
            seen += 1;
        }
        let index = fs::read_dir(whole_site().join("assets")).unwrap().flatten();
        let index = index
            .map(|file| file.file_name().into_string().unwrap())
            .find(|name| name.starts_with(&format!("cari-{agency}-")) && name.ends_with(".txt"));
        let index = fs::read_to_string(whole_site().join("assets").join(index.unwrap())).unwrap();
        assert!(
            index.contains("latihan/"),
            "{agency}: practice is not found"
        );
        assert!(
            !index.contains("latihan/kartu/"),
            "{agency}: each page of practice is found"
        );
    }
    assert_eq!(seen, 14);
    for file in ["sitemap.xml", "perubahan.xml"] {
        let text = fs::read_to_string(whole_site().join(file)).unwrap();
        assert!(!text.contains("latihan/"), "{file}");
    }
    // Kept on the device with the rest.
    let kept = fs::read_to_string(whole_site().join("dki-jakarta/sw.js")).unwrap();
    for part in [
        "\"latihan/cek-tte/\"",
        "cek-latihan-",
        "\"latihan/aktivasi/\"",
        "gladi-",
    ] {
        assert!(kept.contains(part), "{part} is not kept");
    }
    for agency in ["kab-merangin", "mail-go-id"] {
        assert!(!whole_site().join(agency).join("latihan").exists());
    }
}

#[test]
fn cards_print_eight_to_a_sheet_and_whole() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&server.url("latihan/kartu/"));
    let cards = cards_of(&page);
    assert!(cards.len() >= 36, "{} cards", cards.len());
    let values: Vec<&String> = cards.iter().map(|card| &card.typed).collect();
    assert!(values.iter().all(|value| {
        !page
            .document()
            .text("location.href")
            .contains(value.as_str())
            || value.is_empty()
    }));
    // No number in any address on the page.
    let links = page
        .document()
        .evaluate("[...document.links].map(link => decodeURIComponent(link.href))");
    for value in values.iter().filter(|value| !value.is_empty()) {
        assert!(
            !links.to_string().contains(value.as_str()),
            "{value} stands in an address"
        );
    }
    page.set_paper(true);
    page.call(
        "Emulation.setDeviceMetricsOverride",
        json!({"width": 733, "height": 1062, "deviceScaleFactor": 1, "mobile": false}),
    );
    let cut = page.document().evaluate("[...document.querySelectorAll('.lembar__card')].filter(card => card.scrollHeight > card.clientHeight + 1 || card.scrollWidth > card.clientWidth + 1).map(card => card.id)");
    assert_eq!(cut, json!([]), "cards that their sheet cuts off");
    let sheets = page.document().evaluate("[...document.querySelectorAll('.lembar')].map(sheet => [sheet.querySelectorAll('.lembar__card').length, sheet.querySelectorAll('svg[role=img]').length, sheet.innerText.includes('LATIHAN')])");
    for sheet in sheets.as_array().unwrap() {
        assert!(sheet[0].as_u64().unwrap() <= 8, "{sheet}");
        assert_eq!((&sheet[1], &sheet[2]), (&json!(1), &json!(true)));
    }
    let pdf = page.pdf();
    fs::create_dir_all(project().join("target/photos")).unwrap();
    fs::write(project().join("target/photos/latihan-kartu.pdf"), &pdf).unwrap();
    // A page of paper for each sheet, and none besides.
    let text = String::from_utf8_lossy(&pdf);
    let pages = text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count();
    let sheets = sheets.as_array().unwrap().len();
    assert_eq!(pages, sheets);
}

#[test]
fn the_passphrases_of_the_cards_meet_and_miss_the_rules_as_told() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.goto(&server.url("latihan/kartu/"));
    let cards = cards_of(&page);
    drop(page);
    let visit = Visit::begin(site(), "latihan/uji-passphrase/");
    let mut seen = 0;
    for card in cards.iter().filter(|card| card.place == "uji-passphrase") {
        visit.fill("#uji-isian", &card.typed);
        visit.fill("#uji-ulang", &card.typed);
        visit.page.press("Enter");
        let broken = || {
            visit.frame.evaluate("[...document.querySelectorAll('#uji-aturan [data-state=bad]')].map(rule => rule.innerText)")
        };
        let result = |text: &str| {
            visit.frame.wait_for(&format!("document.querySelector('#uji-hasil').innerText.includes({text:?}) || document.querySelector('main').innerText.includes({text:?})"));
        };
        match card.result.as_str() {
            "Passphrase memenuhi semua aturan" => {
                result("memenuhi semua aturan");
                assert_eq!(broken(), json!([]));
            }
            "Memenuhi aturan, tetapi lemah" => {
                visit
                    .frame
                    .wait_for("document.querySelector('#uji-kekuatan').dataset.level === 'lemah'");
                assert_eq!(broken(), json!([]));
            }
            "Tanpa karakter terlarang" => {
                visit.frame.wait_for("document.querySelector('#uji-aturan [data-rule=dilarang]').dataset.state === 'bad'");
            }
            rule => {
                visit.frame.wait_for(&format!("[...document.querySelectorAll('#uji-aturan [data-state=bad]')].some(found => found.innerText.includes({rule:?}))"));
                assert_eq!(broken().as_array().unwrap().len(), 1, "{rule}");
            }
        }
        seen += 1;
    }
    assert_eq!(seen, 8);
}

/// At the drawn form.
fn rehearse(address: &str) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    page.goto(address);
    page.document()
        .wait_for("document.querySelector('.gladi[data-ready]')");
    (browser, page)
}

fn say(page: &Page, name: &str, text: &str) {
    let id = format!("#gladi-{name}");
    page.document().click(&id);
    page.document()
        .evaluate(&format!("document.querySelector('{id}').select()"));
    page.press("Backspace");
    page.insert_text(text);
}

fn press(page: &Page, action: &str) {
    page.document().click(&format!(".gladi [data-do={action}]"));
}

/// The mistake told beside a field; the focus is there.
fn wrong(page: &Page, name: &str, text: &str) {
    let error = format!("#gladi-{name}-kesalahan");
    page.document().wait_for(&format!(
        "document.querySelector('{error}').checkVisibility() && document.querySelector('{error}').innerText.includes({text:?})"
    ));
    assert_eq!(
        page.document().evaluate(&format!("document.activeElement.closest('section').contains(document.querySelector('{error}')) && document.activeElement.matches('input')")),
        json!(true),
        "{name}: the focus is elsewhere"
    );
}

fn at_stage(page: &Page, number: u8) {
    page.document()
        .wait_for(&format!("document.activeElement.id === 'gladi-{number}'"));
    assert_eq!(
        page.document().evaluate("[...document.querySelectorAll('[data-tahap]')].filter(stage => stage.checkVisibility()).length"),
        json!(1)
    );
}

fn data(page: &Page, name: &str) -> String {
    page.document()
        .text(&format!("document.querySelector('.gladi').dataset.{name}"))
}

fn code(page: &Page) -> String {
    page.document()
        .text("/[0-9]{6}/.exec(document.querySelector('.gladi__chat-text').textContent)[0]")
}

fn pick(page: &Page, group: &str, value: &str) {
    page.document().click(&format!(
        ".gladi input[name=gladi-{group}][value='{value}']"
    ));
}

/// Goes through all stages with every wrong turn on the way.
fn every_wrong_turn(page: &Page) {
    press(page, "email");
    wrong(page, "email", "Pilih satu");
    pick(page, "email", "tiruan");
    press(page, "email");
    wrong(page, "email", "meniru BSrE");
    pick(page, "email", "benar");
    press(page, "email");
    at_stage(page, 2);

    press(page, "kirim-otp");
    wrong(page, "nik", "16 angka");
    say(page, "nik", &data(page, "nik"));
    say(page, "nama", "Melati");
    say(page, "hp", "0812");
    press(page, "kirim-otp");
    wrong(page, "nama", "tanpa gelar");
    say(page, "nama", &data(page, "nama").to_lowercase());
    say(page, "hp", &data(page, "hp"));
    page.press("Enter");
    page.document()
        .wait_for("document.activeElement.id === 'gladi-otp'");
    let first = code(page);
    let other = if first == "111111" {
        "222222"
    } else {
        "111111"
    };
    say(page, "otp", "12");
    press(page, "verifikasi");
    wrong(page, "otp", "6 angka");
    say(page, "otp", other);
    press(page, "verifikasi");
    wrong(page, "otp", "Kode OTP salah");
    press(page, "maju");
    say(page, "otp", &first);
    press(page, "verifikasi");
    wrong(page, "otp", "kedaluwarsa");
    press(page, "kirim-ulang");
    say(page, "otp", &first);
    press(page, "verifikasi");
    wrong(page, "otp", "Kode OTP salah");
    say(page, "otp", &code(page));
    page.press("Enter");
    page.document()
        .wait_for("document.activeElement.dataset.do === 'ke-kedinasan'");
    page.press("Enter");
    at_stage(page, 3);

    pick(page, "menu", "non");
    say(page, "nip", &data(page, "nip"));
    press(page, "pengecekan");
    wrong(page, "menu", "Pilih ASN");
    pick(page, "menu", "asn");
    say(page, "nip", "123");
    press(page, "pengecekan");
    wrong(page, "nip", "18 angka");
    say(page, "nip", &data(page, "nip"));
    press(page, "pengecekan");
    press(page, "ke-foto");
    at_stage(page, 4);

    press(page, "submit");
    wrong(page, "foto", "Simpan dulu foto");
    for (photo, why) in [
        ("gelap", "terlalu gelap"),
        ("topi", "topi"),
        ("jauh", "terlalu kecil"),
    ] {
        pick(page, "foto", photo);
        press(page, "simpan-foto");
        wrong(page, "foto", why);
    }
    pick(page, "foto", "baik");
    press(page, "simpan-foto");
    press(page, "submit");
    wrong(page, "setuju", "kedua persetujuan");
    page.document().click("#gladi-setuju-1");
    page.document().click("#gladi-setuju-2");
    press(page, "submit");
    at_stage(page, 5);

    let count = page
        .document()
        .evaluate("document.querySelectorAll('[name=gladi-passphrase]').length")
        .as_u64()
        .unwrap();
    assert!(count >= 7, "{count} passphrases");
    pick(page, "pesan", "kata-sandi");
    press(page, "passphrase");
    wrong(page, "pesan", "Abaikan pesan itu");
    pick(page, "pesan", "passphrase");
    let mut refused = 0;
    for number in (1..=count).rev() {
        let broken = page.document().text(&format!(
            "document.querySelector('[name=gladi-passphrase][value=\"{number}\"]').dataset.langgar"
        ));
        pick(page, "passphrase", &number.to_string());
        if broken.is_empty() && number != 1 {
            continue; // weak, and yet accepted
        }
        press(page, "passphrase");
        if number == 1 {
            at_stage(page, 6);
        } else {
            wrong(page, "passphrase", &broken);
            refused += 1;
        }
    }
    assert!(refused >= 5, "only {refused} passphrases are refused");
}

#[test]
fn activation_is_rehearsed_with_every_wrong_turn_and_leaves_no_trace() {
    let server = WebServer::start(site(), "/", None);
    let (browser, page) = rehearse(&server.url("latihan/aktivasi/"));
    page.set_offline(true);
    let mark = page.mark();
    every_wrong_turn(&page);
    // Something invented is typed, and yet it is treated as if it were not.
    let secret = code(&page);
    let requests: Vec<String> = page
        .requests_since(mark)
        .into_iter()
        .map(|request| request.url)
        // The browser fetches the page's icons when it likes.
        .filter(|url| !url.contains("/ikon-"))
        .collect();
    assert_eq!(requests, [""; 0]);
    let mut complaints = page.complaints_since(mark);
    complaints.retain(|complaint| !complaint.contains("/ikon-"));
    assert_eq!(complaints, [""; 0]);
    let kept = page.document().evaluate("[location.hash, location.search, document.cookie, sessionStorage.length, document.querySelectorAll('form').length]");
    assert_eq!(kept, json!(["", "", "", 0, 0]));
    press(&page, "ulang");
    at_stage(&page, 1);
    assert_eq!(
        page.document().evaluate(
            "[...document.querySelectorAll('.gladi .input')].map(field => field.value).join('')"
        ),
        json!("")
    );
    drop(page);
    let profile = browser.close();
    let written = find_in_folder(&[Needle::new("the code", &secret)], &profile);
    fs::remove_dir_all(&profile).unwrap();
    assert_eq!(written, [""; 0]);
}

#[test]
fn activation_is_rehearsed_from_the_stick() {
    let (_browser, page) = rehearse(&on_stick("aktivasi/"));
    page.set_offline(true);
    every_wrong_turn(&page);
}

#[test]
fn without_scripts_the_steps_stand_there_in_words() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.disable_scripts();
    page.goto(&server.url("latihan/aktivasi/"));
    let words = page
        .document()
        .text("document.querySelector('main').innerText");
    for step in [
        "Kotak masuk.",
        "Data diri.",
        "Data kedinasan.",
        "Foto wajah.",
        "Passphrase.",
        "Selesai.",
    ] {
        assert!(words.contains(step), "{step}\n{words}");
    }
    assert!(!words.contains("Tahap 1 dari 6"));
}

#[test]
fn pages_are_photographed() {
    let server = WebServer::start(site(), "/", None);
    let browser = Browser::start();
    let page = browser.page();
    page.call("Emulation.setScrollbarsHidden", json!({"hidden": true}));
    for (width, height) in [(360, 740), (1280, 800)] {
        for dark in [false, true] {
            for (name, path) in [
                ("beranda", ""),
                ("cek-tte", "cek-tte/"),
                ("cek-email", "cek-email/"),
                ("uji-passphrase", "uji-passphrase/"),
                ("kartu", "kartu/"),
                ("aktivasi", "aktivasi/"),
            ] {
                page.set_device(width, height, dark);
                page.goto(&server.url(&format!("latihan/{path}")));
                if name.starts_with("cek") {
                    page.document()
                        .wait_for("document.querySelector('[data-island][data-ready]')");
                }
                let scheme = if dark { "dark" } else { "light" };
                let file = format!("target/photos/latihan-{name}-{width}x{height}-{scheme}.png");
                page.screenshot(&project().join(file));
            }
        }
    }
}
