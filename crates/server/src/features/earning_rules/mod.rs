//! Earning rules: what a program gives, and what a purchase or event would earn, rule by rule.

pub mod api;
#[cfg(test)]
mod tests;
