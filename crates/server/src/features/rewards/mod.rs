//! Rewards: what points buy, and what of it a member can have now.

pub mod api;
#[cfg(test)]
mod tests;
