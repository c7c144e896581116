//! The site of all agencies in a real browser: every page sound on a phone, the choice of the agency on the home
//! page, drawn screens, charts and code blocks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::page::Page;
use tests::process::project;
use tests::product::{AGENCIES, AGENCY, pages, pages_and_decks, site, whole_site, work_folder};
use tests::quoted::quoted;
use tests::web_server::WebServer;

/// What is wrong with a page at sight, as a list of texts. Links to elsewhere are the build's own check.
const FAULTS: &str = "(() => {
    const faults = [];
    const shown = element => element.checkVisibility({visibilityProperty: true});
    const headings = [...document.querySelectorAll('h1')];
    if (headings.length !== 1 || !headings.every(shown)) faults.push(headings.length + ' h1');
    const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
    for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) faults.push('id twice: ' + id);
    for (const list of document.querySelectorAll('ul, ol'))
        if (!list.children.length && shown(list)) faults.push('empty list in ' + list.parentElement.innerText.slice(0, 120));
    for (const link of document.querySelectorAll('a')) {
        const href = link.getAttribute('href');
        const words = link.textContent.trim() || link.getAttribute('aria-label');
        if (!shown(link)) continue;
        if (!words) faults.push('nameless link to ' + href);
        if (href === null) { faults.push('leads nowhere: ' + words); continue; }
        const url = new URL(href, location.href);
        if (url.pathname === location.pathname && url.hash
            && !document.getElementById(decodeURIComponent(url.hash.slice(1))))
            faults.push('no such place: ' + href);
        if (url.protocol === 'tel:') {
            if (!/^tel:\\+62\\d{8,12}$/.test(href)) faults.push('no number: ' + href);
            // A number that is shown is the number that is called.
            const digits = words.replace(/\\D/g, '').replace(/^0/, '62');
            if (digits && href !== 'tel:+' + digits) faults.push(words + ' calls ' + href);
        } else if (url.hostname === 'wa.me' && url.pathname === '/') {
            // Passes the page on, to whom the reader chooses.
            const passed = url.searchParams.get('text') ?? '';
            if (!passed.endsWith(document.querySelector('link[rel=canonical]').href)) faults.push('passes on no address: ' + href);
        } else if (url.hostname === 'wa.me') {
            if (!/^https:\\/\\/wa\\.me\\/62\\d{8,12}$/.test(href)) faults.push('no WhatsApp number: ' + href);
            const digits = words.replace(/\\D/g, '').replace(/^0/, '62');
            if (digits && !href.endsWith('/' + digits)) faults.push(words + ' writes to ' + href);
        } else if (url.protocol === 'mailto:') {
            if (!/^mailto:[\\w.+-]+@[\\w-]+(\\.[\\w-]+)+$/.test(href)) faults.push('no address: ' + href);
        } else if (url.origin !== location.origin && url.protocol !== 'https:') {
            faults.push('neither https nor ours: ' + href);
        }
    }
    for (const entry of performance.getEntriesByType('resource'))
        if (entry.responseStatus >= 400 && !entry.name.includes('/api/')) faults.push('not found: ' + entry.name);
    return faults;
})()";

/// What sticks out to the right, where anything does.
const TOO_WIDE: &str = "(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return '';
    const wide = [...document.querySelectorAll('body *')].filter(element => element.getBoundingClientRect().right > width + 0.5);
    return document.documentElement.scrollWidth + ' px, by ' + (wide.at(-1)?.outerHTML.slice(0, 160) ?? '?');
})()";

fn tab() -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    (browser, page)
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

