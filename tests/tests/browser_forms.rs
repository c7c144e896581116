//! Letters and forms in a real browser: filled in, rows added and removed, printed, saved to a file, without scripts
//! too; and nothing of what was typed is sent or kept.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::needle::{Needle, find_in_folder};
use tests::page::{Document, Page};
use tests::product::{pages, whole_site, work_folder};
use tests::wait_until;
use tests::web_server::WebServer;

/// Typed into the first fields of every form. Nobody has this name; nothing else holds it.
const NAME: &str = "Wirasaba \"Kertanegara\" & <b>Putri</b>";
const NUMBER: &str = "198402292009121987";

fn tab(width: u32) -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(width, 800, false);
    (browser, page)
}

fn server() -> WebServer {
    WebServer::start(whole_site(), "/", None)
}

/// Path of every page that holds a form, and the forms of all agencies are at least these.
fn forms() -> Vec<String> {
    let found: Vec<String> = pages(whole_site())
        .into_iter()
        .filter(|path| {
            let file = whole_site().join(path).join("index.html");
            std::fs::read_to_string(file)
                .unwrap()
                .contains("data-formulir=")
        })
        .collect();
    for agency in ["diy", "mail-go-id", "sulawesi-tengah"] {
        assert!(
            found
                .iter()
                .any(|path| path.starts_with(&format!("{agency}/"))),
            "{agency} has no form: {found:?}"
        );
    }
    found
}

/// Every field of the page's forms, in its order.
const FIELDS: &str =
    "[...document.querySelectorAll('[data-formulir] :is(input, textarea, select)')]";

/// What stands in them: their text, the option chosen, or whether they are ticked.
fn values(document: &Document) -> Vec<Value> {
    document
        .evaluate(&format!(
            "{FIELDS}.map(field => field.type === 'checkbox' ? field.checked : field.value)"
        ))
        .as_array()
        .unwrap()
        .clone()
}

/// Fills in every field as a person would, each with something of its own; gives what must now stand in the form.
fn fill_in(page: &Page, tap: impl Fn(&Page, &str)) -> Vec<Value> {
    let document = page.document();
    let kinds = document.evaluate(&format!(
        "{FIELDS}.map(field => field.localName === 'select' ? 'select' : field.type === 'checkbox' ? 'checkbox' : field.inputMode)"
    ));
    let mut wanted = Vec::new();
    for (at, kind) in kinds.as_array().unwrap().iter().enumerate() {
        document.evaluate(&format!(
            "(() => {{
                document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
                {FIELDS}[{at}].dataset.uji = 'isian';
            }})()"
        ));
        match kind.as_str().unwrap() {
            "checkbox" => {
                tap(page, "[data-uji=isian]");
                wanted.push(json!(true));
            }
            "select" => {
                document.evaluate("document.querySelector('[data-uji=isian]').focus()");
                page.press("ArrowDown");
                wanted.push(
                    document
                        .evaluate("document.querySelector('[data-uji=isian]').options[1].value"),
                );
            }
            "numeric" => {
                tap(page, "[data-uji=isian]");
                let text = format!("{NUMBER}{at:02}");
                page.insert_text(&text);
                wanted.push(json!(text));
            }
            _ => {
                tap(page, "[data-uji=isian]");
                let text = format!("{NAME} {at:02}");
                page.insert_text(&text);
                wanted.push(json!(text));
            }
        }
    }
    assert!(wanted.len() > 3, "the form has too few fields");
    assert_eq!(
        values(&document),
        wanted,
        "not every field takes what is typed"
    );
    wanted
}

/// The texts among what was filled in.
fn typed(values: &[Value]) -> Vec<&str> {
    values.iter().filter_map(Value::as_str).collect()
}

/// Gives the one button with these words a name by which it can be clicked.
fn button(document: &Document, words: &str) -> &'static str {
    document.evaluate(&format!(
        "(() => {{
            document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
            const found = [...document.querySelectorAll('main button')].filter(button => button.innerText.trim() === {words:?});
            if (found.length !== 1) throw new Error(found.length + ' buttons say ' + {words:?});
            found[0].dataset.uji = 'tombol';
        }})()"
    ));
    "[data-uji=tombol]"
}

/// The text that a sheet of paper would show, fields that print as boxes included.
fn on_paper(page: &Page) -> String {
    page.set_paper(true);
    let text = page.document().text(
        "document.body.innerText + '\\n' + [...document.querySelectorAll('input, textarea, select')].filter(field => field.checkVisibility()).map(field => field.value).join('\\n')",
    );
    page.set_paper(false);
    text
}

/// How many sheets a PDF has.
fn sheets(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count()
}

