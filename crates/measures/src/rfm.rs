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

/// The scores of each customer, in their order: quintiles by rank, equal values with equal scores (that
/// of the lowest rank among them). Empty for nobody.
pub fn scores(customers: &[Habits]) -> Vec<Scores> {
    let recency = quintiles(customers.iter().map(|one| -i128::from(one.days_since)));
    let frequency = quintiles(customers.iter().map(|one| i128::from(one.purchases)));
    let monetary = quintiles(customers.iter().map(|one| i128::from(one.net_minor)));
    let of = |((recency, frequency), monetary)| Scores { recency, frequency, monetary };
    recency.into_iter().zip(frequency).zip(monetary).map(of).collect()
}

fn quintiles(values: impl Iterator<Item = i128>) -> Vec<u8> {
    let values: Vec<i128> = values.collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    let score = |value: &i128| {
        let below = sorted.partition_point(|other| other < value);
        u8::try_from(below * 5 / sorted.len().max(1)).map_or(5, |quintile| quintile + 1)
    };
    values.iter().map(score).collect()
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
