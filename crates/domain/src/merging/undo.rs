//! Undoing: one wrong merge taken apart with what happened since, and a whole wave given back to its sources.

use std::collections::{BTreeMap, BTreeSet};

use super::member::MemberPlan;
use super::points::Disposition;
use super::snapshot::SourceKey;
use crate::conversion::{Fraction, TooLarge};
use crate::rate::Rounding;
use crate::share::cumulative;
use crate::time::Timestamp;

/// A lot of the golden member in the target.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LotRef {
    /// Opened by this line of the plan's journal.
    Opened(usize),
    /// A gift or compensation, by its place among the openings.
    Gift(usize),
    /// Earned since, by the name of its event.
    Later(String),
}

/// Something that happened to the golden member since the merge, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Later {
    /// Points were earned.
    Earned {
        /// The event's name.
        event: String,
        /// The target's point type.
        to: String,
        /// How many.
        points: i64,
        /// The account whose card or number was used; `None` when nobody knows.
        via: Option<SourceKey>,
        /// When they end.
        expires_at: Option<Timestamp>,
        /// What the source's own rules would have given, where that is known.
        source_points: Option<i64>,
    },
    /// Points left lots: redeemed, expired, taken back.
    Spent {
        /// The event's name.
        event: String,
        /// Which lots gave how much.
        lots: Vec<(LotRef, i64)>,
        /// The account whose card or number was used; `None` for what time or the program did.
        via: Option<SourceKey>,
    },
}

/// Why something cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UndoRefusal {
    /// The account is not one of this golden member's, or nobody would stay.
    #[error("{0:?} cannot be taken out of this golden member")]
    NotApart(SourceKey),
    /// A lot gave more than it had.
    #[error("lot {0:?} gave more than it had")]
    Overdrawn(LotRef),
    /// A lot is not known.
    #[error("lot {0:?} is not one of this golden member's")]
    NoLot(LotRef),
    /// The amount is too large.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

impl UndoRefusal {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotApart(_) => "undo_not_apart",
            Self::Overdrawn(_) => "undo_overdrawn",
            Self::NoLot(_) => "undo_no_lot",
            Self::TooLarge(_) => "undo_too_large",
        }
    }
}

/// A lot in the making of an undoing.
#[derive(Debug, Clone)]
struct Held {
    lot: LotRef,
    to: String,
    granted: i64,
    left: i64,
    expires_at: Option<Timestamp>,
    leaves: bool,
}

/// Where a piece of an unmerged member comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PieceOrigin {
    /// What is left of the lot.
    Left,
    /// Paid back out of the other's own lots, because the other spent it.
    PaidBack,
    /// Given by the program, because the other spent it and has no more: needs approval.
    Goodwill,
}

/// Points of one lot that one of the two has after the unmerge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmergedPiece {
    /// Whose lot it is.
    pub lot: LotRef,
    /// The target's point type.
    pub to: String,
    /// How many, more than 0, or less for a debt.
    pub points: i64,
    /// When they end: as they did.
    pub expires_at: Option<Timestamp>,
    /// Where they come from.
    pub origin: PieceOrigin,
}

/// One golden member as two. Tiers, vouchers and consents of each are those of a plan of its own accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unmerge {
    /// What leaves, to open in an account of its own.
    pub leaving: Vec<UnmergedPiece>,
    /// What stays.
    pub staying: Vec<UnmergedPiece>,
    /// Given by the program, by point type; what left and stayed is what was there plus this.
    pub goodwill: BTreeMap<String, i64>,
    /// Events that no identifier places: they stay, and somebody should look.
    pub unplaced: Vec<String>,
}

