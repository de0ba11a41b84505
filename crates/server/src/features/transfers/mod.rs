//! Transfers: points moved from one member to another, with the expiry they had.

pub mod api;
pub mod portal;
#[cfg(test)]
mod tests;
