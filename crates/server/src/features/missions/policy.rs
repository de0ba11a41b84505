//! How a tenant's missions work: whether there are any, and which share of new members sees none.

use lazo_domain::ids::TenantId;
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError, params};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Problem, Scope};

/// Octets of the secret that addresses are hashed with.
const SECRET: usize = 32;
/// The largest share that sees none: more would be no launch but a trial.
pub const MAX_HOLDOUT: i64 = 5_000;
/// The share where nobody said another.
pub const USUAL_HOLDOUT: i64 = 1_000;

/// How missions work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MissionPolicy {
    /// Are there missions?
    pub open: bool,
    /// Which share of new members sees none, to compare with, in ten-thousandths.
    #[schema(minimum = 0, maximum = 5000)]
    pub holdout: i64,
    /// Since when there are missions: whoever enrolled before is no new member.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// Seeds the drawing of that share. It stays, so that nobody changes sides.
    #[serde(skip)]
    pub seed: i64,
    /// What addresses are hashed with. It stays, so that the same person is known again.
    #[serde(skip)]
    pub secret: Vec<u8>,
}

/// A tenant's policy; nothing where nobody set one, and there are no missions then.
pub async fn of(db: &Db, tenant: TenantId) -> Result<Option<MissionPolicy>, StoreError> {
    let sql =
        "select is_open, holdout, seed, started_at, secret from mission_policy where tenant = $1";
    let Some(row) = db.query_one(sql, params![tenant.0]).await? else { return Ok(None) };
    Ok(Some(MissionPolicy {
        open: row.int("is_open")? != 0,
        holdout: row.int("holdout")?,
        started_at: Timestamp(row.int("started_at")?),
        seed: row.int("seed")?,
        secret: row.bytes("secret")?.to_vec(),
    }))
}

/// Sets how missions work; those who came upon them before stay where they were drawn.
pub async fn set(scope: &Scope<App>, open: bool, holdout: i64) -> Result<MissionPolicy, Problem> {
    if !(0..=MAX_HOLDOUT).contains(&holdout) {
        let detail = format!("must be 0 to {MAX_HOLDOUT} ten-thousandths");
        return Err(Problem::field("/holdout", "range", detail));
    }
    let (mut secret, mut seed) = (vec![0; SECRET], [0; 8]);
    scope.app.entropy.fill(&mut secret);
    scope.app.entropy.fill(&mut seed);
    let sql = "insert into mission_policy (tenant, is_open, holdout, seed, started_at, secret)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant) do update set is_open = excluded.is_open, holdout = excluded.holdout";
    let row = params![
        scope.tenant.0,
        i64::from(open),
        holdout,
        i64::from_be_bytes(seed),
        scope.now.0,
        secret.as_slice()
    ];
    let mut tx = scope.app.db.begin().await?;
    tx.execute(sql, row).await?;
    let detail = json!({ "open": open, "holdout": holdout });
    audit::record(&mut tx, &Deed::of(scope, "mission_policy.set", "policy", detail)).await?;
    tx.commit().await?;
    let kept = of(&scope.app.db, scope.tenant).await?;
    kept.ok_or_else(|| Problem::new(500, "internal"))
}
