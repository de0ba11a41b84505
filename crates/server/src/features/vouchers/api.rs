//! Endpoints of vouchers: look one up, use one.

use axum::Json;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Voucher, VoucherView, code, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{Access, PathId, Payload, Problem, Role, Scope};

const TILL: &[Role] = &[Role::Cashier, Role::Agent, Role::Backend];

/// Who may call what. Members see their own.
pub const ACCESS: &[Access] = &[
    Access::get("/vouchers/{code}", "vouchers:read", TILL).and_own(),
    Access::post("/vouchers/{code}/use", "vouchers:write", TILL),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_voucher)).routes(routes!(use_voucher))
}

/// The sale in which a code is used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoucherUse {
    /// The till's own name for the sale; the same one again is answered as the first time.
    #[schema(min_length = 1, max_length = 200, example = "till-3/8841")]
    reference: String,
}

/// A code and what became of it.
#[utoipa::path(get, path = "/vouchers/{code}", tag = "vouchers", params(("code" = String, Path)),
    responses((status = 200, body = VoucherView)))]
async fn get_voucher(
    scope: Scope<App>,
    PathId(code): PathId<String>,
) -> Result<Json<VoucherView>, Problem> {
    let found = find(&scope, &code).await?;
    scope.own_account(found.account, "voucher_not_found")?;
    Ok(Json(found.view(scope.now)))
}

/// Uses a code, once.
#[utoipa::path(post, path = "/vouchers/{code}/use", tag = "vouchers", params(("code" = String, Path)),
    request_body = VoucherUse, responses((status = 200, body = VoucherView)))]
async fn use_voucher(
    scope: Scope<App>,
    PathId(code): PathId<String>,
    Payload(sale): Payload<VoucherUse>,
) -> Result<Json<VoucherView>, Problem> {
    spend(&scope, &code, &sale.reference).await.map(Json)
}

/// Uses a code in the sale that `reference` names; the same one again is answered as the first time.
pub async fn spend(
    scope: &Scope<App>,
    code: &str,
    reference: &str,
) -> Result<VoucherView, Problem> {
    check_reference(reference)?;
    let found = find(scope, code).await?;
    let db = &scope.app.db;
    let used = store::spend(db, scope.tenant, &found.code, reference, scope.now).await?;
    let after = find(scope, code).await?;
    let again = after.state == "used" && after.used_reference.as_deref() == Some(reference);
    if !used && !again {
        let state = after.view(scope.now).state;
        return Err(Problem::new(409, "voucher_state").with("state", state));
    }
    if used {
        let mut tx = db.begin().await?;
        let detail = json!({ "redemption": found.redemption, "place": found.place });
        audit::record(&mut tx, &Deed::of(scope, "voucher.used", found.redemption, detail)).await?;
        tx.commit().await?;
    }
    Ok(after.view(scope.now))
}

/// Refuses a name that cannot be kept or read.
pub fn check_reference(reference: &str) -> Result<(), Problem> {
    let length = reference.chars().count();
    if !(1..=200).contains(&length) || reference.chars().any(char::is_control) {
        let detail = "must have 1 to 200 printable characters";
        return Err(Problem::field("/reference", "invalid", detail));
    }
    Ok(())
}

async fn find(scope: &Scope<App>, text: &str) -> Result<Voucher, Problem> {
    let missing = || Problem::not_found("voucher_not_found");
    let code = code::read(text).ok_or_else(missing)?;
    store::by_code(&scope.app.db, scope.tenant, &code).await?.ok_or_else(missing)
}
