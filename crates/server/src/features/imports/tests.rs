//! The reading half: mappings, layouts, numbers, times, groups and cancellations, without a ledger.

mod files;
mod mappings;
mod retail;

use std::io::Write;
use std::path::Path;

use super::{Draft, Finding, Mapping, Output, PurchaseFile, ReadingError};

const PLAIN: &str = r#"
kind = "purchases"
source = "till"
program = "club"
[fields]
member = "member"
purchase = "receipt"
at = "at"
product = "product"
quantity = "quantity"
net = "net"
[amounts]
currency = "EUR"
"#;

const HEADER: &str = "member,receipt,at,product,quantity,net\n";

/// What a file gives: drafts and findings, in order.
#[derive(Debug, Default)]
struct Given {
    drafts: Vec<Draft>,
    findings: Vec<Finding>,
}

impl Given {
    /// Findings as `line code`.
    fn codes(&self) -> Vec<String> {
        self.findings.iter().map(|f| format!("{} {}", f.line, f.code)).collect()
    }

    /// Drafts as their references.
    fn refs(&self) -> Vec<&str> {
        self.drafts.iter().map(|d| d.source_ref.as_str()).collect()
    }
}

fn mapping(text: &str) -> Mapping {
    Mapping::parse("mapping.toml", text).unwrap_or_else(|e| panic!("{e}"))
}

fn read(path: &Path, mapping: &Mapping) -> Result<Given, ReadingError> {
    let mut given = Given::default();
    let mut sink = |output| {
        match output {
            Output::Draft(draft) => given.drafts.push(*draft),
            Output::Finding(finding) => given.findings.push(*finding),
        }
        true
    };
    PurchaseFile::open(path, mapping)?.read(&mut sink)?;
    Ok(given)
}

/// Reads `bytes` as a file of that name.
fn file(name: &str, bytes: &[u8], mapping: &Mapping) -> Result<Given, ReadingError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
    read(&path, mapping)
}

/// Reads rows under the plain header.
fn rows(text: &str, mapping: &Mapping) -> Given {
    file("sales.csv", format!("{HEADER}{text}").as_bytes(), mapping).unwrap()
}
