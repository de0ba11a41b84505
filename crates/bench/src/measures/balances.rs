//! Balance reads over HTTP: how many a second, and how long they take at that load.

use std::rc::Rc;

use anyhow::Context;

use crate::load::{Maker, Pace};
use crate::people::Dice;
use crate::report::Goal;
use crate::wire::Line;
use crate::{Bench, Stage, say};

/// Accounts that are asked for, found by paging through the members.
const ACCOUNTS: usize = 20_000;

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    for place in 0..bench.stages.len() {
        let stage = &bench.stages[place];
        let maker = maker(stage)?;
        let (mut rates, mut waits) = (Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds {
            let seen = bench.load(stage, Pace::Closed, bench.arguments.connections, &maker)?;
            seen.check("balances")?;
            let (rate, wait) = (seen.rate(), seen.wait_ms(0.99));
            say(&format!(
                "  {}: {rate:.0} balances a second, {:.0} µs of CPU each, p99 {wait:.1} ms",
                stage.engine,
                seen.cpu_us()
            ));
            rates.push(rate);
            waits.push(wait);
        }
        let engine = stage.engine;
        let (many, quick) = match engine {
            "postgres" => (Goal::AtLeast(15_000.0, 25_000.0), Goal::AtMost(20.0, 10.0)),
            _ => (Goal::Told, Goal::Told),
        };
        bench.row(&format!("balance reads per second, {engine}"), rates, many);
        bench.row(&format!("p99 of a balance read at that load, {engine}, ms"), waits, quick);
    }
    Ok(())
}

/// Reads of accounts at random.
pub fn maker(stage: &Stage) -> anyhow::Result<Maker> {
    let (door, accounts) = (stage.server.door.clone(), accounts(stage)?);
    Ok(Rc::new(move |number| {
        let place = Dice(number).below(accounts.len() as u64);
        let account = &accounts[usize::try_from(place).unwrap_or(0)];
        door.get(&format!("/api/v1/accounts/{account}/balances"))
    }))
}

fn accounts(stage: &Stage) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let door = &stage.server.door;
        let mut line = Line::open(&door.address).await?;
        let (mut accounts, mut cursor) = (Vec::new(), String::new());
        while accounts.len() < ACCOUNTS {
            let (_, body) =
                line.ask(&door.get(&format!("/api/v1/members?limit=100{cursor}"))).await?;
            let page: serde_json::Value = serde_json::from_slice(body)?;
            let items =
                page["items"].as_array().with_context(|| format!("no page of members: {page}"))?;
            accounts.extend(items.iter().filter_map(|m| Some(m["account"].as_str()?.to_owned())));
            match page["cursor"]["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        Ok(accounts)
    })
}
