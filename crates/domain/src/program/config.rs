//! The configuration document of a program: what `lazo apply` reads, the API stores and `Program` is compiled from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    AdjustmentPolicy, Code, ExpiryPolicy, Measure, PointKind, PointType, Program, ProgramState,
    ReturnPolicy, Reward, RewardKind, TierGroup, TransferPolicy, Window,
};
use crate::ids::{PointTypeId, ProgramId};
use crate::money::Currency;
use crate::rules::{EarningRule, RuleSet};
use crate::time::{Term, Timestamp, Zone};

/// A program as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgramConfig {
    /// Its code within the tenant.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// Where in its life it is.
    #[serde(default)]
    pub state: ProgramState,
    /// ISO 4217 code of the currency its rules count in.
    pub currency: Currency,
    /// IANA name of the zone its days and months are of.
    pub time_zone: Zone,
    /// Loyalty currencies, at least one.
    pub point_types: Vec<PointTypeConfig>,
    /// Earning rules.
    #[serde(default)]
    pub earning_rules: Vec<EarningRule>,
    /// Ladders.
    #[serde(default)]
    pub tier_groups: Vec<TierGroup>,
    /// What points buy.
    #[serde(default)]
    pub rewards: Vec<Reward>,
    /// What happens to points of returned purchases.
    #[serde(default)]
    pub returns: ReturnPolicy,
    /// What may be adjusted by hand.
    #[serde(default)]
    pub adjustments: AdjustmentPolicy,
    /// What may move between members.
    #[serde(default)]
    pub transfers: TransferPolicy,
}

/// A loyalty currency as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointTypeConfig {
    /// Its code within the program.
    pub code: Code,
    /// Its name by locale.
    #[serde(default)]
    pub name: BTreeMap<String, String>,
    /// What it is for.
    #[serde(default)]
    pub kind: PointKind,
    /// Decimals of its smallest unit, at most 6.
    #[serde(default)]
    pub scale: u8,
    /// When its points end.
    #[serde(default)]
    pub expiry: ExpiryPolicy,
    /// How long granted points wait before they can be spent.
    #[serde(default)]
    pub pending: Option<Term>,
    /// What one whole point is worth to a member, in minor units.
    #[serde(default)]
    pub value_minor: Option<crate::rate::Rate>,
}

/// One thing wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigError {
    /// Where, as a JSON pointer into the document.
    pub pointer: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl ConfigError {
    /// An error at `pointer`.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }
}

impl ProgramConfig {
    /// Checks the document and compiles it. `ids` gives each point type's code the id it has in the ledger.
    ///
    /// Every error found is returned, not only the first.
    pub fn compile(
        &self,
        id: ProgramId,
        version: i64,
        effective_from: Timestamp,
        ids: &BTreeMap<Code, PointTypeId>,
    ) -> Result<Program, Vec<ConfigError>> {
        let mut errors = self.check();
        let mut point_types = BTreeMap::new();
        for (at, config) in self.point_types.iter().enumerate() {
            match ids.get(&config.code) {
                Some(id) => drop(point_types.insert(*id, config.point_type(*id))),
                None => errors
                    .push(ConfigError::new(format!("/point_types/{at}/code"), "has no id yet")),
            }
        }
        let rules =
            RuleSet::compile(&self.earning_rules, self, ids).map_err(|more| errors.extend(more));
        match (rules, errors.is_empty()) {
            (Ok(rules), true) => Ok(Program {
                id,
                code: self.code.clone(),
                version,
                effective_from,
                state: self.state,
                currency: self.currency,
                zone: self.time_zone.clone(),
                point_types,
                rules,
                tier_groups: self.tier_groups.iter().map(|g| (g.code.clone(), g.clone())).collect(),
                rewards: self.rewards.iter().map(|r| (r.code.clone(), r.clone())).collect(),
                returns: self.returns,
                adjustments: self.adjustments.clone(),
                transfers: self.transfers.clone(),
                limits: self.limits(),
            }),
            _ => Err(errors),
        }
    }