#[test]
fn every_page_of_every_agency_is_sound_on_a_phone() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let mut paths = pages_and_decks(whole_site());
    for agency in AGENCIES {
        assert!(
            paths.contains(&format!("{agency}/")),
            "{agency} has no home page"
        );
    }
    paths.push("tidak/ada/".to_owned());
    let mut faults = Vec::new();
    for path in paths {
        page.set_device(360, 740, false);
        let mark = page.mark();
        page.goto(&server.url(&path));
        let document = page.document();
        let mut wrong = texts(&document.evaluate(FAULTS));
        let too_wide = document.text(TOO_WIDE);
        if !too_wide.is_empty() {
            wrong.push(format!("at 360 px: {too_wide}"));
        }
        page.set_device(320, 640, false);
        let too_wide = document.text(TOO_WIDE);
        if !too_wide.is_empty() {
            wrong.push(format!("at 320 px: {too_wide}"));
        }
        wrong.extend(page.complaints_since(mark));
        let foreign = page.requests_since(mark).into_iter().filter(|request| {
            !request.url.starts_with(&server.url("")) && !request.url.starts_with("data:")
        });
        wrong.extend(foreign.map(|request| format!("asks others: {}", request.url)));
        faults.extend(wrong.into_iter().map(|fault| format!("/{path}: {fault}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

// --- the choice of the agency ---------------------------------------------------------------

/// Whether the earlier choice is offered, and what it says.
const OFFER: &str = "(() => {
    const offer = document.querySelector('[role=group][aria-label=\"Pilihan Anda sebelumnya\"]');
    return offer.checkVisibility() ? offer.querySelector('a').innerText.trim() : '';
})()";

/// All that a page can keep on a device.
const KEPT: &str = "(async () => ({
    local: {...localStorage},
    session: {...sessionStorage},
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    cookies: document.cookie,
}))()";

/// Gives the one link with these words a name by which it can be clicked.
fn mark_link(page: &Page, within: &str, words: &str) -> String {
    page.document().evaluate(&format!(
        "(() => {{
            const found = [...document.querySelectorAll('{within} a')].filter(link => link.innerText.trim() === {words:?});
            if (found.length !== 1) throw new Error(found.length + ' links say ' + {words:?});
            found[0].dataset.uji = 'tautan';
        }})()"
    ));
    "a[data-uji=tautan]".to_owned()
}

