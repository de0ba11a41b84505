//! `lazo programs`: programs with their versions, and the second person's word on drafts.

use lazo_server::App;
use lazo_server::features::programs::{self, PublishRefusal};
use lazo_server::features::publishing::{self, Withheld};

use crate::args::{ProgramAction, Programs};
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Programs) -> Result<(), Fault> {
    let app = context.existing().await?;
    match args.action {
        ProgramAction::List => list(context, &app).await,
        ProgramAction::Publish { code, publisher } => {
            let tenant = context.tenant(&app).await?;
            let publisher = context.person(publisher);
            let version =
                publishing::publish(&app.db, &tenant, &code, (&publisher, None), context.now())
                    .await
                    .map_err(withheld)?;
            let from = version.effective_from.map(|at| at.to_string()).unwrap_or_default();
            context.printer.say(format!(
                "version {} of program `{code}` is published and counts from {from}",
                version.version
            ));
            Ok(())
        }
        ProgramAction::Rollback { code, to, author } => {
            let tenant = context.tenant(&app).await?;
            let author = context.person(author);
            let draft = programs::roll_back(&app.db, &tenant, &code, to, &author, context.now())
                .await
                .map_err(refused)?;
            context.printer.say(format!(
                "draft {} of program `{code}` says what was said before; \
                 somebody else publishes it with: lazo programs publish {code} --as NAME",
                draft.version
            ));
            Ok(())
        }
        ProgramAction::Withdraw { code } => {
            let tenant = context.tenant(&app).await?;
            let version = programs::withdraw(&app.db, &tenant, &code).await.map_err(refused)?;
            context
                .printer
                .say(format!("draft {} of program `{code}` is discarded", version.version));
            Ok(())
        }
    }
}

async fn list(context: &Context, app: &App) -> Result<(), Fault> {
    let tenant = context.tenant(app).await?;
    let mut table = context.printer.table(&[
        "program",
        "version",
        "state",
        "effective_from",
        "author",
        "publisher",
    ]);
    for head in programs::store::all(&app.db, tenant.id).await? {
        for version in programs::store::versions(&app.db, tenant.id, head.id).await? {
            let from = match version.effective_from {
                Some(programs::BEGINNING) => "always".to_owned(),
                Some(at) => at.to_string(),
                None => "publication".to_owned(),
            };
            table.row(vec![
                Cell::text(&head.code),
                Cell::number(version.version),
                Cell::text(version.state.name()),
                Cell::text(from),
                Cell::text(version.author),
                Cell::text(version.publisher.unwrap_or_default()),
            ])?;
        }
    }
    table.end()
}

fn withheld(reason: Withheld) -> Fault {
    let hint = match reason {
        Withheld::Draft(refusal) => return refused(refusal),
        Withheld::Store(error) => return error.into(),
        Withheld::Discovery(_) => {
            "answer the questions in the console, or waive them with a reason"
        }
        Withheld::SignOffs(_) => "the people of these functions sign in the console",
    };
    Fault::failed(reason.to_string()).hint(hint)
}

fn refused(refusal: PublishRefusal) -> Fault {
    let hint = match &refusal {
        PublishRefusal::Unmet(_) => "change the document so that it is met, and apply it again",
        PublishRefusal::NoProgram(_) | PublishRefusal::NoDraft(_) | PublishRefusal::NoVersion => {
            "`lazo programs list` shows what is there"
        }
        PublishRefusal::FourEyes(_) => "name the second person with --as NAME",
        PublishRefusal::InPast(_) => {
            "apply the document again with a later effective_from, or without one"
        }
        PublishRefusal::Changed => "run the same command again",
        PublishRefusal::Store(_) => {
            let PublishRefusal::Store(error) = refusal else { return Fault::failed("") };
            return error.into();
        }
    };
    Fault::failed(refusal.to_string()).hint(hint)
}
