//! The journal followed into sums by day: each event is counted once, whoever reads it.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::decision::{Returned, Side};
use lazo_domain::event::{Body, Purchase};
use lazo_domain::ids::{AccountId, BUCKETS, EventId, PointTypeId, ProgramId, TenantId};
use lazo_domain::program::PointKind;
use lazo_domain::time::Zone;
use lazo_measures::ratio::Ratio;
use lazo_store::StoreError;
use lazo_store::ledger::{Followed, MAX_PAGE, settled};

use super::store::{self, AccountDay, Moved, ProgramDay};
use super::{day_of, store::Sum};
use crate::app::App;

/// Everything that is old enough to be counted for good, counted. Answers how many events were new.
pub async fn catch_up(app: &App) -> Result<usize, StoreError> {
    fold(app, settled(app.clock.now()), usize::MAX).await
}

/// Everything there is, counted; for a process that is alone with its database, where no event is on its way any more.
pub async fn catch_up_alone(app: &App) -> Result<usize, StoreError> {
    fold(app, EventId(i64::MAX), usize::MAX).await
}

/// Counts events below `before`, about `enough` of them at most.
pub(super) async fn fold(app: &App, before: EventId, enough: usize) -> Result<usize, StoreError> {
    let mut cursors = store::cursors(&app.db).await?;
    let mut folder = Folder { app, tenants: BTreeMap::new() };
    let mut done = 0;
    for bucket in 0..BUCKETS {
        let mut after = cursors.remove(&bucket).unwrap_or(EventId(0));
        loop {
            let page = app.ledger.books().follow(bucket, after, before, MAX_PAGE).await?;
            let Some(last) = page.last().map(|followed| followed.event.id) else { break };
            let mut sums = Sums::default();
            for followed in &page {
                folder.count(followed, &mut sums).await?;
            }
            if !store::add(&app.db, bucket, after, last, &sums.accounts, &sums.programs).await? {
                // Another process counted the same page at the same moment.
                break;
            }
            after = last;
            done += page.len();
        }
        if done >= enough {
            break;
        }
    }
    Ok(done)
}

/// What a page of the journal adds.
#[derive(Default)]
struct Sums {
    accounts: BTreeMap<AccountDay, Moved>,
    programs: BTreeMap<ProgramDay, Sum>,
}

/// What must be known of a tenant to count its events.
struct Shelf {
    zone: Zone,
    redeemable: BTreeMap<PointTypeId, ProgramId>,
}

struct Folder<'a> {
    app: &'a App,
    tenants: BTreeMap<TenantId, Option<Arc<Shelf>>>,
}

