//! The site kept on the device, in a real browser: what is kept and told, what opens without a network, how a new version
//! takes over whole, and how all of it goes away again. The server can be cut, and fails in the ways that hosts and
//! networks fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::page::Page;
use tests::product::{AGENCIES, AGENCY, Hours, Snapshot, pages, whole_site, work_folder};
use tests::wait_until;
use tests::web_server::{Mood, WebServer};
use tests::workspace::Workspace;

/// One agency's site as it was published, as it is published later, and once it is kept on devices no more.
struct Versions {
    old: PathBuf,
    new: PathBuf,
    gone: PathBuf,
}

/// A page that only the old version has, and one that only the new one has.
const REMOVED: &str = "email/hanya-lama/";
const ADDED: &str = "email/hanya-baru/";
/// A page with a letter to be filled in, and the two kinds of checkers.
const LETTER: &str = "email/surat/";
const LOOK_UP: &str = "cek/cek-email/";
const PASSPHRASE: &str = "cek/uji-passphrase/";
const OFFLINE: &str = "tanpa-internet/";

fn versions() -> &'static Versions {
    static VERSIONS: OnceLock<Versions> = OnceLock::new();
    VERSIONS.get_or_init(|| {
        let workspace = Workspace::fresh();
        let guide = |name: &str, more: &str| {
            let file = format!("content/instansi/{AGENCY}/email/{name}.md");
            let like = workspace.path(&format!("content/instansi/{AGENCY}/bantuan/kontak.md"));
            let text = fs::read_to_string(like).unwrap();
            fs::write(workspace.path(&file), text + more).unwrap();
            workspace.path(&file)
        };
        let build = |name: &str, more: &[&str]| {
            let out = work_folder().join(name);
            let mut arguments = vec![
                "build",
                "--instansi",
                AGENCY,
                "--out",
                out.to_str().unwrap(),
            ];
            arguments.extend(more);
            let output = workspace.run(&arguments);
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            out
        };
        // Every page says of which version it is, and so does the stylesheet of all.
        let base = "themes/dinas/templates/base.html";
        workspace.edit(base, "<main id=", "<main data-version=\"old\" id=");
        workspace.edit(
            "themes/dinas/styles/tokens.css",
            "color-scheme: light dark;",
            "color-scheme: light dark; animation-name: old;",
        );
        let removed = guide("hanya-lama", "");
        guide(
            "surat",
            "\n::: formulir berkas=surat Surat\nSaya, [[Nama lengkap]].\n:::\n",
        );
        let old = build("old", &[]);
        fs::remove_file(removed).unwrap();
        guide("hanya-baru", "");
        workspace.edit(base, "data-version=\"old\"", "data-version=\"new\"");
        workspace.edit(
            "themes/dinas/styles/tokens.css",
            "animation-name: old",
            "animation-name: new",
        );
        let new = build("new", &[]);
        let gone = build("gone", &["--no-offline"]);
        Versions { old, new, gone }
    })
}

/// A person with a browser, and the server of the site.
struct Reader {
    page: Page,
    browser: Browser,
    server: WebServer,
}

/// The version of the page in view and of its stylesheet.
const VERSION: &str = "[document.querySelector('main')?.dataset.version ?? document.documentElement.outerHTML.slice(0, 300), getComputedStyle(document.documentElement).animationName]";
/// True once the whole site is kept.
const WHOLE: &str = "caches.keys().then(names => names.some(name => name.endsWith(' utuh')))";
/// What the bar says.
const BAR: &str = "(document.querySelector('.luring')?.innerText ?? '')";
/// Everything that a page's own files have to be for it to look right.
const FILES_ARE_THERE: &str =
    "[...document.styleSheets].length === document.querySelectorAll('link[rel=stylesheet]').length
    && [...document.styleSheets].every(sheet => sheet.cssRules.length)
    && performance.getEntriesByType('resource').every(entry => entry.responseStatus < 400 || entry.name.includes('/api/'))";

impl Reader {
    /// Of the old version, not having visited it yet.
    fn new() -> Self {
        Self::of(&versions().old)
    }

