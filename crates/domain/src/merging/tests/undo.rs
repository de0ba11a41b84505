//! One wrong merge taken apart, and a wave given back.

use std::collections::BTreeSet;

use super::super::undo::{Later, LotRef, PieceOrigin, Unmerge, roll_back, unmerge};
use super::*;

fn earned(event: &str, points: i64, via: Option<&SourceKey>) -> Later {
    Later::Earned {
        event: event.into(),
        to: "uno".into(),
        points,
        via: via.cloned(),
        expires_at: Some(at("2028-05-01")),
        source_points: None,
    }
}

fn spent(event: &str, lots: &[(LotRef, i64)], via: Option<&SourceKey>) -> Later {
    Later::Spent { event: event.into(), lots: lots.to_vec(), via: via.cloned() }
}

fn sums(result: &Unmerge) -> (i64, i64, i64) {
    let sum = |pieces: &[super::super::undo::UnmergedPiece]| pieces.iter().map(|p| p.points).sum();
    (sum(&result.leaving), sum(&result.staying), result.goodwill.values().sum())
}

/// Ana and Bea were taken for one; ten things happened since.
#[test]
fn a12_a_wrong_merge_with_ten_later_transactions_is_taken_apart() {
    let plan = planned(&ana());
    let (bea, ana) = (SourceKey::new("brisa", "B-1"), SourceKey::new("aurora", "0001"));
    let opened = LotRef::Opened;
    // Journal lines: 0 is Ana's lot of 40; 1 to 5 are Bea's 132, 74, 4, 1 and 1.
    let later = [
        earned("e1", 30, Some(&bea)),
        earned("e2", 25, Some(&ana)),
        spent("e3", &[(opened(0), 10)], Some(&ana)),
        spent("e4", &[(opened(0), 30), (opened(1), 20)], Some(&bea)),
        earned("e5", 5, None),
        spent("e6", &[(opened(2), 60)], Some(&ana)),
        spent("e7", &[(LotRef::Later("e1".into()), 10)], None),
        earned("e8", 7, Some(&bea)),
        spent("e9", &[(opened(3), 4)], Some(&bea)),
        earned("e10", 1, Some(&ana)),
    ];
    let result = unmerge(&plan, &later, &BTreeSet::from([bea.clone()]), false).unwrap();
    // There were 252 + 68 earned - 134 spent = 186. Bea spent 30 of Ana's and pays them back from her lot of 132.
    // Ana spent 60 of Bea's: she has 25 + 5 + 1 = 31 of her own left, so 29 are goodwill.
    let (leaving, staying, goodwill) = sums(&result);
    assert_eq!(leaving + staying, 186 + goodwill);
    assert_eq!(goodwill, 29);
    // Bea: 132 - 20 - 30 + (74 - 60) + 60 back + 1 + 1 + 20 of e1 + 7 of e8.
    assert_eq!((leaving, staying), (185, 30));
    assert_eq!(result.unplaced, ["e5"]);
    assert!(result.staying.iter().any(|p| p.origin == PieceOrigin::PaidBack && p.lot == opened(0)));
}

#[test]
fn m55_a_programs_gift_leaves_with_its_last_account() {
    let mut rules = rules();
    rules.conversions[1].bonus = Some(50);
    let plan = plan_member(&rules, &ana());
    let leaving = |key: &SourceKey| {
        sums(&unmerge(&plan, &[], &BTreeSet::from([key.clone()]), false).unwrap())
    };
    assert_eq!(leaving(&SourceKey::new("brisa", "B-1")), (262, 40, 0));
    assert_eq!(leaving(&SourceKey::new("aurora", "0001")), (40, 262, 0));
}

#[test]
fn m55_what_cannot_be_apart_is_refused() {
    let plan = planned(&ana());
    let (bea, ana) = (SourceKey::new("brisa", "B-1"), SourceKey::new("aurora", "0001"));
    let code = |later: &[Later], leaving: &[&SourceKey]| {
        let leaving = leaving.iter().map(|key| (*key).clone()).collect();
        unmerge(&plan, later, &leaving, false).unwrap_err().code()
    };
    assert_eq!(code(&[], &[]), "undo_not_apart");
    assert_eq!(code(&[], &[&ana, &bea]), "undo_not_apart");
    assert_eq!(code(&[], &[&SourceKey::new("pro", "1")]), "undo_not_apart");
    assert_eq!(code(&[spent("e", &[(LotRef::Opened(0), 41)], None)], &[&bea]), "undo_overdrawn");
    assert_eq!(code(&[spent("e", &[(LotRef::Opened(9), 1)], None)], &[&bea]), "undo_no_lot");
}

/// A pilot of ten members is rolled back after fifty transactions.
#[test]
fn a13_a_rolled_back_wave_is_its_snapshot_and_what_happened_since() {
    let rules = rules();
    let mut transactions = 0;
    for n in 0..10 {
        let mut snapshot = member("brisa", &format!("B-{n}"));
        snapshot.lots = vec![lot("a", "stars", 100 + n), lot("b", "stars", 50)];
        let key = snapshot.key.clone();
        let plan = plan_member(&rules, &[snapshot.clone()]);
        let (a, b) = (plan.lines[0].points, plan.lines[1].points);
        let own = Later::Earned {
            event: "e1".into(),
            to: "uno".into(),
            points: 13,
            via: Some(key.clone()),
            expires_at: None,
            source_points: Some(9),
        };
        let later = [
            own,
            earned("e2", 13, Some(&key)),
            spent("s1", &[(LotRef::Opened(0), a - 30)], Some(&key)),
            spent("s2", &[(LotRef::Opened(0), 30)], Some(&key)),
            spent("s3", &[(LotRef::Opened(1), b / 2)], Some(&key)),
        ];
        transactions += later.len();
        let changes = roll_back(&plan, &later).unwrap();
        let of =
            |name: &str| changes.iter().filter(|c| c.lot == name).map(|c| c.points).sum::<i64>();
        // A lot spent whole is spent whole, half a lot half; what was earned is what the source would have given.
        assert_eq!(of("a"), -(100 + n));
        let half = (b / 2) * 50 / b;
        assert_eq!(of("b"), -half);
        assert_eq!(of("e1"), 9);
        // 13 points at 13/10 turned round are 10 stars; where the conversion was rounded up, a little less, and up again.
        assert_eq!(of("e2"), 10);
        let now: i64 = 150 + n + changes.iter().map(|c| c.points).sum::<i64>();
        assert_eq!(now, 150 + n + 19 - (100 + n) - half);
    }
    assert_eq!(transactions, 50);
}

#[test]
fn a13_nothing_happened_means_nothing_changes() {
    assert_eq!(roll_back(&planned(&ana()), &[]).unwrap(), []);
}
