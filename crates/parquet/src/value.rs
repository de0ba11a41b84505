//! One value of a column as JSON, exactly.

use jiff::civil;
use parquet::data_type::Decimal;
use parquet::record::Field;
use serde_json::Value;

use crate::{Broken, Style};

/// The value, or why it is none.
pub(crate) fn value(field: &Field, style: Style) -> Result<Value, Broken> {
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bool(truth) => Value::from(*truth),
        Field::Byte(n) => Value::from(*n),
        Field::Short(n) => Value::from(*n),
        Field::Int(n) => Value::from(*n),
        Field::Long(nanos) if style.nanos => time(i128::from(*nanos), style)?,
        Field::Long(n) => Value::from(*n),
        Field::UByte(n) => Value::from(*n),
        Field::UShort(n) => Value::from(*n),
        Field::UInt(n) => Value::from(*n),
        Field::ULong(n) => Value::from(*n),
        // Written with the fewest digits that mean the same number, so that 0.1 stays 0.1.
        Field::Float16(n) => Value::from(n.to_string()),
        Field::Float(n) => Value::from(n.to_string()),
        Field::Double(n) => Value::from(n.to_string()),
        Field::Decimal(n) => Value::from(decimal(n)?),
        Field::Str(text) => Value::from(text.as_str()),
        Field::Bytes(bytes) => text(bytes.data())?,
        Field::Date(days) => date(*days)?,
        Field::TimestampMillis(millis) => time(i128::from(*millis) * 1_000_000, style)?,
        Field::TimestampMicros(micros) => time(i128::from(*micros) * 1_000, style)?,
        Field::TimeMillis(_)
        | Field::TimeMicros(_)
        | Field::Group(_)
        | Field::ListInternal(_)
        | Field::MapInternal(_) => {
            return Err(Broken(format!("`{field}` is not one value")));
        }
    })
}

/// Old writers do not mark their text as such.
fn text(bytes: &[u8]) -> Result<Value, Broken> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Broken("a value is neither text nor a number".into()))?;
    Ok(Value::from(text))
}

fn date(days: i32) -> Result<Value, Broken> {
    let date = civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days));
    date.map(|date| Value::from(date.to_string()))
        .map_err(|_| Broken(format!("no date is {days} days from 1970")))
}

fn time(nanos: i128, style: Style) -> Result<Value, Broken> {
    let bad = |_| Broken(format!("no time is {nanos} nanoseconds from 1970"));
    let instant = jiff::Timestamp::from_nanosecond(nanos).map_err(bad)?;
    let local = || jiff::tz::TimeZone::UTC.to_datetime(instant).to_string();
    Ok(Value::from(if style.local { local() } else { instant.to_string() }))
}

fn decimal(n: &Decimal) -> Result<String, Broken> {
    let bytes = n.data();
    let scale =
        usize::try_from(n.scale()).map_err(|_| Broken("a decimal with a negative scale".into()))?;
    if bytes.len() > 16 {
        return Err(Broken("a decimal of more than 128 bits".into()));
    }
    let start = if bytes.first().is_some_and(|b| *b >= 0x80) { -1 } else { 0 };
    let units = bytes.iter().fold(start, |units: i128, byte| (units << 8) | i128::from(*byte));
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let (sign, point) = (if units < 0 { "-" } else { "" }, if scale == 0 { "" } else { "." });
    Ok(format!("{sign}{whole}{point}{fraction}"))
}