#[test]
fn the_agency_once_chosen_comes_first_and_is_told_to_nobody() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let document = page.document();
    page.goto(&server.url(""));
    assert_eq!(document.text(OFFER), "", "nothing has been chosen yet");
    let offered = |what: &str| {
        let found = document.evaluate(&format!(
            "[...document.querySelectorAll('main a[href]')].filter(link => link.checkVisibility()).map(link => {what})"
        ));
        texts(&found)
    };
    let mut homes = offered("new URL(link.href).pathname");
    homes.sort();
    assert_eq!(
        homes,
        AGENCIES.map(|agency| format!("/{agency}/")),
        "the home page offers each agency once"
    );
    let names = offered("link.innerText.trim()");
    assert!(names.is_sorted(), "nobody finds his agency here: {names:?}");
    let kept = document.evaluate(KEPT);
    assert_eq!(kept["local"], json!({}), "{kept}");

    for agency in AGENCIES {
        page.goto(&server.url(""));
        let words = document.text(&format!(
            "document.querySelector('main a[href=\"{agency}/\"][data-instansi]').innerText.trim()"
        ));
        let link = mark_link(&page, "main li", &words);
        let mark = page.mark();
        document.click(&link);
        page.wait_for_load(mark);
        assert_eq!(
            document.text("location.pathname + location.search"),
            format!("/{agency}/")
        );
        let sent = page.requests_since(mark);
        assert!(
            sent.iter().all(|request| request.method == "GET"),
            "{sent:?}"
        );

        // Back by the browser's button, and by the agency's own link: it stands first.
        let offer = format!("Lanjutkan ke {words}");
        page.back();
        document.wait_for("document.readyState === 'complete' && location.pathname === '/'");
        document.wait_for(&format!("{OFFER} === {offer:?}"));
        page.goto(&server.url(&format!("{agency}/")));
        let back = mark_link(&page, "footer", "Ganti instansi");
        let mark = page.mark();
        document.click(&back);
        page.wait_for_load(mark);
        assert_eq!(document.text("location.pathname"), "/");
        assert_eq!(document.text(OFFER), offer);
        assert_eq!(
            document.evaluate("(() => {
                const offer = [...document.querySelectorAll('main a')].find(link => link.innerText.startsWith('Lanjutkan ke'));
                return [...document.querySelectorAll('main a')].every(link => link === offer || offer.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING);
            })()"),
            json!(true),
            "{offer} does not come first"
        );

        // The device keeps the id and nothing else; a fresh visit tells nobody.
        let mark = page.mark();
        page.goto(&server.url(""));
        assert_eq!(document.text(OFFER), offer);
        for request in page.requests_since(mark) {
            assert!(
                !request.url.contains(agency) && !request.headers.contains(agency),
                "the home page tells the choice: {request:?}"
            );
        }
        assert_eq!(
            document.evaluate(KEPT),
            json!({"local": {"pandu.instansi": agency}, "session": {}, "databases": [], "caches": [], "cookies": ""})
        );
        let go = mark_link(&page, "main", &offer);
        let mark = page.mark();
        document.click(&go);
        page.wait_for_load(mark);
        assert_eq!(document.text("location.pathname"), format!("/{agency}/"));
    }

    page.goto(&server.url(""));
    let mark = page.mark();
    document.evaluate("[...document.querySelectorAll('main button')].find(button => button.innerText.trim() === 'Lupakan').dataset.uji = 'lupakan'");
    document.click("button[data-uji=lupakan]");
    document.wait_for("[...document.querySelectorAll('[role=status]')].some(status => status.innerText.includes('dihapus dari perangkat'))");
    assert_eq!(document.text(OFFER), "");
    assert_eq!(document.evaluate(KEPT)["local"], json!({}));
    assert_eq!(
        document.text("document.activeElement.localName"),
        "a",
        "the keyboard is lost with the button"
    );
    assert!(page.requests_since(mark).is_empty());
    page.goto(&server.url(""));
    assert_eq!(document.text(OFFER), "");
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn what_a_device_has_kept_can_be_wrong_or_refused() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    page.goto(&server.url(""));
    // An agency that is no longer there, and something else altogether.
    for kept in ["kota-lama", "", "<img src=x>", "toString"] {
        page.document()
            .evaluate(&format!("localStorage.setItem('pandu.instansi', {kept:?})"));
        let mark = page.mark();
        page.goto(&server.url(""));
        assert_eq!(page.document().text(OFFER), "", "{kept}");
        assert_eq!(page.complaints_since(mark), [""; 0], "{kept}");
    }
    // A browser that lets no page keep anything.
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"}),
    );
    let mark = page.mark();
    page.goto(&server.url(""));
    assert_eq!(page.document().text(OFFER), "");
    let words = page
        .document()
        .text("document.querySelector('main a[data-instansi]').innerText.trim()");
    let link = mark_link(&page, "main li", &words);
    page.document().click(&link);
    page.document().wait_for("location.pathname !== '/'");
    assert_eq!(page.complaints_since(mark), [""; 0]);
}

#[test]
fn without_script_the_home_page_leads_to_each_agency_and_back() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    page.disable_scripts();
    for agency in AGENCIES {
        page.goto(&server.url(""));
        assert_eq!(page.document().text(OFFER), "");
        let mark = page.mark();
        page.tap(&format!("main a[href='{agency}/'][data-instansi]"));
        page.wait_for_load(mark);
        assert_eq!(
            page.document().text("location.pathname"),
            format!("/{agency}/")
        );
        let back = mark_link(&page, "footer", "Ganti instansi");
        let mark = page.mark();
        page.tap(&back);
        page.wait_for_load(mark);
        assert_eq!(page.document().text("location.pathname"), "/");
    }
}

