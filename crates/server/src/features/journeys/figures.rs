//! Counting those who walk: reads the tables of `runs` and sums them up.

use std::collections::BTreeMap;

use lazo_domain::ids::{JourneyId, TenantId};
use lazo_store::{Db, Row, StoreError, params};

/// What came of each step: how many have it behind, by outcome.
pub async fn passes(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError> {
    let sql =
        "select step, outcome, count(*) as n from journey_pass where tenant = $1 and journey = $2
        group by step, outcome";
    let mut all: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for row in db.query(sql, params![tenant.0, journey.0]).await? {
        let of_step = all.entry(row.text("step")?.to_owned()).or_default();
        of_step.insert(row.text("outcome")?.to_owned(), row.int("n")?.unsigned_abs());
    }
    Ok(all)
}

/// How many stand where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The group.
    pub arm: String,
    /// `waiting`, `done` or `left`.
    pub state: String,
    /// Why they left.
    pub reason: String,
    /// The place among the steps.
    pub step: usize,
    /// How many.
    pub count: u64,
}

/// Everybody who ever entered, by group, state, reason and step.
pub async fn standings(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
) -> Result<Vec<Standing>, StoreError> {
    let sql = "select arm, state, reason, step, count(*) as n from journey_run where tenant = $1 and journey = $2
        group by arm, state, reason, step";
    let of = |row: &Row| {
        Ok(Standing {
            arm: row.text("arm")?.to_owned(),
            state: row.text("state")?.to_owned(),
            reason: row.text("reason")?.to_owned(),
            step: usize::try_from(row.int("step")?).unwrap_or(usize::MAX),
            count: row.int("n")?.unsigned_abs(),
        })
    };
    db.query(sql, params![tenant.0, journey.0]).await?.iter().map(of).collect()
}

/// How a group stands to the goal: each member's first entry alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Those whose days are over.
    pub counted: u64,
    /// Those of them who reached the goal.
    pub reached: u64,
    /// Those who still may.
    pub open: u64,
}

/// How many reached the goal, by group. Who entered more often counts once, by the first entry.
pub async fn arrived(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
    over_before: i64,
) -> Result<BTreeMap<String, Arrived>, StoreError> {
    let sql = "select r.arm, count(case when r.entry < $3 then 1 end) as counted,
            count(case when r.entry < $3 then r.goal_at end) as reached,
            count(case when r.entry >= $3 then 1 end) as open
        from journey_run r where r.tenant = $1 and r.journey = $2
            and r.entry = (select min(f.entry) from journey_run f
                where f.tenant = r.tenant and f.journey = r.journey and f.member = r.member)
        group by r.arm";
    let mut all = BTreeMap::new();
    for row in db.query(sql, params![tenant.0, journey.0, over_before]).await? {
        let count = |name: &str| row.int(name).map(i64::unsigned_abs);
        let arrived = Arrived {
            counted: count("counted")?,
            reached: count("reached")?,
            open: count("open")?,
        };
        all.insert(row.text("arm")?.to_owned(), arrived);
    }
    Ok(all)
}

/// How many entered each journey of a tenant, and how many of them are under way.
pub async fn counts(
    db: &Db,
    tenant: TenantId,
) -> Result<BTreeMap<JourneyId, (u64, u64)>, StoreError> {
    let sql = "select journey, count(*) as entered, count(case when state = 'waiting' then 1 end) as waiting
        from journey_run where tenant = $1 group by journey";
    let count = |row: &Row| {
        let (entered, waiting) = (row.int("entered")?, row.int("waiting")?);
        Ok((JourneyId(row.int("journey")?), (entered.unsigned_abs(), waiting.unsigned_abs())))
    };
    db.query(sql, params![tenant.0]).await?.iter().map(count).collect()
}
