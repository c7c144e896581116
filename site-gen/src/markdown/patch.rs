//! Applies an agency's changes to a shared guide's blocks.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ast::{Block, BlockKind, Document, Named, Part, Patch, PatchKind, Step, visit},
    blocks::steps_of,
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    source::{Source, Span},
};

/// Names what stands before a guide's first heading.
const OPENING: &str = "pembuka";

/// A shared guide with an agency's changes.
pub struct Patched {
    /// What the page says now.
    pub blocks: Vec<Block>,
    /// What the agency took out: its places in the shared guide.
    pub gone: Vec<Span>,
}

/// The shared guide's blocks with the changes that `own` asks for.
pub fn apply(shared: Vec<Block>, own: Document, diagnostics: &mut Diagnostics) -> Patched {
    let mut blocks = shared;
    let first = ids(&blocks);
    let mut gone = Vec::new();
    for block in own.blocks {
        match block.kind {
            BlockKind::Patch(patch) => {
                nested(&patch.content, diagnostics);
                let place = Place {
                    source: &block.source,
                    span: first_line(&block.source, &block.span),
                };
                if let Err(mistake) = change(&mut blocks, patch, &place, &first, &mut gone) {
                    diagnostics.push(mistake);
                }
            }
            _ => {
                let span = first_line(&block.source, &block.span);
                let message = "a page made from a shared guide (`dasar`) holds only changes of it";
                diagnostics.push(
                    Diagnostic::new("patch", &block.source, span, message).hint(
                        "wrap it in `::: ganti blok=id`, `::: sebelum blok=id` or `::: sesudah blok=id`, and `:::`",
                    ),
                );
            }
        }
    }
    sound(&blocks, diagnostics);
    Patched { blocks, gone }
}

/// Reports changes in a page that has no shared guide to change.
pub fn refuse(blocks: &[Block], diagnostics: &mut Diagnostics) {
    let hint = "name the guide in the front matter: dasar = \"tte/aktivasi-akun.md\"";
    each_change(blocks, &mut |word, source, span| {
        let message = format!("`{word}` has no shared guide to change here");
        diagnostics.push(Diagnostic::new("patch", source, span, message).hint(hint));
    });
}

/// Reports changes inside of what a change puts there.
fn nested(blocks: &[Block], diagnostics: &mut Diagnostics) {
    let hint = "write it after the `:::` that closes the block around it";
    each_change(blocks, &mut |word, source, span| {
        let message = format!("`{word}` stands inside of another block");
        diagnostics.push(Diagnostic::new("patch", source, span, message).hint(hint));
    });
}

fn each_change(blocks: &[Block], see: &mut dyn FnMut(&str, &Source, Span)) {
    visit(blocks, &mut |part| {
        if let Part::Block(block) = part
            && let BlockKind::Patch(patch) = &block.kind
        {
            let span = first_line(&block.source, &block.span);
            see(patch.kind.word(), &block.source, span);
        }
    });
}

struct Place<'a> {
    source: &'a Source,
    span: std::ops::Range<usize>,
}

fn change(
    blocks: &mut Vec<Block>,
    patch: Patch,
    place: &Place<'_>,
    first: &[String],
    gone: &mut Vec<Span>,
) -> Result<(), Diagnostic> {
    let target = patch.target.clone();
    if target == OPENING {
        let end = blocks
            .iter()
            .position(|block| matches!(block.kind, BlockKind::Heading(_)))
            .unwrap_or(blocks.len());
        splice(blocks, 0..end, patch.kind, patch.content, gone);
        return Ok(());
    }
    let known = ids(blocks);
    match find(blocks, &target, &mut Some(patch), place, gone) {
        Some(outcome) => outcome,
        None if first.contains(&target) => Err(Diagnostic::new(
            "patch",
            place.source,
            place.span.clone(),
            format!("a change above has taken `{target}` out"),
        )
        .hint("change each place once: write all that stands there instead into one `ganti`")),
        None => Err(Diagnostic::new(
            "patch",
            place.source,
            place.span.clone(),
            format!("the shared guide has no block `{target}`"),
        )
        .hint(format!("it has: {OPENING}, {}", known.join(", ")))
        .suggest(&target, known.iter().map(String::as_str))),
    }
}

