//! Partners that still send in a source's currency: taken in until each is confirmed on the new one, and told after that.

use lazo_domain::merging::prepare::DeltaChange;
use lazo_domain::merging::{Exception, ExceptionCode};

use super::super::fault::{MergeFault, Refused, parsed, refused};
use super::super::store::items::Item;
use super::super::store::projects::Project;
use super::super::store::{partners, plans};
use super::super::workbench::Workbench;
use super::Told;

/// Refuses what a partner sends that the calendar does not have, and what comes after its partner was confirmed on the new
/// currency. What counts is when the row came: one that waited for the end of the freeze came in time.
pub(super) fn accepted(project: &Project, item: &Item, told: &Told) -> Result<(), MergeFault> {
    if item.partner.is_empty() {
        return Ok(());
    }
    let (partner, source) = (&item.partner, &item.key.source);
    let all = &project.document.partners;
    let Some(known) = all.iter().find(|p| p.code == *partner && p.source == *source) else {
        let what = format!("partner `{partner}` is not in the calendar of `{source}`");
        let hint = "add it under [[partners]] and give the project file again, or mend the row";
        return Err(refused(ExceptionCode::PartnerUnknown.name(), what, hint));
    };
    if let Some((sent, only)) = lot_type(told).zip(known.point_type.as_deref())
        && sent != only
    {
        let what = format!("partner `{partner}` sends `{only}` for `{source}`, and not `{sent}`");
        let hint = "mend the row, or the partner's point_type under [[partners]]";
        return Err(refused(ExceptionCode::PartnerUnknown.name(), what, hint));
    }
    match known.until {
        Some(until) if item.received_at >= until => {
            let what = format!("partner `{partner}` is on the new currency since {until}");
            let hint =
                "ask it to send the row in the new currency, or move its date under [[partners]]";
            Err(refused(ExceptionCode::PartnerCutOff.name(), what, hint))
        }
        _ => Ok(()),
    }
}

/// The point type that a row brings along; what is spent or comes back is of a lot that is known.
fn lot_type(told: &Told) -> Option<&str> {
    match told {
        Told::Change(DeltaChange::Earned(lot))
        | Told::Cancelled(lot)
        | Told::OrderCancelled { lot, .. } => Some(&lot.point_type),
        _ => None,
    }
}

/// The source points that hang on a row.
fn points(told: &Told) -> i64 {
    match told {
        Told::Change(DeltaChange::Earned(lot))
        | Told::Cancelled(lot)
        | Told::OrderCancelled { lot, .. } => lot.points,
        Told::Change(
            DeltaChange::Spent { points, .. }
            | DeltaChange::Arrived { points, .. }
            | DeltaChange::Gone { points, .. },
        )
        | Told::Returned { points, .. } => *points,
        Told::Change(DeltaChange::Said(_) | DeltaChange::Status(_) | DeltaChange::Order { .. }) => {
            0
        }
    }
}

/// The desk's codes for partners.
const CODES: [ExceptionCode; 2] = [ExceptionCode::PartnerUnknown, ExceptionCode::PartnerCutOff];

impl Workbench {
    /// Shows at the desk which of a page of items were refused for their partners, and takes away what was taken in since.
    pub(super) async fn tell_of_partners(
        &self,
        project: &Project,
        page: &[Item],
        whys: &[Option<Refused>],
    ) -> Result<(), MergeFault> {
        let sent = page.iter().zip(whys).filter(|(item, _)| !item.partner.is_empty());
        let sent: Vec<(&Item, &Option<Refused>)> = sent.collect();
        if sent.is_empty() {
            return Ok(());
        }
        let revision = plans::latest(&self.app.db, project).await?.map_or(0, |plan| plan.revision);
        let (mut found, mut over) = (Vec::new(), Vec::new());
        for code in CODES {
            for (item, why) in &sent {
                let Some(why) = why.as_ref().filter(|why| why.code == code.name()) else {
                    over.push((code, (*item).clone()));
                    continue;
                };
                let told: Told = parsed(&item.body, "an item")?;
                let exception = Exception::new(&item.key, code).about(&item.item, points(&told));
                found.push((exception, format!("{}: {}", why.what, why.hint)));
            }
        }
        let mut tx = self.app.db.begin().await?;
        partners::take_away(&mut tx, project, &over).await?;
        partners::put_noted(&mut tx, project, revision, &found).await?;
        tx.commit().await?;
        Ok(())
    }
}
