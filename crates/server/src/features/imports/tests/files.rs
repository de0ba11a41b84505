//! Layouts, encodings, numbers and times; rows that cannot be used; groups and duplicates.

use std::io::Write;

use lazo_domain::event::{Body, Purchase};

use super::{Given, HEADER, PLAIN, file, mapping, rows};

const ONE: &str = "m1,r1,2026-01-31T09:30:00Z,p1,1,10.00\n";

fn purchase(given: &Given, place: usize) -> &Purchase {
    match &given.drafts[place].body {
        Body::Purchase(purchase) => purchase,
        other => panic!("{other:?}"),
    }
}

/// The net amounts of a file's purchases, line by line.
fn nets(given: &Given) -> Vec<Vec<i64>> {
    (0..given.drafts.len())
        .map(|n| purchase(given, n).lines.iter().map(|l| l.net_minor).collect())
        .collect()
}

#[test]
fn m1_lines_of_a_receipt_become_one_purchase() {
    let text = "m1,r1,2026-01-31T09:30:00Z,p1,1,10.00\nm2,r2,2026-01-31T09:00:00Z,p1,2.5,0.5\n\
                m1,r1,2026-01-31T09:30:00Z,p2,0,0.00\n";
    let given = rows(text, &mapping(PLAIN));
    assert_eq!(given.refs(), ["r2", "r1"], "in order of time");
    assert_eq!(nets(&given), [vec![50], vec![1_000, 0]]);
    assert_eq!(purchase(&given, 0).lines[0].quantity_milli, 2_500);
    assert_eq!((given.drafts[1].line, given.drafts[1].rows), (2, 2));
    assert_eq!(given.codes(), Vec::<String>::new());
}

#[test]
fn m1_every_layout_gives_the_same() {
    let expected = rows(ONE, &mapping(PLAIN)).drafts;
    let csv = format!("{HEADER}{ONE}");
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(csv.as_bytes()).unwrap();
    let json = r#"{"member":"m1","receipt":"r1","at":"2026-01-31T09:30:00Z","product":"p1","quantity":1,"net":10.00,"x":[]}"#;
    let files: [(&str, Vec<u8>); 7] = [
        ("a.csv.gz", gz.finish().unwrap()),
        ("a.tsv", csv.replace(',', "\t").into_bytes()),
        ("a.csv", csv.replace(',', ";").into_bytes()),
        ("a.csv", format!("\u{feff}{csv}").into_bytes()),
        ("a.csv", csv.replace('\n', "\r\n").into_bytes()),
        ("a.csv", csv.replace("p1", "\"p1\"").into_bytes()),
        ("a.jsonl", format!("\u{feff}{json}\r\n\n").into_bytes()),
    ];
    for (name, bytes) in files {
        let given = file(name, &bytes, &mapping(PLAIN)).unwrap();
        let seen = given.drafts.iter().map(|d| (&d.member, &d.source_ref, d.at, &d.body));
        let wanted = expected.iter().map(|d| (&d.member, &d.source_ref, d.at, &d.body));
        assert!(seen.eq(wanted), "{name}: {given:?}");
    }
}

#[test]
fn r47_planted_defects_are_each_told_with_their_line() {
    let cases: [(&[u8], &str); 9] = [
        (b"m1,r1,2026-01-31T09:30:00Z,p1,1,ten\n", "2 bad_number"),
        (b"m1,r1,2026-01-31T09:30:00Z,p1,1,1e3\n", "2 bad_number"),
        (b"m1,r1,2026-01-31T09:30:00Z,p1,1,1.005\n", "2 below_minor_unit"),
        (b"m1,r1,31/01/2026,p1,1,1.00\n", "2 bad_time"),
        (b",r1,2026-01-31T09:30:00Z,p1,1,1.00\n", "2 no_member"),
        (b"m1,r1,2026-01-31T09:30:00Z,p1,-1,1.00\n", "2 negative_quantity"),
        (b"m1,r1,2026-01-31T09:30:00Z,p1,1\n", "2 cell_count"),
        (b"m1,r1,2026-01-31T09:30:00Z,p\0,1,1.00\n", "2 nul"),
        (b"m1,r1,2026-01-31T09:30:00Z,p\xf1,1,1.00\n", "2 bad_encoding"),
    ];
    for (bad, expected) in cases {
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend_from_slice(bad);
        bytes.extend_from_slice(b"m2,r2,2026-01-31T09:30:00Z,p1,1,1.00\n");
        let given = file("a.csv", &bytes, &mapping(PLAIN)).unwrap();
        assert_eq!(given.codes(), [expected]);
        assert_eq!(given.refs(), ["r2"], "{expected}: the others count");
    }
}

