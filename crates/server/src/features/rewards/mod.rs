//! Rewards: what points buy, and what of it a member can have now.

pub mod api;
pub mod portal;
mod shared;
#[cfg(test)]
mod tests;
