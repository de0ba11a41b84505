//! "¿Qué pasó con mis puntos?": one golden member's statement as sentences, made from the plan that was posted.

use serde::Serialize;

use super::member::{GoldenStatus, MemberPlan};
use super::orders::OrderResult;
use super::points::{Conversion, Disposition, Line};
use super::rules::MergeRules;
use super::snapshot::{LotState, MemberSnapshot};
use crate::conversion::words::{Sentence, Word};
use crate::program::Provenance;

/// A part of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The heading's key in `locales/<lang>/merging.ftl`.
    pub heading: &'static str,
    /// What it says.
    pub sentences: Vec<Sentence>,
}

/// What happened to one member's points, section by section; sections with nothing to say are left out.
///
/// `accounts` are the snapshots that the plan was made from. Every number is the plan's own: [`adds_up`] says whether
/// what is shown is what opens.
#[must_use]
pub fn statement(
    rules: &MergeRules,
    plan: &MemberPlan,
    accounts: &[MemberSnapshot],
) -> Vec<Section> {
    let sections = [
        ("merging-statement-before", before(accounts)),
        ("merging-statement-linked", linked(plan)),
        ("merging-statement-converted", converted(plan)),
        ("merging-statement-lots", lots(plan)),
        ("merging-statement-tier", tiers(plan)),
        ("merging-statement-counters", counters(plan)),
        ("merging-statement-vouchers", vouchers(plan)),
        ("merging-statement-orders", orders(plan)),
        ("merging-statement-waiting", waiting(plan)),
        ("merging-statement-plans", plans(plan)),
        ("merging-statement-to-do", to_do(plan)),
        ("merging-statement-better", better(rules, plan)),
        ("merging-statement-complain", vec![Sentence::new("merging-say-complain")]),
    ];
    sections
        .into_iter()
        .filter(|(_, sentences)| !sentences.is_empty())
        .map(|(heading, sentences)| Section { heading, sentences })
        .collect()
}

/// Is the total that the statement shows the sum of what opens? Checked for every member before anything is sent.
#[must_use]
pub fn adds_up(plan: &MemberPlan) -> bool {
    let shown: i128 = plan
        .conversions
        .iter()
        .filter(|conversion| conversion.disposition == Disposition::Opens)
        .map(|c| i128::from(c.converted.total) + i128::from(c.converted.gift))
        .sum::<i128>()
        + plan.compensation.as_ref().map_or(0, |given| i128::from(given.points));
    let opens: i128 = plan.openings().iter().map(|opening| i128::from(opening.points)).sum();
    shown == opens
}

fn code(text: &str) -> Word {
    Word::Code(text.to_owned())
}

fn text(text: impl Into<String>) -> Word {
    Word::Text(text.into())
}

fn before(accounts: &[MemberSnapshot]) -> Vec<Sentence> {
    let mut said = Vec::new();
    for account in accounts {
        let mut sums = std::collections::BTreeMap::<&str, i128>::new();
        for lot in account.lots.iter().filter(|lot| lot.state.is_in_balance()) {
            *sums.entry(&lot.point_type).or_default() += i128::from(lot.points);
        }
        if sums.is_empty() {
            // Whoever acts for a company has its points to spend, and none of his or her own.
            let contact = account.contact_of.is_some();
            let key =
                if contact { "merging-say-before-contact" } else { "merging-say-before-none" };
            said.push(
                Sentence::new(key)
                    .with("program", code(&account.key.source))
                    .with("number", text(&account.key.member)),
            );
        }
        for (point_type, sum) in sums {
            let points = i64::try_from(sum).unwrap_or(i64::MAX);
            said.push(
                Sentence::new("merging-say-before")
                    .with("program", code(&account.key.source))
                    .with("number", text(&account.key.member))
                    .with("points", Word::Points(points, point_type.to_owned())),
            );
        }
        said.extend(account.tiers.iter().map(|tier| {
            Sentence::new("merging-say-tier-before")
                .with("program", code(&account.key.source))
                .with("tier", code(&tier.tier))
        }));
    }
    said
}

