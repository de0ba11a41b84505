//! The desk's decisions: who takes care of an exception, and what becomes of it; two people must say the same.

use lazo_domain::merging::SourceKey;
use serde_json::json;

use super::fault::{MergeFault, refused};
use super::names;
use super::store::desk::{self, DeskItem};
use super::store::projects::Project;
use super::workbench::Workbench;

/// What may become of an exception: `resolved` was mended, `waived` stays as it is, with the reason.
pub const SETTLEMENTS: [&str; 2] = ["resolved", "waived"];
/// The longest note.
const LONGEST: usize = 2_000;

/// Which exception.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExceptionName {
    /// Whose.
    pub key: SourceKey,
    /// What is the matter.
    pub code: String,
    /// What it is about; may be empty.
    pub subject: String,
}

/// What somebody says about it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settlement {
    /// `resolved` or `waived`; empty only names who takes care of it.
    pub outcome: String,
    /// Who takes care of it; empty is whoever it was.
    pub owner: String,
    /// Why.
    pub note: String,
}

impl Workbench {
    /// Says who takes care of an exception or what becomes of it. The first who says what becomes of it waits for a
    /// second person who says the same; one who says something else begins anew.
    pub async fn settle(
        &self,
        project: &Project,
        name: &ExceptionName,
        said: &Settlement,
    ) -> Result<DeskItem, MergeFault> {
        if !said.outcome.is_empty() && !SETTLEMENTS.contains(&said.outcome.as_str()) {
            let what = format!("`{}` is nothing that becomes of an exception", said.outcome);
            return Err(refused("merge_settlement", what, SETTLEMENTS.join(", ")));
        }
        if !said.outcome.is_empty() && said.note.trim().is_empty() {
            let what = "an exception is settled with a reason";
            return Err(refused("merge_settlement", what, "say why: --note"));
        }
        if said.note.len() > LONGEST {
            let what = format!("the note is longer than {LONGEST} octets");
            return Err(refused("merge_settlement", what, "keep the rest elsewhere"));
        }
        let hold = self.hold(project).await?;
        let wanted = (&name.key, name.code.as_str(), name.subject.as_str());
        let known = desk::one(&self.app.db, project, wanted).await?;
        let (item, by) = known.ok_or_else(|| {
            let what = format!("there is no exception {} of that account", name.code);
            refused("merge_no_exception", what, "`lazo merge exceptions` lists them")
        })?;
        if SETTLEMENTS.contains(&item.state.as_str()) {
            let what = format!("it is {} already", item.state);
            return Err(refused("merge_settled", what, "a new dry run opens what is still there"));
        }
        let first = item.state.strip_prefix("waits:") == Some(said.outcome.as_str());
        let state = match () {
            () if said.outcome.is_empty() => item.state.clone(),
            () if first => {
                self.second_person(by.as_deref().unwrap_or_default()).await?;
                said.outcome.clone()
            }
            () => format!("waits:{}", said.outcome),
        };
        let or = |new: &String, old: &Option<String>| {
            if new.is_empty() { old.clone() } else { Some(new.clone()) }
        };
        let settled = DeskItem {
            state,
            owner: or(&said.owner, &item.owner),
            note: or(&said.note, &item.note),
            ..item.clone()
        };
        // Who only names an owner is not the first of two who say what becomes of it.
        let who = match by {
            Some(by) if said.outcome.is_empty() => by,
            _ => self.actor.clone(),
        };
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        if !desk::settle(&mut tx, project, (&settled, &item.state), &who, now).await? {
            let what = "somebody else has said something meanwhile";
            return Err(refused("merge_settled", what, "look at it again"));
        }
        let detail = json!({ "account": names::of_account(project, &name.key), "code": name.code,
            "state": settled.state });
        self.record(&mut tx, "integration_project.exception_settled", project, detail).await?;
        tx.commit().await?;
        hold.release().await?;
        Ok(settled)
    }
}
