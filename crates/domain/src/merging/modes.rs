//! What a mode asks of the rules, and what is wrong with the ways that points and tiers may travel under them.

use std::collections::BTreeMap;

use super::rules::{BadRules, MergeRules, Mode};
use crate::conversion::lint::Finding;
use crate::conversion::routes::{Route, TierMatch, lint_matches, lint_routes};
use crate::conversion::{ConversionRule, Fraction, Table, TooLarge};
use crate::rate::{Rate, Rounding};

impl MergeRules {
    /// Is the mode one that can be run, with what it needs?
    pub(super) fn check_mode(&self) -> Result<(), BadRules> {
        let bad = |mode, why: &str| Err(BadRules::Mode(mode, why.to_owned()));
        match (self.mode, &self.survivor) {
            (Mode::Redenominate, _) => bad(
                "redenominate",
                "prices, thresholds and open orders would have to move with the balances, and a merge moves only \
                 balances: publish a new version of the program, or convert into a new one with full_merge",
            ),
            (Mode::Split, _) => bad(
                "split",
                "a project has one target: make a project for each part, each with the accounts that go there",
            ),
            (Mode::Absorb, None) => {
                bad("absorb", "name the source whose program stays: survivor = \"...\"")
            }
            (Mode::Absorb, Some(survivor)) => self.check_survivor(survivor),
            (_, Some(_)) => bad("absorb", "a survivor is named, and the mode is another"),
            _ => Ok(()),
        }
    }

    /// The program that takes the others in changes nothing for its own: one for one, nothing on top, no cap.
    fn check_survivor(&self, survivor: &str) -> Result<(), BadRules> {
        let mut own = self.conversions.iter().filter(|rule| rule.source == survivor).peekable();
        if own.peek().is_none() {
            return Err(BadRules::Unknown("the survivor's conversion", survivor.to_owned()));
        }
        match own.find(|rule| !is_one_to_one(rule)) {
            None => Ok(()),
            Some(rule) => {
                let why = format!(
                    "{}/{} is of the program that stays: its rate is 1, without step, min, bonus and cap",
                    rule.source, rule.point_type
                );
                Err(BadRules::Mode("absorb", why))
            }
        }
    }

    /// What is wrong with the ways that points and tiers may travel: round trips that make points of nothing, lives
    /// begun anew, tiers reached higher by way of a third program. The conversions count as ways there.
    pub fn lint_ways(&self) -> Result<Vec<Finding>, TooLarge> {
        let mut routes = self.routes.clone();
        if !routes.is_empty() {
            let merged = self.conversions.iter().filter_map(route);
            routes.extend(merged);
        }
        let mut found = lint_routes(&routes)?;
        let mut matches = self.tier_matches.clone();
        for map in &self.tiers {
            let to = |gives: &String, accepts_matched| TierMatch {
                from: map.source.clone(),
                tier: map.tier.clone(),
                to: map.group.clone(),
                gives: gives.clone(),
                accepts_matched,
            };
            matches.push(to(&map.to, false));
            matches.extend(map.matched_to.as_ref().map(|gives| to(gives, true)));
        }
        let own = self.ladders.iter().map(|ladder| {
            let steps = ladder.tiers.iter().map(|(code, _)| code.clone()).collect();
            (ladder.group.clone(), steps)
        });
        let ladders: BTreeMap<String, Vec<String>> =
            self.source_ladders.clone().into_iter().chain(own).collect();
        found.extend(lint_matches(&matches, &ladders));
        Ok(found)
    }
}

fn is_one_to_one(rule: &ConversionRule) -> bool {
    matches!(rule.table, Table::Flat { rate } if rate == Rate::ONE)
        && rule.step.is_none()
        && rule.min.is_none()
        && rule.bonus.is_none()
        && rule.cap.is_none()
}

/// A conversion as a way, at the best rate that it gives anybody; none where levels have no rate.
fn route(rule: &ConversionRule) -> Option<Route> {
    let rate = match &rule.table {
        Table::Flat { rate } => *rate,
        Table::MarginalBands { bands } | Table::WholeBalanceBand { bands } => {
            best(bands.iter().map(|band| band.rate))?
        }
        Table::LevelTable { levels, .. } => {
            best(levels.iter().filter_map(|level| Rate::new(level.gives, level.from)))?
        }
        Table::ByTier { rates, otherwise } | Table::ByLotType { rates, otherwise } => {
            best(rates.values().copied().chain([*otherwise]))?
        }
        Table::ByDate { periods, otherwise } => {
            best(periods.iter().map(|period| period.rate).chain([*otherwise]))?
        }
        Table::ValueBased { from_value_minor, to_value_minor } => {
            let of = Fraction::from(*from_value_minor);
            let whole =
                of.times(i128::from(to_value_minor.den()), i128::from(to_value_minor.num()));
            let whole = whole.ok()?;
            Rate::new(i64::try_from(whole.num()).ok()?, i64::try_from(whole.den()).ok()?)?
        }
    };
    Some(Route {
        from: format!("{}/{}", rule.source, rule.point_type),
        to: rule.to.clone(),
        rate,
        // A merge converts everything a member has, once: nobody sends it in small pieces.
        step: None,
        rounding: Rounding::Floor,
        restarts_expiry: false,
        to_others: false,
    })
}

fn best(rates: impl Iterator<Item = Rate>) -> Option<Rate> {
    rates.max_by_key(|rate| Fraction::from(*rate))
}
