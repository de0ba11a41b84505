//! What a mapping may say, and how it is told that it may not.

use super::{Mapping, PLAIN, file, mapping};

fn error(text: &str) -> String {
    Mapping::parse("mapping.toml", text).unwrap_err().to_string()
}

#[test]
fn r47_a_mistake_in_a_mapping_is_told_with_its_line_and_a_hint() {
    let cases = [
        ("quantity = \"quantity\"", "quantity = { colum = \"q\" }", "mapping.toml:10:"),
        (
            "quantity = \"quantity\"",
            "quantiti = \"quantity\"",
            "mapping.toml:10: unknown field `quantiti`",
        ),
        (
            "at = \"at\"",
            "at = { column = \"at\", format = \"%d/%m/%Y\" }",
            "mapping.toml:8: field `at` cannot be read",
        ),
        (
            "at = \"at\"",
            "at = { column = \"at\", zone = \"Mars/Crater\" }",
            "is not an IANA time zone",
        ),
        ("at = \"at\"", "", "no field `at`"),
        ("net = \"net\"", "", "no field `net`"),
        (
            "net = \"net\"",
            "net = { expression = \"a +\" }",
            "mapping.toml:11: `a +` is not an expression",
        ),
        ("net = \"net\"", "net = { column = \"net\", constant = \"1\" }", "exactly one of"),
        (
            "net = \"net\"",
            "net = { column = \"net\", decimal = \";\" }",
            "numbers cannot be read this way",
        ),
        ("net = \"net\"", "net = { column = \"net\", lookup = \"x\" }", "no lookup `x`"),
        (
            "product = \"product\"",
            "product = { column = \"p\", negate = true }",
            "`negate` has no meaning here",
        ),
        ("currency = \"EUR\"", "currency = \"euro\"", "mapping.toml:13: no such currency"),
        ("source = \"till\"", "source = \"a till\"", "mapping.toml:3: `a till` is no source"),
        ("kind = \"purchases\"", "kind = \"receipts\"", "mapping.toml:2:"),
        ("[amounts]", "[cancellations]\nwhen = \"true\"\n[amounts]", "no field `price`"),
    ];
    for (from, to, expected) in cases {
        let told = error(&PLAIN.replace(from, to));
        assert!(told.contains(expected) && told.contains("hint:"), "{to}: {told}");
    }
}

#[test]
fn r47_a_column_the_file_lacks_is_told_with_the_line_that_names_it() {
    let told = file("a.csv", b"member,receipt,at,product,net\n", &mapping(PLAIN))
        .map(|_| ())
        .unwrap_err()
        .to_string();
    assert!(told.starts_with("mapping.toml:10: no column `quantity`"), "{told}");
    assert!(told.contains("the columns are member, receipt"), "{told}");
}
