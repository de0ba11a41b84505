//! Endpoints of what a print house gets.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use lazo_domain::ids::CampaignId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::files;
use crate::App;
use crate::http::{Asked, PathId, Problem, Scope};
use crate::i18n::Locale;

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(get_campaign_letters))
        .routes(routes!(get_campaign_manifest))
}

/// Which letters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LettersQuery {
    /// The part of the run, from 1, 5,000 letters each; without it one letter to somebody made up.
    #[param(minimum = 1)]
    part: Option<i64>,
    /// Of the one letter: the variant; the first when absent.
    variant: Option<String>,
    /// Of the one letter: the language.
    locale: Option<String>,
}

/// Letters on paper as PDF: a page each, with bleed and marks to cut at. Before all are laid, one letter as it will look.
#[utoipa::path(get, path = "/campaigns/{campaign}/letters", tag = "campaigns",
    params(("campaign" = String, Path), LettersQuery),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
async fn get_campaign_letters(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
    Asked(query): Asked<LettersQuery>,
) -> Result<Response, Problem> {
    let locale = query.locale.as_deref().map(str::parse::<Locale>).transpose();
    let locale = locale.map_err(|why| Problem::field("?locale", "choice", why))?;
    let bytes = match query.part {
        Some(part) => files::letters(&scope, id, part).await?,
        None => files::sample(&scope, id, query.variant.as_deref(), locale).await?,
    };
    Ok(([(CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// The rows that belong to the letters, in the order of the pages, as CSV. Personal data.
#[utoipa::path(get, path = "/campaigns/{campaign}/manifest", tag = "campaigns",
    params(("campaign" = String, Path)),
    responses((status = 200, content_type = "text/csv", body = String)))]
async fn get_campaign_manifest(
    scope: Scope<App>,
    PathId(id): PathId<CampaignId>,
) -> Result<Response, Problem> {
    let rows = files::rows(&scope, id).await?;
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], rows).into_response())
}
