//! The Nth write, sync or truncation fails, for every N until the operation passes clean, for each operation of the
//! ledger: each ends as applied once or not at all, and none is answered with success without being there.

mod commands;

use std::time::Duration;

use anyhow::{Context, ensure};
use serde_json::{Value, json};

use super::ground::Ground;
use super::house::{House, Node, free_port};
use super::oracle::{Found, Verdict};
use super::plant::Plant;
use super::shim::{Mode, Shim};
use super::tills::Shopper;
use super::{Engine, Outcome, Run, shop};
use crate::pos::{Answer, Line, Request, Server};

/// The longest wait for one answer.
const PATIENCE: Duration = Duration::from_secs(20);
/// More calls than any operation makes.
const MAX_CALLS: i64 = 2_000;

/// The operations that a node is asked for.
const OPERATIONS: [&str; 8] =
    ["enroll", "purchase", "return", "reserve", "capture", "cancel", "adjust", "transfer"];

/// Runs it. `cycles` is the step from one N to the next: 1 tries every N. With a longer step the seed says where to
/// begin, so that several runs try every N, too.
pub fn run(run: &Run) -> anyhow::Result<Outcome> {
    if run.engine == Engine::Postgres {
        let why = "the calls of PostgreSQL's own processes are PostgreSQL's to test";
        return Ok(Outcome::skipped(run, why.to_owned()));
    }
    let ground = Ground::lay(run, None, &[])?;
    let mut house = House::build(&run.lazo, &ground.folder(), &ground.url(), 2)?;
    let shim = Shim::build(&ground.folder(), &ground.file())?;
    house.env = shim.env();
    let mut bench = Bench::open(house, shim)?;
    bench.first = run.first();
    let mut verdict = Verdict::default();
    let (mut struck, mut notes) = (0, Vec::new());
    let modes: Vec<(Mode, &str)> = match run.plant {
        Some(Plant::Swallow) => vec![(Mode::Swallow, "swallowed")],
        _ => Mode::ONCE.to_vec(),
    };
    for operation in OPERATIONS {
        let mut most = 0;
        for (mode, _) in &modes {
            let calls = bench.every(operation, *mode, run.cycles.max(1), &mut verdict)?;
            struck += calls;
            most = calls.max(most);
        }
        notes.push(format!("{operation} {most}"));
    }
    bench.finish(&mut verdict)?;
    for command in ["expire", "import"] {
        let mut most = 0;
        for (mode, _) in &modes {
            let calls = bench.every_of_command(command, *mode, run.cycles.max(1), &mut verdict)?;
            struck += calls;
            most = calls.max(most);
        }
        notes.push(format!("{command} {most}"));
    }
    Ok(Outcome::of(run, struck, verdict, format!("calls struck: {}", notes.join(", "))))
}

/// A node under the shim, and a member to do things to.
struct Bench {
    house: House,
    shim: Shim,
    port: u16,
    node: Option<Node>,
    server: Server,
    members: [Shopper; 2],
    count: u64,
    /// The first call that is struck.
    first: i64,
}

/// What a request needs, and what it does when it is done.
struct Task {
    request: Request,
    /// The kind of event and its reference; of an enrolment the member's name.
    kind: &'static str,
    reference: String,
    available: i64,
    held: i64,
}

impl Bench {
    fn open(house: House, shim: Shim) -> anyhow::Result<Self> {
        let port = free_port()?;
        let node = house.serve(port)?;
        let server = Server { address: node.address.clone(), key: house.keys[0].clone() };
        let mut line = Line::open_within(&server, PATIENCE)?;
        let members = [shop::enroll(&mut line, "m0")?, shop::enroll(&mut line, "m1")?];
        let mut bench =
            Self { house, shim, port, node: Some(node), server, members, count: 0, first: 1 };
        let stock = bench.purchase(100_000_000);
        shop::insist(&mut line, &stock.request)?;
        Ok(bench)
    }

