//! Tiers: the ladders of a program, where a member stands on them, and what is missing to the next step.

pub mod api;
mod plan_page;
pub mod planner;
pub mod portal;
#[cfg(test)]
mod tests;