#[test]
fn whoever_arrives_directly_is_at_home_and_finds_the_other_agencies() {
    let server = WebServer::start(whole_site(), "/", None);
    for agency in AGENCIES {
        // A browser of its own: nothing is kept on this device.
        let (_browser, page) = tab();
        let paths = pages(whole_site());
        let inner = paths
            .iter()
            .filter(|path| path.starts_with(&format!("{agency}/")))
            .max_by_key(|path| path.matches('/').count())
            .unwrap();
        for path in [format!("{agency}/"), inner.clone()] {
            page.goto(&server.url(&path));
            assert_eq!(
                page.document()
                    .text("new URL(document.querySelector('header a[href]:not([href^=\"#\"])').href).pathname"),
                format!("/{agency}/"),
                "the name at the head of /{path} leads elsewhere"
            );
            let ways = page.document().evaluate("[...document.querySelectorAll('a')].filter(link => link.textContent.trim() === 'Ganti instansi').map(link => new URL(link.href).pathname)");
            assert!(
                !texts(&ways).is_empty() && texts(&ways).iter().all(|way| way == "/"),
                "/{path}: {ways}"
            );
            assert_eq!(
                page.document().evaluate(KEPT)["local"],
                json!({}),
                "/{path}"
            );
        }
    }
}

#[test]
fn a_site_of_one_agency_has_nothing_to_choose() {
    let server = WebServer::start(site(), "/", None);
    let (_browser, page) = tab();
    for path in pages(site()) {
        page.goto(&server.url(&path));
        assert_eq!(
            page.document().evaluate("document.querySelector('[data-instansi]') === null && !/Ganti instansi|Di mana Anda bekerja|Lanjutkan ke/.test(document.body.textContent)"),
            json!(true),
            "/{path} of {AGENCY} alone offers a choice of agencies"
        );
    }
}

// --- drawn screens, charts, code ------------------------------------------------------------

/// Pages of the whole site in whose document something stands.
fn pages_with(words: &str) -> Vec<String> {
    let mut found: Vec<String> = pages(whole_site())
        .into_iter()
        .filter(|path| {
            let file = whole_site().join(path).join("index.html");
            quoted(&std::fs::read_to_string(file).unwrap()).contains(words)
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_drawn_screen_is_the_same_picture_in_light_and_dark() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let document = page.document();
    for kind in ["hp", "formulir", "kotak-masuk"] {
        let drawn = pages_with(&format!("layar--{kind}"));
        assert!(!drawn.is_empty(), "no page has a drawn {kind}");
        for agency in AGENCIES {
            let Some(path) = drawn
                .iter()
                .find(|path| path.starts_with(&format!("{agency}/")))
            else {
                continue;
            };
            let place = format!("{kind} of /{path}");
            let mut pictures = Vec::new();
            for dark in [false, true] {
                page.set_device(360, 740, dark);
                page.goto(&server.url(path));
                document.evaluate(&format!(
                    "(() => {{
                        const picture = document.querySelector('figure.layar--{kind} [aria-hidden=true]');
                        picture.dataset.uji = 'gambar';
                        // What stays in sight may lie over it, and has the page's colours.
                        for (const over of document.querySelectorAll('.bottom-bar, .toc')) over.remove();
                        for (let row = picture.closest('details'); row; row = row.parentElement.closest('details')) row.open = true;
                    }})()"
                ));
                pictures.push(page.picture_of("[data-uji=gambar]"));
            }
            if pictures[0] != pictures[1] {
                for (picture, scheme) in pictures.iter().zip(["light", "dark"]) {
                    std::fs::write(work_folder().join(format!("{kind}-{scheme}.png")), picture)
                        .unwrap();
                }
                panic!(
                    "{place} differs between light and dark: see {}",
                    work_folder().display()
                );
            }
            assert!(pictures[0].len() > 2_000, "{place} is an empty picture");
        }
    }
}

