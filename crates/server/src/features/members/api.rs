//! Endpoints of members: enrolled, found, changed, erased.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::{AccountId, MemberId, ProgramId};
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    Attributes, EMAIL, EnrollRefusal, Enrollment, Member, MemberKind, MemberStatus, PHONE, resolve,
    store,
};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::tenants::{self, Tenant};
use crate::http::{Access, Asked, NotKept, Page, PageQuery, Payload, Problem, Role, Scope};

/// Who may see members.
pub const READERS: &[Role] = &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin];
/// Who may change members.
pub const WRITERS: &[Role] = &[Role::Agent, Role::Backend, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/members", "members:read", WRITERS),
    Access::post("/members", "members:write", READERS),
    Access::get("/members/{member}", "members:read", READERS).and_own(),
    Access::patch("/members/{member}", "members:write", WRITERS),
    Access::delete("/members/{member}", "members:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_members, enroll_member)).routes(routes!(
        get_member,
        change_member,
        erase_member
    ))
}

/// Somebody to enroll: an e-mail address alone is enough.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// An e-mail address.
    #[serde(default)]
    #[schema(example = "ana@example.com")]
    email: Option<String>,
    /// A phone number; a local one is completed with the tenant's country.
    #[serde(default)]
    phone: Option<String>,
    /// Further tokens that shall resolve to the member.
    #[serde(default)]
    identifiers: Vec<IdentifierBody>,
    /// `person`, the default, or `company`.
    #[serde(default)]
    #[schema(example = "person")]
    kind: Option<String>,
    /// The language: `es-ES`, `es-MX` or `en`.
    #[serde(default)]
    locale: Option<String>,
    /// What the tenant's schema of member attributes allows.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: Attributes,
    /// The code of the program to join; the only one of the tenant when absent.
    #[serde(default)]
    program: Option<String>,
    /// Since when; now when absent, never in the future.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    enrolled_at: Option<Timestamp>,
}

/// A token that resolves to a member.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentifierBody {
    /// `email`, `phone`, `card`, `external`, or one of the tenant's own.
    #[schema(example = "card")]
    pub scheme: String,
    /// The token.
    #[schema(example = "8400 1234")]
    pub value: String,
}

/// Who was enrolled. Without personal data, because the answer is kept for its idempotency key.
#[derive(Debug, Serialize, ToSchema)]
pub struct EnrolledView {
    /// The member.
    #[schema(value_type = String, example = "mbr_0000000000001")]
    id: MemberId,
    /// Its account, in all programs of the tenant.
    #[schema(value_type = String, example = "acc_0000000000001")]
    account: AccountId,
    /// `person` or `company`.
    kind: &'static str,
    /// `active`.
    status: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    enrolled_at: Timestamp,
}

/// A member.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    /// Its id.
    #[schema(value_type = String, example = "mbr_0000000000001")]
    id: MemberId,
    /// Its account, in all programs of the tenant.
    #[schema(value_type = String, example = "acc_0000000000001")]
    account: AccountId,
    /// `person` or `company`.
    kind: &'static str,
    /// `active`, `suspended` or `erased`.
    status: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    enrolled_at: Timestamp,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'static str>,
    /// What is known of the member.
    #[schema(value_type = Object)]
    attributes: Attributes,
}

/// What shall change of a member; absent fields stay as they are.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// The language: `es-ES`, `es-MX` or `en`.
    #[serde(default)]
    locale: Option<String>,
    /// `active` or `suspended`.
    #[serde(default)]
    status: Option<String>,
    /// Attributes to set; `null` takes one away.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: Attributes,
}

/// The tenant's members, in the order of their enrollment.
#[utoipa::path(get, path = "/members", tag = "members", params(PageQuery),
    responses((status = 200, body = Page<MemberView>)))]
async fn list_members(
    scope: Scope<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Json<Page<MemberView>>, Problem> {
    let wish = query.window::<i64>("members")?;
    let after = MemberId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&scope.app.db, scope.tenant, after, limit).await?;
    Ok(Json(Page::of("members", wish.limit, found, |member| member.id.0, view)))
}

/// Enrolls somebody and lets him or her join a program. A person who was erased before may come back this way.
#[utoipa::path(post, path = "/members", tag = "members", request_body = NewMember,
    responses((status = 201, body = EnrolledView)))]
async fn enroll_member(
    scope: Scope<App>,
    Payload(new): Payload<NewMember>,
) -> Result<(StatusCode, Json<EnrolledView>), Problem> {
    let program = program(&scope, new.program.as_deref()).await?;
    let enrollment = enrollment(&scope, new, program)?;
    let tenant = tenant(&scope).await?;
    let (db, ids) = (&scope.app.db, &scope.app.ids);
    let member = super::enroll(db, ids, &tenant, &enrollment, scope.now).await?;
    let answer = EnrolledView {
        id: member.id,
        account: member.account,
        kind: member.kind.name(),
        status: member.status.name(),
        enrolled_at: member.enrolled_at,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// A member, by id, by any identifier (`ext:email:ana@example.com`), or `me`.
#[utoipa::path(get, path = "/members/{member}", tag = "members",
    params(("member" = String, Path)), responses((status = 200, body = MemberView)))]
