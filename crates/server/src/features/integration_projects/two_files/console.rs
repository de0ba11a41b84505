//! The page with the two files: dropped, corrected, worked out, told, and taken along on paper.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path};
use axum::response::Response;
use axum::routing::{get, post};
use lazo_domain::program::PointKind;
use lazo_domain::rate::Rate;
use maud::{Markup, html};

use super::super::api::WORK;
use super::super::api::views::{bare, bench};
use super::super::state::State;
use super::super::store::projects;
use super::super::store::trials;
use super::make::{self, Target};
use super::paper::written;
use super::report;
use super::shown::result;
use super::{CODE, Side, Trial, folder, guess, octets, read, remove};
use crate::App;
use crate::features::accounts::holdings::in_force;
use crate::features::programs;
use crate::http::Problem;
use crate::i18n::Args;
use crate::places::Kind;
use crate::scratch::Scratch;
use crate::secrets::Secret;
use crate::web::ui::{self, Field};
use crate::web::upload::Upload;
use crate::web::{Desk, Fields, PageRow, Who, download, see, shell};

pub(super) const BASE: &str = "/console/two-files";
/// The largest file, in octets.
const MOST: u64 = 64 * 1024 * 1024;
/// Both files with the texts beside them.
const BODY: usize = 2 * 64 * 1024 * 1024 + 65_536;
/// How many octets the files of one client's trials may have before another one begins.
const MOST_OF_CLIENT: u64 = 512 * 1024 * 1024;
/// How long a page waits for the result before it shows that it is being worked out.
const WAITS: Duration = Duration::from_secs(4);

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/two-files", Who::Staff(WORK)),
    PageRow::console("/two-files", Who::Staff(WORK)).sent(),
    PageRow::console("/two-files/{trial}", Who::Staff(WORK)),
    PageRow::console("/two-files/{trial}", Who::Staff(WORK)).sent(),
    PageRow::console("/two-files/{trial}/report.pdf", Who::Staff(WORK)),
    PageRow::console("/two-files/{trial}/forget", Who::Staff(WORK)).sent(),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/two-files", get(front).post(drop_files).layer(DefaultBodyLimit::max(BODY)))
        .route("/two-files/{trial}", get(trial).post(work_out))
        .route("/two-files/{trial}/report.pdf", get(paper))
        .route("/two-files/{trial}/forget", post(forget))
}

async fn front(desk: Desk<App>) -> Result<Response, Problem> {
    front_page(&desk, None).await
}

async fn front_page(desk: &Desk<App>, wrong: Option<&str>) -> Result<Response, Problem> {
    let target = target(desk).await?;
    let title = desk.t("web-desk-two-files");
    let main = html! {
        div.head { h1 { (desk.t("two-files-title")) } p.lead { (desk.t("two-files-lead")) } }
        @if let Some(wrong) = wrong { (ui::note("bad", wrong)) }
        @if target.is_none() { (ui::note("careful", &desk.t("two-files-no-program"))) } @else {
            form method="post" action=(BASE) enctype="multipart/form-data" {
                (ui::token(&desk.token))
                div.cells.two.even {
                    @for (at, code) in make::CODES.iter().enumerate() {
                        fieldset.panel.drop data-drop {
                            legend.unseen { (desk.say("two-files-program", Args::new().text("place", (at + 1).to_string()))) }
                            h2 aria-hidden="true" { (desk.say("two-files-program", Args::new().text("place", (at + 1).to_string()))) }
                            (ui::field(Field { name: if *code == "a" { "namea" } else { "nameb" }, label: &desk.t("two-files-name"), required: true, ..Field::default() }))
                            (ui::field(Field { name: if *code == "a" { "wortha" } else { "worthb" }, label: &desk.t("two-files-worth"), hint: Some(&desk.t("two-files-worth-hint")),
                                value: "0,01", required: true, keys: Some("decimal"), ..Field::default() }))
                            div.field {
                                label for=(format!("file{code}")) { (desk.t("two-files-file")) }
                                p.hint id=(format!("file{code}-hint")) { (desk.t("two-files-file-hint")) }
                                input type="file" id=(format!("file{code}")) name=(format!("file{code}")) required aria-describedby=(format!("file{code}-hint"))
                                    accept=".csv,.tsv,.txt,.json,.jsonl,.xlsx,.ods,.parquet";
                            }
                        }
                    }
                }
                div { button.act { (desk.t("two-files-look")) } }
                p.quiet { (desk.t("two-files-nothing")) }
            }
        }
    };
    Ok(shell::console(desk, &title, &main))
}

