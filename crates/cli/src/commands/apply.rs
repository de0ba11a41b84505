//! `lazo apply`: a document is compared with what is there, the difference is shown, then it is carried out.

use lazo_server::features::configuration::{self, ApplyError, Document, Problem};

use crate::args::Apply;
use crate::context::Context;
use crate::fault::{Fault, USAGE};

pub async fn run(context: &Context, args: Apply) -> Result<(), Fault> {
    let name = args.file.display().to_string();
    let text = std::fs::read_to_string(&args.file)
        .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
    let document = Document::parse(&text).map_err(|problems| told(context, &name, &problems))?;
    let app = context.app().await?;
    let plan = configuration::plan(&app.db, document)
        .await
        .map_err(|error| refused(&name, &text, error))?;
    for code in plan.waiting() {
        context
            .printer
            .say(format!("program `{code}`: the draft that waits says the same already"));
    }
    if plan.is_empty() {
        context.printer.say("nothing to change");
        return Ok(());
    }
    for line in plan.lines() {
        context.printer.say(line);
    }
    if args.dry_run {
        context.printer.say("dry run: nothing was changed");
        return Ok(());
    }
    if !args.yes && !context.printer.confirm("Apply this?")? {
        return Err(Fault::failed("nothing was changed"));
    }
    let author = context.person(args.author);
    let applied = plan
        .carry_out(&app.db, &app.ids, &author, context.now())
        .await
        .map_err(|error| refused(&name, &text, error))?;
    context.printer.say("applied");
    for code in &applied.drafted {
        context.printer.say(format!(
            "program `{code}` is live, so the change waits as a draft of {author}; \
             somebody else publishes it with: lazo programs publish {code} --as NAME"
        ));
    }
    Ok(())
}

fn told(context: &Context, name: &str, problems: &[Problem]) -> Fault {
    for problem in problems {
        context.printer.warn(format!("{name}:{problem}"));
    }
    let count = problems.len();
    let what = if count == 1 { "a mistake".to_owned() } else { format!("{count} mistakes") };
    Fault::usage(format!("{name} has {what}; nothing was changed"))
}

fn refused(name: &str, text: &str, error: ApplyError) -> Fault {
    match error {
        ApplyError::Impossible { pointer, why, hint } => {
            let line = configuration::line_of(text, &pointer);
            let what = pointer.trim_start_matches('/').replace('/', ".");
            Fault {
                code: USAGE,
                ..Fault::usage(format!("{name}:{line}: {what}: {why}")).hint(hint)
            }
        }
        ApplyError::Changed => Fault::failed(error.to_string())
            .hint("run the same command again and look at the difference"),
        ApplyError::Store(error) => error.into(),
    }
}
