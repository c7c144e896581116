//! From a query to pages, best first.
//!
//! A query becomes *concepts*: a word with its other forms, its synonyms, what it begins (the last word, while it is
//! typed) or what it misspells. Each concept weighs by how few pages hold it. Every text of the index is read through
//! for each query: an agency's guides are some ten thousand words, which takes less than a millisecond.

use crate::{
    index::{Index, Kind, Page, Passage, Unreadable},
    stem::stems,
    text::{Word, words},
};

/// How many pages are shown.
const MOST_HITS: usize = 10;
/// Words of a query that are looked at.
const MOST_WORDS: usize = 12;
/// Bytes of a passage that are shown, some more up to a word's end.
const PASSAGE_LENGTH: usize = 180;

/// Chains in the table of stems: an agency's words have some twenty thousand.
const CHAINS: usize = 8192;

/// How well a word is matched by itself.
const EXACT: f32 = 1.0;
/// By another form of it.
const FORM: f32 = 0.85;
/// By a synonym.
const SYNONYM: f32 = 0.8;
/// By a word that it begins.
const BEGUN: f32 = 0.7;
/// By a word that it misspells.
const MISSPELT: f32 = 0.6;

/// What a page's own texts weigh. A word in a title says more than one in a step.
const TITLE: f32 = 10.0;
const SUMMARY: f32 = 2.0;
/// A page that only leads on comes after those that it leads to.
const LEADS_ON: f32 = 0.6;

const fn weight(kind: Kind) -> f32 {
    match kind {
        Kind::Heading | Kind::Contact => 5.0,
        Kind::Problem => 4.5,
        Kind::Status => 4.0,
        Kind::Choice => 3.0,
        Kind::Step => 2.5,
        Kind::Setting => 2.2,
    }
}

/// What a text keeps of its weight where the query says little of it: "Daftar TTE" is asked for by "daftar tte baru"
/// more than "Lupa passphrase TTE" is.
const LITTLE_SAID: f32 = 0.6;

/// What explains a passage, beside the passage itself.
const MORE: f32 = 0.35;

/// How a text answers.
struct Match {
    /// How well it says each concept, 0–1.
    qualities: Vec<f32>,
    /// How much of it is asked for, from [`LITTLE_SAID`] to 1.
    share: f32,
}

/// The index, ready to be asked.
pub struct Search {
    index: Index,
    /// Every word of the index, in alphabetical order; a *term* is a place in it.
    vocabulary: Vec<String>,
    /// Which terms have which stem.
    stems: Stems,
    /// All texts, word by word, and each text's place in it.
    terms: Vec<u32>,
    texts: Vec<Text>,
    synonyms: Vec<Group>,
    ignored: Vec<u32>,
}

/// A text of the index.
struct Text {
    page: usize,
    /// None: a page's own text.
    passage: Option<usize>,
    weight: f32,
    /// Where its terms stand.
    start: usize,
    end: usize,
}

/// Which terms have which stem: a hash table whose entries are chained, since the keys are hashes already.
struct Stems {
    /// Of each chain its latest entry.
    chains: Vec<Option<u32>>,
    entries: Vec<Stemmed>,
}

struct Stemmed {
    key: u64,
    term: u32,
    /// The entry before it in its chain.
    before: Option<u32>,
}

impl Default for Stems {
    fn default() -> Self {
        Self {
            chains: vec![None; CHAINS],
            entries: Vec::new(),
        }
    }
}

impl Stems {
    #[allow(clippy::cast_possible_truncation)] // its last digits
    const fn chain(key: u64) -> usize {
        key as usize % CHAINS
    }

    fn add(&mut self, key: u64, term: u32) {
        let latest = place(self.entries.len());
        if let Some(chain) = self.chains.get_mut(Self::chain(key)) {
            let before = chain.replace(latest);
            self.entries.push(Stemmed { key, term, before });
        }
    }

    fn terms(&self, key: u64) -> impl Iterator<Item = u32> {
        let entry = |number: u32| self.entries.get(at(number));
        let latest = self.chains.get(Self::chain(key)).copied().flatten();
        std::iter::successors(latest.and_then(entry), move |stemmed| {
            stemmed.before.and_then(entry)
        })
        .filter(move |stemmed| stemmed.key == key)
        .map(|stemmed| stemmed.term)
    }
}

