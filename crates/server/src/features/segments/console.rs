//! Segments at the desk: the audiences there are, and one of them: how many can be written to now, and why the others
//! cannot.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::count::BARRIERS;
use super::{
    Audience, EMAIL, READERS, Reach, WRITERS, api, console_form, console_rfm, count, get as find,
    own_tenant, store,
};
use crate::App;
use crate::features::{programs, staff};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::chart::{self, Bar};
use crate::web::{Desk, PageRow, Who, shell, ui};

/// Audiences on the page.
const LISTED: i64 = 200;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/segments", Who::Staff(READERS)),
    PageRow::console("/segments/new", Who::Staff(WRITERS)),
    PageRow::console("/segments/new", Who::Staff(WRITERS)).sent(),
    PageRow::console("/segments/rfm", Who::Staff(READERS)),
    PageRow::console("/segments/{segment}", Who::Staff(READERS)),
    PageRow::console("/segments/{segment}/edit", Who::Staff(WRITERS)),
    PageRow::console("/segments/{segment}/edit", Who::Staff(WRITERS)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/segments", get(list))
        .route("/segments/new", get(console_form::new).post(console_form::send))
        .route("/segments/rfm", get(console_rfm::open))
        .route("/segments/{segment}", get(open))
        .route("/segments/{segment}/edit", get(console_form::edit).post(console_form::send_change))
}

pub(super) fn may_write(desk: &Desk<App>) -> bool {
    WRITERS.iter().any(|role| desk.scope.is(*role))
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let all = store::page(&desk.scope.app.db, desk.scope.tenant, i64::MAX, LISTED).await?;
    let title = desk.t("web-desk-segments");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("segments-lead")) } }
        div.acts {
            @if may_write(&desk) { a.act href="/console/segments/new" { (desk.t("segments-new")) } }
            a.act.second href="/console/segments/rfm" { (desk.t("segments-rfm-title")) }
        }
        @if all.is_empty() { p.empty { (desk.t("segments-none")) } }
        ul.rows {
            @for segment in &all {
                li { a.row href=(format!("/console/segments/{}", segment.id)) {
                    span.what { (segment.name) }
                    span.effect.when { (desk.moment(segment.changed_at)) }
                    span.why { code { (segment.condition) } }
                } }
            }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

async fn open(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found("segment_not_found"))?;
    let segment = find(&desk.scope, id).await?;
    let tenant = own_tenant(&desk.scope).await?;
    let reach = Reach::of("offers", EMAIL, &tenant);
    let audience = match api::of(&desk.scope, &segment).await {
        Ok(asked) => Some(count(&desk.scope.app, &asked, &reach, desk.scope.now).await?),
        Err(problem) if problem.code == "segment_outdated" => None,
        Err(problem) => return Err(problem),
    };
    let author = staff::told(&desk.scope.app.db, &segment.author).await?;
    let heads = programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let program = heads.iter().find(|head| head.id == segment.program);
    let main = html! {
        div.head {
            p { a href="/console/segments" { (desk.t("web-desk-segments")) } }
            h1 { (segment.name) }
            p.quiet { (desk.say("segments-told", Args::new().text("who", author).text("at", desk.moment(segment.changed_at))
                .text("program", program.map_or("", |head| head.code.as_str())))) }
        }
        @match &audience {
            Some(audience) => (told(&desk, audience)),
            None => (ui::note("bad", &desk.t("segments-outdated"))),
        }
        section.part {
            h2 { (desk.t("segments-condition")) }
            p { code { (segment.condition) } }
            @if may_write(&desk) { div.acts {
                a.act.second href=(format!("/console/segments/{id}/edit")) { (desk.t("segments-edit")) }
                a.act href=(format!("/console/campaigns/new?segment={id}")) { (desk.t("segments-write")) }
            } }
        }
        @if let Some(audience) = &audience { (shown(&desk, audience)) }
        p { a href=(format!("/console/campaigns?segment={id}")) { (desk.t("segments-campaigns")) } }
    };
    Ok(shell::console(&desk, &segment.name, &main))
}

/// How many can be written to, of how many, and why the others cannot.
pub(super) fn told(desk: &Desk<App>, audience: &Audience) -> Markup {
    let number = |number: i64| desk.number(number);
    let part = |key: &str, value: i64| Bar { label: desk.t(key), value, text: number(value) };
    let mut bars = vec![part("segments-reachable", audience.reachable)];
    for barrier in BARRIERS {
        let key = format!("segments-barrier-{}", barrier.replace('_', "-"));
        bars.push(part(&key, audience.barriers.get(barrier).copied().unwrap_or(0)));
    }
    let of = desk.say(
        "segments-of",
        Args::new()
            .text("matched", number(audience.matched))
            .text("members", number(audience.members))
            .text("at", desk.moment(audience.as_of)),
    );
    html! {
        dl.kpis { div { dt { (desk.t("segments-reachable")) } dd { (number(audience.reachable)) small { (of) } } } }
        @if audience.matched > 0 {
            (chart::lying(chart::Words {
                title: &desk.t("segments-why"),
                summary: &desk.t("segments-why-lead"),
                of: &desk.t("segments-group"),
                amount: &desk.t("segments-people"),
                table: &desk.t("segments-table"),
            }, &bars))
        } @else { p.empty { (desk.t("segments-nobody")) } }
    }
}

/// The first members of the audience, by their ids.
fn shown(desk: &Desk<App>, audience: &Audience) -> Markup {
    let title = desk.t("segments-shown");
    let heads = [desk.t("segments-member"), desk.t("segments-balance"), desk.t("segments-writes")];
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for seen in &audience.shown {
            tr {
                th scope="row" { code { (seen.member) } }
                td.n { (desk.number(seen.balance)) }
                td { @match seen.barrier {
                    None => span.tag.live { (desk.t("segments-yes")) },
                    Some(barrier) => span.tag.draft { (desk.t(&format!("segments-barrier-{}", barrier.replace('_', "-")))) },
                } }
            }
        }
    };
    html! {
        @if !audience.shown.is_empty() {
            section.part { h2 { (title) } p.quiet { (desk.t("segments-shown-lead")) } (ui::table(&title, &heads, &rows)) }
        }
    }
}
