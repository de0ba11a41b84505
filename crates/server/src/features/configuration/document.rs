//! The document of `lazo apply`: TOML with a tenant, its brands and its programs, every error at its line.

use std::fmt;
use std::ops::Range;

use lazo_domain::program::{Code, ConfigError, ProgramConfig};
use lazo_domain::time::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::features::{brands::BrandConfig, programs, tenants::TenantConfig};

/// The longest document, in octets: far beyond what a person writes, well within memory.
pub const MAX_DOCUMENT: usize = 4 * 1024 * 1024;

/// What one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The tenant that everything in it belongs to.
    pub tenant: TenantConfig,
    /// Its brands.
    pub brands: Vec<BrandConfig>,
    /// Its programs.
    pub programs: Vec<ProgramDocument>,
    /// Is its one program written as `[program]`?
    pub single: bool,
}

/// A program, and what a document says about it that is not a rule of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramDocument {
    /// The code of the brand it belongs to.
    pub brand: Option<Code>,
    /// From when the version counts.
    pub effective_from: Option<Timestamp>,
    /// The program.
    pub config: ProgramConfig,
}

/// Something wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What it is about, such as `programs.0.point_types.0.scale`.
    pub what: String,
    /// Why it will not do.
    pub why: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for Problem {
    /// `12: programs.0.currency, why, hint: …`; the file's name and a colon go before it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.line)?;
        if !self.what.is_empty() {
            write!(f, "{}: ", self.what)?;
        }
        f.write_str(&self.why)?;
        self.hint.iter().try_for_each(|hint| write!(f, "\n  hint: {hint}"))
    }
}

/// A text being read: finds lines, collects problems.
struct Reader<'a> {
    text: &'a str,
    root: Spanned<DeTable<'a>>,
    problems: Vec<Problem>,
}

impl Document {
    /// Reads and checks a document. All problems of well-formed TOML are answered at once.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        if text.len() > MAX_DOCUMENT {
            return Err(vec![Problem {
                line: 1,
                what: String::new(),
                why: format!("the document is longer than {MAX_DOCUMENT} octets"),
                hint: Some("apply programs in files of their own".into()),
            }]);
        }
        let root = DeTable::parse(text).map_err(|error| vec![syntax(text, &error)])?;
        let mut reader = Reader { text, root, problems: Vec::new() };
        let document = reader.document();
        match document {
            Some(document) if reader.problems.is_empty() => Ok(document),
            _ => {
                reader.problems.sort_by_key(|problem| problem.line);
                Err(reader.problems)
            }
        }
    }
}

/// The line, from 1, of what a JSON pointer such as `/programs/0/brand` names, or of what is nearest to it.
#[must_use]
pub fn line_of(text: &str, pointer: &str) -> usize {
    DeTable::parse(text).map_or(1, |root| line_at(text, locate(&root, pointer).start))
}