/// The PDF has the letter on so many sheets as it needs, and is not blank.
fn assert_printed(page: &Page, path: &str) {
    let pdf = page.pdf();
    assert!(pdf.starts_with(b"%PDF-"), "/{path} gives no PDF");
    let sheets = sheets(&pdf);
    assert!(
        (1..=4).contains(&sheets),
        "/{path} is printed on {sheets} sheets"
    );
}

#[test]
fn every_field_has_a_name_and_no_way_out() {
    let server = server();
    let (_browser, page) = tab(360);
    for path in forms() {
        page.goto(&server.url(&path));
        let document = page.document();
        assert_eq!(
            document.evaluate("document.querySelectorAll('form, [name], [action], [formaction]').length - document.querySelectorAll('meta[name], details[name]').length"),
            json!(0),
            "/{path} could send its fields"
        );
        assert_eq!(
            document.evaluate(&format!(
                "{FIELDS}.filter(field => field.autocomplete !== 'off').map(field => field.outerHTML)"
            )),
            json!([]),
            "/{path}: the browser would remember these"
        );
        let roles = ["textbox", "checkbox", "combobox"];
        let names: Vec<String> = page
            .accessible()
            .into_iter()
            .filter(|(role, _)| roles.contains(&role.as_str()))
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names.len(), values(&document).len(), "/{path}");
        let mut told = names.clone();
        told.sort();
        told.dedup();
        assert_eq!(told.len(), names.len(), "/{path}: a name twice: {names:?}");
        assert!(names.iter().all(|name| name.len() > 2), "{names:?}");
    }
}

#[test]
fn without_scripts_a_form_is_filled_in_and_printed() {
    let server = server();
    let (_browser, page) = tab(360);
    page.disable_scripts();
    for path in forms() {
        page.goto(&server.url(&path));
        let document = page.document();
        let wanted = fill_in(&page, Page::tap);
        assert_eq!(
            document.evaluate("[...document.querySelectorAll('main button')].filter(button => button.checkVisibility()).length"),
            json!(0),
            "/{path} shows buttons that do nothing"
        );
        assert!(
            document
                .text("document.querySelector('main').innerText")
                .contains("menu Cetak"),
            "/{path} does not say how to print"
        );
        assert_letter_alone(&page, &path, &wanted);
        page.reload();
        assert!(
            values(&document)
                .iter()
                .all(|value| value == "" || value == false),
            "/{path} is not empty after loading it anew: {:?}",
            values(&document)
        );
    }
}

/// On paper stands the letter with all that was typed, and nothing else of the page.
fn assert_letter_alone(page: &Page, path: &str, wanted: &[Value]) {
    let document = page.document();
    let around = document.evaluate(
        "['header', 'footer', 'h1', 'main nav', '#kontak-bantuan h2', '[data-formulir] button'].map(part => document.querySelector(part)?.textContent.trim() ?? '').filter(Boolean)",
    );
    let letter = document.text(
        "[...document.querySelectorAll('[data-formulir] p')].map(line => line.textContent.trim().split(/[:.\\n]/)[0]).find(line => line.length > 10 && !/Isian Anda/.test(line))",
    );
    let paper = on_paper(page);
    for text in typed(wanted) {
        assert!(
            paper.contains(text),
            "/{path}: {text} is not on paper:\n{paper}"
        );
    }
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let paper = squeezed(&paper);
    assert!(
        paper.contains(&squeezed(&letter)),
        "/{path}: {letter} is not on paper:\n{paper}"
    );
    let around = around.as_array().unwrap();
    assert!(around.len() >= 4, "{around:?}");
    for part in around {
        // The first words of the part; the page's title may be the letter's own, too.
        let words = squeezed(part.as_str().unwrap());
        let words: String = words.chars().take(40).collect();
        let in_letter = document
            .text("document.querySelector('[data-formulir]').innerText")
            .to_lowercase()
            .contains(&words.to_lowercase());
        assert!(
            !paper.contains(&words) || (in_letter && !words.contains("Cetak")),
            "/{path}: {words:?} is on paper:\n{paper}"
        );
    }
    for words in [
        "Menu",
        "Tambah baris",
        "Simpan ke berkas",
        "Isian Anda tetap",
        "Masih buntu",
    ] {
        assert!(
            !paper.contains(words),
            "/{path}: {words} is on paper:\n{paper}"
        );
    }
    assert_printed(page, path);
}

