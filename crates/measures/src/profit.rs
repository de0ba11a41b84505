//! Profit and loss of a customer, line by line, and of the program they add up to: what no customer
//! carries is a line of its own, so nothing is lost between the two (§3.2).

use serde::{Deserialize, Serialize};

use crate::ratio::split;

/// The lines that are given; subtotals follow from them. Every amount is in minor units with its sign
/// from the customer's point of view: income above 0, cost below.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Line {
    /// 1: gross sales with tax.
    GrossSales,
    /// 2: value added tax.
    Tax,
    /// 3: returns and cancellations, by their original sale.
    Returns,
    /// 4: price promotions, coupons, member prices.
    Promotions,
    /// 6: revenue deferred to points (accounting view).
    Deferred,
    /// 7: revenue released on redemption or expiry (accounting view).
    Released,
    /// 8: membership fees recognized.
    Fees,
    /// 9: income from partners.
    PartnerIncome,
    /// 11: cost of goods and services.
    GoodsCost,
    /// 13: payment fees.
    PaymentFees,
    /// 14: picking, packing and shipping.
    Shipping,
    /// 15: handling of returns.
    ReturnHandling,
    /// 16: cost of rewards.
    RewardCost,
    /// 17: benefits used.
    Benefits,
    /// 18: communications.
    Communications,
    /// 19: support.
    Support,
    /// 20: acquisition.
    Acquisition,
    /// 21: rebates, trade terms, credit, visits.
    Trade,
    /// 22: fraud and goodwill.
    Goodwill,
    /// 24: allocated fixed cost of the program.
    FixedCost,
}

/// All given lines in their order.
pub const LINES: [Line; 20] = [
    Line::GrossSales,
    Line::Tax,
    Line::Returns,
    Line::Promotions,
    Line::Deferred,
    Line::Released,
    Line::Fees,
    Line::PartnerIncome,
    Line::GoodsCost,
    Line::PaymentFees,
    Line::Shipping,
    Line::ReturnHandling,
    Line::RewardCost,
    Line::Benefits,
    Line::Communications,
    Line::Support,
    Line::Acquisition,
    Line::Trade,
    Line::Goodwill,
    Line::FixedCost,
];

/// Which view of points a statement takes; one statement never mixes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Reward cost when points are issued, at points × URR × cost of one; nothing is deferred.
    Economic,
    /// Revenue deferred and released, reward cost at redemption.
    Accounting,
}

/// The lines of one customer, or of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    amounts_minor: [i64; LINES.len()],
}

impl Statement {
    /// A line's amount, in minor units.
    pub fn at(&self, line: Line) -> i64 {
        self.amounts_minor[line as usize]
    }

    /// Adds to a line; `None` past 64 bits, and nothing is changed.
    pub fn add(&mut self, line: Line, minor: i64) -> Option<()> {
        let amount = &mut self.amounts_minor[line as usize];
        *amount = amount.checked_add(minor)?;
        Some(())
    }

    /// 5: net sales before points. `None` past 64 bits, as for the others.
    pub fn net_sales(&self) -> Option<i64> {
        self.through(Line::Promotions)
    }

    /// 10: net revenue.
    pub fn net_revenue(&self) -> Option<i64> {
        self.through(Line::PartnerIncome)
    }

    /// 12: gross margin.
    pub fn gross_margin(&self) -> Option<i64> {
        self.through(Line::GoodsCost)
    }

    /// 23: contribution, the figure to decide by.
    pub fn contribution(&self) -> Option<i64> {
        self.through(Line::Goodwill)
    }

    /// 25: profit.
    pub fn profit(&self) -> Option<i64> {
        self.through(Line::FixedCost)
    }

    /// Whether the statement keeps to one view of points.
    pub fn keeps_to(&self, view: View) -> bool {
        view == View::Accounting || (self.at(Line::Deferred) == 0 && self.at(Line::Released) == 0)
    }

    /// Line by line, this less the others: what of a program no customer carries. `None` past 64 bits.
    pub fn unallocated<'a>(&self, customers: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut rest = self.clone();
        for customer in customers {
            for (amount, other) in rest.amounts_minor.iter_mut().zip(customer.amounts_minor) {
                *amount = amount.checked_sub(other)?;
            }
        }
        Some(rest)
    }

    fn through(&self, last: Line) -> Option<i64> {
        let lines = &self.amounts_minor[..=last as usize];
        lines.iter().try_fold(0_i64, |sum, amount| sum.checked_add(*amount))
    }
}

/// Shares a cost of the program among customers by a stated key (purchases, sales, one each), in minor
/// units that sum to it exactly. `None` when no customer has any of the key.
pub fn allocate(customers: &mut [Statement], line: Line, minor: i64, key: &[u64]) -> Option<()> {
    let parts = split(minor, key)?;
    if parts.len() != customers.len() {
        return None;
    }
    customers.iter_mut().zip(parts).try_for_each(|(customer, part)| customer.add(line, part))
}

/// The whale curve: cumulative profit of the best tenth, two tenths and so on of customers, as shares
/// of the whole; past 1 the rest loses money. `None` for nobody or a whole of 0 or less.
#[expect(clippy::cast_precision_loss, reason = "shares of an amount, for showing")]
pub fn whale_curve(profits_minor: &[i64]) -> Option<[f64; 10]> {
    let mut sorted = profits_minor.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    let whole: i128 = sorted.iter().map(|profit| i128::from(*profit)).sum();
    if whole <= 0 {
        return None;
    }
    let until =
        |tenth: usize| sorted[..sorted.len() * tenth / 10].iter().map(|p| i128::from(*p)).sum();
    Some(std::array::from_fn(|at| {
        let sum: i128 = until(at + 1);
        sum as f64 / whole as f64
    }))
}
