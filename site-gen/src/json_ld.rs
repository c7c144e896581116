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
    let mut all = match graphs.len() {
        0 => return None,
        1 => graphs.remove(0),
        _ => json!({ "@graph": graphs }),
    };
    all.as_object_mut()?
        .insert("@context".to_owned(), json!("https://schema.org"));
    // A `<` could end the script element that holds it.
    Some(all.to_string().replace('<', "\\u003c"))
}

/// The steps themselves stand in the page as its numbered list; a second copy here would be a tenth of a long guide's weight.
fn how_to(page: &Page, named: &[&NamedBlock]) -> Option<Value> {
    if !named
        .iter()
        .copied()
        .any(|block| matches!(block.content, Named::Steps(_)))
    {
        return None;
    }
    let mut how_to = json!({ "@type": "HowTo", "name": page.front.title.value });
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
            let name = &page.front.short.value;
            let mut item = json!({ "@type": "ListItem", "position": index + 1, "name": name });
            // The last is the page itself, which search engines know the address of.
            if let (true, Some(fields)) = (index < crumbs.len(), item.as_object_mut()) {
                fields.insert("item".to_owned(), json!(canonical(site, &page.url)));
            }
            item
        })
        .collect();
    (!crumbs.is_empty()).then(|| json!({ "@type": "BreadcrumbList", "itemListElement": items }))
}