    /// Strikes call after call of one operation until it passes untouched; answers how many calls were struck.
    fn every(
        &mut self,
        operation: &str,
        mode: Mode,
        step: u64,
        verdict: &mut Verdict,
    ) -> anyhow::Result<u64> {
        let (mut at, mut struck) = (self.first, 0);
        while at < MAX_CALLS {
            let task = self.prepare(operation).with_context(|| operation.to_owned())?;
            let what = format!("{operation}, call {at}, {mode:?}");
            let fired =
                self.strike(&task, mode, at, &what, verdict).with_context(|| what.clone())?;
            if !fired {
                return Ok(struck);
            }
            struck += 1;
            at += i64::try_from(step)?;
        }
        anyhow::bail!("{operation} makes more than {MAX_CALLS} calls")
    }

    fn strike(
        &mut self,
        task: &Task,
        mode: Mode,
        at: i64,
        what: &str,
        verdict: &mut Verdict,
    ) -> anyhow::Result<bool> {
        verdict.sent += 1;
        let mut line = Line::open_within(&self.server, PATIENCE)?;
        self.shim.arm(mode, at)?;
        let answer = line.ask(&task.request).ok();
        let fired = self.shim.disarm()?;
        if mode == Mode::Swallow
            || (fired && mode.kills())
            || self.node.as_mut().is_none_or(Node::is_over)
        {
            self.restart()?;
        }
        let acknowledged = answer.as_ref().is_some_and(|a| matches!(a.status, 200 | 201));
        verdict.acknowledged += u64::from(acknowledged);
        check_words(answer.as_ref(), fired, what, verdict);
        let there = self.times(task, verdict)?;
        match there {
            0 if acknowledged => verdict.lost += 1,
            2.. => verdict.doubled += 1,
            _ => {}
        }
        if !acknowledged || there != 1 {
            self.again(task, what, verdict)?;
        }
        Ok(fired)
    }

    /// The caller asks again until it is told; then it must be there once.
    fn again(&mut self, task: &Task, what: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
        let mut line = Line::open_within(&self.server, PATIENCE)?;
        for _ in 0..20 {
            let answer = line.ask(&task.request)?;
            if matches!(answer.status, 200 | 201) {
                match self.times(task, verdict)? {
                    1 => {}
                    0 => verdict.lost += 1,
                    _ => verdict.doubled += 1,
                }
                return Ok(());
            }
            if task.kind == "enroll" && answer.body["code"] == "identifier_taken" {
                // It was done, and the caller is told so in these words when the answer was lost with its process.
                return Ok(());
            }
            if !matches!(answer.status, 429 | 503) {
                let said = String::from_utf8_lossy(&answer.octets).into_owned();
                verdict
                    .wrong(format!("{what}: asked again, answered {} {said:.300}", answer.status));
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(300));
        }
        verdict.wrong(format!("{what}: no answer after the fault was over"));
        Ok(())
    }

    /// How often a task is in the ledger, whole.
    fn times(&self, task: &Task, verdict: &mut Verdict) -> anyhow::Result<usize> {
        let mut line = Line::open_within(&self.server, PATIENCE)?;
        if task.kind == "enroll" {
            let path = format!("/members/ext:external:{}", task.reference);
            let answer = line.ask(&shop::get(path))?;
            return Ok(usize::from(answer.status == 200));
        }
        let mut found = Vec::new();
        newest(&mut line, &self.members[0].account, &mut found)?;
        let same = |event: &&Found| {
            let named = event.reference == task.reference || task.reference.is_empty();
            event.kind == task.kind
                && named
                && (task.kind != "adjustment" || event.available == task.available)
        };
        let events: Vec<&Found> = found.iter().filter(same).collect();
        for event in &events {
            if (event.available, event.held) != (task.available, task.held) {
                verdict.wrong(format!("{event:?} in part"));
            }
        }
        Ok(events.len())
    }

    fn restart(&mut self) -> anyhow::Result<()> {
        if let Some(node) = self.node.take() {
            node.kill()?;
        }
        self.node = Some(self.house.serve(self.port)?);
        Ok(())
    }

