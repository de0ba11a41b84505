//! Where letters went is known for as long as one may come back, so that no other goes there, and not of whom no address is
//! known any more: somebody who was erased has none.

use lazo_domain::ids::{MemberId, TenantId};
use lazo_domain::time::DAY;

use super::store;
use crate::App;
use crate::features::members;
use crate::jobs::{Fault, Step, Turn};

/// After so many days a letter does not come back any more.
const DAYS: i64 = 90;
/// Members looked at together.
const PAGE: i64 = 500;

/// Forgets what is not needed any more.
pub async fn step(app: &App, turn: &Turn) -> Result<Step, Fault> {
    store::forget_old(&app.db, turn.now.plus_micros(-DAYS * DAY)).await?;
    let (mut after, mut done) = ((TenantId(i64::MIN), MemberId(i64::MIN)), 0);
    loop {
        let page = store::known(&app.db, after, PAGE).await?;
        let Some(last) = page.last().copied().filter(|_| !turn.stop.is_asked()) else { break };
        after = last;
        for of_one in page.chunk_by(|one, other| one.0 == other.0) {
            let tenant = of_one[0].0;
            let ids: Vec<MemberId> = of_one.iter().map(|(_, member)| *member).collect();
            let known = members::store::attributes_of(&app.db, tenant, &ids).await?;
            for member in ids.into_iter().filter(|member| !known.contains_key(member)) {
                store::forget(&app.db, tenant, member).await?;
                done += 1;
            }
        }
    }
    Ok(Step { done, more: false })
}
