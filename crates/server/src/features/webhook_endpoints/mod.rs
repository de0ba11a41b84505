//! Webhook endpoints: where a tenant wants to hear what happens, and the deliveries that tell it. At least once.

pub mod guard;
pub mod signing;
#[cfg(test)]
mod tests;
