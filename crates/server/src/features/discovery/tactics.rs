//! The catalogue of tactics, compiled in, and what the functions of a client think of each.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::json;

use super::store;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::registers::sheets::FUNCTIONS;
use crate::http::{Problem, Scope};

/// Something that a program may do.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tactic {
    /// Its code.
    pub code: String,
    /// How it rewards.
    pub mechanic: String,
    /// What it takes: `low`, `medium` or `high`.
    pub effort: String,
    /// What it costs.
    pub cost: String,
    /// Can it be tried on the client's own history?
    pub simulate: bool,
    /// Its name by language.
    pub name: BTreeMap<String, String>,
    /// What experience says of it.
    pub evidence: BTreeMap<String, String>,
    /// What must be there first.
    pub needs: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalogue {
    tactics: Vec<Tactic>,
}

static ALL: LazyLock<Vec<Tactic>> = LazyLock::new(|| {
    let read = toml::from_str::<Catalogue>(include_str!("tactics.toml"));
    read.expect("a test reads the same file").tactics
});

/// Every tactic of the catalogue.
#[must_use]
pub fn all() -> &'static [Tactic] {
    &ALL
}

/// Says what a function thinks of a tactic, from -2 (never) to 2 (by all means).
pub async fn vote(
    scope: &Scope<App>,
    tactic: &str,
    function: &str,
    vote: i64,
) -> Result<(), Problem> {
    let known = all().iter().any(|one| one.code == tactic);
    if !known || !FUNCTIONS.contains(&function) {
        return Err(Problem::not_found("not_found"));
    }
    if !(-2..=2).contains(&vote) {
        return Err(Problem::field("/vote", "invalid", "must be between -2 and 2"));
    }
    let mut tx = scope.app.db.begin().await?;
    let (actor, now) = (scope.actor(), scope.caller.real_now);
    store::vote(&mut tx, scope.tenant, (tactic, function, vote), actor, now).await?;
    let detail = json!({ "function": function, "vote": vote });
    audit::record(&mut tx, &Deed::of(scope, "discovery.voted", tactic, detail)).await?;
    tx.commit().await?;
    Ok(())
}
