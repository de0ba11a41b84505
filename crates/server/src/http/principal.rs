//! Who is calling: a key, a person of the staff or a member, with what each may do where.

use lazo_domain::ids::{AccountId, MemberId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Between a person and whoever made the token that was shown: `staff:stf_… via staff:stf_…`.
pub const VIA: &str = " via ";

/// What somebody is in a tenant. Access is declared per endpoint and role.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A till: sells, takes back, redeems.
    Cashier,
    /// Serves members by phone, mail or counter.
    Agent,
    /// Looks at numbers, never at persons.
    Analyst,
    /// Sets up programs.
    ProgramManager,
    /// Answers for the liability; approves large adjustments.
    Finance,
    /// Runs the tenant: its keys and its staff.
    Admin,
    /// A system of the tenant's own, trusted to speak for its members.
    Backend,
    /// Runs the installation: makes tenants, sees no tenant's data.
    Platform,
}

impl Role {
    /// Every role with its name outside and in the database.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Cashier, "cashier"),
        (Self::Agent, "agent"),
        (Self::Analyst, "analyst"),
        (Self::ProgramManager, "program_manager"),
        (Self::Finance, "finance"),
        (Self::Admin, "admin"),
        (Self::Backend, "backend"),
        (Self::Platform, "platform"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(role, _)| *role == self).map_or("", |(_, name)| name)
    }

    /// The role of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, n)| *n == name).map(|(role, _)| *role)
    }
}

/// What holds the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A program with an API key.
    Key,
    /// A person of the staff.
    Staff,
    /// A member, by a short-lived token.
    Member {
        /// Which.
        member: MemberId,
        /// The member's account.
        account: AccountId,
    },
}

/// A role in one tenant, or in the installation as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Where; `None` is the installation.
    pub tenant: Option<TenantId>,
    /// As what.
    pub role: Role,
}

/// A caller who proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// How the journal and the audit log name it: `key:key_…`, `staff:stf_…`, `member:mbr_…`. No personal data.
    pub actor: String,
    /// What holds the token.
    pub holder: Holder,
    /// What it is where. A member has none.
    pub grants: Vec<Grant>,
    /// The tenant of a key or a member; `None` for staff, who may belong to several.
    pub home: Option<TenantId>,
    /// Narrows a key to these scopes, such as `purchases:write`; `None` is all that its role may do.
    pub scopes: Option<Vec<String>>,
}

impl Principal {
    /// The tenants it may act in, each once.
    #[must_use]
    pub fn tenants(&self) -> Vec<TenantId> {
        let mut all: Vec<TenantId> =
            self.grants.iter().filter_map(|grant| grant.tenant).chain(self.home).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Is it this role in the tenant (or in the installation)?
    #[must_use]
    pub fn is(&self, role: Role, tenant: Option<TenantId>) -> bool {
        self.grants.contains(&Grant { tenant, role })
    }

    /// Does its key, if it is one, carry the scope? `*` carries all, `purchases:*` all of purchases.
    #[must_use]
    pub fn carries(&self, scope: &str) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        let all_of_noun = scope.split(':').next().map(|noun| format!("{noun}:*"));
        scopes.iter().any(|s| s == "*" || s == scope || Some(s) == all_of_noun.as_ref())
    }
}
