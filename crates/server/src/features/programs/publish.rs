//! Publishing with four eyes: a change to a live program is one person's draft and a second person's decision.

use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError};

use super::{Version, VersionState, store};
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
            Self::Changed => "configuration_changed",
            Self::Store(_) => "unavailable",
        }
    }
}

/// Publishes the draft of a program in the name of `publisher`, who must not be its author. Answers the version.
///
/// It counts from the instant its document says, else from `now`.
pub async fn publish(
    db: &Db,
    tenant: &Tenant,
    code: &str,
    publisher: &str,
    now: Timestamp,
) -> Result<Version, PublishRefusal> {
    let draft = draft(db, tenant, code).await?;
    if same_person(&draft.author, publisher) {
        return Err(PublishRefusal::FourEyes(publisher.to_owned()));
    }
    let from = draft.effective_from.unwrap_or(now);
    if from < now {
        return Err(PublishRefusal::InPast(from));
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
    let draft = draft(db, tenant, code).await?;
    let mut tx = db.begin().await?;
    if !store::discard_draft(&mut tx, tenant.id, draft.program).await? {
        return Err(PublishRefusal::Changed);
    }
    tx.commit().await?;
    Ok(Version { state: VersionState::Discarded, ..draft })
}

async fn draft(db: &Db, tenant: &Tenant, code: &str) -> Result<Version, PublishRefusal> {
    let program = store::by_code(db, tenant.id, code)
        .await?
        .ok_or_else(|| PublishRefusal::NoProgram(code.to_owned()))?;
    let versions = store::versions(db, tenant.id, program.id).await?;
    versions
        .into_iter()
        .find(|version| version.state == VersionState::Draft)
        .ok_or_else(|| PublishRefusal::NoDraft(code.to_owned()))
}

/// Names are compared without regard to case and to spaces around them.
fn same_person(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}
