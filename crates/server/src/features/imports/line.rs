//! One row as a line of a purchase or of a cancellation: every field evaluated, nothing grouped yet.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use csv::StringRecord;
use lazo_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::amount::Decimal;
use super::expression::Expression;
use super::finding::{Finding, Treatment};
use super::mapping::{CancelSign, Field, Mapping, MappingError, Origin, Rounding};
use super::reading::Row;

/// The longest text of any field; keys and codes are short.
const MAX_TEXT: usize = 200;
/// Decimals of quantities: thousandths of a unit.
const QUANTITY_SCALE: u8 = 3;

/// A row, understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The line of the file, from 1.
    pub line: u64,
    /// The purchase or the cancellation it belongs to.
    pub purchase: String,
    /// The member's identifier.
    pub member: String,
    /// When it counts.
    pub at: Timestamp,
    /// Does it cancel earlier lines?
    pub cancels: bool,
    /// The product's code.
    pub product: String,
    /// The product's category.
    pub category: String,
    /// The product's brand.
    pub brand: String,
    /// The store's code.
    pub store: String,
    /// The channel.
    pub channel: String,
    /// Thousandths of a unit, not less than zero.
    pub quantity_milli: i64,
    /// Minor units.
    pub net_minor: i64,
    /// The price of one unit as exact text; empty when not mapped.
    pub price: String,
    /// Further attributes.
    pub attributes: BTreeMap<String, String>,
    /// The row as JSON, when a rule of the mapping was applied to it; see `notes`.
    pub notes: Vec<(String, String, String)>,
}

/// Turns rows into lines by a mapping that was matched with a header.
pub struct Reader<'m> {
    mapping: &'m Mapping,
    columns: Vec<String>,
    places: HashMap<String, usize>,
}

/// A field that cannot be read: its name, a code, and why.
type Bad = (&'static str, &'static str, String);

/// What a row is.
pub enum Outcome {
    /// A line.
    Line(Box<Line>),
    /// None; and the purchase it belongs to, as far as that can be told, lacks it.
    Bad(Finding, Option<String>),
}

impl<'m> Reader<'m> {
    /// Matches the mapping with the columns of the file.
    pub fn new(mapping: &'m Mapping, columns: &[String]) -> Result<Self, MappingError> {
        let places: HashMap<String, usize> = columns.iter().cloned().zip(0..).collect();
        let mut named: Vec<(usize, &str)> = Vec::new();
        for field in mapping.all_fields() {
            match &field.from {
                Origin::Column(name) => named.push((field.line, name)),
                Origin::Constant(_) => {}
                Origin::Expression(e) => {
                    named.extend(e.columns().iter().map(|c| (field.line, c.as_str())))
                }
            }
        }
        if let Some(table) = &mapping.cancellations {
            named.extend(table.when.columns().iter().map(|c| (table.line, c.as_str())));
        }
        if let Some((line, name)) = named.into_iter().find(|(_, name)| !places.contains_key(*name))
        {
            let hint = format!("the columns are {}", columns.join(", "));
            return Err(mapping.error(
                line,
                format!("no column `{name}`"),
                "the file does not have it",
                hint,
            ));
        }
        Ok(Self { mapping, columns: columns.to_vec(), places })
    }

    /// Understands a row, or says why not.
    pub fn read(&self, row: &Row) -> Outcome {
        match self.line(row) {
            Ok(line) => Outcome::Line(Box::new(line)),
            Err((field, code, reason)) => {
                let purchase = self.text("purchase", &row.cells).ok().filter(|key| !key.is_empty());
                let finding = self.finding(row, field, code, Treatment::LeftOut, reason);
                Outcome::Bad(finding, purchase.map(Cow::into_owned))
            }
        }
    }

    /// A finding about `row`.
    pub fn finding(
        &self,
        row: &Row,
        field: &str,
        code: &str,
        treatment: Treatment,
        reason: String,
    ) -> Finding {
        let shown = self.show(&row.cells);
        Finding {
            line: row.line,
            field: field.to_owned(),
            code: code.to_owned(),
            treatment,
            reason,
            row: shown,
        }
    }

    /// The row as a JSON object.
    pub fn show(&self, cells: &StringRecord) -> String {
        let cells = self.columns.iter().map(String::as_str).zip(cells.iter());
        let object: serde_json::Map<String, serde_json::Value> =
            cells.map(|(column, cell)| (column.to_owned(), cell.into())).collect();
        serde_json::Value::Object(object).to_string()
    }

