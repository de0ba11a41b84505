//! What the data teach: how often each level occurs among strangers, among people of one household,
//! and among records of one person. No pair is labelled; chance comes from random pairs, the rest from
//! expectation and maximization over the pairs looked at.

use crate::compare::{
    AREA, BIRTH, COMPARISONS, Comparison, EMAIL, GENDER, GIVEN, LEVELS, PHONE, STREET, SURNAME,
    TAX, compare, level,
};
use crate::hash::{join, spread};
use crate::parallel;
use crate::people::People;

/// A share for each level of each comparison.
pub type Shares = [[f64; LEVELS]; COMPARISONS];

/// Random pairs that chance is measured on.
const RANDOM_PAIRS: usize = 1 << 18;
/// Pairs summed up by one piece of work.
const PIECE: usize = 1 << 15;
/// Rounds of learning, at most.
const ROUNDS: usize = 40;

/// A pair that was looked at: how it agrees, and the logarithm of the chance of that among strangers.
#[derive(Debug, Clone, Copy)]
pub struct Pair {
    pub one: u32,
    pub other: u32,
    pub pattern: u64,
    pub log_chance: f32,
}

/// The learned shares and how common each sort of pair is.
#[derive(Debug, Clone)]
pub struct Model {
    /// Shares among strangers.
    pub chance: Shares,
    /// Shares among records of one person.
    pub same: Shares,
    /// Shares among people of one household.
    pub home: Shares,
    /// How likely two records taken at random are one person's.
    pub same_rate: f64,
    /// How likely two records taken at random are of one household.
    pub home_rate: f64,
    /// The logarithms of the shares among strangers.
    log_shares: [[f32; LEVELS]; COMPARISONS],
    /// The logarithm of how likely namesakes share an address that is made of their name.
    pub namesake_email: f32,
    /// Rounds it took to learn.
    pub rounds: usize,
}

/// How probable it is that a pair is one person, of one household, or neither.
#[derive(Debug, Clone, Copy)]
pub struct Belief {
    pub same: f64,
    pub home: f64,
    /// The logarithm of the odds of one person.
    pub log_odds: f64,
}

/// Shares to begin with, level 1 to 7.
const SAME: [[f64; 7]; COMPARISONS] = {
    let mut start = [[0.85, 0.07, 0.0, 0.0, 0.0, 0.0, 0.08]; COMPARISONS];
    start[GIVEN] = [0.72, 0.05, 0.07, 0.09, 0.03, 0.01, 0.03];
    start[SURNAME] = [0.35, 0.2, 0.25, 0.13, 0.02, 0.02, 0.03];
    start[BIRTH] = [0.9, 0.05, 0.01, 0.01, 0.01, 0.0, 0.02];
    start[EMAIL] = [0.5, 0.12, 0.03, 0.05, 0.03, 0.0, 0.27];
    start[PHONE] = [0.7, 0.05, 0.0, 0.0, 0.0, 0.0, 0.25];
    start[STREET] = [0.6, 0.15, 0.05, 0.02, 0.0, 0.0, 0.18];
    start[AREA] = [0.7, 0.05, 0.1, 0.0, 0.0, 0.0, 0.15];
    start[TAX] = [0.95, 0.03, 0.0, 0.0, 0.0, 0.0, 0.02];
    start[GENDER] = [0.98, 0.0, 0.0, 0.0, 0.0, 0.0, 0.02];
    start
};

/// The same for two people of one household.
const HOME: [[f64; 7]; COMPARISONS] = {
    let mut start = [[0.4, 0.05, 0.0, 0.0, 0.0, 0.0, 0.55]; COMPARISONS];
    start[GIVEN] = [0.05, 0.01, 0.02, 0.02, 0.01, 0.04, 0.85];
    start[SURNAME] = [0.25, 0.1, 0.2, 0.05, 0.2, 0.02, 0.18];
    start[BIRTH] = [0.02, 0.005, 0.01, 0.01, 0.02, 0.0, 0.935];
    start[EMAIL] = [0.1, 0.02, 0.0, 0.01, 0.0, 0.0, 0.87];
    start[PHONE] = [0.3, 0.02, 0.0, 0.0, 0.0, 0.0, 0.68];
    start[STREET] = [0.75, 0.15, 0.03, 0.01, 0.0, 0.0, 0.06];
    start[AREA] = [0.85, 0.05, 0.05, 0.0, 0.0, 0.0, 0.05];
    start[TAX] = [0.0005, 0.0005, 0.0, 0.0, 0.0, 0.0, 0.999];
    start[GENDER] = [0.45, 0.0, 0.0, 0.0, 0.0, 0.0, 0.55];
    start
};

fn shares(start: &[[f64; 7]; COMPARISONS]) -> Shares {
    let mut shares = [[0.0; LEVELS]; COMPARISONS];
    for (shares, start) in shares.iter_mut().zip(start) {
        shares[0] = 1.0;
        let sum: f64 = start.iter().map(|share| share + 1e-4).sum();
        for (share, start) in shares[1..].iter_mut().zip(start) {
            *share = (start + 1e-4) / sum;
        }
    }
    shares
}

