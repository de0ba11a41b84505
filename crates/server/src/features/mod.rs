//! The nouns of Lazo, one folder each, and the list of them.

pub mod backtests;
pub mod brands;
pub mod configuration;
pub mod imports;
pub mod ledger;
pub mod members;
pub mod memberships;
pub mod programs;
pub mod tenants;
pub mod webhook_endpoints;
