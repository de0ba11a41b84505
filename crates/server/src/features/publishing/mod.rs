//! Publishing: a draft goes live when a second person says so and nobody's word is missing: the discovery where the
//! tenant asks for it, the six functions where it asks for them. All doors to a live version lead through here.

pub mod api;
#[cfg(test)]
mod tests;

use lazo_domain::program::ProgramState;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError};
use serde_json::json;

use super::audit::{self, Deed};
use super::discovery::{self, Question};
use super::programs::{self, PublishRefusal, Version, VersionState};
use super::sign_offs;
use super::tenants::{self, Tenant};
use crate::App;
use crate::http::{Problem, Scope};

/// Why a draft does not go live.
#[derive(Debug, thiserror::Error)]
pub enum Withheld {
    /// The draft itself, or who publishes it.
    #[error(transparent)]
    Draft(#[from] PublishRefusal),
    /// The program would be built before its client is understood.
    #[error("the discovery is not complete: {}", names(.0).join(", "))]
    Discovery(Vec<Question>),
    /// Functions have not signed this version.
    #[error("these functions have not signed: {}", .0.join(", "))]
    SignOffs(Vec<&'static str>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Withheld {
    /// The stable code of this reason, as callers see it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Draft(refusal) => refusal.code(),
            Self::Discovery(_) => "discovery_incomplete",
            Self::SignOffs(_) => "sign_offs_missing",
            Self::Store(_) => "unavailable",
        }
    }
}

impl From<Withheld> for Problem {
    fn from(withheld: Withheld) -> Self {
        match withheld {
            Withheld::Draft(refusal) => refusal.into(),
            Withheld::Discovery(open) => {
                Self::new(409, "discovery_incomplete").with("open", names(&open).join(", "))
            }
            Withheld::SignOffs(missing) => {
                Self::new(409, "sign_offs_missing").with("missing", missing.join(", "))
            }
            Withheld::Store(error) => error.into(),
        }
    }
}

fn names(questions: &[Question]) -> Vec<&'static str> {
    questions.iter().map(|question| question.name()).collect()
}

/// Publishes the draft of a program in the name of `publisher`, when nothing stands in its way.
pub async fn publish(
    db: &Db,
    tenant: &Tenant,
    code: &str,
    (publisher, shown): (&str, Option<i64>),
    now: Timestamp,
) -> Result<Version, Withheld> {
    if let Some(head) = programs::store::by_code(db, tenant.id, code).await? {
        let versions = programs::store::versions(db, tenant.id, head.id).await?;
        let of = |state| versions.iter().find(|version| version.state == state);
        if let Some(draft) = of(VersionState::Draft) {
            let live = of(VersionState::Published).map(|live| live.config.state);
            if begins_to_be_built(live, draft.config.state) {
                let open = discovery::in_the_way(db, tenant.id).await?;
                if !open.is_empty() {
                    return Err(Withheld::Discovery(open));
                }
            }
            let missing = sign_offs::lacking(db, tenant.id, draft, publisher).await?;
            if !missing.is_empty() {
                return Err(Withheld::SignOffs(missing));
            }
        }
    }
    Ok(programs::publish_shown(db, tenant, code, (publisher, shown), now).await?)
}

/// Does a program leave the states in which it is only thought about?
fn begins_to_be_built(live: Option<ProgramState>, to: ProgramState) -> bool {
    let thought = |state| matches!(state, ProgramState::Discovery | ProgramState::Design);
    live.is_none_or(thought) && !thought(to)
}

/// Publishes the draft that waits, in the caller's name.
///
/// With `shown`, only if it is the version that the caller looked at.
pub async fn publish_by(
    scope: &Scope<App>,
    code: &str,
    shown: Option<i64>,
) -> Result<Version, Problem> {
    let db = &scope.app.db;
    let tenant = tenants::store::by_id(db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let version = publish(db, &tenant, code, (scope.actor(), shown), scope.caller.real_now).await?;
    let detail = json!({ "version": version.version, "author": version.author });
    let mut tx = db.begin().await?;
    let deed = Deed::of(scope, "program.published", version.program, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(version)
}
