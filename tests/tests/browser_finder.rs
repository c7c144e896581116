//! Problems in a real browser: the step-by-step finder without scripts and by keyboard, the list of all problems,
//! and the problems at the end of each guide.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::browser::Browser;
use tests::page::{Document, Page};
use tests::product::{AGENCIES, pages, whole_site};
use tests::quoted::quoted;
use tests::web_server::WebServer;

/// Desks that the documents name without any address: they are in the reader's own town or office.
const CLOSE_BY: [&str; 2] = ["Admin email di instansi Anda", "KPPN setempat"];

/// The ways to whom a problem says to ask: addresses, the strip below the page that holds them, or the agency's page of contacts.
const WAYS: &str = "[...element.querySelectorAll('a')].filter(link => /^(tel:|mailto:|https:)|^#kontak-bantuan$/.test(link.getAttribute('href')) || /bantuan.kontak.$/.test(link.pathname)).length";

/// Whom a problem says to ask, which must be told in its text; and a way to them, unless they are close by.
fn assert_asks(document: &Document, place: &str, id: &str, text: &str) -> String {
    let asked = text
        .split_once("Belum teratasi? Hubungi ")
        .unwrap_or_else(|| panic!("{place}: {id} names nobody to ask: {text}"))
        .1;
    let name = asked.lines().next().unwrap().trim().trim_end_matches('.');
    assert!(!name.is_empty(), "{place}: {id} names nobody to ask");
    let ways = document.evaluate(&format!(
        "(() => {{ const element = document.getElementById({id:?}); return {WAYS}; }})()"
    ));
    assert!(
        ways != json!(0) || CLOSE_BY.contains(&name),
        "{place}: {id} gives no way to {name}"
    );
    name.to_owned()
}

fn tab() -> (Browser, Page) {
    let browser = Browser::start();
    let page = browser.page();
    page.set_device(360, 740, false);
    (browser, page)
}

fn server() -> WebServer {
    WebServer::start(whole_site(), "/", None)
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

// --- the finder -----------------------------------------------------------------------------

/// What the finder shows now.
#[derive(Debug, PartialEq)]
struct Shown {
    /// Its anchor.
    id: String,
    heading: String,
    text: String,
    /// Anchors of the choices, in their order; none in an answer.
    choices: Vec<String>,
    back: bool,
    again: bool,
}

/// The one section of the finder that can be seen. A script of the test's own, which runs where the page's may not.
const SHOWN: &str = "(() => {
    const sections = [...document.querySelectorAll('main section[id]')].filter(section => /^(tanya|jawab)-/.test(section.id));
    return sections.filter(section => section.checkVisibility()).map(section => {
        const links = [...section.querySelectorAll('a')];
        return {
            id: section.id,
            heading: section.querySelector('h2').innerText.trim(),
            text: section.innerText,
            choices: links.filter(link => link.closest('ul') && /^#(tanya|jawab)-/.test(link.getAttribute('href'))).map(link => link.getAttribute('href').slice(1)),
            back: links.some(link => link.innerText.trim() === 'Kembali'),
            again: links.some(link => link.innerText.trim() === 'Mulai lagi'),
        };
    });
})()";

/// Waits until exactly this section is shown.
fn shown(document: &Document, id: &str) -> Shown {
    document.wait_for(&format!(
        "{SHOWN}.map(section => section.id).join() === {id:?}"
    ));
    let all = document.evaluate(SHOWN);
    let one = &all[0];
    Shown {
        id: one["id"].as_str().unwrap().to_owned(),
        heading: one["heading"].as_str().unwrap().to_owned(),
        text: one["text"].as_str().unwrap().to_owned(),
        choices: texts(&one["choices"]),
        back: one["back"] == true,
        again: one["again"] == true,
    }
}

/// Taps a link of the section that is shown, by its words.
fn tap_link(page: &Page, section: &str, words: &str) {
    page.document().evaluate(&format!(
        "(() => {{
            document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
            [...document.querySelectorAll('#{section} a')].find(link => link.innerText.trim() === {words:?}).dataset.uji = 'tautan';
        }})()"
    ));
    page.tap("[data-uji=tautan]");
}

