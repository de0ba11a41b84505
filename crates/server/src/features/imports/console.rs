//! Imports at the desk: a file with its mapping is tried or brought in, its progress is watched, and what was refused is
//! listed at the error desk.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::get;
use lazo_domain::ids::ImportId;
use lazo_domain::time::Timestamp;
use maud::{Markup, html};
use serde_json::json;

use super::dry_run_members;
use super::mapping::{Mapping, RowKind};
use super::run::{Importer, Report, dry_run};
use super::store::{self, ImportRun, RunState};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::programs;
use crate::features::tenants::{self, Tenant};
use crate::http::{Asked, Page, PageQuery, PathId, Problem, Role};
use crate::i18n::Args;
use crate::places::{Kind, Place};
use crate::scratch::Scratch;
use crate::secrets::Secret;
use crate::web::ui;
use crate::web::upload::Upload;
use crate::web::{Desk, Fields, PageRow, Who, see, shell};

const BASE: &str = "/console/imports";
const ADMIN: &[Role] = &[Role::Admin];
/// The largest file, in octets.
const MOST: u64 = 512 * 1024 * 1024;
/// The largest mapping, in octets.
const MOST_MAPPING: u64 = 256 * 1024;
const BODY: usize = 513 * 1024 * 1024;
/// How long a page waits before it shows how far an import is.
const WAITS: Duration = Duration::from_secs(3);

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/imports", Who::Staff(ADMIN)),
    PageRow::console("/imports", Who::Staff(ADMIN)).sent(),
    PageRow::console("/imports/{import}", Who::Staff(ADMIN)),
    PageRow::console("/imports/{import}", Who::Staff(ADMIN)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/imports", get(list).post(bring).layer(DefaultBodyLimit::max(BODY)))
        .route("/imports/{import}", get(one).post(undo))
}

async fn list(desk: Desk<App>, Asked(query): Asked<PageQuery>) -> Result<Response, Problem> {
    list_page(&desk, query, None, None).await
}

