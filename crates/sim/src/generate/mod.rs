//! Random histories: what happens next in a world, by seed.

pub mod offers;
pub mod requests;
pub mod setup;

use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, EventId};
use lazo_domain::time::{DAY, SECOND, Timestamp};

use crate::features::{Feature, Features};
use crate::rng::Rng;
use crate::world::core::Core;
use crate::world::vault::{Rows, TENANT};
use crate::world::{Op, World};
use requests::Request;
use setup::{BEGIN, Version};

/// Steps of an account: what is checked by adding up from the beginning grows with them.
const STEPS: usize = 500;

/// The accounts of a world of `ops` steps and when they were enrolled: a few, or more where the history is long.
#[must_use]
pub fn accounts(rng: &mut Rng, ops: usize) -> Vec<(AccountId, Timestamp)> {
    let count = rng.within(1, 4).max(i64::try_from(ops / STEPS).unwrap_or(i64::MAX));
    (1..=count).map(|id| (AccountId(id), Timestamp(BEGIN.0 - rng.within(0, 900 * DAY)))).collect()
}

/// Makes one step after another.
#[derive(Debug)]
pub struct Generator {
    rng: Rng,
    features: Features,
    versions: Vec<Version>,
    weights: Vec<(Request, i64)>,
    now: Timestamp,
    last_id: i64,
    /// Steps that may be sent again.
    sent: Vec<Op>,
    /// How far apart things happen, in microseconds.
    pace: i64,
    /// The dearest line, in minor units.
    most_minor: i64,
}

impl Generator {
    /// A generator for one seed.
    #[must_use]
    pub fn new(mut rng: Rng, features: Features, versions: Vec<Version>) -> Self {
        let weights = Request::ALL.iter().filter(|r| r.feature().is_none_or(|f| features.has(f)));
        let weights = weights.map(|r| (*r, r.weight() * rng.within(1, 4))).collect();
        let pace = rng.one(&[DAY / 24, DAY / 2, DAY, 3 * DAY]);
        let most_minor = rng.one(&[400, 2_500, 9_000]);
        let (now, sent) = (BEGIN, Vec::new());
        Self { rng, features, versions, weights, now, last_id: 0, sent, pace, most_minor }
    }

    /// The next step in `world`.
    pub fn next<C: Core>(&mut self, world: &World<C>) -> Op {
        self.pass_time(world);
        if self.features.has(Feature::Duplicates)
            && self.rng.chance(8)
            && let Some(op) = self.rng.pick(&self.sent).cloned()
        {
            return self.again(op);
        }
        let op = self.fresh(world);
        self.sent.push(op.clone());
        if self.sent.len() > 64 {
            self.sent.remove(0);
        }
        op
    }

    fn pass_time<C: Core>(&mut self, world: &World<C>) {
        let jump = match self.rng.within(0, 9) {
            0 | 1 => 0,
            2..=5 => self.rng.within(0, self.pace / 4),
            6..=8 => self.rng.within(0, self.pace * 2),
            _ => self.rng.within(0, self.pace * 20),
        };
        let mut to = self.now.plus_micros(jump);
        if self.features.has(Feature::Edges)
            && self.rng.chance(30)
            && let Some(due) = self.due(world)
        {
            let beside = self.rng.one(&[-1, 0, 0, 1, SECOND]);
            let due = Timestamp(due.0 + beside);
            // Far ends stay far: only what comes up soon is aimed at.
            if due > self.now && due.0 - self.now.0 < self.pace * 60 {
                to = due;
            }
        }
        self.now = self.now.max(to);
    }

