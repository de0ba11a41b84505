//! The mapping file as it is written: TOML tables and nothing checked beyond their shape.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

/// What the rows of the file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Lines of purchases and of their cancellations.
    Purchases,
    /// Members.
    Members,
    /// Of a program to be merged: accounts, with the persons behind them.
    Accounts,
    /// Of a program to be merged: points, lot by lot.
    Lots,
    /// Of a program to be merged: tiers held.
    Tiers,
    /// Of a program to be merged: what counts for tiers.
    Counters,
    /// Of a program to be merged: vouchers that may still be used.
    Vouchers,
    /// Of a program to be merged: rewards that were ordered.
    Orders,
    /// Of a program to be merged: what members agreed to and refused.
    Consents,
    /// Of a program to be merged: plans that members pay for.
    PaidPlans,
    /// Of a program to be merged: places in households and pools.
    Pools,
    /// Of a program to be merged: further numbers and cards.
    Tokens,
    /// Of a program to be merged: what happened, for reading alone.
    Transactions,
    /// Of a program to be merged: who was erased.
    Erased,
    /// Of a program to be merged: what the source's owner says that there is.
    Totals,
    /// Of a program to be merged: what changed since its snapshot.
    Changes,
}

/// How the file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Separated by commas, or by what `delimiter` says.
    Csv,
    /// Separated by tabs.
    Tsv,
    /// One JSON object a line.
    Jsonl,
    /// One JSON array of objects.
    Json,
    /// Apache Parquet.
    Parquet,
    /// A sheet of an Excel or OpenDocument workbook.
    Excel,
}

/// How bytes stand for letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO 8859-1.
    #[serde(rename = "latin-1")]
    Latin1,
    /// Windows code page 1252: Latin-1 with letters where that has control codes.
    #[serde(rename = "windows-1252")]
    Windows1252,
    /// Found out by reading the file once more: UTF-8 where all of it is, else Windows-1252.
    #[serde(rename = "auto")]
    Auto,
}

/// What becomes of an amount finer than the currency's minor unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest, a half away from zero.
    HalfUp,
    /// To the nearest, a half to the even neighbor.
    HalfEven,
    /// Toward zero.
    Down,
    /// The line is left out.
    #[default]
    Reject,
}

/// Which time counts when the lines of one purchase carry several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// The first.
    #[default]
    Earliest,
    /// The last.
    Latest,
    /// None: the purchase is left out.
    Reject,
}

/// What becomes of a line that is the same as an earlier one of its purchase in every column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Repeated {
    /// It counts: the same product was scanned twice.
    #[default]
    Keep,
    /// It is left out: the export wrote it twice.
    Drop,
}

/// What becomes of a cancellation of more than is left of what it matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Partial {
    /// What is left is taken back.
    #[default]
    Take,
    /// Nothing is taken back; the line is listed for a person to decide.
    Leave,
}

/// What becomes of purchases of members nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unknown {
    /// They are enrolled at the time of their first purchase.
    Enroll,
    /// The purchase is left out and listed.
    #[default]
    Reject,
    /// The purchase waits until the member is known (`lazo import retry`).
    Park,
}

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingFile {
    pub(super) kind: RowKind,
    pub(super) source: Spanned<String>,
    pub(super) program: Spanned<String>,
    #[serde(default)]
    pub(super) file: FileTable,
    pub(super) fields: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) balances: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) person: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) tokens: BTreeMap<Spanned<String>, Spanned<FieldSpec>>,
    #[serde(default)]
    pub(super) ignored: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) amounts: AmountsTable,
    #[serde(default)]
    pub(super) grouping: GroupingTable,
    pub(super) cancellations: Option<CancellationsTable>,
    #[serde(default)]
    pub(super) members: MembersTable,
    #[serde(default)]
    pub(super) lookups: BTreeMap<String, BTreeMap<String, String>>,
}

/// `[file]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileTable {
    pub(super) format: Option<Format>,
    pub(super) delimiter: Option<Spanned<String>>,
    pub(super) encoding: Encoding,
    pub(super) contiguous: bool,
    pub(super) each: Option<String>,
    pub(super) sheet: Option<String>,
}

/// `[amounts]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AmountsTable {
    pub(super) currency: Option<Spanned<String>>,
    pub(super) decimal: Option<Spanned<String>>,
    pub(super) thousands: Option<Spanned<String>>,
    pub(super) below_minor_unit: Rounding,
}

/// `[grouping]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct GroupingTable {
    pub(super) times: Times,
    pub(super) repeated_lines: Repeated,
}

/// `[cancellations]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CancellationsTable {
    pub(super) when: Spanned<String>,
    #[serde(default)]
    pub(super) partial: Partial,
    #[serde(default)]
    pub(super) quantity: CancelSign,
}

/// With which sign cancellations write quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelSign {
    /// Less than zero.
    #[default]
    Negative,
    /// More than zero.
    Positive,
}

/// `[members]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MembersTable {
    pub(super) unknown: Unknown,
    pub(super) identifier: Option<Spanned<String>>,
}

/// How one field is made: a column's name, or a table.
#[derive(Debug, Clone, Default)]
pub(super) struct FieldSpec(pub(super) FieldTable);

/// The long form of a field.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FieldTable {
    pub(super) column: Option<String>,
    pub(super) constant: Option<String>,
    pub(super) expression: Option<String>,
    pub(super) lookup: Option<String>,
    pub(super) otherwise: Option<String>,
    pub(super) default: Option<String>,
    pub(super) format: Option<String>,
    pub(super) zone: Option<String>,
    pub(super) decimal: Option<String>,
    pub(super) thousands: Option<String>,
    pub(super) negate: bool,
}

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Spec;
        impl<'de> Visitor<'de> for Spec {
            type Value = FieldSpec;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name, or a table with column, constant or expression")
            }

            fn visit_str<E>(self, name: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec(FieldTable { column: Some(name.to_owned()), ..FieldTable::default() }))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                FieldTable::deserialize(MapAccessDeserializer::new(map)).map(FieldSpec)
            }
        }
        d.deserialize_any(Spec)
    }
}
