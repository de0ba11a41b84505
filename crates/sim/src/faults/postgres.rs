//! A PostgreSQL of the harness's own, in a folder of its own, ended when it is dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

use super::house::free_port;

/// The folders in which distributions put the server's programs.
const HOMES: [&str; 2] = ["/usr/lib/postgresql", "/usr/pgsql"];

/// A running server.
pub struct Cluster {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
}

impl Cluster {
    /// Makes a cluster in `folder`, which may exist, and starts it with `settings` such as `fsync=off`.
    pub fn make(folder: &Path, settings: &[&str]) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let cluster = Self {
            bin: bin().context("no PostgreSQL server is installed")?,
            folder: folder.to_owned(),
            port: free_port()?,
            settings: settings.iter().map(|s| (*s).to_owned()).collect(),
        };
        lend(folder)?;
        let data = cluster.data();
        let mut initdb = lent(&cluster.bin.join("initdb"));
        initdb.arg("--pgdata").arg(&data).args(["--username=lazo", "--auth=trust"]);
        initdb.args(["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        done("initdb", initdb)?;
        cluster.start()?;
        cluster.sql("postgres", "create database lazo")?;
        Ok(cluster)
    }

    /// Where `lazo` finds it.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_of("lazo")
    }

    /// Where `lazo` finds another database of it.
    #[must_use]
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://lazo@127.0.0.1:{}/{database}", self.port)
    }

    /// Starts it, also after a crash.
    pub fn start(&self) -> anyhow::Result<()> {
        let mut options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories='' -c max_connections=300 \
             -c shared_buffers=64MB",
            self.port
        );
        for setting in &self.settings {
            options += &format!(" -c {setting}");
        }
        let mut start = lent(&self.bin.join("pg_ctl"));
        start.args(["start", "--silent", "--wait"]).arg("--pgdata").arg(self.data());
        start.arg("--log").arg(self.folder.join("log")).arg("--options").arg(options);
        done("starting PostgreSQL", start)
    }

    /// Starts it when it has ended by itself.
    pub fn revive(&self) -> anyhow::Result<()> {
        let mut status = lent(&self.bin.join("pg_ctl"));
        status.arg("status").arg("--pgdata").arg(self.data());
        done("pg_ctl status", status).or_else(|_| self.start())
    }

    /// Stops it: `fast`, or `immediate` as a crash would.
    pub fn stop(&self, mode: &str) -> anyhow::Result<()> {
        let mut stop = lent(&self.bin.join("pg_ctl"));
        stop.args(["stop", "--silent", "--wait", "--mode", mode]).arg("--pgdata").arg(self.data());
        done("stopping PostgreSQL", stop)
    }

    /// Its processes, to be killed when its files can no longer be read.
    pub fn processes(&self) -> anyhow::Result<Vec<String>> {
        let text = fs::read_to_string(self.data().join("postmaster.pid"))?;
        let parent = text.lines().next().context("no process id")?.trim().to_owned();
        let listed = Command::new("ps").args(["--ppid", &parent, "-o", "pid="]).output()?;
        let children = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut all = vec![parent];
        all.extend(children.split_whitespace().map(str::to_owned));
        Ok(all)
    }

    /// Kills these of its processes (-9), and those that they started meanwhile go with them.
    pub fn kill(&self, all: &[String]) -> anyhow::Result<()> {
        Command::new("kill").arg("-9").args(all).stderr(Stdio::null()).status()?;
        for _ in 0..500 {
            if !all.iter().any(|pid| Path::new("/proc").join(pid).join("fd").exists()) {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        bail!("PostgreSQL does not die")
    }

    /// Runs a script as the superuser; answers what it prints.
    pub fn sql(&self, database: &str, script: &str) -> anyhow::Result<String> {
        let output = Command::new(self.bin.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"])
            .args(["--set", "ON_ERROR_STOP=1", "--host=127.0.0.1", "--username=lazo"])
            .arg(format!("--port={}", self.port))
            .args(["--dbname", database, "--command", script])
            .output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "psql: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Copies it while it runs, as a base for [`Self::as_it_was`]; its log must be archived.
    pub fn base(&self, folder: &Path) -> anyhow::Result<()> {
        let mut copy = lent(&self.bin.join("pg_basebackup"));
        copy.args(["--host=127.0.0.1", "--username=lazo", "--wal-method=none"]);
        copy.args(["--checkpoint=fast", "--no-sync"]);
        copy.arg(format!("--port={}", self.port)).arg("--pgdata").arg(folder);
        done("pg_basebackup", copy)
    }

    /// A server in the new `folder` as it was at an instant: a base, and the archived log from there.
    pub fn as_it_was(
        &self,
        folder: &Path,
        base: &Path,
        archive: &Path,
        at: &str,
    ) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        lend(folder)?;
        let restored = Self {
            bin: self.bin.clone(),
            folder: folder.to_owned(),
            port: free_port()?,
            settings: vec![
                "archive_mode=off".into(),
                format!("restore_command='cp {}/%f %p'", archive.display()),
                format!("recovery_target_time='{at}'"),
                "recovery_target_action=promote".into(),
            ],
        };
        let mut copy = lent(Path::new("cp"));
        copy.arg("-a").arg(base).arg(restored.data());
        done("cp", copy)?;
        let mut signal = lent(Path::new("touch"));
        signal.arg(restored.data().join("recovery.signal"));
        done("touch", signal)?;
        restored.start()?;
        for _ in 0..600 {
            if restored.sql("postgres", "select pg_is_in_recovery()")? == "f" {
                return Ok(restored);
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        bail!("PostgreSQL does not reach {at}")
    }

    /// The schema as text.
    pub fn schema(&self, database: &str) -> anyhow::Result<String> {
        let output = Command::new(self.bin.join("pg_dump"))
            .args(["--schema-only", "--host=127.0.0.1", "--username=lazo"])
            .arg(format!("--port={}", self.port))
            .arg(database)
            .output()?;
        ensure!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // Newer releases put a random word around the dump.
        Ok(text.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n"))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.data().join("postmaster.pid").exists() {
            let _ = self.stop("immediate");
        }
    }
}

/// Is a server installed?
#[must_use]
pub fn bin() -> Option<PathBuf> {
    let mut found = Vec::new();
    for home in HOMES {
        let versions = fs::read_dir(home).into_iter().flatten().flatten();
        found.extend(versions.map(|version| version.path().join("bin")));
    }
    found.retain(|bin| bin.join("initdb").exists());
    found.sort();
    found.pop()
}

/// The server refuses to run as the superuser of the machine, who therefore lends it the package's own user.
fn lent(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program).current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

/// Gives the folder to whoever runs the server, and lets that user come to it.
pub fn lend(folder: &Path) -> anyhow::Result<()> {
    if is_root() {
        let mut chown = Command::new("chown");
        chown.arg("postgres").arg(folder);
        done("chown", chown)?;
    }
    Ok(())
}

/// Does the harness run as the superuser of the machine?
#[must_use]
pub fn is_root() -> bool {
    fs::read_to_string("/proc/self/status")
        .is_ok_and(|text| text.lines().any(|line| line.starts_with("Uid:\t0\t")))
}

/// Runs a command to its end; says what it said when it failed. Its output goes to nobody, because a server that it
/// leaves running would keep a pipe open.
pub fn done(what: &str, mut command: Command) -> anyhow::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().with_context(|| format!("{what}: {command:?}"))?;
    ensure!(status.success(), "{what} failed: {command:?}");
    Ok(())
}
