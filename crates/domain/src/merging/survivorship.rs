//! Which of several accounts' names, dates and addresses a golden member keeps, field by field, and which it loses to.
//!
//! Accounts are compared by one criterion after the other: verified, trusted source, most recent, most complete, longest.
//! A field's strategy says which criterion comes first. Parts that belong together (a name, an address) come from one
//! account, so that nobody gets the street of one home and the postcode of another.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::snapshot::SourceKey;
use crate::time::Timestamp;

/// Parts that are taken from one account or not at all, each group under the name of its strategy.
const TOGETHER: [(&str, &[&str]); 2] = [
    ("name", &["given_name", "surname", "surname2", "full_name"]),
    ("address", &["street", "city", "postcode", "country"]),
];

/// What is asked first where accounts differ. The other criteria follow in the order of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The source has checked it.
    Verified,
    /// The source that is trusted most.
    Trusted,
    /// The account that was changed last.
    Recent,
    /// The account that knows most of what belongs together.
    Complete,
    /// The longest text.
    Longest,
}

/// Is a field decided with others, under the name of their group?
#[must_use]
pub fn is_grouped(field: &str) -> bool {
    TOGETHER.iter().any(|(_, parts)| parts.contains(&field))
}

impl Strategy {
    const ALL: [Self; 5] =
        [Self::Verified, Self::Trusted, Self::Recent, Self::Complete, Self::Longest];
}

/// How values survive.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Survivorship {
    /// Sources, the most trusted first; those that are not named come last, by their codes.
    pub sources: Vec<String>,
    /// What is asked first, by field, or by `name` and `address` for what belongs together.
    pub strategy: BTreeMap<String, Strategy>,
}

/// What one account knows of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// The account.
    pub key: SourceKey,
    /// When it was last changed, where the source tells; its enrollment else.
    pub changed_at: Timestamp,
    /// Fields that the source has checked.
    pub verified: BTreeSet<String>,
    /// What is known, by field. Personal data.
    pub fields: BTreeMap<String, String>,
}

/// A field of the golden member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survivor {
    /// The field.
    pub field: String,
    /// Its value. Personal data.
    pub value: String,
    /// Whose it was.
    pub from: SourceKey,
    /// What decided; `None` when there was nothing to decide.
    pub decided: Option<Strategy>,
    /// Other values, and whose they were. Personal data.
    pub lost: Vec<(SourceKey, String)>,
}

impl Survivorship {
    /// What a golden member keeps of its accounts' fields, in the order of their names. The order of `profiles` does not
    /// matter: of equals the first by source and number wins.
    #[must_use]
    pub fn survivors(&self, profiles: &[Profile]) -> Vec<Survivor> {
        let names: BTreeSet<&str> =
            profiles.iter().flat_map(|p| p.fields.keys().map(String::as_str)).collect();
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        for name in names {
            let together = TOGETHER.iter().find(|(_, parts)| parts.contains(&name));
            let (group, parts) =
                together.map_or((name, vec![name]), |(g, parts)| (*g, parts.to_vec()));
            if seen.insert(group) {
                all.extend(self.group(profiles, group, &parts));
            }
        }
        all.sort_by(|a, b| a.field.cmp(&b.field));
        all
    }

    /// The parts of one group, all of one account.
    fn group(&self, profiles: &[Profile], group: &str, parts: &[&str]) -> Vec<Survivor> {
        let knows = |p: &&Profile| parts.iter().any(|part| p.known(part).is_some());
        let mut of: Vec<&Profile> = profiles.iter().filter(knows).collect();
        let order = self.order(group);
        of.sort_by(|a, b| {
            let by =
                order.iter().map(|one| self.rank(*one, b, parts).cmp(&self.rank(*one, a, parts)));
            by.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
                .then_with(|| a.key.cmp(&b.key))
        });
        let Some((winner, others)) = of.split_first() else { return Vec::new() };
        let decided = others.first().and_then(|next| {
            let differs =
                |one: &&Strategy| self.rank(**one, winner, parts) != self.rank(**one, next, parts);
            order.iter().find(differs).copied()
        });
        let survivors = parts.iter().filter_map(|part| {
            let lost: Vec<(SourceKey, String)> = others
                .iter()
                .filter_map(|other| Some((other.key.clone(), other.known(part)?.to_owned())))
                .filter(|(_, value)| winner.known(part) != Some(value.as_str()))
                .collect();
            let value = winner.known(part).unwrap_or_default();
            // What only a loser knows is lost with its address or name, and told.
            (!value.is_empty() || !lost.is_empty()).then(|| Survivor {
                field: (*part).to_owned(),
                value: value.to_owned(),
                from: winner.key.clone(),
                decided: decided.filter(|_| !lost.is_empty()),
                lost,
            })
        });
        survivors.collect()
    }

    /// The criteria of a group, the first first.
    fn order(&self, group: &str) -> Vec<Strategy> {
        let usual = match group {
            "email" | "phone" => &[Strategy::Verified, Strategy::Recent][..],
            "language" => &[Strategy::Recent][..],
            _ => &[Strategy::Verified][..],
        };
        let first = self.strategy.get(group).map_or(usual, std::slice::from_ref);
        let rest = Strategy::ALL.iter().filter(|one| !first.contains(one));
        first.iter().chain(rest).copied().collect()
    }

    /// How an account stands by one criterion: more is better.
    fn rank(&self, by: Strategy, profile: &Profile, parts: &[&str]) -> (i64, Reverse<String>) {
        let known = || parts.iter().filter(|part| profile.known(part).is_some());
        let number = match by {
            Strategy::Verified => known().filter(|part| profile.verified.contains(**part)).count(),
            Strategy::Complete => known().count(),
            Strategy::Longest => known().map(|part| profile.fields[*part].chars().count()).sum(),
            Strategy::Recent => return (profile.changed_at.0, Reverse(String::new())),
            Strategy::Trusted => {
                let place = self.sources.iter().position(|source| *source == profile.key.source);
                let unnamed =
                    if place.is_none() { profile.key.source.clone() } else { String::new() };
                let place = place.and_then(|place| i64::try_from(place).ok()).unwrap_or(i64::MAX);
                return (-place, Reverse(unnamed));
            }
        };
        (i64::try_from(number).unwrap_or(i64::MAX), Reverse(String::new()))
    }
}

impl Profile {
    fn known(&self, part: &str) -> Option<&str> {
        self.fields.get(part).map(String::as_str).filter(|value| !value.trim().is_empty())
    }
}
