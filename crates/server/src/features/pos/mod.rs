//! The point of sale: what a till needs in as few calls as a queue of customers allows.

pub mod api;
mod receipt;
#[cfg(test)]
mod tests;
pub mod till;
