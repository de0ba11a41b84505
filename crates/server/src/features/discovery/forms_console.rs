//! The page behind a form's link: the client answers without a desk, once.

use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use maud::html;

use super::forms;
use crate::App;
use crate::features::registers::form::Told;
use crate::features::registers::{self, Values};
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Fields, shell};

pub(super) async fn open(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
    Path(secret): Path<String>,
) -> Result<Response, Problem> {
    page(&app, &presence, &secret, "", &Values::new(), &[]).await
}

async fn page(
    app: &App,
    presence: &Presence,
    secret: &str,
    name: &str,
    values: &Values,
    wrong: &[(String, String)],
) -> Result<Response, Problem> {
    let (form, tenant) = forms::found(app, secret).await?;
    let register = registers::known(&form.register)?;
    let locale = presence.caller.locale;
    let told = Told::with(app, &tenant.config, tenant.id, register, locale).await?;
    let t = |key: &str| locale.text(key, &Args::new());
    let title = registers_title(locale, register.code);
    let missing = wrong
        .iter()
        .any(|(field, _)| field == "answered_by")
        .then(|| t("registers-wrong-required"));
    let main = html! {
        div.head {
            p.quiet { (tenant.config.name) }
            h1 { (title) }
            p { (locale.text(&format!("registers-{}-lead", register.code.replace('_', "-")), &Args::new())) }
            p.quiet.small { (t("discovery-form-lead")) }
        }
        @if !wrong.is_empty() { (ui::note("bad", &t("registers-wrong"))) }
        form method="post" action=(format!("/console/form/{secret}")) {
            (ui::token(&presence.token))
            (ui::field(Field { name: "answered_by", label: &t("discovery-form-name"), value: name, autocomplete: "name",
                wrong: missing.as_deref(), required: true, ..Field::default() }))
            @for field in register.fields.iter().filter(|field| field.name != "approved") {
                (told.field_in(locale, field, values.get(field.name), wrong))
            }
            button.act.wide { (t("discovery-form-send")) }
        }
    };
    Ok(shell::bare(locale, &title, &main))
}

fn registers_title(locale: Locale, code: &str) -> String {
    locale.text(&format!("registers-{}", code.replace('_', "-")), &Args::new())
}

pub(super) async fn send(
    State(app): State<App>,
    Extension(presence): Extension<Presence>,
    Path(secret): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let (form, tenant) = forms::found(&app, &secret).await?;
    let register = registers::known(&form.register)?;
    let locale = presence.caller.locale;
    let told = Told::with(&app, &tenant.config, tenant.id, register, locale).await?;
    let mut values = told.read(register, &fields);
    // Nobody approves an objective by a link.
    values.remove("approved");
    let name = fields.get("answered_by");
    match forms::answer(&app, &secret, name, values.clone(), locale).await {
        Ok(()) => {
            let thanks = locale.text("discovery-form-thanks", &Args::new());
            let main = html! { div.head { h1 { (thanks) } p { (locale.text("discovery-form-done", &Args::new())) } } };
            Ok(shell::bare(locale, &thanks, &main))
        }
        Err(problem) if !problem.errors.is_empty() => {
            let wrong = registers::wrong_fields(&problem.errors);
            page(&app, &presence, &secret, name, &values, &wrong).await
        }
        Err(problem) => Err(problem),
    }
}
