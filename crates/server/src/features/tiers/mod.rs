//! Tiers: the ladders of a program, where a member stands on them, and what is missing to the next step.

pub mod api;
pub mod portal;
#[cfg(test)]
mod tests;
