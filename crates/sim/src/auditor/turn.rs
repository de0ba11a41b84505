//! One event as the auditor works it out: a working copy of the account and the plain moves of points.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use lazo_domain::account::LotKind;
use lazo_domain::decision::Side;
use lazo_domain::event::Event;
use lazo_domain::ids::{EventId, LotId, PointTypeId, ProgramId};
use lazo_domain::program::config::PointTypeConfig;
use lazo_domain::program::{PointKind, TierGroup};
use lazo_domain::time::Timestamp;

use super::calendar::Calendar;
use super::holder::{Booking, Deed, Live, Pile};
use crate::generate::setup::Version;

/// The stable code of a refusal.
pub type Why = &'static str;

/// A program version with its calendar.
#[derive(Debug, Clone)]
pub struct Book {
    pub version: Version,
    pub calendar: Calendar,
}

impl Book {
    pub fn point_type(&self, id: PointTypeId) -> Option<&PointTypeConfig> {
        let code = self.version.ids.iter().find(|(_, known)| **known == id)?.0;
        self.version.config.point_types.iter().find(|p| p.code == *code)
    }

    pub fn id(&self, code: &str) -> PointTypeId {
        self.version.ids.get(code).copied().unwrap_or_default()
    }

    pub fn group(&self, code: &str) -> Option<&TierGroup> {
        self.version.config.tier_groups.iter().find(|g| g.code == code)
    }

    pub fn is_qualifying(&self, id: PointTypeId) -> bool {
        self.point_type(id).is_some_and(|p| p.kind == PointKind::Qualifying)
    }

    /// The redeemable point type of an id, or the refusal.
    pub fn redeemable(&self, id: PointTypeId) -> Result<&PointTypeConfig, Why> {
        self.point_type(id).filter(|p| p.kind == PointKind::Redeemable).ok_or("unknown_code")
    }
}

/// The versions of all programs, by program and start.
#[derive(Debug, Clone)]
pub struct Shelf(pub Vec<Rc<Book>>);

impl Shelf {
    /// The version in force at an instant.
    pub fn at(&self, program: ProgramId, at: Timestamp) -> Option<Rc<Book>> {
        let mut found = None;
        for book in &self.0 {
            if book.version.program == program && book.version.from <= at {
                found = Some(Rc::clone(book));
            }
        }
        found
    }

    /// The last version.
    pub fn last(&self, program: ProgramId) -> Option<Rc<Book>> {
        self.0.iter().rfind(|book| book.version.program == program).cloned()
    }
}

/// One event in the making.
#[derive(Debug)]
pub struct Turn<'a> {
    pub shelf: &'a Shelf,
    pub event: &'a Event,
    pub live: Live,
    pub closed: &'a BTreeMap<LotId, Pile>,
    pub bookings: Vec<Booking>,
    pub touched: BTreeSet<PointTypeId>,
    pub deed: Deed,
    /// Shared limits used (more than zero) or given back.
    pub resources: BTreeMap<String, i64>,
    /// What a transfer sends away.
    pub parcel: Vec<(LotId, i128)>,
    made: i64,
}

impl<'a> Turn<'a> {
    pub fn new(
        shelf: &'a Shelf,
        event: &'a Event,
        live: Live,
        closed: &'a BTreeMap<LotId, Pile>,
    ) -> Self {
        let deed = Deed {
            program: event.program,
            at: event.effective_at,
            source: (event.source.clone(), event.source_ref.clone()),
            ..Deed::default()
        };
        Self {
            shelf,
            event,
            live,
            closed,
            bookings: Vec::new(),
            touched: BTreeSet::new(),
            deed,
            resources: BTreeMap::new(),
            parcel: Vec::new(),
            made: 0,
        }
    }

    pub fn at(&self) -> Timestamp {
        self.event.effective_at
    }

    /// The version of the event's program.
    pub fn book(&self) -> Result<Rc<Book>, Why> {
        self.shelf.at(self.event.program, self.at()).ok_or("no_program_version")
    }

    /// Reads a pile, also one with nothing left.
    pub fn pile(&mut self, id: LotId) -> Option<&mut Pile> {
        if let Some(pile) = self.closed.get(&id).filter(|_| !self.live.open.contains_key(&id)) {
            self.live.open.insert(id, pile.clone());
        }
        self.live.open.get_mut(&id)
    }

    fn book_line(
        &mut self,
        side: Side,
        of: PointTypeId,
        lot: Option<LotId>,
        n: i128,
        at: Timestamp,
    ) {
        if n != 0 {
            self.bookings.push(Booking { point_type: of, side, lot, at, points: n });
            if side.is_member() {
                self.touched.insert(of);
            }
        }
    }

