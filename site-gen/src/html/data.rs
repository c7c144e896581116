//! Data of the agency as the theme's components see them: problems, the finder, desks, the control sheet.

use minijinja::{Value, context};

use super::Body;
use crate::{
    mail::{Setup, SetupFile, dns},
    medium::way_to_root,
    medium::{Medium, relative},
    page::{canonical, link_to},
    practice,
    problems::Problem,
    site::Agency,
};

impl Body<'_> {
    /// A problem as templates see it.
    pub(crate) fn problem(&self, problem: &Problem) -> Value {
        let fixes = problem.fixes.iter().map(|fix| self.safe(fix));
        let guides = problem.guides.iter().filter_map(|guide| {
            let page = self
                .agency
                .pages
                .iter()
                .find(|page| page.file == guide.value)?;
            (page.file != self.page.file).then(|| link_to(page))
        });
        context! {
            id => format!("masalah-{}", problem.id.value),
            symptom => self.safe(&problem.symptom),
            cause => self.safe(&problem.cause),
            fixes => fixes.collect::<Vec<_>>(),
            ask => desk(self.agency, problem.desk.as_deref()),
            guides => guides.collect::<Vec<_>>(),
        }
    }

    /// The problems that belong to this page, where it does not list them already.
    pub fn problems_of_page(&self) -> Vec<Value> {
        let problems = self.agency.problems_beside(self.page);
        problems
            .into_iter()
            .map(|problem| self.problem(problem))
            .collect()
    }

    /// The problems below a question, by the question that they answer.
    pub(super) fn groups(&self, from: Option<&str>) -> Vec<Value> {
        let problems = &self.agency.problems;
        let groups = problems.groups(from).into_iter().map(|group| {
            context! {
                id => format!("grup-{}", group.question.id),
                title => problems.words_to(group.question),
                problems => group.problems.iter().map(|problem| self.problem(problem)).collect::<Vec<_>>(),
            }
        });
        groups.collect()
    }

    /// Every question with its choices, and every answer; each knows the way back.
    pub(super) fn finder(&self) -> Value {
        let problems = &self.agency.problems;
        let asked = |id: &str| format!("tanya-{id}");
        let answered = |problem: &Problem| format!("jawab-{}", problem.id.value);
        let questions = problems.questions.iter().map(|question| {
            let further = problems.questions_below(&question.id).map(
                |below| context! { text => self.safe(&below.choice), target => asked(&below.id) },
            );
            let answers = problems.problems_below(&question.id).map(
                |problem| context! { text => self.safe(&problem.symptom), target => answered(problem) },
            );
            context! {
                id => asked(&question.id), question => self.safe(&question.question),
                choices => further.chain(answers).collect::<Vec<_>>(),
                back => question.parent.as_deref().map(asked), first => question.parent.is_none(),
            }
        });
        let answers = problems.problems.iter().map(|problem| {
            let back = asked(&problem.question);
            context! { id => answered(problem), back, ..self.problem(problem) }
        });
        context! { questions => questions.collect::<Vec<_>>(), answers => answers.collect::<Vec<_>>() }
    }
}

/// A desk of the agency: the one named, else the main contact. What it lacks is empty.
pub fn desk(agency: &Agency, id: Option<&str>) -> Value {
    let desk = agency.profile.facts.group(&match id {
        Some(id) => format!("kontak.meja.{id}"),
        None => "kontak".to_owned(),
    });
    let channels = list(&desk, "kanal").into_iter().map(|channel| {
        context! {
            nama => text(&channel, "nama"), alamat => text(&channel, "alamat"), ikon => text(&channel, "ikon")
        }
    });
    context! {
        nama => text(&desk, "nama"),
        telepon => list(&desk, "telepon"),
        email => text(&desk, "email"),
        situs => text(&desk, "situs"),
        ragu => text(&desk, "whatsapp_ragu"),
        alamat => text(&desk, "alamat"),
        kanal => channels.collect::<Vec<_>>(),
    }
}

/// The agency's own document, and its versions.
pub fn control_sheet(agency: &Agency) -> Value {
    let sheet = agency.profile.facts.group("juknis");
    let versions = list(&sheet, "riwayat").into_iter().map(|version| {
        let day = text(&version, "tanggal").to_string();
        context! {
            versi => text(&version, "versi"), perubahan => text(&version, "perubahan"),
            tanggal => context! { iso => day.as_str(), text => model::date_in_words(&day) }
        }
    });
    context! {
        judul => text(&sheet, "judul"), nomor => text(&sheet, "nomor"), status => text(&sheet, "status"),
        klasifikasi => text(&sheet, "klasifikasi"), pemilik => text(&sheet, "pemilik"),
        riwayat => versions.collect::<Vec<_>>(),
    }
}