/// A page that was found.
#[derive(Debug, PartialEq, Eq)]
pub struct Hit<'a> {
    /// Its title.
    pub title: &'a str,
    /// The topic that it stands in; may be empty.
    pub topic: &'a str,
    /// The heading above the passage; empty where there is none, or the page itself was found.
    pub heading: &'a str,
    /// Its path from the agency's home.
    pub url: &'a str,
    /// The passage's anchor; empty where the page itself was found.
    pub anchor: &'a str,
    /// The passage.
    pub passage: Vec<Piece>,
}

/// A piece of a passage.
#[derive(Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: String,
    /// True where it was asked for.
    pub found: bool,
}

/// What is asked for.
struct Concept {
    /// How well each term matches.
    terms: Vec<f32>,
    /// Phrases that match, word by word, each with the terms that may stand there.
    phrases: Vec<Vec<Vec<u32>>>,
}

/// A synonym, term by term.
type Phrase = Vec<u32>;
/// Synonyms of each other.
type Group = Vec<Phrase>;
/// Words of the index that a word of the query may mean, and how well.
type Meant = Vec<(u32, f32)>;

impl Search {
    /// Makes an index ready.
    ///
    /// # Errors
    /// What [`Index::read`] says.
    pub fn new(file: &str) -> Result<Self, Unreadable> {
        Ok(Self::of(Index::read(file)?))
    }

