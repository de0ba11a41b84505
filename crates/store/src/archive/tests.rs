//! Every archived moment can be had back, also when the log began anew many times and somebody else had it do so.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lazo_domain::time::Timestamp;
use rusqlite::Connection;

use super::{Archiver, restore};
use crate::clock::{Clock, SystemClock};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("lazo-archive-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(path.join("archive")).unwrap();
        Self(path)
    }

    fn database(&self) -> PathBuf {
        self.0.join("lazo.db")
    }

    fn archive(&self) -> PathBuf {
        self.0.join("archive")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn connect(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection
        .execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full;
             create table if not exists t (n integer primary key, filler blob not null)",
        )
        .unwrap();
    connection
}

fn write(connection: &Connection) {
    connection.execute("insert into t (filler) values (randomblob(3000))", []).unwrap();
}

fn rows(path: &Path) -> i64 {
    let connection = Connection::open(path).unwrap();
    let sound: String = connection.query_row("pragma integrity_check", [], |r| r.get(0)).unwrap();
    assert_eq!(sound, "ok");
    connection.query_row("select count(*) from t", [], |r| r.get(0)).unwrap()
}

/// What the database was at `at`, restored.
fn at(folder: &Folder, at: Option<Timestamp>) -> i64 {
    let into = folder.0.join("restored.db");
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(super::beside(&into, end));
    }
    restore(&folder.archive(), at, &into).unwrap();
    rows(&into)
}

/// Goal: point in time. Method: after every step, how many rows there were is noted with the instant; the log is let
/// begin anew at every 100 kB, the database takes it in whenever somebody likes.
#[test]
fn q12_every_archived_moment_can_be_had_back() {
    let folder = Folder::new("moments");
    let (writer, clock) = (connect(&folder.database()), SystemClock);
    write(&writer);
    let mut archiver = Archiver::begin(&folder.database(), &folder.archive(), &clock).unwrap();
    archiver.max_log = 100_000;
    let mut noted = Vec::new();
    for round in 1..=120_i64 {
        for _ in 0..round % 7 {
            write(&writer);
        }
        if round % 5 == 0 {
            writer.execute_batch("pragma wal_checkpoint(passive)").unwrap();
        }
        archiver.step(&clock).unwrap();
        noted.push((clock.now(), rows(&folder.database())));
        std::thread::sleep(Duration::from_millis(1));
    }
    let logs = std::fs::read_dir(&super::generation::all(&folder.archive()).unwrap()[0].1).unwrap();
    assert!(logs.count() > 8, "the log began anew several times");
    for (instant, expected) in noted.iter().step_by(7) {
        assert_eq!(at(&folder, Some(*instant)), *expected);
    }
    assert_eq!(at(&folder, None), noted.last().unwrap().1);
    let before = Timestamp(noted[0].0.0 - 10_000_000);
    let none = restore(&folder.archive(), Some(before), &folder.0.join("none.db"));
    assert!(none.unwrap_err().to_string().contains("begins after"));
}

#[test]
fn q12_nothing_committed_is_missed_while_others_write_as_fast_as_they_can() {
    let folder = Folder::new("busy");
    let clock = SystemClock;
    drop(connect(&folder.database()));
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let work = || {
            let writer = connect(&folder.database());
            (0..1_500).for_each(|_| write(&writer));
            stop.store(true, Ordering::SeqCst);
        };
        let writer = scope.spawn(work);
        let mut archiver = Archiver::begin(&folder.database(), &folder.archive(), &clock).unwrap();
        archiver.max_log = 300_000;
        let taker = connect(&folder.database());
        while !stop.load(Ordering::SeqCst) && !writer.is_finished() {
            archiver.step(&clock).unwrap();
            let _ = taker.execute_batch("pragma wal_checkpoint(passive)");
        }
        writer.join().unwrap();
        archiver.step(&clock).unwrap();
    });
    assert_eq!(at(&folder, None), rows(&folder.database()));
    assert_eq!(super::generation::all(&folder.archive()).unwrap().len(), 1, "no log was missed");
}

#[test]
fn q12_a_log_that_began_anew_unseen_begins_a_new_generation() {
    let folder = Folder::new("unseen");
    let (writer, clock) = (connect(&folder.database()), SystemClock);
    let mut archiver = Archiver::begin(&folder.database(), &folder.archive(), &clock).unwrap();
    write(&writer);
    archiver.step(&clock).unwrap();
    // As if the archive had been kept from holding the log.
    archiver.pin.execute_batch("rollback").unwrap();
    for _ in 0..3 {
        writer.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
        write(&writer);
    }
    archiver.step(&clock).unwrap();
    assert_eq!(super::generation::all(&folder.archive()).unwrap().len(), 2);
    assert_eq!(at(&folder, None), 4);
    assert_eq!(archiver.prune(1).unwrap(), 1);
    assert_eq!(at(&folder, None), 4);
}
