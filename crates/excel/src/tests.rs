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

/// Two cells at the opposite corners of the sheet: 17 thousand million places, of which two are held.
#[test]
fn m1_cells_that_stand_far_apart_cost_nothing_and_too_many_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("lejos.xlsx");
    let far = "<row r=\"1\"><c r=\"A1\"><v>7</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>8</v></c></row>";
    workbook(&file, far);
    let mut sheet = Sheet::open(&file, None).unwrap();
    assert_eq!((sheet.rows(), sheet.columns().len()), (1, 16_384));
    let (line, cells) = sheet.next_row().unwrap();
    assert_eq!((line, cells.unwrap().last().map(String::as_str)), (1_048_576, Some("8")));
    // A thousand rows with their last column filled are 16 million places.
    let wide = (1..=1_000).map(|n| format!("<row r=\"{n}\"><c r=\"XFD{n}\"><v>1</v></c></row>"));
    workbook(&file, &wide.collect::<String>());
    let told = Sheet::open(&file, None).unwrap_err().to_string();
    assert_eq!(told, "the sheet has more than 10000000 cells");
}

/// An OpenDocument row that says of itself that it stands there a million times, and an archive of zeros.
#[test]
fn m1_what_repeats_or_unpacks_beyond_bounds_is_refused_before_it_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("repite.ods");
    let sheet = |rows: &str| {
        let mut zip = ZipWriter::new(std::fs::File::create(&file).unwrap());
        let plain = SimpleFileOptions::default();
        zip.start_file("mimetype", plain).unwrap();
        zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
        zip.start_file("content.xml", plain).unwrap();
        let body = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"
        );
        zip.write_all(body.as_bytes()).unwrap();
        zip.finish().unwrap();
    };
    let cell = "<table:table-cell office:value-type=\"float\" office:value=\"1\" table:number-columns-repeated=\"16384\"/>";
    sheet(&format!(
        "<table:table-row table:number-rows-repeated=\"1048576\">{cell}</table:table-row>"
    ));
    let told = Sheet::open(&file, None).unwrap_err().to_string();
    assert_eq!(told, "the sheet has more than 10000000 cells");
    let zeros = folder.path().join("ceros.xlsx");
    let mut zip = ZipWriter::new(std::fs::File::create(&zeros).unwrap());
    let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    zip.start_file("xl/sharedStrings.xml", plain).unwrap();
    zip.write_all(&vec![0_u8; 1 << 20]).unwrap();
    zip.finish().unwrap();
    let bytes = std::fs::read(&zeros).unwrap();
    assert!(bytes.len() < 4_096, "it is small as it lies there");
    let told = super::bounds::unpacked(&bytes, (1 << 20) - 1).unwrap_err().to_string();
    assert!(told.contains("unpacks to more than"), "{told}");
    super::bounds::unpacked(&bytes, 1 << 20).unwrap();
}

/// Room is made for as many texts as a workbook announces, and an archive may hide behind other octets: neither gets past
/// the bounds, nor does the format of before 2007, which has none.
#[test]
fn m1_what_a_workbook_announces_is_bounded_wherever_it_begins() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("book.xlsx");
    for head in ["uniqueCount=\"10000000000000000\"", "uniqueCount = '99999999999999999999'"] {
        let mut zip = ZipWriter::new(std::fs::File::create(&file).unwrap());
        zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
        write!(zip, "<sst count=\"1\" {head}><si><t>a</t></si></sst>").unwrap();
        zip.finish().unwrap();
        let plain = std::fs::read(&file).unwrap();
        for bytes in [plain.clone(), [b"x".as_slice(), &plain].concat()] {
            std::fs::write(&file, bytes).unwrap();
            let why = Sheet::open(&file, None).unwrap_err().to_string();
            assert!(why.contains("more than 10000000 cells"), "{why}");
        }
    }
    std::fs::write(&file, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1and more").unwrap();
    let why = Sheet::open(&file, None).unwrap_err().to_string();
    assert!(why.contains("save it as .xlsx"), "{why}");
}
