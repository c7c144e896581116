//! Look-ups on practice data: the invented people of `content/contoh`, imported as an operator would.
//!
//! They are made again only when the roster or the profile changed, so that other edits stay quick.

use std::fs;
use std::path::{Path, PathBuf};

use axum::Router;
use lookup::{ImportOptions, Limits, Profile, Service, ServiceOptions};
use model::network::Networks;
use sha2::{Digest, Sha256};

/// An agency's look-up and where it stands.
#[derive(Clone)]
pub(super) struct Lookup {
    /// Path of its root: `/api/v1`, or `/<id>/api/v1` on a site of several agencies.
    pub(super) path: String,
    /// Answers below that path.
    pub(super) router: Router,
}

/// The look-ups of all agencies shown.
#[derive(Default)]
pub(super) struct Practice {
    lookups: Vec<Lookup>,
    made_from: Option<[u8; 32]>,
}

impl Practice {
    /// The look-ups for what now stands in `content`. One that cannot be made is told of and left out:
    /// the site is whole without it.
    pub(super) fn lookups(&mut self, root: &Path, only: Option<&str>) -> Vec<Lookup> {
        let agencies = agencies(root, only);
        let rosters = Rosters::of(root);
        let made_from = rosters.digest(&agencies);
        if self.made_from != Some(made_from) {
            let several = agencies.len() > 1;
            self.lookups = agencies
                .iter()
                .filter_map(|agency| match rosters.lookup(root, agency, several) {
                    Ok(lookup) => lookup,
                    Err(error) => {
                        let id = &agency.id;
                        eprintln!(
                            "The checks of {id} are off, since there is no practice data:\n{error}"
                        );
                        None
                    }
                })
                .collect();
            self.made_from = Some(made_from);
        }
        self.lookups.clone()
    }
}

struct Agency {
    id: String,
    profile: PathBuf,
}

/// The agencies that a build shows, in order.
fn agencies(root: &Path, only: Option<&str>) -> Vec<Agency> {
    let folders = fs::read_dir(root.join("content/instansi"));
    let mut agencies: Vec<Agency> = folders
        .into_iter()
        .flatten()
        .flatten()
        .map(|folder| Agency {
            id: folder.file_name().to_string_lossy().into_owned(),
            profile: folder.path().join("instansi.toml"),
        })
        .filter(|agency| agency.profile.is_file() && only.is_none_or(|id| id == agency.id))
        .collect();
    agencies.sort_by(|a, b| a.id.cmp(&b.id));
    agencies
}

/// The practice tables.
struct Rosters {
    people: PathBuf,
    identity: PathBuf,
}

impl Rosters {
    fn of(root: &Path) -> Self {
        let folder = root.join("content/contoh");
        Self {
            people: folder.join("roster-latihan.xlsx"),
            identity: folder.join("identitas-latihan.xlsx"),
        }
    }

    /// A digest of everything that look-ups are made from.
    fn digest(&self, agencies: &[Agency]) -> [u8; 32] {
        let profiles = agencies.iter().map(|agency| &agency.profile);
        let mut digest = Sha256::new();
        for path in [&self.people, &self.identity].into_iter().chain(profiles) {
            let bytes = fs::read(path).unwrap_or_default();
            digest.update(path.as_os_str().as_encoded_bytes());
            // The length keeps apart what would read the same when joined.
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        }
        digest.finalize().into()
    }

    /// The look-up of an agency; none where it offers none.
    fn lookup(
        &self,
        root: &Path,
        agency: &Agency,
        several: bool,
    ) -> Result<Option<Lookup>, String> {
        let profile = Profile::read(&agency.profile).map_err(|error| error.to_string())?;
        if !profile.offers() {
            return Ok(None);
        }
        let id = &agency.id;
        let folder = root.join("target/pandu");
        let (path, data) = if several {
            (
                format!("/{id}/api/v1"),
                folder.join(format!("latihan-{id}.sqlite")),
            )
        } else {
            ("/api/v1".to_owned(), folder.join("latihan.sqlite"))
        };
        let key = folder.join("latihan.key");
        lookup::import(&ImportOptions {
            roster: self.people.clone(),
            identity: self.identity.is_file().then(|| self.identity.clone()),
            profile: agency.profile.clone(),
            data: data.clone(),
            key: key.clone(),
            as_of: None,
            practice: true,
            skip_bad: false,
        })
        .map_err(|error| error.to_string())?;
        let service = Service::open(&ServiceOptions {
            data,
            key,
            profile: agency.profile.clone(),
            memory: lookup::Config::default().memory,
            limits: Limits::default(),
            trusted_proxies: Networks::default(),
            esign: None,
        })
        .map_err(|error| error.to_string())?;
        Ok(Some(Lookup {
            path,
            router: lookup::router(service),
        }))
    }
}