fn linked(plan: &MemberPlan) -> Vec<Sentence> {
    let moving: Vec<_> = plan.accounts.iter().filter(|account| account.moves).collect();
    let key = if moving.len() > 1 { "merging-say-linked" } else { "merging-say-alone" };
    let mut said = vec![Sentence::new(key).with("number", text(&plan.golden.member))];
    if moving.len() > 1 {
        said.extend(moving.iter().map(|account| {
            Sentence::new("merging-say-number")
                .with("program", code(&account.key.source))
                .with("number", text(&account.key.member))
        }));
    }
    said
}

/// Balance × rate = exact, rounding, result.
fn converted(plan: &MemberPlan) -> Vec<Sentence> {
    let mut said = Vec::new();
    for Conversion { point_type, to, source, converted, gift_expires_at, disposition } in
        &plan.conversions
    {
        if *disposition == Disposition::KeptApart {
            said.push(
                Sentence::new("merging-say-kept-apart")
                    .with("program", code(source))
                    .with("points", Word::Points(converted.source, point_type.clone())),
            );
            continue;
        }
        let whole = converted.rounding.is_zero();
        let mut sum =
            Sentence::new(if whole { "merging-say-whole" } else { "merging-say-converted" })
                .with("program", code(source))
                .with("points", Word::Points(converted.source, point_type.clone()));
        if !whole {
            sum = sum
                .with("exact", Word::Exact(converted.exact))
                .with("rounding", Word::Exact(converted.rounding));
        }
        said.push(sum.with("result", Word::Points(converted.total, to.clone())));
        if !converted.cut.is_zero() {
            let cut = Word::Exact(converted.cut);
            said.push(Sentence::new("merging-say-cut").with("cut", cut));
        }
        if converted.gift > 0 {
            let gift = Word::Points(converted.gift, to.clone());
            said.push(until("merging-say-gift", *gift_expires_at).with("points", gift));
        }
    }
    if let Some(given) = &plan.compensation {
        let points = Word::Points(given.points, given.to.clone());
        said.push(until("merging-say-compensation", given.expires_at).with("points", points));
    }
    if said.len() > 1 {
        said.extend(totals(plan));
    }
    said
}

/// What all of it comes to, for each point type that something opens in.
fn totals(plan: &MemberPlan) -> Vec<Sentence> {
    let mut sums = std::collections::BTreeMap::<String, i128>::new();
    for opening in plan.openings() {
        *sums.entry(opening.to).or_default() += i128::from(opening.points);
    }
    let said = sums.into_iter().map(|(to, sum)| {
        let points = Word::Points(i64::try_from(sum).unwrap_or(i64::MAX), to);
        Sentence::new("merging-say-total").with("points", points)
    });
    said.collect()
}

/// A sentence that names an end, or that there is none.
fn until(key: &'static str, end: Option<crate::time::Timestamp>) -> Sentence {
    match end {
        Some(end) => Sentence::new(key).with("kind", text("until")).with("until", Word::At(end)),
        None => Sentence::new(key).with("kind", text("never")).with("until", text("")),
    }
}

fn opens(line: &&Line) -> bool {
    line.disposition == Disposition::Opens && line.points != 0
}

fn lots(plan: &MemberPlan) -> Vec<Sentence> {
    // What ends first is what its reader wants to know first; what never ends comes last.
    let mut lots: Vec<&Line> = plan.lines.iter().filter(opens).collect();
    lots.sort_by_key(|line| (line.expires_at.is_none(), line.expires_at));
    let said = lots.into_iter().map(|line| {
        until("merging-say-lot", line.expires_at)
            .with("lot", text(&line.lot.lot))
            .with("before", Word::Points(line.lot.points, line.lot.point_type.clone()))
            .with("points", Word::Points(line.points, line.to.clone()))
    });
    said.collect()
}

fn tiers(plan: &MemberPlan) -> Vec<Sentence> {
    let said = plan.tiers.iter().map(|tier| {
        let key = match (&tier.from, tier.provenance) {
            (_, Provenance::Lifetime) => "merging-say-tier-lifetime",
            (None, _) => "merging-say-tier-counted",
            (Some(_), _) => "merging-say-tier-kept",
        };
        let from = tier.from.as_ref().map_or("", |from| from.source.as_str());
        until(key, tier.protected_until).with("tier", code(&tier.tier)).with("program", code(from))
    });
    said.collect()
}

