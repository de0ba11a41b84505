//! "¿Qué pasó con mis puntos?" in the portal: a member reads his or her own statement, and takes it along.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use maud::html;

use super::api::views::{bare, bench};
use super::parted::golden_before;
use super::statement::MemberStatement;
use super::store::{members, projects};
use crate::App;
use crate::http::Problem;
use crate::web::shell::{self, Place};
use crate::web::{Own, PageRow, Who, download};

/// Projects of a tenant in which a member is looked for, the newest first.
const PROJECTS: i64 = 20;

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/what-happened", Who::Own), PageRow::portal("/what-happened.pdf", Who::Own)];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/what-happened", get(letter)).route("/what-happened.pdf", get(paper))
}

/// The statement of the member who visits, when there was a merge.
pub async fn own_statement(own: &Own<App>) -> Result<Option<MemberStatement>, Problem> {
    let (scope, db) = (&own.scope, &own.scope.app.db);
    let Some((_, account)) = scope.member() else { return Ok(None) };
    for project in projects::page(db, scope.tenant, i64::MAX, PROJECTS).await? {
        let bench = bench(scope).await?;
        let told = bench.statement_of_account(&project, account, own.locale).await;
        if let Some(told) = told.map_err(bare)? {
            return Ok(Some(told));
        }
    }
    Ok(None)
}

/// Was the member who visits part of a merge?
pub async fn was_merged(own: &Own<App>) -> Result<bool, Problem> {
    let (scope, db) = (&own.scope, &own.scope.app.db);
    let Some((_, account)) = scope.member() else { return Ok(false) };
    for project in projects::page(db, scope.tenant, i64::MAX, PROJECTS).await? {
        let row = members::by_account(db, &project, account).await?;
        if row.is_some_and(|row| row.is_in_ledger())
            || golden_before(db, &project, account).await.map_err(bare)?.is_some()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn letter(own: Own<App>) -> Result<Response, Problem> {
    let told = own_statement(&own).await?;
    let title = own.t("merges-statement");
    let main = html! {
        div.stack.narrow {
            @match &told {
                None => {
                    h1 { (title) }
                    p.lead { (own.t("merges-own-none")) }
                    p { a href=(own.at("/points")) { (own.t("merges-own-points")) } }
                }
                Some(told) => {
                    h1 { (told.title) }
                    @for (heading, said) in &told.sections {
                        section.part { h2 { (heading) } @for said in said { p { (said) } } }
                    }
                    p.acts {
                        a.act href=(own.at(&format!("/help/cases/new?from={}", own.at("/what-happened")))) { (own.t("merges-own-wrong")) }
                        @if cfg!(feature = "pdf") { a.act.second href=(own.at("/what-happened.pdf")) { (own.t("merges-own-pdf")) } }
                    }
                }
            }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Points), &main))
}

async fn paper(own: Own<App>) -> Result<Response, Problem> {
    let told = own_statement(&own).await?.ok_or_else(|| Problem::not_found("not_found"))?;
    #[cfg(feature = "pdf")]
    let answer = download::file("application/pdf", "puntos.pdf", told.pdf());
    #[cfg(not(feature = "pdf"))]
    let answer = download::file("text/plain; charset=utf-8", "puntos.txt", told.text());
    Ok(answer)
}
