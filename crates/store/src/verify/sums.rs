//! Checks that sum: lines per event, balances and lots against lines, lots within themselves, versions, reservations.

use std::collections::BTreeMap;

use lazo_domain::ids::{EventId, LotId, PointTypeId};

use super::{Finding, place};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::ledger::parse_redemption;
use crate::params;

pub(super) async fn check(
    tx: &mut Tx,
    bucket: i64,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    entry_sums(tx, bucket, findings).await?;
    balances(tx, bucket, findings).await?;
    lots_against_entries(tx, bucket, findings).await?;
    lots_within(tx, bucket, findings).await?;
    versions(tx, bucket, findings).await?;
    orphans(tx, bucket, findings).await?;
    reservations(tx, bucket, findings).await
}

/// I1: the lines of an event sum to zero per point type.
async fn entry_sums(
    tx: &mut Tx,
    bucket: i64,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let sql = "select tenant, account, event, point_type, cast(sum(points) as bigint) as points from entry
               where bucket = $1 group by tenant, account, event, point_type having sum(points) <> 0";
    for row in tx.query(sql, params![bucket]).await? {
        findings.push(Finding {
            check: "entry_sum",
            place: format!("{}, event {}", place(&row)?, EventId(row.int("event")?)),
            what: format!("the lines of point type {} must sum to zero", point_type(&row)?),
            expected: "0".to_owned(),
            actual: row.int("points")?.to_string(),
        });
    }
    Ok(())
}

/// I3: a stored balance is the sum of its lines, side by side.
async fn balances(tx: &mut Tx, bucket: i64, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let sql = "select tenant, account, point_type,
        cast(sum(e1) as bigint) as e1, cast(sum(e2) as bigint) as e2, cast(sum(e3) as bigint) as e3,
        cast(sum(s1) as bigint) as s1, cast(sum(s2) as bigint) as s2, cast(sum(s3) as bigint) as s3
        from (select tenant, account, point_type, case when side = 1 then points else 0 end as e1,
              case when side = 2 then points else 0 end as e2, case when side = 3 then points else 0 end as e3,
              0 as s1, 0 as s2, 0 as s3 from entry where bucket = $1 and side <= 3
              union all
              select tenant, account, point_type, 0, 0, 0, available, pending, held from balance where bucket = $1) x
        group by tenant, account, point_type
        having sum(e1) <> sum(s1) or sum(e2) <> sum(s2) or sum(e3) <> sum(s3)";
    for row in tx.query(sql, params![bucket]).await? {
        let place = format!("{}, point type {}", place(&row)?, point_type(&row)?);
        sides(&row, "balance", &place, "stored balance must be the sum of its lines", findings)?;
    }
    Ok(())
}

/// I9: what a lot has on each side is the sum of the lines that name it.
async fn lots_against_entries(
    tx: &mut Tx,
    bucket: i64,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let sql = "select tenant, account, lot_event, lot_seq,
        cast(sum(e1) as bigint) as e1, cast(sum(e2) as bigint) as e2, cast(sum(e3) as bigint) as e3,
        cast(sum(s1) as bigint) as s1, cast(sum(s2) as bigint) as s2, cast(sum(s3) as bigint) as s3
        from (select tenant, account, lot_event, lot_seq, case when side = 1 then points else 0 end as e1,
              case when side = 2 then points else 0 end as e2, case when side = 3 then points else 0 end as e3,
              0 as s1, 0 as s2, 0 as s3 from entry where bucket = $1 and side <= 3 and lot_event is not null
              union all
              select tenant, account, lot_event, lot_seq, 0, 0, 0, available, pending, held from lot where bucket = $1) x
        group by tenant, account, lot_event, lot_seq
        having sum(e1) <> sum(s1) or sum(e2) <> sum(s2) or sum(e3) <> sum(s3)";
    for row in tx.query(sql, params![bucket]).await? {
        let place = format!("{}, lot {}", place(&row)?, lot(&row)?);
        sides(
            &row,
            "lot",
            &place,
            "points of the lot must be the sum of the lines that name it",
            findings,
        )?;
    }
    Ok(())
}

