//! `/console/styleguide`: the parts as they are, rendered by the functions that pages use.

use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde::Deserialize;

use crate::App;
use crate::features::brands;
use crate::http::{Problem, Role};
use crate::web::assets::Asset;
use crate::web::chart::{self, Bar, Words};
use crate::web::kit::BrandKit;
use crate::web::ui::{self, Field, Icon, icon};
use crate::web::{Desk, PageRow, Who, barcode, shell};

/// Who may open what.
pub const PAGES: &[PageRow] = &[PageRow::console(
    "/styleguide",
    Who::Staff(&[Role::ProgramManager, Role::Admin, Role::Analyst, Role::Finance]),
)];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/styleguide", get(styleguide))
}

/// In whose clothes.
#[derive(Debug, Default, Deserialize)]
struct Clothes {
    #[serde(default)]
    brand: String,
}

/// Colors by what they are for, as their style sheet has them.
const COLORS: [&str; 13] = [
    "paper",
    "surface",
    "tint",
    "ink",
    "muted",
    "line",
    "strong-line",
    "accent",
    "link",
    "positive",
    "warning",
    "danger",
    "card",
];
const SIZES: [&str; 8] = ["12", "14", "16", "20", "25", "31", "39", "49"];
const ICONS: [Icon; 14] = [
    Icon::Home,
    Icon::Points,
    Icon::Gift,
    Icon::Steps,
    Icon::Person,
    Icon::Next,
    Icon::Spark,
    Icon::Clock,
    Icon::Ticket,
    Icon::Bag,
    Icon::Calendar,
    Icon::Check,
    Icon::Card,
    Icon::Tie,
];

async fn styleguide(desk: Desk<App>, Query(clothes): Query<Clothes>) -> Result<Response, Problem> {
    let all = brands::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let sites: Vec<(String, String)> = all
        .iter()
        .filter_map(|brand| Some((brand.config.site.clone()?, brand.config.name.clone())))
        .collect();
    let chosen = sites.iter().find(|(site, _)| *site == clothes.brand);
    let title = desk.t("styleguide-title");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("styleguide-lead")) } }
        ul.filters {
            li { a href="/console/styleguide" aria-current=[chosen.is_none().then_some("true")] { (desk.t("styleguide-console")) } }
            @for (site, name) in &sites {
                li { a href=(format!("/console/styleguide?brand={site}")) aria-current=[(chosen.map(|(s, _)| s) == Some(site)).then_some("true")] { (name) } }
            }
        }
        (colors(&desk))
        (type_scale(&desk))
        (acts(&desk))
        (forms(&desk))
        (words(&desk))
        (lists(&desk))
        (pictures(&desk))
    };
    let kit = all.iter().find(|brand| brand.config.site.as_deref() == Some(&clothes.brand));
    let sheet =
        kit.map(|brand| sheet(&clothes.brand, &brand.config.kit.clone().unwrap_or_default()));
    Ok(shell::console_dressed(&desk, &title, &main, sheet.as_deref()))
}

/// Where a brand's style sheet lies.
fn sheet(site: &str, kit: &BrandKit) -> String {
    let below = format!("/portal/{site}/brand/");
    Asset::new(&below, "brand", "css", "text/css; charset=utf-8", kit.css()).path
}

fn part(desk: &Desk<App>, key: &str, body: &Markup) -> Markup {
    html! { section.part { h2 { (desk.t(key)) } (body) } }
}

fn colors(desk: &Desk<App>) -> Markup {
    let all = html! {
        ul.swatches { @for name in COLORS { li { span class=(format!("swatch of-{name}")) {} code { (name) } } } }
    };
    part(desk, "styleguide-colors", &all)
}

fn type_scale(desk: &Desk<App>) -> Markup {
    let all = html! { @for size in SIZES { p class=(format!("size-{size}")) { (size) " · " (desk.t("styleguide-sample")) } } };
    part(desk, "styleguide-type", &all)
}

fn acts(desk: &Desk<App>) -> Markup {
    let all = html! {
        div.acts {
            button.act type="button" { (desk.t("styleguide-main")) }
            button.act.second type="button" { (desk.t("styleguide-second")) }
            button.act.danger type="button" { (desk.t("styleguide-danger")) }
            button.act.slim type="button" disabled { (desk.t("styleguide-off")) }
            button.plain type="button" { (desk.t("styleguide-plain")) }
        }
    };
    part(desk, "styleguide-acts", &all)
}

fn forms(desk: &Desk<App>) -> Markup {
    let all = html! {
        form.slim {
            (ui::field(Field { name: "plain", label: &desk.t("styleguide-field"), hint: Some(&desk.t("styleguide-hint")), ..Field::default() }))
            (ui::field(Field { name: "wrong", label: &desk.t("styleguide-field"), value: "12,x", wrong: Some(&desk.t("styleguide-wrong")), ..Field::default() }))
            div.field { label for="choice" { (desk.t("styleguide-choice")) } select id="choice" { option { "A" } option { "B" } } }
            div.check { input type="checkbox" id="tick" checked; label for="tick" { (desk.t("styleguide-tick")) } }
        }
    };
    part(desk, "styleguide-forms", &all)
}

fn words(desk: &Desk<App>) -> Markup {
    let all = html! {
        (ui::note("good", &desk.t("styleguide-good")))
        (ui::note("careful", &desk.t("styleguide-careful")))
        (ui::note("bad", &desk.t("styleguide-bad")))
        p.empty { (desk.t("styleguide-empty")) }
        p { span.tag { "tag" } " " span.tag.live { "live" } " " span.tag.draft { "draft" } " " span.tag.bad { "bad" } }
    };
    part(desk, "styleguide-words", &all)
}

fn lists(desk: &Desk<App>) -> Markup {
    let row = |what: &str, effect: &str, plus: bool| {
        html! { li { div.row { span.what { (what) } span.effect.plus[plus] { (effect) } span.when { (desk.moment(desk.scope.now)) } } } }
    };
    let rows = html! { tr { th scope="row" { "A" } td.n { "1.284" } } tr { th scope="row" { "B" } td.n { "60" } } };
    let (one, two) = (desk.t("styleguide-what"), desk.t("styleguide-number"));
    let all = html! {
        ul.rows { (row(&desk.t("styleguide-bought"), "+60", true)) (row(&desk.t("styleguide-redeemed"), "−150", false)) }
        (ui::table(&desk.t("styleguide-table"), &[&one, &two], &rows))
        dl.figures { div { dt { (one) } dd { "1.284" } } div { dt { (two) } dd { "60" small { "0,60 €" } } } }
    };
    part(desk, "styleguide-lists", &all)
}

fn pictures(desk: &Desk<App>) -> Markup {
    let bars: Vec<Bar> = [("A", 12_i64), ("B", 30), ("C", 21), ("D", 44)]
        .into_iter()
        .map(|(label, value)| Bar { label: label.to_owned(), value, text: desk.number(value) })
        .collect();
    let (title, of, amount) =
        (desk.t("styleguide-chart"), desk.t("styleguide-what"), desk.t("styleguide-number"));
    let (summary, table) = (desk.t("styleguide-says"), desk.t("styleguide-table"));
    let words = Words { title: &title, summary: &summary, of: &of, amount: &amount, table: &table };
    let all = html! {
        div.wide-chart { (chart::bars(words, &bars)) }
        p.icons { @for one in ICONS { (icon(one)) } }
        (ui::bar(3, 5))
        div.cells.two.even { (barcode::code_128("8400 1234", &title)) (barcode::qr("https://example.com", &title)) }
    };
    part(desk, "styleguide-pictures", &all)
}
