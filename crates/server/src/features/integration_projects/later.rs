//! What happened to a merged member since its opening, read from the ledger's journal: lots earned, points spent of which
//! lots, and by whose card.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::account::{Lot, LotKind};
use lazo_domain::decision::Entry;
use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId};
use lazo_domain::merging::undo::{Later, LotRef};
use lazo_domain::merging::{MemberPlan, SourceKey};
use lazo_store::ledger::{MAX_PAGE, StoredEvent};
use sha2::{Digest, Sha256};

use super::fault::{MergeFault, refused};
use super::matching::key_of;
use super::names;
use super::store::items;
use super::store::projects::Project;
use super::workbench::Workbench;

/// How a merged member stands in the ledger.
pub(super) struct Since {
    /// What happened, in the order in which it did.
    pub(super) later: Vec<Later>,
    /// Its lots now, and what each is to the plan.
    pub(super) lots: Vec<(LotRef, Lot)>,
    /// What it owes now.
    pub(super) debts: Vec<Lot>,
    /// Events other than the opening.
    pub(super) events: Vec<StoredEvent>,
}

/// A spending on its way: event, lots with points, and whose card was used.
struct Spending {
    event: EventId,
    lots: Vec<(LotRef, i64)>,
    via: Option<SourceKey>,
}

impl Spending {
    fn told(&self) -> Later {
        Later::Spent {
            event: self.event.to_string(),
            lots: self.lots.iter().filter(|(_, points)| *points > 0).cloned().collect(),
            via: self.via.clone(),
        }
    }
}

/// Something that happened, in its place: a spending by its number, since points may still come back to it.
enum Place {
    Earned(Later),
    Spent(usize),
}

impl Workbench {
    /// Reads what happened since the opening `event`. `lines` says for each of its lots which line of the plan it is, where
    /// that is not the plan's own order.
    pub(super) async fn since(
        &self,
        project: &Project,
        plan: &MemberPlan,
        account: AccountId,
        (opening, lines): (Option<EventId>, Option<&[Option<usize>]>),
    ) -> Result<Since, MergeFault> {
        let codes = self.codes(project).await?;
        // What the account had before the merge is none of the merge's business.
        let from = opening.unwrap_or(EventId(i64::MIN));
        let mut lots = self.lots(project, account).await?;
        lots.retain(|lot| lot.id.event >= from);
        let names = lot_names(plan, &lots, opening, lines);
        let debts: BTreeSet<LotId> =
            lots.iter().filter(|lot| lot.kind == LotKind::Debt).map(|lot| lot.id).collect();
        let items = self.item_names(project, plan).await?;
        let mut events = self.events(project, account).await?;
        events.retain(|event| event.event.id >= from);
        let books = self.app.ledger.books();
        let (mut places, mut spent) = (Vec::new(), Vec::<Spending>::new());
        for event in events.iter().filter(|event| Some(event.event.id) != opening) {
            let entries = books.entries_of(project.tenant, account, event.event.id).await?;
            let of_item = items.get(&event.event.source_ref).cloned();
            let via = of_item.or_else(|| used(project, plan, &event.event));
            let mut gone = Vec::new();
            for (lot, change) in changes(&entries, &debts) {
                let Some(of) = names.get(&lot) else { continue };
                match change {
                    0 => {}
                    earned if lot.event == event.event.id && earned > 0 => {
                        let row = lots.iter().find(|row| row.id == lot);
                        let to = row.and_then(|row| codes.get(&row.point_type)).cloned();
                        let to = to.ok_or_else(|| {
                            let what = format!("{lot} is of points that the program has no more");
                            refused("merge_rule_unknown", what, "")
                        })?;
                        places.push(Place::Earned(Later::Earned {
                            event: lot.to_string(),
                            to,
                            points: earned,
                            via: via.clone(),
                            expires_at: row.and_then(|row| row.expires_at),
                            source_points: None,
                        }));
                    }
                    back if back > 0 => give_back(&mut spent, of, back),
                    taken => gone.push((of.clone(), -taken)),
                }
            }
            if !gone.is_empty() {
                // Its place among what was earned is kept; what it took is known at the end.
                places.push(Place::Spent(spent.len()));
                spent.push(Spending { event: event.event.id, lots: gone, via });
            }
        }
        let later = places.into_iter().map(|place| match place {
            Place::Earned(later) => later,
            Place::Spent(place) => spent[place].told(),
        });
        let later = later.collect();
        let (owed, lots): (Vec<Lot>, Vec<Lot>) =
            lots.into_iter().partition(|lot| lot.kind == LotKind::Debt);
        let named = lots.into_iter().filter_map(|lot| Some((names.get(&lot.id)?.clone(), lot)));
        Ok(Since { later, lots: named.collect(), debts: owed, events })
    }

    /// Whose each late item was, by its name in the ledger.
    async fn item_names(
        &self,
        project: &Project,
        plan: &MemberPlan,
    ) -> Result<BTreeMap<String, SourceKey>, MergeFault> {
        let keys: Vec<SourceKey> =
            plan.accounts.iter().filter(|account| account.moves).map(|a| a.key.clone()).collect();
        let all = items::of_accounts(&self.app.db, project, &keys).await?;
        let named = all
            .into_iter()
            .filter(|item| item.state == "posted")
            .map(|item| (names::of_item(project, &item.key.source, &item.item), item.key));
        Ok(named.collect())
    }

