//! The pages put together: every feature's pages with their rows, and the porter who knows brands and sessions.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{Redirect, Response};
use axum::routing::get;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use tower_http::compression::CompressionLayer;

use crate::App;
use crate::api::tenancy;
use crate::features::tenants::Tenant;
use crate::features::{
    accounts, adjustments, alignment, brand_kit, brands, campaigns, cases, consents, dashboard,
    discovery, dossiers, drafts, help, home, imports, integration_projects, invitations, journeys,
    kpis, me, measures, missions, newsletter, pos, programs, recommendations, redemptions,
    registers, reports, requests, rewards, segments, sessions, styleguide, team, technology, tiers,
    transfers, value, vouchers, wallet_passes, web_push, webhook_endpoints, widget, workspace,
};
use crate::http::{Principal, Problem, Tenancy};
use crate::web::door::Answer;
use crate::web::site::{Facts, Site};
use crate::web::{self, Face, House, PageRow, PageTable, Porter, Session, Who};

/// The portal's pages. A new noun is one line here and one in [`ROWS`].
fn portal() -> Router<App> {
    Router::new()
        .merge(accounts::portal::pages())
        .merge(campaigns::portal::pages())
        .merge(consents::portal::pages())
        .merge(help::portal::pages())
        .merge(home::portal::pages())
        .merge(integration_projects::portal::pages())
        .merge(cases::portal::pages())
        .merge(me::portal::pages())
        .merge(newsletter::portal::pages())
        .merge(invitations::portal::pages())
        .merge(missions::portal::pages())
        .merge(value::portal::pages())
        .merge(transfers::portal::pages())
        .merge(widget::portal::pages())
        .merge(redemptions::portal::pages())
        .merge(rewards::portal::pages())
        .merge(sessions::passkeys::portal::pages())
        .merge(sessions::portal::pages())
        .merge(sessions::prove::pages())
        .merge(tiers::portal::pages())
        .merge(wallet_passes::portal::pages())
        .merge(web_push::portal::pages())
}

/// The console's pages.
fn console() -> Router<App> {
    Router::new()
        .merge(adjustments::console::pages())
        .merge(brand_kit::console::pages())
        .merge(vouchers::console::pages())
        .merge(dashboard::console::pages())
        .merge(dossiers::console::pages())
        .merge(drafts::console::pages())
        .merge(imports::console::pages())
        .merge(integration_projects::console::pages())
        .merge(integration_projects::two_files::console::pages())
        .merge(alignment::console::pages())
        .merge(discovery::console::pages())
        .merge(kpis::console::pages())
        .merge(registers::console::pages())
        .merge(requests::console::pages())
        .merge(cases::console::pages())
        .merge(technology::console::pages())
        .merge(workspace::console::pages())
        .merge(measures::console::pages())
        .merge(recommendations::console::pages())
        .merge(reports::console::pages())
        .merge(sessions::console::pages())
        .merge(sessions::passkeys::console::pages())
        .merge(styleguide::console::pages())
        .merge(team::audit_log::pages())
        .merge(team::jobs::pages())
        .merge(team::keys::pages())
        .merge(team::people::pages())
        .merge(segments::console::pages())
        .merge(campaigns::console::pages())
        .merge(journeys::console::pages())
        .merge(newsletter::console::pages())
        .merge(invitations::console::pages())
        .merge(missions::console::pages())
        .merge(webhook_endpoints::console::pages())
}

/// Who may open each page.
const ROWS: &[&[PageRow]] = &[
    accounts::portal::PAGES,
    campaigns::portal::PAGES,
    campaigns::console::PAGES,
    journeys::console::PAGES,
    segments::console::PAGES,
    adjustments::console::PAGES,
    brand_kit::console::PAGES,
    vouchers::console::PAGES,
    consents::portal::PAGES,
    dashboard::console::PAGES,
    dossiers::console::PAGES,
    drafts::console::PAGES,
    help::portal::PAGES,
    home::portal::PAGES,
    imports::console::PAGES,
    integration_projects::console::PAGES,
    integration_projects::portal::PAGES,
    integration_projects::two_files::console::PAGES,
    me::portal::PAGES,
    measures::console::PAGES,
    newsletter::console::PAGES,
    invitations::console::PAGES,
    invitations::portal::PAGES,
    missions::console::PAGES,
    missions::portal::PAGES,
    value::portal::PAGES,
    transfers::portal::PAGES,
    widget::portal::PAGES,
    newsletter::portal::PAGES,
    pos::till::PAGES,
    recommendations::console::PAGES,
    redemptions::portal::PAGES,
    reports::console::PAGES,
    rewards::portal::PAGES,
    sessions::passkeys::console::PAGES,
    sessions::passkeys::portal::PAGES,
    sessions::portal::PAGES,
    sessions::prove::PAGES,
    sessions::console::PAGES,
    sessions::own::PAGES,
    styleguide::console::PAGES,
    team::audit_log::PAGES,
    team::jobs::PAGES,
    team::keys::PAGES,
    team::people::PAGES,
    alignment::console::PAGES,
    discovery::console::PAGES,
    kpis::console::PAGES,
    registers::console::PAGES,
    requests::console::PAGES,
    cases::console::PAGES,
    cases::portal::PAGES,
    technology::console::PAGES,
    workspace::console::PAGES,
    tiers::portal::PAGES,
    wallet_passes::portal::PAGES,
    web_push::portal::PAGES,
    NOTHING,
    webhook_endpoints::console::PAGES,
];

