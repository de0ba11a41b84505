//! API keys at the desk: made, shown once, revoked.

use axum::Json;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::ApiKeyId;
use maud::{Markup, html};

use super::names;
use crate::App;
use crate::features::api_keys::api::{
    ApiKeySecret, NewApiKey, create_api_key, list_api_keys, revoke_api_key,
};
use crate::http::{Asked, NotKept, PageQuery, PathId, Payload, Problem, Role};
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

const ADMIN: &[Role] = &[Role::Admin];
/// What a key can be.
const ROLES: [Role; 7] = [
    Role::Backend,
    Role::Cashier,
    Role::Agent,
    Role::Analyst,
    Role::ProgramManager,
    Role::Finance,
    Role::Admin,
];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/api-keys", Who::Staff(ADMIN)),
    PageRow::console("/api-keys", Who::Staff(ADMIN)).sent(),
    PageRow::console("/api-keys/{key}/revoke", Who::Staff(ADMIN)).sent(),
];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/api-keys", get(list).post(create))
        .route("/api-keys/{key}/revoke", post(revoke))
}

async fn list(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    page(&desk, query, None, None).await
}

async fn page(
    desk: &Desk<App>,
    query: PageQuery,
    made: Option<&ApiKeySecret>,
    wrong: Option<&str>,
) -> Result<Response, Problem> {
    let now = desk.scope.caller.real_now;
    let Json(page) = list_api_keys(desk.scope.clone(), Asked(query)).await?;
    let names = names(&desk.scope, page.items.iter().map(|key| key.created_by.as_str())).await?;
    let title = desk.t("web-desk-keys");
    let heads = ["team-key-name", "team-role", "team-made", "team-state", "team-key-end"]
        .map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for key in &page.items {
            @let live = key.revoked_at.is_none() && key.expires_at.is_none_or(|at| at > now);
            tr {
                th scope="row" { (key.name) div.quiet.small { code { "…" (key.hint) } } }
                td { (role_name(desk, key.role))
                    @if let Some(scopes) = &key.scopes { div.quiet.small { code { (scopes.join(" ")) } } } }
                td { (desk.moment(key.created_at)) div.quiet.small { (names.get(&key.created_by).unwrap_or(&key.created_by)) } }
                td {
                    @match (key.revoked_at, key.expires_at) {
                        (Some(at), _) => { span.tag { (desk.t("team-revoked")) } div.quiet.small { (desk.moment(at)) } },
                        (None, Some(at)) => { span.tag.live[live] { (desk.t(if live { "team-live" } else { "team-over" })) } div.quiet.small { (desk.moment(at)) } },
                        (None, None) => span.tag.live { (desk.t("team-live")) },
                    }
                }
                td {
                    @if live {
                        form.inline method="post" action=(format!("/console/api-keys/{}/revoke", key.id)) {
                            (ui::token(&desk.token))
                            button.plain aria-label=(desk.say("team-revoke-named", Args::new().text("name", &key.name))) { (desk.t("team-revoke")) }
                        }
                    }
                }
            }
        }
    };
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("team-keys-lead")) } }
        @if let Some(made) = made { (shown_once(desk, made)) }
        @if page.items.is_empty() { p.empty { (desk.t("team-keys-none")) } } @else { (ui::table(&title, &heads, &rows)) }
        (ui::next_page("/console/api-keys", &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        section.panel.slim {
            h2 { (desk.t("team-key-new")) }
            form method="post" action="/console/api-keys" {
                (ui::token(&desk.token))
                (ui::field(Field { name: "name", label: &desk.t("team-key-name"), hint: Some(&desk.t("team-key-name-hint")),
                    wrong, required: true, ..Field::default() }))
                (role_choice(desk, &ROLES))
                (ui::field(Field { name: "scopes", label: &desk.t("team-key-scopes"), hint: Some(&desk.t("team-key-scopes-hint")), ..Field::default() }))
                div { button.act { (desk.t("team-key-make")) } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

/// A secret that is shown once.
fn shown_once(desk: &Desk<App>, made: &ApiKeySecret) -> Markup {
    html! {
        div.note.good role="status" {
            p { b { (desk.say("team-key-made", Args::new().text("name", &made.key.name))) } }
            p { code.secret { (made.secret) } }
            p.quiet { (desk.t("team-once")) }
        }
    }
}

/// A choice of roles.
fn role_choice(desk: &Desk<App>, roles: &[Role]) -> Markup {
    html! {
        div.field {
            label for="role" { (desk.t("team-role")) }
            select id="role" name="role" { @for role in roles { option value=(role.name()) { (role_name(desk, *role)) } } }
        }
    }
}

/// What people call a role.
pub(super) fn role_name(desk: &Desk<App>, role: Role) -> String {
    desk.say("team-role-name", Args::new().text("role", role.name()))
}

async fn create(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let role = Role::named(fields.get("role")).ok_or_else(|| Problem::new(422, "invalid"))?;
    let scopes: Vec<String> = fields
        .get("scopes")
        .split([' ', ','])
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect();
    let new = NewApiKey {
        name: fields.get("name").to_owned(),
        role,
        scopes: (!scopes.is_empty()).then_some(scopes),
        expires_at: None,
    };
    match create_api_key(desk.scope.clone(), Payload(new)).await {
        Ok(NotKept((_, Json(made)))) => page(&desk, PageQuery::default(), Some(&made), None).await,
        Err(problem) if problem.status == 422 => {
            let told = problem.told(desk.locale, "", "");
            let detail = told.errors.first().map_or(told.detail.clone(), |e| e.detail.clone());
            page(&desk, PageQuery::default(), None, Some(&detail)).await
        }
        Err(problem) => Err(problem),
    }
}

async fn revoke(
    desk: Desk<App>,
    PathId(key): PathId<ApiKeyId>,
    _: Fields,
) -> Result<Response, Problem> {
    revoke_api_key(desk.scope.clone(), PathId(key)).await?;
    Ok(see("/console/api-keys"))
}
