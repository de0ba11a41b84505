//! CSV files, plain or gzip, read into tables; what is wrong is said with its line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::mapping::{Columns, FileFault};
use crate::normalize::date::{date, date_order};
use crate::table::{Field, Table};

/// What was odd about a file that could be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Oddities(pub BTreeMap<String, u64>);

/// A file's records.
pub struct Loaded {
    /// The records.
    pub table: Table,
    /// What was odd.
    pub oddities: Oddities,
}

type Source = Reader<Box<dyn Read>>;

fn open(file: &Path) -> Result<Source, FileFault> {
    let opened = File::open(file).map_err(|error| {
        FileFault::new(file, 0, format!("cannot be opened: {error}"), "check the name")
    })?;
    let buffered = BufReader::with_capacity(1 << 17, opened);
    let gzip = file.extension().is_some_and(|extension| extension == "gz");
    let source: Box<dyn Read> = match gzip {
        true => Box::new(flate2::bufread::MultiGzDecoder::new(buffered)),
        false => Box::new(buffered),
    };
    Ok(ReaderBuilder::new().buffer_capacity(1 << 17).from_reader(source))
}

fn broken(file: &Path, error: &csv::Error) -> FileFault {
    let line = error.position().map_or(0, csv::Position::line);
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, pos } => {
            let line = pos.as_ref().map_or(line, csv::Position::line);
            let what = format!("the row has {len} values where the header has {expected_len}");
            FileFault::new(file, line, what, "was the file cut, or is a quotation mark missing?")
        }
        csv::ErrorKind::Io(error) => {
            let hint = match error.kind() {
                std::io::ErrorKind::UnexpectedEof => "the file ends in the middle: fetch it again",
                _ => "is it a whole gzip file? one that is not compressed must not end in .gz",
            };
            FileFault::new(file, 0, format!("cannot be read to its end: {error}"), hint)
        }
        _ => FileFault::new(
            file,
            line,
            format!("is not valid CSV: {error}"),
            "values with commas need quotation marks",
        ),
    }
}

fn header(file: &Path, source: &mut Source) -> Result<Vec<String>, FileFault> {
    let header = source.byte_headers().map_err(|error| broken(file, &error))?.clone();
    let names: Result<Vec<String>, _> =
        header.iter().map(|name| String::from_utf8(name.to_vec())).collect();
    let mut names = names.map_err(|_| not_utf8(file, 1))?;
    if let Some(first) = names.first_mut() {
        *first = first.trim_start_matches('\u{feff}').to_owned();
    }
    if names.iter().all(String::is_empty) {
        return Err(FileFault::new(
            file,
            1,
            "has no header",
            "its first line must name the columns",
        ));
    }
    Ok(names.iter().map(|name| name.trim().to_owned()).collect())
}

fn not_utf8(file: &Path, line: u64) -> FileFault {
    FileFault::new(
        file,
        line,
        "is not UTF-8",
        "convert it first: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW",
    )
}

