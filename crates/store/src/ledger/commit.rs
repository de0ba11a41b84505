//! What a batch writes: one transaction, one statement per table, guarded by the accounts' versions.

use lazo_domain::account::{Account, Lot, Redemption};
use lazo_domain::decision::Effect;
use lazo_domain::event::Event;
use lazo_domain::time::Timestamp;

use super::batch::{Batch, Decided, Usage};
use super::detail::pack;
use super::rows::{self, Key};
use crate::db::{Columns, ColumnsOf, Statement, Tx};
use crate::error::StoreError;

/// Writes the batch into the transaction; the caller commits. Another writer's work makes a [`StoreError::Conflict`].
pub(super) async fn write(
    tx: &mut Tx,
    batch: &Batch<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let touched: Vec<(&Key, &Account, i64)> = batch
        .accounts
        .iter()
        .filter_map(|(key, account)| {
            batch.slots.get(key).map(|slot| (key, account, slot.stored_version))
        })
        .filter(|(_, account, stored)| account.version != *stored)
        .collect();
    let usage: Vec<_> = batch.usage.iter().filter(|(_, usage)| usage.delta != 0).collect();
    let used = Columns::of(&usage)
        .int(|(place, _)| place.0.0)
        .text(|(place, _)| place.1.clone())
        .int(|(_, usage)| usage.delta)
        .int(|(_, usage)| most_used_before(**usage))
        .done();
    let guarded = vec![
        heads(&touched)?,
        Statement::over(NEW_RESOURCES, used.clone(), &[]),
        Statement::over(USE_RESOURCES, used, &[]),
        claims(batch),
        events(&batch.decided)?,
        lots(&touched),
        redemptions(&touched)?,
        outbox(&batch.decided),
        batch.requests.write(now),
    ];
    let changed = tx.run_all(guarded).await.map_err(|error| match error {
        // Somebody else was first with a key: read again, and find it.
        StoreError::Unique(_) => StoreError::Conflict(Some(Box::new(error))),
        other => other,
    })?;
    let (all_heads, all_resources) = (as_count(touched.len()), as_count(usage.len()));
    let all_requests = as_count(batch.requests.added().len());
    if changed[0] != all_heads || changed[2] != all_resources || changed[8] != all_requests {
        return Err(StoreError::Conflict(None));
    }
    Ok(())
}

/// How much may be used already so that the limit holds and the sum fits.
fn most_used_before(usage: Usage) -> i64 {
    usage.most_before.min(i64::MAX - usage.delta.max(0))
}

fn as_count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn keyed<'a, T>(items: &'a [T], key: impl Fn(&T) -> Key) -> ColumnsOf<'a, T> {
    Columns::of(items).int(|i| key(i).bucket).int(|i| key(i).tenant.0).int(|i| key(i).account.0)
}

fn heads(touched: &[(&Key, &Account, i64)]) -> Result<Statement, StoreError> {
    let mut rows = Vec::with_capacity(touched.len());
    for (key, account, stored) in touched {
        let state = account.touched.state.then(|| rows::state(account)).transpose()?;
        let changed = !account.touched.balances.is_empty();
        let balances = changed.then(|| rows::balances(account)).transpose()?;
        rows.push((**key, *stored, *account, state, balances));
    }
    let set = keyed(&rows, |r| r.0)
        .int(|r| r.1)
        .int(|r| r.2.version)
        .maybe_int(|r| r.2.next_at.map(|at| at.0))
        .maybe_text(|r| r.3.clone())
        .maybe_text(|r| r.4.clone())
        .done();
    let sql = "update account set version = r.column5, next_at = r.column6, state = coalesce(r.column7, state),
               balances = coalesce(r.column8, balances)
               from {rows} where account.bucket = r.column1 and account.tenant = r.column2
               and account.account = r.column3 and account.version = r.column4";
    Ok(Statement::over(sql, set, &[]))
}

const NEW_RESOURCES: &str =
    "insert into resource (tenant, resource, used) select r.column1, r.column2, 0 from {rows}
    where true on conflict (tenant, resource) do nothing";
const USE_RESOURCES: &str = "update resource set used = used + r.column3 from {rows}
    where resource.tenant = r.column1 and resource.resource = r.column2
    and used <= r.column4";

fn claims(batch: &Batch<'_>) -> Statement {
    let set = Columns::of(&batch.new_claims)
        .int(|c| c.key.0)
        .int(|c| c.key.1.0)
        .bytes(|c| c.key.2.clone())
        .int(|c| c.account)
        .int(|c| c.event.0)
        .done();
    let sql = "insert into claim (bucket, tenant, hash, account, event) select * from {rows}";
    Statement::over(sql, set, &[])
}

