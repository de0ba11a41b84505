//! A PostgreSQL of the benchmark's own, and the yardstick on it: pgbench's TPC-B script, scale 50, prepared, 64 clients.

use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::machine;

/// The yardstick's size.
const SCALE: &str = "50";
/// The yardstick's clients.
const CLIENTS: &str = "64";

/// A running PostgreSQL; it ends with the value.
pub struct Cluster {
    bin: PathBuf,
    data: PathBuf,
    port: u16,
}

/// What pgbench said.
#[derive(Debug, Clone, Copy)]
pub struct Yardstick {
    /// Transactions per second.
    pub rate: f64,
    /// CPU microseconds per transaction, pgbench's own included.
    pub cpu_us: f64,
}

impl Cluster {
    /// Makes and starts a cluster in `folder`, durable, with settings as an operator would choose for this machine.
    ///
    /// With `count_statements` the server also counts what each statement costs, which slows it a little.
    pub fn start(folder: &Path, count_statements: bool) -> anyhow::Result<Self> {
        let bin = installed()?;
        let port = free_port()?;
        let data = folder.join("postgres");
        fs::create_dir(&data)?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&data))?;
        }
        let cluster = Self { bin, data, port };
        let text = cluster.data.to_string_lossy().into_owned();
        run(cluster.as_postgres("initdb").args(["-A", "trust", "-U", "lazo", "-D", &text]))?;
        let mut settings = fs::read_to_string(cluster.data.join("postgresql.conf"))?;
        write!(
            settings,
            "\nport = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{text}'\n\
             shared_buffers = 2GB\nmax_wal_size = 16GB\ncheckpoint_timeout = 30min\nwal_compression = lz4\n\
             max_connections = 200\nautovacuum_naptime = 10s\n"
        )?;
        if count_statements {
            settings.push_str("shared_preload_libraries = 'pg_stat_statements'\n");
        }
        fs::write(cluster.data.join("postgresql.conf"), settings)?;
        let log = cluster.data.join("log").to_string_lossy().into_owned();
        run(cluster.as_postgres("pg_ctl").args(["-D", &text, "-l", &log, "-w", "start"]))?;
        cluster.sql("postgres", "create database yardstick")?;
        if count_statements {
            cluster.sql("postgres", "create extension pg_stat_statements")?;
        }
        run(cluster.client("pgbench").args(["-i", "-s", SCALE, "-q", "yardstick"]))?;
        Ok(cluster)
    }

    /// A database made anew, and its address.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        self.sql("postgres", &format!("drop database if exists {name}"))?;
        self.sql("postgres", &format!("create database {name}"))?;
        Ok(format!("postgres://lazo@127.0.0.1:{}/{name}", self.port))
    }

    /// Runs one statement and answers what it printed.
    pub fn sql(&self, database: &str, sql: &str) -> anyhow::Result<String> {
        run(self.client("psql").args(["-d", database, "-qAt", "-c", sql]))
    }

    /// Runs the yardstick.
    pub fn pgbench(&self, seconds: u64) -> anyhow::Result<Yardstick> {
        let roots = [self.pid()?, std::process::id()];
        let before = machine::cpu_of(&roots);
        let seconds = seconds.to_string();
        let said = run(self.client("pgbench").args([
            "-n",
            "-M",
            "prepared",
            "-c",
            CLIENTS,
            "-j",
            "2",
            "-T",
            &seconds,
            "yardstick",
        ]))?;
        let cpu = machine::cpu_of(&roots) - before;
        let number = |prefix: &str| {
            let line = said.lines().find_map(|line| line.strip_prefix(prefix));
            line.and_then(|rest| rest.split([' ', '/']).next()?.parse::<f64>().ok())
        };
        let rate = number("tps = ").context("pgbench told no rate")?;
        let count = number("number of transactions actually processed: ")
            .context("pgbench told no count")?;
        Ok(Yardstick { rate, cpu_us: cpu.seconds() * 1e6 / count })
    }

    /// Begins to count statements anew.
    pub fn forget_statements(&self) -> anyhow::Result<()> {
        self.sql("postgres", "select pg_stat_statements_reset()").map(drop)
    }

    /// The statements that took longest since counting began: total ms, calls, ms each, rows each, text.
    pub fn statements(&self) -> anyhow::Result<String> {
        let told = "select format('%8s ms %7s calls %9s ms %8s rows  %s', total_exec_time::bigint, calls, \
                    round(mean_exec_time::numeric, 3), rows / calls, \
                    left(regexp_replace(query, '\\s+', ' ', 'g'), 150)) \
                    from pg_stat_statements order by total_exec_time desc limit 24";
        self.sql("postgres", told)
    }

    /// The process of the server.
    pub fn pid(&self) -> anyhow::Result<u32> {
        let text = fs::read_to_string(self.data.join("postmaster.pid"))?;
        Ok(text.lines().next().unwrap_or_default().parse()?)
    }

    /// Writes out what is dirty, so that a measure does not pay for the one before.
    pub fn settle(&self) -> anyhow::Result<()> {
        self.sql("postgres", "checkpoint").map(drop)
    }

    fn client(&self, tool: &str) -> Command {
        let mut command = Command::new(self.bin.join(tool));
        command.args(["-h", "127.0.0.1", "-U", "lazo", "-p", &self.port.to_string()]);
        command
    }

    /// The server refuses to run as root, so root lends it the package's own user.
    fn as_postgres(&self, tool: &str) -> Command {
        let path = self.bin.join(tool);
        if !is_root() {
            return Command::new(path);
        }
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(path).current_dir("/");
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.data.to_string_lossy().into_owned();
        if let Err(error) =
            run(self.as_postgres("pg_ctl").args(["-D", &data, "-m", "immediate", "stop"]))
        {
            crate::say(&format!("PostgreSQL did not stop: {error:#}"));
        }
    }
}

/// A port that is free at this moment.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn installed() -> anyhow::Result<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed; hint: apt-get install postgresql")?
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("pgbench").exists())
        .collect();
    found.sort();
    found.pop().context("pgbench is not installed; hint: apt-get install postgresql")
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Runs a command to its end; what it printed, or what it complained about.
pub fn run(command: &mut Command) -> anyhow::Result<String> {
    // A daemon that inherits a pipe would keep it open for ever, so output goes to files.
    let (out, err) = (tempfile::NamedTempFile::new()?, tempfile::NamedTempFile::new()?);
    let status = command
        .stdin(Stdio::null())
        .stdout(out.reopen()?)
        .stderr(err.reopen()?)
        .status()
        .with_context(|| format!("{command:?}"))?;
    let said = fs::read_to_string(out.path())?;
    if !status.success() {
        bail!("{command:?}: {said}{}", fs::read_to_string(err.path())?);
    }
    Ok(said)
}
