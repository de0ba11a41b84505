//! A brand as its portal shows it: name, words, pictures and the style sheet made of its kit.

use std::collections::BTreeMap;

use lazo_domain::ids::{BrandId, ProgramId, TenantId};
use serde::{Deserialize, Serialize};

use super::assets::Asset;
use super::kit::BrandKit;
use crate::i18n::Locale;

/// What a brand says about personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Privacy {
    /// The name of this text, such as its date: whoever joins is noted with it.
    pub version: String,
    /// Where people ask about their data: an address of mail or post.
    pub contact: String,
    /// The text by language; an empty line begins a paragraph.
    pub text: BTreeMap<String, String>,
}

/// Where a brand's support is reached besides the case form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Support {
    /// An address of mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// A number to call, as people write it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// When somebody answers the phone, by language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<String, String>,
    /// Business days until a case has its answer, 1 to 15.
    #[serde(default = "answer_days")]
    #[schema(minimum = 1, maximum = 15)]
    pub answer_days: u8,
}

/// Business days until a case has its answer where a brand says nothing.
const fn answer_days() -> u8 {
    2
}

impl Support {
    /// What is wrong with it: pointer and what to do.
    #[must_use]
    pub fn wrong(&self) -> Vec<(&'static str, &'static str)> {
        let email =
            self.email.as_ref().is_some_and(|email| email.parse::<lettre::Address>().is_err());
        let phone = self.phone.as_ref().is_some_and(|phone| {
            phone.is_empty() || !phone.chars().all(|c| c.is_ascii_digit() || "+ -()".contains(c))
        });
        [
            (email, "/email", "must be an address of mail"),
            (phone, "/phone", "must be a number to call: digits, spaces, +, - and brackets"),
            (!(1..=15).contains(&self.answer_days), "/answer_days", "must be 1 to 15"),
        ]
        .into_iter()
        .filter(|(wrong, ..)| *wrong)
        .map(|(_, pointer, what)| (pointer, what))
        .collect()
    }
}

/// The web shops that show what a basket gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Widget {
    /// Where they are, as browsers name it: `https://shop.example`, without a path.
    pub origins: Vec<String>,
}

impl Widget {
    /// Is every origin one that browsers send?
    #[must_use]
    pub fn is_well_formed(&self) -> bool {
        self.origins.iter().all(|origin| {
            let Ok(uri) = origin.parse::<axum::http::Uri>() else { return false };
            let host = uri.host().unwrap_or_default();
            let own = ["127.0.0.1", "localhost"].contains(&host);
            let safe =
                uri.scheme_str() == Some("https") || (own && uri.scheme_str() == Some("http"));
            let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
            let plain = format!("{}://{authority}", uri.scheme_str().unwrap_or_default());
            safe && !authority.contains('@') && plain == *origin && *origin == origin.to_lowercase()
        })
    }
}

/// A brand with a portal.
#[derive(Debug, Clone)]
pub struct Site {
    /// Whose it is.
    pub tenant: TenantId,
    /// The brand.
    pub brand: BrandId,
    /// Its name, as consumers know it.
    pub name: String,
    /// The path of its portal: `/portal/aurora`.
    pub base: String,
    /// How it looks and speaks.
    pub kit: BrandKit,
    /// Its programs, the first one first.
    pub programs: Vec<ProgramId>,
    /// The languages it speaks, the first by preference.
    pub locales: Vec<Locale>,
    /// The legal entity that owes the points.
    pub legal_entity: String,
    /// What it says about personal data.
    pub privacy: Option<Privacy>,
    /// Where its support is reached.
    pub support: Option<Support>,
    /// The web shops that show what a basket gives.
    pub widget: Option<Widget>,
    sheet: Asset,
    mark: Option<Asset>,
    art: Vec<(String, Asset)>,
}

/// What a site is made of besides its kit.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Whose it is.
    pub tenant: TenantId,
    /// The brand.
    pub brand: BrandId,
    /// Its name.
    pub name: String,
    /// The word in its path.
    pub site: String,
    /// Its programs.
    pub programs: Vec<ProgramId>,
    /// The languages it speaks.
    pub locales: Vec<Locale>,
    /// The legal entity that owes the points.
    pub legal_entity: String,
    /// What it says about personal data.
    pub privacy: Option<Privacy>,
    /// Where its support is reached.
    pub support: Option<Support>,
    /// The web shops that show what a basket gives.
    pub widget: Option<Widget>,
}

impl Site {
    /// Puts a site together.
    #[must_use]
    pub fn new(facts: Facts, kit: BrandKit) -> Self {
        const SVG: &str = "image/svg+xml";
        let base = format!("/portal/{}", facts.site);
        let below = format!("{base}/brand/");
        let sheet = Asset::new(&below, "brand", "css", "text/css; charset=utf-8", kit.css());
        let mark = kit.mark.clone().map(|svg| Asset::new(&below, "mark", "svg", SVG, svg));
        let art = kit
            .art
            .iter()
            .map(|(code, svg)| (code.clone(), Asset::new(&below, code, "svg", SVG, svg.clone())));
        let art = art.collect();
        let Facts {
            tenant,
            brand,
            name,
            programs,
            locales,
            legal_entity,
            privacy,
            support,
            widget,
            ..
        } = facts;
        Self {
            tenant,
            brand,
            name,
            base,
            kit,
            programs,
            locales,
            legal_entity,
            privacy,
            support,
            widget,
            sheet,
            mark,
            art,
        }
    }

    /// Business days until a case has its answer.
    #[must_use]
    pub fn answer_days(&self) -> u8 {
        self.support.as_ref().map_or_else(answer_days, |support| support.answer_days)
    }

    /// Where its style sheet lies.
    #[must_use]
    pub fn sheet(&self) -> &str {
        &self.sheet.path
    }

    /// Where its mark lies.
    #[must_use]
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_ref().map(|asset| asset.path.as_str())
    }

    /// Where the picture of a reward lies.
    #[must_use]
    pub fn art(&self, code: &str) -> Option<&str> {
        self.art.iter().find(|(of, _)| of == code).map(|(_, asset)| asset.path.as_str())
    }

    /// The file of a path below the site's own.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&Asset> {
        let all = self.art.iter().map(|(_, asset)| asset);
        all.chain(self.mark.as_ref()).chain([&self.sheet]).find(|asset| asset.path == path)
    }
}