    /// Makes an index ready.
    pub fn of(index: Index) -> Self {
        let mut all = Vec::new();
        let mut texts = Vec::new();
        let mut add = |text: &str, page, passage, weight| {
            let start = all.len();
            all.extend(folded(text));
            texts.push(Text {
                page,
                passage,
                weight,
                start,
                end: all.len(),
            });
        };
        for (at, page) in index.pages.iter().enumerate() {
            add(&page.title, at, None, TITLE);
            if page.short != page.title {
                add(&page.short, at, None, TITLE);
            }
            add(&page.summary, at, None, SUMMARY);
            for (number, passage) in page.passages.iter().enumerate() {
                let weight = weight(passage.kind);
                add(&passage.text, at, Some(number), weight);
                add(&passage.more, at, Some(number), weight * MORE);
            }
        }
        let written: Vec<Vec<Vec<String>>> = index
            .synonyms
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|phrase| folded(phrase).collect())
                    .filter(|phrase: &Vec<String>| !phrase.is_empty()) // it would begin everywhere
                    .collect()
            })
            .collect();
        let ignored: Vec<String> = index.ignored.iter().flat_map(|word| folded(word)).collect();

        let mut vocabulary = all.clone();
        vocabulary.extend(written.iter().flatten().flatten().chain(&ignored).cloned());
        vocabulary.sort_unstable();
        vocabulary.dedup();
        let term = |word: &String| place(vocabulary.binary_search(word).unwrap_or_default());
        let synonyms = written
            .iter()
            .map(|group| {
                group
                    .iter()
                    .map(|phrase| phrase.iter().map(term).collect())
                    .collect()
            })
            .collect();
        let (terms, ignored) = (
            all.iter().map(term).collect(),
            ignored.iter().map(term).collect(),
        );
        let mut by_stem = Stems::default();
        for (at, word) in vocabulary.iter().enumerate() {
            stems(word, &mut |stem| by_stem.add(stem.key(), place(at)));
        }
        Self {
            index,
            vocabulary,
            stems: by_stem,
            terms,
            texts,
            synonyms,
            ignored,
        }
    }

    /// The pages that answer a query, best first, each with its best passage.
    pub fn ask(&self, query: &str) -> Vec<Hit<'_>> {
        let concepts = self.concepts(query);
        if concepts.is_empty() {
            return Vec::new();
        }
        let texts = self.texts.iter();
        let matches: Vec<Match> = texts.map(|text| self.matched(text, &concepts)).collect();
        let weights = self.weights(&matches, concepts.len());
        let whole: f32 = weights.iter().sum();
        if whole == 0.0 {
            return Vec::new();
        }
        let mut found: Vec<(f32, usize, Option<usize>)> = Vec::new();
        let mut from = 0;
        for page in 0..self.index.pages.len() {
            let to = from
                + self
                    .texts
                    .iter()
                    .skip(from)
                    .take_while(|text| text.page == page)
                    .count();
            let texts = self.texts.get(from..to).unwrap_or_default();
            let matches = matches.get(from..to).unwrap_or_default();
            from = to;
            let (score, passage) = rank(texts, matches, &weights, whole);
            if score > 0.0 {
                let leads_on = self.index.pages.get(page).is_some_and(|page| page.leads_on);
                found.push((
                    if leads_on { score * LEADS_ON } else { score },
                    page,
                    passage,
                ));
            }
        }
        let mut hits = Vec::new();
        // A handful of some fifty: sorting all would be a tenth of the program.
        while hits.len() < MOST_HITS {
            let better = |best: usize, at: usize| {
                let score = |at: usize| found.get(at).map_or(0.0, |found| found.0);
                if score(at) > score(best) { at } else { best }
            };
            let Some(best) = (0..found.len()).reduce(better) else {
                break;
            };
            let (_, page, passage) = found.remove(best);
            if let Some(page) = self.index.pages.get(page) {
                hits.push(self.hit(page, passage, &concepts));
            }
        }
        hits
    }

    fn concepts(&self, query: &str) -> Vec<Concept> {
        let asked: Vec<Word> = words(query).into_iter().take(MOST_WORDS).collect();
        let typing = asked.last().is_some_and(|last| last.end == query.len());
        let meant: Vec<Meant> = asked
            .iter()
            .enumerate()
            .map(|(at, word)| self.meant(&word.folded, typing && at + 1 == asked.len()))
            .collect();
        let mut concepts = Vec::new();
        let mut idle = Vec::new();
        let mut at = 0;
        while let Some(word) = asked.get(at) {
            let ahead = meant.get(at..).unwrap_or_default();
            let (length, groups) = self.groups(ahead);
            let concept = self.concept(ahead.get(..length.max(1)).unwrap_or_default(), &groups);
            let idles = length <= 1
                && self
                    .term(&word.folded)
                    .is_some_and(|term| self.ignored.contains(&term));
            if idles {
                idle.push(concept)
            } else {
                concepts.push(concept)
            }
            at += length.max(1);
        }
        if concepts.is_empty() { idle } else { concepts }
    }

    /// What a word of the query may mean.
    fn meant(&self, word: &str, typing: bool) -> Meant {
        let mut meant = Meant::new();
        if let Some(term) = self.term(word) {
            add(&mut meant, term, EXACT);
        }
        self.add_forms(word, FORM, &mut meant);
        let unknown = meant.is_empty();
        if typing && word.len() >= 2 {
            let from = self
                .vocabulary
                .partition_point(|known| known.as_str() < word);
            let begun = self
                .vocabulary
                .iter()
                .enumerate()
                .skip(from)
                .take_while(|(_, known)| known.starts_with(word));
            begun.for_each(|(term, _)| add(&mut meant, place(term), BEGUN));
        }
        if unknown && meant.is_empty() {
            let most = match word.len() {
                0..4 => return meant,
                4..8 => 1,
                _ => 2,
            };
            for (term, known) in self.vocabulary.iter().enumerate() {
                if known.len() < 3 || known.len().abs_diff(word.len()) > most {
                    continue;
                }
                let distance = strsim::osa_distance(word, known);
                if distance <= most {
                    let quality = if distance == 1 {
                        MISSPELT
                    } else {
                        MISSPELT * 0.8
                    };
                    add(&mut meant, place(term), quality);
                    self.add_forms(known, quality * FORM, &mut meant);
                }
            }
        }
        meant
    }

    /// The words that share a stem with a word.
    fn add_forms(&self, word: &str, quality: f32, meant: &mut Meant) {
        stems(word, &mut |stem| {
            let key = stem.key();
            self.stems
                .terms(key)
                .for_each(|term| add(meant, term, quality));
        });
    }

    fn term(&self, word: &str) -> Option<u32> {
        self.vocabulary
            .binary_search_by(|known| known.as_str().cmp(word))
            .ok()
            .map(place)
    }

    /// The longest phrase of a synonym group with which the query goes on: of how many words, in which groups, and
    /// how well the query matches it there.
    fn groups(&self, ahead: &[Meant]) -> (usize, Vec<(&Group, f32)>) {
        let quality = |term: &u32, meant: &Meant| {
            let known = meant.iter().find(|(known, _)| known == term);
            known.map_or(0.0, |(_, quality)| *quality)
        };
        let begun = |phrase: &Phrase| {
            if phrase.len() > ahead.len() {
                return 0.0;
            }
            let qualities = phrase
                .iter()
                .zip(ahead)
                .map(|(term, meant)| quality(term, meant));
            qualities.reduce(f32::min).unwrap_or(0.0)
        };
        let mut longest = 0;
        let mut groups = Vec::new();
        for group in &self.synonyms {
            let begun = group.iter().map(|phrase| (phrase.len(), begun(phrase)));
            let best = begun
                .filter(|(_, quality)| *quality > 0.0)
                .reduce(|one, other| {
                    if other.0 > one.0 || (other.0 == one.0 && other.1 > one.1) {
                        other
                    } else {
                        one
                    }
                });
            let Some((length, quality)) = best else {
                continue;
            };
            if length > longest {
                longest = length;
                groups.clear();
            }
            if length == longest {
                groups.push((group, quality));
            }
        }
        (longest, groups)
    }

    /// What is asked for by these words of the query, which begin a phrase of each of these groups.
    fn concept(&self, asked: &[Meant], groups: &[(&Group, f32)]) -> Concept {
        let mut concept = Concept {
            terms: vec![0.0; self.vocabulary.len()],
            phrases: Vec::new(),
        };
        let forms = |term: u32| {
            let mut forms = vec![(term, EXACT)];
            if let Some(word) = self.vocabulary.get(at(term)) {
                self.add_forms(word, FORM, &mut forms);
            }
            forms
        };
        let mut alternative = |words: Vec<Meant>, quality: f32| match words.as_slice() {
            [one] => {
                for (term, match_quality) in one {
                    if let Some(known) = concept.terms.get_mut(at(*term)) {
                        *known = known.max(match_quality * quality);
                    }
                }
            }
            _ => {
                let terms = |meant: Meant| meant.into_iter().map(|(term, _)| term).collect();
                concept.phrases.push(words.into_iter().map(terms).collect());
            }
        };
        alternative(asked.to_vec(), EXACT);
        // A misspelt word, or another form, means its synonyms less than the very word.
        for (group, begun) in groups {
            for phrase in *group {
                alternative(
                    phrase.iter().map(|term| forms(*term)).collect(),
                    SYNONYM * begun,
                );
            }
        }
        concept
    }

    /// How a text answers.
    fn matched(&self, text: &Text, concepts: &[Concept]) -> Match {
        let terms = self.terms.get(text.start..text.end).unwrap_or_default();
        let mut qualities = vec![0.0_f32; concepts.len()];
        let mut said = 0;
        for (concept, best) in concepts.iter().zip(&mut qualities) {
            for (from, term) in terms.iter().enumerate() {
                let quality = concept.terms.get(at(*term)).copied().unwrap_or(0.0);
                let phrase = concept.phrase_at(terms.get(from..).unwrap_or_default());
                said += phrase.unwrap_or(usize::from(quality > 0.0));
                *best = best
                    .max(quality)
                    .max(if phrase.is_some() { SYNONYM } else { 0.0 });
            }
        }
        #[allow(clippy::cast_precision_loss)] // numbers of words
        let share = said.min(terms.len()) as f32 / terms.len().max(1) as f32;
        let share = LITTLE_SAID + (1.0 - LITTLE_SAID) * share;
        Match { qualities, share }
    }

    /// What each concept weighs: the fewer pages hold it, the more.
    fn weights(&self, matches: &[Match], concepts: usize) -> Vec<f32> {
        let pages = self.index.pages.len();
        let weight = |concept: usize| {
            let mut holding = vec![false; pages];
            for (text, matches) in self.texts.iter().zip(matches) {
                let matched = matches
                    .qualities
                    .get(concept)
                    .is_some_and(|quality| *quality > 0.0);
                if let Some(holds) = holding.get_mut(text.page) {
                    *holds |= matched;
                }
            }
            match holding.iter().filter(|holds| **holds).count() {
                0 => 0.0,
                #[allow(clippy::cast_precision_loss)] // numbers of pages
                holding => (1.0 + pages as f32 / holding as f32).ln(),
            }
        };
        (0..concepts).map(weight).collect()
    }

    fn hit<'a>(&self, page: &'a Page, passage: Option<usize>, concepts: &[Concept]) -> Hit<'a> {
        let found = passage.and_then(|number| page.passages.get(number));
        // Problems stand below all headings, under one of the page's own.
        let below = passage.filter(|_| found.is_some_and(|found| found.kind != Kind::Problem));
        let heading = below.and_then(|number| {
            let until = page.passages.get(..=number)?;
            until
                .iter()
                .rev()
                .find(|passage| passage.kind == Kind::Heading)
        });
        Hit {
            title: &page.title,
            topic: &page.topic,
            heading: heading.map_or("", |heading| &heading.text),
            url: &page.url,
            anchor: found.map_or("", |passage| &passage.anchor),
            passage: self.marked(&shown(page, found), concepts),
        }
    }

    /// A text with what was asked for marked; of a long one the part around the first mark.
    fn marked(&self, text: &str, concepts: &[Concept]) -> Vec<Piece> {
        let words = words(text);
        let terms: Vec<Option<u32>> = words.iter().map(|word| self.term(&word.folded)).collect();
        let mut marks: Vec<(usize, usize)> = Vec::new();
        let mut from = 0;
        while let (Some(word), Some(ahead)) = (words.get(from), terms.get(from..)) {
            // A word that the index lacks ends any phrase.
            let known: Vec<u32> = ahead.iter().map_while(|term| *term).collect();
            let length = concepts
                .iter()
                .filter_map(|concept| concept.found_at(&known))
                .max()
                .unwrap_or(0);
            if let Some(last) = (from + length)
                .checked_sub(1)
                .and_then(|last| words.get(last))
                .filter(|_| length > 0)
            {
                marks.push((word.start, last.end));
            }
            from += length.max(1);
        }
        let (start, end) = part(text, marks.first().map_or(0, |(start, _)| *start));
        let mut pieces = Vec::new();
        let mut add = |piece: &str, found| {
            if !piece.is_empty() {
                pieces.push(Piece {
                    text: piece.to_owned(),
                    found,
                });
            }
        };
        if start > 0 {
            add("… ", false);
        }
        let mut done = start;
        for (from, to) in marks
            .into_iter()
            .filter(|(from, to)| *from >= start && *to <= end)
        {
            add(text.get(done..from).unwrap_or_default(), false);
            add(text.get(from..to).unwrap_or_default(), true);
            done = to;
        }
        add(text.get(done..end).unwrap_or_default(), false);
        if end < text.len() {
            add(" …", false);
        }
        pieces
    }
}

