//! Workbooks written here, part by part, and read back.

use std::io::Write as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::Sheet;

/// A workbook of one sheet named `Socios`, whose rows are `rows` as the format writes them. Style 1 is a date.
fn workbook(path: &Path, rows: &str) {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let mime = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{mime}.sheet.main+xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Socios\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        ),
    ];
    let mut zip = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, text) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

fn text(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn heads() -> String {
    let names = ["A1", "B1", "C1"].into_iter().zip(["tarjeta", "alta", "saldo"]);
    format!("<row r=\"1\">{}</row>", names.map(|(at, name)| text(at, name)).collect::<String>())
}

#[test]
fn m1_a_sheet_of_excel_is_read_as_it_would_be_typed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("socios.xlsx");
    let rows = format!(
        "{}<row r=\"2\">{}<c r=\"B2\" s=\"1\"><v>45690</v></c><c r=\"C2\"><v>1250</v></c></row>\
         <row r=\"4\">{}<c r=\"B4\" s=\"1\"><v>45690.5</v></c><c r=\"C4\"><v>-12.5</v></c></row>\
         <row r=\"5\">{}<c r=\"C5\"><v>1234567890123456</v></c></row>",
        heads(),
        text("A2", "0001"),
        text("A4", "Ñandú"),
        text("A5", "0003"),
    );
    workbook(&file, &rows);
    let mut sheet = Sheet::open(&file, None).unwrap();
    assert_eq!(sheet.columns(), ["tarjeta", "alta", "saldo"]);
    let cells = |row: [&str; 3]| Ok(row.map(str::to_owned).to_vec());
    assert_eq!(sheet.next_row(), Some((2, cells(["0001", "2025-02-02", "1250"]))));
    assert_eq!(sheet.next_row(), Some((4, cells(["Ñandú", "2025-02-02T12:00:00", "-12.5"]))));
    let (line, told) = sheet.next_row().unwrap();
    let (column, why) = told.unwrap_err();
    assert!((line, column) == (5, 2) && why.contains("15 digits"), "{line} {column} {why}");
    assert_eq!(sheet.next_row(), None);
}

#[test]
fn m1_a_workbook_that_is_cut_or_lacks_the_sheet_is_refused_with_why() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("socios.xlsx");
    workbook(&file, &heads());
    let lacking = Sheet::open(&file, Some("Puntos")).unwrap_err().to_string();
    assert!(lacking.contains("no such sheet; it has Socios"), "{lacking}");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let cut = Sheet::open(&file, None).unwrap_err().to_string();
    assert!(cut.starts_with("the workbook cannot be read"), "{cut}");
}
