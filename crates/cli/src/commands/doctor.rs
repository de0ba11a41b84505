//! `lazo doctor`: what a helper would ask for first, and for each finding what mends it. It changes nothing.

use std::path::Path;

use lazo_domain::time::DAY;
use lazo_server::config::DEFAULTS;
use lazo_server::features::wallet_passes::Wallet;
use lazo_server::features::{programs, tenants};
use lazo_store::Db;
use lazo_store::health::{self, Health, MAX_AHEAD_MICROS, MAX_LATE_MICROS};
use lazo_store::schedule::Turns;

use crate::args::Doctor;
use crate::context::Context;
use crate::fault::{Fault, in_full};
use crate::printer::{Cell, Table};

/// Below so much free space on the disk of a SQLite database somebody should look, in MiB.
const LITTLE_SPACE_MIB: u64 = 512;

/// A certificate that ends sooner is to be renewed now.
const LITTLE_TIME: i64 = 30 * DAY;

/// A log that is longer is not taken into the database any more, in MiB.
const LONG_LOG_MIB: u64 = 1_024;

pub async fn run(context: &Context, args: Doctor) -> Result<(), Fault> {
    if args.settings {
        return context.printer.text(DEFAULTS);
    }
    let table = context.printer.table(&["check", "state", "detail", "mend"]);
    let mut report = Report { table, sound: true };
    report.fine("lazo", concat!("version ", env!("CARGO_PKG_VERSION")))?;
    report.fine("clock", &context.now().to_string())?;
    report.fine("locale", context.config.locale().tag())?;
    report.fine("database", &without_password(&context.config.database))?;
    space(context, &mut report)?;
    wallets(context, &mut report)?;
    match database(context, &mut report).await {
        Ok(Some(db)) => {
            let health = health::look(&db, context.now()).await?;
            signs(context, &mut report, &health)?;
            of_tenants(context, &mut report).await?;
        }
        Ok(None) => {}
        Err(fault) => {
            let mend = fault.hint.as_deref().unwrap_or("mend what it says, then look again");
            report.line("schema", false, &fault.message, mend)?;
        }
    }
    report.end()
}

/// The database, when it is there and has the schema of this binary.
async fn database(context: &Context, report: &mut Report) -> Result<Option<Db>, Fault> {
    context.must_exist()?;
    let db = Db::open(&context.config.database, context.options()).await.map_err(|error| {
        Fault::failed(in_full(&error)).hint("start the server, or correct --database")
    })?;
    let lacking = db.lacking_steps().await.map_err(|error| {
        Fault::failed(in_full(&error)).hint("`lazo apply FILE` makes an installation")
    })?;
    if lacking == 0 {
        report.fine("schema", "up to date")?;
        return Ok(Some(db));
    }
    let mend =
        "`lazo backup FILE`, then start `lazo serve` of this version, which brings it up to date";
    report.line("schema", false, &format!("{lacking} step(s) behind this version"), mend)?;
    Ok(None)
}

/// Is there room on the disk of a SQLite database?
fn space(context: &Context, report: &mut Report) -> Result<(), Fault> {
    let Some(path) = context.config.database.strip_prefix("sqlite://") else { return Ok(()) };
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    let Ok(disk) = rustix::fs::statvfs(folder.unwrap_or(Path::new("."))) else { return Ok(()) };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize) / (1024 * 1024);
    let mend = "make room: on a full disk writes are refused until there is some";
    report.line("disk", free >= LITTLE_SPACE_MIB, &format!("{free} MiB free"), mend)?;
    let log = std::fs::metadata(format!("{path}-wal")).map_or(0, |log| log.len() / (1024 * 1024));
    let mend = "somebody has been reading one moment for long, or `lazo archive` cannot write: end the one, mend the \
                other, and the log is used anew";
    report.line("log", log <= LONG_LOG_MIB, &format!("{log} MiB not in the database yet"), mend)
}

/// Can passes be signed, and for how long?
fn wallets(context: &Context, report: &mut Report) -> Result<(), Fault> {
    let wallet = Wallet::of(&context.config);
    for fault in &wallet.faults {
        let mend = "docs/guide/wallet-passes.md says what the files are and how they are made";
        report.line("wallet passes", false, &fault.to_string(), mend)?;
    }
    if let Some(end) = wallet.apple_good_until() {
        let sound = end.0 - context.now().0 > LITTLE_TIME;
        let mend = "ask Apple for a new certificate of the same pass type; phones keep the passes they have";
        report.line("Apple's certificate", sound, &format!("good until {end}"), mend)?;
    }
    Ok(())
}