impl Concept {
    /// How many terms the longest of its phrases takes with which these begin.
    fn phrase_at(&self, terms: &[u32]) -> Option<usize> {
        let begins = |phrase: &&Vec<Vec<u32>>| {
            phrase.len() <= terms.len()
                && phrase
                    .iter()
                    .zip(terms)
                    .all(|(one_of, term)| one_of.contains(term))
        };
        self.phrases.iter().filter(begins).map(Vec::len).max()
    }

    /// How many terms it takes of these, from the first on.
    fn found_at(&self, terms: &[u32]) -> Option<usize> {
        let one = terms.first().is_some_and(|term| {
            self.terms
                .get(at(*term))
                .is_some_and(|quality| *quality > 0.0)
        });
        self.phrase_at(terms).or(one.then_some(1))
    }
}

/// What a page is worth, and its best passage; none where the page itself is.
fn rank(texts: &[Text], matches: &[Match], weights: &[f32], whole: f32) -> (f32, Option<usize>) {
    // What is found in several texts counts where it counts most.
    let worth = |of: &dyn Fn(&Text) -> bool| {
        let (mut sum, mut covered) = (0.0, 0.0);
        for (concept, weight) in weights.iter().enumerate() {
            let (mut best, mut surest) = (0.0_f32, 0.0_f32);
            for (text, matches) in texts.iter().zip(matches).filter(|(text, _)| of(text)) {
                let quality = matches.qualities.get(concept).copied().unwrap_or(0.0);
                best = best.max(text.weight * matches.share * quality);
                surest = surest.max(quality);
            }
            sum += weight * best;
            covered += weight * surest;
        }
        sum * (covered / whole).powi(2)
    };
    let mut best = (worth(&|text| text.passage.is_none()), None);
    for number in 0..=texts
        .iter()
        .filter_map(|text| text.passage)
        .max()
        .unwrap_or(0)
    {
        let worth = worth(&|text| text.passage == Some(number));
        if worth > best.0 {
            best = (worth, Some(number));
        }
    }
    (worth(&|_| true) + best.0, best.1)
}

