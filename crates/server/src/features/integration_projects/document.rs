//! The project as a file: its sources with their files and mappings, its rules, waves and limits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lazo_domain::merging::MergeRules;
use lazo_domain::merging::member::Complexity;
use lazo_domain::merging::survivorship::{self, Survivorship};
use lazo_domain::rate::Rate;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::{MergeFault, io, refused};
use super::pilot::{Calendar, Criteria};
use crate::features::imports::PERSON;

/// What a project is, as people write it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Its code within the tenant.
    pub code: String,
    /// The target program's code.
    pub program: String,
    /// The file with the merge rules, TOML or JSON.
    pub rules: String,
    /// Takes point types and ladders from the target program, and protects everybody's tier until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protected_until: Option<Timestamp>,
    /// The programs that come in.
    pub sources: Vec<SourceSpec>,
    /// Partners that send in the currency of a source, and until when that is taken in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partners: Vec<PartnerSpec>,
    /// The waves, in their order; the first is the pilot.
    #[serde(default)]
    pub waves: Vec<WaveSpec>,
    /// What the first wave must have shown before the second.
    #[serde(default)]
    pub pilot: Criteria,
    /// Days on which no wave is run.
    #[serde(default)]
    pub calendar: Calendar,
    /// When a wave stops by itself.
    #[serde(default)]
    pub stop: Stop,
    /// How pairs are reviewed.
    #[serde(default)]
    pub review: Review,
    /// Which of several accounts' names and addresses a member keeps.
    #[serde(default)]
    pub survivorship: Survivorship,
    /// Which source's number was used, by the beginning of a store's code.
    #[serde(default)]
    pub stores: BTreeMap<String, String>,
    /// What people call codes, by code and language.
    #[serde(default)]
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    /// The share of points that is redeemed in the end, and what a target point costs in minor units, for finance.
    #[serde(default)]
    pub liability: Liability,
    /// What somebody has looked at and lives with, by its code, each with the reason.
    #[serde(default)]
    pub accepted: BTreeMap<String, String>,
    /// The folder of the document; files are named from here.
    #[serde(default)]
    pub folder: PathBuf,
}

/// A program that comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSpec {
    /// Its code, as the rules name it.
    pub code: String,
    /// Under which scheme its numbers resolve in the target; its code unless given.
    #[serde(default)]
    pub scheme: String,
    /// Are its numbers the tenant's own already, so that whoever has one here is its member? Else a number that somebody
    /// has here stops the member at the desk.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub joins: bool,
    /// Its files.
    pub files: Vec<SourceFile>,
}

impl SourceSpec {
    /// Under which scheme its numbers resolve.
    #[must_use]
    pub fn scheme(&self) -> &str {
        if self.scheme.is_empty() { &self.code } else { &self.scheme }
    }
}

/// A file of a source and how its rows are understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// The file.
    pub file: String,
    /// Its mapping.
    pub mapping: String,
}

/// A partner in the cut-off calendar: what it sends in the old currency is taken in and converted until it is confirmed on
/// the new one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartnerSpec {
    /// Its code, as rows of changes name it.
    pub code: String,
    /// The source in whose currency it sends.
    pub source: String,
    /// The only point type that it sends; all of the source's unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_type: Option<String>,
    /// Since when it is confirmed on the new currency; not yet unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A wave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaveSpec {
    /// What people call it.
    pub name: String,
    /// A share of every kind of member, chosen by hash: a pilot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<Rate>,
    /// The kinds of members in it: `single`, `matched`, `pool`, `company`, `premium`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Members who are in it whatever their kind, as `source/number`: employees, and one of each rare case.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub members: BTreeSet<String>,
}

/// When a wave stops by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stop {
    /// The most members of a thousand that the ledger may refuse.
    pub refused_per_thousand: i64,
    /// The most members of a thousand that may wait at the desk.
    pub held_back_per_thousand: i64,
    /// The most members of a thousand whose points may lose worth.
    pub losers_per_thousand: i64,
}

impl Default for Stop {
    fn default() -> Self {
        Self { refused_per_thousand: 0, held_back_per_thousand: 50, losers_per_thousand: 1_000 }
    }
}

/// How pairs are reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Review {
    /// From so many points of a pair on, in source units, two people must decide alike; 0 is never.
    pub double_above: i64,
}

/// What finance multiplies with.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Liability {
    /// The share of points that is redeemed in the end, by source or target code.
    pub redeemed: BTreeMap<String, Rate>,
    /// What a point costs in minor units, by source or target code.
    pub cost_minor: BTreeMap<String, Rate>,
}

/// The longest code of a partner.
const LONGEST_PARTNER: usize = 80;

/// Kinds of members by their names.
const KINDS: [(&str, Complexity); 5] = [
    ("single", Complexity::Single),
    ("matched", Complexity::Matched),
    ("pool", Complexity::Pool),
    ("company", Complexity::Company),
    ("premium", Complexity::Premium),
];

/// The name of a kind of members.
pub fn kind_name(kind: Complexity) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name)
}

impl Document {
    /// Reads a project file and its rules.
    pub fn read(file: &Path) -> Result<(Self, MergeRules), MergeFault> {
        let text = std::fs::read_to_string(file).map_err(io(file))?;
        let mut document: Self = toml::from_str(&text).map_err(|error| {
            let what = format!("{}:{}", file.display(), said(&text, &error));
            refused("merge_document", what, "docs/guide/merging.md shows a project file")
        })?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        document.folder = std::path::absolute(folder).map_err(io(folder))?;
        document.complete()?;
        let path = document.folder.join(&document.rules);
        let rules = read_rules(&path)?;
        Ok((document, rules))
    }