/// Who may open what, of every feature.
#[must_use]
pub fn table() -> PageTable {
    PageTable::new(ROWS.iter().copied().flatten())
}

/// Every page, behind the door.
pub fn pages(app: &App) -> Router {
    let porter = Arc::new(Watch { app: app.clone(), sites: Mutex::default() });
    let (clock, entropy) = (Arc::clone(&app.clock), Arc::clone(&app.entropy));
    let house = House::new(porter.clone(), clock, entropy, table(), app.faces.clone());
    let pages = Router::new()
        .nest(Face::Portal.base(), portal())
        .nest(Face::Console.base(), console())
        .nest(Face::Till.base(), pos::till::pages())
        .route("/portal/{site}/{*rest}", get(nothing))
        .route("/console/{*rest}", get(nothing))
        .route("/caja/{*rest}", get(nothing))
        .layer(from_fn_with_state(house, web::door::door))
        .with_state(app.clone());
    let files =
        Router::new().route("/portal/{site}/brand/{file}", get(brand_file)).with_state(porter);
    pages
        .merge(files)
        .merge(web::assets::routes())
        .route("/portal/{site}/", get(portal_home))
        .route("/console/", get(|| async { Redirect::permanent("/console") }))
        .route("/caja/", get(|| async { Redirect::permanent("/caja") }))
        .layer(CompressionLayer::new())
}

/// The portal's address as people type it.
async fn portal_home(axum::extract::Path(site): axum::extract::Path<String>) -> Response {
    web::see(&format!("/portal/{site}"))
}

/// A path below a face that leads nowhere: the door tells it in words, in the face's clothes.
async fn nothing() -> Problem {
    Problem::not_found("not_found")
}

/// What each face answers where it has no page.
const NOTHING: &[PageRow] = &[
    PageRow::portal("/{*rest}", Who::Anybody),
    PageRow::console("/{*rest}", Who::Anybody),
    PageRow::till("/{*rest}", Who::Anybody),
];

/// A brand's style sheet, mark or picture.
async fn brand_file(
    axum::extract::State(porter): axum::extract::State<Arc<Watch>>,
    axum::extract::Path((site, file)): axum::extract::Path<(String, String)>,
) -> Result<axum::response::Response, Problem> {
    let missing = || Problem::not_found("not_found");
    let (site, _) = porter.found(&site).await?.ok_or_else(missing)?;
    let path = format!("{}/brand/{file}", site.base);
    site.file(&path).map(web::assets::Asset::answer).ok_or_else(missing)
}

/// Asks the features; keeps sites as long as their tenant's configuration stays as it was.
struct Watch {
    app: App,
    sites: Mutex<BTreeMap<String, (i64, Arc<Site>)>>,
}

impl Watch {
    async fn found(&self, word: &str) -> Result<Option<(Arc<Site>, Tenancy)>, StoreError> {
        let kept = self.sites.lock().unwrap_or_else(PoisonError::into_inner).get(word).cloned();
        if let Some((version, site)) = kept {
            let tenant = self.app.lookups.tenants.get(site.tenant).await?;
            if let Some(tenant) = tenant.filter(|tenant| tenant.config_version == version) {
                return Ok(Some((site, tenancy(&tenant))));
            }
        }
        let Some(brand) = brands::store::by_site(&self.app.db, word).await? else {
            return Ok(None);
        };
        let Some(tenant) = self.app.lookups.tenants.get(brand.tenant).await? else {
            return Ok(None);
        };
        let site = Arc::new(self.site(word, brand, &tenant).await?);
        let entry = (tenant.config_version, Arc::clone(&site));
        self.sites.lock().unwrap_or_else(PoisonError::into_inner).insert(word.to_owned(), entry);
        Ok(Some((site, tenancy(&tenant))))
    }

    async fn site(
        &self,
        word: &str,
        brand: brands::Brand,
        tenant: &Tenant,
    ) -> Result<Site, StoreError> {
        let heads = programs::store::all(&self.app.db, tenant.id).await?;
        let own = heads.into_iter().filter(|head| head.brand == Some(brand.id));
        let locales = tenant.config.locales.iter().filter_map(|tag| tag.parse().ok()).collect();
        let entity = tenant.config.legal_entity.as_ref().unwrap_or(&tenant.config.name);
        let facts = Facts {
            tenant: tenant.id,
            brand: brand.id,
            name: brand.config.name,
            site: word.to_owned(),
            programs: own.map(|head| head.id).collect(),
            locales,
            legal_entity: entity.clone(),
            privacy: brand.config.privacy,
            support: brand.config.support,
            widget: brand.config.widget,
        };
        Ok(Site::new(facts, brand.config.kit.unwrap_or_default()))
    }
}

impl Porter for Watch {
    fn site<'a>(&'a self, site: &'a str) -> Answer<'a, Option<(Arc<Site>, Tenancy)>> {
        Box::pin(self.found(site))
    }

    fn session<'a>(&'a self, token: &'a str, now: Timestamp) -> Answer<'a, Option<Session>> {
        Box::pin(sessions::find(&self.app.db, token, now))
    }

    fn tenants<'a>(&'a self, principal: &'a Principal) -> Answer<'a, Vec<Tenancy>> {
        Box::pin(async move {
            let mut all = Vec::new();
            for id in principal.tenants() {
                let found = self.app.lookups.tenants.get(id).await?;
                all.extend(found.filter(|tenant| tenant.live).map(|tenant| tenancy(&tenant)));
            }
            Ok(all)
        })
    }
}
