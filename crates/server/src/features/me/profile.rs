//! What a member says of himself or herself: name and address, as far as the tenant keeps them.

use axum::response::Response;
use maud::{Markup, html};
use serde_json::{Value, json};

use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::members::{self, Member};
use crate::features::tenants::AttributeType;
use crate::http::Problem;
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Field};
use crate::web::{Fields, Own, see};

/// What the page knows how to ask for, with what browsers call it.
const KNOWN: [Known; 5] = [
    ("given_name", "given-name", "me-profile-given-name"),
    ("surname", "family-name", "me-profile-surname"),
    ("address", "street-address", "me-profile-address"),
    ("postal_code", "postal-code", "me-profile-postal-code"),
    ("city", "address-level2", "me-profile-city"),
];
/// An attribute: its name, what browsers call it, and the key of its label.
type Known = (&'static str, &'static str, &'static str);
/// The longest of them, in characters.
const LONGEST: usize = 200;

/// Those of them that the tenant keeps as words of any kind.
pub(super) async fn asked(own: &Own<App>) -> Result<Vec<Known>, Problem> {
    let tenant = own.scope.app.lookups.tenants.get(own.scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let schema = &tenant.config.member_attributes.0;
    let free = |name: &str| {
        let rule = schema.get(name);
        rule.is_some_and(|rule| rule.kind == AttributeType::Text && rule.choices.is_empty())
    };
    Ok(KNOWN.into_iter().filter(|(name, ..)| free(name)).collect())
}

pub(super) async fn profile(own: Own<App>) -> Result<Response, Problem> {
    let member = members::resolve(&own.scope, "me").await?;
    let kept = member.attributes.iter();
    let words = kept.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    page(&own, &Fields::of(words), None).await
}

async fn page(
    own: &Own<App>,
    fields: &Fields,
    wrong: Option<(&str, &str)>,
) -> Result<Response, Problem> {
    let asked = asked(own).await?;
    let title = own.t("me-profile");
    let missions = own.path.ends_with("?missions") || fields.is_set("missions");
    let (back, word) =
        if missions { ("/missions", "missions-back") } else { ("/me", "consents-back") };
    let line = |(name, fills, label): &Known| -> Markup {
        let label = own.t(label);
        let wrong = wrong.filter(|(at, _)| at == name).map(|(_, why)| why);
        ui::field(Field {
            name,
            label: &label,
            value: fields.get(name),
            wrong,
            autocomplete: fills,
            ..Field::default()
        })
    };
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at(back)) { (own.t(word)) } }
                h1 { (title) }
                p.quiet { (own.t("me-profile-lead")) }
            }
            @if own.path.ends_with("?saved") { (ui::note("good", &own.t("me-profile-saved"))) }
            @if asked.is_empty() { p.empty { (own.t("me-profile-none")) } } @else {
                form method="post" action=(own.at("/me/profile")) {
                    (ui::token(&own.token))
                    @if missions { input type="hidden" name="missions" value="1"; }
                    @for one in &asked { (line(one)) }
                    button.act { (own.t("me-profile-save")) }
                }
            }
        }
    };
    Ok(shell::portal(own, &title, Some(Place::Me), &main))
}

pub(super) async fn keep(own: Own<App>, fields: Fields) -> Result<Response, Problem> {
    let asked = asked(&own).await?;
    for (name, ..) in &asked {
        if fields.get(name).chars().count() > LONGEST {
            return page(&own, &fields, Some((*name, &own.t("me-profile-long")))).await;
        }
    }
    let mut member = members::resolve(&own.scope, "me").await?;
    let changed = change(&mut member, &asked, &fields);
    let tenant = own.scope.app.lookups.tenants.get(own.scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    for error in tenant.config.member_attributes.check(&member.attributes) {
        let name = error.pointer.trim_start_matches("/attributes/");
        let name = asked.iter().map(|(name, ..)| *name).find(|one| *one == name);
        if let Some(name) = name {
            return page(&own, &fields, Some((name, &own.t("me-profile-needed")))).await;
        }
    }
    if !changed.is_empty() {
        members::store::update(&own.scope.app.db, &member).await?;
        // Which words changed, never the words.
        let deed =
            Deed::of(&own.scope, "member.profile_changed", member.id, json!({ "names": changed }));
        let mut tx = own.scope.app.db.begin().await?;
        audit::record(&mut tx, &deed).await?;
        tx.commit().await?;
    }
    let next = if fields.is_set("missions") { "/missions?kept" } else { "/me/profile?saved" };
    Ok(see(&own.at(next)))
}

/// Puts what was filled in into the member: answers what is another word than before.
fn change(member: &mut Member, asked: &[Known], fields: &Fields) -> Vec<&'static str> {
    let mut changed = Vec::new();
    for (name, ..) in asked {
        let value = fields.get(name);
        let before = member.attributes.get(*name).and_then(Value::as_str).unwrap_or_default();
        if before == value {
            continue;
        }
        changed.push(*name);
        if value.is_empty() {
            member.attributes.remove(*name);
        } else {
            member.attributes.insert((*name).to_owned(), Value::from(value));
        }
    }
    changed
}
