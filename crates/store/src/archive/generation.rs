//! One generation of an archive: a copy of the database, the logs that followed, and an index that tells which octets of
//! them were there at which moment.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::wal::{Head, Place};
use super::{StoreError, Timestamp, failed};
use crate::clock::Clock;
use crate::db;

/// The copy that a generation begins with.
pub const BASE: &str = "base.db";
const INDEX: &str = "index";
const PREFIX: &str = "generation-";

/// A moment of a generation: what was committed by `at` is in its logs up to the octets of the last of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When.
    pub at: Timestamp,
    /// The number of the last log; 0 when the copy alone is that moment.
    pub log: u32,
    /// How much of it.
    pub octets: u64,
}

/// The generation being written.
pub struct Generation {
    folder: PathBuf,
    begun_at: Timestamp,
    log: u32,
    head: Option<Head>,
    place: Option<Place>,
    index: File,
}

impl Generation {
    /// Begins one with a copy of the database. Somebody must hold the log meanwhile.
    pub fn begin(database: &Path, archive: &Path, clock: &dyn Clock) -> Result<Self, StoreError> {
        let part = archive.join("part");
        let made = |e| failed("making a generation of the archive", e);
        if part.exists() {
            fs::remove_dir_all(&part).map_err(made)?;
        }
        fs::create_dir_all(&part).map_err(made)?;
        let base = part.join(BASE);
        db::copy_sqlite(database, &base)?;
        let begun_at = clock.now();
        let folder = archive.join(format!("{PREFIX}{:020}", begun_at.0));
        let mut index = File::create_new(part.join(INDEX)).map_err(made)?;
        index
            .write_all(line(Moment { at: begun_at, log: 0, octets: 0 }).as_bytes())
            .map_err(made)?;
        index.sync_all().map_err(made)?;
        File::open(&base).and_then(|base| base.sync_all()).map_err(made)?;
        fs::rename(&part, &folder).map_err(made)?;
        File::open(archive).and_then(|archive| archive.sync_all()).map_err(made)?;
        Ok(Self { folder, begun_at, log: 0, head: None, place: None, index })
    }

    /// When it began.
    pub fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// How far the present log has been taken.
    pub fn log_octets(&self) -> u64 {
        self.place.map_or(0, |place| place.octets)
    }

    /// Takes what is committed in the log and not here yet; nothing when a log is missing in between.
    pub fn take(
        &mut self,
        log: &mut File,
        head: &Head,
        clock: &dyn Clock,
    ) -> Result<Option<u64>, StoreError> {
        let wrote = |e| failed("writing the archive", e);
        match &self.head {
            Some(known) if known == head => {}
            Some(known) if head.sequence() != known.sequence().wrapping_add(1) => return Ok(None),
            _ => {
                self.log += 1;
                fs::write(log_file(&self.folder, self.log), head.octets()).map_err(wrote)?;
                (self.head, self.place) = (Some(head.clone()), Some(head.begin()));
            }
        }
        let from = self.place.unwrap_or_else(|| head.begin());
        let mut file =
            File::options().write(true).open(log_file(&self.folder, self.log)).map_err(wrote)?;
        // What an earlier attempt left behind the last whole moment is written again.
        file.seek(SeekFrom::Start(from.octets)).map_err(wrote)?;
        let to = head.committed(log, from, &mut file).map_err(wrote)?;
        if to == from {
            return Ok(Some(0));
        }
        file.sync_all().map_err(wrote)?;
        let moment = Moment { at: clock.now(), log: self.log, octets: to.octets };
        self.index.write_all(line(moment).as_bytes()).map_err(wrote)?;
        self.index.sync_all().map_err(wrote)?;
        self.place = Some(to);
        Ok(Some(to.octets - from.octets))
    }
}

/// The generations of an archive with when they began, the oldest first.
pub fn all(archive: &Path) -> Result<Vec<(Timestamp, PathBuf)>, StoreError> {
    let read = |e| failed("reading the archive", e);
    let mut all = Vec::new();
    for entry in fs::read_dir(archive).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if let Some(at) = name.strip_prefix(PREFIX).and_then(|at| at.parse().ok()) {
            all.push((Timestamp(at), path));
        }
    }
    all.sort();
    Ok(all)
}

/// The moments of a generation, in order. A line that is not whole was never promised to anybody.
pub fn moments(generation: &Path) -> Result<Vec<Moment>, StoreError> {
    let mut text = String::new();
    let read = |e| failed("reading the archive's index", e);
    let mut index = File::open(generation.join(INDEX)).map_err(read)?;
    index.read_to_string(&mut text).map_err(read)?;
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let moment = |line: &str| {
        let mut words = line.split(' ');
        let at = words.next()?.parse().ok()?;
        Some(Moment {
            at: Timestamp(at),
            log: words.next()?.parse().ok()?,
            octets: words.next()?.parse().ok()?,
        })
    };
    let damaged = || StoreError::Corrupt(format!("{}: {INDEX}", generation.display()));
    whole.lines().map(|line| moment(line).ok_or_else(damaged)).collect()
}

/// Where a generation keeps a log.
pub fn log_file(generation: &Path, log: u32) -> PathBuf {
    generation.join(format!("{log:06}.wal"))
}

fn line(Moment { at, log, octets }: Moment) -> String {
    let mut line = String::new();
    let _ = writeln!(line, "{} {log} {octets}", at.0);
    line
}
