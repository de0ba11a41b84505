//! A brand's kit: colours, type, corners, tone and pictures, checked, and made into a style sheet of custom properties.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lazo_domain::program::ConfigError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The longest picture, in octets.
const MAX_PICTURE: usize = 16_000;
/// The most pictures.
const MAX_PICTURES: usize = 60;
/// What no picture may hold: scripts, styles and whatever would be fetched from elsewhere.
const NOT_IN_PICTURES: [&str; 9] =
    ["<script", "<style", "style=", "<foreignobject", "href", "url(", "<!", "<?", " on"];

/// How a brand speaks to its members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// As to a friend.
    #[default]
    Tu,
    /// As to a guest.
    Usted,
}

impl Tone {
    /// The name that texts choose by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tu => "tu",
            Self::Usted => "usted",
        }
    }
}

/// How a brand looks and speaks.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BrandKit {
    /// How it speaks to members.
    pub tone: Tone,
    /// Its mark, as SVG without text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
    /// Type.
    pub letters: Letters,
    /// Corners.
    pub corners: Corners,
    /// Colours by day.
    pub light: Palette,
    /// Colours by night, drawn and not turned around.
    pub dark: Palette,
    /// Pictures of rewards by their codes, as SVG.
    pub art: BTreeMap<String, String>,
}

/// Type: lists of font families that readers have, and how the brand sets them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Letters {
    /// For running text.
    pub text: Vec<String>,
    /// For headings and the large number; those of running text when empty.
    pub display: Vec<String>,
    /// The weight of headings, 100 to 900.
    pub display_weight: u16,
    /// The weight of the large number.
    pub number_weight: u16,
    /// The weight of the brand's name.
    pub wordmark_weight: u16,
    /// Space between the letters of the brand's name, in hundredths of their size.
    pub wordmark_spacing: i16,
    /// Space between the digits of the large number, in hundredths of their size.
    pub number_spacing: i16,
    /// How the name is written: `none`, `lowercase` or `uppercase`.
    pub wordmark_case: String,
}

/// Corners, in pixels, and how lines end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Corners {
    /// Of pictures and panels.
    pub panel: u16,
    /// Of fields.
    pub field: u16,
    /// Of the card.
    pub card: u16,
    /// Of buttons.
    pub button: u16,
    /// Do lines end round?
    pub round_lines: bool,
}

impl Default for Letters {
    fn default() -> Self {
        Self {
            text: vec!["system-ui".to_owned(), "sans-serif".to_owned()],
            display: Vec::new(),
            display_weight: 600,
            number_weight: 600,
            wordmark_weight: 600,
            wordmark_spacing: 0,
            number_spacing: -2,
            wordmark_case: "none".to_owned(),
        }
    }
}

impl Default for Corners {
    fn default() -> Self {
        Self { panel: 12, field: 8, card: 16, button: 8, round_lines: true }
    }
}

macro_rules! palette {
    ($($name:ident $css:literal $light:literal: $doc:literal),* $(,)?) => {
        /// Colours as `#rrggbb`, by what they are for.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct Palette {
            $(#[doc = $doc] pub $name: String,)*
        }

        impl Default for Palette {
            fn default() -> Self {
                Self { $($name: $light.to_owned(),)* }
            }
        }

        impl Palette {
            /// Every colour with its custom property and its field.
            pub(super) fn all(&self) -> Vec<(&'static str, &'static str, &str)> {
                vec![$(($css, stringify!($name), self.$name.as_str()),)*]
            }
        }
    };
}

