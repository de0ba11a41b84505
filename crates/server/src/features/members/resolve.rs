//! How callers name a member: by id, as `me`, or by any identifier written `ext:<scheme>:<value>`.

use lazo_domain::event::Facts;
use lazo_domain::ids::MemberId;

use super::{EXTERNAL, Identifier, Member, MemberStatus, store};
use crate::App;
use crate::features::tenants;
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
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let found = if let Some(named) = text.strip_prefix(BY_IDENTIFIER) {
        let (scheme, value) = named.split_once(':').unwrap_or((EXTERNAL, named));
        let country = tenants::store::by_id(db, tenant).await?.map(|t| t.config.country);
        match Identifier::new(scheme, value, &country.unwrap_or_default()) {
            Ok(identifier) => store::by_identifier(db, tenant, &identifier).await?,
            Err(_) => None,
        }
    } else if text == ME {
        let (own, _) = scope.member().ok_or_else(missing)?;
        store::by_id(db, tenant, own).await?
    } else {
        let id: MemberId = text.parse().map_err(|_| missing())?;
        store::by_id(db, tenant, id).await?
    };
    let member = found.filter(|m| m.status != MemberStatus::Erased).ok_or_else(missing)?;
    scope.own_member(member.id)?;
    Ok(member)
}

/// As [`resolve`], and refuses a member who does not take part at present.
pub async fn resolve_active(scope: &Scope<App>, text: &str) -> Result<Member, Problem> {
    let member = resolve(scope, text).await?;
    if member.status != MemberStatus::Active {
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
