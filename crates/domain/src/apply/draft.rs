//! A decision in the making: the account's working copy, and the few moves that points can make.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Trial;
use crate::account::{Account, Grant, Lot, LotKind, Redemption};
use crate::decision::{Change, Decision, Effect, Entry, Outcome, Returned, Side};
use crate::event::{Event, Facts, Piece};
use crate::explain::Step;
use crate::ids::{LotId, PointTypeId};
use crate::points::{Overflow, Points};
use crate::program::{Program, Programs};
use crate::refusal::Refusal;
use crate::time::Timestamp;

/// A decision in the making.
pub(super) struct Draft<'a> {
    pub event: &'a Event,
    pub facts: &'a Facts,
    pub programs: &'a Programs,
    pub account: Account,
    pub entries: Vec<Entry>,
    effects: Vec<Effect>,
    /// Are reasons and effects wanted? Without them a decision cannot be committed.
    pub reasons: bool,
    steps: Vec<Step>,
    pub tiers: Vec<(String, String, String)>,
    pub resources: BTreeMap<String, i64>,
    pub redemption: Option<Redemption>,
    pub grant: Option<Grant>,
    pub returned: Option<Returned>,
    /// What a transfer sends away.
    pub pieces: Vec<Piece>,
    lots_made: i64,
}

/// A lot about to be made.
pub(super) struct NewLot {
    pub point_type: PointTypeId,
    pub points: Points,
    pub kind: LotKind,
    pub earned_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub release_at: Option<Timestamp>,
    /// Where the points come from.
    pub from: Side,
}

impl<'a> Draft<'a> {
    pub fn new(
        account: &Account,
        event: &'a Event,
        facts: &'a Facts,
        programs: &'a Programs,
        reasons: bool,
    ) -> Self {
        Self {
            event,
            facts,
            programs,
            account: account.clone(),
            entries: Vec::new(),
            effects: Vec::new(),
            reasons,
            steps: Vec::new(),
            tiers: Vec::new(),
            resources: BTreeMap::new(),
            redemption: None,
            grant: None,
            returned: None,
            pieces: Vec::new(),
            lots_made: 0,
        }
    }

    /// The event's program in the version in force when it counts.
    pub fn program(&self) -> Result<Arc<Program>, Refusal> {
        self.programs
            .at(self.event.program, self.event.effective_at)
            .cloned()
            .ok_or(Refusal::NoProgram)
    }

    /// When the event counts.
    pub fn at(&self) -> Timestamp {
        self.event.effective_at
    }

    /// The code of a point type, for words and effects.
    pub fn code(&self, point_type: PointTypeId) -> String {
        self.programs
            .point_type(point_type, self.at())
            .map_or_else(|| point_type.to_string(), |(_, p)| p.code.clone())
    }

    /// One journal line; on the member's sides it also moves the balance and the lot.
    pub fn post(
        &mut self,
        side: Side,
        point_type: PointTypeId,
        lot: Option<LotId>,
        points: Points,
        effective_at: Timestamp,
    ) -> Result<(), Refusal> {
        if points.is_zero() {
            return Ok(());
        }
        let position = i64::try_from(self.entries.len()).map_err(|_| Refusal::Overflow)?;
        self.entries.push(Entry { position, point_type, side, lot, points, effective_at });
        if !side.is_member() {
            return Ok(());
        }
        let balance = self.account.balances.entry(point_type).or_default();
        let field = match side {
            Side::Pending => &mut balance.pending,
            Side::Held => &mut balance.held,
            _ => &mut balance.available,
        };
        *field = field.plus(points)?;
        self.account.touched.balances.insert(point_type);
        if let Some(id) = lot {
            let lot = self.lot_mut(id)?;
            let field = match side {
                Side::Pending => &mut lot.pending,
                Side::Held => &mut lot.held,
                _ => &mut lot.available,
            };
            *field = field.plus(points)?;
        }
        Ok(())
    }

    /// A loaded lot, marked for writing.
    pub fn lot_mut(&mut self, id: LotId) -> Result<&mut Lot, Refusal> {
        self.account.touched.lots.insert(id);
        self.account.lots.get_mut(&id).ok_or(Refusal::LotNotFound)
    }

    /// A loaded lot.
    pub fn lot(&self, id: LotId) -> Result<&Lot, Refusal> {
        self.account.lots.get(&id).ok_or(Refusal::LotNotFound)
    }

