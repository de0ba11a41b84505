//! Who hears what, by chance: the same seed draws the same group for the same person on every machine, at any time.

use lazo_domain::ids::MemberId;
use lazo_measures::seed::Draws;

use super::Campaign;
use super::policy::Policy;

/// The whole, in the unit of shares.
pub const WHOLE: i64 = 10_000;
/// Left alone by this campaign, to compare with.
pub const HOLDOUT: &str = "holdout";
/// Left alone by every campaign.
pub const UNIVERSAL: &str = "universal";

/// The group of a member: [`UNIVERSAL`], [`HOLDOUT`], or the name of a variant.
#[must_use]
pub fn arm(campaign: &Campaign, policy: &Policy, member: MemberId) -> String {
    if is_universal(policy, member) {
        return UNIVERSAL.to_owned();
    }
    let mut draws = draws(campaign.seed, member);
    if below(&mut draws, WHOLE) < campaign.holdout {
        return HOLDOUT.to_owned();
    }
    let weights: i64 = campaign.content.variants.iter().map(|variant| variant.weight).sum();
    let mut left = below(&mut draws, weights.max(1));
    for variant in &campaign.content.variants {
        if left < variant.weight {
            return variant.name.clone();
        }
        left -= variant.weight;
    }
    HOLDOUT.to_owned()
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