impl Model {
    /// A model that knows chance only, with common experience for the rest.
    pub fn begin(people: &People, threads: usize) -> Self {
        let (records, pairs) = (people.people.len() as f64, people.pairs().max(1.0));
        let chance = random_shares(people, threads);
        Self {
            #[expect(clippy::cast_possible_truncation, reason = "seven digits are plenty")]
            log_shares: chance.map(|levels| levels.map(|share| share.ln() as f32)),
            chance,
            same: shares(&SAME),
            home: shares(&HOME),
            same_rate: (0.2 * records / pairs).min(0.2),
            home_rate: (0.2 * records / pairs).min(0.2),
            namesake_email: namesake_email(people),
            rounds: 0,
        }
    }

    /// The logarithm of how likely strangers agree like this.
    pub fn log_chance(&self, comparison: &Comparison) -> f32 {
        (0..COMPARISONS).map(|index| self.chance_of(comparison, index)).sum()
    }

    /// The logarithm of how likely strangers agree like this in one comparison.
    pub fn chance_of(&self, comparison: &Comparison, index: usize) -> f32 {
        let agreement = &comparison[index];
        if index == EMAIL && agreement.level == 2 {
            let names = (1..=4).contains(&comparison[GIVEN].level)
                && (1..=5).contains(&comparison[SURNAME].level);
            return if names { agreement.log.max(self.namesake_email) } else { agreement.log };
        }
        if agreement.log.is_nan() {
            self.log_shares[index][usize::from(agreement.level)]
        } else {
            agreement.log
        }
    }

    /// What to believe of a pair.
    pub fn belief(&self, pair: &Pair) -> Belief {
        Logs::of(self).belief(pair)
    }

    /// Learns from pairs until nothing changes any more.
    pub fn learn(&mut self, pairs: &[Pair], all_pairs: f64, threads: usize) {
        for round in 1..=ROUNDS {
            let logs = Logs::of(self);
            let pieces = parallel::pieces(pairs.len(), PIECE);
            let sums = parallel::map(threads, pieces.len(), |piece| {
                let mut sums = Sums::default();
                pairs[pieces[piece].clone()]
                    .iter()
                    .for_each(|pair| sums.add(pair, logs.belief(pair)));
                sums
            });
            let sums = sums.iter().fold(Sums::default(), Sums::plus);
            let before = (self.same_rate, self.home_rate);
            self.same_rate = (sums.same_pairs / all_pairs).clamp(1e-15, 0.5);
            self.home_rate = (sums.home_pairs / all_pairs).clamp(1e-15, 0.5);
            estimate(&mut self.same, &sums.same, &shares(&SAME));
            estimate(&mut self.home, &sums.home, &shares(&HOME));
            self.keep_people_apart();
            self.rounds = round;
            let near = |a: f64, b: f64| (a - b).abs() < 1e-3 * a.max(b);
            if near(before.0, self.same_rate) && near(before.1, self.home_rate) {
                break;
            }
        }
    }
}

impl Model {
    /// A household is made of different people: whatever the data say, few of them share a date of birth
    /// and none a tax number. Without this, one person's records with odd names would pass as a family.
    fn keep_people_apart(&mut self) {
        const TWINS: f64 = 0.04;
        for (index, cap) in [(BIRTH, TWINS), (TAX, 0.001)] {
            let agreeing: f64 = self.home[index][1..=2].iter().sum();
            if agreeing > cap {
                let (shrink, grow) = (cap / agreeing, (1.0 - cap) / (1.0 - agreeing).max(1e-9));
                for level in 1..LEVELS {
                    self.home[index][level] *= if level <= 2 { shrink } else { grow };
                }
            }
        }
    }
}

/// Shares out of sums, drawn a little toward common experience.
fn estimate(shares: &mut Shares, sums: &Shares, prior: &Shares) {
    const WEIGHT: f64 = 20.0;
    for ((shares, sums), prior) in shares.iter_mut().zip(sums).zip(prior) {
        let all: f64 = sums[1..].iter().sum();
        for at in 1..LEVELS {
            shares[at] = (sums[at] + WEIGHT * prior[at]) / (all + WEIGHT);
        }
    }
}

/// The model's logarithms, so that a pair costs additions only.
pub struct Logs {
    same: Shares,
    home: Shares,
}

impl Logs {
    pub fn of(model: &Model) -> Self {
        let logs = |shares: &Shares, rate: f64| {
            let mut logs = shares.map(|levels| levels.map(f64::ln));
            logs[0].iter_mut().for_each(|log| *log += rate.ln());
            logs
        };
        Self { same: logs(&model.same, model.same_rate), home: logs(&model.home, model.home_rate) }
    }