    /// Makes a lot of `new.points` (less than zero only for a debt) and books it from `new.from`.
    pub fn make_lot(&mut self, new: &NewLot) -> Result<LotId, Refusal> {
        let id = LotId { event: self.event.id, seq: self.lots_made };
        self.lots_made += 1;
        let pending = new.release_at.is_some_and(|release| release > self.at());
        let side = if pending { Side::Pending } else { Side::Available };
        let lot = Lot {
            id,
            point_type: new.point_type,
            kind: new.kind,
            earned_at: new.earned_at,
            expires_at: new.expires_at,
            release_at: new.release_at.filter(|_| pending),
            granted: new.points,
            available: Points::ZERO,
            pending: Points::ZERO,
            held: Points::ZERO,
            redeemed: Points::ZERO,
            expired: Points::ZERO,
            taken: Points::ZERO,
        };
        self.account.lots.insert(id, lot);
        self.post(side, new.point_type, Some(id), new.points, self.at())?;
        self.post(new.from, new.point_type, None, new.points.negated()?, self.at())?;
        for due in [new.expires_at, new.release_at.filter(|_| pending)].into_iter().flatten() {
            self.account.due(due);
        }
        Ok(id)
    }

    /// Moves points of a lot from one of the member's sides to another.
    pub fn shift(
        &mut self,
        id: LotId,
        from: Side,
        to: Side,
        points: Points,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let point_type = self.lot(id)?.point_type;
        self.post(from, point_type, Some(id), points.negated()?, at)?;
        self.post(to, point_type, Some(id), points, at)
    }

    /// Takes points of a lot from one of the member's sides out to the program's side `to`.
    pub fn out(
        &mut self,
        id: LotId,
        from: Side,
        to: Side,
        points: Points,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let point_type = self.lot(id)?.point_type;
        self.post(from, point_type, Some(id), points.negated()?, at)?;
        self.post(to, point_type, None, points, at)?;
        let lot = self.lot_mut(id)?;
        let field = match to {
            Side::Redeemed => &mut lot.redeemed,
            Side::Expired => &mut lot.expired,
            _ => &mut lot.taken,
        };
        *field = field.plus(points)?;
        Ok(())
    }

    /// Open lots of a point type that can be spent at `at`, earliest expiry first, never-ending ones last.
    pub fn spendable(&self, point_type: PointTypeId, at: Timestamp) -> Vec<LotId> {
        let mut lots: Vec<&Lot> = self
            .account
            .lots
            .values()
            .filter(|lot| {
                lot.point_type == point_type && lot.available.is_positive() && lot.usable_at(at)
            })
            .collect();
        lots.sort_by_key(|lot| (lot.expires_at.unwrap_or(Timestamp::MAX), lot.earned_at, lot.id));
        lots.iter().map(|lot| lot.id).collect()
    }

    /// Which spendable lots pay `points`, in order; refused when they do not suffice.
    pub fn pick(
        &self,
        point_type: PointTypeId,
        points: Points,
    ) -> Result<Vec<(LotId, Points)>, Refusal> {
        let mut left = points;
        let mut picked = Vec::new();
        for id in self.spendable(point_type, self.at()) {
            if !left.is_positive() {
                break;
            }
            let part = self.lot(id)?.available.min(left);
            left = left.minus(part)?;
            picked.push((id, part));
        }
        if left.is_positive() {
            // What is owed is paid first by whatever comes.
            let owed = self
                .debt(point_type)
                .map_or(Ok(Points::ZERO), |id| self.lot(id).map(|lot| lot.available))?;
            return Err(Refusal::InsufficientBalance { missing: left.minus(owed)? });
        }
        Ok(picked)
    }

    /// The open debt of a point type.
    fn debt(&self, point_type: PointTypeId) -> Option<LotId> {
        let owes = |lot: &&Lot| {
            lot.kind == LotKind::Debt && lot.point_type == point_type && lot.available.0 < 0
        };
        self.account.lots.values().find(owes).map(|lot| lot.id)
    }

    /// Adds `points` (more than zero) to what the member owes, booked to the program's side `to`.
    pub fn owe(
        &mut self,
        point_type: PointTypeId,
        points: Points,
        to: Side,
    ) -> Result<(), Refusal> {
        let Some(id) = self.debt(point_type) else {
            let (earned_at, points) = (self.at(), points.negated()?);
            let kind = LotKind::Debt;
            self.make_lot(&NewLot {
                point_type,
                points,
                kind,
                earned_at,
                expires_at: None,
                release_at: None,
                from: to,
            })?;
            return Ok(());
        };
        self.post(Side::Available, point_type, Some(id), points.negated()?, self.at())?;
        self.post(to, point_type, None, points, self.at())?;
        let lot = self.lot_mut(id)?;
        lot.granted = lot.granted.minus(points)?;
        Ok(())
    }

    /// Lets spendable points pay what the member owes, in every point type that changed.
    pub fn settle(&mut self) -> Result<(), Refusal> {
        let changed: Vec<PointTypeId> = self.account.touched.balances.iter().copied().collect();
        for point_type in changed {
            self.pay_debt(point_type, self.at())?;
        }
        Ok(())
    }

