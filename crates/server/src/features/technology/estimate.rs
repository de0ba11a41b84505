//! How long the work takes and what it costs: three-point estimates, tried many times with a seed. Whole numbers only, so
//! that a seed gives the same answer on every machine.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use lazo_domain::ids::RegisterEntryId;

use crate::features::registers::{Entry, Number};

/// How often the plan is tried.
pub const TRIALS: usize = 2_000;
/// Thousandths of a day: the unit in which work is counted.
const DAY: i64 = 1_000;
/// The longest plan, in days: what does not end by then is not a plan.
const HORIZON: i64 = 3_650;

/// A piece of work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// The register's entry.
    pub id: RegisterEntryId,
    /// What it is called.
    pub name: String,
    /// What it takes in thousandths of a day: at best, most likely, at worst.
    pub days: [i64; 3],
    /// What it took, once it is done.
    pub actual: Option<i64>,
    /// What must be done before.
    pub after: Vec<RegisterEntryId>,
    /// Days on which nobody may work on it: from, until.
    pub closed: Vec<(Date, Date)>,
    /// What a day costs, in minor units.
    pub day_rate: i64,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoPlan {
    /// A task waits for itself.
    #[error("`{0}` waits for itself")]
    Ring(String),
    /// A task cannot end before the horizon.
    #[error("`{0}` does not end within ten years")]
    Endless(String),
}

/// A task within the plan, at its mean length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which task.
    pub id: RegisterEntryId,
    /// What it is called.
    pub name: String,
    /// `(best + 4 × likely + worst) ÷ 6`, or what it took, in thousandths of a day.
    pub mean: i64,
    /// When it begins.
    pub begins: Date,
    /// The day on which it ends.
    pub ends: Date,
    /// Does the end of all depend on it?
    pub critical: bool,
}

/// The plan and its forecast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The tasks in the order in which they begin.
    pub tasks: Vec<Planned>,
    /// The day by which half, four fifths and nine tenths of the trials were done.
    pub done: [Date; 3],
    /// What half, four fifths and nine tenths of the trials cost at most, in minor units.
    pub cost_minor: [i64; 3],
    /// The seed that gives these numbers again.
    pub seed: u64,
}

impl Task {
    /// The task of a register's entry; nothing where it has no estimate.
    #[must_use]
    pub fn of(entry: &Entry, closed: Vec<(Date, Date)>) -> Option<Self> {
        let days = |field: &str| entry.number(field).map(|number| number.0 / (Number::ONE / DAY));
        Some(Self {
            id: entry.id,
            name: entry.text("name").to_owned(),
            days: [days("best_days")?, days("likely_days")?, days("worst_days")?],
            actual: days("actual_days"),
            after: entry.texts("after").iter().filter_map(|id| id.parse().ok()).collect(),
            closed,
            day_rate: entry.whole("day_rate").unwrap_or(0),
        })
    }

    /// The PERT mean, in thousandths of a day, half up.
    #[must_use]
    pub fn mean(&self) -> i64 {
        let [best, likely, worst] = self.days;
        self.actual.unwrap_or((best + 4 * likely + worst + 3) / 6)
    }

    /// One length drawn from the estimate: the a-th of five uniform numbers in order, a chosen so that the mean is the
    /// PERT mean.
    fn draw(&self, random: &mut Random) -> i64 {
        let [best, likely, worst] = self.days;
        let span = worst - best;
        if let Some(actual) = self.actual {
            return actual;
        }
        if span == 0 {
            return best;
        }
        // a is 1 + 4 (likely - best) / span, between 1 and 5; its fraction is tossed for.
        let quarters = 4 * (likely - best);
        let (whole, rest) = (quarters / span, quarters % span);
        let more = random.below(span) < rest;
        let place = usize::try_from(whole + i64::from(more)).unwrap_or(0).min(4);
        let mut five = [0; 5].map(|_: i64| random.below(1 << 30));
        five.sort_unstable();
        best + i64::try_from((i128::from(span) * i128::from(five[place])) >> 30).unwrap_or(0)
    }
}

/// Steele, Lea and Flood's SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to `limit`, without it.
    fn below(&mut self, limit: i64) -> i64 {
        let wide = u128::from(self.next()) * u128::from(limit.unsigned_abs());
        i64::try_from(wide >> 64).unwrap_or(0)
    }
}

/// Plans the work from `start` on and tries it [`TRIALS`] times.
pub fn forecast(tasks: &[Task], start: Date, seed: u64) -> Result<Forecast, NoPlan> {
    let order = ordered(tasks)?;
    let open = calendars(tasks, start);
    let means: Vec<i64> = tasks.iter().map(Task::mean).collect();
    let spans = run(tasks, &order, &open, &means)?;
    let critical = critical(tasks, &spans);
    let mut random = Random(seed);
    let (mut ends, mut costs) = (Vec::with_capacity(TRIALS), Vec::with_capacity(TRIALS));
    for _ in 0..TRIALS {
        let drawn: Vec<i64> = tasks.iter().map(|task| task.draw(&mut random)).collect();
        let spans = run(tasks, &order, &open, &drawn)?;
        ends.push(spans.iter().map(|(_, end)| *end).max().unwrap_or(0));
        costs.push(cost(tasks, &drawn));
    }
    ends.sort_unstable();
    costs.sort_unstable();
    let at = |all: &[i64], hundredths: usize| all[(TRIALS * hundredths).div_ceil(100) - 1];
    let mut planned: Vec<(i64, Planned)> = tasks
        .iter()
        .enumerate()
        .map(|(place, task)| {
            let (begin, end) = spans[place];
            let planned = Planned {
                id: task.id,
                name: task.name.clone(),
                mean: means[place],
                begins: day(start, begin),
                ends: last_day(start, begin, end),
                critical: critical.contains(&place),
            };
            (begin, planned)
        })
        .collect();
    planned.sort_by_key(|(begin, one)| (*begin, one.id));
    let done = [50, 80, 90].map(|percent| last_day(start, 0, at(&ends, percent)));
    let cost_minor = [50, 80, 90].map(|percent| at(&costs, percent));
    Ok(Forecast {
        tasks: planned.into_iter().map(|(_, one)| one).collect(),
        done,
        cost_minor,
        seed,
    })
}

