//! Where an account went that was taken out of a golden member: every later question about it is asked there.

use lazo_domain::event::Kind;
use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::merging::SourceKey;
use lazo_store::{Db, StoreError};
use serde::Deserialize;

use super::fault::{MergeFault, parsed};
use super::matching::key_of;
use super::names;
use super::store::desk;
use super::store::members::GoldenMember;
use super::store::projects::Project;
use super::unmerge::Frozen;
use super::workbench::Workbench;

/// What was taken out of a golden member.
#[derive(Debug, Clone)]
pub(super) struct Parted {
    /// The accounts that left.
    pub(super) keys: Vec<SourceKey>,
    /// Whom they became.
    pub(super) member: MemberId,
    /// The account of the ledger.
    pub(super) account: AccountId,
    /// What opened it; none where nothing arrived.
    pub(super) event: Option<EventId>,
    /// Which line of the golden member's plan each of its lots is.
    pub(super) lines: Vec<Option<usize>>,
}

#[derive(Deserialize)]
struct Outcome {
    leaves: AccountId,
    member: MemberId,
}

#[derive(Deserialize)]
struct Detail {
    frozen: Option<Frozen>,
}

impl Workbench {
    /// What was taken out of a golden member, if anything was.
    pub(super) async fn parted(
        &self,
        project: &Project,
        row: &GoldenMember,
    ) -> Result<Option<Parted>, MergeFault> {
        if row.state != "unmerged" {
            return Ok(None);
        }
        let requests = desk::requests(&self.app.db, project).await?;
        for request in requests.iter().filter(|r| r.kind == "unmerge" && r.state == "done") {
            let keys: Vec<SourceKey> = request.subject.split(' ').filter_map(key_of).collect();
            if !keys.iter().any(|key| row.accounts.contains(key)) {
                continue;
            }
            let outcome = request.outcome.as_deref().unwrap_or("{}");
            let outcome: Outcome = parsed(outcome, "what an unmerge came to")?;
            let detail: Detail = parsed(&request.detail, "a request to unmerge")?;
            let frozen = detail.frozen.ok_or_else(|| {
                StoreError::Corrupt(format!("request {} is done without pieces", request.request))
            })?;
            let opening = names::of_opening(project, &row.golden, row.attempt);
            let name = format!("{opening}!{}#in", request.request);
            let (books, source) = (self.app.ledger.books(), names::ledger_source(project));
            let event = books
                .event_named(project.tenant, outcome.leaves, &source, &name, Kind::Opening)
                .await?;
            return Ok(Some(Parted {
                keys,
                member: outcome.member,
                account: outcome.leaves,
                event: event.map(|event| event.event.id),
                lines: frozen.lines,
            }));
        }
        Ok(None)
    }

    /// The accounts of an unmerged golden member whose they are: those that left, else those that stayed.
    pub(super) async fn side_of(
        &self,
        project: &Project,
        row: &GoldenMember,
        key: Option<&SourceKey>,
        account: Option<AccountId>,
    ) -> Result<Option<Vec<SourceKey>>, MergeFault> {
        let Some(parted) = self.parted(project, row).await? else { return Ok(None) };
        let left = key.is_some_and(|key| parted.keys.contains(key))
            || account.is_some_and(|account| account == parted.account);
        let of = row.accounts.iter().filter(|key| parted.keys.contains(key) == left);
        Ok(Some(of.cloned().collect()))
    }
}

/// An account of a source that was taken out of its golden member, and became this account of the ledger.
pub(super) async fn golden_before(
    db: &Db,
    project: &Project,
    account: AccountId,
) -> Result<Option<SourceKey>, MergeFault> {
    for request in desk::requests_that_came_to(db, project, &account.to_string()).await? {
        let outcome = request.outcome.as_deref().unwrap_or("{}");
        let outcome: Outcome = parsed(outcome, "what an unmerge came to")?;
        if outcome.leaves == account {
            return Ok(request.subject.split(' ').find_map(key_of));
        }
    }
    Ok(None)
}