/// What both would become: the tenant's first program and its first points.
async fn target(desk: &Desk<App>) -> Result<Option<Target>, Problem> {
    let all = programs::of(&desk.scope).await?;
    let ids: Vec<_> = all.ids().collect();
    for (program, _) in in_force(&desk.scope, &ids).await? {
        let mut points = program.point_types.values();
        if let Some(points) = points.find(|points| points.kind == PointKind::Redeemable) {
            return Ok(Some(Target {
                program: program.code.clone(),
                points: points.code.clone(),
                worth: points.value_minor.filter(|rate| rate.num() > 0).unwrap_or(Rate::ONE),
            }));
        }
    }
    Ok(None)
}

/// Takes both files in, looks at them, and leads to the page where the columns can be corrected.
async fn drop_files(desk: Desk<App>, upload: Upload) -> Result<Response, Problem> {
    let app = &desk.scope.app;
    // Two files of a client at a time, from their first octet on.
    let _place = app.places.take(desk.scope.tenant, Kind::Files).await?;
    let drawn = Secret::draw("", app.entropy.as_ref()).text;
    let rest: String = drawn.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let code = format!("{CODE}{}", rest.to_ascii_lowercase());
    if octets(app, desk.scope.tenant.0) > MOST_OF_CLIENT {
        return front_page(&desk, Some(&desk.t("two-files-too-many"))).await;
    }
    // Whatever ends this before both files are understood ends the folder.
    let scratch = Scratch::below(&super::root(app), &code).map_err(|error| {
        tracing::error!(%error, "a trial has no folder");
        Problem::unavailable()
    })?;
    match looked_at(&desk, upload, &code).await {
        Ok(()) => {
            scratch.leave();
            Ok(see(&format!("{BASE}/{code}")))
        }
        Err(problem) => {
            drop(scratch);
            match problem.status {
                413 => front_page(&desk, Some(&desk.t("two-files-too-large"))).await,
                403 | 500.. => Err(problem),
                _ => {
                    let why = problem.values.iter().find(|(name, _)| *name == "why");
                    let why = why.map(|(_, why)| why.clone()).unwrap_or_default();
                    let told = desk.say("two-files-unreadable", Args::new().text("why", why));
                    front_page(&desk, Some(&told)).await
                }
            }
        }
    }
}

async fn looked_at(desk: &Desk<App>, upload: Upload, code: &str) -> Result<(), Problem> {
    let app = &desk.scope.app;
    let received = upload.receive(&folder(app, code), MOST).await?;
    let mut sides = Vec::new();
    for which in make::CODES {
        let text = |name: &str| {
            received.fields.get(&format!("{name}{which}")).cloned().unwrap_or_default()
        };
        let missing =
            || Problem::new(409, "merge_refused").with("refusal", "merge_files").with("why", which);
        let sent = received.files.get(&format!("file{which}")).ok_or_else(missing)?;
        let path = sent.path.clone();
        let sample = tokio::task::spawn_blocking(move || read::sample(&path))
            .await
            .map_err(|_| Problem::unavailable())?
            .map_err(bare)?;
        let columns = guess::guess(&sample.names, &sample.rows);
        let values = |field: &str| -> Vec<&str> {
            let at = columns.iter().position(|column| column.field == field);
            let cells =
                at.into_iter().flat_map(|at| sample.rows.iter().filter_map(move |row| row.get(at)));
            cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect()
        };
        let dated = [values("enrolled_at"), values("expires_at")].concat();
        let dates = dated.iter().find_map(|value| guess::date_form(value)).unwrap_or("%Y-%m-%d");
        let (thousands, decimal) = guess::number_form(&values("points"));
        let name = Some(text("name")).filter(|name| !name.is_empty());
        sides.push(Side {
            name: name.unwrap_or_else(|| sent.name.clone()),
            file: sent.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            called: sent.name.clone(),
            worth: worth(&text("worth")).unwrap_or(100),
            rows: sample.count,
            dates: dates.to_owned(),
            thousands: thousands.to_owned(),
            decimal: decimal.to_owned(),
            columns,
        });
    }
    let bytes = received.files.values().map(|file| file.bytes).sum();
    let (tenant, at) = (desk.scope.tenant.0, app.clock.now().0);
    let trial = Trial { tenant, sides, fault: None, running: false, at, bytes };
    trial.save(app, code)
}

