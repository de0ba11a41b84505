//! Golden numbers of measures §3.4: IFRS 15 Example 52, KPMG 10A and 10B, and the chain ladder.

use lazo_measures::liability::allocation::{Cohort, Issued, Refused, allocate, recognized};
use lazo_measures::liability::roll_forward::{Account, RollForward};
use lazo_measures::liability::triangle::{Row, Unreadable, ladder};
use lazo_measures::ratio::Ratio;

fn ratio(num: i128, den: i128) -> Ratio {
    Ratio::new(num, den).unwrap()
}

#[test]
fn k24_ifrs_15_example_52() {
    let issued = Issued { points: 10_000, value_minor: Ratio::ONE, urr: ratio(95, 100) };
    let shared = allocate(100_000, 100_000, &issued).unwrap();
    assert_eq!((shared.goods_minor, shared.points_minor), (91_324, 8_676));
    let mut cohort = Cohort::new(shared.points_minor);
    assert_eq!(cohort.end_period(4_500, 9_500), Ok(4_110));
    assert_eq!(cohort.end_period(8_500, 9_700), Ok(3_493));
    assert_eq!(cohort.liability_minor(), 1_073);
    assert_eq!(cohort.close(), 1_073);
    assert_eq!(cohort.liability_minor(), 0);
}

#[test]
fn k24_kpmg_10a_and_10b_catch_up_in_both_directions() {
    let mut cohort = Cohort::new(9_000);
    assert_eq!(cohort.end_period(4_500, 9_700), Ok(4_175));
    let mut other = cohort;
    assert_eq!(cohort.end_period(8_500, 9_900), Ok(3_552));
    assert_eq!(other.end_period(8_500, 9_200), Ok(4_140));
}

#[test]
fn k24_what_cannot_be_recognized_says_why() {
    assert_eq!(recognized(9_000, 1, 0), Err(Refused::NothingExpected));
    assert_eq!(recognized(-1, 0, 10), Err(Refused::OutOfRange));
    // More redeemed than expected releases all of it and no more.
    assert_eq!(recognized(9_000, 12, 10), Ok(9_000));
    let odd = Issued { points: 10, value_minor: Ratio::ONE, urr: ratio(11, 10) };
    assert_eq!(allocate(100, 100, &odd), Err(Refused::OutOfRange));
    let free = Issued { points: 0, value_minor: Ratio::ONE, urr: Ratio::ONE };
    assert_eq!(allocate(100, 0, &free).unwrap().goods_minor, 100);
}

#[test]
fn k18_chain_ladder_and_the_rate_of_outstanding_points() {
    let row = |redeemed: &[i64]| Row { issued: 1_000, redeemed: redeemed.to_vec() };
    let rows = [row(&[300, 500, 600]), row(&[320, 540]), row(&[280])];
    let found = ladder(&rows, Ratio::ONE, Ratio::ONE).unwrap();
    assert_eq!(found.links, [ratio(1_040, 620), ratio(6, 5)]);
    assert_eq!(found.ultimates[0], Ratio::whole(600));
    assert_eq!(found.ultimates[1], Ratio::whole(648));
    assert!((found.ultimates[2].to_f64() - 563.6129).abs() < 5e-5);
    let outstanding = found.urr_of_outstanding(&rows, &[1, 2]).unwrap();
    assert!((outstanding.to_f64() - 0.331_875).abs() < 5e-7);
    assert!(outstanding < found.urr(&rows, 1).unwrap(), "below the rate of issued points");
    let stressed = ladder(&rows, Ratio::ONE, ratio(11, 10)).unwrap();
    // 540 + 108 × 1.1
    assert_eq!(stressed.ultimates[1], ratio(6_588, 10));
}

#[test]
fn k18_a_triangle_that_contradicts_itself_is_refused() {
    let row = |issued, redeemed: &[i64]| Row { issued, redeemed: redeemed.to_vec() };
    let read = |rows: &[Row]| ladder(rows, Ratio::ONE, Ratio::ONE).unwrap_err();
    assert_eq!(read(&[]), Unreadable::Empty);
    assert_eq!(read(&[row(100, &[50, 40])]), Unreadable::NotCumulative);
    assert_eq!(read(&[row(100, &[50, 140])]), Unreadable::NotCumulative);
    assert_eq!(read(&[row(100, &[0, 40]), row(100, &[0])]), Unreadable::NoBase);
}

#[test]
fn k24_the_roll_forward_closes_and_its_journal_balances() {
    let moved = RollForward {
        opening: 10_000,
        issued: 8_676,
        reestimated: -300,
        converted: 1_200,
        redeemed: 4_110,
        expired: 250,
        currency: -16,
    };
    assert_eq!(moved.closing(), Some(15_200));
    assert_eq!(moved.unexplained(15_203), Some(3));
    let journal = moved.journal("2026-06-30", "Grupo Aurora ES", "2026-06");
    let debits: i64 = journal.iter().map(|line| line.debit_minor).sum();
    let credits: i64 = journal.iter().map(|line| line.credit_minor).sum();
    assert_eq!(debits, credits);
    assert!(journal.iter().all(|line| (line.debit_minor > 0) != (line.credit_minor > 0)));
    let owed = journal.iter().filter(|line| line.account == Account::DeferredRevenue);
    let change: i64 = owed.map(|line| line.credit_minor - line.debit_minor).sum();
    assert_eq!(change, 15_200 - 10_000);
}
