//! The tables `integration_exception`, `integration_request` and `integration_consent`.

use lazo_domain::ids::{IntegrationProjectId, MemberId, TenantId};
use lazo_domain::merging::snapshot::{Consent, ConsentState};
use lazo_domain::merging::{Exception, ExceptionCode, MemberPlan, SourceKey};
use lazo_domain::time::Timestamp;
use lazo_store::{Columns, Db, Row, Statement, StoreError, Tx, params};

use super::projects::Project;

/// Something that a person has to look at, and where that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskItem {
    /// Whose.
    pub key: SourceKey,
    /// What is the matter.
    pub code: String,
    /// What it is about.
    pub subject: String,
    /// The plan that found it.
    pub revision: i64,
    /// Source points at stake.
    pub points: i64,
    /// `open`, `waived` or `resolved`; `waits:…` while a second person has not said the same.
    pub state: String,
    /// Who takes care of it.
    pub owner: Option<String>,
    /// What was said about it.
    pub note: Option<String>,
}

/// Adds exceptions of a plan; what people said about earlier ones of the same name stays.
pub async fn put(
    tx: &mut Tx,
    project: &Project,
    revision: i64,
    found: &[Exception],
) -> Result<(), StoreError> {
    let set = Columns::of(found)
        .text(|e| e.key.source.clone())
        .text(|e| e.key.member.clone())
        .text(|e| e.code.name().to_owned())
        .text(|e| e.subject.clone())
        .int(|e| e.points)
        .done();
    let sql = "insert into integration_exception (tenant, project, source, member, code, subject, points, revision, state)
        select $6, $7, column1, column2, column3, column4, column5, $8, 'open' from {rows} where true
        on conflict (tenant, project, source, member, code, subject) do update
        set points = excluded.points, revision = excluded.revision";
    let key = params![project.tenant.0, project.id.0, revision];
    tx.run_all(vec![Statement::over(sql, set, key)]).await?;
    Ok(())
}

/// Deletes open exceptions that the latest plan does not have any more. What partners sent is no plan's to find.
pub async fn clear_older(db: &Db, project: &Project, revision: i64) -> Result<(), StoreError> {
    let sql = "delete from integration_exception where tenant = $1 and project = $2
        and (source, member, code, subject) in
        (select source, member, code, subject from integration_exception where tenant = $1 and project = $2
         and revision < $3 and state not in ('waived', 'resolved') and code not in ($4, $5) limit 5000)";
    let [unknown, cut_off] =
        [ExceptionCode::PartnerUnknown, ExceptionCode::PartnerCutOff].map(ExceptionCode::name);
    let key = params![project.tenant.0, project.id.0, revision, unknown, cut_off];
    while db.execute(sql, key).await? > 0 {}
    Ok(())
}

/// A page of exceptions after a key, in the order of accounts; one code alone unless it is empty.
pub async fn page(
    db: &Db,
    project: &Project,
    after: &(SourceKey, String, String),
    code: &str,
    limit: i64,
) -> Result<Vec<DeskItem>, StoreError> {
    let sql = "select source, member, code, subject, revision, points, state, owner, note
        from integration_exception where tenant = $1 and project = $2
        and (source, member, code, subject) > ($3, $4, $5, $6) and ($7 = '' or code = $7)
        order by source, member, code, subject limit $8";
    let (key, after_code, subject) = after;
    let key = params![
        project.tenant.0,
        project.id.0,
        &key.source,
        &key.member,
        after_code,
        subject,
        code,
        limit
    ];
    db.query(sql, key).await?.iter().map(item).collect()
}

