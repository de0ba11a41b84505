//! What needs somebody: drafts and changes that wait for a word, requests whose time runs out, actions past their day,
//! open questions of the discovery, competitors nobody looked at.

use jiff::civil::Date;
use lazo_domain::ids::TenantId;
use lazo_domain::time::{Timestamp, Zone};
use lazo_store::{Db, StoreError};

use crate::features::discovery::{self, payout};
use crate::features::kpis::{self, Kpi};
use crate::features::programs::VersionState;
use crate::features::{programs, registers, requests, sign_offs};

/// From how many hundredths of a limit on somebody is told.
const NEARLY: i128 = 80;

/// Something that needs somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// What kind: the end of its text's key, `workspace-need-<kind>`.
    pub kind: &'static str,
    /// What it is about.
    pub what: String,
    /// The page on which it is done.
    pub path: String,
    /// By when, if there is a day.
    pub due: Option<Timestamp>,
    /// Is it late?
    pub late: bool,
}

/// Everything of a tenant that needs somebody at `now`, what is late first.
pub async fn all(
    db: &Db,
    tenant: TenantId,
    zone: &Zone,
    now: Timestamp,
) -> Result<Vec<Need>, StoreError> {
    let today = now.local(zone).date();
    let mut all = drafts(db, tenant).await?;
    all.extend(asked(db, tenant, now).await?);
    all.extend(actions(db, tenant, zone, today).await?);
    all.extend(limits(db, tenant).await?);
    for one in discovery::progress(db, tenant).await?.iter().filter(|one| !one.is_done()) {
        all.push(Need {
            kind: "question",
            what: one.question.name().to_owned(),
            path: "/console/discovery".to_owned(),
            due: None,
            late: false,
        });
    }
    for entry in registers::store::all(db, tenant, "competitors").await? {
        if payout::is_stale(&entry, today) {
            all.push(Need {
                kind: "competitor",
                what: entry.text("name").to_owned(),
                path: format!("/console/registers/competitors/{}", entry.id),
                due: None,
                late: false,
            });
        }
    }
    all.sort_by_key(|need| (!need.late, need.due.map_or(i64::MAX, |due| due.0)));
    Ok(all)
}

async fn drafts(db: &Db, tenant: TenantId) -> Result<Vec<Need>, StoreError> {
    let mut all = Vec::new();
    for head in programs::store::all(db, tenant).await? {
        let versions = programs::store::versions(db, tenant, head.id).await?;
        let draft = versions.iter().find(|version| version.state == VersionState::Draft);
        let Some(draft) = draft else { continue };
        let missing = sign_offs::lacking(db, tenant, draft, &draft.author).await?;
        let (kind, path) = if missing.is_empty() {
            ("draft", format!("/console/programs/{}", head.code))
        } else {
            ("signature", "/console/alignment".to_owned())
        };
        all.push(Need { kind, what: head.code, path, due: None, late: false });
    }
    Ok(all)
}

async fn asked(db: &Db, tenant: TenantId, now: Timestamp) -> Result<Vec<Need>, StoreError> {
    let open = requests::store::open(db, tenant).await?;
    let need = |request: requests::Request| {
        let kind = match request.state.as_str() {
            "in_approval" => "approval",
            "approved" => "release",
            "released" => "measure",
            _ if request.answered_at.is_none() => "answer",
            _ => "work",
        };
        let due = request.due();
        Need {
            kind,
            path: format!("/console/requests/{}", request.id),
            what: request.title,
            due,
            late: due.is_some_and(|due| due <= now),
        }
    };
    Ok(open.into_iter().map(need).collect())
}

/// Limits that four fifths or more is used of, by the latest readings.
async fn limits(db: &Db, tenant: TenantId) -> Result<Vec<Need>, StoreError> {
    let readings = kpis::store::latest(db, tenant).await?;
    let used = |kpi| readings.iter().find(|reading| reading.kpi == kpi).map(|r| r.value);
    let need = |entry: registers::Entry| {
        let used = match entry.text("limit") {
            "maximum_liability" => used(Kpi::PointsLiability)?,
            "annual_reward_budget" => used(Kpi::RewardCost)?,
            _ => return None,
        };
        let amount = entry.whole("amount").filter(|amount| *amount > 0)?;
        let hundredths = i128::from(used) * 100 / i128::from(amount);
        let kind = if hundredths >= 100 { "over" } else { "limit" };
        (hundredths >= NEARLY).then(|| Need {
            kind,
            what: format!("{} ({hundredths}\u{a0}%)", entry.text("name")),
            path: format!("/console/registers/constraints/{}", entry.id),
            due: None,
            late: kind == "over",
        })
    };
    let all = registers::store::all(db, tenant, "constraints").await?;
    Ok(all.into_iter().filter_map(need).collect())
}

async fn actions(
    db: &Db,
    tenant: TenantId,
    zone: &Zone,
    today: Date,
) -> Result<Vec<Need>, StoreError> {
    let all = registers::store::all(db, tenant, "actions").await?;
    let open = all.into_iter().filter(|action| action.text("done_on").is_empty());
    let need = |action: registers::Entry| {
        let day = action.day("due")?;
        Some(Need {
            kind: "action",
            what: format!("{} ({})", action.text("name"), action.text("owner")),
            path: format!("/console/registers/actions/{}", action.id),
            due: Some(zone.start_of(day)),
            late: day < today,
        })
    };
    Ok(open.filter_map(need).collect())
}
