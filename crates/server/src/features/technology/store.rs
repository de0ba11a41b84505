//! The tables `technology_forecast` and `technology_proof`.

use lazo_domain::ids::{EventId, RegisterEntryId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, Tx, params};

/// A forecast as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// When.
    pub at: Timestamp,
    /// From which day on the work was planned.
    pub start: String,
    /// The days by which half, four fifths and nine tenths of the trials were done.
    pub done: [String; 3],
    /// The day that was promised, if one was.
    pub promised: Option<String>,
    /// The seed that gives it again.
    pub seed: u64,
    /// Why it was made.
    pub reason: String,
    /// Who made it.
    pub made_by: String,
}

/// Keeps a forecast.
pub async fn keep(tx: &mut Tx, tenant: TenantId, kept: &Kept) -> Result<(), StoreError> {
    let sql = "insert into technology_forecast (tenant, at, start, p50, p80, p90, promised, seed, reason, made_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (tenant, at) do update set start = $3, p50 = $4, p80 = $5, p90 = $6, promised = $7,
            seed = $8, reason = $9, made_by = $10";
    let [p50, p80, p90] = &kept.done;
    let values = params![
        tenant.0,
        kept.at.0,
        &kept.start,
        p50,
        p80,
        p90,
        kept.promised.clone(),
        kept.seed.cast_signed(),
        &kept.reason,
        &kept.made_by
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// The forecasts that were kept, the latest first.
pub async fn forecasts(db: &Db, tenant: TenantId) -> Result<Vec<Kept>, StoreError> {
    let sql =
        "select at, start, p50, p80, p90, promised, seed, reason, made_by from technology_forecast
        where tenant = $1 order by at desc limit 100";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter()
        .map(|row| {
            let text = |name| row.text(name).map(str::to_owned);
            Ok(Kept {
                at: Timestamp(row.int("at")?),
                start: text("start")?,
                done: [text("p50")?, text("p80")?, text("p90")?],
                promised: row.maybe_text("promised")?.map(str::to_owned),
                seed: row.int("seed")?.cast_unsigned(),
                reason: text("reason")?,
                made_by: text("made_by")?,
            })
        })
        .collect()
}

/// Notes which event showed that an integration point works.
pub async fn prove(
    tx: &mut Tx,
    tenant: TenantId,
    point: RegisterEntryId,
    event: EventId,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "insert into technology_proof (tenant, entry, event, proven_by, proven_at)
        values ($1, $2, $3, $4, $5)
        on conflict (tenant, entry) do update set event = $3, proven_by = $4, proven_at = $5";
    tx.execute(sql, params![tenant.0, point.0, event.0, by, now.0]).await?;
    Ok(())
}

/// The events that showed which integration points work.
pub async fn proofs(
    db: &Db,
    tenant: TenantId,
) -> Result<Vec<(RegisterEntryId, EventId, Timestamp)>, StoreError> {
    let sql =
        "select entry, event, proven_at from technology_proof where tenant = $1 order by entry";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter()
        .map(|row| {
            let (entry, event) = (row.int("entry")?, row.int("event")?);
            Ok((RegisterEntryId(entry), EventId(event), Timestamp(row.int("proven_at")?)))
        })
        .collect()
}
