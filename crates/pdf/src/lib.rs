//! Plain documents as PDF: a title, headings, paragraphs, lists and tables on A4, told to screen readers as what they are.
//!
//! The two fonts are those that every reader of PDF has (Helvetica, regular and bold), so that a letter is a few kilobytes
//! and nothing is carried along. What the fonts do not have is written with letters that they have.

mod font;
mod layout;
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
