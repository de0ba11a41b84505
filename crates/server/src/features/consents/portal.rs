//! The page "Permisos y preferencias": what I agree to, by purpose and channel, and the language I am written to in.

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::api::{ConsentBody, ConsentsView, decide, standing};
use super::{PURPOSES, text};
use crate::App;
use crate::features::members;
use crate::http::Problem;
use crate::i18n::{Args, Locale};
use crate::web::shell::{self, Place};
use crate::web::{Fields, Own, PageRow, Who, see, ui};

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/me/consents", Who::Own), PageRow::portal("/me/consents", Who::Own).sent()];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/me/consents", get(page).post(save))
}

async fn page(own: Own<App>) -> Result<Response, Problem> {
    let member = members::resolve(&own.scope, "me").await?;
    let told = standing(&own.scope, &member).await?;
    let title = own.t("consents-title");
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/me")) { (own.t("consents-back")) } }
                h1 { (title) }
                p.quiet { (own.t("consents-lead")) }
            }
            @if own.path.ends_with("?saved") { (ui::note("good", &own.t("consents-saved"))) }
            form method="post" action=(own.at("/me/consents")) {
                (ui::token(&own.token))
                @for (purpose, channels) in PURPOSES { (one(&own, &told, purpose, channels)) }
                div.field {
                    label for="locale" { (own.t("consents-language")) }
                    select id="locale" name="locale" {
                        @for locale in &own.site.locales {
                            option value=(locale.tag()) lang=(locale.tag()) selected[member.locale.unwrap_or(own.locale) == *locale] { (locale.text("web-language", &Args::new())) }
                        }
                    }
                }
                button.act { (own.t("consents-save")) }
            }
            p.quiet.small { (own.t("consents-always")) }
        }
    };
    Ok(shell::portal(&own, &title, Some(Place::Me), &main))
}

fn one(own: &Own<App>, told: &ConsentsView, purpose: &str, channels: &[&str]) -> Markup {
    let find =
        |channel: &str| told.items.iter().find(|c| c.purpose == purpose && c.channel == channel);
    html! {
        fieldset {
            legend { (own.say("consents-purpose", Args::new().text("purpose", purpose))) }
            p.quiet { (text(own.locale, purpose)) }
            div.channels {
                @for channel in channels {
                    @let name = format!("{purpose}-{channel}");
                    div.check {
                        input type="checkbox" id=(name) name=(name) value="1" checked[find(channel).is_some_and(|c| c.given)];
                        label for=(name) { (own.say("consents-channel", Args::new().text("channel", *channel))) }
                    }
                }
            }
        }
    }
}

async fn save(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let mut member = members::resolve(&own.scope, "me").await?;
    let fields = &fields;
    let items = PURPOSES.iter().flat_map(|(purpose, channels)| {
        channels.iter().map(move |channel| ConsentBody {
            purpose: (*purpose).to_owned(),
            channel: (*channel).to_owned(),
            given: fields.is_set(&format!("{purpose}-{channel}")),
        })
    });
    let items: Vec<ConsentBody> = items.collect();
    decide(&own.scope, &member, &items).await?;
    let wanted: Option<Locale> = fields.get("locale").parse().ok();
    if wanted.is_some() && wanted != member.locale {
        member.locale = wanted;
        members::store::update(&own.scope.app.db, &member).await?;
    }
    Ok(see(&own.at("/me/consents?saved")))
}
