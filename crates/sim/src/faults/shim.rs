//! The shim between a process and its disk and clock (`shim.c`), compiled when it is needed, and its controls.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::postgres::done;

/// What happens to the Nth write, sync or truncation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It fails: the device is broken.
    Eio = 1,
    /// It fails: there is no room.
    Enospc = 2,
    /// A write does its first half only, and says so.
    Short = 3,
    /// A write does its first half, and the process dies with it.
    Torn = 4,
    /// The process dies before it.
    Kill = 5,
    /// It and all that follow do nothing and say that they did.
    Swallow = 7,
}

impl Mode {
    /// Those of which one call is struck.
    pub const ONCE: [(Self, &'static str); 5] = [
        (Self::Eio, "EIO"),
        (Self::Enospc, "ENOSPC"),
        (Self::Short, "short"),
        (Self::Torn, "torn"),
        (Self::Kill, "killed"),
    ];

    /// Does the process die?
    #[must_use]
    pub fn kills(self) -> bool {
        matches!(self, Self::Torn | Self::Kill)
    }
}

const WORDS: usize = 7;
const ARMED: u64 = 0;
const AT: u64 = 1;
const MODE: u64 = 2;
const COUNT: u64 = 3;
const FIRED: u64 = 4;
const CLOCK_S: u64 = 5;
const NO_SYNC: u64 = 6;

/// A shim with its controls.
pub struct Shim {
    library: PathBuf,
    control: PathBuf,
    prefix: PathBuf,
    file: File,
}

impl Shim {
    /// Compiles it into `folder`. It looks after files whose path begins with `prefix`.
    pub fn build(folder: &Path, prefix: &Path) -> anyhow::Result<Self> {
        let library = compile(folder, "shim.so", include_str!("shim.c"), &["-shared", "-fPIC"])?;
        let control = folder.join("shim.control");
        fs::write(&control, [0; WORDS * 8])?;
        let file = File::options().read(true).write(true).open(&control)?;
        Ok(Self { library, control, prefix: prefix.to_owned(), file })
    }

    /// The variables of a process that shall live under it.
    #[must_use]
    pub fn env(&self) -> Vec<(String, String)> {
        [
            ("LD_PRELOAD", &self.library),
            ("SHIM_CONTROL", &self.control),
            ("SHIM_PREFIX", &self.prefix),
        ]
        .map(|(name, path)| (name.to_owned(), path.display().to_string()))
        .to_vec()
    }

    /// From now on the Nth call is struck.
    pub fn arm(&self, mode: Mode, at: i64) -> anyhow::Result<()> {
        for (word, value) in [(COUNT, 0), (FIRED, 0), (AT, at), (MODE, mode as i64), (ARMED, 1)] {
            self.set(word, value)?;
        }
        Ok(())
    }

    /// Nothing is struck any more; answers whether anything was.
    pub fn disarm(&self) -> anyhow::Result<bool> {
        self.set(ARMED, 0)?;
        Ok(self.get(FIRED)? > 0)
    }

    /// Moves the clock so many seconds away from the real one.
    pub fn move_clock(&self, seconds: i64) -> anyhow::Result<()> {
        self.set(CLOCK_S, seconds)
    }

    /// Leaves syncs out.
    pub fn leave_syncs_out(&self) -> anyhow::Result<()> {
        self.set(NO_SYNC, 1)
    }

    fn set(&self, word: u64, value: i64) -> anyhow::Result<()> {
        Ok(self.file.write_all_at(&value.to_ne_bytes(), word * 8)?)
    }

    fn get(&self, word: u64) -> anyhow::Result<i64> {
        let mut octets = [0; 8];
        self.file.read_exact_at(&mut octets, word * 8)?;
        Ok(i64::from_ne_bytes(octets))
    }
}

/// Can this machine compile C?
#[must_use]
pub fn has_compiler() -> bool {
    let mut cc = Command::new("cc");
    cc.arg("--version");
    done("cc", cc).is_ok()
}

/// Compiles a small C program; answers where it is.
pub fn compile(folder: &Path, name: &str, source: &str, flags: &[&str]) -> anyhow::Result<PathBuf> {
    let (text, made) = (folder.join(format!("{name}.c")), folder.join(name));
    fs::write(&text, source)?;
    let mut cc = Command::new("cc");
    cc.args(flags).args(["-O1", "-Wall", "-o"]).arg(&made).arg(&text);
    done("cc", cc)?;
    Ok(made)
}