#[test]
fn every_field_of_every_drawn_screen_is_told_in_words_and_the_drawing_itself_is_not() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let document = page.document();
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut screens = 0;
    for path in pages_with("class=\"layar ") {
        page.goto(&server.url(&path));
        let count = document
            .evaluate("document.querySelectorAll('figure:has(> [aria-hidden=true])').length")
            .as_u64()
            .unwrap();
        assert!(count > 0, "/{path} has no drawn screen");
        for screen in 0..count {
            // This one alone on the page, so that nothing else can be taken for its words.
            document.evaluate(&format!(
                "(() => {{
                    document.querySelectorAll('[data-uji]').forEach(old => {{ delete old.dataset.uji; }});
                    document.querySelectorAll('[data-fort]').forEach(other => {{ other.style.display = ''; delete other.dataset.fort; }});
                    const figure = document.querySelectorAll('figure:has(> [aria-hidden=true])')[{screen}];
                    figure.querySelector(':scope > [aria-hidden=true]').dataset.uji = 'gambar';
                    for (let part = figure; part !== document.body; part = part.parentElement) {{
                        if (part.localName === 'details') part.open = true;
                        for (const other of part.parentElement.children)
                            if (other !== part) {{ other.style.display = 'none'; other.dataset.fort = ''; }}
                    }}
                }})()"
            ));
            let place = format!("screen {screen} of /{path}");
            let parts = |within: &str| {
                let parts = document.evaluate(&format!(
                    "[...document.querySelectorAll('{within}')].filter(part => !part.children.length && part.textContent.trim()).map(part => part.textContent.trim())"
                ));
                texts(&parts)
            };
            let drawn = parts("[data-uji=gambar] *");
            let notes = parts("[data-uji=gambar] ~ ol :not([aria-hidden], [aria-hidden] *)");
            assert!(!notes.is_empty(), "{place} explains nothing");
            let said: String = page
                .accessible()
                .into_iter()
                .filter(|(role, _)| role == "StaticText")
                .map(|(_, name)| name + " ")
                .collect();
            let said = squeezed(&said);
            let trimmings = |words: &str| {
                // The numbers of the fields, a telephone's clock, an inbox's head.
                words.parse::<u8>().is_ok() || ["09.41", "Kotak Masuk"].contains(&words)
            };
            for words in drawn.iter().filter(|words| !trimmings(words)).chain(&notes) {
                assert!(
                    said.contains(&squeezed(words)),
                    "{place}: {words:?} is not said: {said}"
                );
            }
            assert!(!said.contains("09.41"), "{place} is read out itself");
            let reachable = document.evaluate(
                "(() => {
                    const inside = [...document.querySelectorAll('[data-uji=gambar] *')];
                    return inside.filter(part => { part.focus?.(); return document.activeElement === part; }).length;
                })()",
            );
            assert_eq!(reachable, json!(0), "the keyboard gets into {place}");
            screens += 1;
        }
    }
    assert!(screens > 20, "only {screens} drawn screens");
}

#[test]
fn every_chart_has_a_name_and_its_numbers_as_a_table() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let document = page.document();
    let charts = pages_with("class=\"grafik\"");
    assert!(!charts.is_empty());
    for path in charts {
        page.goto(&server.url(&path));
        let named = page
            .accessible()
            .into_iter()
            .filter(|(role, name)| role == "image" && !name.trim().is_empty())
            .count();
        let count = document
            .evaluate("document.querySelectorAll('figure svg[role=img]').length")
            .as_u64()
            .unwrap();
        assert!(count > 0, "/{path} has no drawing");
        assert_eq!(
            u64::try_from(named).unwrap(),
            count,
            "/{path}: charts without a name"
        );
        for chart in 0..count {
            document.evaluate(&format!(
                "(() => {{
                    document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
                    const figure = document.querySelectorAll('figure:has(svg[role=img])')[{chart}];
                    figure.dataset.uji = 'grafik';
                    figure.querySelector('summary').dataset.uji = 'angka';
                }})()"
            ));
            document.click("[data-uji=angka]");
            document
                .wait_for("document.querySelector('[data-uji=grafik] table').checkVisibility()");
            let shown = texts(&document.evaluate(
                "[...document.querySelectorAll('[data-uji=grafik] svg text')].map(text => text.textContent)",
            ));
            let rows = document.evaluate(
                "[...document.querySelectorAll('[data-uji=grafik] tbody tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))",
            );
            let rows = rows.as_array().unwrap();
            assert!(
                !rows.is_empty(),
                "/{path}: chart {chart} has an empty table"
            );
            let mut numbers = 0;
            for row in rows {
                let row = texts(row);
                let (name, values) = row.split_first().unwrap();
                assert!(
                    shown.iter().any(|text| text.contains(name)),
                    "/{path}: {name} is in the table, not in the drawing"
                );
                for value in values {
                    assert!(
                        value.starts_with(|sign: char| sign.is_ascii_digit()),
                        "/{path}: {value}"
                    );
                    assert!(
                        shown
                            .iter()
                            .any(|text| text.split([' ', '%']).any(|word| word == value)),
                        "/{path}: {value} is in the table, not in the drawing: {shown:?}"
                    );
                    numbers += 1;
                }
            }
            // And nothing is drawn that the table lacks: every label with a number is counted.
            let drawn = shown
                .iter()
                .filter(|text| {
                    text.split(' ').any(|word| {
                        word.starts_with(|sign: char| sign.is_ascii_digit())
                            && rows.iter().flat_map(texts).any(|cell| cell == word)
                    })
                })
                .count();
            assert_eq!(drawn, numbers, "/{path}: {shown:?}\n{rows:?}");
        }
    }
}

