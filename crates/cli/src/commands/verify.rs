//! `lazo verify`: every sum, lot, balance and seal of the ledger and the audit log recomputed, every fault named.

use lazo_domain::ids::BUCKETS;
use lazo_server::features::audit;
use lazo_store::Db;
use lazo_store::StoreError;
use lazo_store::verify::{Finding, verify};

use crate::args::Verify;
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;
use crate::progress::Progress;

pub async fn run(context: &Context, _args: Verify) -> Result<(), Fault> {
    context.must_exist()?;
    // Looks only: a schema of another version is not brought up to date in passing.
    let db = Db::open(&context.config.database, context.options()).await?;
    or_tell(context, &db).await
}

/// Verifies a database: says that it is in order, or tells every fault and fails.
pub async fn or_tell(context: &Context, db: &Db) -> Result<(), Fault> {
    db.check_schema().await?;
    let total = u64::try_from(BUCKETS).ok();
    let mut progress = Progress::begin("events verified", total, context.printer.quiet);
    let mut findings: Vec<Finding> = Vec::new();
    let checked = verify(
        db,
        |finding| findings.push(finding),
        |bucket, checked| progress.at(u64::try_from(bucket).unwrap_or(0), checked.events),
    )
    .await?;
    progress.end();
    let logs = audit_logs(db, &mut findings).await?;
    if !findings.is_empty() {
        return tell(context, findings);
    }
    context.printer.say(format!(
        "in order: {} events with {} entries; {} events in {} sealed segments, {} not sealed yet; \
         {logs} audit logs",
        checked.events,
        checked.entries,
        checked.events - checked.unsealed.min(checked.events),
        checked.segments,
        checked.unsealed
    ));
    Ok(())
}

fn tell(context: &Context, findings: Vec<Finding>) -> Result<(), Fault> {
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

/// Follows the chain of every audit log; answers how many there are.
async fn audit_logs(db: &Db, findings: &mut Vec<Finding>) -> Result<usize, StoreError> {
    let logs = audit::logs(db).await?;
    for tenant in &logs {
        let Some(seq) = audit::verify(db, *tenant).await? else { continue };
        let whose = if *tenant == audit::INSTALLATION {
            "the installation".to_owned()
        } else {
            format!("tenant {tenant}")
        };
        findings.push(Finding {
            check: "audit_chain",
            place: format!("{whose}, audit entry {seq}"),
            what: "the log does not go on here as it was recorded".to_owned(),
            expected: "the entry that was recorded".to_owned(),
            actual: "another one, or none".to_owned(),
        });
    }
    Ok(logs.len())
}
