//! The tables of integration projects, one file each group; keys begin with the tenant, so that no other is reached.

pub mod accounts;
pub mod desk;
pub mod items;
pub mod links;
pub mod members;
pub mod partners;
pub mod plans;
pub mod projects;
pub mod shared;
pub mod sources;
pub mod trials;
pub mod waves;