/// I9: a lot's parts sum to what was granted, none below zero but a debt's, and its open mark is true.
async fn lots_within(
    tx: &mut Tx,
    bucket: i64,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let sql = "select tenant, account, lot_event, lot_seq, granted, kind, is_open,
        cast(available + pending + held + redeemed + expired + taken as bigint) as parts,
        case when available < 0 or pending < 0 or held < 0 or redeemed < 0 or expired < 0 or taken < 0
             then 1 else 0 end as negative,
        case when available <> 0 or pending <> 0 or held <> 0 then 1 else 0 end as really_open
        from lot where bucket = $1 and (
            granted <> available + pending + held + redeemed + expired + taken
            or (kind <> 6 and (available < 0 or pending < 0 or held < 0 or redeemed < 0 or expired < 0 or taken < 0))
            or is_open <> case when available <> 0 or pending <> 0 or held <> 0 then 1 else 0 end)";
    for row in tx.query(sql, params![bucket]).await? {
        let place = format!("{}, lot {}", place(&row)?, lot(&row)?);
        let mut tell = |what: &str, expected: String, actual: String| {
            let (place, what) = (place.clone(), what.to_owned());
            findings.push(Finding { check: "lot", place, what, expected, actual });
        };
        let (granted, parts) = (row.int("granted")?, row.int("parts")?);
        if granted != parts {
            tell("its parts must sum to what was granted", granted.to_string(), parts.to_string());
        }
        if row.flag("negative")? && row.int("kind")? != 6 {
            tell("no part may be below zero", "0 or more".to_owned(), "less than 0".to_owned());
        }
        if row.int("is_open")? != row.int("really_open")? {
            let (expected, actual) =
                (row.int("really_open")?.to_string(), row.int("is_open")?.to_string());
            tell("its mark of being open", expected, actual);
        }
    }
    Ok(())
}

/// Every decision counts up the account's version, so a missing event shows also before it is sealed.
async fn versions(tx: &mut Tx, bucket: i64, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let sql = "select tenant, account, cast(sum(events) as bigint) as events, max(seq) as seq, max(version) as version
        from (select tenant, account, 1 as events, seq, 0 as version from event where bucket = $1
              union all
              select tenant, account, 0, 0, version from account where bucket = $1) x
        group by tenant, account having sum(events) <> max(version) or max(seq) <> max(version)";
    for row in tx.query(sql, params![bucket]).await? {
        findings.push(Finding {
            check: "version",
            place: place(&row)?,
            what: "the account counts as many events as the journal has, the last numbered so"
                .to_owned(),
            expected: row.int("version")?.to_string(),
            actual: format!("{} events up to number {}", row.int("events")?, row.int("seq")?),
        });
    }
    Ok(())
}

/// Lines and outbox rows belong to an event.
async fn orphans(tx: &mut Tx, bucket: i64, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    for (table, check) in [("entry", "entry"), ("outbox", "outbox")] {
        let sql = format!(
            "select n.tenant, n.account, n.event, n.position from {table} n left join event e
             on e.bucket = n.bucket and e.tenant = n.tenant and e.account = n.account and e.event = n.event
             where n.bucket = $1 and e.event is null"
        );
        for row in tx.query(&sql, params![bucket]).await? {
            let (event, position) = (EventId(row.int("event")?), row.int("position")?);
            findings.push(Finding {
                check,
                place: format!("{}, event {event}, position {position}", place(&row)?),
                what: format!("the row of {table} belongs to an event of the journal"),
                expected: "the event".to_owned(),
                actual: "none".to_owned(),
            });
        }
    }
    Ok(())
}

/// What is held on lots is what open reservations hold on them.
async fn reservations(
    tx: &mut Tx,
    bucket: i64,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut held: BTreeMap<(i64, i64, LotId), (String, i64)> = BTreeMap::new();
    let sql = "select tenant, account, detail from redemption where bucket = $1 and state = 1";
    for row in tx.query(sql, params![bucket]).await? {
        for (lot, points) in parse_redemption(&row)?.lots {
            let key = (row.int("tenant")?, row.int("account")?, lot);
            held.entry(key).or_insert((place(&row)?, 0)).1 += points.0;
        }
    }
    let sql = "select tenant, account, lot_event, lot_seq, held from lot where bucket = $1 and is_open = 1 and held <> 0";
    for row in tx.query(sql, params![bucket]).await? {
        let key = (row.int("tenant")?, row.int("account")?, lot(&row)?);
        held.entry(key).or_insert((place(&row)?, 0)).1 -= row.int("held")?;
    }
    for ((_, _, lot), (place, off)) in held.into_iter().filter(|(_, (_, off))| *off != 0) {
        findings.push(Finding {
            check: "hold",
            place: format!("{place}, lot {lot}"),
            what: "what is held is what open reservations hold; the difference".to_owned(),
            expected: "0".to_owned(),
            actual: off.to_string(),
        });
    }
    Ok(())
}

/// Tells of each side on which the lines (`e1` to `e3`) and the stored number (`s1` to `s3`) differ.
fn sides(
    row: &Row,
    check: &'static str,
    place: &str,
    what: &str,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    for (side, lines, stored) in
        [("available", "e1", "s1"), ("pending", "e2", "s2"), ("held", "e3", "s3")]
    {
        let (lines, stored) = (row.int(lines)?, row.int(stored)?);
        if lines != stored {
            findings.push(Finding {
                check,
                place: place.to_owned(),
                what: format!("the {side} {what}"),
                expected: lines.to_string(),
                actual: stored.to_string(),
            });
        }
    }
    Ok(())
}

fn point_type(row: &Row) -> Result<PointTypeId, StoreError> {
    row.int("point_type").map(PointTypeId)
}

fn lot(row: &Row) -> Result<LotId, StoreError> {
    Ok(LotId { event: EventId(row.int("lot_event")?), seq: row.int("lot_seq")? })
}
