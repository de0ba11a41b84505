//! The shop's public doors: shoppers are enrolled through them, and what the ledger holds is read through them.

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::house::House;
use super::oracle::{Found, Oracle, Verdict};
use super::tills::{Shopper, deed, effect};
use crate::pos::{Answer, Line, Request, Server};

/// What every shopper has from the start: so much that no redemption ever lacks points, in a lot older than all
/// others, so that no return ever finds its points spent.
const STOCK: i64 = 10_000_000;
/// The longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often a read that was told to come back comes back.
const TRIES: usize = 100;

/// Enrolls `count` shoppers and gives each a stock of points.
pub fn fill(server: &Server, oracle: &Oracle, count: usize) -> anyhow::Result<Vec<Shopper>> {
    let mut line = Line::open_within(server, PATIENCE)?;
    let mut shoppers = Vec::with_capacity(count);
    for number in 0..count {
        let shopper = enroll(&mut line, &format!("m{number}"))?;
        let reference = format!("stock-{number}");
        let body = json!({
            "member": format!("ext:external:{}", shopper.name), "source": "till", "reference": reference,
            "lines": [{ "net_minor": STOCK * 100 }],
        });
        let effects = vec![effect(number, "purchase", STOCK, 0)];
        let known = oracle.begin(deed("till", reference, effects));
        let answer = insist(&mut line, &post("/purchases", None, body))?;
        let event = answer.body["id"].as_str().context("a purchase without an id")?;
        oracle.acknowledge(known, event, None);
        shoppers.push(shopper);
    }
    Ok(shoppers)
}

/// Enrolls somebody under `name`.
pub fn enroll(line: &mut Line, name: &str) -> anyhow::Result<Shopper> {
    let body = json!({ "identifiers": [{ "scheme": "external", "value": name }] });
    let answer = insist(line, &post("/members", Some(format!("enroll-{name}")), body))?;
    let account = answer.body["account"].as_str().context("a member without an account")?;
    Ok(Shopper { name: name.to_owned(), account: account.to_owned() })
}

/// A request that writes.
#[must_use]
pub fn post(path: &str, key: Option<String>, body: Value) -> Request {
    Request { method: "POST", path: path.to_owned(), key, body: Some(body) }
}

/// A request that reads.
#[must_use]
pub fn get(path: String) -> Request {
    Request { method: "GET", path, key: None, body: None }
}

/// Asks until the answer is no "come back", and wants it to be a success.
pub fn insist(line: &mut Line, request: &Request) -> anyhow::Result<Answer> {
    for _ in 0..TRIES {
        let answer = line.ask(request)?;
        if matches!(answer.status, 429 | 503) {
            std::thread::sleep(Duration::from_millis(100));
            continue;
        }
        let said = String::from_utf8_lossy(&answer.octets);
        ensure!(matches!(answer.status, 200 | 201), "{request:?}: {} {said:.500}", answer.status);
        return Ok(answer);
    }
    anyhow::bail!("{request:?}: told to come back {TRIES} times")
}

/// Reads everything the ledger holds of the shoppers over HTTP and lets the oracle judge; then asks `lazo verify` and
/// `lazo balances` the same. Under a planted fault it may be that nothing can be read: that is found, too.
pub fn judge(
    house: &House,
    server: &Server,
    oracle: &Oracle,
    shoppers: &[Shopper],
    planted: bool,
) -> anyhow::Result<Verdict> {
    match read(house, server, oracle, shoppers) {
        Err(error) if planted => {
            let mut verdict = Verdict::default();
            verdict.wrong(format!("nothing can be read any more: {error}"));
            Ok(verdict)
        }
        verdict => verdict,
    }
}

fn read(
    house: &House,
    server: &Server,
    oracle: &Oracle,
    shoppers: &[Shopper],
) -> anyhow::Result<Verdict> {
    let mut line = Line::open_within(server, PATIENCE)?;
    let (mut found, mut balances) = (Vec::new(), Vec::new());
    for (number, shopper) in shoppers.iter().enumerate() {
        events(&mut line, number, &shopper.account, &mut found)?;
        balances.push(balance(&mut line, &shopper.account)?);
    }
    let mut verdict = oracle.judge(&found, &balances);
    house.verify()?.into_iter().for_each(|finding| verdict.wrong(finding));
    let told = house.balances("points")?;
    for (shopper, (available, _)) in shoppers.iter().zip(&balances) {
        if !told.contains(&(shopper.name.clone(), *available)) {
            verdict.wrong(format!("`lazo balances` does not give {available} to {}", shopper.name));
        }
    }
    Ok(verdict)
}

/// All events of an account.
pub fn events(
    line: &mut Line,
    number: usize,
    account: &str,
    found: &mut Vec<Found>,
) -> anyhow::Result<()> {
    let mut cursor = String::new();
    loop {
        let path = format!("/accounts/{account}/events?limit=100{cursor}");
        let answer = insist(line, &get(path))?;
        let items = answer.body["items"].as_array().context("a page without items")?;
        found.extend(items.iter().map(|item| event(number, item)));
        match answer.body["cursor"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}

/// An event as the API tells it.
#[must_use]
pub fn event(account: usize, item: &Value) -> Found {
    let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let changes = item["changes"].as_array().cloned().unwrap_or_default();
    let side = |side: &str| {
        let of_side = changes.iter().filter(|change| change["side"] == side);
        of_side.filter_map(|change| change["points"].as_i64()).sum()
    };
    Found {
        account,
        id: text("id"),
        kind: text("kind"),
        source: text("source"),
        reference: text("reference"),
        available: side("available"),
        held: side("held"),
    }
}

/// What an account has available and set aside, of all its point types.
pub fn balance(line: &mut Line, account: &str) -> anyhow::Result<(i64, i64)> {
    let answer = insist(line, &get(format!("/accounts/{account}/balances")))?;
    let all = answer.body["balances"].as_array().cloned().unwrap_or_default();
    let sum = |name: &str| all.iter().filter_map(|balance| balance[name].as_i64()).sum();
    Ok((sum("available"), sum("held")))
}
