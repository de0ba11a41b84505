//! The till: find a member in seconds, enroll in one field, sell with a quote, redeem, return, and say why no points.

mod find;
mod offline;
mod paid;
mod rung;
mod sale;
mod spend;

use std::sync::Arc;

use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::{EventId, MemberId};
use lazo_domain::program::Program;
use maud::{Markup, html};

use crate::App;
use crate::features::members::{self, Member};
use crate::features::programs;
use crate::http::{Problem, Role};
use crate::web::cookie::Cookie;
use crate::web::ui::{self, Field, Icon, icon};
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

/// Whoever stands at a till.
const TILL: &[Role] = &[Role::Cashier, Role::Agent];
/// Where its sales come from; with their reference they are unique for ever.
const SOURCE: &str = "till";
/// The cookie of the program that this till sells for.
const PROGRAM_COOKIE: &str = "lazo_till_program";
/// How long that holds, in seconds.
const PROGRAM_S: i64 = 365 * 86_400;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::till("", Who::Staff(TILL)),
    PageRow::till("/find", Who::Staff(TILL)).sent(),
    PageRow::till("/program", Who::Staff(TILL)).sent(),
    PageRow::till("/members", Who::Staff(TILL)).sent(),
    PageRow::till("/members/{member}", Who::Staff(TILL)),
    PageRow::till("/members/{member}/quote", Who::Staff(TILL)).sent(),
    PageRow::till("/members/{member}/sell", Who::Staff(TILL)).sent(),
    PageRow::till("/members/{member}/redeem", Who::Staff(TILL)).sent(),
    PageRow::till("/redemptions/{redemption}", Who::Staff(TILL)),
    PageRow::till("/redemptions/{redemption}/cancel", Who::Staff(TILL)).sent(),
    PageRow::till("/sales", Who::Staff(TILL)).sent(),
    PageRow::till("/sales/{sale}", Who::Staff(TILL)),
    PageRow::till("/sales/{sale}/void", Who::Staff(TILL)).sent(),
    PageRow::till("/sales/{sale}/return", Who::Staff(TILL)).sent(),
    PageRow::till("/vouchers", Who::Staff(TILL)).sent(),
    PageRow::till("/offline", Who::Anybody),
    PageRow::till("/replay", Who::Staff(TILL)).sent(),
    PageRow::till("/worker.js", Who::Anybody),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/find", post(find::find))
        .route("/program", post(choose))
        .route("/members", post(find::enroll))
        .route("/members/{member}", get(sale::member))
        .route("/members/{member}/quote", post(sale::quote))
        .route("/members/{member}/sell", post(sale::sell))
        .route("/members/{member}/redeem", post(spend::redeem))
        .route("/redemptions/{redemption}", get(spend::redemption))
        .route("/redemptions/{redemption}/cancel", post(spend::cancel))
        .route("/sales", post(sale::find))
        .route("/sales/{sale}", get(sale::sale))
        .route("/sales/{sale}/void", post(sale::void))
        .route("/sales/{sale}/return", post(sale::take_back))
        .route("/vouchers", post(spend::voucher))
        .route("/offline", get(offline::page))
        .route("/replay", post(offline::replay))
        .route("/worker.js", get(offline::worker))
}

async fn home(desk: Desk<App>) -> Result<Response, Problem> {
    let choice = choice(&desk, None).await?;
    Ok(front(&desk, "", Some(choice)))
}

