//! Takes a wrong merge apart: lots by whose they were, later points by whose card was used, nothing made and nothing lost.

use std::collections::{BTreeMap, BTreeSet};

use lazo_domain::event::{Body, Event, Facts, Piece};
use lazo_domain::ids::{AccountId, EventId, MemberId};
use lazo_domain::merging::snapshot::SourceStatus;
use lazo_domain::merging::undo::{PieceOrigin, Unmerge, UnmergedPiece, unmerge};
use lazo_domain::merging::{MemberSnapshot, SourceKey, plan_member};
use lazo_domain::program::Provenance;
use lazo_domain::time::Timestamp;
use lazo_store::{Command, PostError, StoreError};
use serde_json::{Value, json};

use super::fault::{MergeFault, parsed, refused};
use super::later::{Since, arriving, leaving, point_type, without_debts};
use super::matching::{key_of, name};
use super::names;
use super::statement::Found;
use super::store::desk::{self, HeldConsent, Request};
use super::store::projects::Project;
use super::workbench::Workbench;
use crate::features::members::{self, Identifier};
use crate::features::vouchers;

impl Workbench {
    /// Asks for accounts to be taken out of a golden member; answers what would become of both.
    pub async fn ask_unmerge(
        &self,
        project: &Project,
        leaving: &[SourceKey],
    ) -> Result<(Request, Value), MergeFault> {
        let first = leaving.first().ok_or_else(|| {
            refused("merge_no_member", "nobody was named", "name accounts as source/number")
        })?;
        let found = self.found(project, &name(first)).await?;
        let (_, parted) = self.part(project, &found, leaving).await?;
        let shown = told(&parted);
        let names: Vec<String> = leaving.iter().map(name).collect();
        let request =
            self.ask(project, "unmerge", names.join(" "), json!({ "shown": shown })).await?;
        Ok((request, shown))
    }

