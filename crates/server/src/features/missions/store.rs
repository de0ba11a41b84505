//! The tables `mission_offer`, `mission_step`, `member_goal` and `member_taste`.

use std::collections::BTreeSet;

use lazo_domain::ids::{AccountId, EventId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};
use serde_json::json;

use super::{Done, Goal, Mission, Offer};

const STEP: &str = "member, mission, program, done_at, state, event";

/// A member's offer.
pub async fn offer(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<Option<Offer>, StoreError> {
    let sql = "select member, account, program, arm, offered_at, day, card_at from mission_offer
        where tenant = $1 and member = $2";
    let row = db.query_one(sql, params![tenant.0, member.0]).await?;
    row.as_ref().map(read_offer).transpose()
}

/// Keeps an offer; the one there is stays.
pub async fn keep_offer(db: &Db, tenant: TenantId, new: &Offer) -> Result<(), StoreError> {
    let sql = "insert into mission_offer (tenant, member, account, program, arm, offered_at, day)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    let row =
        params![tenant.0, new.member.0, new.account.0, new.program.0, new.arm(), new.at.0, new.day];
    db.execute(sql, row).await?;
    Ok(())
}

/// Notes that a member opened the card, the first time.
pub async fn note_card(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "update mission_offer set card_at = $3 where tenant = $1 and member = $2 and card_at is null";
    db.execute(sql, params![tenant.0, member.0, at.0]).await?;
    Ok(())
}

/// Everybody who came upon missions on a day up to `last`, after `after`.
pub async fn offers(
    db: &Db,
    tenant: TenantId,
    after: MemberId,
    last: i64,
    limit: i64,
) -> Result<Vec<Offer>, StoreError> {
    let sql = "select member, account, program, arm, offered_at, day, card_at from mission_offer
        where tenant = $1 and member > $2 and day <= $3 order by member limit $4";
    let rows = db.query(sql, params![tenant.0, after.0, last, limit]).await?;
    rows.iter().map(read_offer).collect()
}

/// Those of a group who came upon missions, and did `mission` where one is named: the latest first, from `before` on.
pub async fn people(
    db: &Db,
    tenant: TenantId,
    shown: bool,
    mission: Option<Mission>,
    before: Option<MemberId>,
    limit: i64,
) -> Result<Vec<Offer>, StoreError> {
    let sql = "select member, account, program, arm, offered_at, day, card_at from mission_offer o
        where tenant = $1 and arm = $2 and member < $3 and ($4 = '' or exists (
            select 1 from mission_step s where s.tenant = o.tenant and s.member = o.member and s.mission = $4))
        order by member desc limit $5";
    let arm = if shown { super::offer::SHOWN } else { super::offer::HOLDOUT };
    let key = params![
        tenant.0,
        arm,
        before.map_or(i64::MAX, |it| it.0),
        mission.map_or("", Mission::name),
        limit
    ];
    let rows = db.query(sql, key).await?;
    rows.iter().map(read_offer).collect()
}

fn read_offer(row: &Row) -> Result<Offer, StoreError> {
    Ok(Offer {
        member: MemberId(row.int("member")?),
        account: AccountId(row.int("account")?),
        program: ProgramId(row.int("program")?),
        shown: row.text("arm")? == super::offer::SHOWN,
        at: Timestamp(row.int("offered_at")?),
        day: row.int("day")?,
        card_at: row.maybe_int("card_at")?.map(Timestamp),
    })
}

/// What a member has done.
pub async fn steps(db: &Db, tenant: TenantId, member: MemberId) -> Result<Vec<Done>, StoreError> {
    let sql = format!(
        "select {STEP} from mission_step where tenant = $1 and member = $2 order by done_at, mission"
    );
    let rows = db.query(&sql, params![tenant.0, member.0]).await?;
    rows.iter().map(read_step).collect()
}

/// Keeps that a mission was done, once for a member and once for a person: answers whether it counts.
///
/// Of somebody who did it before as a former member it is kept as `before`, so that it is done but gives nothing.
pub async fn keep_step(
    tx: &mut Tx,
    tenant: TenantId,
    new: &Done,
    person: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let sql = "insert into mission_step (tenant, member, mission, program, done_at, person, state)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing";
    let (member, mission, at) = (new.member.0, new.mission.name(), new.at.0);
    let known = person.map(<[u8]>::to_vec);
    let row = params![tenant.0, member, mission, new.program.0, at, known, "posting"];
    if tx.execute(sql, row).await? == 1 {
        return Ok(true);
    }
    let nobody: Option<Vec<u8>> = None;
    let row = params![tenant.0, member, mission, new.program.0, at, nobody, "before"];
    tx.execute(sql, row).await?;
    Ok(false)
}

/// Notes what was posted for a mission; nothing where the ledger refused.
pub async fn posted(
    db: &Db,
    tenant: TenantId,
    done: &Done,
    event: Option<EventId>,
) -> Result<(), StoreError> {
    let sql = "update mission_step set state = $4, event = $5
        where tenant = $1 and member = $2 and mission = $3 and state = 'posting'";
    let state = if event.is_some() { "posted" } else { "refused" };
    let key =
        params![tenant.0, done.member.0, done.mission.name(), state, event.map(|event| event.0)];
    db.execute(sql, key).await?;
    Ok(())
}

/// Those that were done and for which nothing is posted yet, the oldest first.
pub async fn unposted(
    db: &Db,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, Done)>, StoreError> {
    let sql = format!(
        "select tenant, {STEP} from mission_step where state = 'posting' and done_at <= $1
        order by done_at limit $2"
    );
    let rows = db.query(&sql, params![before.0, limit]).await?;
    rows.iter().map(|row| Ok((TenantId(row.int("tenant")?), read_step(row)?))).collect()
}

/// How many of those who see missions did each.
pub async fn counts(db: &Db, tenant: TenantId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "select s.mission as mission, count(*) as n from mission_step s
        join mission_offer o on o.tenant = s.tenant and o.member = s.member
        where s.tenant = $1 and o.arm = 'shown' group by s.mission";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter().map(|row| Ok((row.text("mission")?.to_owned(), row.int("n")?))).collect()
}

fn read_step(row: &Row) -> Result<Done, StoreError> {
    let name = row.text("mission")?;
    let unknown = || StoreError::Corrupt(format!("there is no mission {name}"));
    Ok(Done {
        member: MemberId(row.int("member")?),
        mission: Mission::named(name).ok_or_else(unknown)?,
        program: ProgramId(row.int("program")?),
        at: Timestamp(row.int("done_at")?),
        state: row.text("state")?.to_owned(),
        event: row.maybe_int("event")?.map(EventId),
    })
}

/// The reward that a member saves for.
pub async fn goal(db: &Db, tenant: TenantId, member: MemberId) -> Result<Option<Goal>, StoreError> {
    let sql = "select program, reward from member_goal where tenant = $1 and member = $2";
    let row = db.query_one(sql, params![tenant.0, member.0]).await?;
    let read = |row: &Row| {
        Ok(Goal { program: ProgramId(row.int("program")?), reward: row.text("reward")?.to_owned() })
    };
    row.as_ref().map(read).transpose()
}

/// Keeps the reward that a member saves for; nothing saves for none.
pub async fn set_goal(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    goal: Option<&Goal>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let Some(goal) = goal else {
        let sql = "delete from member_goal where tenant = $1 and member = $2";
        db.execute(sql, params![tenant.0, member.0]).await?;
        return Ok(());
    };
    let sql = "insert into member_goal (tenant, member, program, reward, chosen_at) values ($1, $2, $3, $4, $5)
        on conflict (tenant, member) do update set program = excluded.program, reward = excluded.reward,
            chosen_at = excluded.chosen_at";
    let row = params![tenant.0, member.0, goal.program.0, goal.reward.as_str(), at.0];
    db.execute(sql, row).await?;
    Ok(())
}

/// What a member would rather have, as codes of rewards.
pub async fn tastes(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<BTreeSet<String>, StoreError> {
    let sql = "select reward from member_taste where tenant = $1 and member = $2";
    let rows = db.query(sql, params![tenant.0, member.0]).await?;
    rows.iter().map(|row| Ok(row.text("reward")?.to_owned())).collect()
}

/// Keeps what a member would rather have instead of what was kept.
pub async fn set_tastes(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    rewards: &BTreeSet<String>,
    at: Timestamp,
) -> Result<(), StoreError> {
    forget_tastes(tx, tenant, member).await?;
    let sql =
        "insert into member_taste (tenant, member, reward, chosen_at) values ($1, $2, $3, $4)";
    for reward in rewards {
        tx.execute(sql, params![tenant.0, member.0, reward.as_str(), at.0]).await?;
    }
    Ok(())
}

async fn forget_tastes(tx: &mut Tx, tenant: TenantId, member: MemberId) -> Result<(), StoreError> {
    let sql = "delete from member_taste where tenant = $1 and member = $2";
    tx.execute(sql, params![tenant.0, member.0]).await?;
    Ok(())
}

/// Everything that is kept of a member here, as the member's own file tells it.
pub async fn said(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<serde_json::Value, StoreError> {
    let offer = offer(db, tenant, member).await?;
    let steps = steps(db, tenant, member).await?;
    let steps: Vec<serde_json::Value> = steps
        .iter()
        .map(|it| json!({ "mission": it.mission.name(), "done_at": it.at, "state": it.state }))
        .collect();
    Ok(json!({
        "came_upon_at": offer.as_ref().map(|it| it.at), "sees_them": offer.map(|it| it.shown),
        "done": steps, "goal": goal(db, tenant, member).await?.map(|it| it.reward),
        "tastes": tastes(db, tenant, member).await?,
    }))
}

/// Takes away what somebody who is erased said. What stays are keyed hashes, by which nobody does a mission twice.
pub async fn forget_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), StoreError> {
    forget_tastes(tx, tenant, member).await?;
    let sql = "delete from member_goal where tenant = $1 and member = $2";
    tx.execute(sql, params![tenant.0, member.0]).await?;
    Ok(())
}