    /// All lots of an account, closed ones too, in the order in which they were made.
    async fn lots(&self, project: &Project, account: AccountId) -> Result<Vec<Lot>, MergeFault> {
        let books = self.app.ledger.books();
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = books.lots(project.tenant, account, true, after, MAX_PAGE).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.id);
            all.extend(page);
        }
    }

    /// All events of an account, the first first.
    async fn events(
        &self,
        project: &Project,
        account: AccountId,
    ) -> Result<Vec<StoredEvent>, MergeFault> {
        let books = self.app.ledger.books();
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = books.events(project.tenant, account, before, MAX_PAGE).await?;
            let Some(last) = page.last() else { break };
            before = Some(last.event.id);
            all.extend(page);
        }
        all.reverse();
        Ok(all)
    }
}

/// The id of a point type's code.
pub(super) fn point_type(
    codes: &BTreeMap<PointTypeId, String>,
    code: &str,
) -> Result<PointTypeId, MergeFault> {
    let found = codes.iter().find(|(_, known)| *known == code).map(|(id, _)| *id);
    found.ok_or_else(|| {
        let what = format!("the program has no point type `{code}`");
        refused("merge_rule_unknown", what, "publish it again")
    })
}

/// What each lot is to the plan: its openings in their order, and later lots by their own names.
fn lot_names(
    plan: &MemberPlan,
    lots: &[Lot],
    opening: Option<EventId>,
    lines: Option<&[Option<usize>]>,
) -> BTreeMap<LotId, LotRef> {
    let openings = plan.openings();
    let positive = openings.iter().enumerate().filter(|(_, opening)| opening.points > 0);
    let own = positive
        .map(|(place, opening)| Some(opening.line.map_or(LotRef::Gift(place), LotRef::Opened)));
    let refs: Vec<Option<LotRef>> = match lines {
        Some(lines) => lines.iter().map(|line| line.map(LotRef::Opened)).collect(),
        None => own.collect(),
    };
    let of_opening = lots.iter().filter(|lot| Some(lot.id.event) == opening && lot.granted.0 > 0);
    let named = of_opening.map(|lot| lot.id).zip(refs);
    let mut names: BTreeMap<LotId, LotRef> =
        named.filter_map(|(lot, of)| Some((lot, of?))).collect();
    // Debts are one lot, whoever they came from: they are no part of the plan's lots.
    for lot in lots.iter().filter(|lot| lot.kind != LotKind::Debt) {
        names.entry(lot.id).or_insert_with(|| LotRef::Later(lot.id.to_string()));
    }
    names
}

/// What an event changed of each lot, all of the member's sides together: moving points between them is nothing, and so
/// is paying what is owed, which stands as a line of the payer before a line of the debt.
fn changes(entries: &[Entry], debts: &BTreeSet<LotId>) -> BTreeMap<LotId, i64> {
    let mut all = BTreeMap::new();
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.side.is_member()).collect();
    for (place, entry) in own.iter().enumerate() {
        let Some(lot) = entry.lot.filter(|lot| !debts.contains(lot)) else { continue };
        let pays = own.get(place + 1).is_some_and(|next| {
            next.lot.is_some_and(|lot| debts.contains(&lot)) && next.points.0 == -entry.points.0
        });
        if !(pays && entry.points.0 < 0) {
            *all.entry(lot).or_default() += entry.points.0;
        }
    }
    all
}

/// Points that came back to a lot undo what was last spent of it.
fn give_back(spent: &mut [Spending], of: &LotRef, mut points: i64) {
    for spending in spent.iter_mut().rev() {
        for (lot, taken) in spending.lots.iter_mut().filter(|(lot, _)| lot == of) {
            let _ = lot;
            let part = points.min(*taken);
            *taken -= part;
            points -= part;
        }
        if points == 0 {
            return;
        }
    }
}

/// Whose card or number an event was done with: as the event itself says, or by the store it happened in.
fn used(project: &Project, plan: &MemberPlan, event: &Event) -> Option<SourceKey> {
    let moving = || plan.accounts.iter().filter(|account| account.moves).map(|a| &a.key);
    let Body::Purchase(purchase) = &event.body else { return None };
    if let Some(said) = purchase.attributes.get("via") {
        let named = key_of(said);
        return moving().find(|key| Some(*key) == named.as_ref() || mark(key) == *said).cloned();
    }
    let store = purchase.store.as_deref()?;
    let of = project.document.stores.iter().filter(|(start, _)| store.starts_with(start.as_str()));
    let (_, source) = of.max_by_key(|(start, _)| start.len())?;
    let mut own = moving().filter(|key| key.source == *source);
    match (own.next(), own.next()) {
        (Some(key), None) => Some(key.clone()),
        _ => None,
    }
}

/// What stands for a number where the number itself may not stand: in events, which hold no personal data.
#[must_use]
pub fn mark(key: &SourceKey) -> String {
    let hash = Sha256::digest(format!("lazo via 1\0{}\0{}", key.source, key.member).as_bytes());
    hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Points that leave a lot.
pub(super) fn leaving(lot: &Lot, points: i64) -> lazo_domain::event::Piece {
    lazo_domain::event::Piece {
        point_type: lot.point_type,
        points: lazo_domain::points::Points(-points),
        earned_at: lot.earned_at,
        expires_at: lot.expires_at,
        lot_kind: lazo_domain::account::LotKind::Opening,
        release_at: None,
        hold: None,
        from_lot: Some(lot.id),
    }
}

/// Points that arrive as a lot of their own.
pub(super) fn arriving(
    point_type: PointTypeId,
    points: i64,
    lot: Option<&Lot>,
    now: lazo_domain::time::Timestamp,
    expires_at: Option<lazo_domain::time::Timestamp>,
) -> lazo_domain::event::Piece {
    lazo_domain::event::Piece {
        point_type,
        points: lazo_domain::points::Points(points),
        earned_at: lot.map_or(now, |lot| lot.earned_at),
        expires_at,
        lot_kind: lazo_domain::account::LotKind::Opening,
        release_at: lot.and_then(|lot| lot.release_at),
        hold: None,
        from_lot: None,
    }
}
