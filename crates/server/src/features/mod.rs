//! The nouns of Lazo, one folder each, and the list of them.

pub mod accounts;
pub mod adjustments;
pub mod alignment;
pub mod api_keys;
pub mod audit;
pub mod backtests;
pub mod brand_kit;
pub mod brands;
pub mod campaigns;
pub mod carried_orders;
pub mod cases;
pub mod configuration;
pub mod consents;
pub mod dashboard;
pub mod discovery;
pub mod dossiers;
pub mod drafts;
pub mod earning_rules;
pub mod events;
pub mod help;
pub mod home;
pub mod imports;
pub mod integration_projects;
pub mod invitations;
pub mod journeys;
pub mod kpis;
pub mod ledger;
pub mod me;
pub mod measures;
pub mod member_tokens;
pub mod members;
pub mod memberships;
pub mod missions;
pub mod newsletter;
pub mod pos;
pub mod programs;
pub mod publishing;
pub mod purchases;
pub mod recommendations;
pub mod redemptions;
pub mod registers;
pub mod reports;
pub mod requests;
pub mod returns;
pub mod rewards;
pub mod sandbox;
pub mod segments;
pub mod sessions;
pub mod sign_offs;
pub mod staff;
pub mod styleguide;
pub mod team;
pub mod technology;
pub mod tenants;
pub mod tiers;
pub mod transfers;
pub mod value;
pub mod vouchers;
pub mod wallet_passes;
pub mod web_push;
pub mod webhook_endpoints;
pub mod widget;
pub mod workspace;

use lazo_domain::ids::{MemberId, TenantId};
use lazo_store::{StoreError, Tx};

use crate::app::App;
use crate::jobs::Job;

/// Takes away what the nouns keep of somebody who is erased. A noun that keeps words of people is one more line.
pub async fn forget_member(
    tx: &mut Tx,
    tenant: TenantId,
    member: MemberId,
) -> Result<(), StoreError> {
    carried_orders::store::forget_member(tx, tenant, member).await?;
    invitations::store::forget_member(tx, tenant, member).await?;
    missions::store::forget_member(tx, tenant, member).await?;
    cases::store::forget_member(tx, tenant, member).await
}

/// The scheduled work of every noun. A noun's new jobs are one more name.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    [
        ledger::jobs,
        measures::jobs,
        webhook_endpoints::jobs,
        imports::jobs,
        integration_projects::two_files::jobs,
        kpis::jobs,
        requests::jobs::jobs,
        cases::jobs::jobs,
        workspace::jobs,
        campaigns::jobs::jobs,
        wallet_passes::jobs,
        web_push::jobs,
        journeys::jobs::jobs,
        newsletter::jobs::jobs,
        invitations::jobs::jobs,
        missions::jobs::jobs,
    ]
    .iter()
    .flat_map(|jobs| jobs(app))
    .collect()
}
