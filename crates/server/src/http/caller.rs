//! The caller as handlers see it, and the scope of one tenant: the only way to reach tenant data.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use lazo_domain::ids::{AccountId, MemberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::RequestKey;

use super::frame::Tenancy;
use super::principal::{Holder, Principal, Role};
use super::problem::Problem;
use crate::i18n::Locale;

/// Who asks, for which tenant, when and in which language. The gate puts it into the request.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who proved to be it.
    pub principal: Principal,
    /// The tenant that the request is about, if it is about one.
    pub tenancy: Option<Tenancy>,
    /// The real clock's instant when the request came in.
    pub real_now: Timestamp,
    /// The language of the answer.
    pub locale: Locale,
    /// The request's id.
    pub request_id: String,
    /// Is all that the endpoint does one posting?
    pub one_posting: bool,
    /// The request's own key, where the posting puts it on record.
    pub key: Option<RequestKey>,
    /// Was this request done before, and is only its answer wanted again?
    pub again: bool,
    /// The request's idempotency key as it was given.
    pub given_key: Option<String>,
}

impl Caller {
    /// A member for whom a job does what he or she could ask for.
    #[must_use]
    pub fn in_place_of(
        (member, account): (MemberId, AccountId),
        tenancy: Tenancy,
        real_now: Timestamp,
        locale: Locale,
    ) -> Self {
        let principal = Principal {
            actor: format!("member:{member}"),
            holder: Holder::Member { member, account },
            grants: Vec::new(),
            home: Some(tenancy.id),
            scopes: None,
        };
        Self {
            principal,
            tenancy: Some(tenancy),
            real_now,
            locale,
            request_id: String::new(),
            one_posting: false,
            key: None,
            again: false,
            given_key: None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::new(401, "unauthenticated"))
    }
}

/// A caller within one tenant, and the application `app` to do things with.
#[derive(Debug, Clone)]
pub struct Scope<S> {
    /// The application.
    pub app: S,
    /// Who asks.
    pub caller: Caller,
    /// The tenant that everything happens in.
    pub tenant: TenantId,
    /// What time it is for the tenant: its test clock's, else the real one's.
    pub now: Timestamp,
}

impl<S: Clone + Send + Sync> FromRequestParts<S> for Scope<S> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let Some(tenancy) = &caller.tenancy else {
            return Err(Problem::new(400, "tenant_required"));
        };
        let (tenant, now) = (tenancy.id, tenancy.now(caller.real_now));
        Ok(Self { app: state.clone(), caller, tenant, now })
    }
}

impl<S> Scope<S> {
    /// How the journal and the audit log name the caller.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.caller.principal.actor
    }

    /// The language of the answer.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.caller.locale
    }

    /// Is the caller this in the tenant?
    #[must_use]
    pub fn is(&self, role: Role) -> bool {
        self.caller.principal.is(role, Some(self.tenant))
    }

    /// Refuses a key that is narrowed to less than `wanted`.
    pub fn may(&self, wanted: &str) -> Result<(), Problem> {
        if self.caller.principal.carries(wanted) {
            return Ok(());
        }
        Err(Problem::new(403, "scope_missing").with("scope", wanted))
    }

    /// Refuses a key that is narrowed at all: what it asks for would give somebody more than it has.
    pub fn may_all(&self) -> Result<(), Problem> {
        self.may("*")
    }

    /// The member who calls, if a member does.
    #[must_use]
    pub fn member(&self) -> Option<(MemberId, AccountId)> {
        match self.caller.principal.holder {
            Holder::Member { member, account } => Some((member, account)),
            Holder::Key | Holder::Staff => None,
        }
    }

    /// Lets staff and keys pass, and a member for its own account; for everybody else it is not there (`code`).
    pub fn own_account(&self, account: AccountId, code: &'static str) -> Result<(), Problem> {
        match self.member() {
            Some((_, own)) if own != account => Err(Problem::not_found(code)),
            _ => Ok(()),
        }
    }

    /// Lets staff and keys pass, and a member for himself or herself; for everybody else nobody is there.
    pub fn own_member(&self, member: MemberId) -> Result<(), Problem> {
        match self.member() {
            Some((own, _)) if own != member => Err(Problem::not_found("member_not_found")),
            _ => Ok(()),
        }
    }
}
