//! Members: the persons and companies enrolled with a tenant. Personal data lives here and nowhere else.

pub mod api;
#[cfg(test)]
mod api_tests;
pub mod belongings;
mod bring;
mod bulk;
mod ensure;
mod identifiers;
mod resolve;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use lazo_domain::ids::{AccountId, MemberId, ProgramId, TenantId};
use lazo_domain::program::ConfigError;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, IdGenerator, NewAccount, StoreError};

pub use bring::{Arrival, Brought, bring};
pub use bulk::{Enrolled, Person, enroll_all};
pub use ensure::{Ensured, ensure, find};
pub use identifiers::{CARD, EMAIL, EXTERNAL, Identifier, MAX_IDENTIFIER, PHONE, folded};
pub use resolve::{facts, resolve, resolve_active};

use super::tenants::{Attributes, Tenant};
use crate::i18n::Locale;

/// The most identifiers a member is enrolled with at once.
pub const MAX_IDENTIFIERS: usize = 50;

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemberKind {
    /// A human being.
    #[default]
    Person,
    /// A company.
    Company,
}

/// Whether a member takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MemberStatus {
    /// Takes part.
    #[default]
    Active,
    /// Stopped for now, by the member or by the tenant.
    Suspended,
    /// Erased: only the account is left.
    Erased,
}

/// A member as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its one account, in all programs of the tenant.
    pub account: AccountId,
    /// A person or a company.
    pub kind: MemberKind,
    /// Does it take part?
    pub status: MemberStatus,
    /// Since when it is enrolled.
    pub enrolled_at: Timestamp,
    /// The language it speaks, if known.
    pub locale: Option<Locale>,
    /// What the tenant's schema allows. Personal data.
    pub attributes: Attributes,
    /// The programs it takes part in, as of when it was read.
    pub programs: Vec<ProgramId>,
}

/// Somebody to enroll.
#[derive(Debug, Clone)]
pub struct Enrollment {
    /// A person or a company.
    pub kind: MemberKind,
    /// At least one token, each `(scheme, value)`.
    pub identifiers: Vec<(String, String)>,
    /// The language, if known.
    pub locale: Option<Locale>,
    /// What the tenant's schema allows.
    pub attributes: Attributes,
    /// The program to take part in from the start, if any.
    pub program: Option<ProgramId>,
    /// Since when.
    pub enrolled_at: Timestamp,
}

/// Why somebody is not enrolled, or an identifier is not added.
#[derive(Debug, thiserror::Error)]
pub enum EnrollRefusal {
    /// Fields that do not fit; pointers are into the enrollment.
    #[error("{} fields do not fit", .0.len())]
    Invalid(Vec<ConfigError>),
    /// Another member has the identifier of this scheme.
    #[error("another member has this {0}")]
    IdentifierTaken(String),
    /// There is no such member.
    #[error("there is no such member")]
    NoMember,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A member's attributes as rules see them: words as they are, anything else as it is written in JSON.
#[must_use]
pub fn for_rules(attributes: &Attributes) -> BTreeMap<String, String> {
    let word =
        |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    attributes.iter().map(|(name, value)| (name.clone(), word(value))).collect()
}

/// Enrolls somebody who asks for it: also a person who was erased before, whose suppression ends with it.
pub async fn enroll(
    db: &Db,
    ids: &IdGenerator,
    tenant: &Tenant,
    asked: &Enrollment,
    now: Timestamp,
) -> Result<Member, EnrollRefusal> {
    let identifiers = check(tenant, asked).map_err(EnrollRefusal::Invalid)?;
    let member = Member {
        id: MemberId(ids.next()),
        tenant: tenant.id,
        account: AccountId(ids.next()),
        kind: asked.kind,
        status: MemberStatus::Active,
        enrolled_at: asked.enrolled_at,
        locale: asked.locale,
        attributes: asked.attributes.clone(),
        programs: asked.program.into_iter().collect(),
    };
    let mut tx = db.begin().await?;
    for identifier in &identifiers {
        let taken = !store::add_identifier(&mut tx, &member, identifier, now).await?;
        if taken {
            return Err(EnrollRefusal::IdentifierTaken(identifier.scheme.clone()));
        }
        store::unsuppress(&mut tx, tenant.id, identifier).await?;
    }
    store::insert_all(&mut tx, std::slice::from_ref(&member)).await?;
    if let Some(program) = asked.program {
        let joined = [(member.id, member.account)];
        super::memberships::store::join(&mut tx, tenant.id, program, &joined, asked.enrolled_at)
            .await?;
    }
    tx.commit().await?;
    Ok(member)
}

/// Gives a member one more identifier. The same one again changes nothing.
pub async fn add_identifier(
    db: &Db,
    tenant: &Tenant,
    member: MemberId,
    scheme: &str,
    value: &str,
    now: Timestamp,
) -> Result<Identifier, EnrollRefusal> {
    let identifier = Identifier::new(scheme, value, &tenant.config.country)
        .map_err(|why| EnrollRefusal::Invalid(vec![ConfigError::new("/value", why)]))?;
    let member = store::by_id(db, tenant.id, member).await?.ok_or(EnrollRefusal::NoMember)?;
    if member.status == MemberStatus::Erased {
        return Err(EnrollRefusal::NoMember);
    }
    let mut tx = db.begin().await?;
    if !store::add_identifier(&mut tx, &member, &identifier, now).await? {
        return Err(EnrollRefusal::IdentifierTaken(identifier.scheme));
    }
    tx.commit().await?;
    Ok(identifier)
}

/// Erases a person: identifiers and attributes go, hashes stay so that imports do not bring the person back, and the
/// account stays with its points. Answers whether there was somebody to erase.
pub async fn erase(
    db: &Db,
    tenant: TenantId,
    member: MemberId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let identifiers = store::take_identifiers(&mut tx, tenant, member).await?;
    store::suppress(&mut tx, tenant, &identifiers, now).await?;
    super::forget_member(&mut tx, tenant, member).await?;
    let erased = store::blank(&mut tx, tenant, member).await?;
    tx.commit().await?;
    Ok(erased)
}

fn check(tenant: &Tenant, asked: &Enrollment) -> Result<Vec<Identifier>, Vec<ConfigError>> {
    let mut errors = tenant.config.member_attributes.check(&asked.attributes);
    if !(1..=MAX_IDENTIFIERS).contains(&asked.identifiers.len()) {
        errors.push(ConfigError::new(
            "/identifiers",
            format!("give 1 to {MAX_IDENTIFIERS} identifiers"),
        ));
    }
    let mut identifiers = Vec::new();
    for (at, (scheme, value)) in asked.identifiers.iter().enumerate() {
        match Identifier::new(scheme, value, &tenant.config.country) {
            Ok(identifier) => identifiers.push(identifier),
            Err(why) => errors.push(ConfigError::new(format!("/identifiers/{at}"), why)),
        }
    }
    if errors.is_empty() { Ok(identifiers) } else { Err(errors) }
}

impl Member {
    /// The account to open for it.
    fn new_account(&self) -> NewAccount {
        NewAccount {
            tenant: self.tenant,
            account: self.account,
            member: self.id,
            enrolled_at: self.enrolled_at,
        }
    }
}

impl MemberKind {
    /// The name outside and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Company => "company",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Person, Self::Company].into_iter().find(|kind| kind.name() == name)
    }
}

impl MemberStatus {
    /// The name outside and in the database.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Erased => "erased",
        }
    }

    /// The status of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Erased]
            .into_iter()
            .find(|status| status.name() == name)
    }
}
