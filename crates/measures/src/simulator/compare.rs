//! The comparison itself: three years of each scenario, the net present value, the lift at which a
//! program pays for itself, and what the result depends on most.

use serde::{Deserialize, Serialize};

use super::history::History;
use super::model::{Model, YearOf};
use crate::ratio::Ratio;
use crate::seed::Draws;

/// A low, a likely and a high assumption, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Range {
    /// The cautious one.
    pub low: i64,
    /// The likely one.
    pub likely: i64,
    /// The hopeful one.
    pub high: i64,
}

/// Everything that a comparison rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// The program.
    pub model: Model,
    /// Share of customers who enroll.
    pub enrollment: Range,
    /// More net sales of those who did.
    pub lift: Range,
    /// Margin before the program, of net sales, in millionths.
    pub margin: i64,
    /// Once, at the start, in minor units.
    pub setup_minor: i64,
    /// Each year, in minor units.
    pub running_minor: i64,
    /// Discount a year, in millionths.
    pub discount: i64,
    /// The share of what is promised in a year that is still open at its end, in millionths.
    pub open_at_end: i64,
    /// Decides who enrolls.
    pub seed: u64,
}

/// One year of a scenario; all amounts in minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Year {
    /// Customers enrolled.
    pub enrolled: u64,
    /// Net sales of them without the program.
    pub base_sales_minor: i64,
    /// The margin of those.
    pub base_margin_minor: i64,
    /// More margin by the lift.
    pub incremental_margin_minor: i64,
    /// Fees.
    pub fee_income_minor: i64,
    /// Expected cost of rewards and savings.
    pub reward_cost_minor: i64,
    /// Running cost.
    pub running_minor: i64,
    /// What the year brings: margin and fees less both costs.
    pub result_minor: i64,
    /// Rewards promised and expected to be used, but still open at the year's end.
    pub liability_minor: i64,
}

/// A simulated assumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulated {
    /// A typical year; each of the three is like it but for the set-up, which is paid before the first.
    pub year: Year,
    /// Net present value of three years less the set-up, in minor units, each year rounded once.
    pub npv_minor: i64,
    /// The lift at which a year brings nothing and costs nothing, in millionths, rounded up; `None`
    /// where no lift up to 300 % reaches it.
    pub break_even_lift: Option<i64>,
}

/// How far the net present value moves when one assumption goes from low to high.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// The assumption, by its code: `enrollment`, `lift`, `margin`, `running`.
    pub assumption: String,
    /// The value with the cautious assumption.
    pub low_minor: i64,
    /// The value with the hopeful one.
    pub high_minor: i64,
}

/// The three scenarios (cautious, likely, hopeful) and what they depend on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Low enrollment and lift.
    pub low: Simulated,
    /// Likely ones.
    pub likely: Simulated,
    /// High ones.
    pub high: Simulated,
    /// By the size of the difference, the largest first.
    pub sensitivity: Vec<Sensitivity>,
}

/// Why nothing was simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No customer to simulate on.
    NoHistory,
    /// A share outside 0 to 1, a range that is not in order, or an amount below 0.
    OutOfRange,
    /// A result past what can be computed exactly.
    TooLarge,
}

/// Past three times the sales no lift is plausible.
const MOST_LIFT: i64 = 3_000_000;
const WHOLE: i64 = 1_000_000;
/// A fifth up or down is what a margin or a running cost may turn out different.
const FIFTH: i64 = 200_000;

/// Simulates a scenario on a history.
pub fn simulate(history: &History, scenario: &Scenario) -> Result<Comparison, Refused> {
    check(history, scenario)?;
    let (enroll, lift) = (scenario.enrollment, scenario.lift);
    let one = |enrollment, lift| simulated(history, scenario, enrollment, lift);
    let likely = one(enroll.likely, lift.likely)?;
    let npv = |scenario: &Scenario, enrollment, lift| {
        let enrolled = enrolled(history, scenario, enrollment).ok_or(Refused::TooLarge)?;
        let year = year(&enrolled, scenario, lift).ok_or(Refused::TooLarge)?;
        present_value(&year, scenario).ok_or(Refused::TooLarge)
    };
    let changed = |margin: i64, running: i64| Scenario {
        margin: share_of(scenario.margin, WHOLE + margin),
        running_minor: share_of(scenario.running_minor, WHOLE + running),
        ..scenario.clone()
    };
    let usual = |scenario: &Scenario| npv(scenario, enroll.likely, lift.likely);
    let of = |assumption: &str, low_minor, high_minor| Sensitivity {
        assumption: assumption.to_owned(),
        low_minor,
        high_minor,
    };
    let mut sensitivity = vec![
        of(
            "enrollment",
            npv(scenario, enroll.low, lift.likely)?,
            npv(scenario, enroll.high, lift.likely)?,
        ),
        of(
            "lift",
            npv(scenario, enroll.likely, lift.low)?,
            npv(scenario, enroll.likely, lift.high)?,
        ),
        of("margin", usual(&changed(-FIFTH, 0))?, usual(&changed(FIFTH, 0))?),
        of("running", usual(&changed(0, FIFTH))?, usual(&changed(0, -FIFTH))?),
    ];
    sensitivity.sort_by_key(|one| std::cmp::Reverse(one.high_minor.abs_diff(one.low_minor)));
    let (low, high) = (one(enroll.low, lift.low)?, one(enroll.high, lift.high)?);
    Ok(Comparison { low, likely, high, sensitivity })
}

