//! The server's foundation: the application, its settings, its nouns and its words. HTTP is a room of its own.

pub mod app;
pub mod config;
pub mod features;
pub mod i18n;

pub use app::App;
