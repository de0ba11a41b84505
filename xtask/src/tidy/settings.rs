//! The numbers and lists that the house rules are checked against, read from `xtask/tidy.toml`.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde::Deserialize;

use crate::tree::Tree;

/// Where the settings live.
pub const PATH: &str = "xtask/tidy.toml";

/// What `xtask/tidy.toml` holds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How many places treat the two database engines differently.
    pub dialect_differences: usize,
    /// The most lines that a Rust file may have.
    pub max_file_lines: usize,
    /// Words that only make sense on one machine.
    pub forbidden_words: Vec<String>,
    /// Hosts that a text of the house may link to; their subdomains are allowed too.
    pub allowed_hosts: Vec<String>,
    /// Tables that a feature may read although another one owns them, with the reason.
    #[serde(default)]
    pub readers: BTreeMap<String, BTreeMap<String, String>>,
}

impl Settings {
    /// Reads the settings from the tree.
    pub fn read(tree: &Tree) -> anyhow::Result<Self> {
        let text = tree.text(PATH).with_context(|| format!("{PATH} is missing"))?;
        toml::from_str(text).with_context(|| format!("reading {PATH}"))
    }

    /// Whether it is agreed that a feature reads a table of another.
    pub fn may_read(&self, table: &str, feature: Option<&str>) -> bool {
        let readers = self.readers.get(table).zip(feature);
        readers.is_some_and(|(readers, feature)| readers.contains_key(feature))
    }
}
