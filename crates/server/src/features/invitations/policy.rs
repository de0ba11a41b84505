//! How a tenant's invitations work: whether there are any, how many a member may bring, and what waits for a person.

use lazo_domain::ids::TenantId;
use lazo_store::{Db, StoreError, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{FieldError, Problem, Scope};

/// Octets of the secret that addresses are hashed with.
const SECRET: usize = 32;
/// The most that a member may be rewarded for within thirty days: more is a trade.
const MAX_A_MONTH: i64 = 100;
/// The largest number of one network address that may pass without a person's word.
const MAX_HELD_FROM: i64 = 50;

/// How invitations work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationPolicy {
    /// Are there invitations?
    pub open: bool,
    /// How many a member may bring within thirty days and be rewarded for.
    #[serde(default = "usual_max")]
    #[schema(minimum = 1, maximum = 100)]
    pub max_a_month: i64,
    /// From how many on of one network address within a week they wait for a person's word.
    #[serde(default = "usual_held")]
    #[schema(minimum = 1, maximum = 50)]
    pub held_from: i64,
    /// Is the reward taken back when the whole purchase is?
    #[serde(default = "usual_back")]
    pub takes_back: bool,
    /// What addresses are hashed with. It stays, so that the same person is known again.
    #[serde(skip)]
    pub secret: Vec<u8>,
}

fn usual_max() -> i64 {
    5
}

fn usual_held() -> i64 {
    3
}

fn usual_back() -> bool {
    true
}

/// A tenant's policy; nothing where nobody set one, and there are no invitations then.
pub async fn of(db: &Db, tenant: TenantId) -> Result<Option<InvitationPolicy>, StoreError> {
    let sql = "select is_open, max_a_month, held_from, takes_back, secret from invitation_policy where tenant = $1";
    let Some(row) = db.query_one(sql, params![tenant.0]).await? else { return Ok(None) };
    Ok(Some(InvitationPolicy {
        open: row.int("is_open")? != 0,
        max_a_month: row.int("max_a_month")?,
        held_from: row.int("held_from")?,
        takes_back: row.int("takes_back")? != 0,
        secret: row.bytes("secret")?.to_vec(),
    }))
}

/// A tenant's policy while there are invitations.
pub async fn open(db: &Db, tenant: TenantId) -> Result<Option<InvitationPolicy>, StoreError> {
    Ok(of(db, tenant).await?.filter(|policy| policy.open))
}

/// Sets how invitations work.
pub async fn set(scope: &Scope<App>, wanted: &InvitationPolicy) -> Result<(), Problem> {
    let mut errors = Vec::new();
    for (pointer, value, most) in [
        ("/max_a_month", wanted.max_a_month, MAX_A_MONTH),
        ("/held_from", wanted.held_from, MAX_HELD_FROM),
    ] {
        if !(1..=most).contains(&value) {
            let (pointer, code) = (pointer.to_owned(), "range".to_owned());
            errors.push(FieldError { pointer, code, detail: format!("must be 1 to {most}") });
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let mut secret = vec![0; SECRET];
    scope.app.entropy.fill(&mut secret);
    let sql = "insert into invitation_policy (tenant, is_open, max_a_month, held_from, takes_back, secret)
        values ($1, $2, $3, $4, $5, $6) on conflict (tenant) do update set is_open = excluded.is_open,
            max_a_month = excluded.max_a_month, held_from = excluded.held_from, takes_back = excluded.takes_back";
    let row = params![
        scope.tenant.0,
        i64::from(wanted.open),
        wanted.max_a_month,
        wanted.held_from,
        i64::from(wanted.takes_back),
        secret.as_slice()
    ];
    let mut tx = scope.app.db.begin().await?;
    tx.execute(sql, row).await?;
    let detail = json!({ "open": wanted.open, "max_a_month": wanted.max_a_month,
        "held_from": wanted.held_from, "takes_back": wanted.takes_back });
    audit::record(&mut tx, &Deed::of(scope, "invitation_policy.set", "policy", detail)).await?;
    tx.commit().await?;
    Ok(())
}
