//! Three campaigns of the demo's grocer: one that was sent four weeks ago, one on paper that went to the print house ten days
//! ago, and one that waits for a second person's word.

use lazo_domain::ids::MemberId;
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::campaigns::{self, Draft, send};
use lazo_server::features::consents::api::{ConsentBody, decide};
use lazo_server::features::members::{self, EMAIL, Identifier};
use lazo_server::features::tenants::{Attributes, Tenant};
use lazo_server::features::{segments, vouchers};
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

/// How long ago the letters on paper were laid.
const PRINTED: i64 = 10 * DAY;
/// Codes of them that came to a till.
const USED: usize = 3;
/// Names and streets to make people up from.
const NAMES: [(&str, &str); 6] = [
    ("Begoña", "Núñez Ortiz"),
    ("Íñigo", "Peña Ruiz"),
    ("Lucía", "Gómez Ibáñez"),
    ("Martín", "Añón Vidal"),
    ("Nuria", "Sáez Rey"),
    ("Óscar", "Muñoz Gil"),
];
const STREETS: [(&str, &str, &str); 4] = [
    ("Calle del Pez Inventado", "280", "Madrid"),
    ("Rúa da Peña", "150", "A Coruña"),
    ("Avenida del Muñón", "110", "Cádiz"),
    ("Paseo de la Caña", "200", "Donostia"),
];

/// Makes the campaigns: `author` writes them, `agrees` has the second word.
pub async fn tell(author: &Scope<App>, agrees: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let now = author.caller.real_now;
    addresses(author, tenant).await?;
    // Ten in the morning of that day, when nothing is quiet.
    let zone = &tenant.config.time_zone;
    let past = zone.instant(now.plus_micros(-AGO).local(zone).date().at(10, 0, 0, 0));
    let (then, agreed) = (at(author, past), at(agrees, past));
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
    on_paper(author, agrees, &everybody, tenant).await?;
    let back = json!({ "subject": "Te guardamos {{points}} puntos",
        "body": "Hace unas semanas que no te vemos.\n\nTus puntos siguen aquí, y con ellos ya puedes llevarte algo.",
        "button": "Ver qué puedo canjear", "link": "/rewards" });
    let second = draft("Te echamos de menos", &asleep, 1_000, &[back]);
    let waits = campaigns::make(author, second).await.map_err(|problem| told(&problem))?;
    campaigns::submit(author, waits.id).await.map_err(|problem| told(&problem))?;
    Ok(())
}

/// The same person at another instant.
pub(super) fn at(scope: &Scope<App>, now: Timestamp) -> Scope<App> {
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

/// A campaign by post, laid for the print house; some of its codes came to a till since.
async fn on_paper(
    author: &Scope<App>,
    agrees: &Scope<App>,
    everybody: &Value,
    tenant: &Tenant,
) -> Result<(), Fault> {
    homes(author, tenant).await?;
    let zone = &tenant.config.time_zone;
    let day = author.caller.real_now.plus_micros(-PRINTED).local(zone).date();
    let past = zone.instant(day.at(11, 0, 0, 0));
    let then = at(author, past);
    let words = json!({ "subject": "{{given_name|Hola}}, te invitamos a un café",
        "body": "Vuelven las tardes cortas, y con ellas las ganas de algo caliente.\n\nTrae esta carta a tu tienda: el café corre de nuestra cuenta. Tienes además {{points}} puntos para lo que más te apetezca.\n\nTe esperamos.",
        "button": "Míralo también en la web", "link": "/rewards" });
    let letters = Draft {
        channel: "post".to_owned(),
        reward: Some("coffee".to_owned()),
        ..draft("Un café en papel", everybody, 1_000, &[words])
    };
    let made = campaigns::make(&then, letters).await.map_err(|problem| told(&problem))?;
    campaigns::submit(&then, made.id).await.map_err(|problem| told(&problem))?;
    let agreed = at(agrees, past);
    let yes = campaigns::decide(&agreed, made.id, true, "A imprenta.");
    yes.await.map_err(|problem| told(&problem))?;
    sent(&then, made.id, past).await?;
    let (db, after) = (&author.app.db, MemberId(i64::MIN));
    let of = (None, Some("sent"));
    let laid = campaigns::recipients::page(db, tenant.id, made.id, of, after, PAGE).await?;
    let codes = laid.iter().filter_map(|letter| letter.code.as_deref());
    let later = at(author, past.plus_micros(5 * DAY));
    for (number, code) in codes.step_by(7).take(USED).enumerate() {
        let sale = format!("caja-2/{number}");
        let used = vouchers::api::spend(&later, code, &sale).await;
        used.map_err(|problem| told(&problem))?;
    }
    Ok(())
}

/// Gives one member in five a name and a home, made up, and the consent to letters by post.
async fn homes(scope: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let (mut after, mut number) = (MemberId(i64::MIN), 0_usize);
    loop {
        let page = members::store::page(&scope.app.db, tenant.id, after, PAGE).await?;
        let Some(last) = page.last().map(|member| member.id) else { return Ok(()) };
        for mut member in page {
            number += 1;
            if !number.is_multiple_of(5) {
                continue;
            }
            let (given, surname) = NAMES[number / 5 % NAMES.len()];
            let (street, zone, city) = STREETS[number / 15 % STREETS.len()];
            let home = json!({ "given_name": given, "surname": surname, "city": city,
                "address": format!("{street} {}", number / 10 + 1), "postal_code": format!("{zone}{:02}", number % 90 + 1) });
            let home: Attributes = serde_json::from_value(home)
                .unwrap_or_else(|error| unreachable!("the demo's own people: {error}"));
            for (name, value) in home {
                // Who has a name keeps it.
                member.attributes.entry(name).or_insert(value);
            }
            members::store::update(&scope.app.db, &member).await?;
            let post = ConsentBody {
                purpose: "offers".to_owned(),
                channel: "post".to_owned(),
                given: true,
            };
            decide(scope, &member, &[post]).await.map_err(|problem| told(&problem))?;
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

/// What is wrong with the demo itself.
pub(super) fn told(problem: &Problem) -> Fault {
    let errors: Vec<String> =
        problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    Fault::failed(format!("the demo's own campaigns: {} {}", problem.code, errors.join("; ")))
}