/// Looks for the block named and changes it; none where it is not here. The patch is taken where it is.
fn find(
    blocks: &mut Vec<Block>,
    target: &str,
    patch: &mut Option<Patch>,
    place: &Place<'_>,
    gone: &mut Vec<Span>,
) -> Option<Result<(), Diagnostic>> {
    for at in 0..blocks.len() {
        let end = section_end(blocks, at);
        let block = blocks.get_mut(at)?;
        let found = match &mut block.kind {
            BlockKind::Heading(heading) => heading.id == target,
            BlockKind::Named(named) => {
                if let Named::Steps(steps) = &mut named.content
                    && let Some(outcome) = change_step(steps, &named.id, target, patch, place, gone)
                {
                    return Some(outcome);
                }
                named.id == target
            }
            _ => false,
        };
        if found {
            let patch = patch.take()?;
            splice(blocks, at..end, patch.kind, patch.content, gone);
            return Some(Ok(()));
        }
        for inner in inner(&mut block.kind) {
            if let Some(outcome) = find(inner, target, patch, place, gone) {
                return Some(outcome);
            }
        }
    }
    None
}

/// Where what begins at `at` ends: a heading's section reaches to the next of its level or a higher one.
fn section_end(blocks: &[Block], at: usize) -> usize {
    let level = |block: &Block| match &block.kind {
        BlockKind::Heading(heading) => Some(heading.level),
        _ => None,
    };
    let Some(own) = blocks.get(at).and_then(level) else {
        return at + 1;
    };
    let after = blocks.iter().skip(at + 1);
    after
        .enumerate()
        .find(|(_, block)| level(block).is_some_and(|other| other <= own))
        .map_or(blocks.len(), |(offset, _)| at + 1 + offset)
}

fn change_step(
    steps: &mut Vec<Step>,
    list: &str,
    target: &str,
    patch: &mut Option<Patch>,
    place: &Place<'_>,
    gone: &mut Vec<Span>,
) -> Option<Result<(), Diagnostic>> {
    let at = steps.iter().enumerate().position(|(index, step)| {
        step.id.as_deref() == Some(target) || format!("{list}-{}", index + 1) == target
    })?;
    let patch = patch.take()?;
    let new = match own_steps(patch.content) {
        Some(new) => new,
        None => {
            let message = format!("`{target}` is a step: only steps can stand there");
            return Some(Err(Diagnostic::new(
                "patch",
                place.source,
                place.span.clone(),
                message,
            )
            .hint("write one numbered list (`1. …`) and nothing else")));
        }
    };
    splice(steps, at..at + 1, patch.kind, new, gone);
    if steps.is_empty() {
        let message = "no step is left in this list";
        let mistake = Diagnostic::new("patch", place.source, place.span.clone(), message);
        return Some(Err(mistake.hint(format!(
            "take the whole list out instead: `::: hapus blok={list}`"
        ))));
    }
    Some(Ok(()))
}

fn own_steps(content: Vec<Block>) -> Option<Vec<Step>> {
    let mut content = content.into_iter();
    match (content.next(), content.next()) {
        (None, _) => Some(Vec::new()), // `hapus`
        (
            Some(Block {
                kind:
                    BlockKind::List {
                        start: Some(_),
                        items,
                    },
                ..
            }),
            None,
        ) => steps_of(items).ok(),
        _ => None,
    }
}

fn splice<T: Stands>(
    all: &mut Vec<T>,
    place: Span,
    kind: PatchKind,
    new: Vec<T>,
    gone: &mut Vec<Span>,
) {
    let place = match kind {
        PatchKind::Replace | PatchKind::Remove => place,
        PatchKind::Before => place.start..place.start,
        PatchKind::After => {
            // What an earlier change put there comes first, as it does in the agency's file.
            let put = all.iter().skip(place.end);
            let put = put.take_while(|one| !one.source().is_shared()).count();
            place.end + put..place.end + put
        }
    };
    let taken = all.splice(place, new);
    let shared = taken.filter(|one| one.source().is_shared());
    gone.extend(shared.map(|one| one.span()));
}

/// What has a place in a file.
trait Stands {
    fn source(&self) -> &Source;
    fn span(&self) -> Span;
}

impl Stands for Block {
    fn source(&self) -> &Source {
        &self.source
    }
    fn span(&self) -> Span {
        self.span.clone()
    }
}

impl Stands for Step {
    fn source(&self) -> &Source {
        &self.source
    }
    fn span(&self) -> Span {
        self.span.clone()
    }
}

