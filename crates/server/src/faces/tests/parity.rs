//! One portal for every brand: the same pages at the same paths, with the same ways on from each.

use std::collections::{BTreeMap, BTreeSet};

use lazo_store::testing::TestDb;

use super::House;
use super::visitor::Visitor;
use super::whole_portal::{BRANDS, eva};
use crate::features::sessions::Whose;
use crate::web::{Face, Who};

/// The table that the test writes and compares.
const TABLE: &str = "../../docs/parity.md";
const HEAD: &str = "# The same portal for every brand

Each page of the portal below `/portal/<brand>`, what it answers to a member of each of the demo's brands, and how many ways on
it has (links and forms). `r104_every_brand_has_the_same_pages_with_the_same_ways_on` opens them all and fails where brands
differ, or this table does; `LAZO_WRITE_DOCS=1` writes it anew.

| Page | Aurora | Brisa | Ways on |
|---|---|---|---|
";

/// The ways on from a page, without what is each brand's or member's own: codes, ids, numbers.
fn ways(page: &str, site: &str) -> BTreeSet<String> {
    let base = format!("/portal/{site}");
    let mut found = BTreeSet::new();
    for attribute in ["href=\"", "action=\""] {
        for rest in page.split(attribute).skip(1) {
            let path = rest.split('"').next().unwrap_or_default();
            let Some(own) = path.strip_prefix(&base) else { continue };
            let own = own.split(['?', '#']).next().unwrap_or_default();
            if own.starts_with("/brand/") {
                continue;
            }
            let parts = own.split('/').enumerate().map(|(place, part)| match place {
                // A page's own noun, and the words that ours begin with.
                0 | 1 => part,
                _ if part.contains('_') || !WORDS.contains(&part) => "…",
                _ => part,
            });
            found.insert(parts.collect::<Vec<_>>().join("/"));
        }
    }
    found
}

/// Second and later words of paths that are ours, and no brand's.
const WORDS: [&str; 16] = [
    "plan",
    "consents",
    "notices",
    "email",
    "data",
    "leave",
    "passkeys",
    "invitations",
    "cases",
    "confirm",
    "cancel",
    "apple.pkpass",
    "google",
    "quote",
    "again",
    "end",
];

/// Goal: one uniform portal. Method: every page of the table of pages, as a member of each brand with the same purchase.
#[tokio::test(flavor = "multi_thread")]
async fn r104_every_brand_has_the_same_pages_with_the_same_ways_on() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let mut seen: BTreeMap<String, Vec<(u16, BTreeSet<String>)>> = BTreeMap::new();
    for (site, program) in BRANDS {
        let eva = eva(&house, (site, program)).await;
        let whose = Whose::Member { tenant: eva.tenant, member: eva.id, account: eva.account };
        let own = Visitor::of(&house, whose, &format!("/portal/{site}")).await;
        let nobody = Visitor { house: &house, cookies: String::new() };
        for (path, row) in crate::faces::table().rows() {
            let filled = path.replace("{site}", site).replace("{program}", program);
            if row.face != Face::Portal || row.method != "GET" || filled.contains('{') {
                continue;
            }
            let inside = row.who == Who::Own || path == "/portal/{site}";
            let visitor = if inside { &own } else { &nobody };
            let (status, page) = visitor.get(&filled).await;
            let name = path.strip_prefix("/portal/{site}").unwrap_or(path).to_owned();
            seen.entry(name).or_default().push((status, ways(&page, site)));
        }
    }
    assert!(seen.len() > 30, "{} pages", seen.len());
    let mut table = HEAD.to_owned();
    for (path, brands) in &seen {
        let [(first, here), (second, there)] = brands.as_slice() else {
            panic!("{path}: in {} brands", brands.len())
        };
        assert_eq!((first, here), (second, there), "{path}");
        let path = if path.is_empty() { "/" } else { path };
        table.push_str(&format!("| `{path}` | {first} | {second} | {} |\n", here.len()));
    }
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE);
    if std::env::var_os("LAZO_WRITE_DOCS").is_some() {
        std::fs::write(&file, &table).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, table, "LAZO_WRITE_DOCS=1 writes docs/parity.md anew");
}