#[test]
fn r47_a_purchase_with_a_bad_line_is_left_out_whole() {
    let given = rows(&format!("{ONE}m1,r1,2026-01-31T09:30:00Z,p2,1,x\n"), &mapping(PLAIN));
    assert_eq!(given.codes(), ["3 bad_number", "2 purchase_held"]);
    assert!(given.drafts.is_empty());
    let row: serde_json::Value = serde_json::from_str(&given.findings[0].row).unwrap();
    assert_eq!(row["net"], "x");
}

#[test]
fn r47_a_receipt_of_two_members_is_left_out() {
    let given = rows(&format!("{ONE}m2,r1,2026-01-31T09:30:00Z,p2,1,1.00\n"), &mapping(PLAIN));
    assert_eq!(given.codes(), ["2 two_members", "3 two_members"]);
}

#[test]
fn m1_decimal_commas_signs_and_thousands_are_exact() {
    let text = PLAIN.replace("[amounts]", "[amounts]\ndecimal = \",\"\nthousands = \".\"");
    let text = text.replace("net = \"net\"", "net = { column = \"net\", negate = true }");
    let csv = "member;receipt;at;product;quantity;net\n\
               m1;a;2026-01-31T09:30:00Z;p;1;-1.234,56\nm1;b;2026-01-31T09:30:01Z;p;1;0,5-\n\
               m1;c;2026-01-31T09:30:02Z;p;1;(7)\nm1;d;2026-01-31T09:30:03Z;p;1;1.23,4\n";
    let given = file("a.csv", csv.as_bytes(), &mapping(&text)).unwrap();
    assert_eq!(nets(&given), [[123_456], [50], [700]]);
    assert_eq!(given.codes(), ["5 bad_number"]);
}

#[test]
fn m1_prices_below_a_cent_follow_the_stated_rule_and_are_listed() {
    let csv = "member,receipt,at,product,quantity,price\n\
               m,a,2026-01-31T09:30:00Z,p,1,0.005\nm,b,2026-01-31T09:30:01Z,p,3,0.005\nm,c,2026-01-31T09:30:02Z,p,1000,0.001\n";
    let text = PLAIN.replace("net = \"net\"", "price = \"price\"");
    let with = |rule| {
        let text = text.replace("[amounts]", &format!("[amounts]\nbelow_minor_unit = \"{rule}\""));
        file("a.csv", csv.as_bytes(), &mapping(&text)).unwrap()
    };
    assert_eq!(nets(&with("half_up")), [[1], [2], [100]]);
    assert_eq!(nets(&with("half_even")), [[0], [2], [100]]);
    assert_eq!(nets(&with("down")), [[0], [1], [100]]);
    assert_eq!(nets(&with("reject")), Vec::<Vec<i64>>::new());
    assert_eq!(
        with("down").codes(),
        ["2 below_minor_unit", "3 below_minor_unit", "4 below_minor_unit"]
    );
}