impl Reader<'_> {
    fn document(&mut self) -> Option<Document> {
        let root = self.root.get_ref().clone();
        let (mut tenant, mut brands, mut programs) = (None, Vec::new(), Vec::new());
        let single = root.contains_key("program");
        if single && root.contains_key("programs") {
            self.problem("/program", "a document has either [program] or [[programs]]", None);
        }
        for (key, value) in root {
            match key.get_ref().as_ref() {
                "tenant" => tenant = self.section("/tenant", value, TenantConfig::check),
                "program" => programs.extend(self.program("/program", value)),
                "brands" => {
                    for (at, item) in self.items("/brands", value) {
                        brands.extend(self.section(&at, item, BrandConfig::check));
                    }
                }
                "programs" => {
                    for (at, item) in self.items("/programs", value) {
                        programs.extend(self.program(&at, item));
                    }
                }
                other => {
                    let what = format!("/{other}");
                    self.problem(
                        &what,
                        "is not part of a document",
                        Some("use tenant, brands and programs"),
                    );
                }
            }
        }
        let wanted = self.root.get_ref().get("tenant").is_some();
        if !wanted {
            self.problem(
                "/tenant",
                "a document needs a [tenant]",
                Some("say at least its code, name, country, time_zone and currency"),
            );
        }
        self.unique("/brands", brands.iter().map(|brand| brand.code.as_str()));
        self.unique("/programs", programs.iter().map(|program| program.config.code.as_str()));
        Some(Document { tenant: tenant?, brands, programs, single })
    }

    fn program(&mut self, at: &str, mut value: Spanned<DeValue<'_>>) -> Option<ProgramDocument> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct About {
            brand: Option<Code>,
            effective_from: Option<Timestamp>,
        }
        let span = value.span();
        let DeValue::Table(table) = value.get_mut() else {
            self.problem(at, "must be a table", None);
            return None;
        };
        let about: DeTable<'_> = ["brand", "effective_from"]
            .into_iter()
            .filter_map(|key| table.remove_entry(key))
            .collect();
        let about: Option<About> = self.read(at, Spanned::new(span, about));
        let config = self.section(at, value, programs::check)?;
        let About { brand, effective_from } = about?;
        Some(ProgramDocument { brand, effective_from, config })
    }

    /// One table read as `T` and checked.
    fn section<T: DeserializeOwned>(
        &mut self,
        at: &str,
        value: Spanned<DeValue<'_>>,
        check: impl Fn(&T) -> Vec<ConfigError>,
    ) -> Option<T> {
        let span = value.span();
        let DeValue::Table(table) = value.into_inner() else {
            self.problem(at, "must be a table", None);
            return None;
        };
        let read: T = self.read(at, Spanned::new(span, table))?;
        for error in check(&read) {
            let (why, hint) = match error.message.split_once("; ") {
                Some((why, hint)) => (why, Some(hint)),
                None => (error.message.as_str(), None),
            };
            self.problem(&format!("{at}{}", error.pointer), why, hint);
        }
        Some(read)
    }

    fn read<T: DeserializeOwned>(&mut self, at: &str, table: Spanned<DeTable<'_>>) -> Option<T> {
        let span = table.span();
        match T::deserialize(Deserializer::from(table)) {
            Ok(read) => Some(read),
            Err(error) => {
                let place = error.span().unwrap_or(span);
                let written = self.text.get(place.clone()).unwrap_or_default();
                let line = line_at(self.text, place.start);
                let hint = hint(error.message(), written);
                let why = error.message().trim().to_owned();
                self.problems.push(Problem { line, what: dotted(at), why, hint });
                None
            }
        }
    }

    fn items<'v>(
        &mut self,
        at: &str,
        value: Spanned<DeValue<'v>>,
    ) -> Vec<(String, Spanned<DeValue<'v>>)> {
        let DeValue::Array(items) = value.into_inner() else {
            self.problem(at, "must be a list of tables", Some(&format!("write [[{}]]", &at[1..])));
            return Vec::new();
        };
        items.into_iter().enumerate().map(|(n, item)| (format!("{at}/{n}"), item)).collect()
    }

    fn unique<'c>(&mut self, at: &str, codes: impl Iterator<Item = &'c str>) {
        let mut seen = std::collections::BTreeSet::new();
        for (n, code) in codes.enumerate() {
            if !seen.insert(code) {
                self.problem(&format!("{at}/{n}/code"), &format!("`{code}` is there twice"), None);
            }
        }
    }

    fn problem(&mut self, pointer: &str, why: &str, hint: Option<&str>) {
        self.problems.push(Problem {
            line: line_at(self.text, locate(&self.root, pointer).start),
            what: dotted(pointer),
            why: why.to_owned(),
            hint: hint.map(str::to_owned),
        });
    }
}

/// The place of what `pointer` names; of the nearest table around it where that is missing.
fn locate(root: &Spanned<DeTable<'_>>, pointer: &str) -> Range<usize> {
    enum At<'a, 'i> {
        Table(&'a DeTable<'i>),
        Value(&'a DeValue<'i>),
    }
    let mut place = 0..0;
    let mut at = At::Table(root.get_ref());
    for key in pointer.split('/').skip(1) {
        let table = match at {
            At::Table(table) => Some(table),
            At::Value(DeValue::Table(table)) => Some(table),
            At::Value(_) => None,
        };
        let next = match (table, &at) {
            (Some(table), _) => table.get_key_value(key).map(|(key, value)| (key.span(), value)),
            (None, At::Value(DeValue::Array(items))) => {
                key.parse().ok().and_then(|n: usize| items.get(n)).map(|item| (item.span(), item))
            }
            _ => None,
        };
        let Some((span, value)) = next else { break };
        // A list's key and a header's name are shared by its items: the item's own place is nearer.
        place = span;
        at = At::Value(value.get_ref());
    }
    place
}

fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}

fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    Problem {
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        what: String::new(),
        why: format!("this is not TOML: {}", error.message().trim()),
        hint: None,
    }
}

/// What helps with the mistakes that are easy to make in TOML.
fn hint(message: &str, written: &str) -> Option<String> {
    let is_instant = written.len() >= 10 && written.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if is_instant && !written.contains('"') && written.contains('-') {
        return Some(format!("put the instant in quotes: \"{written}\""));
    }
    if message.contains("untagged") && message.contains("Raw") {
        return Some(
            "write a rate as a whole number or in quotes, such as 2, \"1.5\" or \"13/10\"".into(),
        );
    }
    message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split_once('`'))
        .map(|(field, _)| format!("add a line `{field} = …`"))
}