palette! {
    paper "paper" "#f7f7f5": "The page.",
    surface "surface" "#ffffff": "What lies on it.",
    tint "tint" "#ecece8": "Behind pictures.",
    ink "ink" "#1b1c1e": "Text.",
    muted "muted" "#5b5e63": "Text of less weight.",
    line "line" "#dcdcd8": "Lines that part.",
    strong_line "strong-line" "#84878c": "Lines around fields.",
    accent "accent" "#2b4c9b": "The one accent.",
    accent_ink "accent-ink" "#ffffff": "Text on the accent.",
    link "link" "#2b4c9b": "Links.",
    focus "focus" "#1b1c1e": "The ring around what is chosen.",
    positive "positive" "#1e6b3c": "Gained, done.",
    warning "warning" "#8f5f00": "Look out.",
    danger "danger" "#b3261e": "Wrong, lost.",
    card "card" "#2b4c9b": "The card.",
    card_ink "card-ink" "#ffffff": "Text on the card.",
    card_muted "card-muted" "#dde4f5": "Text of less weight on the card.",
    card_line "card-line" "#5c77b8": "Lines on the card.",
    card_ring "card-ring" "#ffffff": "The ring of progress on the card.",
}

/// Text, ground, and the least contrast between them, in hundredths (WCAG 2.2, 1.4.3 and 1.4.11).
pub(super) const PAIRS: [(&str, &str, u32); 18] = [
    ("ink", "paper", 450),
    ("ink", "surface", 450),
    ("ink", "tint", 450),
    ("muted", "paper", 450),
    ("muted", "surface", 450),
    ("link", "paper", 450),
    ("link", "surface", 450),
    ("link", "tint", 300),
    ("accent_ink", "accent", 450),
    ("positive", "paper", 450),
    ("positive", "surface", 450),
    ("danger", "paper", 450),
    ("danger", "surface", 450),
    ("strong_line", "paper", 300),
    ("strong_line", "surface", 300),
    ("focus", "paper", 300),
    ("card_ink", "card", 450),
    ("card_muted", "card", 450),
];

impl BrandKit {
    /// Everything wrong with it; pointers are relative to the kit.
    #[must_use]
    pub fn check(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        for (at, palette) in [("/light", &self.light), ("/dark", &self.dark)] {
            errors.extend(palette.check(at));
        }
        let families = self.letters.text.iter().chain(&self.letters.display);
        if !families.clone().all(|family| is_family(family)) || self.letters.text.is_empty() {
            let why = "name font families with letters, digits, spaces and hyphens";
            errors.push(ConfigError::new("/letters/text", why));
        }
        let cases = ["none", "lowercase", "uppercase"];
        if !cases.contains(&self.letters.wordmark_case.as_str()) {
            let why = "say none, lowercase or uppercase";
            errors.push(ConfigError::new("/letters/wordmark_case", why));
        }
        for (at, weight) in [
            ("display_weight", self.letters.display_weight),
            ("number_weight", self.letters.number_weight),
            ("wordmark_weight", self.letters.wordmark_weight),
        ] {
            if !(100..=900).contains(&weight) {
                errors.push(ConfigError::new(format!("/letters/{at}"), "say 100 to 900"));
            }
        }
        errors.extend(self.check_pictures());
        errors
    }

    fn check_pictures(&self) -> Vec<ConfigError> {
        let mut errors = Vec::new();
        let mark = self.mark.iter().map(|svg| ("/mark".to_owned(), svg));
        let art = self.art.iter().map(|(code, svg)| (format!("/art/{code}"), svg));
        for (at, svg) in mark.chain(art) {
            errors.extend(picture_fault(svg).map(|why| ConfigError::new(at, why)));
        }
        let odd = |code: &String| {
            !code
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
        };
        if self.art.len() > MAX_PICTURES || self.art.keys().any(odd) {
            let why = format!("give at most {MAX_PICTURES} pictures, by codes of rewards");
            errors.push(ConfigError::new("/art", why));
        }
        errors
    }