    fn of(site: &Path) -> Self {
        let server = WebServer::start(site, "/", None);
        let browser = Browser::start_for_workers();
        let page = browser.page_with_worker();
        Self {
            page,
            browser,
            server,
        }
    }

    /// Has visited the home page, and has everything.
    fn with_everything() -> Self {
        let reader = Self::new();
        reader.goto("");
        reader.wait_for(WHOLE);
        reader
    }

    fn goto(&self, path: &str) {
        self.page.goto(&self.server.url(path));
    }

    fn wait_for(&self, script: &str) -> Value {
        self.page.document().wait_for(script)
    }

    fn evaluate(&self, script: &str) -> Value {
        self.page.document().evaluate(script)
    }

    fn wait_for_bar(&self, words: &str) {
        self.wait_for(&format!("{BAR}.includes({words:?})"));
    }

    /// Waits until the line is cut that was to hold for some requests. The browser is asked on the way: a worker that
    /// starts waits for the harness.
    fn wait_for_cut(&self) {
        wait_until("the line to be cut", || {
            self.evaluate("0");
            self.server.is_cut().then_some(())
        });
    }

    /// Goes from page to page, some seconds on each, until something is true: news are looked for only so often.
    fn read_until(&self, script: &str) {
        for path in ["", "email/", "tte/"].into_iter().cycle().take(12) {
            self.goto(path);
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_secs(6) {
                if self.evaluate(script) == json!(true) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        panic!("in vain: {script}");
    }

    fn press(&self, words: &str) {
        self.wait_for(&format!(
            "document.querySelector('.luring button')?.innerText === {words:?}"
        ));
        self.page.document().click(".luring button");
    }

    /// Every page of a site opens, whole and of one version.
    fn sees(&self, site: &Path, version: &str, but: &[&str]) {
        for path in pages(site) {
            if but.contains(&path.as_str()) {
                continue;
            }
            self.goto(&path);
            assert_eq!(
                self.evaluate(VERSION),
                json!([version, version]),
                "/{path} is a mix, or of the wrong version"
            );
            assert_eq!(
                self.evaluate(FILES_ARE_THERE),
                json!(true),
                "/{path} lacks files"
            );
            assert_eq!(
                self.page
                    .document()
                    .text("document.querySelector('h1').textContent"),
                heading(site, &path),
                "/{path} is another page"
            );
        }
    }

    /// Paths of all that is kept, in the caches whose name holds `version`.
    fn kept(&self, version: &str) -> BTreeSet<String> {
        let found = self.evaluate(&format!(
            "(async () => {{
                const urls = [];
                for (const name of await caches.keys())
                    if (name.includes({version:?}))
                        urls.push(...(await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname.slice(1)));
                return urls;
            }})()"
        ));
        let urls = found.as_array().unwrap();
        urls.iter()
            .map(|url| url.as_str().unwrap().to_owned())
            .collect()
    }

    fn registrations(&self) -> Value {
        self.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.length)")
    }
}

/// A page's h1, as text.
fn heading(site: &Path, path: &str) -> String {
    let html = fs::read_to_string(site.join(path).join("index.html")).unwrap();
    let inner = html.split_once("<h1").unwrap().1.split_once('>').unwrap().1;
    let inner = inner.split_once("</h1>").unwrap().0;
    let text = inner.replace("&amp;", "&").replace("&quot;", "\"");
    assert!(!text.contains('<'), "a heading is text: {text}");
    text
}

/// What a built worker says: its version, the size that it tells in units of 0.1 MB, and its list.
fn worker(site: &Path) -> (String, usize, Vec<String>) {
    let text = fs::read_to_string(site.join("sw.js")).unwrap();
    let between = |from: &str, to: &str| {
        let rest = text
            .split_once(from)
            .expect("the worker has its constants")
            .1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let size = between("SIZE=\"", " MB\"")
        .replace(',', "")
        .parse()
        .unwrap();
    let list: Value = serde_json::from_str(&between("FILES=", ";")).unwrap();
    let list = list.as_array().unwrap().iter();
    let list = list
        .map(|file| file[0].as_str().unwrap().to_owned())
        .collect();
    (between("VERSION=\"", "\""), size, list)
}

fn count(asked: &[String], wanted: impl Fn(&str) -> bool) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for path in asked.iter().filter(|path| wanted(path)) {
        *counts.entry(path.as_str()).or_insert(0) += 1;
    }
    counts
}

