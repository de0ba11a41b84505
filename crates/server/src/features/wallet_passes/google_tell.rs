//! Telling Google that a card changed: a token for its interface, then the object as it is now.

use lazo_domain::time::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::settings::{Door, Google};

/// What came of telling Google.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It took the change.
    Taken,
    /// It has no such card: its reader has not added it yet, or took it away.
    Unknown,
    /// Nobody knows; try again later.
    Later,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

/// A token for Google's interface; nothing when Google gives none now.
pub async fn token(google: &Google, door: &Door, now: Timestamp) -> Option<String> {
    let assertion = google.account.assertion(now).ok()?;
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}"
    );
    let request = door
        .client
        .post(&google.account.token_uri)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    let response = request.send().await.ok()?.error_for_status().ok()?;
    response.json::<Token>().await.ok().map(|token| token.access_token)
}

/// Puts a card as it is now in the place of what Google has of it.
pub async fn tell(door: &Door, token: &str, object: &Value) -> Told {
    let id = object["id"].as_str().unwrap_or_default();
    let address = format!("{}/walletobjects/v1/loyaltyObject/{id}", door.base);
    let Ok(response) = door.client.patch(address).bearer_auth(token).json(object).send().await
    else {
        return Told::Later;
    };
    match response.status().as_u16() {
        200 => Told::Taken,
        404 => Told::Unknown,
        _ => Told::Later,
    }
}
