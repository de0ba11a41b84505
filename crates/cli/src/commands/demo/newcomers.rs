//! What the demo's companies do for who is new: first steps, with a share that sees none, and invitations.

use lazo_domain::ids::ProgramId;
use lazo_domain::time::{DAY, SECOND};
use lazo_server::App;
use lazo_server::features::accounts::holdings::Purse;
use lazo_server::features::invitations::{self, InvitationPolicy};
use lazo_server::features::members::{self, EMAIL, Enrollment, MemberKind};
use lazo_server::features::missions::{self, Goal};
use lazo_server::features::programs;
use lazo_server::features::tenants::Tenant;
use lazo_server::http::Scope;
use lazo_server::i18n::Locale;
use serde_json::Value;

use super::campaigns::{at, told};
use crate::fault::Fault;

/// How many days ago there were first steps for the first time.
const AGO: i64 = 25;
/// Which share sees none, in ten-thousandths.
const HOLDOUT: i64 = 2_000;
/// Invented people who joined since, and what they are called.
const PEOPLE: i64 = 32;
const NAMES: [&str; 6] = ["Lucía", "Mateo", "Noa", "Hugo", "Carmen", "Iker"];

/// Sets both up, and has invented people join and take some of the steps.
pub async fn tell(author: &Scope<App>, tenant: &Tenant) -> Result<(), Fault> {
    let policy = InvitationPolicy {
        open: true,
        max_a_month: 5,
        held_from: 3,
        takes_back: true,
        secret: Vec::new(),
    };
    invitations::policy::set(author, &policy).await.map_err(|problem| told(&problem))?;
    let begin = author.caller.real_now.plus_micros(-AGO * DAY);
    missions::policy::set(&at(author, begin), true, HOLDOUT).await.map_err(|p| told(&p))?;
    let programs = programs::of(author).await?;
    let all: Vec<ProgramId> = programs.ids().collect();
    let Some(first) = all.first().copied() else { return Ok(()) };
    for number in 0..PEOPLE {
        join(author, tenant, first, &all, number).await?;
    }
    Ok(())
}

/// Somebody joins, opens the portal and takes some of the steps: one in four none, the others one more each.
async fn join(
    author: &Scope<App>,
    tenant: &Tenant,
    program: ProgramId,
    all: &[ProgramId],
    number: i64,
) -> Result<(), Fault> {
    let app = &author.app;
    let at_day = author.caller.real_now.plus_micros(-(AGO - 1) * DAY * (PEOPLE - number) / PEOPLE);
    let steps = number % 4;
    let named = (steps > 0).then(|| ("given_name".to_owned(), Value::from(NAMES[index(number)])));
    let asked = Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![(EMAIL.to_owned(), format!("nuevo-{number}@example.com"))],
        locale: None,
        attributes: named.into_iter().collect(),
        program: Some(program),
        enrolled_at: at_day,
    };
    let member = members::enroll(&app.db, &app.ids, tenant, &asked, at_day).await;
    let member = member.map_err(|error| Fault::failed(format!("{error:?}")))?;
    let then = at(author, at_day.plus_micros(3_600 * SECOND));
    let whose = (member.id, member.account);
    let purse = Purse::read(&then, whose, all, Locale::EsEs).await.map_err(|p| told(&p))?;
    let reward = purse.first().and_then(|it| it.document.rewards.first().map(|it| it.code.clone()));
    if let Some(reward) = reward {
        let reward = reward.to_string();
        if steps > 1 {
            let goal = Goal { program, reward: reward.clone() };
            missions::store::set_goal(&app.db, tenant.id, member.id, Some(&goal), then.now).await?;
        }
        if steps > 2 {
            let mut tx = app.db.begin().await?;
            let tastes = [reward].into();
            missions::store::set_tastes(&mut tx, tenant.id, member.id, &tastes, then.now).await?;
            tx.commit().await?;
        }
    }
    missions::settled(&then, &member, &purse).await.map_err(|problem| told(&problem))?;
    Ok(())
}

fn index(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0) % NAMES.len()
}
