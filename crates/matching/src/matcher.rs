//! The door of the crate: two tables or one in, links out, with the reasons for any pair.

use crate::block::Blocks;
use crate::compare::{self, COMPARISONS, MEANINGS, NAMES, OTHER, OTHER_MEANINGS};
use crate::decide::{self, Band, Link};
use crate::model::{Model, Pair};
use crate::normalize::date::DateOrder;
use crate::parallel;
use crate::people::{Customs, People, prepare};
use crate::table::Table;
use crate::words::count;

/// Pairs whose first belief is below this many bits are strangers and are not kept.
const KEPT_FROM_BITS: f64 = -12.0;

/// Finds records of the same person. The settings hold for any data: nothing is tuned to a set.
#[derive(Debug, Clone, Default)]
pub struct Matcher {
    threads: usize,
    customs: Customs,
}

/// What was found.
pub struct Outcome {
    /// The links, in the order of their ids.
    pub links: Vec<Link>,
    /// How much was looked at.
    pub stats: Stats,
    model: Model,
    people: People,
    clusters: Vec<u32>,
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Stats {
    /// Records on the left.
    pub left: usize,
    /// Records on the right; 0 where one table was compared with itself.
    pub right: usize,
    /// Pairs compared.
    pub compared: u64,
    /// Pairs that were near enough to be weighed.
    pub weighed: usize,
    /// Rounds of learning.
    pub rounds: usize,
    /// Share of records of one person among all pairs, as learned.
    pub same_rate: f64,
    /// Most pairs that a block may have.
    pub block_pairs: usize,
}

/// Why a pair is believed to be one person, or not.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What each known field says.
    pub reasons: Vec<Reason>,
    /// What is believed before looking, in bits: how rare records of one person are among all pairs.
    pub prior_bits: f64,
    /// What speaks for two people of one household rather than strangers, in bits taken off.
    pub household_bits: f64,
    /// The probability that the pair is one person, before other candidates are weighed in.
    pub probability: f64,
}

/// What one field says.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The comparison: "email", "birth date".
    pub field: &'static str,
    /// How the values agree: "equal", "one slip", "differs".
    pub finding: &'static str,
    /// The weight of it, in bits: log2 of how much more often this happens with one person.
    pub bits: f64,
}

impl Matcher {
    /// A matcher that uses `threads` threads; the result does not depend on how many.
    #[must_use]
    pub fn new(threads: usize) -> Self {
        Self { threads: threads.max(1), customs: Customs::default() }
    }

    /// Phone numbers without a country are of this one (a code such as `es`).
    #[must_use]
    pub fn country(mut self, country: &str) -> Self {
        country.clone_into(&mut self.customs.country);
        self
    }

    /// Dates that do not begin with the year are written like this; found out where not given.
    #[must_use]
    pub fn date_order(mut self, order: Option<DateOrder>) -> Self {
        self.customs.date_order = order;
        self
    }

    /// Links the records of two tables.
    #[must_use]
    pub fn link(&self, left: &Table, right: &Table) -> Outcome {
        self.run(left, Some(right))
    }

    /// Finds records of the same person within one table.
    #[must_use]
    pub fn dedupe(&self, table: &Table) -> Outcome {
        self.run(table, None)
    }

    fn run(&self, left: &Table, right: Option<&Table>) -> Outcome {
        let people = prepare(left, right, &self.customs, self.threads);
        let mut model = Model::begin(&people, self.threads);
        let (pairs, compared, cap) = self.look(&people, &model);
        model.learn(&pairs, people.pairs(), self.threads);
        let (links, clusters) = decide::decide(&people, &model, &pairs);
        let stats = Stats {
            left: left.len(),
            right: right.map_or(0, Table::len),
            compared,
            weighed: pairs.len(),
            rounds: model.rounds,
            same_rate: model.same_rate,
            block_pairs: cap,
        };
        Outcome { links, stats, model, people, clusters }
    }

