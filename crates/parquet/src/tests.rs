//! Files written here and read back.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use serde_json::json;

use super::*;

const SCHEMA: &str = "message purchases {
    required binary member (utf8);
    optional double net;
    required int64 at (timestamp(micros,true));
    required int64 local (timestamp(nanos,false));
    required int32 price (decimal(9,2));
    required int32 day (date);
}";

fn sample() -> File {
    let file = tempfile::tempfile().unwrap();
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let mut writer =
        SerializedFileWriter::new(file.try_clone().unwrap(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let members = [ByteArray::from("m1"), ByteArray::from("mé")];
    column.typed::<ByteArrayType>().write_batch(&members, None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[0.1], Some(&[1, 0]), None).unwrap();
    column.close().unwrap();
    for times in [[1_514_851_200_000_000, 0], [1_514_851_200_500_000_000, -1_000_000_000]] {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&times, None, None).unwrap();
        column.close().unwrap();
    }
    for numbers in [[-5, 123_456], [0, 17_167]] {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(&numbers, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let mut file = file;
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

#[test]
fn m1_parquet_rows_come_exactly_as_written() {
    let mut table = Table::open(sample(), Vec::new()).unwrap();
    assert_eq!(table.columns(), ["member", "net", "at", "local", "price", "day"]);
    assert_eq!(table.rows(), 2);
    let first = json!([
        "m1",
        "0.1",
        "2018-01-02T00:00:00Z",
        "2018-01-02T00:00:00.5",
        "-0.05",
        "1970-01-01"
    ]);
    assert_eq!(json!(table.next_row().unwrap().unwrap()), first);
    let second =
        json!(["mé", null, "1970-01-01T00:00:00Z", "1969-12-31T23:59:59", "1234.56", "2017-01-01"]);
    assert_eq!(json!(table.next_row().unwrap().unwrap()), second);
    assert_eq!(table.next_row(), Ok(None));
}

#[test]
fn m1_only_the_columns_asked_for_are_read() {
    let mut table =
        Table::open(sample(), vec!["price".into(), "member".into(), "absent".into()]).unwrap();
    assert_eq!(table.columns(), ["member", "price"]);
    assert_eq!(json!(table.next_row().unwrap().unwrap()), json!(["m1", "-0.05"]));
    assert!(Table::open(sample(), vec!["absent".into()]).is_err());
}

#[test]
fn m1_what_is_no_parquet_is_an_error() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"PAR1 nothing of the kind PAR1").unwrap();
    assert!(Table::open(file, Vec::new()).is_err());
    let mut cut = sample();
    let length = cut.seek(SeekFrom::End(0)).unwrap();
    cut.set_len(length / 2).unwrap();
    assert!(Table::open(cut, Vec::new()).is_err());
}