    /// An instant at which something is due in a random account, or a version begins.
    fn due<C: Core>(&mut self, world: &World<C>) -> Option<Timestamp> {
        let now = self.now;
        let rows = self.account(world)?;
        let mut all: Vec<Timestamp> = Vec::new();
        all.extend(
            rows.open
                .iter()
                .filter_map(|id| rows.lots.get(id))
                .flat_map(|lot| [lot.expires_at, lot.release_at].into_iter().flatten()),
        );
        all.extend(rows.redemptions.values().map(|r| r.hold_until));
        all.extend(rows.standings.values().filter_map(|s| s.review_at));
        all.extend(self.versions.iter().map(|v| v.from));
        all.retain(|at| *at > now);
        all.sort_unstable();
        let near = self.rng.chance(60);
        if near { all.first().copied() } else { self.rng.pick(&all).copied() }
    }

    fn account<'a, C: Core>(&mut self, world: &'a World<C>) -> Option<&'a Rows> {
        let at = self.rng.index(world.accounts.len());
        world.accounts.values().nth(at)
    }

    /// A step sent before, as it was or with another body.
    fn again(&mut self, mut op: Op) -> Op {
        op.now = self.now;
        if self.rng.chance(30)
            && let Body::Purchase(purchase) = &mut op.event.body
            && let Some(line) = purchase.lines.first_mut()
        {
            line.net_minor += 1;
        }
        if self.rng.chance(10) && op.into.is_none() {
            op.event.account = AccountId(1 + op.event.account.0 % 4);
        }
        // A new name for a request sent again must not matter: the key decides.
        op.event.id = self.id();
        if let Some(into) = &mut op.into {
            into.id = EventId(op.event.id.0 + 1);
            self.last_id += 1;
        }
        op
    }

    fn id(&mut self) -> EventId {
        self.last_id += 1;
        EventId(self.last_id)
    }

    fn fresh<C: Core>(&mut self, world: &World<C>) -> Op {
        let weights: Vec<i64> = self.weights.iter().map(|(_, weight)| *weight).collect();
        let request = self.rng.weighted(&weights).map_or(Request::Elapse, |at| self.weights[at].0);
        let (account, other) =
            (self.account(world).map(|r| r.id), self.account(world).map(|r| r.id));
        let account = account.unwrap_or(AccountId(1));
        let program = self.versions[self.rng.index(self.versions.len())].program;
        let id = self.id();
        let effective_at = self.effective_at(request);
        let source = self.rng.one(&["pos:1", "pos:2", "web"]).to_owned();
        let mut event = Event {
            id,
            tenant: TENANT,
            account,
            program,
            source,
            source_ref: format!("r{}", id.0),
            effective_at,
            recorded_at: self.now,
            actor: "key:sim".to_owned(),
            import: None,
            body: Body::Elapse,
        };
        let version = self.version_at(&event);
        let rows = world.accounts.get(&account);
        let rng = &mut self.rng;
        let mut maker = requests::Maker {
            rng,
            features: self.features,
            version: &version,
            event: &event,
            most_minor: self.most_minor,
        };
        event.body = rows.map_or(Body::Elapse, |rows| maker.body(request, rows, other));
        let into = match &event.body {
            Body::TransferOut { to, .. } => {
                self.last_id += 1;
                let body = Body::TransferIn { from: account, pieces: Vec::new() };
                Some(Event { id: EventId(self.last_id), account: *to, body, ..event.clone() })
            }
            _ => None,
        };
        Op { now: self.now, event, into }
    }

    fn effective_at(&mut self, request: Request) -> Timestamp {
        let late = self.features.has(Feature::Late) && self.rng.chance(12);
        if self.features.has(Feature::Nonsense) && self.rng.chance(1) {
            return self.now.plus_micros(1);
        }
        if late && request != Request::Elapse {
            let back = self.rng.within(1, self.pace * 15);
            Timestamp((self.now.0 - back).max(BEGIN.0 - DAY))
        } else {
            self.now
        }
    }

    fn version_at(&self, event: &Event) -> Version {
        let of = self.versions.iter().filter(|v| v.program == event.program);
        let in_force = of.clone().rfind(|v| v.from <= event.effective_at);
        in_force.or_else(|| of.clone().next()).cloned().unwrap_or_else(|| self.versions[0].clone())
    }
}
