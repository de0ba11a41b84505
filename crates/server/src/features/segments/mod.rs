//! Segments: audiences described by a condition over what is known of members, counted when somebody asks, and counted
//! apart by whether the people in them may be written to.

pub mod address;
pub mod api;
pub mod console;
mod console_form;
mod console_rfm;
pub mod count;
pub mod expression;
pub mod facts;
mod guided;
pub mod rfm;
pub mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use lazo_domain::ids::{ProgramId, SegmentId};
use lazo_domain::program::Program;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use serde_json::json;

pub use count::{Audience, EMAIL, POST, Reach, Seen, count};
pub use expression::Condition;
pub use guided::Guided;

use super::audit::{self, Deed};
use super::tenants::Tenant;
use super::{programs, tenants};
use crate::App;
use crate::http::{Problem, Role, Scope};

/// Who may see audiences.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may make them.
pub const WRITERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Admin];
/// The longest name.
const MAX_NAME: usize = 120;

/// An audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its id.
    pub id: SegmentId,
    /// Of which program's members.
    pub program: ProgramId,
    /// What people call it.
    pub name: String,
    /// Who is in it, in CEL.
    pub condition: String,
    /// The guided form that made the condition, if one did.
    pub guided: Option<Guided>,
    /// Who made it.
    pub author: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}

/// An audience as people write it: a condition, or the guided form.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SegmentBody)]
pub struct Written {
    /// The program's code; the only one of the tenant when absent.
    #[serde(default)]
    pub program: Option<String>,
    /// What people call it.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// Who is in it, in CEL, such as `balance >= 500 && days_since_purchase > 60`.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub condition: Option<String>,
    /// The guided form instead of a condition.
    #[serde(default)]
    pub guided: Option<Guided>,
}

/// A checked condition with the program whose members it is about.
pub struct Asked {
    /// Whose members.
    pub tenant: Arc<Tenant>,
    /// Of which program.
    pub program: Arc<Program>,
    /// The condition's text.
    pub text: String,
    /// The condition.
    pub condition: Condition,
}

/// Checks a condition or a guided form against the names that the program has.
pub async fn check(
    scope: &Scope<App>,
    program: Option<&str>,
    condition: Option<&str>,
    guided: Option<&Guided>,
) -> Result<Asked, Problem> {
    let tenant = own_tenant(scope).await?;
    let program = program_of(scope, program).await?;
    let (pointer, text) = match (condition, guided) {
        (Some(text), None) => ("/condition", text.trim().to_owned()),
        (None, Some(guided)) => ("/guided", guided.condition()),
        _ => {
            let detail = "write a condition or fill in the guided form, one of them";
            return Err(Problem::field("/condition", "required", detail));
        }
    };
    let found = condition_of(&scope.app, &tenant, &program, &text, scope.now).await?;
    let condition = found.map_err(|why| Problem::field(pointer, "condition", why))?;
    Ok(Asked { tenant, program, text, condition })
}

/// A condition over a program's members, with the quintiles of the day where it asks for scores; or why it is none.
pub async fn condition_of(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    text: &str,
    now: Timestamp,
) -> Result<Result<Condition, String>, StoreError> {
    match Condition::compile(text, &facts::vocabulary(tenant, program)) {
        Ok(condition) if condition.asks_scores() => {
            let scale = rfm::scale(app, tenant, program, now).await?;
            Ok(Ok(condition.among(Arc::clone(&scale.bounds))))
        }
        other => Ok(other),
    }
}

/// The caller's tenant.
pub async fn own_tenant(scope: &Scope<App>) -> Result<Arc<Tenant>, Problem> {
    let found = scope.app.lookups.tenants.get(scope.tenant).await?;
    found.ok_or_else(|| Problem::not_found("tenant_not_found"))
}

/// The program of a code, or the tenant's first when nobody says, in its latest version.
pub async fn program_of(scope: &Scope<App>, code: Option<&str>) -> Result<Arc<Program>, Problem> {
    let programs = programs::of(scope).await?;
    let mut all = programs.ids().filter_map(|id| programs.latest(id));
    let found = match code.filter(|code| !code.is_empty()) {
        Some(code) => all.find(|program| program.code == code),
        None => all.next(),
    };
    found.cloned().ok_or_else(|| Problem::field("/program", "choice", "is no program in use"))
}

/// Makes an audience.
pub async fn make(scope: &Scope<App>, written: &Written) -> Result<Segment, Problem> {
    let Asked { program, text, .. } = asked(scope, written).await?;
    let now = scope.caller.real_now;
    let segment = Segment {
        id: SegmentId(scope.app.ids.next()),
        program: program.id,
        name: written.name.trim().to_owned(),
        condition: text,
        guided: written.guided.clone(),
        author: scope.actor().to_owned(),
        created_at: now,
        changed_at: now,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, &segment).await?;
    let detail = json!({ "condition": segment.condition });
    audit::record(&mut tx, &Deed::of(scope, "segment.made", segment.id, detail)).await?;
    tx.commit().await?;
    Ok(segment)
}

/// Changes an audience. Campaigns that were drawn keep the people they have.
pub async fn change(
    scope: &Scope<App>,
    id: SegmentId,
    written: &Written,
) -> Result<Segment, Problem> {
    let mut segment = get(scope, id).await?;
    let Asked { program, text, .. } = asked(scope, written).await?;
    segment.program = program.id;
    segment.name = written.name.trim().to_owned();
    segment.condition = text;
    segment.guided.clone_from(&written.guided);
    segment.changed_at = scope.caller.real_now;
    let mut tx = scope.app.db.begin().await?;
    store::update(&mut tx, scope.tenant, &segment).await?;
    let detail = json!({ "condition": segment.condition });
    audit::record(&mut tx, &Deed::of(scope, "segment.changed", id, detail)).await?;
    tx.commit().await?;
    Ok(segment)
}

async fn asked(scope: &Scope<App>, written: &Written) -> Result<Asked, Problem> {
    let length = written.name.trim().chars().count();
    if !(1..=MAX_NAME).contains(&length) || written.name.chars().any(char::is_control) {
        let detail = "must have 1 to 120 printable characters";
        return Err(Problem::field("/name", "required", detail));
    }
    let (program, condition) = (written.program.as_deref(), written.condition.as_deref());
    check(scope, program, condition, written.guided.as_ref()).await
}

/// One audience.
pub async fn get(scope: &Scope<App>, id: SegmentId) -> Result<Segment, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("segment_not_found"))
}

/// An audience with its program and its condition as it can be asked now, outside of any request.
pub async fn compiled(
    app: &App,
    tenant: lazo_domain::ids::TenantId,
    id: SegmentId,
    now: Timestamp,
) -> Result<Option<Asked>, StoreError> {
    let Some(segment) = store::by_id(&app.db, tenant, id).await? else { return Ok(None) };
    let Some(owner) = tenants::store::by_id(&app.db, tenant).await? else { return Ok(None) };
    let programs = app.programs.current(tenant).await?;
    let Some(program) = programs.latest(segment.program).cloned() else { return Ok(None) };
    let compiled = condition_of(app, &owner, &program, &segment.condition, now).await?;
    Ok(compiled.ok().map(|condition| Asked {
        tenant: Arc::new(owner),
        program,
        text: segment.condition,
        condition,
    }))
}
