//! The two faces, DejaVu Sans Condensed: how wide their letters are, and the parts of them that a document carries along.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;

use crate::packed;

/// Objects of the file that a face takes.
pub const OBJECTS: i32 = 5;
/// What stands for a letter that the faces lack.
const LACKING: char = '\u{fffd}';

/// Regular or bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// DejaVu Sans Condensed.
    Regular,
    /// DejaVu Sans Condensed Bold.
    Bold,
}

impl Face {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Regular, Self::Bold];

    /// What pages call it.
    #[must_use]
    pub const fn name(self) -> Name<'static> {
        match self {
            Self::Regular => Name(b"R"),
            Self::Bold => Name(b"B"),
        }
    }

    fn data(self) -> &'static [u8] {
        match self {
            Self::Regular => dejavu::sans_condensed::regular(),
            Self::Bold => dejavu::sans_condensed::bold(),
        }
    }

    fn read(self) -> &'static ttf_parser::Face<'static> {
        static READ: [OnceLock<ttf_parser::Face<'static>>; 2] = [OnceLock::new(), OnceLock::new()];
        READ[self as usize].get_or_init(|| match ttf_parser::Face::parse(self.data(), 0) {
            Ok(face) => face,
            Err(fault) => unreachable!("the faces are compiled in and whole: {fault}"),
        })
    }
}

/// The text with every letter one that both faces have: what has no picture of its own is left out or spelled otherwise.
#[must_use]
pub fn plain(text: &str) -> String {
    let has = |letter: char| Face::Regular.read().glyph_index(letter).is_some();
    text.chars()
        .filter_map(|letter| match letter {
            '\t' | '\n' | '\r' => Some(' '),
            // Marks that only say in which direction a text runs, or that join letters.
            '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{2066}'..='\u{2069}'
            | '\u{202a}'..='\u{202e}' => None,
            '\u{fe00}'..='\u{fe0f}' => None,
            letter if has(letter) => Some(letter),
            _ => Some(LACKING),
        })
        .collect()
}

/// How wide a text is at a size in points.
#[must_use]
pub fn wide(face: Face, text: &str, size: f32) -> f32 {
    let read = face.read();
    let units: u32 = text
        .chars()
        .map(|letter| read.glyph_index(letter).and_then(|glyph| read.glyph_hor_advance(glyph)))
        .map(|advance| u32::from(advance.unwrap_or(0)))
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a line has less than 2^24 units")]
    let units = units as f32;
    units * size / f32::from(read.units_per_em())
}

/// The letters of both faces that a document needs.
#[derive(Default)]
pub struct Letters {
    cuts: [Cut; 2],
}

#[derive(Default)]
struct Cut {
    glyphs: GlyphRemapper,
    /// Which letter each glyph of the cut shows, and how wide it is in its face's units.
    said: BTreeMap<u16, (char, u16)>,
}

impl Letters {
    /// A text as the file's pages write it: two octets for each letter.
    pub fn set(&mut self, face: Face, text: &str) -> Vec<u8> {
        let read = face.read();
        let cut = &mut self.cuts[face as usize];
        let mut octets = Vec::with_capacity(2 * text.len());
        for letter in text.chars() {
            let Some(glyph) = read.glyph_index(letter) else { continue };
            let place = cut.glyphs.remap(glyph.0);
            cut.said.entry(place).or_insert((letter, read.glyph_hor_advance(glyph).unwrap_or(0)));
            octets.extend(place.to_be_bytes());
        }
        octets
    }

    /// Writes a face into the file, from object `first` on.
    pub fn write(&self, pdf: &mut Pdf, face: Face, first: Ref) {
        let (read, cut) = (face.read(), &self.cuts[face as usize]);
        let at = |place: i32| Ref::new(first.get() + place);
        let (cid, descriptor, file, words) = (at(1), at(2), at(3), at(4));
        // Six capitals tell that only a part of the face is there.
        let name: &[u8] = match face {
            Face::Regular => b"LZAAAA+DejaVuSansCondensed",
            Face::Bold => b"LZAAAB+DejaVuSansCondensed-Bold",
        };
        let system =
            SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
        let thousandths = |units: i16| f32::from(units) * 1_000.0 / f32::from(read.units_per_em());
        let mut whole = pdf.type0_font(first);
        whole.base_font(Name(name)).encoding_predefined(Name(b"Identity-H"));
        whole.descendant_font(cid).to_unicode(words);
        whole.finish();
        let mut font = pdf.cid_font(cid);
        font.subtype(CidFontType::Type2).base_font(Name(name)).system_info(system);
        font.font_descriptor(descriptor).default_width(0.0);
        font.cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = (0..=cut.said.keys().last().copied().unwrap_or(0)).map(|glyph| {
            let units = cut.said.get(&glyph).map_or(0, |(_, advance)| *advance);
            f32::from(units) * 1_000.0 / f32::from(read.units_per_em())
        });
        font.widths().consecutive(0, widths);
        font.finish();
        let bounds = read.global_bounding_box();
        let mut out = pdf.font_descriptor(descriptor);
        out.name(Name(name)).flags(FontFlags::NON_SYMBOLIC).italic_angle(0.0).bbox(Rect::new(
            thousandths(bounds.x_min),
            thousandths(bounds.y_min),
            thousandths(bounds.x_max),
            thousandths(bounds.y_max),
        ));
        out.ascent(thousandths(read.ascender())).descent(thousandths(read.descender()));
        out.cap_height(thousandths(read.capital_height().unwrap_or(read.ascender())));
        out.stem_v(if face == Face::Bold { 140.0 } else { 80.0 }).font_file2(file);
        out.finish();
        let part = match subsetter::subset(face.data(), 0, &cut.glyphs) {
            Ok(part) => part,
            Err(fault) => unreachable!("the faces are compiled in and whole: {fault}"),
        };
        let packed = packed(&part);
        let mut stream = pdf.stream(file, &packed);
        stream.filter(Filter::FlateDecode);
        stream.pair(Name(b"Length1"), i32::try_from(part.len()).unwrap_or(i32::MAX));
        stream.finish();
        let mut map = UnicodeCmap::new(Name(b"Lazo"), system);
        for (glyph, (letter, _)) in &cut.said {
            map.pair(*glyph, *letter);
        }
        pdf.cmap(words, &map.finish());
    }
}
