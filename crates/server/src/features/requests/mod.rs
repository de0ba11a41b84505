//! Requests: what a client asks, wonders about or wants changed, with its clock; and the way of a change from the wish
//! over its impact and the word of those it concerns to a released version and its measured effect.

pub mod api;
pub mod change;
pub mod console;
mod console_open;
pub mod jobs;
pub mod sla;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{ProgramId, RequestId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::audit::{self, Deed};
use super::{kpis, tenants};
use crate::App;
use crate::http::{Problem, Role, Scope};

/// Who may see and open requests.
pub const READERS: &[Role] =
    &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// What a request may be.
pub const KINDS: &[&str] = &["comment", "question", "analysis", "problem", "change"];
/// How much it presses.
pub const PRIORITIES: &[&str] = &["low", "normal", "high", "urgent"];

/// A number as it was when somebody asked about it. It stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RequestFigure {
    /// Which indicator.
    pub kpi: String,
    /// Its value, in the indicator's unit.
    pub value: i64,
    /// When it was read.
    #[schema(value_type = String, format = DateTime)]
    pub as_of: Timestamp,
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its id.
    pub id: RequestId,
    /// One of [`KINDS`].
    pub kind: String,
    /// In one line.
    pub title: String,
    /// In full.
    pub body: String,
    /// The number that it is about.
    pub figure: Option<RequestFigure>,
    /// `open`, `answered`, `in_approval`, `approved`, `rejected`, `released`, `measured` or `closed`.
    pub state: String,
    /// One of [`PRIORITIES`].
    pub priority: String,
    /// Who asked.
    pub asked_by: String,
    /// Who sees to it.
    pub owner: Option<String>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// By when somebody must have answered.
    pub answer_due: Timestamp,
    /// When somebody did.
    pub answered_at: Option<Timestamp>,
    /// By when it must be done.
    pub resolve_due: Timestamp,
    /// When it was.
    pub resolved_at: Option<Timestamp>,
    /// When it was handed up because its time had run out.
    pub escalated_at: Option<Timestamp>,
    /// The program and the version of it that makes the change.
    pub version: Option<(ProgramId, i64)>,
    /// What the change would do, by backtest.
    pub impact: Option<Value>,
    /// What it did.
    pub result: Option<Value>,
}

impl Request {
    /// Is something still to be done?
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.state.as_str(), "closed" | "rejected" | "measured")
    }

    /// The instant that its clock runs to now: the answer first, then the end.
    #[must_use]
    pub fn due(&self) -> Option<Timestamp> {
        match (self.is_open(), self.answered_at) {
            (false, _) => None,
            (true, None) => Some(self.answer_due),
            (true, Some(_)) => Some(self.resolve_due),
        }
    }
}

/// Something to ask.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequest {
    /// `comment`, `question`, `analysis`, `problem` or `change`.
    pub kind: String,
    /// In one line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// In full.
    #[serde(default)]
    #[schema(max_length = 4000)]
    pub body: String,
    /// `low`, `normal`, `high` or `urgent`; normal when absent.
    #[serde(default)]
    pub priority: Option<String>,
    /// The indicator that it is about; its latest reading is kept with the request.
    #[serde(default)]
    pub kpi: Option<String>,
}

/// Opens a request in the caller's name; its clock runs in the tenant's business hours.
pub async fn open(scope: &Scope<App>, new: NewRequest) -> Result<Request, Problem> {
    let priority = new.priority.unwrap_or_else(|| "normal".to_owned());
    one_of("/kind", &new.kind, KINDS)?;
    one_of("/priority", &priority, PRIORITIES)?;
    let title = line("/title", &new.title)?;
    text("/body", &new.body)?;
    let figure = match &new.kpi {
        Some(name) => Some(figure(scope, name).await?),
        None => None,
    };
    let zone = zone(scope).await?;
    let now = scope.caller.real_now;
    let request = Request {
        id: RequestId(scope.app.ids.next()),
        answer_due: sla::due(now, sla::answer_minutes(&priority), &zone),
        resolve_due: sla::due(now, sla::resolve_minutes(&new.kind, &priority), &zone),
        kind: new.kind,
        title,
        body: new.body.trim().to_owned(),
        figure,
        state: "open".to_owned(),
        priority,
        asked_by: scope.actor().to_owned(),
        owner: None,
        opened_at: now,
        answered_at: None,
        resolved_at: None,
        escalated_at: None,
        version: None,
        impact: None,
        result: None,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, &request).await?;
    let detail = json!({ "kind": request.kind, "priority": request.priority });
    audit::record(&mut tx, &Deed::of(scope, "request.opened", request.id, detail)).await?;
    tx.commit().await?;
    Ok(request)
}