/// The first page: whom have I in front of me? `note` says what became of the last question.
fn front(desk: &Desk<App>, asked: &str, note: Option<Markup>) -> Response {
    let title = desk.t("pos-till-title");
    let main = html! {
        h1.unseen { (title) }
        @if let Some(note) = note { (note) }
        form.ask method="post" action="/caja/find" {
            (ui::token(&desk.token))
            (ui::field(Field { name: "who", label: &desk.t("pos-till-who"), hint: Some(&desk.t("pos-till-who-hint")),
                value: asked, class: Some("big"), required: true, ..Field::default() }))
            div.acts {
                button.act { (desk.t("pos-till-find")) }
                button.act.second type="button" data-scan="who" hidden { (icon(Icon::Card)) (desk.t("pos-till-scan")) }
            }
        }
        div.cells.two {
            section.part {
                h2 { (desk.t("pos-till-voucher")) }
                form method="post" action="/caja/vouchers" {
                    (ui::token(&desk.token))
                    input type="hidden" name="reference" value=(reference(desk));
                    (ui::field(Field { name: "code", label: &desk.t("pos-till-voucher-code"), required: true, ..Field::default() }))
                    button.act.second { (desk.t("pos-till-voucher-use")) }
                }
            }
            section.part {
                h2 { (desk.t("pos-till-receipt")) }
                form method="post" action="/caja/sales" {
                    (ui::token(&desk.token))
                    (ui::field(Field { name: "reference", label: &desk.t("pos-till-receipt-number"),
                        hint: Some(&desk.t("pos-till-receipt-hint")), required: true, ..Field::default() }))
                    button.act.second { (desk.t("pos-till-receipt-open")) }
                }
            }
        }
    };
    shell::till(desk, &title, &main)
}

/// A name for the next sale, made when its page is: sent twice, it counts once.
fn reference(desk: &Desk<App>) -> String {
    EventId(desk.scope.app.ids.next()).to_string()
}

/// The programs that a sale can be of: those in force that the member takes part in, else all of the tenant's. The one that
/// this till was set to comes first.
async fn programs_of(
    desk: &Desk<App>,
    member: Option<&Member>,
) -> Result<Vec<Arc<Program>>, Problem> {
    let all = programs::of(&desk.scope).await?;
    let now = desk.scope.now;
    let own = member.iter().flat_map(|member| &member.programs).filter_map(|id| all.at(*id, now));
    let mut found: Vec<_> = own.cloned().collect();
    if found.is_empty() {
        found = all.ids().filter_map(|id| all.at(id, now)).cloned().collect();
    }
    let chosen = desk.cookie(PROGRAM_COOKIE).unwrap_or_default();
    found.sort_by_key(|program| program.code != chosen);
    Ok(found)
}

/// The program of a sale to the member.
async fn program_of(desk: &Desk<App>, member: &Member) -> Result<Arc<Program>, Problem> {
    let found = programs_of(desk, Some(member)).await?.into_iter().next();
    found.ok_or_else(|| Problem::not_found("program_not_found"))
}

/// The choice among programs, where there is one; it holds for this till until somebody chooses another.
async fn choice(desk: &Desk<App>, member: Option<&Member>) -> Result<Markup, Problem> {
    let found = programs_of(desk, member).await?;
    if found.len() < 2 {
        return Ok(html! {});
    }
    let mut named = Vec::new();
    for program in &found {
        let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
        let document = app.programs.document(tenant, program.id, program.version).await?;
        let name = document.as_ref().and_then(|document| desk.locale.pick(&document.name));
        named.push((program.code.clone(), name.unwrap_or(&program.code).to_owned()));
    }
    Ok(html! {
        form.tenants method="post" action="/caja/program" {
            (ui::token(&desk.token))
            @if let Some(member) = member { input type="hidden" name="member" value=(member.id); }
            label for="program" { (desk.t("pos-till-program")) }
            select id="program" name="program" {
                @for (place, (code, name)) in named.iter().enumerate() {
                    option value=(code) selected[place == 0] { (name) }
                }
            }
            button.act.second.slim { (desk.t("web-desk-choose")) }
        }
    })
}

/// Sets this till to a program.
async fn choose(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let wanted = fields.get("program");
    let all = programs_of(&desk, None).await?;
    if !all.iter().any(|program| program.code == wanted) {
        return Err(Problem::not_found("program_not_found"));
    }
    let back = match fields.get("member").parse::<MemberId>() {
        Ok(member) => format!("/caja/members/{member}"),
        Err(_) => "/caja".to_owned(),
    };
    let secure = desk.scope.app.faces.is_secure();
    let kept =
        Cookie { name: PROGRAM_COOKIE, value: wanted, path: "/caja", max_age_s: PROGRAM_S, secure };
    let mut response = see(&back);
    if let Some(header) = kept.header() {
        response.headers_mut().append(SET_COOKIE, header);
    }
    Ok(response)
}

/// The member of a path: always an id, so that no personal data stands in an address.
async fn member_of(desk: &Desk<App>, id: &str) -> Result<Member, Problem> {
    members::resolve(&desk.scope, id).await
}
