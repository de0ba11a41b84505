//! Redemptions: points set aside for a reward, then spent or given back.

pub mod api;
pub mod portal;
#[cfg(test)]
pub(crate) mod tests;
