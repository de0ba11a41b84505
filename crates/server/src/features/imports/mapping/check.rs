//! What a mapping must fulfil beyond its shape.

use std::collections::BTreeMap;
use std::ops::Range;

use lazo_domain::money::Currency;
use toml::Spanned;

use super::super::amount::NumberStyle;
use super::super::expression::Expression;
use super::super::instant::TimeStyle;
use super::error::Source;
use super::file::{AmountsTable, CancellationsTable, FieldSpec, FieldTable, MappingFile, RowKind};
use super::kinds::{NUMBERS, PERSON, TIMES};
use super::{Cancellations, ExtractTables, Field, Mapping, MappingError, Origin};

/// The longest name of a source, a program or a kind of identifier.
const MAX_NAME: usize = 64;

type Fields = BTreeMap<Spanned<String>, Spanned<FieldSpec>>;

pub(super) fn check(
    source: Source<'_>,
    raw: MappingFile,
    hash: String,
) -> Result<Mapping, MappingError> {
    let style = file_style(source, &raw.amounts)?;
    let lookups = &raw.lookups;
    let known = raw.kind.fields();
    let unknown = raw.fields.keys().find(|name| !known.contains(&name.get_ref().as_str()));
    if let Some(name) = unknown {
        let what = format!("unknown field `{}`", name.get_ref());
        let hint = format!("the fields are {}", known.join(", "));
        return Err(source.error(&name.span(), what, "nothing would use it", &hint));
    }
    required(source, &raw)?;
    let extract = extract(source, &raw, style)?;
    let fields = fields(source, raw.fields, lookups, style)?;
    let attributes = fields_of_attributes(source, raw.attributes, lookups, style)?;
    let currency = currency(source, raw.kind, &raw.amounts)?;
    Ok(Mapping {
        kind: raw.kind,
        source: name(source, &raw.source, "source")?,
        program: name(source, &raw.program, "program")?,
        format: raw.file.format,
        delimiter: raw.file.delimiter.as_ref().map(|d| delimiter(source, d)).transpose()?,
        encoding: raw.file.encoding,
        contiguous: raw.file.contiguous,
        each: raw.file.each,
        sheet: raw.file.sheet,
        fields,
        attributes,
        extract,
        currency,
        below_minor_unit: raw.amounts.below_minor_unit,
        times: raw.grouping.times,
        repeated: raw.grouping.repeated_lines,
        cancellations: raw.cancellations.as_ref().map(|c| cancellations(source, c)).transpose()?,
        unknown: raw.members.unknown,
        identifier: match &raw.members.identifier {
            Some(kind) => name(source, kind, "identifier")?,
            None => "external".to_owned(),
        },
        file: source.file.to_owned(),
        hash,
    })
}

/// What only extracts of programs to be merged have: stated balances, persons, tokens, and columns left out knowingly.
fn extract(
    source: Source<'_>,
    raw: &MappingFile,
    style: NumberStyle,
) -> Result<ExtractTables, MappingError> {
    let tables = [("balances", &raw.balances), ("person", &raw.person), ("tokens", &raw.tokens)];
    for (table, specs) in tables {
        let Some(key) = specs.keys().next() else { continue };
        if raw.kind != RowKind::Accounts {
            let what = format!("[{table}] has no meaning here");
            let why = "only a mapping of accounts has it";
            return Err(source.error(&key.span(), what, why, "take it away"));
        }
        let strange =
            specs.keys().find(|key| table == "person" && !PERSON.contains(&key.get_ref().as_str()));
        if let Some(key) = strange {
            let what = format!("`{}` is no part of a person", key.get_ref());
            let hint = format!("the parts are {}", PERSON.join(", "));
            return Err(source.error(&key.span(), what, "matching would not use it", &hint));
        }
    }
    let read = |specs: &Fields| {
        let checked = specs.iter().map(|(key, spec)| {
            name(source, key, "name")?;
            let field = field(source, key.get_ref(), spec, &raw.lookups, style)?;
            Ok((key.get_ref().clone(), field))
        });
        checked.collect::<Result<BTreeMap<String, Field>, MappingError>>()
    };
    Ok(ExtractTables {
        balances: read(&raw.balances)?,
        person: read(&raw.person)?,
        tokens: read(&raw.tokens)?,
        ignored: raw.ignored.clone(),
    })
}

