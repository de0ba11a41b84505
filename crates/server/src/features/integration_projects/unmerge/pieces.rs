//! The pieces of an unmerge: what leaves which lot, what arrives, and that nothing is made and nothing lost.

use std::collections::BTreeMap;

use lazo_domain::event::Piece;
use lazo_domain::ids::PointTypeId;
use lazo_domain::merging::undo::{LotRef, PieceOrigin, Unmerge, UnmergedPiece};
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

use super::super::fault::{MergeFault, refused};
use super::super::later::{Since, arriving, leaving, point_type};
use super::super::statement::Found;
use super::super::store::projects::Project;
use super::super::workbench::Workbench;

/// Codes of point types.
type Codes = BTreeMap<PointTypeId, String>;

/// An unmerge as it was decided, so that a second attempt does the same.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub(in super::super) struct Frozen {
    pub(super) out: Vec<Piece>,
    pub(super) to_other: Vec<Piece>,
    /// Of the lots that arrive, in their order, the line of the plan that each is.
    #[serde(default)]
    pub(in super::super) lines: Vec<Option<usize>>,
    pub(super) shown: Value,
}

impl Frozen {
    /// Nothing made and nothing lost: what leaves arrives, and what arrives on top is what the program gives.
    fn balanced(&self, codes: &Codes, goodwill: &BTreeMap<String, i64>) -> Result<(), MergeFault> {
        let mut sums = BTreeMap::<PointTypeId, i64>::new();
        for piece in self.out.iter().chain(&self.to_other) {
            *sums.entry(piece.point_type).or_default() += piece.points.0;
        }
        for (to, points) in goodwill {
            *sums.entry(point_type(codes, to)?).or_default() -= points;
        }
        match sums.into_iter().find(|(_, sum)| *sum != 0) {
            None => Ok(()),
            Some((id, sum)) => {
                let what = format!("{sum} points of {id} would be made or lost");
                let hint = "the account was changed in a way that nobody foresaw: adjust by hand";
                Err(refused("merge_unbalanced", what, hint))
            }
        }
    }
}

/// What comes and what is owed of one point type, set off against each other: what pays itself needs no line.
fn netted(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut owed = BTreeMap::<PointTypeId, i64>::new();
    for piece in pieces.iter().filter(|piece| piece.points.0 < 0) {
        *owed.entry(piece.point_type).or_default() -= piece.points.0;
    }
    let mut left: Vec<Piece> = Vec::new();
    for mut piece in pieces.iter().filter(|piece| piece.points.0 > 0).cloned() {
        let debt = owed.entry(piece.point_type).or_default();
        let part = piece.points.0.min(*debt);
        *debt -= part;
        piece.points.0 -= part;
        left.push(piece);
    }
    let debts = pieces.into_iter().filter(|piece| piece.points.0 < 0).filter_map(|mut piece| {
        piece.points.0 = -owed.remove(&piece.point_type)?;
        Some(piece)
    });
    left.into_iter().chain(debts).filter(|piece| piece.points.0 != 0).collect()
}

impl Workbench {
    /// What is posted to each of the two.
    pub(super) async fn pieces(
        &self,
        project: &Project,
        found: &Found,
        since: &Since,
        parted: &Unmerge,
    ) -> Result<Frozen, MergeFault> {
        let codes = self.codes(project).await?;
        let now = self.now();
        let lot_of =
            |of: &LotRef| since.lots.iter().find(|(named, _)| named == of).map(|(_, lot)| lot);
        let arrive = |to: &str, points: i64, of: &LotRef, end: Option<Timestamp>| {
            let id = point_type(&codes, to)?;
            Ok::<_, MergeFault>(arriving(id, points, lot_of(of), now, end))
        };
        let stays = |lot: &LotRef| -> i64 {
            let of =
                parted.staying.iter().filter(|p| p.lot == *lot && p.origin == PieceOrigin::Left);
            of.map(|piece| piece.points.max(0)).sum()
        };
        let (mut out, mut back) = (Vec::<Piece>::new(), Vec::<Piece>::new());
        for (of, lot) in &since.lots {
            let (there, stays) = (lot.available.0 + lot.pending.0, stays(of));
            if there > stays {
                out.push(leaving(lot, there - stays));
            } else if there < stays {
                // It had paid what the member owed together with the other.
                back.push(arriving(lot.point_type, stays - there, Some(lot), now, lot.expires_at));
            }
        }
        back.extend(self.debts(found, since, parted, &codes)?);
        out.extend(netted(back));
        // What the golden member is paid back or given arrives with the same event as its lots leave.
        for piece in parted.staying.iter().filter(|piece| piece.origin != PieceOrigin::Left) {
            out.push(arrive(&piece.to, piece.points, &piece.lot, piece.expires_at)?);
        }
        let to_other: Vec<Piece> = parted
            .leaving
            .iter()
            .map(|p| arrive(&p.to, p.points, &p.lot, p.expires_at))
            .collect::<Result<_, _>>()?;
        let lines = parted.leaving.iter().filter(|p| p.points > 0).map(|piece| match piece.lot {
            LotRef::Opened(line) => Some(line),
            _ => None,
        });
        let frozen = Frozen { lines: lines.collect(), shown: told(parted), out, to_other };
        frozen.balanced(&codes, &parted.goodwill)?;
        Ok(frozen)
    }

    /// What the one who stays owes more, or less, than the ledger has it: a piece for each point type.
    fn debts(
        &self,
        found: &Found,
        since: &Since,
        parted: &Unmerge,
        codes: &Codes,
    ) -> Result<Vec<Piece>, MergeFault> {
        let mut debts = BTreeMap::<&str, i64>::new();
        let openings = found.plan.openings();
        let opened: Vec<_> = openings.iter().filter(|opening| opening.points < 0).collect();
        for piece in parted.staying.iter().filter(|piece| piece.points < 0) {
            *debts.entry(&piece.to).or_default() += piece.points;
        }
        for opening in &opened {
            debts.entry(&opening.to).or_default();
        }
        let now = self.now();
        let mut pieces = Vec::new();
        for (to, stays) in debts {
            let id = point_type(codes, to)?;
            let owed = since.debts.iter().filter(|lot| lot.point_type == id);
            let (there, granted) =
                owed.fold((0, 0), |sum, lot| (sum.0 + lot.available.0, sum.1 + lot.granted.0));
            let of = opened.iter().filter(|opening| opening.to == to);
            // What was owed only since is nobody's of the two: it stays.
            let since_then = granted - of.map(|opening| opening.points).sum::<i64>();
            let more = stays + since_then - there;
            if more != 0 {
                pieces.push(arriving(id, more, None, now, None));
            }
        }
        Ok(pieces)
    }
}

/// What an unmerge comes to, for people.
pub(super) fn told(parted: &Unmerge) -> Value {
    let sums = |pieces: &[UnmergedPiece]| {
        let mut sums = BTreeMap::<(String, &str), i64>::new();
        for piece in pieces {
            let origin = match piece.origin {
                PieceOrigin::Left => "left",
                PieceOrigin::PaidBack => "paid_back",
                PieceOrigin::Goodwill => "goodwill",
            };
            *sums.entry((piece.to.clone(), origin)).or_default() += piece.points;
        }
        let rows = sums
            .into_iter()
            .map(|((to, origin), points)| json!({ "points": points, "of": to, "origin": origin }));
        rows.collect::<Vec<_>>()
    };
    json!({ "leaving": sums(&parted.leaving), "staying": sums(&parted.staying), "goodwill": parted.goodwill,
        "unplaced": parted.unplaced })
}
