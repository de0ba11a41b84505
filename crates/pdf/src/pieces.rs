//! Pieces for a print house: an A4 letter on a page each, with bleed, marks to cut at, an address where envelopes have their
//! window, and the codes that tills and phones read. All colours are CMYK.

use pdf_writer::{Content, Filter, Finish, Pdf, Rect, Ref, Str, TextStr};

use crate::font::{Face, Letters, OBJECTS, plain, wide};
use crate::layout::{Look, broken};
use crate::packed;

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// A4, cut.
const WIDTH: f32 = 210.0;
const HEIGHT: f32 = 297.0;
/// How far colour goes beyond the cut.
const BLEED: f32 = 3.0;
/// From the edge of the sheet to the cut: room for the bleed and the marks.
const EDGE: f32 = 10.0;
/// White at the sides.
const SIDE: f32 = 20.0;
/// The coloured band at the top.
const BAND: f32 = 26.0;
/// The address: from the left and from the top, and how wide it may be. Windows at the right of a DL envelope show it.
const ADDRESS: (f32, f32, f32) = (112.0, 50.0, 78.0);
/// Where the words begin and have to end, from the top.
const WORDS: (f32, f32) = (100.0, 205.0);
/// Where the codes begin, from the top.
const CODES: f32 = 212.0;
/// How tall the bars are.
const BARS: f32 = 16.0;
/// How wide they are at most: tills read modules of a quarter of a millimetre and more.
const BARS_WIDE: f32 = 95.0;
/// How wide the words above them are at most.
const CODE_WORDS: f32 = 125.0;
/// The side of the square code.
const SQUARE: f32 = 34.0;
/// Where the small words begin, from the top.
const SMALL: f32 = 268.0;

const SENDER: Look = Look(Face::Bold, 20.0, 24.0);
const HEADING: Look = Look(Face::Bold, 17.0, 22.0);
const LINE: Look = Look(Face::Regular, 10.5, 13.5);
const BACK: Look = Look(Face::Regular, 6.5, 8.0);
const LABEL: Look = Look(Face::Bold, 9.5, 12.5);
const CODE: Look = Look(Face::Bold, 13.0, 16.0);
const FINE: Look = Look(Face::Regular, 7.0, 9.0);
/// The words' sizes, the first that fits.
const SIZES: [Look; 4] = [
    Look(Face::Regular, 11.0, 15.5),
    Look(Face::Regular, 10.0, 14.0),
    Look(Face::Regular, 9.0, 12.5),
    Look(Face::Regular, 8.0, 11.0),
];

/// A colour for the press: shares of cyan, magenta, yellow and black, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink(pub f32, pub f32, pub f32, pub f32);

impl Ink {
    const BLACK: Self = Self(0.0, 0.0, 0.0, 1.0);
    /// On every plate, for marks alone.
    const ALL: Self = Self(1.0, 1.0, 1.0, 1.0);

    /// A colour of the screen, from 0 to 255 each, without a profile: a print house that has one converts better.
    #[must_use]
    pub fn of_screen(red: u8, green: u8, blue: u8) -> Self {
        let [red, green, blue] = [red, green, blue].map(|part| f32::from(part) / 255.0);
        let light = red.max(green).max(blue);
        if light <= 0.0 {
            return Self::BLACK;
        }
        let part = |share: f32| (light - share) / light;
        Self(part(red), part(green), part(blue), 1.0 - light)
    }
}

/// Bars of a code: from where and how wide, in modules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bars {
    /// From where, and how wide.
    pub dark: Vec<(u32, u32)>,
    /// How wide the whole is, the quiet at both sides included.
    pub width: u32,
}

/// A code that a till reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What it says.
    pub text: String,
    /// Its bars.
    pub bars: Bars,
    /// What stands above it.
    pub words: String,
}

/// A square code that a phone reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// Its modules, line by line.
    pub dark: Vec<bool>,
    /// How many there are in a line.
    pub side: usize,
    /// What stands below it.
    pub words: String,
}

/// One person's letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The brand, in the band.
    pub sender: String,
    /// Where it goes back to, small above the address.
    pub back: String,
    /// The address, line by line.
    pub address: Vec<String>,
    /// What it is about.
    pub heading: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// The code for the till, if there is one.
    pub code: Option<Code>,
    /// The code for a phone, if there is one.
    pub square: Option<Square>,
    /// The small words at the foot.
    pub small: Vec<String>,
    /// What tells the print house which piece it is, outside of the cut.
    pub slug: String,
}

/// All pieces of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// The language, such as `es-ES`.
    pub lang: String,
    /// What the run is called.
    pub title: String,
    /// Names the run: the same run gives the same octets.
    pub name: String,
    /// The band.
    pub band: Ink,
    /// What stands on the band.
    pub on_band: Ink,
    /// The pieces, a page each.
    pub pieces: Vec<Piece>,
}

