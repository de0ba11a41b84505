//! The command itself: read, match, write links, report.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::mapping::{FileFault, Mapping};
use super::read::{self, Loaded};
use crate::hash::Set;
use crate::truth::{Quality, pairs_of_groups};
use crate::words::count;
use crate::{Band, Matcher, Outcome, Table};

/// Arguments of `match`.
#[derive(Debug, Clone, Args)]
pub struct MatchArgs {
    /// Two CSV files, or one with --dedupe; compressed when the name ends in .gz
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Finds records of one person within one file
    #[arg(long)]
    pub dedupe: bool,
    /// Which column is what: TOML
    #[arg(long, value_name = "FILE")]
    pub mapping: PathBuf,
    /// Where links are written: left, right, probability, band
    #[arg(long, value_name = "FILE")]
    pub links: PathBuf,
    /// Known links to measure against; nothing is learned from them
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// Explains the pair of these two ids
    #[arg(long, num_args = 2, value_names = ["LEFT", "RIGHT"])]
    pub explain: Option<Vec<String>>,
    /// Shows the learned weights
    #[arg(long)]
    pub weights: bool,
    /// How many threads work; the result does not depend on it
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// Runs the command and returns its report, as text or as one JSON document.
///
/// # Errors
/// What is wrong with a file or with the arguments.
pub fn run(args: &MatchArgs, as_json: bool) -> Result<String, FileFault> {
    let text = std::fs::read(&args.mapping).map_err(|error| {
        FileFault::new(&args.mapping, 0, format!("cannot be opened: {error}"), "check the name")
    })?;
    let text = String::from_utf8(text)
        .map_err(|_| FileFault::new(&args.mapping, 0, "is not UTF-8", "save it as UTF-8"))?;
    let mapping = Mapping::parse(&args.mapping, &text)?;
    let (left, right) = load(args, &mapping)?;
    let truth = args
        .truth
        .as_deref()
        .map(|file| truth(file, &left.table, right.as_ref().map(|r| &r.table)));
    let truth = truth.transpose()?;
    let threads =
        args.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let matcher = Matcher::new(threads).country(&mapping.country).date_order(mapping.date_order);
    let outcome = match &right {
        Some(right) => matcher.link(&left.table, &right.table),
        None => matcher.dedupe(&left.table),
    };
    let right_table = right.as_ref().map_or(&left.table, |right| &right.table);
    write_links(&args.links, &outcome, &left.table, right_table)?;
    let mut report = report(&outcome, &left, right.as_ref(), truth.as_ref());
    if args.weights {
        report["weights"] = weights(&outcome);
    }
    if let Some(ids) = &args.explain {
        report["explanation"] = explanation(args, ids, &outcome, &left.table, right_table)?;
    }
    if as_json {
        return Ok(format!("{report:#}"));
    }
    Ok(in_words(&report))
}

fn load(args: &MatchArgs, mapping: &Mapping) -> Result<(Loaded, Option<Loaded>), FileFault> {
    let fault =
        |what: &str, hint: &str| Err(FileFault::new(Path::new("lazo match"), 0, what, hint));
    match (&args.files[..], args.dedupe) {
        ([file], true) => Ok((read::load(file, &args.mapping, &mapping.left)?, None)),
        ([left, right], false) => std::thread::scope(|scope| {
            let other = scope.spawn(|| read::load(right, &args.mapping, &mapping.right));
            let left = read::load(left, &args.mapping, &mapping.left);
            let right = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            Ok((left?, Some(right?)))
        }),
        (_, true) => fault("--dedupe takes one file", "leave --dedupe out to link two files"),
        (_, false) => {
            fault("one file can only be compared with itself", "name two files, or say --dedupe")
        }
    }
}

/// True links by place; in one file the smaller place comes first.
fn truth(file: &Path, left: &Table, right: Option<&Table>) -> Result<Set<(u32, u32)>, FileFault> {
    let unknown = |id: &str, line: u64| {
        let what = format!("the id `{id}` is in no record");
        FileFault::new(
            file,
            line,
            what,
            "the first two columns must be ids of the left and the right file",
        )
    };
    let mut links = Set::default();
    for (one, other, line) in read::truth(file)? {
        let dedupe = right.is_none();
        let table = right.unwrap_or(left);
        let (mut a, mut b) = (left.place(&one), table.place(&other));
        if a.is_none() && b.is_none() && !dedupe {
            (a, b) = (left.place(&other), table.place(&one));
        }
        let a = a.ok_or_else(|| unknown(&one, line))?;
        let b = b.ok_or_else(|| unknown(&other, line))?;
        if a != b || !dedupe {
            links.insert(if dedupe { (a.min(b), a.max(b)) } else { (a, b) });
        }
    }
    Ok(links)
}

fn write_links(
    file: &Path,
    outcome: &Outcome,
    left: &Table,
    right: &Table,
) -> Result<(), FileFault> {
    let written = || -> std::io::Result<()> {
        let mut out = csv::Writer::from_writer(BufWriter::new(std::fs::File::create(file)?));
        out.write_record(["left", "right", "probability", "band"])?;
        for link in &outcome.links {
            let (one, other) = (left.id(link.left as usize), right.id(link.right as usize));
            let probability = format!("{:.6}", link.probability);
            out.write_record([one, other, &probability, link.band.name()])?;
        }
        out.into_inner().map_err(|error| std::io::Error::other(error.to_string()))?.flush()
    };
    written().map_err(|error| {
        FileFault::new(file, 0, format!("cannot be written: {error}"), "check the folder")
    })
}

fn report(
    outcome: &Outcome,
    left: &Loaded,
    right: Option<&Loaded>,
    truth: Option<&Set<(u32, u32)>>,
) -> Value {
    let stats = &outcome.stats;
    let bands = [Band::Auto, Band::Review].map(|band| outcome.band(band).count());
    let mut report = json!({
        "records": {"left": stats.left, "right": right.map(|_| stats.right)},
        "pairs": {
            "compared": stats.compared,
            "weighed": stats.weighed,
            "block_cap": stats.block_pairs,
            "rounds": stats.rounds,
        },
        "links": {"auto": bands[0], "review": bands[1]},
    });
    let mut oddities: BTreeMap<String, u64> = BTreeMap::new();
    for (what, number) in
        left.oddities.0.iter().chain(right.iter().flat_map(|right| &right.oddities.0))
    {
        *oddities.entry(what.clone()).or_default() += number;
    }
    if !oddities.is_empty() {
        report["odd_values"] = json!(oddities);
    }
    if let Some(truth) = truth {
        let ordered = |(one, other): (u32, u32)| {
            if right.is_some() { (one, other) } else { (one.min(other), one.max(other)) }
        };
        let of = |wanted: &dyn Fn(Band) -> bool| {
            let links = outcome.links.iter().filter(|link| wanted(link.band));
            Quality::of(links.map(|link| ordered((link.left, link.right))), truth)
        };
        let auto = of(&|band| band == Band::Auto);
        report["truth"] = json!({
            "true_links": truth.len(),
            "auto_and_review": quality(&of(&|_| true)),
            "auto": quality(&auto),
            "auto_error_bound_95": auto.error_bound(),
            "clustered": quality(&clustered(outcome, truth, right.is_some(), stats.left)),
            "review_queue": bands[1],
        });
    }
    report
}

/// Links that follow from the clusters, held against the truth; of two files the pairs across.
fn clustered(outcome: &Outcome, truth: &Set<(u32, u32)>, two: bool, left: usize) -> Quality {
    let left = count(left);
    let pairs = pairs_of_groups(outcome.clusters());
    let pairs = pairs.into_iter().filter(|(one, other)| !two || (*one < left && *other >= left));
    Quality::of(pairs.map(|(one, other)| (one, if two { other - left } else { other })), truth)
}

fn quality(quality: &Quality) -> Value {
    json!({
        "precision": quality.precision(),
        "recall": quality.recall(),
        "f1": quality.f1(),
        "right": quality.right,
        "wrong": quality.wrong,
        "missed": quality.missed,
    })
}

fn weights(outcome: &Outcome) -> Value {
    let weights = outcome.weights().into_iter().map(|(reason, same, home)| {
        json!({"field": reason.field, "finding": reason.finding, "bits": reason.bits, "same": same, "household": home})
    });
    weights.collect()
}

fn explanation(
    args: &MatchArgs,
    ids: &[String],
    outcome: &Outcome,
    left: &Table,
    right: &Table,
) -> Result<Value, FileFault> {
    let find = |table: &Table, file: &Path, id: &str| {
        table.place(id).map(|place| place as usize).ok_or_else(|| {
            FileFault::new(
                file,
                0,
                format!("there is no record `{id}`"),
                "ids are compared to the letter",
            )
        })
    };
    let last = args.files.last().map_or(Path::new(""), PathBuf::as_path);
    let (one, other) = (find(left, &args.files[0], &ids[0])?, find(right, last, &ids[1])?);
    let Some(explained) = outcome.explain(one, other) else { return Ok(Value::Null) };
    let reasons: Vec<String> = explained
        .reasons
        .iter()
        .map(|reason| format!("{} {} {:+.1}", reason.field, reason.finding, reason.bits))
        .collect();
    let link = outcome.links.iter().find(|link| {
        (link.left as usize, link.right as usize) == (one, other)
            || (args.dedupe && (link.left as usize, link.right as usize) == (other, one))
    });
    Ok(json!({
        "pair": ids,
        "reasons": reasons,
        "prior_bits": explained.prior_bits,
        "household_bits": explained.household_bits,
        "probability_alone": explained.probability,
        "probability": link.map(|link| link.probability),
        "band": link.map_or("none", |link| link.band.name()),
    }))
}

fn in_words(report: &Value) -> String {
    let mut text = String::new();
    write_value(&mut text, "", report);
    text.truncate(text.trim_end().len());
    text
}

fn write_value(text: &mut String, name: &str, value: &Value) {
    let plain = |value: &Value| match value {
        Value::Number(number) if number.is_f64() => {
            format!("{:.6}", number.as_f64().unwrap_or(0.0))
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match value {
        Value::Null => {}
        Value::Object(fields) if fields.values().all(|v| !v.is_object() && !v.is_array()) => {
            let known = fields.iter().filter(|(_, value)| !value.is_null());
            let line: Vec<String> =
                known.map(|(name, value)| format!("{name} {}", plain(value))).collect();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<24} {}", line.join(", "));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(field, value)| write_value(text, field, value))
        }
        Value::Array(items) => items.iter().for_each(|item| write_value(text, name, item)),
        other => {
            let _ = writeln!(text, "{name:<24} {}", plain(other));
        }
    }
}
