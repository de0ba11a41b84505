//! Newsletters: a list of each brand, apart from membership, which people join by a letter and leave by any letter; and
//! the issues that go to it.

pub mod api;
mod api_subscribers;
pub mod console;
mod console_form;
mod console_one;
mod console_settings;
pub mod jobs;
pub mod join;
mod letters;
mod life;
pub mod portal;
mod portal_own;
pub mod press;
pub mod send;
pub mod settings;
pub mod store;
pub mod subscribers;
#[cfg(test)]
mod tests;
mod trial;

use std::collections::BTreeMap;

use lazo_domain::ids::{BrandId, NewsletterIssueId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, StoreError};
use serde::Deserialize;
use utoipa::ToSchema;

pub use life::{cancel, change, decide, get, make, schedule, submit};
pub use settings::{Newsletter, Settings, Topic};
pub use trial::{preview, trial};

use super::brands::{self, Brand};
use super::campaigns::Words;
use crate::http::Role;

/// Who may see issues and how many are on a list.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may write issues and set a newsletter up.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];
/// Who may agree to an issue.
pub const DECIDERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];

/// An issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its id.
    pub id: NewsletterIssueId,
    /// Of which brand's newsletter.
    pub brand: BrandId,
    /// The code of its topic; empty when it goes to the whole list.
    pub topic: String,
    /// `draft`, `in_approval`, `approved`, `scheduled`, `sending`, `sent` or `cancelled`.
    pub state: String,
    /// What it says, by language.
    pub texts: BTreeMap<String, Words>,
    /// What its letters' tokens are made with.
    pub secret: Vec<u8>,
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
    /// Up to which subscriber letters were laid.
    pub drawn_to: i64,
    /// When all were laid.
    pub drawn_at: Option<Timestamp>,
    /// When the last letter left, or the issue was stopped.
    pub ended_at: Option<Timestamp>,
    /// Grows with every change.
    pub revision: i64,
}

/// An issue as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewsletterIssueBody)]
pub struct IssueDraft {
    /// The code of the brand whose newsletter it is.
    pub brand: String,
    /// The code of its topic; to the whole list when absent.
    #[serde(default)]
    pub topic: Option<String>,
    /// What it says, by language tag; the tenant's first language must be there. `{{brand}}` is filled in.
    pub texts: BTreeMap<String, Words>,
}

/// A brand by its id.
pub(crate) async fn brand_of(
    db: &Db,
    tenant: TenantId,
    id: BrandId,
) -> Result<Option<Brand>, StoreError> {
    let all = brands::store::all(db, tenant).await?;
    Ok(all.into_iter().find(|brand| brand.id == id))
}
