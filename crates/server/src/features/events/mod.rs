//! Custom events: whatever else members do that rules may reward, such as a review, a visit or an enrollment.

pub mod api;
#[cfg(test)]
mod tests;
