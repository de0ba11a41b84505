//! The HTTP frame: what every endpoint has in common, and nothing of any noun.
//!
//! # How a feature adds endpoints
//!
//! In `features/<noun>/api.rs`, three things. `purchases` is the worked example.
//!
//! 1. `pub fn routes() -> OpenApiRouter<App>` with paths below `/api/v1`; each handler carries `#[utoipa::path]`, so
//!    that route, documentation and code are one item. Only successes are declared: failures, headers and security
//!    are added by [`document`].
//! 2. `pub const ACCESS: &[Access]` with one row per endpoint: roles, whether members may ask for their own, and the
//!    scope that a narrowed key must carry. No row, no entry; a test compares rows and routes.
//! 3. Handlers that read top to bottom: `Scope<App>` (who, which tenant, what time), then [`PathId`], [`Asked`] or
//!    [`Payload`]; they decide through what the features publish and answer JSON or a [`Problem`]. Everything that
//!    belongs to one member passes `scope.own_account` or `scope.own_member` first.
//!
//! Both are named in one line each where the application is put together. Views have `#[serde(deny_unknown_fields)]`
//! on what comes in, `ToSchema` on both, ids as the newtypes of the core.

pub mod access;
pub mod asked;
pub mod caller;
pub mod document;
pub mod edge;
pub mod frame;
pub mod gate;
pub mod idempotency;
pub mod kept;
pub mod metrics;
pub mod origin;
pub mod payload;
pub mod principal;
pub mod problem;
pub mod rate;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

pub use access::{Access, AccessTable, BASE};
pub use asked::{Asked, Cursor, Page, PageQuery, PathId, window};
pub use caller::{Caller, Scope};
pub use frame::{Desk, Frame, Known, Limits, Tenancy};
pub use kept::NotKept;
pub use origin::Proxies;
pub use payload::Payload;
pub use principal::{Grant, Holder, Principal, Role, VIA};
pub use problem::{FieldError, Problem, ProblemBody};
pub use rate::Buckets;

/// The HTTP face without pages: the features' endpoints below [`BASE`], their documentation, and the probes.
pub fn router<S>(frame: Frame, endpoints: OpenApiRouter<S>, state: S) -> Router
where
    S: Clone + Send + Sync + 'static,
{
    router_with(frame, endpoints, state, Router::new())
}

/// The whole HTTP face: endpoints, documentation, probes, and `pages` with a door of their own.
pub fn router_with<S>(frame: Frame, endpoints: OpenApiRouter<S>, state: S, pages: Router) -> Router
where
    S: Clone + Send + Sync + 'static,
{
    let (api, document) = nested(endpoints);
    let document = document::finished(&document, &frame.access);
    let api = api
        .layer(DefaultBodyLimit::max(frame.limits.body_bytes))
        .layer(from_fn_with_state(frame.clone(), idempotency::once))
        .layer(from_fn_with_state(frame.clone(), gate::gate))
        .with_state(state);
    let probes = Router::new()
        .route("/livez", get(|| async { "ok" }))
        .route("/readyz", get(ready).with_state(frame.clone()))
        .route("/metrics", get(metrics::metrics).with_state(frame.clone()));
    api.merge(probes)
        .merge(pages)
        .merge(document::routes(&document))
        .fallback(|| async { Problem::not_found("not_found") })
        .layer(CatchPanicLayer::custom(edge::panicked))
        .layer(from_fn_with_state(frame, edge::edge))
}

/// The OpenAPI document of the endpoints.
#[must_use]
pub fn document_of<S>(endpoints: OpenApiRouter<S>, access: &AccessTable) -> serde_json::Value
where
    S: Clone + Send + Sync + 'static,
{
    document::finished(&nested(endpoints).1, access)
}

fn nested<S>(endpoints: OpenApiRouter<S>) -> (Router<S>, utoipa::openapi::OpenApi)
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::with_openapi(document::base()).nest(BASE, endpoints).split_for_parts()
}

/// Ready when the database answers and has this binary's schema.
async fn ready(State(frame): State<Frame>) -> Result<&'static str, Problem> {
    frame.db.check_schema().await?;
    Ok("ready")
}
