//! Journeys of the demo's grocer: the welcome, walked day by day over the last months by everybody who joined in them, and one
//! that waits for a second person's word.

use jiff::ToSpan;
use lazo_domain::time::Timestamp;
use lazo_server::App;
use lazo_server::features::campaigns::leave::{self, Which};
use lazo_server::features::campaigns::single;
use lazo_server::features::journeys::{self, JourneyDraft, templates, walk};
use lazo_server::features::tenants::Tenant;
use lazo_server::http::Scope;
use lazo_server::i18n::Locale;
use lazo_server::jobs::{Stop, Turn};
use lazo_server::mail::Mailer;
use lazo_server::mail::sink::Sink;

use super::campaigns::{at, told};
use crate::fault::{Fault, in_full};

/// For how many days the welcome has been running.
const DAYS: i32 = 180;
/// Letters of these months at most.
const LETTERS: usize = 10_000;
/// The share that is left alone: with so few who join, a larger one than usual.
const HOLDOUT: i64 = 3_000;

/// Makes the journeys: `author` writes them, `agrees` has the second word.
pub async fn tell(author: &Scope<App>, agrees: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let zone = &tenant.config.time_zone;
    let today = author.caller.real_now.local(zone).date();
    // Ten in the morning, when nothing is quiet.
    let morning = |day| {
        let date = today.checked_add(i64::from(day - DAYS).days());
        zone.instant(date.unwrap_or(today).at(10, 0, 0, 0))
    };
    let began = morning(0);
    let (then, agreed) = (at(author, began), at(agrees, began));
    let welcome = JourneyDraft { holdout: HOLDOUT, ..template("welcome", tenant)? };
    let made = journeys::make(&then, welcome).await.map_err(|problem| told(&problem))?;
    journeys::submit(&then, made.id).await.map_err(|problem| told(&problem))?;
    let yes = journeys::decide(&agreed, made.id, true, "Adelante.");
    yes.await.map_err(|problem| told(&problem))?;
    let (sink, address) = Sink::open_for(LETTERS).await?;
    let mailer = Mailer::new(&format!("smtp://{address}"), "club@aurora.example")
        .map_err(|error| Fault::failed(in_full(&error)))?;
    let app = author.app.with(|parts| parts.mailer = mailer);
    for day in 0..DAYS {
        walked(&app, morning(day)).await?;
    }
    answered(&app, tenant, &sink, began).await?;
    let risk = template("at-risk", tenant)?;
    let waits = journeys::make(author, risk).await.map_err(|problem| told(&problem))?;
    journeys::submit(author, waits.id).await.map_err(|problem| told(&problem))?;
    Ok(())
}

fn template(code: &str, tenant: &Tenant) -> Result<JourneyDraft, Fault> {
    let made = templates::of(code, tenant, Locale::EsEs);
    made.ok_or_else(|| Fault::failed(format!("there is no template `{code}`")))
}

/// What the job does on a day.
async fn walked(app: &App, now: Timestamp) -> Result<(), Fault> {
    let (_stopper, stop) = Stop::new();
    let turn = Turn { now, stop };
    loop {
        let step = walk::step(app, &turn).await;
        if !step.map_err(|error| Fault::failed(error.to_string()))?.more {
            return Ok(());
        }
    }
}

/// Two of three readers say whether a letter was useful, most of them that it was.
async fn answered(app: &App, tenant: &Tenant, sink: &Sink, at: Timestamp) -> Result<(), Fault> {
    for (number, letter) in sink.letters().iter().enumerate().filter(|(number, _)| number % 3 > 0) {
        let (_, text) = letter.read();
        let token = text.split_once("/useful/").and_then(|(_, rest)| rest.split('?').next());
        let Some(token) = token else { continue };
        if let Some(found) = leave::find(app, token).await?
            && let Which::Single(letter) = found.which
        {
            let answer = if number % 7 == 1 { "no" } else { "yes" };
            single::store::answer(&app.db, tenant.id, letter, answer, at).await?;
        }
    }
    Ok(())
}
