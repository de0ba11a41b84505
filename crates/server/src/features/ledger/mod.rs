//! The ledger's face: its movements in words, and what members had. What points mean is decided in the core.

pub mod condition;
mod explain;
mod jobs;
pub mod post;
pub mod receipt;
mod statement;
#[cfg(test)]
mod tests;
mod words;

pub use explain::{Explanation, explain, find};
pub use jobs::{jobs, sweep};
pub use statement::{Line, Question, balance, balances};
pub use words::{Speaker, Told};
