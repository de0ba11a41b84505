//! Home: the first page of a brand's portal, put together from what the nouns publish.

mod app;
pub mod portal;
