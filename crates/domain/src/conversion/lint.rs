//! What is wrong with a conversion table before anybody is converted: cliffs, gains by splitting, points left behind.

use serde::Serialize;

use super::convert::Part;
use super::fraction::{Fraction, TooLarge};
use super::rule::ConversionRule;
use super::table::Table;
use crate::rate::Rate;
use crate::time::Timestamp;

/// From how much on something is worth telling, in target units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// A step up for one more source unit.
    pub cliff: i64,
    /// A gain by splitting or combining accounts; rounding alone gives one.
    pub gain: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { cliff: 100, gain: 1 }
    }
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Somebody may find it unfair.
    Warning,
    /// Somebody can make points from nothing, or loses some.
    Exploit,
}

/// Something a table, a set of routes or a set of tier matches gets wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the numbers that the variant's sentence names")]
pub enum Finding {
    /// A balance one unit higher is worth less.
    Falls { rule: String, balance: i64, gives: i64, next_gives: i64 },
    /// A balance one unit higher is worth much more.
    Cliff { rule: String, balance: i64, gives: i64, next_gives: i64 },
    /// Two accounts are worth more together than apart.
    CombiningGains { rule: String, first: i64, second: i64, apart: i64, together: i64 },
    /// Two accounts are worth more apart than together.
    SplittingGains { rule: String, first: i64, second: i64, apart: i64, together: i64 },
    /// Up to so many source units stay behind.
    LeavesBehind { rule: String, points: i64 },
    /// Equal balances are worth different amounts.
    Unequal { rule: String, by: &'static str, lowest: Rate, highest: Rate },
    /// Points go round and come back as more.
    Loop { path: Vec<String>, product: Fraction },
    /// Going round and coming back costs points.
    Asymmetry { path: Vec<String>, product: Fraction },
    /// Sending points on makes them last longer.
    ExpiryRefresh { path: Vec<String> },
    /// Points reach another person's account although they cannot be sent there.
    FreeTransfer { path: Vec<String> },
    /// Small pieces are rounded up to more than the whole.
    RoundingGain { path: Vec<String>, pieces: i64, gives: i64, whole_gives: i64 },
    /// A tier matched from a matched tier reaches higher than the first alone.
    TierLaundering { path: Vec<String>, direct: Option<String>, reached: String },
    /// There are too many ways to look at all of them.
    NotAllSeen { ways: usize },
}

impl Finding {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Falls { .. } => "falls",
            Self::Cliff { .. } => "cliff",
            Self::CombiningGains { .. } => "combining_gains",
            Self::SplittingGains { .. } => "splitting_gains",
            Self::LeavesBehind { .. } => "leaves_behind",
            Self::Unequal { .. } => "unequal",
            Self::Loop { .. } => "loop",
            Self::Asymmetry { .. } => "asymmetry",
            Self::ExpiryRefresh { .. } => "expiry_refresh",
            Self::FreeTransfer { .. } => "free_transfer",
            Self::RoundingGain { .. } => "rounding_gain",
            Self::TierLaundering { .. } => "tier_laundering",
            Self::NotAllSeen { .. } => "not_all_seen",
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::CombiningGains { .. }
            | Self::Unequal { .. }
            | Self::Asymmetry { .. }
            | Self::NotAllSeen { .. } => Severity::Warning,
            _ => Severity::Exploit,
        }
    }
}

/// What is wrong with one rule.
pub fn lint(rule: &ConversionRule, thresholds: Thresholds) -> Result<Vec<Finding>, TooLarge> {
    let mut findings = Vec::new();
    let name = format!("{}/{}", rule.source, rule.point_type);
    steps(rule, &name, thresholds, &mut findings)?;
    pairs(rule, &name, thresholds, &mut findings)?;
    match &rule.table {
        Table::ByTier { rates, otherwise } => {
            unequal(&name, "tier", rates.values().chain([otherwise]), &mut findings);
        }
        Table::ByLotType { rates, otherwise } => {
            unequal(&name, "lot_type", rates.values().chain([otherwise]), &mut findings);
        }
        Table::ByDate { periods, otherwise } => {
            let rates = periods.iter().map(|period| &period.rate).chain([otherwise]);
            unequal(&name, "date", rates, &mut findings);
        }
        _ => {}
    }
    if let Some(step) = rule.step.filter(|step| !step.round_up && step.points > 1) {
        findings.push(Finding::LeavesBehind { rule: name, points: step.points - 1 });
    }
    Ok(findings)
}

