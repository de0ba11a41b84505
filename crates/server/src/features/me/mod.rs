//! The place "Yo": a member's own data and devices, put together from what the nouns publish.

mod own_data;
pub mod portal;
mod profile;
