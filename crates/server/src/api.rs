//! The API put together: every feature's endpoints with their rows, and the desk that knows callers.

#[cfg(test)]
pub(crate) mod bench;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

use futures_util::future::BoxFuture;
use lazo_domain::ids::TenantId;
use lazo_store::StoreError;
use serde_json::Value;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;

use crate::App;
use crate::features::tenants::Tenant;
use crate::features::{
    accounts, adjustments, alignment, api_keys, audit, brands, campaigns, cases, configuration,
    consents, discovery, earning_rules, events, integration_projects, invitations, journeys, kpis,
    measures, member_tokens, members, missions, newsletter, pos, programs, publishing, purchases,
    recommendations, redemptions, registers, reports, requests, returns, rewards, sandbox,
    segments, sign_offs, staff, technology, tenants, tiers, transfers, value, vouchers,
    wallet_passes, web_push, webhook_endpoints, workspace,
};
use crate::http::{self, Access, AccessTable, Desk, Frame, Known, Limits, Tenancy};

/// Every endpoint. A new noun is one line here and one in [`ROWS`].
fn endpoints() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .merge(accounts::api::routes())
        .merge(adjustments::api::routes())
        .merge(api_keys::api::routes())
        .merge(audit::api::routes())
        .merge(brands::api::routes())
        .merge(configuration::api::routes())
        .merge(consents::api::routes())
        .merge(earning_rules::api::routes())
        .merge(events::api::routes())
        .merge(integration_projects::api::routes())
        .merge(measures::api::routes())
        .merge(measures::models::routes())
        .merge(member_tokens::api::routes())
        .merge(members::api::routes())
        .merge(members::belongings::routes())
        .merge(pos::api::routes())
        .merge(programs::api::routes())
        .merge(purchases::api::routes())
        .merge(recommendations::api::routes())
        .merge(redemptions::api::routes())
        .merge(reports::api::routes())
        .merge(returns::api::routes())
        .merge(rewards::api::routes())
        .merge(sandbox::api::routes())
        .merge(staff::api::routes())
        .merge(tenants::api::routes())
        .merge(tiers::api::routes())
        .merge(tiers::planner::routes())
        .merge(transfers::api::routes())
        .merge(vouchers::api::routes())
        .merge(alignment::api::routes())
        .merge(discovery::api::routes())
        .merge(kpis::api::routes())
        .merge(publishing::api::routes())
        .merge(registers::api::routes())
        .merge(requests::api::routes())
        .merge(cases::api::routes())
        .merge(sign_offs::api::routes())
        .merge(workspace::api::routes())
        .merge(technology::api::routes())
        .merge(segments::api::routes())
        .merge(campaigns::api::routes())
        .merge(journeys::api::routes())
        .merge(newsletter::api::routes())
        .merge(invitations::api::routes())
        .merge(missions::api::routes())
        .merge(value::api::routes())
        .merge(wallet_passes::api::routes())
        .merge(web_push::api::routes())
        .merge(webhook_endpoints::api::routes())
}

/// Who may call each endpoint.
const ROWS: &[&[Access]] = &[
    accounts::api::ACCESS,
    adjustments::api::ACCESS,
    api_keys::api::ACCESS,
    audit::api::ACCESS,
    brands::api::ACCESS,
    configuration::api::ACCESS,
    consents::api::ACCESS,
    earning_rules::api::ACCESS,
    events::api::ACCESS,
    integration_projects::api::ACCESS,
    measures::api::ACCESS,
    measures::models::ACCESS,
    member_tokens::api::ACCESS,
    members::api::ACCESS,
    members::belongings::ACCESS,
    pos::api::ACCESS,
    programs::api::ACCESS,
    purchases::api::ACCESS,
    recommendations::api::ACCESS,
    redemptions::api::ACCESS,
    reports::api::ACCESS,
    returns::api::ACCESS,
    rewards::api::ACCESS,
    sandbox::api::ACCESS,
    staff::api::ACCESS,
    tenants::api::ACCESS,
    tiers::api::ACCESS,
    tiers::planner::ACCESS,
    transfers::api::ACCESS,
    vouchers::api::ACCESS,
    alignment::api::ACCESS,
    discovery::api::ACCESS,
    kpis::api::ACCESS,
    publishing::api::ACCESS,
    registers::api::ACCESS,
    requests::api::ACCESS,
    cases::api::ACCESS,
    sign_offs::api::ACCESS,
    workspace::api::ACCESS,
    technology::api::ACCESS,
    segments::api::ACCESS,
    campaigns::api::ACCESS,
    journeys::api::ACCESS,
    newsletter::api::ACCESS,
    invitations::api::ACCESS,
    missions::api::ACCESS,
    value::api::ACCESS,
    wallet_passes::api::ACCESS,
    web_push::api::ACCESS,
    webhook_endpoints::api::ACCESS,
];

/// Who may call what, of every feature.
#[must_use]
pub fn access() -> AccessTable {
    AccessTable::new(ROWS.iter().copied().flatten())
}

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    http::document_of(endpoints(), &access())
}

/// The HTTP face of `app`.
pub fn router(app: App, limits: Limits) -> axum::Router {
    let (clock, ids) = (Arc::clone(&app.clock), Arc::clone(&app.ids));
    let desk = Arc::new(Reception(app.clone()));
    let frame = Frame::new(app.db.clone(), clock, ids, desk, access(), limits);
    let pages = crate::faces::pages(&app);
    http::router_with(frame, endpoints(), app, pages)
}

/// Asks the feature that a token's prefix names.
struct Reception(App);

impl Desk for Reception {
    fn authenticate<'a>(
        &'a self,
        token: &'a str,
    ) -> BoxFuture<'a, Result<Option<Known>, StoreError>> {
        let (db, now) = (&self.0.db, self.0.clock.now());
        let keys = &self.0.lookups.api_keys;
        Box::pin(async move {
            let principal = match token.get(..4) {
                Some(api_keys::KEY_PREFIX) => {
                    let found = api_keys::authenticate(keys, token, now).await?;
                    let known = |(principal, tenant): (_, Arc<Tenant>)| Known {
                        principal,
                        home: Some(tenancy(&tenant)),
                    };
                    return Ok(found.map(known));
                }
                Some(staff::TOKEN_PREFIX) => staff::authenticate(db, token, now).await?,
                Some(member_tokens::TOKEN_PREFIX) => {
                    member_tokens::authenticate(db, token, now).await?
                }
                _ => None,
            };
            Ok(principal.map(Known::from))
        })
    }

    fn tenancy<'a>(&'a self, which: &'a str) -> BoxFuture<'a, Result<Option<Tenancy>, StoreError>> {
        Box::pin(async move {
            let found = match which.parse::<TenantId>() {
                Ok(id) => self.0.lookups.tenants.get(id).await?,
                Err(_) => tenants::store::by_code(&self.0.db, which).await?.map(Arc::new),
            };
            Ok(found.map(|tenant| tenancy(&tenant)))
        })
    }
}

pub(crate) fn tenancy(tenant: &Tenant) -> Tenancy {
    Tenancy::from(tenant)
}
