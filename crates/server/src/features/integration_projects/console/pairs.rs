//! The review desk: two people side by side, field by field, with what speaks for and against their being one.

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::merging::SourceKey;
use maud::{Markup, html};

use super::super::api::views::ListQuery;
use super::super::api::{PEOPLE, acts};
use super::super::matching::name;
use super::super::store::accounts::{self, Person};
use super::super::store::links::{self, Link};
use super::super::store::projects::Project;
use super::{below, open, refusal};
use crate::App;
use crate::features::members::{EMAIL, PHONE};
use crate::http::{Asked, Page, PathId, Payload, Problem, window};
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

/// Pairs on a page: each takes a screen's half.
const PAIRS: u32 = 10;
/// Bits of evidence that fill a bar.
const FULL_BITS: i64 = 100;

pub(super) async fn pairs(
    desk: Desk<App>,
    Path(project): Path<String>,
    Asked(query): Asked<ListQuery>,
) -> Result<Response, Problem> {
    page(&desk, &project, &query, None).await
}

async fn page(
    desk: &Desk<App>,
    path: &str,
    query: &ListQuery,
    wrong: Option<String>,
) -> Result<Response, Problem> {
    let (_, project) = open(desk, path).await?;
    let all = query.only.as_deref() == Some("all");
    let list = "integration-links";
    let wish = window::<[String; 4]>(list, Some(PAIRS), query.cursor.as_deref())?;
    let [a, b, c, d] = wish.after.clone().unwrap_or_default();
    let after = (SourceKey::new(&a, &b), SourceKey::new(&c, &d));
    let limit = i64::from(PAIRS) + 1;
    let db = &desk.scope.app.db;
    let found = links::page(db, &project, &after, !all, limit).await?;
    let key = |link: &Link| {
        [&link.left.source, &link.left.member, &link.right.source, &link.right.member]
            .map(Clone::clone)
    };
    let page = Page::of(list, wish.limit, found, key, |link| link);
    let mut shown = Vec::new();
    for link in &page.items {
        let left = accounts::person_of(db, &project, &link.left).await?;
        let right = accounts::person_of(db, &project, &link.right).await?;
        shown.push(pair(desk, &project, link, (left.as_ref(), right.as_ref())));
    }
    let title = desk.t("merges-pairs");
    let own = below(&project, "/pairs");
    let main = html! {
        div.head {
            p { a href=(below(&project, "")) { (project.document.code) } }
            h1 { (title) }
            p.quiet { (desk.t("merges-pairs-lead")) }
        }
        @if let Some(wrong) = &wrong { (ui::note("bad", wrong)) }
        ul.filters {
            li { a href=(own) aria-current=[(!all).then_some("true")] { (desk.t("merges-pairs-open")) } }
            li { a href=(format!("{own}?only=all")) aria-current=[all.then_some("true")] { (desk.t("merges-pairs-all")) } }
        }
        @if shown.is_empty() { p.empty { (desk.t(if all { "merges-pairs-none" } else { "merges-pairs-done" })) } }
        @for one in &shown { (one) }
        (ui::next_page(&if all { format!("{own}?only=all") } else { own.clone() }, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(desk, &title, &main))
}

fn pair(
    desk: &Desk<App>,
    project: &Project,
    link: &Link,
    (left, right): (Option<&Person>, Option<&Person>),
) -> Markup {
    let value = |person: Option<&Person>, field: &str| {
        person.and_then(|person| person.fields.get(field)).cloned().unwrap_or_default()
    };
    let mut fields: Vec<&String> =
        [left, right].into_iter().flatten().flat_map(|person| person.fields.keys()).collect();
    fields.sort();
    fields.dedup();
    // Whether two addresses are one is told by the row; the address itself is for those who write to people.
    let whole = PEOPLE.iter().any(|role| desk.scope.is(*role));
    let heading = format!("{} · {}", name(&link.left), name(&link.right));
    let percent = link.probability / 10_000;
    html! {
        article.panel.pair aria-label=(heading) {
            header {
                h2 { (desk.say("merges-pair-sure", Args::new().text("percent", desk.number(percent)))) }
                @if let Some(decision) = &link.decision {
                    span.tag.draft[decision.starts_with("waits:")] { (desk.say("merges-decision", Args::new().text("decision", decision.split(':').next().unwrap_or_default()))) }
                }
            }
            div.scroll tabindex="0" role="region" aria-label=(heading) {
                table {
                    caption.unseen { (heading) }
                    thead { tr { td {} th scope="col" { (name(&link.left)) } th scope="col" { (name(&link.right)) } } }
                    tbody {
                        @for field in &fields {
                            @let (one, other) = (value(left, field), value(right, field));
                            tr.same[!one.is_empty() && one == other] {
                                th scope="row" { (desk.say("merges-field", Args::new().text("field", field.as_str()))) }
                                @for side in [&one, &other] { td { @if whole { (side) } @else { (masked(field, side)) } } }
                            }
                        }
                    }
                }
            }
            @let reasons = reasons(&link.reasons);
            @if !reasons.is_empty() {
                div.evidence {
                    h3 { (desk.t("merges-evidence")) }
                    ul { @for (what, tenths) in &reasons { (evidence(desk, what, *tenths)) } }
                }
            }
            form.acts method="post" action=(below(project, "/pairs")) {
                (ui::token(&desk.token))
                input type="hidden" name="left" value=(name(&link.left));
                input type="hidden" name="right" value=(name(&link.right));
                button.act.slim name="decision" value="merge" { (desk.t("merges-same")) }
                button.act.second.slim name="decision" value="not_same" { (desk.t("merges-different")) }
                button.act.second.slim name="decision" value="need_info" { (desk.t("merges-later")) }
            }
        }
    }
}

/// An address as somebody sees it who writes to nobody: enough to compare, too little to use.
fn masked(field: &str, value: &str) -> String {
    let first = |text: &str| text.chars().next().map_or(String::new(), |c| format!("{c}…"));
    match field {
        EMAIL => match value.split_once('@') {
            Some((own, domain)) => format!("{}@{domain}", first(own)),
            None => first(value),
        },
        PHONE if value.is_empty() => String::new(),
        PHONE => {
            let digits: Vec<char> = value.chars().filter(char::is_ascii_digit).collect();
            format!("…{}", digits[digits.len().saturating_sub(3)..].iter().collect::<String>())
        }
        _ => value.to_owned(),
    }
}

/// What each field says, with its weight in tenths of a bit.
fn reasons(text: &str) -> Vec<(String, i64)> {
    let one = |part: &str| {
        let (what, bits) = part.trim().rsplit_once(' ')?;
        let (whole, tenth) = bits.trim_start_matches(['+', '-']).split_once('.')?;
        let size = whole.parse::<i64>().ok()?.checked_mul(10)?.checked_add(tenth.parse().ok()?)?;
        Some((what.to_owned(), if bits.starts_with('-') { -size } else { size }))
    };
    text.split(", ").filter_map(one).collect()
}

/// One field's say as a bar: for to the right, against to the left.
fn evidence(desk: &Desk<App>, what: &str, tenths: i64) -> Markup {
    let width = (tenths.abs() * 100 / FULL_BITS).clamp(2, 100) / 2;
    let left = if tenths < 0 { 50 - width } else { 50 };
    let code = what.replace(' ', "-");
    html! {
        li {
            span { (desk.say("merges-reason", Args::new().text("code", code).text("words", what))) }
            svg.lean.against[tenths < 0] viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
                rect x="0" width="100" height="8" {}
                rect x=(left) width=(width) height="8" {}
            }
            span.quiet.small { (desk.t(if tenths < 0 { "merges-against" } else { "merges-for" })) }
        }
    }
}

pub(super) async fn decide(
    desk: Desk<App>,
    Path(project): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let decision = acts::LinkDecision {
        left: fields.get("left").to_owned(),
        right: fields.get("right").to_owned(),
        decision: fields.get("decision").to_owned(),
    };
    let done =
        acts::decide_link(desk.scope.clone(), PathId(project.clone()), Payload(decision)).await;
    match done {
        Ok(_) => Ok(see(&format!("{}/{project}/pairs", super::BASE))),
        Err(problem) => {
            let wrong = Some(refusal(&desk, problem)?);
            page(&desk, &project, &ListQuery::default(), wrong).await
        }
    }
}
