//! A golden member as the ledger hears of it: whom to enroll, which lots to open, which tiers to grant, under which names.

use std::collections::BTreeMap;

use super::super::fault::{MergeFault, refused};
use super::super::names;
use super::super::profiles::Known;
use super::super::store::members::GoldenMember;
use super::Post;
use crate::features::members::{Arrival, Brought};
use lazo_domain::event::{Body, Event, QualifyingCredit};
use lazo_domain::ids::{EventId, PointTypeId, RedemptionId};
use lazo_domain::merging::openings::Opening;
use lazo_domain::merging::snapshot::{LotState, Unit};
use lazo_domain::merging::tiers::CounterResult;
use lazo_domain::merging::{GoldenStatus, MemberPlan, MergeRules};
use lazo_domain::program::{Program, Provenance};
use lazo_domain::time::Timestamp;

/// What the sources counted for each ladder of the program, and when it counts.
pub(in super::super) fn qualifying(
    plan: &MemberPlan,
    rules: &MergeRules,
    program: &Program,
) -> BTreeMap<String, Vec<QualifyingCredit>> {
    let mut all = BTreeMap::<String, Vec<QualifyingCredit>>::new();
    let known = |counter: &&CounterResult| program.tier_groups.contains_key(counter.group.as_str());
    for counter in plan.counters.iter().filter(known).filter(|counter| counter.value != 0) {
        if let Some(counts_at) = counter.counts_at(rules) {
            let credit = QualifyingCredit { counts_at, amount: counter.value };
            all.entry(counter.group.clone()).or_default().push(credit);
        }
    }
    all
}

impl Post<'_> {
    /// The golden member as somebody to enroll: all its numbers, the golden one first.
    pub(super) fn arrival(
        &self,
        row: &GoldenMember,
        plan: &MemberPlan,
        known: Known,
    ) -> Result<Arrival, MergeFault> {
        let scheme = |source: &str| {
            let spec = self.project.document.source(source);
            spec.map_or(source, |spec| spec.scheme()).to_owned()
        };
        let mut identifiers = vec![(scheme(&plan.golden.source), plan.golden.member.clone())];
        let moving = || plan.accounts.iter().filter(|account| account.moves);
        for account in moving() {
            identifiers.push((scheme(&account.key.source), account.key.member.clone()));
        }
        let own = identifiers.len();
        for alias in moving().flat_map(|account| &account.aliases) {
            identifiers.extend(alias.split_once(':').map(|(s, v)| (s.to_owned(), v.to_owned())));
        }
        identifiers.extend(known.doors);
        let joins = moving().any(|account| {
            self.project.document.source(&account.key.source).is_some_and(|source| source.joins)
        });
        Ok(Arrival {
            identifiers,
            own,
            ids: row.here()?,
            joins,
            company: plan.unit == Unit::Company,
            suspended: plan.status != GoldenStatus::Active,
            enrolled_at: plan.enrolled_at,
            attributes: known.attributes,
            locale: known.locale,
        })
    }

    /// The opening, and the tiers that go with it. Nothing in them says whose they are in the source.
    pub(super) fn events(
        &self,
        row: &GoldenMember,
        plan: &MemberPlan,
        found: &Brought,
    ) -> Result<Vec<Event>, MergeFault> {
        let event = |reference: String, body: Body| Event {
            id: EventId(0),
            tenant: self.project.tenant,
            account: found.account,
            program: self.project.program,
            source: names::ledger_source(self.project),
            source_ref: reference,
            effective_at: self.rules.cutover,
            recorded_at: Timestamp(0),
            actor: "merge".to_owned(),
            import: Some(self.wave.import),
            body,
        };
        let openings = plan.openings();
        let mut events = Vec::new();
        let reference = names::of_opening(self.project, &row.golden, row.attempt);
        if !openings.is_empty() {
            let pieces = openings.iter().map(|opening| {
                let hold = self.hold(plan, opening);
                let id = hold.as_ref().map(|(id, _)| *id);
                let mut piece = opening.piece(self.point_type(&opening.to)?, id);
                if let (Some(held), Some((_, name))) = (piece.hold.as_mut(), hold) {
                    // The source's own name of the hold is for the statement, not for the ledger.
                    held.reward = name;
                }
                Ok(piece)
            });
            let pieces = pieces.collect::<Result<Vec<_>, MergeFault>>()?;
            events.push(event(reference.clone(), Body::Opening { pieces }));
        }
        for tier in plan.tiers.iter().filter(|tier| !tier.tier.is_empty()) {
            if !self.program.tier_groups.contains_key(tier.group.as_str()) {
                continue;
            }
            let until = tier.protected_until.filter(|end| *end > self.rules.cutover);
            let until = until.filter(|_| tier.provenance != Provenance::Lifetime);
            let body = Body::GrantTier {
                group: tier.group.clone(),
                tier: tier.tier.clone(),
                provenance: tier.provenance,
                until,
            };
            events.push(event(format!("{reference}#{}", tier.group), body));
        }
        // After the tiers: where the counters of a window that still runs reach higher, the higher step is earned.
        for (group, credits) in qualifying(plan, self.rules, &self.program) {
            let name = names::of_counters(&reference, &group);
            events.push(event(name, Body::Qualify { group, credits }));
        }
        Ok(events)
    }

    fn point_type(&self, code: &str) -> Result<PointTypeId, MergeFault> {
        let found = self.program.point_type(code).map(|point_type| point_type.id);
        found.ok_or_else(|| {
            let what =
                format!("program `{}` has no point type `{code}`", self.project.document.program);
            refused("merge_rule_unknown", what, "")
        })
    }

    /// The id and the name that a hold has here: made of the source's own names, so that they are the same each time.
    fn hold(&self, plan: &MemberPlan, opening: &Opening) -> Option<(RedemptionId, String)> {
        let line = plan.lines.get(opening.line?)?;
        if opening.hold.is_empty() && opening.state != LotState::Held {
            return None;
        }
        let parts = ["hold", line.key.source.as_str(), &line.key.member, &opening.hold];
        let id = RedemptionId(names::number(self.project, &parts));
        Some((id, format!("held-{}", names::hidden(self.project, &parts))))
    }
}
