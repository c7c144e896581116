//! What a page is, for search engines: HowTo, FAQPage and BreadcrumbList (schema.org, JSON-LD 1.1).

use serde_json::{Value, json};

use crate::{
    markdown::ast::{Named, NamedBlock, named_blocks, plain, plain_blocks},
    page::canonical,
    problems::Problem,
    site::{Agency, Page, Site},
};

/// The JSON texts for a page, safe to stand in a `script` element.
pub fn of(site: &Site, agency: &Agency, page: &Page, crumbs: &[&Page]) -> Vec<String> {
    let named = named_blocks(&page.blocks).into_iter();
    let named: Vec<&NamedBlock> = named.map(|(_, named)| named).collect();
    let mut graphs: Vec<Value> = Vec::new();
    graphs.extend(how_to(agency, page, &named));
    graphs.extend(questions(agency, &named));
    graphs.extend(breadcrumbs(site, page, crumbs));
    // A `<` could end the script element that holds it.
    graphs
        .into_iter()
        .map(|graph| graph.to_string().replace('<', "\\u003c"))
        .collect()
}

fn how_to(agency: &Agency, page: &Page, named: &[&NamedBlock]) -> Option<Value> {
    let steps: Vec<Value> = named
        .iter()
        .filter_map(|block| match &block.content {
            Named::Steps(steps) => Some(steps),
            _ => None,
        })
        .flatten()
        .map(|step| {
            let body = plain_blocks(&step.body);
            let text = [plain(&step.title), body].join(" ");
            json!({ "@type": "HowToStep", "name": plain(&step.title), "text": text.trim() })
        })
        .collect();
    if steps.is_empty() {
        return None;
    }
    let mut how_to = json!({
        "@context": "https://schema.org",
        "@type": "HowTo",
        "name": page.front.title.value,
        "description": page.front.summary.value,
        "inLanguage": "id",
        "publisher": { "@type": "GovernmentOrganization", "name": agency.profile.short_name },
        "step": steps,
    });
    if let (Some(minutes), Some(fields)) = (page.front.minutes, how_to.as_object_mut()) {
        fields.insert("totalTime".to_owned(), json!(format!("PT{minutes}M")));
    }
    Some(how_to)
}

/// Of the pages that list problems; on the guides they would only weigh on a phone.
fn questions(agency: &Agency, named: &[&NamedBlock]) -> Option<Value> {
    let mut problems: Vec<&Problem> = Vec::new();
    for block in named {
        if let Named::Problems(from) = &block.content {
            let groups = agency.problems.groups(from.as_deref());
            problems.extend(groups.into_iter().flat_map(|group| group.problems));
        }
    }
    let questions: Vec<Value> = problems
        .into_iter()
        .map(|problem| {
            let fixes = problem.fixes.iter().map(|fix| plain(fix));
            let answer: Vec<String> = [plain(&problem.cause)].into_iter().chain(fixes).collect();
            json!({
                "@type": "Question",
                "name": plain(&problem.symptom),
                "acceptedAnswer": { "@type": "Answer", "text": answer.join(" ") },
            })
        })
        .collect();
    (!questions.is_empty()).then(
        || json!({ "@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions }),
    )
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
    (!crumbs.is_empty())
        .then(|| json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items }))
}
