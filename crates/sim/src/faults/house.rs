//! An installation to be tortured: the real binary, a database of its own, a small shop, and nodes that serve it.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::Value;

use super::watch::Watch;

/// A program whose points can be worked out by hand: one for every whole euro, for ever; and short ones of a day.
pub const PROGRAM: &str = include_str!("program.toml");
/// The longest wait for a node to listen or to end.
const PATIENCE: Duration = Duration::from_secs(60);

/// A folder for one run; removed when it is dropped, unless it shall be looked at.
pub struct Scratch {
    /// Where it is.
    pub path: PathBuf,
    keep: bool,
}

impl Scratch {
    /// Makes one.
    pub fn make() -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        let path =
            std::env::temp_dir().join(format!("lazo-faults-{}-{number}", std::process::id()));
        fs::create_dir_all(&path)?;
        // PostgreSQL may run as another user, who must get through to its part of it.
        let mut open = Command::new("chmod");
        open.arg("755").arg(&path);
        super::postgres::done("chmod", open)?;
        Ok(Self { path, keep: false })
    }

    /// Leaves it there.
    pub fn keep(&mut self) {
        self.keep = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// An installation.
#[derive(Debug, Clone)]
pub struct House {
    /// The binary.
    pub lazo: PathBuf,
    /// Where its logs and files go.
    pub folder: PathBuf,
    /// The database's address.
    pub database: String,
    /// Secrets of API keys, so that no limit of one caller is met.
    pub keys: Vec<String>,
    /// Further variables of every process.
    pub env: Vec<(String, String)>,
}

impl House {
    /// Sets up the shop in an empty database, with `keys` API keys.
    pub fn build(lazo: &Path, folder: &Path, database: &str, keys: usize) -> anyhow::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut house = Self::bare(lazo, folder, database);
        house.open(keys)?;
        Ok(house)
    }

    /// An installation of which nothing is made yet.
    #[must_use]
    pub fn bare(lazo: &Path, folder: &Path, database: &str) -> Self {
        Self {
            lazo: lazo.to_owned(),
            folder: folder.to_owned(),
            database: database.to_owned(),
            keys: Vec::new(),
            env: Vec::new(),
        }
    }

    /// Sets up the shop.
    pub fn open(&mut self, keys: usize) -> anyhow::Result<()> {
        let program = self.folder.join("program.toml");
        fs::write(&program, PROGRAM)?;
        self.run(&["apply", "--yes", &program.display().to_string()])?;
        for n in 0..keys {
            let name = format!("till {n}");
            let made = self
                .run(&["keys", "create", "--name", &name, "--role", "agent", "--format", "json"])?;
            let made: Value = serde_json::from_str(&made)?;
            let secret = made[0]["secret"].as_str().context("a key without a secret")?;
            self.keys.push(secret.to_owned());
        }
        Ok(())
    }

    /// A command of the binary, not started.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.lazo);
        command.args(args).current_dir(&self.folder).env_clear();
        command.env("LAZO_DATABASE", &self.database).env("LAZO_DATA_DIR", &self.folder);
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs a command to its end; answers what it printed.
    pub fn run(&self, args: &[&str]) -> anyhow::Result<String> {
        let output = self.command(args).output().with_context(|| format!("{:?}", self.lazo))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "lazo {args:?}: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Starts a node on `port` and waits until it listens.
    pub fn serve(&self, port: u16) -> anyhow::Result<Node> {
        let node = self.start(port)?;
        node.wait_for_it()
    }

    /// Starts a node on `port`.
    pub fn start(&self, port: u16) -> anyhow::Result<Node> {
        let address = format!("127.0.0.1:{port}");
        let log = self.folder.join(format!("node-{port}.log"));
        let log = File::options().create(true).append(true).open(log)?;
        let child = self
            .command(&["serve", "--bind", &address])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{:?} does not start", self.lazo))?;
        Ok(Node { child, address })
    }

    /// What `lazo verify` finds wrong.
    pub fn verify(&self) -> anyhow::Result<Vec<String>> {
        let output = self.command(&["verify", "--format", "json"]).output()?;
        if output.status.success() {
            return Ok(Vec::new());
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let findings: Vec<Value> = serde_json::from_str(&text).unwrap_or_default();
        if findings.is_empty() {
            bail!("lazo verify: {text}{}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(findings.iter().map(|finding| format!("verify: {finding}")).collect())
    }

    /// What `lazo verify` counts: events and entries, or what is wrong.
    pub fn books(&self) -> anyhow::Result<String> {
        let output = self.command(&["verify"]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().last().unwrap_or_default();
        Ok(last.split(';').next().unwrap_or_default().to_owned())
    }

    /// What `lazo balances` says members have available of `point_type`, by the names they were enrolled under.
    pub fn balances(&self, point_type: &str) -> anyhow::Result<Vec<(String, i64)>> {
        let text = self.run(&["balances", "--point-type", point_type, "--format", "csv"])?;
        let row = |line: &str| {
            let mut cells = line.split(',');
            let name = cells.next().context("no name")?.to_owned();
            let available = cells.nth(1).context("no number")?.parse()?;
            anyhow::Ok((name, available))
        };
        text.lines().skip(1).map(row).collect()
    }
}

/// A process that serves.
pub struct Node {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Node {
    /// A process of another command, which does not listen.
    #[must_use]
    pub fn of(child: Child) -> Self {
        Self { child, address: String::new() }
    }

    /// Waits until the node listens.
    pub fn wait_for_it(mut self) -> anyhow::Result<Self> {
        let address = self.address.parse()?;
        let watch = Watch::start();
        while !watch.reached(PATIENCE) {
            if TcpStream::connect_timeout(&address, Duration::from_millis(200)).is_ok() {
                return Ok(self);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the node on {} ended: {status}", self.address);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the node on {} does not listen", self.address)
    }

    /// Its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Has it ended?
    pub fn is_over(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    /// Kills it (-9).
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal, such as `TERM` or `STOP`.
    pub fn signal(&self, name: &str) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", name, &id]).status()?;
        ensure!(status.success(), "signal {name}");
        Ok(())
    }

    /// Asks it to end and waits until it has.
    pub fn end(mut self) -> anyhow::Result<ExitStatus> {
        self.signal("TERM")?;
        let watch = Watch::start();
        while !watch.reached(PATIENCE) {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("the node on {} does not end", self.address)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens on, below those that the system gives to connections: a client that calls a dead node
/// could else be connected to itself.
pub fn free_port() -> anyhow::Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..2_000 {
        let step = NEXT.fetch_add(1, Ordering::SeqCst) + std::process::id().wrapping_mul(61);
        let port = 20_000 + u16::try_from(step % 12_000)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}
