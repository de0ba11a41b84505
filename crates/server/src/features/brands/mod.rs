//! Brands: the faces a tenant shows to consumers, each with the kit that says how it looks and speaks.

pub mod api;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::program::ConfigError;
use serde::{Deserialize, Serialize};

use super::tenants::code_error;
use crate::web::kit::BrandKit;
use crate::web::site::{Privacy, Support, Widget};

/// Words of a portal's path that are taken.
const TAKEN: [&str; 3] = ["api", "assets", "console"];

/// A brand as people write it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BrandConfig {
    /// Its code within the tenant. Never changes.
    pub code: String,
    /// Its name, as consumers know it.
    pub name: String,
    /// The word in its portal's path, unique in the installation; without one it has no portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// How it looks and speaks; plain and friendly when nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kit: Option<BrandKit>,
    /// What it says about personal data: linked where people join and at the foot of every page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    /// Where its support is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support: Option<Support>,
    /// The web shops that show what a basket gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub widget: Option<Widget>,
}

/// A brand as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// Whose it is.
    pub tenant: TenantId,
    /// What people wrote.
    pub config: BrandConfig,
}

impl BrandConfig {
    /// Everything wrong with it; pointers are relative to the brand.
    #[must_use]
    pub fn check(&self) -> Vec<ConfigError> {
        let nameless = self.name.trim().is_empty();
        let name = nameless.then(|| ConfigError::new("/name", "say its name"));
        let site = self.site.iter().flat_map(|site| {
            let taken = TAKEN.contains(&site.as_str());
            let taken =
                taken.then(|| ConfigError::new("/site", "the word is taken; choose another"));
            code_error("/site", site).into_iter().chain(taken)
        });
        let kit = self.kit.iter().flat_map(BrandKit::check).map(|error| ConfigError {
            pointer: format!("/kit{}", error.pointer),
            message: error.message,
        });
        let privacy = self.privacy.iter().flat_map(|privacy| {
            let text = &privacy.text;
            let texts = text.is_empty() || text.values().any(|text| text.trim().is_empty());
            [
                (privacy.version.trim().is_empty(), "/privacy/version", "name this text"),
                (privacy.contact.trim().is_empty(), "/privacy/contact", "say where people ask"),
                (texts, "/privacy/text", "say it in at least one language"),
            ]
        });
        let privacy = privacy
            .filter(|(missing, ..)| *missing)
            .map(|(_, pointer, message)| ConfigError::new(pointer, message));
        let support = self.support.iter().flat_map(Support::wrong);
        let support =
            support.map(|(pointer, what)| ConfigError::new(format!("/support{pointer}"), what));
        let bad = self.widget.as_ref().is_some_and(|widget| !widget.is_well_formed());
        let why = "each must be like https://shop.example, without a path";
        let widget = bad.then(|| ConfigError::new("/widget/origins", why));
        let own = code_error("/code", &self.code).into_iter();
        own.chain(name).chain(site).chain(kit).chain(privacy).chain(support).chain(widget).collect()
    }
}
