//! Survivorship: one test per criterion and field, with the winner worked out by hand.

use std::collections::BTreeMap;

use crate::merging::SourceKey;
use crate::merging::survivorship::{Profile, Strategy, Survivor, Survivorship};
use crate::time::Timestamp;

fn profile(key: (&str, &str), changed: i64, verified: &str, fields: &[(&str, &str)]) -> Profile {
    Profile {
        key: SourceKey::new(key.0, key.1),
        changed_at: Timestamp(changed),
        verified: verified.split_whitespace().map(str::to_owned).collect(),
        fields: fields.iter().map(|(f, v)| ((*f).to_owned(), (*v).to_owned())).collect(),
    }
}

fn rules(sources: &[&str], strategy: &[(&str, Strategy)]) -> Survivorship {
    Survivorship {
        sources: sources.iter().map(|s| (*s).to_owned()).collect(),
        strategy: strategy.iter().map(|(f, s)| ((*f).to_owned(), *s)).collect(),
    }
}

fn kept(all: &[Survivor]) -> BTreeMap<&str, &str> {
    all.iter().map(|s| (s.field.as_str(), s.value.as_str())).collect()
}

/// A field, the strategy declared, value and checked fields of each of two accounts, and the value that survives.
type Case<'a> = (&'a str, Option<Strategy>, (&'a str, &'a str), (&'a str, &'a str), &'a str);

/// Fields, what each of two accounts has, which strategy is declared, and which value survives.
#[test]
fn m66_the_matrix_of_fields_and_strategies() {
    let shop = |value: &str, verified: &str, field: &str| {
        profile(("shop", "1"), 5, verified, &[(field, value)])
    };
    let hotel = |value: &str, verified: &str, field: &str| {
        profile(("hotel", "9"), 7, verified, &[(field, value)])
    };
    let cases: &[Case<'_>] = &[
        // Nothing declared: what is verified, then the trusted source.
        ("birth_date", None, ("1980-05-17", ""), ("1980-05-18", "birth_date"), "1980-05-18"),
        ("birth_date", None, ("1980-05-17", ""), ("1980-05-18", ""), "1980-05-17"),
        ("tax_id", None, ("12345678Z", "tax_id"), ("X1234567L", "tax_id"), "12345678Z"),
        // An address to write to: verified, then the last one changed.
        ("email", None, ("old@example.com", ""), ("new@example.com", ""), "new@example.com"),
        ("email", None, ("old@example.com", "email"), ("new@example.com", ""), "old@example.com"),
        ("phone", None, ("600000001", ""), ("600000002", ""), "600000002"),
        // The language used last.
        ("language", None, ("es", "language"), ("en", ""), "en"),
        // Declared.
        ("gender", Some(Strategy::Recent), ("f", ""), ("m", ""), "m"),
        ("gender", Some(Strategy::Trusted), ("f", ""), ("m", "gender"), "f"),
        ("given_name", Some(Strategy::Longest), ("Ana", ""), ("Ana María", ""), "Ana María"),
        (
            "email",
            Some(Strategy::Trusted),
            ("old@example.com", ""),
            ("new@example.com", "email"),
            "old@example.com",
        ),
        // Nobody wins with nothing.
        ("email", None, ("old@example.com", ""), ("", "email"), "old@example.com"),
    ];
    for (field, strategy, (a, a_verified), (b, b_verified), wanted) in cases {
        let group = if *field == "given_name" { "name" } else { field };
        let declared: Vec<_> = strategy.iter().map(|s| (group, *s)).collect();
        let rules = rules(&["shop", "hotel"], &declared);
        let (a, b) = (shop(a, a_verified, field), hotel(b, b_verified, field));
        for profiles in [[a.clone(), b.clone()], [b, a]] {
            let all = rules.survivors(&profiles);
            assert_eq!(kept(&all).get(field), Some(wanted), "{field} {strategy:?}");
        }
    }
}

/// The more complete address wins whole; the street that only the other knew is not mixed in, and is told as lost.
#[test]
fn m66_parts_of_an_address_are_never_mixed() {
    let shop = profile(("shop", "1"), 9, "", &[("street", "Calle Mayor 1"), ("postcode", "28001")]);
    let hotel = profile(
        ("hotel", "9"),
        7,
        "",
        &[("street", "Gran Vía 2"), ("postcode", "08002"), ("city", "Barcelona")],
    );
    let complete = rules(&["shop", "hotel"], &[("address", Strategy::Complete)]);
    let all = complete.survivors(&[shop.clone(), hotel.clone()]);
    let wanted = [("city", "Barcelona"), ("postcode", "08002"), ("street", "Gran Vía 2")];
    assert_eq!(kept(&all), wanted.into());
    assert!(all.iter().all(|s| s.from == SourceKey::new("hotel", "9")));
    let street = all.iter().find(|s| s.field == "street").unwrap();
    assert_eq!(street.lost, [(SourceKey::new("shop", "1"), "Calle Mayor 1".to_owned())]);
    assert_eq!(street.decided, Some(Strategy::Complete));
    // By trust the shop's wins whole, and Barcelona is lost with the address that it belongs to.
    let trusted = rules(&["shop", "hotel"], &[]);
    let all = trusted.survivors(&[hotel, shop]);
    let city = all.iter().find(|s| s.field == "city").unwrap();
    assert_eq!((city.value.as_str(), city.lost.len()), ("", 1));
    assert_eq!(kept(&all)["street"], "Calle Mayor 1");
}

/// Equal in everything: the source that is trusted more, then the smaller number, whatever the order they come in.
#[test]
fn m66_ties_go_by_source_and_number() {
    let of = |source: &str, number: &str, name: &str| {
        profile((source, number), 1, "", &[("full_name", name)])
    };
    let rules = rules(&["hotel"], &[]);
    let (a, b, c) = (of("shop", "1", "Uno"), of("shop", "2", "Dos"), of("bank", "7", "Tres"));
    assert_eq!(kept(&rules.survivors(&[b.clone(), a.clone()]))["full_name"], "Uno");
    assert_eq!(kept(&rules.survivors(&[b.clone(), c.clone(), a.clone()]))["full_name"], "Tres");
    let hotel = of("hotel", "9", "Zeta");
    assert_eq!(kept(&rules.survivors(&[a, b, c, hotel]))["full_name"], "Zeta");
}