    /// Everything wrong with the document apart from its rules' expressions.
    #[must_use]
    pub fn check(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        if self.point_types.is_empty() {
            errors
                .push(ConfigError::new("/point_types", "a program needs at least one point type"));
        }
        unique("/point_types", self.point_types.iter().map(|p| &p.code), &mut errors);
        unique("/earning_rules", self.earning_rules.iter().map(|r| &r.code), &mut errors);
        unique("/tier_groups", self.tier_groups.iter().map(|g| &g.code), &mut errors);
        unique("/rewards", self.rewards.iter().map(|r| &r.code), &mut errors);
        for (at, point_type) in self.point_types.iter().enumerate() {
            point_type.check(&format!("/point_types/{at}"), self, &mut errors);
        }
        for (at, group) in self.tier_groups.iter().enumerate() {
            self.check_group(&format!("/tier_groups/{at}"), group, &mut errors);
        }
        for (at, reward) in self.rewards.iter().enumerate() {
            self.check_reward(&format!("/rewards/{at}"), reward, &mut errors);
        }
        let Self { returns, adjustments, transfers, .. } = self;
        for (at, points) in [
            ("/returns/debt_limit", returns.debt_limit),
            ("/adjustments/four_eyes_above", adjustments.four_eyes_above),
            ("/adjustments/limit", adjustments.limit),
            ("/transfers/min", transfers.min),
            ("/transfers/max", transfers.max),
            ("/transfers/max_per_year", transfers.max_per_year),
        ] {
            not_negative(at.to_owned(), Some(points.0), &mut errors);
        }
        errors
    }

    fn limits(&self) -> BTreeMap<String, i64> {
        let budgets = self
            .earning_rules
            .iter()
            .filter_map(|r| Some((format!("budget:{}:{}", self.code, r.code), r.budget?)));
        let stocks = self
            .rewards
            .iter()
            .filter_map(|r| Some((format!("stock:{}:{}", self.code, r.code), r.stock?)));
        budgets.chain(stocks).collect()
    }

    fn has_tier(&self, group: &str, tier: &str) -> bool {
        self.tier_groups.iter().any(|g| g.code == group && g.rank(tier).is_some())
    }

    fn check_group(&self, at: &str, group: &TierGroup, errors: &mut Vec<ConfigError>) {
        unique(&format!("{at}/tiers"), group.tiers.iter().map(|t| &t.code), errors);
        sensible(format!("{at}/grace"), group.grace, errors);
        if let Window::Rolling { months } = group.window {
            sensible(format!("{at}/window"), Some(Term::Months(months)), errors);
        }
        if group.tiers.is_empty() {
            errors.push(ConfigError::new(
                format!("{at}/tiers"),
                "a tier group needs at least one tier",
            ));
        }
        if group.tiers.windows(2).any(|pair| pair[0].threshold >= pair[1].threshold) {
            errors.push(ConfigError::new(
                format!("{at}/tiers"),
                "thresholds must rise from each tier to the next",
            ));
        }
        if let Measure::Points(code) = &group.measure
            && !self.point_types.iter().any(|p| p.code == *code)
        {
            errors.push(ConfigError::new(
                format!("{at}/measure"),
                format!("there is no point type `{code}`"),
            ));
        }
    }

    fn check_reward(&self, at: &str, reward: &Reward, errors: &mut Vec<ConfigError>) {
        match self.point_types.iter().find(|p| p.code == reward.point_type) {
            None => errors.push(ConfigError::new(
                format!("{at}/point_type"),
                format!("there is no point type `{}`", reward.point_type),
            )),
            Some(p) if p.kind == PointKind::Qualifying => {
                errors.push(ConfigError::new(
                    format!("{at}/point_type"),
                    "qualifying points cannot be spent",
                ));
            }
            Some(_) => {}
        }
        for (n, price) in reward.price_by_tier.iter().enumerate() {
            if !self.has_tier(&price.group, &price.tier) {
                errors.push(ConfigError::new(
                    format!("{at}/price_by_tier/{n}"),
                    "there is no such tier",
                ));
            }
        }
        sensible(format!("{at}/hold"), reward.hold, errors);
        not_negative(format!("{at}/stock"), reward.stock, errors);
        not_negative(format!("{at}/limit_per_member"), reward.limit_per_member, errors);
        match &reward.kind {
            RewardKind::Voucher { valid_for, value_minor } => {
                sensible(format!("{at}/kind/valid_for"), *valid_for, errors);
                not_negative(format!("{at}/kind/value_minor"), *value_minor, errors);
            }
            RewardKind::PartPayment { min_minor, max_minor, .. } => {
                not_negative(format!("{at}/kind/min_minor"), Some(*min_minor), errors);
                not_negative(format!("{at}/kind/max_minor"), *max_minor, errors);
            }
            RewardKind::Donation { value_minor, .. }
            | RewardKind::InvoiceCredit { value_minor } => {
                if *value_minor <= 0 {
                    let (at, why) = (format!("{at}/kind/value_minor"), "must be more than zero");
                    errors.push(ConfigError::new(at, why));
                }
            }
            RewardKind::TierBoost { group, tier, lasts } => {
                sensible(format!("{at}/kind/lasts"), Some(*lasts), errors);
                if !self.has_tier(group, tier) {
                    errors.push(ConfigError::new(format!("{at}/kind"), "there is no such tier"));
                }
            }
            RewardKind::Product | RewardKind::Experience { .. } => {}
        }
        let free = reward.price.0 <= 0 || reward.price_by_tier.iter().any(|p| p.price.0 < 0);
        match &reward.kind {
            RewardKind::PartPayment { minor_per_point, .. } if minor_per_point.num() <= 0 => {
                errors.push(ConfigError::new(
                    format!("{at}/kind"),
                    "minor_per_point must be more than zero",
                ));
            }
            RewardKind::PartPayment { .. } => {}
            _ if free => errors
                .push(ConfigError::new(format!("{at}/price"), "the price must be more than zero")),
            _ => {}
        }
    }
}

