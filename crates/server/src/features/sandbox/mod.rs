//! Sandboxes: a test clock that moves forward, and what time then does.

pub mod api;
#[cfg(test)]
mod tests;
