//! What is noted of a page of members: who they become before anything is posted, and what became of them after.

use lazo_domain::ids::{AccountId, MemberId, RedemptionId};
use lazo_domain::merging::{Exception, ExceptionCode, MemberPlan};

use super::super::fault::MergeFault;
use super::super::names;
use super::super::store::desk::HeldConsent;
use super::super::store::members::GoldenMember;
use super::super::store::{desk, members};
use super::Post;
use crate::features::carried_orders::{self, CarriedOrder};
use crate::features::vouchers::{self, Voucher};

impl Post<'_> {
    /// Chooses who each member of a page becomes, before anybody is enrolled: an attempt that is stopped finds its own again.
    pub(super) async fn chosen(
        &self,
        mut page: Vec<GoldenMember>,
    ) -> Result<Vec<GoldenMember>, MergeFault> {
        let ids = &self.bench.app.ids;
        let mut new = Vec::new();
        for row in page.iter_mut().filter(|row| row.account.is_none()) {
            (row.member, row.account) = (Some(MemberId(ids.next())), Some(AccountId(ids.next())));
            new.push(row.clone());
        }
        let db = &self.bench.app.db;
        db.retry(|| async {
            let mut tx = db.begin_keyed().await?;
            members::note(&mut tx, self.project, &new).await?;
            tx.commit().await
        })
        .await?;
        Ok(page)
    }

    /// Keeps what became of a page, with its vouchers, open orders and consents.
    ///
    /// Answers the vouchers whose codes are somebody else's here.
    pub(super) async fn keep(
        &self,
        rows: &[GoldenMember],
        plans: &[MemberPlan],
    ) -> Result<Vec<Exception>, MergeFault> {
        let db = &self.bench.app.db;
        let (mut codes, mut consents, mut carried) = (Vec::new(), Vec::new(), Vec::new());
        let mut owners = Vec::new();
        for (row, plan) in rows.iter().zip(plans) {
            let (Some(member), Some(account)) = (row.member, row.account) else { continue };
            if row.state != "posted" {
                continue;
            }
            for (place, voucher) in (0..).zip(&plan.vouchers) {
                let from = &voucher.voucher;
                owners.push((row.golden.clone(), from.kind.clone()));
                let parts =
                    ["voucher", voucher.key.source.as_str(), &voucher.key.member, &from.code];
                codes.push(Voucher {
                    code: from.code.clone(),
                    redemption: RedemptionId(names::number(self.project, &parts)),
                    place,
                    account,
                    reward: if voucher.to.is_empty() {
                        from.kind.clone()
                    } else {
                        voucher.to.clone()
                    },
                    value_minor: Some(voucher.value_minor),
                    currency: self.program.currency.code().to_owned(),
                    issued_at: self.rules.cutover,
                    valid_until: voucher.expires_at,
                    state: "issued".to_owned(),
                    used_at: None,
                    used_reference: None,
                });
            }
            consents.extend(HeldConsent::of(plan, member));
            carried.extend(CarriedOrder::of(plan, member, account));
        }
        db.retry(|| async {
            let mut tx = db.begin_keyed().await?;
            vouchers::store::insert_all(&mut tx, self.project.tenant, &codes).await?;
            desk::put_consents(&mut tx, self.project, &consents).await?;
            let now = self.bench.app.clock.now();
            carried_orders::store::put(&mut tx, self.project.ids(), &carried, now).await?;
            members::note(&mut tx, self.project, rows).await?;
            tx.commit().await
        })
        .await?;
        let here = vouchers::store::owners(db, self.project.tenant, &codes).await?;
        let of_another = codes.iter().zip(owners).filter(|(voucher, _)| {
            here.get(&voucher.code).is_some_and(|owner| *owner != voucher.redemption)
        });
        Ok(of_another
            .map(|(_, (golden, kind))| {
                Exception::new(&golden, ExceptionCode::VoucherTaken).about(&kind, 0)
            })
            .collect())
    }
}
