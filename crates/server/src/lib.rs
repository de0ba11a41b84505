//! The server's foundation: the application, its settings, its nouns and its words..

pub mod app;
pub mod config;
pub mod features;
pub mod http;
pub mod i18n;

pub use app::App;
