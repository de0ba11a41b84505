//! A campaign on paper at the desk: one letter as it will look, and the run for the print house once it is laid.

use axum::extract::{Path, Query};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::RedemptionId;
use maud::{Markup, html};
use serde::Deserialize;

use super::Campaign;
use super::console::{id_of, may_write};
use super::print::{PART, files, store};
use crate::App;
use crate::features::vouchers;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, download, ui};

/// Which letters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Wanted {
    part: Option<i64>,
    variant: String,
    locale: String,
}

/// What the print house gets, with where its letters go and how many codes came to a till.
pub(super) async fn run(desk: &Desk<App>, campaign: &Campaign) -> Result<Markup, Problem> {
    if campaign.state != "sent" {
        return Ok(html! {});
    }
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let zones = store::zones(db, tenant, campaign.id).await?;
    let letters: i64 = zones.iter().map(|(_, count)| count).sum();
    let parts = (letters + PART - 1) / PART;
    let used = vouchers::store::used_codes(db, tenant, RedemptionId(campaign.id.0)).await?.len();
    let used = i64::try_from(used).unwrap_or(i64::MAX);
    let base = format!("/console/campaigns/{}", campaign.id);
    let title = desk.t("campaigns-run");
    let heads = [desk.t("campaigns-zone"), desk.t("campaigns-zone-letters")];
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for (zone, count) in &zones { tr { th scope="row" { (zone) "…" } td.n { (desk.number(*count)) } } }
    };
    Ok(html! {
        section.part {
            h2 { (title) }
            @if letters == 0 { p.empty { (desk.t("campaigns-run-none")) } } @else {
                p { (desk.say("campaigns-run-told", Args::new().count("n", letters).text("letters", desk.number(letters)))) }
                @if may_write(desk) { div.acts {
                    @for part in 1..=parts {
                        a.act.second href=(format!("{base}/letters.pdf?part={part}")) {
                            (desk.t("campaigns-run-letters")) @if parts > 1 { " " (desk.number(part)) "/" (desk.number(parts)) }
                        }
                    }
                    a.act.second href=(format!("{base}/manifest.csv")) { (desk.t("campaigns-run-rows")) }
                } }
                p.quiet { (desk.t("campaigns-run-hint")) }
                @if !campaign.reward.is_empty() {
                    p { a href=(format!("{base}/people?state=used")) { (desk.say("campaigns-codes-used", Args::new().count("n", used).text("used", desk.number(used)))) } }
                }
                details { summary { (desk.t("campaigns-zones")) } (ui::table(&desk.t("campaigns-zones"), &heads, &rows)) }
            }
        }
    })
}

/// The letters of a part, or one to somebody made up.
pub(super) async fn letters(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let Some(part) = wanted.part else {
        let variant = Some(wanted.variant.as_str()).filter(|name| !name.is_empty());
        let bytes = files::sample(&desk.scope, id, variant, wanted.locale.parse().ok()).await?;
        return Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response());
    };
    // Whose names and addresses are in it.
    if !may_write(&desk) {
        return Err(Problem::new(403, "forbidden"));
    }
    let bytes = files::letters(&desk.scope, id, part).await?;
    Ok(download::file("application/pdf", &format!("{id}-{part}.pdf"), bytes))
}

pub(super) async fn rows(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id_of(&id)?;
    let bytes = files::rows(&desk.scope, id).await?;
    Ok(download::file("text/csv; charset=utf-8", &format!("{id}.csv"), bytes))
}