// --- the first visit --------------------------------------------------------------------------

#[test]
fn after_one_visit_everything_opens_without_a_network() {
    let site = &versions().old;
    let reader = Reader::new();
    let mark = reader.page.mark();
    reader.goto("");
    reader.wait_for(WHOLE);
    reader.wait_for_bar("Semua panduan tersimpan");
    assert_eq!(reader.page.complaints_since(mark), [""; 0]);
    reader.server.set_mood(Mood::Cut);
    reader.sees(site, "old", &[]);

    // However a page is spelled, it is the same.
    for spelling in [
        "email/hp-android/index.html",
        "email/hp-android/?x=1",
        "?utm=2",
        "index.html",
    ] {
        reader.goto(spelling);
        assert_eq!(reader.evaluate(FILES_ARE_THERE), json!(true), "{spelling}");
    }
    // What is not there is told, with a way to try again.
    reader.goto("tidak/ada/");
    reader
        .wait_for("location.pathname === '/tanpa-internet/' && document.readyState === 'complete'");
    reader.wait_for("document.getElementById('luring-belum').checkVisibility()");
    assert_eq!(
        reader.evaluate("document.querySelector('#luring-belum a').pathname"),
        json!("/tidak/ada/")
    );
    reader.wait_for(
        "document.getElementById('luring-keadaan').innerText.includes('Semua panduan tersimpan')",
    );
}

#[test]
fn without_a_network_a_look_up_says_so_and_a_passphrase_is_tested() {
    let reader = Reader::with_everything();
    reader.server.set_mood(Mood::Cut);

    reader.goto(LOOK_UP);
    reader.page.set_offline(true);
    reader.wait_for("document.querySelector('[data-island][data-ready]')");
    let document = reader.page.document();
    document.click("[data-island] input[type=text]");
    reader.page.type_text("199002282023211999");
    document.click("[data-island] button[type=submit]");
    reader.wait_for("document.querySelector('.result').innerText.includes('Sambungkan internet, lalu tekan Periksa lagi. Isian Anda masih ada.')");
    assert_eq!(
        reader.evaluate("document.querySelector('[data-island] input[type=text]').value"),
        json!("199002282023211999")
    );

    reader.goto(PASSPHRASE);
    reader.wait_for("document.querySelector('[data-island=uji-passphrase][data-ready]')");
    let frame = reader.page.frame();
    frame.wait_for("document.querySelector('main[data-island][data-ready]')");
    frame.click("#uji-isian");
    reader.page.type_text("Xk7#mP2qLz9&vT4w");
    frame.wait_for("document.querySelector('#uji-aturan [data-rule][data-state=ok]')");
    assert_eq!(
        reader.evaluate("document.documentElement.dataset.worker === undefined"),
        json!(true)
    );
}

#[test]
fn an_interrupted_visit_is_taken_up_again() {
    let site = &versions().old;
    let (_, _, list) = worker(site);
    // In the middle of the essentials, right after them, and in the middle of the rest.
    for requests in [9, 20, 45] {
        let reader = Reader::new();
        reader.server.set_mood(Mood::CutAfter(requests));
        reader.goto("email/");
        reader.wait_for_cut();
        // Whatever the worker was at has failed.
        let mut before = usize::MAX;
        wait_until("the worker to give up", || {
            std::thread::sleep(Duration::from_millis(700));
            let now = reader.kept("pandu").len();
            let still = now == before;
            before = now;
            still.then_some(())
        });
        let kept = reader.kept("pandu");
        assert!(kept.len() < list.len(), "{requests}: all is kept");
        if reader.evaluate(
            "navigator.serviceWorker.getRegistration().then(found => Boolean(found?.active))",
        ) == json!(true)
        {
            for path in kept.iter().filter(|path| !path.contains("assets/")) {
                reader.goto(path);
                assert_eq!(
                    reader
                        .page
                        .document()
                        .text("document.querySelector('h1').textContent"),
                    heading(site, path),
                    "{requests}"
                );
            }
        }

        reader.server.set_mood(Mood::Well);
        reader.goto("");
        reader.wait_for(WHOLE);
        let asked = reader.server.asked();
        let twice: Vec<_> = count(&asked, |path| {
            kept.contains(path) || path.starts_with("assets/")
        })
        .into_iter()
        // The pages that the reader opened were asked for by the browser, too.
        .filter(|(path, times)| {
            *times
                > if path.is_empty() || *path == "email/" {
                    3
                } else {
                    1
                }
        })
        .collect();
        assert_eq!(twice, [], "{requests}: fetched again");
        reader.server.set_mood(Mood::Cut);
        reader.sees(site, "old", &[]);
    }
}

