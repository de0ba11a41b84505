//! Redemptions as the auditor sees them.

use std::collections::BTreeMap;
use std::rc::Rc;

use lazo_domain::account::RedemptionState;
use lazo_domain::decision::Side;
use lazo_domain::event::Reserve;
use lazo_domain::ids::{PointTypeId, RedemptionId};
use lazo_domain::program::{Provenance, Reward, RewardKind};
use lazo_domain::rate::Rounding;
use lazo_domain::time::{Term, Timestamp};

use super::holder::Order;
use super::numbers::divide;
use super::turn::{Turn, Why};

impl Turn<'_> {
    pub fn reserve(
        &mut self,
        id: RedemptionId,
        ask: &Reserve,
        used: &BTreeMap<String, i64>,
    ) -> Result<(), Why> {
        let book = self.book()?;
        if !book.version.config.state.redeems() {
            return Err("program_closed");
        }
        let rewards = &book.version.config.rewards;
        let reward = rewards.iter().find(|r| r.code == ask.reward).ok_or("unknown_code")?;
        if self.live.orders.contains_key(&id) {
            return Err("redemption_state");
        }
        may_be_had(reward, ask, self.at())?;
        if let RewardKind::TierBoost { group, tier, .. } = &reward.kind {
            if ask.quantity != 1 {
                return Err("invalid");
            }
            self.above(book.group(group).ok_or("unknown_code")?, tier)?;
        }
        let points = self.price(reward, ask);
        if points <= 0 {
            return Err("invalid");
        }
        let point_type = book.id(&reward.point_type);
        let from = self.payers(point_type, points)?;
        let stock = format!("stock:{}:{}", book.version.config.code, reward.code);
        if let Some(all) = reward.stock {
            let freed = self.resources.get(&stock).copied().unwrap_or(0);
            if used.get(&stock).copied().unwrap_or(0) + freed + ask.quantity > all {
                return Err("out_of_stock");
            }
            *self.resources.entry(stock.clone()).or_default() += ask.quantity;
        }
        let program = book.version.program;
        let had = |order: &&Rc<Order>| {
            let counts =
                matches!(order.state, RedemptionState::Reserved | RedemptionState::Captured);
            counts && order.program == program && order.reward == reward.code
        };
        let had: i64 = self.live.orders.values().filter(had).map(|order| order.quantity).sum();
        if reward.limit_per_member.is_some_and(|most| had + ask.quantity > most) {
            return Err("limit_reached");
        }
        let an_hour = lazo_domain::time::Term::Hours(1);
        let hold = book.calendar.after(reward.hold.unwrap_or(an_hour), self.at());
        let hold_until = ask.hold_until.unwrap_or(hold);
        if hold_until <= self.at() {
            return Err("invalid");
        }
        for (lot, n) in &from {
            self.shift(*lot, Side::Available, Side::Held, *n, self.at());
        }
        let order = Order {
            program,
            reward: reward.code.clone(),
            quantity: ask.quantity,
            state: RedemptionState::Reserved,
            point_type,
            points,
            from,
            reserved_at: self.at(),
            hold_until,
            stock: reward.stock.map(|_| stock),
        };
        self.live.orders.insert(id, Rc::new(order));
        if ask.capture { self.capture(id) } else { Ok(()) }
    }

    /// The lowest price that applies; for part of a bill as many points as surely cover it.
    fn price(&self, reward: &Reward, ask: &Reserve) -> i128 {
        if let RewardKind::PartPayment { minor_per_point: worth, .. } = &reward.kind {
            let pay = i128::from(ask.pay_minor.unwrap_or(0));
            return divide(pay * i128::from(worth.den()), worth.num().into(), Rounding::Ceil);
        }
        let mut price = reward.price.0;
        for special in &reward.price_by_tier {
            if self.live.tier(&special.group) == special.tier {
                price = price.min(special.price.0);
            }
        }
        i128::from(price) * i128::from(ask.quantity)
    }

    pub fn capture(&mut self, id: RedemptionId) -> Result<(), Why> {
        let order = self.live.orders.get(&id).cloned().ok_or("redemption_not_found")?;
        if order.state != RedemptionState::Reserved {
            return Err("redemption_state");
        }
        for (lot, n) in &order.from {
            self.shift(*lot, Side::Held, Side::Redeemed, *n, self.at());
        }
        self.set_state(id, RedemptionState::Captured);
        if let Some((group, tier, lasts)) = self.boost(&order) {
            let book = self.book()?;
            self.above(book.group(&group).ok_or("unknown_code")?, &tier)?;
            let until = book.calendar.after(lasts, self.at());
            self.grant_tier(&group, &tier, Provenance::Paid, Some(until))?;
        }
        Ok(())
    }

    /// What an order lifts its member to, by the book that was open when it was made.
    fn boost(&self, order: &Order) -> Option<(String, String, Term)> {
        let book = self.shelf.at(order.program, order.reserved_at)?;
        let reward = book.version.config.rewards.iter().find(|r| r.code == order.reward)?;
        match &reward.kind {
            RewardKind::TierBoost { group, tier, lasts } => {
                Some((group.clone(), tier.clone(), *lasts))
            }
            _ => None,
        }
    }

    pub fn cancel(&mut self, id: RedemptionId) -> Result<(), Why> {
        let order = self.live.orders.get(&id).cloned().ok_or("redemption_not_found")?;
        let at = self.at();
        let side = match order.state {
            RedemptionState::Reserved => Side::Held,
            RedemptionState::Captured => Side::Redeemed,
            _ => return Err("redemption_state"),
        };
        for (lot, n) in &order.from {
            self.shift(*lot, side, Side::Available, *n, at);
            // Points whose end passed while they were away get the time that they had left when they went.
            if let Some(pile) = self.pile(*lot)
                && let Some(end) = pile.expires.filter(|end| *end <= at)
            {
                pile.expires = Some(Timestamp(at.0 + (end.0 - order.reserved_at.0).max(1)));
            }
        }
        self.close(id, RedemptionState::Cancelled);
        if side == Side::Redeemed
            && let Some((group, tier, _)) = self.boost(&order)
            && let Some(held) = self.live.held.get(&group)
            && held.tier == tier
            && held.provenance == Provenance::Paid
        {
            self.review(&group, at);
        }
        Ok(())
    }

    /// Ends an order without the points being spent; answers their type.
    pub fn close(&mut self, id: RedemptionId, state: RedemptionState) -> Option<PointTypeId> {
        let order = self.live.orders.get(&id).cloned()?;
        if let Some(stock) = &order.stock {
            *self.resources.entry(stock.clone()).or_default() -= order.quantity;
        }
        self.set_state(id, state);
        Some(order.point_type)
    }

    fn set_state(&mut self, id: RedemptionId, state: RedemptionState) {
        if let Some(order) = self.live.orders.get_mut(&id) {
            Rc::make_mut(order).state = state;
        }
    }
}

fn may_be_had(reward: &Reward, ask: &Reserve, at: Timestamp) -> Result<(), Why> {
    if ask.quantity < 1 || ask.quantity > 10_000 {
        return Err("invalid");
    }
    if reward.from.is_some_and(|from| at < from) || reward.until.is_some_and(|end| at >= end) {
        return Err("reward_inactive");
    }
    match &reward.kind {
        RewardKind::Experience { starts_at } if at >= *starts_at => Err("reward_inactive"),
        RewardKind::PartPayment { min_minor, max_minor, .. } => {
            let pay = ask.pay_minor.unwrap_or(0);
            let fits = pay >= 1 && pay >= *min_minor && max_minor.is_none_or(|most| pay <= most);
            if fits { Ok(()) } else { Err("invalid") }
        }
        _ if ask.pay_minor.is_some() => Err("invalid"),
        _ => Ok(()),
    }
}
