//! "Cómo funciona" and "Ayuda": what earns, what it is worth, when it ends; every number is the live program's.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::program::{PointKind, Program, ProgramConfig};
use lazo_domain::rules::{EarningRule, RuleEffect};
use lazo_domain::time::{Term, Timestamp};
use maud::{Markup, html};

use crate::App;
use crate::features::accounts::holdings::in_force;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::shell;
use crate::web::visit::scope;
use crate::web::{Guest, PageRow, Who};

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/program", Who::Anybody), PageRow::portal("/help", Who::Anybody)];

/// Questions with their answers, in the order in which they are asked most.
const QUESTIONS: [&str; 5] =
    ["help-why-none", "help-when-ends", "help-how-redeem", "help-lost-card", "help-leave"];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/program", get(program)).route("/help", get(help))
}

async fn program(guest: Guest<App>) -> Result<Response, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let all = in_force(&scope, &guest.site.programs).await?;
    let title = guest.t("help-program");
    let main = html! {
        div.stack.narrow {
            h1 { (title) }
            @for (program, document) in &all { (told(&guest, program, document, scope.now)) }
            @if !guest.signed_in { p { a.act href=(guest.at("/join")) { (guest.t("sessions-join-act")) } } }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}

fn told(guest: &Guest<App>, program: &Program, document: &ProgramConfig, now: Timestamp) -> Markup {
    let live = |rule: &&EarningRule| {
        rule.from.is_none_or(|from| from <= now) && rule.until.is_none_or(|end| end > now)
    };
    let spendable = |code: &str| {
        document.point_types.iter().any(|p| p.code == code && p.kind == PointKind::Redeemable)
    };
    let rules: Vec<&EarningRule> = document
        .earning_rules
        .iter()
        .filter(live)
        .filter(|rule| spendable(&rule.point_type))
        .collect();
    html! {
        section.part {
            h2 { (guest.locale.pick(&document.name).unwrap_or(&document.code)) }
            h3 { (guest.t("help-earn")) }
            ul.rows { @for rule in rules { li { div.row {
                span.what { (guest.locale.pick(&rule.name).unwrap_or(&rule.code)) }
                span.effect { (gives(guest, document, rule)) }
            } } } }
        }
        section.part {
            h3 { (guest.t("help-worth")) }
            @for point_type in document.point_types.iter().filter(|p| p.kind == PointKind::Redeemable) {
                @if let Some(line) = worth(guest, program, document, &point_type.code) { p { (line) } }
                p { (ends(guest, point_type.expiry.term)) }
            }
        }
    }
}

/// What a rule gives, in a few words.
fn gives(guest: &Guest<App>, document: &ProgramConfig, rule: &EarningRule) -> String {
    let named = document.point_types.iter().find(|p| p.code == rule.point_type);
    let scale = named.map_or(0, |p| p.scale);
    let name = named.and_then(|p| guest.locale.pick(&p.name)).unwrap_or(&rule.point_type);
    let amount = |points: i64| {
        let number = guest.locale.number(points, scale);
        guest.say("accounts-amount", Args::new().text("number", number).text("name", name))
    };
    match &rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, .. } => guest.say(
            "help-per-amount",
            Args::new()
                .text("amount", guest.locale.number(*points, scale))
                .text("per", guest.locale.money(*per_minor, document.currency)),
        ),
        RuleEffect::PointsPerUnit { points } => {
            guest.say("help-per-unit", Args::new().text("amount", amount(*points)))
        }
        RuleEffect::Fixed { points } => format!("+{}", amount(*points)),
        RuleEffect::Multiplier { factor, .. } => format!("× {factor}"),
    }
}

fn worth(
    guest: &Guest<App>,
    program: &Program,
    document: &ProgramConfig,
    code: &str,
) -> Option<String> {
    let value = program.point_type(code)?.value_minor?;
    let hundred = value.num().checked_mul(100)?;
    let minor = (hundred % value.den() == 0).then(|| hundred / value.den())?;
    let name = document.point_types.iter().find(|p| p.code == code)?;
    let name = guest.locale.pick(&name.name).unwrap_or(code).to_owned();
    let money = guest.locale.money(minor, document.currency);
    Some(guest.say("help-worth-line", Args::new().text("name", name).text("money", money)))
}

fn ends(guest: &Guest<App>, term: Option<Term>) -> String {
    let args = |n: i64| Args::new().count("n", n).text("number", n.to_string());
    match term {
        None => guest.t("help-ends-never"),
        Some(Term::Hours(hours)) => guest.say("help-ends-hours", args(i64::from(hours))),
        Some(Term::Days(days)) => guest.say("help-ends-days", args(i64::from(days))),
        Some(Term::Months(months)) => guest.say("help-ends-months", args(i64::from(months))),
    }
}

async fn help(guest: Guest<App>) -> Result<Response, Problem> {
    let scope = scope(guest.app.clone(), guest.caller.clone())?;
    let all = in_force(&scope, &guest.site.programs).await?;
    let term = all.first().and_then(|(_, document)| {
        document.point_types.iter().find(|p| p.kind == PointKind::Redeemable).map(|p| p.expiry.term)
    });
    let title = guest.t("web-help");
    let main = html! {
        div.stack.narrow {
            div.part { h1 { (title) } p.lead { (guest.t("help-lead")) } }
            section.part {
                @for key in QUESTIONS {
                    details {
                        summary { b { (guest.t(key)) } }
                        p { (guest.t(&format!("{key}-answer"))) }
                        @if key == "help-when-ends" { @if let Some(term) = term { p { (ends(&guest, term)) } } }
                    }
                }
            }
            p { a href=(guest.at("/program")) { (guest.t("help-program")) } }
        }
    };
    Ok(shell::portal(&guest, &title, None, &main))
}
