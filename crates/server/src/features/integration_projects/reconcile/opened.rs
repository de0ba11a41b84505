//! What the ledger opened for members: the events of its journal, with the lines and the lots made of them.

use std::collections::BTreeMap;

use lazo_domain::decision::Side;
use lazo_domain::event::{Body, Kind};
use lazo_domain::ids::{AccountId, PointTypeId};
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::reconcile::{Posted, PostedLot};
use lazo_domain::merging::snapshot::LotState;
use lazo_domain::time::Timestamp;
use lazo_store::Made;
use lazo_store::ledger::StoredEvent;

use super::super::fault::MergeFault;
use super::super::names;
use super::super::store::members::GoldenMember;
use super::super::store::projects::Project;
use super::super::workbench::Workbench;

/// What the ledger's openings of a page are, by golden member.
pub type Opened = BTreeMap<SourceKey, Opening>;
/// Codes of point types.
pub type Codes = BTreeMap<PointTypeId, String>;

/// An opening: what was asked for, and what the ledger made of it.
pub struct Opening {
    /// The event as the journal has it.
    pub event: StoredEvent,
    /// Its lines and its lots.
    pub made: Made,
}

impl Workbench {
    /// The openings of members, by golden key, as the ledger's journal has them.
    pub(in super::super) async fn opened(
        &self,
        project: &Project,
        rows: &[GoldenMember],
    ) -> Result<Opened, MergeFault> {
        let named = rows.iter().filter_map(|row| {
            let name = names::of_opening(project, &row.golden, row.attempt);
            Some((row.account?, name, &row.golden))
        });
        let named: Vec<_> = named.collect();
        let wanted: Vec<(AccountId, String)> =
            named.iter().map(|(account, name, _)| (*account, name.clone())).collect();
        let of: BTreeMap<&str, &SourceKey> =
            named.iter().map(|(_, name, golden)| (name.as_str(), *golden)).collect();
        let source = names::ledger_source(project);
        let books = self.app.ledger.books();
        let found = books.events_named(project.tenant, &source, Kind::Opening, &wanted).await?;
        let ids: Vec<_> = found.iter().map(|e| (e.event.account, e.event.id)).collect();
        let mut made = books.made(project.tenant, &ids).await?;
        let keyed = found.into_iter().filter_map(|event| {
            let golden = of.get(event.event.source_ref.as_str())?;
            let made = made.remove(&event.event.id).unwrap_or_default();
            Some(((*golden).clone(), Opening { event, made }))
        });
        Ok(keyed.collect())
    }
}

/// The lots that an opening made: as the lines of the journal and the rows of lots have them. A debt makes none; it is
/// told as it was asked for, and its sum is checked by the lines.
pub fn lots(opening: &Opening, codes: &Codes) -> Vec<PostedLot> {
    let Made { entries, lots } = &opening.made;
    let Body::Opening { pieces } = &opening.event.event.body else { return Vec::new() };
    let ends: BTreeMap<i64, Option<Timestamp>> = (0..)
        .zip(pieces.iter().filter(|piece| piece.points.0 > 0))
        .map(|(place, piece)| (place, piece.expires_at))
        .collect();
    // What the ledger writes for a debt is no lot that anybody can use.
    let made = (0..).zip(lots.iter().filter(|lot| lot.granted.0 > 0)).map(|(place, lot)| {
        let side = |side: Side| {
            let own =
                entries.iter().filter(|entry| entry.lot == Some(lot.id) && entry.side == side);
            own.map(|entry| i128::from(entry.points.0)).sum::<i128>()
        };
        let state = match () {
            () if side(Side::Held) > 0 => LotState::Held,
            () if side(Side::Pending) > 0 => LotState::Pending,
            () => LotState::Available,
        };
        // What has been made to last longer since, by being used, began as it was asked for.
        let asked = ends.get(&place).copied().flatten();
        let longer = asked.is_some() && lot.expires_at.is_none_or(|end| asked < Some(end));
        PostedLot {
            to: code(lot.point_type, codes),
            points: lot.granted.0,
            state,
            earned_at: lot.earned_at,
            expires_at: if longer { asked } else { lot.expires_at },
        }
    });
    let debts = pieces.iter().filter(|piece| piece.points.0 < 0);
    let debts = debts.map(|piece| PostedLot {
        to: code(piece.point_type, codes),
        points: piece.points.0,
        state: LotState::Available,
        earned_at: piece.earned_at,
        expires_at: piece.expires_at,
    });
    made.chain(debts).collect()
}

/// The code of a point type; one that the program no longer has is told by its id.
fn code(id: PointTypeId, codes: &Codes) -> String {
    codes.get(&id).cloned().unwrap_or_else(|| id.to_string())
}

/// Adds what an opening's lines in the journal come to, debts apart: what left for the opening account is owed.
pub fn add(posted: &mut Posted, made: &Made, codes: &Codes) {
    let mut more = |id: PointTypeId, state: &str, by: i128| {
        *posted.entry(code(id, codes)).or_default().entry(state.to_owned()).or_default() += by;
    };
    for entry in &made.entries {
        let points = i128::from(entry.points.0);
        match entry.side {
            Side::Available => more(entry.point_type, "available", points),
            Side::Pending => more(entry.point_type, "pending", points),
            Side::Held => more(entry.point_type, "held", points),
            Side::Opening if points > 0 => {
                more(entry.point_type, "debt", -points);
                more(entry.point_type, "available", points);
            }
            _ => {}
        }
    }
}
