//! What the demo's companies do for who is new: first steps, with a share that sees none, and invitations.

use lazo_domain::ids::MemberId;
use lazo_domain::time::DAY;
use lazo_server::App;
use lazo_server::features::accounts::holdings::Purse;
use lazo_server::features::invitations::{self, InvitationPolicy};
use lazo_server::features::members;
use lazo_server::features::missions;
use lazo_server::features::programs;
use lazo_server::features::tenants::Tenant;
use lazo_server::http::Scope;
use lazo_server::i18n::Locale;

use super::campaigns::{at, told};
use crate::fault::Fault;

/// How many days ago there were first steps for the first time.
const AGO: i64 = 25;
/// Which share sees none, in ten-thousandths.
const HOLDOUT: i64 = 2_000;
/// Of those who joined since, so many open the portal.
const VISITS: usize = 80;
/// Members read at a time.
const PAGE: i64 = 500;

/// Sets both up, and has people who joined since then open the portal.
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
    let wanted: Vec<_> = programs::of(author).await?.ids().collect();
    let (mut after, mut visits) = (MemberId(i64::MIN), 0);
    while visits < VISITS {
        let page = members::store::page(&author.app.db, tenant.id, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for member in page.iter().filter(|member| member.enrolled_at >= begin) {
            let whose = (member.id, member.account);
            let purse = Purse::read(author, whose, &wanted, Locale::EsEs).await;
            let purse = purse.map_err(|problem| told(&problem))?;
            missions::settled(author, member, &purse).await.map_err(|problem| told(&problem))?;
            visits += 1;
            if visits == VISITS {
                break;
            }
        }
    }
    Ok(())
}