/// What exceptions of a code are about, of a set of accounts.
pub async fn subjects(
    db: &Db,
    project: &Project,
    code: &str,
    keys: &[SourceKey],
) -> Result<Vec<(SourceKey, String)>, StoreError> {
    let set = Columns::of(keys).text(|k| k.source.clone()).text(|k| k.member.clone()).done();
    let sql = "select e.source, e.member, e.subject from {rows}
        {each integration_exception e on e.tenant = $3 and e.project = $4 and e.source = r.column1
         and e.member = r.column2 and e.code = $5}";
    let key = params![project.tenant.0, project.id.0, code];
    let rows = db.ask(Statement::over(sql, set, key)).await?;
    rows.iter()
        .map(|row| {
            let key = SourceKey::new(row.text("source")?, row.text("member")?);
            Ok((key, row.text("subject")?.to_owned()))
        })
        .collect()
}

/// One exception, and who said what about it last.
pub async fn one(
    db: &Db,
    project: &Project,
    (key, code, subject): (&SourceKey, &str, &str),
) -> Result<Option<(DeskItem, Option<String>)>, StoreError> {
    let sql = "select source, member, code, subject, revision, points, state, owner, note, changed_by
        from integration_exception where tenant = $1 and project = $2 and source = $3 and member = $4
        and code = $5 and subject = $6";
    let key = params![project.tenant.0, project.id.0, &key.source, &key.member, code, subject];
    let found = db.query_one(sql, key).await?;
    let told = found.map(|row| {
        let by = row.maybe_text("changed_by")?.map(str::to_owned);
        Ok::<_, StoreError>((item(&row)?, by))
    });
    told.transpose()
}

/// Says who takes care of an exception, or what became of it. False when somebody has said something else meanwhile.
pub async fn settle(
    tx: &mut Tx,
    project: &Project,
    (item, before): (&DeskItem, &str),
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update integration_exception set state = $7, owner = $8, note = $9, changed_by = $10, changed_at = $11
        where tenant = $1 and project = $2 and source = $3 and member = $4 and code = $5 and subject = $6
        and state = $12";
    let key = params![
        project.tenant.0,
        project.id.0,
        &item.key.source,
        &item.key.member,
        &item.code,
        &item.subject,
        &item.state,
        item.owner.clone(),
        item.note.clone(),
        by,
        at.0,
        before
    ];
    Ok(tx.execute(sql, key).await? == 1)
}

/// How many open exceptions there are by code, with the points at stake.
pub async fn counts(db: &Db, project: &Project) -> Result<Vec<(String, i64, i64)>, StoreError> {
    let sql = "select code, count(*) as n, cast(sum(points) as bigint) as points from integration_exception
        where tenant = $1 and project = $2 and state not in ('waived', 'resolved') group by code order by code";
    let rows = db.query(sql, params![project.tenant.0, project.id.0]).await?;
    rows.iter()
        .map(|row| Ok((row.text("code")?.to_owned(), row.int("n")?, row.int("points")?)))
        .collect()
}

fn item(row: &Row) -> Result<DeskItem, StoreError> {
    Ok(DeskItem {
        key: SourceKey::new(row.text("source")?, row.text("member")?),
        code: row.text("code")?.to_owned(),
        subject: row.text("subject")?.to_owned(),
        revision: row.int("revision")?,
        points: row.int("points")?,
        state: row.text("state")?.to_owned(),
        owner: row.maybe_text("owner")?.map(str::to_owned),
        note: row.maybe_text("note")?.map(str::to_owned),
    })
}

/// Does a code hold a whole member back?
#[must_use]
pub fn holds_back(code: &str) -> bool {
    ExceptionCode::ALL.iter().any(|known| known.name() == code && known.holds_back())
}

/// Something that a second person must agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub request: i64,
    /// `unmerge`, `rollback` or `waive`.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// What was asked for, as JSON.
    pub detail: String,
    /// `waiting`, `done` or `rejected`.
    pub state: String,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<String>,
    /// What came of it, as JSON.
    pub outcome: Option<String>,
}

const REQUEST: &str =
    "request, kind, subject, detail, state, asked_by, asked_at, decided_by, outcome";

