//! Whatever the core can say comes back as it was, and what is damaged is told.

use std::collections::BTreeMap;

use lazo_domain::account::{Redemption, RedemptionState};
use lazo_domain::decision::{Outcome, Returned};
use lazo_domain::event::{Purchase, Reserve, ReturnLine};
use lazo_domain::ids::{EventId, LotId, PointTypeId, ProgramId, RedemptionId};
use lazo_domain::points::Points;
use lazo_domain::time::Timestamp;
use proptest::prelude::*;

use super::{Packed, Packer, Unpacker};

/// Small and large numbers, and texts that come again, from one seed.
pub(in crate::ledger) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }

    pub fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(sides).unwrap()).unwrap()
    }

    pub fn number(&mut self) -> i64 {
        let shift = self.below(64);
        match self.below(16) {
            0 => i64::MIN,
            1 => i64::MAX,
            2 => 0,
            _ => self.next().cast_signed() >> shift,
        }
    }

    pub fn text(&mut self) -> String {
        let texts =
            ["", "points", "base", "ñ 日本", "till", "a text that is longer than the others are"];
        match self.below(texts.len() + 2) {
            own if own >= texts.len() => self.next().to_string(),
            known => texts[known].to_owned(),
        }
    }
}

/// What is packed as it is outside.
pub(in crate::ledger) trait Seldom {
    fn seldom(dice: &mut Dice) -> Self;
}

impl Seldom for Redemption {
    fn seldom(dice: &mut Dice) -> Self {
        let redemption = RedemptionId(dice.number());
        let order = Reserve {
            redemption,
            reward: dice.text(),
            quantity: dice.number(),
            pay_minor: Packed::any(dice),
            hold_until: None,
            capture: true,
        };
        Self {
            id: redemption,
            program: ProgramId(1),
            point_type: PointTypeId(2),
            order,
            event: EventId(3),
            state: RedemptionState::Captured,
            points: Points(dice.number()),
            lots: vec![(LotId { event: EventId(3), seq: 1 }, Points(4))],
            reserved_at: Timestamp(5),
            hold_until: Timestamp(6),
            resources: BTreeMap::from([("stock".to_owned(), 1)]),
        }
    }
}

impl Seldom for Returned {
    fn seldom(dice: &mut Dice) -> Self {
        let lines = vec![ReturnLine { line: 1, quantity_milli: dice.number() }];
        Self { lines, due: Packed::any(dice), waived: vec![], resources: Packed::any(dice) }
    }
}

fn packed(purchase: &Purchase, outcome: &Outcome) -> Vec<u8> {
    let mut packer = Packer::new(0);
    purchase.put(&mut packer);
    outcome.put(&mut packer);
    packer.done().unwrap()
}

proptest! {
    #[test]
    fn what_is_packed_comes_back_as_it_was(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let (purchase, outcome) = (Purchase::any(&mut dice), Outcome::any(&mut dice));
        let octets = packed(&purchase, &outcome);
        let mut rest = Unpacker::new(&octets[1..]);
        prop_assert_eq!(Purchase::take(&mut rest).unwrap(), purchase);
        prop_assert_eq!(Outcome::take(&mut rest).unwrap(), outcome);
        prop_assert!(rest.end().is_ok());
    }

    #[test]
    fn what_is_cut_off_is_told(seed in any::<u64>(), cut in any::<prop::sample::Index>()) {
        let mut dice = Dice::new(seed);
        let octets = packed(&Purchase::any(&mut dice), &Outcome::any(&mut dice));
        let mut rest = Unpacker::new(&octets[1..1 + cut.index(octets.len() - 1)]);
        let whole = Purchase::take(&mut rest).and_then(|_| Outcome::take(&mut rest));
        prop_assert!(whole.is_err());
    }

    #[test]
    fn no_octets_are_more_than_an_error(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut rest = Unpacker::new(&octets);
        if let Ok(outcome) = Outcome::take(&mut rest) {
            let mut packer = Packer::new(0);
            outcome.put(&mut packer);
            prop_assert!(packer.done().is_ok());
        }
    }
}

/// The octets are those that rows have: a change of them needs a form of its own.
#[test]
fn the_form_stays_as_it_is() {
    let mut dice = Dice::new(185);
    let mut seen = Packer::new(0);
    let all: Vec<Outcome> = (0..64).map(|_| Outcome::any(&mut dice)).collect();
    all.iter().for_each(|outcome| outcome.put(&mut seen));
    let octets = seen.done().unwrap();
    let sum = octets
        .iter()
        .fold(0_u64, |sum, octet| (sum ^ u64::from(*octet)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!((octets.len(), sum), (28_174, 14_439_081_553_689_150_694));
}
