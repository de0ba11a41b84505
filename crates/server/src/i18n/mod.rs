//! Words and formats for people: Fluent texts from `locales/<lang>/<noun>.ftl`, compiled in. No text of a noun here.

mod formats;
#[cfg(test)]
mod tests;
pub mod typed;

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language and region that Lazo speaks. Spanish comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Locale {
    /// Spanish of Spain.
    #[default]
    EsEs,
    /// Spanish of Mexico: what it does not say itself is said as in Spain.
    EsMx,
    /// English.
    En,
}

macro_rules! nouns {
    ($($noun:literal),* $(,)?) => {
        /// Every locale file: locale, noun, text. A new noun is one more word in the list below.
        const FILES: &[(Locale, &str, &str)] = &[$(
            (Locale::EsEs, $noun, include_str!(concat!("../../../../locales/es-ES/", $noun, ".ftl"))),
            (Locale::EsMx, $noun, include_str!(concat!("../../../../locales/es-MX/", $noun, ".ftl"))),
            (Locale::En, $noun, include_str!(concat!("../../../../locales/en/", $noun, ".ftl"))),
        )*];
    };
}

nouns!(
    "accounts",
    "adjustments",
    "alignment",
    "brand-kit",
    "campaigns",
    "cases",
    "consents",
    "dashboard",
    "discovery",
    "dossiers",
    "drafts",
    "help",
    "home",
    "imports",
    "invitations",
    "missions",
    "transfers",
    "value",
    "journeys",
    "kpis",
    "ledger",
    "me",
    "measures",
    "merges",
    "merging",
    "newsletter",
    "passkeys",
    "pos",
    "problems",
    "push",
    "recommendations",
    "redemptions",
    "registers",
    "reports",
    "requests",
    "rewards",
    "segments",
    "sessions",
    "styleguide",
    "team",
    "technology",
    "tiers",
    "two-files",
    "vouchers",
    "wallet-passes",
    "web",
    "webhooks",
    "widget",
    "workspace",
);

/// The named values of a text.
#[derive(Default)]
pub struct Args(FluentArgs<'static>);

impl Args {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A value that is shown as it is.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.set(name, FluentValue::from(value.into()));
        self
    }

    /// A count that chooses between singular and plural; it is never shown, the formatted text is.
    #[must_use]
    pub fn count(mut self, name: &'static str, value: i64) -> Self {
        // Plural rules look at small numbers only, and Fluent keeps numbers as floats.
        self.0.set(name, FluentValue::from(value.clamp(-1_000_000, 1_000_000)));
        self
    }
}

impl Locale {
    /// Every locale.
    pub const ALL: [Self; 3] = [Self::EsEs, Self::EsMx, Self::En];

    /// The tag, such as `es-ES`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::EsEs => "es-ES",
            Self::EsMx => "es-MX",
            Self::En => "en",
        }
    }

    /// The text of `key`, with `args` filled in. A key that no file has is shown as the key itself.
    #[must_use]
    pub fn text(self, key: &str, args: &Args) -> String {
        let bundle = &BUNDLES[self as usize];
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, locale = self.tag(), "no such text");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&args.0), &mut errors);
        if !errors.is_empty() {
            tracing::error!(key, locale = self.tag(), ?errors, "a text lacks a value");
        }
        text.into_owned()
    }

    /// Is there a text of `key`?
    #[must_use]
    pub fn knows(self, key: &str) -> bool {
        BUNDLES[self as usize].get_message(key).is_some()
    }

    /// Of names by locale, the one to show: this locale's, its language's, or any.
    #[must_use]
    pub fn pick(self, names: &std::collections::BTreeMap<String, String>) -> Option<&str> {
        let language = self.tag().split('-').next().unwrap_or_default();
        names
            .get(self.tag())
            .or_else(|| names.get(language))
            .or_else(|| {
                names.iter().find(|(tag, _)| tag.starts_with(language)).map(|(_, name)| name)
            })
            .or_else(|| names.values().next())
            .map(String::as_str)
    }
}

impl FromStr for Locale {
    type Err = String;

    /// Reads a tag; another region of a language that Lazo speaks gets the nearest one.
    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.replace('_', "-").to_ascii_lowercase();
        match lower.split('-').next().unwrap_or_default() {
            "es" if matches!(lower.as_str(), "es" | "es-es") => Ok(Self::EsEs),
            "es" => Ok(Self::EsMx),
            "en" => Ok(Self::En),
            _ => Err(format!("`{text}` is not one of es-ES, es-MX and en")),
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

static BUNDLES: LazyLock<[FluentBundle<FluentResource>; 3]> =
    LazyLock::new(|| Locale::ALL.map(bundle));

fn bundle(locale: Locale) -> FluentBundle<FluentResource> {
    let tag = match locale {
        Locale::EsEs => unic_langid::langid!("es-ES"),
        Locale::EsMx => unic_langid::langid!("es-MX"),
        Locale::En => unic_langid::langid!("en"),
    };
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    let base = if locale == Locale::EsMx { Locale::EsEs } else { locale };
    for wanted in [base, locale] {
        for (_, noun, text) in FILES.iter().filter(|(of, _, _)| *of == wanted) {
            let resource =
                FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(part, errors)| {
                    tracing::error!(
                        noun,
                        locale = wanted.tag(),
                        ?errors,
                        "a locale file is malformed"
                    );
                    part
                });
            bundle.add_resource_overriding(resource);
        }
    }
    bundle
}
