//! Folders for files that people send and for what is made of them: each belongs to the run that holds it, goes with it,
//! and is swept when its process is no more.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// What a run's folders of this machine's are called first.
const PREFIX: &str = "lazo-run-";
/// The file by whose lock a folder is held. The machine lets go of it when the process ends, however it ends.
const HELD: &str = ".held";
/// A folder without that file is somebody's who is about to hold it, or was left at that very moment.
const ABOUT_TO: Duration = Duration::from_secs(600);

/// A folder that is held. It goes with everything in it when this is dropped: at the end of a run, of a request that was
/// refused, or of one whose sender went away.
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    stays: bool,
    _held: File,
}

impl Scratch {
    /// A new folder below `root`; nobody else of the machine looks into it.
    pub fn below(root: &Path, name: &str) -> io::Result<Self> {
        private().recursive(true).create(root)?;
        let path = root.join(name);
        private().create(&path)?;
        Self::hold(path, false)
    }

    /// A new folder among the machine's temporary ones.
    pub fn of_machine() -> io::Result<Self> {
        let made = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        Self::hold(made.keep(), false)
    }

    /// Holds a folder that was left for later, and leaves it again; nothing when somebody holds it or it is gone.
    pub fn again(path: &Path) -> Option<Self> {
        if !path.is_dir() {
            return None;
        }
        Self::hold(path.to_owned(), true).ok()
    }

    fn hold(path: PathBuf, stays: bool) -> io::Result<Self> {
        let held = File::create(path.join(HELD))?;
        held.try_lock().map_err(io::Error::from)?;
        Ok(Self { path, stays, _held: held })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Lets go of it and leaves what is in it for later.
    pub fn leave(mut self) {
        self.stays = true;
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.stays {
            remove(&self.path);
        }
    }
}

/// Is it held, by whatever process?
#[must_use]
pub fn is_held(path: &Path) -> bool {
    let Ok(file) = File::open(path.join(HELD)) else { return false };
    matches!(file.try_lock(), Err(TryLockError::WouldBlock))
}

/// Removes the folders below `root` that nobody holds and that do not stay. Answers how many.
pub fn sweep(root: &Path, stays: impl Fn(&Path) -> bool) -> usize {
    let Ok(all) = std::fs::read_dir(root) else { return 0 };
    let folders = all.filter_map(Result::ok).map(|entry| entry.path()).filter(|path| path.is_dir());
    folders.filter(|path| is_left(path) && !stays(path) && remove(path)).count()
}

/// Removes the folders among the machine's temporary ones whose runs are no more.
pub fn sweep_machine() -> usize {
    let own = |path: &Path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
    };
    sweep(&std::env::temp_dir(), |path| !own(path))
}

/// Does nobody hold it, and is nobody about to?
fn is_left(path: &Path) -> bool {
    if path.join(HELD).exists() {
        return !is_held(path);
    }
    let made = path.metadata().and_then(|about| about.modified());
    #[expect(clippy::disallowed_methods, reason = "files carry the machine's own time")]
    let now = SystemTime::now();
    made.is_ok_and(|made| now.duration_since(made).is_ok_and(|age| age > ABOUT_TO))
}

/// Removes a folder with everything in it. False where it stays, which is written down.
pub fn remove(path: &Path) -> bool {
    match std::fs::remove_dir_all(path) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::NotFound => false,
        Err(error) => {
            tracing::error!(%error, folder = %path.display(), "files of a run stay");
            false
        }
    }
}

/// How folders are made here: for nobody else of the machine.
fn private() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q9_a_folder_goes_with_its_run_and_what_no_run_holds_is_swept() {
        let root = tempfile::tempdir().unwrap();
        let there = || std::fs::read_dir(root.path()).unwrap().count();
        let held = Scratch::below(root.path(), "held").unwrap();
        std::fs::write(held.path().join("members.csv"), "ana@example.com").unwrap();
        Scratch::below(root.path(), "left").unwrap().leave();
        Scratch::below(root.path(), "stays").unwrap().leave();
        // What a process that was killed held: the file is there, and nobody has its lock.
        assert!(is_held(held.path()) && !is_held(&root.path().join("left")));
        assert_eq!(sweep(root.path(), |path| path.ends_with("stays")), 1);
        assert_eq!(there(), 2);
        drop(held);
        assert_eq!(there(), 1);
        let again = Scratch::again(&root.path().join("stays")).unwrap();
        assert!(Scratch::again(&root.path().join("stays")).is_none(), "one at a time");
        assert_eq!(sweep(root.path(), |_| false), 0);
        drop(again);
        assert_eq!(sweep(root.path(), |_| false), 1);
        assert!(Scratch::again(&root.path().join("stays")).is_none());
    }
}
