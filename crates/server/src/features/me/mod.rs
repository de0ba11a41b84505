//! The place "Yo": a member's own data and devices, put together from what the nouns publish.

pub mod portal;
