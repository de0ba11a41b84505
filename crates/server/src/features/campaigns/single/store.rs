//! The table `single_letter`.

use std::collections::BTreeMap;

use lazo_domain::ids::{LetterId, MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::super::letter;
use super::super::recipients::{After, Handed};
use super::{Key, Order, Outcome};

/// A letter that is in hand.
pub(super) struct Taken {
    pub letter: LetterId,
    pub attempt: i64,
    pub asked_at: Timestamp,
}

/// A letter as its reader's token finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub letter: LetterId,
    /// Its reader.
    pub member: MemberId,
    /// Of which program.
    pub program: ProgramId,
    /// The purpose whose consent it needs.
    pub purpose: String,
    /// Did a mail server take it?
    pub sent: bool,
}

/// How the letters of one place fared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Letters by state.
    pub states: BTreeMap<String, u64>,
    /// Letters that never left, by reason.
    pub reasons: BTreeMap<String, u64>,
    /// Readers who left the list by one.
    pub unsubscribed: u64,
    /// Readers who found it useful.
    pub useful: u64,
    /// Readers who did not.
    pub useless: u64,
}

/// Asks for a letter; who asks again asks for the same one.
pub(super) async fn ask(tx: &mut Tx, order: &Order<'_>, fresh: i64) -> Result<(), StoreError> {
    let Order { key, press, .. } = order;
    let sql = "insert into single_letter (tenant, origin, member, entry, step, letter, program, purpose, service, state,
            reason, asked_at, leased_until, attempts, token_hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'ready', '', $10, 0, 0, $11)
        on conflict (tenant, origin, member, entry, step) do nothing";
    let hash = letter::hash_of(&key.token(order.secret));
    let row = params![
        press.tenant.id.0,
        key.origin,
        key.member.0,
        key.entry,
        &key.step,
        fresh,
        press.program.id.0,
        order.purpose,
        i64::from(order.manner.service),
        order.now.0,
        hash.as_slice()
    ];
    tx.execute(sql, row).await.map(drop)
}

