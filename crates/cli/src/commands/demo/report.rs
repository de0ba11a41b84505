//! The demo's desk: what those who stay redeemed, what stores and training say, and the grocer's report with two problems
//! in it.

use lazo_domain::event::{Body, Event, Facts, Reserve};
use lazo_domain::ids::{EventId, RedemptionId};
use lazo_domain::program::Program;
use lazo_domain::time::{DAY, Timestamp};
use lazo_measures::diagnosis::Facts as Known;
use lazo_server::App;
use lazo_server::features::measures::{self, Days};
use lazo_server::features::members::{self, EXTERNAL, Identifier};
use lazo_server::features::reports;
use lazo_server::features::tenants::Tenant;
use lazo_store::{Command, PostError};

use super::purchases::{FIRST_CARD, Shop};
use crate::context::Context;
use crate::fault::Fault;

/// What was observed beside the ledger: some stores hardly enroll anybody, and their people's training is overdue.
const OBSERVED: &str = include_str!("../../../../../demo/observed.toml");
/// Days of the report.
const DAYS: i64 = 90;
/// What those who stay pay with points, in cents.
const PAID_MINOR: i64 = 150;

/// Redemptions, observations and a report, so that somebody who opens the console finds what there is to find.
pub async fn tell(context: &Context, app: &App, tenant: &Tenant, shop: &Shop) -> Result<(), Fault> {
    let now = context.now();
    let program = super::super::measures::program(context, app, tenant, None).await?;
    let redeemed = redeem(app, tenant, &program, shop, now).await?;
    let days = Days::last(DAYS, now, &tenant.config.time_zone);
    let facts: Known = toml::from_str(OBSERVED)
        .map_err(|error| Fault::failed(format!("the demo's own observations: {error}")))?;
    let of = (tenant.id, program.id);
    measures::observe(app, of, &facts, "tills, training, survey", days, "demo").await?;
    // Nothing else writes yet: what was posted a moment ago is there for good.
    measures::catch_up_alone(app).await?;
    let report = reports::make(app, tenant, &program, days, "demo").await?;
    let data = report.data()?;
    let rules: Vec<String> = data.findings.iter().map(|one| one.rule.clone()).collect();
    context.printer.say(format!(
        "{redeemed} members paid with points; the report of the last {DAYS} days finds {}",
        rules.join(", ")
    ));
    Ok(())
}

/// Those who stay paid with points some months ago; those who left never did.
async fn redeem(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    shop: &Shop,
    now: Timestamp,
) -> Result<usize, Fault> {
    let mut commands = Vec::new();
    for place in (0..shop.cards).filter(|place| !shop.leaves(*place) && place % 4 != 1) {
        let card = (FIRST_CARD + place).to_string();
        let card = Identifier { scheme: EXTERNAL.to_owned(), value: card };
        let found = members::store::by_identifier(&app.db, tenant.id, &card).await?;
        let Some(member) = found else { continue };
        let ago = 100 + i64::try_from(place % 60).unwrap_or(0);
        let body = Body::Reserve(Reserve {
            redemption: RedemptionId(app.ids.next()),
            reward: "pay".to_owned(),
            quantity: 1,
            pay_minor: Some(PAID_MINOR),
            hold_until: None,
            capture: true,
        });
        let event = Event {
            id: EventId(0),
            tenant: tenant.id,
            account: member.account,
            program: program.id,
            source: "demo".to_owned(),
            source_ref: format!("paid-{place}"),
            effective_at: now.plus_micros(-ago * DAY),
            recorded_at: now,
            actor: "demo".to_owned(),
            import: None,
            body,
        };
        commands.push(Command::One { event, facts: Facts::default() });
    }
    let mut done = 0;
    for answer in app.ledger.post(commands).await {
        match answer {
            Ok(_) => done += 1,
            // Whoever had not enough points then did not pay with them.
            Err(PostError::Refused(_)) => {}
            Err(PostError::Unknown(error)) => return Err(Fault::failed(error.to_string())),
        }
    }
    Ok(done)
}
