//! Time as the auditor sees it: of all that is due, the earliest is done, and then it looks again.

use lazo_domain::account::{LotKind, RedemptionState};
use lazo_domain::decision::Side;
use lazo_domain::ids::{LotId, PointTypeId, RedemptionId};
use lazo_domain::program::ExpiryPolicy;
use lazo_domain::program::expiry::Basis;
use lazo_domain::time::Timestamp;

use super::calendar::Calendar;
use super::holder::Live;
use super::turn::{Book, Turn};

/// What is due, in the order in which things of one instant are done.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Lapse(RedemptionId),
    Release(LotId),
    Review(String),
    Expire(LotId),
}

/// When points counted from `from` end: the latest of the base term and every tier term that applies.
pub fn ends(
    policy: &ExpiryPolicy,
    calendar: &Calendar,
    from: Timestamp,
    live: &Live,
) -> Option<Timestamp> {
    if policy.basis == Basis::Never {
        return None;
    }
    let mut terms = vec![policy.term];
    for special in &policy.by_tier {
        if live.tier(&special.group) == special.tier {
            terms.push(special.term);
        }
    }
    let mut latest = Timestamp(i64::MIN);
    for term in terms {
        let mut end = calendar.after(term?, from);
        if let Some(period) = policy.round_up_to {
            let start = calendar.midnight(calendar.period(period, end));
            end = if start == end { end } else { calendar.period_end(period, end) };
        }
        latest = latest.max(end);
    }
    Some(latest)
}

impl Turn<'_> {
    /// Does what is due up to `until`; `whole` or the reviews alone.
    pub fn pass(&mut self, floor: Timestamp, until: Timestamp, whole: bool) {
        let mut clock = floor;
        while let Some((at, due)) = self.first_due(until, whole) {
            clock = clock.max(at);
            match due {
                Due::Review(group) => self.review(&group, clock),
                Due::Release(id) => self.release(id, clock),
                Due::Lapse(id) => self.lapse(id, clock),
                Due::Expire(id) => self.expire(id, clock),
            }
        }
    }

    fn first_due(&self, until: Timestamp, whole: bool) -> Option<(Timestamp, Due)> {
        let mut all: Vec<(Timestamp, Due)> = Vec::new();
        for (group, held) in &self.live.held {
            all.extend(held.review.map(|at| (at, Due::Review(group.clone()))));
        }
        if whole {
            for (id, pile) in &self.live.open {
                if pile.pending > 0 {
                    all.extend(pile.release.map(|at| (at, Due::Release(*id))));
                }
                if pile.available > 0 || pile.pending > 0 {
                    all.extend(pile.expires.map(|at| (at, Due::Expire(*id))));
                }
            }
            for (id, order) in &self.live.orders {
                if order.state == RedemptionState::Reserved {
                    all.push((order.hold_until, Due::Lapse(*id)));
                }
            }
        }
        all.into_iter().filter(|(at, _)| *at <= until).min()
    }

    fn release(&mut self, id: LotId, at: Timestamp) {
        let Some(pile) = self.pile(id) else { return };
        let (n, of) = (pile.pending, pile.point_type);
        pile.release = None;
        self.shift(id, Side::Pending, Side::Available, n, at);
        self.settle(of, at);
    }

    fn lapse(&mut self, id: RedemptionId, at: Timestamp) {
        let Some(of) = self.close(id, RedemptionState::Lapsed) else { return };
        let from = self.live.orders[&id].from.clone();
        for (lot, n) in from {
            self.shift(lot, Side::Held, Side::Available, n, at);
        }
        self.settle(of, at);
    }

    fn expire(&mut self, id: LotId, at: Timestamp) {
        let Some(pile) = self.pile(id) else { return };
        let (available, pending) = (pile.available, pile.pending);
        self.shift(id, Side::Available, Side::Expired, available, at);
        self.shift(id, Side::Pending, Side::Expired, pending, at);
    }

    /// Points live longer: by activity after an accrual, by a step up where the policy says so.
    pub fn lengthen(&mut self, book: &Book, at: Timestamp, rose: bool) {
        for (code, of) in &book.version.ids {
            let Some(config) = book.version.config.point_types.iter().find(|p| p.code == *code)
            else {
                continue;
            };
            let policy = &config.expiry;
            let active = policy.basis == Basis::Activity;
            if rose && policy.extend_on_upgrade {
                let last = self.live.activity.get(of).copied().unwrap_or(Timestamp(0));
                self.lengthen_type(*of, policy, &book.calendar, at, active.then_some(last));
            }
            if !rose && active {
                let last = self.live.activity.get(of).copied().unwrap_or(Timestamp(0)).max(at);
                self.lengthen_type(*of, policy, &book.calendar, at, Some(last));
                self.live.activity.insert(*of, last);
            }
        }
    }

    fn lengthen_type(
        &mut self,
        of: PointTypeId,
        policy: &ExpiryPolicy,
        calendar: &Calendar,
        at: Timestamp,
        last: Option<Timestamp>,
    ) {
        let ids: Vec<LotId> = self.live.open.keys().copied().collect();
        for id in ids {
            let pile = &self.live.open[&id];
            let alive = pile.expires.is_none_or(|end| at < end);
            if pile.point_type != of || pile.kind == LotKind::Debt || !pile.is_open() || !alive {
                continue;
            }
            let from = last.map_or(pile.earned_at, |last| last.max(pile.earned_at));
            let end = ends(policy, calendar, from, &self.live);
            let longer = match (pile.expires, end) {
                (Some(now), Some(end)) => Some(now.max(end)),
                _ => None,
            };
            if let Some(pile) = self.live.open.get_mut(&id) {
                pile.expires = longer;
            }
        }
    }
}
