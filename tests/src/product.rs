//! The product as an operator sets it up: the site built, a roster imported, the look-up running.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

use crate::needle::files_in;
use crate::process::{Running, free_address, program, project, run};

/// The agency whose site and roster the tests use.
pub const AGENCY: &str = "dki-jakarta";

/// The site of [`AGENCY`], built once per test program by the real `pandu build`.
pub fn site() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = work_folder().join("site");
        build_site(&folder, &[]);
        folder
    })
}

/// Every agency of the repository, by id.
pub const AGENCIES: [&str; 5] = [
    "diy",
    "dki-jakarta",
    "kab-merangin",
    "mail-go-id",
    "sulawesi-tengah",
];

/// The site of all agencies, built once per test program by the real `pandu build`.
pub fn whole_site() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = work_folder().join("whole-site");
        run(Command::new(program("pandu"))
            .arg("build")
            .arg("--out")
            .arg(&folder));
        folder
    })
}

/// Every page of a site that its people read, by its path: `email/hp-android/`; the home page is empty text.
pub fn pages(site: &Path) -> Vec<String> {
    let mut pages = pages_and_decks(site);
    pages.retain(|page| !page.ends_with("/slide/"));
    pages
}

/// Every page of a site, those that trainers show among them: `email/hp-android/slide/`.
pub fn pages_and_decks(site: &Path) -> Vec<String> {
    let pages: Vec<String> = files_in(site)
        .into_iter()
        .filter(|file| file.file_name().is_some_and(|name| name == "index.html"))
        .map(|file| {
            let folder = file.parent().expect("a page lies in a folder");
            let path = folder.strip_prefix(site).expect("a page lies in the site");
            match path.to_str().expect("a page's path is text") {
                "" => String::new(),
                path => format!("{path}/"),
            }
        })
        .collect();
    assert!(pages.len() > 20, "the site has only {} pages", pages.len());
    pages
}

/// Builds the site of [`AGENCY`] into a folder, with more options for `pandu build`.
pub fn build_site(folder: &Path, options: &[&str]) {
    run(Command::new(program("pandu"))
        .arg("build")
        .arg("--out")
        .arg(folder)
        .args(["--instansi", AGENCY])
        .args(options));
}

/// A folder of this test program's own, below `target/`; it stays for whoever wants to look into it.
pub fn work_folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own file");
    let name = test.file_stem().expect("a test's file has a name");
    let folder = project().join("target/tests").join(name);
    std::fs::create_dir_all(&folder).expect("the tests may write below target/");
    folder
}

/// When the look-up is open to this machine.
#[derive(Clone, Copy)]
pub enum Hours {
    /// Always: this machine counts as the intranet, as in the agency's own profile.
    Always,
    /// On one day of the week only, which is neither today nor tomorrow: closed now.
    Closed,
}

/// A roster, imported; it stands in a folder of its own, together with its key and the profile.
pub struct Snapshot {
    folder: TempDir,
}

impl Snapshot {
    /// The practice roster with the numbers of its people.
    pub fn practice(hours: Hours) -> Self {
        let samples = project().join("content/contoh");
        Self::import(
            hours,
            &samples.join("roster-latihan.xlsx"),
            Some(&samples.join("identitas-latihan.xlsx")),
            true,
        )
    }

    /// The practice roster for an agency with this profile.
    pub fn practice_of(profile: &str) -> Self {
        let samples = project().join("content/contoh");
        let identities = samples.join("identitas-latihan.xlsx");
        let roster = samples.join("roster-latihan.xlsx");
        Self::import_for(profile, &roster, Some(&identities), true)
    }

    /// Any roster, with or without the table of its people's numbers.
    pub fn import(hours: Hours, roster: &Path, identities: Option<&Path>, practice: bool) -> Self {
        Self::import_for(&profile(hours), roster, identities, practice)
    }

    fn import_for(profile: &str, roster: &Path, identities: Option<&Path>, practice: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the snapshot");
        let snapshot = Self { folder };
        std::fs::create_dir(snapshot.folder.path().join(AGENCY))
            .expect("the folder of the profile can be made");
        std::fs::write(snapshot.profile(), profile).expect("the profile can be written");
        let mut import = Command::new(program("lookup"));
        import
            .arg("import")
            .arg("--roster")
            .arg(roster)
            .args(snapshot.options());
        if let Some(identities) = identities {
            import.arg("--identitas").arg(identities);
        }
        if practice {
            import.arg("--practice");
        }
        run(&mut import);
        snapshot
    }

    /// Where snapshot, key and profile lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The database.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("roster.sqlite")
    }

    fn profile(&self) -> PathBuf {
        self.folder.path().join(AGENCY).join("instansi.toml")
    }

    fn options(&self) -> Vec<PathBuf> {
        vec![
            "--data".into(),
            self.data(),
            "--key".into(),
            self.folder.path().join("roster.key"),
            "--profile".into(),
            self.profile(),
        ]
    }

    /// Serves it together with a site.
    pub fn serve(self, site: &Path) -> LookUp {
        let address = free_address();
        let mut serve = Command::new(program("lookup"));
        serve
            .arg("serve")
            .args(self.options())
            .arg("--site")
            .arg(site)
            .arg("--listen")
            .arg(address.to_string())
            .current_dir(self.folder.path());
        LookUp {
            running: Running::server(&mut serve, address),
            address,
            snapshot: self,
        }
    }
}

/// The site and its look-up, served by the real `lookup serve`.
pub struct LookUp {
    /// The program.
    pub running: Running,
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves.
    pub snapshot: Snapshot,
}

impl LookUp {
    /// The address of a page, given by its path in the site: `email/hp-android/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

/// The agency's profile, opening hours changed where asked for.
fn profile(hours: Hours) -> String {
    let file = project()
        .join("content/instansi")
        .join(AGENCY)
        .join("instansi.toml");
    let text = std::fs::read_to_string(&file).expect("the profile can be read");
    match hours {
        Hours::Always => text,
        Hours::Closed => text
            .lines()
            .map(
                |line| match line.split_once('=').map(|(key, _)| key.trim()) {
                    Some("hari") => format!("hari = [{:?}]", only_day().to_lowercase()),
                    Some("intranet") => "intranet = []".to_owned(),
                    _ => line.to_owned(),
                },
            )
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

/// With [`Hours::Closed`]: the day on which the look-up opens, neither today nor tomorrow.
pub fn only_day() -> &'static str {
    const DAYS: [&str; 7] = [
        "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
    ];
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is right")
        .as_secs()
        + 7 * 3600;
    // 1 January 1970 was a Thursday.
    let today = seconds / 86_400 + 3;
    DAYS[usize::try_from((today + 3) % 7).expect("a day of the week is small")]
}
