//! The rules under which a member was planned: those of its plan's revision, whatever was planned since.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use lazo_domain::merging::MergeRules;
use lazo_store::{Db, StoreError};

use super::fault::MergeFault;
use super::store::plans;
use super::store::projects::Project;
use super::workbench::Workbench;

/// Rules by revision, each read once.
pub struct RulesOf {
    db: Db,
    project: Project,
    known: Mutex<BTreeMap<i64, Arc<MergeRules>>>,
}

impl RulesOf {
    /// None read yet.
    pub fn new(bench: &Workbench, project: &Project) -> Self {
        Self { db: bench.app.db.clone(), project: project.clone(), known: Mutex::default() }
    }

    /// The rules of a revision.
    pub async fn get(&self, revision: i64) -> Result<Arc<MergeRules>, MergeFault> {
        if let Some(rules) = self.known().get(&revision) {
            return Ok(Arc::clone(rules));
        }
        let plan = plans::by_revision(&self.db, &self.project, revision).await?;
        let plan = plan.ok_or_else(|| {
            StoreError::Corrupt(format!("plan {revision}, of which members are, is not there"))
        })?;
        let rules = Arc::new(plan.rules);
        self.known().insert(revision, Arc::clone(&rules));
        Ok(rules)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, Arc<MergeRules>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
