//! Reads a dropped file once, without understanding it: its columns, its first rows, and how many there are.

use std::path::Path;

use serde_json::{Map, Value};

use super::super::fault::{MergeFault, io, refused};
use crate::features::imports::Mapping;
use crate::features::imports::extract;

/// Rows kept for guessing.
const KEPT: usize = 400;
/// The most columns of a file.
const MAX_COLUMNS: usize = 200;
/// A mapping that understands nothing: enough to read cells.
const PLAIN: &str = "kind = \"accounts\"\nsource = \"file\"\nprogram = \"file\"\n\n[file]\nencoding = \"auto\"\n\n[fields]\nmember = { constant = \"-\" }\n";

/// A file as it was read.
pub struct Sample {
    /// Its columns.
    pub names: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many there are.
    pub count: u64,
}

/// Reads a file.
pub fn sample(path: &Path) -> Result<Sample, MergeFault> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if matches!(ending, "json" | "jsonl") {
        return objects(path);
    }
    let mapping = Mapping::parse("two-files", PLAIN)
        .map_err(|error| refused("merge_files", error.to_string(), ""))?;
    let names = extract::columns(path, &mapping)?;
    if names.len() > MAX_COLUMNS {
        let what = format!("{} columns are more than an export has", names.len());
        return Err(refused("merge_files", what, "export members with their points"));
    }
    let mut rows = Vec::new();
    let count = extract::raw(path, &mapping, &mut |_, cells| {
        if rows.len() < KEPT {
            rows.push(cells.map(str::to_owned).collect());
        }
    })?;
    Ok(Sample { names, rows, count })
}

/// Reads objects of JSON, whose columns are the names in them: a mapping that names none would see none.
fn objects(path: &Path) -> Result<Sample, MergeFault> {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    let all: Vec<Map<String, Value>> = serde_json::Deserializer::from_str(&text)
        .into_iter::<Value>()
        .map(|value| value.map(rows_of))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused("merge_files", format!("no JSON: {error}"), ""))?
        .into_iter()
        .flatten()
        .collect();
    let mut names: Vec<String> = Vec::new();
    for name in all.iter().take(KEPT).flat_map(Map::keys) {
        if !names.contains(name) && names.len() < MAX_COLUMNS {
            names.push(name.clone());
        }
    }
    if names.is_empty() {
        return Err(refused("merge_files", "there are no rows in it", ""));
    }
    let cell = |row: &Map<String, Value>, name: &String| match row.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let rows = all.iter().take(KEPT);
    let rows = rows.map(|row| names.iter().map(|name| cell(row, name)).collect()).collect();
    Ok(Sample { names, rows, count: u64::try_from(all.len()).unwrap_or(u64::MAX) })
}

/// An array's objects, or the one object that there is.
fn rows_of(value: Value) -> Vec<Map<String, Value>> {
    match value {
        Value::Array(all) => all.into_iter().flat_map(rows_of).collect(),
        Value::Object(row) => vec![row],
        _ => Vec::new(),
    }
}
