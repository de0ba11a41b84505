//! `/console/brand-kit`: the brands, and one kit with its surfaces side by side as its values change.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{Path, Query};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde_json::json;

use super::edited::{COLOURS, CORNERS, PALETTES, edited, values};
use super::surfaces::{Dressed, SURFACES};
use crate::App;
use crate::features::accounts::holdings::in_force;
use crate::features::audit::{self, Deed};
use crate::features::brands::{self, Brand, BrandConfig};
use crate::features::{programs, tenants};
use crate::http::{Problem, Role};
use crate::i18n::Args;
use crate::web::door::POLICY;
use crate::web::kit::BrandKit;
use crate::web::kit_findings::{KitFinding, between};
use crate::web::{Desk, Fields, PageRow, Who, see, shell, ui};

const BASE: &str = "/console/brand-kit";
const READERS: &[Role] = &[Role::ProgramManager, Role::Admin, Role::Analyst];
const WRITERS: &[Role] = &[Role::ProgramManager, Role::Admin];

/// Who may open what.
pub const PAGES: &[PageRow] = &[
    PageRow::console("/brand-kit", Who::Staff(READERS)),
    PageRow::console("/brand-kit/{brand}", Who::Staff(READERS)),
    PageRow::console("/brand-kit/{brand}", Who::Staff(WRITERS)).sent(),
    PageRow::console("/brand-kit/{brand}/sheet.css", Who::Staff(READERS)),
    PageRow::console("/brand-kit/{brand}/surfaces/{surface}", Who::Staff(READERS)),
];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new()
        .route("/brand-kit", get(list))
        .route("/brand-kit/{brand}", get(one).post(save))
        .route("/brand-kit/{brand}/sheet.css", get(sheet))
        .route("/brand-kit/{brand}/surfaces/{surface}", get(surface))
}

/// What an address says that the kit shall have.
type Wanted = BTreeMap<String, String>;

async fn find(desk: &Desk<App>, code: &str) -> Result<Brand, Problem> {
    let found = brands::store::by_code(&desk.scope.app.db, desk.scope.tenant, code).await?;
    found.ok_or_else(|| Problem::not_found("brand_not_found"))
}

fn kit_of(brand: &Brand) -> BrandKit {
    brand.config.kit.clone().unwrap_or_default()
}

