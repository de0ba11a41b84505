//! How far a member has come: what is done is found in what there is, kept once, and posted so that the rules reward it.
//!
//! A step is kept before it is posted; who dies in between posts the same again, and the ledger knows it by its name.

use std::collections::BTreeSet;

use lazo_domain::event::{Body, Custom, Event};
use lazo_domain::ids::{EventId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::{Command, PostError};

use super::{Done, Mission, Offer, policy, store};
use crate::App;
use crate::features::accounts::holdings::Purse;
use crate::features::members::{self, EMAIL, Member, MemberStatus, PHONE, folded};
use crate::features::wallet_passes;
use crate::http::{Problem, Scope};
use crate::jobs::Fault;
use crate::secrets::keyed;

/// Where these events come from.
const SOURCE: &str = "missions";
/// The latest events of an account among which a first purchase is looked for.
const LOOKED: i64 = 100;

/// How far a member has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Whom it is about, and since when.
    pub offer: Offer,
    /// The steps there are, in their order.
    pub steps: Vec<Mission>,
    /// What is done.
    pub done: Vec<Done>,
    /// Is there nothing left to do, for all is done or time is up?
    pub is_over: bool,
    /// Was something kept just now, so that what was read before may be of yesterday?
    pub settled_now: bool,
}

impl Progress {
    /// What is known of a step that is done.
    #[must_use]
    pub fn of(&self, mission: Mission) -> Option<&Done> {
        self.done.iter().find(|done| done.mission == mission)
    }

    /// How many steps are done.
    #[must_use]
    pub fn count(&self) -> usize {
        self.steps.iter().filter(|step| self.of(**step).is_some()).count()
    }

    /// The first step that is not done.
    #[must_use]
    pub fn next(&self) -> Option<Mission> {
        self.steps.iter().copied().find(|step| self.of(*step).is_none())
    }

    /// The badge of whoever did all of them.
    #[must_use]
    pub fn badge(&self) -> Option<&Done> {
        self.of(Mission::All)
    }
}

/// How far the member who visits has come, with what was done since the last time kept and posted; nothing for who sees
/// no missions.
pub async fn settled(
    scope: &Scope<App>,
    member: &Member,
    purse: &Purse,
) -> Result<Option<Progress>, Problem> {
    let takes_part = |program| member.programs.contains(program);
    let holding = purse.holdings.iter().find(|holding| takes_part(&holding.program.id));
    let Some(holding) = holding else { return Ok(None) };
    let program = holding.program.id;
    let offer = super::offer::offered(scope, member, program).await?;
    let Some(offer) = offer.filter(|offer| offer.shown) else { return Ok(None) };
    let (db, tenant) = (&scope.app.db, scope.tenant);
    let mut done = store::steps(db, tenant, member.id).await?;
    // Where there are not two rewards to choose between, nobody is asked.
    let asks = !super::portal::rounds(&holding.document, scope.now, member.id).is_empty();
    let steps: Vec<Mission> =
        Mission::STEPS.into_iter().filter(|step| asks || *step != Mission::Tastes).collect();
    let mut settled_now = false;
    if offer.is_open(scope.now) {
        let had: BTreeSet<Mission> = done.iter().map(|done| done.mission).collect();
        let mut fresh = Vec::new();
        for step in steps.iter().copied().filter(|step| !had.contains(step)) {
            if is_met(scope, member, &offer, step).await? {
                fresh.push(step);
            }
        }
        let all = had.len() + fresh.len() >= steps.len() && !had.contains(&Mission::All);
        fresh.extend((all && !steps.is_empty()).then_some(Mission::All));
        for mission in &fresh {
            keep(scope, member, &offer, *mission).await?;
        }
        if !fresh.is_empty() {
            settled_now = true;
            done = store::steps(db, tenant, member.id).await?;
        }
    }
    let is_over = !offer.is_open(scope.now) || done.iter().any(|it| it.mission == Mission::All);
    Ok(Some(Progress { offer, steps, done, is_over, settled_now }))
}

