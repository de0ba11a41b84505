//! Who is in which wave: whoever is named, a pilot of every kind by hash, then by how much can go wrong.

use lazo_domain::merging::{GoldenStatus, MemberPlan, SourceKey};
use lazo_domain::rate::Rate;
use sha2::{Digest, Sha256};

use super::document::{Document, WaveSpec, kind_name};

/// The wave of a member, from 1; 0 waits at the desk or does not move.
pub fn wave_of(document: &Document, plan: &MemberPlan) -> i64 {
    if matches!(plan.status, GoldenStatus::HeldBack | GoldenStatus::Left) {
        return 0;
    }
    let kind = kind_name(plan.complexity());
    let named = |wave: &WaveSpec| {
        !wave.members.is_empty()
            && plan.accounts.iter().any(|account| {
                wave.members.contains(&format!("{}/{}", account.key.source, account.key.member))
            })
    };
    if let Some((number, _)) = (1..).zip(&document.waves).find(|(_, wave)| named(wave)) {
        return number;
    }
    let mut last = 0;
    for (number, wave) in (1..).zip(&document.waves) {
        last = number;
        if wave.share.is_some_and(|share| is_chosen(share, &plan.golden)) {
            return number;
        }
        if wave.share.is_none() && wave.kinds.iter().any(|wanted| wanted == kind) {
            return number;
        }
    }
    last.max(1)
}

/// Chosen by the golden key alone, so that a change of the plan moves nobody between waves.
fn is_chosen(share: Rate, golden: &SourceKey) -> bool {
    let digest = Sha256::digest(format!("{}\u{1f}{}", golden.source, golden.member).as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest[..8]);
    let den = share.den().cast_unsigned().max(1);
    let place = u64::from_be_bytes(first) % den;
    place < share.num().max(0).cast_unsigned()
}