/// Reads the records of a file as a mapping says.
///
/// # Errors
/// What keeps the file from being read: a missing column, a cut file, another encoding, an id twice.
pub fn load(file: &Path, mapping: &Path, columns: &Columns) -> Result<Loaded, FileFault> {
    let mut source = open(file)?;
    let names = header(file, &mut source)?;
    let place = |name: &str, line: usize| {
        names.iter().position(|known| known == name).ok_or_else(|| {
            let what = format!("`{name}` is no column of {}", file.display());
            FileFault::new(
                mapping,
                line as u64,
                what,
                format!("its columns are {}", names.join(", ")),
            )
        })
    };
    let (id_name, id_line) = columns.id.as_ref().map_or(("id", 0), |(name, line)| (name, *line));
    let id_at = place(id_name, id_line)?;
    let mut places = Vec::new();
    for (_, parts, line) in &columns.fields {
        let parts: Result<Vec<usize>, _> = parts.iter().map(|part| place(part, *line)).collect();
        places.push(parts?);
    }
    let fields: Vec<Field> = columns.fields.iter().map(|(field, _, _)| *field).collect();
    let mut table = Table::new(&fields);
    let mut row = ByteRecord::new();
    let mut buffers = vec![String::new(); places.len()];
    while source.read_byte_record(&mut row).map_err(|error| broken(file, &error))? {
        let line = row.position().map_or(0, csv::Position::line);
        let text = |at: usize| {
            std::str::from_utf8(row.get(at).unwrap_or_default()).map_err(|_| not_utf8(file, line))
        };
        let id = text(id_at)?.trim();
        if id.is_empty() {
            let what = format!("`{id_name}` is empty");
            return Err(FileFault::new(file, line, what, "every record needs an id of its own"));
        }
        for (buffer, parts) in buffers.iter_mut().zip(&places) {
            buffer.clear();
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    buffer.push(' ');
                }
                buffer.push_str(text(*part)?);
            }
        }
        if !table.push(id, buffers.iter().map(String::as_str)) {
            let what = format!("the id `{id}` stands in the file twice");
            return Err(FileFault::new(file, line, what, "name a column that tells records apart"));
        }
    }
    if table.is_empty() {
        return Err(FileFault::new(
            file,
            0,
            "has no records",
            "there must be rows below the header",
        ));
    }
    let oddities = odd(&table);
    Ok(Loaded { table, oddities })
}

/// Counts values that can be read as they stand but say less than they should.
fn odd(table: &Table) -> Oddities {
    let mut counts = BTreeMap::new();
    let mut add = |what: &str, count: u64| {
        if count > 0 {
            *counts.entry(what.to_owned()).or_default() += count;
        }
    };
    if let Some(column) = table.column(Field::BirthDate) {
        let order = date_order(column.values.iter());
        let (mut unreadable, mut impossible) = (0, 0);
        let kinds: Vec<u8> = column
            .values
            .iter()
            .map(|raw| match date(raw, order) {
                _ if raw.is_empty() => 0,
                None => 1,
                Some(date) if date.month != 0 && date.day != 0 && !date.is_possible() => 2,
                Some(_) => 0,
            })
            .collect();
        for cell in &column.cells {
            unreadable += u64::from(kinds[*cell as usize] == 1);
            impossible += u64::from(kinds[*cell as usize] == 2);
        }
        add("dates of birth that cannot be read", unreadable);
        add("dates of birth that no calendar has", impossible);
    }
    if let Some(column) = table.column(Field::Email) {
        let bad: Vec<bool> =
            column.values.iter().map(|raw| !raw.is_empty() && !may_be_address(raw)).collect();
        add(
            "e-mail addresses that cannot be one",
            column.cells.iter().filter(|cell| bad[**cell as usize]).count() as u64,
        );
    }
    let garbled = |column: &&crate::table::Column| {
        column.values.iter().filter(|v| v.contains("Ã") || v.contains('\u{fffd}')).count() as u64
    };
    for column in [Field::GivenName, Field::Surname, Field::FullName]
        .into_iter()
        .filter_map(|f| table.column(f))
    {
        add("names that were decoded wrongly", garbled(&column));
    }
    Oddities(counts)
}

fn may_be_address(raw: &str) -> bool {
    raw.rsplit_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && domain.contains(['.', ',']))
}

/// Reads true links: the first two columns are ids of the left and the right record.
///
/// # Errors
/// What keeps the file from being read, and ids that are in neither table.
pub fn truth(file: &Path) -> Result<Vec<(String, String, u64)>, FileFault> {
    let mut source = open(file)?;
    if header(file, &mut source)?.len() < 2 {
        return Err(FileFault::new(
            file,
            1,
            "has fewer than two columns",
            "the first two must be ids of linked records",
        ));
    }
    let mut links = Vec::new();
    let mut row = ByteRecord::new();
    while source.read_byte_record(&mut row).map_err(|error| broken(file, &error))? {
        let line = row.position().map_or(0, csv::Position::line);
        let text = |at: usize| {
            std::str::from_utf8(row.get(at).unwrap_or_default())
                .map(|text| text.trim().to_owned())
                .map_err(|_| not_utf8(file, line))
        };
        links.push((text(0)?, text(1)?, line));
    }
    Ok(links)
}
