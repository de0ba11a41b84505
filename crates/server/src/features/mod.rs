//! The nouns of Lazo, one folder each, and the list of them.

pub mod accounts;
pub mod adjustments;
pub mod api_keys;
pub mod audit;
pub mod backtests;
pub mod brands;
pub mod configuration;
pub mod dashboard;
pub mod drafts;
pub mod earning_rules;
pub mod events;
pub mod help;
pub mod home;
pub mod imports;
pub mod integration_projects;
pub mod ledger;
pub mod me;
pub mod member_tokens;
pub mod members;
pub mod memberships;
pub mod pos;
pub mod programs;
pub mod purchases;
pub mod redemptions;
pub mod returns;
pub mod rewards;
pub mod sandbox;
pub mod sessions;
pub mod staff;
pub mod tenants;
pub mod tiers;
pub mod transfers;
pub mod vouchers;
pub mod webhook_endpoints;

use crate::app::App;
use crate::jobs::Job;

/// The scheduled work of every noun. A noun's new jobs are one more name.
#[must_use]
pub fn jobs(app: &App) -> Vec<Job> {
    [ledger::jobs, webhook_endpoints::jobs].iter().flat_map(|jobs| jobs(app)).collect()
}
