//! Links that open signed in, once: for the demo's doors, and for letters that lead to one page.

use lazo_domain::time::Timestamp;
use lazo_store::StoreError;

use super::{Whose, store};
use crate::App;
use crate::secrets::{Secret, hash_of};

/// What a link's secret begins with.
const PREFIX: &str = "lzl_";

/// Makes a link for `owner` that leads to `path`; answers the secret in it.
pub async fn make(
    app: &App,
    owner: Whose,
    path: &str,
    expires_at: Timestamp,
) -> Result<Secret, StoreError> {
    let secret = Secret::draw(PREFIX, app.entropy.as_ref());
    store::put_link(&app.db, &secret.hash, owner, path, expires_at).await?;
    Ok(secret)
}

/// Uses a link up: whose it is and where it leads.
pub async fn take(app: &App, secret: &str) -> Result<Option<(Whose, String)>, StoreError> {
    if !secret.starts_with(PREFIX) {
        return Ok(None);
    }
    store::take_link(&app.db, &hash_of(secret), app.clock.now()).await
}
