//! The schema's upgrade killed at each of its steps and started again: in the end the schema is the same as without a
//! kill, whatever was there in between.

use std::fs;
use std::process::Stdio;

use anyhow::{Context, ensure};

use super::ground::Ground;
use super::house::{House, PROGRAM};
use super::oracle::Verdict;
use super::plant::{self, Plant};
use super::postgres::Cluster;
use super::shim::{Mode, Shim};
use super::{Engine, Outcome, Run};

/// A PostgreSQL database as if nothing had ever been in it.
const FRESH: &str = "drop schema if exists strike cascade; drop schema if exists public cascade; create schema public";
/// More steps than any upgrade has.
const MAX_STEPS: i64 = 20_000;
/// The first statement of a step, done without the step.
const HALF: &str = "create table tenant (tenant bigint not null)";

/// Runs it. `cycles` is the step from one statement or write to the next: 1 tries each.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    match run.engine {
        Engine::Sqlite => sqlite(run),
        Engine::Postgres => postgres(run),
    }
}

/// On SQLite the process is killed at each write, sync and truncation: no two statements have none between them that
/// would matter.
fn sqlite(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let folder = ground.folder();
    fs::write(folder.join("program.toml"), PROGRAM)?;
    let clean =
        House::bare(&run.lazo, &folder, &format!("sqlite://{}", folder.join("clean.db").display()));
    clean.run(MIGRATE)?;
    let expected = schema_of(&clean)?;
    let shim = Shim::build(&folder, &ground.file())?;
    let mut house = House::bare(&run.lazo, &folder, &ground.url());
    house.env = shim.env();
    let (mut verdict, mut at, mut struck) = (Verdict::default(), run.first(), 0);
    loop {
        for end in ["db", "db-wal", "db-shm", "db-journal"] {
            let _ = fs::remove_file(ground.file().with_extension(end));
        }
        verdict.sent += 1;
        let mode = if at % 2 == 0 { Mode::Torn } else { Mode::Kill };
        shim.arm(mode, at)?;
        let status = house.command(MIGRATE).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        let fired = shim.disarm()?;
        ensure!(fired != status.success(), "call {at}: {status}");
        half(run, &house)?;
        finish(&house, &expected, at, &mut verdict);
        if !fired {
            break;
        }
        struck += 1;
        at += i64::try_from(run.cycles.max(1))?;
        ensure!(at < MAX_STEPS, "the upgrade makes more than {MAX_STEPS} calls");
    }
    Ok(Outcome::of(run, struck, verdict, "killed at writes, syncs and truncations".into()))
}

/// On PostgreSQL the server ends the connection after each statement that defines something, and the process dies.
fn postgres(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let cluster = ground.cluster.as_ref().context("no PostgreSQL")?;
    fs::write(ground.folder().join("program.toml"), PROGRAM)?;
    let clean = House::bare(&run.lazo, &ground.folder(), &ground.url());
    cluster.sql("lazo", FRESH)?;
    clean.run(MIGRATE)?;
    let expected = cluster.schema("lazo")?;
    cluster.sql("postgres", "create database torn")?;
    let url = ground.url().replace("/lazo", "/torn").replace("//torn@", "//lazo@");
    let house = House::bare(&run.lazo, &ground.folder(), &url);
    let (mut verdict, mut at, mut struck) = (Verdict::default(), run.first(), 0);
    loop {
        cluster.sql("torn", "drop event trigger if exists strike")?;
        cluster.sql("torn", FRESH)?;
        cluster.sql("torn", &strike(at))?;
        verdict.sent += 1;
        let status = house.command(MIGRATE).stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        let fired = !status.success();
        cluster.sql("torn", "drop event trigger strike; drop schema strike cascade")?;
        half(run, &house)?;
        finish_postgres(&house, cluster, &expected, at, &mut verdict);
        if !fired {
            break;
        }
        struck += 1;
        at += i64::try_from(run.cycles.max(1))?;
        ensure!(at < MAX_STEPS, "the upgrade makes more than {MAX_STEPS} statements");
    }
    Ok(Outcome::of(run, struck, verdict, "connection ended at statements that define".into()))
}

/// What brings the schema up to date, and then sets up the shop.
const MIGRATE: &[&str] = &["apply", "--yes", "program.toml"];

/// Ends the session at the Nth statement that defines something.
fn strike(at: i64) -> String {
    format!(
        "create schema strike; create sequence strike.count;
         create function strike.now() returns event_trigger language plpgsql as $$ begin
            if nextval('strike.count') = {at} then perform pg_terminate_backend(pg_backend_pid()); end if; end $$;
         create event trigger strike on ddl_command_end execute function strike.now();"
    )
}

fn half(run: &Run, house: &House) -> anyhow::Result<()> {
    if run.plant == Some(Plant::HalfStep) {
        // Where the step was done already there is nothing to plant.
        let _ = plant::on(house, |_| HALF.to_owned());
    }
    Ok(())
}

fn finish(house: &House, expected: &str, at: i64, verdict: &mut Verdict) {
    match again(house).and_then(|()| schema_of(house)) {
        Ok(schema) if schema == expected => verdict.acknowledged += 1,
        Ok(_) => verdict.wrong(format!("killed at {at}: the schema is another one")),
        Err(error) => verdict.wrong(format!("killed at {at}: {error:#}")),
    }
}

fn finish_postgres(
    house: &House,
    cluster: &Cluster,
    expected: &str,
    at: i64,
    verdict: &mut Verdict,
) {
    match again(house).and_then(|()| cluster.schema("torn")) {
        Ok(schema) if schema == expected => verdict.acknowledged += 1,
        Ok(_) => verdict.wrong(format!("killed at {at}: the schema is another one")),
        Err(error) => verdict.wrong(format!("killed at {at}: {error:#}")),
    }
}

/// Upgrades once more, and uses what came of it.
fn again(house: &House) -> anyhow::Result<()> {
    let mut whole = House::bare(&house.lazo, &house.folder, &house.database);
    whole.open(0)?;
    let findings = whole.verify()?;
    ensure!(findings.is_empty(), "{findings:?}");
    Ok(())
}

/// Every definition of a SQLite file, in order of names.
fn schema_of(house: &House) -> anyhow::Result<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let db = lazo_store::Db::open(&house.database, lazo_store::Options::default()).await?;
        let sql = "select name, coalesce(sql, '') as text from sqlite_schema order by name";
        let rows = db.query(sql, &[]).await?;
        let line =
            |row: &lazo_store::Row| Ok(format!("{}: {}\n", row.text("name")?, row.text("text")?));
        rows.iter()
            .map(line)
            .collect::<Result<String, lazo_store::StoreError>>()
            .map_err(Into::into)
    })
}