    async fn part(
        &self,
        project: &Project,
        found: &Found,
        leaving: &[SourceKey],
    ) -> Result<(Since, Unmerge), MergeFault> {
        let Some(account) = found.row.account.filter(|_| found.row.state == "posted") else {
            let what = format!("{} is {}", name(&found.row.golden), found.row.state);
            let hint = "before a wave is posted `lazo merge review` takes pairs apart";
            return Err(refused("merge_not_posted", what, hint));
        };
        without_debts(&found.plan)?;
        let since = self.since(project, &found.plan, account, found.row.event).await?;
        let leaving: BTreeSet<SourceKey> = leaving.iter().cloned().collect();
        let parted = unmerge(&found.plan, &since.later, &leaving).map_err(|why| {
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
        let other = self.other(project, &own, request).await?;
        let opening = names::of_opening(project, &found.row.golden, found.row.attempt);
        let base = format!("{opening}!{}", request.request);
        // What leaves first: a process that dies between the two has lost nothing, and made nothing.
        if !frozen.out.is_empty() {
            self.opening(project, account, member, format!("{base}#out"), frozen.out.clone())
                .await?;
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
        let (since, parted) = self.part(project, found, leaving_keys).await?;
        let frozen = self.pieces(project, &since, &parted).await?;
        let detail = json!({ "shown": detail.shown, "frozen": frozen });
        let mut tx = self.app.db.begin().await?;
        desk::freeze(&mut tx, project, request.request, &detail.to_string()).await?;
        tx.commit().await?;
        Ok(frozen)
    }

    async fn pieces(
        &self,
        project: &Project,
        since: &Since,
        parted: &Unmerge,
    ) -> Result<Frozen, MergeFault> {
        let codes = self.codes(project).await?;
        let now = self.now();
        let stays = |lot: &lazo_domain::merging::undo::LotRef| -> i64 {
            let of =
                parted.staying.iter().filter(|p| p.lot == *lot && p.origin == PieceOrigin::Left);
            of.map(|piece| piece.points).sum()
        };
        let mut out: Vec<Piece> = Vec::new();
        for (of, lot) in &since.lots {
            let there = lot.available.0 + lot.pending.0;
            let goes = there - stays(of).min(there);
            if goes > 0 && lot.granted.0 > 0 {
                out.push(leaving(lot, goes));
            }
        }
        let lot_of = |piece: &UnmergedPiece| {
            since.lots.iter().find(|(of, _)| *of == piece.lot).map(|(_, lot)| lot)
        };
        let arrive = |piece: &UnmergedPiece| {
            let id = point_type(&codes, &piece.to)?;
            Ok::<_, MergeFault>(arriving(id, piece.points, lot_of(piece), now, piece.expires_at))
        };
        // What the golden member is paid back or given arrives with the same event as its lots leave.
        let credits = parted.staying.iter().filter(|piece| piece.origin != PieceOrigin::Left);
        for piece in credits {
            out.push(arrive(piece)?);
        }
        let to_other = parted.leaving.iter().map(arrive).collect::<Result<_, _>>()?;
        Ok(Frozen { out, to_other, shown: told(parted) })
    }

    /// The member of its own that the leaving accounts become.
    async fn other(
        &self,
        project: &Project,
        own: &[MemberSnapshot],
        request: &Request,
    ) -> Result<(MemberId, AccountId), MergeFault> {
        let value = format!("{}:{}", project.document.code, request.request);
        let enrolled = own.iter().map(|account| account.enrolled_at).min();
        let enrolled_at = enrolled.ok_or_else(|| {
            refused("merge_no_member", "the leaving accounts are none of this member's", "")
        })?;
        let blocked = own.iter().any(|a| a.status != SourceStatus::Active);
        let company = own.iter().any(|a| a.unit == lazo_domain::merging::snapshot::Unit::Company);
        let enrollment = members::Arrival {
            identifiers: vec![("unmerge".to_owned(), value)],
            own: 1,
            company,
            suspended: blocked,
            enrolled_at,
        };
        let (db, ids) = (&self.app.db, &self.app.ids);
        let found =
            members::bring(db, ids, &self.tenant, project.program, &[enrollment], self.now())
                .await?;
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

    /// Numbers, vouchers, tiers and consents go with whom they belong to.
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
        let codes: Vec<String> = leaves.vouchers.iter().map(|v| v.voucher.code.clone()).collect();
        let mut tx = self.app.db.begin().await?;
        members::store::move_identifiers(&mut tx, self.tenant.id, &names, member, other).await?;
        vouchers::store::move_codes(&mut tx, self.tenant.id, &codes, account, other.1).await?;
        let mut consents = HeldConsent::of(&leaves, other.0);
        consents.extend(HeldConsent::of(&stays, member));
        desk::put_consents(&mut tx, project, &consents).await?;
        tx.commit().await?;
        let sides = [(&leaves, other, "in"), (&stays, (member, account), "out")];
        let program = self.target(project).await?;
        for (plan, (member, account), side) in sides {
            for tier in plan.tiers.iter().filter(|tier| !tier.tier.is_empty()) {
                if !program.tier_groups.contains_key(tier.group.as_str()) {
                    continue;
                }
                let until = tier.protected_until.filter(|end| *end > self.now());
                let until = until.filter(|_| tier.provenance != Provenance::Lifetime);
                let body = Body::GrantTier {
                    group: tier.group.clone(),
                    tier: tier.tier.clone(),
                    provenance: tier.provenance,
                    until,
                };
                let name = format!("{base}#{side}#{}", tier.group);
                self.post_as(project, account, member, name, body).await?;
            }
        }
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
    #[serde(default)]
    frozen: Option<Frozen>,
}

/// An unmerge as it was decided, so that a second attempt does the same.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Frozen {
    out: Vec<Piece>,
    to_other: Vec<Piece>,
    shown: Value,
}

fn source_of(own: &[MemberSnapshot], token: &str) -> bool {
    own.iter().any(|account| account.aliases.iter().any(|alias| alias == token))
}

/// What an unmerge comes to, for people.
fn told(parted: &Unmerge) -> Value {
    let sums = |pieces: &[UnmergedPiece]| {
        let mut sums = BTreeMap::<(String, &str), i64>::new();
        for piece in pieces {
            let origin = match piece.origin {
                PieceOrigin::Left => "left",
                PieceOrigin::PaidBack => "paid_back",
                PieceOrigin::Goodwill => "goodwill",
            };
            *sums.entry((piece.to.clone(), origin)).or_default() += piece.points;
        }
        let rows = sums
            .into_iter()
            .map(|((to, origin), points)| json!({ "points": points, "of": to, "origin": origin }));
        rows.collect::<Vec<_>>()
    };
    json!({ "leaving": sums(&parted.leaving), "staying": sums(&parted.staying), "goodwill": parted.goodwill,
        "unplaced": parted.unplaced })
}