async fn list_page(
    desk: &Desk<App>,
    query: PageQuery,
    wrong: Option<&str>,
    tried: Option<&Report>,
) -> Result<Response, Problem> {
    let wish = query.window::<i64>("imports")?;
    let before = ImportId(wish.after.unwrap_or(i64::MAX));
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let found = store::page(&desk.scope.app.db, desk.scope.tenant, before, limit).await?;
    let page = Page::of("imports", wish.limit, found, |run| run.id.0, |run| run);
    let title = desk.t("web-desk-imports");
    let runs = page.items.iter().any(|run| run.state == RunState::Running);
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("imports-lead")) } }
        @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
        @if let Some(tried) = tried { (told(desk, tried)) }
        @if page.items.is_empty() { p.empty { (desk.t("imports-none")) } }
        ul.rows data-refresh=[runs.then_some("3")] {
            @for run in &page.items {
                li { a.row href=(format!("{BASE}/{}", run.id)) {
                    span.what { (run.file_name) }
                    span.effect { (state(desk, run)) }
                    span.when { (desk.moment(run.started_at)) " · " (desk.say("imports-done", Args::new().text("n", desk.number(run.checkpoint)))) }
                } }
            }
        }
        (ui::next_page(BASE, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        section.panel.slim {
            h2 { (desk.t("imports-new")) }
            form method="post" action=(BASE) enctype="multipart/form-data" {
                (ui::token(&desk.token))
                (file(desk, "file", "imports-file", ".csv,.tsv,.json,.jsonl,.xlsx,.ods,.parquet,.gz"))
                (file(desk, "mapping", "imports-mapping", ".toml"))
                div.acts {
                    button.act name="how" value="try" { (desk.t("imports-try")) }
                    button.act.second name="how" value="bring" { (desk.t("imports-bring")) }
                }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

fn file(desk: &Desk<App>, name: &str, key: &str, accept: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (desk.t(key)) }
            p.hint id=(format!("{name}-hint")) { (desk.t(if name == "file" { "imports-file-hint" } else { "imports-mapping-hint" })) }
            input type="file" id=(name) name=(name) required accept=(accept) aria-describedby=(format!("{name}-hint"));
        }
    }
}

fn state(desk: &Desk<App>, run: &ImportRun) -> Markup {
    let name = run.state.name();
    html! {
        span.tag.live[run.state == RunState::Finished].draft[run.state == RunState::Running] {
            (desk.say("imports-state", Args::new().text("state", name)))
        }
    }
}

/// What a file would do, or did.
fn told(desk: &Desk<App>, report: &Report) -> Markup {
    let counts = &report.counts;
    html! {
        div.note.good role="status" {
            p { b { (desk.t("imports-tried")) } }
            (figures(desk, counts))
            (findings(desk, counts))
        }
    }
}

fn figures(desk: &Desk<App>, counts: &store::Counts) -> Markup {
    html! {
        dl.figures {
            @for (key, number) in [("imports-rows", counts.rows), ("imports-purchases", counts.purchases), ("imports-returns", counts.returns),
                ("imports-enrolled", counts.enrolled), ("imports-known", counts.known), ("imports-replayed", counts.replayed)] {
                @if number > 0 || key == "imports-rows" { div { dt { (desk.t(key)) } dd { (desk.number(number)) } } }
            }
        }
    }
}

fn findings(desk: &Desk<App>, counts: &store::Counts) -> Markup {
    html! {
        @if !counts.findings.is_empty() {
            ul.dots { @for (code, count) in &counts.findings { li { code { (code) } ": " (desk.number(*count)) } } }
        }
    }
}

/// Takes file and mapping in, and tries them or brings them in.
async fn bring(desk: Desk<App>, upload: Upload) -> Result<Response, Problem> {
    let app = &desk.scope.app;
    // One file of a client at a time, from its first octet on.
    let place = app.places.take(desk.scope.tenant, Kind::Files).await?;
    let drawn = Secret::draw("", app.entropy.as_ref()).text;
    let nowhere = |error: std::io::Error| {
        tracing::error!(%error, "an import has no folder");
        Problem::unavailable()
    };
    // Whatever ends this ends the folder: an error, the run's end, a sender who goes away.
    let scratch = Scratch::below(&app.data_dir.join(super::FOLDER), &drawn).map_err(nowhere)?;
    let received = upload.receive(scratch.path(), MOST).await?;
    let how = received.fields.get("how").cloned().unwrap_or_default();
    let both = received.files.get("file").zip(received.files.get("mapping"));
    let done = match both {
        None => Err(desk.t("imports-both")),
        Some((_, mapping)) if mapping.bytes > MOST_MAPPING => Err(desk.t("imports-both")),
        Some((file, mapping)) => {
            // The run is known by the name that its sender gave the file, which is alone where it lies.
            let named = scratch.path().join("named");
            std::fs::create_dir(&named).map_err(nowhere)?;
            let plain = Some(file.name.trim_start_matches('.')).filter(|name| !name.is_empty());
            let named = named.join(plain.unwrap_or("file"));
            std::fs::rename(&file.path, &named).map_err(nowhere)?;
            let brings = how == "bring";
            carried_out(&desk, named, &mapping.path.clone(), brings, (scratch, place)).await?
        }
    };
    match done {
        Ok(None) => Ok(see(BASE)),
        Ok(Some(report)) => list_page(&desk, PageQuery::default(), None, Some(&report)).await,
        Err(why) => list_page(&desk, PageQuery::default(), Some(&why), None).await,
    }
}

/// A report when it was only tried, nothing when it is on its way, or why not.
async fn carried_out(
    desk: &Desk<App>,
    file: PathBuf,
    mapping: &FilePath,
    posts: bool,
    (scratch, place): (Scratch, Place),
) -> Result<Result<Option<Report>, String>, Problem> {
    let (scope, app) = (&desk.scope, desk.scope.app.clone());
    let text = std::fs::read_to_string(mapping).unwrap_or_default();
    let mapping = match Mapping::parse("mapping.toml", &text) {
        Ok(mapping) => mapping,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if mapping.kind.is_extract() {
        return Ok(Err(desk.t("imports-extract")));
    }
    let tenant = tenants::store::by_id(&app.db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let program = programs::store::by_code(&app.db, scope.tenant, &mapping.program).await?;
    let Some(program) = program else {
        let args = Args::new().text("program", &mapping.program);
        return Ok(Err(desk.say("imports-no-program", args)));
    };
    let errors = scratch.path().join("errors.csv");
    if !posts {
        let now = scope.now;
        let tried = tokio::task::spawn_blocking(move || {
            let (_place, _scratch) = (place, scratch);
            tried(&file, &mapping, &tenant, &errors, now)
        });
        let tried = tried.await.map_err(|_| Problem::unavailable())?;
        return Ok(tried.map(Some).map_err(|error| error.to_string()));
    }
    let mut tx = app.db.begin().await?;
    let detail = json!({ "kind": mapping.kind.name(), "mapping": mapping.hash() });
    audit::record(&mut tx, &Deed::of(scope, "import.begun", program.id, detail)).await?;
    tx.commit().await?;
    let importer = Importer { app, tenant, program: program.id };
    let task = tokio::spawn(async move {
        // The refused rows are in the database; the files hold personal data and go.
        let (_place, _scratch) = (place, scratch);
        let mapping = Arc::new(mapping);
        let unseen = |_: &super::Status| {};
        let done = match mapping.kind {
            RowKind::Purchases => importer.purchases(&file, mapping, &errors, &unseen).await,
            _ => importer.members(&file, mapping, &errors, &unseen).await,
        };
        done.map(drop).map_err(|error| error.to_string())
    });
    match tokio::time::timeout(WAITS, task).await {
        Ok(Ok(Err(why))) => Ok(Err(why)),
        _ => Ok(Ok(None)),
    }
}

fn tried(
    file: &FilePath,
    mapping: &Mapping,
    tenant: &Tenant,
    errors: &FilePath,
    now: Timestamp,
) -> Result<Report, super::ImportError> {
    match mapping.kind {
        RowKind::Purchases => dry_run(file, mapping, errors),
        _ => dry_run_members(file, mapping, &tenant.config.member_attributes, errors, now),
    }
}

/// One run: how far it is, what came of it, and the rows that the ledger refused.
async fn one(
    desk: Desk<App>,
    PathId(id): PathId<ImportId>,
    Asked(query): Asked<PageQuery>,
) -> Result<Response, Problem> {
    let (db, tenant) = (&desk.scope.app.db, desk.scope.tenant);
    let run = store::by_id(db, tenant, id).await?.ok_or_else(|| Problem::not_found("not_found"))?;
    let wish = query.window::<i64>("import-refusals")?;
    let after = wish.after.unwrap_or(-1);
    let limit = i64::try_from(wish.limit).unwrap_or(1) + 1;
    let refused = store::refusals(db, id, after, limit).await?;
    let page = Page::of("import-refusals", wish.limit, refused, |one| one.place, |one| one);
    let heads = ["imports-row", "imports-code", "imports-treatment", "imports-why"];
    let heads = heads.map(|key| desk.t(key));
    let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
    let rows = html! {
        @for one in &page.items {
            tr { th scope="row" { (desk.number(one.line)) } td { code { (one.code) } } td { (one.treatment) } td { (one.reason) } }
        }
    };
    let own = format!("{BASE}/{id}");
    let running = matches!(run.state, RunState::Running | RunState::Undoing);
    let main = html! {
        div.head {
            p { a href=(BASE) { (desk.t("web-desk-imports")) } }
            h1.long { (run.file_name) }
            p { (state(&desk, &run)) " " span.quiet { (desk.moment(run.started_at)) @if let Some(at) = run.finished_at { " – " (desk.moment(at)) } } }
        }
        div data-refresh=[running.then_some("3")] {
            (figures(&desk, &run.counts))
            p.quiet { (desk.say("imports-done", Args::new().text("n", desk.number(run.checkpoint)))) " · " (run.source) " · " code { (run.file_hash.get(..12).unwrap_or_default()) } }
        }
        section.part {
            h2 { (desk.t("imports-desk")) }
            (findings(&desk, &run.counts))
            @if page.items.is_empty() { p.empty { (desk.t("imports-clean")) } } @else { (ui::table(&desk.t("imports-desk"), &heads, &rows)) }
            (ui::next_page(&own, &desk.t("web-desk-more"), page.cursor.next.as_deref()))
        }
        @if run.state == RunState::Finished {
            details {
                summary { (desk.t("imports-undo")) }
                p.quiet { (desk.t("imports-undo-lead")) }
                form method="post" action=(own) { (ui::token(&desk.token)) div { button.act.danger.slim { (desk.t("imports-undo-do")) } } }
            }
        }
    };
    Ok(shell::console(&desk, &run.file_name, &main))
}

/// Reverses everything that a run posted.
async fn undo(
    desk: Desk<App>,
    PathId(id): PathId<ImportId>,
    _: Fields,
) -> Result<Response, Problem> {
    let (scope, app) = (&desk.scope, desk.scope.app.clone());
    let run = store::by_id(&app.db, scope.tenant, id).await?;
    let run = run.filter(|run| run.state == RunState::Finished);
    let run = run.ok_or_else(|| Problem::not_found("not_found"))?;
    let tenant = tenants::store::by_id(&app.db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let place = app.places.take(scope.tenant, Kind::Files).await?;
    let mut tx = app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "import.undone", id, json!({}))).await?;
    tx.commit().await?;
    let importer = Importer { app, tenant, program: run.program };
    let task = tokio::spawn(async move {
        let _place = place;
        if let Err(error) = importer.undo(run, &|_| {}).await {
            tracing::error!(%error, "an import is undone in part; undoing it again goes on");
        }
    });
    let _ = tokio::time::timeout(WAITS, task).await;
    Ok(see(&format!("{BASE}/{id}")))
}
