//! People at the desk: who works here as what, somebody new, and a way in for whoever lost it.

use axum::Json;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::ids::StaffId;
use lazo_domain::time::DAY;
use maud::{Markup, html};
use serde_json::json;

use super::keys::role_name;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::sessions::{self, Whose, links};
use crate::features::staff::api::{
    NewStaff, RolesBody, StaffView, add_staff, list_staff, set_staff_roles,
};
use crate::features::staff::{self, TENANT_ROLES};
use crate::http::{Asked, PageQuery, PathId, Payload, Problem, Role};
use crate::i18n::Args;
use crate::mail::Letter;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

const ADMIN: &[Role] = &[Role::Admin];
/// How long an invitation works.
const INVITED: i64 = DAY;

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/staff", Who::Staff(ADMIN)),
    PageRow::console("/staff", Who::Staff(ADMIN)).sent(),
    PageRow::console("/staff/{staff}/roles", Who::Staff(ADMIN)).sent(),
    PageRow::console("/staff/{staff}/invitation", Who::Staff(ADMIN)).sent(),
];

/// The pages of this file.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/staff", get(list).post(add))
        .route("/staff/{staff}/roles", post(set_roles))
        .route("/staff/{staff}/invitation", post(invite))
}

/// What is told above the list.
#[derive(Default)]
struct Told {
    /// A link that opens once, and whose it is.
    link: Option<(String, String)>,
    /// To whom a link went by mail.
    mailed: Option<String>,
    /// What was wrong with the form.
    wrong: Option<String>,
}

async fn list(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    page(&desk, query, &Told::default()).await
}