fn counters(plan: &MemberPlan) -> Vec<Sentence> {
    let said = plan.counters.iter().map(|counter| {
        let key = if counter.counted_twice > 0 {
            "merging-say-counter-once"
        } else {
            "merging-say-counter"
        };
        Sentence::new(key)
            .with("group", code(&counter.group))
            .with("period", text(&counter.period))
            .with("value", Word::Number(counter.value))
            .with("twice", Word::Number(counter.counted_twice))
    });
    said.collect()
}

fn vouchers(plan: &MemberPlan) -> Vec<Sentence> {
    let said = plan.vouchers.iter().map(|voucher| {
        let key = if voucher.to.is_empty() {
            "merging-say-voucher-choose"
        } else {
            "merging-say-voucher"
        };
        until(key, voucher.expires_at)
            .with("code", text(&voucher.voucher.code))
            .with("before", Word::Money(voucher.voucher.value_minor))
            .with("value", Word::Money(voucher.value_minor))
            .with("points", Word::Number(voucher.or_source_points))
    });
    said.collect()
}

fn orders(plan: &MemberPlan) -> Vec<Sentence> {
    let said = plan.orders.iter().map(|OrderResult { key, order }| {
        let price = match order.point_type.as_str() {
            "" => Word::Number(order.points),
            point_type => Word::Points(order.points, point_type.to_owned()),
        };
        until("merging-say-order", order.promised_by)
            .with("order", text(&order.order))
            .with("program", code(&key.source))
            .with("reward", code(&order.reward))
            .with("price", price)
            .with("at", Word::At(order.ordered_at))
            .with("status", text(order.status.name()))
    });
    said.collect()
}

fn waiting(plan: &MemberPlan) -> Vec<Sentence> {
    let mut said = Vec::new();
    for line in plan.lines.iter().filter(opens) {
        let points = Word::Points(line.points, line.to.clone());
        match line.lot.state {
            LotState::Pending => {
                said.push(until("merging-say-pending", line.lot.release_at).with("points", points))
            }
            LotState::Held => said.push(
                until("merging-say-held", line.lot.hold_until)
                    .with("points", points)
                    .with("hold", text(&line.lot.hold)),
            ),
            LotState::Expired => {
                said.push(until("merging-say-reinstated", line.expires_at).with("points", points));
            }
            // What is on its way opens nothing: whoever has it waits.
            LotState::Available | LotState::InTransit => {}
        }
    }
    said
}

fn plans(plan: &MemberPlan) -> Vec<Sentence> {
    let said = plan.plans.iter().map(|paid| {
        let key = if paid.goes_on { "merging-say-plan" } else { "merging-say-plan-refund" };
        until(key, Some(paid.plan.paid_until))
            .with("plan", code(&paid.plan.plan))
            .with("refund", Word::Money(paid.refund_minor))
    });
    said.collect()
}

fn to_do(plan: &MemberPlan) -> Vec<Sentence> {
    let choices = plan.vouchers.iter().any(|voucher| voucher.to.is_empty());
    let key = match plan.status {
        GoldenStatus::HeldBack => "merging-say-we-are-looking",
        GoldenStatus::Blocked | GoldenStatus::Quarantined => "merging-say-call-us",
        _ if choices => "merging-say-choose",
        _ => "merging-say-nothing",
    };
    vec![Sentence::new(key)]
}

/// A loser never reads that he or she wins.
fn better(rules: &MergeRules, plan: &MemberPlan) -> Vec<Sentence> {
    if plan.value_before.is_zero()
        || matches!(plan.status, GoldenStatus::HeldBack | GoldenStatus::Left)
    {
        return Vec::new();
    }
    let rounded = |value: crate::conversion::Fraction| {
        value.rounded(crate::rate::Rounding::Floor).unwrap_or(i64::MAX)
    };
    let key = match plan.value_after.cmp(&plan.value_before) {
        std::cmp::Ordering::Less => "merging-say-value-less",
        std::cmp::Ordering::Equal => "merging-say-value-same",
        std::cmp::Ordering::Greater => "merging-say-value-more",
    };
    vec![
        Sentence::new(key)
            .with("before", Word::Money(rounded(plan.value_before)))
            .with("after", Word::Money(rounded(plan.value_after)))
            .with("at", Word::At(rules.cutover)),
    ]
}
