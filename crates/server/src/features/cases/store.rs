//! The tables `support_case` and `support_message`.

use lazo_domain::ids::{BrandId, MemberId, SupportCaseId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::{Message, SupportCase};

const COLUMNS: &str =
    "support_case, brand, member, tracking_code, language, topic, screen, state, owner, opened_at,
    answer_due, answered_at, closed_at, helped";

/// Adds a case; false when its form has opened one already.
pub async fn insert(
    tx: &mut Tx,
    tenant: TenantId,
    case: &SupportCase,
    once: &str,
) -> Result<bool, StoreError> {
    let sql = "insert into support_case (tenant, support_case, brand, member, tracking_code, once, language, topic,
            screen, state, opened_at, answer_due)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        on conflict (tenant, member, once) do nothing";
    let values = params![
        tenant.0,
        case.id.0,
        case.brand.0,
        case.member.0,
        &case.tracking_code,
        once,
        &case.language,
        &case.topic,
        &case.screen,
        &case.state,
        case.opened_at.0,
        case.answer_due.0
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Keeps what changes of a case.
pub async fn update(tx: &mut Tx, tenant: TenantId, case: &SupportCase) -> Result<(), StoreError> {
    let sql = "update support_case set state = $3, owner = $4, answer_due = $5, answered_at = $6, closed_at = $7,
            helped = $8
        where tenant = $1 and support_case = $2";
    let values = params![
        tenant.0,
        case.id.0,
        &case.state,
        case.owner.clone(),
        case.answer_due.0,
        case.answered_at.map(|at| at.0),
        case.closed_at.map(|at| at.0),
        case.helped.map(i64::from)
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Adds something that was said; `tell` has a letter written about it.
pub async fn say(
    tx: &mut Tx,
    tenant: TenantId,
    case: SupportCaseId,
    message: &Message,
    tell: bool,
) -> Result<(), StoreError> {
    let sql = "insert into support_message (tenant, support_case, position, author, at, body, tell)
        values ($1, $2, $3, $4, $5, $6, $7)";
    let values = params![
        tenant.0,
        case.0,
        message.position,
        &message.author,
        message.at.0,
        &message.body,
        i64::from(tell)
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// One case.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: SupportCaseId,
) -> Result<Option<SupportCase>, StoreError> {
    let sql = format!("select {COLUMNS} from support_case where tenant = $1 and support_case = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(case).transpose()
}

/// The case that a form opened.
pub async fn by_once(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    once: &str,
) -> Result<Option<SupportCase>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from support_case where tenant = $1 and member = $2 and once = $3"
    );
    db.query_one(&sql, params![tenant.0, member.0, once]).await?.as_ref().map(case).transpose()
}

/// A member's cases at a brand, the newest first, at most 100.
pub async fn of_member(
    db: &Db,
    tenant: TenantId,
    brand: BrandId,
    member: MemberId,
) -> Result<Vec<SupportCase>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from support_case where tenant = $1 and member = $2 and brand = $3
        order by support_case desc limit 100"
    );
    db.query(&sql, params![tenant.0, member.0, brand.0]).await?.iter().map(case).collect()
}

/// How many cases of a member wait for an answer.
pub async fn open_of(db: &Db, tenant: TenantId, member: MemberId) -> Result<i64, StoreError> {
    let sql = "select count(*) as n from support_case where tenant = $1 and member = $2 and state = 'open'";
    let row = db.query_one(sql, params![tenant.0, member.0]).await?;
    row.as_ref().map_or(Ok(0), |row| row.int("n"))
}

/// A tenant's cases in a state: those that wait by when they are due, all others the newest first; `after` is the last
/// one's due instant and id.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    state: &str,
    after: Option<(i64, i64)>,
    limit: i64,
) -> Result<Vec<SupportCase>, StoreError> {
    let waits = state == "open";
    let sql = if waits {
        format!(
            "select {COLUMNS} from support_case where tenant = $1 and state = $2
            and (answer_due, support_case) > ($3, $4) order by answer_due, support_case limit $5"
        )
    } else {
        format!(
            "select {COLUMNS} from support_case where tenant = $1 and state = $2
            and (answer_due, support_case) < ($3, $4) order by answer_due desc, support_case desc limit $5"
        )
    };
    let start = if waits { (i64::MIN, i64::MIN) } else { (i64::MAX, i64::MAX) };
    let (due, id) = after.unwrap_or(start);
    db.query(&sql, params![tenant.0, state, due, id, limit]).await?.iter().map(case).collect()
}

/// How many cases of a tenant there are by state.
pub async fn counts(db: &Db, tenant: TenantId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql = "select state, count(*) as n from support_case where tenant = $1 group by state order by state";
    let rows = db.query(sql, params![tenant.0]).await?;
    rows.iter().map(|row| Ok((row.text("state")?.to_owned(), row.int("n")?))).collect()
}

/// What was said in a case, in its order.
pub async fn messages(
    db: &Db,
    tenant: TenantId,
    case: SupportCaseId,
) -> Result<Vec<Message>, StoreError> {
    let sql = "select position, author, at, body from support_message
        where tenant = $1 and support_case = $2 order by position";
    let rows = db.query(sql, params![tenant.0, case.0]).await?;
    rows.iter().map(message).collect()
}

/// Messages of all tenants that no letter has told yet, the oldest first.
pub async fn untold(
    db: &Db,
    limit: i64,
) -> Result<Vec<(TenantId, SupportCaseId, Message)>, StoreError> {
    let sql = "select tenant, support_case, position, author, at, body from support_message
        where tell = 1 and told_at is null order by at, tenant, support_case limit $1";
    let rows = db.query(sql, params![limit]).await?;
    rows.iter()
        .map(|row| {
            let (tenant, case) = (row.int("tenant")?, row.int("support_case")?);
            Ok((TenantId(tenant), SupportCaseId(case), message(row)?))
        })
        .collect()
}

/// Takes the turn to tell of a message: false when somebody else has it.
pub async fn take(
    db: &Db,
    (tenant, case, position): (TenantId, SupportCaseId, i64),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update support_message set told_at = $4
        where tenant = $1 and support_case = $2 and position = $3 and told_at is null";
    Ok(db.execute(sql, params![tenant.0, case.0, position, now.0]).await? == 1)
}

/// Gives the turn back: the letter did not leave.
pub async fn give_back(
    db: &Db,
    (tenant, case, position): (TenantId, SupportCaseId, i64),
) -> Result<(), StoreError> {
    let sql = "update support_message set told_at = null
        where tenant = $1 and support_case = $2 and position = $3";
    db.execute(sql, params![tenant.0, case.0, position]).await?;
    Ok(())
}

/// Takes away what an erased person said and was told: the cases go with their words.
pub async fn forget_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), StoreError> {
    let messages = "delete from support_message where tenant = $1 and support_case in
        (select support_case from support_case where tenant = $1 and member = $2)";
    tx.execute(messages, params![tenant.0, member.0]).await?;
    let cases = "delete from support_case where tenant = $1 and member = $2";
    tx.execute(cases, params![tenant.0, member.0]).await?;
    Ok(())
}

fn case(row: &Row) -> Result<SupportCase, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    let at = |name: &str| Ok::<_, StoreError>(row.maybe_int(name)?.map(Timestamp));
    Ok(SupportCase {
        id: SupportCaseId(row.int("support_case")?),
        brand: BrandId(row.int("brand")?),
        member: MemberId(row.int("member")?),
        tracking_code: text("tracking_code")?,
        language: text("language")?,
        topic: text("topic")?,
        screen: text("screen")?,
        state: text("state")?,
        owner: row.maybe_text("owner")?.map(str::to_owned),
        opened_at: Timestamp(row.int("opened_at")?),
        answer_due: Timestamp(row.int("answer_due")?),
        answered_at: at("answered_at")?,
        closed_at: at("closed_at")?,
        helped: row.maybe_int("helped")?.map(|helped| helped == 1),
    })
}

fn message(row: &Row) -> Result<Message, StoreError> {
    Ok(Message {
        position: row.int("position")?,
        author: row.text("author")?.to_owned(),
        at: Timestamp(row.int("at")?),
        body: row.text("body")?.to_owned(),
    })
}
