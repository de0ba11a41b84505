//! From two sides with their columns to a throw-away project: mappings, document and rules, then every step up to the dry
//! run. Nothing is posted.

use std::collections::BTreeMap;
use std::path::Path;

use lazo_domain::conversion::{ConversionRule, Table};
use lazo_domain::merging::MergeRules;
use lazo_domain::rate::{Rate, Rounding, div};
use lazo_domain::time::DAY;
use toml::{Table as Toml, Value};

use super::super::document::{Document, SourceFile, SourceSpec};
use super::super::fault::{MergeFault, io, refused};
use super::super::quality;
use super::super::workbench::Workbench;
use super::{Side, Trial, guess};

/// The codes of the two sides.
pub const CODES: [&str; 2] = ["a", "b"];
/// What the points of a side are called.
const POINTS: &str = "points";
/// The largest denominator of a proposed rate.
const SIMPLEST: i64 = 20;
/// How much a proposed rate may give more than parity, one part in so many.
const GIVES: i128 = 50;
/// A day on which points that say no date were earned: well before any cut-over.
const EARNED: &str = "2020-01-01T00:00:00Z";

/// The program that both sides would become: its code, its first points and what one is worth in minor units.
pub struct Target {
    /// The program's code.
    pub program: String,
    /// The point type's code.
    pub points: String,
    /// What one whole point is worth.
    pub worth: Rate,
}

/// What one point of a side is worth, in minor units.
pub fn worth_of(side: &Side) -> Rate {
    Rate::new(side.worth.max(1), 100).unwrap_or(Rate::ONE)
}

/// The simplest rate that takes nothing from anybody: at least parity, and at most a fiftieth above it.
pub fn proposed(side: &Side, target: &Target) -> Rate {
    let worth = worth_of(side);
    let (num, den) = (
        i128::from(worth.num()) * i128::from(target.worth.den()),
        i128::from(worth.den()) * i128::from(target.worth.num()).max(1),
    );
    for part in 1..=SIMPLEST {
        let whole = div(num * i128::from(part), den, Rounding::Ceil);
        let above = whole * den - num * i128::from(part);
        if above * GIVES <= num * i128::from(part)
            && let Some(rate) = i64::try_from(whole).ok().and_then(|whole| Rate::new(whole, part))
        {
            return rate;
        }
    }
    let exact = (i64::try_from(num), i64::try_from(den));
    match exact {
        (Ok(num), Ok(den)) => Rate::new(num, den).unwrap_or(Rate::ONE),
        _ => Rate::ONE,
    }
}

/// Works a trial out: everything up to the dry run.
pub async fn work_out(
    bench: &Workbench,
    code: &str,
    trial: &Trial,
    target: &Target,
    rates: &[Rate],
    folder: &Path,
) -> Result<(), MergeFault> {
    let document = document(code, trial, target, folder)?;
    let rules = rules(bench, trial, target, rates)?;
    let unseen = |_: &'static str, _: u64, _: Option<u64>| {};
    let project = bench.describe(document, rules).await?;
    bench.profile(&project, &unseen).await?;
    let project = bench.project(code).await?;
    bench.map(&project, &unseen).await?;
    let project = bench.project(code).await?;
    bench.match_people(&project, &unseen).await?;
    let project = bench.project(code).await?;
    bench.dry_run(&project, &unseen).await?;
    Ok(())
}

fn document(
    code: &str,
    trial: &Trial,
    target: &Target,
    folder: &Path,
) -> Result<Document, MergeFault> {
    let mut sources = Vec::new();
    for (side, code) in trial.sides.iter().zip(CODES) {
        let mut files = Vec::new();
        for (kind, text) in [
            ("accounts", mapping(side, code, target, "accounts")?),
            ("lots", mapping(side, code, target, "lots")?),
        ] {
            let name = format!("{code}-{kind}.toml");
            let path = folder.join(&name);
            std::fs::write(&path, text).map_err(io(&path))?;
            files.push(SourceFile { file: side.file.clone(), mapping: name });
        }
        sources.push(SourceSpec {
            code: code.to_owned(),
            scheme: String::new(),
            joins: false,
            files,
        });
    }
    let mut document = Document {
        code: code.to_owned(),
        program: target.program.clone(),
        rules: String::new(),
        protected_until: None,
        sources,
        partners: Vec::new(),
        waves: Vec::new(),
        pilot: Default::default(),
        calendar: Default::default(),
        stop: Default::default(),
        review: Default::default(),
        survivorship: Default::default(),
        stores: BTreeMap::new(),
        names: names(trial, target),
        liability: Default::default(),
        accepted: quality::blocking_codes()
            .map(|code| (code.to_owned(), "a trial".to_owned()))
            .collect(),
        folder: folder.to_owned(),
    };
    document.complete()?;
    Ok(document)
}

