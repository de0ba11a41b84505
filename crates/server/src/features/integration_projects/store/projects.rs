//! The table `integration_project`.

use lazo_domain::ids::{IntegrationProjectId, ProgramId, TenantId};
use lazo_domain::merging::MergeRules;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, Tx, params};

use super::super::document::Document;
use super::super::state::State;

/// A project as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Its id.
    pub id: IntegrationProjectId,
    /// The client company.
    pub tenant: TenantId,
    /// The target program.
    pub program: ProgramId,
    /// Where it is.
    pub state: State,
    /// Where it was when it was paused.
    pub paused_from: Option<State>,
    /// What people wrote.
    pub document: Document,
    /// The rules, with what the target program gives them.
    pub rules: MergeRules,
    /// Who began it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// What its names in the ledger are made with.
    pub secret: String,
}

impl Project {
    /// By which other nouns know it.
    #[must_use]
    pub fn ids(&self) -> (TenantId, IntegrationProjectId) {
        (self.tenant, self.id)
    }
}

const COLUMNS: &str = "project, tenant, program, state, paused_from, document, rules, author, created_at, changed_at, secret";

/// Adds a project.
pub async fn insert(tx: &mut Tx, new: &Project) -> Result<bool, StoreError> {
    let sql = "insert into integration_project (tenant, project, code, program, state, document, rules, author,
        created_at, changed_at, held_until, secret) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 0, $10)
        on conflict do nothing";
    let params = params![
        new.tenant.0,
        new.id.0,
        new.document.code.as_str(),
        new.program.0,
        new.state.name(),
        json(&new.document)?,
        new.rules.canonical(),
        new.author.as_str(),
        new.created_at.0,
        new.secret.as_str()
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// Writes document, rules and program anew.
pub async fn describe(tx: &mut Tx, project: &Project) -> Result<(), StoreError> {
    let sql = "update integration_project set document = $3, rules = $4, program = $5, state = $6, changed_at = $7
        where tenant = $1 and project = $2";
    let params = params![
        project.tenant.0,
        project.id.0,
        json(&project.document)?,
        project.rules.canonical(),
        project.program.0,
        project.state.name(),
        project.changed_at.0
    ];
    tx.execute(sql, params).await?;
    Ok(())
}

/// Moves a project from one state to another. False when it is not there any more.
pub async fn set_state(
    tx: &mut Tx,
    project: &Project,
    to: State,
    paused_from: Option<State>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "update integration_project set state = $4, paused_from = $5, changed_at = $6
        where tenant = $1 and project = $2 and state = $3";
    let params = params![
        project.tenant.0,
        project.id.0,
        project.state.name(),
        to.name(),
        paused_from.map(State::name),
        now.0
    ];
    Ok(tx.execute(sql, params).await? == 1)
}

/// Takes hold of a project for `holder` until `until`; `None` when it was free (or the holder's own), else who has it.
pub async fn hold(
    tx: &mut Tx,
    project: &Project,
    (holder, by): (&str, &str),
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<String>, StoreError> {
    let sql = "update integration_project set holder = $3, held_by = $4, held_until = $5
        where tenant = $1 and project = $2 and (held_until <= $6 or holder = $3)";
    let key = params![project.tenant.0, project.id.0, holder, by, until.0, now.0];
    if tx.execute(sql, key).await? == 1 {
        return Ok(None);
    }
    let sql = "select held_by from integration_project where tenant = $1 and project = $2";
    let rows = tx.query(sql, params![project.tenant.0, project.id.0]).await?;
    let by = rows.first().map(|row| row.maybe_text("held_by")).transpose()?.flatten();
    Ok(Some(by.unwrap_or("somebody").to_owned()))
}

/// Lets go of a project.
pub async fn release(db: &Db, project: &Project, holder: &str) -> Result<(), StoreError> {
    let sql = "update integration_project set held_until = 0
        where tenant = $1 and project = $2 and holder = $3";
    db.execute(sql, params![project.tenant.0, project.id.0, holder]).await?;
    Ok(())
}

/// The project of a code.
pub async fn by_code(db: &Db, tenant: TenantId, code: &str) -> Result<Option<Project>, StoreError> {
    let sql = format!("select {COLUMNS} from integration_project where tenant = $1 and code = $2");
    db.query_one(&sql, params![tenant.0, code]).await?.as_ref().map(project).transpose()
}

/// The project of an id.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: IntegrationProjectId,
) -> Result<Option<Project>, StoreError> {
    let sql =
        format!("select {COLUMNS} from integration_project where tenant = $1 and project = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(project).transpose()
}

/// The tenant's projects, the newest first; without throw-away ones.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: i64,
    limit: i64,
) -> Result<Vec<Project>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_project where tenant = $1 and project < $2
         and code not like 'two-files-%' order by project desc limit $3"
    );
    db.query(&sql, params![tenant.0, before, limit]).await?.iter().map(project).collect()
}

/// Projects of any tenant whose code begins with `code` and that were begun before `before`.
pub(super) async fn begun_before(
    db: &Db,
    code: &str,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<Project>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from integration_project where code like $1 and created_at < $2 limit $3"
    );
    let pattern = format!("{code}%");
    db.query(&sql, params![pattern, before.0, limit]).await?.iter().map(project).collect()
}

/// A document as text.
pub(in super::super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Shape(error.to_string()))
}

/// A document from text.
pub(in super::super) fn parsed<T: serde::de::DeserializeOwned>(
    row: &Row,
    column: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(row.text(column)?)
        .map_err(|error| StoreError::Corrupt(format!("{column}: {error}")))
}

fn state(name: &str) -> Result<State, StoreError> {
    State::named(name).ok_or_else(|| StoreError::Corrupt(format!("a project's state is `{name}`")))
}

fn project(row: &Row) -> Result<Project, StoreError> {
    Ok(Project {
        id: IntegrationProjectId(row.int("project")?),
        tenant: TenantId(row.int("tenant")?),
        program: ProgramId(row.int("program")?),
        state: state(row.text("state")?)?,
        paused_from: row.maybe_text("paused_from")?.map(state).transpose()?,
        document: parsed(row, "document")?,
        rules: parsed(row, "rules")?,
        author: row.text("author")?.to_owned(),
        created_at: Timestamp(row.int("created_at")?),
        changed_at: Timestamp(row.int("changed_at")?),
        secret: row.text("secret")?.to_owned(),
    })
}
