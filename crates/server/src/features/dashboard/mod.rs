//! The dashboard: the first numbers of a tenant's programs, put together from what the nouns publish.

pub mod console;
