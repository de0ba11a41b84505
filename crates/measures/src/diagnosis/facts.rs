//! What a diagnosis may know: figures with what is needed to judge whether they could be chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::stats::intervals::{Mean, Proportion};

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact {
    /// A share of people, purchases or messages.
    Share(Proportion),
    /// A mean with its spread.
    Mean(Mean),
    /// An effect or score with its standard error, from `n` people.
    Effect {
        /// The estimate, in its unit.
        estimate: f64,
        /// Its standard error.
        se: f64,
        /// How many people it rests on.
        n: u64,
    },
    /// One value for each period, the oldest first; each rests on `n` cases.
    Series {
        /// The values.
        series: Vec<f64>,
        /// Cases of a period.
        n: u64,
    },
    /// Shares of groups (stores, sources), as hits and n.
    Groups {
        /// The groups.
        groups: Vec<(u64, u64)>,
    },
    /// A figure that is counted whole or set by a person: it has no chance in it.
    Known {
        /// The value, in its unit.
        value: f64,
    },
}

/// What is known, by name: an indicator's id, or the name of a figure that rules ask for.
pub type Facts = BTreeMap<String, Fact>;

/// A fact as a number with its standard error and what it rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number {
    pub value: f64,
    pub se: f64,
    pub n: Option<u64>,
}

impl Fact {
    /// The fact as one number; `None` for series, groups, and shares of nobody.
    pub(super) fn number(&self) -> Option<Number> {
        match self {
            Self::Share(share) => {
                let p = share.share()?;
                #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
                let se = (p * (1.0 - p) / share.n as f64).sqrt();
                Some(Number { value: p, se, n: Some(share.n) })
            }
            Self::Mean(mean) => Some(Number { value: mean.mean, se: mean.se()?, n: Some(mean.n) }),
            Self::Effect { estimate, se, n } => {
                Some(Number { value: *estimate, se: *se, n: Some(*n) })
            }
            Self::Known { value } => Some(Number { value: *value, se: 0.0, n: None }),
            Self::Series { .. } | Self::Groups { .. } => None,
        }
    }
}
