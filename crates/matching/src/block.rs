//! Which pairs are looked at: those that share one of many keys whose blocks are small enough.
//!
//! A key is a combination of parts that two records of one person often share. Blocks past a cap are
//! left out, since tighter keys cover them; the cap follows from a budget of pairs per record, so that
//! work and memory stay bounded whatever the data.

use crate::hash::{self, Set};
use crate::parallel;
use crate::people::{People, Person};
use crate::words::count;

/// Pairs looked at per record, at most, in the mean.
const PAIRS_PER_RECORD: usize = 5;
/// Pairs that may be looked at however few records there are.
const PAIRS_AT_LEAST: usize = 2_000_000;
/// No block has more pairs than this.
const BLOCK_PAIRS: usize = 20_000;
/// Partitions of the keys, for sorting and walking in parallel.
const PARTS: usize = 64;

/// The keys of all records and the blocks they make.
pub struct Blocks {
    /// Entries of a partition: key in the upper half, record in the lower, sorted.
    parts: Vec<Vec<u64>>,
    /// The sorted keys of each record.
    keys: Vec<u32>,
    starts: Vec<usize>,
    dead: Set<u32>,
    left: usize,
    cap: usize,
    dedupe: bool,
}

impl Blocks {
    /// Makes the keys of all records and chooses the cap.
    pub fn build(people: &People, threads: usize) -> Self {
        let pieces = parallel::pieces(people.people.len(), 16_384);
        let made = parallel::map(threads, pieces.len(), |piece| {
            let mut keys = Vec::new();
            let mut ends = Vec::new();
            for person in &people.people[pieces[piece].clone()] {
                let from = keys.len();
                keys_of(people, person, &mut keys);
                keys[from..].sort_unstable();
                let mut kept = from;
                for at in from..keys.len() {
                    if at == from || keys[at] != keys[kept - 1] {
                        keys[kept] = keys[at];
                        kept += 1;
                    }
                }
                keys.truncate(kept);
                ends.push(keys.len());
            }
            (keys, ends)
        });
        let mut blocks = Self {
            parts: Vec::new(),
            keys: Vec::new(),
            starts: vec![0],
            dead: Set::default(),
            left: people.left,
            cap: BLOCK_PAIRS,
            dedupe: people.is_dedupe(),
        };
        blocks.gather(made);
        blocks.parts = blocks.sorted(threads);
        blocks.choose_cap(people.people.len(), threads);
        blocks
    }

    /// Takes the keys that can make a pair: of two records, one on each side where there are two. What
    /// is seen is noted in a table by a piece of the key, so a few keys stay in vain.
    fn gather(&mut self, made: Vec<(Vec<u32>, Vec<usize>)>) {
        const LEFT: u8 = 1;
        const RIGHT: u8 = 2;
        let bits = made
            .iter()
            .map(|(keys, _)| keys.len() * 2)
            .sum::<usize>()
            .next_power_of_two()
            .ilog2()
            .clamp(10, 27);
        let place = |key: u32| (key >> (32 - bits)) as usize;
        let mut seen = vec![0_u8; 1 << bits];
        let mut record = 0;
        for (keys, ends) in &made {
            let mut from = 0;
            for end in ends {
                for key in &keys[from..*end] {
                    let seen = &mut seen[place(*key)];
                    let second =
                        self.dedupe && *seen & LEFT != 0 || !self.dedupe && record >= self.left;
                    *seen |= if second { RIGHT } else { LEFT };
                }
                (from, record) = (*end, record + 1);
            }
        }
        for (keys, ends) in made {
            let mut from = 0;
            for end in ends {
                let useful =
                    keys[from..end].iter().filter(|key| seen[place(**key)] == LEFT | RIGHT);
                self.keys.extend(useful);
                self.starts.push(self.keys.len());
                from = end;
            }
        }
    }

    /// Sorts the entries of each partition.
    fn sorted(&self, threads: usize) -> Vec<Vec<u64>> {
        let records = self.starts.len() - 1;
        let mut parts: Vec<Vec<u64>> = vec![Vec::new(); PARTS];
        for record in 0..records {
            for key in &self.keys[self.starts[record]..self.starts[record + 1]] {
                parts[part_of(*key)].push(u64::from(*key) << 32 | record as u64);
            }
        }
        let parts: Vec<std::sync::Mutex<Vec<u64>>> =
            parts.into_iter().map(std::sync::Mutex::new).collect();
        parallel::map(threads, PARTS, |part| {
            let mut entries =
                parts[part].lock().map(|mut p| std::mem::take(&mut *p)).unwrap_or_default();
            entries.sort_unstable();
            entries
        })
    }

