//! The statement, folded out of a member's events. Of every point type the actions add up to what the member has.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Event, Kind};
use lazo_domain::explain::Step;
use lazo_domain::ids::{EventId, PointTypeId};
use lazo_domain::time::{Timestamp, Zone};
use lazo_store::StoreError;
use lazo_store::ledger::StoredEvent;

use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members::Member;
use crate::http::{Problem, Scope};

/// Events read at a time, and how many pages at most: what is older is one sum.
const PAGE: i64 = 200;
const PAGES: usize = 25;
/// Events that a sum names, the latest first.
const NAMED: usize = 5;

/// What some events did together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    /// By how much they changed what the member has, in smallest units.
    pub points: i64,
    /// How many they are.
    pub events: i64,
    /// The latest of them, with their instants.
    pub latest: Vec<(EventId, Timestamp)>,
}

impl Sum {
    /// Adds an event; they come the latest first.
    fn add(&mut self, points: i64, event: &Event) {
        self.points = self.points.saturating_add(points);
        self.events += 1;
        if self.latest.len() < NAMED {
            self.latest.push((event.id, event.effective_at));
        }
    }
}

/// A month of a point type, in smallest units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Month {
    /// What rules gave, less what returns took back.
    pub earned: i64,
    /// What was spent on rewards, less what was given back.
    pub used: i64,
    /// By how much all of its events changed what the member has.
    pub change: i64,
}

/// One point type of one program.
#[derive(Debug, Clone)]
pub struct Line {
    /// What there is, with the program and its rate.
    pub holding: Holding,
    /// What rules gave so far, less what returns took back, in smallest units.
    pub earned: i64,
    /// What was spent on rewards so far, less what was given back.
    pub used: i64,
    /// By action: a kind of event, or the name of an event of one's own after `event:`.
    pub actions: BTreeMap<String, Sum>,
    /// Purchases by store, or else by channel; the empty name where neither is known.
    pub places: BTreeMap<String, Sum>,
    /// What each rule gave, multiplied and capped as it was; the empty name is what returns took back.
    pub rules: BTreeMap<String, Sum>,
    /// By year and month in the program's zone.
    pub months: BTreeMap<(i16, i8), Month>,
    /// What was there before the oldest event that was read.
    pub before: i64,
}

impl Line {
    /// Everything that is the member's, in smallest units: what can be used, what waits and what is set aside.
    #[must_use]
    pub fn total(&self) -> i64 {
        let balance = &self.holding.balance;
        [balance.available, balance.pending, balance.held].iter().map(|points| points.0).sum()
    }
}

/// A member's statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// One line for each point type of the brand's programs.
    pub lines: Vec<Line>,
    /// Was everything read?
    pub complete: bool,
}

impl Statement {
    /// What can be used now over all programs of one currency, in minor units at the published rates: each rounded down as
    /// its own page shows it.
    #[must_use]
    pub fn worth_minor(&self) -> i64 {
        let Some(first) = self.lines.first() else { return 0 };
        let same = self.lines.iter().filter(|it| it.holding.currency() == first.holding.currency());
        same.filter_map(|it| it.holding.worth_minor(it.holding.balance.available.0.max(0))).sum()
    }
}

/// The statement of a member's purse: of the programs that he or she is in, or has points of.
pub async fn of(scope: &Scope<App>, member: &Member, purse: &Purse) -> Result<Statement, Problem> {
    let books = scope.app.ledger.books();
    let mut lines: Vec<Line> = purse.holdings.iter().cloned().map(Line::empty).collect();
    let (mut before, mut complete) = (None, false);
    for _ in 0..PAGES {
        let page = books.events(scope.tenant, purse.account.id, before, PAGE).await?;
        for stored in &page {
            let ended = ended(scope, stored).await?;
            lines.iter_mut().for_each(|line| {
                let ended = ended.get(&line.holding.point_type).copied().unwrap_or(0);
                line.add(stored, ended);
            });
        }
        if i64::try_from(page.len()).unwrap_or(0) < PAGE {
            complete = true;
            break;
        }
        before = page.last().map(|stored| stored.event.id);
    }
    lines.retain(|it| {
        let inside = member.programs.contains(&it.holding.program.id);
        inside || it.total() != 0 || !it.actions.is_empty()
    });
    for line in &mut lines {
        let told: i64 = line.actions.values().map(|sum| sum.points).sum();
        line.before = line.total() - told;
    }
    Ok(Statement { lines, complete })
}

