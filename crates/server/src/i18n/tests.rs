//! Every locale file loads, says the same keys, and formats as its readers expect.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use lazo_domain::time::{Timestamp, Zone};

use super::{Args, FILES, Locale};

fn keys(locale: Locale, noun: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text = FILES.iter().find(|(of, name, _)| *of == locale && *name == noun).unwrap().2;
    FluentResource::try_new(text.to_owned())
        .unwrap_or_else(|(_, errors)| panic!("{locale} {noun}: {errors:?}"));
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            current = line.split('=').next().unwrap_or_default().trim().to_owned();
            assert!(
                found.insert(current.clone(), BTreeSet::new()).is_none(),
                "{locale} {noun}: {current} is there twice"
            );
        }
        if line.starts_with('#') {
            continue;
        }
        let names = found.entry(current.clone()).or_default();
        for part in line.split('$').skip(1) {
            names.insert(
                part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect(),
            );
        }
    }
    found.remove("");
    found
}

#[test]
fn every_locale_says_the_same_keys_with_the_same_values() {
    for (_, noun, _) in FILES.iter().filter(|(of, _, _)| *of == Locale::EsEs) {
        let spain = keys(Locale::EsEs, noun);
        let english = keys(Locale::En, noun);
        let (a, b): (Vec<_>, Vec<_>) = (spain.keys().collect(), english.keys().collect());
        assert_eq!(a, b, "{noun}: es-ES and en differ");
        for (key, names) in keys(Locale::EsMx, noun) {
            assert!(spain.contains_key(&key), "{noun}: es-MX has {key} and es-ES has not");
            assert!(
                names.is_subset(&spain[&key]),
                "{noun}: es-MX {key} uses values that es-ES does not"
            );
        }
    }
}

/// Locale files whose keys stand in the code as they are.
const OF_PAGES: [&str; 27] = [
    "accounts",
    "adjustments",
    "brand-kit",
    "cases",
    "consents",
    "dashboard",
    "dossiers",
    "drafts",
    "help",
    "home",
    "imports",
    "me",
    "merges",
    "push",
    "redemptions",
    "rewards",
    "sessions",
    "styleguide",
    "team",
    "tiers",
    "two-files",
    "transfers",
    "vouchers",
    "wallet-passes",
    "widget",
    "web",
    "webhooks",
];

/// Every text in quotes that could be a key of `noun`, in the code below `folder`.
fn named(folder: &std::path::Path, noun: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            named(&path, noun, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let quoted = text.split('"').skip(1);
            let begins = format!("{noun}-");
            let is_key = |text: &&str| {
                text.strip_prefix(&begins).is_some_and(|rest| {
                    !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
                })
            };
            found.extend(quoted.filter(is_key).map(str::to_owned));
        }
    }
}

#[test]
fn every_key_of_a_page_is_there_and_every_one_that_is_there_is_used() {
    let code = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for noun in OF_PAGES {
        let mut used = BTreeSet::new();
        named(&code, noun, &mut used);
        // The keys of an answer, and of the words by which it is found, are made of its question's.
        let parts = ["answer", "words"];
        let questions: Vec<String> =
            used.iter().flat_map(|key| parts.map(|part| format!("{key}-{part}"))).collect();
        let there: BTreeSet<String> = keys(Locale::EsEs, noun).into_keys().collect();
        let missing: Vec<_> = used.difference(&there).collect();
        assert!(missing.is_empty(), "no text for {missing:?}");
        let dead: Vec<_> = there.difference(&used).filter(|key| !questions.contains(key)).collect();
        assert!(dead.is_empty(), "nobody says {dead:?}");
    }
}

