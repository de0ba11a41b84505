//! Checks that sum: lines per event, balances and lots against lines, lots within themselves, versions, reservations.

use std::collections::BTreeMap;

use lazo_domain::decision::{Entry, Side};
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId, TenantId};

use super::{Finding, place};
use crate::db::{Row, Tx};
use crate::error::StoreError;
use crate::ledger::{parse_balances, parse_redemption};
use crate::params;

type Owner = (TenantId, AccountId);
/// Available, pending, held.
type Sides = [i128; 3];

/// What the lines of a bucket's journal add up to, and what is stored beside it.
#[derive(Default)]
pub(super) struct Books {
    balances: BTreeMap<(Owner, PointTypeId), Sides>,
    lots: BTreeMap<(Owner, LotId), Sides>,
    /// How many events an account has, and the highest number of them.
    events: BTreeMap<Owner, (i64, i64)>,
}

impl Books {
    /// Adds an event's lines. I1: they sum to zero per point type.
    pub fn add(
        &mut self,
        event: &Row,
        lines: &[Entry],
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        let owner = owner(event)?;
        let (count, last) = self.events.entry(owner).or_default();
        (*count, *last) = (*count + 1, event.int("seq")?.max(*last));
        let mut sums: BTreeMap<PointTypeId, i128> = BTreeMap::new();
        for line in lines {
            let points = i128::from(line.points.0);
            *sums.entry(line.point_type).or_default() += points;
            let Some(side) = side_of(line.side) else { continue };
            self.balances.entry((owner, line.point_type)).or_default()[side] += points;
            if let Some(lot) = line.lot {
                self.lots.entry((owner, lot)).or_default()[side] += points;
            }
        }
        for (point_type, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
            findings.push(Finding {
                check: "entry_sum",
                place: format!("{}, event {}", place(event)?, EventId(event.int("event")?)),
                what: format!("the lines of point type {point_type} must sum to zero"),
                expected: "0".to_owned(),
                actual: sum.to_string(),
            });
        }
        Ok(())
    }

    /// Compares the sums with what is stored, once all events were added.
    pub async fn close(
        self,
        tx: &mut Tx,
        bucket: i64,
        findings: &mut Vec<Finding>,
    ) -> Result<(), StoreError> {
        accounts(tx, bucket, self.balances, self.events, findings).await?;
        lots_against_lines(tx, bucket, self.lots, findings).await?;
        lots_within(tx, bucket, findings).await?;
        orphans(tx, bucket, findings).await?;
        reservations(tx, bucket, findings).await
    }
}

fn side_of(side: Side) -> Option<usize> {
    match side {
        Side::Available => Some(0),
        Side::Pending => Some(1),
        Side::Held => Some(2),
        _ => None,
    }
}

fn owner(row: &Row) -> Result<Owner, StoreError> {
    Ok((TenantId(row.int("tenant")?), AccountId(row.int("account")?)))
}

fn named((tenant, account): Owner) -> String {
    format!("tenant {tenant}, account {account}")
}

/// I3: a stored balance is the sum of its lines, side by side. And every decision counts up the account's version, so a
/// missing event shows also before it is sealed.
async fn accounts(
    tx: &mut Tx,
    bucket: i64,
    mut balances: BTreeMap<(Owner, PointTypeId), Sides>,
    mut events: BTreeMap<Owner, (i64, i64)>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut stored = BTreeMap::new();
    let sql = "select tenant, account, version, balances from account where bucket = $1";
    for row in tx.query(sql, params![bucket]).await? {
        let owner = owner(&row)?;
        for (point_type, has) in parse_balances(&row)? {
            let has = [has.available.0, has.pending.0, has.held.0].map(i128::from);
            stored.insert((owner, point_type), has);
        }
        let version = row.int("version")?;
        let seen = events.remove(&owner).unwrap_or_default();
        findings.extend(version_finding(owner, seen, version));
    }
    let gone = events.into_iter().map(|(owner, seen)| version_finding(owner, seen, 0));
    findings.extend(gone.flatten());
    for (key, has) in stored {
        let lines = balances.remove(&key).unwrap_or_default();
        tell_balance(key, lines, has, findings);
    }
    for (key, lines) in balances {
        tell_balance(key, lines, Sides::default(), findings);
    }
    Ok(())
}

fn tell_balance(
    (owner, point_type): (Owner, PointTypeId),
    lines: Sides,
    stored: Sides,
    findings: &mut Vec<Finding>,
) {
    let place = format!("{}, point type {point_type}", named(owner));
    sides(
        lines,
        stored,
        ("balance", &place, "stored balance must be the sum of its lines"),
        findings,
    );
}

fn version_finding(owner: Owner, (count, last): (i64, i64), version: i64) -> Option<Finding> {
    (count != version || last != version).then(|| Finding {
        check: "version",
        place: named(owner),
        what: "the account counts as many events as the journal has, the last numbered so"
            .to_owned(),
        expected: version.to_string(),
        actual: format!("{count} events up to number {last}"),
    })
}

/// I9: what a lot has on each side is the sum of the lines that name it.
async fn lots_against_lines(
    tx: &mut Tx,
    bucket: i64,
    mut lots: BTreeMap<(Owner, LotId), Sides>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut tell = |owner, lot, lines, stored| {
        let place = format!("{}, lot {lot}", named(owner));
        let what = "points of the lot must be the sum of the lines that name it";
        sides(lines, stored, ("lot", &place, what), findings);
    };
    let sql = "select tenant, account, lot_event, lot_seq, available, pending, held from lot
        where bucket = $1";
    for row in tx.query(sql, params![bucket]).await? {
        let (owner, lot) = (owner(&row)?, lot(&row)?);
        let stored = [row.int("available")?, row.int("pending")?, row.int("held")?];
        let lines = lots.remove(&(owner, lot)).unwrap_or_default();
        tell(owner, lot, lines, stored.map(i128::from));
    }
    for ((owner, lot), lines) in lots {
        tell(owner, lot, lines, Sides::default());
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

/// Outbox rows belong to an event.
async fn orphans(tx: &mut Tx, bucket: i64, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let sql = "select n.tenant, n.account, n.event, n.position from outbox n left join event e
        on e.bucket = n.bucket and e.tenant = n.tenant and e.account = n.account and e.event = n.event
        where n.bucket = $1 and e.event is null";
    for row in tx.query(sql, params![bucket]).await? {
        let (event, position) = (EventId(row.int("event")?), row.int("position")?);
        findings.push(Finding {
            check: "outbox",
            place: format!("{}, event {event}, position {position}", place(&row)?),
            what: "the message belongs to an event of the journal".to_owned(),
            expected: "the event".to_owned(),
            actual: "none".to_owned(),
        });
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

/// Tells of each side on which the lines and the stored number differ.
fn sides(
    lines: Sides,
    stored: Sides,
    (check, place, what): (&'static str, &str, &str),
    findings: &mut Vec<Finding>,
) {
    let names = ["available", "pending", "held"];
    for ((side, lines), stored) in names.into_iter().zip(lines).zip(stored) {
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
}

fn lot(row: &Row) -> Result<LotId, StoreError> {
    Ok(LotId { event: EventId(row.int("lot_event")?), seq: row.int("lot_seq")? })
}
