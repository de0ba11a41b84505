//! What is live, written back as the document that would make it: applying it changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use lazo_domain::program::ProgramConfig;
use lazo_store::{Db, StoreError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::features::programs::VersionState;
use crate::features::tenants::Tenant;
use crate::features::{brands, programs};

/// Keys that come first in their table, in this order; the others follow by the alphabet.
const FIRST: [&str; 14] = [
    "code",
    "name",
    "brand",
    "state",
    "country",
    "currency",
    "time_zone",
    "type",
    "basis",
    "on",
    "point_types",
    "earning_rules",
    "tier_groups",
    "rewards",
];

/// The configuration of `tenant` that is live, as TOML.
pub async fn export(db: &Db, tenant: &Tenant) -> Result<String, StoreError> {
    let brands = brands::store::all(db, tenant.id).await?;
    let mut out = String::new();
    table(&mut out, "[tenant]", "tenant", &lean(&tenant.config)?);
    for brand in &brands {
        table(&mut out, "[[brands]]", "brands", &lean(&brand.config)?);
    }
    for head in programs::store::all(db, tenant.id).await? {
        let versions = programs::store::versions(db, tenant.id, head.id).await?;
        let Some(live) = versions.iter().find(|version| version.state == VersionState::Published)
        else {
            continue;
        };
        let mut program = program(&live.config)?;
        if let Some(brand) = brands.iter().find(|brand| Some(brand.id) == head.brand) {
            program.insert("brand".into(), brand.config.code.clone().into());
        }
        table(&mut out, "[[programs]]", "programs", &program);
    }
    Ok(out)
}

fn program(config: &ProgramConfig) -> Result<Map<String, Value>, StoreError> {
    let lists: BTreeMap<&str, Vec<Map<String, Value>>> = BTreeMap::from([
        ("point_types", config.point_types.iter().map(lean).collect::<Result<_, _>>()?),
        ("earning_rules", config.earning_rules.iter().map(lean).collect::<Result<_, _>>()?),
        ("tier_groups", config.tier_groups.iter().map(lean).collect::<Result<_, _>>()?),
        ("rewards", config.rewards.iter().map(lean).collect::<Result<_, _>>()?),
    ]);
    let bare = ProgramConfig {
        point_types: Vec::new(),
        earning_rules: Vec::new(),
        tier_groups: Vec::new(),
        rewards: Vec::new(),
        ..config.clone()
    };
    let mut out = lean(&bare)?;
    for (key, items) in lists {
        out.remove(key);
        if !items.is_empty() {
            out.insert(key.into(), items.into_iter().map(Value::Object).collect());
        }
    }
    Ok(out)
}

/// A value without the fields that reading it back would fill in by themselves.
fn lean<T: Serialize + DeserializeOwned + PartialEq>(
    value: &T,
) -> Result<Map<String, Value>, StoreError> {
    let shape = |error: serde_json::Error| StoreError::Shape(error.to_string());
    let mut whole = serde_json::to_value(value).map_err(shape)?;
    let same = |tried: &Value| T::deserialize(tried).is_ok_and(|read| read == *value);
    let mut paths = Vec::new();
    collect("", &whole, &mut paths);
    for path in paths {
        let mut tried = whole.clone();
        if drop_key(&mut tried, &path) && same(&tried) {
            whole = tried;
        }
    }
    match whole {
        Value::Object(table) => Ok(table),
        _ => Err(StoreError::Shape("a document is a table".into())),
    }
}

fn collect(at: &str, value: &Value, paths: &mut Vec<String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                let path = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                paths.push(path.clone());
                collect(&path, value, paths);
            }
        }
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                collect(&format!("{at}/{n}"), item, paths);
            }
        }
        _ => {}
    }
}

fn drop_key(value: &mut Value, path: &str) -> bool {
    let Some((parent, key)) = path.rsplit_once('/') else { return false };
    let key = key.replace("~1", "/").replace("~0", "~");
    let table = value.pointer_mut(parent).and_then(Value::as_object_mut);
    table.is_some_and(|table| table.remove(&key).is_some())
}

/// One table: what fits on a line first, then the lists of tables under headers of their own.
fn table(out: &mut String, header: &str, path: &str, table: &Map<String, Value>) {
    let _ = writeln!(out, "{}{header}", if out.is_empty() { "" } else { "\n" });
    let mut keys: Vec<&String> = table.keys().collect();
    keys.sort_by_key(|key| (rank(key), *key));
    let (lists, plain): (Vec<_>, Vec<_>) =
        keys.into_iter().partition(|key| is_list_of_tables(&table[*key]));
    for key in plain {
        let _ = writeln!(out, "{} = {}", bare(key), inline(&table[key]));
    }
    for key in lists {
        let below = format!("{path}.{}", bare(key));
        for item in table[key].as_array().into_iter().flatten().filter_map(Value::as_object) {
            self::table(out, &format!("[[{below}]]"), &below, item);
        }
    }
}

fn is_list_of_tables(value: &Value) -> bool {
    value.as_array().is_some_and(|items| {
        !items.is_empty() && items.iter().all(|item| item.get("code").is_some())
    })
}

fn inline(value: &Value) -> String {
    match value {
        Value::Null => "\"\"".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => toml::Value::String(text.clone()).to_string(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Object(table) => {
            let mut keys: Vec<&String> = table.keys().collect();
            keys.sort_by_key(|key| (rank(key), *key));
            let parts: Vec<String> = keys
                .into_iter()
                .map(|key| format!("{} = {}", bare(key), inline(&table[key])))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
    }
}

fn bare(key: &str) -> String {
    let plain =
        !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if plain { key.to_owned() } else { toml::Value::String(key.to_owned()).to_string() }
}

fn rank(key: &str) -> usize {
    FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len())
}