async fn page(desk: &Desk<App>, query: PageQuery, told: &Told) -> Result<Response, Problem> {
    let Json(page) = list_staff(desk.scope.clone(), Asked(query)).await?;
    let mut people = Vec::new();
    for person in page.items {
        let secret = staff::store::has_secret(&desk.scope.app.db, person.id).await?;
        people.push((person, secret));
    }
    let title = desk.t("web-desk-staff");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("team-staff-lead")) } }
        @if let Some((login, link)) = &told.link {
            div.note.good role="status" {
                p { b { (desk.say("team-invited", Args::new().text("login", login))) } }
                p { code.secret { (link) } }
                p.quiet { (desk.t("team-once")) " " (desk.t("team-shown")) }
            }
        }
        @if let Some(login) = &told.mailed { (ui::note("good", &desk.say("team-mailed", Args::new().text("login", login)))) }
        @if let Some(wrong) = &told.wrong { (ui::note("bad", wrong)) }
        ul.rows { @for (person, secret) in &people { li { (row(desk, person, *secret)) } } }
        (ui::next_page("/console/staff", &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        section.panel.slim {
            h2 { (desk.t("team-staff-new")) }
            form method="post" action="/console/staff" {
                (ui::token(&desk.token))
                (ui::field(Field { name: "login", label: &desk.t("team-login"), hint: Some(&desk.t("team-login-hint")), required: true, ..Field::default() }))
                (ui::field(Field { name: "name", label: &desk.t("team-name"), required: true, ..Field::default() }))
                (roles(desk, "new", &[]))
                div { button.act { (desk.t("team-staff-add")) } }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

fn row(desk: &Desk<App>, person: &StaffView, secret: bool) -> Markup {
    let names: Vec<String> = person.roles.iter().map(|role| role_name(desk, *role)).collect();
    let action = format!("/console/staff/{}", person.id);
    html! {
        details.person {
            summary {
                span { b { (person.name) } " " span.quiet { (person.login) } }
                span.quiet.small { (names.join(" · ")) @if !secret { " · " (desk.t("team-no-password")) } }
            }
            div.cells.two {
                form method="post" action=(format!("{action}/roles")) {
                    (ui::token(&desk.token))
                    (roles(desk, &person.id.to_string(), &person.roles))
                    div { button.act.second.slim { (desk.t("team-roles-set")) } }
                }
                form method="post" action=(format!("{action}/invitation")) {
                    (ui::token(&desk.token))
                    p.quiet { (desk.t(if secret { "team-reset-lead" } else { "team-invite-lead" })) }
                    div { button.act.second.slim { (desk.t(if secret { "team-reset" } else { "team-invite" })) } }
                }
            }
        }
    }
}

fn roles(desk: &Desk<App>, of: &str, held: &[Role]) -> Markup {
    html! {
        fieldset.roles {
            legend { (desk.t("team-roles")) }
            @for role in TENANT_ROLES {
                @let id = format!("{of}-{}", role.name());
                div.check {
                    input type="checkbox" id=(id) name=(format!("role-{}", role.name())) value="1" checked[held.contains(&role)];
                    label for=(id) { (role_name(desk, role)) }
                }
            }
        }
    }
}

fn chosen(fields: &Fields) -> Vec<Role> {
    let is_set = |role: &Role| fields.is_set(&format!("role-{}", role.name()));
    TENANT_ROLES.into_iter().filter(is_set).collect()
}

/// Shows the page again with what a refusal says; faults of ours go on.
async fn again(desk: &Desk<App>, problem: Problem) -> Result<Response, Problem> {
    if !(400..500).contains(&problem.status) {
        return Err(problem);
    }
    let told = problem.told(desk.locale, "", "");
    let wrong = told.errors.first().map_or(told.detail.clone(), |error| error.detail.clone());
    page(desk, PageQuery::default(), &Told { wrong: Some(wrong), ..Told::default() }).await
}

async fn add(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let new = NewStaff {
        login: fields.get("login").to_owned(),
        name: fields.get("name").to_owned(),
        roles: chosen(&fields),
    };
    match add_staff(desk.scope.clone(), Payload(new)).await {
        Ok(_) => Ok(see("/console/staff")),
        Err(problem) => again(&desk, problem).await,
    }
}

async fn set_roles(
    desk: Desk<App>,
    PathId(staff): PathId<StaffId>,
    fields: Fields,
) -> Result<Response, Problem> {
    let body = RolesBody { roles: chosen(&fields) };
    match set_staff_roles(desk.scope.clone(), PathId(staff), Payload(body)).await {
        Ok(_) => Ok(see("/console/staff")),
        Err(problem) => again(&desk, problem).await,
    }
}

/// A link with which somebody chooses a password; the one before is worth nothing from now on.
///
/// Only for who works for this client alone: an administrator of one client must not open the doors of another.
async fn invite(
    desk: Desk<App>,
    PathId(id): PathId<StaffId>,
    _: Fields,
) -> Result<Response, Problem> {
    let (scope, db) = (&desk.scope, &desk.scope.app.db);
    let person = staff::store::by_id(db, scope.tenant, id).await?;
    let person = person.ok_or_else(|| Problem::not_found("staff_not_found"))?;
    let grants = staff::store::grants(db, id).await?;
    if grants.iter().any(|grant| grant.tenant != Some(scope.tenant)) {
        let told = Told { wrong: Some(desk.t("team-elsewhere")), ..Told::default() };
        return page(&desk, PageQuery::default(), &told).await;
    }
    let own = sessions::staff_of(&scope.caller.principal) == Some(id);
    // A link that goes by mail is seen by whom it is for; one that is shown here, by whoever looks.
    let mailed = !own && scope.app.mailer.is_ready() && person.login.contains('@');
    let now = scope.caller.real_now;
    let mut tx = db.begin().await?;
    if !own {
        let shown_to = (!mailed).then(|| scope.actor());
        staff::store::invite(&mut tx, id, scope.tenant, shown_to, now).await?;
    }
    staff::store::drop_secret(&mut tx, id).await?;
    sessions::store::end_of_staff(&mut tx, id).await?;
    audit::record(&mut tx, &Deed::of(scope, "staff.invited", id, json!({}))).await?;
    tx.commit().await?;
    let end = now.plus_micros(INVITED);
    let secret = links::make(&scope.app, Whose::Staff(id), "/console/me", end).await?;
    let link = format!("{}/console/open/{}", scope.app.faces.public_url, secret.text);
    if own {
        // Whoever does it for himself or herself goes through the link at once.
        return Ok(see(&format!("/console/open/{}", secret.text)));
    }
    if !mailed {
        let told = Told { link: Some((person.login, link)), ..Told::default() };
        return page(&desk, PageQuery::default(), &told).await;
    }
    let told = match scope.app.mailer.send(&invitation(&desk, &person.login, &link)).await {
        Ok(()) => Told { mailed: Some(person.login), ..Told::default() },
        Err(error) => {
            tracing::warn!(%error, "an invitation did not leave");
            Told { wrong: Some(desk.t("team-mail-failed")), ..Told::default() }
        }
    };
    page(&desk, PageQuery::default(), &told).await
}

/// The letter with an invitation.
fn invitation(desk: &Desk<App>, login: &str, link: &str) -> Letter {
    let client = desk.scope.caller.tenancy.as_ref().map_or("Lazo", |tenancy| tenancy.name.as_str());
    let say = |key: &str| desk.say(key, Args::new().text("client", client));
    let (subject, lead, after) =
        (say("team-mail-subject"), say("team-mail-lead"), say("team-mail-after"));
    let html = html! { p { (lead) } p { a href=(link) { (link) } } p { (after) } };
    Letter {
        from_name: "Lazo".to_owned(),
        to: login.to_owned(),
        subject,
        text: format!("{lead}\n\n{link}\n\n{after}\n"),
        html: html.into_string(),
    }
}
