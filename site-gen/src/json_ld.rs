//! What a page is, for search engines: HowTo, FAQPage and BreadcrumbList (schema.org, JSON-LD 1.1).

use serde_json::{Value, json};

use crate::{
    markdown::ast::{Named, NamedBlock, named_blocks, plain},
    page::canonical,
    problems::Problem,
    site::{Agency, Page, Site},
};

/// The JSON text for a page, safe to stand in a `script` element. Says nothing twice: it weighs on every phone.
pub fn of(site: &Site, agency: &Agency, page: &Page, crumbs: &[&Page]) -> Option<String> {
    let named = named_blocks(&page.blocks).into_iter();
    let named: Vec<&NamedBlock> = named.map(|(_, named)| named).collect();
    let mut graphs: Vec<Value> = Vec::new();
    graphs.extend(how_to(page, &named));
    graphs.extend(questions(agency, &named));
    graphs.extend(breadcrumbs(site, page, crumbs));
    if graphs.is_empty() {
        return None;
    }
    let all = json!({ "@context": "https://schema.org", "@graph": graphs });
    // A `<` could end the script element that holds it.
    Some(all.to_string().replace('<', "\\u003c"))
}

fn how_to(page: &Page, named: &[&NamedBlock]) -> Option<Value> {
    let steps: Vec<Value> = named
        .iter()
        .filter_map(|block| match &block.content {
            Named::Steps(steps) => Some(steps),
            _ => None,
        })
        .flatten()
        .map(|step| Value::String(plain(&step.title)))
        .collect();
    if steps.is_empty() {
        return None;
    }
    let mut how_to = json!({
        "@type": "HowTo",
        "name": page.front.title.value,
        "step": steps,
    });
    if let (Some(minutes), Some(fields)) = (page.front.minutes, how_to.as_object_mut()) {
        fields.insert("totalTime".to_owned(), json!(format!("PT{minutes}M")));
    }
    Some(how_to)
}

/// Of the pages that list problems; on the guides they would only weigh on a phone. A list of all of them leaves it to
/// the lists of each topic, where an agency has such.
fn questions(agency: &Agency, named: &[&NamedBlock]) -> Option<Value> {
    let mut problems: Vec<&Problem> = Vec::new();
    for block in named {
        if let Named::Problems(from) = &block.content
            && (from.is_some() || !lists_by_question(agency))
        {
            let groups = agency.problems.groups(from.as_deref());
            problems.extend(groups.into_iter().flat_map(|group| group.problems));
        }
    }
    let questions: Vec<Value> = problems
        .into_iter()
        .map(|problem| {
            let answer: Vec<String> = problem.fixes.iter().map(|fix| plain(fix)).collect();
            json!({
                "@type": "Question",
                "name": plain(&problem.symptom),
                "acceptedAnswer": { "@type": "Answer", "text": answer.join(" ") },
            })
        })
        .collect();
    (!questions.is_empty()).then(|| json!({ "@type": "FAQPage", "mainEntity": questions }))
}

fn lists_by_question(agency: &Agency) -> bool {
    let named = agency
        .pages
        .iter()
        .flat_map(|page| named_blocks(&page.blocks));
    named
        .into_iter()
        .any(|(_, named)| matches!(&named.content, Named::Problems(Some(_))))
}

fn breadcrumbs(site: &Site, page: &Page, crumbs: &[&Page]) -> Option<Value> {
    let items: Vec<Value> = crumbs
        .iter()
        .chain([&page])
        .enumerate()
        .map(|(index, page)| {
            json!({
                "@type": "ListItem",
                "position": index + 1,
                "name": page.front.short.value,
                "item": canonical(site, &page.url),
            })
        })
        .collect();
    (!crumbs.is_empty()).then(|| json!({ "@type": "BreadcrumbList", "itemListElement": items }))
}
