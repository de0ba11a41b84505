//! Documents of every kind of block: whole files, the same each time, with every word in them.

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
fn letters_that_the_fonts_lack_are_written_with_those_they_have() {
    assert_eq!(
        super::font::encoded("a→b\u{202f}1 \u{2068}x\u{2069} ñ€ 漢"),
        b"a->b\xa01 x \xf1\x80 ?"
    );
}