    /// What an operation needs done before, and its request.
    fn prepare(&mut self, operation: &str) -> anyhow::Result<Task> {
        let mut line = Line::open_within(&self.server, PATIENCE)?;
        self.count += 1;
        let reference = format!("io-{}", self.count);
        let member = "ext:external:m0";
        let task = |path: &str, body: Value, kind, reference: &str, (available, held)| Task {
            request: shop::post(path, (kind == "adjustment").then(|| reference.to_owned()), body),
            kind,
            reference: if kind == "adjustment" { String::new() } else { reference.to_owned() },
            available,
            held,
        };
        let reserve = json!({ "member": member, "reference": reference, "reward": "gift" });
        Ok(match operation {
            "enroll" => {
                let body = json!({ "identifiers": [{ "scheme": "external", "value": reference }] });
                let request = shop::post("/members", Some(reference.clone()), body);
                Task { request, kind: "enroll", reference, available: 0, held: 0 }
            }
            "purchase" => self.purchase(5_000),
            "return" => {
                let bought = self.purchase(7_000);
                shop::insist(&mut line, &bought.request)?;
                let purchase = json!({ "source": "till", "reference": bought.reference });
                let body = json!({ "member": member, "source": "till", "reference": reference, "purchase": purchase });
                task("/returns", body, "return", &reference, (-70, 0))
            }
            "reserve" => task("/redemptions", reserve, "reserve", &reference, (-10, 10)),
            "capture" | "cancel" => {
                let reserved = shop::insist(&mut line, &shop::post("/redemptions", None, reserve))?;
                let id = reserved.body["id"].as_str().context("a redemption without an id")?;
                let path = format!("/redemptions/{id}/{operation}");
                let (kind, available) =
                    if operation == "capture" { ("capture", 0) } else { ("cancel", 10) };
                task(&path, json!({}), kind, id, (available, -10))
            }
            "adjust" => {
                // Its points tell it from all others.
                let points = i64::try_from(self.count % 900)? + 1;
                let body = json!({ "member": member, "point_type": "points", "points": points, "reason": "goodwill" });
                self.clear_adjustments(points)?;
                task("/adjustments", body, "adjustment", &reference, (points, 0))
            }
            _ => {
                let body = json!({
                    "from": member, "to": "ext:external:m1", "point_type": "points", "points": 3, "reference": reference,
                });
                task("/transfers", body, "transfer_out", &reference, (-3, 0))
            }
        })
    }

    /// Adjustments are told apart by their points among the newest events, so two of the same may not be near.
    fn clear_adjustments(&self, points: i64) -> anyhow::Result<()> {
        let mut found = Vec::new();
        let mut line = Line::open_within(&self.server, PATIENCE)?;
        newest(&mut line, &self.members[0].account, &mut found)?;
        let near = found.iter().any(|e| e.kind == "adjustment" && e.available == points);
        ensure!(!near, "two adjustments of {points} points near each other");
        Ok(())
    }

    fn purchase(&mut self, net_minor: i64) -> Task {
        self.count += 1;
        let reference = format!("io-{}", self.count);
        let body = json!({
            "member": "ext:external:m0", "source": "till", "reference": reference,
            "lines": [{ "net_minor": net_minor }],
        });
        let available = net_minor / 100;
        let request = shop::post("/purchases", None, body);
        Task { request, kind: "purchase", reference, available, held: 0 }
    }

    /// Ends the node and looks the books over.
    fn finish(&mut self, verdict: &mut Verdict) -> anyhow::Result<()> {
        if let Some(node) = self.node.take() {
            node.end()?;
        }
        self.house.verify()?.into_iter().for_each(|finding| verdict.wrong(finding));
        Ok(())
    }
}

/// A failure must be a problem, and tell when to come back when it is the disk's.
fn check_words(answer: Option<&Answer>, fired: bool, what: &str, verdict: &mut Verdict) {
    let Some(answer) = answer else { return };
    let problem =
        answer.headers.get("content-type").is_some_and(|t| t == "application/problem+json");
    match answer.status {
        200 | 201 => {}
        503 if problem && answer.headers.contains_key("retry-after") && fired => {}
        status => {
            let said = String::from_utf8_lossy(&answer.octets).into_owned();
            verdict.wrong(format!("{what}: answered {status} {said:.300}"));
        }
    }
}

/// The newest events of an account.
fn newest(line: &mut Line, account: &str, found: &mut Vec<Found>) -> anyhow::Result<()> {
    let answer = shop::insist(line, &shop::get(format!("/accounts/{account}/events?limit=20")))?;
    let items = answer.body["items"].as_array().context("a page without items")?;
    found.extend(items.iter().map(|item| shop::event(0, item)));
    Ok(())
}
