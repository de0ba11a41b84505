//! `lazo openapi`: the API's document.

use crate::args::Openapi;
use crate::context::Context;
use crate::fault::Fault;

#[expect(clippy::unused_async, reason = "every command is run the same way")]
pub async fn run(context: &Context, _: Openapi) -> Result<(), Fault> {
    let document = lazo_server::api::document();
    let text = serde_json::to_string_pretty(&document)
        .map_err(|error| Fault::failed(error.to_string()))?;
    context.printer.text(&format!("{text}\n"))
}
