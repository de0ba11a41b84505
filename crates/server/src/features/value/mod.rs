//! What a member has of the relationship: everything over all programs in money at the published rates, what was earned and
//! used so far and month by month, and by which actions and where each point came, to the last one.

pub mod api;
pub mod portal;
mod statement;
#[cfg(test)]
mod tests;

pub use statement::{Line, Month, Statement, Sum, of};
