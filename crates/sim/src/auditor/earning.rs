//! Purchases and custom events as the auditor sees them.

use std::collections::BTreeMap;

use lazo_domain::account::LotKind;
use lazo_domain::decision::Side;
use lazo_domain::event::{Custom, Line, Purchase};
use lazo_domain::ids::PointTypeId;
use lazo_domain::program::expiry::Basis;
use lazo_domain::time::Timestamp;

use super::holder::{DeedKind, Gift};
use super::passing::ends;
use super::rules::{Haul, Question};
use super::turn::{Book, Turn, Why};

impl Turn<'_> {
    pub fn purchase(
        &mut self,
        purchase: &Purchase,
        used: &BTreeMap<String, i64>,
    ) -> Result<(), Why> {
        let sane = |line: &Line| line.quantity_milli >= 0;
        if purchase.lines.is_empty() || !purchase.lines.iter().all(sane) {
            return Err("invalid");
        }
        let book = self.earning_book()?;
        self.pass(Timestamp(i64::MIN), self.at(), self.lots_matter(&book));
        self.deed.bought = purchase.lines.iter().map(|line| line.quantity_milli.max(1)).collect();
        self.deed.nets = purchase.lines.iter().map(|line| line.net_minor).collect();
        let home = purchase.currency == book.version.config.currency.code();
        let lines: &[Line] = if home { &purchase.lines } else { &[] };
        let on = if home { "purchase" } else { "" };
        let spent = home.then(|| self.deed.nets.iter().sum());
        self.earn(&book, on, lines, (spent, true), used);
        Ok(())
    }

    pub fn custom(&mut self, custom: &Custom, used: &BTreeMap<String, i64>) -> Result<(), Why> {
        if custom.name.is_empty() || custom.name == "purchase" {
            return Err("invalid");
        }
        let book = self.earning_book()?;
        self.pass(Timestamp(i64::MIN), self.at(), self.lots_matter(&book));
        (self.deed.bought, self.deed.nets) = (vec![1], vec![0]);
        self.earn(&book, &custom.name, &[], (None, false), used);
        Ok(())
    }

    fn earning_book(&self) -> Result<std::rc::Rc<Book>, Why> {
        let book = self.book()?;
        if book.version.config.state.earns() { Ok(book) } else { Err("program_closed") }
    }

    /// An accrual looks at old lots only where it can change them: points that live by activity or grow older with
    /// a step up, and a debt that new points pay.
    pub fn lots_matter(&self, book: &Book) -> bool {
        let config = &book.version.config;
        let active = config.point_types.iter().any(|p| p.expiry.basis == Basis::Activity);
        let rises =
            |b: &Book| b.version.config.point_types.iter().any(|p| p.expiry.extend_on_upgrade);
        let due = self.live.held.values().any(|h| h.review.is_some_and(|due| due <= self.at()));
        let rises = rises(book) || (due && self.shelf.0.iter().any(|book| rises(book)));
        let mut types: Vec<PointTypeId> = self.live.open.values().map(|p| p.point_type).collect();
        types.dedup();
        let owes = types.iter().any(|of| self.balance(*of) < 0)
            || self.live.qualifying.values().any(|n| *n < 0);
        active || rises || owes
    }

    fn earn(
        &mut self,
        book: &Book,
        on: &str,
        lines: &[Line],
        (spent, visit): (Option<i64>, bool),
        used: &BTreeMap<String, i64>,
    ) {
        let left = |rule: &str, budget: i64| {
            let key = format!("budget:{}:{rule}", book.version.config.code);
            budget - used.get(&key).copied().unwrap_or(0)
        };
        let question = Question { book, live: &self.live, at: self.at(), on, lines, left: &left };
        let Haul { given, uses, budgets } = question.answer();
        self.deed.kind = DeedKind::Earned;
        self.deed.back = vec![0; self.deed.bought.len()];
        self.deed.uses = uses;
        for (key, n) in budgets {
            *self.resources.entry(key.clone()).or_default() += n;
            self.deed.budgets.insert(key, n);
        }
        let mut gave: BTreeMap<PointTypeId, Vec<i64>> = BTreeMap::new();
        for one in given.iter().filter(|one| one.points > 0) {
            let shares = gave.entry(one.point_type).or_insert_with(|| vec![0; one.shares.len()]);
            for (sum, share) in shares.iter_mut().zip(&one.shares) {
                *sum += share;
            }
        }
        let by_code = book.version.ids.iter();
        let by_code: Vec<(String, Vec<i64>)> =
            by_code.filter_map(|(code, id)| Some((code.clone(), gave.get(id)?.clone()))).collect();
        self.count(book, spent, visit, &by_code);
        let accrued = gave.keys().any(|id| !book.is_qualifying(*id));
        for (id, shares) in gave {
            self.grant(book, id, shares);
        }
        if accrued {
            self.lengthen(book, self.at(), false);
        }
        self.remember();
    }

    fn grant(&mut self, book: &Book, id: PointTypeId, shares: Vec<i64>) {
        let points: i64 = shares.iter().sum();
        if book.is_qualifying(id) {
            self.qualify(id, points.into(), Side::Issued);
            self.deed.moved.clear();
            self.deed.qualifying.push((id, shares));
            return;
        }
        let Some(config) = book.point_type(id) else { return };
        let at = self.at();
        let mut pile = Self::pile_of(id, points.into(), LotKind::Earned, at);
        pile.expires = ends(&config.expiry, &book.calendar, at, &self.live);
        pile.release = config.pending.map(|term| book.calendar.after(term, at));
        let lot = self.make(pile, Side::Issued);
        self.deed.gifts.push(Gift { lot, point_type: id, shares, back: 0, waived: 0 });
    }
}