#[test]
fn f31_local_times_know_their_zone_and_its_changes() {
    let at = r#"at = { column = "at", format = "%d/%m/%Y %H:%M", zone = "Europe/Madrid" }"#;
    let text = PLAIN.replace("at = \"at\"", at);
    let csv =
        "m,a,31/01/2026 09:30,p,1,1\nm,b,30/07/2026 09:30,p,1,1\nm,c,13/13/2026 09:30,p,1,1\n";
    let given = rows(csv, &mapping(&text));
    let times: Vec<String> = given.drafts.iter().map(|d| d.at.to_string()).collect();
    assert_eq!(times, ["2026-01-31T08:30:00Z", "2026-07-30T07:30:00Z"]);
    assert_eq!(given.codes(), ["4 bad_time"]);
    let unix = PLAIN.replace("at = \"at\"", "at = { column = \"at\", format = \"unix\" }");
    assert_eq!(
        rows("m,a,1514851200,p,1,1\n", &mapping(&unix)).drafts[0].at.to_string(),
        "2018-01-02T00:00:00Z"
    );
}

#[test]
fn m1_latin_1_and_windows_1252_become_text() {
    for (encoding, byte, letter) in [("latin-1", 0xf1, "ñ"), ("windows-1252", 0x80, "€")] {
        let text =
            PLAIN.replace("[fields]", &format!("[file]\nencoding = \"{encoding}\"\n[fields]"));
        let mut bytes = HEADER.as_bytes().to_vec();
        bytes.extend_from_slice(b"m1,r1,2026-01-31T09:30:00Z,");
        bytes.extend_from_slice(&[byte, b',', b'1', b',', b'1', b'\n']);
        let given = file("a.csv", &bytes, &mapping(&text)).unwrap();
        assert_eq!(purchase(&given, 0).lines[0].product, letter);
    }
}

#[test]
fn m1_expressions_constants_and_lookups_make_fields() {
    let text = PLAIN
        .replace("member = \"member\"", "member = { expression = \"'es-' + member\" }")
        .replace(
            "product = \"product\"",
            "product = { column = \"product\", lookup = \"codes\", otherwise = \"other\" }",
        )
        .replace("quantity = \"quantity\"", "quantity = { constant = \"2\" }")
        + "[lookups.codes]\np1 = \"P-1\"\n[attributes]\nfirst = { expression = \"row['product'] == 'p1'\" }\n";
    let given = rows(&format!("{ONE}m1,r2,2026-01-31T09:31:00Z,p9,1,10.00\n"), &mapping(&text));
    assert_eq!(given.drafts[0].member, "es-m1");
    assert_eq!(purchase(&given, 0).lines[0].product, "P-1");
    assert_eq!(purchase(&given, 1).lines[0].product, "other");
    assert_eq!(purchase(&given, 0).lines[0].quantity_milli, 2_000);
    assert_eq!(purchase(&given, 0).attributes["first"], "true");
    assert_eq!(purchase(&given, 1).attributes["first"], "false");
}

#[test]
fn r47_repeated_lines_are_kept_or_dropped_as_stated_and_listed() {
    let keep = rows(&ONE.repeat(2), &mapping(PLAIN));
    assert_eq!(
        (nets(&keep), keep.codes()),
        (vec![vec![1_000, 1_000]], vec!["3 repeated_line".to_owned()])
    );
    let drop = PLAIN.to_owned() + "[grouping]\nrepeated_lines = \"drop\"\n";
    let drop = rows(&ONE.repeat(2), &mapping(&drop));
    assert_eq!(
        (nets(&drop), drop.codes()),
        (vec![vec![1_000]], vec!["3 repeated_line".to_owned()])
    );
}

#[test]
fn r47_of_two_times_the_stated_one_counts() {
    let csv = format!("m1,r1,2026-01-31T09:31:00Z,p1,1,1.00\n{ONE}");
    let given = rows(&csv, &mapping(PLAIN));
    assert_eq!(given.drafts[0].at.to_string(), "2026-01-31T09:30:00Z");
    assert_eq!(given.codes(), ["2 two_times"]);
    let latest = rows(&csv, &mapping(&(PLAIN.to_owned() + "[grouping]\ntimes = \"latest\"\n")));
    assert_eq!(latest.drafts[0].at.to_string(), "2026-01-31T09:31:00Z");
    let reject = rows(&csv, &mapping(&(PLAIN.to_owned() + "[grouping]\ntimes = \"reject\"\n")));
    assert!(reject.drafts.is_empty());
}