/// Locale files some of whose keys are made of codes: with the beginnings of those.
const MADE: &[(&str, &[&str])] = &[
    ("alignment", &["alignment-light-", "alignment-conflict-"]),
    (
        "discovery",
        &[
            "discovery-history",
            "discovery-metrics",
            "discovery-tactics",
            "discovery-competitors",
            "discovery-objectives",
            "discovery-constraints",
        ],
    ),
    (
        "kpis",
        &[
            "kpis-members",
            "kpis-active-members",
            "kpis-repeat-rate",
            "kpis-purchase-frequency",
            "kpis-average-order",
            "kpis-revenue-of-members",
            "kpis-redeemer-share",
            "kpis-burn-ratio",
            "kpis-points-liability",
            "kpis-reward-cost",
        ],
    ),
    (
        "campaigns",
        &[
            "campaigns-state-",
            "campaigns-channel-",
            "campaigns-purpose-",
            "campaigns-letter-",
            "campaigns-reason-",
        ],
    ),
    (
        "journeys",
        &[
            "journeys-state-",
            "journeys-letter-",
            "journeys-template-",
            "journeys-entry-",
            "journeys-goal-",
            "journeys-step-",
            "journeys-why-",
            "journeys-arm-",
        ],
    ),
    ("newsletter", &["newsletter-list-", "newsletter-mail-"]),
    ("invitations", &["invitations-mine-", "invitations-state-", "invitations-head-"]),
    ("value", &[]),
    ("missions", &["missions-step-", "missions-about-", "missions-out-"]),
    ("requests", &["requests-kind", "requests-priority", "requests-state-"]),
    ("segments", &["segments-barrier-", "segments-rfm-"]),
    ("technology", &[]),
    ("workspace", &["workspace-need-", "workspace-side", "workspace-duty", "workspace-light-"]),
];

#[test]
fn keys_made_of_codes_begin_as_declared_and_no_other_is_left_over() {
    let code = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (noun, begins) in MADE {
        let mut used = BTreeSet::new();
        named(&code, noun, &mut used);
        // The beginnings above are no keys.
        used.retain(|key| !key.ends_with('-'));
        let there: BTreeSet<String> = keys(Locale::EsEs, noun).into_keys().collect();
        let missing: Vec<_> = used.difference(&there).collect();
        assert!(missing.is_empty(), "no text for {missing:?}");
        let made = |key: &&String| begins.iter().any(|begin| key.starts_with(begin));
        let dead: Vec<_> = there.difference(&used).filter(|key| !made(key)).collect();
        assert!(dead.is_empty(), "nobody says {dead:?}");
    }
}

#[test]
fn numbers_money_and_instants_are_written_as_readers_expect() {
    let eur = "EUR".parse().unwrap();
    let mxn = "MXN".parse().unwrap();
    assert_eq!(Locale::EsEs.number(1_234, 0), "1234");
    assert_eq!(Locale::EsEs.number(1_234_567, 0), "1.234.567");
    assert_eq!(Locale::EsMx.number(-1_234, 0), "-1,234");
    assert_eq!(Locale::En.number(i64::MIN, 2), "-92,233,720,368,547,758.08");
    for (num, den, told) in [
        (12_623, 5, "2524,6"),
        (-1, 8, "-0,125"),
        (20, 1, "20"),
        (8_451, 3, "2817"),
        (25_354, 3, "8451 1/3"),
        (-25_354, 3, "-8451 1/3"),
        (1, 3, "1/3"),
    ] {
        assert_eq!(Locale::EsEs.fraction(num, den), told);
    }
    assert_eq!(Locale::EsEs.money(6_000, eur), "60,00\u{a0}€");
    assert_eq!(Locale::EsMx.money(123_456, mxn), "$1,234.56");
    assert_eq!(Locale::En.money(-150, "JPY".parse().unwrap()), "-JPY\u{a0}150");
    let madrid = Zone::named("Europe/Madrid").unwrap();
    let at = Timestamp::parse("2026-07-01T10:00:30Z").unwrap();
    assert_eq!(Locale::EsEs.instant(at, &madrid), "1 jul 2026, 12:00:30");
    assert_eq!(Locale::En.instant(at, &Zone::utc()), "1 Jul 2026, 10:00:30");
}

#[test]
fn a_tag_finds_its_nearest_locale() {
    assert_eq!("es".parse(), Ok(Locale::EsEs));
    assert_eq!("es_AR".parse(), Ok(Locale::EsMx));
    assert_eq!("en-GB".parse(), Ok(Locale::En));
    assert!("fr".parse::<Locale>().is_err());
    assert_eq!(Locale::En.text("no-such-text", &Args::new()), "no-such-text");
}