/// Adds a request.
pub async fn ask(tx: &mut Tx, project: &Project, new: &Request) -> Result<(), StoreError> {
    let sql = "insert into integration_request (tenant, project, request, kind, subject, detail, state, asked_by, asked_at)
        values ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8)";
    let params = params![
        project.tenant.0,
        project.id.0,
        new.request,
        &new.kind,
        &new.subject,
        &new.detail,
        &new.asked_by,
        new.asked_at.0
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Keeps how a request is to be carried out, before anything of it is.
pub async fn freeze(
    tx: &mut Tx,
    project: &Project,
    request: i64,
    detail: &str,
) -> Result<(), StoreError> {
    let sql = "update integration_request set detail = $4
        where tenant = $1 and project = $2 and request = $3 and state = 'waiting'";
    tx.execute(sql, params![project.tenant.0, project.id.0, request, detail]).await?;
    Ok(())
}

/// Notes how a request ended. False when it waits no longer.
pub async fn decide(
    tx: &mut Tx,
    project: &Project,
    request: i64,
    (state, by, at): (&str, &str, Timestamp),
    outcome: &str,
) -> Result<bool, StoreError> {
    let sql =
        "update integration_request set state = $4, decided_by = $5, decided_at = $6, outcome = $7
        where tenant = $1 and project = $2 and request = $3 and state = 'waiting'";
    let key = params![project.tenant.0, project.id.0, request, state, by, at.0, outcome];
    Ok(tx.execute(sql, key).await? == 1)
}

/// All requests of a project, in order.
pub async fn requests(db: &Db, project: &Project) -> Result<Vec<Request>, StoreError> {
    let sql = format!(
        "select {REQUEST} from integration_request where tenant = $1 and project = $2 order by request"
    );
    db.query(&sql, params![project.tenant.0, project.id.0]).await?.iter().map(request).collect()
}

/// The unmerges that are done and name `what` in their outcome.
pub async fn requests_that_came_to(
    db: &Db,
    project: &Project,
    what: &str,
) -> Result<Vec<Request>, StoreError> {
    let sql = format!(
        "select {REQUEST} from integration_request where tenant = $1 and project = $2 and kind = 'unmerge'
        and state = 'done' and outcome like '%' || $3 || '%' order by request"
    );
    let key = params![project.tenant.0, project.id.0, what];
    db.query(&sql, key).await?.iter().map(request).collect()
}

fn request(row: &Row) -> Result<Request, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(Request {
        request: row.int("request")?,
        kind: text("kind")?,
        subject: text("subject")?,
        detail: text("detail")?,
        state: text("state")?,
        asked_by: text("asked_by")?,
        asked_at: Timestamp(row.int("asked_at")?),
        decided_by: row.maybe_text("decided_by")?.map(str::to_owned),
        outcome: row.maybe_text("outcome")?.map(str::to_owned),
    })
}

/// What a merged member may be sent, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldConsent {
    /// Who.
    pub member: MemberId,
    /// What for.
    pub purpose: String,
    /// By which way.
    pub channel: String,
    /// What holds.
    pub state: String,
    /// Since when.
    pub at: Timestamp,
    /// To whom it was said.
    pub controller: String,
    /// How it is proven.
    pub evidence: String,
    /// Whose record it is.
    pub from: SourceKey,
}

impl HeldConsent {
    /// What a plan keeps of a member's consents.
    pub fn of(plan: &MemberPlan, member: MemberId) -> Vec<Self> {
        let held = plan.consents.iter().map(|result| Self {
            member,
            purpose: result.consent.purpose.clone(),
            channel: result.consent.channel.clone(),
            state: result.consent.state.name().to_owned(),
            at: result.consent.at,
            controller: result.consent.controller.clone(),
            evidence: result.consent.evidence.clone(),
            from: result.from.clone(),
        });
        held.collect()
    }
}