/// What people call both programs and their points.
fn names(trial: &Trial, target: &Target) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    let named = |name: &str| {
        BTreeMap::from([("es".to_owned(), name.to_owned()), ("en".to_owned(), name.to_owned())])
    };
    for (side, code) in trial.sides.iter().zip(CODES) {
        names.insert(code.to_owned(), named(&side.name));
    }
    names.insert(
        POINTS.to_owned(),
        BTreeMap::from([
            ("es".to_owned(), "puntos".to_owned()),
            ("en".to_owned(), "points".to_owned()),
        ]),
    );
    let _ = target;
    names
}

/// A mapping file of one side; columns that nobody needs are left out knowingly.
fn mapping(side: &Side, code: &str, target: &Target, kind: &str) -> Result<String, MergeFault> {
    let column = |field: &str| {
        side.columns.iter().find(|column| column.field == field).map(|column| column.name.clone())
    };
    let missing = |field: &str| {
        refused("two_files_column", format!("no column holds `{field}`"), "choose it")
    };
    let text = |text: &str| Value::String(text.to_owned());
    let constant = |text: &str| {
        Value::Table(Toml::from_iter([("constant".to_owned(), Value::String(text.to_owned()))]))
    };
    let dated = |column: String| {
        let mut table = Toml::from_iter([("column".to_owned(), Value::String(column))]);
        if side.dates != "rfc3339" {
            table.insert("format".to_owned(), text(&side.dates));
            table.insert("zone".to_owned(), text("UTC"));
        }
        Value::Table(table)
    };
    let mut fields = Toml::new();
    let member = column("member").ok_or_else(|| missing("member"))?;
    fields.insert("member".to_owned(), Value::String(member.clone()));
    let mut used = vec![member];
    let mut person = Toml::new();
    if kind == "accounts" {
        if let Some(column) = column("enrolled_at") {
            used.push(column.clone());
            fields.insert("enrolled_at".to_owned(), dated(column));
        }
        for column in &side.columns {
            let part = guess::FIELDS[5..].iter().find(|field| **field == column.field);
            if let Some(part) = part {
                used.push(column.name.clone());
                person.insert((*part).to_owned(), Value::String(column.name.clone()));
            }
        }
    } else {
        let points = column("points").ok_or_else(|| missing("points"))?;
        used.push(points.clone());
        fields.insert("lot".to_owned(), constant("balance"));
        fields.insert("point_type".to_owned(), constant(POINTS));
        let mut number = Toml::from_iter([
            ("column".to_owned(), Value::String(points)),
            ("decimal".to_owned(), text(&side.decimal)),
            ("default".to_owned(), text("0")),
        ]);
        if !side.thousands.is_empty() {
            number.insert("thousands".to_owned(), text(&side.thousands));
        }
        fields.insert("points".to_owned(), Value::Table(number));
        fields.insert("earned_at".to_owned(), constant(EARNED));
        if let Some(column) = column("expires_at") {
            used.push(column.clone());
            fields.insert("expires_at".to_owned(), dated(column));
        }
    }
    let unused = side.columns.iter().filter(|column| !used.contains(&column.name));
    let ignored = unused.map(|column| (column.name.clone(), text("not needed for this")));
    let mut whole = Toml::from_iter([
        ("kind".to_owned(), text(kind)),
        ("source".to_owned(), text(code)),
        ("program".to_owned(), text(&target.program)),
        ("file".to_owned(), Value::Table(Toml::from_iter([("encoding".to_owned(), text("auto"))]))),
        ("fields".to_owned(), Value::Table(fields)),
        ("ignored".to_owned(), Value::Table(ignored.collect())),
    ]);
    if !person.is_empty() {
        whole.insert("person".to_owned(), Value::Table(person));
    }
    toml::to_string(&whole).map_err(|error| refused("two_files_column", error.to_string(), ""))
}

fn rules(
    bench: &Workbench,
    trial: &Trial,
    target: &Target,
    rates: &[Rate],
) -> Result<MergeRules, MergeFault> {
    let now = bench.now();
    let cutover = now.plus_micros(-now.0.rem_euclid(DAY));
    let head = serde_json::json!({
        "cutover": cutover,
        "zone": bench.tenant.config.time_zone,
        "controller": CODES[0],
        "point_types": { target.points.as_str(): { "value_minor": target.worth } },
    });
    let mut rules: MergeRules = serde_json::from_value(head)
        .map_err(|error| refused("merge_rules", error.to_string(), ""))?;
    for ((side, code), rate) in trial.sides.iter().zip(CODES).zip(rates) {
        rules.conversions.push(ConversionRule {
            source: code.to_owned(),
            point_type: POINTS.to_owned(),
            to: target.points.clone(),
            table: Table::Flat { rate: *rate },
            rounding: Rounding::Ceil,
            step: None,
            min: None,
            bonus: None,
            cap: None,
        });
        let worth = BTreeMap::from([(POINTS.to_owned(), worth_of(side))]);
        rules.values.insert(code.to_owned(), worth);
    }
    Ok(rules)
}
