//! Builds everything once, then what changed, and shows the result.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Instant;

use tokio::sync::oneshot;

use super::live::Live;
use super::practice::Practice;
use super::watch::{Change, Changes};
use super::{ServeError, router};
use crate::build::{self, BuildError, BuildOptions, CheckOptions};
use crate::load::LoadError;
use crate::medium::Medium;
use crate::progress::Progress;
use crate::web_app::{self, WebApp, WebAppError};

/// What the builder's thread owns.
pub(super) struct Builder {
    root: PathBuf,
    agency: Option<String>,
    live: Live,
    /// `None` until it compiles, and again while it does not.
    web_app: Option<WebApp>,
    practice: Practice,
}

impl Builder {
    /// A builder that has built nothing yet.
    pub(super) fn new(root: PathBuf, agency: Option<String>, live: Live) -> Self {
        Self {
            root,
            agency,
            live,
            web_app: None,
            practice: Practice::default(),
        }
    }

    /// Builds everything, tells `first` how that went, then builds after each change for ever.
    ///
    /// Only the first build can end it, with an error that no edit mends.
    pub(super) fn follow(
        mut self,
        changes: &Changes,
        first: oneshot::Sender<Result<(), ServeError>>,
    ) {
        let outcome = match self.build(Change::WebApp) {
            Err(error) if !is_mendable(&error) => {
                // Whoever waited for it has stopped meanwhile: then there is nobody to tell.
                let _ = first.send(Err(error));
                return;
            }
            outcome => outcome,
        };
        if let Err(error) = outcome {
            self.failed(&error);
        }
        let _ = first.send(Ok(()));

        while let Some(change) = changes.next() {
            let start = Instant::now();
            match self.build(change) {
                Ok(()) => eprintln!("Rebuilt in {} ms", start.elapsed().as_millis()),
                Err(error) => self.failed(&error),
            }
        }
    }

    fn build(&mut self, change: Change) -> Result<(), ServeError> {
        // Taken away when this ends, before anything else is printed.
        let progress = Progress::new();
        let (root, agency) = (self.root.as_path(), self.agency.as_deref());
        let web_app = match self.web_app.take() {
            Some(web_app) if change == Change::Site => web_app,
            _ => {
                // Mistakes in content show in a moment; the web app takes minutes the first time.
                build::check(root, agency, &CheckOptions::default())?;
                progress.say("Building the web app");
                web_app::build(root, &|doing| progress.say(doing))?
            }
        };
        let web_app = self.web_app.insert(web_app);

        let out = root.join("target/pandu/serve");
        build::build(&BuildOptions {
            root: root.to_owned(),
            out: out.clone(),
            base_url: None,
            agency: self.agency.clone(),
            medium: Medium::Dev,
            bundle: false,
            offline: true,
            gallery: true,
            signer: None,
            web_app,
        })?;
        drop(progress);
        let lookups = self.practice.lookups(root, agency);
        self.live.show(router::site(&out, lookups));
        Ok(())
    }

    fn failed(&self, error: &ServeError) {
        match error {
            ServeError::Build(BuildError::Diagnostics(mistakes)) => {
                eprint!("{}", mistakes.render(io::stderr().is_terminal()));
            }
            _ => eprintln!("error: {error}"),
        }
        eprintln!(
            "{}",
            match self.live.now().site {
                Some(_) => "The build failed; the last good site goes on being shown.",
                None => "The build failed; it is tried again as soon as you save a change.",
            }
        );
        self.live.fail();
    }
}

/// Whether an edit of the project's files can help, so that it is worth waiting for one.
fn is_mendable(error: &ServeError) -> bool {
    match error {
        ServeError::Build(error) => !matches!(
            error,
            BuildError::Emit(_) | BuildError::Load(LoadError::UnknownAgency { .. })
        ),
        ServeError::WebApp(error) => matches!(
            error,
            WebAppError::Compile { .. }
                | WebAppError::ProgramMissing { .. }
                | WebAppError::Bindings { .. }
        ),
        _ => false,
    }
}
