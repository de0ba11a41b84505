//! The brand kit at the desk: what it looks like on every surface before it is kept, and what could be better about it.

pub mod console;
mod edited;
mod surfaces;
#[cfg(test)]
mod tests;
