//! Tenants: the client companies of the installation. Everything else belongs to exactly one of them.

pub mod api;
mod attributes;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;

use lazo_domain::ids::TenantId;
use lazo_domain::money::Currency;
use lazo_domain::program::ConfigError;
use lazo_domain::time::{Timestamp, Zone};
use serde::{Deserialize, Serialize};

pub use attributes::{AttributeRule, AttributeSchema, AttributeType, Attributes};

use crate::i18n::Locale;

/// A tenant as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantConfig {
    /// Its code, unique in the installation. Never changes.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The legal entity that owes the points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_entity: Option<String>,
    /// ISO 3166 code of its country, two letters.
    pub country: String,
    /// IANA name of the zone its working days are of.
    #[schema(value_type = String, example = "Europe/Madrid")]
    pub time_zone: Zone,
    /// ISO 4217 code of its base currency.
    #[schema(value_type = String, example = "EUR")]
    pub currency: Currency,
    /// The languages it speaks, the first by preference.
    #[serde(default)]
    pub locales: Vec<String>,
    /// Is it a place to try things out, with a test clock? Never changes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sandbox: bool,
    /// How many days late a till may tell of a sale; 7 when nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 365)]
    pub late_sale_days: Option<u16>,
    /// Which attributes its members may have.
    #[serde(default, skip_serializing_if = "no_attributes")]
    pub member_attributes: AttributeSchema,
}

fn no_attributes(schema: &AttributeSchema) -> bool {
    schema.0.is_empty()
}

/// A tenant as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// What people wrote.
    pub config: TenantConfig,
    /// Where its test clock stands; `None` goes with the real one.
    pub clock_at: Option<Timestamp>,
    /// Is it in use? A sandbox that was reset is not.
    pub live: bool,
    /// Grows with every change of configuration.
    pub config_version: i64,
    /// Does anybody listen to its messages?
    pub heard: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How many days late a till may tell of a sale, when the tenant does not say.
pub const LATE_SALE_DAYS: u16 = 7;
/// The most that a tenant may say.
const MAX_LATE_DAYS: u16 = 365;

impl TenantConfig {
    /// Everything wrong with it; pointers are relative to the tenant.
    #[must_use]
    pub fn check(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        errors.extend(code_error("/code", &self.code));
        if self.name.trim().is_empty() {
            errors.push(ConfigError::new("/name", "say its name"));
        }
        if self.country.len() != 2 || !self.country.bytes().all(|b| b.is_ascii_uppercase()) {
            errors.push(ConfigError::new(
                "/country",
                "use the two letters of ISO 3166, such as ES or MX",
            ));
        }
        for (at, locale) in self.locales.iter().enumerate() {
            if let Err(why) = locale.parse::<Locale>() {
                errors.push(ConfigError::new(format!("/locales/{at}"), why));
            }
        }
        if self.late_sale_days.is_some_and(|days| days > MAX_LATE_DAYS) {
            errors.push(ConfigError::new("/late_sale_days", "say at most 365 days"));
        }
        for (name, rule) in &self.member_attributes.0 {
            let at = format!("/member_attributes/{name}");
            errors.extend(code_error(&at, name));
            if !rule.choices.is_empty() && rule.kind != AttributeType::Text {
                errors.push(ConfigError::new(format!("{at}/choices"), "only a text has choices"));
            }
        }
        errors
    }

    /// The language to speak when nobody asked for another.
    #[must_use]
    pub fn locale(&self) -> Locale {
        self.locales.first().and_then(|tag| tag.parse().ok()).unwrap_or_default()
    }
}

impl From<&Tenant> for crate::http::Tenancy {
    fn from(tenant: &Tenant) -> Self {
        Self {
            id: tenant.id,
            code: tenant.config.code.clone(),
            name: tenant.config.name.clone(),
            live: tenant.live,
            sandbox: tenant.config.sandbox,
            clock_at: tenant.clock_at,
            zone: tenant.config.time_zone.clone(),
            country: tenant.config.country.clone(),
            config_version: tenant.config_version,
        }
    }
}

impl Tenant {
    /// What time it is for this tenant: its test clock's, else the real one's.
    #[must_use]
    pub fn now(&self, clock: Timestamp) -> Timestamp {
        self.clock_at.unwrap_or(clock)
    }
}

/// What is wrong with a code, if anything is.
#[must_use]
pub fn code_error(at: &str, code: &str) -> Option<ConfigError> {
    let fits = (1..=60).contains(&code.len())
        && code
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
    (!fits).then(|| ConfigError::new(at, "use 1 to 60 of a-z, 0-9, - and _"))
}
