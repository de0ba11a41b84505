//! What goes with a member's points, as it is in its own tables: tiers granted, vouchers, and consents.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::event::{Body, Kind};
use lazo_domain::ids::{AccountId, MemberId};
use lazo_domain::merging::reconcile::Seen;
use lazo_domain::merging::snapshot::ConsentState;
use lazo_domain::merging::{ExceptionCode, SourceKey};
use lazo_domain::time::Timestamp;

use super::super::fault::MergeFault;
use super::super::names;
use super::super::post::qualifying;
use super::super::store::desk;
use super::super::store::members::GoldenMember;
use super::compare::{Compared, Comparing};
use crate::features::carried_orders::{self, CarriedOrder, Promise};
use crate::features::vouchers;

/// What is there of one member.
#[derive(Debug, Clone, Default)]
pub struct Things {
    /// Tiers that the journal grants, by ladder.
    tiers: BTreeMap<String, String>,
    /// Ladders that the target has: a tier on another cannot be granted.
    ladders: Vec<String>,
    /// What counts for ladders: so much should, and so much the journal has.
    counters: (i128, i128),
    /// Kinds of vouchers whose codes were somebody else's here: that stands at the desk.
    taken: BTreeSet<String>,
    /// What vouchers are worth, by code.
    vouchers: BTreeMap<String, i64>,
    /// Open orders that came along, each with its price and its promise.
    orders: BTreeSet<Promise>,
    /// Consents by purpose and channel, and since when.
    consents: BTreeMap<(String, String), (String, Timestamp)>,
}

impl Comparing {
    /// Looks up what goes with the points of a page of members.
    pub(super) async fn things(&self, page: &mut [Compared]) -> Result<(), MergeFault> {
        let program = self.bench.target(&self.project).await?;
        let ladders: Vec<String> = program.tier_groups.keys().map(ToString::to_string).collect();
        let mut granted = self.granted(page, &ladders).await?;
        let counted = self.counted(page, &ladders).await?;
        let keys: Vec<SourceKey> = page.iter().map(|member| member.row.golden.clone()).collect();
        let code = ExceptionCode::VoucherTaken.name();
        let mut taken = BTreeMap::<SourceKey, BTreeSet<String>>::new();
        for (key, kind) in desk::subjects(&self.bench.app.db, &self.project, code, &keys).await? {
            taken.entry(key).or_default().insert(kind);
        }
        let codes: Vec<String> = page
            .iter()
            .filter(|member| member.row.is_in_ledger())
            .flat_map(|member| member.plan.vouchers.iter().map(|v| v.voucher.code.clone()))
            .collect();
        let mut worth = BTreeMap::<AccountId, BTreeMap<String, i64>>::new();
        for voucher in
            vouchers::store::by_codes(&self.bench.app.db, self.project.tenant, &codes).await?
        {
            let value = voucher.value_minor.unwrap_or(0);
            worth.entry(voucher.account).or_default().insert(voucher.code, value);
        }
        let ids: Vec<MemberId> = page.iter().filter_map(|member| member.row.member).collect();
        let mut said = BTreeMap::<MemberId, BTreeMap<_, _>>::new();
        for consent in desk::consents_of_all(&self.bench.app.db, &self.project, &ids).await? {
            let name = (consent.purpose, consent.channel);
            said.entry(consent.member).or_default().insert(name, (consent.state, consent.at));
        }
        let keys: Vec<SourceKey> =
            page.iter().flat_map(|member| member.row.accounts.clone()).collect();
        let mut carried = BTreeMap::<SourceKey, Vec<CarriedOrder>>::new();
        for order in
            carried_orders::store::of(&self.bench.app.db, self.project.ids(), &keys).await?
        {
            carried.entry(order.key.clone()).or_default().push(order);
        }
        for member in page.iter_mut() {
            let row = &member.row;
            // Of whoever was taken apart some went along with the other.
            let own = |order: &&CarriedOrder| {
                row.state == "unmerged" || row.account == Some(order.account)
            };
            let orders = row.accounts.iter().filter_map(|key| carried.get(key)).flatten();
            let orders = orders.filter(own).map(CarriedOrder::promise).collect();
            let mut vouchers = row.account.and_then(|id| worth.get(&id)).cloned();
            if row.state == "unmerged" {
                // What was taken apart went along with its codes.
                vouchers = Some(worth.values().flatten().map(|(c, v)| (c.clone(), *v)).collect());
            }
            let of = |id: MemberId| said.get(&id).cloned();
            let due = qualifying(&member.plan, &member.rules, &program);
            let due: i128 = due.values().flatten().map(|credit| i128::from(credit.amount)).sum();
            let there = row.account.and_then(|id| counted.get(&id)).copied().unwrap_or(0);
            member.things = Things {
                counters: (due, there),
                taken: taken.remove(&row.golden).unwrap_or_default(),
                tiers: row.account.and_then(|id| granted.remove(&id)).unwrap_or_default(),
                ladders: ladders.clone(),
                vouchers: vouchers.unwrap_or_default(),
                orders,
                consents: row.member.and_then(of).unwrap_or_default(),
            };
        }
        Ok(())
    }

