//! Tiers: the ladders of a program, where a member stands on them, and what is missing to the next step.

pub mod api;
#[cfg(test)]
mod tests;