/// What is wrong with any of `rules`, the worst first.
pub fn lint_all(
    rules: &[ConversionRule],
    thresholds: Thresholds,
) -> Result<Vec<Finding>, TooLarge> {
    let mut findings = Vec::new();
    for rule in rules {
        findings.extend(lint(rule, thresholds)?);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity()));
    Ok(findings)
}

/// What `balance` units of one earned lot become, gifts included.
pub fn gives(rule: &ConversionRule, balance: i64) -> Result<i64, TooLarge> {
    let part = Part {
        name: String::new(),
        points: balance,
        kind: "earned".into(),
        tier: String::new(),
        rated_at: Timestamp::MAX,
        expires_at: None,
    };
    let converted = rule.convert(&[part])?;
    converted.total.checked_add(converted.gift).ok_or(TooLarge)
}

fn steps(
    rule: &ConversionRule,
    name: &str,
    thresholds: Thresholds,
    findings: &mut Vec<Finding>,
) -> Result<(), TooLarge> {
    for point in rule.table.breakpoints().into_iter().filter(|point| *point > 1) {
        // Before it, and after it: a table that rounds up jumps one unit later.
        for balance in [point - 1, point] {
            let (low, high) = (gives(rule, balance)?, gives(rule, balance + 1)?);
            let rule = name.to_owned();
            if high < low {
                findings.push(Finding::Falls { rule, balance, gives: low, next_gives: high });
            } else if high - low > thresholds.cliff {
                findings.push(Finding::Cliff { rule, balance, gives: low, next_gives: high });
            }
        }
    }
    Ok(())
}

/// Reports the pair of balances that gains most by being combined, and the one that gains most by being split.
fn pairs(
    rule: &ConversionRule,
    name: &str,
    thresholds: Thresholds,
    findings: &mut Vec<Finding>,
) -> Result<(), TooLarge> {
    let probes = probes(rule);
    let (mut combining, mut splitting) = (None, None);
    for (place, first) in probes.iter().enumerate() {
        for second in &probes[place..] {
            let apart = gives(rule, *first)?.checked_add(gives(rule, *second)?).ok_or(TooLarge)?;
            let together = gives(rule, first.checked_add(*second).ok_or(TooLarge)?)?;
            let gain = together - apart;
            let found = (gain.abs(), *first, *second, apart, together);
            let best = if gain > 0 { &mut combining } else { &mut splitting };
            if gain.abs() > thresholds.gain && best.is_none_or(|best| found > best) {
                *best = Some(found);
            }
        }
    }
    let rule = name.to_owned();
    if let Some((_, first, second, apart, together)) = combining {
        let rule = rule.clone();
        findings.push(Finding::CombiningGains { rule, first, second, apart, together });
    }
    if let Some((_, first, second, apart, together)) = splitting {
        findings.push(Finding::SplittingGains { rule, first, second, apart, together });
    }
    Ok(())
}

/// Balances where something may happen: around every break, at half of it, at the step and where the cap is reached.
fn probes(rule: &ConversionRule) -> Vec<i64> {
    let mut probes = vec![1, 100, 1_000];
    for point in rule.table.breakpoints() {
        probes.extend([point / 2, point - 1, point]);
    }
    probes.extend(rule.step.into_iter().flat_map(|step| [step.points - 1, step.points]));
    if let (Some(cap), Ok(Some(rate))) = (rule.cap, rule.table.rate_of("", "", Timestamp::MAX)) {
        let reached = i128::from(cap) * i128::from(rate.den()) / i128::from(rate.num().max(1));
        probes.extend(i64::try_from(reached));
    }
    probes.retain(|probe| *probe > 0);
    probes.sort_unstable();
    probes.dedup();
    probes
}

fn unequal<'a>(
    name: &str,
    by: &'static str,
    rates: impl Iterator<Item = &'a Rate>,
    findings: &mut Vec<Finding>,
) {
    let mut sorted: Vec<Rate> = rates.copied().collect();
    sorted.sort_by_key(|rate| Fraction::from(*rate));
    if let (Some(lowest), Some(highest)) = (sorted.first(), sorted.last())
        && lowest != highest
    {
        let (lowest, highest) = (*lowest, *highest);
        findings.push(Finding::Unequal { rule: name.to_owned(), by, lowest, highest });
    }
}