async fn figure(scope: &Scope<App>, name: &str) -> Result<RequestFigure, Problem> {
    let wrong = || Problem::field("/kpi", "choice", "is no indicator that was read");
    let kpi = kpis::Kpi::named(name).ok_or_else(wrong)?;
    let found = kpis::store::of(&scope.app.db, scope.tenant, kpi, 1).await?;
    let reading = found.first().ok_or_else(wrong)?;
    Ok(RequestFigure { kpi: kpi.name().to_owned(), value: reading.value, as_of: reading.at })
}

/// The tenant's zone.
pub async fn zone(scope: &Scope<App>) -> Result<lazo_domain::time::Zone, Problem> {
    let tenant = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    tenant.map(|t| t.config.time_zone).ok_or_else(|| Problem::not_found("tenant_not_found"))
}

/// One request.
pub async fn get(scope: &Scope<App>, id: RequestId) -> Result<Request, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("request_not_found"))
}

/// Says something on a request. The first word of somebody else is its answer.
pub async fn say(scope: &Scope<App>, id: RequestId, words: &str) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    text("/body", words)?;
    if words.trim().is_empty() {
        return Err(Problem::field("/body", "required", "say something"));
    }
    let now = scope.caller.real_now;
    if request.answered_at.is_none() && request.asked_by != scope.actor() {
        request.answered_at = Some(now);
        if request.state == "open" {
            request.state = "answered".to_owned();
        }
        request.owner.get_or_insert_with(|| scope.actor().to_owned());
    }
    let mut tx = scope.app.db.begin().await?;
    let message = scope.app.ids.next();
    store::say(&mut tx, scope.tenant, id, (message, scope.actor(), now, words.trim())).await?;
    store::update(&mut tx, scope.tenant, &request).await?;
    audit::record(&mut tx, &Deed::of(scope, "request.spoken", id, json!({}))).await?;
    tx.commit().await?;
    Ok(request)
}

/// Sorts a request: what it is, how much it presses, who sees to it. A new kind or priority sets its clock anew, from
/// when it was opened.
pub async fn sort(
    scope: &Scope<App>,
    id: RequestId,
    kind: &str,
    priority: &str,
    mine: bool,
) -> Result<Request, Problem> {
    one_of("/kind", kind, KINDS)?;
    one_of("/priority", priority, PRIORITIES)?;
    let mut request = get(scope, id).await?;
    if !request.is_open() {
        return Err(Problem::new(409, "request_closed"));
    }
    let zone = zone(scope).await?;
    request.answer_due = sla::due(request.opened_at, sla::answer_minutes(priority), &zone);
    request.resolve_due = sla::due(request.opened_at, sla::resolve_minutes(kind, priority), &zone);
    request.kind = kind.to_owned();
    request.priority = priority.to_owned();
    if mine {
        request.owner = Some(scope.actor().to_owned());
    }
    let detail = json!({ "kind": kind, "priority": priority });
    keep(scope, &request, "request.sorted", detail).await?;
    Ok(request)
}

/// Ends a request.
pub async fn close(scope: &Scope<App>, id: RequestId) -> Result<Request, Problem> {
    let mut request = get(scope, id).await?;
    if !request.is_open() {
        return Err(Problem::new(409, "request_closed"));
    }
    // R5: what changed the program is only done when its effect was looked at.
    if request.state == "released" {
        return Err(Problem::new(409, "request_unmeasured"));
    }
    request.state = "closed".to_owned();
    request.resolved_at = Some(scope.caller.real_now);
    keep(scope, &request, "request.closed", json!({})).await?;
    Ok(request)
}

/// Keeps a request as it is now, with the deed that made it so.
async fn keep(
    scope: &Scope<App>,
    request: &Request,
    action: &str,
    detail: Value,
) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    store::update(&mut tx, scope.tenant, request).await?;
    audit::record(&mut tx, &Deed::of(scope, action, request.id, detail)).await?;
    tx.commit().await?;
    Ok(())
}

fn one_of(pointer: &str, word: &str, choices: &[&str]) -> Result<(), Problem> {
    if choices.contains(&word) {
        return Ok(());
    }
    Err(Problem::field(pointer, "choice", format!("must be one of {}", choices.join(", "))))
}

fn line(pointer: &str, words: &str) -> Result<String, Problem> {
    let words = words.trim();
    if !(1..=200).contains(&words.chars().count()) || words.chars().any(char::is_control) {
        return Err(Problem::field(pointer, "required", "must have 1 to 200 printable characters"));
    }
    Ok(words.to_owned())
}

fn text(pointer: &str, words: &str) -> Result<(), Problem> {
    if words.chars().count() > 4_000 {
        return Err(Problem::field(pointer, "too_long", "must have at most 4000 characters"));
    }
    Ok(())
}
