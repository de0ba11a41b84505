//! Campaigns: one object from the draft over a second person's word to the letters and what came of them.

pub mod api;
mod api_results;
pub mod console;
pub mod console_form;
mod console_one;
mod console_people;
mod console_policy;
mod console_print;
pub mod console_results;
pub mod content;
pub mod draw;
mod gate;
pub mod jobs;
pub mod leave;
pub mod letter;
mod life;
pub mod policy;
pub mod portal;
pub mod print;
pub mod recipients;
pub mod results;
pub mod send;
pub mod single;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
mod trial;

use lazo_domain::ids::{CampaignId, ProgramId, SegmentId};
use lazo_domain::time::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;

pub use api_results::CampaignDifference;
pub use content::{Content, Variant, Words};
pub use life::{
    cancel, change, check_word, decide, get, is_among, is_own, make, say, schedule, submit,
};
pub use trial::{Preview, preview, trial};

use crate::features::segments::EMAIL;
use crate::http::Role;

/// Who may see campaigns and their results.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may make them.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// Who may agree to them.
pub const DECIDERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
/// What letters may be for; each is asked consent for.
pub const PURPOSES: [&str; 2] = ["offers", "surveys"];
/// How letters go.
pub const CHANNELS: [&str; 2] = [EMAIL, print::POST];
/// The largest share that a campaign leaves alone, in ten-thousandths.
pub const MAX_HOLDOUT: i64 = 5_000;
/// For how many days at most purchases are counted.
const MAX_WINDOW: i64 = 90;

/// A campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// Its id.
    pub id: CampaignId,
    /// Of which program's members.
    pub program: ProgramId,
    /// Its audience.
    pub segment: SegmentId,
    /// The audience's condition as it was when somebody was asked to agree; empty before.
    pub condition: String,
    /// What people call it.
    pub name: String,
    /// One of [`PURPOSES`].
    pub purpose: String,
    /// `email` or `post`.
    pub channel: String,
    /// The reward whose code is printed on each letter; empty when none is.
    pub reward: String,
    /// Does only one letter go to each home?
    pub per_address: bool,
    /// `draft`, `in_approval`, `approved`, `scheduled`, `sending`, `sent` or `cancelled`.
    pub state: String,
    /// What it says.
    pub content: Content,
    /// Which share is left alone to compare with, in ten-thousandths.
    pub holdout: i64,
    /// For how many days purchases are counted.
    pub window_days: i64,
    /// Seeds the drawing of groups.
    pub seed: i64,
    /// What the letters' tokens are made with.
    pub secret: Vec<u8>,
    /// Who made it.
    pub author: String,
    /// Everybody whose work is in it; none of them agrees to it.
    pub authors: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When somebody was asked to agree.
    pub submitted_at: Option<Timestamp>,
    /// Who agreed.
    pub approved_by: Option<String>,
    /// When.
    pub approved_at: Option<Timestamp>,
    /// When letters are to leave.
    pub send_at: Option<Timestamp>,
    /// When they began to.
    pub started_at: Option<Timestamp>,
    /// Up to which member groups are drawn.
    pub drawn_to: i64,
    /// When all were drawn.
    pub drawn_at: Option<Timestamp>,
    /// When the last letter left, or the campaign was stopped.
    pub ended_at: Option<Timestamp>,
    /// Grows with every change of its state or its content.
    pub revision: i64,
}

/// A campaign as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignBody)]
pub struct Draft {
    /// What people call it.
    #[schema(min_length = 1, max_length = 120)]
    pub name: String,
    /// Its audience.
    #[schema(value_type = String)]
    pub segment: SegmentId,
    /// What the letters are for: `offers` or `surveys`.
    pub purpose: String,
    /// How they go: `email`, or `post` on paper.
    #[serde(default = "usual_channel")]
    pub channel: String,
    /// On paper: the code of a reward that is a voucher, given to each reader as a code on the letter.
    #[serde(default)]
    pub reward: Option<String>,
    /// On paper: does only one letter go to each home?
    #[serde(default = "usual_per_address")]
    pub per_address: bool,
    /// What it says.
    pub content: Content,
    /// Which share of the audience is left alone to compare with, in ten-thousandths.
    #[serde(default = "usual_holdout")]
    #[schema(minimum = 0, maximum = 5000)]
    pub holdout: i64,
    /// For how many days purchases are counted, the day of sending included.
    #[serde(default = "usual_window")]
    #[schema(minimum = 1, maximum = 90)]
    pub window_days: i64,
}

/// One in ten: enough to see an effect in audiences of some thousands.
fn usual_holdout() -> i64 {
    1_000
}

fn usual_channel() -> String {
    EMAIL.to_owned()
}

fn usual_per_address() -> bool {
    true
}

fn usual_window() -> i64 {
    14
}