/// `0,0075` as hundredths of a minor unit.
fn worth(text: &str) -> Option<i64> {
    let plain = text.replace(',', ".");
    let (whole, fraction) = plain.trim().split_once('.').unwrap_or((plain.trim(), ""));
    let digits: String = fraction.chars().chain("0000".chars()).take(4).collect();
    let number = format!("{whole}{digits}").parse::<i64>().ok()?;
    (number > 0).then_some(number)
}

async fn trial(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let trial = Trial::load(&desk.scope.app, desk.scope.tenant.0, &code)?;
    page(&desk, &code, &trial).await
}

async fn page(desk: &Desk<App>, code: &str, trial: &Trial) -> Result<Response, Problem> {
    let bench = bench(&desk.scope).await?;
    let project = projects::by_code(&bench.app.db, desk.scope.tenant, code).await?;
    let told = match &project {
        Some(project) if project.state == State::Simulated && !trial.running => {
            report::told(&bench, project, trial, desk.locale).await?
        }
        _ => None,
    };
    let title = desk.t("web-desk-two-files");
    let names: Vec<&str> = trial.sides.iter().map(|side| side.name.as_str()).collect();
    let main = html! {
        div.head {
            p { a href=(BASE) { (title) } }
            h1 { (names.join(" + ")) }
        }
        @if let Some(fault) = &trial.fault { (ui::note("bad", fault)) }
        @if trial.running {
            div.panel data-refresh="2" role="status" { h2 { (desk.t("two-files-working")) } p.quiet { (desk.t("two-files-working-lead")) } }
        } @else if let Some(told) = &told { (result(desk, code, trial, told, &bench)) }
        @if !trial.running { (columns(desk, code, trial, told.is_some()).await?) }
    };
    Ok(shell::console(desk, &title, &main))
}

/// What every column holds, to be corrected.
async fn columns(
    desk: &Desk<App>,
    code: &str,
    trial: &Trial,
    again: bool,
) -> Result<Markup, Problem> {
    let target = target(desk).await?;
    let say = |field: &str| desk.say("two-files-field", Args::new().text("field", field));
    let rate = |side: &Side| {
        target.as_ref().map_or(String::new(), |target| make::proposed(side, target).to_string())
    };
    let form = html! {
        form method="post" action=(format!("{BASE}/{code}")) {
            (ui::token(&desk.token))
            div.cells.two.even {
                @for (at, side) in trial.sides.iter().enumerate() {
                    section.part {
                        h2 { (side.name) }
                        p.quiet { (desk.say("two-files-seen", Args::new().text("file", &side.called).text("rows", desk.number(side.rows)))) }
                        @for need in ["member", "points"] {
                            @if !side.columns.iter().any(|column| column.field == need) { p.wrong { (desk.say("two-files-missing", Args::new().text("field", say(need)))) } }
                        }
                        div.scroll tabindex="0" role="region" aria-label=(side.name) {
                            table.list {
                                caption.unseen { (side.name) }
                                thead { tr { th scope="col" { (desk.t("two-files-column")) } th scope="col" { (desk.t("two-files-holds")) } } }
                                tbody { @for (place, column) in side.columns.iter().enumerate() {
                                    @let id = format!("column-{at}-{place}");
                                    tr {
                                        th scope="row" { label for=(id) { (column.name) } div.quiet.small { (column.examples.join(" · ")) } }
                                        td { select id=(id) name=(id) {
                                            @for field in guess::FIELDS { option value=(field) selected[column.field == field] { (say(field)) } }
                                        } }
                                    }
                                } }
                            }
                        }
                        (ui::field(Field { name: if at == 0 { "worth-0" } else { "worth-1" }, label: &desk.t("two-files-worth"), value: &amount(side.worth), required: true, keys: Some("decimal"), ..Field::default() }))
                        (ui::field(Field { name: if at == 0 { "rate-0" } else { "rate-1" }, label: &desk.t("two-files-rate"), hint: Some(&desk.t("two-files-rate-hint")), value: &rate(side), keys: Some("decimal"), ..Field::default() }))
                    }
                }
            }
            div { button.act { (desk.t(if again { "two-files-again" } else { "two-files-work" })) } }
        }
    };
    Ok(if again {
        html! { details.panel { summary { (desk.t("two-files-correct")) } (form) } }
    } else {
        html! { section.panel { h2 { (desk.t("two-files-columns")) } p.quiet { (desk.t("two-files-columns-lead")) } (form) } }
    })
}

/// Hundredths of a minor unit as an amount: `0,0075`.
fn amount(worth: i64) -> String {
    let text = format!("{}.{:04}", worth / 10_000, worth % 10_000);
    let short = text.trim_end_matches('0');
    let short = if short.ends_with('.') { format!("{short}00") } else { short.to_owned() };
    short.replace('.', ",")
}

