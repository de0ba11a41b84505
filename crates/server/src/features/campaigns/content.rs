//! What a campaign says: variants with their words by language, and the few places in them that are filled in.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::FieldError;
use crate::i18n::Locale;

/// The most variants: each more makes every one of them say less.
const MAX_VARIANTS: usize = 4;
/// The longest subject that mail programs show.
const MAX_SUBJECT: usize = 150;
/// The longest letter.
const MAX_BODY: usize = 4_000;
/// Places that every letter may have; the members' attributes come besides.
pub const PLACES: [&str; 4] = ["points", "tier", "program", "brand"];

/// Everything that a campaign says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignContent)]
pub struct Content {
    /// One, or several that are compared.
    pub variants: Vec<Variant>,
}

/// One way of saying it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignVariant)]
pub struct Variant {
    /// `A`, `B`, …
    pub name: String,
    /// Its share among the variants.
    #[schema(minimum = 1, maximum = 100)]
    pub weight: i64,
    /// The words by language tag; the tenant's first language must be there.
    pub texts: BTreeMap<String, Words>,
}

/// The words of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CampaignWords)]
pub struct Words {
    /// What it is about.
    pub subject: String,
    /// Paragraphs with an empty line between them.
    pub body: String,
    /// What the button says; without it there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub button: String,
    /// Where the button leads: `https://…`, or a path of the brand's portal such as `/rewards`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
}

impl Content {
    /// The variant of a name.
    #[must_use]
    pub fn variant(&self, name: &str) -> Option<&Variant> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Everything wrong with it: `main` is the language that must be there, `attributes` what members have.
    #[must_use]
    pub fn check(&self, main: Locale, attributes: &BTreeSet<String>) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let wrong = |errors: &mut Vec<FieldError>, pointer: String, detail: String| {
            let code = "invalid".to_owned();
            errors.push(FieldError { pointer, code, detail });
        };
        if !(1..=MAX_VARIANTS).contains(&self.variants.len()) {
            wrong(&mut errors, "/content/variants".into(), format!("have 1 to {MAX_VARIANTS}"));
        }
        let mut names = BTreeSet::new();
        for (at, variant) in self.variants.iter().enumerate() {
            let base = format!("/content/variants/{at}");
            let fits = variant.name.len() == 1 && variant.name.as_bytes()[0].is_ascii_uppercase();
            if !fits || !names.insert(&variant.name) {
                wrong(
                    &mut errors,
                    format!("{base}/name"),
                    "name each with another letter, A to Z".into(),
                );
            }
            if !(1..=100).contains(&variant.weight) {
                wrong(&mut errors, format!("{base}/weight"), "must be 1 to 100".into());
            }
            if main.pick(&variant.subjects()).is_none() || !has(&variant.texts, main) {
                wrong(&mut errors, format!("{base}/texts"), format!("write it in {main} at least"));
            }
            errors.extend(check_texts(
                &variant.texts,
                &format!("{base}/texts"),
                &PLACES,
                attributes,
            ));
        }
        errors
    }
}

/// Everything wrong with words by language; `base` points to them, `places` and `attributes` are what may be filled in.
#[must_use]
pub fn check_texts(
    texts: &BTreeMap<String, Words>,
    base: &str,
    places: &[&str],
    attributes: &BTreeSet<String>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong = |pointer: String, detail: String| {
        let code = "invalid".to_owned();
        errors.push(FieldError { pointer, code, detail });
    };
    for (tag, words) in texts {
        let at = format!("{base}/{tag}");
        if tag.parse::<Locale>().is_err() {
            wrong(at.clone(), "is no language of ours".into());
        }
        for (field, why) in words.check(places, attributes) {
            wrong(format!("{at}/{field}"), why);
        }
    }
    errors
}

/// Are there words in a language, whatever country's?
#[must_use]
pub fn has(texts: &BTreeMap<String, Words>, locale: Locale) -> bool {
    let language = locale.tag().split('-').next().unwrap_or_default();
    texts.keys().any(|tag| tag.starts_with(language))
}

