//! Endpoints of brands.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use lazo_domain::ids::BrandId;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Brand, BrandConfig, store};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::tenants;
use crate::http::{Access, Payload, Problem, Role, Scope};

const READERS: &[Role] =
    &[Role::Agent, Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin, Role::Backend];
const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];

/// Who may call what.
pub const ACCESS: &[Access] = &[
    Access::get("/brands", "brands:read", READERS),
    Access::post("/brands", "brands:write", WRITERS),
    Access::put("/brands/{brand}", "brands:write", WRITERS),
];

/// The endpoints of this noun.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(list_brands, create_brand)).routes(routes!(rename_brand))
}

/// A brand.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrandView {
    /// Its id.
    #[schema(value_type = String, example = "brd_0000000000001")]
    id: BrandId,
    /// What people set.
    #[serde(flatten)]
    config: BrandConfig,
}

/// All brands of a tenant.
#[derive(Debug, Serialize, ToSchema)]
pub struct BrandsView {
    /// In the order of their codes.
    items: Vec<BrandView>,
}

/// A brand's new name.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandName {
    /// As consumers know it.
    #[schema(min_length = 1)]
    name: String,
}

/// The tenant's brands.
#[utoipa::path(get, path = "/brands", tag = "brands", responses((status = 200, body = BrandsView)))]
async fn list_brands(scope: Scope<App>) -> Result<Json<BrandsView>, Problem> {
    let found = store::all(&scope.app.db, scope.tenant).await?;
    Ok(Json(BrandsView { items: found.into_iter().map(view).collect() }))
}

/// Adds a brand.
#[utoipa::path(post, path = "/brands", tag = "brands", request_body = BrandConfig,
    responses((status = 201, body = BrandView)))]
async fn create_brand(
    scope: Scope<App>,
    Payload(config): Payload<BrandConfig>,
) -> Result<(StatusCode, Json<BrandView>), Problem> {
    checked(&config)?;
    let id = BrandId(scope.app.ids.next());
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, id, scope.tenant, &config, scope.now).await?;
    let detail = json!({ "code": config.code });
    audit::record(&mut tx, &Deed::of(&scope, "brand.created", id, detail)).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(BrandView { id, config })))
}

/// Gives a brand another name. Its code never changes.
#[utoipa::path(put, path = "/brands/{brand}", tag = "brands", request_body = BrandName,
    params(("brand" = String, Path, description = "The brand's code")),
    responses((status = 200, body = BrandView)))]
async fn rename_brand(
    scope: Scope<App>,
    Path(code): Path<String>,
    Payload(new): Payload<BrandName>,
) -> Result<Json<BrandView>, Problem> {
    let found = store::by_code(&scope.app.db, scope.tenant, &code).await?;
    let brand = found.ok_or_else(|| Problem::not_found("brand_not_found"))?;
    let config = BrandConfig { name: new.name, ..brand.config };
    checked(&config)?;
    let mut tx = scope.app.db.begin().await?;
    store::rename(&mut tx, scope.tenant, brand.id, &config.name).await?;
    tenants::store::touch(&mut tx, scope.tenant).await?;
    audit::record(&mut tx, &Deed::of(&scope, "brand.renamed", brand.id, json!({}))).await?;
    tx.commit().await?;
    Ok(Json(BrandView { id: brand.id, config }))
}

fn checked(config: &BrandConfig) -> Result<(), Problem> {
    let errors = config.check();
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

fn view(brand: Brand) -> BrandView {
    BrandView { id: brand.id, config: brand.config }
}
