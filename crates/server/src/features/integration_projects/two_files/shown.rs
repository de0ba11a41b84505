//! What a trial came to, as the page shows it.

use lazo_domain::rate::Rate;
use maud::{Markup, html};

use super::super::console::{exact, members::letter, plan, sources::finding_row};
use super::super::workbench::Workbench;
use super::report::{self, Standing, Told};
use super::{Trial, console::BASE};
use crate::App;
use crate::i18n::Args;
use crate::web::{Desk, ui};

/// The result: who is in both, points and worth, who gains and loses, what is wrong, and a letter.
pub(super) fn result(
    desk: &Desk<App>,
    code: &str,
    trial: &Trial,
    told: &Told,
    bench: &Workbench,
) -> Markup {
    let currency = bench.tenant.config.currency;
    let percent = |side: &Standing| {
        let all = i64::try_from(side.accounts).unwrap_or(1).max(1);
        told.sure.saturating_mul(1_000) / all
    };
    html! {
        section.part.result {
            p.lead { b { (desk.say("two-files-both", Args::new().text("n", desk.number(told.sure)).count("count", told.sure))) } " "
                @if told.doubtful > 0 { span.quiet { (desk.say("two-files-doubtful", Args::new().text("n", desk.number(told.doubtful)))) } } }
            div.cells.two.even {
                @for (side, standing) in trial.sides.iter().zip(&told.sides) {
                    div.panel {
                        h2 { (side.name) }
                        dl.figures {
                            div { dt { (desk.t("two-files-people")) } dd { (desk.number(standing.accounts)) small { (desk.say("two-files-share", Args::new().text("percent", desk.locale.number(percent(standing), 1)))) } } }
                            div { dt { (desk.t("two-files-points")) } dd { (desk.number(standing.points)) } }
                            div { dt { (desk.t("two-files-worth-all")) } dd { (report::money(desk.locale, currency, standing.worth_minor)) } }
                            div { dt { (desk.t("two-files-proposed")) } dd { (rate_said(standing.rate)) small { (desk.t("two-files-proposed-small")) } } }
                        }
                    }
                }
            }
            p.acts {
                @if cfg!(feature = "pdf") { a.act href=(format!("{BASE}/{code}/report.pdf")) { (desk.t("two-files-pdf")) } }
                form.inline method="post" action=(format!("{BASE}/{code}/forget")) { (ui::token(&desk.token)) button.act.second { (desk.t("two-files-forget")) } }
            }
        }
        (plan::who(desk, &told.report, currency))
        (plan::distribution(desk, &told.report))
        (people(desk, &told.report, currency))
        section.part {
            h2 { (desk.t("two-files-defects")) }
            @for (side, standing) in trial.sides.iter().zip(&told.sides) {
                h3 { (side.name) }
                @if standing.quality.findings.is_empty() { p.quiet { (desk.t("merges-clean")) } }
                @for finding in &standing.quality.findings { (finding_row(desk, finding)) }
            }
        }
        @if let Some(told) = &told.letter { section.part { h2 { (desk.t("two-files-letter")) } (letter(told)) } }
    }
}

/// `3/4` as `3 : 4`, a whole number as `2 : 1`.
pub(super) fn rate_said(rate: Rate) -> String {
    format!("{} : {}", rate.den(), rate.num())
}

fn people(
    desk: &Desk<App>,
    report: &serde_json::Value,
    currency: lazo_domain::money::Currency,
) -> Markup {
    let list = |key: &str, title: &str| {
        let all: Vec<_> = report[key].as_array().into_iter().flatten().collect();
        html! {
            section.part {
                h2 { (desk.t(title)) }
                @if all.is_empty() { p.quiet { (desk.t("merges-nobody")) } }
                ul.rows { @for one in all {
                    li { div.row {
                        span.what { code { (one["source"].as_str().unwrap_or_default()) "/" (one["member"].as_str().unwrap_or_default()) } }
                        span.effect { (exact(desk, currency, one["change_minor"].as_str().unwrap_or_default())) }
                    } }
                } }
            }
        }
    };
    html! { div.cells.two.even { (list("losers", "merges-worst")) (list("winners", "merges-best")) } }
}
