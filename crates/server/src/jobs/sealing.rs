//! The journal's chain grows: rows older than the longest transaction are sealed, in the background.

use lazo_store::StoreError;

use crate::app::App;

/// Seals what can be sealed; answers how many events that were.
pub async fn run(app: &App) -> Result<usize, StoreError> {
    let sealed = lazo_store::chain::seal(&app.db, app.clock.now()).await?;
    Ok(usize::try_from(sealed.events).unwrap_or(usize::MAX))
}
