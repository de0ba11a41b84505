//! Endpoints of wallet passes: which ones a member has, and the service that Apple's phones ask.

use axum::Json;
use lazo_domain::ids::{BrandId, MemberId, WalletPassId};
use lazo_domain::time::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service::{
    __path_changed_passes, __path_get_pass, __path_log_passes, __path_register_pass,
    __path_unregister_pass, changed_passes, get_pass, log_passes, register_pass, unregister_pass,
};
use super::{Pass, store};
use crate::App;
use crate::features::members;
use crate::http::{Access, PathId, Problem, Role, Scope};

const READERS: &[Role] = &[Role::Agent, Role::Backend, Role::Admin];
const REGISTRATION: &str = "/wallet/v1/devices/{device}/registrations/{pass_type}/{serial}";

/// Who may call what. Phones show the pass's own token, which the handlers check.
pub const ACCESS: &[Access] = &[
    Access::get("/members/{member}/wallet-passes", "wallet-passes:read", READERS).and_own(),
    Access::post(REGISTRATION, "wallet-passes:write", &[]).of_installation().open(),
    Access::delete(REGISTRATION, "wallet-passes:write", &[]).of_installation().open(),
    Access::get("/wallet/v1/devices/{device}/registrations/{pass_type}", "wallet-passes:read", &[])
        .of_installation()
        .open(),
    Access::get("/wallet/v1/passes/{pass_type}/{serial}", "wallet-passes:read", &[])
        .of_installation()
        .open(),
    Access::post("/wallet/v1/log", "wallet-passes:write", &[]).of_installation().open(),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_wallet_passes))
        .routes(routes!(register_pass, unregister_pass))
        .routes(routes!(changed_passes))
        .routes(routes!(get_pass))
        .routes(routes!(log_passes))
}

/// A member's card in a phone's wallet.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalletPassView {
    /// Its id, which is also its serial number.
    #[schema(value_type = String, example = "wlp_0000000000001")]
    id: WalletPassId,
    /// In whose clothes.
    #[schema(value_type = String)]
    brand: BrandId,
    /// Apple's phones that have it.
    phones: i64,
    /// Since when Google may have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    google_since: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When what it says changed last.
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
}

/// All of a member's cards in wallets.
#[derive(Debug, Serialize, ToSchema)]
pub struct WalletPassesView {
    /// One for each brand.
    items: Vec<WalletPassView>,
}

/// A member's cards in the wallets of phones.
#[utoipa::path(get, path = "/members/{member}/wallet-passes", tag = "wallet-passes",
    params(("member" = String, Path)), responses((status = 200, body = WalletPassesView)))]
async fn list_wallet_passes(
    scope: Scope<App>,
    PathId(member): PathId<String>,
) -> Result<Json<WalletPassesView>, Problem> {
    let member = members::resolve(&scope, &member).await?;
    Ok(Json(WalletPassesView { items: of_member(&scope, member.id).await? }))
}

/// A member's cards as they are told.
pub async fn of_member(
    scope: &Scope<App>,
    member: MemberId,
) -> Result<Vec<WalletPassView>, Problem> {
    let found = store::of_member(&scope.app.db, scope.tenant, member).await?;
    Ok(found.into_iter().map(view).collect())
}

fn view((pass, phones): (Pass, i64)) -> WalletPassView {
    WalletPassView {
        id: pass.id,
        brand: pass.brand,
        phones,
        google_since: pass.google_since,
        created_at: pass.created_at,
        changed_at: pass.changed_at,
    }
}
