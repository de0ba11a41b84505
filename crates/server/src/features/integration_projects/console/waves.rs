//! A wave at the desk: run, reconciled against the ledger, signed by somebody else, and every line down to members.

use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use lazo_domain::merging::SourceKey;
use maud::{Markup, html};

use super::super::api::views::{LineQuery, bare, number};
use super::super::api::{TELL, WORK, acts};
use super::super::reconcile::{Behind, ControlReport, LineName, Names, SignerRole};
use super::super::store::projects::Project;
use super::super::store::waves::{self, Wave};
use super::{below, open, refusal};
use crate::App;
use crate::http::{Asked, Page, Payload, Problem, Role, window};
use crate::i18n::{Args, Locale};
use crate::web::{Desk, Fields, see, shell, ui};

/// Project and wave of a path.
type Named = Path<(String, String)>;

pub(super) async fn wave(desk: Desk<App>, Path(path): Named) -> Result<Response, Problem> {
    page(&desk, &path, None).await
}

async fn page(
    desk: &Desk<App>,
    (path, wanted): &(String, String),
    wrong: Option<String>,
) -> Result<Response, Problem> {
    let (bench, project) = open(desk, path).await?;
    let wanted = number(wanted)?;
    let all = waves::all(&desk.scope.app.db, &project).await?;
    let wave = all.into_iter().find(|wave| wave.wave == wanted);
    let wave = wave.ok_or_else(|| Problem::not_found("not_found"))?;
    let status = bench.status(&project).await.map_err(bare)?;
    let posted = status.waves.iter().find(|one| one.wave == wanted).map_or(0, |one| one.posted);
    let report = match wave.report {
        Some(_) => Some(bench.control_report(&project, wanted).await.map_err(bare)?),
        None => None,
    };
    let title = desk.say(
        "merges-wave",
        Args::new().text("number", wave.wave.to_string()).text("name", &wave.name),
    );
    let main = html! {
        div.head {
            p { a href=(below(&project, "")) { (project.document.code) } }
            h1 { (title) }
            p { span.tag.live[wave.state == "signed"].bad[wave.state == "stopped"] { (desk.say("merges-wave-state", Args::new().text("state", &wave.state))) } }
        }
        @if let Some(wrong) = &wrong { (ui::note("bad", wrong)) }
        (gauges(desk, &wave, posted))
        (acts_of(desk, &project, &wave))
        @if let Some(report) = &report { (control(desk, &project, &wave, report)) }
    };
    Ok(shell::console(desk, &title, &main))
}

/// What one reads across a room: how far, how many were refused, does it agree, who ran and who signed.
fn gauges(desk: &Desk<App>, wave: &Wave, posted: i64) -> Markup {
    html! {
        dl.kpis data-refresh=[(wave.state == "running").then_some("3")] {
            div { dt { (desk.t("merges-posted")) } dd { (desk.number(posted)) small { (desk.say("merges-of", Args::new().text("n", desk.number(wave.members)))) } } (ui::bar(posted, wave.members)) }
            div { dt { (desk.t("merges-refused-title")) } dd { (desk.number(wave.refused)) } }
            div { dt { (desk.t("merges-agrees")) } dd { (desk.t(if wave.report.is_none() { "merges-open" } else if wave.agrees { "merges-yes" } else { "merges-no" })) @if let Some(at) = wave.reconciled_at { small { (desk.moment(at)) } } } }
            div { dt { (desk.t("merges-signed")) }
                dd { (desk.number(count(wave.signatures.len()))) small { (desk.say("merges-of", Args::new().text("n", desk.number(count(SignerRole::ALL.len()))))) } }
                @for signature in &wave.signatures { dd.small.quiet { (signer(desk, &signature.role)) " · " (desk.moment(signature.at)) } }
            }
        }
    }
}

