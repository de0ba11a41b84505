//! Recency, frequency and monetary scores by quintile, and the segments that they name.

use serde::{Deserialize, Serialize};

/// A customer in a fixed window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// Days since the last purchase.
    pub days_since: u32,
    /// Purchases in the window.
    pub purchases: u32,
    /// Net sales in the window, in minor units.
    pub net_minor: i64,
}

/// Scores of 1 to 5, 5 the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Scores {
    /// Recency: the fewer days, the higher.
    pub recency: u8,
    /// Frequency.
    pub frequency: u8,
    /// Monetary.
    pub monetary: u8,
}

/// The eleven segments of the glossary, from the best to the lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Bought of late, often.
    Champions,
    /// Come often.
    Loyal,
    /// Of late, now and then: could become loyal.
    Potential,
    /// The first purchase was of late.
    New,
    /// Rather of late, once.
    Promising,
    /// In the middle of everything.
    NeedAttention,
    /// Not of late, seldom.
    AboutToSleep,
    /// Came often, not of late.
    AtRisk,
    /// Came most often, not for long.
    CannotLose,
    /// Seldom, long ago.
    Hibernating,
    /// Once, longest ago.
    Lost,
}

impl Segment {
    /// Every segment with its name outside, from the best to the lost.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Champions, "champions"),
        (Self::Loyal, "loyal"),
        (Self::Potential, "potential"),
        (Self::New, "new"),
        (Self::Promising, "promising"),
        (Self::NeedAttention, "need_attention"),
        (Self::AboutToSleep, "about_to_sleep"),
        (Self::AtRisk, "at_risk"),
        (Self::CannotLose, "cannot_lose"),
        (Self::Hibernating, "hibernating"),
        (Self::Lost, "lost"),
    ];

    /// The name outside.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(segment, _)| *segment == self).map_or("", |(_, name)| name)
    }
}

/// Where the quintiles of a set of customers lie, so that one of them can be scored without the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    recency: Cuts,
    frequency: Cuts,
    monetary: Cuts,
}

/// The smallest values of scores 2 to 5; nothing where nobody reaches one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cuts([Option<i128>; 4]);

impl Cuts {
    /// Quintiles by rank: a value's score follows from how many values are below it, so that equal values score alike.
    fn of(values: impl Iterator<Item = i128>) -> Self {
        let mut sorted: Vec<i128> = values.collect();
        sorted.sort_unstable();
        let cut = |quintile: usize| {
            let place = (quintile * sorted.len()).div_ceil(5);
            let at = *sorted.get(place)?;
            let begins = sorted.partition_point(|other| *other < at) == place;
            let end = sorted.partition_point(|other| *other <= at);
            if begins { Some(at) } else { sorted.get(end).copied() }
        };
        Self([1, 2, 3, 4].map(cut))
    }

    fn score(&self, value: i128) -> u8 {
        self.0.iter().flatten().fold(1, |score, cut| score + u8::from(value >= *cut))
    }
}

impl Bounds {
    /// The quintiles of these customers.
    pub fn of(customers: &[Habits]) -> Self {
        Self {
            recency: Cuts::of(customers.iter().map(recency)),
            frequency: Cuts::of(customers.iter().map(|one| i128::from(one.purchases))),
            monetary: Cuts::of(customers.iter().map(|one| i128::from(one.net_minor))),
        }
    }

    /// The scores of a customer among them.
    pub fn scores(&self, one: &Habits) -> Scores {
        Scores {
            recency: self.recency.score(recency(one)),
            frequency: self.frequency.score(i128::from(one.purchases)),
            monetary: self.monetary.score(i128::from(one.net_minor)),
        }
    }
}

/// The fewer days, the more.
fn recency(one: &Habits) -> i128 {
    -i128::from(one.days_since)
}

/// The scores of each customer, in their order: quintiles by rank, equal values with equal scores (that
/// of the lowest rank among them). Empty for nobody.
pub fn scores(customers: &[Habits]) -> Vec<Scores> {
    let bounds = Bounds::of(customers);
    customers.iter().map(|one| bounds.scores(one)).collect()
}

/// The segment of a customer by recency and frequency (the usual 5 × 5 map; money ranks within it).
pub fn segment(scores: &Scores) -> Segment {
    match (scores.recency, scores.frequency) {
        (5, 4..) | (4, 5) => Segment::Champions,
        (3.., 4..) => Segment::Loyal,
        (4.., 2..=3) => Segment::Potential,
        (5, _) => Segment::New,
        (4, _) => Segment::Promising,
        (3, 3) => Segment::NeedAttention,
        (3, _) => Segment::AboutToSleep,
        (..=2, 5) => Segment::CannotLose,
        (..=2, 3..) => Segment::AtRisk,
        (2, _) | (_, 2) => Segment::Hibernating,
        _ => Segment::Lost,
    }
}
