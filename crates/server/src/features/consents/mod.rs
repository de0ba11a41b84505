//! Consents: what members agree to and refuse, by purpose and channel, with what they read and a record of every change.

pub mod api;
pub mod portal;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::Timestamp;

use crate::i18n::{Args, Locale};
use crate::web::assets::short_hash;

/// What consent is asked for, each with the channels it may come by. What is not asked for is not given.
pub const PURPOSES: [(&str, &[&str]); 4] = [
    ("offers", &["email", "sms", "push", "post"]),
    ("surveys", &["email", "sms", "push"]),
    ("profile", &["any"]),
    ("partners", &["email"]),
];

/// How one consent stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Whose.
    pub tenant: TenantId,
    /// Whose.
    pub member: MemberId,
    /// What for.
    pub purpose: String,
    /// By which channel.
    pub channel: String,
    /// Given, or refused and withdrawn?
    pub given: bool,
    /// The beginning of the hash of what was read.
    pub text_hash: String,
    /// In which language.
    pub locale: String,
    /// Since when.
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
}

/// Is it a consent that is asked for?
#[must_use]
pub fn is_known(purpose: &str, channel: &str) -> bool {
    PURPOSES.iter().any(|(known, channels)| *known == purpose && channels.contains(&channel))
}

/// What members read when they are asked.
#[must_use]
pub fn text(locale: Locale, purpose: &str) -> String {
    locale.text("consents-text", &Args::new().text("purpose", purpose))
}

/// The beginning of the hash of what members read.
#[must_use]
pub fn text_hash(locale: Locale, purpose: &str) -> String {
    short_hash(&text(locale, purpose))
}