/// Walks through everything below a question, there and back; gives the answers by their ids.
fn walk(
    page: &Page,
    question: &Shown,
    parent: Option<&str>,
    first: &str,
) -> BTreeMap<String, Shown> {
    let document = page.document();
    let mut answers = BTreeMap::new();
    assert!(
        !question.choices.is_empty(),
        "{} offers nothing",
        question.id
    );
    assert_eq!(
        question.back,
        parent.is_some(),
        "way back of {}",
        question.id
    );
    for choice in &question.choices {
        page.tap(&format!("#{} ul a[href='#{choice}']", question.id));
        let next = shown(&document, choice);
        assert_eq!(document.text("location.hash"), format!("#{choice}"));
        assert!(next.back, "{choice} has no way back");
        // Where one is two steps in, one gets out at once; and the browser's own button leads back in.
        assert_eq!(next.again, question.id != first, "'Mulai lagi' of {choice}");
        if next.again {
            tap_link(page, choice, "Mulai lagi");
            shown(&document, first);
            page.back();
            shown(&document, choice);
        }
        if next.id.starts_with("jawab-") {
            assert!(next.choices.is_empty(), "{choice} leads on");
            answers.insert(choice.clone(), next);
        } else {
            answers.extend(walk(page, &next, Some(&question.id), first));
        }
        tap_link(page, choice, "Kembali");
        shown(&document, &question.id);
    }
    answers
}

fn text_of(path: &str) -> String {
    quoted(&std::fs::read_to_string(whole_site().join(path).join("index.html")).unwrap())
}

/// Path of an agency's finder, and of its list of all problems.
fn paths(agency: &str) -> (String, String) {
    let finders: Vec<String> = pages(whole_site())
        .into_iter()
        .filter(|path| path.starts_with(&format!("{agency}/")))
        .filter(|path| text_of(path).contains("id=\"jawab-"))
        .collect();
    assert_eq!(finders.len(), 1, "{agency} has not one finder: {finders:?}");
    (finders[0].clone(), format!("{agency}/bantuan/masalah/"))
}

/// A problem as the list of all problems tells it.
struct Listed {
    symptom: String,
    /// Paths of the guides that it belongs to.
    guides: Vec<String>,
}

/// Every problem of an agency, by its id.
fn listed(page: &Page) -> BTreeMap<String, Listed> {
    let found = page.document().evaluate(
        "[...document.querySelectorAll('main details')].filter(row => row.querySelector('[id^=masalah-]')).map(row => ({
            id: row.querySelector('[id^=masalah-]').id.replace('masalah-', ''),
            symptom: row.querySelector('summary').textContent.trim(),
            guides: [...row.querySelectorAll('ul a')].map(link => new URL(link.href)).filter(url => url.origin === location.origin && !url.hash).map(url => url.pathname.slice(1)),
        }))",
    );
    let found = found.as_array().unwrap();
    let problems: BTreeMap<_, _> = found
        .iter()
        .map(|row| {
            let listed = Listed {
                symptom: row["symptom"].as_str().unwrap().to_owned(),
                guides: texts(&row["guides"]),
            };
            (row["id"].as_str().unwrap().to_owned(), listed)
        })
        .collect();
    assert_eq!(problems.len(), found.len(), "a problem is listed twice");
    problems
}