#[test]
fn a_form_is_filled_in_printed_and_saved_and_nothing_leaves_the_page() {
    let server = server();
    let (browser, page) = tab(360);
    let saved_files = work_folder().join("saved");
    let _ = std::fs::remove_dir_all(&saved_files);
    std::fs::create_dir_all(&saved_files).unwrap();
    page.call(
        "Browser.setDownloadBehavior",
        json!({"behavior": "allow", "downloadPath": saved_files.display().to_string()}),
    );
    // The browser's own dialogue cannot be seen here: what it would have found is written down instead.
    page.call(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": "window.print = () => { window.printed = {title: document.title, letters: [...document.querySelectorAll('[data-formulir]')].map(form => form.className)}; dispatchEvent(new Event('afterprint')); }"}),
    );
    let mut saved = Vec::new();
    for path in forms() {
        page.goto(&server.url(&path));
        let document = page.document();
        let address = document.text("location.href");
        let title = document.text("document.title");
        let entries = document.evaluate("history.length");
        let name = document.text("document.querySelector('[data-formulir]').dataset.formulir");
        assert_eq!(
            document.evaluate("document.querySelectorAll('[data-formulir]').length"),
            json!(1),
            "/{path}: this test knows pages of one form"
        );
        let mark = page.mark();
        let wanted = fill_in(&page, |page, field| page.document().click(field));

        assert_letter_alone(&page, &path, &wanted);
        document.click(button(&document, "Cetak atau simpan PDF"));
        document.wait_for("window.printed");
        assert_eq!(
            document.text("window.printed.title"),
            name,
            "the PDF's name would be another"
        );
        assert_eq!(document.text("document.title"), title);

        document.click(button(&document, "Simpan ke berkas"));
        document.wait_for(&format!(
            "[...document.querySelectorAll('main [role=status]')].some(status => status.innerText.includes('{name}.html'))"
        ));
        assert_eq!(values(&document), wanted, "saving changes the form");
        let file = saved_files.join(format!("{name}.html"));
        wait_until("the saved file", || file.is_file().then_some(()));
        let loaded = page.requests_since(mark);
        assert!(
            loaded
                .iter()
                // The browser's own look at whether the site can be installed may come at any time.
                .filter(|request| !request.url.ends_with("/ikon-192.png"))
                .all(|request| request.url.starts_with("blob:") && request.method == "GET"),
            "/{path} asks for something: {loaded:?}"
        );
        assert_eq!(page.complaints_since(mark), [""; 0], "/{path}");
        assert_eq!(
            document.evaluate(
                "(async () => ({
                    local: {...localStorage},
                    session: {...sessionStorage},
                    databases: await indexedDB.databases(),
                    caches: await caches.keys(),
                    files: await (await navigator.storage.getDirectory()).keys().next(),
                    workers: (await navigator.serviceWorker?.getRegistrations() ?? []).length,
                    cookies: document.cookie,
                    address: location.href,
                    entries: history.length,
                    state: history.state,
                    window: window.name,
                }))()"
            ),
            json!({"local": {}, "session": {}, "databases": [], "caches": [], "files": {"done": true}, "workers": 0, "cookies": "", "address": address, "entries": entries, "state": null, "window": ""}),
            "/{path} keeps something"
        );
        page.reload();
        assert!(
            values(&document)
                .iter()
                .all(|value| value == "" || value == false),
            "/{path} is not empty after loading it anew: {:?}",
            values(&document)
        );
        saved.push((file, wanted));
    }
    // In the end the browser is closed in the middle of it, and its folder looked through.
    let path = &forms()[0];
    page.goto(&server.url(path));
    fill_in(&page, |page, field| page.document().click(field));
    page.goto(&server.url("penanda-yang-terlihat/"));
    let profile = browser.close();
    let marker = Needle::new("marker", "penanda-yang-terlihat");
    assert!(
        !find_in_folder(&[marker], &profile).is_empty(),
        "the search finds nothing that is there"
    );
    let needles = [
        Needle::new("name", "Wirasaba"),
        Needle::new("number", &format!("{NUMBER}01")),
        Needle::new("number", &format!("{NUMBER}02")),
    ];
    let kept = find_in_folder(&needles, &profile);
    std::fs::remove_dir_all(&profile).unwrap();
    assert_eq!(kept, [""; 0], "written by the browser");

    // A tab of a browser that knows nothing of the site.
    let (_browser, page) = tab(360);
    for (file, wanted) in saved {
        assert_stands_alone(&page, &file, &wanted);
    }
}

/// The saved file holds all that was typed, shows it without the site, and asks for nothing.
fn assert_stands_alone(page: &Page, file: &Path, wanted: &[Value]) {
    let mark = page.mark();
    page.goto(&format!("file://{}", file.display()));
    let document = page.document();
    let text = document.text("document.body.innerText");
    for typed in typed(wanted) {
        assert!(
            text.contains(typed),
            "{}: {typed} is missing:\n{text}",
            file.display()
        );
    }
    let ticked = wanted.iter().filter(|value| **value == true).count();
    assert_eq!(text.matches('☑').count(), ticked, "{text}");
    assert!(!text.contains('☐'), "{text}");
    assert!(
        !document.text("document.title").is_empty(),
        "the file has no title"
    );
    assert_eq!(
        document.evaluate("document.querySelectorAll('script, input, textarea, select, button, [src], [srcset], [href]:not(a), [style*=url], form, iframe, object').length"),
        json!(0),
        "{} is no plain document",
        file.display()
    );
    let asked: Vec<_> = page
        .requests_since(mark)
        .into_iter()
        .map(|request| request.url)
        .filter(|url| !url.starts_with("file://"))
        .collect();
    assert_eq!(asked, [""; 0], "{}", file.display());
    assert_eq!(page.complaints_since(mark), [""; 0], "{}", file.display());
    assert_eq!(
        document.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ),
        json!(true),
        "{} does not fit a phone",
        file.display()
    );
}

