//! How a report comes about: the same settled data give the same bytes, whoever asks and whenever.

use lazo_domain::ids::ReportId;
use lazo_domain::program::{PointKind, Program};
use lazo_measures::changes::{Compared, two_sided};
use lazo_measures::closing::Direction;
use lazo_measures::diagnosis::{Fact, Facts, Verdict, diagnose};
use lazo_measures::liability::roll_forward::{JournalLine, RollForward};
use lazo_measures::ratio::Ratio;
use lazo_store::StoreError;
use sha2::{Digest, Sha256};

use super::{Data, Report, Rolled, store};
use crate::app::App;
use crate::features::measures::store::Sum;
use crate::features::measures::{self, Board, Days, Figure, date_of};
use crate::features::tenants::Tenant;

/// The most changes told on either side.
const MOST_CHANGES: usize = 8;

/// Makes a report over a stretch of days that is over, and keeps it.
pub async fn make(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    days: Days,
    author: &str,
) -> Result<Report, StoreError> {
    let (data, as_of) = data(app, tenant, program, days).await?;
    let text = text(&data)?;
    let report = Report {
        id: ReportId(app.ids.next()),
        program: program.id,
        days,
        as_of,
        hash: hash(&text),
        text,
        author: author.to_owned(),
        created_at: app.clock.now(),
    };
    store::insert(&app.db, tenant.id, &report).await?;
    Ok(report)
}

/// Which figures would be others if the report were made now: what came later restates them, and the report says so instead
/// of changing.
pub async fn changed_since(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    report: &Report,
) -> Result<Vec<(Figure, Figure)>, StoreError> {
    let (now, _) = data(app, tenant, program, report.days).await?;
    let then = report.data()?;
    let by_balance = ["K24", "K25", "K26", "K27"]; // they are of the day they are looked at
    let pairs = then.figures.into_iter().zip(now.figures);
    let differ = pairs.filter(|(then, now)| then.exact != now.exact && then.kpi == now.kpi);
    Ok(differ.filter(|(then, _)| !by_balance.contains(&then.kpi.as_str())).collect())
}

async fn data(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    days: Days,
) -> Result<(Data, lazo_domain::time::Timestamp), StoreError> {
    let board = measures::board(app, tenant, program, days).await?;
    let outcomes = diagnose(&board.facts);
    let told = |verdict: Verdict| matches!(verdict, Verdict::Fired | Verdict::CauseNotTested);
    let hidden = outcomes.iter().filter(|one| one.verdict == Verdict::CouldNotTest);
    let could_not_test = hidden.map(|one| one.rule.clone()).collect();
    let findings = outcomes.into_iter().filter(|one| told(one.verdict)).collect();
    let points = rolled(app, tenant, program, &board, days).await?;
    let entity = tenant.config.legal_entity.as_ref().unwrap_or(&tenant.config.name);
    let to = date_of(days.to).to_string();
    let journal: Vec<JournalLine> = points
        .iter()
        .filter_map(|one| {
            Some(one.money?.journal(&to, entity, &format!("{} {to}", one.point_type)))
        })
        .flatten()
        .collect();
    let data = Data {
        program: program.code.to_string(),
        from: date_of(days.from).to_string(),
        to,
        currency: program.currency.code().to_owned(),
        changes: two_sided(&compared(&board), MOST_CHANGES),
        figures: board.figures,
        findings,
        could_not_test,
        points,
        journal,
    };
    Ok((data, board.as_of))
}

/// Figures that can be compared with the stretch before, with the standard error of the difference where they are samples.
fn compared(board: &Board) -> Vec<Compared> {
    let of = |figure: &Figure| {
        let (now, before) = (figure.value?, figure.before?);
        let better: Direction = figure.better?;
        let se = error(&board.facts, &figure.kpi);
        Some(Compared { kpi: figure.kpi.clone(), better, now, before, se })
    };
    board.figures.iter().filter_map(of).collect()
}

fn error(facts: &Facts, kpi: &str) -> Option<f64> {
    let squared = |name: &str| match facts.get(name)? {
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^53")]
        Fact::Share(share) => share.share().map(|p| p * (1.0 - p) / share.n as f64),
        Fact::Mean(mean) => mean.se().map(|se| se * se),
        _ => None,
    };
    Some((squared(kpi)? + squared(&format!("{kpi}.before"))?).sqrt())
}

/// The roll-forward of each redeemable point type, and its worth.
async fn rolled(
    app: &App,
    tenant: &Tenant,
    program: &Program,
    board: &Board,
    days: Days,
) -> Result<Vec<Rolled>, StoreError> {
    let ever = Days { from: i64::from(i32::MIN), to: days.to };
    let sums = measures::store::sums_by_type(&app.db, tenant.id, program.id, ever).await?;
    let urr = match board.facts.get("urr") {
        Some(Fact::Known { value }) => parts(*value),
        // Without an expectation nothing is taken off what is owed.
        _ => Ratio::ONE,
    };
    let kinds = program.point_types.values().filter(|kind| kind.kind == PointKind::Redeemable);
    let mut all = Vec::new();
    for kind in kinds {
        let mut moved = RollForward::default();
        for ((_, day), sum) in sums.iter().filter(|((of, _), _)| *of == kind.id) {
            add(&mut moved, sum, *day < days.from);
        }
        let value = measures::worth_of(kind).and_then(|value| value.times(urr));
        let money = value.and_then(|value| worth(&moved, value));
        all.push(Rolled { point_type: kind.code.to_string(), points: moved, money });
    }
    Ok(all)
}

fn add(moved: &mut RollForward, sum: &Sum, before: bool) {
    let converted = sum.converted + sum.transferred + sum.opening;
    let issued = sum.issued + sum.adjusted;
    if before {
        moved.opening += issued + converted - sum.redeemed - sum.expired;
        return;
    }
    moved.issued += issued;
    moved.converted += converted;
    moved.redeemed += sum.redeemed;
    moved.expired += sum.expired;
}

/// Each movement in money, rounded once; the closing is their sum, so that the two agree by construction.
fn worth(moved: &RollForward, value: Ratio) -> Option<RollForward> {
    let of = |points: i64| Ratio::whole(points.into()).times(value)?.rounded_i64();
    Some(RollForward {
        opening: of(moved.opening)?,
        issued: of(moved.issued)?,
        reestimated: of(moved.reestimated)?,
        converted: of(moved.converted)?,
        redeemed: of(moved.redeemed)?,
        expired: of(moved.expired)?,
        currency: of(moved.currency)?,
    })
}

/// A rate that a person wrote, as parts per million.
#[expect(clippy::cast_possible_truncation, reason = "a rate between 0 and 1 in millionths")]
fn parts(rate: f64) -> Ratio {
    Ratio::millionths((rate.clamp(0.0, 1.0) * 1_000_000.0).round() as i64)
}

fn text(data: &Data) -> Result<String, StoreError> {
    serde_json::to_string(data).map_err(|error| StoreError::Shape(error.to_string()))
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|octet| format!("{octet:02x}")).collect()
}
