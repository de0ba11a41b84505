//! What happened to a merged member since its opening, read from the ledger's journal: lots earned, points spent of which
//! lots, and by whose card.

use std::collections::BTreeMap;

use lazo_domain::account::Lot;
use lazo_domain::decision::Entry;
use lazo_domain::event::{Body, Event};
use lazo_domain::ids::{AccountId, EventId, LotId, PointTypeId};
use lazo_domain::merging::undo::{Later, LotRef};
use lazo_domain::merging::{MemberPlan, SourceKey};
use lazo_store::ledger::{MAX_PAGE, StoredEvent};
use sha2::{Digest, Sha256};

use super::fault::{MergeFault, refused};
use super::matching::{key_of, name};
use super::store::projects::Project;
use super::workbench::Workbench;

/// How a merged member stands in the ledger.
pub(super) struct Since {
    /// What happened, in the order in which it did.
    pub(super) later: Vec<Later>,
    /// Its lots now, and what each is to the plan.
    pub(super) lots: Vec<(LotRef, Lot)>,
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
    /// Reads what happened since the opening `event`.
    pub(super) async fn since(
        &self,
        project: &Project,
        plan: &MemberPlan,
        account: AccountId,
        opening: Option<EventId>,
    ) -> Result<Since, MergeFault> {
        let codes = self.codes(project).await?;
        // What the account had before the merge is none of the merge's business.
        let from = opening.unwrap_or(EventId(i64::MIN));
        let mut lots = self.lots(project, account).await?;
        lots.retain(|lot| lot.id.event >= from);
        let names = names(plan, &lots, opening);
        let mut events = self.events(project, account).await?;
        events.retain(|event| event.event.id >= from);
        let books = self.app.ledger.books();
        let (mut places, mut spent) = (Vec::new(), Vec::<Spending>::new());
        for event in events.iter().filter(|event| Some(event.event.id) != opening) {
            let entries = books.entries_of(project.tenant, account, event.event.id).await?;
            let via = used(project, plan, &event.event);
            let mut gone = Vec::new();
            for (lot, change) in changes(&entries) {
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
        let named = lots.into_iter().filter_map(|lot| Some((names.get(&lot.id)?.clone(), lot)));
        Ok(Since { later, lots: named.collect(), events })
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

/// Refuses a member some of whose points opened as a debt: what its lots paid of it is nobody's alone.
pub(super) fn without_debts(plan: &MemberPlan) -> Result<(), MergeFault> {
    if plan.openings().iter().any(|opening| opening.points < 0) {
        let what = format!("{} opened with a debt, which its lots have paid", name(&plan.golden));
        let hint = "adjust by hand: who owed what is in the statement";
        return Err(refused("merge_debt", what, hint));
    }
    Ok(())
}

/// What each lot is to the plan: its openings in their order, and later lots by their own names.
fn names(plan: &MemberPlan, lots: &[Lot], opening: Option<EventId>) -> BTreeMap<LotId, LotRef> {
    let openings = plan.openings();
    let positive = openings.iter().enumerate().filter(|(_, opening)| opening.points > 0);
    let refs = positive.map(|(place, opening)| match opening.line {
        Some(line) => LotRef::Opened(line),
        None => LotRef::Gift(place),
    });
    let of_opening = lots.iter().filter(|lot| Some(lot.id.event) == opening && lot.granted.0 > 0);
    let mut names: BTreeMap<LotId, LotRef> = of_opening.map(|lot| lot.id).zip(refs).collect();
    for lot in lots {
        names.entry(lot.id).or_insert_with(|| LotRef::Later(lot.id.to_string()));
    }
    names
}

/// What an event changed of each lot, all of the member's sides together: moving points between them is nothing.
fn changes(entries: &[Entry]) -> BTreeMap<LotId, i64> {
    let mut all = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.side.is_member()) {
        if let Some(lot) = entry.lot {
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
