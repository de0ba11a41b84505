//! What one effect comes to on the lines it is about: exact, rounded once where the rule says, never wrapping.

use super::{Over, RuleEffect};
use crate::event::Line;
use crate::explain::{Step, ZeroReason};
use crate::label::Label;
use crate::rate::{self, Rate, Rounding};

use super::rule::Rule;

/// What a rule would give before limits.
#[derive(Debug)]
pub(super) struct Offer {
    /// Smallest units, more than zero.
    pub(super) points: i64,
    /// By what the points are split over the event's lines; one weight for an event without lines.
    pub(super) weights: Vec<i64>,
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
pub(super) fn base(
    rule: &Rule,
    lines: &[Line],
    about: Option<&[bool]>,
) -> Result<Offer, ZeroReason> {
    match rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Purchase } => {
            let weights = weights(lines, about, |line| line.net_minor);
            let amount_minor = total(&weights)?;
            let given = steps(amount_minor, points, per_minor, rounding)?;
            offer(given, weights, Reason::Amount { amount_minor, each: points, per_minor })
        }
        RuleEffect::PointsPerAmount { points, per_minor, rounding, over: Over::Line } => {
            // A line below zero gives nothing by itself and takes nothing from the others.
            let nets = weights(lines, about, |line| line.net_minor.max(0));
            let amount_minor = total(&nets)?;
            let each = nets.iter().map(|net| steps(*net, points, per_minor, rounding));
            let shares = each.collect::<Result<Vec<i64>, ZeroReason>>()?;
            offer(total(&shares)?, shares, Reason::Amount { amount_minor, each: points, per_minor })
        }
        RuleEffect::PointsPerUnit { points } => {
            let weights = weights(lines, about, |line| line.quantity_milli);
            let quantity_milli = total(&weights)?;
            let units = quantity_milli.div_euclid(1_000);
            if units <= 0 {
                return Err(ZeroReason::BelowUnit { quantity_milli });
            }
            offer(units.checked_mul(points).ok_or_else(overflow)?, weights, Reason::Units { units })
        }
        RuleEffect::Fixed { points } if lines.is_empty() => offer(points, vec![1], Reason::Fixed),
        RuleEffect::Fixed { points } => {
            offer(points, weights(lines, about, |line| line.net_minor), Reason::Fixed)
        }
        RuleEffect::Multiplier { .. } => Err(ZeroReason::NothingToMultiply),
    }
}

/// What a factor adds to points that are spread as `weights`.
pub(super) fn multiplied(
    factor: Rate,
    rounding: Rounding,
    weights: Vec<i64>,
) -> Result<Offer, ZeroReason> {
    let of = total(&weights)?;
    let above_one = i128::from(factor.num()) - i128::from(factor.den());
    // Both factors are below 2^63, so that the product fits in 127 bits.
    let added = rate::div(i128::from(of) * above_one, i128::from(factor.den()), rounding);
    let added = i64::try_from(added).map_err(|_| overflow())?;
    if of == 0 || above_one == 0 {
        return Err(ZeroReason::NothingToMultiply);
    }
    Ok(Offer { points: added, weights, reason: Reason::Multiplied { factor, of } })
}

fn offer(points: i64, weights: Vec<i64>, reason: Reason) -> Result<Offer, ZeroReason> {
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

fn weights(lines: &[Line], about: Option<&[bool]>, of: impl Fn(&Line) -> i64) -> Vec<i64> {
    match about {
        None => lines.iter().map(of).collect(),
        Some(about) => {
            lines.iter().zip(about).map(|(line, yes)| if *yes { of(line) } else { 0 }).collect()
        }
    }
}

/// The checked sum.
pub(super) fn total(parts: &[i64]) -> Result<i64, ZeroReason> {
    parts.iter().try_fold(0_i64, |sum, part| sum.checked_add(*part)).ok_or_else(overflow)
}
