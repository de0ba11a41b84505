//! Discovery: the questions with which a client is understood (R30 to R36), whether each is answered or waived, the
//! catalogue of tactics with the votes on them, and what competitors give back.

pub mod api;
pub mod console;
pub mod forms;
mod forms_console;
pub mod payout;
pub mod store;
pub mod tactics;
mod tactics_console;
#[cfg(test)]
mod tests;

use lazo_domain::ids::TenantId;
use lazo_store::{Db, StoreError};
use serde_json::json;

use super::audit::{self, Deed};
use super::{kpis, registers};
use crate::App;
use crate::http::{Problem, Scope};

/// A question of the discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// What was done before.
    History,
    /// What shows already that customers behave well.
    Metrics,
    /// What they would like to try.
    Tactics,
    /// What others do.
    Competitors,
    /// What the program is for.
    Objectives,
    /// What must not be.
    Constraints,
}

impl Question {
    /// Every question, by its name outside.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::History, "history"),
        (Self::Metrics, "metrics"),
        (Self::Tactics, "tactics"),
        (Self::Competitors, "competitors"),
        (Self::Objectives, "objectives"),
        (Self::Constraints, "constraints"),
    ];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(question, _)| *question == self).map_or("", |(_, name)| name)
    }

    /// The question of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(question, _)| *question)
    }
}

/// How far a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Which.
    pub question: Question,
    /// How much is written down to it.
    pub answers: i64,
    /// Who decided to leave it open, and why.
    pub waiver: Option<store::Waiver>,
}

impl Progress {
    /// Is it answered, or waived with a name to it?
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.answers > 0 || self.waiver.is_some()
    }
}

/// How far each question of a tenant is.
pub async fn progress(db: &Db, tenant: TenantId) -> Result<Vec<Progress>, StoreError> {
    let counts = registers::store::counts(db, tenant).await?;
    let waivers = store::waivers(db, tenant).await?;
    let baselines = kpis::store::baselines(db, tenant).await?.len();
    let votes = store::votes(db, tenant).await?.len();
    let count = |name: &str| counts.iter().find(|(of, _)| of == name).map_or(0, |(_, n)| *n);
    let size = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let objectives = registers::store::all(db, tenant, "objectives").await?;
    let approved = objectives.iter().filter(|objective| objective.is("approved")).count();
    let answers = |question| match question {
        Question::Metrics => size(baselines),
        Question::Tactics => count("tactics") + size(votes),
        // An objective without number and date is none yet.
        Question::Objectives => size(approved),
        Question::History | Question::Competitors | Question::Constraints => count(question.name()),
    };
    Ok(Question::ALL
        .iter()
        .map(|(question, name)| Progress {
            question: *question,
            answers: answers(*question),
            waiver: waivers.iter().find(|waiver| waiver.question == *name).cloned(),
        })
        .collect())
}

/// The questions that stand in the way of building, where the tenant asks for a complete discovery.
pub async fn in_the_way(db: &Db, tenant: TenantId) -> Result<Vec<Question>, StoreError> {
    if !store::is_demanded(db, tenant).await? {
        return Ok(Vec::new());
    }
    let all = progress(db, tenant).await?;
    Ok(all.iter().filter(|one| !one.is_done()).map(|one| one.question).collect())
}

/// Leaves a question open in the caller's name, with a reason.
pub async fn waive(scope: &Scope<App>, question: Question, reason: &str) -> Result<(), Problem> {
    let reason = reason.trim();
    if !(3..=500).contains(&reason.chars().count()) {
        return Err(Problem::field("/reason", "invalid", "say why, in 3 to 500 characters"));
    }
    let mut tx = scope.app.db.begin().await?;
    let (actor, now) = (scope.actor(), scope.caller.real_now);
    store::waive(&mut tx, scope.tenant, question, reason, actor, now).await?;
    let deed = Deed::of(scope, "discovery.question_waived", question.name(), json!({}));
    audit::record(&mut tx, &deed.because(reason)).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a waiver back.
pub async fn unwaive(scope: &Scope<App>, question: Question) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    store::unwaive(&mut tx, scope.tenant, question).await?;
    let deed = Deed::of(scope, "discovery.waiver_removed", question.name(), json!({}));
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for a complete discovery before a program is built, or no longer.
pub async fn demand(scope: &Scope<App>, demanded: bool) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    store::demand(&mut tx, scope.tenant, demanded, scope.actor(), scope.caller.real_now).await?;
    let detail = json!({ "demanded": demanded });
    audit::record(&mut tx, &Deed::of(scope, "discovery.gate_set", "discovery", detail)).await?;
    tx.commit().await?;
    Ok(())
}