/// Takes the corrections and works everything out, apart from the request when it takes long.
async fn work_out(
    desk: Desk<App>,
    Path(code): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let app = desk.scope.app.clone();
    let mut trial = Trial::load(&app, desk.scope.tenant.0, &code)?;
    let own = format!("{BASE}/{code}");
    if trial.running {
        return Ok(see(&own));
    }
    let target = target(&desk).await?.ok_or_else(|| Problem::not_found("program_not_found"))?;
    let mut rates = Vec::new();
    for (at, side) in trial.sides.iter_mut().enumerate() {
        for (place, column) in side.columns.iter_mut().enumerate() {
            let chosen = fields.get(&format!("column-{at}-{place}"));
            if guess::FIELDS.contains(&chosen) {
                column.field = chosen.to_owned();
            }
        }
        side.worth = worth(fields.get(&format!("worth-{at}"))).unwrap_or(side.worth);
        let rate = fields.get(&format!("rate-{at}")).replace(',', ".").parse::<Rate>().ok();
        rates.push(
            rate.filter(|rate| rate.num() > 0).unwrap_or_else(|| make::proposed(side, &target)),
        );
    }
    let twice = trial.sides.iter().any(|side| {
        guess::FIELDS[1..]
            .iter()
            .any(|field| side.columns.iter().filter(|column| column.field == *field).count() > 1)
    });
    let turn =
        if twice { None } else { Some(app.places.take(desk.scope.tenant, Kind::Files).await?) };
    trial.fault = twice.then(|| desk.t("two-files-twice"));
    trial.running = !twice;
    let held = Scratch::again(&folder(&app, &code));
    if held.is_none() {
        return Ok(see(&own));
    }
    trial.save(&app, &code)?;
    if twice {
        return Ok(see(&own));
    }
    let bench = bench(&desk.scope).await?;
    let place = folder(&app, &code);
    let named = code.clone();
    let task = tokio::spawn(async move {
        let (_turn, _held) = (turn, held);
        let done = make::work_out(&bench, &named, &trial, &target, &rates, &place).await;
        trial.running = false;
        trial.fault = done.err().map(|fault| {
            let problem = bare(fault);
            let why = problem.values.into_iter().find(|(name, _)| *name == "why");
            why.map_or_else(|| problem.code.to_owned(), |(_, why)| why)
        });
        // A page that still says that it runs would wait for ever.
        if let Err(problem) = trial.save(&bench.app, &named) {
            tracing::error!(code = problem.code, "a trial's end is not written");
        }
    });
    // Most are done before anybody doubts.
    let _ = tokio::time::timeout(WAITS, task).await;
    Ok(see(&own))
}

async fn forget(desk: Desk<App>, Path(code): Path<String>, _: Fields) -> Result<Response, Problem> {
    let app = &desk.scope.app;
    Trial::load(app, desk.scope.tenant.0, &code)?;
    if let Some(project) = projects::by_code(&app.db, desk.scope.tenant, &code).await? {
        trials::forget(&app.db, &project).await?;
    }
    remove(app, &code);
    Ok(see(BASE))
}

async fn paper(desk: Desk<App>, Path(code): Path<String>) -> Result<Response, Problem> {
    let trial = Trial::load(&desk.scope.app, desk.scope.tenant.0, &code)?;
    let bench = bench(&desk.scope).await?;
    let missing = || Problem::not_found("not_found");
    let project = projects::by_code(&bench.app.db, desk.scope.tenant, &code).await?;
    let project = project.ok_or_else(missing)?;
    let told = report::told(&bench, &project, &trial, desk.locale).await?.ok_or_else(missing)?;
    let bytes = written(&desk, &trial, &told, bench.tenant.config.currency);
    Ok(download::file("application/pdf", "two-files.pdf", bytes))
}

#[cfg(test)]
mod tests {
    use super::{amount, worth};

    #[test]
    fn m36_a_points_worth_is_read_and_written_exactly() {
        for (text, hundredths) in [("0,01", 100), ("0.0075", 75), ("1", 10_000), ("0,5", 5_000)] {
            assert_eq!(worth(text), Some(hundredths), "{text}");
        }
        assert_eq!(worth("nothing"), None);
        assert_eq!(worth("0"), None);
        assert_eq!(
            (amount(100).as_str(), amount(75).as_str(), amount(10_000).as_str()),
            ("0,01", "0,0075", "1,00")
        );
    }
}
