//! What a document would change, in words before anything changes, and the one transaction that does it.

use lazo_domain::ids::{BrandId, ProgramId};
use lazo_domain::points::Points;
use lazo_domain::program::ProgramState;
use lazo_store::{Db, StoreError};
use serde::Serialize;

use super::document::{Document, ProgramDocument};
use super::words::differences;
use crate::features::brands;
use crate::features::programs::{self, ProgramHead, Version, VersionState};
use crate::features::tenants::{self, Tenant};

/// Why a document is not applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// It asks for something that cannot be; the pointer says where.
    #[error("{why}")]
    Impossible {
        /// Where, as a JSON pointer into the document.
        pointer: String,
        /// Why not.
        why: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// Somebody else changed the configuration after the plan was made; nothing was done.
    #[error("the configuration changed meanwhile")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a document would change.
#[derive(Debug)]
pub struct Plan {
    pub(super) document: Document,
    pub(super) tenant: Option<Tenant>,
    pub(super) steps: Vec<Step>,
    waiting: Vec<String>,
}

#[derive(Debug)]
pub(super) enum Step {
    NewTenant,
    ChangeTenant(Vec<String>),
    NewBrand(usize),
    ChangeBrand { id: BrandId, at: usize, lines: Vec<String> },
    NewProgram(usize),
    MoveProgram { program: ProgramId, at: usize },
    Draft { program: ProgramId, at: usize, lines: Vec<String>, replaces: bool },
}

/// Compares `document` with what is there. Changes nothing.
pub async fn plan(db: &Db, document: Document) -> Result<Plan, ApplyError> {
    let tenant = tenants::store::by_code(db, &document.tenant.code).await?;
    let mut plan = Plan { document, tenant, steps: Vec::new(), waiting: Vec::new() };
    plan.compare_tenant()?;
    let (brands, heads) = match &plan.tenant {
        Some(tenant) => {
            (brands::store::all(db, tenant.id).await?, programs::store::all(db, tenant.id).await?)
        }
        None => (Vec::new(), Vec::new()),
    };
    plan.compare_brands(&brands)?;
    plan.check_sites(db).await?;
    for at in 0..plan.document.programs.len() {
        plan.check_brand(at, &brands)?;
        let code = &plan.document.programs[at].config.code;
        match (plan.tenant.as_ref(), heads.iter().find(|head| head.code == *code)) {
            (Some(tenant), Some(head)) => {
                let versions = programs::store::versions(db, tenant.id, head.id).await?;
                let live = versions.iter().find(|version| version.state == VersionState::Published);
                plan.check_state(at, live.map(|live| live.config.state))?;
                plan.compare_program(at, head, &versions, &brands);
            }
            _ => {
                plan.check_state(at, None)?;
                plan.steps.push(Step::NewProgram(at));
            }
        }
    }
    Ok(plan)
}

impl Plan {
    /// Is everything already as the document says?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Codes of programs whose draft, waiting for a second person, already says what the document says.
    #[must_use]
    pub fn waiting(&self) -> &[String] {
        &self.waiting
    }

    /// The tenant's code.
    #[must_use]
    pub fn tenant_code(&self) -> &str {
        &self.document.tenant.code
    }

    /// What would change, one line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.steps.iter().flat_map(|step| self.words(step)).collect()
    }

    fn words(&self, step: &Step) -> Vec<String> {
        let brand = |at: usize| &self.document.brands[at];
        let program = |at: usize| &self.document.programs[at].config;
        let indented = |head: String, lines: &[String]| {
            std::iter::once(head).chain(lines.iter().map(|line| format!("    {line}"))).collect()
        };
        match step {
            Step::NewTenant => vec![format!(
                "+ tenant `{}` ({})",
                self.document.tenant.code, self.document.tenant.name
            )],
            Step::ChangeTenant(lines) => {
                indented(format!("~ tenant `{}`", self.document.tenant.code), lines)
            }
            Step::NewBrand(at) => {
                vec![format!("+ brand `{}` ({})", brand(*at).code, brand(*at).name)]
            }
            Step::ChangeBrand { at, lines, .. } => {
                indented(format!("~ brand `{}`", brand(*at).code), lines)
            }
            Step::NewProgram(at) => indented(
                format!("+ program `{}`, its first version published", program(*at).code),
                &summary(&self.document.programs[*at]),
            ),
            Step::MoveProgram { at, .. } => vec![
                format!("~ program `{}`", program(*at).code),
                format!(
                    "    brand: {}",
                    self.document.programs[*at].brand.as_deref().unwrap_or("none")
                ),
            ],
            Step::Draft { at, lines, replaces, .. } => {
                let instead = if *replaces { ", in place of the draft that waits" } else { "" };
                indented(format!("~ program `{}`, as a draft{instead}", program(*at).code), lines)
            }
        }
    }

    fn compare_tenant(&mut self) -> Result<(), ApplyError> {
        let wanted = &self.document.tenant;
        let Some(tenant) = &self.tenant else {
            self.steps.push(Step::NewTenant);
            return Ok(());
        };
        if tenant.config.sandbox != wanted.sandbox {
            return Err(ApplyError::Impossible {
                pointer: "/tenant/sandbox".into(),
                why: "whether a tenant is a sandbox never changes".into(),
                hint: "use another tenant code",
            });
        }
        let lines = differences(&json(&tenant.config)?, &json(wanted)?);
        if !lines.is_empty() {
            self.steps.push(Step::ChangeTenant(lines));
        }
        Ok(())
    }

    fn compare_brands(&mut self, there: &[brands::Brand]) -> Result<(), StoreError> {
        for (at, wanted) in self.document.brands.iter().enumerate() {
            match there.iter().find(|brand| brand.config.code == wanted.code) {
                None => self.steps.push(Step::NewBrand(at)),
                Some(brand) if brand.config != *wanted => {
                    let lines = differences(&json(&brand.config)?, &json(wanted)?);
                    self.steps.push(Step::ChangeBrand { id: brand.id, at, lines });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The word in a portal's path is one brand's in the whole installation.
    async fn check_sites(&self, db: &Db) -> Result<(), ApplyError> {
        for (at, brand) in self.document.brands.iter().enumerate() {
            let Some(site) = &brand.site else { continue };
            let there = brands::store::by_site(db, site).await?;
            let own = self.tenant.as_ref().map(|tenant| tenant.id);
            if there.is_some_and(|b| Some(b.tenant) != own || b.config.code != brand.code) {
                return Err(ApplyError::Impossible {
                    pointer: format!("/brands/{at}/site"),
                    why: format!("another brand's portal has the path `{site}`"),
                    hint: "choose another word",
                });
            }
        }
        Ok(())
    }

    fn check_brand(&self, at: usize, there: &[brands::Brand]) -> Result<(), ApplyError> {
        let Some(code) = &self.document.programs[at].brand else { return Ok(()) };
        let known = there.iter().map(|brand| &brand.config.code);
        if known
            .chain(self.document.brands.iter().map(|brand| &brand.code))
            .any(|known| known == code)
        {
            return Ok(());
        }
        let pointer = self.pointer(at, "/brand");
        let why = format!("there is no brand `{code}`");
        Err(ApplyError::Impossible { pointer, why, hint: "add it under [[brands]]" })
    }

    /// Whether the program may enter its state; what members still have is looked at when it is published.
    fn check_state(&self, at: usize, live: Option<ProgramState>) -> Result<(), ApplyError> {
        let unmet = programs::unmet(live, &self.document.programs[at].config, Points::ZERO);
        unmet.map_or(Ok(()), |unmet| {
            let pointer = self.pointer(at, "/state");
            let hint = "the states follow each other: discovery, design, build, pilot, live, evolving, sunset, closed";
            Err(ApplyError::Impossible { pointer, why: unmet.to_string(), hint })
        })
    }

    /// Where a program of the document stands in it: `[program]` has a place of its own.
    fn pointer(&self, at: usize, below: &str) -> String {
        if self.document.single {
            format!("/program{below}")
        } else {
            format!("/programs/{at}{below}")
        }
    }

    fn compare_program(
        &mut self,
        at: usize,
        head: &ProgramHead,
        versions: &[Version],
        brands: &[brands::Brand],
    ) {
        let wanted = &self.document.programs[at];
        let brand = brands.iter().find(|brand| Some(brand.id) == head.brand);
        if brand.map(|brand| &brand.config.code) != wanted.brand.as_ref() {
            self.steps.push(Step::MoveProgram { program: head.id, at });
        }
        let draft = versions.iter().find(|version| version.state == VersionState::Draft);
        let live = versions.iter().find(|version| version.state == VersionState::Published);
        if live.is_some_and(|live| says_the_same(live, wanted)) {
            return;
        }
        if draft.is_some_and(|draft| {
            draft.config == wanted.config && draft.effective_from == wanted.effective_from
        }) {
            self.waiting.push(head.code.clone());
            return;
        }
        let lines = live.map_or_else(Vec::new, |live| changes(live, wanted));
        self.steps.push(Step::Draft { program: head.id, at, lines, replaces: draft.is_some() });
    }
}

fn says_the_same(live: &Version, wanted: &ProgramDocument) -> bool {
    live.config == wanted.config
        && (wanted.effective_from.is_none() || live.effective_from == wanted.effective_from)
}

fn changes(live: &Version, wanted: &ProgramDocument) -> Vec<String> {
    let (old, new) =
        (json(&live.config).unwrap_or_default(), json(&wanted.config).unwrap_or_default());
    let mut lines = differences(&old, &new);
    if let Some(from) = wanted.effective_from {
        lines.push(format!("effective_from: {from}"));
    }
    lines
}

/// A new program in a few words.
fn summary(program: &ProgramDocument) -> Vec<String> {
    let config = &program.config;
    let codes = |what: &str, codes: Vec<&str>| {
        (!codes.is_empty()).then(|| format!("{what}: {}", codes.join(", ")))
    };
    [
        Some(format!("currency {}, zone {}", config.currency, config.time_zone.name())),
        codes("point types", config.point_types.iter().map(|p| p.code.as_str()).collect()),
        codes("earning rules", config.earning_rules.iter().map(|r| r.code.as_str()).collect()),
        codes("tier groups", config.tier_groups.iter().map(|g| g.code.as_str()).collect()),
        codes("rewards", config.rewards.iter().map(|r| r.code.as_str()).collect()),
        program.effective_from.map(|from| format!("in force from {from}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn json(value: &impl Serialize) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Shape(error.to_string()))
}
