//! Records as they came: raw values by field, each distinct value kept once.

use std::fmt;

use crate::words::{Words, count};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// Given names.
    GivenName,
    /// The first surname, or all of them.
    Surname,
    /// The second surname where it has a column of its own.
    Surname2,
    /// The whole name.
    FullName,
    /// The gender, in any usual notation.
    Gender,
    /// The date of birth.
    BirthDate,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// Street and house number.
    Street,
    /// The town.
    City,
    /// The postcode.
    Postcode,
    /// The country, as a code or a name.
    Country,
    /// A number given by the state to one person: NIF, NIE, CURP, RFC, social security.
    TaxId,
    /// Anything else that says something about the person; up to four such fields.
    Other(u8),
}

impl Field {
    /// The fields with a name of their own in a mapping.
    pub const NAMED: [(&'static str, Self); 13] = [
        ("given_name", Self::GivenName),
        ("surname", Self::Surname),
        ("surname2", Self::Surname2),
        ("full_name", Self::FullName),
        ("gender", Self::Gender),
        ("birth_date", Self::BirthDate),
        ("email", Self::Email),
        ("phone", Self::Phone),
        ("street", Self::Street),
        ("city", Self::City),
        ("postcode", Self::Postcode),
        ("country", Self::Country),
        ("tax_id", Self::TaxId),
    ];
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(index) => write!(f, "other[{index}]"),
            named => match Self::NAMED.iter().find(|(_, field)| field == named) {
                Some((name, _)) => f.write_str(name),
                None => f.write_str("field"),
            },
        }
    }
}

/// The records of one side.
#[derive(Debug, Clone, Default)]
pub struct Table {
    ids: Words,
    columns: Vec<Column>,
}

/// One field of all records.
#[derive(Debug, Clone)]
pub struct Column {
    /// What it holds.
    pub field: Field,
    /// Its distinct raw values.
    pub values: Words,
    /// The value of each record.
    pub cells: Vec<u32>,
}

impl Table {
    /// A table with these fields and no records.
    #[must_use]
    pub fn new(fields: &[Field]) -> Self {
        let column =
            |field: &Field| Column { field: *field, values: Words::default(), cells: Vec::new() };
        Self { ids: Words::default(), columns: fields.iter().map(column).collect() }
    }

    /// Adds a record with one raw value per field, empty where nothing is known. Returns whether its
    /// id was new; a record whose id is known is left out.
    pub fn push<'a>(&mut self, id: &str, values: impl IntoIterator<Item = &'a str>) -> bool {
        let known = self.ids.len();
        if (self.ids.number(id) as usize) < known {
            return false;
        }
        let mut values = values.into_iter();
        for column in &mut self.columns {
            let value = values.next().unwrap_or_default().trim();
            let number = column.values.number(value);
            column.cells.push(number);
        }
        true
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are no records.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The id of the record at a place.
    #[must_use]
    pub fn id(&self, at: usize) -> &str {
        self.ids.text(count(at))
    }

    /// The place of the record with this id.
    #[must_use]
    pub fn place(&self, id: &str) -> Option<u32> {
        self.ids.find(id)
    }

    pub(crate) fn column(&self, field: Field) -> Option<&Column> {
        self.columns.iter().find(|column| column.field == field)
    }

    /// The fields, in the order values are pushed.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.columns.iter().map(|column| column.field)
    }

    /// The places of the records in the order of their ids.
    pub(crate) fn by_id(&self) -> Vec<u32> {
        let mut places: Vec<u32> = (0..count(self.len())).collect();
        places.sort_unstable_by(|a, b| self.ids.text(*a).cmp(self.ids.text(*b)));
        places
    }
}