/// Do a piece's words have room on its page?
#[must_use]
pub fn fits(piece: &Piece) -> bool {
    room_for(piece).is_some() && piece.address.len() <= 6
}

impl Run {
    /// The run as a file. A piece whose words have no room is set as small as they go; ask [`fits`] before.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let (catalog, pages, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
        let face = |face: Face| Ref::new(4 + OBJECTS * face as i32);
        let object = |at: usize| Ref::new(14 + i32::try_from(at).unwrap_or(i32::MAX - 14));
        let count = self.pieces.len();
        let mut pdf = Pdf::new();
        pdf.set_version(1, 7);
        pdf.catalog(catalog).pages(pages).lang(TextStr(&self.lang));
        pdf.document_info(info).title(TextStr(&self.title)).producer(TextStr("Lazo"));
        let mut tree = pdf.pages(pages);
        tree.kids((0..count).map(|at| object(2 * at)));
        tree.count(i32::try_from(count).unwrap_or(i32::MAX));
        let (wide, tall) = ((WIDTH + 2.0 * EDGE) * MM, (HEIGHT + 2.0 * EDGE) * MM);
        tree.media_box(Rect::new(0.0, 0.0, wide, tall));
        let mut resources = tree.resources();
        let mut fonts = resources.fonts();
        for one in Face::ALL {
            fonts.pair(one.name(), face(one));
        }
        fonts.finish();
        resources.finish();
        tree.finish();
        let around = |by: f32| {
            let (low, by) = ((EDGE - by) * MM, by * MM);
            Rect::new(low, low, low + WIDTH * MM + 2.0 * by, low + HEIGHT * MM + 2.0 * by)
        };
        let mut letters = Letters::default();
        for (at, piece) in self.pieces.iter().enumerate() {
            let mut page = pdf.page(object(2 * at));
            page.parent(pages).contents(object(2 * at + 1));
            page.bleed_box(around(BLEED)).trim_box(around(0.0));
            page.finish();
            let drawn = self.page(piece, &mut letters);
            pdf.stream(object(2 * at + 1), &packed(&drawn)).filter(Filter::FlateDecode);
        }
        for one in Face::ALL {
            letters.write(&mut pdf, one, face(one));
        }
        let id = self.name.as_bytes().to_vec();
        pdf.set_file_id((id.clone(), id));
        pdf.finish()
    }

    fn page(&self, piece: &Piece, letters: &mut Letters) -> Vec<u8> {
        let mut sheet = Sheet { content: Content::new(), letters };
        sheet.ink(self.band);
        sheet.area(-BLEED, -BLEED, WIDTH + 2.0 * BLEED, BAND + BLEED);
        sheet.ink(self.on_band);
        sheet.text(&plain(&piece.sender), SENDER, SIDE, (BAND - SENDER.2 / MM) / 2.0);
        sheet.ink(Ink::BLACK);
        sheet.address(piece);
        sheet.words(piece);
        if let Some(code) = &piece.code {
            sheet.code(code);
        }
        if let Some(square) = &piece.square {
            sheet.square(square);
        }
        let mut top = SMALL;
        for line in
            piece.small.iter().flat_map(|text| broken(text, FINE, (WIDTH - 2.0 * SIDE) * MM))
        {
            sheet.text(&line, FINE, SIDE, top);
            top += FINE.2 / MM;
        }
        sheet.marks(&piece.slug);
        sheet.content.finish().to_vec()
    }
}

/// The words' size and lines, the largest that have room.
fn room_for(piece: &Piece) -> Option<(Look, Vec<Vec<String>>)> {
    let width = (WIDTH - 2.0 * SIDE) * MM;
    let heading = count(broken(&piece.heading, HEADING, width).len()) * HEADING.2;
    let room = (WORDS.1 - WORDS.0) * MM - heading - 4.0 * MM;
    SIZES.into_iter().find_map(|look| {
        let lines = set(piece, look);
        let all: usize = lines.iter().map(Vec::len).sum();
        let tall = count(all) * look.2 + count(lines.len()) * look.2 / 2.0;
        (tall <= room).then_some((look, lines))
    })
}

fn set(piece: &Piece, look: Look) -> Vec<Vec<String>> {
    let width = (WIDTH - 2.0 * SIDE) * MM;
    let lines = |text: &String| text.lines().flat_map(|line| broken(line, look, width)).collect();
    piece.paragraphs.iter().map(lines).collect()
}

fn count(of: usize) -> f32 {
    f32::from(u16::try_from(of).unwrap_or(u16::MAX))
}

/// A page; places are millimetres from the cut's left and top.
struct Sheet<'a> {
    content: Content,
    letters: &'a mut Letters,
}

