//! Checks the whole ledger on a live database, bucket by bucket in bounded memory, and names every fault it finds.

mod journal;
mod sums;
#[cfg(test)]
mod tests;

use std::fmt;

use lazo_domain::ids::{AccountId, BUCKETS, TenantId};

use crate::db::{Db, Row};
use crate::error::StoreError;

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    /// Which check found it: `entry_sum`, `balance`, `lot`, `chain`, ….
    pub check: &'static str,
    /// Where: tenant, account, and the event, lot or segment.
    pub place: String,
    /// What is wrong there, in words.
    pub what: String,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub actual: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, place, what, expected, actual } = self;
        write!(f, "{check}: {place}: {what}: expected {expected}, found {actual}")
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Checked {
    /// Events read with their lines.
    pub events: u64,
    /// Journal lines.
    pub entries: u64,
    /// Sealed segments recomputed.
    pub segments: u64,
    /// Events not sealed yet.
    pub unsealed: u64,
    /// Faults.
    pub findings: u64,
}

/// Verifies everything. Each bucket is read as of one moment, so that it may run beside writers. `tell` hears of each
/// fault at once; `progress` of every bucket done, out of [`BUCKETS`].
pub async fn verify(
    db: &Db,
    mut tell: impl FnMut(Finding),
    mut progress: impl FnMut(i64, &Checked),
) -> Result<Checked, StoreError> {
    let mut checked = Checked::default();
    for bucket in 0..BUCKETS {
        let mut findings = Vec::new();
        let mut tx = db.snapshot().await?;
        let mut books = sums::Books::default();
        journal::check(&mut tx, bucket, &mut books, &mut checked, &mut findings).await?;
        books.close(&mut tx, bucket, &mut findings).await?;
        tx.rollback().await?;
        checked.findings += u64::try_from(findings.len()).unwrap_or(u64::MAX);
        findings.into_iter().for_each(&mut tell);
        progress(bucket + 1, &checked);
    }
    Ok(checked)
}

/// `tenant ten_…, account acc_…` of a row.
fn place(row: &Row) -> Result<String, StoreError> {
    let (tenant, account) = (TenantId(row.int("tenant")?), AccountId(row.int("account")?));
    Ok(format!("tenant {tenant}, account {account}"))
}
