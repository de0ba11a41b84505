//! Every kind on every engine it is for, without and with planted faults: what the table in the evidence is made of.

use std::path::Path;

use super::Engine::{Postgres, Sqlite};
use super::{Engine, Kind, Plant, Run};

/// Kind, engine, cycles of the short and of the long form, planted fault.
type Row = (Kind, Engine, u64, u64, Option<Plant>);

/// Without a planted fault.
const CLEAN: [Row; 20] = [
    (Kind::Kill, Sqlite, 20, 500, None),
    (Kind::Kill, Postgres, 10, 200, None),
    (Kind::Power, Sqlite, 10, 1_000, None),
    (Kind::Power, Postgres, 3, 100, None),
    (Kind::Io, Sqlite, 13, 1, None),
    (Kind::DiskFull, Sqlite, 2, 20, None),
    (Kind::DiskFull, Postgres, 2, 10, None),
    (Kind::Clock, Sqlite, 4, 40, None),
    (Kind::Clock, Postgres, 2, 10, None),
    (Kind::Nodes, Postgres, 3, 60, None),
    (Kind::Rolling, Postgres, 6, 60, None),
    (Kind::Rolling, Sqlite, 4, 30, None),
    (Kind::Migrations, Sqlite, 41, 1, None),
    (Kind::Migrations, Postgres, 17, 1, None),
    (Kind::Retries, Sqlite, 5_000, 1_000_000, None),
    (Kind::Retries, Postgres, 5_000, 1_000_000, None),
    (Kind::Backups, Sqlite, 4, 100, None),
    (Kind::Backups, Postgres, 4, 100, None),
    (Kind::Moments, Sqlite, 3, 50, None),
    (Kind::Moments, Postgres, 2, 20, None),
];

/// With one. Two of them are held off by the guard that is left.
const PLANTED: [Row; 22] = [
    (Kind::Kill, Sqlite, 12, 40, Some(Plant::NoIndex)),
    (Kind::Kill, Sqlite, 12, 40, Some(Plant::LateCheck)),
    (Kind::Kill, Sqlite, 15, 20, Some(Plant::LateCheckNoIndex)),
    (Kind::Kill, Postgres, 15, 20, Some(Plant::LateCheckNoIndex)),
    (Kind::Kill, Sqlite, 8, 10, Some(Plant::LostTail)),
    (Kind::Kill, Sqlite, 10, 10, Some(Plant::Forget)),
    (Kind::Kill, Postgres, 10, 10, Some(Plant::Forget)),
    (Kind::Power, Sqlite, 4, 10, Some(Plant::NoSync)),
    (Kind::Power, Postgres, 3, 5, Some(Plant::NoSync)),
    (Kind::Io, Sqlite, 40, 5, Some(Plant::Swallow)),
    (Kind::DiskFull, Sqlite, 2, 5, Some(Plant::Swallow)),
    (Kind::Clock, Sqlite, 2, 4, Some(Plant::Reopen)),
    (Kind::Nodes, Postgres, 8, 12, Some(Plant::LateCheckNoIndex)),
    (Kind::Rolling, Postgres, 6, 6, Some(Plant::Hasty)),
    (Kind::Migrations, Sqlite, 97, 40, Some(Plant::HalfStep)),
    (Kind::Migrations, Postgres, 30, 30, Some(Plant::HalfStep)),
    (Kind::Retries, Sqlite, 2_000, 5_000, Some(Plant::LateCheckNoIndex)),
    (Kind::Retries, Postgres, 2_000, 5_000, Some(Plant::LateCheckNoIndex)),
    (Kind::Backups, Sqlite, 2, 4, Some(Plant::LooseCopy)),
    (Kind::Backups, Postgres, 2, 4, Some(Plant::Forget)),
    (Kind::Moments, Sqlite, 2, 4, Some(Plant::LostTail)),
    (Kind::Moments, Postgres, 1, 2, Some(Plant::Forget)),
];

/// The runs of the short or the long form.
#[must_use]
pub fn all(lazo: &Path, seed: u64, long: bool) -> Vec<Run> {
    let run = |(kind, engine, short, extensive, plant): &Row| Run {
        kind: *kind,
        engine: *engine,
        cycles: if long { *extensive } else { *short },
        seed,
        plant: *plant,
        lazo: lazo.to_owned(),
        keep: false,
    };
    CLEAN.iter().chain(&PLANTED).map(run).collect()
}
