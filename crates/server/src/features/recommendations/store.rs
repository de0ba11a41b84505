//! The table `recommendation`.

use lazo_domain::ids::{ProgramId, RecommendationId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, params};

use super::{Measured, Recommendation, State};

const COLUMNS: &str = "recommendation, program, rule, state, evidence, proposed_by, proposed_at, decided_by, decided_at,
    reason, change_ref, measured, closed_at";

/// Adds a proposal.
pub async fn insert(db: &Db, tenant: TenantId, new: &Recommendation) -> Result<(), StoreError> {
    let sql = "insert into recommendation (tenant, recommendation, program, rule, state, evidence, proposed_by,
        proposed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let row = params![
        tenant.0,
        new.id.0,
        new.program.0,
        &new.rule,
        new.state.name(),
        &new.evidence,
        &new.proposed_by,
        new.proposed_at.0
    ];
    db.execute(sql, row).await.map(|_| ())
}

/// Notes a step. False when the recommendation is no longer in state `from`: somebody else was first.
pub async fn step(
    db: &Db,
    tenant: TenantId,
    from: State,
    one: &Recommendation,
) -> Result<bool, StoreError> {
    let measured = one.measured.map(|measured| serde_json::to_string(&measured)).transpose();
    let measured = measured.map_err(|error| StoreError::Shape(error.to_string()))?;
    let sql = "update recommendation set state = $4, decided_by = $5, decided_at = $6, reason = $7, change_ref = $8,
        measured = $9, closed_at = $10 where tenant = $1 and recommendation = $2 and state = $3";
    let row = params![
        tenant.0,
        one.id.0,
        from.name(),
        one.state.name(),
        one.decided_by.as_deref(),
        one.decided_at.map(|at| at.0),
        one.reason.as_deref(),
        one.change.as_deref(),
        measured.as_deref(),
        one.closed_at.map(|at| at.0)
    ];
    Ok(db.execute(sql, row).await? == 1)
}

/// One recommendation.
pub async fn by_id(
    db: &Db,
    tenant: TenantId,
    id: RecommendationId,
) -> Result<Option<Recommendation>, StoreError> {
    let sql =
        format!("select {COLUMNS} from recommendation where tenant = $1 and recommendation = $2");
    db.query_one(&sql, params![tenant.0, id.0]).await?.as_ref().map(recommendation).transpose()
}

/// A tenant's recommendations before `before`, the newest first.
pub async fn page(
    db: &Db,
    tenant: TenantId,
    before: RecommendationId,
    limit: i64,
) -> Result<Vec<Recommendation>, StoreError> {
    let sql = format!(
        "select {COLUMNS} from recommendation where tenant = $1 and recommendation < $2
         order by recommendation desc limit $3"
    );
    db.query(&sql, params![tenant.0, before.0, limit]).await?.iter().map(recommendation).collect()
}

fn recommendation(row: &Row) -> Result<Recommendation, StoreError> {
    let state = row.text("state")?;
    let known = State::ALL.iter().find(|(_, name)| *name == state).map(|(state, _)| *state);
    let measured: Option<Measured> =
        row.maybe_text("measured")?.map(serde_json::from_str).transpose().map_err(
            |error: serde_json::Error| {
                StoreError::Corrupt(format!("recommendation.measured: {error}"))
            },
        )?;
    Ok(Recommendation {
        id: RecommendationId(row.int("recommendation")?),
        program: ProgramId(row.int("program")?),
        rule: row.text("rule")?.to_owned(),
        state: known
            .ok_or_else(|| StoreError::Corrupt(format!("recommendation.state is `{state}`")))?,
        evidence: row.text("evidence")?.to_owned(),
        proposed_by: row.text("proposed_by")?.to_owned(),
        proposed_at: Timestamp(row.int("proposed_at")?),
        decided_by: row.maybe_text("decided_by")?.map(str::to_owned),
        decided_at: row.maybe_int("decided_at")?.map(Timestamp),
        reason: row.maybe_text("reason")?.map(str::to_owned),
        change: row.maybe_text("change_ref")?.map(str::to_owned),
        measured,
        closed_at: row.maybe_int("closed_at")?.map(Timestamp),
    })
}
