//! Takes a wrong merge apart: lots by whose they were, later points by whose card was used, nothing made and nothing lost.

use std::collections::BTreeSet;

use lazo_domain::event::{Body, Event, Facts, Piece};
use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::merging::snapshot::SourceStatus;
use lazo_domain::merging::tiers::TierResult;
use lazo_domain::merging::undo::{Unmerge, unmerge};
use lazo_domain::merging::{MemberPlan, MemberSnapshot, SourceKey, plan_member};
use lazo_domain::program::Provenance;
use lazo_domain::time::{DAY, Timestamp};
use lazo_store::{Command, PostError, StoreError};
use serde_json::{Value, json};

use super::counters;
use super::fault::{MergeFault, parsed, refused};
use super::later::Since;
use super::matching::{key_of, name};
use super::names;
use super::post::qualifying;
use super::profiles::Known;
use super::statement::Found;
use super::store::desk::{self, HeldConsent, Request};
use super::store::projects::Project;
use super::workbench::Workbench;
use crate::features::carried_orders::store as orders;
use crate::features::members::{self, Identifier};
use crate::features::vouchers;

mod pieces;

pub(super) use pieces::Frozen;
use pieces::told;

impl Workbench {
    /// Asks for accounts to be taken out of a golden member; answers what would become of both.
    pub async fn ask_unmerge(
        &self,
        project: &Project,
        leaving: &[SourceKey],
        whole: bool,
    ) -> Result<(Request, Value), MergeFault> {
        let first = leaving.first().ok_or_else(|| {
            refused("merge_no_member", "nobody was named", "name accounts as source/number")
        })?;
        let found = self.found(project, &name(first)).await?;
        let (_, parted) = self.part(project, &found, leaving, whole).await?;
        let shown = told(&parted);
        let names: Vec<String> = leaving.iter().map(name).collect();
        let detail = json!({ "shown": shown, "whole": whole });
        let request = self.ask(project, "unmerge", names.join(" "), detail).await?;
        Ok((request, shown))
    }

    async fn part(
        &self,
        project: &Project,
        found: &Found,
        leaving: &[SourceKey],
        whole: bool,
    ) -> Result<(Since, Unmerge), MergeFault> {
        let Some(account) = found.row.account.filter(|_| found.row.state == "posted") else {
            let what = format!("{} is {}", name(&found.row.golden), found.row.state);
            let hint = match found.row.state.as_str() {
                "unmerged" => "it was taken apart once; what is left is moved by adjustments",
                _ => "before a wave is posted `lazo merge review` takes pairs apart",
            };
            return Err(refused("merge_not_posted", what, hint));
        };
        let since = self.since(project, &found.plan, account, (found.row.event, None)).await?;
        // Points set aside for a reward cannot leave: they would be spent here and there.
        if since.lots.iter().any(|(_, lot)| lot.held.0 > 0) {
            let what = format!("{} has points set aside for a reward", name(&found.row.golden));
            return Err(refused("merge_held", what, "capture or cancel it first, and ask again"));
        }
        let leaving: BTreeSet<SourceKey> = leaving.iter().cloned().collect();
        let parted = unmerge(&found.plan, &since.later, &leaving, whole).map_err(|why| {
            refused(
                why.code(),
                why.to_string(),
                "name accounts of one golden member, not all of them",
            )
        })?;
        Ok((since, parted))
    }

