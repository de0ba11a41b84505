//! Wallet passes: a member's card in Apple Wallet and Google Wallet, signed here, fetched by phones, told of changes.

pub mod api;
mod apple;
mod content;
mod google;
mod google_tell;
mod jobs;
mod pictures;
pub mod portal;
mod push;
mod refresh;
mod service;
pub mod settings;
mod signature;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{AccountId, BrandId, MemberId, TenantId, WalletPassId};
use lazo_domain::time::Timestamp;

use crate::secrets::hash_of;

pub use jobs::jobs;
pub use settings::Wallet;

/// What the token of a pass begins with.
const TOKEN_PREFIX: &str = "lzp_";
/// Octets of a pass's secret: nobody guesses one.
const SECRET: usize = 24;
/// How often something is tried that does not succeed.
const MAX_TRIES: i64 = 10;

/// A member's card of one brand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Its id, the serial number outside.
    pub id: WalletPassId,
    /// Whose.
    pub tenant: TenantId,
    /// Whose.
    pub member: MemberId,
    /// The member's account.
    pub account: AccountId,
    /// In whose clothes.
    pub brand: BrandId,
    /// What its token is made of.
    pub secret: Vec<u8>,
    /// The account's version when it was looked at last.
    pub account_version: i64,
    /// The tenant's configuration then.
    pub config_version: i64,
    /// The hash of what it says.
    pub content_hash: Vec<u8>,
    /// Does it say that it is over?
    pub voided: bool,
    /// Grows with every change of what it says.
    pub tag: i64,
    /// When it changed; a whole second later than the change before, so that HTTP dates tell them apart.
    pub changed_at: Timestamp,
    /// When it was looked at.
    pub checked_at: Timestamp,
    /// Has some phone or Google got it?
    pub in_use: bool,
    /// Since when Google may have it.
    pub google_since: Option<Timestamp>,
    /// Up to which tag Google was told.
    pub google_told: i64,
    /// How often telling Google failed in a row.
    pub google_tries: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Pass {
    /// What a phone shows to fetch the pass.
    #[must_use]
    fn token(&self) -> String {
        let text: String = self.secret.iter().map(|octet| format!("{octet:02x}")).collect();
        format!("{TOKEN_PREFIX}{text}")
    }

    /// Is it this pass's token? Hashes are compared, so that time tells nothing of the token.
    #[must_use]
    fn opens_with(&self, token: &str) -> bool {
        hash_of(&self.token()) == hash_of(token)
    }
}

/// How long to wait after so many failures in a row: a minute, doubled each time, at most half a day.
fn pause(tries: i64) -> i64 {
    const MINUTE: i64 = 60 * lazo_domain::time::SECOND;
    let doubled = 1_i64.checked_shl(u32::try_from(tries.clamp(0, 20)).unwrap_or(20)).unwrap_or(1);
    MINUTE.saturating_mul(doubled).min(720 * MINUTE)
}
