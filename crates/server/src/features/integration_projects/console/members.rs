//! A member's statement at the desk: found by whatever is known, read as the member reads it, and taken along.

use axum::extract::{Path, Query};
use axum::response::Response;
use maud::{Markup, html};
use serde::Deserialize;

use super::super::api::people::{StatementOf, StatementQuery, find_statement, get_statement};
use super::super::api::views::bare;
use super::super::statement::MemberStatement;
use super::super::store::members;
use super::{below, open, refusal};
use crate::App;
use crate::http::{Asked, PathId, Payload, Problem};
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, shell};

/// Whose statement, in which form.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    member: String,
    #[serde(default)]
    format: String,
}

pub(super) async fn statement(
    desk: Desk<App>,
    Path(path): Path<String>,
    Query(whose): Query<Whose>,
) -> Result<Response, Problem> {
    if !whose.format.is_empty() {
        let query = StatementQuery { member: whose.member, format: whose.format };
        return get_statement(desk.scope.clone(), PathId(path), Asked(query)).await;
    }
    page(&desk, &path, &whose.member).await
}

/// By an address or a phone, too: what is typed stands in no address.
pub(super) async fn find(
    desk: Desk<App>,
    Path(path): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let member = fields.get("member");
    let member = match member {
        address if address.contains('@') => format!("email:{address}"),
        other => other.to_owned(),
    };
    if !fields.is_set("format") {
        return page(&desk, &path, &member).await;
    }
    let of = StatementOf { member, format: fields.get("format").to_owned() };
    find_statement(desk.scope.clone(), PathId(path), Payload(of)).await
}

async fn page(desk: &Desk<App>, path: &str, member: &str) -> Result<Response, Problem> {
    let (bench, project) = open(desk, path).await?;
    let found = match member {
        "" => None,
        member => Some(bench.statement(&project, member, desk.locale).await.map_err(bare)),
    };
    let (told, wrong) = match found {
        None => (None, None),
        Some(Ok(told)) => (Some(told), None),
        Some(Err(problem)) if problem.status == 404 => (None, Some(desk.t("merges-no-member"))),
        Some(Err(problem)) => (None, Some(refusal(desk, problem)?)),
    };
    let here = match &told {
        Some(told) => {
            let key = super::super::matching::key_of(&told.golden);
            match key {
                Some(key) => members::by_golden(&bench.app.db, &project, &key).await?,
                None => None,
            }
        }
        None => None,
    };
    let title = desk.t("merges-statement");
    let own = below(&project, "/statement");
    let main = html! {
        div.head { p { a href=(below(&project, "")) { (project.document.code) } } h1 { (title) } p.quiet { (desk.t("merges-statement-lead")) } }
        form.search method="post" action=(own) role="search" {
            (ui::token(&desk.token))
            (ui::field(Field { name: "member", label: &desk.t("merges-statement-who"), hint: Some(&desk.t("merges-statement-hint")),
                wrong: wrong.as_deref(), required: true, ..Field::default() }))
            div { button.act { (desk.t("merges-statement-find")) } }
        }
        @if let Some(told) = &told {
            (letter(told))
            p.acts {
                @if cfg!(feature = "pdf") { a.act.second.slim href=(format!("{own}?member={}&format=pdf", told.golden)) { (desk.t("merges-pdf")) } }
                a.act.second.slim href=(format!("{own}?member={}&format=html", told.golden)) { (desk.t("merges-print")) }
                @if let Some(member) = here.and_then(|row| row.member) { a.act.second.slim href=(format!("/console/members/{member}")) { (desk.t("merges-dossier")) } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

/// The statement as a letter.
pub fn letter(told: &MemberStatement) -> Markup {
    html! {
        article.panel.letter-page lang=(told.locale) {
            h2 { (told.title) }
            @for (heading, said) in &told.sections {
                section { h3 { (heading) } @for said in said { p { (said) } } }
            }
        }
    }
}