fn required(source: Source<'_>, raw: &MappingFile) -> Result<(), MappingError> {
    let has = |name: &str| raw.fields.keys().any(|k| k.get_ref() == name);
    let needed = raw.kind.required();
    let start = Range { start: source.text.find("[fields]").unwrap_or(0), end: 0 };
    if let Some(missing) = needed.iter().find(|name| !has(name)) {
        let hint = format!("add `{missing} = \"<column>\"` under [fields]");
        return Err(source.error(
            &start,
            format!("no field `{missing}`"),
            "rows cannot do without it",
            &hint,
        ));
    }
    if raw.kind == RowKind::Purchases && !has("net") && !(has("price") && has("quantity")) {
        let hint = "map `net`, or `price` and `quantity`";
        return Err(source.error(
            &start,
            "no field `net`",
            "the amount of a line must come from somewhere",
            hint,
        ));
    }
    let Some(table) = &raw.cancellations else { return Ok(()) };
    let missing = ["product", "price", "quantity"].into_iter().find(|name| !has(name));
    missing.map_or(Ok(()), |missing| {
        let hint = format!("add `{missing} = \"<column>\"` under [fields]");
        let why = "cancellations are matched by product and price and counted in pieces";
        Err(source.error(&table.when.span(), format!("no field `{missing}`"), why, &hint))
    })
}

fn fields(
    source: Source<'_>,
    specs: Fields,
    lookups: &BTreeMap<String, BTreeMap<String, String>>,
    style: NumberStyle,
) -> Result<BTreeMap<String, Field>, MappingError> {
    let checked = specs.into_iter().map(|(name, spec)| {
        let field = field(source, name.get_ref(), &spec, lookups, style)?;
        Ok((name.into_inner(), field))
    });
    checked.collect()
}

fn fields_of_attributes(
    source: Source<'_>,
    specs: Fields,
    lookups: &BTreeMap<String, BTreeMap<String, String>>,
    style: NumberStyle,
) -> Result<BTreeMap<String, Field>, MappingError> {
    for key in specs.keys() {
        name(source, key, "attribute")?;
    }
    fields(source, specs, lookups, style)
}

fn field(
    source: Source<'_>,
    name: &str,
    spec: &Spanned<FieldSpec>,
    lookups: &BTreeMap<String, BTreeMap<String, String>>,
    style: NumberStyle,
) -> Result<Field, MappingError> {
    let at = spec.span();
    let FieldSpec(table) = spec.get_ref();
    let number = match (&table.decimal, &table.thousands) {
        (None, None) => style,
        (decimal, thousands) => number_style(decimal.as_deref(), thousands.as_deref())
            .map_err(|w| bad_style(source, &at, w))?,
    };
    if table.negate && !NUMBERS.contains(&name) {
        let why = format!("`{name}` is not a number");
        return Err(source.error(&at, "`negate` has no meaning here", &why, "take it away"));
    }
    Ok(Field {
        from: origin(source, name, &at, table)?,
        lookup: lookup(source, &at, table, lookups)?,
        default: table.default.clone(),
        number,
        negate: table.negate,
        time: time(source, name, &at, table)?,
        line: source.error(&at, "", "", "").line,
    })
}

fn origin(
    source: Source<'_>,
    name: &str,
    at: &Range<usize>,
    table: &FieldTable,
) -> Result<Origin, MappingError> {
    match (&table.column, &table.constant, &table.expression) {
        (Some(column), None, None) => Ok(Origin::Column(column.clone())),
        (None, Some(text), None) => Ok(Origin::Constant(text.clone())),
        (None, None, Some(text)) => expression(source, at, text).map(Origin::Expression),
        _ => {
            let what = format!("field `{name}` does not say where it comes from");
            let why = "exactly one of column, constant and expression is needed";
            Err(source.error(at, what, why, &format!("write `{name} = \"<column>\"`")))
        }
    }
}

fn expression(
    source: Source<'_>,
    at: &Range<usize>,
    text: &str,
) -> Result<Expression, MappingError> {
    Expression::compile(text).map_err(|why| {
        source.error(
            at,
            format!("`{text}` is not an expression"),
            &why,
            "expressions are CEL over column names",
        )
    })
}

/// A table of values, and what stands for those that are not in it.
type LookedUp = (BTreeMap<String, String>, Option<String>);

fn lookup(
    source: Source<'_>,
    at: &Range<usize>,
    table: &FieldTable,
    lookups: &BTreeMap<String, BTreeMap<String, String>>,
) -> Result<Option<LookedUp>, MappingError> {
    let Some(name) = &table.lookup else { return Ok(None) };
    let found = lookups.get(name).ok_or_else(|| {
        let hint = format!("add [lookups.{name}] with lines like \"from\" = \"to\"");
        source.error(at, format!("no lookup `{name}`"), "its texts stand for nothing", &hint)
    })?;
    Ok(Some((found.clone(), table.otherwise.clone())))
}