    /// Moves points of a pile from one side to another; the other side of the double entry follows by itself.
    pub fn shift(&mut self, id: LotId, from: Side, to: Side, n: i128, at: Timestamp) {
        let Some(pile) = self.pile(id) else { return };
        let point_type = pile.point_type;
        for (side, n) in [(from, -n), (to, n)] {
            match side {
                Side::Available => pile.available += n,
                Side::Pending => pile.pending += n,
                Side::Held => pile.held += n,
                Side::Redeemed => pile.redeemed += n,
                Side::Expired => pile.expired += n,
                _ => {}
            }
        }
        for (side, n) in [(from, -n), (to, n)] {
            self.book_line(side, point_type, Some(id).filter(|_| side.is_member()), n, at);
        }
    }

    /// Points of a type without piles.
    pub fn qualify(&mut self, of: PointTypeId, n: i128, against: Side) {
        *self.live.qualifying.entry(of).or_default() += n;
        let at = self.at();
        self.book_line(Side::Available, of, None, n, at);
        self.book_line(against, of, None, -n, at);
        if n != 0 {
            self.deed.moved.push((of, n));
        }
    }

    /// Makes a pile out of a program's side.
    pub fn make(&mut self, pile: Pile, from: Side) -> LotId {
        let id = LotId { event: self.event.id, seq: self.made };
        self.made += 1;
        let (point_type, n, at) = (pile.point_type, pile.granted, self.at());
        let waits = pile.release.is_some_and(|release| release > at);
        let side = if waits { Side::Pending } else { Side::Available };
        let (available, pending) = if waits { (0, n) } else { (n, 0) };
        self.live.open.insert(id, Pile { available, pending, ..pile });
        self.book_line(side, point_type, Some(id), n, at);
        self.book_line(from, point_type, None, -n, at);
        id
    }

    /// A pile of `n` points.
    pub fn pile_of(of: PointTypeId, n: i128, kind: LotKind, earned_at: Timestamp) -> Pile {
        Pile {
            point_type: of,
            kind,
            earned_at,
            expires: None,
            release: None,
            granted: n,
            available: n,
            pending: 0,
            held: 0,
            redeemed: 0,
            expired: 0,
        }
    }

    /// Piles that can be spent, earliest end first; then by age, then by name.
    pub fn spendable(&self, of: PointTypeId, at: Timestamp) -> Vec<(LotId, i128)> {
        let mut all: Vec<(&LotId, &Pile)> = self.live.open.iter().collect();
        all.retain(|(_, pile)| pile.point_type == of && pile.available > 0);
        all.retain(|(_, pile)| pile.expires.is_none_or(|end| at.0 < end.0));
        all.sort_by_key(|(id, pile)| {
            (pile.expires.map_or(i64::MAX, |end| end.0), pile.earned_at, **id)
        });
        all.into_iter().map(|(id, pile)| (*id, pile.available)).collect()
    }

    /// Which piles pay `n`.
    pub fn payers(&self, of: PointTypeId, n: i128) -> Result<Vec<(LotId, i128)>, Why> {
        let mut left = n;
        let mut payers = Vec::new();
        for (id, there) in self.spendable(of, self.at()) {
            if left > 0 {
                payers.push((id, there.min(left)));
                left -= there.min(left);
            }
        }
        if left > 0 { Err("insufficient_balance") } else { Ok(payers) }
    }

    fn debt(&self, of: PointTypeId) -> Option<(LotId, i128)> {
        let owed = |pile: &Pile| pile.kind == LotKind::Debt && pile.point_type == of;
        let found = self.live.open.iter().find(|(_, pile)| owed(pile) && pile.available < 0)?;
        Some((*found.0, -found.1.available))
    }

    /// Adds to what is owed; answers the debt's pile.
    pub fn owe(&mut self, of: PointTypeId, n: i128, to: Side) -> LotId {
        let Some((id, _)) = self.debt(of) else {
            let pile = Self::pile_of(of, -n, LotKind::Debt, self.at());
            return self.make(pile, to);
        };
        self.shift(id, Side::Available, to, n, self.at());
        id
    }

    /// Spendable points pay what is owed.
    pub fn settle(&mut self, of: PointTypeId, at: Timestamp) {
        while let Some((debt, owed)) = self.debt(of) {
            let Some((payer, there)) = self.spendable(of, at).first().copied() else { return };
            let n = owed.min(there);
            for (id, n) in [(payer, -n), (debt, n)] {
                if let Some(pile) = self.pile(id) {
                    pile.available += n;
                }
                self.book_line(Side::Available, of, Some(id), n, at);
            }
        }
    }

    /// What can be spent less what is owed, whatever its end.
    pub fn balance(&self, of: PointTypeId) -> i128 {
        self.live.open.values().filter(|pile| pile.point_type == of).map(|p| p.available).sum()
    }

    /// Remembers what this event did, to be returned or undone later.
    pub fn remember(&mut self) {
        let deed = std::mem::take(&mut self.deed);
        self.live.deeds.insert(self.event.id, Rc::new(deed));
    }

    /// An earlier deed by its event.
    pub fn deed_of(&self, event: EventId) -> Option<Rc<Deed>> {
        self.live.deeds.get(&event).cloned()
    }
}
