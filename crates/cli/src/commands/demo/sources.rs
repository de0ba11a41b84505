//! The three programs of the story as files, each in its own form, with what was planted in them written down.

mod aurora;
mod brisa;
mod pro;

use std::collections::BTreeMap;
use std::path::Path;

use lazo_domain::time::{DAY, Timestamp};

use super::people::Person;
use super::random::Random;

/// How many of whom, from the number of Aurora's members on.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// Members of Aurora Puntos.
    pub aurora: u64,
    /// Guests of Club Brisa.
    pub brisa: u64,
    /// Companies of Pro Aurora.
    pub pro: u64,
    /// Persons in Aurora and Brisa.
    pub both: u64,
    /// Persons in all three.
    pub three: u64,
}

impl Sizes {
    /// 60 thousand members of Aurora are 15 thousand guests, 3 thousand companies, 4 thousand persons in two programs
    /// and 300 in three.
    pub fn of(aurora: u64) -> Self {
        let three = (aurora / 200).max(4);
        Self { aurora, brisa: aurora / 4, pro: (aurora / 20).max(10), both: aurora / 15, three }
    }
}

/// What was planted.
#[derive(Debug, Default)]
pub struct Planted {
    /// Pairs of accounts that are one person or company, as `source/number`, the lesser first.
    pub same: std::collections::BTreeSet<(String, String)>,
    /// Pairs that look alike and are two people: twins, families, shared addresses.
    pub traps: std::collections::BTreeSet<(String, String)>,
    /// How many of each kind.
    pub counts: BTreeMap<&'static str, u64>,
}

/// Everything that writing files needs.
struct World {
    random: Random,
    now: Timestamp,
    sizes: Sizes,
    /// The persons of Aurora by their place.
    people: Vec<Person>,
    planted: Planted,
}

/// Writes all files below `folder`. The same seed and day give the same files.
pub fn write(folder: &Path, sizes: Sizes, now: Timestamp) -> std::io::Result<Planted> {
    let mut world = World {
        random: Random::new(2_026),
        now: Timestamp(now.0 - now.0.rem_euclid(DAY)),
        sizes,
        people: Vec::new(),
        planted: Planted::default(),
    };
    for part in ["aurora", "brisa", "pro"] {
        std::fs::create_dir_all(folder.join(part))?;
    }
    aurora::write(&mut world, &folder.join("aurora"))?;
    brisa::write(&mut world, &folder.join("brisa"))?;
    pro::write(&mut world, &folder.join("pro"))?;
    let truth: String =
        world.planted.same.iter().map(|(left, right)| format!("{left},{right}\n")).collect();
    std::fs::write(folder.join("truth.csv"), format!("left,right\n{truth}"))?;
    Ok(world.planted)
}

impl World {
    fn count(&mut self, what: &'static str) {
        *self.planted.counts.entry(what).or_default() += 1;
    }

    /// So many days before today.
    fn ago(&self, days: u64) -> Timestamp {
        self.now.plus_micros(-i64::try_from(days).unwrap_or(0) * DAY)
    }

    /// A day between `from` and `from + spread` days ago.
    fn some_day(&mut self, from: u64, spread: u64) -> Timestamp {
        let days = from + self.random.below(spread);
        self.ago(days)
    }

    fn pair(left: String, right: String) -> (String, String) {
        if left <= right { (left, right) } else { (right, left) }
    }
}

/// `31/12/2025`.
fn spanish(at: Timestamp) -> String {
    let text = at.to_string();
    let date: Vec<&str> = text.get(..10).unwrap_or("").split('-').collect();
    match date.as_slice() {
        [year, month, day] => format!("{day}/{month}/{year}"),
        _ => text.clone(),
    }
}

/// As Windows writes Spanish.
fn windows(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}
