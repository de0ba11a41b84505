//! Style sheets, scripts and icons compiled in, under names that carry their content's hash and never change.

use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use crate::http::Problem;

/// The path below which assets lie.
const BASE: &str = "/assets/";
/// How long a file that never changes is kept.
pub const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// A file that never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Where it lies.
    pub path: String,
    /// Its kind.
    pub mime: &'static str,
    /// Its content.
    pub content: String,
}

impl Asset {
    /// `content` under a path that begins with `base` and `name` and carries its hash.
    #[must_use]
    pub fn new(base: &str, name: &str, kind: &str, mime: &'static str, content: String) -> Self {
        let path = format!("{base}{name}-{}.{kind}", short_hash(&content));
        Self { path, mime, content }
    }

    /// The answer that carries it.
    #[must_use]
    pub fn answer(&self) -> Response {
        let headers = [(CONTENT_TYPE, self.mime), (CACHE_CONTROL, FOR_EVER)];
        (headers, self.content.clone()).into_response()
    }
}

/// Twelve digits that tell one content from another.
#[must_use]
pub fn short_hash(content: &str) -> String {
    let digest = Sha256::digest(content.as_bytes());
    digest.iter().take(6).map(|octet| format!("{octet:02x}")).collect()
}

/// The portal's style sheet.
pub static PORTAL_CSS: LazyLock<Asset> =
    LazyLock::new(|| css("portal", include_str!("assets/portal.css")));
/// The console's style sheet.
pub static CONSOLE_CSS: LazyLock<Asset> =
    LazyLock::new(|| css("console", include_str!("assets/console.css")));
/// What makes pages more comfortable where scripts run.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        BASE,
        "lazo",
        "js",
        "text/javascript; charset=utf-8",
        include_str!("assets/lazo.js").to_owned(),
    )
});

/// The till's style sheet: the console's, larger.
pub static TILL_CSS: LazyLock<Asset> = LazyLock::new(|| {
    let own = concat!(include_str!("assets/console.css"), include_str!("assets/till.css"));
    css("till", own)
});
/// What the till does where scripts run.
pub static TILL_SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let content = include_str!("assets/till.js").to_owned();
    Asset::new(BASE, "till", "js", "text/javascript; charset=utf-8", content)
});

/// The till's service worker, which keeps the page for when there is no network.
#[must_use]
pub fn till_worker() -> String {
    let (css, script) = (&TILL_CSS.path, &TILL_SCRIPT.path);
    include_str!("assets/till-worker.js")
        .replace("%VERSION%", &short_hash(&format!("{css}{script}")))
        .replace("%CSS%", css)
        .replace("%JS%", script)
}

/// A portal's service worker, which keeps the member's card for when there is no network.
#[must_use]
pub fn portal_worker(base: &str, files: &[&str]) -> String {
    let list = files.iter().map(|file| format!("\"{file}\"")).collect::<Vec<_>>().join(", ");
    include_str!("assets/portal-worker.js")
        .replace("%VERSION%", &short_hash(&format!("{base}{list}")))
        .replace("%BASE%", base)
        .replace("%FILES%", &format!("[{list}]"))
}

fn css(name: &str, own: &str) -> Asset {
    let content = format!("{}{own}", include_str!("assets/base.css"));
    Asset::new(BASE, name, "css", "text/css; charset=utf-8", content)
}

/// Serves the assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let wanted = format!("{BASE}{name}");
    let all: [&Asset; 5] = [&PORTAL_CSS, &CONSOLE_CSS, &TILL_CSS, &SCRIPT, &TILL_SCRIPT];
    let found = all.into_iter().find(|asset| asset.path == wanted);
    found.map(Asset::answer).ok_or_else(|| Problem::not_found("not_found"))
}
