//! `lazo balances`: what members have earned and what they can spend, now or at any past instant.

use lazo_domain::points::decimal;
use lazo_server::App;
use lazo_server::features::ledger::{self, Line, Question};
use lazo_server::features::members::Identifier;
use lazo_server::features::programs;
use lazo_server::features::tenants::Tenant;

use crate::args::Balances;
use crate::context::Context;
use crate::fault::Fault;
use crate::printer::Cell;

pub async fn run(context: &Context, args: Balances) -> Result<(), Fault> {
    let app = context.existing().await?;
    let tenant = context.tenant(&app).await?;
    let program = context.program(&app, &tenant, args.program.as_deref()).await?;
    let (point_type, scale) =
        point_type(&app, &tenant, &program, args.point_type.as_deref()).await?;
    let several = programs::store::all(&app.db, tenant.id).await?.len() > 1;
    let at = args.at.unwrap_or_else(|| tenant.now(context.now()));
    let question = Question { point_type, scheme: &args.scheme, at, only_holders: several };
    let lines = match &args.member {
        None => ledger::balances(&app.db, &tenant, &question).await?,
        Some(member) => vec![one(&app, &tenant, &question, member).await?],
    };
    let mut table = context.printer.table(&["member", "earned", "available"]);
    for line in lines {
        table.row(vec![
            Cell::text(line.member),
            Cell::number(decimal(line.points.earned.0, scale)),
            Cell::number(decimal(line.points.available.0, scale)),
        ])?;
    }
    table.end()
}

async fn one(
    app: &App,
    tenant: &Tenant,
    question: &Question<'_>,
    member: &str,
) -> Result<Line, Fault> {
    let identifier =
        Identifier::new(question.scheme, member, &tenant.config.country).map_err(Fault::usage)?;
    ledger::balance(&app.db, tenant, question, &identifier).await?.ok_or_else(|| {
        Fault::failed(format!("no member has the {} identifier `{member}`", question.scheme))
            .hint("choose another kind of identifier with --scheme")
    })
}

/// The point type asked for, or the first of the newest version, with its scale.
async fn point_type(
    app: &App,
    tenant: &Tenant,
    program: &programs::ProgramHead,
    code: Option<&str>,
) -> Result<(lazo_domain::ids::PointTypeId, u8), Fault> {
    let live = app.programs.current(tenant.id).await?;
    let types: Vec<_> = programs::store::versions(&app.db, tenant.id, program.id)
        .await?
        .into_iter()
        .filter(|version| version.state == programs::VersionState::Published)
        .flat_map(|version| version.config.point_types)
        .collect();
    let wanted = types.iter().find(|p| code.is_none_or(|code| code == p.code));
    let found = wanted.and_then(|p| {
        live.latest(program.id)?.point_type(&p.code).map(|known| (known.id, p.scale))
    });
    match (found, wanted) {
        (Some(found), _) => Ok(found),
        // A type that only earlier versions had is not in the latest one.
        (None, Some(wanted)) => {
            let ids = programs::store::point_types(&app.db, tenant.id, program.id).await?;
            let id = ids.get(&wanted.code).copied();
            id.map(|id| (id, wanted.scale))
                .ok_or_else(|| Fault::failed(format!("point type `{}` has no id", wanted.code)))
        }
        (None, None) => {
            let mut codes: Vec<_> = types.iter().map(|p| p.code.as_str()).collect();
            codes.dedup();
            Err(Fault::usage(format!(
                "program `{}` has no point type `{}`",
                program.code,
                code.unwrap_or_default()
            ))
            .hint(format!("it has: {}", codes.join(", "))))
        }
    }
}
