//! A sample of a client's data looked over: what each column holds, and the defects that spoil an import, with the rows
//! on which they are.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The most columns of a sample: each is looked at beside every row.
const MOST_COLUMNS: usize = 1_000;
/// The largest sample, in octets.
pub const MOST_OCTETS: usize = 16 * 1024 * 1024;
/// Rows named with a defect; how many there are in all is said beside them.
const NAMED: usize = 50;

/// What is wrong with a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Defect {
    /// `bom`, `mixed_encodings`, `mixed_dates`, `negative_points`, `duplicate_key`, `orphan`, `thousands_separator`,
    /// `spaces`, `invalid_nif`, `future_date`, `missing_email` or `mixed_lengths`.
    pub kind: &'static str,
    /// In which column; empty where it is about whole rows.
    pub column: String,
    /// How many rows have it.
    pub count: usize,
    /// The first of them; the line below the heading is row 1.
    pub rows: Vec<usize>,
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Column {
    /// Its heading.
    pub name: String,
    /// How many rows fill it in.
    pub filled: usize,
    /// How many different values it has.
    pub distinct: usize,
    /// The most common shape: `9` for a digit, `A` for a letter, the rest as it is.
    pub shape: String,
}

/// What a sample holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Profile {
    /// How many rows it has.
    pub rows: usize,
    /// Its columns in their order.
    pub columns: Vec<Column>,
    /// What is wrong with it.
    pub defects: Vec<Defect>,
}

