//! Applies an agency's changes to a shared guide's blocks.
//!
//! All changes are of the guide as it was written for all: none sees what another did, so their order among each
//! other means nothing but that of several texts before, or after, one place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{
    ast::{Block, BlockKind, Choice, Document, Named, Part, PatchKind, Step, visit},
    blocks::{blanks_in, choices_of, steps_of},
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
    let known = ids(&shared);
    let mut patcher = Patcher {
        changes: BTreeMap::new(),
        gone: Vec::new(),
        diagnostics,
    };
    own.blocks
        .into_iter()
        .for_each(|block| patcher.gather(block));
    let blocks = patcher.opening(shared);
    patcher.left_over(&known);
    sound(&blocks, patcher.diagnostics);
    for block in blocks.iter().filter(|block| has_blank_outside_form(block)) {
        let span = block.source.first_line(&block.span);
        let message = "a blank outside a form: nobody could print it";
        patcher.diagnostics.push(
            Diagnostic::new("blank", &block.source, span, message)
                .hint("put it between `::: formulir Judul` and its `:::`"),
        );
    }
    Patched {
        blocks,
        gone: patcher.gone,
    }
}

/// All that an agency changes at one place.
#[derive(Default)]
struct Change {
    before: Vec<Block>,
    /// What stands there instead; empty where it is left out.
    instead: Option<Vec<Block>>,
    after: Vec<Block>,
    /// Where the first of the changes stands, for what is wrong with them.
    place: Option<(Source, Span)>,
}

struct Patcher<'a> {
    /// Changes not yet applied, by the id of their place.
    changes: BTreeMap<String, Change>,
    gone: Vec<Span>,
    diagnostics: &'a mut Diagnostics,
}

