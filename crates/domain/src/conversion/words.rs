//! What is published about a rule, made of the rule itself: sentences by key, whose words are in the locales.

use serde::Serialize;

use super::fraction::Fraction;
use super::rule::ConversionRule;
use super::table::Table;
use crate::rate::{Rate, Rounding, div};
use crate::time::Timestamp;

/// A sentence whose words are in `locales/<lang>/merging.ftl` under `key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The message's key.
    pub key: &'static str,
    /// What it is about.
    pub words: Vec<(&'static str, Word)>,
}

/// A value in a sentence, formatted for the reader's language when it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// Points, in smallest units of the named point type.
    Points(i64, String),
    /// A whole number.
    Number(i64),
    /// An exact fraction of points.
    Exact(Fraction),
    /// Money in minor units.
    Money(i64),
    /// A code that the configuration names: a program, a point type, a tier.
    Code(String),
    /// An instant.
    At(Timestamp),
    /// Text as it is, such as a fraction or a card number.
    Text(String),
}

impl Sentence {
    /// A sentence without words of its own.
    #[must_use]
    pub fn new(key: &'static str) -> Self {
        Self { key, words: Vec::new() }
    }

    /// This sentence with one more word.
    #[must_use]
    pub fn with(mut self, name: &'static str, word: Word) -> Self {
        self.words.push((name, word));
        self
    }
}

/// A published decimal is not the rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{published}` is not the rate {rate}; hint: publish {rate} or ≈ {published}")]
pub struct NotTheRate {
    /// What was to be published.
    pub published: String,
    /// What is applied.
    pub rate: Rate,
}

/// May `published` stand for `rate`? Exactly, or with `≈` when it is the rate rounded to its decimals.
pub fn check_published(published: &str, rate: Rate) -> Result<(), NotTheRate> {
    let refused = || NotTheRate { published: published.into(), rate };
    let (near, text) = match published.strip_prefix('≈') {
        Some(rest) => (true, rest.trim()),
        None => (false, published.trim()),
    };
    let said: Rate = text.parse().map_err(|_| refused())?;
    let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounded = u8::try_from(decimals).is_ok_and(|decimals| decimal(rate, decimals) == text);
    if said == rate || (near && rounded) { Ok(()) } else { Err(refused()) }
}

/// A rate as people read it: a decimal where that is exact with at most four places, else `≈` and four places.
#[must_use]
pub fn shown(rate: Rate) -> String {
    for decimals in 0..=4 {
        let text = decimal(rate, decimals);
        if text.parse() == Ok(rate) {
            return text;
        }
    }
    format!("≈ {}", decimal(rate, 4))
}

fn decimal(rate: Rate, decimals: u8) -> String {
    let scaled = i128::from(rate.num()).saturating_mul(10_i128.pow(u32::from(decimals.min(12))));
    let units = div(scaled, i128::from(rate.den()), Rounding::HalfUp);
    crate::points::decimal(i64::try_from(units).unwrap_or(i64::MAX), decimals)
}

impl ConversionRule {
    /// What is published about this rule, sentence by sentence.
    #[must_use]
    pub fn published(&self) -> Vec<Sentence> {
        let mut said = self.table_said();
        let extra = |key, points: i64, of: &str| {
            Sentence::new(key).with("points", Word::Points(points, of.to_owned()))
        };
        if let Some(step) = self.step {
            let key = if step.round_up { "merging-rate-step-up" } else { "merging-rate-step" };
            said.push(extra(key, step.points, &self.point_type));
        }
        said.extend(self.min.map(|min| extra("merging-rate-min", min, &self.to)));
        said.extend(self.bonus.map(|bonus| extra("merging-rate-bonus", bonus, &self.to)));
        said.extend(self.cap.map(|cap| extra("merging-rate-cap", cap, &self.to)));
        said.push(Sentence::new(match self.rounding {
            Rounding::Ceil => "merging-rate-rounds-up",
            Rounding::Floor => "merging-rate-rounds-down",
            Rounding::HalfUp | Rounding::HalfEven => "merging-rate-rounds-near",
        }));
        said
    }

    fn table_said(&self) -> Vec<Sentence> {
        let band = |key, from: i64, rate: Rate| {
            let said = self.rate_said(key, rate);
            said.with("from", Word::Points(from, self.point_type.clone()))
        };
        match &self.table {
            Table::Flat { rate } => vec![self.rate_said("merging-rate-flat", *rate)],
            Table::ValueBased { from_value_minor, to_value_minor } => {
                let rate = self.table.rate_of("", "", Timestamp(0)).ok().flatten();
                vec![
                    self.rate_said("merging-rate-value", rate.unwrap_or(Rate::ONE))
                        .with("worth", Word::Text(from_value_minor.to_string()))
                        .with("target-worth", Word::Text(to_value_minor.to_string())),
                ]
            }
            Table::MarginalBands { bands } => {
                bands.iter().map(|b| band("merging-rate-marginal", b.from, b.rate)).collect()
            }
            Table::WholeBalanceBand { bands } => {
                bands.iter().map(|b| band("merging-rate-whole", b.from, b.rate)).collect()
            }
            Table::LevelTable { levels, round_up } => {
                let key = if *round_up { "merging-rate-level-up" } else { "merging-rate-level" };
                let said = |level: &super::Level| {
                    Sentence::new(key)
                        .with("from", Word::Points(level.from, self.point_type.clone()))
                        .with("gives", Word::Points(level.gives, self.to.clone()))
                };
                levels.iter().map(said).collect()
            }
            Table::ByTier { rates, otherwise } => self.each("merging-rate-tier", rates, *otherwise),
            Table::ByLotType { rates, otherwise } => {
                self.each("merging-rate-kind", rates, *otherwise)
            }
            Table::ByDate { periods, otherwise } => {
                let mut said = vec![self.rate_said("merging-rate-otherwise", *otherwise)];
                said.extend(periods.iter().map(|period| {
                    self.rate_said("merging-rate-date", period.rate)
                        .with("at", Word::At(period.from))
                }));
                said
            }
        }
    }

    fn each(
        &self,
        key: &'static str,
        rates: &std::collections::BTreeMap<String, Rate>,
        otherwise: Rate,
    ) -> Vec<Sentence> {
        let mut said: Vec<Sentence> = rates
            .iter()
            .map(|(code, rate)| self.rate_said(key, *rate).with("code", Word::Code(code.clone())))
            .collect();
        said.push(self.rate_said("merging-rate-otherwise", otherwise));
        said
    }

    /// So many of these become so many of those: whole numbers, so that what is said is what is done.
    fn rate_said(&self, key: &'static str, rate: Rate) -> Sentence {
        let exact = Fraction::from(rate);
        let whole = |number: i128| i64::try_from(number).unwrap_or(i64::MAX);
        Sentence::new(key)
            .with("give", Word::Points(whole(exact.den()), self.point_type.clone()))
            .with("get", Word::Points(whole(exact.num()), self.to.clone()))
            .with("rate", Word::Text(shown(rate)))
    }
}
