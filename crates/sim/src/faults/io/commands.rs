//! The same for commands that run in a process of their own: an expiry run and an import.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, ensure};

use super::{Bench, MAX_CALLS};
use crate::faults::oracle::Verdict;
use crate::faults::shim::Mode;

/// Rows of the file that is imported.
const ROWS: usize = 6;

impl Bench {
    /// Strikes call after call of a command, each time on a copy of the same database.
    pub(super) fn every_of_command(
        &self,
        command: &str,
        mode: Mode,
        step: u64,
        verdict: &mut Verdict,
    ) -> anyhow::Result<u64> {
        let (expected, args) = self.stage(command)?;
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (mut at, mut struck) = (self.first, 0);
        loop {
            let what = format!("{command}, call {at}, {mode:?}");
            restore(&self.file())?;
            verdict.sent += 1;
            self.shim.arm(mode, at)?;
            let status =
                self.house.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
            let fired = self.shim.disarm()?;
            verdict.acknowledged += u64::from(status.success());
            if status.success() && self.house.books()? != expected {
                verdict.lost += 1;
            }
            self.house.run(&args).with_context(|| format!("{what}: the same again"))?;
            let books = self.house.books()?;
            if books != expected {
                verdict.wrong(format!("{what}: {books}, expected {expected}"));
            }
            if !fired {
                return Ok(struck);
            }
            struck += 1;
            at += i64::try_from(step)?;
            ensure!(at < MAX_CALLS, "{command} makes more than {MAX_CALLS} calls");
        }
    }

    /// Makes the database that a command begins with, its arguments, and what must come of it.
    fn stage(&self, command: &str) -> anyhow::Result<(String, Vec<String>)> {
        let folder = &self.house.folder;
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let (csv, mapping) = (folder.join("brief.csv"), folder.join("brief.toml"));
        let lasting = command == "import";
        fs::write(&csv, rows(self.count, lasting))?;
        fs::write(&mapping, MAPPING)?;
        let import = words(&[
            "import",
            "purchases",
            &csv.display().to_string(),
            "--mapping",
            &mapping.display().to_string(),
        ]);
        if command == "expire" {
            let args: Vec<&str> = import.iter().map(String::as_str).collect();
            self.house.run(&args)?;
        }
        keep(&self.file())?;
        let args = if command == "expire" { words(&["expire"]) } else { import };
        let all: Vec<&str> = args.iter().map(String::as_str).collect();
        self.house.run(&all)?;
        Ok((self.house.books()?, args))
    }

    fn file(&self) -> PathBuf {
        self.house.folder.join("lazo.db")
    }
}

const MAPPING: &str = r#"kind = "purchases"
source = "brief"
program = "club"

[fields]
member = "member"
purchase = "receipt"
at = { column = "at", format = "rfc3339" }
channel = "channel"
net = "net"

[amounts]
currency = "EUR"

[members]
unknown = "enroll"
identifier = "external"
"#;

/// Purchases of points that last, or of a day's points that are long gone.
fn rows(salt: u64, lasting: bool) -> String {
    let mut text = "member,receipt,at,channel,net\n".to_owned();
    for row in 0..ROWS {
        let channel = if lasting { "shop" } else { "brief" };
        text += &format!(
            "b{row},r-{salt}-{channel}-{row},2024-03-0{}T10:00:00Z,{channel},12.00\n",
            row + 1
        );
    }
    text
}

fn parts(database: &Path) -> [PathBuf; 3] {
    ["db", "db-wal", "db-shm"].map(|end| database.with_extension(end))
}

/// Keeps a copy of a database that nobody uses.
fn keep(database: &Path) -> anyhow::Result<()> {
    for part in parts(database) {
        let copy =
            part.with_extension(format!("{}.kept", part.extension().unwrap_or_default().display()));
        let _ = fs::remove_file(&copy);
        if part.exists() {
            fs::copy(&part, &copy)?;
        }
    }
    Ok(())
}

/// Puts the copy back.
fn restore(database: &Path) -> anyhow::Result<()> {
    for part in parts(database) {
        let copy =
            part.with_extension(format!("{}.kept", part.extension().unwrap_or_default().display()));
        let _ = fs::remove_file(&part);
        if copy.exists() {
            fs::copy(&copy, &part)?;
        }
    }
    Ok(())
}