/// A sample as rows of text.
struct Table {
    heads: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Collects rows by kind and column.
#[derive(Default)]
struct Found(BTreeMap<(&'static str, String), Vec<usize>>);

impl Found {
    fn add(&mut self, kind: &'static str, column: &str, row: usize) {
        let rows = self.0.entry((kind, column.to_owned())).or_default();
        if rows.last() != Some(&row) {
            rows.push(row);
        }
    }

    fn defects(self) -> Vec<Defect> {
        let defect = |((kind, column), mut rows): ((&'static str, String), Vec<usize>)| {
            let count = rows.len();
            rows.truncate(NAMED);
            Defect { kind, column, count, rows }
        };
        self.0.into_iter().map(defect).collect()
    }
}

/// Looks a sample over. `members` is the sample whose first column names those to whom the rows of this one belong.
pub fn profile(sample: &[u8], members: Option<&[u8]>, today: Date) -> Result<Profile, String> {
    let mut found = Found::default();
    let table = read(sample, &mut found)?;
    let known: Option<BTreeSet<String>> = match members {
        Some(members) => {
            let table = read(members, &mut Found::default())?;
            Some(
                table
                    .rows
                    .iter()
                    .filter_map(|row| row.first())
                    .map(|v| v.trim().to_owned())
                    .collect(),
            )
        }
        None => None,
    };
    for (place, name) in table.heads.iter().enumerate() {
        let values: Vec<(usize, &str)> = table
            .rows
            .iter()
            .enumerate()
            .filter_map(|(row, cells)| Some((row + 1, cells.get(place)?.as_str())))
            .collect();
        column(name, place == 0, known.is_some(), &values, today, &mut found);
        if let Some(known) = known.as_ref().filter(|_| means(name, MEMBER)) {
            for (row, value) in values.iter().filter(|(_, v)| !known.contains(v.trim())) {
                if !value.trim().is_empty() {
                    found.add("orphan", name, *row);
                }
            }
        }
    }
    let columns =
        table.heads.iter().enumerate().map(|(place, name)| described(&table, place, name));
    let columns = columns.collect();
    Ok(Profile { rows: table.rows.len(), columns, defects: found.defects() })
}

const MEMBER: &[&str] = &["member", "socio", "customer", "cliente", "card", "tarjeta"];
const EMAIL: &[&str] = &["email", "e-mail", "mail", "correo"];
const NIF: &[&str] = &["nif", "dni", "cif", "nie", "tax"];
const POINTS: &[&str] = &["points", "puntos", "saldo", "balance", "stars", "estrellas"];
const KEY: &[&str] = &["id", "key", "number", "numero", "número", "ticket", "receipt"];

/// Does a heading speak of one of these?
fn means(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    let parts: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '-').collect();
    parts.iter().any(|part| words.contains(part))
}

/// Reads a sample: UTF-8, or else the Western code page, row by row.
fn read(sample: &[u8], found: &mut Found) -> Result<Table, String> {
    if sample.len() > MOST_OCTETS {
        return Err(format!("the sample is longer than {MOST_OCTETS} octets"));
    }
    let (sample, bom) = match sample.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, true),
        None => (sample, false),
    };
    let first = sample.split(|octet| *octet == b'\n').next().unwrap_or_default();
    let often = |octet: u8| first.iter().filter(|one| **one == octet).count();
    let delimiter =
        [b';', b'\t', b'|', b','].into_iter().max_by_key(|one| (often(*one), *one == b','));
    let delimiter = delimiter.unwrap_or(b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(sample);
    let heads = reader.byte_headers().map_err(|error| error.to_string())?.clone();
    if heads.len() > MOST_COLUMNS {
        return Err(format!("the sample has more than {MOST_COLUMNS} columns"));
    }
    let heads: Vec<String> = heads.iter().map(|head| text(head).0.trim().to_owned()).collect();
    if heads.iter().all(String::is_empty) {
        return Err("the sample has no heading".to_owned());
    }
    let (mut rows, mut western, mut wide) = (Vec::new(), Vec::new(), false);
    for record in reader.byte_records() {
        let record = record.map_err(|error| error.to_string())?;
        let mut row = Vec::with_capacity(record.len());
        for cell in &record {
            let (cell, is_utf8) = text(cell);
            if !is_utf8 && western.last() != Some(&(rows.len() + 1)) {
                western.push(rows.len() + 1);
            }
            wide |= is_utf8 && !cell.is_ascii();
            row.push(cell);
        }
        rows.push(row);
    }
    if bom {
        found.add("bom", "", 0);
    }
    // One code page throughout is only another one; two in one file are a defect.
    if wide {
        western.iter().for_each(|row| found.add("mixed_encodings", "", *row));
    }
    Ok(Table { heads, rows })
}

/// The text of a cell, and whether it was UTF-8.
fn text(cell: &[u8]) -> (String, bool) {
    match std::str::from_utf8(cell) {
        Ok(text) => (text.to_owned(), true),
        // ISO 8859-1: every octet is the letter of its number.
        Err(_) => (cell.iter().map(|octet| char::from(*octet)).collect(), false),
    }
}

fn column(
    name: &str,
    is_first: bool,
    belongs: bool,
    values: &[(usize, &str)],
    today: Date,
    found: &mut Found,
) {
    spaces(name, values, found);
    dates(name, values, today, found);
    if means(name, POINTS) {
        let negative = values.iter().filter(|(_, v)| v.trim().starts_with('-'));
        negative.for_each(|(row, _)| found.add("negative_points", name, *row));
    }
    // Of a sample that belongs to members the member is no key.
    if (is_first && !(belongs && means(name, MEMBER))) || (means(name, KEY) && !means(name, MEMBER))
    {
        let mut seen = BTreeSet::new();
        for (row, value) in values.iter().filter(|(_, v)| !v.trim().is_empty()) {
            if !seen.insert(value.trim()) {
                found.add("duplicate_key", name, *row);
            }
        }
    }
    if means(name, EMAIL) {
        let none = |value: &str| {
            matches!(
                value.trim().to_lowercase().as_str(),
                "" | "null" | "n/a" | "na" | "-" | "none"
            )
        };
        let missing = values.iter().filter(|(_, v)| none(v));
        missing.for_each(|(row, _)| found.add("missing_email", name, *row));
    }
    if means(name, NIF) {
        let wrong = values.iter().filter(|(_, v)| !v.trim().is_empty() && !is_nif(v.trim()));
        wrong.for_each(|(row, _)| found.add("invalid_nif", name, *row));
    }
    numbers(name, values, found);
}

fn spaces(name: &str, values: &[(usize, &str)], found: &mut Found) {
    let spaced = values.iter().filter(|(_, value)| value.trim() != *value);
    spaced.for_each(|(row, _)| found.add("spaces", name, *row));
}

/// Three numbers with the same mark between them, the year last or first.
fn parts(value: &str) -> Option<[i16; 3]> {
    let value = value.trim().split([' ', 'T']).next()?;
    let mark = ['/', '-', '.'].into_iter().find(|mark| value.matches(*mark).count() == 2)?;
    let parts: Vec<i16> = value.split(mark).map(str::parse).collect::<Result<_, _>>().ok()?;
    parts.try_into().ok()
}

fn dates(name: &str, values: &[(usize, &str)], today: Date, found: &mut Found) {
    let read: Vec<(usize, [i16; 3])> =
        values.iter().filter_map(|(row, value)| Some((*row, parts(value)?))).collect();
    let day_first: Vec<usize> = read
        .iter()
        .filter(|(_, [a, b, y])| *y > 31 && *a > 12 && *b <= 12)
        .map(|(r, _)| *r)
        .collect();
    let month_first: Vec<usize> = read
        .iter()
        .filter(|(_, [a, b, y])| *y > 31 && *b > 12 && *a <= 12)
        .map(|(r, _)| *r)
        .collect();
    let mixed = !day_first.is_empty() && !month_first.is_empty();
    if mixed {
        // Those that are fewer are the ones to ask about.
        let fewer = if month_first.len() <= day_first.len() { &month_first } else { &day_first };
        fewer.iter().for_each(|row| found.add("mixed_dates", name, *row));
    }
    for (row, [a, b, c]) in read {
        let (year, month, day) = match (a > 31, b > 12 && !mixed) {
            (true, _) => (a, b, c),
            (false, true) => (c, a, b),
            (false, false) if b > 12 => (c, a, b),
            (false, false) => (c, b, a),
        };
        let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { continue };
        if Date::new(year, month, day).is_ok_and(|date| date > today) {
            found.add("future_date", name, row);
        }
    }
}

/// Marks between thousands among plain numbers, and numbers of nine digits among numbers of eleven.
fn numbers(name: &str, values: &[(usize, &str)], found: &mut Found) {
    let filled = values.iter().filter(|(_, value)| !value.trim().is_empty());
    let grouped = |value: &str| {
        let value = value.trim().trim_start_matches(['-', '+']);
        let groups: Vec<&str> = value.split(['.', ',']).collect();
        let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let marks = value.matches('.').count() > 0 && value.matches(',').count() > 0;
        groups.len() > 1
            && groups.iter().all(digits)
            && groups[0].len() <= 3
            && (groups[1].len() == 3 && (groups.len() > 2 || !marks))
    };
    let plain = |value: &str| {
        let value = value.trim().trim_start_matches(['-', '+']);
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    };
    let numeric = filled.clone().filter(|(_, value)| plain(value)).count();
    let all = filled.clone().count();
    if all == 0 || numeric * 2 < all {
        return;
    }
    let with_marks = filled.clone().filter(|(_, value)| plain(value) && grouped(value));
    with_marks.for_each(|(row, _)| found.add("thousands_separator", name, *row));
    let long = |value: &str, digits: usize| {
        value.trim().len() == digits && value.trim().bytes().all(|b| b.is_ascii_digit())
    };
    let nine: Vec<usize> =
        filled.clone().filter(|(_, v)| long(v, 9)).map(|(row, _)| *row).collect();
    let eleven: Vec<usize> = filled.filter(|(_, v)| long(v, 11)).map(|(row, _)| *row).collect();
    if !nine.is_empty() && !eleven.is_empty() {
        let fewer = if eleven.len() <= nine.len() { eleven } else { nine };
        fewer.iter().for_each(|row| found.add("mixed_lengths", name, *row));
    }
}

/// Is it a Spanish tax number: eight digits and their letter, a foreigner's, or a company's with its check?
fn is_nif(value: &str) -> bool {
    const LETTERS: &[u8] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let value: String = value.chars().filter(|c| c.is_ascii_alphanumeric()).collect();
    let value = value.to_ascii_uppercase();
    if value.len() != 9 {
        return false;
    }
    let first = value.as_bytes()[0];
    let (body, last) = (&value[..8], value.as_bytes()[8]);
    let person = match first {
        b'0'..=b'9' => Some(body.to_owned()),
        b'X' | b'Y' | b'Z' => Some(format!("{}{}", first - b'X', &body[1..])),
        _ => None,
    };
    if let Some(number) = person {
        let number: Option<usize> = number.parse().ok();
        return number.is_some_and(|number| LETTERS[number % 23] == last);
    }
    let digits: Option<Vec<u32>> = body[1..].chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|_| b"ABCDEFGHJKLMNPQRSUVW".contains(&first)) else {
        return false;
    };
    let odd: u32 = digits.iter().step_by(2).map(|d| (d * 2) / 10 + (d * 2) % 10).sum();
    let even: u32 = digits.iter().skip(1).step_by(2).sum();
    let check = (10 - (odd + even) % 10) % 10;
    let letter = b"JABCDEFGHI"[usize::try_from(check).unwrap_or(0)];
    u32::from(last.wrapping_sub(b'0')) == check || last == letter
}

fn described(table: &Table, place: usize, name: &str) -> Column {
    let values =
        table.rows.iter().filter_map(|row| row.get(place)).filter(|v| !v.trim().is_empty());
    let mut shapes: BTreeMap<String, usize> = BTreeMap::new();
    for value in values.clone() {
        let shape = value.trim().chars().take(24).map(|c| match c {
            c if c.is_ascii_digit() => '9',
            c if c.is_alphabetic() => 'A',
            c => c,
        });
        *shapes.entry(shape.collect()).or_default() += 1;
    }
    let distinct: BTreeSet<&str> = values.clone().map(|value| value.trim()).collect();
    let shape =
        shapes.into_iter().max_by_key(|(_, n)| *n).map_or_else(String::new, |(shape, _)| shape);
    Column { name: name.to_owned(), filled: values.count(), distinct: distinct.len(), shape }
}
