//! What a merged member says after the merge, and how its account stands in a source.

use lazo_domain::merging::consents;
use lazo_domain::merging::snapshot::{Consent, SourceStatus};

use super::super::fault::MergeFault;
use super::super::statement::Found;
use super::super::store::desk::{self, HeldConsent};
use super::super::store::items::Item;
use super::super::store::projects::Project;
use super::super::workbench::Workbench;
use crate::features::members::store as member_store;

impl Workbench {
    /// The strictest of what was said before and now holds, by the rule of the merge itself.
    pub(super) async fn said(
        &self,
        project: &Project,
        item: &Item,
        found: &Found,
        consent: Consent,
    ) -> Result<(&'static str, String), MergeFault> {
        let (member, _) = found.row.here()?;
        let held = desk::consents_of(&self.app.db, self.tenant.id, member).await?;
        let held: Vec<Consent> = held
            .into_iter()
            .filter(|(_, held)| held.purpose == consent.purpose && held.channel == consent.channel)
            .map(|(_, held)| held.consent())
            .collect::<Result<_, _>>()?;
        if !consents::replaces(&held, &consent, &found.rules.controller) {
            return Ok(("posted", "kept as it was".to_owned()));
        }
        let held = HeldConsent {
            member,
            purpose: consent.purpose,
            channel: consent.channel,
            state: consent.state.name().to_owned(),
            at: consent.at,
            controller: consent.controller,
            evidence: consent.evidence,
            from: item.key.clone(),
        };
        let mut tx = self.app.db.begin().await?;
        desk::put_consents(&mut tx, project, &[held]).await?;
        tx.commit().await?;
        Ok(("posted", "consent".to_owned()))
    }

    /// An account that was erased, closed or blocked in its source since.
    pub(super) async fn stands(
        &self,
        found: &Found,
        status: SourceStatus,
    ) -> Result<(&'static str, String), MergeFault> {
        let (member, _) = found.row.here()?;
        match status {
            SourceStatus::Erased => {
                let now = self.app.clock.now();
                crate::features::members::erase(&self.app.db, self.tenant.id, member, now).await?;
            }
            SourceStatus::Active => {}
            _ => {
                let mut tx = self.app.db.begin().await?;
                member_store::suspend(&mut tx, self.tenant.id, &[member]).await?;
                tx.commit().await?;
            }
        }
        Ok(("posted", "status".to_owned()))
    }
}
