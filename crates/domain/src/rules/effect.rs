//! What one effect comes to on the lines it is about: exact, rounded once where the rule says, never wrapping.

use std::borrow::Cow;

use super::{Over, RuleEffect};
use crate::event::Line;
use crate::explain::{Step, ZeroReason};
use crate::label::Label;
use crate::rate::{self, Rate, Rounding};

use super::rule::Rule;

/// The lines of an event with what every rule asks of them; none for a custom event.
pub(super) struct Basket<'a> {
    pub(super) lines: &'a [Line],
    /// Minor units by line.
    pub(super) nets: Vec<i64>,
    /// Thousandths by line.
    quantities: Vec<i64>,
    /// The sum of the nets, in minor units.
    pub(super) net: i128,
}

impl<'a> Basket<'a> {
    /// Looks at the lines once for all rules.
    pub(super) fn of(lines: &'a [Line]) -> Self {
        let nets: Vec<i64> = lines.iter().map(|line| line.net_minor).collect();
        let net = nets.iter().map(|net| i128::from(*net)).sum();
        Self {
            lines,
            nets,
            quantities: lines.iter().map(|line| line.quantity_milli).collect(),
            net,
        }
    }
}

/// What a rule would give before limits.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    /// Smallest units, more than zero.
    pub(super) points: i64,
    /// By what the points are split over the event's lines; one weight for an event without lines.
    pub(super) weights: Cow<'a, [i64]>,
    /// The reason, still to be told how many points it was in the end.
    pub(super) reason: Reason,
}

/// Where an offer's points come from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reason {
    Amount { amount_minor: i64, each: i64, per_minor: i64 },
    Units { units: i64 },
    Fixed,
    Multiplied { factor: Rate, of: i64 },
}

/// The zero for a result beyond 64 bits.
pub(super) fn overflow() -> ZeroReason {
    ZeroReason::ConditionFailed { when: Label::default(), error: "overflow".to_owned() }
}

impl Reason {
    /// The step that says `rule` gave `points`.
    pub(super) fn step(self, rule: &Label, point_type: &Label, points: i64) -> Step {
        let (rule, point_type) = (rule.clone(), point_type.clone());
        match self {
            Self::Amount { amount_minor, each, per_minor } => {
                Step::ForAmount { rule, point_type, points, amount_minor, each, per_minor }
            }
            Self::Units { units } => Step::ForUnits { rule, point_type, points, units },
            Self::Fixed => Step::Fixed { rule, point_type, points },
            Self::Multiplied { factor, of } => {
                Step::Multiplied { rule, point_type, points, factor, of }
            }
        }
    }
}

/// What a base rule offers on the lines `about` (all when `None`) of an event; `lines` is empty for a custom event.
pub(super) fn base<'a>(
    rule: &Rule,
    basket: &'a Basket<'_>,
    about: Option<&[bool]>,
) -> Result<Offer<'a>, ZeroReason> {
    match rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Purchase } => {
            let weights = weights(&basket.nets, about);
            let amount_minor = total(&weights)?;
            let given = steps(amount_minor, points, per_minor, rounding)?;
            offer(given, weights, Reason::Amount { amount_minor, each: points, per_minor })
        }
        RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Line } => {
            // A line below zero gives nothing by itself and takes nothing from the others.
            let mut nets = weights(&basket.nets, about);
            if nets.iter().any(|net| *net < 0) {
                nets.to_mut().iter_mut().for_each(|net| *net = (*net).max(0));
            }
            let amount_minor = total(&nets)?;
            let each = nets.iter().map(|net| steps(*net, points, per_minor, rounding));
            let shares = each.collect::<Result<Vec<i64>, ZeroReason>>()?;
            offer(
                total(&shares)?,
                shares.into(),
                Reason::Amount { amount_minor, each: points, per_minor },
            )
        }
        RuleEffect::PointsPerUnit { points } => {
            let weights = weights(&basket.quantities, about);
            let quantity_milli = total(&weights)?;
            let units = quantity_milli.div_euclid(1_000);
            if units <= 0 {
                return Err(ZeroReason::BelowUnit { quantity_milli });
            }
            offer(units.checked_mul(points).ok_or_else(overflow)?, weights, Reason::Units { units })
        }
        RuleEffect::Fixed { points } if basket.lines.is_empty() => {
            offer(points, vec![1].into(), Reason::Fixed)
        }
        RuleEffect::Fixed { points } => offer(points, weights(&basket.nets, about), Reason::Fixed),
        RuleEffect::Multiplier { .. } => Err(ZeroReason::NothingToMultiply),
    }
}

/// What a factor adds to points that are spread as `weights`.
pub(super) fn multiplied(
    factor: Rate,
    rounding: Rounding,
    weights: Vec<i64>,
) -> Result<Offer<'static>, ZeroReason> {
    let of = total(&weights)?;
    let above_one = i128::from(factor.num()) - i128::from(factor.den());
    // Both factors are below 2^63, so that the product fits in 127 bits.
    let added = rate::div(i128::from(of) * above_one, i128::from(factor.den()), rounding);
    let added = i64::try_from(added).map_err(|_| overflow())?;
    if of == 0 || above_one == 0 {
        return Err(ZeroReason::NothingToMultiply);
    }
    Ok(Offer { points: added, weights: weights.into(), reason: Reason::Multiplied { factor, of } })
}

fn offer(points: i64, weights: Cow<'_, [i64]>, reason: Reason) -> Result<Offer<'_>, ZeroReason> {
    match reason {
        Reason::Amount { amount_minor, each, per_minor } if points == 0 && each > 0 => {
            Err(ZeroReason::BelowStep { amount_minor, per_minor })
        }
        _ => Ok(Offer { points, weights, reason }),
    }
}

/// Points for every whole `per_minor` in `amount_minor`, a part of one rounded as told.
fn steps(
    amount_minor: i64,
    points: i64,
    per_minor: i64,
    rounding: Rounding,
) -> Result<i64, ZeroReason> {
    let steps = rate::div(i128::from(amount_minor), i128::from(per_minor), rounding).max(0);
    i64::try_from(steps).ok().and_then(|steps| steps.checked_mul(points)).ok_or_else(overflow)
}

/// What counts of each line; all of it where the rule is about every line.
fn weights<'a>(all: &'a [i64], about: Option<&[bool]>) -> Cow<'a, [i64]> {
    match about {
        None => Cow::Borrowed(all),
        Some(about) => {
            all.iter().zip(about).map(|(of, counts)| if *counts { *of } else { 0 }).collect()
        }
    }
}

/// The checked sum.
pub(super) fn total(parts: &[i64]) -> Result<i64, ZeroReason> {
    parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part)).ok_or_else(overflow)
}