fn cost(tasks: &[Task], days: &[i64]) -> i64 {
    let each = tasks.iter().zip(days).map(|(task, days)| {
        let minor = i128::from(task.day_rate) * i128::from(*days) / i128::from(DAY);
        i64::try_from(minor).unwrap_or(i64::MAX)
    });
    each.fold(0, i64::saturating_add)
}

fn day(start: Date, at: i64) -> Date {
    start.checked_add((at / DAY).days()).unwrap_or(start)
}

/// The day on which something ends: the end of a day belongs to it.
fn last_day(start: Date, begin: i64, end: i64) -> Date {
    day(start, if end > begin { end - 1 } else { end })
}

/// The tasks so that each comes after what it waits for.
fn ordered(tasks: &[Task]) -> Result<Vec<usize>, NoPlan> {
    let place: BTreeMap<RegisterEntryId, usize> =
        tasks.iter().enumerate().map(|(place, task)| (task.id, place)).collect();
    let mut order = Vec::with_capacity(tasks.len());
    let mut done = vec![false; tasks.len()];
    while order.len() < tasks.len() {
        let before = order.len();
        for (at, task) in tasks.iter().enumerate() {
            let ready = task.after.iter().filter_map(|id| place.get(id)).all(|other| done[*other]);
            if !done[at] && ready {
                done[at] = true;
                order.push(at);
            }
        }
        if order.len() == before {
            let stuck = tasks.iter().zip(&done).find(|(_, done)| !**done);
            return Err(NoPlan::Ring(stuck.map_or_else(String::new, |(t, _)| t.name.clone())));
        }
    }
    Ok(order)
}

/// For each task, whether each day from the start on is open to it.
fn calendars(tasks: &[Task], start: Date) -> Vec<Vec<bool>> {
    let days: Vec<Date> = (0..HORIZON).map(|n| day(start, n * DAY)).collect();
    let works = |date: &Date| !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let open = |task: &Task, date: &Date| {
        works(date) && !task.closed.iter().any(|(from, until)| from <= date && date <= until)
    };
    tasks.iter().map(|task| days.iter().map(|date| open(task, date)).collect()).collect()
}

/// When each task begins and ends, in thousandths of a day from the start, when they take `lengths`.
fn run(
    tasks: &[Task],
    order: &[usize],
    open: &[Vec<bool>],
    lengths: &[i64],
) -> Result<Vec<(i64, i64)>, NoPlan> {
    let place: BTreeMap<RegisterEntryId, usize> =
        tasks.iter().enumerate().map(|(place, task)| (task.id, place)).collect();
    let mut spans = vec![(0, 0); tasks.len()];
    for at in order {
        let task = &tasks[*at];
        let ready = task.after.iter().filter_map(|id| place.get(id)).map(|other| spans[*other].1);
        let span = worked(ready.max().unwrap_or(0), lengths[*at], &open[*at]);
        spans[*at] = span.ok_or_else(|| NoPlan::Endless(task.name.clone()))?;
    }
    Ok(spans)
}

/// From the first open moment at or after `from`, through so much work on open days.
fn worked(from: i64, length: i64, open: &[bool]) -> Option<(i64, i64)> {
    let is_open = |at: i64| usize::try_from(at / DAY).ok().and_then(|day| open.get(day)).copied();
    let mut begin = from;
    while !is_open(begin)? {
        begin = (begin / DAY + 1) * DAY;
    }
    let (mut at, mut left) = (begin, length);
    loop {
        let end = (at / DAY + 1) * DAY;
        if left <= end - at {
            return Some((begin, at + left));
        }
        left -= end - at;
        at = end;
        while !is_open(at)? {
            at += DAY;
        }
    }
}

/// The tasks on the ways that end last, from their ends back to their beginnings; ways that tie all count.
fn critical(tasks: &[Task], spans: &[(i64, i64)]) -> Vec<usize> {
    let place: BTreeMap<RegisterEntryId, usize> =
        tasks.iter().enumerate().map(|(place, task)| (task.id, place)).collect();
    let last = |among: &[usize]| {
        let end = among.iter().map(|place| spans[*place].1).max();
        among.iter().copied().filter(|place| Some(spans[*place].1) == end).collect::<Vec<_>>()
    };
    let all: Vec<usize> = (0..tasks.len()).collect();
    let (mut open, mut way) = (last(&all), Vec::new());
    while let Some(at) = open.pop() {
        if way.contains(&at) {
            continue;
        }
        way.push(at);
        let before: Vec<usize> =
            tasks[at].after.iter().filter_map(|id| place.get(id).copied()).collect();
        open.extend(last(&before));
    }
    way
}