impl PointTypeConfig {
    fn point_type(&self, id: PointTypeId) -> PointType {
        PointType {
            id,
            code: self.code.clone(),
            kind: self.kind,
            scale: self.scale,
            expiry: self.expiry.clone(),
            pending: self.pending,
            value_minor: self.value_minor,
        }
    }

    fn check(&self, at: &str, program: &ProgramConfig, errors: &mut Vec<ConfigError>) {
        if self.scale > 6 {
            errors.push(ConfigError::new(format!("{at}/scale"), "at most 6 decimals"));
        }
        let ends = self.expiry.basis != super::expiry::Basis::Never;
        if ends && self.expiry.term.is_none() {
            errors.push(ConfigError::new(
                format!("{at}/expiry/term"),
                "say how long, such as { months = 12 }",
            ));
        }
        if self.kind == PointKind::Qualifying && (ends || self.pending.is_some()) {
            errors.push(ConfigError::new(
                at,
                "qualifying points have neither expiry nor pending time: their window ends them",
            ));
        }
        sensible(format!("{at}/expiry/term"), self.expiry.term, errors);
        sensible(format!("{at}/pending"), self.pending, errors);
        for (n, special) in self.expiry.by_tier.iter().enumerate() {
            sensible(format!("{at}/expiry/by_tier/{n}/term"), special.term, errors);
            if !program.has_tier(&special.group, &special.tier) {
                errors.push(ConfigError::new(
                    format!("{at}/expiry/by_tier/{n}"),
                    "there is no such tier",
                ));
            }
        }
    }
}

/// A length of time must be one, and no longer than a century: later is never.
fn sensible(at: String, term: Option<Term>, errors: &mut Vec<ConfigError>) {
    let (n, most) = match term {
        None => return,
        Some(Term::Months(n)) => (n, 1_200),
        Some(Term::Days(n)) => (n, 36_525),
        Some(Term::Hours(n)) => (n, 876_600),
    };
    if !(1..=most).contains(&n) {
        errors.push(ConfigError::new(at, format!("must be 1 to {most}")));
    }
}

fn not_negative(at: String, number: Option<i64>, errors: &mut Vec<ConfigError>) {
    if number.is_some_and(|number| number < 0) {
        errors.push(ConfigError::new(at, "must not be below zero"));
    }
}

fn unique<'a>(at: &str, codes: impl Iterator<Item = &'a String>, errors: &mut Vec<ConfigError>) {
    let mut seen = std::collections::BTreeSet::new();
    for (n, code) in codes.enumerate() {
        let well_formed = !code.is_empty()
            && code.len() <= 60
            && code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if !well_formed {
            errors.push(ConfigError::new(
                format!("{at}/{n}/code"),
                "use 1 to 60 of a-z, 0-9, - and _",
            ));
        }
        if !seen.insert(code) {
            errors.push(ConfigError::new(
                format!("{at}/{n}/code"),
                format!("`{code}` is there twice"),
            ));
        }
    }
}