    /// The style sheet: custom properties by day and by night.
    #[must_use]
    pub fn css(&self) -> String {
        let Letters { text, display, .. } = &self.letters;
        let display = if display.is_empty() { text } else { display };
        let corners = &self.corners;
        let cap = if corners.round_lines { "round" } else { "butt" };
        let mut out = String::from(":root{");
        for (name, value) in [
            ("font", families(text)),
            ("font-display", families(display)),
            ("display-weight", self.letters.display_weight.to_string()),
            ("display-spacing", "0".to_owned()),
            ("number-weight", self.letters.number_weight.to_string()),
            ("number-spacing", hundredths(self.letters.number_spacing)),
            ("wordmark-weight", self.letters.wordmark_weight.to_string()),
            ("wordmark-spacing", hundredths(self.letters.wordmark_spacing)),
            ("wordmark-case", self.letters.wordmark_case.clone()),
            ("corner", format!("{}px", corners.panel)),
            ("corner-small", format!("{}px", corners.field)),
            ("corner-card", format!("{}px", corners.card)),
            ("corner-act", format!("{}px", corners.button)),
            ("cap", cap.to_owned()),
        ] {
            let _ = write!(out, "--{name}:{value};");
        }
        out.push_str(&self.light.css());
        let _ = write!(out, "}}@media (prefers-color-scheme:dark){{:root{{{}}}}}", self.dark.css());
        out
    }
}

impl Palette {
    fn css(&self) -> String {
        self.all().iter().map(|(css, _, value)| format!("--{css}:{value};")).collect()
    }

    fn check(&self, at: &str) -> Vec<ConfigError> {
        let all = self.all();
        let colour = |wanted: &str| {
            all.iter().find(|(_, name, _)| *name == wanted).and_then(|(_, _, value)| parse(value))
        };
        let mut errors: Vec<ConfigError> = all
            .iter()
            .filter(|(_, _, value)| parse(value).is_none())
            .map(|(_, name, _)| ConfigError::new(format!("{at}/{name}"), "write it as #rrggbb"))
            .collect();
        for (text, ground, least) in PAIRS {
            let (Some(a), Some(b)) = (colour(text), colour(ground)) else { continue };
            let found = contrast(a, b);
            if found < least {
                let why = format!(
                    "its contrast with {ground} is {}.{:02}; readers need {}.{:02}",
                    found / 100,
                    found % 100,
                    least / 100,
                    least % 100
                );
                errors.push(ConfigError::new(format!("{at}/{text}"), why));
            }
        }
        errors
    }
}

fn families(names: &[String]) -> String {
    let generic = |name: &str| {
        matches!(name, "system-ui" | "sans-serif" | "serif" | "ui-rounded" | "ui-serif")
    };
    let named = |name: &String| {
        if generic(name) { name.clone() } else { format!("\"{name}\"") }
    };
    names.iter().map(named).collect::<Vec<_>>().join(",")
}

fn is_family(name: &str) -> bool {
    (1..=60).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-')
}

fn hundredths(number: i16) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let number = number.unsigned_abs();
    format!("{sign}{}.{:02}em", number / 100, number % 100)
}

fn picture_fault(svg: &str) -> Option<String> {
    let lower = svg.trim().to_ascii_lowercase();
    if !lower.starts_with("<svg") || !lower.ends_with("</svg>") || svg.len() > MAX_PICTURE {
        return Some(format!("give one SVG element of at most {MAX_PICTURE} octets"));
    }
    let found = NOT_IN_PICTURES.iter().find(|word| lower.contains(**word))?;
    Some(format!("a picture holds shapes only, and not `{}`", found.trim()))
}

/// Red, green and blue of `#rrggbb`.
pub(super) fn parse(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The contrast of two colours, in hundredths: 100 for none, 2,100 for black on white.
pub(super) fn contrast(a: [u8; 3], b: [u8; 3]) -> u32 {
    let (a, b) = (luminance(a), luminance(b));
    let (light, dark) = if a > b { (a, b) } else { (b, a) };
    let ratio = (light + 0.05) / (dark + 0.05) * 100.0;
    // The ratio lies between 100 and 2,100.
    (0..=2_100).rev().find(|whole| f64::from(*whole) <= ratio).unwrap_or(100)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    linear[0] * 0.2126 + linear[1] * 0.7152 + linear[2] * 0.0722
}
