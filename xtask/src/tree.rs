//! The text files of the house, read once and held in memory, so that every check is a pure function of them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;

/// What holds nothing of ours; `.git` is a file in a second checkout.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];

/// A file larger than this is data, not text of the house.
const MAX_FILE_BYTES: u64 = 2_000_000;

/// All text files by their path from the root, with `/` between the parts.
#[derive(Debug, Default)]
pub struct Tree {
    files: BTreeMap<String, String>,
}

/// Whether a file holds tests, or what only tests use.
pub fn is_test(path: &str) -> bool {
    path.contains("/tests/") || path.ends_with("/tests.rs") || path.ends_with("/testing.rs")
}

impl Tree {
    /// Reads every text file below `root`; binary files, build output and large data are left out.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let mut tree = Self::default();
        tree.read_folder(root, "")?;
        Ok(tree)
    }

    /// A tree made of the given paths and texts.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self { files: files.collect() }
    }

    /// Every file with its path, in path order.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Every file below a folder (named with its closing `/`) that ends in `suffix`.
    pub fn below<'a>(
        &'a self,
        folder: &'a str,
        suffix: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files().filter(move |(path, _)| path.starts_with(folder) && path.ends_with(suffix))
    }

    /// The text of one file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether a folder (named with its closing `/`) holds any file.
    pub fn has_folder(&self, folder: &str) -> bool {
        self.below(folder, "").next().is_some()
    }

    /// The names of the folders directly below `folder` (named with its closing `/`).
    pub fn folders_in(&self, folder: &str) -> Vec<String> {
        let rests = self.below(folder, "").map(|(path, _)| &path[folder.len()..]);
        let mut names: Vec<String> = rests
            .filter_map(|rest| rest.split_once('/'))
            .map(|(name, _)| name.to_owned())
            .collect();
        names.dedup();
        names
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> anyhow::Result<()> {
        let entries = std::fs::read_dir(folder)
            .with_context(|| format!("reading the folder {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let kind = entry.file_type()?;
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            if kind.is_dir() {
                self.read_folder(&entry.path(), &format!("{prefix}{name}/"))?;
            } else if kind.is_file() && entry.metadata()?.len() <= MAX_FILE_BYTES {
                let bytes = std::fs::read(entry.path())?;
                if let Ok(text) = String::from_utf8(bytes) {
                    self.files.insert(format!("{prefix}{name}"), text);
                }
            }
        }
        Ok(())
    }
}