fn events(decided: &[Decided]) -> Result<Statement, StoreError> {
    let mut rows: Vec<(&Decided, &Event, Vec<u8>, String)> = Vec::with_capacity(decided.len());
    for d in decided {
        let entries = rows::entries(&d.event, &d.entries)?;
        rows.push((d, &d.event, pack(&d.event.body, &d.outcome)?, entries));
    }
    let set = keyed(&rows, |r| r.0.key)
        .int(|r| r.1.id.0)
        .int(|r| r.0.seq)
        .int(|r| r.1.body.kind().number())
        .int(|r| r.1.program.0)
        .text(|r| r.1.source.clone())
        .text(|r| r.1.source_ref.clone())
        .int(|r| r.1.effective_at.0)
        .int(|r| r.1.recorded_at.0)
        .text(|r| r.1.actor.clone())
        .maybe_int(|r| r.1.import.map(|import| import.0))
        .maybe_int(|r| r.0.origin.map(|origin| origin.0))
        .bytes(|r| r.0.body_hash.to_vec())
        .bytes(|r| r.2.clone())
        .text(|r| r.3.clone())
        .done();
    let sql = "insert into event (bucket, tenant, account, event, seq, kind, program, source, source_ref,
               effective_at, recorded_at, actor, import, origin, body_hash, detail, entries) select * from {rows}";
    Ok(Statement::over(sql, set, &[]))
}

fn lots(touched: &[(&Key, &Account, i64)]) -> Statement {
    let rows: Vec<(Key, &Lot)> = touched
        .iter()
        .flat_map(|(key, account, _)| {
            account
                .touched
                .lots
                .iter()
                .filter_map(|id| account.lots.get(id))
                .map(move |lot| (**key, lot))
        })
        .collect();
    let set = keyed(&rows, |r| r.0)
        .int(|r| r.1.id.event.0)
        .int(|r| r.1.id.seq)
        .int(|r| r.1.point_type.0)
        .int(|r| rows::kind_number(r.1.kind))
        .int(|r| r.1.earned_at.0)
        .maybe_int(|r| r.1.expires_at.map(|at| at.0))
        .maybe_int(|r| r.1.release_at.map(|at| at.0))
        .int(|r| r.1.granted.0)
        .int(|r| r.1.available.0)
        .int(|r| r.1.pending.0)
        .int(|r| r.1.held.0)
        .int(|r| r.1.redeemed.0)
        .int(|r| r.1.expired.0)
        .int(|r| r.1.taken.0)
        .int(|r| i64::from(!r.1.is_closed()))
        .done();
    let sql = "insert into lot (bucket, tenant, account, lot_event, lot_seq, point_type, kind, earned_at, expires_at,
               release_at, granted, available, pending, held, redeemed, expired, taken, is_open)
               select * from {rows} where true
               on conflict (bucket, tenant, account, lot_event, lot_seq) do update set
               expires_at = excluded.expires_at, release_at = excluded.release_at, granted = excluded.granted,
               available = excluded.available, pending = excluded.pending, held = excluded.held,
               redeemed = excluded.redeemed, expired = excluded.expired, taken = excluded.taken,
               is_open = excluded.is_open";
    Statement::over(sql, set, &[])
}

fn redemptions(touched: &[(&Key, &Account, i64)]) -> Result<Statement, StoreError> {
    let mut rows: Vec<(Key, &Redemption, String)> = Vec::new();
    for (key, account, _) in touched {
        for redemption in
            account.touched.redemptions.iter().filter_map(|id| account.redemptions.get(id))
        {
            let detail =
                serde_json::to_string(redemption).map_err(|e| StoreError::Shape(e.to_string()))?;
            rows.push((**key, redemption, detail));
        }
    }
    let set = keyed(&rows, |r| r.0)
        .int(|r| r.1.id.0)
        .int(|r| rows::state_number(r.1.state))
        .int(|r| r.1.hold_until.0)
        .text(|r| r.2.clone())
        .done();
    let sql = "insert into redemption (bucket, tenant, account, redemption, state, hold_until, detail)
               select * from {rows} where true on conflict (bucket, tenant, account, redemption) do update set
               state = excluded.state, hold_until = excluded.hold_until, detail = excluded.detail";
    Ok(Statement::over(sql, set, &[]))
}

fn outbox(decided: &[Decided]) -> Statement {
    let rows: Vec<(&Decided, usize, &Effect)> = decided
        .iter()
        .flat_map(|d| d.effects.iter().enumerate().map(move |(place, effect)| (d, place, effect)))
        .collect();
    let set = Columns::of(&rows)
        .int(|r| r.0.key.bucket)
        .int(|r| r.0.key.tenant.0)
        .int(|r| r.0.event.id.0)
        .int(|r| i64::try_from(r.1).unwrap_or(i64::MAX))
        .int(|r| r.0.key.account.0)
        .int(|r| r.0.seq)
        .text(|r| r.2.name.clone())
        .text(|r| r.2.data.to_string())
        .int(|r| r.0.event.recorded_at.0)
        .done();
    let sql =
        "insert into outbox (bucket, tenant, event, position, account, seq, name, data, created_at)
        select * from {rows}";
    Statement::over(sql, set, &[])
}
