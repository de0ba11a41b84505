//! What a workbook may cost: how far it unpacks, and how many cells are held. Both are known before memory is taken.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::Data;
use zip::ZipArchive;

use super::{Broken, broken};

/// The most cells of a sheet, empty ones between others included.
pub const MAX_CELLS: usize = 10_000_000;
/// The most bytes that all parts of a workbook come to when they are unpacked.
pub const MAX_UNPACKED: u64 = 512 << 20;

/// How workbooks of before 2007 begin: they say how much room they need, and nothing bounds it.
const OLD: &[u8] = b"\xd0\xcf\x11\xe0";

/// A sheet with more cells than are read.
pub fn too_many() -> Broken {
    Broken(format!("the sheet has more than {MAX_CELLS} cells"))
}

/// Rows in the making.
#[derive(Default)]
pub struct Rows {
    rows: BTreeMap<u32, Vec<Data>>,
    held: usize,
    first: Option<u32>,
}

impl Rows {
    /// Puts a cell in its place; empty ones are passed over.
    pub fn put(
        &mut self,
        (row, column): (u32, u32),
        cell: impl FnOnce() -> Data,
    ) -> Result<(), Broken> {
        let cell = cell();
        if cell == Data::Empty {
            return Ok(());
        }
        let cells = self.rows.entry(row).or_default();
        let place = usize::try_from(column).map_err(|_| too_many())?;
        let more = (place + 1).saturating_sub(cells.len());
        self.held = self.held.saturating_add(more);
        if self.held > MAX_CELLS {
            return Err(too_many());
        }
        if more > 0 {
            cells.resize(place + 1, Data::Empty);
        }
        cells[place] = cell;
        self.first = Some(self.first.map_or(column, |first| first.min(column)));
        Ok(())
    }

    /// The rows from their first column on, and how wide they are.
    pub fn finish(self) -> (Vec<(u32, Vec<Data>)>, usize) {
        let first = self.first.and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
        let rows = self.rows.into_iter().map(|(row, mut cells)| {
            cells.drain(..first.min(cells.len()));
            (row, cells)
        });
        let rows: Vec<(u32, Vec<Data>)> = rows.collect();
        let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or(0);
        (rows, width)
    }
}

/// Refuses a workbook whose parts unpack to more than `most` bytes, and an OpenDocument sheet that repeats its cells beyond
/// all bounds. What is no archive is no workbook that is read.
pub fn unpacked(bytes: &[u8], most: u64) -> Result<(), Broken> {
    if bytes.starts_with(OLD) {
        let what = "it is a workbook of Excel 97 to 2003; save it as .xlsx";
        return Err(Broken(what.to_owned()));
    }
    // An archive may begin behind other octets: what a reader would open is what is measured.
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = most;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase();
        let mut part = Counted { inner: part, left: &mut left };
        if name.ends_with("sharedstrings.xml") {
            let mut text = Vec::new();
            part.read_to_end(&mut text).map_err(broken)?;
            announced(&text)?;
        } else if name == "content.xml" {
            let mut text = Vec::new();
            part.read_to_end(&mut text).map_err(broken)?;
            repeated(&text)?;
        } else {
            std::io::copy(&mut part, &mut std::io::sink()).map_err(broken)?;
        }
    }
    Ok(())
}

/// Refuses shared texts that say they are more than are read: room is made for as many as are announced.
fn announced(text: &[u8]) -> Result<(), Broken> {
    for tag in text.split(|byte| *byte == b'<') {
        let plain = |byte: &&u8| !byte.is_ascii_whitespace();
        let tag: Vec<u8> = tag
            .split(|byte| *byte == b'>')
            .next()
            .unwrap_or_default()
            .iter()
            .filter(plain)
            .copied()
            .collect();
        let Some(at) = tag.windows(12).position(|window| window == b"uniqueCount=") else {
            continue;
        };
        let quote = tag.get(at + 12).copied().unwrap_or_default();
        let value: Vec<u8> =
            tag[at + 12..].iter().skip(1).take_while(|byte| **byte != quote).copied().collect();
        let count = std::str::from_utf8(&value).ok().and_then(|text| text.parse::<usize>().ok());
        if count.is_none_or(|count| count > MAX_CELLS) {
            return Err(too_many());
        }
    }
    Ok(())
}

/// Reads on as long as there is something left for all parts together.
struct Counted<'a, R> {
    inner: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        *self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| std::io::Error::other("it unpacks to more than is read"))?;
        Ok(count)
    }
}

/// Counts the cells of an OpenDocument sheet with their repetitions, of each row up to the last that has a value.
fn repeated(text: &[u8]) -> Result<(), Broken> {
    let (mut cells, mut rows) = (0_usize, 1_usize);
    let (mut width, mut used) = (0_usize, 0_usize);
    for tag in text.split(|byte| *byte == b'<') {
        let tag = tag.split(|byte| *byte == b'>').next().unwrap_or_default();
        if tag.starts_with(b"table:table-row") && tag.get(15).is_none_or(u8::is_ascii_whitespace) {
            (rows, width, used) = (number(tag, b"table:number-rows-repeated=")?, 0, 0);
        } else if tag.starts_with(b"table:table-cell")
            || tag.starts_with(b"table:covered-table-cell")
        {
            width = width.saturating_add(number(tag, b"table:number-columns-repeated=")?);
            if contains(tag, b"value") || contains(tag, b"table:formula") {
                used = width;
            }
            if used > MAX_CELLS {
                return Err(too_many());
            }
        } else if tag.starts_with(b"/table:table-row") {
            cells = cells.saturating_add(used.saturating_mul(rows));
            if cells > MAX_CELLS {
                return Err(too_many());
            }
        }
    }
    Ok(())
}

fn contains(tag: &[u8], part: &[u8]) -> bool {
    tag.windows(part.len()).any(|window| window == part)
}

/// The number of an attribute, 1 where it is not there.
fn number(tag: &[u8], name: &[u8]) -> Result<usize, Broken> {
    let Some(at) = tag.windows(name.len()).position(|window| window == name) else { return Ok(1) };
    let value = tag[at + name.len()..].iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    let digits: Vec<u8> = value.copied().collect();
    let text = std::str::from_utf8(&digits).unwrap_or_default();
    text.parse().map_err(|_| too_many())
}
