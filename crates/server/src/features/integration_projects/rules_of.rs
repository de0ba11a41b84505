//! The rules under which a member was planned: those of its plan's revision, whatever was planned since.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::merging::MergeRules;
use lazo_store::StoreError;

use super::fault::MergeFault;
use super::store::plans;
use super::store::projects::Project;
use super::workbench::Workbench;

/// Rules by revision, each read once.
pub struct RulesOf<'a> {
    bench: &'a Workbench,
    project: &'a Project,
    known: BTreeMap<i64, Arc<MergeRules>>,
}

impl<'a> RulesOf<'a> {
    /// None read yet.
    pub fn new(bench: &'a Workbench, project: &'a Project) -> Self {
        Self { bench, project, known: BTreeMap::new() }
    }

    /// The rules of a revision.
    pub async fn get(&mut self, revision: i64) -> Result<Arc<MergeRules>, MergeFault> {
        if let Some(rules) = self.known.get(&revision) {
            return Ok(Arc::clone(rules));
        }
        let plan = plans::by_revision(&self.bench.app.db, self.project, revision).await?;
        let plan = plan.ok_or_else(|| {
            StoreError::Corrupt(format!("plan {revision}, of which members are, is not there"))
        })?;
        let rules = Arc::new(plan.rules);
        self.known.insert(revision, Arc::clone(&rules));
        Ok(rules)
    }
}
