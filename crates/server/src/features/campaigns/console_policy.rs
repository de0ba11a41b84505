//! How members are left in peace, at the desk: how often they hear something, in which hours nothing leaves, and which share
//! hears of nothing at all.

use axum::response::Response;
use maud::html;

use super::console::may_write;
use super::policy::{self, Policy};
use crate::App;
use crate::http::Problem;
use crate::i18n::{Args, typed};
use crate::web::{Desk, Fields, see, shell, ui};

/// The policy in a sentence.
#[must_use]
pub(super) fn sentence(desk: &Desk<App>, policy: &Policy) -> String {
    let hours = Args::new()
        .text("most", desk.number(policy.max_per_week))
        .count("n", policy.max_per_week)
        .text("from", policy.quiet_from.to_string())
        .text("to", policy.quiet_to.to_string())
        .text("share", policy::share(desk.locale, policy.universal_holdout));
    desk.say("campaigns-policy-told", hours)
}

pub(super) async fn show(desk: Desk<App>) -> Result<Response, Problem> {
    let policy = policy::of(&desk.scope.app.db, desk.scope.tenant).await?;
    let share = format!("{},{:02}", policy.universal_holdout / 100, policy.universal_holdout % 100);
    let pairs = [
        ("max_per_week", policy.max_per_week.to_string()),
        ("quiet_from", policy.quiet_from.to_string()),
        ("quiet_to", policy.quiet_to.to_string()),
        ("universal_holdout", share),
    ];
    let fields = Fields::of(pairs.map(|(name, value)| (name.to_owned(), value)));
    let saved = desk.path.ends_with("?saved");
    Ok(page(&desk, &fields, &[], saved))
}

pub(super) async fn send(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let number = |name: &str, places: usize| typed::number(fields.get(name), places).unwrap_or(-1);
    let wanted = Policy {
        max_per_week: number("max_per_week", 0),
        quiet_from: number("quiet_from", 0),
        quiet_to: number("quiet_to", 0),
        universal_holdout: number("universal_holdout", 2),
        seed: 0,
    };
    match policy::set(&desk.scope, &wanted).await {
        Ok(_) => Ok(see("/console/campaigns/policy?saved")),
        Err(problem) if !problem.errors.is_empty() => {
            let wrong: Vec<&str> =
                problem.errors.iter().map(|error| error.pointer.trim_start_matches('/')).collect();
            Ok(page(&desk, &fields, &wrong, false))
        }
        Err(problem) => Err(problem),
    }
}

fn page(desk: &Desk<App>, fields: &Fields, wrong: &[&str], saved: bool) -> Response {
    let title = desk.t("campaigns-policy");
    let field = |name: &'static str, key: &str, hint: &str| {
        let mistake = wrong.contains(&name).then(|| desk.t("campaigns-policy-wrong"));
        ui::field(ui::Field {
            name,
            label: &desk.t(key),
            hint: Some(&desk.t(hint)),
            value: fields.get(name),
            keys: Some("decimal"),
            wrong: mistake.as_deref(),
            ..ui::Field::default()
        })
    };
    let main = html! {
        div.head {
            p { a href="/console/campaigns" { (desk.t("web-desk-campaigns")) } }
            h1 { (title) }
            p.quiet { (desk.t("campaigns-policy-lead")) }
        }
        @if saved { (ui::note("good", &desk.t("campaigns-policy-saved"))) }
        form.panel.slim method="post" action="/console/campaigns/policy" {
            (ui::token(&desk.token))
            (field("max_per_week", "campaigns-policy-most", "campaigns-policy-most-hint"))
            (field("quiet_from", "campaigns-policy-from", "campaigns-policy-from-hint"))
            (field("quiet_to", "campaigns-policy-to", "campaigns-policy-to-hint"))
            (field("universal_holdout", "campaigns-policy-universal", "campaigns-policy-universal-hint"))
            @if may_write(desk) { div.acts { button.act { (desk.t("campaigns-keep")) } } }
        }
    };
    shell::console(desk, &title, &main)
}