impl Sheet<'_> {
    fn ink(&mut self, ink: Ink) {
        self.content.set_fill_cmyk(ink.0, ink.1, ink.2, ink.3);
    }

    fn area(&mut self, left: f32, top: f32, wide: f32, tall: f32) {
        let low = HEIGHT + EDGE - top - tall;
        self.content.rect((EDGE + left) * MM, low * MM, wide * MM, tall * MM).fill_nonzero();
    }

    fn text(&mut self, text: &str, look: Look, left: f32, top: f32) {
        self.content.begin_text().set_font(look.0.name(), look.1);
        let low = (HEIGHT + EDGE - top) * MM - look.1;
        self.content.next_line((EDGE + left) * MM, low);
        self.content.show(Str(&self.letters.set(look.0, text))).end_text();
    }

    fn address(&mut self, piece: &Piece) {
        let (left, mut top, room) = ADDRESS;
        let back = plain(&piece.back);
        self.text(&back, BACK, left, top - 5.0);
        for line in piece.address.iter().flat_map(|line| broken(line, LINE, room * MM)) {
            self.text(&line, LINE, left, top);
            top += LINE.2 / MM;
        }
    }

    fn words(&mut self, piece: &Piece) {
        let mut top = WORDS.0;
        for line in broken(&piece.heading, HEADING, (WIDTH - 2.0 * SIDE) * MM) {
            self.text(&line, HEADING, SIDE, top);
            top += HEADING.2 / MM;
        }
        top += 4.0;
        let smallest = SIZES[SIZES.len() - 1];
        let (look, paragraphs) =
            room_for(piece).unwrap_or_else(|| (smallest, set(piece, smallest)));
        for lines in paragraphs {
            for line in lines {
                self.text(&line, look, SIDE, top);
                top += look.2 / MM;
            }
            top += look.2 / MM / 2.0;
        }
    }

    fn code(&mut self, code: &Code) {
        let mut top = CODES;
        for line in broken(&code.words, LABEL, CODE_WORDS * MM) {
            self.text(&line, LABEL, SIDE, top);
            top += LABEL.2 / MM;
        }
        top += 2.0;
        let modules = f32::from(u16::try_from(code.bars.width).unwrap_or(u16::MAX)).max(1.0);
        let module = (BARS_WIDE / modules).min(0.5);
        // The quiet before the first bar is the page's margin.
        let first = code.bars.dark.first().map_or(0, |(from, _)| *from);
        for (from, width) in &code.bars.dark {
            let [from, width] = [from.saturating_sub(first), *width]
                .map(|at| f32::from(u16::try_from(at).unwrap_or(u16::MAX)) * module);
            let low = HEIGHT + EDGE - top - BARS;
            self.content.rect((EDGE + SIDE + from) * MM, low * MM, width * MM, BARS * MM);
        }
        self.content.fill_nonzero();
        self.text(&plain(&code.text), CODE, SIDE, top + BARS + 2.0);
    }

    fn square(&mut self, square: &Square) {
        let left = WIDTH - SIDE - SQUARE;
        let module = SQUARE / count(square.side.max(1));
        for (at, _) in square.dark.iter().enumerate().filter(|(_, dark)| **dark) {
            let (column, line) = (count(at % square.side), count(at / square.side));
            let low = HEIGHT + EDGE - CODES - (line + 1.0) * module;
            let from = EDGE + left + column * module;
            self.content.rect(from * MM, low * MM, module * MM, module * MM);
        }
        self.content.fill_nonzero();
        let mut top = CODES + SQUARE + 2.0;
        for line in broken(&square.words, FINE, SQUARE * MM) {
            self.text(&line, FINE, left, top);
            top += FINE.2 / MM;
        }
    }

    /// Marks at the corners of the cut, and outside of it which piece it is.
    fn marks(&mut self, slug: &str) {
        let all = Ink::ALL;
        self.content.set_stroke_cmyk(all.0, all.1, all.2, all.3).set_line_width(0.25);
        let (near, far) = (BLEED + 1.0, EDGE - 1.0);
        for (x, out) in [(EDGE, -1.0), (EDGE + WIDTH, 1.0)] {
            for (y, up) in [(EDGE, -1.0), (EDGE + HEIGHT, 1.0)] {
                self.content.move_to((x + out * near) * MM, y * MM);
                self.content.line_to((x + out * far) * MM, y * MM).stroke();
                self.content.move_to(x * MM, (y + up * near) * MM);
                self.content.line_to(x * MM, (y + up * far) * MM).stroke();
            }
        }
        self.ink(Ink::BLACK);
        let slug = plain(slug);
        let left = WIDTH - wide(FINE.0, &slug, FINE.1) / MM - 12.0;
        self.text(&slug, FINE, left, HEIGHT + BLEED + 1.5);
    }
}
