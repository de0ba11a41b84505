//! Recency, frequency and money at the desk: the eleven segments, how many people each has, and the way to write to one.

use axum::response::Response;
use maud::html;

use super::console::may_write;
use super::rfm::{Segment, WINDOW, scale};
use super::{own_tenant, program_of};
use crate::App;
use crate::features::measures::{date_of, words};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::chart::{self, Bar};
use crate::web::{Desk, shell, ui};

/// A segment in words.
pub(super) fn told(desk: &Desk<App>, name: &str) -> String {
    desk.say("segments-rfm-name", Args::new().text("name", name))
}

pub(super) async fn open(desk: Desk<App>) -> Result<Response, Problem> {
    let tenant = own_tenant(&desk.scope).await?;
    let program = program_of(&desk.scope, None).await?;
    let scale = scale(&desk.scope.app, &tenant, &program, desk.scope.now).await?;
    let all: Vec<_> = Segment::ALL
        .iter()
        .map(|(segment, name)| (*name, scale.groups.get(segment).copied().unwrap_or_default()))
        .collect();
    let people: i64 = all.iter().map(|(_, group)| group.people).sum();
    let bars: Vec<Bar> = all
        .iter()
        .map(|(name, group)| Bar {
            label: told(&desk, name),
            value: group.people,
            text: desk.number(group.people),
        })
        .collect();
    let title = desk.t("segments-rfm-title");
    let lead = desk.say(
        "segments-rfm-lead",
        Args::new()
            .text("people", desk.number(people))
            .text("days", desk.number(WINDOW))
            .text("day", words::date(desk.locale, date_of(scale.day))),
    );
    let heads = ["group", "what", "people", "purchases", "spent", "each"]
        .map(|head| desk.t(&format!("segments-rfm-{head}")));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let money = |minor: i64| desk.locale.money(minor, program.currency);
    let rows = html! {
        @for (name, group) in &all {
            tr {
                th scope="row" {
                    @if may_write(&desk) { a href=(format!("/console/segments/new?rfm={name}")) { (told(&desk, name)) } }
                    @else { (told(&desk, name)) }
                }
                td { (desk.say("segments-rfm-meaning", Args::new().text("name", *name))) }
                td.n { (desk.number(group.people)) }
                td.n { (desk.number(group.purchases)) }
                td.n { (money(group.net_minor)) }
                td.n { @if group.people > 0 { (money(group.net_minor / group.people)) } @else { "–" } }
            }
        }
    };
    let main = html! {
        div.head {
            p { a href="/console/segments" { (desk.t("web-desk-segments")) } }
            h1 { (title) }
            p.quiet { (lead) }
        }
        @if people == 0 { p.empty { (desk.t("segments-rfm-none")) } } @else {
            (chart::lying(chart::Words {
                title: &desk.t("segments-rfm-chart"),
                summary: &desk.t("segments-rfm-summary"),
                of: &desk.t("segments-rfm-group"),
                amount: &desk.t("segments-rfm-people"),
                table: &desk.t("segments-table"),
            }, &bars))
            section.part {
                h2 { (desk.t("segments-rfm-groups")) }
                @if may_write(&desk) { p.quiet { (desk.t("segments-rfm-write")) } }
                (ui::table(&title, &heads, &rows))
            }
        }
        details {
            summary { (desk.t("segments-rfm-how")) }
            p { (desk.t("segments-rfm-how-told")) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}