    fn choose_cap(&mut self, records: usize, threads: usize) {
        let counted = parallel::map(threads, PARTS, |part| {
            let mut sizes = vec![0_usize; BLOCK_PAIRS + 1];
            for (_, block) in runs(&self.parts[part]) {
                let pairs = self.pairs_of(block);
                if pairs <= BLOCK_PAIRS {
                    sizes[pairs] += 1;
                }
            }
            sizes
        });
        let budget = (records * PAIRS_PER_RECORD).max(PAIRS_AT_LEAST);
        let mut all = 0;
        self.cap = 1;
        for pairs in 1..=BLOCK_PAIRS {
            all += pairs * counted.iter().map(|sizes| sizes[pairs]).sum::<usize>();
            if all > budget {
                break;
            }
            self.cap = pairs;
        }
        let dead = parallel::map(threads, PARTS, |part| {
            let large =
                runs(&self.parts[part]).filter(|(_, block)| self.pairs_of(block) > self.cap);
            large.map(|(key, _)| key).collect::<Vec<u32>>()
        });
        self.dead = dead.into_iter().flatten().collect();
    }

    fn pairs_of(&self, block: &[u64]) -> usize {
        if self.dedupe {
            return block.len() * (block.len() - 1) / 2;
        }
        let lefts = self.lefts(block);
        lefts * (block.len() - lefts)
    }

    fn lefts(&self, block: &[u64]) -> usize {
        block.partition_point(|entry| record(*entry) < self.left)
    }

    /// How many partitions there are to walk.
    pub fn parts(&self) -> usize {
        PARTS
    }

    /// Most pairs a block may have.
    pub fn cap(&self) -> usize {
        self.cap
    }

    /// Calls `look` once for each pair of a partition; no pair comes up in two partitions.
    pub fn walk(&self, part: usize, mut look: impl FnMut(usize, usize)) {
        for (key, block) in runs(&self.parts[part]) {
            if block.len() < 2 || self.pairs_of(block) > self.cap {
                continue;
            }
            let split = if self.dedupe { block.len() } else { self.lefts(block) };
            for (at, one) in block[..split].iter().enumerate() {
                let others = if self.dedupe { &block[at + 1..] } else { &block[split..] };
                for other in others {
                    let (one, other) = (record(*one), record(*other));
                    if self.is_first(key, one, other) {
                        look(one, other);
                    }
                }
            }
        }
    }

    /// Whether no smaller key that is alive would bring the pair up as well.
    fn is_first(&self, key: u32, one: usize, other: usize) -> bool {
        let mut a = &self.keys[self.starts[one]..self.starts[one + 1]];
        let mut b = &self.keys[self.starts[other]..self.starts[other + 1]];
        while let ([x, a_rest @ ..], [y, b_rest @ ..]) = (a, b) {
            if *x >= key || *y >= key {
                return true;
            }
            match x.cmp(y) {
                std::cmp::Ordering::Less => a = a_rest,
                std::cmp::Ordering::Greater => b = b_rest,
                std::cmp::Ordering::Equal if self.dead.contains(x) => (a, b) = (a_rest, b_rest),
                std::cmp::Ordering::Equal => return false,
            }
        }
        true
    }
}

fn part_of(key: u32) -> usize {
    (key >> 26) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "the record is the lower half")]
fn record(entry: u64) -> usize {
    entry as u32 as usize
}

/// Runs of entries with one key.
fn runs(entries: &[u64]) -> impl Iterator<Item = (u32, &[u64])> {
    entries.chunk_by(|a, b| a >> 32 == b >> 32).map(|run| (count((run[0] >> 32) as usize), run))
}

