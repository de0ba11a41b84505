//! The till: find a member in seconds, enroll in one field, sell with a quote, redeem, return, and say why no points.

mod find;
mod offline;
mod rung;
mod sale;
mod spend;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::EventId;
use maud::{Markup, html};

use crate::App;
use crate::features::members::{self, Member};
use crate::features::programs;
use crate::http::{Problem, Role};
use crate::web::ui::{self, Field, Icon, icon};
use crate::web::{Desk, PageRow, Who, shell};

/// Whoever stands at a till.
const TILL: &[Role] = &[Role::Cashier, Role::Agent];
/// Where its sales come from; with their reference they are unique for ever.
const SOURCE: &str = "till";

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::till("", Who::Staff(TILL)),
    PageRow::till("/find", Who::Staff(TILL)).sent(),
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
    Ok(front(&desk, "", None))
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

/// The program that the member takes part in, the first that is in force; else the tenant's first.
async fn program_of(
    desk: &Desk<App>,
    member: &Member,
) -> Result<std::sync::Arc<lazo_domain::program::Program>, Problem> {
    let all = programs::of(&desk.scope).await?;
    let own = member.programs.iter().find_map(|id| all.at(*id, desk.scope.now));
    let any = || all.ids().find_map(|id| all.at(id, desk.scope.now));
    own.or_else(any).cloned().ok_or_else(|| Problem::not_found("program_not_found"))
}

/// The member of a path: always an id, so that no personal data stands in an address.
async fn member_of(desk: &Desk<App>, id: &str) -> Result<Member, Problem> {
    members::resolve(&desk.scope, id).await
}
