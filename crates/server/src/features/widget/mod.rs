//! The widget: what a basket in a brand's web shop would give, on the shop's own pages, by one script tag.

pub mod portal;
#[cfg(test)]
mod tests;
