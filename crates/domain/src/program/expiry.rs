//! When points end: by their age, at the end of a period, after inactivity, longer by tier, never shortened.

use serde::{Deserialize, Serialize};

use super::Code;
use crate::time::{Period, Term, Timestamp, Zone};

/// The expiry policy of a point type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpiryPolicy {
    /// What the term counts from.
    #[serde(default)]
    pub basis: Basis,
    /// How long; not needed for [`Basis::Never`].
    #[serde(default)]
    pub term: Option<Term>,
    /// Moves the end to the end of this local period (`day`: the points last through the local day).
    #[serde(default)]
    pub round_up_to: Option<Period>,
    /// Longer terms for members of a tier.
    #[serde(default)]
    pub by_tier: Vec<TierTerm>,
    /// Does reaching a tier lengthen lots already there?
    #[serde(default)]
    pub extend_on_upgrade: bool,
}

/// What an expiry term counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Points never end.
    #[default]
    Never,
    /// The instant they were earned.
    Earned,
    /// The member's last accrual: each one moves the end of all open lots.
    Activity,
}

/// A term for members of one tier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierTerm {
    /// The ladder.
    pub group: Code,
    /// The step.
    pub tier: Code,
    /// The term; `None` is never.
    #[serde(default)]
    pub term: Option<Term>,
}

impl ExpiryPolicy {
    /// The first instant at which points counted from `from` are no longer usable; `None` is never.
    ///
    /// `tier_of` tells the member's tier on a ladder. Of the base term and every tier term that applies, the latest
    /// end wins.
    pub fn ends<'a>(
        &self,
        from: Timestamp,
        zone: &Zone,
        tier_of: impl Fn(&str) -> &'a str,
    ) -> Option<Timestamp> {
        if self.basis == Basis::Never {
            return None;
        }
        let mut end = self.end_of(self.term?, from, zone);
        for special in self.by_tier.iter().filter(|s| tier_of(&s.group) == s.tier) {
            end = end.max(self.end_of(special.term?, from, zone));
        }
        Some(end)
    }

    fn end_of(&self, term: Term, from: Timestamp, zone: &Zone) -> Timestamp {
        let end = term.after(from, zone);
        match self.round_up_to {
            None => end,
            // An end that already is a period's first instant stays: the period before it was whole.
            Some(period) if zone.start_of(period.start(end, zone)) == end => end,
            Some(period) => period.end(end, zone),
        }
    }

    /// The later of two ends, where `None` is never: an expiry is never shortened.
    #[must_use]
    pub fn later(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
        Some(a?.max(b?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn lifemiles() -> ExpiryPolicy {
        ExpiryPolicy {
            basis: Basis::Activity,
            term: Some(Term::Months(12)),
            by_tier: vec![TierTerm {
                group: "status".into(),
                tier: "elite".into(),
                term: Some(Term::Months(24)),
            }],
            extend_on_upgrade: true,
            ..ExpiryPolicy::default()
        }
    }

    #[test]
    fn r122_elites_keep_points_twice_as_long() {
        let from = at("2026-01-31T10:00:00Z");
        assert_eq!(lifemiles().ends(from, &Zone::utc(), |_| ""), Some(at("2027-01-31T10:00:00Z")));
        assert_eq!(
            lifemiles().ends(from, &Zone::utc(), |_| "elite"),
            Some(at("2028-01-31T10:00:00Z"))
        );
    }

    #[test]
    fn r122_an_end_can_be_the_end_of_the_local_month() {
        let madrid = Zone::named("Europe/Madrid").unwrap();
        let policy = ExpiryPolicy {
            basis: Basis::Earned,
            term: Some(Term::Months(18)),
            round_up_to: Some(Period::Month),
            ..ExpiryPolicy::default()
        };
        assert_eq!(
            policy.ends(at("2026-01-15T10:00:00Z"), &madrid, |_| ""),
            Some(at("2027-07-31T22:00:00Z"))
        );
    }

    #[test]
    fn r122_never_is_later_than_any_end() {
        let (a, b) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        assert_eq!(ExpiryPolicy::later(Some(a), Some(b)), Some(b));
        assert_eq!(ExpiryPolicy::later(Some(a), None), None);
    }
}
