//! Publishing with four eyes: a change to a live program is one person's draft and a second person's decision.

use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use lazo_store::ledger::Books;
use lazo_store::{Db, StoreError};

use super::lifecycle::{Unmet, unmet};
use super::{Version, VersionState, store};
use crate::features::audit;
use crate::features::tenants::{self, Tenant};

/// Why a draft is not published, or not withdrawn.
#[derive(Debug, thiserror::Error)]
pub enum PublishRefusal {
    /// The tenant has no program of that code.
    #[error("there is no program `{0}`")]
    NoProgram(String),
    /// Nothing waits to be published.
    #[error("program `{0}` has no draft")]
    NoDraft(String),
    /// The author cannot be the second person.
    #[error("`{0}` wrote this draft, so somebody else must publish it")]
    FourEyes(String),
    /// A version cannot begin in the past: what was decided under another one stays.
    #[error("the draft counts from {0}, which is past")]
    InPast(Timestamp),
    /// The program may not enter the state its document says.
    #[error("{0}")]
    Unmet(Unmet),
    /// The program has no such published version, or it is the one in force.
    #[error("there is no earlier version to go back to")]
    NoVersion,
    /// Another change came in between; nothing was done.
    #[error("the configuration changed meanwhile")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PublishRefusal {
    /// The stable code of this reason, as callers see it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoProgram(_) => "program_not_found",
            Self::NoDraft(_) => "no_draft",
            Self::FourEyes(_) => "four_eyes",
            Self::InPast(_) => "effective_in_past",
            Self::Unmet(unmet) => unmet.code(),
            Self::NoVersion => "version_not_found",
            Self::Changed => "configuration_changed",
            Self::Store(_) => "unavailable",
        }
    }
}

/// Publishes the draft of a program in the name of `publisher`, who must not be its author, nor the author of a draft it
/// was made of, nor the person behind the key that wrote one. Answers the version.
///
/// It counts from the instant its document says, else from the tenant's own now.
pub async fn publish(
    db: &Db,
    tenant: &Tenant,
    code: &str,
    publisher: &str,
    now: Timestamp,
) -> Result<Version, PublishRefusal> {
    publish_shown(db, tenant, code, (publisher, None), now).await
}

/// The same, of the version alone that the publisher was shown, where that is known.
pub async fn publish_shown(
    db: &Db,
    tenant: &Tenant,
    code: &str,
    (publisher, shown): (&str, Option<i64>),
    now: Timestamp,
) -> Result<Version, PublishRefusal> {
    let versions = versions(db, tenant, code).await?;
    let live = versions.iter().find(|version| version.state == VersionState::Published);
    let draft = draft(&versions, code)?;
    if shown.is_some_and(|shown| shown != draft.version) {
        return Err(PublishRefusal::Changed);
    }
    let second = audit::people_behind(db, tenant.id, publisher).await?;
    for author in draft.ancestors.iter().chain([&draft.author]) {
        if !second.is_disjoint(&audit::people_behind(db, tenant.id, author).await?) {
            return Err(PublishRefusal::FourEyes(publisher.to_owned()));
        }
    }
    let present = tenant.now(now);
    let from = draft.effective_from.unwrap_or(present);
    if from < present {
        return Err(PublishRefusal::InPast(from));
    }
    let left = points_left(db, tenant, &draft).await?;
    if let Some(unmet) = unmet(live.map(|live| live.config.state), &draft.config, left) {
        return Err(PublishRefusal::Unmet(unmet));
    }
    let mut tx = db.begin().await?;
    let fresh = tenants::store::bump(&mut tx, tenant.id, tenant.config_version).await?;
    if !fresh || !store::mark_published(&mut tx, tenant.id, &draft, from, publisher, now).await? {
        return Err(PublishRefusal::Changed);
    }
    tx.commit().await?;
    Ok(Version {
        state: VersionState::Published,
        effective_from: Some(from),
        publisher: Some(publisher.to_owned()),
        published_at: Some(now),
        ..draft
    })
}

/// Discards the draft of a program; anybody who may write one may.
pub async fn withdraw(db: &Db, tenant: &Tenant, code: &str) -> Result<Version, PublishRefusal> {
    let draft = draft(&versions(db, tenant, code).await?, code)?;
    let mut tx = db.begin().await?;
    if store::discard_draft(&mut tx, tenant.id, draft.program).await?.is_none() {
        return Err(PublishRefusal::Changed);
    }
    tx.commit().await?;
    Ok(Version { state: VersionState::Discarded, ..draft })
}

/// Makes a draft of an earlier published version: the one of `number`, else the one before the latest. It waits for a
/// second person as any change does, and what the versions in between decided stays decided.
pub async fn roll_back(
    db: &Db,
    tenant: &Tenant,
    code: &str,
    number: Option<i64>,
    author: &str,
    now: Timestamp,
) -> Result<Version, PublishRefusal> {
    let versions = versions(db, tenant, code).await?;
    let mut published = versions.iter().filter(|version| version.state == VersionState::Published);
    let live = published.next().ok_or(PublishRefusal::NoVersion)?;
    let wanted = published
        .find(|version| number.is_none_or(|number| number == version.version))
        .filter(|version| version.config != live.config)
        .ok_or(PublishRefusal::NoVersion)?;
    let mut draft = Version {
        state: VersionState::Draft,
        effective_from: None,
        author: author.to_owned(),
        // Its document is one that was published: nothing of the draft it takes the place of is in it.
        ancestors: Vec::new(),
        created_at: now,
        publisher: None,
        published_at: None,
        ..wanted.clone()
    };
    let mut tx = db.begin().await?;
    if !tenants::store::bump(&mut tx, tenant.id, tenant.config_version).await? {
        return Err(PublishRefusal::Changed);
    }
    store::discard_draft(&mut tx, tenant.id, draft.program).await?;
    draft.version = store::add_version(&mut tx, tenant.id, &draft).await?;
    tx.commit().await?;
    Ok(draft)
}

async fn versions(db: &Db, tenant: &Tenant, code: &str) -> Result<Vec<Version>, PublishRefusal> {
    let program = store::by_code(db, tenant.id, code)
        .await?
        .ok_or_else(|| PublishRefusal::NoProgram(code.to_owned()))?;
    Ok(store::versions(db, tenant.id, program.id).await?)
}

fn draft(versions: &[Version], code: &str) -> Result<Version, PublishRefusal> {
    let draft = versions.iter().find(|version| version.state == VersionState::Draft);
    draft.cloned().ok_or_else(|| PublishRefusal::NoDraft(code.to_owned()))
}

/// What members still have in the program's point types: free, pending and set aside.
async fn points_left(db: &Db, tenant: &Tenant, draft: &Version) -> Result<Points, StoreError> {
    if draft.config.state != lazo_domain::program::ProgramState::Closed {
        return Ok(Points::ZERO);
    }
    let own = store::point_types(db, tenant.id, draft.program).await?;
    let liability = Books::new(db.clone()).liability(tenant.id).await?;
    let left = liability.iter().filter(|(id, _)| own.values().any(|known| known == *id));
    Ok(left.flat_map(|(_, l)| [l.available, l.pending, l.held]).sum())
}
