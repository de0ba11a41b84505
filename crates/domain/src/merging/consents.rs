//! Consents of one golden member: the strictest answer holds, unless a newer and specific yes was given to the
//! controller that goes on.

use std::collections::BTreeMap;

use super::rules::MergeRules;
use super::snapshot::{Consent, ConsentState, MemberSnapshot, SourceKey};

/// What holds for one purpose and channel, with the record that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentResult {
    /// The answer that holds, with its evidence as it was given.
    pub consent: Consent,
    /// Whose record it is.
    pub from: SourceKey,
    /// How many records there were.
    pub of: usize,
}

/// What the cluster's consents become.
///
/// Of accounts that were closed a no still counts: nobody takes it back by leaving.
pub(super) fn consents(
    members: &[&MemberSnapshot],
    closed: &[&MemberSnapshot],
    rules: &MergeRules,
) -> Vec<ConsentResult> {
    let mut places = BTreeMap::<(&str, &str), Vec<(&Consent, &SourceKey)>>::new();
    let refusals = |m: &&MemberSnapshot, consent: &Consent| {
        members.iter().any(|moving| moving.key == m.key) || consent.state.is_refusal()
    };
    for member in members.iter().chain(closed) {
        for consent in member.consents.iter().filter(|consent| refusals(member, consent)) {
            let place = (consent.purpose.as_str(), consent.channel.as_str());
            places.entry(place).or_default().push((consent, &member.key));
        }
    }
    let results = places.into_values().map(|records| {
        let winner = holds(&records, &rules.controller);
        ConsentResult { consent: winner.0.clone(), from: winner.1.clone(), of: records.len() }
    });
    results.collect()
}

/// Does `new` hold against what held so far?
#[must_use]
pub fn replaces(held: &[Consent], new: &Consent, controller: &str) -> bool {
    let key = SourceKey::default();
    let records: Vec<(&Consent, &SourceKey)> =
        held.iter().chain([new]).map(|consent| (consent, &key)).collect();
    std::ptr::eq(holds(&records, controller).0, new)
}

fn holds<'a>(
    records: &[(&'a Consent, &'a SourceKey)],
    controller: &str,
) -> (&'a Consent, &'a SourceKey) {
    // Of equally strict answers the newest, then the one whose source comes first.
    let strictest = records
        .iter()
        .max_by(|a, b| (a.0.state, a.0.at).cmp(&(b.0.state, b.0.at)).then_with(|| b.1.cmp(a.1)))
        .copied()
        .unwrap_or_else(|| unreachable!("a place has at least the record that made it"));
    if strictest.0.state != ConsentState::OptedOut {
        return strictest;
    }
    let last_no = records
        .iter()
        .filter(|record| record.0.state == ConsentState::OptedOut)
        .map(|record| record.0.at)
        .max();
    let newer_yes = records
        .iter()
        .filter(|(consent, _)| {
            consent.state == ConsentState::OptedIn
                && consent.specific
                && !controller.is_empty()
                && consent.controller == controller
                && Some(consent.at) > last_no
        })
        .max_by(|a, b| a.0.at.cmp(&b.0.at).then_with(|| b.1.cmp(a.1)));
    newer_yes.copied().unwrap_or(strictest)
}
