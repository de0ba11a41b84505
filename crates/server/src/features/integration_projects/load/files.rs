//! The files of a source under their mappings: looked over, previewed, and read whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use lazo_domain::merging::MemberSnapshot;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::super::document::SourceSpec;
use super::super::fault::{MergeFault, io, refused};
use super::super::quality::Collector;
use super::super::rows;
use super::super::spool::{Part, Spool};
use super::super::store::accounts::Arrival;
use super::super::store::projects::Project;
use super::{BATCH, Opened, Preview, Read, Totals, account, lost};
use crate::features::imports::extract::{self, Progress};
use crate::features::imports::{Mapping, RowKind};

/// Reads the mappings of a source.
pub fn open(project: &Project, source: &SourceSpec) -> Result<Vec<Opened>, MergeFault> {
    let opened = source.files.iter().map(|file| {
        let mapping = mapping(&project.document.path(&file.mapping))?;
        if mapping.source != source.code || !mapping.kind.is_extract() {
            let what = format!(
                "{}: a mapping of {} of `{}`",
                file.mapping,
                mapping.kind.name(),
                mapping.source
            );
            let hint =
                format!("write source = \"{}\" and a kind such as accounts or lots", source.code);
            return Err(refused("merge_mapping", what, hint));
        }
        let path = project.document.path(&file.file);
        Ok(Opened { path, mapping: std::sync::Arc::new(mapping) })
    });
    let opened: Vec<Opened> = opened.collect::<Result<_, MergeFault>>()?;
    if !opened.iter().any(|file| file.mapping.kind == RowKind::Accounts) {
        let what = format!("source `{}` has no file of accounts", source.code);
        return Err(refused("merge_mapping", what, "one mapping must be of kind accounts"));
    }
    Ok(opened)
}

/// Reads a mapping.
pub fn mapping(path: &Path) -> Result<Mapping, MergeFault> {
    let text = std::fs::read_to_string(path).map_err(io(path))?;
    Ok(Mapping::parse(&path.display().to_string(), &text)?)
}

/// Refuses a file with columns that the mapping neither uses nor leaves out knowingly, and one with card numbers in
/// a column that is used.
pub fn explained(file: &Opened, accepted: &BTreeMap<String, String>) -> Result<(), MergeFault> {
    let columns = extract::columns(&file.path, &file.mapping)?;
    // A column that the mapping uses and the file has not is told first: it may be the one that is left over.
    extract::understood(&file.mapping, &columns)?;
    let unexplained = file.mapping.unexplained(&columns);
    if let Some(first) = unexplained.first() {
        let what = format!(
            "{}: column `{first}` is unexplained ({} in all: {})",
            file.path.display(),
            unexplained.len(),
            unexplained.join(", ")
        );
        let hint = format!(
            "map it, or say why not: [ignored] {first} = \"<reason>\" in {}",
            file.mapping.file
        );
        return Err(refused("merge_unexplained_columns", what, hint));
    }
    let used = file.mapping.columns();
    let cards = super::super::profile::card_columns(&file.path, &file.mapping)?;
    // One in ten numbers has a check digit by chance: somebody who has looked may say so, of a column that is not mostly
    // of them.
    let looked_at = accepted.contains_key("card_numbers");
    let stands =
        |found: &super::super::profile::Cards| !looked_at || found.cells * 2 > found.filled;
    let mut cards = cards.iter().filter(|(column, found)| used.contains(*column) && stands(found));
    if let Some((column, found)) = cards.next() {
        // Where it stands is told, and never the number.
        let what = format!(
            "{}: column `{column}` holds payment card numbers in {} cells, first in row {} below the headings",
            file.path.display(),
            found.cells,
            found.first_row
        );
        let hint = "they may not come in: take them out of the extract or put the column under [ignored]; where \
            numbers of your own look so by chance, accept card_numbers with the reason";
        return Err(refused("merge_card_numbers", what, hint));
    }
    Ok(())
}

pub fn preview(file: &Opened, wanted: usize) -> Result<Preview, MergeFault> {
    let (mut shown, mut bad) = (Vec::new(), Vec::new());
    let progress =
        Progress::of(&file.path).map_err(crate::features::imports::ReadingError::from)?;
    let read = extract::read(
        &file.path,
        &file.mapping,
        &progress,
        &mut |fields| {
            if shown.len() < wanted {
                let member = fields.text("member")?;
                let part = rows::part(fields, "")?;
                shown.push(json!({ "member": member, "row": part }));
            }
            Ok(())
        },
        &mut |finding| bad.push(json!({ "line": finding.line, "error": finding.reason })),
    )?;
    shown.extend(bad.into_iter().take(wanted));
    let file = file.path.display().to_string();
    Ok(Preview { file, unexplained: read.unexplained, rows: shown })
}