/// What is shown of a page where this passage was found.
fn shown(page: &Page, passage: Option<&Passage>) -> String {
    match passage {
        None => page.summary.clone(),
        // The heading itself is shown above it.
        Some(passage) if passage.kind == Kind::Heading && !passage.more.is_empty() => {
            passage.more.clone()
        }
        Some(passage) if passage.more.is_empty() => passage.text.clone(),
        Some(passage) => passage.text.clone() + " – " + &passage.more,
    }
}

/// Which part of a text is shown so that `mark` is seen: whole words.
fn part(text: &str, mark: usize) -> (usize, usize) {
    if text.len() <= PASSAGE_LENGTH {
        return (0, text.len());
    }
    let word_from = |at: usize| {
        text.char_indices().map(|(at, _)| at).find(|place| {
            *place >= at
                && text
                    .get(..*place)
                    .is_some_and(|before| before.ends_with(' '))
        })
    };
    let start = if mark > PASSAGE_LENGTH / 2 {
        word_from(mark - PASSAGE_LENGTH / 3).unwrap_or(0)
    } else {
        0
    };
    let end = word_from(start + PASSAGE_LENGTH).map_or(text.len(), |end| end - 1);
    (start, end)
}

fn folded(text: &str) -> impl Iterator<Item = String> {
    words(text).into_iter().map(|word| word.folded)
}

