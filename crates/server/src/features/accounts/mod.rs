//! Accounts: what a member has, read-only. Only events change it.

pub mod api;
