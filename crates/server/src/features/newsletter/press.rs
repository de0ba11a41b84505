//! The letters of a newsletter: the one that asks whether an address is its owner's, the welcome, and an issue's.

use base64::Engine;
use lazo_domain::ids::{BrandId, NewsletterIssueId, NewsletterSubscriberId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;

use super::settings::{self, Newsletter};
use super::{Issue, brand_of};
use crate::App;
use crate::features::brands::Brand;
use crate::features::campaigns::content::{fill, words_for};
use crate::features::campaigns::sheet::Sheet;
use crate::features::tenants::{self, Tenant};
use crate::i18n::{Args, Locale};
use crate::mail::{Bulk, Letter};
use crate::secrets::keyed;
use crate::web::assets::short_hash;
use crate::web::kit::BrandKit;

/// What a token of a letter begins with.
pub const PREFIX: &str = "lzn_";
/// Octets of a token: nobody guesses one.
const TOKEN: usize = 24;

/// Everything that letters of a brand's newsletter have in common.
pub struct Press {
    /// Whose.
    pub tenant: Tenant,
    /// In whose name.
    pub brand: Brand,
    /// How the newsletter is set up.
    pub newsletter: Newsletter,
    site: String,
    base: String,
}

impl Press {
    /// What letters of a brand's newsletter need; nothing where it has none, or no portal.
    pub async fn of(
        app: &App,
        tenant: TenantId,
        brand: BrandId,
    ) -> Result<Option<Self>, StoreError> {
        let Some(newsletter) = settings::of(&app.db, tenant, brand).await? else { return Ok(None) };
        let Some(brand) = brand_of(&app.db, tenant, brand).await? else { return Ok(None) };
        let owner = tenants::store::by_id(&app.db, tenant).await?.filter(|tenant| tenant.live);
        let (Some(tenant), Some(site)) = (owner, brand.config.site.clone()) else {
            return Ok(None);
        };
        let base = app.faces.public_url.trim_end_matches('/').to_owned();
        Ok(Some(Self { tenant, brand, newsletter, site, base }))
    }

    /// Asks whether the address is its owner's, who opens the link and presses its button.
    #[must_use]
    pub fn asks(&self, locale: Locale, to: &str, token: &str) -> Letter {
        let link = self.at(&format!("/newsletter/confirm/{token}"));
        self.plain(locale, to, "confirm", Some(("newsletter-confirm-do", link)), &[])
    }

    /// Tells somebody who asks again that he or she is on the list, with the way to the preferences.
    #[must_use]
    pub fn already(&self, locale: Locale, to: &str, token: &str) -> Letter {
        self.plain(locale, to, "already", None, &self.ways(locale, token))
    }

    /// Greets somebody who is on the list now.
    #[must_use]
    pub fn welcome(&self, locale: Locale, to: &str, token: &str) -> Letter {
        let link = self.at("/newsletter/archive");
        let button = Some(("newsletter-archive", link));
        self.plain(locale, to, "welcome", button, &self.ways(locale, token))
    }

    /// The letter of an issue; nothing when it has no words in any of our languages.
    #[must_use]
    pub fn letter(&self, issue: &Issue, reader: Locale, to: &str, token: &str) -> Option<Letter> {
        let (locale, words) = words_for(&issue.texts, reader, self.tenant.config.locale())?;
        let (subject, body) = (self.filled(&words.subject), self.filled(&words.body));
        let link = match words.link.strip_prefix('/') {
            Some(path) => self.at(&format!("/{path}")),
            None => words.link.clone(),
        };
        let button = (!words.button.is_empty()).then(|| (words.button.clone(), link));
        let ways = self.ways(locale, token);
        Some(self.set(locale, to, (subject, &body), button.as_ref(), &ways))
    }

    /// What a letter's head says besides: its own name for ever, and how mail programs leave the list for their reader.
    #[must_use]
    pub fn bulk(&self, name: String, token: &str, at: Timestamp) -> Bulk {
        let unsubscribe = format!("{}/api/v1/newsletter/unsubscribe/{token}", self.base);
        Bulk { name, unsubscribe, at }
    }

    /// The path of the page on which a reader leaves the list.
    #[must_use]
    pub fn way_out(&self, token: &str) -> String {
        format!("/portal/{}/newsletter/leave/{token}", self.site)
    }

    /// A text with the brand's name filled in.
    #[must_use]
    pub fn filled(&self, text: &str) -> String {
        let name = self.brand.config.name.replace(|c: char| c.is_control(), " ");
        // What an issue was kept with was checked.
        fill(text, |_, _| Ok(name.clone())).unwrap_or_else(|_| text.to_owned())
    }

    fn ways(&self, locale: Locale, token: &str) -> [(String, String); 2] {
        let own = self.at(&format!("/newsletter/mine/{token}"));
        let out = format!("{}{}", self.base, self.way_out(token));
        [
            (self.say(locale, "newsletter-letter-own"), own),
            (self.say(locale, "newsletter-letter-leave"), out),
        ]
    }

    /// A letter of the house: its subject and words are texts of ours.
    fn plain(
        &self,
        locale: Locale,
        to: &str,
        key: &str,
        button: Option<(&str, String)>,
        ways: &[(String, String)],
    ) -> Letter {
        let subject = self.say(locale, &format!("newsletter-mail-{key}-subject"));
        let body = self.say(locale, &format!("newsletter-mail-{key}-body"));
        let button = button.map(|(key, link)| (self.say(locale, key), link));
        self.set(locale, to, (subject, &body), button.as_ref(), ways)
    }

    fn set(
        &self,
        locale: Locale,
        to: &str,
        (subject, body): (String, &str),
        button: Option<&(String, String)>,
        ways: &[(String, String)],
    ) -> Letter {
        let config = &self.tenant.config;
        let key = if ways.is_empty() { "newsletter-letter-asked" } else { "newsletter-letter-why" };
        let why = self.say(locale, key);
        let kit: BrandKit = self.brand.config.kit.clone().unwrap_or_default();
        let sheet = Sheet {
            question: None,
            locale,
            brand: &self.brand.config.name,
            kit: &kit,
            body,
            button,
            sender: config.legal_entity.as_ref().unwrap_or(&config.name),
            why: &why,
            ways,
        };
        Letter {
            from_name: self.brand.config.name.clone(),
            to: to.to_owned(),
            subject,
            text: sheet.text(),
            html: sheet.html().into_string(),
        }
    }

    /// What we say in the brand's tone, with its greeting.
    #[must_use]
    pub fn say(&self, locale: Locale, key: &str) -> String {
        let kit = self.brand.config.kit.clone().unwrap_or_default();
        let args = Args::new().text("brand", &self.brand.config.name).text("tone", kit.tone.name());
        locale.text(key, &args.text("greeting", &self.newsletter.settings.greeting))
    }

    fn at(&self, path: &str) -> String {
        format!("{}/portal/{}{path}", self.base, self.site)
    }
}

/// The token of an issue's letter to one subscriber: of the issue's secret, the same whenever the letter is tried again.
#[must_use]
pub fn token(issue: &Issue, to: NewsletterSubscriberId) -> String {
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    format!("{PREFIX}{}", engine.encode(&keyed(&issue.secret, &to.0.to_be_bytes())[..TOKEN]))
}

/// What is kept of an address that nothing is written to: worth nothing without the newsletter's secret.
#[must_use]
pub fn address_hash(newsletter: &Newsletter, email: &str) -> Vec<u8> {
    keyed(&newsletter.secret, email.as_bytes())
}

/// What a letter is called for ever, in its `Message-ID`.
#[must_use]
pub fn name(issue: NewsletterIssueId, to: NewsletterSubscriberId) -> String {
    format!("{issue}.{to}")
}

/// Which letter a `Message-ID` is of.
#[must_use]
pub fn named(message_id: &str) -> Option<(NewsletterIssueId, NewsletterSubscriberId)> {
    let own = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (issue, to) = own.split('@').next()?.split_once('.')?;
    Some((issue.parse().ok()?, to.parse().ok()?))
}

/// What people read when they join, and the beginning of its hash.
#[must_use]
pub fn consent(locale: Locale, brand: &str) -> (String, String) {
    let text = locale.text("newsletter-consent", &Args::new().text("brand", brand));
    let hash = short_hash(&text);
    (text, hash)
}
