//! Accounts: what a member has, read-only. Only events change it.

pub mod api;
pub mod holdings;
pub mod movements;
#[cfg(feature = "pdf")]
mod paper;
pub mod portal;