#[test]
fn what_is_told_is_at_least_what_is_fetched_and_at_most_a_megabyte() {
    for agency in AGENCIES {
        let folder = whole_site().join(agency);
        let (_, tenths, list) = worker(&folder);
        let mut bytes = 0;
        for file in &list {
            let file = if file.is_empty() || file.ends_with('/') {
                folder.join(file).join("index.html")
            } else {
                folder.join(file)
            };
            let raw = fs::metadata(&file).expect("what is listed is there").len();
            let packed = fs::metadata(format!("{}.gz", file.display()));
            bytes += packed.map_or(raw, |packed| packed.len());
        }
        assert!(
            tenths * 100_000 >= usize::try_from(bytes).unwrap(),
            "{agency}: {bytes} bytes, {tenths}00 KB told"
        );
        assert!(tenths <= 10, "{agency}: {tenths}00 KB");
        let own: BTreeSet<_> = pages_below(&folder);
        let listed = list
            .iter()
            .filter(|file| !file.contains("assets/"))
            .cloned()
            .collect();
        assert_eq!(own, listed, "{agency}");
    }
}

/// The pages of one agency of a site, seen from its home page.
fn pages_below(folder: &Path) -> BTreeSet<String> {
    let prefix = format!("{}/", folder.file_name().unwrap().to_str().unwrap());
    let all = pages(folder.parent().unwrap()).into_iter();
    all.filter_map(|path| path.strip_prefix(&prefix).map(str::to_owned))
        .collect()
}

#[test]
fn agencies_of_one_site_keep_out_of_each_others_way() {
    let reader = Reader::of(whole_site());
    reader.goto("");
    assert_eq!(reader.registrations(), json!(0), "the chooser has a worker");
    reader.goto("diy/");
    reader.wait_for(WHOLE);
    reader.goto("mail-go-id/");
    reader.wait_for(
        "caches.keys().then(names => names.filter(name => name.endsWith(' utuh')).length === 2)",
    );
    assert_eq!(reader.registrations(), json!(2));
    reader.goto("mail-go-id/tanpa-internet/");
    reader.wait_for("document.querySelector('[data-do=hapus]').checkVisibility()");
    reader.page.document().click("[data-do=hapus]");
    reader.wait_for(
        "caches.keys().then(names => names.every(name => name.startsWith('pandu /diy/ ')))",
    );
    reader.server.set_mood(Mood::Cut);
    reader.goto("diy/bantuan/");
    assert_eq!(reader.evaluate(FILES_ARE_THERE), json!(true));
}

// --- consent ------------------------------------------------------------------------------------

#[test]
fn no_is_no_until_asked_for() {
    let reader = Reader::new();
    reader
        .server
        .set_mood(Mood::Slow(Duration::from_millis(150)));
    reader.goto("email/");
    reader.wait_for_bar("MB) di perangkat ini");
    reader.press("Jangan");
    reader.wait_for("caches.keys().then(names => !names.length)");
    assert_eq!(reader.registrations(), json!(0));
    reader.server.set_mood(Mood::Well);
    reader.goto("");
    assert_eq!(reader.registrations(), json!(0));
    assert_eq!(reader.evaluate(BAR), json!(""));

    reader.goto(OFFLINE);
    reader.wait_for("document.getElementById('luring-keadaan').innerText.includes('Belum ada')");
    reader.page.document().click("[data-do=simpan]");
    reader.wait_for(WHOLE);
    reader.wait_for(
        "document.getElementById('luring-keadaan')?.innerText.includes('Semua panduan tersimpan')",
    );
    reader.page.document().click("[data-do=hapus]");
    reader.wait_for("caches.keys().then(names => !names.length)");
    reader.goto("");
    assert_eq!(reader.registrations(), json!(0));
}

