//! Tables to take along, as CSV that no spreadsheet takes for formulas.

use crate::http::Problem;

/// A cell that no spreadsheet takes for a formula; a number stays one.
#[must_use]
pub fn cell(text: &str) -> String {
    let formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r']) && text.parse::<f64>().is_err();
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// A table with its headings, every cell made safe.
pub fn written(
    heads: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, Problem> {
    let broken = |error: csv::Error| {
        tracing::error!(%error, "a table cannot be written");
        Problem::new(500, "internal")
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(heads).map_err(broken)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| cell(text))).map_err(broken)?;
    }
    writer.into_inner().map_err(|_| Problem::new(500, "internal"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_cell_is_taken_for_a_formula() {
        assert_eq!(super::cell("=1+1"), "'=1+1");
        for plain in ["Compra en Norte", "-120", "+3.5"] {
            assert_eq!(super::cell(plain), plain);
        }
        assert_eq!(super::cell("-1+2"), "'-1+2");
    }
}