#[test]
fn r47_a_promise_of_order_that_is_not_kept_stops_the_import() {
    let text = PLAIN.replace("[fields]", "[file]\ncontiguous = true\n[fields]");
    let other = "m2,r2,2026-01-31T09:40:00Z,p1,1,1.00\n";
    let given = rows(&format!("{ONE}{ONE}{other}"), &mapping(&text));
    assert_eq!(given.refs(), ["r1", "r2"]);
    for scattered in [format!("{ONE}{other}{ONE}"), format!("{other}{ONE}")] {
        let told = file("a.csv", format!("{HEADER}{scattered}").as_bytes(), &mapping(&text))
            .map(|_| ())
            .unwrap_err();
        assert!(told.to_string().contains("contiguous = false"), "{told}");
    }
}

#[test]
fn a_row_without_end_does_not_fill_the_memory() {
    let mut bytes = format!("{HEADER}{ONE}m1,r2,2026-01-31T09:30:00Z,\"").into_bytes();
    bytes.resize(bytes.len() + (3 << 20), b'x');
    let told = file("a.csv", &bytes, &mapping(PLAIN)).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains(":3: a row longer than") && told.contains("quote"), "{told}");
    let told = file("a.jsonl", &bytes, &mapping(PLAIN)).map(|_| ()).unwrap_err().to_string();
    assert!(told.contains("longer than"), "{told}");
}

#[test]
fn a_purchase_of_too_many_lines_is_left_out_and_listed_once() {
    let line = |n: usize| format!("m1,r1,2026-01-31T09:30:00Z,p{n},1,1.00\n");
    let fits: String = (0..2_000).map(line).collect();
    assert_eq!(rows(&fits, &mapping(PLAIN)).drafts.len(), 1);
    for count in [2_001, 2_500] {
        let given = rows(&(0..count).map(line).collect::<String>(), &mapping(PLAIN));
        assert_eq!(
            (given.drafts.len(), given.codes()),
            (0, vec!["2 too_many_lines".to_owned()]),
            "{count}"
        );
    }
}

#[test]
fn m26_cancellations_take_back_the_latest_earlier_lines_first() {
    let text = PLAIN.replace("net = \"net\"", "price = \"price\"")
        + "[cancellations]\nwhen = \"receipt.startsWith('C')\"\n";
    let csv = "member,receipt,at,product,quantity,price\n\
               m,1,2026-01-01T00:00:00Z,p,5,2.00\nm,2,2026-01-02T00:00:00Z,p,3,2.0\nm,3,2026-01-03T00:00:00Z,p,9,3.00\n\
               m,C4,2026-01-04T00:00:00Z,p,-4,2.00\nm,C5,2026-01-05T00:00:00Z,p,-6,2.00\n\
               m,C6,2026-01-06T00:00:00Z,p,-1,2.00\nm,C7,2026-01-07T00:00:00Z,q,-1,2.00\nn,C8,2026-01-07T00:00:00Z,p,1,2.00\n";
    let given = file("a.csv", csv.as_bytes(), &mapping(&text)).unwrap();
    assert_eq!(given.refs(), ["1", "2", "3", "C4/1", "C4/2", "C5"]);
    let codes = [
        "5 cancel_ambiguous",
        "6 cancel_partial",
        "7 cancel_nothing_left",
        "8 cancel_never_bought",
    ];
    let (bad, matched): (Vec<String>, Vec<String>) =
        given.codes().into_iter().partition(|c| c.ends_with("bad_sign"));
    assert_eq!((bad.len(), matched), (1, codes.map(str::to_owned).to_vec()));
    let back: Vec<(usize, i64)> = given.drafts[3..]
        .iter()
        .map(|draft| match &draft.body {
            Body::Return(back) => (back.lines[0].line, back.lines[0].quantity_milli),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(back, [(0, 1_000), (0, 3_000), (0, 4_000)]);
}
