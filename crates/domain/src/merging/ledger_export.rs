//! The ledger's opening lots as lines for an outside auditor.

use super::csv::Row;
use super::reconcile::PostedLot;
use super::snapshot::SourceKey;

/// The first line of `ledger-lots.csv`, with its end.
pub const HEADING: &str =
    "golden_source,golden_member,point_type,state,points,earned_at,expires_at\n";

/// One golden member's lots as lines of `ledger-lots.csv`. Members come in the order of their golden keys.
#[must_use]
pub fn lines(golden: &SourceKey, lots: &[PostedLot]) -> String {
    let line = |lot: &PostedLot| {
        Row::default()
            .text(&golden.source)
            .text(&golden.member)
            .text(&lot.to)
            .text(lot.state.name())
            .number(lot.points)
            .instant(Some(lot.earned_at))
            .instant(lot.expires_at)
            .end()
    };
    lots.iter().map(line).collect()
}