    /// Does what was asked for: points leave lot by lot, then arrive; numbers, vouchers, tiers and consents follow.
    pub(super) async fn carry_out_unmerge(
        &self,
        project: &Project,
        request: &Request,
    ) -> Result<Value, MergeFault> {
        let leaving: Option<Vec<SourceKey>> = request.subject.split(' ').map(key_of).collect();
        let leaving = leaving.filter(|keys| !keys.is_empty()).ok_or_else(|| {
            StoreError::Corrupt(format!("request {} names nobody", request.request))
        })?;
        let first = leaving[0].clone();
        let hold = self.hold(project).await?;
        let found = self.found(project, &name(&first)).await?;
        let frozen = self.frozen(project, request, &found, &leaving).await?;
        let own: Vec<MemberSnapshot> =
            found.accounts.iter().filter(|a| leaving.contains(&a.key)).cloned().collect();
        let rest: Vec<MemberSnapshot> =
            found.accounts.iter().filter(|a| !leaving.contains(&a.key)).cloned().collect();
        let (member, account) = found.row.here()?;
        let leaves = plan_member(&found.rules, &own);
        let [known] = self.known(project, [&leaves]).await?;
        let other = self.other(project, &own, known, request).await?;
        let opening = names::of_opening(project, &found.row.golden, found.row.attempt);
        let base = format!("{opening}!{}", request.request);
        // What leaves first: a process that dies between the two has lost nothing, and made nothing.
        if !frozen.out.is_empty() {
            let name = format!("{base}#out");
            let out = self.opening(project, account, member, name, frozen.out.clone()).await;
            if matches!(&out, Err(MergeFault::Refused(_))) {
                // Something happened since it was computed, and nothing has left: the next attempt computes it anew.
                self.thaw(project, request).await?;
            }
            out?;
        }
        if !frozen.to_other.is_empty() {
            self.opening(project, other.1, other.0, format!("{base}#in"), frozen.to_other.clone())
                .await?;
        }
        self.follow(project, &found, (&own, &rest), (member, account), other, &base).await?;
        self.set_unmerged(project, &found).await?;
        hold.release().await?;
        Ok(json!({ "stays": account, "leaves": other.1, "member": other.0, "pieces": frozen.shown,
            "incident": true }))
    }