fn acts_of(desk: &Desk<App>, project: &Project, wave: &Wave) -> Markup {
    let is = |roles: &[Role]| roles.iter().any(|role| desk.scope.is(*role));
    let own = below(project, &format!("/waves/{}", wave.wave));
    let ran = wave.runners.contains(desk.scope.actor());
    let sign_as = |role: SignerRole| {
        html! {
            form.inline method="post" action=(format!("{own}/sign")) {
                (ui::token(&desk.token))
                input type="hidden" name="sha256" value=(wave.report_hash.as_deref().unwrap_or_default());
                input type="hidden" name="role" value=(role.name());
                button.act { (desk.say("merges-sign-as", Args::new().text("role", signer(desk, role.name())))) }
            }
        }
    };
    let form = |act: &str, main: bool| {
        html! {
            form.inline method="post" action=(format!("{own}/{act}")) {
                (ui::token(&desk.token))
                button.act.second[!main] { (desk.say("merges-wave-act", Args::new().text("act", act))) }
            }
        }
    };
    html! {
        div.acts {
            @match wave.state.as_str() {
                "planned" | "running" | "stopped" | "rolled_back" if is(WORK) => (form("run", true)),
                "posted" if is(TELL) => (form("reconcile", true)),
                "reconciled" => {
                    @let open = signs(desk, wave);
                    @if ran || open.is_empty() { p.quiet { (desk.t(if ran { "merges-ran" } else { "merges-sign-other" })) } }
                    @else { @for role in open { (sign_as(role)) } }
                    @if is(TELL) { (form("reconcile", false)) }
                }
                _ => {}
            }
            @if wave.report.is_some() {
                @if cfg!(feature = "pdf") { a.act.second href=(format!("{own}/report")) { (desk.t("merges-pdf")) } }
            }
        }
    }
}

/// In which roles whoever is at the desk may still sign: each role signs once, and nobody in both.
fn signs(desk: &Desk<App>, wave: &Wave) -> Vec<SignerRole> {
    let signed = |role: SignerRole| wave.signatures.iter().any(|one| one.role == role.name());
    let own = |role: SignerRole| desk.scope.is(role.who()) || desk.scope.is(Role::Admin);
    if wave.signatures.iter().any(|one| one.by == desk.scope.actor()) {
        return Vec::new();
    }
    SignerRole::ALL
        .into_iter()
        .map(|(role, _)| role)
        .filter(|role| own(*role) && !signed(*role))
        .collect()
}

fn signer(desk: &Desk<App>, role: &str) -> String {
    desk.say("merges-signer", Args::new().text("role", role))
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

/// The control report; every line opens down to its members.
fn control(desk: &Desk<App>, project: &Project, wave: &Wave, report: &ControlReport) -> Markup {
    let heads = report.headings(desk.locale);
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let own = below(project, &format!("/waves/{}/members", wave.wave));
    let rows = html! {
        @for line in report.explained(desk.locale) {
            @let [expected, actual, difference] = line.amounts(desk.locale);
            @let [source, subject] = line.place(desk.locale, &project.document.names);
            tr.differs[line.expected != line.actual] {
                th scope="row" {
                    a href=(format!("{own}?code={}&source={}&subject={}", line.code, line.source, line.subject)) {
                        (line.name(desk.locale))
                    }
                }
                td { (source) } td { (subject) }
                td.n { (expected) } td.n { (actual) } td.n { (difference) }
                td.quiet { (line.explanation) }
            }
        }
    };
    html! {
        section.part {
            h2 { (report.title(desk.locale)) }
            p.quiet.long-words { (report.summary(desk.locale)) }
            (ui::table(&report.title(desk.locale), &heads, &rows))
            @for difference in &report.differences { p.wrong { (difference) } }
            @for named in &report.not_posted_members { p.wrong { (named) } }
            p.quiet.small { "SHA-256 " code { (wave.report_hash.as_deref().unwrap_or_default()) } }
        }
    }
}

pub(super) async fn report(
    desk: Desk<App>,
    Path((path, wave)): Named,
) -> Result<Response, Problem> {
    let (bench, project) = open(&desk, &path).await?;
    let report = bench.control_report(&project, number(&wave)?).await.map_err(bare)?;
    Ok(paper(&report, desk.locale, &project.document.names))
}

#[cfg(feature = "pdf")]
fn paper(report: &ControlReport, locale: Locale, names: &Names) -> Response {
    ([(CONTENT_TYPE, "application/pdf")], report.pdf(locale, names)).into_response()
}

#[cfg(not(feature = "pdf"))]
fn paper(report: &ControlReport, _: Locale, _: &Names) -> Response {
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], report.csv()).into_response()
}