#[test]
fn without_scripts_the_finder_leads_from_its_first_question_to_every_problem_and_back() {
    let server = server();
    let (_browser, page) = tab();
    page.disable_scripts();
    for agency in AGENCIES {
        let (finder, list) = paths(agency);
        page.goto(&server.url(&list));
        let problems = listed(&page);
        assert!(problems.len() > 3, "{agency} lists too few problems");
        let contacts =
            std::fs::read_to_string(whole_site().join(agency).join("bantuan/kontak/index.html"))
                .unwrap();

        page.goto(&server.url(&finder));
        let all = page.document().evaluate(SHOWN);
        assert_eq!(
            all.as_array().unwrap().len(),
            1,
            "/{finder} does not begin with one question"
        );
        let first = all[0]["id"].as_str().unwrap().to_owned();
        let question = shown(&page.document(), &first);
        let answers = walk(&page, &question, None, &first);

        let found: BTreeSet<_> = answers
            .keys()
            .map(|id| id.strip_prefix("jawab-").unwrap().to_owned())
            .collect();
        let wanted: BTreeSet<_> = problems.keys().cloned().collect();
        assert_eq!(
            found, wanted,
            "{agency}: what the finder reaches, and all problems"
        );
        for (id, answer) in &answers {
            let problem = &problems[id.strip_prefix("jawab-").unwrap()];
            // (The list is read as it stands in the document, the finder as it is shown.)
            assert_eq!(answer.heading, problem.symptom, "{agency}: {id}");
            assert!(answer.text.contains("Solusi"), "{agency}: {id} has no fix");
            // It can be reached by its address, too.
            page.goto("about:blank");
            page.goto(&server.url(&format!("{finder}#{id}")));
            assert_eq!(shown(&page.document(), id), *answer);
            let name = assert_asks(&page.document(), agency, id, &answer.text);
            assert!(
                contacts.contains(&name) || CLOSE_BY.contains(&name.as_str()),
                "{agency}: {id} names {name}, whom the contact page does not know"
            );
        }
    }
}

#[test]
fn by_keyboard_alone_the_finder_is_walked_to_an_answer_and_out_again() {
    let server = server();
    let (_browser, page) = tab();
    let document = page.document();
    let (finder, _) = paths("diy");
    page.goto(&server.url(&finder));
    /// Presses Tab until a link has the focus of which that holds, and gives its address.
    fn tab_to(page: &Page, wanted: &str) -> String {
        for _ in 0..60 {
            page.press("Tab");
            let there = page.document().evaluate(&format!(
                "(() => {{ const link = document.activeElement; return link.localName === 'a' && {wanted} && link.getAttribute('href'); }})()"
            ));
            if let Value::String(href) = there {
                assert_eq!(
                    page.document().evaluate("(() => { const style = getComputedStyle(document.activeElement); return document.activeElement.checkVisibility() && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; })()"),
                    json!(true),
                    "the focus on {href} cannot be seen"
                );
                return href;
            }
        }
        panic!("no link can be reached of which {wanted}");
    }
    let first = document.evaluate(SHOWN)[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut at = first.clone();
    let mut steps = 0;
    while at.starts_with("tanya-") {
        let next = tab_to(&page, &format!("link.closest('#{at}')"));
        assert_eq!(
            next.trim_start_matches('#'),
            shown(&document, &at).choices[0],
            "the first choice comes first"
        );
        page.press("Enter");
        at = shown(&document, next.trim_start_matches('#')).id;
        // A screen reader goes on from where the choice led.
        assert_eq!(
            document.evaluate(&format!(
                "document.activeElement === document.body || document.activeElement.id === {at:?}"
            )),
            json!(true)
        );
        steps += 1;
    }
    assert!(steps >= 2, "the finder of diy has one question only");
    // The next stop of the keyboard is in the answer, not at the head of the page.
    page.press("Tab");
    assert_eq!(
        document.evaluate(&format!("document.activeElement.closest('#{at}') !== null")),
        json!(true)
    );
    let back = tab_to(
        &page,
        &format!("link.closest('#{at}') && link.innerText.trim() === 'Kembali'"),
    );
    page.press("Enter");
    let question = shown(&document, back.trim_start_matches('#'));
    assert!(question.choices.contains(&at));
    tab_to(&page, &format!("link.closest('#{}')", question.id));
    page.press("Enter");
    shown(&document, &at);
    tab_to(
        &page,
        &format!("link.closest('#{at}') && link.innerText.trim() === 'Mulai lagi'"),
    );
    page.press("Enter");
    shown(&document, &first);
}

// --- problems of guides ---------------------------------------------------------------------

/// Opens the row of a problem as a person does, and gives the text that it then shows.
fn open(page: &Page, id: &str) -> String {
    let document = page.document();
    document.evaluate(&format!(
        "(() => {{
            document.querySelectorAll('[data-uji]').forEach(old => delete old.dataset.uji);
            document.getElementById('masalah-{id}').closest('details').querySelector('summary').dataset.uji = 'baris';
        }})()"
    ));
    let place = format!("document.getElementById('masalah-{id}')");
    assert_eq!(
        document.evaluate(&format!("{place}.checkVisibility()")),
        json!(false),
        "{id} stands open"
    );
    document.click("[data-uji=baris]");
    document.wait_for(&format!("{place}.checkVisibility()"));
    document.text(&format!("{place}.innerText"))
}

