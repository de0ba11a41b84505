//! Clients of many threads that buy, redeem, return, adjust and transfer over HTTP, and ask again until they are told.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::oracle::{Deed, Effect, Oracle};
use super::watch::Watch;
use crate::pos::{Answer, Line, Request, Server};
use crate::rng::Rng;

/// The longest a client waits for one answer; then it asks again, or another node.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long a key is held by a process that may have died with it; then somebody else may take it over.
const KEY_LEASE: Duration = Duration::from_millis(4_200);
/// What a gift costs.
const GIFT: i64 = 10;
/// The source under which tills sell and take back.
const SOURCE: &str = "till";

/// Somebody who shops.
#[derive(Debug, Clone)]
pub struct Shopper {
    /// The name it was enrolled under.
    pub name: String,
    /// Its account's id.
    pub account: String,
}

/// Of tills that nobody pauses.
static GO_ON: AtomicBool = AtomicBool::new(false);

/// What the tills have in common.
pub struct Floor<'a> {
    /// Who knows what was sent.
    pub oracle: &'a Oracle,
    /// Who shops.
    pub shoppers: &'a [Shopper],
    /// The nodes' addresses.
    pub nodes: &'a [String],
    /// Secrets of API keys.
    pub keys: &'a [String],
    /// The seed.
    pub seed: u64,
    /// When set, no till begins anything new.
    pub stop: &'a AtomicBool,
    /// While set, the tills wait between one deed and the next.
    pub pause: &'a AtomicBool,
    /// How many of a hundred requests carry an idempotency key where they could do without.
    pub keyed: i64,
    /// Opens a connection for every request, as clients behind a proxy do.
    pub anew: bool,
    /// Codes of refusals that are right under what is tried, such as a return before its purchase when clocks jump.
    pub may_refuse: &'a [&'a str],
}

impl<'a> Floor<'a> {
    /// A floor on which half of the requests carry a key and connections are kept.
    #[must_use]
    pub fn new(
        oracle: &'a Oracle,
        shoppers: &'a [Shopper],
        nodes: &'a [String],
        keys: &'a [String],
        seed: u64,
        stop: &'a AtomicBool,
    ) -> Self {
        Self {
            oracle,
            shoppers,
            nodes,
            keys,
            seed,
            stop,
            pause: &GO_ON,
            keyed: 50,
            anew: false,
            may_refuse: &[],
        }
    }
}

/// What an acknowledged deed makes possible next.
#[derive(Debug, Clone)]
enum Sequel {
    Nothing,
    Return { account: usize, reference: String, points: i64 },
    Redemption { account: usize },
}

/// A deed on its way.
struct Job {
    number: usize,
    request: Request,
    sequel: Sequel,
    since: Watch,
    not_before: Duration,
}

/// One client.
pub struct Till<'a> {
    floor: &'a Floor<'a>,
    number: u64,
    count: u64,
    rng: Rng,
    node: usize,
    line: Option<Line>,
    aside: Vec<Job>,
    sold: Vec<(usize, String, i64)>,
    reserved: Vec<(usize, String)>,
    /// Requests that were sent again.
    pub again: u64,
    /// Connections that were broken off before the answer.
    pub broken: u64,
}

/// How an attempt ended.
enum End {
    Final(Answer),
    NobodyThere,
    Broken,
}

impl<'a> Till<'a> {
    /// Opens till `number`.
    #[must_use]
    pub fn open(floor: &'a Floor<'a>, number: u64) -> Self {
        let mut rng = Rng::new(floor.seed ^ (number.wrapping_add(1) << 40));
        let node = rng.index(floor.nodes.len());
        Self {
            floor,
            number,
            count: 0,
            rng,
            node,
            line: None,
            aside: Vec::new(),
            sold: Vec::new(),
            reserved: Vec::new(),
            again: 0,
            broken: 0,
        }
    }

