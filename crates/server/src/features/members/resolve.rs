//! How callers name a member: by id, as `me`, or by any identifier written `ext:<scheme>:<value>`.

use lazo_domain::event::Facts;
use lazo_domain::ids::MemberId;

use super::{EXTERNAL, Identifier, Member, MemberStatus};
use crate::App;
use crate::http::{Problem, Scope};

/// What an identifier is written with.
const BY_IDENTIFIER: &str = "ext:";
/// How a member names himself or herself.
const ME: &str = "me";

/// The member that `text` names, if the caller may see it: `mbr_…`, `me`, `ext:email:ana@example.com`, `ext:123`.
///
/// Whoever is not there, was erased, or is not the member who calls, is not found.
pub async fn resolve(scope: &Scope<App>, text: &str) -> Result<Member, Problem> {
    let missing = || Problem::not_found("member_not_found");
    if text.contains('\0') {
        return Err(missing());
    }
    let (lookups, tenant) = (&scope.app.lookups, scope.tenant);
    let found = if let Some(named) = text.strip_prefix(BY_IDENTIFIER) {
        let (scheme, value) = named.split_once(':').unwrap_or((EXTERNAL, named));
        let country = scope.caller.tenancy.as_ref().map_or("", |tenancy| &tenancy.country);
        match Identifier::new(scheme, value, country) {
            Ok(name) => lookups.identifiers.get((tenant, name.scheme, name.value)).await?,
            Err(_) => None,
        }
    } else if text == ME {
        let (own, _) = scope.member().ok_or_else(missing)?;
        lookups.members.get((tenant, own)).await?
    } else {
        let id: MemberId = text.parse().map_err(|_| missing())?;
        lookups.members.get((tenant, id)).await?
    };
    let member = found.filter(|m| m.status != MemberStatus::Erased).ok_or_else(missing)?;
    scope.own_member(member.id)?;
    Ok(member)
}

/// As [`resolve`], and refuses a member who does not take part at present.
pub async fn resolve_active(scope: &Scope<App>, text: &str) -> Result<Member, Problem> {
    let member = resolve(scope, text).await?;
    if member.status != MemberStatus::Active && !scope.caller.again {
        return Err(Problem::new(409, "member_suspended"));
    }
    Ok(member)
}

/// What rules may know of a member.
#[must_use]
pub fn facts(member: &Member) -> Facts {
    let attributes = super::for_rules(&member.attributes);
    Facts { member: member.id, attributes, ..Facts::default() }
}