/// The lists of blocks that stand in a block.
fn inner(kind: &mut BlockKind) -> Vec<&mut Vec<Block>> {
    match kind {
        BlockKind::List { items, .. } => items.iter_mut().map(|item| &mut item.blocks).collect(),
        BlockKind::Quote(blocks) => vec![blocks],
        BlockKind::Named(named) => match &mut named.content {
            Named::Steps(steps) => steps.iter_mut().map(|step| &mut step.body).collect(),
            Named::Choice(choices) => choices.iter_mut().map(|choice| &mut choice.body).collect(),
            Named::Alert(body) | Named::Form(body) | Named::Island(_, body) => vec![body],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What can be named, in reading order.
fn ids(blocks: &[Block]) -> Vec<String> {
    let mut ids = Vec::new();
    visit(blocks, &mut |part| {
        if let Part::Block(block) = part {
            match &block.kind {
                BlockKind::Heading(heading) => ids.push(heading.id.clone()),
                BlockKind::Named(named) => {
                    ids.push(named.id.clone());
                    if let Named::Steps(steps) = &named.content {
                        ids.extend(steps.iter().filter_map(|step| step.id.clone()));
                    }
                }
                _ => {}
            }
        }
    });
    ids
}

/// What each file alone kept to must hold for the whole too: ids once, no heading level skipped.
fn sound(blocks: &[Block], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, (&Source, &Span)> = BTreeMap::new();
    let mut last = 1;
    visit(blocks, &mut |part| {
        let Part::Block(block) = part else { return };
        let mut report = |code, (source, span): (&Source, &Span), message: String, hint: &str| {
            let span = first_line(source, span);
            diagnostics.push(Diagnostic::new(code, source, span, message).hint(hint));
        };
        let place = (&block.source, &block.span);
        let mut own = Vec::new();
        match &block.kind {
            BlockKind::Heading(heading) => {
                if heading.level > last + 1 {
                    report(
                        "heading-level",
                        place,
                        format!("heading level {} follows level {last}", heading.level),
                        "levels may not be skipped, the shared guide's own headings counted",
                    );
                }
                last = heading.level;
                own.push((&heading.id, place));
            }
            BlockKind::Named(named) => {
                own.push((&named.id, place));
                if let Named::Steps(steps) = &named.content {
                    own.extend(
                        steps.iter().filter_map(|step| {
                            Some((step.id.as_ref()?, (&step.source, &step.span)))
                        }),
                    );
                }
            }
            _ => {}
        }
        for (id, place) in own {
            if let Some(first) = seen.insert(id, place) {
                // The agency's is the one to change: the shared guide's stands there for all.
                let own = if place.0.is_shared() { first } else { place };
                report(
                    "duplicate-id",
                    own,
                    format!("the id `{id}` stands twice on this page"),
                    "the shared guide has it already: choose another",
                );
            }
        }
    });
}

fn first_line(source: &Source, span: &std::ops::Range<usize>) -> std::ops::Range<usize> {
    let text = source.text.get(span.clone()).unwrap_or("");
    span.start..span.start + text.lines().next().unwrap_or("").len()
}

/// Every id of a shared guide: those made from the titles of an agency's own blocks avoid them.
pub fn taken(blocks: &[Block]) -> BTreeSet<String> {
    ids(blocks).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use minijinja::Value;
    use proptest::prelude::*;

    use super::*;
    use crate::{facts::Facts, markdown::parse, source::SourceFile};

    /// Pieces of guides and of changes, in any order.
    fn text() -> impl Strategy<Value = String> {
        let pieces = [
            "\n\n",
            "   ",
            "## A {#a}\n\n",
            "### B {#b}\n\n",
            "teks\n\n",
            "::: langkah id=l\n1. Satu {#s}\n2. Dua\n:::\n",
            "::: info id=i\nteks\n:::\n",
            "1. Satu {#t}\n",
            "::: ganti blok=a\n",
            "::: ganti blok=s\n",
            "::: sebelum blok=l-2\n",
            "::: sesudah blok=i\n",
            "::: sesudah blok=pembuka\n",
            "::: hapus blok=b\n:::\n",
            "::: hapus\n",
            "::: ganti blok=tidak-ada\n",
            ":::\n",
        ];
        prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..20)
            .prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_change_of_any_guide_ends_and_every_mistake_has_a_place(shared in text(), own in text()) {
            let facts = Facts::new("contoh", Value::from(BTreeMap::<String, Value>::new()));
            let mut diagnostics = Diagnostics::default();
            let mut read = |path: &str, text: &str, taken: &BTreeSet<String>| {
                let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
                parse(&Arc::new(file), 0..text.len(), &facts, taken, &mut diagnostics)
            };
            let all = read("content/bersama/a.md", &shared, &BTreeSet::new()).blocks;
            let own = read("content/instansi/contoh/a.md", &own, &taken(&all));
            let patched = apply(all, own, &mut diagnostics);
            for gone in patched.gone {
                prop_assert!(shared.get(gone).is_some());
            }
            for diagnostic in diagnostics.clone() {
                prop_assert!(diagnostic.source.text.get(diagnostic.span).is_some());
            }
            prop_assert!(diagnostics.is_empty() || !diagnostics.render(false).is_empty());
        }
    }
}
