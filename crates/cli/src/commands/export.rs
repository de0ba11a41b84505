//! `lazo export`: what is there, written as files.

use lazo_server::features::configuration;

use crate::args::{Export, Exported};
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Export) -> Result<(), Fault> {
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    match args.what {
        Exported::Config => context.printer.text(&configuration::export(&app.db, &tenant).await?),
    }
}
