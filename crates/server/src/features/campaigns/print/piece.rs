//! A letter on paper: the words of its variant, the address, the code for the till and the one for a phone.

use lazo_domain::time::Timestamp;
use lazo_pdf::pieces::{Bars, Code, Ink, Piece, Run, Square};

use super::super::Campaign;
use super::super::content::Variant;
use super::super::letter::Press;
use crate::features::segments::address::Address;
use crate::features::segments::facts::Person;
use crate::i18n::{Args, Locale};
use crate::web::barcode;

/// A letter before it is set.
pub struct Sheet<'a> {
    /// To whom.
    pub person: &'a Person,
    /// Where it goes.
    pub address: &'a Address,
    /// Its variant.
    pub variant: &'a Variant,
    /// The code on it; empty when there is none.
    pub code: &'a str,
    /// Until when the code is good.
    pub until: Option<Timestamp>,
    /// What tells it from the others, outside of the cut.
    pub slug: String,
}

/// The letter of somebody; nothing when its variant has no words in any of our languages.
#[must_use]
pub fn piece(press: &Press, sheet: &Sheet<'_>) -> Option<Piece> {
    let written = press.written(sheet.variant, sheet.person)?;
    let locale = written.locale;
    let tenant = &press.tenant;
    let code = barcode::bars(sheet.code).filter(|_| !sheet.code.is_empty());
    let code = code.map(|(dark, width)| Code {
        text: sheet.code.to_owned(),
        bars: Bars { dark, width },
        words: code_words(press, locale, sheet.until),
    });
    let square = written.button.and_then(|(words, link)| {
        let (dark, side) = barcode::modules(&link)?;
        Some(Square { dark, side, words })
    });
    let site = press.site_address();
    let brand = Args::new().text("brand", press.brand_name()).text("site", site);
    Some(Piece {
        sender: press.brand_name().to_owned(),
        back: press.sender().to_owned(),
        address: sheet.address.lines(&tenant.config.country),
        heading: written.subject,
        paragraphs: written.body.trim().split("\n\n").map(str::to_owned).collect(),
        code,
        square,
        small: vec![press.sender().to_owned(), press.say_with(locale, "campaigns-post-why", brand)],
        slug: sheet.slug.clone(),
    })
}

fn code_words(press: &Press, locale: Locale, until: Option<Timestamp>) -> String {
    match until {
        Some(until) => {
            // The last day on which it is good, not the first on which it is not.
            let last = locale.day(until.plus_micros(-1), &press.program.zone);
            press.say_with(locale, "campaigns-post-code-until", Args::new().text("day", last))
        }
        None => press.say_with(locale, "campaigns-post-code", Args::new()),
    }
}

/// The run of some letters.
#[must_use]
pub fn run(press: &Press, campaign: &Campaign, pieces: Vec<Piece>) -> Run {
    let kit = press.kit();
    let ink = |colour: &str| {
        let part =
            |at: usize| colour.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (part(1), part(3), part(5)) {
            (Some(red), Some(green), Some(blue)) => Ink::of_screen(red, green, blue),
            _ => Ink(0.0, 0.0, 0.0, 1.0),
        }
    };
    Run {
        lang: press.tenant.config.locale().tag().to_owned(),
        title: campaign.name.clone(),
        name: campaign.id.to_string(),
        band: ink(&kit.light.accent),
        on_band: ink(&kit.light.accent_ink),
        pieces,
    }
}

/// A page for nobody.
#[must_use]
pub fn empty(slug: String) -> Piece {
    Piece {
        sender: String::new(),
        back: String::new(),
        address: Vec::new(),
        heading: String::new(),
        paragraphs: Vec::new(),
        code: None,
        square: None,
        small: Vec::new(),
        slug,
    }
}