    /// Lets points of one type that can be spent at `at` pay what the member owes.
    pub fn pay_debt(&mut self, point_type: PointTypeId, at: Timestamp) -> Result<(), Refusal> {
        while let Some(debt) = self.debt(point_type) {
            let Some(id) = self.spendable(point_type, at).first().copied() else { break };
            let points = self.lot(debt)?.available.negated()?.min(self.lot(id)?.available);
            self.post(Side::Available, point_type, Some(id), points.negated()?, at)?;
            self.post(Side::Available, point_type, Some(debt), points, at)?;
            let lot = self.lot_mut(id)?;
            lot.taken = lot.taken.plus(points)?;
            let owed = self.lot_mut(debt)?;
            owed.taken = owed.taken.minus(points)?;
            self.say(|| Step::DebtRepaid { points: points.0 });
        }
        Ok(())
    }

    /// Moves a lot's end later; never earlier.
    pub fn extend(&mut self, id: LotId, to: Option<Timestamp>) -> Result<(), Refusal> {
        let from = self.lot(id)?.expires_at;
        let later = crate::program::ExpiryPolicy::later(from, to);
        if later != from {
            self.lot_mut(id)?.expires_at = later;
            self.say(|| Step::Extended { lot: id, from, to: later });
        }
        Ok(())
    }

    /// One reason, in the order in which it was decided.
    pub fn say(&mut self, step: impl FnOnce() -> Step) {
        if self.reasons {
            self.steps.push(step());
        }
    }

    /// Reasons found elsewhere.
    pub fn say_all(&mut self, steps: Vec<Step>) {
        if self.reasons {
            self.steps.extend(steps);
        }
    }

    /// Tells the outside about something other than points.
    pub fn tell_of(&mut self, name: &str, data: impl FnOnce() -> Value) {
        if self.reasons {
            self.effects.push(Effect { name: name.to_owned(), data: data() });
        }
    }

    /// Tells the outside about points of one type.
    pub fn tell(
        &mut self,
        name: &str,
        point_type: PointTypeId,
        points: Points,
        more: impl FnOnce() -> Value,
    ) {
        if !self.reasons {
            return;
        }
        let mut data = json!({ "point_type": self.code(point_type), "points": points.0 });
        if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more()) {
            data.extend(more);
        }
        self.effects.push(Effect { name: name.to_owned(), data });
    }

    /// Is the account as it was, down to when it is due next?
    pub fn nothing_happened(&self, before: &Account) -> bool {
        self.entries.is_empty() && self.account == *before
    }

    /// Checks what must hold of the account.
    fn close(&mut self) {
        for id in &self.account.touched.lots {
            if let Some(lot) = self.account.lots.get(id) {
                check_lot(lot);
            }
        }
        self.account.version += 1;
    }

    /// Closes a decision that shall not be committed.
    pub fn end(mut self) -> Result<Trial, Refusal> {
        self.close();
        let issued = issued(&self.entries)?;
        let Self { entries, account, grant, returned, resources, .. } = self;
        Ok(Trial { entries, after: account, issued, grant, returned, resources })
    }

    /// Closes the decision.
    pub fn decide(mut self, event: Event) -> Result<Decision, Refusal> {
        self.close();
        let program_version =
            self.programs.at(event.program, event.effective_at).map_or(0, |p| p.version);
        let outcome = Outcome {
            changes: changes(&self.entries)?,
            issued: issued(&self.entries)?,
            balances: self
                .entries
                .iter()
                .map(|e| (e.point_type, self.account.balance(e.point_type)))
                .collect(),
            steps: self.steps,
            program_version,
            tiers: self.tiers,
            redemption: self.redemption,
            grant: self.grant,
            returned: self.returned,
        };
        let Self { entries, account, effects, resources, .. } = self;
        Ok(Decision::new(event, entries, account, effects, outcome, resources))
    }
}

/// Asserts the equation of a lot, in production too: a wrong lot must never reach the store.
fn check_lot(lot: &Lot) {
    let parts = [lot.available, lot.pending, lot.held, lot.redeemed, lot.expired, lot.taken];
    let sum: i128 = parts.iter().map(|p| i128::from(p.0)).sum();
    assert!(
        sum == i128::from(lot.granted.0),
        "a lot's parts must sum to what was granted: {lot:?}"
    );
    if lot.kind != LotKind::Debt {
        assert!(parts.iter().all(|p| p.0 >= 0), "no part of a lot may be below zero: {lot:?}");
    }
}

fn issued(entries: &[Entry]) -> Result<BTreeMap<PointTypeId, Points>, Overflow> {
    let mut net: BTreeMap<PointTypeId, Points> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.side == Side::Issued) {
        let sum = net.entry(entry.point_type).or_default();
        *sum = sum.minus(entry.points)?;
    }
    net.retain(|_, points| !points.is_zero());
    Ok(net)
}

fn changes(entries: &[Entry]) -> Result<Vec<Change>, Overflow> {
    let mut net: BTreeMap<(PointTypeId, Side), Points> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.side.is_member()) {
        let sum = net.entry((entry.point_type, entry.side)).or_default();
        *sum = sum.plus(entry.points)?;
    }
    net.retain(|_, points| !points.is_zero());
    let change = |((point_type, side), points)| Change { point_type, side, points };
    Ok(net.into_iter().map(change).collect())
}
