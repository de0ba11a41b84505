//! What could be better about a brand's kit: contrast with the nearest colour that is enough, and what does not fit together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::kit::{BrandKit, PAIRS, Palette, contrast, parse};

/// Steps from a colour to black or white in which a mend is looked for.
const STEPS: u16 = 100;
/// The largest distance of two accents, as the sum over red, green and blue, at which people take one for the other.
const ALIKE: u16 = 48;

/// Something to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KitFinding {
    /// Where: a pointer relative to the kit.
    pub pointer: String,
    /// `contrast`, `missing`, `same` or `alike`.
    pub code: &'static str,
    /// What is the matter.
    pub what: String,
    /// What to write instead, where that can be worked out.
    pub mend: Option<String>,
    /// Does it keep the kit from being used?
    pub blocks: bool,
}

impl BrandKit {
    /// Everything that could be better about the kit alone.
    #[must_use]
    pub fn findings(&self) -> Vec<KitFinding> {
        let mut found = Vec::new();
        for (at, palette) in [("/light", &self.light), ("/dark", &self.dark)] {
            found.extend(contrasts(at, palette));
        }
        if self.mark.is_none() {
            found.push(KitFinding {
                pointer: "/mark".to_owned(),
                code: "missing",
                what: "there is no mark: tabs, apps on phones and letters show none".to_owned(),
                mend: None,
                blocks: false,
            });
        }
        if self.light.paper == self.dark.paper && self.light.ink == self.dark.ink {
            found.push(KitFinding {
                pointer: "/dark".to_owned(),
                code: "same",
                what: "by night it looks as by day".to_owned(),
                mend: None,
                blocks: false,
            });
        }
        found
    }
}

/// What several brands of one client have in common that they should not, by the code of the later one.
#[must_use]
pub fn between(kits: &BTreeMap<String, BrandKit>) -> Vec<(String, KitFinding)> {
    let all: Vec<(&String, &BrandKit)> = kits.iter().collect();
    let mut found = Vec::new();
    for (place, (code, kit)) in all.iter().enumerate() {
        for (other, earlier) in &all[..place] {
            let far = parse(&kit.light.accent)
                .zip(parse(&earlier.light.accent))
                .map(|(a, b)| distance(a, b));
            if far.is_some_and(|far| far <= ALIKE) {
                let finding = KitFinding {
                    pointer: "/light/accent".to_owned(),
                    code: "alike",
                    what: format!("its accent is taken for that of `{other}`"),
                    mend: None,
                    blocks: false,
                };
                found.push(((*code).clone(), finding));
            }
            if kit.mark.is_some() && kit.mark == earlier.mark {
                let finding = KitFinding {
                    pointer: "/mark".to_owned(),
                    code: "same",
                    what: format!("its mark is that of `{other}`"),
                    mend: None,
                    blocks: false,
                };
                found.push(((*code).clone(), finding));
            }
        }
    }
    found
}

fn distance(a: [u8; 3], b: [u8; 3]) -> u16 {
    a.iter().zip(b).map(|(a, b)| u16::from(a.abs_diff(b))).sum()
}

/// What a text stands on: the colour, the least contrast in hundredths, and the colour's name.
type Ground<'a> = ([u8; 3], u32, &'a str);

fn contrasts(at: &str, palette: &Palette) -> Vec<KitFinding> {
    let all = palette.all();
    let colour = |wanted: &str| {
        all.iter().find(|(_, name, _)| *name == wanted).and_then(|(_, _, value)| parse(value))
    };
    // One colour is mended once, so that it is enough on every ground it stands on.
    let mut texts: BTreeMap<&str, Vec<Ground<'_>>> = BTreeMap::new();
    for (text, ground, least) in PAIRS {
        if let Some(value) = colour(ground) {
            texts.entry(text).or_default().push((value, least, ground));
        }
    }
    let mut found = Vec::new();
    for (text, grounds) in texts {
        let Some(own) = colour(text) else { continue };
        let bad: Vec<String> = grounds
            .iter()
            .filter(|(ground, least, _)| contrast(own, *ground) < *least)
            .map(|(ground, least, name)| {
                let found = contrast(own, *ground);
                format!(
                    "{}.{:02} to 1 on {name}, {}.{:02} are needed",
                    found / 100,
                    found % 100,
                    least / 100,
                    least % 100
                )
            })
            .collect();
        if bad.is_empty() {
            continue;
        }
        let enough: Vec<([u8; 3], u32)> =
            grounds.iter().map(|(g, least, _)| (*g, *least)).collect();
        found.push(KitFinding {
            pointer: format!("{at}/{text}"),
            code: "contrast",
            what: bad.join("; "),
            mend: nearest(own, &enough),
            blocks: true,
        });
    }
    found
}

/// The colour nearest to `own`, on the way to black or to white, that is enough on every ground.
fn nearest(own: [u8; 3], grounds: &[([u8; 3], u32)]) -> Option<String> {
    let fits =
        |colour: [u8; 3]| grounds.iter().all(|(ground, least)| contrast(colour, *ground) >= *least);
    (1..=STEPS)
        .find_map(|step| {
            [0_u8, 255].into_iter().map(|end| toward(own, end, step)).find(|colour| fits(*colour))
        })
        .map(|[r, g, b]| format!("#{r:02x}{g:02x}{b:02x}"))
}

fn toward(own: [u8; 3], end: u8, step: u16) -> [u8; 3] {
    own.map(|part| {
        let (part, end) = (u32::from(part), u32::from(end));
        let mixed = (part * u32::from(STEPS - step) + end * u32::from(step)) / u32::from(STEPS);
        u8::try_from(mixed).unwrap_or(u8::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r54_an_unreadable_colour_is_mended_by_the_nearest_one_that_is_enough() {
        let mut kit = BrandKit::default();
        assert!(kit.findings().iter().all(|finding| finding.code != "contrast"));
        kit.light.muted = "#b0b0b0".to_owned();
        let found = kit.findings();
        let finding = found.iter().find(|finding| finding.pointer == "/light/muted").unwrap();
        assert!(finding.blocks && finding.what.contains("4.50 are needed"), "{finding:?}");
        let mend = finding.mend.clone().unwrap();
        kit.light.muted = mend.clone();
        assert!(kit.check().is_empty(), "{mend}");
        // Nearest: one step back is not enough.
        let [part, ..] = parse(&mend).unwrap();
        let lighter = [part + 2; 3];
        assert!(contrast(lighter, parse(&kit.light.paper).unwrap()) < 450, "{mend}");
    }

    #[test]
    fn brands_that_could_be_taken_for_each_other_are_told() {
        let one = BrandKit { mark: Some("<svg></svg>".to_owned()), ..BrandKit::default() };
        let mut other = one.clone();
        other.light.accent = "#2f509f".to_owned();
        let kits = BTreeMap::from([("a".to_owned(), one.clone()), ("b".to_owned(), other.clone())]);
        let codes: Vec<_> = between(&kits).into_iter().map(|(code, f)| (code, f.code)).collect();
        assert_eq!(codes, [("b".to_owned(), "alike"), ("b".to_owned(), "same")]);
        other.light.accent = "#b3261e".to_owned();
        other.mark = None;
        let kits = BTreeMap::from([("a".to_owned(), one), ("b".to_owned(), other)]);
        assert!(between(&kits).is_empty());
    }
}
