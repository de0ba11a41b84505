//! Sign-offs: the word of the six functions on a version of a program. A signature goes on for later versions until one
//! changes what concerns its function (R39).

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{ProgramId, TenantId};
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError};
use serde_json::json;

use super::audit::{self, Deed};
use super::programs::{self, Version, VersionState};
use super::registers::sheets::FUNCTIONS;
use super::{registers, staff};
use crate::App;
use crate::http::{Problem, Scope};

/// A topic of change with the functions that it concerns.
const CONCERNED: &[(&str, &[&str])] = &[
    ("earning", &["finance", "marketing", "merchandising"]),
    ("expiry", &["finance", "crm"]),
    ("tiers", &["marketing", "crm"]),
    ("rewards", &["finance", "operations", "merchandising"]),
    ("point_value", &["finance", "marketing"]),
    ("returns", &["finance", "operations"]),
    ("adjustments", &["finance"]),
    ("transfers", &["finance", "technology", "crm"]),
    ("state", FUNCTIONS),
];

/// Where a function's word stands for a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has spoken for it yet.
    Missing,
    /// It agreed, and nothing that concerns it has changed since.
    Signed,
    /// It agreed to an earlier version; these topics changed since.
    Reopened(Vec<&'static str>),
    /// It does not agree.
    Refused,
}

/// A function with its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Which function.
    pub function: &'static str,
    /// Where its word stands.
    pub standing: Standing,
    /// Its latest word, if it spoke.
    pub last: Option<store::SignOff>,
    /// Who may speak for it, by name.
    pub people: Vec<String>,
}

impl Sheet {
    /// Does its word allow publishing?
    #[must_use]
    pub fn is_signed(&self) -> bool {
        self.standing == Standing::Signed
    }
}

/// The topics that differ between two documents. Names alone are none.
#[must_use]
pub fn topics(old: &ProgramConfig, new: &ProgramConfig) -> BTreeSet<&'static str> {
    let ends = |config: &ProgramConfig| -> Vec<_> {
        let kinds = config.point_types.iter();
        kinds.map(|kind| (kind.code.clone(), kind.expiry.clone(), kind.pending)).collect()
    };
    let worth = |config: &ProgramConfig| -> Vec<_> {
        config.point_types.iter().map(|kind| (kind.code.clone(), kind.value_minor)).collect()
    };
    let pairs = [
        ("earning", old.earning_rules != new.earning_rules),
        ("expiry", ends(old) != ends(new)),
        ("tiers", old.tier_groups != new.tier_groups),
        ("rewards", old.rewards != new.rewards),
        ("point_value", worth(old) != worth(new)),
        ("returns", old.returns != new.returns),
        ("adjustments", old.adjustments != new.adjustments),
        ("transfers", old.transfers != new.transfers),
        ("state", old.state != new.state),
    ];
    pairs.into_iter().filter(|(_, differs)| *differs).map(|(topic, _)| topic).collect()
}

/// The functions that these topics concern: those of the table, and those whose people said they have a veto.
pub async fn concerned(
    db: &Db,
    tenant: TenantId,
    topics: &BTreeSet<&'static str>,
) -> Result<Vec<&'static str>, StoreError> {
    let people = registers::store::all(db, tenant, "stakeholders").await?;
    Ok(FUNCTIONS
        .iter()
        .copied()
        .filter(|function| topics.iter().any(|topic| concerns(topic, function, &people)))
        .collect())
}

fn concerns(topic: &str, function: &str, people: &[registers::Entry]) -> bool {
    let by_table = CONCERNED.iter().any(|(known, all)| *known == topic && all.contains(&function));
    let veto = |person: &registers::Entry| {
        person.text("function") == function && person.texts("vetoes").contains(&topic)
    };
    by_table || people.iter().any(veto)
}

