//! The two fonts: which byte stands for a letter, and how wide it is, in thousandths of the size.

/// Regular or bold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Helvetica.
    Regular,
    /// Helvetica Bold.
    Bold,
}

/// Widths of the letters from the space to the tilde.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// What Windows-1252 has at 0x80 to 0x9f; its five gaps are left out.
const HIGH: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// The text in bytes of the fonts' encoding.
pub fn encoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' | '\u{a0}'..='\u{ff}' => bytes.extend(u8::try_from(u32::from(letter))),
            // Thin spaces that keep numbers together.
            '\u{202f}' | '\u{2009}' | '\u{2007}' => bytes.push(0xa0),
            '−' | '‐' | '‑' => bytes.push(b'-'),
            '→' => bytes.extend(b"->"),
            '\t' | '\n' | '\r' => bytes.push(b' '),
            // Marks that only say in which direction a text runs.
            '\u{200b}'..='\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{202a}'..='\u{202e}' => {}
            _ => bytes.push(
                HIGH.iter().find(|(high, _)| *high == letter).map_or(b'?', |(_, byte)| *byte),
            ),
        }
    }
    bytes
}

/// How wide a byte of the encoding is.
fn width(face: Face, byte: u8) -> u16 {
    let plain = |byte: u8| {
        let place = usize::from(byte - b' ');
        match face {
            Face::Regular => REGULAR[place],
            Face::Bold => BOLD[place],
        }
    };
    let bold = face == Face::Bold;
    match byte {
        b' '..=b'~' => plain(byte),
        0xa0 | 0xb7 => 278,
        0xa1 => 333,
        0xbf => 611,
        // Letters with marks are as wide as without.
        0xc0..=0xc5 => plain(b'A'),
        0xc7 => plain(b'C'),
        0xc8..=0xcb => plain(b'E'),
        0xcc..=0xcf => plain(b'I'),
        0xd1 => plain(b'N'),
        0xd2..=0xd6 | 0xd8 => plain(b'O'),
        0xd9..=0xdc => plain(b'U'),
        0xdd => plain(b'Y'),
        0xe0..=0xe5 => plain(b'a'),
        0xe7 => plain(b'c'),
        0xe8..=0xeb => plain(b'e'),
        0xec..=0xef => 278,
        0xf1 => plain(b'n'),
        0xf2..=0xf6 | 0xf8 => plain(b'o'),
        0xf9..=0xfc => plain(b'u'),
        0xfd | 0xff => plain(b'y'),
        0x80 | 0xa2..=0xa5 | 0xa7 | 0xab | 0xbb | 0x96 => 556,
        0x85 | 0x97 | 0x89 | 0x99 | 0xc6 => 1000,
        0x91 | 0x92 => {
            if bold {
                278
            } else {
                222
            }
        }
        0x93 | 0x94 => {
            if bold {
                500
            } else {
                333
            }
        }
        0x95 => 350,
        0xaa => 370,
        0xba => 365,
        0xb0 => 400,
        0xb1 | 0xd7 | 0xf7 | 0xac => 584,
        0xb2 | 0xb3 | 0xb9 | 0xb4 | 0xb8 | 0xa8 | 0xaf => 333,
        0xbc..=0xbe => 834,
        0xa9 | 0xae => 737,
        0xdf => 611,
        0xe6 => 889,
        _ => 600,
    }
}

/// How wide a text is, in thousandths of the size.
pub fn wide(face: Face, bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(width(face, *byte))).sum()
}