fn signs(context: &Context, report: &mut Report, health: &Health) -> Result<(), Fault> {
    let now = context.now();
    if let Some(newest) = health.newest_event {
        let sound = newest.0 - now.0 <= MAX_AHEAD_MICROS;
        let mend = "set the clock right, here or on the node that was ahead, and keep it right by NTP; \
                    until then points count from the newest event on";
        report.line("newest event", sound, &newest.to_string(), mend)?;
    }
    for turns in &health.turns {
        let (sound, detail) = told(turns, now.0);
        let mend = "see the log of the process that does it; `lazo jobs run --once` tries now";
        report.line(&format!("job {}", turns.name), sound, &detail, mend)?;
    }
    let mend = "run `lazo serve` or `lazo jobs run`, which lets points expire and be released";
    let detail = format!("{} of 256 buckets are late", health.late_buckets);
    report.line("time passing", health.late_buckets == 0, &detail, mend)?;
    let late = health.oldest_message.is_some_and(|at| now.0 - at.0 > MAX_LATE_MICROS);
    let since = |at: lazo_domain::time::Timestamp| format!("the oldest message waits since {at}");
    let detail = health.oldest_message.map_or_else(|| "empty".to_owned(), since);
    let mend = "run `lazo serve` or `lazo jobs run`, which passes messages on";
    report.line("outbox", !late, &detail, mend)?;
    if health.superuser {
        let mend = "connect as a plain role that owns the schema: a superuser stands above the grants that keep the \
                    journal append-only";
        report.line("role", false, "connected as a superuser", mend)?;
    }
    if health.alone {
        report.fine("standby", "none is synchronous: acknowledged work is on one machine alone")?;
    }
    Ok(())
}

fn told(turns: &Turns, now: i64) -> (bool, String) {
    if turns.failures > 0 {
        let why = turns.last_error.as_deref().unwrap_or("no reason was noted");
        return (false, format!("failed {} time(s) in a row: {why}", turns.failures));
    }
    let late = now - turns.next_at.0 > MAX_LATE_MICROS && now > turns.leased_until.0;
    let word = if late { "was due" } else { "next" };
    (!late, format!("{word} {}", turns.next_at))
}

async fn of_tenants(context: &Context, report: &mut Report) -> Result<(), Fault> {
    let app = context.app().await?;
    for tenant in tenants::store::all(&app.db).await? {
        let code = &tenant.config.code;
        let count = programs::store::all(&app.db, tenant.id).await?.len();
        let detail = format!("{count} program(s), configuration version {}", tenant.config_version);
        report.line(&format!("tenant {code}"), tenant.live, &detail, "it is closed")?;
        let compiled = app.programs.current(tenant.id).await;
        let detail = compiled.as_ref().err().map_or("sound".to_owned(), |error| in_full(error));
        let mend = "`lazo programs rollback CODE` goes back to the version before";
        report.line(&format!("programs of {code}"), compiled.is_ok(), &detail, mend)?;
    }
    Ok(())
}

struct Report {
    table: Table,
    sound: bool,
}

impl Report {
    fn fine(&mut self, check: &str, detail: &str) -> Result<(), Fault> {
        self.line(check, true, detail, "")
    }

    /// What was seen, and when it is not sound, what mends it.
    fn line(&mut self, check: &str, sound: bool, detail: &str, mend: &str) -> Result<(), Fault> {
        self.sound &= sound;
        let (state, mend) = if sound { ("ok", "") } else { ("PROBLEM", mend) };
        self.table.row([check, state, detail, mend].map(Cell::text).into())
    }

    fn end(self) -> Result<(), Fault> {
        self.table.end()?;
        if self.sound { Ok(()) } else { Err(Fault::not_in_order()) }
    }
}

/// The address without what nobody should read over a shoulder.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    match rest.rsplit_once('@') {
        Some((user, host)) => {
            let user = user.split(':').next().unwrap_or_default();
            format!("{scheme}://{user}@{host}")
        }
        None => url.to_owned(),
    }
}
