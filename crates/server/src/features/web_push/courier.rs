//! One call to a browser's maker: what is sent, and what its answer means. It goes only where webhooks may go, too.

use lazo_domain::time::Timestamp;
use reqwest::Client;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::Device;
use super::encryption::{SALT, agree, seal};
use super::store::Waiting;
use super::vapid::Vapid;
use crate::App;
use crate::features::webhook_endpoints::guard::Target;
use crate::features::webhook_endpoints::send::client;

/// How long a maker keeps a notice for a browser that is off, in seconds: a day. Older news is none.
const KEEP_S: u32 = 86_400;
/// Characters of the name by which a maker replaces a notice that it has not handed over yet.
const TOPIC: usize = 32;

/// What came of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The maker took it.
    Sent,
    /// The browser takes no notices any more.
    Gone,
    /// It will never be taken: why.
    Refused(&'static str),
    /// Nobody knows; try again after so many seconds, if the maker said how many.
    Later(Option<i64>),
}

/// Hands notices over. Cheap to clone.
#[derive(Clone)]
pub struct Courier {
    client: Client,
    app: App,
    contact: String,
}

impl Courier {
    /// A courier that goes where webhooks may go.
    pub fn new(app: &App) -> Result<Self, reqwest::Error> {
        let client = client(&app.webhooks, "lazo-notices/1")?;
        let public = &app.faces.public_url;
        // Makers of browsers take an address of the web only over TLS.
        let contact = if public.starts_with("https://") { public.clone() } else { String::new() };
        Ok(Self { client, app: app.clone(), contact })
    }

    /// Hands one notice over.
    pub async fn hand_over(
        &self,
        vapid: &Vapid,
        device: &Device,
        notice: &Waiting,
        now: Timestamp,
    ) -> Outcome {
        // Checked again although it was when the browser came: the policy may be stricter since.
        let Ok(target) = Target::parse(&device.endpoint, self.app.webhooks.policy()) else {
            return Outcome::Refused("blocked");
        };
        let topic = topic(notice);
        let told = json!({ "title": notice.title, "body": notice.body, "path": notice.path, "tag": topic });
        let Ok(agreement) = agree(&device.public_key) else { return Outcome::Refused("bad_key") };
        let mut salt = [0; SALT];
        self.app.entropy.fill(&mut salt);
        let keys = (device.public_key.as_slice(), device.auth.as_slice());
        let Ok(body) = seal(told.to_string().as_bytes(), &agreement, keys, &salt) else {
            return Outcome::Refused("too_long");
        };
        let Some(vapid) = vapid.header(target.url(), &self.contact, now) else {
            return Outcome::Later(None);
        };
        let request = self
            .client
            .post(target.url().clone())
            .timeout(crate::features::webhook_endpoints::send::TIMEOUT)
            .header("authorization", vapid)
            .header("content-encoding", "aes128gcm")
            .header("content-type", "application/octet-stream")
            .header("ttl", KEEP_S)
            .header("topic", topic)
            .header("urgency", "normal")
            .body(body);
        match request.send().await {
            Ok(response) => judge(response.status().as_u16(), retry_after(&response)),
            Err(_) => Outcome::Later(None),
        }
    }
}

/// What a status means.
fn judge(status: u16, retry_after_s: Option<i64>) -> Outcome {
    match status {
        200..=299 => Outcome::Sent,
        404 | 410 => Outcome::Gone,
        408 | 429 | 500..=599 => Outcome::Later(retry_after_s),
        413 => Outcome::Refused("too_long"),
        300..=399 => Outcome::Refused("redirect"),
        _ => Outcome::Refused("refused"),
    }
}

fn retry_after(response: &reqwest::Response) -> Option<i64> {
    let value = response.headers().get("retry-after")?.to_str().ok()?;
    value.parse().ok().filter(|s: &i64| (0..=86_400).contains(s))
}

/// The name of a notice for makers and browsers: the same for a second try, so that it is shown once. It tells nothing.
fn topic(notice: &Waiting) -> String {
    let name = format!("{}/{}/{}", notice.device, notice.kind, notice.about);
    let digest = Sha256::digest(name.as_bytes());
    digest.iter().map(|octet| format!("{octet:02x}")).collect::<String>()[..TOPIC].to_owned()
}
