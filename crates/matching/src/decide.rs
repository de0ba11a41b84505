//! From beliefs to decisions: bands, guards and clusters.

use crate::compare::{
    self, BIRTH, DIFFERENT, EMAIL, EQUAL, GIVEN, PHONE, STREET, SURNAME, TAX, level,
};
use crate::hash::Map;
use crate::model::{Belief, Logs, Model, Pair};
use crate::people::People;
use crate::words::count;

/// From here on a pair is believed to be one person.
const BELIEVED: f64 = 0.5;
/// From here on a pair may be merged without a person looking, where nothing stands against it.
const SURE: f64 = 0.9995;
/// Agreements, each hard to come by, that an automatic link needs beside the name.
const WITNESSES: usize = 2;
/// Clusters with more records than this are looked at by a person.
const CLUSTER_AUTO: usize = 5;
/// Two clusters become one when the mean probability over all their pairs is at least this.
const CLUSTER_MEAN: f64 = 0.4;
/// Clusters are not joined when more pairs than this would have to be compared.
const CLUSTER_PAIRS: usize = 10_000;

/// What is to be done with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Band {
    /// Sure enough to be merged without a person looking.
    Auto,
    /// More likely than not; a person decides.
    Review,
}

impl Band {
    /// Its name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Review => "review",
        }
    }
}

/// Two records believed to be one person.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The place of the left record in its table.
    pub left: u32,
    /// The place of the right record in its table.
    pub right: u32,
    /// The probability that they are one person.
    pub probability: f64,
    /// What is to be done.
    pub band: Band,
}

/// A pair that is believed, by the numbers of its records.
struct Believed {
    pair: Pair,
    belief: Belief,
    band: Band,
}

/// Decides on all pairs. Returns the links in the order of their records, and the cluster of each record
/// by place, those of the left table first.
pub fn decide(people: &People, model: &Model, pairs: &[Pair]) -> (Vec<Link>, Vec<u32>) {
    let judge = Judge { people, model, logs: Logs::of(model) };
    let mut believed: Vec<Believed> = Vec::new();
    for pair in pairs {
        let belief = judge.logs.belief(pair);
        if belief.same >= BELIEVED {
            let sure = belief.same >= SURE && is_corroborated(pair.pattern);
            let band = if sure { Band::Auto } else { Band::Review };
            believed.push(Believed { pair: *pair, belief, band });
        }
    }
    judge.demote_rivals(&mut believed);
    let clusters = judge.clusters(&believed);
    judge.demote_vetoed(&mut believed, &clusters);
    demote_large(&mut believed, &clusters);
    let links = if people.is_dedupe() {
        judge.closed(&believed, &clusters)
    } else {
        judge.links(&believed)
    };
    (links, by_place(people, &clusters))
}

/// Whether a pair agrees in name, in enough other things that are hard to come by, and conflicts in none.
fn is_corroborated(pattern: u64) -> bool {
    let at = |index| level(pattern, index);
    let hard = [BIRTH, EMAIL, PHONE, TAX, STREET].into_iter();
    let witnesses = hard.filter(|index| at(*index) == EQUAL).count();
    let named = (1..=4).contains(&at(GIVEN)) && (1..=4).contains(&at(SURNAME));
    named && !is_vetoed(pattern) && witnesses >= WITNESSES
}

/// Whether both have a birth date or a tax number and these are not the same: however much else agrees, nobody is
/// merged without a person looking.
fn is_vetoed(pattern: u64) -> bool {
    [BIRTH, TAX].into_iter().any(|index| level(pattern, index) == DIFFERENT)
}

struct Judge<'a> {
    people: &'a People,
    model: &'a Model,
    logs: Logs,
}

