//! What the ledger is to post for a golden member: opening lots by state, in one fixed order.

use super::member::{GoldenStatus, MemberPlan};
use super::points::Disposition;
use super::snapshot::LotState;
use crate::account::LotKind;
use crate::event::{Piece, PieceHold};
use crate::ids::{PointTypeId, RedemptionId};
use crate::points::Points;
use crate::time::Timestamp;

/// An opening lot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Opening {
    /// Which line of the plan's journal it comes from; `None` for gifts and compensation.
    pub line: Option<usize>,
    /// The source that the points come from; empty for compensation.
    pub source: String,
    /// The target's point type.
    pub to: String,
    /// How many; less than zero is a debt.
    pub points: i64,
    /// `available`, `pending` or `held`; what comes back after expiry is available.
    pub state: LotState,
    /// When they were earned; the cut-over for gifts.
    pub earned_at: Timestamp,
    /// When they end; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// When pending points become available.
    pub release_at: Option<Timestamp>,
    /// The source's name of the hold.
    pub hold: String,
    /// When the hold lapses.
    pub hold_until: Option<Timestamp>,
}

impl MemberPlan {
    /// The opening lots: one for each line that opens with something, then gifts, then compensation. A blocked or
    /// quarantined member's lots open too; the block is the account's. Empty for whoever waits or does not move.
    #[must_use]
    pub fn openings(&self) -> Vec<Opening> {
        if matches!(self.status, GoldenStatus::HeldBack | GoldenStatus::Left) {
            return Vec::new();
        }
        let mut openings = Vec::new();
        for (place, line) in self.lines.iter().enumerate() {
            if line.disposition == Disposition::Opens && line.points != 0 {
                let (lot, state) = (&line.lot, line.opens_as(self.cutover));
                openings.push(Opening {
                    line: Some(place),
                    source: line.key.source.clone(),
                    to: line.to.clone(),
                    points: line.points,
                    state,
                    earned_at: lot.earned_at,
                    expires_at: line.expires_at,
                    release_at: lot.release_at.filter(|_| state == LotState::Pending),
                    hold: if state == LotState::Held { lot.hold.clone() } else { String::new() },
                    hold_until: lot.hold_until.filter(|_| state == LotState::Held),
                });
            }
        }
        let gifts = self.conversions.iter().filter(|c| c.disposition == Disposition::Opens);
        let gifts = gifts.map(|c| (c.source.as_str(), &c.to, c.converted.gift, c.gift_expires_at));
        let lift = self.compensation.iter().map(|c| ("", &c.to, c.points, c.expires_at));
        for (source, to, points, expires_at) in gifts.chain(lift).filter(|gift| gift.2 > 0) {
            openings.push(Opening {
                line: None,
                source: source.to_owned(),
                to: to.clone(),
                points,
                state: LotState::Available,
                earned_at: self.cutover,
                expires_at,
                release_at: None,
                hold: String::new(),
                hold_until: None,
            });
        }
        openings
    }
}

impl Opening {
    /// This lot as a piece of the ledger's opening event. `point_type` is the target's id of [`Opening::to`],
    /// `redemption` the id that the hold has here: the same for all pieces of one hold of one source account.
    #[must_use]
    pub fn piece(&self, point_type: PointTypeId, redemption: Option<RedemptionId>) -> Piece {
        let held = redemption.filter(|_| self.state == LotState::Held);
        Piece {
            point_type,
            points: Points(self.points),
            earned_at: self.earned_at,
            expires_at: self.expires_at,
            lot_kind: LotKind::Opening,
            release_at: self.release_at,
            hold: held.map(|redemption| PieceHold {
                redemption,
                reward: self.hold.clone(),
                // A dispute has no end of its own: only a person ends it.
                until: self.hold_until.unwrap_or(Timestamp::MAX),
            }),
            from_lot: None,
        }
    }
}