/// Where the word of each function stands for `version`.
pub async fn sheets(
    db: &Db,
    tenant: TenantId,
    version: &Version,
) -> Result<Vec<Sheet>, StoreError> {
    let versions = programs::store::versions(db, tenant, version.program).await?;
    let all = store::of(db, tenant, version.program).await?;
    let people = registers::store::all(db, tenant, "stakeholders").await?;
    let sheet = |function: &&'static str| {
        let last = all
            .iter()
            .filter(|sign| sign.function == **function && sign.version <= version.version)
            .max_by_key(|sign| (sign.version, sign.signed_at));
        let own = people.iter().filter(|person| person.text("function") == *function);
        Sheet {
            function,
            standing: standing(function, last, version, &versions, &people),
            last: last.cloned(),
            people: own.map(|person| person.text("name").to_owned()).collect(),
        }
    };
    Ok(FUNCTIONS.iter().map(sheet).collect())
}

fn standing(
    function: &str,
    last: Option<&store::SignOff>,
    version: &Version,
    versions: &[Version],
    people: &[registers::Entry],
) -> Standing {
    let Some(last) = last else { return Standing::Missing };
    if !last.agreed {
        // A refusal is about its own version; what comes after it is asked anew.
        let own = last.version == version.version;
        return if own { Standing::Refused } else { Standing::Missing };
    }
    let Some(signed) = versions.iter().find(|known| known.version == last.version) else {
        return Standing::Missing;
    };
    let changed: Vec<&'static str> = topics(&signed.config, &version.config)
        .into_iter()
        .filter(|topic| concerns(topic, function, people))
        .collect();
    if changed.is_empty() { Standing::Signed } else { Standing::Reopened(changed) }
}

/// The functions whose word a version lacks, where the tenant asks for it. Whoever lifted that demand publishes nothing
/// past it, and neither is anything published past it that he or she wrote: with it one person would do without all six.
pub async fn lacking(
    db: &Db,
    tenant: TenantId,
    version: &Version,
    publisher: &str,
) -> Result<Vec<&'static str>, StoreError> {
    if !store::is_demanded(db, tenant).await? {
        let Some(lifted_by) = store::lifted_by(db, tenant).await? else { return Ok(Vec::new()) };
        let lifters = audit::people_behind(db, tenant, &lifted_by).await?;
        let mut own = audit::people_behind(db, tenant, publisher).await?;
        own.extend(audit::people_behind(db, tenant, &version.author).await?);
        if lifters.is_disjoint(&own) {
            return Ok(Vec::new());
        }
    }
    let all = sheets(db, tenant, version).await?;
    Ok(all.iter().filter(|sheet| !sheet.is_signed()).map(|sheet| sheet.function).collect())
}

/// The functions that the caller speaks for: those whose register names his or her login in somebody else's words.
pub async fn speaks_for(scope: &Scope<App>) -> Result<Vec<&'static str>, Problem> {
    let named = named_for(scope).await?;
    Ok(named
        .into_iter()
        .filter(|(_, by_others)| *by_others)
        .map(|(function, _)| function)
        .collect())
}

/// The functions for which the register names the caller's login, each with whether somebody else wrote it there.
async fn named_for(scope: &Scope<App>) -> Result<Vec<(&'static str, bool)>, Problem> {
    let id = staff::person_of(scope.actor());
    let Some(id) = id else { return Ok(Vec::new()) };
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let Some(person) = staff::store::by_id(db, tenant, id).await? else { return Ok(Vec::new()) };
    let people = registers::store::all(db, tenant, "stakeholders").await?;
    let own = people.iter().filter(|e| e.text("login").eq_ignore_ascii_case(&person.login));
    let callers = audit::people_behind(db, tenant, scope.actor()).await?;
    let mut named: BTreeMap<&str, bool> = BTreeMap::new();
    for entry in own {
        let by = appointed_by(db, tenant, entry).await?;
        let by_others = audit::people_behind(db, tenant, &by).await?.is_disjoint(&callers);
        *named.entry(entry.text("function")).or_default() |= by_others;
    }
    let known = |function: &&'static str| named.get(*function).map(|by| (*function, *by));
    Ok(FUNCTIONS.iter().filter_map(known).collect())
}

