//! The one transaction that does what a plan says.

use lazo_domain::ids::{BrandId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, IdGenerator, StoreError, Tx};
use serde::Serialize;

use super::document::{Document, ProgramDocument};
use super::plan::{ApplyError, Plan, Step};
use crate::features::programs::{self, BEGINNING, ProgramHead, Version, VersionState};
use crate::features::{brands, tenants};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The tenant.
    pub tenant: TenantId,
    /// Codes of the programs whose first version was published.
    pub published: Vec<String>,
    /// Codes of the programs whose change now waits for a second person.
    pub drafted: Vec<String>,
}

impl Plan {
    /// Does what was planned, in one transaction, in the name of `author`.
    pub async fn carry_out(
        self,
        db: &Db,
        ids: &IdGenerator,
        author: &str,
        now: Timestamp,
    ) -> Result<Applied, ApplyError> {
        let mut tx = db.begin().await?;
        let tenant = match &self.tenant {
            Some(tenant) => {
                if !tenants::store::bump(&mut tx, tenant.id, tenant.config_version).await? {
                    return Err(ApplyError::Changed);
                }
                tenant.id
            }
            None => TenantId(ids.next()),
        };
        let mut work = Work { tx: &mut tx, ids, tenant, author, now };
        let mut applied = Applied { tenant, published: Vec::new(), drafted: Vec::new() };
        for step in &self.steps {
            work.step(&self.document, step, &mut applied).await.map_err(|error| match error {
                StoreError::Unique(_) => ApplyError::Changed,
                other => ApplyError::Store(other),
            })?;
        }
        tx.commit().await?;
        Ok(applied)
    }
}

/// The transaction that carries out a plan.
struct Work<'a> {
    tx: &'a mut Tx,
    ids: &'a IdGenerator,
    tenant: TenantId,
    author: &'a str,
    now: Timestamp,
}

impl Work<'_> {
    async fn step(
        &mut self,
        document: &Document,
        step: &Step,
        applied: &mut Applied,
    ) -> Result<(), StoreError> {
        match step {
            Step::NewTenant => {
                tenants::store::insert(self.tx, self.tenant, &document.tenant, self.now).await
            }
            Step::ChangeTenant(_) => {
                tenants::store::update(self.tx, self.tenant, &document.tenant).await
            }
            Step::NewBrand(at) => {
                let id = BrandId(self.ids.next());
                brands::store::insert(self.tx, id, self.tenant, &document.brands[*at], self.now)
                    .await
            }
            Step::ChangeBrand { id, at, .. } => {
                brands::store::change(self.tx, self.tenant, *id, &document.brands[*at]).await
            }
            Step::NewProgram(at) => {
                let wanted = &document.programs[*at];
                applied.published.push(wanted.config.code.clone());
                self.new_program(wanted).await
            }
            Step::MoveProgram { program, at } => {
                let brand = self.brand(document.programs[*at].brand.as_deref()).await?;
                programs::store::set_brand(self.tx, self.tenant, *program, brand).await
            }
            Step::Draft { program, at, .. } => {
                let wanted = &document.programs[*at];
                applied.drafted.push(wanted.config.code.clone());
                let before = programs::store::discard_draft(self.tx, self.tenant, *program).await?;
                let state = VersionState::Draft;
                self.version(*program, wanted, state, before.unwrap_or_default()).await
            }
        }
    }

    async fn new_program(&mut self, wanted: &ProgramDocument) -> Result<(), StoreError> {
        let head = ProgramHead {
            id: ProgramId(self.ids.next()),
            tenant: self.tenant,
            brand: self.brand(wanted.brand.as_deref()).await?,
            code: wanted.config.code.clone(),
        };
        programs::store::insert(self.tx, &head, self.now).await?;
        self.version(head.id, wanted, VersionState::Published, Vec::new()).await
    }

    async fn version(
        &mut self,
        program: ProgramId,
        wanted: &ProgramDocument,
        state: VersionState,
        ancestors: Vec<String>,
    ) -> Result<(), StoreError> {
        let first = state == VersionState::Published;
        let version = Version {
            program,
            version: 0,
            state,
            config: wanted.config.clone(),
            effective_from: wanted.effective_from.or(first.then_some(BEGINNING)),
            author: self.author.to_owned(),
            ancestors,
            created_at: self.now,
            publisher: first.then(|| self.author.to_owned()),
            published_at: first.then_some(self.now),
        };
        programs::store::register_point_types(
            self.tx,
            self.tenant,
            program,
            &wanted.config,
            self.ids,
        )
        .await?;
        programs::store::add_version(self.tx, self.tenant, &version).await?;
        Ok(())
    }

    async fn brand(&mut self, code: Option<&str>) -> Result<Option<BrandId>, StoreError> {
        match code {
            Some(code) => brands::store::id_of(self.tx, self.tenant, code).await,
            None => Ok(None),
        }
    }
}
