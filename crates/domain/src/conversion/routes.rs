//! Ways that points and tiers may travel between programs, and the round trips that make something of nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::fraction::{Fraction, TooLarge};
use super::lint::Finding;
use crate::rate::{Rate, Rounding};

/// The longest round trip that is looked for.
const MAX_LEGS: usize = 6;
/// The most ways that are looked at; beyond it the answer says that it is not whole.
const MAX_WAYS: usize = 200_000;

/// A way from one thing of value to another: a transfer between point types, or a reward and what it costs elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// What is given.
    pub from: String,
    /// What is got.
    pub to: String,
    /// How many of it for each.
    pub rate: Rate,
    /// Only whole multiples may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<i64>,
    /// What happens below one unit.
    #[serde(default)]
    pub rounding: Rounding,
    /// Do points that arrive begin a new life?
    #[serde(default)]
    pub restarts_expiry: bool,
    /// May the account at the other end be somebody else's?
    #[serde(default)]
    pub to_others: bool,
}

/// A tier of one program is honored by a tier of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierMatch {
    /// The program held.
    pub from: String,
    /// The tier held there.
    pub tier: String,
    /// The program that honors it.
    pub to: String,
    /// The tier it gives.
    pub gives: String,
    /// Is a tier honored that was itself only matched?
    #[serde(default)]
    pub accepts_matched: bool,
}

/// What is wrong with a set of routes.
pub fn lint_routes(routes: &[Route]) -> Result<Vec<Finding>, TooLarge> {
    let mut trips = RoundTrips { routes, trips: Vec::new(), ways: 0 };
    let places: BTreeSet<&str> = routes.iter().map(|route| route.from.as_str()).collect();
    for start in places {
        trips.walk(start, start, &mut Vec::new());
    }
    let mut findings = Vec::new();
    for trip in &trips.trips {
        findings.extend(judge(trip)?);
    }
    for route in routes {
        findings.extend(alone(route)?);
    }
    if trips.ways >= MAX_WAYS {
        findings.push(Finding::NotAllSeen { ways: trips.ways });
    }
    Ok(findings)
}

struct RoundTrips<'a> {
    routes: &'a [Route],
    trips: Vec<Vec<&'a Route>>,
    ways: usize,
}

impl<'a> RoundTrips<'a> {
    /// Every round trip once: from its first place in alphabetical order, over no place twice.
    fn walk(&mut self, start: &str, at: &str, way: &mut Vec<&'a Route>) {
        for route in self.routes.iter().filter(|route| route.from == at) {
            self.ways += 1;
            if self.ways >= MAX_WAYS {
                return;
            }
            way.push(route);
            if route.to == start {
                self.trips.push(way.clone());
            } else if route.to.as_str() > start
                && way.len() < MAX_LEGS
                && way.iter().all(|leg| leg.from != route.to)
            {
                self.walk(start, &route.to, way);
            }
            way.pop();
        }
    }
}

fn path(trip: &[&Route]) -> Vec<String> {
    let ends = trip.last().map(|leg| leg.to.clone());
    trip.iter().map(|leg| leg.from.clone()).chain(ends).collect()
}

fn judge(trip: &[&Route]) -> Result<Vec<Finding>, TooLarge> {
    let mut product = Fraction::whole(1);
    for leg in trip {
        product = product.at(leg.rate)?;
    }
    let mut findings = Vec::new();
    let one = Fraction::whole(1);
    if product > one {
        findings.push(Finding::Loop { path: path(trip), product });
    } else if product < one && trip.len() > 1 {
        findings.push(Finding::Asymmetry { path: path(trip), product });
    }
    if trip.iter().any(|leg| leg.restarts_expiry) {
        findings.push(Finding::ExpiryRefresh { path: path(trip) });
    }
    if trip.iter().any(|leg| leg.to_others) {
        findings.push(Finding::FreeTransfer { path: path(trip) });
    }
    Ok(findings)
}

/// What is wrong with one route on its own.
fn alone(route: &Route) -> Result<Option<Finding>, TooLarge> {
    let piece = route.step.unwrap_or(1);
    // As many pieces as make the fraction whole: there the gain is largest.
    let pieces = route.rate.den().min(1_000);
    let give = |points: i64| Fraction::whole(points).at(route.rate)?.rounded(route.rounding);
    let whole_gives = give(piece.checked_mul(pieces).ok_or(TooLarge)?)?;
    let gives = give(piece)?.checked_mul(pieces).ok_or(TooLarge)?;
    let path = vec![route.from.clone(), route.to.clone()];
    Ok((gives > whole_gives).then_some(Finding::RoundingGain { path, pieces, gives, whole_gives }))
}

/// Tiers that are reached higher by way of a third program than directly.
///
/// `ladders` holds each program's tiers from the lowest to the highest.
#[must_use]
pub fn lint_matches(
    matches: &[TierMatch],
    ladders: &BTreeMap<String, Vec<String>>,
) -> Vec<Finding> {
    let rank = |program: &str, tier: &str| {
        let place = ladders.get(program)?.iter().position(|step| step == tier)?;
        Some(place)
    };
    let mut findings = BTreeMap::new();
    for first in matches {
        for second in matches.iter().filter(|second| {
            second.accepts_matched && second.from == first.to && second.tier == first.gives
        }) {
            let reached = rank(&second.to, &second.gives);
            let own = (second.to == first.from).then(|| first.tier.clone());
            let direct = own.or_else(|| {
                matches
                    .iter()
                    .filter(|m| m.from == first.from && m.tier == first.tier && m.to == second.to)
                    .max_by_key(|m| rank(&m.to, &m.gives))
                    .map(|m| m.gives.clone())
            });
            if reached > direct.as_deref().and_then(|tier| rank(&second.to, tier)) {
                let path = vec![
                    format!("{}:{}", first.from, first.tier),
                    format!("{}:{}", first.to, first.gives),
                    format!("{}:{}", second.to, second.gives),
                ];
                let reached = second.gives.clone();
                findings.insert(path.clone(), Finding::TierLaundering { path, direct, reached });
            }
        }
    }
    findings.into_values().collect()
}
