//! Endpoints of accounts: balances now.

use axum::Json;
use lazo_domain::ids::{AccountId, MemberId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::App;
use crate::features::ledger::receipt::{BalanceView, balances, point_types};
use crate::http::{Access, PathId, Problem, Role, Scope};

/// Who may look at a member's account.
pub const READERS: &[Role] =
    &[Role::Cashier, Role::Agent, Role::Backend, Role::Admin, Role::Finance];

/// Who may call what.
pub const ACCESS: &[Access] =
    &[Access::get("/accounts/{account}/balances", "accounts:read", READERS).and_own()];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(get_balances))
}

/// What an account has.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancesView {
    /// The account.
    #[schema(value_type = String, example = "acc_0000000000001")]
    account: AccountId,
    /// Whose it is.
    #[schema(value_type = String, example = "mbr_0000000000001")]
    member: MemberId,
    /// One per point type in which anything ever happened.
    balances: Vec<BalanceView>,
}

/// What an account has of each point type.
#[utoipa::path(get, path = "/accounts/{account}/balances", tag = "accounts",
    params(("account" = String, Path)), responses((status = 200, body = BalancesView)))]
async fn get_balances(
    scope: Scope<App>,
    PathId(id): PathId<AccountId>,
) -> Result<Json<BalancesView>, Problem> {
    scope.own_account(id, "account_not_found")?;
    let found = scope.app.ledger.books().account(scope.tenant, id).await?;
    let account = found.ok_or_else(|| Problem::not_found("account_not_found"))?;
    let programs = scope.app.programs.current(scope.tenant).await?;
    let types = point_types(&programs);
    Ok(Json(BalancesView {
        account: id,
        member: account.member,
        balances: balances(&account.balances, &types),
    }))
}