#[test]
fn code_is_copied_whole_with_and_without_the_clipboard_interface() {
    let server = WebServer::start(whole_site(), "/", None);
    let (_browser, page) = tab();
    let document = page.document();
    page.call(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    page.call("Page.bringToFront", json!({}));
    let profile =
        std::fs::read_to_string(project().join("content/instansi/mail-go-id/instansi.toml"))
            .unwrap();
    let hosts: Vec<&str> = profile
        .split("[[email.mx]]")
        .skip(1)
        .map(|entry| {
            let (_, host) = entry.split_once("host = \"").unwrap();
            host.split_once('"').unwrap().0
        })
        .collect();
    assert_eq!(hosts.len(), 2, "{hosts:?}");
    let mut zone = false;
    for old_browser in [false, true] {
        if old_browser {
            page.call(
                "Page.addScriptToEvaluateOnNewDocument",
                json!({"source": "globalThis.theClipboard = navigator.clipboard; Object.defineProperty(navigator, 'clipboard', {value: undefined})"}),
            );
        }
        for path in pages_with("<pre") {
            page.goto(&server.url(&path));
            let count = document
                .evaluate("document.querySelectorAll('pre').length")
                .as_u64()
                .unwrap();
            for block in 0..count {
                let text = document.text(&format!(
                    "(() => {{
                        document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
                        const block = document.querySelectorAll('pre')[{block}];
                        const row = block.closest('details');
                        if (row) row.open = true;
                        [...block.parentElement.querySelectorAll('button')].find(button => /^Salin/.test(button.innerText)).dataset.uji = 'salin';
                        return block.textContent;
                    }})()"
                ));
                document.evaluate(
                    "(globalThis.theClipboard ?? navigator.clipboard).writeText('belum disalin')",
                );
                document.click("[data-uji=salin]");
                document.wait_for("[...document.querySelectorAll('[role=status]')].some(status => status.textContent.includes('Disalin'))");
                let copied =
                    document.text("(globalThis.theClipboard ?? navigator.clipboard).readText()");
                assert_eq!(copied, text, "/{path}, without clipboard: {old_browser}");
                // Set-up files are indented; nothing hangs on at a line's end.
                assert!(
                    copied.lines().all(|line| line == line.trim_end()),
                    "{copied:?}"
                );
                if path.starts_with("mail-go-id/")
                    && hosts.iter().all(|host| {
                        copied.lines().any(|line| {
                            let words: Vec<_> = line.split_whitespace().collect();
                            matches!(words[..], ["@", "IN", "MX", priority, name]
                                if priority.parse::<u16>().is_ok() && name == format!("{host}."))
                        })
                    })
                {
                    assert_eq!(copied.lines().count(), hosts.len(), "{copied}");
                    zone = true;
                }
            }
        }
        assert!(zone, "no page has both MX records as a zone snippet");
        zone = false;
    }
}
