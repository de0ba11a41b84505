//! The pages' frame: what every page has in common, and nothing of any noun.
//!
//! # How a feature adds pages
//!
//! In `features/<noun>/portal.rs` (members) or `console.rs` (staff), three things; `rewards` is the worked example.
//!
//! 1. `pub fn pages() -> Router<App>` with paths below `/portal/{site}` or `/console`.
//! 2. `pub const PAGES: &[PageRow]`: one row per page and form, with who may come in. No row, no entry; a test compares
//!    rows and routes, and the browser tests open every page that has a row.
//! 3. Handlers that read top to bottom: [`Own`] (a member), [`Guest`] (anybody) or [`Desk`] (staff), then [`Fields`] for
//!    a form; they decide through the functions behind the API, and answer with [`shell`].
//!
//! Both are named in one line each in `faces.rs`. Texts are in `locales/<lang>/<noun>.ftl`; markup is written with
//! `maud`, which escapes everything that is put into it.

pub mod assets;
pub mod barcode;
pub mod chart;
pub mod cookie;
pub mod csv;
pub mod door;
pub mod download;
pub mod failure;
pub mod form;
pub mod kit;
pub mod kit_findings;
pub mod rows;
pub mod session;
pub mod share;
pub mod shell;
pub mod site;
#[cfg(test)]
mod tests;
pub mod ui;
pub mod upload;
pub mod visit;

pub use door::{House, Porter};
pub use form::{Fields, see};
pub use rows::{Face, PageRow, PageTable, Who};
pub use session::Session;
pub use site::Site;
pub use visit::{Desk, Guest, Own, Visit};

/// Settings of the faces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Where people reach this installation, such as `https://rewards.example.com`; empty when nobody said.
    pub public_url: String,
}

impl Settings {
    /// Do browsers come over TLS, so that cookies need never travel in the open?
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
