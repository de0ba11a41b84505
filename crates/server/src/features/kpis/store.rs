//! The table `kpi_reading`.

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Kpi, Reading};

const COLUMNS: &str = "kpi, at, value, part, whole, events, is_baseline, taken_by";

/// Keeps readings; one of the same indicator and instant is replaced, unless it is a baseline already.
pub async fn keep(tx: &mut Tx, tenant: TenantId, all: &[Reading]) -> Result<(), StoreError> {
    let sql = "insert into kpi_reading (tenant, kpi, at, value, part, whole, events, is_baseline, taken_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (tenant, kpi, at) do update set value = $4, part = $5, whole = $6, events = $7,
            is_baseline = $8, taken_by = $9 where kpi_reading.is_baseline = 0";
    for reading in all {
        let values = params![
            tenant.0,
            reading.kpi.name(),
            reading.at.0,
            reading.value,
            reading.part,
            reading.whole,
            reading.events,
            reading.is_baseline,
            &reading.taken_by
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

/// The latest reading of every indicator.
pub async fn latest(db: &Db, tenant: TenantId) -> Result<Vec<Reading>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from kpi_reading r where tenant = $1 and at =
            (select max(at) from kpi_reading l where l.tenant = $1 and l.kpi = r.kpi) order by kpi"
    );
    db.query(&sql, params![tenant.0]).await?.iter().map(reading).collect()
}

/// The baselines: the earliest reading of every indicator that was frozen.
pub async fn baselines(db: &Db, tenant: TenantId) -> Result<Vec<Reading>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from kpi_reading r where tenant = $1 and is_baseline = 1 and at =
            (select min(at) from kpi_reading l where l.tenant = $1 and l.kpi = r.kpi and l.is_baseline = 1)
        order by kpi"
    );
    db.query(&sql, params![tenant.0]).await?.iter().map(reading).collect()
}

/// The readings of an indicator, the latest first, at most `limit`.
pub async fn of(
    db: &Db,
    tenant: TenantId,
    kpi: Kpi,
    limit: i64,
) -> Result<Vec<Reading>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from kpi_reading where tenant = $1 and kpi = $2 order by at desc limit $3"
    );
    let rows = db.query(&sql, params![tenant.0, kpi.name(), limit]).await?;
    rows.iter().map(reading).collect()
}

/// When a tenant's indicators were read last.
pub async fn last_at(db: &Db, tenant: TenantId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "select max(at) as at from kpi_reading where tenant = $1";
    let row = db.query_one(sql, params![tenant.0]).await?;
    Ok(row.map(|row| row.maybe_int("at")).transpose()?.flatten().map(Timestamp))
}

fn reading(row: &Row) -> Result<Reading, StoreError> {
    let name = row.text("kpi")?;
    let kpi = Kpi::named(name).ok_or_else(|| StoreError::Corrupt(format!("indicator `{name}`")))?;
    Ok(Reading {
        kpi,
        at: Timestamp(row.int("at")?),
        value: row.int("value")?,
        part: row.int("part")?,
        whole: row.int("whole")?,
        events: row.int("events")?,
        is_baseline: row.int("is_baseline")? == 1,
        taken_by: row.text("taken_by")?.to_owned(),
    })
}
