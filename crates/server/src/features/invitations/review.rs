//! A person's word on an invitation: one that is held may go on, and any that was not taken back may be refused.

use lazo_domain::ids::InvitationId;
use serde_json::json;

use super::{Invitation, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Problem, Scope};

/// The longest reason.
const MAX_REASON: usize = 500;

/// Lets a held invitation go on, or refuses one with a reason. What was paid for it is taken back.
pub async fn decide(
    scope: &Scope<App>,
    id: InvitationId,
    approved: bool,
    reason: &str,
) -> Result<Invitation, Problem> {
    let mut it = get(scope, id).await?;
    let reason = reason.trim();
    if !approved && !(1..=MAX_REASON).contains(&reason.chars().count()) {
        let detail = format!("say why, in at most {MAX_REASON} characters");
        return Err(Problem::field("/reason", "required", detail));
    }
    let real = scope.caller.real_now;
    match (it.state.as_str(), approved) {
        ("held", true) => {
            "waiting".clone_into(&mut it.state);
            it.reason = String::new();
            it.next_at = Some(real);
        }
        ("held" | "waiting" | "over_limit", false) => {
            "refused".clone_into(&mut it.state);
            it.next_at = None;
        }
        ("paid", false) => {
            "taking_back".clone_into(&mut it.state);
            it.taken_back_at = Some(scope.now);
            it.next_at = Some(real);
        }
        _ => return Err(Problem::new(409, "invitation_state").with("state", it.state)),
    }
    if !approved {
        it.reason = reason.to_owned();
    }
    let mut tx = scope.app.db.begin().await?;
    if !store::update(&mut tx, &it).await? {
        return Err(Problem::new(409, "invitation_changed"));
    }
    let action = if approved { "invitation.approved" } else { "invitation.refused" };
    let detail = json!({ "inviter": it.inviter, "invited": it.invited });
    audit::record(&mut tx, &Deed::of(scope, action, id, detail).because(reason)).await?;
    tx.commit().await?;
    Ok(it)
}

/// One invitation.
pub async fn get(scope: &Scope<App>, id: InvitationId) -> Result<Invitation, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, id).await?;
    found.ok_or_else(|| Problem::not_found("invitation_not_found"))
}
