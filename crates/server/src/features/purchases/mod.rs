//! Purchases: what members buy, and what it earns them.

pub mod api;
#[cfg(test)]
mod tests;
