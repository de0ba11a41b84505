//! Adjustments, transfers, openings and reinstatements as the auditor sees them.

use lazo_domain::account::LotKind;
use lazo_domain::decision::Side;
use lazo_domain::event::Piece;
use lazo_domain::ids::{AccountId, LotId, PointTypeId};
use lazo_domain::time::Timestamp;

use super::holder::{DeedKind, Pile};
use super::passing::ends;
use super::turn::{Turn, Why};

impl Turn<'_> {
    pub fn adjust(&mut self, of: PointTypeId, points: i64, reason: &str) -> Result<(), Why> {
        let book = self.book()?;
        let policy = &book.version.config.adjustments;
        if !policy.reasons.iter().any(|r| r == reason) {
            return Err("bad_reason");
        }
        if points == 0 || points.abs() > policy.limit.0 {
            return Err("invalid");
        }
        self.deed.kind = DeedKind::Adjusted;
        let (at, n) = (self.at(), i128::from(points));
        if book.is_qualifying(of) {
            if n < 0 && self.live.qualifying.get(&of).copied().unwrap_or(0) + n < 0 {
                return Err("insufficient_balance");
            }
            self.qualify(of, n, Side::Adjusted);
        } else if points > 0 {
            let config = book.redeemable(of)?;
            let mut pile = Self::pile_of(of, n, LotKind::Adjusted, at);
            pile.expires = ends(&config.expiry, &book.calendar, at, &self.live);
            let lot = self.make(pile, Side::Adjusted);
            self.deed.made.push((lot, n));
        } else {
            book.redeemable(of)?;
            for (lot, n) in self.payers(of, -n)? {
                self.shift(lot, Side::Available, Side::Adjusted, n, at);
                self.deed.took.push((lot, n));
            }
        }
        self.remember();
        Ok(())
    }

    pub fn transfer_out(&mut self, of: PointTypeId, points: i64, to: AccountId) -> Result<(), Why> {
        let book = self.book()?;
        let policy = &book.version.config.transfers;
        book.redeemable(of)?;
        if !policy.allowed || to == self.live.id {
            return Err("transfer_not_allowed");
        }
        if points < 1 || points < policy.min.0 || points > policy.max.0 {
            return Err("invalid");
        }
        let (year, _, _) = book.calendar.day(self.at());
        let sent = self.live.sent.iter().filter(|(one, when, _)| *one == of && *when == year);
        if sent.map(|(_, _, n)| n).sum::<i64>() + points > policy.max_per_year.0 {
            return Err("limit_reached");
        }
        let payers = self.payers(of, points.into())?;
        for (lot, n) in &payers {
            self.shift(*lot, Side::Available, Side::Transferred, *n, self.at());
        }
        self.live.sent.push((of, year, points));
        self.parcel = payers;
        Ok(())
    }

    /// What is in the parcel, with the age and the end it has.
    pub fn parcel(&mut self) -> Vec<Pile> {
        let parcel = self.parcel.clone();
        let mut piles = Vec::new();
        for (lot, n) in parcel {
            if let Some(pile) = self.pile(lot) {
                let fresh = Turn::pile_of(pile.point_type, n, LotKind::Transferred, pile.earned_at);
                piles.push(Pile { expires: pile.expires, ..fresh });
            }
        }
        piles
    }

    pub fn transfer_in(&mut self, parcel: Vec<Pile>) {
        for pile in parcel {
            self.make(pile, Side::Transferred);
        }
    }

    pub fn opening(&mut self, pieces: &[Piece]) -> Result<(), Why> {
        let book = self.book()?;
        self.deed.kind = DeedKind::Opened;
        for piece in pieces {
            let (of, n) = (piece.point_type, i128::from(piece.points.0));
            if n == 0 {
                return Err("invalid");
            }
            if book.is_qualifying(of) {
                self.qualify(of, n, Side::Opening);
                continue;
            }
            book.redeemable(of)?;
            if n < 0 {
                let debt = self.owe(of, -n, Side::Opening);
                self.deed.took.push((debt, -n));
                continue;
            }
            let pile = Self::pile_of(of, n, LotKind::Opening, piece.earned_at);
            let lot = self.make(Pile { expires: piece.expires_at, ..pile }, Side::Opening);
            self.deed.made.push((lot, n));
        }
        self.remember();
        Ok(())
    }

    pub fn reinstate(
        &mut self,
        lot: LotId,
        points: i64,
        expires: Option<Timestamp>,
        reason: &str,
    ) -> Result<(), Why> {
        let book = self.book()?;
        if !book.version.config.adjustments.reasons.iter().any(|r| r == reason) {
            return Err("bad_reason");
        }
        let (n, at) = (i128::from(points), self.at());
        let pile = self.pile(lot).ok_or("lot_not_found")?.clone();
        if n < 1 || n > pile.expired {
            return Err("lot_not_found");
        }
        let config = book.redeemable(pile.point_type)?;
        let expires = expires.or_else(|| ends(&config.expiry, &book.calendar, at, &self.live));
        if expires.is_some_and(|end| end <= at) {
            return Err("invalid");
        }
        if let Some(pile) = self.pile(lot) {
            pile.expired -= n;
        }
        let new = Self::pile_of(pile.point_type, n, LotKind::Reinstated, pile.earned_at);
        let made = self.make(Pile { expires, ..new }, Side::Expired);
        self.deed.kind = DeedKind::Reinstated;
        self.deed.made.push((made, n));
        self.remember();
        Ok(())
    }
}