/// The keys of one record.
fn keys_of(people: &People, person: &Person, keys: &mut Vec<u32>) {
    let facts = |word: &u32| &people.word_facts[*word as usize];
    let mut maker = Maker { keys, kind: 0 };
    let given = &people.given_names[person.given as usize];
    let surname = &people.surnames[person.surname as usize];
    let form = |forms: &crate::people::Forms, number: u32| {
        if number == 0 { 0 } else { forms.hashes[number as usize] }
    };
    let first_given = given.words().first().map_or([0; 2], |word| {
        let fact = facts(word);
        let formal = fact
            .formal
            .map(|formal| if formal == 0 { 0 } else { people.word_facts[formal as usize].sound });
        if formal[0] == 0 { [fact.sound, 0] } else { [formal[0], formal[1]] }
    });
    let last_given =
        given.words().last().filter(|_| given.len > 1).map_or(0, |word| facts(word).sound);
    let birth = form(&people.birth, person.birth);
    let date = people.dates[person.birth as usize];
    let (year, day) = match person.birth {
        0 => (0, 0),
        _ => (u64::from(date.year) + 1, u64::from(date.month) * 64 + u64::from(date.day) + 1),
    };
    let postcode = form(&people.postcode, person.postcode);
    let city = form(&people.city, person.city);
    let street = form(&people.street, person.street);
    let street_name = match person.street {
        0 => 0,
        _ => people.street_name.hashes[person.street_name as usize],
    };
    let local = people.mails[person.email as usize].key;
    let surnames: Vec<u64> = surname.words().iter().map(|word| facts(word).sound).collect();

    maker.key(&[form(&people.tax, person.tax)]);
    maker.key(&[form(&people.phone, person.phone)]);
    maker.key(&[local]);
    maker.group();
    let givens = given.words().iter().map(|word| facts(word).sound);
    for word in givens.chain(first_given).chain(surnames.iter().copied()) {
        maker.key(&[birth, word]);
    }
    maker.of(10, &[birth, postcode]);
    maker.of(11, &[birth, city]);
    maker.of(12, &[street, postcode]);
    maker.of(13, &[street, city]);
    for (index, surname) in surnames.iter().enumerate() {
        maker.group();
        for given in first_given {
            maker.key(&[given, *surname]);
        }
        maker.kind -= 1;
        for given in first_given {
            maker.of(20, &[given, *surname, year]);
            maker.of(21, &[given, *surname, day]);
            maker.of(22, &[given, *surname, postcode]);
            maker.of(23, &[given, *surname, city]);
            maker.of(24, &[given, *surname, street_name]);
        }
        maker.of(25, &[*surname, postcode, street_name]);
        maker.of(26, &[*surname, city, year]);
        for other in &surnames[index + 1..] {
            let (low, high) = (*surname.min(other), *surname.max(other));
            maker.of(27, &[low, high]);
            maker.of(28, &[low, high, first_given[0]]);
            maker.of(29, &[low, high, city]);
            maker.of(30, &[low, high, year]);
        }
    }
    // Weak keys: their blocks are small enough in small files, and for rare values in large ones.
    maker.of(50, &[birth]);
    maker.of(51, &[first_given[0]]);
    surnames.iter().for_each(|surname| maker.of(52, &[*surname]));
    maker.of(53, &[postcode]);
    maker.of(54, &[street_name]);
    maker.of(55, &[year, day / 64 + 1]);
    maker.of(56, &[year, city]);
    maker.of(31, &[first_given[0], street]);
    maker.of(32, &[first_given[0], postcode, year]);
    maker.of(33, &[first_given[0], last_given, postcode]);
    maker.of(34, &[last_given, birth]);
    maker.of(35, &[first_given[0], postcode, day]);
    for (index, other) in person.others.iter().enumerate() {
        let other = form(&people.others[index], *other);
        maker.of(40, &[other, index as u64 + 1]);
        maker.of(41, &[other, first_given[0]]);
        maker.of(42, &[other, surnames.first().copied().unwrap_or(0)]);
        maker.of(43, &[other, birth]);
    }
}

struct Maker<'a> {
    keys: &'a mut Vec<u32>,
    kind: u64,
}

impl Maker<'_> {
    /// Keys from here on are of another kind.
    fn group(&mut self) {
        self.kind += 1;
    }

    /// Adds a key of the kind at hand, where all its parts are known.
    fn key(&mut self, parts: &[u64]) {
        self.of(100 + self.kind, parts);
        if parts.len() == 1 {
            self.kind += 1;
        }
    }

    fn of(&mut self, kind: u64, parts: &[u64]) {
        if !parts.contains(&0) {
            let mixed = parts.iter().fold(kind, |mixed, part| hash::join(mixed, *part));
            self.keys.push(count((hash::spread(mixed) >> 32) as usize));
        }
    }
}
