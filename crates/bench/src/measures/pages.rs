//! The portal's pages at a steady rate, asked for by members who are signed in: how long home, points and rewards take.

use std::rc::Rc;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use lazo_domain::ids::MemberId;
use lazo_server::App;
use lazo_server::config::Config;
use lazo_server::features::sessions::{self, Whose};
use lazo_server::features::{members, tenants};
use lazo_store::{Clock, SystemClock};

use crate::load::{Maker, Pace};
use crate::people::Dice;
use crate::report::Goal;
use crate::wire::Line;
use crate::{Bench, say};

/// Pages asked for in a second.
const RATE: f64 = 200.0;
/// Members who are signed in.
const SIGNED_IN: usize = 20_000;
/// Members read at a time.
const PAGE: i64 = 1_000;
/// Pages, by the word that the table has for them.
const PAGES: &[(&str, &str)] = &[("home", ""), ("points", "/points"), ("rewards", "/rewards")];

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let Some(place) = bench.stages.iter().position(|stage| stage.engine == "postgres") else {
        say("  pages: on PostgreSQL alone");
        return Ok(());
    };
    let cookies = Rc::new(signed_in(&bench.stages[place].database)?);
    for (name, path) in PAGES {
        let stage = &bench.stages[place];
        let (door, cookies) = (stage.server.door.clone(), Rc::clone(&cookies));
        let maker: Maker = Rc::new(move |number| {
            let whose = Dice(number).below(cookies.len() as u64);
            let cookie = &cookies[usize::try_from(whose).unwrap_or(0)];
            door.page(&format!("/portal/club{path}"), &format!("lazo_member={cookie}"))
        });
        shown(&stage.server.door.address, &maker(0)).with_context(|| format!("the page {name}"))?;
        let (mut middles, mut waits) = (Vec::new(), Vec::new());
        for _ in 0..bench.arguments.rounds {
            let seen = bench.load(stage, Pace::Open(RATE), bench.arguments.connections, &maker)?;
            seen.check(name)?;
            let (middle, wait) = (seen.wait_ms(0.5), seen.wait_ms(0.99));
            say(&format!(
                "  {name}: {:.0} a second, {:.0} µs of CPU each, median {middle:.1} ms, p99 {wait:.1} ms",
                seen.rate(),
                seen.cpu_us()
            ));
            middles.push(middle);
            waits.push(wait);
        }
        bench.row(
            &format!("median of the portal's {name} at 200 a second, ms"),
            middles,
            Goal::Told,
        );
        bench.row(
            &format!("p99 of the portal's {name} at 200 a second, ms"),
            waits,
            Goal::AtMost(30.0, 15.0),
        );
    }
    Ok(())
}

/// Signs members in, as the server does after a code that came by mail, which would be too many letters. Answers their
/// cookies.
fn signed_in(database: &str) -> anyhow::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let named = [("LAZO_DATABASE".to_owned(), database.to_owned())];
        let config =
            Config::load(None, named).map_err(|fault| anyhow!("{}: {}", fault.place, fault.why))?;
        let app = App::open(&config, Arc::new(SystemClock), "bench").await?;
        let tenant = tenants::store::by_code(&app.db, "bench").await?.context("no tenant")?;
        let (mut cookies, mut after) = (Vec::new(), MemberId(i64::MIN));
        while cookies.len() < SIGNED_IN {
            let page = members::store::page(&app.db, tenant.id, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for person in &page {
                let whose =
                    Whose::Member { tenant: tenant.id, member: person.id, account: person.account };
                let (cookie, _) = sessions::begin(&app, whose, "Bench", SystemClock.now()).await?;
                cookies.push(cookie.text);
            }
        }
        anyhow::ensure!(!cookies.is_empty(), "there are no members");
        Ok(cookies)
    })
}

/// Is it the page itself that comes, and not the way to another one?
fn shown(address: &str, request: &[u8]) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut line = Line::open(address).await?;
        let (status, body) = line.ask(request).await?;
        let page = String::from_utf8_lossy(body);
        // A stranger is shown the way in instead.
        anyhow::ensure!(status == 200 && !page.contains("/join\""), "{status}: {page}");
        Ok(())
    })
}