impl Patcher<'_> {
    /// Notes a block of the agency's page, which must be a change.
    fn gather(&mut self, block: Block) {
        let place = (block.source.clone(), block.source.first_line(&block.span));
        let BlockKind::Patch(patch) = block.kind else {
            let message = "a page made from a shared guide (`dasar`) holds only changes of it";
            return self.report(
                &place,
                message,
                "wrap it in `::: ganti blok=id`, `::: sebelum blok=id` or `::: sesudah blok=id`, and `:::`",
            );
        };
        nested(&patch.content, self.diagnostics);
        let change = self.changes.entry(patch.target.clone()).or_default();
        change.place.get_or_insert_with(|| place.clone());
        match patch.kind {
            PatchKind::Before => change.before.extend(patch.content),
            PatchKind::After => change.after.extend(patch.content),
            PatchKind::Replace | PatchKind::Remove if change.instead.is_some() => self.report(
                &place,
                format!("a change above has taken `{}` out", patch.target),
                "change each place once: write all that stands there instead into one `ganti`",
            ),
            PatchKind::Replace | PatchKind::Remove => change.instead = Some(patch.content),
        }
    }

    fn report(&mut self, place: &(Source, Span), message: impl Into<String>, hint: &str) {
        let mistake = Diagnostic::new("patch", &place.0, place.1.clone(), message).hint(hint);
        self.diagnostics.push(mistake);
    }

    /// Applies all changes; what stands before the first heading has a name of its own.
    fn opening(&mut self, mut blocks: Vec<Block>) -> Vec<Block> {
        let Some(change) = self.changes.remove(OPENING) else {
            return self.rebuild(blocks);
        };
        let heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
        let end = blocks.iter().position(heading).unwrap_or(blocks.len());
        let rest = blocks.split_off(end);
        let mut all = change.before;
        match change.instead {
            Some(instead) => {
                self.gone.extend(blocks.into_iter().map(|block| block.span));
                all.extend(instead);
            }
            None => all.extend(self.rebuild(blocks)),
        }
        all.extend(change.after);
        all.extend(self.rebuild(rest));
        all
    }

    fn rebuild(&mut self, blocks: Vec<Block>) -> Vec<Block> {
        let mut rest = VecDeque::from(blocks);
        let mut all = Vec::new();
        while let Some(first) = rest.front() {
            let id = match &first.kind {
                BlockKind::Heading(heading) => Some(heading.id.as_str()),
                BlockKind::Named(named) => named.anchor(),
                _ => None,
            };
            let change = id.and_then(|id| self.changes.remove(id));
            let length = if change.is_some() {
                section_length(&rest)
            } else {
                1
            };
            let mut section = rest.drain(..length);
            let Some(mut first) = section.next() else {
                break;
            };
            let further: Vec<Block> = section.collect();
            let Some(change) = change else {
                self.inside(&mut first);
                all.push(first);
                continue;
            };
            all.extend(change.before);
            match change.instead {
                Some(instead) => {
                    let taken = [first].into_iter().chain(further);
                    self.gone.extend(taken.map(|block| block.span));
                    all.extend(instead);
                }
                None => {
                    self.inside(&mut first);
                    all.push(first);
                    all.extend(self.rebuild(further));
                }
            }
            all.extend(change.after);
        }
        all
    }

    /// Applies the changes of what stands in a block.
    fn inside(&mut self, block: &mut Block) {
        let mut within = |blocks: &mut Vec<Block>| *blocks = self.rebuild(std::mem::take(blocks));
        match &mut block.kind {
            BlockKind::List { items, .. } => {
                items.iter_mut().for_each(|item| within(&mut item.blocks));
            }
            BlockKind::Quote(blocks) => within(blocks),
            BlockKind::Named(named) => match &mut named.content {
                Named::Steps(steps) => {
                    steps.iter_mut().for_each(|step| within(&mut step.body));
                    *steps = self.parts(std::mem::take(steps), &named.id);
                }
                Named::Choice(choices) => {
                    choices
                        .iter_mut()
                        .for_each(|choice| within(&mut choice.body));
                    *choices = self.parts(std::mem::take(choices), &named.id);
                }
                Named::Alert(body)
                | Named::Note(body)
                | Named::Form(body)
                | Named::Island(_, body) => within(body),
                _ => {}
            },
            _ => {}
        }
    }

    /// Applies the changes of a list's steps, or a chooser's choices.
    fn parts<T: PartOf>(&mut self, parts: Vec<T>, list: &str) -> Vec<T> {
        let mut all = Vec::new();
        let mut place = None;
        for part in parts {
            let change = part.id().and_then(|id| self.changes.remove(id));
            let Some(change) = change else {
                all.push(part);
                continue;
            };
            let name = part.id().unwrap_or_default().to_owned();
            let own = |blocks: Vec<Block>| T::from_blocks(blocks);
            let (Some(before), Some(instead), Some(after)) = (
                own(change.before),
                change
                    .instead
                    .map(own)
                    .map_or(Some(None), |own| own.map(Some)),
                own(change.after),
            ) else {
                if let Some(place) = change.place {
                    self.report(&place, format!("`{name}` is {}", T::WHAT), T::HOW);
                }
                all.push(part);
                continue;
            };
            place = change.place;
            all.extend(before);
            match instead {
                Some(instead) => {
                    self.gone.push(part.span());
                    all.extend(instead);
                }
                None => all.push(part),
            }
            all.extend(after);
        }
        if let (true, Some(place)) = (all.is_empty(), place) {
            let hint = format!("take the whole of it out instead: `::: hapus blok={list}`");
            self.report(&place, T::NONE_LEFT, &hint);
        }
        all
    }

    /// Changes of what is not there, or of what another change takes out.
    fn left_over(&mut self, known: &[String]) {
        for (target, change) in std::mem::take(&mut self.changes) {
            let Some(place) = change.place else { continue };
            if known.contains(&target) {
                let message = format!("another change takes out the block that holds `{target}`");
                self.report(&place, message, "write this into that change");
                continue;
            }
            let mistake = Diagnostic::new(
                "patch",
                &place.0,
                place.1,
                format!("the shared guide has no block `{target}`"),
            )
            .hint(format!("it has: {OPENING}, {}", known.join(", ")))
            .suggest(&target, known.iter().map(String::as_str));
            self.diagnostics.push(mistake);
        }
    }
}

/// How many blocks what comes first makes up: a heading's section reaches to the next of its level or a higher one.
fn section_length(blocks: &VecDeque<Block>) -> usize {
    let level = |block: &Block| match &block.kind {
        BlockKind::Heading(heading) => Some(heading.level),
        _ => None,
    };
    let Some(own) = blocks.front().and_then(level) else {
        return 1;
    };
    let mut after = blocks.iter().skip(1);
    after
        .position(|block| level(block).is_some_and(|other| other <= own))
        .map_or(blocks.len(), |length| length + 1)
}

/// A part of a block that has an id of its own, and that only its like can take the place of.
trait PartOf: Sized {
    /// What a change of one must be told.
    const WHAT: &'static str;
    /// How to write one.
    const HOW: &'static str;
    /// Where none is left.
    const NONE_LEFT: &'static str;
    /// The id that its author gave it.
    fn id(&self) -> Option<&str>;
    /// Where it stands in its file.
    fn span(&self) -> Span;
    /// Those that an agency writes.
    fn from_blocks(blocks: Vec<Block>) -> Option<Vec<Self>>;
}

