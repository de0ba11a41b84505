//! Returns and reversals as the auditor sees them.

use std::rc::Rc;

use lazo_domain::account::LotKind;
use lazo_domain::decision::Side;
use lazo_domain::event::{PurchaseRef, Return};
use lazo_domain::ids::{EventId, LotId, PointTypeId};
use lazo_domain::program::Shortfall;

use super::holder::{Deed, DeedKind};
use super::numbers::share_back;
use super::turn::{Turn, Why};

/// How points are taken back.
#[derive(Clone, Copy)]
struct Manner {
    shortfall: Shortfall,
    /// How far below zero the balance may go.
    limit: i128,
    /// As if it had never been: what expired is taken too.
    undo: bool,
    side: Side,
}

impl Turn<'_> {
    pub fn returned(&mut self, ask: &Return) -> Result<(), Why> {
        let (purchase, mut deed) = self.find(&ask.purchase).ok_or("purchase_not_found")?;
        if deed.undone {
            return Err("already_reversed");
        }
        let mut back = deed.back.clone();
        if ask.lines.is_empty() {
            back.clone_from(&deed.bought);
            if deed.back == back {
                return Err("returns_too_much");
            }
        }
        for one in &ask.lines {
            let slot = back.get_mut(one.line).ok_or("invalid")?;
            if one.quantity_milli < 1 || *slot + one.quantity_milli > deed.bought[one.line] {
                return Err("returns_too_much");
            }
            *slot += one.quantity_milli;
        }
        let book = self.shelf.at(deed.program, self.at()).ok_or("no_program_version")?;
        let policy = book.version.config.returns;
        let limit = i128::from(policy.debt_limit.0);
        let manner = Manner { shortfall: policy.shortfall, limit, undo: false, side: Side::Issued };
        self.deed.lines =
            back.iter().zip(&deed.back).map(|(after, before)| after - before).collect();
        self.take_back(&mut deed, back, manner);
        (self.deed.kind, self.deed.purchase) = (DeedKind::Returned, purchase);
        self.live.deeds.insert(purchase, Rc::new(deed));
        self.remember();
        Ok(())
    }

    fn find(&self, purchase: &PurchaseRef) -> Option<(EventId, Deed)> {
        let found = match purchase {
            PurchaseRef::Event(event) => self.live.deeds.get_key_value(event),
            PurchaseRef::Source { source, source_ref } => {
                self.live.deeds.iter().find(|(_, deed)| {
                    deed.kind == DeedKind::Earned
                        && deed.source == (source.clone(), source_ref.clone())
                })
            }
        };
        let (event, deed) = found.filter(|(_, deed)| deed.kind == DeedKind::Earned)?;
        Some((*event, Deed::clone(deed)))
    }

    /// Takes from every gift what is due once `back` has come back and was not accounted for yet.
    fn take_back(&mut self, deed: &mut Deed, back: Vec<i64>, manner: Manner) {
        for at in 0..deed.gifts.len() {
            let gift = deed.gifts[at].clone();
            let due = (share_back(&gift.shares, &back, &deed.bought) - gift.back).max(0);
            let waived =
                self.claw(gift.lot, gift.point_type, due.into(), gift.waived.into(), manner);
            deed.gifts[at].back += due;
            deed.gifts[at].waived += super::numbers::narrow(waived);
            self.deed.dues.push(due);
            self.deed.waived.push(super::numbers::narrow(waived));
        }
        for (of, shares) in &deed.qualifying {
            let before = share_back(shares, &deed.back, &deed.bought);
            let due = share_back(shares, &back, &deed.bought) - before;
            self.qualify(*of, -i128::from(due), Side::Issued);
        }
        self.deed.moved.clear();
        if back == deed.bought {
            self.deed.freed = std::mem::take(&mut deed.budgets);
            for (key, n) in &self.deed.freed {
                *self.resources.entry(key.clone()).or_default() -= n;
            }
        }
        deed.back = back;
    }

    /// Takes `due`: what is there, then (not twice) what expired, then what was spent from elsewhere. Answers what was
    /// let go because it had expired.
    fn claw(
        &mut self,
        lot: LotId,
        of: PointTypeId,
        due: i128,
        waived: i128,
        manner: Manner,
    ) -> i128 {
        let at = self.at();
        if due == 0 {
            return 0;
        }
        let Some(pile) = self.pile(lot) else { return 0 };
        if manner.undo {
            let expired = pile.expired;
            self.shift(lot, Side::Expired, Side::Available, expired, at);
        }
        let mut left = due;
        for side in [Side::Pending, Side::Available] {
            let Some(pile) = self.pile(lot) else { return 0 };
            let there = if side == Side::Pending { pile.pending } else { pile.available };
            let n = there.min(left).max(0);
            self.take(lot, side, n, manner.side);
            left -= n;
        }
        let expired = self.pile(lot).map_or(0, |pile| pile.expired);
        let let_go = (expired - waived).clamp(0, left);
        left -= let_go;
        if manner.shortfall == Shortfall::Forgive {
            return let_go;
        }
        for (other, there) in self.spendable(of, at) {
            let n = there.min(left);
            self.take(other, Side::Available, n, manner.side);
            left -= n;
        }
        if manner.shortfall == Shortfall::Debt {
            let room = (manner.limit + self.balance(of).min(0)).max(0);
            let owed = left.min(room);
            if owed > 0 {
                let debt = self.owe(of, owed, manner.side);
                self.deed.took.push((debt, owed));
            }
        }
        let_go
    }

    fn take(&mut self, lot: LotId, from: Side, n: i128, to: Side) {
        self.shift(lot, from, to, n, self.at());
        if n > 0 {
            self.deed.took.push((lot, n));
        }
    }

    pub fn reverse(&mut self, event: EventId) -> Result<(), Why> {
        let deed = self.deed_of(event).ok_or("not_reversible")?;
        let mut deed = Deed::clone(&deed);
        let side = match deed.kind {
            DeedKind::Earned | DeedKind::Returned => Side::Issued,
            DeedKind::Adjusted => Side::Adjusted,
            DeedKind::Opened => Side::Opening,
            DeedKind::Reinstated => Side::Expired,
            DeedKind::Other => return Err("not_reversible"),
        };
        if deed.undone {
            return Err("already_reversed");
        }
        let manner =
            Manner { shortfall: Shortfall::Debt, limit: i64::MAX.into(), undo: true, side };
        deed.undone = true;
        if deed.kind == DeedKind::Earned {
            let back = deed.bought.clone();
            self.take_back(&mut deed, back, manner);
        }
        for (lot, n) in deed.made.clone() {
            let of = self.pile(lot).map(|pile| pile.point_type).unwrap_or_default();
            self.claw(lot, of, n, 0, manner);
        }
        let took = if deed.kind == DeedKind::Reinstated { Vec::new() } else { deed.took.clone() };
        for (lot, n) in took {
            self.give_back(lot, n, side);
        }
        for (of, n) in &deed.moved {
            self.qualify(*of, -n, side);
        }
        if deed.kind == DeedKind::Returned {
            self.undo_return(&deed)?;
        }
        self.deed = Deed::default();
        self.live.deeds.insert(event, Rc::new(deed));
        Ok(())
    }

    /// Points go back where they came from: a debt shrinks by them, and what was repaid of it since is new points.
    fn give_back(&mut self, lot: LotId, n: i128, side: Side) {
        let Some(pile) = self.pile(lot) else { return };
        let (of, debt) = (pile.point_type, pile.kind == LotKind::Debt);
        let part = if debt { n.min(-pile.available).max(0) } else { n };
        self.shift(lot, side, Side::Available, part, self.at());
        if n > part {
            self.make(Self::pile_of(of, n - part, LotKind::Adjusted, self.at()), side);
        }
    }

    /// The member keeps the purchase after all.
    fn undo_return(&mut self, undone: &Deed) -> Result<(), Why> {
        let purchase = self.deed_of(undone.purchase).ok_or("not_reversible")?;
        let mut purchase = Deed::clone(&purchase);
        if purchase.undone {
            return Err("already_reversed");
        }
        let before = purchase.back.clone();
        for (back, lines) in purchase.back.iter_mut().zip(&undone.lines) {
            *back -= lines;
        }
        for ((gift, due), waived) in purchase.gifts.iter_mut().zip(&undone.dues).zip(&undone.waived)
        {
            gift.back -= due;
            gift.waived -= waived;
        }
        for (of, shares) in &purchase.qualifying {
            let now = share_back(shares, &purchase.back, &purchase.bought);
            let n = share_back(shares, &before, &purchase.bought) - now;
            self.qualify(*of, n.into(), Side::Issued);
        }
        for (key, n) in &undone.freed {
            *self.resources.entry(key.clone()).or_default() += n;
            purchase.budgets.insert(key.clone(), *n);
        }
        self.live.deeds.insert(undone.purchase, Rc::new(purchase));
        Ok(())
    }
}