/// A set-up file: its text, its name and where it is fetched. A stick holds none: there it is fetched from the site.
pub(super) fn setup_file(body: &Body<'_>, file: SetupFile) -> Value {
    let setup = Setup::new(body.site, body.agency);
    let path = file.paths().first().copied().unwrap_or_default();
    let href = match body.medium {
        Medium::Usb => setup.address(file),
        Medium::Web | Medium::Dev => {
            let path = format!("{}{path}", body.agency.prefix);
            relative(&way_to_root(body.at), &path)
        }
    };
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    // A profile that is missing was reported.
    let text = setup.text(file).unwrap_or_default();
    // Not `text` and `file`: these say to the copy button that it copies something else than what is shown.
    context! { content => text.trim_end(), href, name }
}

/// The DNS records of the agency's domain.
pub(super) fn dns_records(body: &Body<'_>) -> Value {
    let records = dns::records(Setup::new(body.site, body.agency));
    let records = records.into_iter().map(|record| {
        context! { name => record.name, kind => record.kind, value => record.value, purpose => record.purpose }
    });
    context! { records => records.collect::<Vec<_>>() }
}

/// The cards that people practise with, by the page that they are for, and the address of all practice.
pub(super) fn practice_cards(body: &Body<'_>) -> Value {
    let agency = body.agency;
    let mut groups: Vec<Value> = Vec::new();
    let mut number = 0;
    for place in practice::Place::ALL {
        let file = place.file();
        let (Some(page), true) = (
            agency.pages.iter().find(|page| page.file == file),
            agency.practice.of_place(place).next().is_some(),
        ) else {
            continue;
        };
        let cards = agency.practice.of_place(place).map(|card| {
            number += 1;
            let (result, next) = practice::outcome(agency, card);
            let person = card.person.as_ref();
            context! {
                number, place => place.word(), way => card.way.map(practice::Way::word),
                name => person.map(|person| person.name.as_str()),
                nik => person.and_then(|person| person.nik.as_deref()),
                nip => person.and_then(|person| person.nip.as_deref()),
                phone => practice::PHONE,
                typed => card.typed.as_str(), fact => card.fact.as_ref().map(|(fact, _)| fact.word()),
                fact_typed => card.fact.as_ref().map(|(_, typed)| typed.as_str()), task => card.task.as_deref(),
                result => shown(body, result), next => next.map(|next| shown(body, next)),
            }
        });
        let cards = cards.collect::<Vec<_>>();
        groups.push(
            context! { title => page.front.short.value.as_str(), url => page.url.as_str(), cards },
        );
    }
    let address = canonical(body.site, &format!("{}latihan/", agency.prefix));
    context! { groups, address }
}

/// What the drawn form for practice needs: who one is there, and the passphrases to choose from.
pub(super) fn rehearsal(body: &Body<'_>, words: Value) -> Value {
    let agency = body.agency;
    let person = agency.practice.candidate().map(|person| {
        context! {
            name => person.name.as_str(), nik => person.nik.as_deref(), nip => person.nip.as_deref(),
            phone => practice::PHONE,
        }
    });
    let passphrases = practice::passphrases(agency).into_iter().map(|choice| {
        context! { text => choice.text, broken => choice.broken }
    });
    context! { body => words, person, passphrases => passphrases.collect::<Vec<_>>() }
}

/// Words of a card: typed as plain text, or a status's own.
fn shown(body: &Body<'_>, words: practice::Words<'_>) -> Value {
    match words {
        practice::Words::Plain(text) => Value::from(text),
        practice::Words::Marked(content) => body.safe(content),
    }
}

fn given(from: &Value, key: &str) -> Option<Value> {
    let value = from.get_attr(key).ok()?;
    (!value.is_undefined()).then_some(value)
}

fn text(from: &Value, key: &str) -> Value {
    given(from, key).unwrap_or_else(|| Value::from(""))
}

fn list(from: &Value, key: &str) -> Vec<Value> {
    given(from, key)
        .and_then(|list| Some(list.try_iter().ok()?.collect()))
        .unwrap_or_default()
}
