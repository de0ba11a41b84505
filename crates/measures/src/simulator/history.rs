//! The purchases that models are compared on, by customer and brought to a year.

use std::collections::BTreeMap;

use crate::clv::summary::Purchase;
use crate::ratio::Ratio;

/// A customer's history within the observed time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Who, by a stable number.
    pub id: u64,
    /// Net sales of each purchase, in minor units; returns are below 0.
    pub baskets_minor: Vec<i64>,
}

/// All customers, and how long they were observed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// By their number, each once.
    pub customers: Vec<Customer>,
    /// Days observed, above 0.
    pub days: u32,
}

impl History {
    /// The history of `purchases` observed for `days`; `None` for no days.
    pub fn new(purchases: &[Purchase], days: u32) -> Option<Self> {
        let mut baskets: BTreeMap<u64, Vec<i64>> = BTreeMap::new();
        for purchase in purchases {
            baskets.entry(purchase.customer).or_default().push(purchase.net_minor);
        }
        let of = |(id, baskets_minor)| Customer { id, baskets_minor };
        let customers = baskets.into_iter().map(of).collect();
        (days > 0).then_some(Self { customers, days })
    }

    /// What the observed time must be multiplied by to make a year of 365 days.
    pub fn per_year(&self) -> Ratio {
        Ratio::new(365, i128::from(self.days.max(1))).unwrap_or(Ratio::ONE)
    }
}

impl Customer {
    /// A year's net sales with `lift` more of each basket, as an exact fraction of minor units. `None`
    /// past 128 bits.
    pub fn yearly_sales(&self, per_year: Ratio, lift: Ratio) -> Option<Ratio> {
        let sum: i128 = self.baskets_minor.iter().map(|minor| i128::from(*minor)).sum();
        Ratio::whole(sum).times(per_year)?.times(Ratio::ONE.plus(lift)?)
    }

    /// A year's purchases: those observed, brought to a year. Returns are none.
    pub fn yearly_purchases(&self, per_year: Ratio) -> Option<Ratio> {
        let bought = self.baskets_minor.iter().filter(|minor| **minor > 0).count();
        Ratio::whole(i128::try_from(bought).ok()?).times(per_year)
    }
}
