//! What is observed beside the ledger: a survey's score, a till's questions, training, a competitor's rate.

use lazo_domain::ids::{ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_measures::diagnosis::{Fact, Facts};
use lazo_store::StoreError;

use super::{Days, store};
use crate::app::App;

/// The most facts that are recorded at once.
pub const MAX_FACTS: usize = 500;
/// The longest name of a fact or a source, in octets.
pub const MAX_NAME: usize = 120;

/// An observed fact with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Its id; later ones are larger.
    pub id: i64,
    /// The fact's name, as rules know it.
    pub fact: String,
    /// The fact, as JSON.
    pub data: String,
    /// Where it comes from, such as `survey 2026-09`.
    pub source: String,
    /// Which days it is about.
    pub days: Days,
    /// Who recorded it.
    pub recorded_by: String,
    /// When.
    pub recorded_at: Timestamp,
}

impl Observation {
    /// The fact itself.
    pub fn fact(&self) -> Result<Fact, StoreError> {
        let damaged = |error: serde_json::Error| StoreError::Corrupt(error.to_string());
        serde_json::from_str(&self.data).map_err(damaged)
    }
}

/// Records facts about a stretch of days, all from one source.
pub async fn observe(
    app: &App,
    (tenant, program): (TenantId, ProgramId),
    facts: &Facts,
    source: &str,
    days: Days,
    by: &str,
) -> Result<usize, StoreError> {
    let mut all = Vec::with_capacity(facts.len());
    for (name, fact) in facts {
        let data = serde_json::to_string(fact).map_err(|e| StoreError::Shape(e.to_string()))?;
        all.push(Observation {
            id: app.ids.next(),
            fact: name.clone(),
            data,
            source: source.to_owned(),
            days,
            recorded_by: by.to_owned(),
            recorded_at: app.clock.now(),
        });
    }
    store::keep(&app.db, tenant, program, &all).await?;
    Ok(all.len())
}
