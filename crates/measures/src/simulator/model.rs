//! The kinds of program that can be compared, and what each gives a customer for a year's purchases.

use serde::{Deserialize, Serialize};

use crate::ratio::Ratio;

/// A kind of program. Rates are in millionths of net sales (1 % is 10,000), amounts in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Model {
    /// Points on every purchase; the rate is what a point's redemption costs, of net sales.
    Points {
        /// Cost of the points of a purchase if all are redeemed.
        rate: i64,
        /// The share that is ever redeemed.
        urr: i64,
    },
    /// Money back on every purchase; all of it is used.
    Cashback {
        /// Share given back.
        rate: i64,
    },
    /// A reward for every so many purchases.
    Stamps {
        /// Purchases for one reward, 1 or more.
        every: u32,
        /// What a reward costs.
        reward_minor: i64,
        /// The share of full cards that is handed in.
        urr: i64,
    },
    /// Points whose rate rises with a year's spend.
    Tiers {
        /// From the lowest threshold up; the first begins at 0.
        tiers: Vec<Tier>,
        /// The share that is ever redeemed.
        urr: i64,
    },
    /// A fee each year for a saving on every purchase. Only those whose saving at today's spend is at
    /// least the fee join.
    Paid {
        /// The yearly fee.
        fee_minor: i64,
        /// Share saved on purchases.
        saving: i64,
    },
    /// Points for everybody, and a paid club on top.
    Hybrid {
        /// Cost of the points if all are redeemed, for everybody.
        rate: i64,
        /// The share that is ever redeemed.
        urr: i64,
        /// The club's yearly fee.
        fee_minor: i64,
        /// Share saved by the club's members.
        saving: i64,
    },
}

/// A tier: from this spend a year, this rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// Net sales of a year, in minor units.
    pub from_minor: i64,
    /// Cost of the points if all are redeemed, in millionths of all net sales of that year.
    pub rate: i64,
}

/// What a model gives one customer in a year, in exact minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Given {
    /// Value promised, before it is known how much is used.
    pub promised: Ratio,
    /// What is expected to be used, the reward cost.
    pub cost: Ratio,
    /// Fees paid by the customer.
    pub fee: Ratio,
}

/// A customer's year that a model looks at.
#[derive(Clone, Copy, Debug)]
pub(super) struct YearOf {
    /// Net sales without the program.
    pub base: Ratio,
    /// Net sales with it.
    pub sales: Ratio,
    /// Purchases.
    pub purchases: Ratio,
}

impl Model {
    /// Whether a customer would join at all; free models take everybody who is asked.
    pub(super) fn joins(&self, base: Ratio) -> Option<bool> {
        match self {
            Self::Paid { fee_minor, saving } => worth(base, *fee_minor, *saving),
            _ => Some(true),
        }
    }

    /// What the customer gets. `None` past 128 bits.
    pub(super) fn gives(&self, year: &YearOf) -> Option<Given> {
        let sales = year.sales.max(Ratio::ZERO);
        match self {
            Self::Points { rate, urr } => points(sales, *rate, *urr),
            Self::Cashback { rate } => points(sales, *rate, 1_000_000),
            Self::Stamps { every, reward_minor, urr } => {
                let cards = year.purchases.over(Ratio::whole(i128::from((*every).max(1))))?;
                let full = Ratio::whole(cards.num().div_euclid(cards.den()));
                used(full.times(Ratio::whole(i128::from(*reward_minor)))?, *urr)
            }
            Self::Tiers { tiers, urr } => {
                let reached = |tier: &&Tier| Ratio::whole(i128::from(tier.from_minor)) <= sales;
                let rate =
                    tiers.iter().filter(reached).map(|tier| tier.rate).next_back().unwrap_or(0);
                points(sales, rate, *urr)
            }
            Self::Paid { fee_minor, saving } => {
                let given = points(sales, *saving, 1_000_000)?;
                Some(Given { fee: Ratio::whole(i128::from(*fee_minor)), ..given })
            }
            Self::Hybrid { rate, urr, fee_minor, saving } => {
                let free = points(sales, *rate, *urr)?;
                if !worth(year.base, *fee_minor, *saving)? {
                    return Some(free);
                }
                let club = points(sales, *saving, 1_000_000)?;
                Some(Given {
                    promised: free.promised.plus(club.promised)?,
                    cost: free.cost.plus(club.cost)?,
                    fee: Ratio::whole(i128::from(*fee_minor)),
                })
            }
        }
    }

    /// The yearly spend at which a member's saving equals the fee (K40), in minor units; `None` for a
    /// model without a fee, or one that saves nothing.
    pub fn member_break_even(&self) -> Option<Ratio> {
        match self {
            Self::Paid { fee_minor, saving } | Self::Hybrid { fee_minor, saving, .. } => {
                Ratio::whole(i128::from(*fee_minor)).over(Ratio::millionths(*saving))
            }
            _ => None,
        }
    }
}

fn worth(base: Ratio, fee_minor: i64, saving: i64) -> Option<bool> {
    Some(base.times(Ratio::millionths(saving))? >= Ratio::whole(i128::from(fee_minor)))
}

fn points(sales: Ratio, rate: i64, urr: i64) -> Option<Given> {
    used(sales.times(Ratio::millionths(rate))?, urr)
}

fn used(promised: Ratio, urr: i64) -> Option<Given> {
    Some(Given { promised, cost: promised.times(Ratio::millionths(urr))?, fee: Ratio::ZERO })
}