#[test]
fn who_saves_data_is_asked_nothing_of() {
    let reader = Reader::new();
    reader.page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": "Object.defineProperty(Navigator.prototype, 'connection', {get: () => ({saveData: true})})"}),
    );
    reader.goto("email/");
    reader.wait_for("navigator.serviceWorker.controller");
    reader.goto("email/hp-android/");
    reader.goto(OFFLINE);
    reader
        .wait_for("document.getElementById('luring-keadaan').innerText.includes('Baru sebagian')");
    let seen = reader.kept("pandu");
    let seen: Vec<_> = seen
        .iter()
        .filter(|path| !path.contains("assets/"))
        .collect();
    assert_eq!(seen, ["", "email/", "email/hp-android/", "tanpa-internet/"]);
    assert_eq!(reader.evaluate(BAR), json!(""));
    reader.page.document().click("[data-do=simpan]");
    reader.wait_for(WHOLE);
}

#[test]
fn a_device_without_room_shows_the_site_as_ever() {
    let reader = Reader::new();
    let origin = reader.server.url("");
    reader.page.call(
        "Storage.overrideQuotaForOrigin",
        json!({"origin": origin.trim_end_matches('/'), "quotaSize": 20_000}),
    );
    for path in ["", "email/", LETTER, LOOK_UP] {
        let mark = reader.page.mark();
        reader.goto(path);
        assert_eq!(reader.evaluate(FILES_ARE_THERE), json!(true), "/{path}");
        // The worker itself cannot be installed, and that is all.
        let complaints = reader.page.complaints_since(mark);
        let others = complaints.iter().filter(|said| !said.contains("/sw.js"));
        assert_eq!(others.count(), 0, "/{path}: {complaints:?}");
    }
}

// --- a new version --------------------------------------------------------------------------------

#[test]
fn a_new_version_takes_over_whole_when_the_reader_says_so() {
    let Versions { old, new, .. } = versions();
    let reader = Reader::with_everything();
    reader.server.deploy(new);
    reader.goto("");
    reader.wait_for_bar("Panduan sudah diperbarui.");
    reader.sees(old, "old", &[]);
    reader.goto("email/");
    reader.press("Muat yang baru");
    reader.wait_for("document.querySelector('main')?.dataset.version === 'new'");
    assert_eq!(reader.evaluate(BAR), json!(""));
    reader.server.set_mood(Mood::Cut);
    reader.sees(new, "new", &[]);
    reader.server.set_mood(Mood::Well);
    reader.goto(REMOVED);
    assert_eq!(
        reader.evaluate("document.querySelector('h1').textContent"),
        json!("Halaman tidak ditemukan")
    );
    assert!(reader.kept(&worker(new).0).contains(ADDED));
    // Unchanged files were copied, not fetched.
    let asked = reader.server.asked();
    let code: Vec<_> = count(&asked, |path| path.ends_with(".wasm"))
        .into_iter()
        .collect();
    assert!(code.iter().all(|(_, times)| *times == 1), "{code:?}");
}

#[test]
fn a_new_version_that_is_interrupted_is_not_seen() {
    let Versions { old, new, .. } = versions();
    let reader = Reader::with_everything();
    reader.server.deploy(new);
    reader.server.set_mood(Mood::CutAfter(15));
    reader.goto("");
    reader.wait_for_cut();
    wait_until("the worker to give up", || {
        std::thread::sleep(Duration::from_millis(100));
        (reader.evaluate("navigator.serviceWorker.getRegistration().then(found => !found.installing && !found.waiting)") == json!(true)).then_some(())
    });
    let begun = reader.kept(&worker(new).0);
    assert!(begun.len() > 1 && begun.len() < worker(new).2.len());
    reader.sees(old, "old", &[]);
    reader.server.set_mood(Mood::Well);
    reader.goto("");
    reader.sees(old, "old", &[]);
    reader.read_until(&format!("{BAR}.includes('diperbarui')"));
    reader.press("Muat yang baru");
    reader.wait_for("document.querySelector('main')?.dataset.version === 'new'");
    reader.server.set_mood(Mood::Cut);
    reader.sees(new, "new", &[]);
}

