//! What stands before a wave and after it: an approved plan, its turn, and where it brings the project.

use serde_json::json;

use super::super::fault::{MergeFault, refused};
use super::super::state::State;
use super::super::store::plans::{self, Plan};
use super::super::store::projects::Project;
use super::super::store::waves::{self, Wave};
use super::super::workbench::Workbench;

impl Workbench {
    /// Moves the project on to where the wave that was run has brought it.
    pub(super) async fn move_after(
        &self,
        project: &Project,
        wave: i64,
        failed: bool,
    ) -> Result<(), MergeFault> {
        let to = match project.state {
            _ if failed => State::Paused,
            State::Approved | State::RolledBack if wave == 1 => State::Pilot,
            State::Approved | State::Pilot | State::RolledBack => State::Waves,
            other => other,
        };
        if to == project.state {
            return Ok(());
        }
        let from = (to == State::Paused).then_some(project.state);
        self.move_to(project, to, from, json!({ "wave": wave })).await.map(drop)
    }

    /// The latest plan, approved by somebody who does not run it.
    pub(super) async fn approved(&self, project: &Project) -> Result<Plan, MergeFault> {
        let plan = plans::latest(&self.app.db, project).await?;
        let by = plan.as_ref().and_then(|plan| plan.approved_by.clone());
        let (Some(plan), Some(by)) = (plan, by) else {
            let what = "the latest plan is not approved";
            return Err(refused(
                "merge_not_approved",
                what,
                "lazo merge dry-run, then lazo merge approve",
            ));
        };
        self.second_person(&by).await?;
        Ok(plan)
    }

    /// A wave whose turn it is: all before it are signed.
    pub(super) async fn wave_in_turn(
        &self,
        project: &Project,
        number: i64,
    ) -> Result<Wave, MergeFault> {
        let all = waves::all(&self.app.db, project).await?;
        let open = all.iter().find(|w| w.wave < number && w.members > 0 && w.state != "signed");
        if let Some(open) = open {
            let what = format!("wave {} is {} and not signed", open.wave, open.state);
            let hint = format!("lazo merge reconcile --wave {} --sign, by finance", open.wave);
            return Err(refused("merge_wave_open", what, hint));
        }
        if all.iter().any(|wave| wave.wave < number && wave.members > 0) {
            self.pilot_has_shown(project, &all).await?;
        }
        let wave = all.into_iter().find(|wave| wave.wave == number);
        wave.ok_or_else(|| {
            let what = format!("there is no wave {number}");
            refused("merge_no_wave", what, "lazo merge status lists the waves")
        })
    }
}