fn dressed(kit: &BrandKit, wanted: &Wanted) -> BrandKit {
    edited(kit, wanted.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// The values of `wanted` that the kit has otherwise, as the query of an address.
fn query(kit: &BrandKit, wanted: &BrandKit) -> String {
    let kept = values(kit);
    let changed = values(wanted).into_iter().filter(|(name, text)| kept.get(name) != Some(text));
    let pairs: Vec<String> =
        changed.map(|(name, text)| format!("{name}={}", text.replace('#', "%23"))).collect();
    pairs.join("&")
}

/// Everything that could be better: about the kit alone, and beside the client's other brands.
async fn findings(
    desk: &Desk<App>,
    code: &str,
    kit: &BrandKit,
) -> Result<Vec<KitFinding>, Problem> {
    let all = brands::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let kits = all.iter().map(|brand| (brand.config.code.clone(), kit_of(brand)));
    let mut kits: BTreeMap<String, BrandKit> = kits.collect();
    kits.insert(code.to_owned(), kit.clone());
    let beside = between(&kits).into_iter().filter(|(of, _)| of == code).map(|(_, one)| one);
    Ok(kit.findings().into_iter().chain(beside).collect())
}

async fn list(desk: Desk<App>) -> Result<Response, Problem> {
    let all = brands::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let mut rows = Vec::new();
    for brand in &all {
        rows.push((brand, findings(&desk, &brand.config.code, &kit_of(brand)).await?.len()));
    }
    let title = desk.t("web-desk-brand-kit");
    let main = html! {
        div.head { h1 { (title) } p.quiet { (desk.t("brand-kit-lead")) } }
        @if rows.is_empty() { p.empty { (desk.t("brand-kit-none")) } }
        ul.rows { @for (brand, found) in &rows { li {
            a.row href=(format!("{BASE}/{}", brand.config.code)) {
                span.what { (brand.config.name) }
                span.effect { (found_of(&desk, *found)) }
                span.when { @if let Some(site) = &brand.config.site { "/portal/" (site) } @else { (desk.t("brand-kit-no-portal")) } }
            }
        } } }
    };
    Ok(shell::console(&desk, &title, &main))
}

fn found_of(desk: &Desk<App>, found: usize) -> String {
    let count = i64::try_from(found).unwrap_or(i64::MAX);
    let args = Args::new().count("n", count).text("number", desk.number(count));
    desk.say("brand-kit-found", args)
}

async fn one(
    desk: Desk<App>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let brand = find(&desk, &code).await?;
    let kit = dressed(&kit_of(&brand), &wanted);
    page(&desk, &brand, &kit, wanted.contains_key("saved")).await
}

async fn page(
    desk: &Desk<App>,
    brand: &Brand,
    kit: &BrandKit,
    saved: bool,
) -> Result<Response, Problem> {
    let code = &brand.config.code;
    let found = findings(desk, code, kit).await?;
    let blocks = found.iter().any(|one| one.blocks) || !kit.check().is_empty();
    let own = format!("{BASE}/{code}");
    let query = query(&kit_of(brand), kit);
    let may = WRITERS.iter().any(|role| desk.scope.is(*role));
    let main = html! {
        div.head {
            p { a href=(BASE) { (desk.t("web-desk-brand-kit")) } }
            h1 { (brand.config.name) }
            p.quiet { (desk.t("brand-kit-one-lead")) }
        }
        @if saved { (ui::note("good", &desk.t("brand-kit-saved"))) }
        div.cells.two {
            section.part {
                h2 { (desk.t("brand-kit-surfaces")) }
                ul.surfaces { @for surface in SURFACES { li {
                    @let path = format!("{own}/surfaces/{surface}");
                    @let name = desk.say("brand-kit-surface", Args::new().text("surface", surface));
                    h3 { (name) }
                    iframe.surface.wide[surface == "console"] title=(name) src=(format!("{path}?{query}")) data-surface=(path) loading="lazy" sandbox="allow-same-origin" {}
                } } }
            }
            div.stack {
                (found_part(desk, &found))
                form.part method="get" action=(own) data-surfaces {
                    (colours(desk, kit))
                    div { button.act.second { (desk.t("brand-kit-check")) } }
                }
                @if may && !query.is_empty() { (keep(desk, &own, brand, kit, blocks)) }
            }
        }
    };
    let title = format!("{} · {}", brand.config.name, desk.t("web-desk-brand-kit"));
    let mut response = shell::console(desk, &title, &main);
    // The one page of ours that shows others of ours within it.
    let policy = HeaderValue::from_str(&format!("{POLICY}; frame-src 'self'"));
    if let Ok(policy) = policy {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn found_part(desk: &Desk<App>, found: &[KitFinding]) -> Markup {
    html! {
        section.part {
            h2 { (found_of(desk, found.len())) }
            @if found.is_empty() { p.quiet { (desk.t("brand-kit-fine")) } }
            ul.rows { @for one in found { li { div.row {
                span.what { (desk.say("brand-kit-finding", Args::new().text("code", one.code))) " "
                    @if one.blocks { span.tag.bad { (desk.t("brand-kit-blocks")) } } }
                span.when { code { (one.pointer.trim_start_matches('/').replace('/', ".")) } }
                @if let Some(mend) = &one.mend { span.why { (desk.t("brand-kit-mend")) " " code { (mend) } } }
            } } } }
        }
    }
}

fn colours(desk: &Desk<App>, kit: &BrandKit) -> Markup {
    let all = values(kit);
    let value = |name: &str| all.get(name).cloned().unwrap_or_default();
    html! {
        @for palette in PALETTES {
            details open[palette == "light"] {
                summary { (desk.say("brand-kit-palette", Args::new().text("palette", palette))) }
                div.colours { @for colour in COLOURS {
                    @let name = format!("{palette}.{colour}");
                    div.field {
                        label for=(name) { (desk.say("brand-kit-colour", Args::new().text("colour", colour))) }
                        input type="color" id=(name) name=(name) value=(value(&name));
                    }
                } }
            }
        }
        div.colours {
            @for corner in CORNERS {
                @let name = format!("corners.{corner}");
                div.field {
                    label for=(name) { (desk.say("brand-kit-corner", Args::new().text("corner", corner))) }
                    input type="number" min="0" max="99" id=(name) name=(name) value=(value(&name));
                }
            }
            div.field {
                label for="tone" { (desk.t("brand-kit-tone")) }
                select id="tone" name="tone" { @for tone in ["tu", "usted"] {
                    option value=(tone) selected[value("tone") == tone] { (desk.say("brand-kit-tone-of", Args::new().text("tone", tone))) }
                } }
            }
        }
    }
}

/// What was changed and looked at, to be kept; nothing that could not be used.
fn keep(desk: &Desk<App>, own: &str, brand: &Brand, kit: &BrandKit, blocks: bool) -> Markup {
    let kept = values(&kit_of(brand));
    let changed: Vec<_> =
        values(kit).into_iter().filter(|(name, text)| kept.get(name) != Some(text)).collect();
    html! {
        section.panel {
            h2 { (desk.t("brand-kit-keep")) }
            ul { @for (name, text) in &changed {
                li { code { (name) } ": " code { (kept.get(name).map_or("", String::as_str)) } " → " code { (text) } }
            } }
            @if blocks { (ui::note("bad", &desk.t("brand-kit-blocked"))) } @else {
                form method="post" action=(own) {
                    (ui::token(&desk.token))
                    @for (name, text) in &changed { input type="hidden" name=(name) value=(text); }
                    div { button.act { (desk.t("brand-kit-save")) } }
                }
            }
            p { a href=(own) { (desk.t("brand-kit-back")) } }
        }
    }
}

async fn save(
    desk: Desk<App>,
    Path(code): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let brand = find(&desk, &code).await?;
    let before = kit_of(&brand);
    let kit = edited(&before, fields.all());
    let blocked = kit.findings().iter().any(|one| one.blocks);
    let config = BrandConfig { kit: Some(kit.clone()), ..brand.config.clone() };
    if blocked || !config.check().is_empty() {
        return page(&desk, &brand, &kit, false).await;
    }
    let old = values(&before);
    let changed: BTreeMap<_, _> = values(&kit)
        .into_iter()
        .filter(|(name, text)| old.get(name) != Some(text))
        .map(|(name, text)| (name.clone(), json!([old.get(&name), text])))
        .collect();
    if !changed.is_empty() {
        let scope = &desk.scope;
        let mut tx = scope.app.db.begin().await?;
        brands::store::change(&mut tx, scope.tenant, brand.id, &config).await?;
        tenants::store::touch(&mut tx, scope.tenant).await?;
        audit::record(&mut tx, &Deed::of(scope, "brand.kit_changed", brand.id, json!(changed)))
            .await?;
        tx.commit().await?;
    }
    Ok(see(&format!("{BASE}/{code}?saved=1")))
}

/// The style sheet of a kit that is not kept yet; `?palette=dark` shows the night by day.
async fn sheet(
    desk: Desk<App>,
    Path(code): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let brand = find(&desk, &code).await?;
    let mut kit = dressed(&kit_of(&brand), &wanted);
    let one = if wanted.get("palette").is_some_and(|palette| palette == "dark") {
        kit.dark.clone()
    } else {
        kit.light.clone()
    };
    (kit.light, kit.dark) = (one.clone(), one);
    Ok(([(CONTENT_TYPE, "text/css; charset=utf-8")], kit.css()).into_response())
}

async fn surface(
    desk: Desk<App>,
    Path((code, surface)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let brand = find(&desk, &code).await?;
    let kept = kit_of(&brand);
    let kit = dressed(&kept, &wanted);
    let palette = if surface.ends_with("-dark") { "dark" } else { "light" };
    let sheet = format!("{BASE}/{code}/sheet.css?palette={palette}&{}", query(&kept, &kit));
    let heads = programs::store::all(&desk.scope.app.db, desk.scope.tenant).await?;
    let own: Vec<_> =
        heads.iter().filter(|head| head.brand == Some(brand.id)).map(|head| head.id).collect();
    let program = in_force(&desk.scope, &own).await?.into_iter().next();
    let dressed = Dressed { desk: &desk, brand: &brand, kit, program, sheet };
    dressed.page(&surface).ok_or_else(|| Problem::not_found("not_found"))
}
