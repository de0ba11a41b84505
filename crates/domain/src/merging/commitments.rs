//! Promises made in public or to an authority, as assertions that every plan is checked against.

use serde::{Deserialize, Serialize};

use super::member::{GoldenStatus, MemberPlan};
use super::points::Disposition;
use super::rules::MergeRules;
use super::snapshot::{LotState, MemberSnapshot, SourceKey};
use super::{Mode, tiers};
use crate::conversion::Fraction;
use crate::rate::Rate;
use crate::time::Timestamp;

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "promise", rename_all = "snake_case", deny_unknown_fields)]
pub enum Commitment {
    /// No member's points convert at less than this rate, such as 1 for "1:1".
    RateAtLeast {
        /// The source.
        source: String,
        /// Its point type.
        point_type: String,
        /// Target points for each.
        rate: Rate,
    },
    /// No point that is there ends before this instant.
    NoExpiryBefore {
        /// The instant.
        at: Timestamp,
    },
    /// No point ends sooner than it would have.
    NoExpirySooner,
    /// Nobody loses a tier before this instant.
    NoTierLossBefore {
        /// The instant.
        at: Timestamp,
    },
    /// No voucher is worth less or ends sooner.
    NoVoucherLoss,
    /// Nobody's points are worth less than this share of what they were.
    ValueAtLeast {
        /// The share.
        share: Rate,
    },
}

impl Commitment {
    /// The stable name outside.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::RateAtLeast { .. } => "rate_at_least",
            Self::NoExpiryBefore { .. } => "no_expiry_before",
            Self::NoExpirySooner => "no_expiry_sooner",
            Self::NoTierLossBefore { .. } => "no_tier_loss_before",
            Self::NoVoucherLoss => "no_voucher_loss",
            Self::ValueAtLeast { .. } => "value_at_least",
        }
    }
}

/// A promise that a plan would break.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Breach {
    /// The promise's name.
    pub promise: &'static str,
    /// Whose.
    pub golden: SourceKey,
    /// The lot, voucher, ladder or point type.
    pub subject: String,
}

/// Every promise of the rules that `plan`, made of the accounts in `moving`, would break.
#[must_use]
pub fn breaches(rules: &MergeRules, plan: &MemberPlan, moving: &[&MemberSnapshot]) -> Vec<Breach> {
    // Whoever waits at the desk or does not move is promised nothing by this run.
    if matches!(plan.status, GoldenStatus::HeldBack | GoldenStatus::Left) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for promise in &rules.commitments {
        let mut broken = subjects(promise, rules, plan);
        if let Commitment::NoTierLossBefore { at } = promise {
            broken.extend(lost_tiers(rules, plan, moving, *at));
        }
        found.extend(broken.into_iter().map(|subject| Breach {
            promise: promise.name(),
            golden: plan.golden.clone(),
            subject,
        }));
    }
    found
}

/// Tiers held at the cut-over that the plan has nothing for, or a lower step than they map to.
fn lost_tiers(
    rules: &MergeRules,
    plan: &MemberPlan,
    moving: &[&MemberSnapshot],
    at: Timestamp,
) -> Vec<String> {
    // Where the programs stay, so do their tiers.
    if matches!(rules.mode, Mode::SharedCurrency | Mode::LinkOnly) {
        return Vec::new();
    }
    let kept = |source: &str, held: &super::snapshot::SourceTier| {
        rules.ladders.iter().any(|ladder| {
            let wanted = tiers::mapped(rules, ladder, source, held);
            let result = plan.tiers.iter().find(|result| result.group == ladder.group);
            let stands = result.and_then(|result| ladder.rank(&result.tier));
            wanted.is_some() && stands >= wanted
        })
    };
    let mut lost = Vec::new();
    for member in moving {
        let held =
            member.tiers.iter().filter(|held| held.until.is_none_or(|end| end > rules.cutover));
        let gone = held.filter(|held| at > rules.cutover && !kept(&member.key.source, held));
        lost.extend(gone.map(|held| format!("{}/{}", member.key.source, held.tier)));
    }
    lost.sort();
    lost.dedup();
    lost
}

fn subjects(promise: &Commitment, rules: &MergeRules, plan: &MemberPlan) -> Vec<String> {
    let opening = plan.lines.iter().filter(|line| line.disposition == Disposition::Opens);
    let ends = |line: &&super::points::Line, before: Timestamp| {
        line.lot.state != LotState::Expired && line.expires_at.is_some_and(|end| end < before)
    };
    match promise {
        Commitment::RateAtLeast { source, point_type, rate } => {
            let of = plan.conversions.iter().filter(|conversion| {
                conversion.source == *source && conversion.point_type == *point_type
            });
            let less = of.filter(|conversion| {
                let converted = &conversion.converted;
                let promised = Fraction::whole(converted.source).at(*rate);
                converted.source > 0
                    && promised.is_ok_and(|promised| Fraction::whole(converted.total) < promised)
            });
            less.map(|_| format!("{source}/{point_type}")).collect()
        }
        Commitment::NoExpiryBefore { at } => {
            opening.filter(|line| ends(line, *at)).map(|line| line.lot.lot.clone()).collect()
        }
        Commitment::NoExpirySooner => opening
            .filter(|line| match (line.lot.expires_at, line.expires_at) {
                (_, None) => false,
                (None, Some(_)) => true,
                (Some(before), Some(after)) => after < before,
            })
            .map(|line| line.lot.lot.clone())
            .collect(),
        Commitment::NoTierLossBefore { at } => plan
            .tiers
            .iter()
            .filter(|tier| tier.protected_until.is_some_and(|end| end < *at))
            .map(|tier| tier.group.clone())
            .collect(),
        Commitment::NoVoucherLoss => plan
            .vouchers
            .iter()
            .filter(|v| {
                let sooner = match (v.voucher.expires_at, v.expires_at) {
                    (_, None) => false,
                    (None, Some(_)) => true,
                    (Some(before), Some(after)) => after < before,
                };
                v.value_minor < v.voucher.value_minor || sooner
            })
            .map(|v| v.voucher.code.clone())
            .collect(),
        Commitment::ValueAtLeast { share } => {
            let floor = plan.value_before.at(*share);
            let below = floor.is_ok_and(|floor| plan.value_after < floor);
            if below { vec![rules.controller.clone()] } else { Vec::new() }
        }
    }
}