    /// A field as text, for kinds of rows other than purchases; empty when not mapped.
    pub fn text<'a>(
        &'a self,
        name: &'static str,
        cells: &'a StringRecord,
    ) -> Result<Cow<'a, str>, Bad> {
        let Some(field) = self.mapping.fields.get(name) else { return Ok(Cow::Borrowed("")) };
        self.value(name, field, cells)
    }

    /// A time.
    pub fn time(&self, name: &'static str, cells: &StringRecord) -> Result<Option<Timestamp>, Bad> {
        let text = self.text(name, cells)?;
        let Some(style) = self
            .mapping
            .fields
            .get(name)
            .and_then(|f| f.time.as_ref())
            .filter(|_| !text.is_empty())
        else {
            return Ok(None);
        };
        style.parse(&text).map(Some).map_err(|why| (name, "bad_time", why))
    }

    /// The attributes, those that are not empty.
    pub fn attributes(&self, cells: &StringRecord) -> Result<BTreeMap<String, String>, Bad> {
        let mut attributes = BTreeMap::new();
        for (name, field) in &self.mapping.attributes {
            let value = self.value("attributes", field, cells)?;
            if !value.is_empty() {
                attributes.insert(name.clone(), value.into_owned());
            }
        }
        Ok(attributes)
    }

    fn line(&self, row: &Row) -> Result<Line, Bad> {
        let cells = &row.cells;
        let member = self.needed("member", cells)?;
        let purchase = self.needed("purchase", cells)?;
        let at = self.time("at", cells)?.ok_or(("at", "missing", "there is no time".to_owned()))?;
        let cancels = match &self.mapping.cancellations {
            Some(table) => self.holds(&table.when, cells)?,
            None => false,
        };
        let mut notes = Vec::new();
        let quantity = self.number("quantity", cells)?;
        let price = self.number("price", cells)?;
        let net_minor = self.net(cells, quantity, price, &mut notes)?;
        let text = |name| self.text(name, cells).map(Cow::into_owned);
        Ok(Line {
            line: row.line,
            purchase,
            member,
            at,
            cancels,
            product: text("product")?,
            category: text("category")?,
            brand: text("brand")?,
            store: text("store")?,
            channel: text("channel")?,
            quantity_milli: self.quantity(quantity, cancels)?,
            net_minor,
            price: price.map(|p| p.to_string()).unwrap_or_default(),
            attributes: self.attributes(cells)?,
            notes,
        })
    }

    /// The line's amount: `net`, or price times quantity, in minor units by the mapping's rule.
    fn net(
        &self,
        cells: &StringRecord,
        quantity: Option<Decimal>,
        price: Option<Decimal>,
        notes: &mut Vec<(String, String, String)>,
    ) -> Result<i64, Bad> {
        let (field, given) = match self.number("net", cells)? {
            Some(net) => ("net", net),
            None => {
                let missing = || ("net", "missing", "there is no amount".to_owned());
                let too_large =
                    || ("price", "too_large", "price times quantity is too large".to_owned());
                let (price, quantity) = (price.ok_or_else(missing)?, quantity.ok_or_else(missing)?);
                ("price", price.times(quantity).ok_or_else(too_large)?)
            }
        };
        let (currency, rule) = (self.mapping.currency, self.mapping.below_minor_unit);
        let scale = currency.exponent();
        let shown = if field == "net" { given } else { price.unwrap_or(given) };
        if shown.finer_than(scale) || given.finer_than(scale) {
            let reason = format!("{shown} is finer than the minor unit of {currency}");
            if rule == Rounding::Reject {
                return Err((field, "below_minor_unit", reason));
            }
            notes.push((field.to_owned(), "below_minor_unit".to_owned(), reason));
        }
        given.to_units(scale, rule).ok_or((field, "too_large", format!("{given} is too large")))
    }

    fn quantity(&self, quantity: Option<Decimal>, cancels: bool) -> Result<i64, Bad> {
        let Some(mut quantity) = quantity else { return Ok(1_000) };
        if cancels
            && self
                .mapping
                .cancellations
                .as_ref()
                .is_some_and(|c| c.quantity == CancelSign::Negative)
        {
            quantity = quantity.negated();
        }
        let reason = || format!("{quantity} is not a quantity in thousandths");
        let milli = quantity.to_units(QUANTITY_SCALE, Rounding::Reject);
        let milli = milli.ok_or_else(|| ("quantity", "bad_number", reason()))?;
        match milli {
            ..0 if cancels => Err((
                "quantity",
                "bad_sign",
                "a cancellation with the sign of a purchase".to_owned(),
            )),
            ..0 => {
                Err(("quantity", "negative_quantity", "less than nothing was bought".to_owned()))
            }
            0 if cancels => Err(("quantity", "bad_number", "a cancellation of nothing".to_owned())),
            milli => Ok(milli),
        }
    }

    /// A group of fields by name, those that are not empty.
    pub fn group(
        &self,
        name: &'static str,
        fields: &BTreeMap<String, Field>,
        cells: &StringRecord,
    ) -> Result<BTreeMap<String, String>, Bad> {
        let mut found = BTreeMap::new();
        for (key, field) in fields {
            let value = self.value(name, field, cells)?;
            if !value.is_empty() {
                found.insert(key.clone(), value.into_owned());
            }
        }
        Ok(found)
    }

    /// A whole number of a field, or of a stated balance.
    pub fn whole(&self, name: &'static str, cells: &StringRecord) -> Result<Option<i64>, Bad> {
        self.number(name, cells)?.map(|number| units(name, number, 0)).transpose()
    }

    /// An amount in minor units of the mapping's currency.
    pub fn minor(&self, name: &'static str, cells: &StringRecord) -> Result<Option<i64>, Bad> {
        let scale = self.mapping.currency.exponent();
        self.number(name, cells)?.map(|number| units(name, number, scale)).transpose()
    }

    /// Balances that the source states, by point type.
    pub fn balances(&self, cells: &StringRecord) -> Result<BTreeMap<String, i64>, Bad> {
        let mut found = BTreeMap::new();
        for (point_type, field) in &self.mapping.extract.balances {
            let text = self.value("balances", field, cells)?;
            if !text.is_empty() {
                let number = Decimal::parse(&text, field.number).ok_or_else(|| {
                    ("balances", "bad_number", format!("`{text}` is not a number as declared"))
                })?;
                let number = if field.negate { number.negated() } else { number };
                found.insert(point_type.clone(), units("balances", number, 0)?);
            }
        }
        Ok(found)
    }

    /// A field that must not be empty.
    pub fn needed(&self, name: &'static str, cells: &StringRecord) -> Result<String, Bad> {
        let text = self.text(name, cells)?;
        let code = if name == "member" { "no_member" } else { "missing" };
        if text.is_empty() {
            Err((name, code, format!("there is no {name}")))
        } else {
            Ok(text.into_owned())
        }
    }

    /// A number, exactly.
    pub fn number(&self, name: &'static str, cells: &StringRecord) -> Result<Option<Decimal>, Bad> {
        let Some(field) = self.mapping.fields.get(name) else { return Ok(None) };
        let text = self.value(name, field, cells)?;
        if text.is_empty() {
            return Ok(None);
        }
        let number = Decimal::parse(&text, field.number);
        let number = number
            .ok_or_else(|| (name, "bad_number", format!("`{text}` is not a number as declared")))?;
        Ok(Some(if field.negate { number.negated() } else { number }))
    }

    fn holds(&self, expression: &Expression, cells: &StringRecord) -> Result<bool, Bad> {
        let truth = expression.holds(|column| self.cell(column, cells), &self.columns);
        truth.map_err(|why| ("", "bad_expression", why))
    }

    fn value<'a>(
        &'a self,
        name: &'static str,
        field: &'a Field,
        cells: &'a StringRecord,
    ) -> Result<Cow<'a, str>, Bad> {
        let text: Cow<'a, str> = match &field.from {
            Origin::Column(column) => Cow::Borrowed(self.cell(column, cells).trim()),
            Origin::Constant(text) => Cow::Borrowed(text),
            Origin::Expression(expression) => {
                let text = expression.text(|column| self.cell(column, cells), &self.columns);
                Cow::Owned(text.map_err(|why| (name, "bad_expression", why))?)
            }
        };
        let text = match &field.default {
            Some(default) if text.is_empty() => Cow::Borrowed(default.as_str()),
            _ => text,
        };
        let text = match &field.lookup {
            Some((table, otherwise)) => match table.get(text.as_ref()).or(otherwise.as_ref()) {
                Some(found) => Cow::Borrowed(found.as_str()),
                None => return Err((name, "not_in_lookup", format!("the lookup has no `{text}`"))),
            },
            None => text,
        };
        if text.len() > MAX_TEXT {
            return Err((
                name,
                "too_long",
                format!("{} bytes are more than {MAX_TEXT}", text.len()),
            ));
        }
        Ok(text)
    }

    fn cell<'a>(&self, column: &str, cells: &'a StringRecord) -> &'a str {
        self.places.get(column).and_then(|place| cells.get(*place)).unwrap_or("")
    }
}

fn units(name: &'static str, number: Decimal, scale: u8) -> Result<i64, Bad> {
    let what = if scale == 0 { "a whole number" } else { "an amount in minor units" };
    let why = || (name, "too_large", format!("{number} is not {what} within 64 bits"));
    number.to_units(scale, Rounding::Reject).ok_or_else(why)
}
