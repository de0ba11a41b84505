//! The simulator: seeded random histories over the whole core, predicted step by step by an auditor of its own.

pub mod auditor;
pub mod faults;
pub mod features;
pub mod generate;
pub mod invariants;
pub mod metamorphic;
pub mod pos;
pub mod rng;
pub mod run;
pub mod through;
pub mod world;

#[cfg(test)]
mod tests;
