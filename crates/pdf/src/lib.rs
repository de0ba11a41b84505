//! Plain documents as PDF: a title, headings, paragraphs, lists and tables on A4, told to screen readers as what they are.
//!
//! The letters that a document needs are carried along in it, so that it looks the same everywhere and can be printed by
//! anybody; a page takes some 20 kilobytes. What the faces do not have is shown as a letter that is missing.

mod font;
mod layout;
pub mod pieces;
#[cfg(test)]
mod tests;
mod tree;

/// What a document says, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The language, such as `es-ES`.
    pub lang: String,
    /// The heading of all, also the document's own title.
    pub title: String,
    /// What stands at the foot of every page, before the page's number.
    pub foot: String,
    /// Does it stand on its side? For wide tables.
    pub wide: bool,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Begins a section.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph that matters more than others.
    Strong(String),
    /// Things said one below the other.
    List(Vec<String>),
    /// A table with its headings.
    Table(Table),
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each with one cell for each column.
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub title: String,
    /// Its share of the width, beside those of the others.
    pub share: u16,
    /// Are its cells numbers, which stand to the right?
    pub number: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its cells.
    pub cells: Vec<String>,
    /// Is it to be seen among others?
    pub marked: bool,
}

impl Document {
    /// The document as a file. The same document gives the same bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let laid = layout::lay(self);
        tree::write(self, laid)
    }
}

/// A stream's octets, packed as the file's readers unpack them (zlib).
fn packed(octets: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut out = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    match out.write_all(octets).and_then(|()| out.finish()) {
        Ok(packed) => packed,
        Err(fault) => unreachable!("memory takes everything: {fault}"),
    }
}
