//! The signatures of a control report: by its whole hash, by two people in two roles, none of whom ran the wave.

use serde_json::json;

use super::super::fault::{MergeFault, refused};
use super::super::store::projects::Project;
use super::super::store::waves::{self, Signature, Wave};
use super::super::workbench::Workbench;
use crate::http::Role;

/// In which role somebody signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerRole {
    /// For the money.
    FinanceController,
    /// For the program.
    ProgramOwner,
}

impl SignerRole {
    /// Every role with its name: each signs once.
    pub const ALL: [(Self, &'static str); 2] =
        [(Self::FinanceController, "finance_controller"), (Self::ProgramOwner, "program_owner")];

    /// The name outside.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::FinanceController => "finance_controller",
            Self::ProgramOwner => "program_owner",
        }
    }

    /// Who of the staff has it, beside administrators.
    #[must_use]
    pub fn who(self) -> Role {
        match self {
            Self::FinanceController => Role::Finance,
            Self::ProgramOwner => Role::ProgramManager,
        }
    }

    /// The role of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(role, _)| *role)
    }
}

impl Workbench {
    /// Signs the frozen report of a wave by its whole SHA-256, in a role, as somebody who never ran the wave and has
    /// not signed in the other role. With both signatures the wave is signed.
    pub async fn sign(
        &self,
        project: &Project,
        number: i64,
        signed: (SignerRole, &str),
    ) -> Result<Wave, MergeFault> {
        let hold = self.hold(project).await?;
        let wave = self.sign_held(project, number, signed).await;
        hold.release().await?;
        wave
    }

    async fn sign_held(
        &self,
        project: &Project,
        number: i64,
        (role, hash): (SignerRole, &str),
    ) -> Result<Wave, MergeFault> {
        let mut wave = self.wave(project, number).await?;
        let Some(frozen) = wave.report_hash.clone().filter(|_| wave.state == "reconciled") else {
            let what = format!("wave {number} is {}: there is no report to sign", wave.state);
            return Err(refused("merge_not_reconciled", what, "lazo merge reconcile --wave N"));
        };
        if !wave.agrees {
            let what = format!("the report of wave {number} does not agree");
            let hint = "lazo merge reconcile shows the lines";
            return Err(refused("merge_does_not_agree", what, hint));
        }
        if !hash.eq_ignore_ascii_case(&frozen) {
            let what = format!("the report's hash is {frozen}, and that is not what is signed");
            let hint = "look at the report again, and sign by all 64 digits of its SHA-256";
            return Err(refused("merge_other_report", what, hint));
        }
        for runner in &wave.runners {
            self.second_person(runner).await?;
        }
        let before = wave.signatures.clone();
        if let Some(same) = before.iter().find(|signature| signature.role == role.name()) {
            let what = format!("{} signed as {}", same.by, same.role);
            return Err(refused("merge_signed_already", what, "the other role signs too"));
        }
        for other in &before {
            self.second_person(&other.by).await?;
        }
        let now = self.app.clock.now();
        let (by, sha256) = (self.actor.clone(), frozen.clone());
        wave.signatures.push(Signature { role: role.name().to_owned(), by, at: now, sha256 });
        let whole = wave.signatures.len() == SignerRole::ALL.len();
        if whole {
            wave.state = "signed".to_owned();
            (wave.signed_by, wave.signed_at) = (Some(self.actor.clone()), Some(now));
        }
        let mut tx = self.app.db.begin().await?;
        if !waves::sign(&mut tx, project, &wave, &before).await? {
            let what = "the report was changed by somebody else meanwhile";
            return Err(refused("merge_other_report", what, "look at it again"));
        }
        let detail = json!({ "wave": number, "role": role.name(), "sha256": frozen });
        self.record(&mut tx, "integration_project.wave_signed", project, detail).await?;
        tx.commit().await?;
        Ok(wave)
    }
}