/// Takes `leaving` out of a golden member: lots by whose they were, what was earned since by the identifier used, what
/// was spent since by the lots it took; whoever spent the other's points pays them back as far as possible.
///
/// Where nobody knows who spent, the owner of the lot did, unless `whole`: then the program makes good to whoever leaves.
pub fn unmerge(
    plan: &MemberPlan,
    later: &[Later],
    leaving: &BTreeSet<SourceKey>,
    whole: bool,
) -> Result<Unmerge, UndoRefusal> {
    let accounts: BTreeSet<&SourceKey> =
        plan.accounts.iter().filter(|account| account.moves).map(|a| &a.key).collect();
    if let Some(stranger) = leaving.iter().find(|key| !accounts.contains(key)) {
        return Err(UndoRefusal::NotApart(stranger.clone()));
    }
    if leaving.is_empty() || leaving.len() >= accounts.len() {
        return Err(UndoRefusal::NotApart(plan.golden.clone()));
    }
    let mut result = Unmerge::default();
    let mut lots = held(plan, leaving);
    // What one side spent of the other's lots, lot by lot.
    let mut owed: Vec<(bool, usize, i64)> = Vec::new();
    let mut lent: Vec<(usize, i64)> = Vec::new();
    for event in later {
        match event {
            Later::Earned { event, to, points, via, expires_at, .. } => {
                if via.is_none() {
                    result.unplaced.push(event.clone());
                }
                lots.push(Held {
                    lot: LotRef::Later(event.clone()),
                    to: to.clone(),
                    granted: *points,
                    left: *points,
                    expires_at: *expires_at,
                    leaves: via.as_ref().is_some_and(|key| leaving.contains(key)),
                });
            }
            Later::Spent { lots: taken, via, .. } => {
                let by = via.as_ref().map(|key| leaving.contains(key));
                for (lot, points) in taken {
                    let place = take(&mut lots, lot, *points)?;
                    match by {
                        Some(by) if by != lots[place].leaves => owed.push((by, place, *points)),
                        None if whole && lots[place].leaves => lent.push((place, *points)),
                        _ => {}
                    }
                }
            }
        }
    }
    let mut restored: Vec<_> =
        lent.into_iter().map(|(place, points)| (place, points, PieceOrigin::Goodwill)).collect();
    for (by, place, points) in owed {
        let to = lots[place].to.clone();
        let paid = pay_back(&mut lots, by, &to, points);
        restored.extend([
            (place, paid, PieceOrigin::PaidBack),
            (place, points - paid, PieceOrigin::Goodwill),
        ]);
    }
    let left = lots.iter().enumerate().map(|(place, lot)| (place, lot.left, PieceOrigin::Left));
    let all: Vec<(usize, i64, PieceOrigin)> = left.chain(restored).collect();
    for (place, points, origin) in all.into_iter().filter(|piece| piece.1 != 0) {
        let lot = &lots[place];
        if origin == PieceOrigin::Goodwill {
            *result.goodwill.entry(lot.to.clone()).or_default() += points;
        }
        let side = if lot.leaves { &mut result.leaving } else { &mut result.staying };
        side.push(UnmergedPiece {
            lot: lot.lot.clone(),
            to: lot.to.clone(),
            points,
            expires_at: lot.expires_at,
            origin,
        });
    }
    Ok(result)
}

/// The opening lots and whose they are. A gift leaves with the last of its source's accounts; compensation stays.
fn held(plan: &MemberPlan, leaving: &BTreeSet<SourceKey>) -> Vec<Held> {
    let stays = |source: &str| {
        let mut of = plan.accounts.iter().filter(|a| a.moves && a.key.source == source);
        of.any(|account| !leaving.contains(&account.key))
    };
    let openings = plan.openings();
    let held = openings.iter().enumerate().map(|(place, opening)| Held {
        lot: opening.line.map_or(LotRef::Gift(place), LotRef::Opened),
        to: opening.to.clone(),
        granted: opening.points,
        left: opening.points,
        expires_at: opening.expires_at,
        leaves: match opening.line {
            Some(line) => leaving.contains(&plan.lines[line].key),
            None => !opening.source.is_empty() && !stays(&opening.source),
        },
    });
    held.collect()
}

fn take(lots: &mut [Held], lot: &LotRef, points: i64) -> Result<usize, UndoRefusal> {
    let place = lots.iter().position(|held| held.lot == *lot);
    let place = place.ok_or_else(|| UndoRefusal::NoLot(lot.clone()))?;
    if points < 0 || points > lots[place].left {
        return Err(UndoRefusal::Overdrawn(lot.clone()));
    }
    lots[place].left -= points;
    Ok(place)
}