#[test]
fn another_tab_keeps_what_is_filled_in() {
    let Versions { new, .. } = versions();
    let reader = Reader::with_everything();
    let other = reader.browser.page_with_worker();
    other.goto(&reader.server.url(LETTER));
    let document = other.document();
    document.wait_for("document.querySelector('.surat .isian')");
    document.evaluate("document.querySelector('.surat .isian').value = 'Siti'");
    reader.server.deploy(new);
    reader.goto("");
    reader.press("Muat yang baru");
    reader.wait_for("document.querySelector('main')?.dataset.version === 'new'");
    document.wait_for(&format!("{BAR}.includes('Panduan sudah diperbarui.')"));
    assert_eq!(document.evaluate(VERSION), json!(["old", "old"]));
    assert_eq!(
        document.evaluate("document.querySelector('.surat .isian').value"),
        json!("Siti")
    );
    // What it still asks for is of its own version, though the server has it no more.
    let style = document.text("document.querySelector('link[rel=stylesheet]').href");
    assert_eq!(
        document.evaluate(&format!("fetch({style:?}).then(answer => answer.status)")),
        json!(200)
    );
    document.click(".luring button");
    document.wait_for("document.querySelector('main')?.dataset.version === 'new'");
}

#[test]
fn who_has_only_some_pages_gets_the_new_ones_at_once() {
    let Versions { new, .. } = versions();
    let reader = Reader::new();
    reader.page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": "Object.defineProperty(Navigator.prototype, 'connection', {get: () => ({saveData: true})})"}),
    );
    reader.goto("");
    reader.wait_for("navigator.serviceWorker.controller");
    reader.server.deploy(new);
    reader.goto("");
    reader.wait_for_bar("Panduan sudah diperbarui.");
    reader.press("Muat yang baru");
    reader.wait_for("document.querySelector('main')?.dataset.version === 'new'");
    reader.sees(new, "new", &[]);
}

// --- hosts and networks that fail ---------------------------------------------------------------

#[test]
fn kept_pages_open_at_once_whatever_the_network_does() {
    let reader = Reader::with_everything();
    let moods = [
        Mood::Slow(Duration::from_secs(5)),
        Mood::Hangs,
        Mood::Fails("500 Internal Server Error"),
        Mood::Fails("503 Service Unavailable"),
        Mood::Portal,
        Mood::PortalElsewhere,
    ];
    for mood in moods {
        reader.server.set_mood(mood);
        for path in ["", "email/hp-android/", LETTER] {
            let begin = Instant::now();
            reader.goto(path);
            let took = begin.elapsed();
            assert!(
                took < Duration::from_secs(2),
                "{mood:?}: /{path} took {took:?}"
            );
            assert_eq!(
                reader.evaluate(VERSION),
                json!(["old", "old"]),
                "{mood:?}: /{path}"
            );
        }
    }
    reader.server.set_mood(Mood::Cut);
    reader.sees(&versions().old, "old", &[]);
}

#[test]
fn what_a_network_puts_in_a_pages_place_is_never_kept() {
    let reader = Reader::new();
    reader.page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": "Object.defineProperty(Navigator.prototype, 'connection', {get: () => ({saveData: true})})"}),
    );
    reader.goto("");
    reader.wait_for("navigator.serviceWorker.controller");
    let before = reader.kept("pandu");
    reader.server.set_mood(Mood::Portal);
    reader.goto("email/");
    assert_eq!(
        reader.evaluate("document.title"),
        json!("Login"),
        "one must be able to log in"
    );
    reader
        .server
        .set_mood(Mood::Fails("500 Internal Server Error"));
    reader
        .page
        .call("Page.navigate", json!({"url": reader.server.url("tte/")}));
    reader.server.set_mood(Mood::Well);
    reader.goto("");
    assert_eq!(reader.kept("pandu"), before);
    reader.goto("email/");
    assert_eq!(reader.evaluate(VERSION), json!(["old", "old"]));
}

// --- privacy ----------------------------------------------------------------------------------------

