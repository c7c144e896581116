//! Watches what the site is made from, and tells what has to be built anew.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use notify::event::{EventKind, ModifyKind};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

/// Saving is several events in quick succession; this long a silence means it is over.
const SILENCE: Duration = Duration::from_millis(40);
/// Something that writes without a pause (a copy of many files) is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What has to be built anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Pages: `content/` or `themes/` changed.
    Site,
    /// The WASM client too: `web-app/`, `search/` or `model/` changed.
    WebApp,
}

/// Folders that are watched, and what their change means.
const FOLDERS: [(&str, Change); 5] = [
    ("content", Change::Site),
    ("themes", Change::Site),
    ("web-app", Change::WebApp),
    ("search", Change::WebApp),
    ("model", Change::WebApp),
];

/// Changes as they come. Watching ends when it is dropped.
pub(super) struct Changes {
    heard: Receiver<Change>,
    _watcher: RecommendedWatcher,
}

impl Changes {
    /// Begins to watch the project at `root`. Folders that are not there are left out.
    pub(super) fn watch(root: &Path) -> notify::Result<Self> {
        let (tell, heard) = channel();
        let mut watcher = {
            let root = root.to_owned();
            notify::recommended_watcher(move |event| hear(&root, event, &tell))?
        };
        for (folder, _) in FOLDERS {
            let folder = root.join(folder);
            if folder.is_dir() {
                watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(Self {
            heard,
            _watcher: watcher,
        })
    }

    /// Waits for the next change and until writing is over. `None` when watching has ended.
    pub(super) fn next(&self) -> Option<Change> {
        let mut all = self.heard.recv().ok()?;
        let first = Instant::now();
        while first.elapsed() < PATIENCE {
            match self.heard.recv_timeout(SILENCE) {
                Ok(change) => all = all.max(change),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        Some(all)
    }
}

fn hear(root: &Path, event: notify::Result<Event>, tell: &Sender<Change>) {
    // An error concerns one file that has gone meanwhile: its folder has told of that.
    let Ok(event) = event else { return };
    let change = if event.need_rescan() {
        // Events were lost: anything may have changed.
        Some(Change::WebApp)
    } else if is_writing(event.kind) {
        let meaning = |path| meaning(root, path);
        event.paths.iter().filter_map(|path| meaning(path)).max()
    } else {
        None
    };
    if let Some(change) = change {
        // Nobody listens any more: the server stops.
        let _ = tell.send(change);
    }
}

/// Building reads every file, which must not count as a change.
fn is_writing(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Access(_) | EventKind::Other | EventKind::Modify(ModifyKind::Other)
    )
}

/// What a change of `path` means; `None` for what editors leave beside the file being edited.
fn meaning(root: &Path, path: &Path) -> Option<Change> {
    let below = path.strip_prefix(root).ok()?;
    let top = below.components().next()?;
    let is_ours = !below.iter().any(|name| is_scratch(&name.to_string_lossy()));
    let (_, change) = FOLDERS
        .into_iter()
        .find(|(folder, _)| top.as_os_str() == *folder)?;
    is_ours.then_some(change)
}

/// Names that editors give to backups, locks and half-written files: Vim's `.x.swp` and `4913`,
/// Emacs' `#x#`, `.#x` and `x~`, the lock files of Office and LibreOffice.
fn is_scratch(name: &str) -> bool {
    name.starts_with(['.', '#', '~'])
        || name.ends_with(['~', '#'])
        || [".swp", ".swx", ".tmp", ".bak"]
            .iter()
            .any(|end| name.ends_with(end))
        || name == "4913"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_means_what_its_folder_says() {
        let root = Path::new("/p");
        let meaning = |path: &str| meaning(root, Path::new(path));
        assert_eq!(meaning("/p/content/situs.toml"), Some(Change::Site));
        assert_eq!(meaning("/p/themes/dinas/site.css"), Some(Change::Site));
        assert_eq!(meaning("/p/web-app/src/lib.rs"), Some(Change::WebApp));
        assert_eq!(meaning("/p/model/src/lib.rs"), Some(Change::WebApp));
        assert_eq!(meaning("/p/dist/index.html"), None);
        assert_eq!(meaning("/elsewhere/content/x.md"), None);
    }

    #[test]
    fn what_editors_leave_behind_is_no_change() {
        for name in [
            ".index.md.swp",
            "index.md~",
            "4913",
            "#index.md#",
            ".#index.md",
            ".~lock.roster-latihan.xlsx#",
            "~$roster-latihan.xlsx",
            ".git/index",
        ] {
            let path = Path::new("/p/content").join(name);
            assert_eq!(meaning(Path::new("/p"), &path), None, "{name}");
        }
    }

    #[test]
    fn reading_is_no_change() {
        use notify::event::{AccessKind, AccessMode, CreateKind, DataChange};
        assert!(!is_writing(EventKind::Access(AccessKind::Open(
            AccessMode::Any
        ))));
        assert!(is_writing(EventKind::Create(CreateKind::File)));
        assert!(is_writing(EventKind::Modify(ModifyKind::Data(
            DataChange::Any
        ))));
    }
}