/// Takes a letter in hand until `until`; nothing when it is over or somebody else has it.
pub(super) async fn take(
    tx: &mut Tx,
    tenant: TenantId,
    key: &Key,
    (real, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Option<Taken>, StoreError> {
    let sql = "update single_letter set state = 'handing', leased_until = $7, attempts = attempts + 1, handed_at = $8
        where tenant = $1 and origin = $2 and member = $3 and entry = $4 and step = $5
            and state in ('ready', 'handing') and leased_until <= $6 returning letter, attempts, asked_at";
    let row =
        params![tenant.0, key.origin, key.member.0, key.entry, &key.step, real.0, until.0, now.0];
    let rows = tx.query(sql, row).await?;
    let taken = |row: &Row| {
        Ok(Taken {
            letter: LetterId(row.int("letter")?),
            attempt: row.int("attempts")?,
            asked_at: Timestamp(row.int("asked_at")?),
        })
    };
    rows.first().map(taken).transpose()
}

/// What became of a letter that is over.
pub(super) async fn outcome(
    tx: &mut Tx,
    tenant: TenantId,
    key: &Key,
) -> Result<Option<Outcome>, StoreError> {
    let sql = "select state, reason from single_letter
        where tenant = $1 and origin = $2 and member = $3 and entry = $4 and step = $5";
    let row = params![tenant.0, key.origin, key.member.0, key.entry, &key.step];
    let rows = tx.query(sql, row).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(match row.text("state")? {
        "sent" => Some(Outcome::Sent),
        "bounced" | "withheld" => Some(Outcome::Never(row.text("reason")?.to_owned())),
        _ => None,
    })
}

/// A letter does not leave.
pub(super) async fn withhold(
    tx: &mut Tx,
    tenant: TenantId,
    key: &Key,
    reason: &str,
) -> Result<(), StoreError> {
    let sql = "update single_letter set state = 'withheld', reason = $6, leased_until = 0, handed_at = null
        where tenant = $1 and origin = $2 and member = $3 and entry = $4 and step = $5";
    let row = params![tenant.0, key.origin, key.member.0, key.entry, &key.step, reason];
    tx.execute(sql, row).await.map(drop)
}

/// Notes what became of a letter that was in hand as `attempt`; who lost it to another changes nothing.
pub(super) async fn handed(
    db: &Db,
    tenant: TenantId,
    key: &Key,
    attempt: i64,
    what: &Handed,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let (state, reason, until) = what.told();
    let sql = "update single_letter set state = $7, reason = $8, leased_until = $9,
            sent_at = case when $7 = 'sent' then $10 else sent_at end,
            bounced_at = case when $7 = 'bounced' then $10 else bounced_at end
        where tenant = $1 and origin = $2 and member = $3 and entry = $4 and step = $5 and attempts = $6
            and state = 'handing'";
    let row = params![
        tenant.0,
        key.origin,
        key.member.0,
        key.entry,
        &key.step,
        attempt,
        state,
        reason,
        until,
        now.0
    ];
    Ok(db.execute(sql, row).await? == 1)
}

const FOUND: &str = "letter, member, program, purpose, sent_at";

/// Whose letter has a token.
pub async fn by_token(db: &Db, token_hash: &[u8]) -> Result<Option<(TenantId, Found)>, StoreError> {
    let sql = format!("select tenant, {FOUND} from single_letter where token_hash = $1");
    let row = db.query_one(&sql, params![token_hash]).await?;
    row.map(|row| Ok((TenantId(row.int("tenant")?), found(&row)?))).transpose()
}

/// The letter of a name.
pub async fn by_name(
    db: &Db,
    tenant: TenantId,
    letter: LetterId,
) -> Result<Option<Found>, StoreError> {
    let sql = format!("select {FOUND} from single_letter where tenant = $1 and letter = $2");
    let row = db.query_one(&sql, params![tenant.0, letter.0]).await?;
    row.as_ref().map(found).transpose()
}

/// Notes what happened to a letter after it was taken; the first time counts.
pub async fn note(
    tx: &mut Tx,
    tenant: TenantId,
    letter: LetterId,
    after: After,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = match after {
        After::Bounced => {
            "update single_letter set bounced_at = $3, state = 'bounced', reason = 'returned'
            where tenant = $1 and letter = $2 and bounced_at is null"
        }
        After::Complained => {
            "update single_letter set complained_at = $3
            where tenant = $1 and letter = $2 and complained_at is null"
        }
        After::Left => {
            "update single_letter set unsubscribed_at = $3
            where tenant = $1 and letter = $2 and unsubscribed_at is null"
        }
    };
    Ok(tx.execute(sql, params![tenant.0, letter.0, now.0]).await? == 1)
}

/// Keeps whether a letter was useful; the last word counts.
pub async fn answer(
    db: &Db,
    tenant: TenantId,
    letter: LetterId,
    answer: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql =
        "update single_letter set answer = $3, answered_at = $4 where tenant = $1 and letter = $2";
    db.execute(sql, params![tenant.0, letter.0, answer, now.0]).await.map(drop)
}

/// How the letters of an origin fared, by their places in it.
pub async fn tally(
    db: &Db,
    tenant: TenantId,
    origin: i64,
) -> Result<BTreeMap<String, Tally>, StoreError> {
    let sql = "select step, state, reason, count(*) as n, count(unsubscribed_at) as gone,
            count(case when answer = 'yes' then 1 end) as useful, count(case when answer = 'no' then 1 end) as useless
        from single_letter where tenant = $1 and origin = $2 group by step, state, reason";
    let mut all: BTreeMap<String, Tally> = BTreeMap::new();
    for row in db.query(sql, params![tenant.0, origin]).await? {
        let count = |name: &str| row.int(name).map(i64::unsigned_abs);
        let tally = all.entry(row.text("step")?.to_owned()).or_default();
        *tally.states.entry(row.text("state")?.to_owned()).or_default() += count("n")?;
        if !row.text("reason")?.is_empty() {
            *tally.reasons.entry(row.text("reason")?.to_owned()).or_default() += count("n")?;
        }
        tally.unsubscribed += count("gone")?;
        tally.useful += count("useful")?;
        tally.useless += count("useless")?;
    }
    Ok(all)
}

fn found(row: &Row) -> Result<Found, StoreError> {
    Ok(Found {
        letter: LetterId(row.int("letter")?),
        member: MemberId(row.int("member")?),
        program: ProgramId(row.int("program")?),
        purpose: row.text("purpose")?.to_owned(),
        sent: row.maybe_int("sent_at")?.is_some(),
    })
}
