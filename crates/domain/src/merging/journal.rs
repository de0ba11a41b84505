//! The run as files: each member's lines in each file, the files' headings, hashed in [`super::digest`].

use super::csv::Row;
use super::member::MemberPlan;
use super::orders::SourceOrder;
use super::snapshot::MemberSnapshot;

/// A file of a run or of its snapshots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum File {
    /// Snapshot: accounts.
    Members,
    /// Snapshot: lots.
    Lots,
    /// Snapshot: tiers held.
    Tiers,
    /// Snapshot: rewards ordered.
    SourceOrders,
    /// Plan: which account goes to which golden member.
    Clusters,
    /// Plan: every lot and what it became.
    Journal,
    /// Plan: sums by golden member and source point type.
    Conversions,
    /// Plan: points given to reach the value floor.
    Compensation,
    /// Plan: where members stand on ladders.
    Standings,
    /// Plan: what counts for ladders.
    Counters,
    /// Plan: vouchers.
    Vouchers,
    /// Plan: open reward orders.
    Orders,
    /// Plan: consents.
    Consents,
    /// Plan: paid plans.
    Plans,
    /// Plan: pools.
    Pools,
    /// Plan: what each member's points were and are worth.
    Values,
    /// Plan: what the desk has to look at.
    Exceptions,
}

impl File {
    /// Files of the snapshots.
    pub const SNAPSHOT: [Self; 4] = [Self::Members, Self::Lots, Self::Tiers, Self::SourceOrders];
    /// Files of the plan, in the order in which the run's hash takes them.
    pub const PLAN: [Self; 13] = [
        Self::Clusters,
        Self::Journal,
        Self::Conversions,
        Self::Compensation,
        Self::Standings,
        Self::Counters,
        Self::Vouchers,
        Self::Orders,
        Self::Consents,
        Self::Plans,
        Self::Pools,
        Self::Values,
        Self::Exceptions,
    ];

    /// The file's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Members => "snapshot-members.csv",
            Self::Lots => "snapshot-lots.csv",
            Self::Tiers => "snapshot-tiers.csv",
            Self::SourceOrders => "snapshot-orders.csv",
            Self::Clusters => "clusters.csv",
            Self::Journal => "journal.csv",
            Self::Conversions => "conversions.csv",
            Self::Compensation => "compensation.csv",
            Self::Standings => "standings.csv",
            Self::Counters => "counters.csv",
            Self::Vouchers => "vouchers.csv",
            Self::Orders => "orders.csv",
            Self::Consents => "consents.csv",
            Self::Plans => "plans.csv",
            Self::Pools => "pools.csv",
            Self::Values => "values.csv",
            Self::Exceptions => "exceptions.csv",
        }
    }

    /// The file's first line, with its end.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Members => "source,member,unit,status,enrolled_at\n",
            Self::Lots => {
                "source,member,lot,state,hold,point_type,kind,points,earned_at,expires_at,release_at,hold_until\n"
            }
            Self::Tiers => "source,member,tier,provenance,since,until\n",
            Self::SourceOrders => {
                "source,member,order,reward,point_type,points,ordered_at,promised_by,status\n"
            }
            Self::Clusters => "golden_source,golden_member,source,member,status,moves,aliases\n",
            Self::Journal => {
                "golden_source,golden_member,source,member,lot,state,hold,point_type,kind,tier,source_points,to,exact_num,exact_den,points,earned_at,expires_before,expires_after,release_at,hold_until,disposition\n"
            }
            Self::Conversions => {
                "golden_source,golden_member,source,point_type,to,source_points,left_behind,exact_num,exact_den,cut_num,cut_den,rounding_num,rounding_den,points,gift,gift_expires_at,disposition\n"
            }
            Self::Compensation => {
                "golden_source,golden_member,to,points,expires_at,value_before_num,value_before_den,value_after_num,value_after_den\n"
            }
            Self::Standings => {
                "golden_source,golden_member,group,tier,provenance,since,from_source,from_member,protected_until,requalified\n"
            }
            Self::Counters => "golden_source,golden_member,group,period,value,counted_twice\n",
            Self::Vouchers => {
                "golden_source,golden_member,source,member,code,kind,to,value_before_minor,value_minor,expires_before,expires_after,or_source_points\n"
            }
            Self::Orders => {
                "golden_source,golden_member,source,member,order,reward,point_type,points,ordered_at,promised_by,status\n"
            }
            Self::Consents => {
                "golden_source,golden_member,purpose,channel,state,at,controller,source,member,evidence,records\n"
            }
            Self::Plans => {
                "golden_source,golden_member,source,member,plan,to,goes_on,paid_until,price_minor,refund_minor,promotions\n"
            }
            Self::Pools => "golden_source,golden_member,source,member,pool,head,stays\n",
            Self::Values => {
                "golden_source,golden_member,before_num,before_den,after_num,after_den,verdict\n"
            }
            Self::Exceptions => "golden_source,golden_member,source,member,code,subject,points\n",
        }
    }
}

fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}

/// An order's fields, in the snapshot as in the plan. Where it goes is in no file.
fn ordered(row: Row, order: &SourceOrder) -> Row {
    row.text(&order.order)
        .text(&order.reward)
        .text(&order.point_type)
        .number(order.points)
        .instant(Some(order.ordered_at))
        .instant(order.promised_by)
        .text(order.status.name())
}

impl MemberSnapshot {
    /// This account's lines in a snapshot file; nothing for files of the plan.
    #[must_use]
    pub fn lines(&self, file: File) -> String {
        let row = || Row::default().text(&self.key.source).text(&self.key.member);
        match file {
            File::Members => row()
                .text(&word(&self.unit))
                .text(&word(&self.status))
                .instant(self.enrollment())
                .end(),
            File::Lots => {
                let line = |lot: &super::snapshot::SourceLot| {
                    row()
                        .text(&lot.lot)
                        .text(lot.state.name())
                        .text(&lot.hold)
                        .text(&lot.point_type)
                        .text(&lot.kind)
                        .number(lot.points)
                        .instant(Some(lot.earned_at))
                        .instant(lot.expires_at)
                        .instant(lot.release_at)
                        .instant(lot.hold_until)
                        .end()
                };
                self.lots.iter().map(line).collect()
            }
            File::Tiers => {
                let line = |tier: &super::snapshot::SourceTier| {
                    row()
                        .text(&tier.tier)
                        .text(&word(&tier.provenance))
                        .instant(Some(tier.since))
                        .instant(tier.until)
                        .end()
                };
                self.tiers.iter().map(line).collect()
            }
            File::SourceOrders => {
                self.orders.iter().map(|order| ordered(row(), order).end()).collect()
            }
            _ => String::new(),
        }
    }
}

impl MemberPlan {
    fn row(&self) -> Row {
        Row::default().text(&self.golden.source).text(&self.golden.member)
    }

    /// This member's lines in a file of the plan; nothing for files of the snapshots.
    #[must_use]
    pub fn file_lines(&self, file: File) -> String {
        match file {
            File::Members | File::Lots | File::Tiers | File::SourceOrders => String::new(),
            File::Clusters => self.clusters(),
            File::Journal => self.journal(),
            File::Conversions => self.sums(),
            File::Compensation => self.compensated(),
            File::Standings => self.standings(),
            File::Counters => self.counted(),
            File::Vouchers => self.vouched(),
            File::Orders => self.ordered(),
            File::Consents => self.consented(),
            File::Plans => self.planned(),
            File::Pools => self.pooled(),
            File::Values => self
                .verdict()
                .map(|verdict| {
                    let row = self.row().fraction(self.value_before).fraction(self.value_after);
                    row.text(verdict.name()).end()
                })
                .unwrap_or_default(),
            File::Exceptions => self.desk(),
        }
    }

    fn clusters(&self) -> String {
        let lines = self.accounts.iter().map(|account| {
            self.row()
                .text(&account.key.source)
                .text(&account.key.member)
                .text(self.status.name())
                .text(if account.moves { "true" } else { "false" })
                .text(&account.aliases.join("|"))
                .end()
        });
        lines.collect()
    }

    fn journal(&self) -> String {
        let lines = self.lines.iter().map(|line| {
            self.row()
                .text(&line.key.source)
                .text(&line.key.member)
                .text(&line.lot.lot)
                .text(line.lot.state.name())
                .text(&line.lot.hold)
                .text(&line.lot.point_type)
                .text(&line.lot.kind)
                .text(&line.tier)
                .number(line.lot.points)
                .text(&line.to)
                .fraction(line.exact)
                .number(line.points)
                .instant(Some(line.lot.earned_at))
                .instant(line.lot.expires_at)
                .instant(line.expires_at)
                .instant(line.lot.release_at)
                .instant(line.lot.hold_until)
                .text(line.disposition.name())
                .end()
        });
        lines.collect()
    }