fn check(history: &History, scenario: &Scenario) -> Result<(), Refused> {
    if history.customers.is_empty() {
        return Err(Refused::NoHistory);
    }
    let ordered = |range: &Range| range.low <= range.likely && range.likely <= range.high;
    let share = |value: i64| (0..=WHOLE).contains(&value);
    let sound = ordered(&scenario.enrollment)
        && ordered(&scenario.lift)
        && share(scenario.enrollment.low)
        && share(scenario.enrollment.high)
        && (-WHOLE..=MOST_LIFT).contains(&scenario.lift.low)
        && scenario.lift.high <= MOST_LIFT
        && share(scenario.margin)
        && share(scenario.open_at_end)
        && scenario.discount >= 0
        && scenario.setup_minor >= 0
        && scenario.running_minor >= 0;
    if sound { Ok(()) } else { Err(Refused::OutOfRange) }
}

/// The customers who enroll and would join, with their year without the program.
struct Enrolled {
    years: Vec<(Ratio, Ratio)>,
}

fn enrolled(history: &History, scenario: &Scenario, enrollment: i64) -> Option<Enrolled> {
    let per_year = history.per_year();
    let share = u64::try_from(enrollment).ok()?;
    let mut years = Vec::new();
    for customer in &history.customers {
        let drawn = Draws::of(scenario.seed, customer.id).below(WHOLE.unsigned_abs());
        let base = customer.yearly_sales(per_year, Ratio::ZERO)?;
        if drawn < share && scenario.model.joins(base)? {
            years.push((base, customer.yearly_purchases(per_year)?));
        }
    }
    Some(Enrolled { years })
}

fn simulated(
    history: &History,
    scenario: &Scenario,
    enrollment: i64,
    lift: i64,
) -> Result<Simulated, Refused> {
    let of = || {
        let enrolled = enrolled(history, scenario, enrollment)?;
        let year = year(&enrolled, scenario, lift)?;
        let npv_minor = present_value(&year, scenario)?;
        let break_even_lift = break_even(&enrolled, scenario)?;
        Some(Simulated { year, npv_minor, break_even_lift })
    };
    of().ok_or(Refused::TooLarge)
}

fn year(enrolled: &Enrolled, scenario: &Scenario, lift: i64) -> Option<Year> {
    let factor = Ratio::millionths(WHOLE + lift);
    let mut sums = [Ratio::ZERO; 3];
    let mut base = Ratio::ZERO;
    for (sales, purchases) in &enrolled.years {
        let of = YearOf { base: *sales, sales: sales.times(factor)?, purchases: *purchases };
        let given = scenario.model.gives(&of)?;
        base = base.plus(*sales)?;
        for (sum, one) in sums.iter_mut().zip([given.cost, given.fee, given.promised]) {
            *sum = sum.plus(one)?;
        }
    }
    let margin = base.times(Ratio::millionths(scenario.margin))?;
    let more = margin.times(Ratio::millionths(lift))?;
    let [cost, fee, _] = sums;
    let open = cost.times(Ratio::millionths(scenario.open_at_end))?;
    let (incremental, fees, rewards) =
        (more.rounded_i64()?, fee.rounded_i64()?, cost.rounded_i64()?);
    let income = incremental.checked_add(fees)?;
    let spent = rewards.checked_add(scenario.running_minor)?;
    Some(Year {
        enrolled: u64::try_from(enrolled.years.len()).ok()?,
        base_sales_minor: base.rounded_i64()?,
        base_margin_minor: margin.rounded_i64()?,
        incremental_margin_minor: incremental,
        fee_income_minor: fees,
        reward_cost_minor: rewards,
        running_minor: scenario.running_minor,
        result_minor: income.checked_sub(spent)?,
        liability_minor: open.rounded_i64()?,
    })
}

/// Each year's result discounted to the start and rounded once, less the set-up.
fn present_value(year: &Year, scenario: &Scenario) -> Option<i64> {
    let shrink = Ratio::new(i128::from(WHOLE), i128::from(WHOLE.checked_add(scenario.discount)?))?;
    let (mut factor, mut sum) = (Ratio::ONE, scenario.setup_minor.checked_neg()?);
    for _ in 0..3 {
        factor = factor.times(shrink)?;
        let present = Ratio::whole(i128::from(year.result_minor)).times(factor)?.rounded_i64()?;
        sum = sum.checked_add(present)?;
    }
    Some(sum)
}

/// The smallest lift in millionths with a result of 0 or more, by halving between 0 and 300 %.
fn break_even(enrolled: &Enrolled, scenario: &Scenario) -> Option<Option<i64>> {
    let result = |lift: i64| Some(year(enrolled, scenario, lift)?.result_minor);
    if result(0)? >= 0 {
        return Some(Some(0));
    }
    if result(MOST_LIFT)? < 0 {
        return Some(None);
    }
    let (mut short, mut enough) = (0, MOST_LIFT);
    while enough - short > 1 {
        let middle = i64::midpoint(short, enough);
        if result(middle)? >= 0 { enough = middle } else { short = middle }
    }
    Some(Some(enough))
}

fn share_of(value: i64, millionths: i64) -> i64 {
    Ratio::whole(i128::from(value))
        .times(Ratio::millionths(millionths))
        .and_then(Ratio::rounded_i64)
        .unwrap_or(value) // amounts that passed the check are far from the ends of 64 bits
}
