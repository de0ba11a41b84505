//! Google's link: verified with the public key, and the card told of changes.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lazo_domain::time::SECOND;
use lazo_store::testing::on_both;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::stage::{config, open, openssl, run_jobs};
use crate::config::Config;

/// A service account's key file with the key `google.key`, as Google gives it.
fn google(folder: &Path, base: &str) -> Config {
    openssl(folder, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out google.key")
        .unwrap();
    openssl(folder, "pkey -in google.key -pubout -out google.pub").unwrap();
    let key = std::fs::read_to_string(folder.join("google.key")).unwrap();
    let file = json!({ "type": "service_account", "client_email": "passes@club.example.com", "private_key_id": "k1",
        "private_key": key, "token_uri": format!("{base}/token") });
    let path = folder.join("account.json");
    std::fs::write(&path, file.to_string()).unwrap();
    config(&[
        ("wallet_google_issuer", "3388000000012345678"),
        ("wallet_google_key", path.to_str().unwrap()),
        ("wallet_google_api", base),
    ])
}

/// The claims of a token that OpenSSL verifies with the public key.
fn verified(folder: &Path, token: &str) -> Value {
    let (signed, signature) = token.rsplit_once('.').unwrap();
    std::fs::write(folder.join("signed"), signed).unwrap();
    std::fs::write(folder.join("sig"), URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    openssl(folder, "dgst -sha256 -verify google.pub -signature sig signed").unwrap();
    let part = |at: usize| {
        let octets = URL_SAFE_NO_PAD.decode(signed.split('.').nth(at).unwrap()).unwrap();
        serde_json::from_slice::<Value>(&octets).unwrap()
    };
    assert_eq!(part(0), json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" }));
    part(1)
}

/// What Google's interface was asked: method, path and body.
type Heard = Arc<Mutex<Vec<(String, String, String)>>>;

/// Google's interface on this machine; what it is told of a card it answers with these statuses in order.
async fn interface(statuses: &'static [u16]) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let heard = Heard::default();
    let log = Arc::clone(&heard);
    let hear = move |request: Request| async move {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        let mut log = log.lock().unwrap();
        log.push((parts.method.to_string(), parts.uri.path().to_owned(), body));
        if parts.uri.path() == "/token" {
            return axum::Json(json!({ "access_token": "t-1" })).into_response();
        }
        assert_eq!(parts.headers["authorization"], "Bearer t-1");
        let told = log.iter().filter(|(method, ..)| method == "PATCH").count();
        StatusCode::from_u16(statuses[(told - 1).min(statuses.len() - 1)]).unwrap().into_response()
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(hear)).await });
    (base, heard)
}

#[tokio::test(flavor = "multi_thread")]
async fn r118_a_wallet_pass_for_google_is_a_signed_link_and_follows_the_balance() {
    on_both(async |test| {
        let folder = tempfile::tempdir().unwrap();
        let (base, heard) = interface(&[404, 200]).await;
        let bench = open(test, &google(folder.path(), &base)).await;
        bench.sell(0, "t-1", 2_500).await;
        let visitor = bench.visitor(0, "one").await;
        let led = bench.browse(&visitor, "/portal/one/card/google", None).await;
        assert_eq!(led.status, 303, "{}", led.body);
        let link = led.headers["location"].to_str().unwrap();
        let token = link.strip_prefix("https://pay.google.com/gp/v/save/").unwrap();
        let claims = verified(folder.path(), token);
        assert_eq!((&claims["aud"], &claims["typ"]), (&json!("google"), &json!("savetowallet")));
        assert_eq!(claims["iss"], "passes@club.example.com");
        let class = &claims["payload"]["loyaltyClasses"][0];
        assert_eq!(class["issuerName"], "Corner");
        assert_eq!(class["hexBackgroundColor"], "#123456");
        let logo = class["programLogo"]["sourceUri"]["uri"].as_str().unwrap();
        let path = logo.strip_prefix("https://club.example.com").unwrap();
        let drawn = bench.browse("", path, None).await;
        assert_eq!((drawn.status, &drawn.octets[1..4]), (200, &b"PNG"[..]));
        let card = &claims["payload"]["loyaltyObjects"][0];
        assert_eq!(card["classId"], class["id"]);
        assert_eq!(card["barcode"]["value"], json!(bench.members[0].id));
        assert_eq!(card["loyaltyPoints"]["balance"]["string"], "25");
        assert_eq!(
            card["loyaltyPoints"]["localizedLabel"]["translatedValues"][0],
            json!({ "language": "en", "value": "Points" })
        );
        assert!(
            !link.contains("example%40") && !claims.to_string().contains("ana@"),
            "no name, no address"
        );

        let patches = || {
            let heard = heard.lock().unwrap();
            heard.iter().filter(|(method, ..)| method == "PATCH").cloned().collect::<Vec<_>>()
        };
        bench.clock.advance(60 * SECOND);
        run_jobs(&bench).await;
        assert_eq!(patches().len(), 0, "nothing changed");
        bench.sell(0, "t-2", 900).await;
        for wanted in [1, 1, 2, 2] {
            // Its reader has not pressed the button yet when it is told first; then it is told once.
            if patches().len() < wanted {
                bench.clock.advance(90 * SECOND);
            }
            run_jobs(&bench).await;
            assert_eq!(patches().len(), wanted);
        }
        let (_, path, body) = patches().remove(1);
        assert_eq!(
            path,
            format!("/walletobjects/v1/loyaltyObject/{}", card["id"].as_str().unwrap())
        );
        let told: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(told["loyaltyPoints"]["balance"]["string"], "34");
        let asked =
            heard.lock().unwrap().iter().find(|(_, path, _)| path == "/token").cloned().unwrap();
        let assertion = asked.2.split("assertion=").nth(1).unwrap();
        assert_eq!(verified(folder.path(), assertion)["aud"], json!(format!("{base}/token")));
    })
    .await;
}