#[test]
fn each_problem_stands_at_the_end_of_its_guides_and_opens_with_cause_fix_and_contact() {
    let server = server();
    let (_browser, page) = tab();
    let document = page.document();
    for agency in AGENCIES {
        let (_, list) = paths(agency);
        page.goto(&server.url(&list));
        let problems = listed(&page);
        let mut of_guide: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (id, problem) in &problems {
            assert!(
                !problem.guides.is_empty(),
                "{agency}: {id} belongs to no guide"
            );
            for guide in &problem.guides {
                of_guide.entry(guide).or_default().insert(id);
            }
            let text = open(&page, id);
            assert!(
                text.contains("Solusi") && text.contains("Hubungi "),
                "/{list}: {id}: {text}"
            );
        }
        for (guide, wanted) in of_guide {
            page.goto(&server.url(guide));
            let shown = document.evaluate(
                "(() => {
                    const heading = [...document.querySelectorAll('main h2')].find(heading => heading.innerText.trim() === 'Jika ada masalah');
                    return [...document.querySelectorAll('main [id^=masalah-]')].map(problem => ({
                        id: problem.id.replace('masalah-', ''),
                        symptom: problem.closest('details').querySelector('summary').innerText.trim(),
                        below: !!(heading && heading.compareDocumentPosition(problem) & Node.DOCUMENT_POSITION_FOLLOWING),
                    }));
                })()",
            );
            let shown = shown.as_array().unwrap();
            let found: BTreeSet<_> = shown
                .iter()
                .map(|problem| problem["id"].as_str().unwrap())
                .collect();
            assert_eq!(found, wanted, "problems of /{guide}");
            assert_eq!(shown.len(), wanted.len(), "/{guide} shows a problem twice");
            for problem in shown {
                let id = problem["id"].as_str().unwrap();
                assert_eq!(problem["below"], true, "/{guide}: {id} has no heading");
                assert_eq!(
                    problem["symptom"],
                    json!(problems[id].symptom),
                    "/{guide}: {id}"
                );
                let text = open(&page, id);
                // Both with words of their own, not with their names alone.
                for word in ["Sebab", "Solusi"] {
                    assert!(
                        text.split_once(&format!("{word}\n"))
                            .is_some_and(|(_, rest)| rest.trim().len() > 10),
                        "/{guide}: {id} has no {word}: {text}"
                    );
                }
                assert_asks(&document, guide, &format!("masalah-{id}"), &text);
            }
            // A link to a problem opens its row.
            let last = found.last().unwrap();
            page.goto("about:blank");
            page.goto(&server.url(&format!("{guide}#masalah-{last}")));
            document.wait_for(&format!(
                "(() => {{ const problem = document.getElementById('masalah-{last}'); const top = problem.getBoundingClientRect().top; return problem.checkVisibility() && top >= 0 && top < innerHeight; }})()"
            ));
        }
        // And no other page shows problems as a guide's own.
        for path in pages(whole_site()) {
            let text = text_of(&path);
            // A list of problems, by their questions, is no guide's own.
            if !path.starts_with(&format!("{agency}/"))
                || text.contains("class=\"daftar-masalah__group\"")
            {
                continue;
            }
            assert_eq!(
                text.contains("id=\"masalah-"),
                problems
                    .values()
                    .any(|problem| problem.guides.contains(&path)),
                "/{path}"
            );
        }
    }
}
