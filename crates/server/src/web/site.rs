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
        let Facts { tenant, brand, name, programs, locales, legal_entity, privacy, .. } = facts;
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
            sheet,
            mark,
            art,
        }
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