/// The rows of the list: what stands in the first cell, and the names and texts of the fields.
fn rows(document: &Document) -> Vec<(String, Vec<(String, String)>)> {
    let rows = document.evaluate(
        "[...document.querySelectorAll('[data-formulir] tr:has(.isian-nomor)')].map(row => [
            row.cells[0].innerText.trim(),
            [...row.querySelectorAll('input, textarea, select')].map(field => [field.getAttribute('aria-label'), field.value]),
        ])",
    );
    serde_json::from_value(rows).unwrap()
}

#[test]
fn rows_are_added_and_removed_with_their_numbers_and_names() {
    let server = server();
    for width in [360, 1280] {
        let (_browser, page) = tab(width);
        let document = page.document();
        let mut lists = 0;
        for path in forms() {
            page.goto(&server.url(&path));
            if rows(&document).is_empty() {
                assert_eq!(
                    document.evaluate("[...document.querySelectorAll('main button')].some(button => button.innerText.includes('baris'))"),
                    json!(false),
                    "/{path} offers rows that it has not"
                );
                continue;
            }
            lists += 1;
            let check = |count: usize| {
                let rows = rows(&document);
                assert_eq!(rows.len(), count);
                for (at, (number, fields)) in rows.iter().enumerate() {
                    assert_eq!(*number, (at + 1).to_string());
                    for (name, _) in fields {
                        assert!(
                            name.ends_with(&format!(", baris {}", at + 1)),
                            "{name} in row {number}"
                        );
                    }
                }
                rows
            };
            let said = |words: String| {
                document.wait_for(&format!(
                    "[...document.querySelectorAll('main [role=status]')].some(status => status.innerText.includes('{words}'))"
                ));
            };
            let begin = check(rows(&document).len()).len();
            fill_in(&page, |page, field| page.document().click(field));
            let before = check(begin);

            // The new row is empty, named after its number, and where the keyboard goes on.
            document.click(button(&document, "Tambah baris"));
            said(format!("Baris {} ditambahkan", begin + 1));
            let after = check(begin + 1);
            assert_eq!(
                after[..begin],
                before[..],
                "the rows above are as they were"
            );
            assert!(
                after[begin].1.iter().all(|(_, value)| value.is_empty()),
                "{:?}",
                after[begin]
            );
            page.insert_text("Baris Baru");
            assert_eq!(check(begin + 1)[begin].1[0].1, "Baris Baru");
            assert!(
                on_paper(&page).contains("Baris Baru"),
                "a new row is not on paper"
            );

            // What is filled in is not thrown away by one touch.
            for (accept, rest) in [(false, begin + 1), (true, begin)] {
                let remove = button(&document, "Hapus baris terakhir");
                let mark = page.mark();
                // The browser answers nothing while its question stands: the click must not be waited for.
                document.evaluate(&format!(
                    "void setTimeout(() => document.querySelector('{remove}').click())"
                ));
                let question = page.answer_dialog(mark, accept);
                assert!(
                    question.contains(&format!("Baris {}", begin + 1)),
                    "{question}"
                );
                assert_eq!(check(rest)[..begin], before[..]);
            }
            said(format!("Baris {} dihapus", begin + 1));

            // An empty row goes without a question; there are neither too many rows nor none.
            document.click(button(&document, "Tambah baris"));
            document.click(button(&document, "Hapus baris terakhir"));
            assert_eq!(check(begin), before);
            let add = button(&document, "Tambah baris");
            document.evaluate(&format!("(() => {{ const add = document.querySelector('{add}'); while (!add.disabled) add.click(); }})()"));
            check(100);
            said("sudah penuh".to_owned());
            page.goto(&server.url(&path));
            let remove = button(&document, "Hapus baris terakhir");
            document.evaluate(&format!("(() => {{ const remove = document.querySelector('{remove}'); while (!remove.disabled) remove.click(); }})()"));
            check(1);
            assert_eq!(
                document.text("document.activeElement.innerText.trim()"),
                "Tambah baris",
                "the keyboard is lost with the button"
            );
        }
        assert!(lists > 0, "no form has a list with rows");
    }
}