/// Takes up to `points` from the lots of one side, the earliest end first; answers how many there were.
fn pay_back(lots: &mut [Held], side: bool, to: &str, points: i64) -> i64 {
    let mut own: Vec<&mut Held> = lots
        .iter_mut()
        .filter(|held| held.leaves == side && held.to == to && held.left > 0)
        .collect();
    own.sort_by_key(|held| (held.expires_at.is_none(), held.expires_at, held.lot.clone()));
    let mut paid = 0;
    for held in own {
        let part = held.left.min(points - paid);
        held.left -= part;
        paid += part;
    }
    paid
}

/// What a source must change to be the system of record again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceChange {
    /// Whose account.
    pub key: SourceKey,
    /// The source's point type.
    pub point_type: String,
    /// The source's lot, or the name of the event that earned since.
    pub lot: String,
    /// Source units on top of (or off) what the snapshot has.
    pub points: i64,
    /// The event that did it.
    pub event: String,
}

/// Gives one member of a wave back to its sources: the opening is reversed in the target, and every later transaction
/// becomes one of the source. The sources then hold their snapshot plus these changes.
///
/// A source unit is given back for what was spent of its lot by cumulative share, so that a lot spent whole is spent
/// whole. What was earned since counts as the source's own rules say where that is known, else at the rate of the
/// member's conversion turned round, rounded in the member's favor.
pub fn roll_back(plan: &MemberPlan, later: &[Later]) -> Result<Vec<SourceChange>, UndoRefusal> {
    let mut lots = held(plan, &BTreeSet::new());
    let mut changes = Vec::new();
    let mut earned = BTreeMap::<String, (SourceKey, String, i64)>::new();
    for event in later {
        match event {
            Later::Earned { event, to, points, via, expires_at, source_points } => {
                let key = via.clone().unwrap_or_else(|| plan.golden.clone());
                let (point_type, worth) = turned_round(plan, &key, to, *points)?;
                let points_back = source_points.unwrap_or(worth);
                changes.push(SourceChange {
                    key: key.clone(),
                    point_type: point_type.clone(),
                    lot: event.clone(),
                    points: points_back,
                    event: event.clone(),
                });
                earned.insert(event.clone(), (key, point_type, points_back));
                lots.push(Held {
                    lot: LotRef::Later(event.clone()),
                    to: to.clone(),
                    granted: *points,
                    left: *points,
                    expires_at: *expires_at,
                    leaves: false,
                });
            }
            Later::Spent { event, lots: taken, .. } => {
                for (lot, points) in taken {
                    let place = take(&mut lots, lot, *points)?;
                    changes.extend(spent(plan, &lots[place], *points, &earned, event));
                }
            }
        }
    }
    Ok(changes)
}

/// What spending `points` of a lot means in the source: its cumulative share of the source's units.
fn spent(
    plan: &MemberPlan,
    held: &Held,
    points: i64,
    earned: &BTreeMap<String, (SourceKey, String, i64)>,
    event: &str,
) -> Option<SourceChange> {
    let (key, point_type, lot, units) = match &held.lot {
        LotRef::Opened(line) => {
            let line = &plan.lines[*line];
            let lot = &line.lot;
            (line.key.clone(), lot.point_type.clone(), lot.lot.clone(), lot.points)
        }
        LotRef::Later(name) => {
            let (key, point_type, units) = earned.get(name)?.clone();
            (key, point_type, name.clone(), units)
        }
        // A gift was never the source's.
        LotRef::Gift(_) => return None,
    };
    let gone = held.granted - held.left;
    let share = |gone: i64| cumulative(units, gone, held.granted);
    let points = share(gone - points) - share(gone);
    Some(SourceChange { key, point_type, lot, points, event: event.to_owned() })
}

fn turned_round(
    plan: &MemberPlan,
    key: &SourceKey,
    to: &str,
    points: i64,
) -> Result<(String, i64), TooLarge> {
    let own = |c: &&super::points::Conversion| c.source == key.source && c.to == to;
    let Some(conversion) = plan
        .conversions
        .iter()
        .filter(own)
        .find(|c| c.disposition == Disposition::Opens && c.converted.exact > Fraction::ZERO)
    else {
        return Ok((to.to_owned(), points));
    };
    let exact = conversion.converted.exact;
    let back = Fraction::whole(points)
        .times(i128::from(conversion.converted.source), 1)?
        .times(exact.den(), exact.num())?;
    Ok((conversion.point_type.clone(), back.rounded(Rounding::Ceil)?))
}