    /// The logarithm of how much more likely one person is than strangers, prior included.
    pub fn same_log(&self, pair: &Pair) -> f64 {
        let levels =
            (0..COMPARISONS).map(|index| self.same[index][usize::from(level(pair.pattern, index))]);
        levels.sum::<f64>() - f64::from(pair.log_chance)
    }

    pub fn belief(&self, pair: &Pair) -> Belief {
        let chance = f64::from(pair.log_chance);
        let (mut same, mut home) = (-chance, -chance);
        for index in 0..COMPARISONS {
            let level = usize::from(level(pair.pattern, index));
            same += self.same[index][level];
            home += self.home[index][level];
        }
        let top = same.max(home).max(0.0);
        let (same, home, strangers) = ((same - top).exp(), (home - top).exp(), (-top).exp());
        let all = same + home + strangers;
        let log_odds = (same / (home + strangers).max(1e-300)).ln();
        Belief { same: same / all, home: home / all, log_odds }
    }
}

struct Sums {
    same: Shares,
    home: Shares,
    same_pairs: f64,
    home_pairs: f64,
}

impl Default for Sums {
    fn default() -> Self {
        let none = [[0.0; LEVELS]; COMPARISONS];
        Self { same: none, home: none, same_pairs: 0.0, home_pairs: 0.0 }
    }
}

impl Sums {
    fn add(&mut self, pair: &Pair, belief: Belief) {
        self.same_pairs += belief.same;
        self.home_pairs += belief.home;
        for index in 0..COMPARISONS {
            let level = usize::from(level(pair.pattern, index));
            self.same[index][level] += belief.same;
            self.home[index][level] += belief.home;
        }
    }

    fn plus(mut self, other: &Self) -> Self {
        self.same_pairs += other.same_pairs;
        self.home_pairs += other.home_pairs;
        for index in 0..COMPARISONS {
            for level in 0..LEVELS {
                self.same[index][level] += other.same[index][level];
                self.home[index][level] += other.home[index][level];
            }
        }
        self
    }
}

/// The shares of levels among pairs taken at random.
fn random_shares(people: &People, threads: usize) -> Shares {
    let pieces = parallel::pieces(RANDOM_PAIRS, PIECE);
    let (all, left) = (people.people.len() as u64, people.left as u64);
    let (first, from, others) =
        if people.is_dedupe() { (all, 0, all) } else { (left, left, all - left) };
    if first == 0 || others == 0 {
        return shares(&SAME);
    }
    let counted = parallel::map(threads, pieces.len(), |piece| {
        let mut counts = [[0_u64; LEVELS]; COMPARISONS];
        for at in pieces[piece].clone() {
            let seed = join(0x5eed, at as u64);
            let (one, other) = (spread(seed) % first, from + spread(seed ^ 0xa5a5) % others);
            if one == other {
                continue;
            }
            let person = |at: u64| &people.people[usize::try_from(at).unwrap_or(0)];
            let comparison = compare(people, person(one), person(other));
            for (counts, agreement) in counts.iter_mut().zip(comparison) {
                counts[usize::from(agreement.level)] += 1;
            }
        }
        counts
    });
    let mut shares = [[1.0; LEVELS]; COMPARISONS];
    for index in 0..COMPARISONS {
        let count =
            |level: usize| counted.iter().map(|counts| counts[index][level]).sum::<u64>() as f64;
        let known: f64 = (1..LEVELS).map(count).sum();
        for (level, share) in shares[index].iter_mut().enumerate().skip(1) {
            *share = (count(level) + 0.2) / (known + 1.0);
        }
    }
    shares
}

/// How likely two people of one name share an address made of that name: measured on namesakes with
/// different dates of birth, who are two people.
fn namesake_email(people: &People) -> f32 {
    let mut keys: [Vec<u64>; 4] = std::array::from_fn(|_| Vec::new());
    for person in people
        .people
        .iter()
        .filter(|p| p.birth != 0 && p.email != 0 && p.given != 0 && p.surname != 0)
    {
        let text = people.email.words.text(person.email);
        let local = text.split('@').next().unwrap_or_default();
        if !crate::compare::made_of_name(people, person, local) {
            continue;
        }
        let given = people.given_names[person.given as usize].words[0];
        let surname = people.surnames[person.surname as usize].words[0];
        let name = join(u64::from(given), u64::from(surname));
        let (birth, email) =
            (join(name, u64::from(person.birth)), join(name ^ 1, u64::from(person.email)));
        for (keys, key) in keys.iter_mut().zip([name, birth, email, join(birth, email)]) {
            keys.push(key);
        }
    }
    let [names, births, emails, both] = keys.map(|mut keys| {
        keys.sort_unstable();
        keys.chunk_by(|a, b| a == b).map(|run| run.len() * (run.len() - 1) / 2).sum::<usize>()
            as f64
    });
    let share = ((emails - both).max(0.0) + 1.0) / ((names - births).max(0.0) + 20.0);
    #[expect(clippy::cast_possible_truncation, reason = "seven digits are plenty")]
    let log = share.ln() as f32;
    log
}
