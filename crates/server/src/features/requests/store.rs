//! The tables `request`, `request_message` and `request_approval`.

use lazo_domain::ids::{ProgramId, RequestId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Request;

const COLUMNS: &str = "request, kind, title, body, figure, state, priority, asked_by, owner,
    opened_at, answer_due, answered_at, resolve_due, resolved_at, escalated_at, program, version, impact, result";

/// Something said on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who said it.
    pub author: String,
    /// When.
    pub at: Timestamp,
    /// What.
    pub body: String,
}

/// The word of a function on a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Which function.
    pub function: String,
    /// `approved` or `rejected`; nothing until somebody speaks.
    pub verdict: Option<String>,
    /// What it added.
    pub note: String,
    /// Who spoke.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// The digest of what was spoken on.
    pub digest: Option<String>,
}

/// A tenant's requests, the newest first, before `before`.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Request>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from request where tenant = $1 and request < $2 order by request desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(request).collect()
}

/// A tenant's requests on which something is to be done, those that are due first.
pub async fn open(db: &Db, tenant: TenantId) -> Result<Vec<Request>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from request where tenant = $1
            and state not in ('closed', 'rejected', 'measured')
        order by case when answered_at is null then answer_due else resolve_due end, request limit 200"
    );
    db.query(&sql, params![tenant.0]).await?.iter().map(request).collect()
}

