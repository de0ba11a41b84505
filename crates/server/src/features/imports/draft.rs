//! What the reading half of an import hands to the posting half.

use csv::StringRecord;
use lazo_domain::event::Body;
use lazo_domain::time::Timestamp;

use super::finding::Finding;

/// A purchase or a return, before its member is looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The member's identifier.
    pub member: String,
    /// The source's own name for it; with the mapping's source it is unique for ever.
    pub source_ref: String,
    /// When it counts.
    pub at: Timestamp,
    /// The purchase or the return.
    pub body: Body,
    /// The first line of the file it comes from.
    pub line: u64,
    /// How many rows it comes from.
    pub rows: u64,
    /// Its first row, to be shown when the ledger refuses it.
    pub cells: StringRecord,
}

/// What reading a file yields, in an order that is the same each time.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Something to post.
    Draft(Box<Draft>),
    /// Something to list.
    Finding(Box<Finding>),
}

/// Takes what reading yields. Answers false when nobody wants more.
pub trait Sink {
    /// Takes one output.
    fn take(&mut self, output: Output) -> bool;
}

impl<F: FnMut(Output) -> bool> Sink for F {
    fn take(&mut self, output: Output) -> bool {
        self(output)
    }
}
