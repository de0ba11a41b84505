//! White label: what members see carries the brand's name alone, and two brands share nothing that belongs to one of them.

use std::collections::BTreeSet;

use lazo_store::testing::TestDb;

use super::visitor::Visitor;
use super::whole_portal::{BRANDS, eva};
use super::{AURORA, BRISA, House};
use crate::features::configuration::Document;
use crate::features::sessions::Whose;
use crate::web::{Face, Who};

/// The line that names the platform as a word of its own ("plazo" is another word).
fn platform(page: &str) -> Option<&str> {
    let named = |line: &&str| {
        line.split(|c: char| !c.is_alphabetic()).any(|word| word.eq_ignore_ascii_case("lazo"))
    };
    page.lines().find(named)
}

/// What a reader or a reader's machine is told: the words between tags, and what attributes say.
fn told(page: &str) -> String {
    let mut words = String::new();
    for part in page.split('<') {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        for name in ["content", "alt", "title", "aria-label", "placeholder", "value"] {
            if let Some((_, rest)) = tag.split_once(&format!(" {name}=\"")) {
                words.push_str(rest.split('"').next().unwrap_or_default());
                words.push('\n');
            }
        }
        if !tag.starts_with("script") && !tag.starts_with("style") {
            words.push_str(text);
            words.push('\n');
        }
    }
    words
}

/// The names that belong to a brand: those of its document.
fn names(document: &str) -> BTreeSet<String> {
    let text: toml::Value = toml::from_str(document).unwrap();
    let mut found = BTreeSet::new();
    let mut left = vec![&text];
    while let Some(value) = left.pop() {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    match value {
                        toml::Value::Table(by_language) if key == "name" => {
                            let all = by_language.values().filter_map(toml::Value::as_str);
                            found.extend(all.map(str::to_owned));
                        }
                        toml::Value::String(name) if key == "name" => {
                            found.insert(name.clone());
                        }
                        other => left.push(other),
                    }
                }
            }
            toml::Value::Array(all) => left.extend(all),
            _ => {}
        }
    }
    // Short ones are words of everybody.
    found.into_iter().filter(|name| name.chars().count() > 7).collect()
}

/// Every colour that a stylesheet names.
fn colours(css: &str) -> BTreeSet<String> {
    let parts = css.split('#').skip(1);
    let hex =
        parts.map(|part| part.chars().take_while(char::is_ascii_hexdigit).collect::<String>());
    hex.filter(|hex| hex.len() == 6).map(|hex| hex.to_lowercase()).collect()
}

/// Goal: no page and no letter of a brand names the platform or the other brand. Method: every page of the portal that can
/// be opened without knowing more than the brand, as nobody and as a member, and the letters that joining sends.
#[tokio::test(flavor = "multi_thread")]
async fn r59_r11_members_see_their_brand_alone_and_two_brands_share_no_name_and_no_colour() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let mut all = Vec::new();
    let mut sheets = Vec::new();
    for (letters, (site, program)) in (1..).zip(BRANDS) {
        let eva = eva(&house, (site, program)).await;
        let whose = Whose::Member { tenant: eva.tenant, member: eva.id, account: eva.account };
        let own = Visitor::of(&house, whose, &format!("/portal/{site}")).await;
        let nobody = Visitor { house: &house, cookies: String::new() };
        let mut pages = 0;
        let mut words = String::new();
        for (path, row) in crate::faces::table().rows() {
            let path = path.replace("{site}", site).replace("{program}", program);
            if row.face != Face::Portal || row.method != "GET" || path.contains('{') {
                continue;
            }
            let visitor = if row.who == Who::Own { &own } else { &nobody };
            let (status, page) = visitor.get(&path).await;
            if status != 200
                || path.ends_with(".js")
                || path.ends_with(".csv")
                || path.ends_with(".pdf")
            {
                continue;
            }
            pages += 1;
            let page = told(&page);
            assert_eq!(platform(&page), None, "{path}");
            words.push_str(&page);
        }
        assert!(pages > 20, "{site}: {pages} pages");
        house.send(&format!("/portal/{site}/join"), "", "email=nueva%40example.com").await;
        house.letters(letters).await;
        let (subject, body) = house.sink.letters()[0].read();
        assert_eq!(platform(&format!("{subject}\n{body}")), None);
        words.push_str(&subject);
        words.push_str(&body);
        let (_, home) = nobody.get(&format!("/portal/{site}")).await;
        let (_, rest) = home.split_once("/brand/brand-").unwrap();
        let sheet = rest.split('"').next().unwrap();
        let (status, css) = nobody.get(&format!("/portal/{site}/brand/brand-{sheet}")).await;
        assert_eq!(status, 200);
        sheets.push(colours(&css));
        all.push(words);
    }
    for (mine, other, document) in [(0, 1, AURORA), (1, 0, BRISA)] {
        assert!(Document::parse(document).is_ok());
        let names = names(document);
        assert!(names.len() > 10, "{names:?}");
        let seen: Vec<&String> =
            names.iter().filter(|name| all[mine].contains(name.as_str())).collect();
        assert!(seen.len() > 5, "the brand's own pages name what is its own: {seen:?}");
        let shared: Vec<&String> =
            names.iter().filter(|name| all[other].contains(name.as_str())).collect();
        assert!(shared.is_empty(), "of {mine} in {other}: {shared:?}");
    }
    let shared: Vec<&String> = sheets[0].intersection(&sheets[1]).collect();
    let shared: Vec<&&String> = shared.iter().filter(|hex| *hex.as_str() != *"ffffff").collect();
    assert!(sheets[0].len() > 5 && shared.is_empty(), "{shared:?}");
}