fn time(
    source: Source<'_>,
    name: &str,
    at: &Range<usize>,
    table: &FieldTable,
) -> Result<Option<TimeStyle>, MappingError> {
    if !TIMES.contains(&name) {
        if table.format.is_some() || table.zone.is_some() {
            let why = format!("`{name}` is not a time");
            return Err(source.error(
                at,
                "`format` and `zone` have no meaning here",
                &why,
                "take them away",
            ));
        }
        return Ok(None);
    }
    let style = TimeStyle::new(table.format.as_deref().unwrap_or("rfc3339"), table.zone.as_deref());
    let hint = "format is rfc3339, unix, unix_ms or a pattern such as %d/%m/%Y %H:%M with zone = \"Europe/Madrid\"";
    style
        .map(Some)
        .map_err(|why| source.error(at, format!("field `{name}` cannot be read"), &why, hint))
}

fn cancellations(
    source: Source<'_>,
    table: &CancellationsTable,
) -> Result<Cancellations, MappingError> {
    let at = table.when.span();
    Ok(Cancellations {
        when: expression(source, &at, table.when.get_ref())?,
        line: source.error(&at, "", "", "").line,
        partial: table.partial,
        quantity: table.quantity,
    })
}

fn currency(
    source: Source<'_>,
    kind: RowKind,
    table: &AmountsTable,
) -> Result<Currency, MappingError> {
    match &table.currency {
        Some(code) => code.get_ref().parse().map_err(|why: String| {
            source.error(&code.span(), "no such currency", &why, "write currency = \"EUR\"")
        }),
        None if kind != RowKind::Purchases => Ok(Currency::EUR),
        None => {
            let why = "amounts mean nothing without it";
            Err(source.error(&(0..0), "no currency", why, "add [amounts] with currency = \"EUR\""))
        }
    }
}

fn file_style(source: Source<'_>, table: &AmountsTable) -> Result<NumberStyle, MappingError> {
    let text = |part: &Option<Spanned<String>>| part.as_ref().map(|p| p.get_ref().clone());
    let at = table.decimal.as_ref().or(table.thousands.as_ref()).map_or(0..0, Spanned::span);
    number_style(text(&table.decimal).as_deref(), text(&table.thousands).as_deref())
        .map_err(|why| bad_style(source, &at, why))
}

fn number_style(
    decimal: Option<&str>,
    thousands: Option<&str>,
) -> Result<NumberStyle, &'static str> {
    let decimal = match decimal {
        None | Some(".") => '.',
        Some(",") => ',',
        Some(_) => return Err("decimals follow a `.` or a `,`"),
    };
    let thousands = match thousands {
        None | Some("") => None,
        Some(text) => match text.chars().collect::<Vec<_>>()[..] {
            [c] if c != decimal && !c.is_ascii_digit() && c != '-' => Some(c),
            _ => return Err("thousands are separated by one sign that is not the decimal one"),
        },
    };
    Ok(NumberStyle { decimal, thousands })
}

fn bad_style(source: Source<'_>, at: &Range<usize>, why: &str) -> MappingError {
    source.error(
        at,
        "numbers cannot be read this way",
        why,
        "for 1.234,56 write decimal = \",\" and thousands = \".\"",
    )
}

fn delimiter(source: Source<'_>, text: &Spanned<String>) -> Result<u8, MappingError> {
    match text.get_ref().as_bytes() {
        [byte]
            if byte.is_ascii()
                && !byte.is_ascii_alphanumeric()
                && !matches!(byte, b'"' | b'\n' | b'\r') =>
        {
            Ok(*byte)
        }
        _ => {
            let why = "columns are separated by one ASCII sign";
            Err(source.error(&text.span(), "no such delimiter", why, "write delimiter = \";\""))
        }
    }
}

/// A name that ends up in keys: short, and of letters that need no escaping anywhere.
fn name(source: Source<'_>, text: &Spanned<String>, what: &str) -> Result<String, MappingError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':');
    let good = !text.get_ref().is_empty()
        && text.get_ref().len() <= MAX_NAME
        && text.get_ref().bytes().all(allowed);
    if good {
        return Ok(text.get_ref().clone());
    }
    let why = format!("a name has 1 to {MAX_NAME} of a-z, A-Z, 0-9, `_`, `-`, `.` and `:`");
    Err(source.error(
        &text.span(),
        format!("`{}` is no {what}", text.get_ref()),
        &why,
        "choose a short plain name",
    ))
}