impl PartOf for Step {
    const WHAT: &'static str = "a step: only steps can stand there";
    const HOW: &'static str = "write one numbered list (`1. …`) and nothing else";
    const NONE_LEFT: &'static str = "no step is left in this list";

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn span(&self) -> Span {
        self.span.clone()
    }

    fn from_blocks(blocks: Vec<Block>) -> Option<Vec<Self>> {
        let mut steps = Vec::new();
        for block in blocks {
            let BlockKind::List {
                start: Some(_),
                items,
            } = block.kind
            else {
                return None;
            };
            steps.extend(steps_of(items).ok()?);
        }
        Some(steps)
    }
}

impl PartOf for Choice {
    const WHAT: &'static str = "a choice: only choices can stand there";
    const HOW: &'static str = "write `::: opsi Judul … :::` and nothing else";
    const NONE_LEFT: &'static str = "no choice is left in this block";

    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn span(&self) -> Span {
        self.span.clone()
    }

    fn from_blocks(blocks: Vec<Block>) -> Option<Vec<Self>> {
        choices_of(blocks).ok()
    }
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
            let span = block.source.first_line(&block.span);
            see(patch.kind.word(), &block.source, span);
        }
    });
}

fn has_blank_outside_form(block: &Block) -> bool {
    let mut all = 0;
    let mut in_forms = 0;
    visit(std::slice::from_ref(block), &mut |part| match part {
        Part::Run(run) => all += blanks_in(run.content),
        Part::Block(Block {
            kind: BlockKind::Named(named),
            ..
        }) => {
            if let Named::Form(body) = &named.content {
                visit(body, &mut |part| {
                    if let Part::Run(run) = part {
                        in_forms += blanks_in(run.content);
                    }
                });
            }
        }
        Part::Block(_) => {}
    });
    all > in_forms
}

/// What can be named, in reading order.
fn ids(blocks: &[Block]) -> Vec<String> {
    let mut ids = Vec::new();
    visit(blocks, &mut |part| {
        if let Part::Block(block) = part {
            ids.extend(ids_of(block).into_iter().map(|(id, _, _)| id.to_owned()));
        }
    });
    ids
}

/// The ids that a block brings along, each with its place.
fn ids_of(block: &Block) -> Vec<(&str, &Source, &Span)> {
    match &block.kind {
        BlockKind::Heading(heading) => vec![(&heading.id, &block.source, &block.span)],
        BlockKind::Named(named) => {
            let anchor = named.anchor().map(|id| (id, &block.source, &block.span));
            let mut ids = Vec::from_iter(anchor);
            match &named.content {
                Named::Steps(steps) => ids.extend(
                    steps
                        .iter()
                        .filter_map(|step| Some((step.id.as_deref()?, &step.source, &step.span))),
                ),
                Named::Choice(choices) => ids.extend(choices.iter().filter_map(|choice| {
                    Some((choice.id.as_deref()?, &choice.source, &choice.span))
                })),
                _ => {}
            }
            ids
        }
        _ => Vec::new(),
    }
}

/// What each file alone kept to must hold for the whole too: ids once, no heading level skipped.
fn sound(blocks: &[Block], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<&str, (&Source, &Span)> = BTreeMap::new();
    let mut last = 1;
    visit(blocks, &mut |part| {
        let Part::Block(block) = part else { return };
        let mut report = |code, (source, span): (&Source, &Span), message: String, hint: &str| {
            let span = source.first_line(span);
            diagnostics.push(Diagnostic::new(code, source, span, message).hint(hint));
        };
        if let BlockKind::Heading(heading) = &block.kind {
            if heading.level > last + 1 {
                report(
                    "heading-level",
                    (&block.source, &block.span),
                    format!("heading level {} follows level {last}", heading.level),
                    "levels may not be skipped, the shared guide's own headings counted",
                );
            }
            last = heading.level;
        }
        for (id, source, span) in ids_of(block) {
            if let Some(first) = seen.insert(id, (source, span)) {
                // The agency's is the one to change: the shared guide's stands there for all.
                let own = if source.is_shared() {
                    first
                } else {
                    (source, span)
                };
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
            "::: sebelum blok=o\n",
            "::: pilihan id=p\n::: opsi id=o Satu\nteks\n:::\n:::\n",
            "::: opsi Dua\nteks\n:::\n",
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