    fn sums(&self) -> String {
        let lines = self.conversions.iter().map(|conversion| {
            let converted = &conversion.converted;
            self.row()
                .text(&conversion.source)
                .text(&conversion.point_type)
                .text(&conversion.to)
                .number(converted.source)
                .number(converted.left_behind)
                .fraction(converted.exact)
                .fraction(converted.cut)
                .fraction(converted.rounding)
                .number(converted.total)
                .number(converted.gift)
                .instant(conversion.gift_expires_at)
                .text(conversion.disposition.name())
                .end()
        });
        lines.collect()
    }

    fn compensated(&self) -> String {
        let Some(given) = &self.compensation else { return String::new() };
        self.row()
            .text(&given.to)
            .number(given.points)
            .instant(given.expires_at)
            .fraction(self.value_before)
            .fraction(self.value_after)
            .end()
    }

    fn standings(&self) -> String {
        let lines = self.tiers.iter().map(|tier| {
            let from = tier.from.clone().unwrap_or_default();
            self.row()
                .text(&tier.group)
                .text(&tier.tier)
                .text(&word(&tier.provenance))
                .instant(Some(tier.since))
                .text(&from.source)
                .text(&from.member)
                .instant(tier.protected_until)
                .text(&tier.requalified)
                .end()
        });
        lines.collect()
    }

    fn counted(&self) -> String {
        let lines = self.counters.iter().map(|counter| {
            self.row()
                .text(&counter.group)
                .text(&counter.period)
                .number(counter.value)
                .number(counter.counted_twice)
                .end()
        });
        lines.collect()
    }

    fn vouched(&self) -> String {
        let lines = self.vouchers.iter().map(|voucher| {
            self.row()
                .text(&voucher.key.source)
                .text(&voucher.key.member)
                .text(&voucher.voucher.code)
                .text(&voucher.voucher.kind)
                .text(&voucher.to)
                .number(voucher.voucher.value_minor)
                .number(voucher.value_minor)
                .instant(voucher.voucher.expires_at)
                .instant(voucher.expires_at)
                .number(voucher.or_source_points)
                .end()
        });
        lines.collect()
    }

    fn ordered(&self) -> String {
        let lines = self.orders.iter().map(|result| {
            let row = self.row().text(&result.key.source).text(&result.key.member);
            ordered(row, &result.order).end()
        });
        lines.collect()
    }

    fn consented(&self) -> String {
        let lines = self.consents.iter().map(|result| {
            let consent = &result.consent;
            self.row()
                .text(&consent.purpose)
                .text(&consent.channel)
                .text(consent.state.name())
                .instant(Some(consent.at))
                .text(&consent.controller)
                .text(&result.from.source)
                .text(&result.from.member)
                .text(&consent.evidence)
                .number(i64::try_from(result.of).unwrap_or(i64::MAX))
                .end()
        });
        lines.collect()
    }

    fn planned(&self) -> String {
        let lines = self.plans.iter().map(|result| {
            self.row()
                .text(&result.key.source)
                .text(&result.key.member)
                .text(&result.plan.plan)
                .text(&result.to)
                .text(if result.goes_on { "true" } else { "false" })
                .instant(Some(result.plan.paid_until))
                .number(result.plan.price_minor)
                .number(result.refund_minor)
                .text(&result.promotions.join("|"))
                .end()
        });
        lines.collect()
    }

    fn pooled(&self) -> String {
        let lines = self.pools.iter().map(|result| {
            self.row()
                .text(&result.key.source)
                .text(&result.key.member)
                .text(&result.seat.pool)
                .text(if result.seat.head { "true" } else { "false" })
                .text(if result.stays { "true" } else { "false" })
                .end()
        });
        lines.collect()
    }

    fn desk(&self) -> String {
        let lines = self.exceptions.iter().map(|exception| {
            self.row()
                .text(&exception.key.source)
                .text(&exception.key.member)
                .text(exception.code.name())
                .text(&exception.subject)
                .number(exception.points)
                .end()
        });
        lines.collect()
    }
}
