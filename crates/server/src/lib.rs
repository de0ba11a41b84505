//! The server's foundation: the application, its settings, its nouns and its words.

pub mod api;
pub mod app;
pub mod config;
pub mod faces;
pub mod features;
pub mod http;
pub mod i18n;
pub mod jobs;
pub mod mail;
pub mod places;
pub mod scratch;
pub mod secrets;
pub mod serve;
#[cfg(test)]
pub(crate) mod testing;
pub mod upkeep;
pub mod web;

pub use app::App;
