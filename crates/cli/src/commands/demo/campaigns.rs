//! Two campaigns of the demo's grocer: one that was sent four weeks ago, and one that waits for a second person's word.

use lazo_domain::ids::MemberId;
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::campaigns::{self, Draft, send};
use lazo_server::features::consents::api::{ConsentBody, decide};
use lazo_server::features::members::{self, EMAIL, Identifier};
use lazo_server::features::segments;
use lazo_server::features::tenants::Tenant;
use lazo_server::http::{Problem, Scope};
use lazo_server::jobs::{Stop, Turn};
use lazo_server::mail::Mailer;
use lazo_server::mail::sink::Sink;
use serde_json::{Value, json};

use crate::fault::{Fault, in_full};

/// How long ago the first campaign was sent.
const AGO: i64 = 28 * DAY;
/// Members that are read at a time.
const PAGE: i64 = 500;

/// Makes both campaigns: `author` writes them, `second` agrees to the first.
pub async fn tell(author: &Scope<App>, second: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let now = author.caller.real_now;
    addresses(author, tenant).await?;
    // Ten in the morning of that day, when nothing is quiet.
    let zone = &tenant.config.time_zone;
    let past = zone.instant(now.plus_micros(-AGO).local(zone).date().at(10, 0, 0, 0));
    let (then, agreed) = (at(author, past), at(second, past));
    let asleep =
        segment(&then, "Dormidos con puntos", "balance >= 100 && days_since_purchase >= 21")
            .await?;
    segment(&then, "Los de casa", "purchases_365 >= 12").await?;
    let everybody = segment(&then, "Todo el club", "true").await?;
    let words = json!({ "subject": "{{given_name|Hola}}, tu cesta de otoño empieza con {{points}} puntos",
        "body": "Calabazas, setas y naranjas de aquí ya están en tienda.\n\nTienes {{points}} puntos: mira qué puedes llevarte con ellos.",
        "button": "Ver mis recompensas", "link": "/rewards" });
    let shorter = json!({ "subject": "{{points}} puntos para tu cesta de otoño",
        "body": "Ya puedes cambiarlos por algo rico.\n\nTe esperamos en tu tienda.", "button": "Ver mis recompensas", "link": "/rewards" });
    let first = draft("Cesta de otoño", &everybody, 2_000, &[words, shorter]);
    let made = campaigns::make(&then, first).await.map_err(|problem| told(&problem))?;
    campaigns::submit(&then, made.id).await.map_err(|problem| told(&problem))?;
    let yes =
        campaigns::decide(&agreed, made.id, true, "Conforme. El grupo apartado basta para verlo.");
    yes.await.map_err(|problem| told(&problem))?;
    sent(&then, made.id, past).await?;
    let back = json!({ "subject": "Te guardamos {{points}} puntos",
        "body": "Hace unas semanas que no te vemos.\n\nTus puntos siguen aquí, y con ellos ya puedes llevarte algo.",
        "button": "Ver qué puedo canjear", "link": "/rewards" });
    let second = draft("Te echamos de menos", &asleep, 1_000, &[back]);
    let waits = campaigns::make(author, second).await.map_err(|problem| told(&problem))?;
    campaigns::submit(author, waits.id).await.map_err(|problem| told(&problem))?;
    Ok(())
}

/// The same person at another instant.
fn at(scope: &Scope<App>, now: Timestamp) -> Scope<App> {
    let mut then = scope.clone();
    then.now = now;
    then.caller.real_now = now;
    then
}

/// Gives members without one an address, and three in four agreed to offers by it.
async fn addresses(scope: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let mut after = MemberId(i64::MIN);
    let mut number = 0_u64;
    loop {
        let page = members::store::page(&scope.app.db, tenant.id, after, PAGE).await?;
        let Some(last) = page.last().map(|member| member.id) else { return Ok(()) };
        for member in &page {
            number += 1;
            let address = format!("socio-{number}@example.com");
            let address = Identifier::new(EMAIL, &address, &tenant.config.country)
                .map_err(|error| Fault::failed(error.to_string()))?;
            let mut tx = scope.app.db.begin().await?;
            members::store::add_identifier(&mut tx, member, &address, scope.now).await?;
            tx.commit().await?;
            if !number.is_multiple_of(4) {
                let given = ConsentBody {
                    purpose: "offers".to_owned(),
                    channel: "email".to_owned(),
                    given: true,
                };
                decide(scope, member, &[given]).await.map_err(|problem| told(&problem))?;
            }
        }
        after = last;
    }
}

async fn segment(scope: &Scope<App>, name: &str, condition: &str) -> Result<Value, Fault> {
    let written = serde_json::from_value(json!({ "name": name, "condition": condition }));
    let written = written.map_err(|error| Fault::failed(error.to_string()))?;
    let made = segments::make(scope, &written).await.map_err(|problem| told(&problem))?;
    Ok(json!(made.id))
}

fn draft(name: &str, segment: &Value, holdout: i64, all: &[Value]) -> Draft {
    let variants: Vec<Value> = all
        .iter()
        .zip(["A", "B"])
        .map(|(words, name)| json!({ "name": name, "weight": 1, "texts": { "es-ES": words } }))
        .collect();
    let draft = json!({ "name": name, "segment": segment, "purpose": "offers", "holdout": holdout, "window_days": 21,
        "content": { "variants": variants } });
    serde_json::from_value(draft)
        .unwrap_or_else(|error| unreachable!("the demo's own campaign: {error}"))
}

/// Hands the letters of a past campaign to a mail server that nobody reads.
async fn sent(
    then: &Scope<App>,
    id: lazo_domain::ids::CampaignId,
    past: Timestamp,
) -> Result<(), Fault> {
    let (_sink, address) = Sink::open().await?;
    let mailer = Mailer::new(&format!("smtp://{address}"), "club@aurora.example")
        .map_err(|error| Fault::failed(in_full(&error)))?;
    let app = then.app.with(|parts| parts.mailer = mailer);
    let then = Scope { app: app.clone(), ..then.clone() };
    campaigns::schedule(&then, id, None).await.map_err(|problem| told(&problem))?;
    let (_stopper, stop) = Stop::new();
    let turn = Turn { now: past, stop };
    loop {
        let step = send::step(&app, &turn).await;
        let step = step.map_err(|error| Fault::failed(error.to_string()))?;
        if !step.more {
            return Ok(());
        }
    }
}

fn told(problem: &Problem) -> Fault {
    let errors: Vec<String> =
        problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    Fault::failed(format!("the demo's own campaigns: {} {}", problem.code, errors.join("; ")))
}
