//! Transfers: points moved from one member to another, with the expiry they had.

pub mod api;
#[cfg(test)]
mod tests;
