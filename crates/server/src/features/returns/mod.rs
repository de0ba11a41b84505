//! Returns: what members bring back, and what of the purchase's points that takes.

pub mod api;
#[cfg(test)]
mod tests;
