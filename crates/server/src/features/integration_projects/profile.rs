//! Profiles raw files before anybody maps them: columns, how full, how many values, what they look like.

use std::collections::{BTreeMap, BTreeSet};
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

/// Payment card numbers in a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cards {
    /// Cells with something in them.
    pub filled: u64,
    /// Cells that hold one.
    pub cells: u64,
    /// The first row with one, from 1 below the headings.
    pub first_row: u64,
}

/// Columns of a file in which payment card numbers stand, also inside of other text. Every row is looked at, and one
/// number is enough: it may not come in.
pub fn card_columns(path: &Path, mapping: &Mapping) -> Result<BTreeMap<String, Cards>, MergeFault> {
    let (mut all, mut names, mut row) = (Vec::<Cards>::new(), Vec::new(), 0);
    extract::raw(path, mapping, &mut |columns, cells| {
        if all.is_empty() {
            all = vec![Cards::default(); columns.len()];
            names = columns.to_vec();
        }
        row += 1;
        for (cards, cell) in all.iter_mut().zip(cells) {
            cards.filled += u64::from(!cell.trim().is_empty());
            if holds_payment_card(cell) {
                cards.cells += 1;
                cards.first_row = if cards.cells == 1 { row } else { cards.first_row };
            }
        }
    })?;
    let found = names.into_iter().zip(all).filter(|(_, cards)| cards.cells > 0);
    Ok(found.collect())
}

/// Does the number of a payment card stand in a text: 13 to 19 digits of an issuer of cards, with a check digit, with
/// single blanks or hyphens between them at most, and no further digit or letter at either end?
#[must_use]
pub fn holds_payment_card(text: &str) -> bool {
    // Every cell of every file passes here: most are too short.
    if text.len() < 13 {
        return false;
    }
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let mut digits = Vec::with_capacity(19);
        let mut end = at;
        while end < bytes.len() {
            match bytes[end] {
                digit if digit.is_ascii_digit() => digits.push(digit),
                b' ' | b'-' if bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => {}
                _ => break,
            }
            end += 1;
        }
        let ends = bytes.get(end).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if begins && ends && is_card_number(&digits) {
            return true;
        }
        at = end.max(at + 1);
    }
    false
}

/// Are these digits the number of a payment card? An issuer's number begins with its prefix and has its length.
fn is_card_number(digits: &[u8]) -> bool {
    let first = |count: usize| {
        digits.iter().take(count).fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    let known = match digits.len() {
        13 | 19 => first(1) == 4 || matches!(first(2), 50 | 56..=69),
        14 => matches!(first(2), 30 | 36 | 38 | 39),
        15 => matches!(first(2), 34 | 37),
        16 => {
            first(1) == 4 || matches!(first(2), 50..=69 | 35) || (2_221..=2_720).contains(&first(4))
        }
        17 | 18 => matches!(first(2), 50 | 56..=69),
        _ => false,
    };
    known && has_check_digit(digits)
}

fn has_check_digit(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
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
        self.cards += u64::from(holds_payment_card(cell));
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
            _ if self.cards > 0 => "card",
            Some((place, _)) if self.filled > 0 => names[place],
            _ => "empty",
        };
        let shown = self.seen.iter().filter(|value| !holds_payment_card(value));
        let shown = shown.take(SHOWN).map(|value| masked(value));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of the card schemes' own examples, in all the ways that people write them; and numbers of 13 to 19 digits
    /// that are none: a bar code, an account number, one digit off.
    #[test]
    fn m6_card_numbers_are_found_inside_text_and_ordinary_numbers_are_not() {
        for text in [
            "4111111111111111",
            "pay with 4111 1111 1111 1111, thanks",
            "tarjeta:5500-0000-0000-0004.",
            "378282246310005",
            "(6011000990139424)",
            "2223003122003222",
        ] {
            assert!(holds_payment_card(text), "{text}");
        }
        for text in [
            "4111111111111112",
            "8412345678905",
            "ES9121000418450200051332",
            "9.4111111111111111x",
            "1234567890128",
            "2026-01-15T10:00:00Z",
            "+34 612 345 678 / 911",
            "",
        ] {
            assert!(!holds_payment_card(text), "{text}");
        }
    }
}
