//! Measures how long it takes to plan a merge of two programs: clusters of one or two accounts, five lots each.
//!
//! `cargo run --release -p lazo-domain --example merge_speed -- 100000` (accounts).

use std::error::Error;
use std::time::Instant;

use lazo_domain::conversion::{ConversionRule, Table};
use lazo_domain::merging::rules::TargetPoints;
use lazo_domain::merging::snapshot::SourceLot;
use lazo_domain::merging::{MemberSnapshot, MergeRules, Run, SourceKey, plan_member};
use lazo_domain::program::ExpiryPolicy;
use lazo_domain::program::expiry::Basis;
use lazo_domain::time::{DAY, Term, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let accounts: i64 = std::env::args().nth(1).map_or(Ok(100_000), |number| number.parse())?;
    let rules = rules()?;
    let mut run = Run::new(&rules)?;
    #[expect(clippy::disallowed_methods, reason = "a duration is measured and nothing is decided")]
    let begin = Instant::now();
    for n in 0..accounts / 2 {
        // Every eighth person is in both programs.
        let mut members = vec![account("aurora", n)];
        if n % 8 == 0 {
            members.push(account("brisa", n));
        }
        run.add(&plan_member(&rules, &members))?;
        if n % 8 != 0 {
            // The others of Brisa are named after Aurora's last account, so that the order holds.
            let mut alone = account("brisa", n);
            alone.key = SourceKey::new("aurora", &format!("{n:09}-b"));
            run.add(&plan_member(&rules, &[alone]))?;
        }
    }
    let micros = begin.elapsed().as_micros();
    let (totals, digest) = run.finish();
    #[expect(clippy::print_stdout, reason = "the result of the measurement")]
    {
        let each = micros.saturating_mul(100) / u128::from(accounts.unsigned_abs().max(1));
        println!(
            "{}.{:02} µs per account of five lots; {:?}",
            each / 100,
            each % 100,
            totals.counts
        );
        println!("approvable {}; run {}", totals.approvable(), digest.run);
    }
    Ok(())
}

fn rules() -> Result<MergeRules, Box<dyn Error>> {
    let flat = |source: &str, rate: &str| -> Result<ConversionRule, String> {
        let table = Table::Flat { rate: rate.parse()? };
        Ok(ConversionRule::plain(source, "points", "uno", table))
    };
    let cutover = Timestamp::parse("2026-10-01T00:00:00Z")?;
    let conversions = vec![flat("aurora", "13/10")?, flat("brisa", "1/3")?];
    let mut rules = MergeRules::plain(cutover, conversions);
    let term = Some(Term::Months(18));
    let expiry = ExpiryPolicy { basis: Basis::Earned, term, ..ExpiryPolicy::default() };
    rules.point_types.insert("uno".into(), TargetPoints { expiry, value_minor: None });
    Ok(rules)
}

fn account(source: &str, n: i64) -> MemberSnapshot {
    let lot = |l: i64| {
        let earned_at = Timestamp(1_760_000_000_000_000 + (n % 300) * DAY + l * DAY);
        SourceLot {
            lot: format!("{n}-{l}"),
            point_type: "points".into(),
            points: (n * 31 + l * 17) % 5_000,
            kind: "earned".into(),
            earned_at,
            expires_at: Some(earned_at.plus_micros(540 * DAY)),
            ..SourceLot::default()
        }
    };
    MemberSnapshot {
        key: SourceKey::new(source, &format!("{n:09}")),
        lots: (0..5).map(lot).collect(),
        ..MemberSnapshot::default()
    }
}
