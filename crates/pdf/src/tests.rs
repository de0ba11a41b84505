//! Documents of every kind of block: whole files, the same each time, with every word in them.

use std::path::Path;
use std::process::Command;

use super::pieces::{Bars, Code, Ink, Piece, Run, fits};
use super::{Block, Column, Document, Row, Table};

fn long() -> Document {
    let row = |n: i32| Row {
        cells: vec![
            format!("línea {n}"),
            format!("{}", n * 1_000),
            "¿por qué? “así” — 5 € ×".into(),
        ],
        marked: n == 7,
    };
    let column = |title: &str, share, number| Column { title: title.into(), share, number };
    Document {
        lang: "es-ES".into(),
        title: "¿Qué pasó con mis puntos?".into(),
        foot: "a1b2c3".into(),
        wide: false,
        blocks: vec![
            Block::Heading("Tus puntos".into()),
            Block::Text("palabra ".repeat(200)),
            Block::List(vec!["uno".into(), "x".repeat(400)]),
            Block::Strong("Todo cuadra.".into()),
            Block::Table(Table {
                columns: vec![
                    column("Qué", 3, false),
                    column("Cuánto", 1, true),
                    column("Por qué", 4, false),
                ],
                rows: (0..120).map(row).collect(),
            }),
        ],
    }
}

/// The places of objects that the file's table names are the places of objects.
#[test]
fn m36_a_document_is_a_whole_file_and_the_same_each_time() {
    let (one, other) = (long().bytes(), long().bytes());
    assert_eq!(one, other);
    assert!(one.starts_with(b"%PDF-1.7") && one.ends_with(b"%%EOF"));
    let text = String::from_utf8_lossy(&one);
    let start: usize =
        text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    assert!(one[start..].starts_with(b"xref"));
    assert!(text.contains("/Count 5") || text.contains("/Count 4"), "a long table takes pages");
    for said in ["/StructTreeRoot", "/Lang (es-ES)", "/Marked true", "/H1", "/TH", "/LBody"] {
        assert!(text.contains(said), "{said}");
    }
}

#[test]
fn letters_that_the_faces_lack_are_shown_as_missing_and_marks_without_a_picture_are_left_out() {
    assert_eq!(
        super::font::plain("a→b\u{202f}1 \u{2068}x\u{2069} ñ€ 漢"),
        "a→b\u{202f}1 x ñ€ \u{fffd}"
    );
}

/// What a program of poppler's says of a file.
fn told(program: &str, args: &[&str], file: &Path) -> String {
    let out = Command::new(program).args(args).arg(file).arg("-").output();
    let out =
        out.unwrap_or_else(|why| panic!("{program}: {why}; hint: apt-get install poppler-utils"));
    String::from_utf8(out.stdout).unwrap()
}

fn kept(name: &str, octets: &[u8]) -> std::path::PathBuf {
    let file = std::env::temp_dir().join(format!("lazo-pdf-{}-{name}.pdf", std::process::id()));
    std::fs::write(&file, octets).unwrap();
    file
}

/// Goal: a reader that is not ours finds every word with its accents. Oracle: poppler.
#[test]
fn m36_another_reader_finds_the_words_with_their_accents() {
    let file = kept("words", &long().bytes());
    let text = told("pdftotext", &["-layout"], &file);
    std::fs::remove_file(&file).unwrap();
    for said in ["¿Qué pasó con mis puntos?", "línea 119", "¿por qué? “así” — 5 € ×", "• uno"]
    {
        assert!(text.contains(said), "{said} in {text}");
    }
}

fn piece(number: usize) -> Piece {
    Piece {
        sender: "Mercado Aurora".into(),
        back: "Aurora S. A.".into(),
        address: vec![
            format!("Íñigo Muñoz {number}"),
            "Calle Peña 3".into(),
            "28013 Madrid".into(),
        ],
        heading: format!("Algo para ti, n.º {number}"),
        paragraphs: vec!["Hoy más que ayer.".into(), "Y mañana también.".into()],
        code: Some(Code {
            text: "AB-1".into(),
            bars: Bars { dark: vec![(10, 2), (14, 1)], width: 30 },
            words: "Enséñalo en caja".into(),
        }),
        square: None,
        small: vec!["Aurora S. A.".into()],
        slug: format!("{number} · x"),
    }
}

/// Goal: a run has a page for each piece, in order, with its fonts in it and the boxes that a press asks for.
#[test]
fn r68_a_run_has_a_page_for_each_piece_with_boxes_and_fonts() {
    let run = Run {
        lang: "es-ES".into(),
        title: "Otoño".into(),
        name: "x".into(),
        band: Ink::of_screen(43, 76, 155),
        on_band: Ink::of_screen(255, 255, 255),
        pieces: (1..=12).map(piece).collect(),
    };
    let octets = run.bytes();
    assert_eq!(octets, run.bytes());
    let file = kept("run", &octets);
    let text = told("pdftotext", &[], &file);
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    assert_eq!(pages.len(), 12);
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains(&format!("Íñigo Muñoz {number}\n")), "{number}: {page}");
        assert!(page.contains("Enséñalo en caja") && page.contains("AB-1"), "{page}");
    }
    let fonts = Command::new("pdffonts").arg(&file).output().unwrap();
    let fonts = String::from_utf8(fonts.stdout).unwrap();
    let info = Command::new("pdfinfo").args(["-box", "-l", "1"]).arg(&file).output().unwrap();
    let info = String::from_utf8(info.stdout).unwrap();
    std::fs::remove_file(&file).unwrap();
    for line in fonts.lines().skip(2) {
        // Embedded, subset, with the letters' meaning.
        let flags: Vec<&str> =
            line.split_whitespace().filter(|word| ["yes", "no"].contains(word)).collect();
        assert_eq!(flags, ["yes", "yes", "yes"], "{fonts}");
    }
    // A4 is 595.28 by 841.89 points, 28.35 from the sheet's edge; 3 mm of bleed around it.
    let numbers = |name: &str| -> Vec<f32> {
        let line =
            info.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{info}"));
        line.split(':').nth(1).unwrap().split_whitespace().map(|n| n.parse().unwrap()).collect()
    };
    let near = |found: Vec<f32>, wanted: [f32; 4]| {
        found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 0.1)
    };
    assert!(near(numbers("TrimBox"), [28.35, 28.35, 623.62, 870.24]), "{info}");
    assert!(near(numbers("BleedBox"), [19.84, 19.84, 632.13, 878.74]), "{info}");
}

#[test]
fn r68_words_without_room_are_told() {
    let short = piece(1);
    let long = Piece { paragraphs: vec!["palabra ".repeat(900)], ..piece(1) };
    assert!(fits(&short) && !fits(&long));
}