impl HeldConsent {
    /// As the merge's rule looks at it. Whether a yes was specific is not kept, so it counts as one that was not.
    pub fn consent(self) -> Result<Consent, StoreError> {
        let all = [
            ConsentState::OptedIn,
            ConsentState::Unknown,
            ConsentState::OptedOut,
            ConsentState::Excluded,
        ];
        let state = all.into_iter().find(|state| state.name() == self.state);
        let state =
            state.ok_or_else(|| StoreError::Corrupt(format!("a consent is `{}`", self.state)))?;
        Ok(Consent {
            purpose: self.purpose,
            channel: self.channel,
            state,
            at: self.at,
            controller: self.controller,
            specific: false,
            evidence: self.evidence,
        })
    }
}

/// Writes consents of merged members.
pub async fn put_consents(
    tx: &mut Tx,
    project: &Project,
    all: &[HeldConsent],
) -> Result<(), StoreError> {
    let set = Columns::of(all)
        .int(|c| c.member.0)
        .text(|c| c.purpose.clone())
        .text(|c| c.channel.clone())
        .text(|c| c.state.clone())
        .int(|c| c.at.0)
        .text(|c| c.controller.clone())
        .text(|c| c.evidence.clone())
        .text(|c| c.from.source.clone())
        .text(|c| c.from.member.clone())
        .done();
    let sql = "insert into integration_consent (tenant, member, purpose, channel, state, at, controller, evidence,
        source, source_member, project)
        select $10, column1, column2, column3, column4, column5, column6, column7, column8, column9, $11
        from {rows} where true on conflict (tenant, member, purpose, channel) do update
        set state = excluded.state, at = excluded.at, controller = excluded.controller,
            evidence = excluded.evidence, source = excluded.source, source_member = excluded.source_member,
            project = excluded.project";
    tx.run_all(vec![Statement::over(sql, set, params![project.tenant.0, project.id.0])]).await?;
    Ok(())
}

/// Takes off a member what was said on the accounts of another.
pub async fn take_consents(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
    said_by: &[SourceKey],
) -> Result<(), StoreError> {
    let sql = "delete from integration_consent where tenant = $1 and member = $2 and source = $3 and source_member = $4";
    for key in said_by {
        tx.execute(sql, params![tenant.0, member.0, &key.source, &key.member]).await?;
    }
    Ok(())
}

/// The consents that a project keeps of members.
pub async fn consents_of_all(
    db: &Db,
    project: &Project,
    members: &[MemberId],
) -> Result<Vec<HeldConsent>, StoreError> {
    let set = Columns::of(members).int(|member| member.0).done();
    let sql = "select c.member, c.purpose, c.channel, c.state, c.at, c.controller, c.evidence, c.source,
        c.source_member from {rows} {each integration_consent c on c.tenant = $2 and c.member = r.column1
        and c.project = $3}";
    let rows = db.ask(Statement::over(sql, set, params![project.tenant.0, project.id.0])).await?;
    rows.iter().map(|row| consent(row, MemberId(row.int("member")?))).collect()
}

fn consent(row: &Row, member: MemberId) -> Result<HeldConsent, StoreError> {
    let text = |name: &str| row.text(name).map(str::to_owned);
    Ok(HeldConsent {
        member,
        purpose: text("purpose")?,
        channel: text("channel")?,
        state: text("state")?,
        at: Timestamp(row.int("at")?),
        controller: text("controller")?,
        evidence: text("evidence")?,
        from: SourceKey::new(row.text("source")?, row.text("source_member")?),
    })
}

/// The consents of a merged member.
pub async fn consents_of(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
) -> Result<Vec<(IntegrationProjectId, HeldConsent)>, StoreError> {
    let sql =
        "select project, purpose, channel, state, at, controller, evidence, source, source_member
        from integration_consent where tenant = $1 and member = $2 order by purpose, channel";
    let rows = db.query(sql, params![tenant.0, member.0]).await?;
    rows.iter()
        .map(|row| Ok((IntegrationProjectId(row.int("project")?), consent(row, member)?)))
        .collect()
}
