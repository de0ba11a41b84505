//! The release binary of `lazo`: commands run to their end, and `lazo serve` as long as a measure needs it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use crate::cluster::{free_port, run};
use crate::machine;
use crate::wire::Door;

/// Where the binary is and where its files go.
#[derive(Debug, Clone)]
pub struct Lazo {
    /// The release binary.
    pub binary: PathBuf,
    /// A folder of the benchmark's own.
    pub folder: PathBuf,
}

impl Lazo {
    /// Runs a command on `database` to its end.
    pub fn run(&self, database: &str, arguments: &[&str]) -> anyhow::Result<String> {
        run(self.command(database).args(arguments))
    }

    /// Runs a command, and tells how long it took and the most memory it held, in seconds and octets.
    pub fn timed(&self, database: &str, arguments: &[&str]) -> anyhow::Result<(f64, u64)> {
        let log = self.folder.join("command.log");
        let started = machine::moment();
        let mut child = self
            .command(database)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let mut peak = 0;
        let status = loop {
            peak = peak.max(machine::peak_memory(child.id()));
            if let Some(status) = child.try_wait()? {
                break status;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        if !status.success() {
            bail!("lazo {arguments:?}: {}", fs::read_to_string(&log)?);
        }
        Ok((started.elapsed().as_secs_f64(), peak))
    }

    /// Serves `database` until the value ends.
    pub fn serve(&self, database: &str) -> anyhow::Result<Server> {
        let made = self.run(
            database,
            &["keys", "create", "--name", "bench", "--role", "backend", "--format", "csv"],
        )?;
        let key = made
            .lines()
            .last()
            .and_then(|line| line.split(',').nth(2))
            .context("no key was made")?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let log = self.folder.join("serve.log");
        let process = self
            .command(database)
            .args(["serve", "--bind", &address])
            .env("LAZO_REQUESTS_PER_S", "1000000")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()?;
        let server = Server { process, door: Door { address, key: key.to_owned() }, log };
        server.await_ready()?;
        Ok(server)
    }

    fn command(&self, database: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--database").arg(database).current_dir(&self.folder).env("LAZO_LOCALE", "en");
        command
    }
}

/// A running server; it ends with the value.
pub struct Server {
    process: Child,
    /// How to call it.
    pub door: Door,
    log: PathBuf,
}

impl Server {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// The most memory it ever held, in octets.
    pub fn peak_memory(&self) -> u64 {
        machine::peak_memory(self.pid())
    }

    fn await_ready(&self) -> anyhow::Result<()> {
        let started = machine::moment();
        while std::net::TcpStream::connect(&self.door.address).is_err() {
            if started.elapsed() > Duration::from_secs(30) {
                bail!("lazo serve is not ready: {}", fs::read_to_string(&self.log)?);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The release binary next to this one.
pub fn binary() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let lazo = own.parent().unwrap_or(Path::new(".")).join("lazo");
    if !lazo.exists() {
        bail!("{} is missing; hint: cargo xtask bench builds it", lazo.display());
    }
    Ok(lazo)
}
