//! Finding a member by whatever is known: a number, an address, a phone, or a name. Nothing of it stands in an address.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use axum::response::Response;
use lazo_domain::ids::MemberId;
use lazo_matching::normalize::text::fold;
use maud::{Markup, html};

use crate::App;
use crate::features::integration_projects::store::projects;
use crate::features::members::{self, CARD, EMAIL, EXTERNAL, Member, MemberStatus, PHONE};
use crate::http::{Asked, PageQuery, Problem};
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields, see, shell};

/// Members that a search by name shows.
const SHOWN: usize = 20;
/// Members read at a time while looking for a name.
const READ: i64 = 5_000;
/// How long one search by name may look; it says where it stopped, and goes on from there.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Projects whose sources' numbers are looked for.
const PROJECTS: i64 = 20;

/// The newest members, and the field to search by.
pub(super) async fn list(
    desk: Desk<App>,
    Asked(query): Asked<PageQuery>,
) -> Result<Response, Problem> {
    let wish = query.window::<i64>("members")?;
    let after = MemberId(wish.after.unwrap_or(i64::MIN));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let found = members::store::page(db, tenant, after, limit).await?;
    let page = crate::http::Page::of("members", wish.limit, found, |m| m.id.0, |member| member);
    let title = desk.t("web-desk-members");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("dossiers-lead")) } }
        (search_form(&desk, "", None))
        section.part {
            h2 { (desk.t("dossiers-all")) }
            @if page.items.is_empty() { p.empty { (desk.t("dossiers-none")) } }
            (rows(&desk, &page.items).await?)
            (ui::next_page("/console/members", &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn search_form(desk: &Desk<App>, asked: &str, on: Option<MemberId>) -> Markup {
    html! {
        form.search method="post" action="/console/members" role="search" {
            (ui::token(&desk.token))
            (ui::field(Field { name: "who", label: &desk.t("dossiers-who"), hint: Some(&desk.t("dossiers-who-hint")), value: asked,
                class: Some("big"), required: true, ..Field::default() }))
            @if let Some(on) = on { input type="hidden" name="after" value=(on); }
            div { button.act { (desk.t(if on.is_some() { "dossiers-go-on" } else { "dossiers-find" })) } }
        }
    }
}

/// Members as rows, each with a word that tells it from the others.
async fn rows(desk: &Desk<App>, all: &[Member]) -> Result<Markup, Problem> {
    let mut told = Vec::with_capacity(all.len());
    for member in all {
        let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
        let names = members::store::identifiers(db, tenant, member.id).await?;
        let names: Vec<String> = names.into_iter().take(3).map(|name| name.value).collect();
        told.push((member, names.join(" · ")));
    }
    Ok(html! {
        ul.rows {
            @for (member, names) in &told {
                li { a.row href=(format!("/console/members/{}", member.id)) {
                    span.what { (name_of(desk, member)) }
                    span.effect { @if member.status != MemberStatus::Active { span.tag { (desk.say("dossiers-status", Args::new().text("status", member.status.name()))) } } }
                    span.when { (names) }
                } }
            }
        }
    })
}

/// What a member is called: the names among the attributes, else a word for somebody without.
pub(super) fn name_of(desk: &Desk<App>, member: &Member) -> String {
    let word = |key: &str| member.attributes.get(key).and_then(serde_json::Value::as_str);
    let all = ["company_name", "name", "given_name", "family_name", "surname"];
    let words: Vec<&str> = all.into_iter().filter_map(word).collect();
    if words.is_empty() { desk.t("dossiers-nameless") } else { words.join(" ") }
}

pub(super) async fn search(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let asked = fields.get("who");
    let after = fields.get("after").parse::<MemberId>().ok();
    let mut found = BTreeSet::new();
    if after.is_none() {
        found = by_number(&desk, asked).await?;
    }
    let mut stopped = None;
    if found.is_empty() {
        (found, stopped) = by_name(&desk, asked, after).await?;
    }
    if let (1, None, Some(only)) = (found.len(), stopped, found.first()) {
        return Ok(see(&format!("/console/members/{only}")));
    }
    let mut all = Vec::new();
    for id in found {
        all.extend(members::store::by_id(&desk.scope.app.db, desk.scope.tenant, id).await?);
    }
    let title = desk.t("web-desk-members");
    let main = html! {
        div.head { h1 { (title) } }
        (search_form(&desk, asked, None))
        section.part {
            h2 { (desk.say("dossiers-found", Args::new().text("n", desk.number(all.len())).count("count", i64::try_from(all.len()).unwrap_or(0)))) }
            @if all.is_empty() && stopped.is_none() { p.empty { (desk.t("dossiers-nobody")) } }
            (rows(&desk, &all).await?)
            @if stopped.is_some() { p.quiet { (desk.t("dossiers-stopped")) } (search_again(&desk, asked, stopped)) }
        }
    };
    Ok(shell::console(&desk, &title, &main))
}

/// Goes on behind the last member that was looked at.
fn search_again(desk: &Desk<App>, asked: &str, on: Option<MemberId>) -> Markup {
    html! {
        form method="post" action="/console/members" {
            (ui::token(&desk.token))
            input type="hidden" name="who" value=(asked);
            @if let Some(on) = on { input type="hidden" name="after" value=(on); }
            div { button.act.second.slim { (desk.t("dossiers-go-on")) } }
        }
    }
}

/// Whoever has this as an id, an address, a phone, a card, or a number of any source.
async fn by_number(desk: &Desk<App>, asked: &str) -> Result<BTreeSet<MemberId>, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let mut schemes: BTreeSet<String> =
        [EMAIL, PHONE, CARD, EXTERNAL].into_iter().map(str::to_owned).collect();
    for project in projects::page(db, tenant, i64::MAX, PROJECTS).await? {
        schemes.extend(project.document.sources.iter().map(|source| source.scheme().to_owned()));
    }
    let mut names: Vec<String> =
        schemes.iter().map(|scheme| format!("ext:{scheme}:{asked}")).collect();
    if asked.parse::<MemberId>().is_ok() {
        names.push(asked.to_owned());
    }
    let mut found = BTreeSet::new();
    for name in names {
        match members::resolve(&desk.scope, &name).await {
            Ok(member) => drop(found.insert(member.id)),
            Err(problem) if problem.status < 500 => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(found)
}

/// Members whose attributes hold every word, accents and capitals aside; and behind whom to go on, when it took too long
/// or there are more than fit.
async fn by_name(
    desk: &Desk<App>,
    asked: &str,
    after: Option<MemberId>,
) -> Result<(BTreeSet<MemberId>, Option<MemberId>), Problem> {
    let wanted = fold(asked);
    let words: Vec<&str> = wanted.split_whitespace().collect();
    let mut found = BTreeSet::new();
    let mut last = after.unwrap_or(MemberId(i64::MIN));
    if words.is_empty() {
        return Ok((found, None));
    }
    let begun = started();
    loop {
        let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
        let page = members::store::with_attributes(db, tenant, last, READ).await?;
        let full = page.len() >= usize::try_from(READ).unwrap_or(usize::MAX);
        for (id, attributes) in page {
            last = id;
            let folded = fold(&values(&attributes));
            if words.iter().all(|word| folded.contains(word)) {
                found.insert(id);
                if found.len() >= SHOWN {
                    return Ok((found, Some(last)));
                }
            }
        }
        if !full {
            return Ok((found, None));
        }
        if begun.elapsed() > PATIENCE {
            return Ok((found, Some(last)));
        }
    }
}

/// What a member's attributes say, without what they are called.
fn values(attributes: &str) -> String {
    let all: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(attributes).unwrap_or_default();
    let texts =
        all.values().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(" ")
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long a search may take is no business of a test's clock"
)]
fn started() -> Instant {
    Instant::now()
}
