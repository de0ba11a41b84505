//! The portal's pages at a steady rate, asked for by members who are signed in: how long home, points and rewards take.

use std::rc::Rc;

use anyhow::Context;

use crate::load::{Maker, Pace};
use crate::people::Dice;
use crate::report::Goal;
use crate::wire::Line;
use crate::{Bench, say};

/// Pages asked for in a second.
const RATE: f64 = 200.0;
/// Members who are signed in.
const SIGNED_IN: u64 = 20_000;
/// What a session's token begins with, as the server makes them.
const TOKEN: &str = "lzb_bench";
/// Pages, by the word that the table has for them.
const PAGES: &[(&str, &str)] = &[("home", ""), ("points", "/points"), ("rewards", "/rewards")];

pub fn measure(bench: &mut Bench) -> anyhow::Result<()> {
    let Some(place) = bench.stages.iter().position(|stage| stage.engine == "postgres") else {
        say("  pages: on PostgreSQL alone");
        return Ok(());
    };
    let members = signed_in(bench)?;
    for (name, path) in PAGES {
        let stage = &bench.stages[place];
        let door = stage.server.door.clone();
        let maker: Maker = Rc::new(move |number| {
            let token = token(Dice(number).below(members) + 1);
            door.page(&format!("/portal/club{path}"), &format!("lazo_member={token}"))
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

/// Signs members in, as many as asked for or as there are: a code for each would have to go through a mailbox, so that
/// the rows are laid down as the server itself would. Answers how many.
fn signed_in(bench: &Bench) -> anyhow::Result<u64> {
    let sql = format!(
        "insert into session (hash, id, tenant, member, account, secret, device, created_at, proven_at, seen_at,
             expires_at)
         select sha256(convert_to('{TOKEN}' || place, 'UTF8')), -place, tenant, member, account, decode(md5(place::text), 'hex'),
             'Bench', now, now, now, now + 86400000000
         from (select row_number() over (order by member) as place, tenant, member, account,
                   (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
               from member order by member limit {SIGNED_IN}) as chosen;
         analyze session;
         select count(*) from session"
    );
    let count = bench.cluster.sql("lazo", &sql)?;
    count.trim().parse().with_context(|| format!("no number of sessions: {count}"))
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

fn token(place: u64) -> String {
    format!("{TOKEN}{place}")
}
