//! The ledger's face: its movements in words. What points mean is decided in the core, kept by the store.

#[cfg(test)]
mod tests;
mod words;

pub use words::{Speaker, Told};
