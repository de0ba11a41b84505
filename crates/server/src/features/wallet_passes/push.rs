//! Telling Apple's phones that a pass changed: an empty notice over HTTP/2, with the pass's own certificate as our name.

use reqwest::StatusCode;
use serde::Deserialize;

use super::settings::{Apple, Door};

/// What came of telling a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Apple took it.
    Taken,
    /// The phone has the pass no more.
    Gone,
    /// Nobody knows; try again later.
    Later,
}

/// Why Apple did not take a notice.
#[derive(Deserialize)]
struct Refusal {
    reason: String,
}

/// Tells one phone. What phones fetch then is the pass itself, so the notice says nothing.
pub async fn tell(apple: &Apple, door: &Door, push_token: &str) -> Told {
    let request = door
        .client
        .post(format!("{}/3/device/{push_token}", door.base))
        .header("apns-topic", &apple.pass_type)
        .body("{}");
    let Ok(response) = request.send().await else { return Told::Later };
    match response.status() {
        StatusCode::OK => Told::Taken,
        StatusCode::GONE => Told::Gone,
        StatusCode::BAD_REQUEST => {
            let refusal = response.json::<Refusal>().await;
            match refusal.as_ref().map(|refusal| refusal.reason.as_str()) {
                Ok("BadDeviceToken" | "DeviceTokenNotForTopic") => Told::Gone,
                _ => Told::Later,
            }
        }
        _ => Told::Later,
    }
}

/// Is it a token that Apple gives: hexadecimal digits, so that it is one part of an address and nothing else?
#[must_use]
pub fn is_push_token(text: &str) -> bool {
    (2..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