    /// Works until the floor stops.
    pub fn work(&mut self) {
        while !self.floor.stop.load(Ordering::SeqCst) {
            if self.floor.pause.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(2));
                continue;
            }
            match self.due() {
                Some(job) => self.pursue(job),
                None => {
                    let job = self.next();
                    self.pursue(job);
                }
            }
        }
    }

    /// Asks for everything that is still open, for `time` at most.
    pub fn finish(&mut self, time: Duration) {
        let watch = Watch::start();
        while !self.aside.is_empty() && !watch.reached(time) {
            match self.due() {
                Some(job) => self.pursue(job),
                None => thread::sleep(Duration::from_millis(50)),
            }
        }
    }

    /// Does one new deed, whatever it takes.
    pub fn step(&mut self) {
        let job = self.next();
        self.pursue(job);
    }

    fn due(&mut self) -> Option<Job> {
        let at = self.aside.iter().position(|job| job.since.reached(job.not_before))?;
        Some(self.aside.swap_remove(at))
    }

    /// Asks until the answer is final, or puts the job aside when it is better to wait.
    fn pursue(&mut self, mut job: Job) {
        let mut tries: u32 = 0;
        loop {
            if tries > 0 {
                self.again += 1;
            }
            let end = self.ask(&job.request);
            tries += 1;
            let wait = match end {
                End::Final(answer) if matches!(answer.status, 200 | 201) => {
                    return self.learn(&job, &answer);
                }
                End::Final(answer) if matches!(answer.status, 429 | 503) => {
                    self.turn();
                    if job.request.key.is_some() && answer.status == 503 {
                        // Its key may belong to a process that has died: it comes free by itself.
                        job.not_before = if tries < 3 { self.later(&job) } else { KEY_LEASE };
                        return self.aside.push(job);
                    }
                    30
                }
                End::Final(answer) => {
                    if self.floor.may_refuse.iter().any(|code| answer.body["code"] == **code) {
                        return self.floor.oracle.withdraw(job.number);
                    }
                    let said = String::from_utf8_lossy(&answer.octets).into_owned();
                    let why = format!("{}: {said:.300}", answer.status);
                    return self.floor.oracle.refuse(job.number, why);
                }
                End::Broken if job.request.key.is_some() && self.rng.chance(70) => {
                    job.not_before = KEY_LEASE;
                    return self.aside.push(job);
                }
                End::Broken => 1,
                End::NobodyThere => 8,
            };
            if self.floor.stop.load(Ordering::SeqCst) || tries > 400 {
                job.not_before = self.later(&job);
                return self.aside.push(job);
            }
            thread::sleep(Duration::from_millis(wait));
        }
    }

    fn later(&self, job: &Job) -> Duration {
        job.since.elapsed() + Duration::from_millis(500)
    }

    fn turn(&mut self) {
        let next = self.node + 1;
        if self.floor.nodes.len() > 1 {
            self.node = next % self.floor.nodes.len();
            self.line = None;
        }
    }

    fn ask(&mut self, request: &Request) -> End {
        if self.floor.anew {
            self.line = None;
            self.node = self.rng.index(self.floor.nodes.len());
        }
        if self.line.is_none() {
            let key = self.floor.keys
                [usize::try_from(self.number).unwrap_or(0) % self.floor.keys.len()]
            .clone();
            let server = Server { address: self.floor.nodes[self.node].clone(), key };
            let Ok(line) = Line::open_within(&server, PATIENCE) else {
                self.turn();
                return End::NobodyThere;
            };
            self.line = Some(line);
        }
        match self.line.as_mut().map(|line| line.ask(request)) {
            Some(Ok(answer)) => End::Final(answer),
            _ => {
                self.line = None;
                self.broken += 1;
                self.turn();
                End::Broken
            }
        }
    }

    fn learn(&mut self, job: &Job, answer: &Answer) {
        let receipt = match &answer.body["receipt"] {
            Value::Null => &answer.body,
            receipt => receipt,
        };
        let (Some(event), reference) = (receipt["id"].as_str(), receipt["reference"].as_str())
        else {
            let said = String::from_utf8_lossy(&answer.octets);
            return self.floor.oracle.odd(format!("an answer without an event: {said:.300}"));
        };
        self.floor.oracle.acknowledge(job.number, event, reference);
        match &job.sequel {
            Sequel::Nothing => {}
            Sequel::Return { account, reference, points } => {
                self.sold.push((*account, reference.clone(), *points));
            }
            Sequel::Redemption { account } => {
                if let Some(id) = answer.body["id"].as_str() {
                    self.reserved.push((*account, id.to_owned()));
                }
            }
        }
    }

    /// Something to do.
    fn next(&mut self) -> Job {
        match self.rng.within(0, 99) {
            0..45 => self.sell(),
            45..58 => self.take_back(),
            58..72 => self.reserve(),
            72..88 => self.settle(),
            88..95 => self.transfer(),
            _ => self.adjust(),
        }
    }

    fn job(
        &mut self,
        deed: Deed,
        path: String,
        body: Value,
        sequel: Sequel,
        needs_key: bool,
    ) -> Job {
        let key = (needs_key || self.rng.chance(self.floor.keyed))
            .then(|| format!("k-{}-{}-{}", self.floor.seed, self.number, self.count));
        self.count += 1;
        Job {
            number: self.floor.oracle.begin(deed),
            request: Request { method: "POST", path, key, body: Some(body) },
            sequel,
            since: Watch::start(),
            not_before: Duration::ZERO,
        }
    }

    fn reference(&self) -> String {
        format!("{}-{}-{}", self.floor.seed, self.number, self.count)
    }

    fn anybody(&mut self) -> usize {
        self.rng.index(self.floor.shoppers.len())
    }

    fn member(&self, account: usize) -> String {
        format!("ext:external:{}", self.floor.shoppers[account].name)
    }

    fn sell(&mut self) -> Job {
        let account = self.anybody();
        let nets: Vec<i64> =
            (0..self.rng.within(1, 4)).map(|_| self.rng.within(1, 9_000)).collect();
        let points = nets.iter().sum::<i64>() / 100;
        let lines: Vec<Value> = nets.iter().map(|net| json!({ "net_minor": net })).collect();
        let reference = self.reference();
        let body = json!({ "member": self.member(account), "source": SOURCE, "reference": reference, "lines": lines });
        let sequel = Sequel::Return { account, reference: reference.clone(), points };
        let deed = deed(SOURCE, reference, vec![effect(account, "purchase", points, 0)]);
        self.job(deed, "/purchases".into(), body, sequel, false)
    }

    fn take_back(&mut self) -> Job {
        if self.sold.is_empty() {
            return self.sell();
        }
        let at = self.rng.index(self.sold.len());
        let (account, purchase, points) = self.sold.swap_remove(at);
        let reference = self.reference();
        let body = json!({
            "member": self.member(account), "source": SOURCE, "reference": reference,
            "purchase": { "source": SOURCE, "reference": purchase },
        });
        let deed = deed(SOURCE, reference, vec![effect(account, "return", -points, 0)]);
        self.job(deed, "/returns".into(), body, Sequel::Nothing, false)
    }

    fn reserve(&mut self) -> Job {
        let (account, reference) = (self.anybody(), self.reference());
        let body =
            json!({ "member": self.member(account), "reference": reference, "reward": "gift" });
        let deed = deed("redemption", reference, vec![effect(account, "reserve", -GIFT, GIFT)]);
        self.job(deed, "/redemptions".into(), body, Sequel::Redemption { account }, false)
    }

    fn settle(&mut self) -> Job {
        if self.reserved.is_empty() {
            return self.reserve();
        }
        let at = self.rng.index(self.reserved.len());
        let (account, id) = self.reserved.swap_remove(at);
        let capture = self.rng.chance(70);
        let (kind, available, word) =
            if capture { ("capture", 0, "capture") } else { ("cancel", GIFT, "cancel") };
        let path = format!("/redemptions/{id}/{word}");
        let deed = deed("redemption", id, vec![effect(account, kind, available, -GIFT)]);
        self.job(deed, path, json!({}), Sequel::Nothing, false)
    }

    fn transfer(&mut self) -> Job {
        let (from, points, reference) = (self.anybody(), self.rng.within(1, 20), self.reference());
        let to =
            (from + 1 + self.rng.index(self.floor.shoppers.len() - 1)) % self.floor.shoppers.len();
        let body = json!({
            "from": self.member(from), "to": self.member(to), "point_type": "points", "points": points,
            "reference": reference,
        });
        let halves =
            vec![effect(from, "transfer_out", -points, 0), effect(to, "transfer_in", points, 0)];
        self.job(
            deed("transfer", reference, halves),
            "/transfers".into(),
            body,
            Sequel::Nothing,
            false,
        )
    }

    /// An adjustment is named by the server, so only its idempotency key makes it one.
    fn adjust(&mut self) -> Job {
        let (account, points) = (self.anybody(), self.rng.one(&[-7, -3, 2, 5, 11]));
        let body = json!({
            "member": self.member(account), "point_type": "points", "points": points, "reason": "goodwill",
        });
        let deed =
            deed("adjustment", String::new(), vec![effect(account, "adjustment", points, 0)]);
        self.job(deed, "/adjustments".into(), body, Sequel::Nothing, true)
    }
}

/// A deed of these effects.
#[must_use]
pub fn deed(source: &'static str, reference: String, effects: Vec<Effect>) -> Deed {
    Deed { source, reference, effects }
}

/// One half of a deed.
#[must_use]
pub fn effect(account: usize, kind: &'static str, available: i64, held: i64) -> Effect {
    Effect { account, kind, available, held }
}
