//! Requests sent again, twice at once, late, and with another body: every answer is as documented, no effect is
//! doubled.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::ground::Ground;
use super::house::{House, free_port};
use super::oracle::Oracle;
use super::tills::{Shopper, deed, effect};
use super::{Outcome, Run, shop};
use crate::pos::{Answer, Line, Request, Server};
use crate::rng::Rng;

const CLIENTS: u64 = 16;
const SHOPPERS: usize = 24;
/// Requests that a client remembers and sends again.
const REMEMBERED: usize = 64;

/// Runs it. `cycles` is how many requests are sent in all.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    let ground = Ground::lay(run, None, &[])?;
    let house = House::build(&run.lazo, &ground.folder(), &ground.url(), 16)?;
    let port = free_port()?;
    let oracle = Oracle::default();
    let node = house.serve(port)?;
    let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
    let shoppers = shop::fill(&server, &oracle, SHOPPERS)?;
    node.end()?;
    ground.plant(run.plant, &house)?;
    let node = house.serve(port)?;
    let tally = Tally::default();
    thread::scope(|scope| {
        let start = |number: u64| {
            let key = house.keys[usize::try_from(number).unwrap_or(0) % house.keys.len()].clone();
            let server = Server { address: server.address.clone(), key };
            let (oracle, shoppers, tally) = (&oracle, &shoppers[..], &tally);
            let mine = run.cycles / CLIENTS;
            scope.spawn(move || {
                Client::open(server, run.seed, number, shoppers, oracle, tally)?.work(mine)
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(start).collect();
        for client in clients {
            if let Ok(Err(error)) = client.join() {
                tally.wrong(format!("a client could not go on: {error:#}"));
            }
        }
    });
    node.kill()?;
    ground.mend(run.plant, &house)?;
    let node = house.serve(port)?;
    let mut verdict = shop::judge(&house, &server, &oracle, &shoppers, run.plant.is_some())?;
    node.end()?;
    for told in tally.wrong.into_inner().unwrap_or_default() {
        verdict.wrong(told);
    }
    let n = |count: &AtomicU64| count.load(Ordering::SeqCst);
    let note = format!(
        "{} requests: {} the same again, {} twins at once, {} with another body, {} of another member",
        n(&tally.requests),
        n(&tally.again),
        n(&tally.twins),
        n(&tally.other),
        n(&tally.claims)
    );
    Ok(Outcome::of(run, n(&tally.again) + n(&tally.twins), verdict, note))
}

#[derive(Default)]
struct Tally {
    requests: AtomicU64,
    again: AtomicU64,
    twins: AtomicU64,
    other: AtomicU64,
    claims: AtomicU64,
    wrong: Mutex<Vec<String>>,
}

impl Tally {
    fn wrong(&self, what: String) {
        if let Ok(mut wrong) = self.wrong.lock()
            && wrong.len() < 1_000
        {
            wrong.push(what);
        }
    }
}

/// A request with its answer.
struct Known {
    number: usize,
    request: Request,
    octets: Vec<u8>,
    event: String,
}

struct Client<'a> {
    server: Server,
    seed: u64,
    number: u64,
    count: u64,
    rng: Rng,
    line: Line,
    shoppers: &'a [Shopper],
    oracle: &'a Oracle,
    tally: &'a Tally,
    known: Vec<Known>,
}

impl<'a> Client<'a> {
    fn open(
        server: Server,
        seed: u64,
        number: u64,
        shoppers: &'a [Shopper],
        oracle: &'a Oracle,
        tally: &'a Tally,
    ) -> anyhow::Result<Self> {
        let line = Line::open(&server)?;
        let rng = Rng::new(seed ^ ((number + 1) << 36));
        Ok(Self {
            server,
            seed,
            number,
            count: 0,
            rng,
            line,
            shoppers,
            oracle,
            tally,
            known: Vec::new(),
        })
    }

    fn work(mut self, requests: u64) -> anyhow::Result<()> {
        let mut sent = 0;
        while sent < requests {
            sent += match self.rng.within(0, 99) {
                _ if self.known.is_empty() => self.first()?,
                0..15 => self.first()?,
                15..78 => self.the_same()?,
                78..88 => self.twins()?,
                88..95 => self.another_body()?,
                _ => self.another_member()?,
            };
        }
        self.tally.requests.fetch_add(sent, Ordering::SeqCst);
        Ok(())
    }

    /// Something new: a purchase, a redemption, an adjustment or a transfer.
    fn first(&mut self) -> anyhow::Result<u64> {
        let (number, request) = self.compose();
        let answer = shop::insist(&mut self.line, &request)?;
        self.learn(number, request, answer)?;
        Ok(1)
    }

    fn learn(&mut self, number: usize, request: Request, answer: Answer) -> anyhow::Result<()> {
        let (event, reference) = named(&answer)?;
        self.oracle.acknowledge(number, &event, Some(&reference));
        let known = Known { number, request, octets: answer.octets, event };
        if self.known.len() < REMEMBERED {
            self.known.push(known);
        } else {
            let at = self.rng.index(REMEMBERED);
            self.known[at] = known;
        }
        Ok(())
    }

    /// The same once more: the same answer, octet for octet under its key.
    fn the_same(&mut self) -> anyhow::Result<u64> {
        let at = self.rng.index(self.known.len());
        let known = &self.known[at];
        let answer = shop::insist(&mut self.line, &known.request)?;
        self.tally.again.fetch_add(1, Ordering::SeqCst);
        self.compare(known, &answer)?;
        Ok(1)
    }

    fn compare(&self, known: &Known, answer: &Answer) -> anyhow::Result<()> {
        let (event, reference) = named(answer)?;
        self.oracle.acknowledge(known.number, &event, Some(&reference));
        if event != known.event {
            self.tally.wrong(format!("{:?} was {}, then {event}", known.request, known.event));
        }
        if known.request.key.is_some() && answer.octets != known.octets {
            let (before, now) =
                (String::from_utf8_lossy(&known.octets), String::from_utf8_lossy(&answer.octets));
            let path = &known.request.path;
            self.tally.wrong(format!("{path}: the same key was answered {before}, then {now}"));
        }
        Ok(())
    }

    /// The same twice at once, never sent before.
    fn twins(&mut self) -> anyhow::Result<u64> {
        let (number, request) = self.compose();
        let mut other = Line::open(&self.server)?;
        other.send(&request)?;
        let first = shop::insist(&mut self.line, &request)?;
        let mut second = other.receive()?;
        if matches!(second.status, 429 | 503) {
            second = shop::insist(&mut other, &request)?;
        }
        ensure!(second.status == first.status, "twins: {first:?} and {second:?}");
        self.tally.twins.fetch_add(1, Ordering::SeqCst);
        self.learn(number, request, first)?;
        if let Some(known) = self.known.iter().find(|known| known.number == number) {
            self.compare(known, &second)?;
        }
        Ok(2)
    }

    /// The same name with another body: 422 and nothing done.
    fn another_body(&mut self) -> anyhow::Result<u64> {
        let at = self.rng.index(self.known.len());
        let mut request = self.known[at].request.clone();
        if let Some(body) = request.body.as_mut() {
            match request.path.as_str() {
                "/purchases" => body["lines"][0]["net_minor"] = json!(31_337),
                "/redemptions" => body["quantity"] = json!(2),
                _ => body["points"] = json!(17),
            }
        }
        self.tally.other.fetch_add(1, Ordering::SeqCst);
        let keyed = request.key.is_some();
        self.refused(&request, if keyed { "idempotency_key_reused" } else { "key_reused" }, 422)
    }

    /// A receipt of somebody else: refused for ever.
    fn another_member(&mut self) -> anyhow::Result<u64> {
        let purchase = self.known.iter().find(|known| known.request.path == "/purchases");
        let Some(mut request) = purchase.map(|known| known.request.clone()) else {
            return self.first();
        };
        request.key = None;
        if let Some(body) = request.body.as_mut() {
            let mine = body["member"].clone();
            let other = self.shoppers.iter().map(|s| json!(format!("ext:external:{}", s.name)));
            body["member"] =
                other.into_iter().find(|member| *member != mine).context("nobody else")?;
        }
        self.tally.claims.fetch_add(1, Ordering::SeqCst);
        self.refused(&request, "claimed_by_other", 409)
    }

    fn refused(&mut self, request: &Request, code: &str, status: u16) -> anyhow::Result<u64> {
        loop {
            let answer = self.line.ask(request)?;
            if matches!(answer.status, 429 | 503) {
                thread::sleep(std::time::Duration::from_millis(50));
                continue;
            }
            if (answer.status, &answer.body["code"]) != (status, &json!(code)) {
                let said = String::from_utf8_lossy(&answer.octets).into_owned();
                self.tally.wrong(format!("{request:?} was answered {} {said:.300}", answer.status));
            }
            return Ok(1);
        }
    }

    fn compose(&mut self) -> (usize, Request) {
        self.count += 1;
        let reference = format!("r{}-{}-{}", self.seed, self.number, self.count);
        let account = self.rng.index(self.shoppers.len());
        let member = format!("ext:external:{}", self.shoppers[account].name);
        let key = self.rng.chance(60).then(|| format!("key-{reference}"));
        match self.rng.within(0, 9) {
            0..6 => {
                let net = self.rng.within(1, 20_000);
                let body = json!({ "member": member, "source": "till", "reference": reference, "lines": [{ "net_minor": net }] });
                let effects = vec![effect(account, "purchase", net / 100, 0)];
                (
                    self.oracle.begin(deed("till", reference, effects)),
                    shop::post("/purchases", key, body),
                )
            }
            6..8 => {
                let body = json!({ "member": member, "reference": reference, "reward": "gift" });
                let effects = vec![effect(account, "reserve", -10, 10)];
                (
                    self.oracle.begin(deed("redemption", reference, effects)),
                    shop::post("/redemptions", key, body),
                )
            }
            8 => {
                let to = (account + 1) % self.shoppers.len();
                let body: Value = json!({
                    "from": member, "to": format!("ext:external:{}", self.shoppers[to].name), "point_type": "points",
                    "points": 4, "reference": reference,
                });
                let effects =
                    vec![effect(account, "transfer_out", -4, 0), effect(to, "transfer_in", 4, 0)];
                (
                    self.oracle.begin(deed("transfer", reference, effects)),
                    shop::post("/transfers", key, body),
                )
            }
            _ => {
                let body = json!({ "member": member, "point_type": "points", "points": 3, "reason": "goodwill" });
                let key = Some(format!("key-{reference}"));
                let effects = vec![effect(account, "adjustment", 3, 0)];
                (
                    self.oracle.begin(deed("adjustment", String::new(), effects)),
                    shop::post("/adjustments", key, body),
                )
            }
        }
    }
}

/// The event that an answer tells of, and its reference.
fn named(answer: &Answer) -> anyhow::Result<(String, String)> {
    let receipt = match &answer.body["receipt"] {
        Value::Null => &answer.body,
        receipt => receipt,
    };
    let text = |name: &str| receipt[name].as_str().map(str::to_owned);
    let said =
        || format!("an answer without an event: {}", String::from_utf8_lossy(&answer.octets));
    Ok((text("id").with_context(said)?, text("reference").with_context(said)?))
}
