//! A PostgreSQL of the benchmark's own: a throw-away cluster in a folder, reached through a socket only.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

/// Debian's settings but these, all in favour of PostgreSQL: loading writes no journal, indexes are built in memory.
const SETTINGS: &str = "
listen_addresses = ''
wal_level = minimal
max_wal_senders = 0
max_wal_size = 8GB
maintenance_work_mem = 512MB
";

/// A running cluster; stopped and removed when dropped.
pub struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    user: Option<(u32, u32)>,
    /// The number of its first process.
    pub pid: u32,
}

impl Cluster {
    /// Makes and starts one.
    pub fn start() -> anyhow::Result<Self> {
        let mut cluster = Self {
            folder: TempDir::with_prefix("lookup-bench-")?,
            programs: programs()?,
            user: user()?,
            pid: 0,
        };
        if let Some((user, group)) = cluster.user {
            chown(cluster.folder.path(), Some(user), Some(group))?;
        }
        let data = cluster.data();
        let all = ["--auth=trust", "--username=postgres", "--encoding=UTF8"];
        cluster.run("initdb", &[&["--no-locale"][..], &all].concat())?;
        let settings = data.join("postgresql.conf");
        let text = fs::read_to_string(&settings)?;
        fs::write(&settings, text + SETTINGS)?;
        let socket = cluster.socket().to_string_lossy().into_owned();
        let options = format!("-c unix_socket_directories='{socket}'");
        let log = cluster.folder.path().join("log");
        let log = log.to_string_lossy();
        cluster.run(
            "pg_ctl",
            &["--wait", "--log", &log, "--options", &options, "start"],
        )?;
        let pid = fs::read_to_string(data.join("postmaster.pid"))?;
        let pid = pid.lines().next().unwrap_or_default();
        cluster.pid = pid.parse().context("postmaster.pid")?;
        Ok(cluster)
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// What it calls itself: `postgres (PostgreSQL) 15.18 (Debian …)`.
    pub fn version(&self) -> anyhow::Result<String> {
        let output = Command::new(self.programs.join("postgres"))
            .arg("--version")
            .output()?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs one of its programs on its data. PostgreSQL refuses to be root.
    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let log = self.folder.path().join(format!("{program}.out"));
        let mut command = Command::new(self.programs.join(program));
        command
            .arg("--pgdata")
            .arg(self.data())
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(fs::File::create(&log)?)
            .stderr(Stdio::inherit());
        if let Some((user, group)) = self.user {
            command.uid(user).gid(group);
        }
        if !command.status()?.success() {
            bail!("{program} failed:\n{}", fs::read_to_string(&log)?);
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.pid != 0 {
            let _ = self.run("pg_ctl", &["--wait", "--mode", "immediate", "stop"]);
        }
    }
}

/// Debian keeps PostgreSQL's programs by version.
fn programs() -> anyhow::Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is missing; lookup-bench/run installs it")?;
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            programs
                .join("initdb")
                .exists()
                .then_some((version, programs))
        })
        .collect();
    found.sort();
    let (_, programs) = found.pop().context("PostgreSQL's initdb is missing")?;
    Ok(programs)
}

/// User and group `postgres`, for a benchmark that root runs; none, where anybody else does.
fn user() -> anyhow::Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt;
    if fs::metadata("/proc/self")?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let user = users.lines().find_map(|line| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    });
    Ok(Some(user.context("there is no user postgres")?))
}