impl Judge<'_> {
    fn pair(&self, one: u32, other: u32) -> Pair {
        let person = |at: u32| &self.people.people[at as usize];
        let comparison = compare::compare(self.people, person(one), person(other));
        let pattern = compare::pattern(&comparison);
        let log_chance = self.model.log_chance(&comparison);
        Pair { one, other, pattern, log_chance }
    }

    fn belief(&self, one: u32, other: u32) -> Belief {
        self.logs.belief(&self.pair(one, other))
    }

    /// Two partners of one record are believed to be one person themselves, and nothing stands against it.
    fn may_be_one(&self, one: u32, other: u32) -> bool {
        let pair = self.pair(one, other);
        !is_vetoed(pair.pattern) && self.logs.belief(&pair).same >= 0.9
    }

    /// Links of a cluster in which two records stand against each other are for a person to decide, also where neither
    /// of the two has a link to the other.
    fn demote_vetoed(&self, believed: &mut [Believed], clusters: &[u32]) {
        let mut members: Map<u32, Vec<u32>> = Map::default();
        for link in believed.iter().filter(|link| link.band == Band::Auto) {
            for record in [link.pair.one, link.pair.other] {
                members.entry(clusters[record as usize]).or_default().push(record);
            }
        }
        let mut vetoed: Map<u32, bool> = Map::default();
        for (cluster, mut records) in members {
            records.sort_unstable();
            records.dedup();
            // Larger ones are for a person anyway; of two the link itself was looked at.
            let small = (3..=CLUSTER_AUTO).contains(&records.len());
            let apart = small
                && records.iter().enumerate().any(|(place, one)| {
                    let mut others = records[place + 1..].iter();
                    others.any(|other| is_vetoed(self.pair(*one, *other).pattern))
                });
            vetoed.insert(cluster, apart);
        }
        for link in believed.iter_mut().filter(|link| link.band == Band::Auto) {
            if vetoed.get(&clusters[link.pair.one as usize]) == Some(&true) {
                link.band = Band::Review;
            }
        }
    }

    /// A record with two believed partners who are not one person themselves is for a person to decide.
    fn demote_rivals(&self, believed: &mut [Believed]) {
        let mut partners: Map<u32, Vec<u32>> = Map::default();
        for link in believed.iter() {
            partners.entry(link.pair.one).or_default().push(link.pair.other);
            partners.entry(link.pair.other).or_default().push(link.pair.one);
        }
        for link in believed.iter_mut().filter(|link| link.band == Band::Auto) {
            let (one, other) = (link.pair.one, link.pair.other);
            let rival = |of: u32, partner: u32| {
                partners[&of]
                    .iter()
                    .any(|rival| *rival != partner && !self.may_be_one(*rival, partner))
            };
            if rival(one, other) || rival(other, one) {
                link.band = Band::Review;
            }
        }
    }

    /// The cluster of each record: the strongest links join first, and clusters join only when their
    /// records are believed to be one person in the mean.
    fn clusters(&self, believed: &[Believed]) -> Vec<u32> {
        let mut order: Vec<usize> = (0..believed.len()).collect();
        order.sort_by(|a, b| {
            let (x, y) = (&believed[*a], &believed[*b]);
            y.belief.log_odds.total_cmp(&x.belief.log_odds).then(a.cmp(b))
        });
        let mut cluster: Vec<u32> = (0..count(self.people.people.len())).collect();
        let mut members: Map<u32, Vec<u32>> = Map::default();
        let mut tried: Map<(u32, u32), (usize, usize)> = Map::default();
        for link in order.into_iter().map(|at| &believed[at].pair) {
            let (a, b) = (cluster[link.one as usize], cluster[link.other as usize]);
            let (a, b) = (a.min(b), a.max(b));
            if a == b {
                continue;
            }
            let of = |root: u32| members.get(&root).cloned().unwrap_or_else(|| vec![root]);
            let (ones, others) = (of(a), of(b));
            let sizes = (ones.len(), others.len());
            if tried.get(&(a, b)) == Some(&sizes) || !self.belong(&ones, &others) {
                tried.insert((a, b), sizes);
                continue;
            }
            others.iter().for_each(|record| cluster[*record as usize] = a);
            members.remove(&b);
            members.insert(a, [ones, others].concat());
        }
        cluster
    }

    fn belong(&self, ones: &[u32], others: &[u32]) -> bool {
        let pairs = ones.len() * others.len();
        if pairs == 1 {
            return true;
        }
        if pairs > CLUSTER_PAIRS {
            return false;
        }
        let crossed = ones.iter().flat_map(|one| others.iter().map(|other| (*one, *other)));
        let sum: f64 = crossed.map(|(one, other)| self.belief(one, other).same).sum();
        sum >= CLUSTER_MEAN * pairs as f64
    }

    fn links(&self, believed: &[Believed]) -> Vec<Link> {
        let place = |at: u32| self.people.places[at as usize];
        let link = |link: &Believed| Link {
            left: place(link.pair.one),
            right: place(link.pair.other),
            probability: link.belief.same,
            band: link.band,
        };
        believed.iter().map(link).collect()
    }

    /// The links of one table: all pairs of each cluster, since one person's records are all each
    /// other's. A pair that only follows from others is for a person to look at.
    fn closed(&self, believed: &[Believed], clusters: &[u32]) -> Vec<Link> {
        let direct = believed.iter().map(|link| ((link.pair.one, link.pair.other), link));
        let direct: Map<(u32, u32), &Believed> = direct.collect();
        let place = |at: u32| self.people.places[at as usize];
        let pairs = crate::truth::pairs_of_groups(clusters);
        let link = |(one, other): (u32, u32)| match direct.get(&(one, other)) {
            Some(link) => (link.belief.same, link.band),
            None => (self.belief(one, other).same.max(BELIEVED), Band::Review),
        };
        pairs
            .into_iter()
            .map(|pair| {
                let (probability, band) = link(pair);
                Link { left: place(pair.0), right: place(pair.1), probability, band }
            })
            .collect()
    }
}

/// Links within large clusters are for a person to look at.
fn demote_large(believed: &mut [Believed], clusters: &[u32]) {
    let mut sizes = vec![0_usize; clusters.len()];
    clusters.iter().for_each(|cluster| sizes[*cluster as usize] += 1);
    for link in believed {
        let (one, other) = (clusters[link.pair.one as usize], clusters[link.pair.other as usize]);
        if one != other || sizes[one as usize] > CLUSTER_AUTO {
            link.band = Band::Review;
        }
    }
}

/// Clusters in the order of places, named after their first record there.
fn by_place(people: &People, clusters: &[u32]) -> Vec<u32> {
    let shift = |at: usize| if at < people.left { 0 } else { people.left };
    let mut placed = vec![0; clusters.len()];
    for (at, cluster) in clusters.iter().enumerate() {
        placed[people.places[at] as usize + shift(at)] = *cluster;
    }
    placed
}
