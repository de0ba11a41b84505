//! The tables `journey_run`, `journey_pass` and `journey_place`: who walks, what each has behind, and in which group.

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, JourneyId, MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::way::{Passed, Stand};

const COLUMNS: &str = "journey, member, entry, account, arm, state, reason, step, planned_at, look_at, entered_at, base,
    open, goal_at, ended_at";
/// Gets the letters.
pub const TREATED: &str = "treated";

/// Somebody's way through a journey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Through which journey.
    pub journey: JourneyId,
    /// Who.
    pub member: MemberId,
    /// The local day of the entry.
    pub entry: i64,
    /// The account.
    pub account: AccountId,
    /// `treated`, `holdout` or `universal`.
    pub arm: String,
    /// `waiting`, `done` or `left`.
    pub state: String,
    /// Why somebody left; empty otherwise.
    pub reason: String,
    /// The place among the steps.
    pub step: usize,
    /// What is planned for this instant: the end of a wait, or a letter.
    pub planned_at: Timestamp,
    /// When it is looked at again.
    pub look_at: Timestamp,
    /// When it began.
    pub entered_at: Timestamp,
    /// Purchases of the entry's day that were made before it.
    pub base: i64,
    /// May the goal still be reached?
    pub open: bool,
    /// When the goal was seen to be reached.
    pub goal_at: Option<Timestamp>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
}

/// A place in a group of journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The journey that has it.
    pub journey: JourneyId,
    /// Which entry.
    pub entry: i64,
    /// Its priority.
    pub priority: i64,
}

impl Run {
    /// Stands at what a way led to.
    pub fn stand(&mut self, stand: Stand, now: Timestamp) {
        match stand {
            Stand::At { step, planned } => {
                (self.step, self.planned_at, self.look_at) = (step, planned, planned);
            }
            Stand::End => {
                "done".clone_into(&mut self.state);
                self.ended_at = Some(now);
            }
        }
    }

    /// Leaves before the end; who reached the goal has arrived.
    pub fn leave(&mut self, reason: &str, now: Timestamp) {
        if reason == "goal" {
            self.goal_at.get_or_insert(now);
            self.open = false;
        }
        if self.state == "waiting" {
            "left".clone_into(&mut self.state);
            reason.clone_into(&mut self.reason);
            self.ended_at = Some(now);
        }
    }
}

/// Somebody enters; false when he or she did on the same day already.
pub async fn enter(tx: &mut Tx, tenant: TenantId, run: &Run) -> Result<bool, StoreError> {
    let sql = format!(
        "insert into journey_run (tenant, {COLUMNS})
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        on conflict (tenant, journey, member, entry) do nothing"
    );
    let row = params![
        tenant.0,
        run.journey.0,
        run.member.0,
        run.entry,
        run.account.0,
        &run.arm,
        &run.state,
        &run.reason,
        place(run.step),
        run.planned_at.0,
        run.look_at.0,
        run.entered_at.0,
        run.base,
        i64::from(run.open),
        run.goal_at.map(|at| at.0),
        run.ended_at.map(|at| at.0)
    ];
    Ok(tx.execute(&sql, row).await? == 1)
}

/// Keeps how far somebody has come, if he or she still stands where `before` says. Who is not under way any more gives the
/// place in the group back.
pub async fn keep(
    tx: &mut Tx,
    tenant: TenantId,
    before: &Run,
    run: &Run,
) -> Result<bool, StoreError> {
    let sql = "update journey_run set state = $5, reason = $6, step = $7, planned_at = $8, look_at = $9, open = $10,
            goal_at = $11, ended_at = $12
        where tenant = $1 and journey = $2 and member = $3 and entry = $4 and state = $13 and step = $14
            and planned_at = $15";
    let row = params![
        tenant.0,
        run.journey.0,
        run.member.0,
        run.entry,
        &run.state,
        &run.reason,
        place(run.step),
        run.planned_at.0,
        run.look_at.0,
        i64::from(run.open),
        run.goal_at.map(|at| at.0),
        run.ended_at.map(|at| at.0),
        &before.state,
        place(before.step),
        before.planned_at.0
    ];
    let kept = tx.execute(sql, row).await? == 1;
    if kept && run.state != "waiting" {
        let sql = "delete from journey_place where tenant = $1 and member = $2 and journey = $3 and entry = $4";
        tx.execute(sql, params![tenant.0, run.member.0, run.journey.0, run.entry]).await?;
    }
    Ok(kept)
}

/// Keeps steps that somebody has behind, each once.
pub async fn pass(
    tx: &mut Tx,
    tenant: TenantId,
    run: &Run,
    passed: &[Passed],
    now: Timestamp,
) -> Result<(), StoreError> {
    let set = Columns::of(passed).text(|p| p.step.clone()).text(|p| p.outcome.clone()).done();
    let sql = "insert into journey_pass (tenant, journey, member, entry, step, outcome, at)
        select $3, $4, $5, $6, column1, column2, $7 from {rows} where true
        on conflict (tenant, journey, member, entry, step) do nothing";
    let key = params![tenant.0, run.journey.0, run.member.0, run.entry, now.0];
    tx.run_all(vec![Statement::over(sql, set, key)]).await.map(drop)
}

