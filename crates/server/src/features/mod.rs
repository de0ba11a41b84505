//! The nouns of Lazo, one folder each, and the list of them.

pub mod ledger;