async fn get_member(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<Json<MemberView>, Problem> {
    Ok(Json(view(resolve(&scope, &member).await?)))
}

/// Changes a member's language, status or attributes.
#[utoipa::path(patch, path = "/members/{member}", tag = "members",
    params(("member" = String, Path)), request_body = MemberChange,
    responses((status = 200, body = MemberView)))]
async fn change_member(
    scope: Scope<App>,
    Path(member): Path<String>,
    Payload(change): Payload<MemberChange>,
) -> Result<NotKept<Json<MemberView>>, Problem> {
    let mut member = resolve(&scope, &member).await?;
    if let Some(locale) = &change.locale {
        let parsed =
            locale.parse().map_err(|why: String| Problem::field("/locale", "invalid", why))?;
        member.locale = Some(parsed);
    }
    if let Some(status) = &change.status {
        let allowed = MemberStatus::named(status).filter(|status| *status != MemberStatus::Erased);
        member.status = allowed
            .ok_or_else(|| Problem::field("/status", "invalid", "must be active or suspended"))?;
    }
    for (name, value) in change.attributes {
        if value.is_null() {
            member.attributes.remove(&name);
        } else {
            member.attributes.insert(name, value);
        }
    }
    let errors = tenant(&scope).await?.config.member_attributes.check(&member.attributes);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    if !store::update(&scope.app.db, &member).await? {
        return Err(Problem::not_found("member_not_found"));
    }
    if change.status.is_some() {
        let detail = json!({ "status": member.status.name() });
        let mut tx = scope.app.db.begin().await?;
        audit::record(&mut tx, &Deed::of(&scope, "member.status_set", member.id, detail)).await?;
        tx.commit().await?;
    }
    Ok(NotKept(Json(view(member))))
}

/// Erases a person: name, identifiers and attributes go for good; the account keeps its numbers without them.
#[utoipa::path(delete, path = "/members/{member}", tag = "members",
    params(("member" = String, Path)), responses((status = 204)))]
async fn erase_member(
    scope: Scope<App>,
    Path(member): Path<String>,
) -> Result<StatusCode, Problem> {
    let member = resolve(&scope, &member).await?;
    if !super::erase(&scope.app.db, scope.tenant, member.id, scope.now).await? {
        return Err(Problem::not_found("member_not_found"));
    }
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(&scope, "member.erased", member.id, json!({}))).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The scope's tenant with its settings.
pub async fn tenant(scope: &Scope<App>) -> Result<Tenant, Problem> {
    let found = tenants::store::by_id(&scope.app.db, scope.tenant).await?;
    found.ok_or_else(|| Problem::not_found("tenant_not_found"))
}

/// The program of a code; without one the only one there is, or none.
pub async fn program(scope: &Scope<App>, code: Option<&str>) -> Result<Option<ProgramId>, Problem> {
    let programs = scope.app.programs.current(scope.tenant).await?;
    let mut all = programs.ids().filter_map(|id| programs.latest(id));
    match code {
        Some(code) => match all.find(|program| program.code == code) {
            Some(program) => Ok(Some(program.id)),
            None => Err(Problem::not_found("program_not_found")),
        },
        None => {
            let only = all.next().map(|program| program.id);
            Ok(if all.next().is_none() { only } else { None })
        }
    }
}

fn enrollment(
    scope: &Scope<App>,
    new: NewMember,
    program: Option<ProgramId>,
) -> Result<Enrollment, Problem> {
    let kind = match new.kind.as_deref() {
        None => MemberKind::Person,
        Some(name) => MemberKind::named(name)
            .ok_or_else(|| Problem::field("/kind", "invalid", "must be person or company"))?,
    };
    let locale = new.locale.as_deref().map(str::parse).transpose();
    let locale = locale.map_err(|why: String| Problem::field("/locale", "invalid", why))?;
    let enrolled_at = new.enrolled_at.unwrap_or(scope.now);
    if enrolled_at > scope.now {
        return Err(Problem::field("/enrolled_at", "in_future", "lies in the future"));
    }
    let short = [(EMAIL, new.email), (PHONE, new.phone)];
    let short = short.into_iter().filter_map(|(scheme, value)| Some((scheme.to_owned(), value?)));
    let listed = new.identifiers.into_iter().map(|one| (one.scheme, one.value));
    let identifiers = listed.chain(short).collect();
    let attributes = new.attributes;
    Ok(Enrollment { kind, identifiers, locale, attributes, program, enrolled_at })
}

impl From<EnrollRefusal> for Problem {
    fn from(refusal: EnrollRefusal) -> Self {
        match refusal {
            EnrollRefusal::Invalid(errors) => errors.into(),
            EnrollRefusal::IdentifierTaken(scheme) => {
                Self::new(409, "identifier_taken").with("scheme", scheme)
            }
            EnrollRefusal::NoMember => Self::not_found("member_not_found"),
            EnrollRefusal::Store(error) => error.into(),
        }
    }
}

fn view(member: Member) -> MemberView {
    MemberView {
        id: member.id,
        account: member.account,
        kind: member.kind.name(),
        status: member.status.name(),
        enrolled_at: member.enrolled_at,
        locale: member.locale.map(crate::i18n::Locale::tag),
        attributes: member.attributes,
    }
}
