//! The console's pages about who works here and what was done: people and their roles, API keys, the audit log, jobs.

pub mod audit_log;
pub mod jobs;
pub mod keys;
pub mod people;

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{ApiKeyId, StaffId};

use crate::App;
use crate::features::{api_keys, staff};
use crate::http::{Problem, Scope};

/// What people call those who act, by the name that the log has for them; who is not listed has no other name.
pub async fn names<'a>(
    scope: &Scope<App>,
    actors: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut names = BTreeMap::new();
    for actor in actors.collect::<BTreeSet<_>>() {
        let name = match actor.split_once(':') {
            Some(("staff", id)) => match id.parse::<StaffId>() {
                Ok(id) => staff::store::name_of(&scope.app.db, id).await?,
                Err(_) => None,
            },
            Some(("key", id)) => match id.parse::<ApiKeyId>() {
                Ok(id) => {
                    let key = api_keys::store::by_id(&scope.app.db, scope.tenant, id).await?;
                    key.map(|key| key.name)
                }
                Err(_) => None,
            },
            _ => None,
        };
        names.extend(name.map(|name| (actor.to_owned(), name)));
    }
    Ok(names)
}