/// Reads all files of a source and hands its accounts on, in a thread of its own.
pub fn read(
    gather: &account::Gather,
    files: &[Opened],
    sender: &mpsc::Sender<Vec<Arrival>>,
) -> Result<(Read, Vec<account::Erased>), MergeFault> {
    let mut spool = Spool::new()?;
    let mut quality = Collector::default();
    let (mut stated, mut erased, mut told) = (Totals::default(), Vec::new(), Vec::new());
    let mut fault = None;
    for file in files {
        let name = file.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let progress =
            Progress::of(&file.path).map_err(crate::features::imports::ReadingError::from)?;
        let kind = file.mapping.kind;
        let mut bad = Vec::new();
        let done = extract::read(
            &file.path,
            &file.mapping,
            &progress,
            &mut |fields| {
                match kind {
                    RowKind::Totals => return stated.state(fields),
                    RowKind::Erased => return account::erased(fields, &mut erased),
                    RowKind::Changes => return Ok(()),
                    _ => {}
                }
                let member = rows::member(fields)?;
                if let Some(part) = rows::part(fields, &name)?
                    && let Err(error) = spool.add(&member, &part)
                {
                    fault = Some(error);
                }
                Ok(())
            },
            &mut |finding| bad.push(finding),
        )?;
        for finding in bad {
            let place = format!("{name}:{}", finding.line);
            quality.add(
                "unreadable_row",
                &place,
                format!("{}: {}", finding.field, finding.reason),
                0,
            );
        }
        if let Some(first) = done.unexplained.first() {
            let what = format!("{}: `{first}` is unexplained", file.path.display());
            let hint = format!("map it, or put it under [ignored] in {}", file.mapping.file);
            return Err(refused("merge_unexplained_columns", what, hint));
        }
        told.push(json!({ "file": name, "kind": kind.name(), "rows": done.rows,
            "sha256": file_hash(&file.path)?, "mapping_sha256": file.mapping.hash() }));
    }
    if let Some(fault) = fault {
        return Err(fault);
    }
    let (mut totals, mut contacts) = (Totals::default(), Vec::new());
    let (mut lots, mut count, mut transactions) = (0, 0, 0);
    let (mut gathered, mut numbers, mut batch) = (spool.finish()?, BTreeSet::new(), Vec::new());
    while let Some(members) = gathered.take()? {
        for (number, parts) in members {
            let built: Option<Arrival> = gather.account(&number, parts, &mut quality);
            let Some(arrival) = built else { continue };
            totals.add(&arrival.snapshot);
            lots += arrival.snapshot.lots.len() as u64;
            transactions += arrival.history.len() as u64;
            count += 1;
            if let Some(company) = &arrival.snapshot.contact_of {
                contacts.push((number.clone(), company.clone()));
            }
            numbers.insert(number);
            batch.push(arrival);
            if batch.len() == BATCH && sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                return Err(lost());
            }
        }
    }
    if !batch.is_empty() && sender.blocking_send(batch).is_err() {
        return Err(lost());
    }
    for (contact, company) in contacts.iter().filter(|(_, company)| !numbers.contains(company)) {
        quality.add("contact_without_company", contact, company.clone(), 0);
    }
    if stated.0.is_empty() {
        // With nothing to compare with, half a file looks like a whole one.
        let what = "the source's owner states no totals: nobody knows whether all of it is here";
        quality.add("no_totals", &gather.source, what, 0);
    }
    let report = quality.report(count, lots, transactions);
    Ok((Read { report, totals, stated, files: Value::Array(told), contacts }, erased))
}

fn file_hash(path: &Path) -> Result<String, MergeFault> {
    let mut file = std::fs::File::open(path).map_err(io(path))?;
    let mut hash = Sha256::new();
    std::io::copy(&mut file, &mut hash).map_err(io(path))?;
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// A part that belongs to nobody, in words and points.
pub fn orphan(part: &Part) -> (&'static str, i64) {
    match part {
        Part::Account(_) => ("account", 0),
        Part::Lot(lot) => ("lot", lot.points),
        Part::Tier(_) => ("tier", 0),
        Part::Counter(_) => ("counter", 0),
        Part::Voucher(_) => ("voucher", 0),
        Part::Order(order, _) => ("order", order.points),
        Part::Consent(_) => ("consent", 0),
        Part::Plan(_) => ("paid plan", 0),
        Part::Pool(_) => ("pool", 0),
        Part::Token(..) => ("token", 0),
        Part::Transaction(transaction) => ("transaction", transaction.points),
    }
}

/// Puts what an account has in one order, whatever the order of the files was.
pub fn put_in_order(snapshot: &mut MemberSnapshot) {
    snapshot.lots.sort_by(|a, b| (&a.lot, a.state, &a.hold).cmp(&(&b.lot, b.state, &b.hold)));
    snapshot.counters.sort_by(|a, b| {
        (&a.counter, &a.period, &a.reference).cmp(&(&b.counter, &b.period, &b.reference))
    });
    snapshot.tiers.sort_by(|a, b| (&a.tier, a.since).cmp(&(&b.tier, b.since)));
    snapshot.vouchers.sort_by(|a, b| a.code.cmp(&b.code));
    snapshot.orders.sort_by(|a, b| (&a.order, a.ordered_at).cmp(&(&b.order, b.ordered_at)));
    snapshot.consents.sort_by(|a, b| {
        (&a.purpose, &a.channel, a.at, a.state).cmp(&(&b.purpose, &b.channel, b.at, b.state))
    });
    snapshot.plans.sort_by(|a, b| (&a.plan, a.paid_from).cmp(&(&b.plan, b.paid_from)));
    snapshot.aliases.sort_unstable();
    snapshot.aliases.dedup();
    snapshot.identity_hashes.sort_unstable();
    snapshot.identity_hashes.dedup();
}
