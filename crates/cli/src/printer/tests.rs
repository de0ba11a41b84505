//! Tables as text, CSV and JSON.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::{Cell, Table};
use crate::args::Format;

#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn written(format: Format, rows: &[(&str, i64)]) -> String {
    let out = Shared::default();
    let mut table = Table::new(format, &["member", "earned"], Box::new(out.clone()));
    for (member, earned) in rows {
        table.row(vec![Cell::text(*member), Cell::number(earned)]).unwrap();
    }
    table.end().unwrap();
    String::from_utf8(out.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn one_table_in_three_formats() {
    let rows = [("2", 1014), ("a \"b\", c", -7)];
    assert_eq!(
        written(Format::Text, &rows),
        "member    earned\n2           1014\na \"b\", c      -7\n"
    );
    assert_eq!(written(Format::Csv, &rows), "member,earned\n2,1014\n\"a \"\"b\"\", c\",-7\n");
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, &rows)).unwrap();
    assert_eq!(json[1]["member"], "a \"b\", c");
    assert_eq!(json[1]["earned"], -7);
}

#[test]
fn a_table_without_rows_is_still_one() {
    assert_eq!(written(Format::Text, &[]), "member  earned\n");
    assert_eq!(written(Format::Csv, &[]), "member,earned\n");
    assert_eq!(written(Format::Json, &[]), "[]\n");
}

#[test]
fn a_spreadsheet_takes_no_member_for_a_formula() {
    assert!(
        written(Format::Csv, &[("=1+1", 0), ("-5", 0), ("-x", 0)])
            .ends_with("\n'=1+1,0\n-5,0\n'-x,0\n")
    );
}
