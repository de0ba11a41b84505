//! `lazo verify`: every sum, lot, balance and seal of the ledger recomputed, every fault named.

use lazo_domain::ids::BUCKETS;
use lazo_store::Db;
use lazo_store::db::Options;
use lazo_store::verify::{Finding, verify};

use crate::args::Verify;
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;
use crate::progress::Progress;

pub async fn run(context: &Context, _args: Verify) -> Result<(), Fault> {
    context.must_exist()?;
    let config = &context.config;
    let options = Options { connections: config.connections, allow_unsafe: config.allow_unsafe };
    // Looks only: a schema of another version is not brought up to date in passing.
    let db = Db::open(&config.database, options).await?;
    db.check_schema().await?;
    let total = u64::try_from(BUCKETS).ok();
    let mut progress = Progress::begin("events verified", total, context.printer.quiet);
    let mut findings: Vec<Finding> = Vec::new();
    let checked = verify(
        &db,
        |finding| findings.push(finding),
        |bucket, checked| progress.at(u64::try_from(bucket).unwrap_or(0), checked.events),
    )
    .await?;
    progress.end();
    if findings.is_empty() {
        context.printer.say(format!(
            "in order: {} events with {} entries; {} events in {} sealed segments, {} not sealed yet",
            checked.events,
            checked.entries,
            checked.events - checked.unsealed.min(checked.events),
            checked.segments,
            checked.unsealed
        ));
        return Ok(());
    }
    let count = findings.len();
    let mut table = context.printer.table(&["check", "place", "what", "expected", "actual"]);
    for finding in findings {
        table.row(vec![
            Cell::text(finding.check),
            Cell::text(finding.place),
            Cell::text(finding.what),
            Cell::text(finding.expected),
            Cell::text(finding.actual),
        ])?;
    }
    table.end()?;
    context.printer.warn(format!("not in order: {count} finding(s)"));
    Err(Fault::not_in_order())
}
