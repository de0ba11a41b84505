//! What a run and each member of it are known by: hashes over the lines of the plan's files.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::journal::File;
use super::member::MemberPlan;
use super::rules::MergeRules;
use super::snapshot::MemberSnapshot;

impl MemberPlan {
    /// SHA-256 over this member's lines in all files of the plan: what was approved is what is posted, to the byte.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for file in File::PLAN {
            hash.update(self.file_lines(file).as_bytes());
        }
        hash.finalize().into()
    }
}

/// The hash of a run in the making: feed every member in the order of golden members.
#[derive(Debug, Clone)]
pub struct RunHash {
    files: BTreeMap<File, Sha256>,
    rules: String,
}

impl RunHash {
    /// The hash of a run by these rules, with nobody in it yet.
    #[must_use]
    pub fn new(rules: &MergeRules) -> Self {
        let files =
            File::PLAN.map(|file| (file, Sha256::new().chain_update(file.heading().as_bytes())));
        Self { files: files.into(), rules: hex(&Sha256::digest(rules.canonical().as_bytes())) }
    }

    /// Adds one member's lines; answers the member's own hash, as [`MemberPlan::hash`] has it.
    pub fn add(&mut self, plan: &MemberPlan) -> [u8; 32] {
        let mut own = Sha256::new();
        for file in File::PLAN {
            let lines = plan.file_lines(file);
            own.update(lines.as_bytes());
            if let Some(hash) = self.files.get_mut(&file) {
                hash.update(lines.as_bytes());
            }
        }
        own.finalize().into()
    }

    /// Each file's SHA-256 in lower-case hexadecimal, and the run's own over the manifest of them all.
    #[must_use]
    pub fn finish(self) -> RunDigest {
        let mut manifest = format!("{}  rules.json\n", self.rules);
        for file in File::PLAN {
            let hash = self.files.get(&file).cloned().unwrap_or_default();
            manifest.push_str(&format!("{}  {}\n", hex(&hash.finalize()), file.name()));
        }
        let run = hex(&Sha256::digest(manifest.as_bytes()));
        RunDigest { manifest, run }
    }
}

/// The hash of the snapshots that go into a run, in the making: feed every account in the order of golden members.
#[derive(Debug, Clone)]
pub struct SnapshotHash(BTreeMap<File, Sha256>);

impl Default for SnapshotHash {
    fn default() -> Self {
        let files = File::SNAPSHOT;
        Self(files.map(|f| (f, Sha256::new().chain_update(f.heading().as_bytes()))).into())
    }
}

impl SnapshotHash {
    /// Adds an account.
    pub fn add(&mut self, account: &MemberSnapshot) {
        for (file, hash) in &mut self.0 {
            hash.update(account.lines(*file).as_bytes());
        }
    }

    /// `snapshot.sha256`, and its own SHA-256: what the snapshots are approved by.
    #[must_use]
    pub fn finish(self) -> RunDigest {
        let mut manifest = String::new();
        for (file, hash) in self.0 {
            manifest.push_str(&format!("{}  {}\n", hex(&hash.finalize()), file.name()));
        }
        let run = hex(&Sha256::digest(manifest.as_bytes()));
        RunDigest { manifest, run }
    }
}

/// What a run is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDigest {
    /// `<sha256>  <file>` for the rules and each file of the plan, as `sha256sum` reads it: `manifest.sha256`.
    pub manifest: String,
    /// The manifest's own SHA-256: dry run and real run of the same snapshots and rules have the same.
    pub run: String,
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for half in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
        }
        text
    })
}
