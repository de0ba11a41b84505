//! Profiles raw files before anybody maps them: columns, how full, how many values, what they look like.

use std::collections::BTreeSet;
use std::path::Path;

use lazo_store::StoreError;
use serde::Serialize;

use super::fault::{MergeFault, io};
use super::state::{State, Step};
use super::store::projects::{Project, json};
use super::store::sources::{self, Source};
use super::workbench::{Watch, Workbench};
use crate::features::imports::Mapping;
use crate::features::imports::extract;

/// Distinct values counted exactly; beyond it a column just has many.
const DISTINCT: usize = 10_000;
/// Values shown of a column.
const SHOWN: usize = 5;
/// The share of a column's values, of a hundred, that must look like payment cards for the column to be one of them.
const CARDS_PERCENT: u64 = 10;

/// A raw file.
#[derive(Debug, Clone, Serialize)]
pub struct FileProfile {
    /// Its name.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Its rows.
    pub rows: u64,
    /// How its bytes seem to stand for letters.
    pub encoding: &'static str,
    /// Its columns.
    pub columns: Vec<ColumnProfile>,
}

/// A column of a raw file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ColumnProfile {
    /// Its name.
    pub name: String,
    /// Cells with something in them.
    pub filled: u64,
    /// Distinct values; as many as are counted when there are more.
    pub distinct: usize,
    /// Are all distinct, so that it may be a key?
    pub unique: bool,
    /// `integer`, `decimal`, `date`, `email`, `flag`, `card` (of payment) or `text`.
    pub looks_like: &'static str,
    /// The shortest and the longest value, in characters.
    pub lengths: (usize, usize),
    /// Some values; personal ones are masked.
    pub examples: Vec<String>,
    /// Values that look like payment card numbers.
    pub cards: u64,
    #[serde(skip)]
    seen: BTreeSet<String>,
    #[serde(skip)]
    kinds: [u64; 5],
}

impl Workbench {
    /// Looks at all raw files of a project.
    pub async fn profile(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<Vec<FileProfile>, MergeFault> {
        self.may(project, Step::Profile)?;
        let hold = self.hold(project).await?;
        let mut all = Vec::new();
        let before = sources::all(&self.app.db, project).await?;
        for source in &project.document.sources {
            let mut of = Vec::new();
            for file in &source.files {
                let mapping = super::load::mapping(&project.document.path(&file.mapping))?;
                let path = project.document.path(&file.file);
                let profile = tokio::task::spawn_blocking(move || profile(&path, &mapping)).await;
                of.push(profile.map_err(|error| StoreError::Shape(error.to_string()))??);
                hold.renew().await?;
                watch("files profiled", (all.len() + of.len()) as u64, None);
            }
            let known = before.iter().find(|row| row.source == source.code).cloned();
            let row = known.unwrap_or_else(|| blank(&source.code));
            let mut tx = self.app.db.begin().await?;
            sources::put(&mut tx, project, &Source { profile: json(&of)?, ..row }).await?;
            tx.commit().await?;
            all.extend(of);
        }
        if project.state == State::Draft {
            self.move_to(project, State::Profiled, None, serde_json::json!({})).await?;
        }
        hold.release().await?;
        Ok(all)
    }
}

fn blank(source: &str) -> Source {
    Source {
        source: source.to_owned(),
        state: "profiled".to_owned(),
        files: "[]".to_owned(),
        totals: "{\"totals\":{},\"erased\":{}}".to_owned(),
        stated: "{}".to_owned(),
        report: "{}".to_owned(),
        profile: "[]".to_owned(),
        ..Source::default()
    }
}

fn profile(path: &Path, mapping: &Mapping) -> Result<FileProfile, MergeFault> {
    let mut columns: Vec<ColumnProfile> = Vec::new();
    let rows = extract::raw(path, mapping, &mut |names, cells| {
        if columns.is_empty() {
            let named = |name: &String| ColumnProfile { name: name.clone(), ..Default::default() };
            columns = names.iter().map(named).collect();
        }
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.look(cell.trim()));
    })?;
    let bytes = std::fs::metadata(path).map_err(io(path))?.len();
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    columns.iter_mut().for_each(ColumnProfile::sum_up);
    Ok(FileProfile { file, bytes, rows, encoding: encoding(path)?, columns })
}