/// One request.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: RequestId,
) -> Result<Option<Request>, StoreError> {
    let sql = format!("select {COLUMNS} from request where tenant = $1 and request = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(request).transpose()
}

/// Adds a request.
pub async fn insert(tx: &mut Tx, tenant: TenantId, new: &Request) -> Result<(), StoreError> {
    let sql = "insert into request (tenant, request, kind, title, body, figure, state, priority, asked_by,
            opened_at, answer_due, resolve_due)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let values = params![
        tenant.0,
        new.id.0,
        &new.kind,
        &new.title,
        &new.body,
        written(new.figure.as_ref())?,
        &new.state,
        &new.priority,
        &new.asked_by,
        new.opened_at.0,
        new.answer_due.0,
        new.resolve_due.0
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Keeps what changed of a request: everything but what was asked, by whom and when.
pub async fn update(tx: &mut Tx, tenant: TenantId, request: &Request) -> Result<(), StoreError> {
    let sql = "update request set kind = $3, state = $4, priority = $5, owner = $6, answer_due = $7,
            answered_at = $8, resolve_due = $9, resolved_at = $10, program = $11, version = $12, impact = $13,
            result = $14
        where tenant = $1 and request = $2";
    let values = params![
        tenant.0,
        request.id.0,
        &request.kind,
        &request.state,
        &request.priority,
        request.owner.clone(),
        request.answer_due.0,
        request.answered_at.map(|at| at.0),
        request.resolve_due.0,
        request.resolved_at.map(|at| at.0),
        request.version.map(|(program, _)| program.0),
        request.version.map(|(_, version)| version),
        written(request.impact.as_ref())?,
        written(request.result.as_ref())?
    ];
    tx.execute(sql, values).await?;
    Ok(())
}

/// Requests of all tenants whose time has run out and that were not handed up yet.
pub async fn late(
    db: &Db,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(TenantId, RequestId)>, StoreError> {
    let sql = "select tenant, request from request
        where escalated_at is null and state not in ('closed', 'rejected', 'measured', 'released')
            and ((answered_at is null and answer_due <= $1) or resolve_due <= $1)
        order by tenant, request limit $2";
    let rows = db.query(sql, params![now.0, limit]).await?;
    rows.iter()
        .map(|row| Ok((TenantId(row.int("tenant")?), RequestId(row.int("request")?))))
        .collect()
}

/// Notes that a request was handed up: answers whether it was not before.
pub async fn escalate(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update request set escalated_at = $3
        where tenant = $1 and request = $2 and escalated_at is null";
    Ok(tx.execute(sql, params![tenant.0, id.0, now.0]).await? == 1)
}

/// Keeps what was said: `(message, author, at, body)`.
pub async fn say(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestId,
    (message, author, at, body): (i64, &str, Timestamp, &str),
) -> Result<(), StoreError> {
    let sql = "insert into request_message (tenant, request, message, author, at, body)
        values ($1, $2, $3, $4, $5, $6)";
    tx.execute(sql, params![tenant.0, id.0, message, author, at.0, body]).await?;
    Ok(())
}

/// What was said on a request, in its order.
pub async fn messages(
    db: &Db,
    tenant: TenantId,
    id: RequestId,
) -> Result<Vec<Message>, StoreError> {
    let sql = "select author, at, body from request_message
        where tenant = $1 and request = $2 order by message limit 500";
    let rows = db.query(sql, params![tenant.0, id.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Message {
                author: row.text("author")?.to_owned(),
                at: Timestamp(row.int("at")?),
                body: row.text("body")?.to_owned(),
            })
        })
        .collect()
}

/// The functions that a change concerns, with their words.
pub async fn approvals(
    db: &Db,
    tenant: TenantId,
    id: RequestId,
) -> Result<Vec<Approval>, StoreError> {
    let sql = "select function, verdict, note, decided_by, decided_at, digest from request_approval
        where tenant = $1 and request = $2 order by function";
    let rows = db.query(sql, params![tenant.0, id.0]).await?;
    rows.iter()
        .map(|row| {
            Ok(Approval {
                function: row.text("function")?.to_owned(),
                verdict: row.maybe_text("verdict")?.map(str::to_owned),
                note: row.text("note")?.to_owned(),
                decided_by: row.maybe_text("decided_by")?.map(str::to_owned),
                decided_at: row.maybe_int("decided_at")?.map(Timestamp),
                digest: row.maybe_text("digest")?.map(str::to_owned),
            })
        })
        .collect()
}

/// Asks these functions anew: what was said of an earlier version does not count.
pub async fn ask(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestId,
    functions: &[&str],
) -> Result<(), StoreError> {
    let sql = "delete from request_approval where tenant = $1 and request = $2";
    tx.execute(sql, params![tenant.0, id.0]).await?;
    let sql =
        "insert into request_approval (tenant, request, function, note) values ($1, $2, $3, '')";
    for function in functions {
        tx.execute(sql, params![tenant.0, id.0, *function]).await?;
    }
    Ok(())
}

/// Keeps the word of a function: answers whether it was asked.
pub async fn decide(
    tx: &mut Tx,
    tenant: TenantId,
    id: RequestId,
    approval: &Approval,
) -> Result<bool, StoreError> {
    let sql =
        "update request_approval set verdict = $4, note = $5, decided_by = $6, decided_at = $7, digest = $8
        where tenant = $1 and request = $2 and function = $3";
    let values = params![
        tenant.0,
        id.0,
        &approval.function,
        approval.verdict.clone(),
        &approval.note,
        approval.decided_by.clone(),
        approval.decided_at.map(|at| at.0),
        approval.digest.clone()
    ];
    Ok(tx.execute(sql, values).await? == 1)
}

fn written<T: Serialize>(value: Option<&T>) -> Result<Option<String>, StoreError> {
    let text = value.map(serde_json::to_string).transpose();
    text.map_err(|error| StoreError::Shape(error.to_string()))
}

fn read<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>, StoreError> {
    let text = row.maybe_text(column)?;
    let value = text.map(serde_json::from_str).transpose();
    value.map_err(|error| StoreError::Corrupt(format!("request.{column}: {error}")))
}

fn request(row: &Row) -> Result<Request, StoreError> {
    let instant = |name| row.maybe_int(name).map(|at| at.map(Timestamp));
    let program = row.maybe_int("program")?.map(ProgramId);
    Ok(Request {
        id: RequestId(row.int("request")?),
        kind: row.text("kind")?.to_owned(),
        title: row.text("title")?.to_owned(),
        body: row.text("body")?.to_owned(),
        figure: read(row, "figure")?,
        state: row.text("state")?.to_owned(),
        priority: row.text("priority")?.to_owned(),
        asked_by: row.text("asked_by")?.to_owned(),
        owner: row.maybe_text("owner")?.map(str::to_owned),
        opened_at: Timestamp(row.int("opened_at")?),
        answer_due: Timestamp(row.int("answer_due")?),
        answered_at: instant("answered_at")?,
        resolve_due: Timestamp(row.int("resolve_due")?),
        resolved_at: instant("resolved_at")?,
        escalated_at: instant("escalated_at")?,
        version: program.zip(row.maybe_int("version")?),
        impact: read(row, "impact")?,
        result: read(row, "result")?,
    })
}