    /// Compares all pairs that share a key and keeps those that are near enough.
    fn look(&self, people: &People, model: &Model) -> (Vec<Pair>, u64, usize) {
        let blocks = Blocks::build(people, self.threads);
        let floor = KEPT_FROM_BITS * std::f64::consts::LN_2;
        let logs = crate::model::Logs::of(model);
        let found = parallel::map(self.threads, blocks.parts(), |part| {
            let (mut kept, mut compared) = (Vec::new(), 0_u64);
            blocks.walk(part, |one, other| {
                compared += 1;
                let comparison =
                    compare::compare(people, &people.people[one], &people.people[other]);
                let pair = Pair {
                    one: count(one),
                    other: count(other),
                    pattern: compare::pattern(&comparison),
                    log_chance: model.log_chance(&comparison),
                };
                if logs.same_log(&pair) > floor {
                    kept.push(pair);
                }
            });
            (kept, compared)
        });
        let compared = found.iter().map(|(_, compared)| compared).sum();
        let mut pairs: Vec<Pair> = found.into_iter().flat_map(|(kept, _)| kept).collect();
        pairs.sort_unstable_by_key(|pair| (pair.one, pair.other));
        (pairs, compared, blocks.cap())
    }
}

impl Outcome {
    /// Explains any pair by the places of its records in their tables; in a table compared with
    /// itself both are places of that table. `None` where there is no such record.
    #[must_use]
    pub fn explain(&self, left: usize, right: usize) -> Option<Explanation> {
        let people = &self.people;
        let (lefts, rights) = people.places.split_at(people.left);
        let find = |places: &[u32], place: usize| places.iter().position(|p| *p as usize == place);
        let one = find(lefts, left)?;
        let other = match people.is_dedupe() {
            true => find(lefts, right)?,
            false => find(rights, right)? + people.left,
        };
        Some(self.explained(one, other))
    }

    /// Explains all links, in their order.
    #[must_use]
    pub fn explain_links(&self) -> Vec<Explanation> {
        let people = &self.people;
        let (lefts, rights) = people.places.split_at(people.left);
        let turned = |places: &[u32], from: usize| {
            let most = places.iter().max().map_or(0, |most| *most as usize + 1);
            let mut at = vec![0; most];
            for (number, place) in places.iter().enumerate() {
                at[*place as usize] = number + from;
            }
            at
        };
        let left = turned(lefts, 0);
        let right = if people.is_dedupe() { left.clone() } else { turned(rights, people.left) };
        let explain =
            |link: &Link| self.explained(left[link.left as usize], right[link.right as usize]);
        self.links.iter().map(explain).collect()
    }

    /// Explains a pair by the numbers of its records.
    fn explained(&self, one: usize, other: usize) -> Explanation {
        let people = &self.people;
        let comparison = compare::compare(people, &people.people[one], &people.people[other]);
        let mut reasons = Vec::new();
        let mut home = 0.0;
        for index in (0..COMPARISONS).filter(|index| comparison[*index].level != 0) {
            let level = usize::from(comparison[index].level);
            let chance = f64::from(self.model.chance_of(&comparison, index)).exp();
            let meanings = if index < OTHER { &MEANINGS[index] } else { &OTHER_MEANINGS };
            home += (self.model.home[index][level] / chance).log2();
            reasons.push(Reason {
                field: NAMES[index],
                finding: meanings[level],
                bits: (self.model.same[index][level] / chance).log2(),
            });
        }
        let log_chance = self.model.log_chance(&comparison);
        let pattern = compare::pattern(&comparison);
        let pair = Pair { one: count(one), other: count(other), pattern, log_chance };
        Explanation {
            reasons,
            prior_bits: self.model.same_rate.log2(),
            household_bits: (1.0 + (home + self.model.home_rate.log2()).exp2()).log2(),
            probability: self.model.belief(&pair).same,
        }
    }

    /// The learned weights: for each comparison and finding the bits without regard to the value,
    /// and the share among records of one person and among people of one household.
    #[must_use]
    pub fn weights(&self) -> Vec<(Reason, f64, f64)> {
        let mut weights = Vec::new();
        for index in 0..COMPARISONS {
            let meanings = if index < OTHER { &MEANINGS[index] } else { &OTHER_MEANINGS };
            for level in (1..8).filter(|level| !meanings[*level].is_empty()) {
                let (same, home) = (self.model.same[index][level], self.model.home[index][level]);
                let bits = (same / self.model.chance[index][level]).log2();
                weights.push((
                    Reason { field: NAMES[index], finding: meanings[level], bits },
                    same,
                    home,
                ));
            }
        }
        weights
    }

    /// The cluster of each record: places of the left table first, then those of the right.
    #[must_use]
    pub fn clusters(&self) -> &[u32] {
        &self.clusters
    }

    /// The links of one band.
    pub fn band(&self, band: Band) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(move |link| link.band == band)
    }
}
