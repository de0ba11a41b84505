//! `lazo report`: a stretch of a program told once, kept, and written as PDF or data.

use lazo_server::features::measures::{self, Days};
use lazo_server::features::reports::{self, Told};

use crate::args::Report;
use crate::context::Context;
use crate::fault::Fault;

pub async fn run(context: &Context, args: Report) -> Result<(), Fault> {
    let locale = context.locale(args.lang.as_deref())?;
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let program = super::measures::program(context, &app, &tenant, args.program.as_deref()).await?;
    measures::catch_up(&app).await?;
    let days = Days::last(args.days, tenant.now(context.now()), &tenant.config.time_zone);
    let author = context.person(args.author);
    let report = reports::make(&app, &tenant, &program, days, &author).await?;
    let data = report.data()?;
    let told = Told::new(locale, &data, &[]);
    if let Some(file) = &args.output {
        let bytes = match file.extension().and_then(|kind| kind.to_str()) {
            Some("pdf") => reports::pdf(locale, &report, &told, &data),
            Some("json") => report.text.clone().into_bytes(),
            _ => return Err(Fault::usage("the file's name ends in .pdf or .json")),
        };
        std::fs::write(file, bytes).map_err(|error| {
            Fault::failed(format!("{}: cannot be written: {error}", file.display()))
        })?;
        context.printer.say(format!("written to {}", file.display()));
    }
    let mut lines = vec![told.title(), told.stretch(), String::new()];
    lines.extend(told.summary());
    let sides = [("reports-worsened", told.worsened()), ("reports-improved", told.improved())];
    for (key, changes) in sides {
        lines.push(format!("\n{}", locale.text(key, &Default::default())));
        lines.extend(changes.into_iter().map(|(kpi, words, _)| format!("  {kpi}  {words}")));
    }
    for outcome in &data.findings {
        let (cause, action) = told.finding(outcome);
        lines.push(format!("\n{}: {cause}\n  {action}", outcome.rule));
    }
    lines.push(format!("\n{} {}\n", report.id, report.hash));
    context.printer.text(&lines.join("\n"))
}