    /// What the journal counts for ladders of members of a page, by account.
    async fn counted(
        &self,
        page: &[Compared],
        ladders: &[String],
    ) -> Result<BTreeMap<AccountId, i128>, MergeFault> {
        let named = |row: &GoldenMember, ladder: &String| {
            let name = names::of_opening(&self.project, &row.golden, row.attempt);
            Some((row.account?, names::of_counters(&name, ladder)))
        };
        let wanted: Vec<(AccountId, String)> = page
            .iter()
            .flat_map(|member| ladders.iter().filter_map(|ladder| named(&member.row, ladder)))
            .collect();
        let source = names::ledger_source(&self.project);
        let books = self.bench.app.ledger.books();
        let found =
            books.events_named(self.project.tenant, &source, Kind::Qualify, &wanted).await?;
        let mut counted = BTreeMap::<AccountId, i128>::new();
        for event in found {
            if let Body::Qualify { credits, .. } = &event.event.body {
                let sum: i128 = credits.iter().map(|credit| i128::from(credit.amount)).sum();
                *counted.entry(event.event.account).or_default() += sum;
            }
        }
        Ok(counted)
    }

    /// The tiers that the journal grants to members of a page, by account and ladder.
    async fn granted(
        &self,
        page: &[Compared],
        ladders: &[String],
    ) -> Result<BTreeMap<AccountId, BTreeMap<String, String>>, MergeFault> {
        let named = |row: &GoldenMember, ladder: &String| {
            let name = names::of_opening(&self.project, &row.golden, row.attempt);
            Some((row.account?, format!("{name}#{ladder}")))
        };
        let wanted: Vec<(AccountId, String)> = page
            .iter()
            .flat_map(|member| ladders.iter().filter_map(|ladder| named(&member.row, ladder)))
            .collect();
        let source = names::ledger_source(&self.project);
        let books = self.bench.app.ledger.books();
        let found =
            books.events_named(self.project.tenant, &source, Kind::GrantTier, &wanted).await?;
        let mut granted = BTreeMap::<AccountId, BTreeMap<String, String>>::new();
        for event in found {
            if let Body::GrantTier { group, tier, .. } = event.event.body {
                granted.entry(event.event.account).or_default().insert(group, tier);
            }
        }
        Ok(granted)
    }
}

impl Compared {
    /// Adds what there is of the member, apart from the sums of its plan, to what was seen.
    pub(super) fn see(&self, seen: &mut Seen) -> Result<(), MergeFault> {
        seen.snapshot(self.rules.mode, &self.plan, &self.accounts)?;
        let openings = self.plan.openings();
        let lots = openings.iter().filter(|opening| opening.points > 0).count();
        let made = self.event.iter().flat_map(|event| &event.made.lots);
        seen.count("lots", lots, made.filter(|lot| lot.granted.0 > 0).count());
        let tiers = self
            .plan
            .tiers
            .iter()
            .filter(|tier| !tier.tier.is_empty() && self.things.ladders.contains(&tier.group));
        let (mut due, mut there) = (0, 0);
        for tier in tiers {
            due += 1;
            there += usize::from(self.things.tiers.get(&tier.group) == Some(&tier.tier));
        }
        seen.count("tiers", due, there);
        seen.sum("counters", self.things.counters.0, self.things.counters.1);
        let (mut wanted, mut due, mut there, mut found) = (0, 0, 0, 0);
        for voucher in &self.plan.vouchers {
            let worth = self.things.vouchers.get(&voucher.voucher.code);
            if worth.is_none() && self.things.taken.contains(&voucher.voucher.kind) {
                continue;
            }
            wanted += 1;
            due += i128::from(voucher.value_minor);
            found += usize::from(worth.is_some());
            there += i128::from(worth.copied().unwrap_or(0));
        }
        seen.count("vouchers", wanted, found);
        seen.sum("voucher_value", due, there);
        let kept = self.plan.orders.iter().filter(|result| {
            self.things.orders.contains(&carried_orders::promise(&result.key, &result.order))
        });
        seen.count("orders", self.plan.orders.len(), kept.count());
        self.see_consents(seen);
        Ok(())
    }

    /// Consents that are there, and those of them that are a yes. What was said since stands on its own.
    fn see_consents(&self, seen: &mut Seen) {
        let (mut there, mut due, mut yes) = (0, 0, 0);
        for result in &self.plan.consents {
            let planned = &result.consent;
            let is_yes = planned.state == ConsentState::OptedIn;
            due += usize::from(is_yes);
            let name = (planned.purpose.clone(), planned.channel.clone());
            let Some((state, at)) = self.things.consents.get(&name) else { continue };
            there += 1;
            let since = *at > planned.at;
            yes += usize::from(if since { is_yes } else { state == ConsentState::OptedIn.name() });
        }
        seen.count("consents", self.plan.consents.len(), there);
        seen.count("consents_yes", due, yes);
    }
}