/// The words for a reader, and the language they are in: the reader's if it is there, else `main`.
#[must_use]
pub fn words_for(
    texts: &BTreeMap<String, Words>,
    reader: Locale,
    main: Locale,
) -> Option<(Locale, &Words)> {
    let exact = |locale: Locale| texts.get(locale.tag()).map(|words| (locale, words));
    let near = |locale: Locale| {
        let language = locale.tag().split('-').next().unwrap_or_default();
        let (tag, words) = texts.iter().find(|(tag, _)| tag.starts_with(language))?;
        Some((tag.parse().unwrap_or(locale), words))
    };
    exact(reader).or_else(|| near(reader)).or_else(|| exact(main)).or_else(|| near(main))
}

impl Variant {
    fn subjects(&self) -> BTreeMap<String, String> {
        self.texts.iter().map(|(tag, words)| (tag.clone(), words.subject.clone())).collect()
    }

    /// The words for a reader, and the language they are in: the reader's if it is there, else the tenant's.
    #[must_use]
    pub fn words(&self, reader: Locale, main: Locale) -> Option<(Locale, &Words)> {
        words_for(&self.texts, reader, main)
    }
}

impl Words {
    fn check(&self, places: &[&str], attributes: &BTreeSet<String>) -> Vec<(&'static str, String)> {
        let mut errors = Vec::new();
        let length = self.subject.trim().chars().count();
        if !(1..=MAX_SUBJECT).contains(&length) || self.subject.chars().any(char::is_control) {
            errors
                .push(("subject", format!("must have 1 to {MAX_SUBJECT} characters in one line")));
        }
        if !(1..=MAX_BODY).contains(&self.body.trim().chars().count()) {
            errors.push(("body", format!("must have 1 to {MAX_BODY} characters")));
        }
        if self.button.is_empty() != self.link.is_empty() || self.button.chars().count() > 60 {
            errors.push(("button", "needs words, 60 characters at most, and a link".into()));
        }
        let portal = self.link.starts_with('/') && !self.link.starts_with("//");
        let safe = self.link.starts_with("https://") || portal || self.link.is_empty();
        if !safe || self.link.contains(|c: char| c.is_whitespace() || c.is_control()) {
            let why = "must begin with https://, or with / for a page of the portal";
            errors.push(("link", why.into()));
        }
        for (field, text) in [("subject", &self.subject), ("body", &self.body)] {
            if let Err(why) = fill(text, |name, fallback| known(name, fallback, places, attributes))
            {
                errors.push((field, why));
            }
        }
        errors
    }
}

fn known(
    name: &str,
    fallback: Option<&str>,
    places: &[&str],
    attributes: &BTreeSet<String>,
) -> Result<String, String> {
    if places.contains(&name) {
        return Ok(String::new());
    }
    if !attributes.contains(name) {
        let own = attributes.iter().map(String::as_str);
        let all: Vec<&str> = places.iter().copied().chain(own).collect();
        return Err(format!("`{name}` is not known; a letter may have {}", all.join(", ")));
    }
    match fallback {
        Some(_) => Ok(String::new()),
        None => Err(format!("say what stands there when it is not known: {{{{{name}|…}}}}")),
    }
}

/// A text with its places filled in: `{{name}}` or `{{name|what stands there when it is not known}}`.
pub fn fill(
    text: &str,
    mut value: impl FnMut(&str, Option<&str>) -> Result<String, String>,
) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((inner, after)) = after.split_once("}}") else {
            return Err("a place begins with {{ and does not end with }}".to_owned());
        };
        let (name, fallback) = match inner.split_once('|') {
            Some((name, fallback)) => (name.trim(), Some(fallback.trim())),
            None => (inner.trim(), None),
        };
        out.push_str(before);
        out.push_str(&value(name, fallback)?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}
