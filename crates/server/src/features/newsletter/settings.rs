//! How a brand's newsletter is set up: whether people may join it, how it greets them, and what it is about.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::ids::{BrandId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Db, Row, StoreError, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::brands::{self, Brand};
use crate::http::{FieldError, Problem, Scope};
use crate::i18n::Locale;

/// How a new reader is greeted: by the usual words, or by those that a brand may prefer.
pub const GREETINGS: [&str; 2] = ["plain", "inclusive"];
/// The most topics: more are no choice but a form.
const MAX_TOPICS: usize = 8;
/// Octets of the secret that addresses are hashed with.
const SECRET: usize = 32;

/// A brand's newsletter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newsletter {
    /// Which brand's.
    pub brand: BrandId,
    /// How it is set up.
    pub settings: Settings,
    /// What addresses are hashed with.
    pub secret: Vec<u8>,
}

/// How a newsletter is set up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewsletterSettings)]
pub struct Settings {
    /// May people join it?
    pub open: bool,
    /// How a new reader is greeted in Spanish: `plain` («¡Te damos la bienvenida!») or `inclusive` («¡Bienvenid@!»).
    #[serde(default = "usual_greeting")]
    pub greeting: String,
    /// What it is about: readers may leave some out.
    #[serde(default)]
    #[schema(max_items = 8)]
    pub topics: Vec<Topic>,
}

/// Something that a newsletter is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewsletterTopic)]
pub struct Topic {
    /// Its code.
    pub code: String,
    /// What readers see, by language.
    pub name: BTreeMap<String, String>,
}

fn usual_greeting() -> String {
    GREETINGS[0].to_owned()
}

impl Default for Settings {
    fn default() -> Self {
        Self { open: false, greeting: usual_greeting(), topics: Vec::new() }
    }
}

impl Settings {
    /// The name of a topic for a reader.
    #[must_use]
    pub fn topic(&self, code: &str, locale: Locale) -> Option<&str> {
        let topic = self.topics.iter().find(|topic| topic.code == code)?;
        Some(locale.pick(&topic.name).unwrap_or(&topic.code))
    }

    fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut wrong = |pointer: String, detail: &str| {
            let (code, detail) = ("invalid".to_owned(), detail.to_owned());
            errors.push(FieldError { pointer, code, detail });
        };
        if !GREETINGS.contains(&self.greeting.as_str()) {
            wrong("/greeting".to_owned(), "must be plain or inclusive");
        }
        if self.topics.len() > MAX_TOPICS {
            wrong("/topics".to_owned(), "has at most 8");
        }
        let mut codes = BTreeSet::new();
        for (at, topic) in self.topics.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            let fits = (1..=40).contains(&topic.code.len()) && topic.code.chars().all(plain);
            if !fits || !codes.insert(&topic.code) {
                wrong(format!("/topics/{at}/code"), "must be 1 to 40 of a-z, 0-9 and -, each once");
            }
            let named = |name: &String| (1..=60).contains(&name.trim().chars().count());
            if topic.name.is_empty() || !topic.name.values().all(named) {
                wrong(format!("/topics/{at}/name"), "name it in 1 to 60 characters");
            }
        }
        errors
    }
}

/// A brand's newsletter; nothing when nobody set one up.
pub async fn of(
    db: &Db,
    tenant: TenantId,
    brand: BrandId,
) -> Result<Option<Newsletter>, StoreError> {
    let sql = "select brand, is_open, greeting, topics, secret from newsletter where tenant = $1 and brand = $2";
    db.query_one(sql, params![tenant.0, brand.0]).await?.as_ref().map(newsletter).transpose()
}

/// May people join the newsletter of a brand?
pub async fn is_open(db: &Db, tenant: TenantId, brand: BrandId) -> Result<bool, StoreError> {
    Ok(of(db, tenant, brand).await?.is_some_and(|newsletter| newsletter.settings.open))
}

/// The brand of a code, with its newsletter as it is set up.
pub async fn named(
    scope: &Scope<App>,
    code: &str,
) -> Result<Option<(Brand, Option<Newsletter>)>, StoreError> {
    let db = &scope.app.db;
    let Some(brand) = brands::store::by_code(db, scope.tenant, code).await? else {
        return Ok(None);
    };
    let newsletter = of(db, scope.tenant, brand.id).await?;
    Ok(Some((brand, newsletter)))
}

/// Sets a brand's newsletter up. It needs a portal, where people join and leave.
pub async fn set(scope: &Scope<App>, code: &str, wanted: &Settings) -> Result<(), Problem> {
    let missing = || Problem::not_found("newsletter_not_found");
    let (brand, before) = named(scope, code).await?.ok_or_else(missing)?;
    let errors = wanted.check();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    if brand.config.site.is_none() {
        return Err(Problem::new(409, "newsletter_no_portal"));
    }
    let mut fresh = [0; SECRET];
    scope.app.entropy.fill(&mut fresh);
    // The secret stays: with another one no address would be known again.
    let secret = before.map_or_else(|| fresh.to_vec(), |before| before.secret);
    let now: Timestamp = scope.caller.real_now;
    let sql = "insert into newsletter (tenant, brand, is_open, greeting, topics, secret, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (tenant, brand) do update set is_open = excluded.is_open,
            greeting = excluded.greeting, topics = excluded.topics, changed_at = excluded.changed_at";
    let topics = serde_json::to_string(&wanted.topics);
    let topics = topics.map_err(|error| StoreError::Shape(error.to_string()))?;
    let row = params![
        scope.tenant.0,
        brand.id.0,
        i64::from(wanted.open),
        &wanted.greeting,
        topics,
        secret.as_slice(),
        now.0
    ];
    let mut tx = scope.app.db.begin().await?;
    tx.execute(sql, row).await?;
    let detail = json!({ "open": wanted.open, "greeting": wanted.greeting });
    audit::record(&mut tx, &Deed::of(scope, "newsletter.set", &brand.config.code, detail)).await?;
    tx.commit().await?;
    Ok(())
}

fn newsletter(row: &Row) -> Result<Newsletter, StoreError> {
    let topics = serde_json::from_str(row.text("topics")?);
    let topics = topics.map_err(|error| StoreError::Corrupt(format!("newsletter: {error}")))?;
    let (open, greeting) = (row.int("is_open")? != 0, row.text("greeting")?.to_owned());
    Ok(Newsletter {
        brand: BrandId(row.int("brand")?),
        settings: Settings { open, greeting, topics },
        secret: row.bytes("secret")?.to_vec(),
    })
}