pub(super) async fn run(
    desk: Desk<App>,
    Path(path): Named,
    _: Fields,
) -> Result<Response, Problem> {
    let done = acts::run_wave(desk.scope.clone(), Path(path.clone())).await;
    told(&desk, &path, done.map(drop)).await
}

pub(super) async fn reconcile(
    desk: Desk<App>,
    Path(path): Named,
    _: Fields,
) -> Result<Response, Problem> {
    let done = acts::reconcile_wave(desk.scope.clone(), Path(path.clone())).await;
    told(&desk, &path, done.map(drop)).await
}

pub(super) async fn sign(
    desk: Desk<App>,
    Path(path): Named,
    fields: Fields,
) -> Result<Response, Problem> {
    let [sha256, role] = ["sha256", "role"].map(|name| fields.get(name).to_owned());
    let signature = acts::Signature { sha256, role };
    let done = acts::sign_wave(desk.scope.clone(), Path(path.clone()), Payload(signature)).await;
    told(&desk, &path, done.map(drop)).await
}

async fn told(
    desk: &Desk<App>,
    path: &(String, String),
    done: Result<(), Problem>,
) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(see(&format!("{}/{}/waves/{}", super::BASE, path.0, path.1))),
        Err(problem) => page(desk, path, Some(refusal(desk, problem)?)).await,
    }
}

/// The members behind a line of the report, with their lots and openings.
pub(super) async fn members(
    desk: Desk<App>,
    Path((path, wave)): Named,
    Asked(query): Asked<LineQuery>,
) -> Result<Response, Problem> {
    let (bench, project) = open(&desk, &path).await?;
    let list = "integration-line-members";
    let wish = window::<[String; 2]>(list, query.limit, query.cursor.as_deref())?;
    let [source, member] = wish.after.clone().unwrap_or_default();
    let after = SourceKey::new(&source, &member);
    let line = LineName {
        code: query.code.clone(),
        source: query.source.clone(),
        subject: query.subject.clone(),
    };
    let found = bench.behind(&project, number(&wave)?, &line, &after, wish.limit).await;
    let found = found.map_err(bare)?;
    let next = found.next.map(|key| [key.source, key.member]);
    let page = Page::going_on(list, found.members, next.as_ref());
    let own = below(&project, &format!("/waves/{wave}"));
    let filtered = format!(
        "{own}/members?code={}&source={}&subject={}",
        query.code, query.source, query.subject
    );
    let title = desk.say("merges-control", Args::new().text("code", &query.code));
    let main = html! {
        div.head {
            p { a href=(own) { (desk.say("merges-wave", Args::new().text("number", wave.as_str()).text("name", ""))) } }
            h1 { (title) }
            p.quiet { (query.source) " " (query.subject) }
        }
        @if page.items.is_empty() { p.empty { (desk.t(if page.cursor.next.is_some() { "merges-behind-further" } else { "merges-behind-none" })) } }
        @for behind in &page.items { (behind_row(&desk, &project, behind)) }
        (ui::next_page(&filtered, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
    };
    Ok(shell::console(&desk, &title, &main))
}

fn behind_row(desk: &Desk<App>, project: &Project, behind: &Behind) -> Markup {
    let heads = [
        "merges-account",
        "merges-lot",
        "merges-lot-state",
        "merges-had",
        "merges-exact",
        "merges-opens",
    ];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for lot in &behind.lots {
            tr { th scope="row" { code { (lot.account) } } td { code { (lot.lot) } } td { (lot.state) " → " (lot.disposition) }
                td.n { (desk.number(lot.source_points)) } td.n { (lot.exact) } td.n { (desk.number(lot.points)) } }
        }
    };
    html! {
        details.finding {
            summary {
                span { b { (behind.member) } " " span.tag.bad[behind.expected != behind.actual] { (desk.say("merges-member-state", Args::new().text("state", &behind.state))) } }
                span { (behind.actual) @if behind.expected != behind.actual { " " span.quiet { (desk.say("merges-instead", Args::new().text("n", &behind.expected))) } } }
            }
            @if !behind.lots.is_empty() { (ui::table(&behind.member, &heads, &rows)) }
            p.acts {
                a href=(format!("{}?member={}", below(project, "/statement"), behind.member)) { (desk.t("merges-statement")) }
                @if let Some(event) = &behind.event { a href=(format!("/console/movements/{event}")) { (desk.t("merges-entry")) } }
            }
        }
    }
}