impl Line {
    fn empty(holding: Holding) -> Self {
        Self {
            holding,
            earned: 0,
            used: 0,
            actions: BTreeMap::new(),
            places: BTreeMap::new(),
            rules: BTreeMap::new(),
            months: BTreeMap::new(),
            before: 0,
        }
    }

    /// Adds an event, if it says anything of this point type; `ended` is what it found gone by time.
    fn add(&mut self, stored: &StoredEvent, ended: i64) {
        let (event, outcome) = (&stored.event, &stored.outcome);
        let of_type = outcome.changes.iter().filter(|it| it.point_type == self.holding.point_type);
        let own =
            of_type.filter(|it| matches!(it.side, Side::Available | Side::Pending | Side::Held));
        let mut changed = false;
        let change = own.fold(0_i64, |sum, it| {
            changed = true;
            sum.saturating_add(it.points.0)
        });
        let issued = outcome.issued.get(&self.holding.point_type).map_or(0, |points| points.0);
        if !changed && issued == 0 {
            return;
        }
        // What time took is no one's doing but time's, whatever was asked when it was found.
        let done = change.saturating_add(ended);
        let used = if spends(event.body.kind()) { -done } else { 0 };
        self.earned = self.earned.saturating_add(issued);
        self.used = self.used.saturating_add(used);
        let month = self.months.entry(month_of(stored, &self.holding.program.zone)).or_default();
        month.earned += issued;
        month.used += used;
        month.change += change;
        if done != 0 {
            self.actions.entry(action(&event.body)).or_default().add(done, event);
        }
        if ended != 0 {
            let by_time = Kind::Elapse.name().to_owned();
            self.actions.entry(by_time).or_default().add(-ended, event);
        }
        let mut rest = issued;
        for (rule, points) in by_rule(stored, &self.holding.code) {
            rest = rest.saturating_sub(points);
            self.rules.entry(rule).or_default().add(points, event);
        }
        if rest != 0 {
            self.rules.entry(String::new()).or_default().add(rest, event);
        }
        if let Body::Purchase(purchase) = &event.body
            && done != 0
        {
            let place = purchase.store.as_ref().or(purchase.channel.as_ref());
            let place = place.cloned().unwrap_or_default();
            self.places.entry(place).or_default().add(done, event);
        }
    }
}

/// What an event of another kind found gone by time, by point type: who redeems lets time pass before.
async fn ended(
    scope: &Scope<App>,
    stored: &StoredEvent,
) -> Result<BTreeMap<PointTypeId, i64>, StoreError> {
    let gone = |step: &Step| matches!(step, Step::Moved { how, .. } if how.as_str() == "expired");
    let (event, mut found) = (&stored.event, BTreeMap::new());
    if event.body.kind() == Kind::Elapse || !stored.outcome.steps.iter().any(gone) {
        return Ok(found);
    }
    let books = scope.app.ledger.books();
    for entry in books.entries_of(scope.tenant, event.account, event.id).await? {
        if entry.side == Side::Expired {
            *found.entry(entry.point_type).or_insert(0) += entry.points.0;
        }
    }
    Ok(found)
}

/// What each rule gave of a point type in an event; what a cap held back is off the rule's own.
fn by_rule(stored: &StoredEvent, of: &str) -> BTreeMap<String, i64> {
    let mut given = BTreeMap::new();
    for step in &stored.outcome.steps {
        match step {
            Step::ForAmount { rule, point_type, points, .. }
            | Step::ForUnits { rule, point_type, points, .. }
            | Step::Fixed { rule, point_type, points }
            | Step::Multiplied { rule, point_type, points, .. }
                if point_type.as_str() == of && *points != 0 =>
            {
                *given.entry(rule.as_str().to_owned()).or_insert(0) += points;
            }
            Step::Capped { rule, cut, .. } => {
                if let Some(points) = given.get_mut(rule.as_str()) {
                    *points -= cut;
                }
            }
            _ => {}
        }
    }
    given.retain(|_, points| *points != 0);
    given
}

/// Does an event of this kind spend points on a reward, or give them back?
fn spends(kind: Kind) -> bool {
    matches!(kind, Kind::Reserve | Kind::Capture | Kind::Cancel)
}

/// What an event is counted under.
fn action(body: &Body) -> String {
    match body {
        Body::Custom(custom) => format!("event:{}", custom.name),
        other if spends(other.kind()) => "redemption".to_owned(),
        other => other.kind().name().to_owned(),
    }
}

fn month_of(stored: &StoredEvent, zone: &Zone) -> (i16, i8) {
    let day = stored.event.effective_at.local(zone).date();
    (day.year(), day.month())
}
