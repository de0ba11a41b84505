//! The newsletter of the demo's grocer: invented readers who joined by a letter, and the issue that they got.

use lazo_domain::time::DAY;
use lazo_server::App;
use lazo_server::features::brands;
use lazo_server::features::newsletter::{self, IssueDraft, Settings, join, send, settings};
use lazo_server::features::tenants::Tenant;
use lazo_server::http::Scope;
use lazo_server::i18n::Locale;
use lazo_server::jobs::{Stop, Turn};
use lazo_server::mail::Mailer;
use lazo_server::mail::sink::Sink;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::campaigns::{at, told};
use crate::fault::{Fault, in_full};

/// How many days ago the issue left.
const AGO: i64 = 6;
/// Readers who join.
const READERS: usize = 24;

/// Sets the newsletter up, has readers join it, and sends an issue: `author` writes it, `agrees` has the second word.
pub async fn tell(author: &Scope<App>, agrees: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let brand = brands::store::all(&author.app.db, tenant.id).await?.into_iter().next();
    let brand = brand.ok_or_else(|| Fault::failed("the demo's brand is not there"))?;
    let code = &brand.config.code;
    let wanted: Settings = made(json!({ "open": true, "topics": [
        { "code": "recipes", "name": { "es": "Recetas de temporada", "en": "Recipes of the season" } },
        { "code": "offers", "name": { "es": "Ofertas de la semana", "en": "Offers of the week" } } ] }))?;
    settings::set(author, code, &wanted).await.map_err(|problem| told(&problem))?;
    let zone = &tenant.config.time_zone;
    let day = author.caller.real_now.plus_micros(-AGO * DAY).local(zone).date();
    let past = zone.instant(day.at(10, 0, 0, 0));
    let (sink, address) = Sink::open_for(4 * READERS).await?;
    let mailer = Mailer::new(&format!("smtp://{address}"), "noticias@aurora.example")
        .map_err(|error| Fault::failed(in_full(&error)))?;
    let app: App = author.app.with(|parts| parts.mailer = mailer);
    let by = |who: &Scope<App>| Scope { app: app.clone(), ..at(who, past) };
    for number in 1..=READERS {
        let (email, locale) = (format!("lector-{number}@example.com"), Locale::EsEs);
        let asked = join::ask(&app, (tenant.id, brand.id), &email, locale, "/newsletter").await;
        asked.map_err(|error| Fault::failed(error.to_string()))?;
        // Of the letters to this reader the one that asks whether the address is his or hers.
        let letters = sink.letters().into_iter().filter(|letter| letter.to == [email.as_str()]);
        let letter = letters.map(|letter| letter.read().1).find(|text| text.contains("/confirm/"));
        let letter = letter.unwrap_or_default();
        let token = letter.split_once("/confirm/").map(|(_, rest)| rest);
        let token = token.and_then(|rest| rest.split_whitespace().next()).unwrap_or_default();
        // One in eight never presses the button.
        if !number.is_multiple_of(8) {
            join::confirm(&app, token, locale, "/newsletter/confirm").await?;
        }
    }
    let (then, agreed) = (by(author), by(agrees));
    let draft: IssueDraft = made(json!({ "brand": code, "topic": "recipes", "texts": {
        "es-ES": { "subject": "Calabaza: tres cenas y ninguna igual",
            "body": "Entera aguanta semanas en la despensa, y abierta da para tres cenas.\n\nCrema con jengibre, asada con queso de cabra, o en lasaña con setas. Las tres recetas están en tienda, junto a las calabazas.\n\nHasta el mes que viene.",
            "button": "Ver cómo se suman puntos", "link": "/program" },
        "en": { "subject": "Pumpkin: three dinners, none the same",
            "body": "Whole it keeps for weeks, and once opened it makes three dinners.\n\nSoup with ginger, roast with goat's cheese, or lasagne with mushrooms. All three recipes are in store, beside the pumpkins.\n\nSee you next month.",
            "button": "See how points are earned", "link": "/program" } } }))?;
    let issue = newsletter::make(&then, draft).await.map_err(|problem| told(&problem))?;
    newsletter::submit(&then, issue.id).await.map_err(|problem| told(&problem))?;
    let yes = newsletter::decide(&agreed, issue.id, true, "Adelante.");
    yes.await.map_err(|problem| told(&problem))?;
    newsletter::schedule(&then, issue.id, None).await.map_err(|problem| told(&problem))?;
    let (_stopper, stop) = Stop::new();
    let turn = Turn { now: past, stop };
    while send::step(&app, &turn).await.map_err(|error| Fault::failed(error.to_string()))?.more {}
    Ok(())
}

/// A document of the demo's own.
fn made<T: DeserializeOwned>(document: Value) -> Result<T, Fault> {
    serde_json::from_value(document).map_err(|error| Fault::failed(in_full(&error)))
}
