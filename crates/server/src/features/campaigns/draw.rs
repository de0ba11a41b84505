//! Who hears what, by chance: the same seed draws the same group for the same person on every machine, at any time.

use lazo_domain::ids::MemberId;
use lazo_measures::seed::Draws;

use super::policy::Policy;
use super::{Campaign, Content, Variant};

/// The whole, in the unit of shares.
pub const WHOLE: i64 = 10_000;
/// Left alone by this campaign, to compare with.
pub const HOLDOUT: &str = "holdout";
/// Left alone by every campaign.
pub const UNIVERSAL: &str = "universal";

/// The group of a member: [`UNIVERSAL`], [`HOLDOUT`], or the name of a variant.
#[must_use]
pub fn arm(campaign: &Campaign, policy: &Policy, member: MemberId) -> String {
    let alone = apart(policy, (campaign.seed, campaign.holdout), member);
    let variant = || variant(campaign.seed, &campaign.content, member).map(|v| v.name.as_str());
    alone.or_else(variant).unwrap_or(HOLDOUT).to_owned()
}

/// Who leaves a member alone, if anybody does: [`UNIVERSAL`], or [`HOLDOUT`] by the share drawn with this seed.
#[must_use]
pub fn apart(
    policy: &Policy,
    (seed, holdout): (i64, i64),
    member: MemberId,
) -> Option<&'static str> {
    if is_universal(policy, member) {
        return Some(UNIVERSAL);
    }
    (below(&mut draws(seed, member), WHOLE) < holdout).then_some(HOLDOUT)
}

/// The variant that a member reads, drawn by weight.
#[must_use]
pub fn variant(seed: i64, content: &Content, member: MemberId) -> Option<&Variant> {
    let mut draws = draws(seed, member);
    // The first draw is the holdout's.
    below(&mut draws, WHOLE);
    let weights: i64 = content.variants.iter().map(|variant| variant.weight).sum();
    let mut left = below(&mut draws, weights.max(1));
    for variant in &content.variants {
        if left < variant.weight {
            return Some(variant);
        }
        left -= variant.weight;
    }
    None
}

/// Does a member hear of no campaign at all?
#[must_use]
pub fn is_universal(policy: &Policy, member: MemberId) -> bool {
    below(&mut draws(policy.seed, member), WHOLE) < policy.universal_holdout
}

fn draws(seed: i64, member: MemberId) -> Draws {
    Draws::of(seed.cast_unsigned(), member.0.cast_unsigned())
}

fn below(draws: &mut Draws, end: i64) -> i64 {
    i64::try_from(draws.below(end.cast_unsigned())).unwrap_or(0)
}