/// Adds a term, or makes it better.
fn add(meant: &mut Meant, term: u32, quality: f32) {
    match meant.iter_mut().find(|(known, _)| *known == term) {
        Some((_, known)) => *known = known.max(quality),
        None => meant.push((term, quality)),
    }
}

/// A vocabulary has fewer words than a `u32` counts.
#[allow(clippy::cast_possible_truncation)]
const fn place(at: usize) -> u32 {
    at as u32
}

const fn at(term: u32) -> usize {
    term as usize
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    const INDEX: &str = "pandu-cari\t1
=\temail\tsurel\te-mail
=\tkata sandi\tpassword
=\tTTE\ttanda tangan elektronik
=\ttanda tangan\ttandatangan
=\ttidak bisa\tgagal
-\tcara\tbagaimana\tdi\tsaya\tmana
T\t\tBeranda email dan TTE\tBeranda\t\tEmail dan TTE.
P\temail/hp/\tPasang email di HP\tHP\tEmail\tBaca email di HP.
.\tlangkah-1\tKetik kata sandi email Anda.\t
:\tsetelan-1\tPort: 993\tSurat masuk
!\tmasalah-kirim\tEmail tidak bisa dikirim\tPort salah. Ganti port.
P\temail/sandi/\tGanti kata sandi\tKata sandi\tEmail\tGanti sendiri, atau minta reset.
#\tlupa\tLupa kata sandi?\tMinta reset kepada petugas.
P\ttte/aktif/\tAktifkan akun TTE\tAktivasi\tTTE\tBuka email aktivasi.
.\tlangkah-1\tIsi data diri, lalu tandatangani perjanjian.\tData kedinasan juga.
";

    fn urls(query: &str) -> Vec<String> {
        let search = Search::new(INDEX).unwrap();
        let hits = search.ask(query).into_iter();
        hits.map(|hit| format!("{}#{}", hit.url, hit.anchor))
            .collect()
    }

    fn first(query: &str) -> String {
        urls(query).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn what_one_wants_comes_first() {
        for (query, wanted) in [
            ("aktivasi", "tte/aktif/#"),
            ("bagaimana cara mengaktifkan TTE saya?", "tte/aktif/#"),
            ("aktifkan tanda tangan elektronik", "tte/aktif/#"),
            ("ganti password", "email/sandi/#"),
            ("pasang surel", "email/hp/#"),
            ("lupa sandi", "email/sandi/#lupa"),
            ("port", "email/hp/#setelan-1"),
            ("993", "email/hp/#setelan-1"),
            ("gagal mengirim e-mail", "email/hp/#masalah-kirim"),
            ("menandatangani", "tte/aktif/#langkah-1"),
            // misspelt
            ("pasowrd", "email/sandi/#"),
            ("aktivsai akun", "tte/aktif/#"),
            // while it is typed
            ("kata san", "email/sandi/#"),
        ] {
            assert_eq!(first(query), wanted, "{query}: {:?}", urls(query));
        }
    }

    #[test]
    fn a_word_is_begun_only_while_it_is_typed() {
        assert_eq!(first("perjan"), "tte/aktif/#langkah-1");
        assert_eq!(first("perjan "), "");
    }

    #[test]
    fn words_that_say_nothing_are_asked_for_only_alone() {
        assert_eq!(urls("cara aktivasi"), urls("aktivasi"));
        assert_eq!(first("di"), "email/hp/#");
    }

    #[test]
    fn a_page_is_found_once_and_one_that_leads_on_comes_after() {
        assert_eq!(urls("email"), ["email/hp/#", "#", "tte/aktif/#"]);
    }

    #[test]
    fn what_was_asked_for_is_marked_phrases_as_a_whole() {
        let search = Search::new(INDEX).unwrap();
        let marks = |query: &str| {
            let hit = search.ask(query).into_iter().next().unwrap();
            let found = hit.passage.into_iter().filter(|piece| piece.found);
            found.map(|piece| piece.text).collect::<Vec<_>>()
        };
        assert_eq!(marks("ketik password"), ["Ketik", "kata sandi"]);
        assert_eq!(
            marks("email gagal terkirim"),
            ["Email", "tidak bisa", "dikirim"]
        );
    }

    #[test]
    fn of_a_long_text_the_part_around_the_mark_is_shown() {
        let text = format!("{} tujuan {}", "kata ".repeat(100), "lain ".repeat(100));
        let (start, end) = part(&text, text.find("tujuan").unwrap());
        let shown = &text[start..end];
        assert!(
            shown.contains("tujuan") && shown.len() < PASSAGE_LENGTH + 10,
            "{shown}"
        );
        assert!(
            shown.starts_with("kata") && shown.ends_with("lain"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn any_query_is_answered(query in ".{0,60}") {
            let search = Search::new(INDEX).unwrap();
            let hits = search.ask(&query);
            prop_assert!(hits.len() <= MOST_HITS);
        }

        #[test]
        fn whatever_is_shown_is_all_of_the_passage_where_it_is_short(query in "(email|port|kata|sandi|di|tte| ){0,6}") {
            let search = Search::new(INDEX).unwrap();
            for hit in search.ask(&query) {
                let shown: String = hit.passage.iter().map(|piece| piece.text.as_str()).collect();
                prop_assert!(INDEX.contains(&shown) || shown.contains(" – "), "{shown}");
            }
        }

        #[test]
        fn a_part_is_in_its_text(text in "[a-zé ]{0,400}", mark in 0_usize..400) {
            let (start, end) = part(&text, mark.min(text.len()));
            prop_assert!(start <= end && text.get(start..end).is_some());
        }
    }
}
