//! Vouchers of one golden member: worth no less, valid no shorter, the same code.

use super::exceptions::{Exception, ExceptionCode};
use super::rules::MergeRules;
use super::snapshot::{MemberSnapshot, SourceKey, SourceVoucher};
use crate::time::{DAY, Timestamp};

/// What a voucher became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherResult {
    /// Whose it was.
    pub key: SourceKey,
    /// What it was.
    pub voucher: SourceVoucher,
    /// The target's kind; empty while the holder has not chosen, and the old promise holds.
    pub to: String,
    /// What it is worth now, in minor units; at least what it was worth.
    pub value_minor: i64,
    /// When it ends now; not before it would have ended.
    pub expires_at: Option<Timestamp>,
    /// Points the holder may take instead while the kind has no equivalent: at least what it was bought for.
    pub or_source_points: i64,
}

/// What the cluster's vouchers become.
pub(super) fn vouchers(
    members: &[&MemberSnapshot],
    rules: &MergeRules,
) -> (Vec<VoucherResult>, Vec<Exception>) {
    let (mut results, mut found) = (Vec::new(), Vec::new());
    for member in members {
        for voucher in &member.vouchers {
            if voucher.expires_at.is_some_and(|end| end <= rules.cutover) {
                let exception = Exception::new(&member.key, ExceptionCode::VoucherEnded);
                found.push(exception.about(&voucher.code, 0));
                continue;
            }
            let map = rules
                .vouchers
                .iter()
                .find(|map| map.source == member.key.source && map.kind == voucher.kind);
            let least = map.map_or(0, |map| map.least_days);
            let least_end = rules.cutover.plus_micros(i64::from(least) * DAY);
            if map.is_none() {
                let exception = Exception::new(&member.key, ExceptionCode::VoucherUnmapped);
                found.push(exception.about(&voucher.code, voucher.bought_for));
            }
            let worth = map.and_then(|map| map.value_minor).unwrap_or(voucher.value_minor);
            results.push(VoucherResult {
                key: member.key.clone(),
                voucher: voucher.clone(),
                to: map.map(|map| map.to.clone()).unwrap_or_default(),
                value_minor: worth.max(voucher.value_minor),
                expires_at: voucher.expires_at.map(|end| end.max(least_end)),
                or_source_points: if map.is_none() { voucher.bought_for } else { 0 },
            });
        }
    }
    (results, found)
}
