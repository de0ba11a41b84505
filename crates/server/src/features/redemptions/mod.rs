//! Redemptions: points set aside for a reward, then spent or given back.

pub mod api;
pub mod portal;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
