//! The set-up files of each agency's mail, where programs look for them and where pages lead to.

use super::{Artifact, Ready};
use crate::{
    mail::{Setup, SetupFile},
    theme::TemplateError,
};

pub(super) fn make(ready: &Ready<'_>) -> Vec<Result<Artifact, TemplateError>> {
    let mut artifacts = Vec::new();
    for agency in &ready.site.agencies {
        let setup = Setup::new(ready.site, agency);
        for file in SetupFile::ALL {
            let Some(text) = setup.text(file) else {
                continue;
            };
            let paths = file.paths().iter();
            let placed = paths.map(|path| format!("{}{path}", agency.prefix));
            artifacts.extend(placed.map(|path| Ok(Artifact::new(path, text.clone()))));
        }
    }
    artifacts
}
