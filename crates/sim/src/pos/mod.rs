//! Tills of a shop that talk to the API over HTTP as tills do: they send twice, lose answers and take goods back. In
//! the end the ledger must hold what the tills know to have happened, under a program of one point per whole unit of
//! money and purchase.

mod wire;

use std::sync::Mutex;
use std::thread;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use crate::rng::Rng;
pub use wire::{Answer, Line, Request, Server};

/// How often a till asks again for an answer that it lost or that said `try again`.
const TRIES: usize = 50;

/// What the tills do.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The seed.
    pub seed: u64,
    /// Sales and returns in all.
    pub transactions: u64,
    /// How many members shop.
    pub members: usize,
    /// How many tills work side by side.
    pub tills: u64,
    /// Minor units that one point is given for.
    pub per_minor: i64,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Done {
    /// Sales.
    pub sales: u64,
    /// Returns.
    pub returns: u64,
    /// Of both, sent twice at once.
    pub twice: u64,
    /// Of both, sent again because the answer was lost.
    pub lost: u64,
}

/// A member at the tills: name, account and what the tills know it to have.
struct Shopper {
    id: String,
    account: String,
    points: Mutex<i64>,
}

/// A sale that may come back.
struct Sold {
    member: usize,
    reference: String,
    nets: Vec<i64>,
    returned: Vec<bool>,
}

/// Runs the tills and compares every member's balance.
pub fn run(server: &Server, plan: Plan) -> anyhow::Result<Done> {
    let shoppers = enroll(server, plan)?;
    let tills = 0..plan.tills.max(1);
    let results: Vec<anyhow::Result<Done>> = thread::scope(|scope| {
        let shoppers = &shoppers[..];
        let start = |till| scope.spawn(move || Till::open(server, plan, till, shoppers)?.work());
        let running: Vec<_> = tills.map(start).collect();
        running.into_iter().map(|t| t.join().unwrap_or_else(|_| panic!("a till broke"))).collect()
    });
    let mut done = Done::default();
    for result in results {
        let one = result?;
        done.sales += one.sales;
        done.returns += one.returns;
        done.twice += one.twice;
        done.lost += one.lost;
    }
    compare(server, &shoppers)?;
    Ok(done)
}

fn enroll(server: &Server, plan: Plan) -> anyhow::Result<Vec<Shopper>> {
    let mut line = Line::open(server)?;
    let shopper = |n: usize| {
        let email = format!("sim-{}-{n}@example.com", plan.seed);
        let request =
            post("/members", format!("enroll-{}-{n}", plan.seed), json!({ "email": email }));
        let answer = line.ask(&request)?;
        ensure!(answer.status == 201, "enrolling: {answer:?}");
        let text = |name: &str| answer.body[name].as_str().map(str::to_owned);
        let id = text("id").context("an enrolled member has no id")?;
        let account = text("account").context("an enrolled member has no account")?;
        Ok(Shopper { id, account, points: Mutex::new(0) })
    };
    (0..plan.members.max(1)).map(shopper).collect()
}

fn post(path: &str, key: String, body: Value) -> Request {
    Request { method: "POST", path: path.to_owned(), key: Some(key), body: Some(body) }
}

fn compare(server: &Server, shoppers: &[Shopper]) -> anyhow::Result<()> {
    let mut line = Line::open(server)?;
    for shopper in shoppers {
        let path = format!("/accounts/{}/balances", shopper.account);
        let answer = line.ask(&Request { method: "GET", path, key: None, body: None })?;
        let balances = answer.body["balances"].as_array().cloned().unwrap_or_default();
        let of = |name: &str| -> i64 { balances.iter().filter_map(|b| b[name].as_i64()).sum() };
        let real = of("available") + of("pending");
        let expected = shopper.points.lock().map(|points| *points).unwrap_or(i64::MIN);
        ensure!(real == expected, "{} has {real}, the tills say {expected}", shopper.id);
    }
    Ok(())
}

struct Till<'a> {
    server: &'a Server,
    plan: Plan,
    number: u64,
    shoppers: &'a [Shopper],
    rng: Rng,
    line: Line,
    sold: Vec<Sold>,
    done: Done,
}

impl<'a> Till<'a> {
    fn open(
        server: &'a Server,
        plan: Plan,
        number: u64,
        shoppers: &'a [Shopper],
    ) -> anyhow::Result<Self> {
        let rng = Rng::new(plan.seed ^ (number << 32));
        let line = Line::open(server)?;
        Ok(Self {
            server,
            plan,
            number,
            shoppers,
            rng,
            line,
            sold: Vec::new(),
            done: Done::default(),
        })
    }