/// Those whose moment has come, the longest waiting first.
pub async fn due(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from journey_run where tenant = $1 and journey = $2 and state = 'waiting' and look_at <= $3
        order by look_at, member limit $4"
    );
    db.query(&sql, params![tenant.0, journey.0, now.0, limit]).await?.iter().map(run).collect()
}

/// Those under way, or who may still reach the goal, of members after `after`.
pub async fn open(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
    after: MemberId,
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from journey_run where tenant = $1 and journey = $2 and member > $3
            and (open = 1 or state = 'waiting') order by member, entry limit $4"
    );
    db.query(&sql, params![tenant.0, journey.0, after.0, limit]).await?.iter().map(run).collect()
}

/// A journey's runs after a member and an entry, of one group or in one state or for one reason where they are named.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
    (arm, state): (&str, &str),
    (after, entry): (MemberId, i64),
    limit: i64,
) -> Result<Vec<Run>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from journey_run where tenant = $1 and journey = $2
            and (member > $3 or member = $3 and entry > $4) and ($5 = '' or arm = $5)
            and ($6 = '' or state = $6 or reason = $6 or $6 = 'reached' and goal_at is not null)
        order by member, entry limit $7"
    );
    let key = params![tenant.0, journey.0, after.0, entry, arm, state, limit];
    db.query(&sql, key).await?.iter().map(run).collect()
}

/// The last entry of each member after the first and up to the second of a range.
pub async fn entries(
    db: &Db,
    tenant: TenantId,
    journey: JourneyId,
    (after, last): (MemberId, MemberId),
) -> Result<BTreeMap<MemberId, i64>, StoreError> {
    let sql = "select member, max(entry) as entry from journey_run
        where tenant = $1 and journey = $2 and member > $3 and member <= $4 group by member";
    let rows = db.query(sql, params![tenant.0, journey.0, after.0, last.0]).await?;
    rows.iter().map(|row| Ok((MemberId(row.int("member")?), row.int("entry")?))).collect()
}

/// Who of a range is under way in a group.
pub async fn places(
    db: &Db,
    tenant: TenantId,
    group: &str,
    (after, last): (MemberId, MemberId),
) -> Result<BTreeMap<MemberId, Held>, StoreError> {
    let sql = "select member, journey, entry, rank from journey_place
        where tenant = $1 and party = $2 and member > $3 and member <= $4";
    let held = |row: &Row| {
        let held = Held {
            journey: JourneyId(row.int("journey")?),
            entry: row.int("entry")?,
            priority: row.int("rank")?,
        };
        Ok((MemberId(row.int("member")?), held))
    };
    let rows = db.query(sql, params![tenant.0, group, after.0, last.0]).await?;
    rows.iter().map(held).collect()
}

/// Takes the place in a group; false when somebody else's journey has it.
pub async fn take_place(
    tx: &mut Tx,
    tenant: TenantId,
    group: &str,
    member: MemberId,
    held: Held,
) -> Result<bool, StoreError> {
    let sql = "insert into journey_place (tenant, party, member, journey, entry, rank) values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant, party, member) do nothing";
    let row = params![tenant.0, group, member.0, held.journey.0, held.entry, held.priority];
    Ok(tx.execute(sql, row).await? == 1)
}

/// Whoever is under way by a place leaves for a journey that goes first.
pub async fn outrank(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    held: Held,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update journey_run set state = 'left', reason = 'outranked', ended_at = $5
        where tenant = $1 and journey = $2 and member = $3 and entry = $4 and state = 'waiting'";
    tx.execute(sql, params![tenant.0, held.journey.0, member.0, held.entry, now.0]).await?;
    let sql = "delete from journey_place where tenant = $1 and member = $2 and journey = $3 and entry = $4";
    tx.execute(sql, params![tenant.0, member.0, held.journey.0, held.entry]).await.map(drop)
}

/// Everybody under way leaves a journey that ends.
pub async fn end_all(
    tx: &mut Tx,
    tenant: TenantId,
    journey: JourneyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update journey_run set state = 'left', reason = 'ended', ended_at = $3
        where tenant = $1 and journey = $2 and state = 'waiting'";
    tx.execute(sql, params![tenant.0, journey.0, now.0]).await?;
    let sql = "delete from journey_place where tenant = $1 and journey = $2";
    tx.execute(sql, params![tenant.0, journey.0]).await.map(drop)
}

fn place(step: usize) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}

fn run(row: &Row) -> Result<Run, StoreError> {
    let instant = |name: &str| row.maybe_int(name).map(|at| at.map(Timestamp));
    Ok(Run {
        journey: JourneyId(row.int("journey")?),
        member: MemberId(row.int("member")?),
        entry: row.int("entry")?,
        account: AccountId(row.int("account")?),
        arm: row.text("arm")?.to_owned(),
        state: row.text("state")?.to_owned(),
        reason: row.text("reason")?.to_owned(),
        step: usize::try_from(row.int("step")?).unwrap_or(usize::MAX),
        planned_at: Timestamp(row.int("planned_at")?),
        look_at: Timestamp(row.int("look_at")?),
        entered_at: Timestamp(row.int("entered_at")?),
        base: row.int("base")?,
        open: row.flag("open")?,
        goal_at: instant("goal_at")?,
        ended_at: instant("ended_at")?,
    })
}