    /// Fills in the usual waves where none are named, and refuses what is no project.
    pub fn complete(&mut self) -> Result<(), MergeFault> {
        if self.waves.is_empty() {
            self.waves = usual_waves();
        }
        self.check()
    }

    /// The source of a code.
    #[must_use]
    pub fn source(&self, code: &str) -> Option<&SourceSpec> {
        self.sources.iter().find(|source| source.code == code)
    }

    /// A file of the project.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn check(&self) -> Result<(), MergeFault> {
        let bad = |what: String, hint: &str| Err(refused("merge_document", what, hint));
        let code = crate::features::tenants::code_error("/code", &self.code);
        if let Some(error) = code {
            return bad(format!("`{}` is no code: {}", self.code, error.message), "");
        }
        if self.sources.is_empty() {
            return bad("the project has no source".into(), "add [[sources]] with code and files");
        }
        let (mut codes, mut schemes) = (BTreeSet::new(), BTreeSet::new());
        for source in &self.sources {
            let fits = |code: &str| {
                (1..=40).contains(&code.len())
                    && code
                        .bytes()
                        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            };
            if !fits(&source.code) || !fits(source.scheme()) {
                let what = format!("`{}` is no code of a source", source.code);
                return bad(what, "use 1 to 40 of a-z, 0-9 and -");
            }
            if !codes.insert(&source.code) {
                return bad(format!("source `{}` is there twice", source.code), "name it once");
            }
            if !schemes.insert(source.scheme()) {
                let what = format!("two sources number their members as `{}`", source.scheme());
                let hint = "equal numbers of two programs are not one person: give each a scheme of its own";
                return bad(what, hint);
            }
            if source.files.is_empty() {
                return bad(format!("source `{}` has no files", source.code), "list them");
            }
        }
        let mut partners = BTreeSet::new();
        for PartnerSpec { code, source, .. } in &self.partners {
            if code.trim().is_empty() || code.len() > LONGEST_PARTNER {
                let hint = "use 1 to 80 characters, as the rows of its files name it";
                return bad(format!("`{code}` is no code of a partner"), hint);
            }
            if self.source(source).is_none() {
                let hint = "name the source in whose currency it sends";
                return bad(format!("partner `{code}` sends for `{source}`"), hint);
            }
            if !partners.insert((code, source)) {
                let what = format!("partner `{code}` of source `{source}` is there twice");
                return bad(what, "name it once for each source");
            }
        }
        let unknown = |code: &&String| !self.sources.iter().any(|source| source.code == **code);
        if let Some(code) = self.survivorship.sources.iter().find(unknown) {
            return bad(format!("[survivorship] names `{code}`"), "name codes of [[sources]]");
        }
        let grouped = |name: &&String| {
            !["name", "address"].contains(&name.as_str())
                && (!PERSON.contains(&name.as_str()) || survivorship::is_grouped(name))
        };
        if let Some(name) = self.survivorship.strategy.keys().find(grouped) {
            let hint = "name a field of a person, or `name` or `address` for what belongs together";
            return bad(format!("[survivorship.strategy] names `{name}`"), hint);
        }
        self.calendar.check()?;
        self.pilot.check()?;
        for wave in &self.waves {
            let nobody = wave.members.iter().find(|member| {
                let source = member.split_once('/').map(|(source, _)| source);
                source.is_none_or(|source| self.source(source).is_none())
            });
            if let Some(member) = nobody {
                let what = format!("wave `{}` names the member `{member}`", wave.name);
                return bad(what, "write source/number, with the code of a source");
            }
            let strange =
                wave.kinds.iter().find(|kind| !KINDS.iter().any(|(name, _)| name == *kind));
            if let Some(kind) = strange {
                let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
                return bad(format!("`{kind}` is no kind of member"), &names.join(", "));
            }
        }
        Ok(())
    }
}

/// A pilot of one in a hundred of every kind, then from the simple to the delicate.
fn usual_waves() -> Vec<WaveSpec> {
    let wave = |name: &str, kinds: &[&str]| WaveSpec {
        name: name.to_owned(),
        share: None,
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
        members: BTreeSet::new(),
    };
    let mut pilot = wave("pilot", &[]);
    pilot.share = Rate::new(1, 100);
    vec![
        pilot,
        wave("single", &["single"]),
        wave("matched", &["matched", "pool"]),
        wave("delicate", &["company", "premium"]),
    ]
}

/// Reads rules from TOML or JSON.
pub fn read_rules(path: &Path) -> Result<MergeRules, MergeFault> {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let bad = |what: String| {
        let what = format!("{}:{what}", path.display());
        refused("merge_rules", what, "docs/guide/merging.md lists the fields")
    };
    if path.extension().is_some_and(|ending| ending == "json") {
        return serde_json::from_str(&text)
            .map_err(|error| bad(format!("{}: {error}", error.line())));
    }
    toml::from_str(&text).map_err(|error| bad(said(&text, &error)))
}

/// `line: what`, as TOML's reader says it.
fn said(text: &str, error: &toml::de::Error) -> String {
    let at = error.span().map_or(0, |span| span.start);
    let line = text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1;
    format!("{line}: {}", error.message())
}