#[test]
fn look_ups_are_never_kept() {
    let lookup = Snapshot::practice(Hours::Always).serve(&versions().old);
    let browser = Browser::start_for_workers();
    let page = browser.page_with_worker();
    page.goto(&lookup.url(""));
    page.document().wait_for(WHOLE);
    page.goto(&lookup.url(LOOK_UP));
    let document = page.document();
    document.wait_for(
        "document.querySelector('[data-island][data-ready]') && navigator.serviceWorker.controller",
    );
    document.click("[data-island] input[type=text]");
    page.type_text("199002282023211999");
    document.click("[data-island] button[type=submit]");
    document.wait_for("document.querySelector('.result')?.innerText.includes('ditemukan')");
    let kept = document.evaluate(
        "(async () => {
            const found = [];
            for (const name of await caches.keys()) {
                const cache = await caches.open(name);
                for (const request of await cache.keys()) {
                    const text = await (await cache.match(request)).text();
                    const url = new URL(request.url);
                    // Pages of practice hold the invented people themselves.
                    const asked = text.includes('199002282023211999') && !url.pathname.startsWith('/latihan/');
                    if (url.pathname.includes('/api/') || asked || request.method !== 'GET') found.push(request.url);
                }
            }
            return found.concat(Object.entries(localStorage).flat().filter(text => text.includes('1990')));
        })()",
    );
    assert_eq!(kept, json!([]));
}

// --- the end ----------------------------------------------------------------------------------------

#[test]
fn the_last_worker_takes_everything_away_and_reloads_nobody() {
    let reader = Reader::with_everything();
    reader.goto(LETTER);
    reader.wait_for("document.querySelector('.surat .isian')");
    reader.evaluate("document.querySelector('.surat .isian').value = 'Siti'");
    reader.server.deploy(&versions().gone);
    let other = reader.browser.page_with_worker();
    let begin = Instant::now();
    while reader.evaluate("caches.keys().then(names => names.length === 0)") != json!(true) {
        assert!(
            begin.elapsed() < Duration::from_secs(60),
            "the last worker never comes"
        );
        if other
            .document()
            .evaluate("performance.now() > 6000 || location.protocol === 'about:'")
            == json!(true)
        {
            other.goto(&reader.server.url("email/"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    reader.wait_for("navigator.serviceWorker.getRegistrations().then(all => !all.length)");
    assert_eq!(
        reader.evaluate("document.querySelector('.surat .isian').value"),
        json!("Siti")
    );
    let gone = &versions().gone;
    reader.sees(gone, "new", &[]);
    assert_eq!(reader.registrations(), json!(0));
    assert!(
        !gone.join(OFFLINE).exists(),
        "a page tells of what is not done"
    );
}

#[test]
fn where_the_site_has_no_worker_any_more_nothing_old_is_shown_for_ever() {
    let reader = Reader::with_everything();
    reader.server.deploy(&versions().new);
    reader.server.set_mood(Mood::Lacks("sw.js"));
    reader.read_until("caches.keys().then(names => !names.length)");
    reader.goto("email/");
    assert_eq!(reader.evaluate(VERSION), json!(["new", "new"]));
}

// --- installing ---------------------------------------------------------------------------------------

#[test]
fn the_site_can_be_installed() {
    let reader = Reader::of(whole_site());
    for agency in AGENCIES {
        reader.goto(&format!("{agency}/"));
        let manifest = reader.page.call("Page.getAppManifest", json!({}));
        assert_eq!(manifest["errors"], json!([]), "{agency}");
        let errors = reader.page.call("Page.getInstallabilityErrors", json!({}));
        assert_eq!(errors["installabilityErrors"], json!([]), "{agency}");
        let icons = reader.evaluate(
            "Promise.all(['ikon-192.png', 'ikon-512.png', 'ikon-penuh.png', 'ikon-apple.png'].map(async name => {
                const picture = await createImageBitmap(await (await fetch(name)).blob());
                return picture.width;
            }))",
        );
        assert_eq!(icons, json!([192, 512, 512, 180]), "{agency}");
        let small = whole_site().join(agency).join("ikon-192.png");
        assert!(fs::metadata(small).unwrap().len() <= 4096, "{agency}");
    }
}