/// Who made an entry name the person and the function that it names now; other changes to it appoint nobody.
async fn appointed_by(
    db: &Db,
    tenant: TenantId,
    entry: &registers::Entry,
) -> Result<String, StoreError> {
    let changes = registers::store::changes(db, tenant, "stakeholders", entry.id).await?;
    let same = |change: &&registers::store::Change| {
        let values = change.values.as_ref();
        ["function", "login"]
            .iter()
            .all(|field| values.and_then(|values| values.get(*field)) == entry.values.get(*field))
    };
    let first = changes.iter().take_while(same).last();
    Ok(first.map_or_else(|| entry.changed_by.clone(), |change| change.actor.clone()))
}

/// Refuses who does not speak for `function`.
pub async fn must_speak_for(scope: &Scope<App>, function: &str) -> Result<&'static str, Problem> {
    let known = FUNCTIONS.iter().find(|known| **known == function).copied();
    let known = known.ok_or_else(|| Problem::not_found("not_found"))?;
    match named_for(scope).await?.iter().find(|(function, _)| *function == known) {
        Some((_, true)) => Ok(known),
        // Nobody appoints himself or herself.
        Some((_, false)) => Err(Problem::new(403, "self_appointed")),
        None => Err(Problem::new(403, "not_stakeholder")),
    }
}

/// The version that a word would be about: the draft, else the latest one that was published.
pub async fn pending(
    db: &Db,
    tenant: TenantId,
    program: ProgramId,
) -> Result<Option<Version>, StoreError> {
    let mut versions = programs::store::versions(db, tenant, program).await?;
    versions.retain(|version| version.state != VersionState::Discarded);
    let draft = versions.iter().position(|version| version.state == VersionState::Draft);
    Ok(if versions.is_empty() { None } else { Some(versions.swap_remove(draft.unwrap_or(0))) })
}

/// Speaks for a function on a version, in the caller's name.
pub async fn sign(
    scope: &Scope<App>,
    version: &Version,
    function: &str,
    agreed: bool,
    note: &str,
) -> Result<(), Problem> {
    let function = must_speak_for(scope, function).await?;
    if note.chars().count() > 1_000 {
        return Err(Problem::field("/note", "too_long", "at most 1000 characters"));
    }
    let word = store::SignOff {
        function: function.to_owned(),
        version: version.version,
        agreed,
        note: note.to_owned(),
        signed_by: scope.actor().to_owned(),
        signed_at: scope.caller.real_now,
    };
    let mut tx = scope.app.db.begin().await?;
    store::put(&mut tx, scope.tenant, version.program, &word).await?;
    let detail = json!({ "version": version.version, "function": function, "agreed": agreed });
    let deed = Deed::of(scope, "program.signed_off", version.program, detail);
    audit::record(&mut tx, &deed).await?;
    tx.commit().await?;
    Ok(())
}

/// Asks for the six functions' word before a version is published, or no longer.
pub async fn demand(scope: &Scope<App>, demanded: bool) -> Result<(), Problem> {
    // Lifting what nobody demanded is nothing.
    if !demanded && !store::is_demanded(&scope.app.db, scope.tenant).await? {
        return Ok(());
    }
    let mut tx = scope.app.db.begin().await?;
    let (actor, now): (&str, Timestamp) = (scope.actor(), scope.caller.real_now);
    store::demand(&mut tx, scope.tenant, demanded, actor, now).await?;
    let detail = json!({ "demanded": demanded });
    audit::record(&mut tx, &Deed::of(scope, "sign_offs.gate_set", "sign_offs", detail)).await?;
    tx.commit().await?;
    Ok(())
}