    fn work(mut self) -> anyhow::Result<Done> {
        let tills = self.plan.tills.max(1);
        let mine = self.plan.transactions / tills
            + u64::from(self.number < self.plan.transactions % tills);
        for n in 0..mine {
            let returns = !self.sold.is_empty() && self.rng.chance(3);
            if returns { self.take_back(n)? } else { self.sell(n)? }
        }
        Ok(self.done)
    }

    fn reference(&self, n: u64) -> String {
        format!("{}-{}-{n}", self.plan.seed, self.number)
    }

    fn sell(&mut self, n: u64) -> anyhow::Result<()> {
        let member = self.rng.index(self.shoppers.len());
        let nets: Vec<i64> =
            (0..self.rng.within(1, 5)).map(|_| self.rng.within(1, 4_000)).collect();
        let lines: Vec<Value> = nets.iter().map(|net| json!({ "net_minor": net })).collect();
        let reference = self.reference(n);
        let body = json!({ "purchase": {
            "member": self.shoppers[member].id, "source": "sim", "reference": reference, "lines": lines,
        } });
        self.transact(&post("/pos/commit", reference.clone(), body))?;
        self.know(member, nets.iter().sum::<i64>() / self.plan.per_minor);
        self.done.sales += 1;
        let returned = vec![false; nets.len()];
        self.sold.push(Sold { member, reference, nets, returned });
        Ok(())
    }

    /// Brings back one line, or all that is left, of an earlier sale of this till.
    fn take_back(&mut self, n: u64) -> anyhow::Result<()> {
        let at = self.rng.index(self.sold.len());
        let whole = self.rng.chance(50);
        let reference = self.reference(n);
        let sold = &mut self.sold[at];
        let Some(line) = sold.returned.iter().position(|back| !back) else {
            return self.sell(n);
        };
        let before = given_back(sold, self.plan.per_minor);
        let lines = if whole {
            sold.returned.fill(true);
            json!([])
        } else {
            sold.returned[line] = true;
            json!([{ "line": line, "quantity_milli": 1_000 }])
        };
        let due = given_back(sold, self.plan.per_minor) - before;
        let (member, purchase) = (sold.member, sold.reference.clone());
        let body = json!({
            "member": self.shoppers[member].id, "source": "sim", "reference": reference,
            "purchase": { "source": "sim", "reference": purchase }, "lines": lines,
        });
        self.transact(&post("/pos/return", reference, body))?;
        self.know(member, -due);
        self.done.returns += 1;
        Ok(())
    }

    fn know(&self, member: usize, points: i64) {
        if let Ok(mut known) = self.shoppers[member].points.lock() {
            *known += points;
        }
    }

    /// Sends a transaction until it is answered: 5 in 100 twice at once, 2 in 100 hang up before the answer.
    fn transact(&mut self, request: &Request) -> anyhow::Result<()> {
        if self.rng.chance(2) {
            self.done.lost += 1;
            self.line.send(request)?;
            if self.rng.chance(50) {
                thread::sleep(std::time::Duration::from_millis(3));
            }
            self.line = Line::open(self.server)?;
        } else if self.rng.chance(5) {
            self.done.twice += 1;
            let mut other = Line::open(self.server)?;
            other.send(request)?;
            let first = self.insist(request)?;
            let second = other.receive()?;
            let again = second.status == 409 || second.status == 503;
            ensure!(again || second.status == first.status, "twice: {first:?} and {second:?}");
            return Ok(());
        }
        self.insist(request).map(drop)
    }

    /// Asks until the answer is final.
    fn insist(&mut self, request: &Request) -> anyhow::Result<Answer> {
        for _ in 0..TRIES {
            let Ok(answer) = self.line.ask(request) else {
                self.line = Line::open(self.server)?;
                continue;
            };
            if matches!(answer.status, 409 | 429 | 503) {
                thread::sleep(std::time::Duration::from_millis(100));
                continue;
            }
            ensure!(answer.status == 201, "{request:?}: {answer:?}");
            return Ok(answer);
        }
        anyhow::bail!("no answer after {TRIES} tries: {request:?}")
    }
}

/// What the returned lines of a sale had given: the sale's points spread over its lines, the largest fractions first.
fn given_back(sold: &Sold, per_minor: i64) -> i64 {
    let sum: i64 = sold.nets.iter().sum();
    let points = sum / per_minor;
    let mut shares: Vec<i64> = sold.nets.iter().map(|net| points * net / sum.max(1)).collect();
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by_key(|at| (std::cmp::Reverse(points * sold.nets[*at] % sum.max(1)), *at));
    let mut left = points - shares.iter().sum::<i64>();
    for at in order {
        if left > 0 {
            shares[at] += 1;
            left -= 1;
        }
    }
    shares.iter().zip(&sold.returned).filter(|(_, back)| **back).map(|(share, _)| share).sum()
}
