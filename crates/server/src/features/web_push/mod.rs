//! Web push: notices on members' own browsers, for those who asked for them: points that end soon, a reward within reach,
//! a voucher about to end.

pub mod api;
mod courier;
mod devices;
mod encryption;
mod find;
mod jobs;
pub mod portal;
pub mod store;
#[cfg(test)]
mod tests;
mod vapid;

use lazo_domain::ids::{AccountId, BrandId, MemberId, PushDeviceId, TenantId};
use lazo_domain::time::Timestamp;

pub use devices::{add, end};
pub use jobs::jobs;

/// What consent notices need: what for, and by which channel.
pub const CONSENT: (&str, &str) = ("offers", "push");
/// The most browsers of one member.
pub const MAX_DEVICES: usize = 10;

/// A browser that a member gets notices on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: PushDeviceId,
    /// Whose.
    pub tenant: TenantId,
    /// Whose.
    pub member: MemberId,
    /// The member's account.
    pub account: AccountId,
    /// In which brand's portal it was asked for.
    pub brand: BrandId,
    /// Where its browser's maker takes notices.
    pub endpoint: String,
    /// The hash of that.
    pub endpoint_hash: Vec<u8>,
    /// The browser's public key: an uncompressed point of P-256.
    pub public_key: Vec<u8>,
    /// What only the browser and we know.
    pub auth: Vec<u8>,
    /// Words like `Chrome, Android`.
    pub name: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// What a notice is about. The names are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Points end soon.
    Expiring,
    /// A reward can be had that could not be had before.
    Reward,
    /// A voucher ends soon.
    Voucher,
}

impl Kind {
    /// The name that is stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Reward => "reward",
            Self::Voucher => "voucher",
        }
    }
}

/// Something a browser is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What kind.
    pub kind: Kind,
    /// Which of that kind: an instant, a reward, a redemption.
    pub about: String,
    /// Its first line.
    pub title: String,
    /// What it says.
    pub body: String,
    /// The page of the portal that it opens.
    pub path: String,
}
