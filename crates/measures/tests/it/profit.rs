//! Profit and loss of customers adds up to that of the program (§3.2).

use lazo_measures::profit::{LINES, Line, Statement, View, allocate, whale_curve};

use crate::near;

fn customer(sales: i64, goods: i64, rewards: i64) -> Statement {
    let mut statement = Statement::default();
    statement.add(Line::GrossSales, sales).unwrap();
    statement.add(Line::Tax, -sales * 21 / 121).unwrap();
    statement.add(Line::GoodsCost, -goods).unwrap();
    statement.add(Line::RewardCost, -rewards).unwrap();
    statement
}

#[test]
fn k58_customers_and_what_nobody_carries_are_the_program_exactly() {
    let mut customers =
        [customer(12_100, 6_000, 101), customer(24_200, 9_999, 0), customer(7, 1, 1)];
    let key: Vec<u64> = vec![3, 2, 1];
    allocate(&mut customers, Line::FixedCost, -1_000, &key).unwrap();
    let fixed: Vec<i64> = customers.iter().map(|one| one.at(Line::FixedCost)).collect();
    assert_eq!(fixed, [-500, -333, -167]);
    let mut program = Statement::default();
    program.add(Line::GrossSales, 40_000).unwrap();
    program.add(Line::RewardCost, -150).unwrap();
    program.add(Line::FixedCost, -1_200).unwrap();
    let rest = program.unallocated(&customers).unwrap();
    for line in LINES {
        let sum: i64 = customers.iter().map(|one| one.at(line)).sum();
        assert_eq!(sum + rest.at(line), program.at(line), "{line:?}");
    }
    let profit: i64 = customers.iter().map(|one| one.profit().unwrap()).sum();
    assert_eq!(profit + rest.profit().unwrap(), program.profit().unwrap());
}

#[test]
fn k58_subtotals_follow_from_the_lines() {
    let mut one = customer(12_100, 6_000, 101);
    assert_eq!(one.net_sales(), Some(10_000));
    assert_eq!(one.gross_margin(), Some(4_000));
    assert_eq!(one.contribution(), Some(3_899));
    assert!(one.keeps_to(View::Economic));
    one.add(Line::Deferred, -100).unwrap();
    assert!(!one.keeps_to(View::Economic), "the two views are never mixed");
    assert_eq!(one.net_revenue(), Some(9_900));
    assert_eq!(one.add(Line::Fees, i64::MAX).and_then(|()| one.add(Line::Fees, 1)), None);
    assert_eq!(allocate(&mut [], Line::FixedCost, -5, &[]), None);
}

#[test]
fn k58_the_whale_curve_rises_above_the_whole_when_some_lose() {
    let profits = [500, 300, 200, 100, 50, 0, 0, -50, -100, -200];
    let curve = whale_curve(&profits).unwrap();
    near(curve[0], 500.0 / 800.0, 1e-12);
    near(curve[4], 1_150.0 / 800.0, 1e-12);
    near(curve[9], 1.0, 1e-12);
    assert_eq!(whale_curve(&[-1, 0]), None);
}
