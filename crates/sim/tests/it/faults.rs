//! The short forms of the fault harness: each kind is clean without a planted fault and finds the one that is planted.
//! The long forms are `lazo-sim faults`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use lazo_sim::faults::{Engine, Kind, Outcome, Plant, Run, line, run, table};

/// The server's binary, which a build of the whole house puts beside this crate's own.
fn lazo() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_lazo-sim")).with_file_name("lazo");
    assert!(path.exists(), "there is no {}; `cargo build -p lazo` makes it", path.display());
    path
}

fn without_postgres() -> bool {
    std::env::var("LAZO_TEST_SQLITE_ONLY").is_ok_and(|value| value == "1")
}

/// Runs one kind and wants it to be as it should. What it came to goes to the file that `LAZO_FAULT_TABLE` names, where
/// a skipped run is seen.
fn hold(kind: Kind, engine: Engine, cycles: u64, plant: Option<Plant>) -> Outcome {
    let of = Run { kind, engine, cycles, seed: 11, plant, lazo: lazo(), keep: false };
    let outcome = run(&of).unwrap_or_else(|error| panic!("{error:?}"));
    if let Ok(path) = std::env::var("LAZO_FAULT_TABLE") {
        let file = File::options().create(true).append(true).open(path);
        file.and_then(|mut file| writeln!(file, "{}", line(&outcome))).unwrap();
    }
    let told = table(std::slice::from_ref(&outcome));
    assert!(outcome.is_good(), "{told}\n{}", outcome.verdict.told.join("\n"));
    outcome
}

fn hold_on_postgres(kind: Kind, cycles: u64, plant: Option<Plant>) {
    if !without_postgres() {
        hold(kind, Engine::Postgres, cycles, plant);
    }
}

#[test]
fn q2_kill_loses_nothing_and_counts_nothing_twice_on_sqlite() {
    let outcome = hold(Kind::Kill, Engine::Sqlite, 15, None);
    assert!(outcome.verdict.acknowledged > 50, "{outcome:?}");
}

#[test]
fn q2_kill_loses_nothing_and_counts_nothing_twice_on_postgres() {
    hold_on_postgres(Kind::Kill, 8, None);
}

#[test]
fn q2_kill_finds_repetitions_that_nothing_stops() {
    hold(Kind::Kill, Engine::Sqlite, 12, Some(Plant::LateCheckNoIndex));
}

#[test]
fn q2_kill_finds_what_is_lost() {
    hold(Kind::Kill, Engine::Sqlite, 10, Some(Plant::LostTail));
    hold(Kind::Kill, Engine::Sqlite, 10, Some(Plant::Forget));
}

#[test]
fn q3_power_cuts_lose_nothing_and_are_found_to_where_syncs_are_left_out() {
    hold(Kind::Power, Engine::Sqlite, 5, None);
    hold(Kind::Power, Engine::Sqlite, 3, Some(Plant::NoSync));
    hold_on_postgres(Kind::Power, 2, None);
}

#[test]
fn q4_failing_writes_leave_whole_operations_or_none() {
    hold(Kind::Io, Engine::Sqlite, 37, None);
}

#[test]
fn q4_writes_that_only_pretend_are_found() {
    hold(Kind::Io, Engine::Sqlite, 40, Some(Plant::Swallow));
}

#[test]
fn q4_a_full_disk_refuses_clearly_and_recovers() {
    hold(Kind::DiskFull, Engine::Sqlite, 2, None);
    hold(Kind::DiskFull, Engine::Sqlite, 2, Some(Plant::Swallow));
    hold_on_postgres(Kind::DiskFull, 1, None);
}

#[test]
fn i22_jumps_of_the_clock_expire_nothing_twice_and_break_no_order() {
    hold(Kind::Clock, Engine::Sqlite, 4, None);
    hold(Kind::Clock, Engine::Sqlite, 2, Some(Plant::Reopen));
    hold_on_postgres(Kind::Clock, 2, None);
}

#[test]
fn q5_a_node_that_is_killed_or_frozen_costs_retries_only() {
    hold_on_postgres(Kind::Nodes, 3, None);
}

#[test]
fn q5_nodes_without_a_guard_against_repetitions_are_found() {
    hold_on_postgres(Kind::Nodes, 6, Some(Plant::LateCheckNoIndex));
}

#[test]
fn q5_a_rolling_restart_costs_nothing() {
    hold_on_postgres(Kind::Rolling, 4, None);
    hold_on_postgres(Kind::Rolling, 6, Some(Plant::Hasty));
}

#[test]
fn i7_an_upgrade_killed_anywhere_is_finished_by_the_next_one() {
    hold(Kind::Migrations, Engine::Sqlite, 41, None);
    hold(Kind::Migrations, Engine::Sqlite, 97, Some(Plant::HalfStep));
    hold_on_postgres(Kind::Migrations, 17, None);
}

#[test]
fn q6_retries_and_twins_have_one_effect_and_the_documented_answers() {
    hold(Kind::Retries, Engine::Sqlite, 2_000, None);
    hold(Kind::Retries, Engine::Sqlite, 800, Some(Plant::LateCheckNoIndex));
    hold_on_postgres(Kind::Retries, 1_000, None);
}

#[test]
fn q12_backups_under_load_hold_what_was_acknowledged_and_restore_into_both_engines() {
    hold(Kind::Backups, Engine::Sqlite, 2, None);
    hold(Kind::Backups, Engine::Sqlite, 5, Some(Plant::LooseCopy));
    hold_on_postgres(Kind::Backups, 2, None);
    hold_on_postgres(Kind::Backups, 1, Some(Plant::Forget));
}

#[test]
fn q12_the_database_is_had_back_as_it_was_at_a_moment() {
    hold(Kind::Moments, Engine::Sqlite, 2, None);
    hold(Kind::Moments, Engine::Sqlite, 1, Some(Plant::LostTail));
    hold_on_postgres(Kind::Moments, 1, None);
    hold_on_postgres(Kind::Moments, 1, Some(Plant::Forget));
}