/// Is what a step asks for there?
async fn is_met(
    scope: &Scope<App>,
    member: &Member,
    offer: &Offer,
    mission: Mission,
) -> Result<bool, Problem> {
    let (db, tenant) = (&scope.app.db, scope.tenant);
    Ok(match mission {
        Mission::Profile => {
            let name = member.attributes.get("given_name").and_then(serde_json::Value::as_str);
            name.is_some_and(|name| !name.trim().is_empty())
        }
        Mission::Tastes => !store::tastes(db, tenant, member.id).await?.is_empty(),
        Mission::Goal => store::goal(db, tenant, member.id).await?.is_some(),
        Mission::Card => {
            offer.card_at.is_some()
                || !wallet_passes::store::of_member(db, tenant, member.id).await?.is_empty()
        }
        Mission::Purchase => {
            let books = scope.app.ledger.books();
            let latest = books.events(tenant, member.account, None, LOOKED).await?;
            // What was undone since is no purchase.
            let undone: BTreeSet<EventId> = latest
                .iter()
                .filter_map(|stored| match stored.event.body {
                    Body::Reverse { event } => Some(event),
                    _ => None,
                })
                .collect();
            latest.iter().any(|stored| {
                let event = &stored.event;
                matches!(event.body, Body::Purchase(_))
                    && event.program == offer.program
                    && event.effective_at >= member.enrolled_at
                    && !undone.contains(&event.id)
            })
        }
        Mission::All => false,
    })
}

/// Keeps that a mission is done, and posts it.
async fn keep(
    scope: &Scope<App>,
    member: &Member,
    offer: &Offer,
    mission: Mission,
) -> Result<(), Problem> {
    let (app, tenant) = (&scope.app, scope.tenant);
    let Some(policy) = policy::of(&app.db, tenant).await? else { return Ok(()) };
    let names = members::store::identifiers(&app.db, tenant, member.id).await?;
    let of = |scheme: &str| names.iter().find(|it| it.scheme == scheme);
    let address = of(EMAIL).map(|it| format!("person {}", folded(&it.value)));
    let address = address.or_else(|| of(PHONE).map(|it| format!("phone {}", it.value)));
    let person = address.map(|address| keyed(&policy.secret, address.as_bytes()));
    let done = Done {
        member: member.id,
        mission,
        program: offer.program,
        at: scope.now,
        state: "posting".to_owned(),
        event: None,
    };
    let counts = app
        .db
        .retry(|| async {
            let mut tx = app.db.begin().await?;
            let counts = store::keep_step(&mut tx, tenant, &done, person.as_deref()).await?;
            tx.commit().await?;
            Ok(counts)
        })
        .await?;
    if counts && let Err(error) = post(app, tenant, &done).await {
        // It is kept: the job posts it soon.
        tracing::warn!(member = %member.id, mission = mission.name(), %error, "a mission is posted later");
    }
    Ok(())
}

/// Posts a mission that was done. Posted again it is answered as before; who has left since gets nothing.
pub(super) async fn post(app: &App, tenant: TenantId, done: &Done) -> Result<(), Fault> {
    let found = members::store::by_id(&app.db, tenant, done.member).await?;
    let active = found.filter(|member| {
        member.status == MemberStatus::Active && member.programs.contains(&done.program)
    });
    let Some(member) = active else {
        store::posted(&app.db, tenant, done, None).await?;
        return Ok(());
    };
    let custom = Custom {
        name: done.mission.event().to_owned(),
        numbers: Default::default(),
        attributes: Default::default(),
    };
    let event = Event {
        id: EventId(0),
        tenant,
        account: member.account,
        program: done.program,
        source: SOURCE.to_owned(),
        source_ref: format!("{}/{}", done.member, done.mission.name()),
        effective_at: done.at,
        recorded_at: done.at,
        actor: format!("member:{}", done.member),
        import: None,
        body: Body::Custom(custom),
    };
    let command = Command::One { event, facts: members::facts(&member) };
    match app.ledger.post_one(command).await {
        Ok(receipt) => store::posted(&app.db, tenant, done, Some(receipt.event)).await?,
        Err(PostError::Refused(refusal)) => {
            tracing::warn!(member = %done.member, mission = done.mission.name(), error = &refusal as &dyn std::error::Error, "the ledger refused a mission");
            store::posted(&app.db, tenant, done, None).await?;
        }
        Err(unknown) => return Err(unknown.into()),
    }
    Ok(())
}

/// What the live rules of a program give for a mission, in smallest units of the point type of this code.
#[must_use]
pub fn promised(
    document: &lazo_domain::program::ProgramConfig,
    mission: Mission,
    point_type: &str,
    now: Timestamp,
) -> i64 {
    use lazo_domain::rules::RuleEffect;
    let live = document.earning_rules.iter().filter(|rule| {
        rule.on == mission.event()
            && rule.point_type == point_type
            && rule.when.is_none()
            && rule.from.is_none_or(|from| from <= now)
            && rule.until.is_none_or(|end| end > now)
    });
    live.map(|rule| match rule.effect {
        RuleEffect::Fixed { points } => points,
        _ => 0,
    })
    .sum()
}