    async fn thaw(&self, project: &Project, request: &Request) -> Result<(), MergeFault> {
        let detail: Detail = parsed(&request.detail, "a request to unmerge")?;
        let detail = json!({ "shown": detail.shown, "whole": detail.whole });
        let mut tx = self.app.db.begin().await?;
        desk::freeze(&mut tx, project, request.request, &detail.to_string()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The pieces of an unmerge: as they were frozen when it began, else computed and frozen now.
    async fn frozen(
        &self,
        project: &Project,
        request: &Request,
        found: &Found,
        leaving_keys: &[SourceKey],
    ) -> Result<Frozen, MergeFault> {
        let detail: Detail = parsed(&request.detail, "a request to unmerge")?;
        if let Some(frozen) = detail.frozen {
            return Ok(frozen);
        }
        let (since, parted) = self.part(project, found, leaving_keys, detail.whole).await?;
        let frozen = self.pieces(project, found, &since, &parted).await?;
        let detail = json!({ "shown": detail.shown, "whole": detail.whole, "frozen": frozen });
        let mut tx = self.app.db.begin().await?;
        desk::freeze(&mut tx, project, request.request, &detail.to_string()).await?;
        tx.commit().await?;
        Ok(frozen)
    }

    /// The member of its own that the leaving accounts become.
    async fn other(
        &self,
        project: &Project,
        own: &[MemberSnapshot],
        known: Known,
        request: &Request,
    ) -> Result<(MemberId, AccountId), MergeFault> {
        let value = format!("{}:{}", project.document.code, request.request);
        if own.is_empty() {
            let what = "the leaving accounts are none of this member's";
            return Err(refused("merge_no_member", what, ""));
        }
        let enrolled = own.iter().filter_map(MemberSnapshot::enrollment).min();
        let enrolled_at = enrolled.unwrap_or(project.rules.cutover);
        let blocked = own.iter().any(|a| a.status != SourceStatus::Active);
        let company = own.iter().any(|a| a.unit == lazo_domain::merging::snapshot::Unit::Company);
        let enrollment = members::Arrival {
            // What the member that stays has not is the other's at once; the rest moves with the numbers.
            identifiers: std::iter::once(("unmerge".to_owned(), value))
                .chain(known.doors)
                .collect(),
            own: 1,
            // Named after its request: whoever has that number was made by an attempt before.
            ids: (MemberId(self.app.ids.next()), AccountId(self.app.ids.next())),
            joins: true,
            company,
            suspended: blocked,
            enrolled_at,
            attributes: known.attributes,
            locale: known.locale,
        };
        let db = &self.app.db;
        let found =
            members::bring(db, &self.tenant, project.program, &[enrollment], self.now()).await?;
        match found.into_iter().next() {
            Some(Ok(found)) => Ok((found.member, found.account)),
            _ => Err(refused("merge_not_enrolled", "the leaving member cannot be enrolled", "")),
        }
    }

    /// Posts an opening under a name of its own.
    pub(super) async fn opening(
        &self,
        project: &Project,
        account: AccountId,
        member: MemberId,
        reference: String,
        pieces: Vec<Piece>,
    ) -> Result<EventId, MergeFault> {
        self.post_as(project, account, member, reference, Body::Opening { pieces }).await
    }

    pub(super) async fn post_as(
        &self,
        project: &Project,
        account: AccountId,
        member: MemberId,
        reference: String,
        body: Body,
    ) -> Result<EventId, MergeFault> {
        let books = self.app.ledger.books();
        let source = names::ledger_source(project);
        let tenant = project.tenant;
        // What was posted before is found by its name: its instant was another, and with it its hash.
        let known = books.event_named(tenant, account, &source, &reference, body.kind()).await?;
        if let Some(known) = known {
            return Ok(known.event.id);
        }
        let event = Event {
            id: EventId(0),
            tenant,
            account,
            program: project.program,
            source,
            source_ref: reference,
            effective_at: self.now(),
            recorded_at: Timestamp(0),
            actor: "merge".to_owned(),
            import: None,
            body,
        };
        let facts = Facts { member, ..Facts::default() };
        match self.app.ledger.post_one(Command::One { event, facts }).await {
            Ok(receipt) => Ok(receipt.event),
            Err(PostError::Refused(why)) => Err(refused(
                "merge_ledger_refused",
                format!("the ledger refuses: {why}"),
                "look at the account and ask again",
            )),
            Err(PostError::Unknown(error)) => Err(MergeFault::Unknown(error)),
        }
    }

    /// Numbers, vouchers, orders, tiers and consents go with whom they belong to.
    async fn follow(
        &self,
        project: &Project,
        found: &Found,
        (own, rest): (&[MemberSnapshot], &[MemberSnapshot]),
        (member, account): (MemberId, AccountId),
        other: (MemberId, AccountId),
        base: &str,
    ) -> Result<(), MergeFault> {
        let (leaves, stays) = (plan_member(&found.rules, own), plan_member(&found.rules, rest));
        let theirs: BTreeSet<(&str, &str)> = stays.identifiers().into_iter().collect();
        let mut names = Vec::new();
        for (source, token) in leaves.identifiers() {
            if theirs.iter().any(|(_, kept)| *kept == token && token.contains(':')) {
                // Both had it, such as an address that a family shares: it stays where it is.
                continue;
            }
            let spec = project.document.source(source).map_or(source, |spec| spec.scheme());
            let (scheme, value) = match token.split_once(':') {
                Some((scheme, value)) if source_of(own, token) => (scheme, value),
                _ => (spec, token),
            };
            // What is no number here was never brought here.
            names.extend(Identifier::new(scheme, value, &self.tenant.config.country).ok());
        }
        let [before, theirs, kept] = self.known(project, [&found.plan, &leaves, &stays]).await?;
        let doors = theirs.doors.iter().filter(|door| !kept.doors.contains(door));
        let country = &self.tenant.config.country;
        names.extend(doors.filter_map(|(s, v)| Identifier::new(s, v, country).ok()));
        self.forget_attributes(member, &before, &kept).await?;
        let codes: Vec<String> = leaves.vouchers.iter().map(|v| v.voucher.code.clone()).collect();
        let mut tx = self.app.db.begin().await?;
        members::store::move_identifiers(&mut tx, self.tenant.id, &names, member, other).await?;
        vouchers::store::move_codes(&mut tx, self.tenant.id, &codes, account, other.1).await?;
        let mut consents = HeldConsent::of(&leaves, other.0);
        consents.extend(HeldConsent::of(&stays, member));
        // What only the other had said is nobody's word here.
        let gone: Vec<SourceKey> = own.iter().map(|account| account.key.clone()).collect();
        desk::take_consents(&mut tx, self.tenant.id, member, &gone).await?;
        desk::put_consents(&mut tx, project, &consents).await?;
        orders::move_to(&mut tx, project.ids(), &gone, other).await?;
        tx.commit().await?;
        self.tiers_follow(project, found, (&leaves, &stays), (member, account), other, base)
            .await?;
        let program = self.target(project).await?;
        let had = qualifying(&found.plan, &found.rules, &program);
        let gone = counters::beyond(&had, &qualifying(&stays, &found.rules, &program));
        self.uncount(project, (member, account), &format!("{base}#out"), &gone).await?;
        self.count_in(project, other, &format!("{base}#in"), (&leaves, &found.rules)).await
    }

    /// Tiers of the two: whoever leaves gets what his or her accounts have; whoever stays goes back to what his or hers
    /// have where the merge's tier is still held, and keeps what was earned since.
    async fn tiers_follow(
        &self,
        project: &Project,
        found: &Found,
        (leaves, stays): (&MemberPlan, &MemberPlan),
        (member, account): (MemberId, AccountId),
        other: (MemberId, AccountId),
        base: &str,
    ) -> Result<(), MergeFault> {
        let program = self.target(project).await?;
        let known = |tier: &&TierResult| {
            !tier.tier.is_empty() && program.tier_groups.contains_key(tier.group.as_str())
        };
        for tier in leaves.tiers.iter().filter(known) {
            let name = format!("{base}#in#{}", tier.group);
            self.post_as(project, other.1, other.0, name, self.grant(tier)).await?;
        }
        let books = self.app.ledger.books();
        let now = books.account(project.tenant, account).await?;
        let now = now.ok_or_else(|| {
            StoreError::Corrupt(format!("account {account} of the merge is gone"))
        })?;
        for merged in found.plan.tiers.iter().filter(known) {
            let Some(held) = now.standings.get(merged.group.as_str()) else { continue };
            if held.tier != merged.tier || held.provenance != merged.provenance {
                continue;
            }
            let own = stays.tiers.iter().filter(known).find(|tier| tier.group == merged.group);
            let body = match own {
                Some(own) => self.grant(own),
                // Nothing of its own: the next review, tomorrow, looks at what counts alone.
                None => Body::GrantTier {
                    group: merged.group.clone(),
                    tier: held.tier.clone(),
                    provenance: Provenance::Gifted,
                    until: Some(self.now().plus_micros(DAY)),
                },
            };
            let name = format!("{base}#out#{}", merged.group);
            self.post_as(project, account, member, name, body).await?;
        }
        Ok(())
    }

    fn grant(&self, tier: &TierResult) -> Body {
        let until = tier.protected_until.filter(|end| *end > self.now());
        Body::GrantTier {
            group: tier.group.clone(),
            tier: tier.tier.clone(),
            provenance: tier.provenance,
            until: until.filter(|_| tier.provenance != Provenance::Lifetime),
        }
    }

    /// Takes off whoever stays what the wrong merge had taught of the other, unless it was changed since.
    async fn forget_attributes(
        &self,
        member: MemberId,
        before: &Known,
        kept: &Known,
    ) -> Result<(), MergeFault> {
        let found = members::store::by_id(&self.app.db, self.tenant.id, member).await?;
        let Some(mut found) = found else { return Ok(()) };
        for (name, value) in &before.attributes {
            if found.attributes.get(name) != Some(value) {
                continue;
            }
            match kept.attributes.get(name) {
                Some(own) => drop(found.attributes.insert(name.clone(), own.clone())),
                None => drop(found.attributes.remove(name)),
            }
        }
        members::store::update(&self.app.db, &found).await?;
        Ok(())
    }

    async fn set_unmerged(&self, project: &Project, found: &Found) -> Result<(), MergeFault> {
        use super::store::members as rows;
        let row = rows::GoldenMember { state: "unmerged".to_owned(), ..found.row.clone() };
        let mut tx = self.app.db.begin_keyed().await?;
        rows::note(&mut tx, project, &[row]).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What a request to unmerge holds: what was shown, and once it began, what is done.
#[derive(Debug, serde::Deserialize)]
struct Detail {
    #[serde(default)]
    shown: Value,
    /// Does the program make good what nobody knows who spent?
    #[serde(default)]
    whole: bool,
    #[serde(default)]
    frozen: Option<Frozen>,
}

fn source_of(own: &[MemberSnapshot], token: &str) -> bool {
    own.iter().any(|account| account.aliases.iter().any(|alias| alias == token))
}