impl Folder<'_> {
    async fn shelf(&mut self, id: TenantId) -> Result<Option<Arc<Shelf>>, StoreError> {
        if let Some(known) = self.tenants.get(&id) {
            return Ok(known.clone());
        }
        let mut shelf = None;
        if let Some(tenant) = self.app.lookups.tenants.get(id).await? {
            let programs = self.app.programs.current(id).await?;
            let mut redeemable = BTreeMap::new();
            for program in programs.ids().filter_map(|id| programs.latest(id)) {
                let of = program.point_types.values().filter(|p| p.kind == PointKind::Redeemable);
                redeemable.extend(of.map(|kind| (kind.id, program.id)));
            }
            shelf = Some(Arc::new(Shelf { zone: tenant.config.time_zone.clone(), redeemable }));
        }
        self.tenants.insert(id, shelf.clone());
        Ok(shelf)
    }

    async fn count(&mut self, followed: &Followed, sums: &mut Sums) -> Result<(), StoreError> {
        let event = &followed.event;
        let Some(shelf) = self.shelf(event.tenant).await? else { return Ok(()) };
        if let Some((purchases, net_minor)) = self.sold(followed).await? {
            let day = day_of(event.effective_at, &shelf.zone);
            let key = ProgramDay {
                tenant: event.tenant,
                program: event.program,
                point_type: PointTypeId(0),
                day,
            };
            let sum = sums.programs.entry(key).or_default();
            sum.purchases += purchases;
            sum.net_minor = sum.net_minor.saturating_add(net_minor);
            let account = AccountDay::new(event.tenant, event.account, event.program, day);
            let moved = sums.accounts.entry(account).or_default();
            moved.purchases += purchases;
            moved.net_minor = moved.net_minor.saturating_add(net_minor);
        }
        for line in &followed.entries {
            let Some(program) = shelf.redeemable.get(&line.point_type).copied() else { continue };
            let day = day_of(line.effective_at, &shelf.zone);
            let key =
                ProgramDay { tenant: event.tenant, program, point_type: line.point_type, day };
            let points = line.points.0;
            let sum = sums.programs.entry(key).or_default();
            let account = AccountDay::new(event.tenant, event.account, program, day);
            let (sum, moved) = match line.side {
                // The program's side mirrors the member's: what it issues leaves it.
                Side::Issued => (&mut sum.issued, -points),
                Side::Redeemed => (&mut sum.redeemed, points),
                Side::Expired => (&mut sum.expired, points),
                Side::Adjusted | Side::Rounding => (&mut sum.adjusted, -points),
                Side::ConvertedIn | Side::ConvertedOut => (&mut sum.converted, -points),
                Side::Transferred => (&mut sum.transferred, -points),
                Side::Opening => (&mut sum.opening, -points),
                Side::Available | Side::Pending | Side::Held => continue,
            };
            *sum = sum.saturating_add(moved);
            let of = sums.accounts.entry(account).or_default();
            match line.side {
                Side::Issued => of.issued = of.issued.saturating_add(moved),
                Side::Redeemed => of.redeemed = of.redeemed.saturating_add(moved),
                Side::Expired => of.expired = of.expired.saturating_add(moved),
                _ => {}
            }
        }
        Ok(())
    }

    /// How many purchases an event adds or takes, and for how much; `None` for what is no sale. Of a return it is the
    /// lines' share of what was paid for them.
    async fn sold(&self, followed: &Followed) -> Result<Option<(i64, i64)>, StoreError> {
        let event = &followed.event;
        match &event.body {
            Body::Purchase(purchase) => Ok(Some((1, paid(purchase)))),
            Body::Return(_) => {
                let Some(Body::Purchase(purchase)) = self.origin(followed).await? else {
                    return Ok(None);
                };
                Ok(Some((0, -back(&purchase, followed.outcome.returned.as_ref()))))
            }
            Body::Reverse { event: undone } => {
                let books = self.app.ledger.books();
                let undone = books.event_of(event.tenant, event.account, *undone).await?;
                let Some(undone) = undone else { return Ok(None) };
                Ok(match &undone.event.body {
                    // What had come back before is taken off already: the rest goes with it.
                    Body::Purchase(purchase) => {
                        Some((-1, -back(purchase, followed.outcome.returned.as_ref())))
                    }
                    Body::Return(_) => match self.origin(followed).await? {
                        Some(Body::Purchase(purchase)) => {
                            Some((0, back(&purchase, undone.outcome.returned.as_ref())))
                        }
                        _ => None,
                    },
                    _ => None,
                })
            }
            _ => Ok(None),
        }
    }

    async fn origin(&self, followed: &Followed) -> Result<Option<Body>, StoreError> {
        let (event, Some(origin)) = (&followed.event, followed.origin) else { return Ok(None) };
        let (tenant, account): (TenantId, AccountId) = (event.tenant, event.account);
        let found = self.app.ledger.books().event_of(tenant, account, origin).await?;
        Ok(found.map(|stored| stored.event.body))
    }
}

/// What was paid for the part of a purchase that came back, in minor units: of each line its share, rounded.
fn back(purchase: &Purchase, returned: Option<&Returned>) -> i64 {
    let lines = returned.map(|returned| &returned.lines).into_iter().flatten();
    let shares = lines.filter_map(|back| {
        let line = purchase.lines.get(back.line)?;
        let share = Ratio::new(back.quantity_milli.into(), line.quantity_milli.into())?;
        share.times(Ratio::whole(line.net_minor.into()))?.rounded_i64()
    });
    shares.fold(0, i64::saturating_add)
}

fn paid(purchase: &Purchase) -> i64 {
    purchase.lines.iter().fold(0, |sum: i64, line| sum.saturating_add(line.net_minor))
}