/// Columns of a file whose values look like payment card numbers. Every row is looked at.
pub fn card_columns(path: &Path, mapping: &Mapping) -> Result<BTreeSet<String>, MergeFault> {
    let (mut counts, mut names) = (Vec::<(u64, u64)>::new(), Vec::new());
    extract::raw(path, mapping, &mut |columns, cells| {
        if counts.is_empty() {
            counts = vec![(0, 0); columns.len()];
            names = columns.to_vec();
        }
        for ((filled, cards), cell) in counts.iter_mut().zip(cells) {
            *filled += u64::from(!cell.trim().is_empty());
            *cards += u64::from(is_payment_card(cell));
        }
    })?;
    let holds = |(filled, cards): &(u64, u64)| *cards > 0 && cards * 100 >= filled * CARDS_PERCENT;
    let found = names.into_iter().zip(counts).filter(|(_, counts)| holds(counts));
    Ok(found.map(|(name, _)| name).collect())
}

/// Does a text look like the number of a payment card: 13 to 19 digits of an issuer of cards, with a check digit?
#[must_use]
pub fn is_payment_card(text: &str) -> bool {
    let plain = || text.bytes().filter(|b| !matches!(b, b' ' | b'-'));
    // Every cell of every file passes here: most are told by their length or first letter.
    if text.len() < 13 || !matches!(plain().next(), Some(b'3'..=b'6')) {
        return false;
    }
    if !(13..=19).contains(&plain().count()) || !plain().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let sum: u32 = plain()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

impl ColumnProfile {
    fn look(&mut self, cell: &str) {
        if cell.is_empty() {
            return;
        }
        self.filled += 1;
        let length = cell.chars().count();
        let (least, most) = self.lengths;
        self.lengths =
            if self.filled == 1 { (length, length) } else { (least.min(length), most.max(length)) };
        if self.seen.len() < DISTINCT {
            self.seen.insert(cell.to_owned());
        }
        self.cards += u64::from(is_payment_card(cell));
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        let whole = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let unsigned = cell.trim_start_matches('-');
        let place = if whole(unsigned) {
            0
        } else if unsigned.split_once(['.', ',']).is_some_and(|(a, b)| whole(a) && whole(b)) {
            1
        } else if digits >= 6
            && cell.contains(['-', '/', '.'])
            && cell.len() <= 35
            && !cell.contains('@')
        {
            2
        } else if cell.contains('@') {
            3
        } else {
            4
        };
        self.kinds[place] += 1;
    }

    fn sum_up(&mut self) {
        self.distinct = self.seen.len();
        self.unique = self.distinct as u64 == self.filled && self.filled > 0;
        let names = ["integer", "decimal", "date", "email", "text"];
        let most = self.kinds.iter().enumerate().max_by_key(|(_, count)| **count);
        self.looks_like = match most {
            _ if self.cards > 0 && self.cards * 100 >= self.filled * CARDS_PERCENT => "card",
            Some((place, _)) if self.filled > 0 => names[place],
            _ => "empty",
        };
        let shown = self.seen.iter().take(SHOWN).map(|value| masked(value));
        self.examples = shown.collect();
    }
}

/// The beginning of a value: enough to know its form, not whose it is.
fn masked(value: &str) -> String {
    let length = value.chars().count();
    let kept = if length <= 4 { length } else { 3 };
    value.chars().take(kept).chain((kept..length).map(|_| '·').take(8)).collect()
}

/// How the bytes at the beginning of a file seem to stand for letters.
fn encoding(path: &Path) -> Result<&'static str, MergeFault> {
    use std::io::Read as _;
    let mut head = vec![0; 1 << 16];
    let mut file = std::fs::File::open(path).map_err(io(path))?;
    let count = file.read(&mut head).map_err(io(path))?;
    let head = &head[..count];
    let cut = |error: &std::str::Utf8Error| error.error_len().is_none();
    Ok(match std::str::from_utf8(head) {
        Ok(text) if text.is_ascii() => "ascii",
        Ok(_) => "utf-8",
        Err(error) if cut(&error) => "utf-8",
        Err(_) if head.iter().any(|byte| (0x80..0xa0).contains(byte)) => "windows-1252",
        Err(_) => "latin-1",
    })
}
