//! Every step and every reason is told in every language, and the words say what the numbers say.

use std::collections::BTreeMap;

use lazo_domain::decision::{Change, Outcome, Side};
use lazo_domain::explain::{Step, ZeroReason};
use lazo_domain::ids::{EventId, LotId, PointTypeId};
use lazo_domain::label::Label;
use lazo_domain::points::Points;
use lazo_domain::program::ProgramConfig;
use lazo_domain::time::Timestamp;

use lazo_domain::time::DAY;
use lazo_store::testing::on_both;

use super::{Question, Speaker, balance, balances, explain, find, jobs, sweep};
use crate::features::programs::{self, PublishRefusal, Unmet};
use crate::features::{configuration, members, tenants};
use crate::i18n::Locale;
use crate::jobs::{Stop, Turn};
use crate::testing::{NOON, PROGRAM, Shop};

mod condition;
mod words;

fn program() -> ProgramConfig {
    serde_json::from_value(serde_json::json!({
        "code": "club", "currency": "EUR", "time_zone": "Europe/Madrid",
        "point_types": [{ "code": "points" }],
        "earning_rules": [{
            "code": "base", "name": { "es-ES": "Base", "en": "Base" }, "point_type": "points",
            "effect": { "type": "points_per_amount", "points": 1, "per_minor": 100 }
        }],
        "tier_groups": [{
            "code": "status", "measure": "spend", "window": "calendar_year",
            "tiers": [{ "code": "gold", "name": { "es": "Oro", "en": "Gold" }, "threshold": 100 }]
        }]
    }))
    .unwrap()
}

fn tell(locale: Locale, points: i64, steps: Vec<Step>) -> super::Told {
    let program = program();
    let types = BTreeMap::from([(PointTypeId(1), "points".to_owned())]);
    let change =
        Change { point_type: PointTypeId(1), side: Side::Available, points: Points(points) };
    let outcome = Outcome { changes: vec![change], steps, ..Outcome::default() };
    Speaker::new(locale, &program, &types).tell(&outcome)
}

fn lot() -> LotId {
    LotId { event: EventId(7), seq: 0 }
}

#[test]
fn r4_a_doubled_purchase_is_explained_in_each_language() {
    let steps = || {
        vec![
            Step::ForAmount {
                rule: "base".into(),
                point_type: "points".into(),
                points: 60,
                amount_minor: 6_000,
                each: 1,
                per_minor: 100,
            },
            Step::Multiplied {
                rule: "tuesday".into(),
                point_type: "points".into(),
                points: 60,
                factor: "2".parse().unwrap(),
                of: 60,
            },
            Step::Expires {
                lot: lot(),
                points: 120,
                at: Some(Timestamp::parse("2027-01-01T00:00:00Z").unwrap()),
            },
        ]
    };
    let spain = tell(Locale::EsEs, 120, steps());
    assert_eq!(
        spain.headline.replace('\u{a0}', " "),
        "120 puntos: 60 por 60,00 € (1 por cada 1,00 €, regla «Base»), \
         60 más porque la regla «tuesday» multiplica por 2 los 60."
    );
    assert_eq!(spain.details, ["120 puntos válidos hasta el 1 ene 2027, 01:00"]);
    assert_eq!(
        tell(Locale::EsMx, 120, steps()).details,
        ["120 puntos vigentes hasta el 1 ene 2027, 01:00"]
    );
    assert_eq!(
        tell(Locale::En, 120, steps()).headline,
        "120 points: 60 for €60.00 (1 per €1.00, rule “Base”), \
         60 more because the rule “tuesday” multiplies the 60 by 2."
    );
}

#[test]
fn r4_every_zero_has_its_reason_in_words() {
    let below = Step::Zero {
        rule: "base".into(),
        why: ZeroReason::BelowStep { amount_minor: 99, per_minor: 100 },
    };
    let told = tell(Locale::En, 0, vec![below]);
    assert_eq!(told.headline, "0 points.");
    assert_eq!(told.details, ["The rule “Base” gives nothing: €0.99 is less than €1.00."]);
}

/// What `Step::Moved` calls what happened to points.
const HOWS: [&str; 8] =
    ["lapsed", "redeemed", "expired", "released", "held", "restored", "transferred", "adjusted"];
/// Why `Step::Tier` says that a tier changed or was kept.
const WHYS: [&str; 8] = [
    "reached",
    "reviewed_kept",
    "reviewed_down",
    "granted",
    "soft_landing",
    "grace",
    "protected",
    "ladder_ended",
];
/// What a cap counts per.
const SCOPES: [&str; 7] = [
    "member_day",
    "member_week",
    "member_month",
    "member_quarter",
    "member_year",
    "member_ever",
    "budget",
];

/// Fluent shows a missing value as `{$name}` and a missing text as its key: neither may reach a reader.
#[test]
fn every_step_is_told_without_gaps_in_every_language() {
    for locale in Locale::ALL {
        for step in all_steps() {
            let told = tell(locale, 1, vec![step.clone()]);
            for text in told.details.iter().chain([&told.headline]) {
                assert!(
                    !text.contains('{') && !text.contains("ledger-"),
                    "{locale}: {step:?}: {text}"
                );
            }
        }
    }
}

fn all_steps() -> Vec<Step> {
    let (rule, point_type) = (Label::fixed("base"), Label::fixed("points"));
    let at = Some(Timestamp(0));
    let mut steps = vec![
        Step::ForUnits { rule: rule.clone(), point_type: point_type.clone(), points: 1, units: 1 },
        Step::Fixed { rule: rule.clone(), point_type: point_type.clone(), points: 1 },
        Step::Multiplied {
            rule: "tier:status".into(),
            point_type,
            points: 1,
            factor: lazo_domain::rate::Rate::ONE,
            of: 1,
        },
        Step::Pending { points: 1, until: Timestamp(0) },
        Step::Expires { lot: lot(), points: 1, at: None },
        Step::DebtRepaid { points: 1 },
        Step::Share { due: 6, taken: 1, expired: 1, others: 1, debt: 1, forgiven: 1 },
        Step::Extended { lot: lot(), from: at, to: None },
        Step::Reason { code: "goodwill".into(), points: 1 },
        Step::Qualified { group: "status".into(), amount: 1, counts_at: Timestamp(0) },
    ];
    for scope in SCOPES {
        steps.push(Step::Capped { rule: rule.clone(), cut: 1, limit: 1, scope: scope.into() });
    }
    for how in HOWS {
        steps.push(Step::Moved { how: how.into(), lot: lot(), points: 1, expires_at: at });
    }
    for why in WHYS {
        steps.push(Step::Tier {
            group: "status".into(),
            from: "".into(),
            to: "gold".into(),
            why: why.into(),
            measured: 1,
            threshold: 1,
        });
    }
    let reasons = [
        ZeroReason::NoRule,
        ZeroReason::BelowStep { amount_minor: 1, per_minor: 2 },
        ZeroReason::BelowUnit { quantity_milli: 250 },
        ZeroReason::NoAmount,
        ZeroReason::NoLine,
        ZeroReason::Condition { when: "false".into() },
        ZeroReason::ConditionFailed { when: "1 / 0".into(), error: "division by zero".into() },
        ZeroReason::NotInForce,
        ZeroReason::Superseded { by: rule.clone() },
        ZeroReason::CapReached { limit: 1, scope: "budget".into() },
        ZeroReason::NotNth { seen: 1, wanted: 2 },
        ZeroReason::ForeignCurrency { currency: "USD".into(), program: "EUR".into() },
        ZeroReason::NothingToMultiply,
    ];
    for why in &reasons {
        // A new reason does not compile until it stands here, and then it belongs into the list above.
        match why {
            ZeroReason::NoRule
            | ZeroReason::BelowStep { .. }
            | ZeroReason::BelowUnit { .. }
            | ZeroReason::NoAmount
            | ZeroReason::NoLine
            | ZeroReason::Condition { .. }
            | ZeroReason::ConditionFailed { .. }
            | ZeroReason::NotInForce
            | ZeroReason::Superseded { .. }
            | ZeroReason::CapReached { .. }
            | ZeroReason::NotNth { .. }
            | ZeroReason::ForeignCurrency { .. }
            | ZeroReason::NothingToMultiply => {}
        }
    }
    for why in reasons {
        steps.push(Step::Zero { rule: rule.clone(), why: why.clone() });
        steps.push(Step::Nothing { why });
    }
    steps
}

fn question(shop: &Shop, days: i64) -> Question<'static> {
    Question {
        point_type: shop.points,
        scheme: members::EXTERNAL,
        at: NOON.plus_micros(days * DAY),
        only_holders: false,
    }
}

async fn read(shop: &Shop, days: i64) -> Vec<(String, i64, i64)> {
    let lines = balances(&shop.app.db, &shop.tenant, &question(shop, days)).await.unwrap();
    lines.into_iter().map(|l| (l.member, l.points.earned.0, l.points.available.0)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r93_balances_name_members_as_their_source_does_in_the_order_of_numbers() {
    on_both(async |test| {
        let shop = Shop::open(test).await;
        for member in ["10", "9", "100"] {
            shop.buy(member, &format!("a{member}"), 1_234).await;
        }
        shop.days(179);
        shop.buy("9", "b9", 99).await;
        shop.buy("9", "c9", 500).await;
        shop.account("11").await;
        let own = |m: &str, e, a| (m.to_owned(), e, a);
        let first = [own("9", 12, 12), own("10", 12, 12), own("11", 0, 0), own("100", 12, 12)];
        assert_eq!(read(&shop, 0).await, first);
        let last = [own("9", 17, 5), own("10", 12, 0), own("11", 0, 0), own("100", 12, 0)];
        assert_eq!(read(&shop, 180).await, last, "the first lots end on that instant");
        let holders = Question { only_holders: true, ..question(&shop, 180) };
        assert_eq!(balances(&shop.app.db, &shop.tenant, &holders).await.unwrap().len(), 3);

        let nine = members::Identifier::new(members::EXTERNAL, "9", "ES").unwrap();
        let one = balance(&shop.app.db, &shop.tenant, &question(&shop, 180), &nine)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((one.points.earned.0, one.points.available.0), (17, 5));
        let nobody = members::Identifier::new(members::EXTERNAL, "8", "ES").unwrap();
        assert_eq!(
            balance(&shop.app.db, &shop.tenant, &question(&shop, 180), &nobody).await.unwrap(),
            None
        );

        // An alias added later does not make a second line; a name that is no number puts all in the order of names.
        let member = members::store::by_identifier(&shop.app.db, shop.tenant.id, &nine)
            .await
            .unwrap()
            .unwrap();
        let (db, later) = (&shop.app.db, NOON.plus_micros(DAY));
        members::add_identifier(db, &shop.tenant, member.id, members::EXTERNAL, "1", later)
            .await
            .unwrap();
        shop.account("x").await;
        let names: Vec<_> = read(&shop, 180).await.into_iter().map(|line| line.0).collect();
        assert_eq!(names, ["10", "100", "11", "9", "x"]);
        // An erased person has no name left, and the points are still counted.
        members::erase(db, shop.tenant.id, member.id, later).await.unwrap();
        let all = read(&shop, 180).await;
        assert!(
            all.iter().any(|(name, earned, _)| *name == member.id.to_string() && *earned == 17),
            "{all:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r4_a_stored_purchase_is_explained_by_its_receipt_or_its_id() {
    on_both(async |test| {
        let shop = Shop::open(test).await;
        let receipt = shop.buy("1", "T-1", 6_050).await;
        shop.buy("2", "T-2", 99).await;
        let db = &shop.app.db;
        let tell = async |reference: &str| {
            let found = find(db, &shop.tenant, reference).await.unwrap();
            assert_eq!(found.len(), 1, "{reference}");
            explain(db, &shop.tenant, &found[0], Locale::EsEs).await.unwrap().unwrap()
        };
        let told = tell("T-1").await;
        assert_eq!(told, tell(&receipt.event.to_string()).await);
        assert_eq!(told.title, "Compra T-1, 1 mar 2026, 13:00");
        assert_eq!(
            told.headline.replace('\u{a0}', " "),
            "60 puntos: 60 por 60,50 € (1 por cada 1,00 €, regla «base»)."
        );
        assert_eq!(
            told.details,
            [
                "60 puntos válidos hasta el 28 ago 2026, 14:00",
                "Saldo después: 60 disponibles, 0 pendientes, 0 retenidos",
                "Programa «club», versión 1",
            ]
        );
        let zero = tell("T-2").await;
        assert_eq!(zero.headline, "0 puntos.");
        assert_eq!(
            zero.details[0].replace('\u{a0}', " "),
            "La regla «base» no da nada: 0,99 € no llega a 1,00 €."
        );
        assert!(find(db, &shop.tenant, "T-3").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r122_points_expire_at_their_instant_whenever_the_job_runs() {
    on_both(async |test| {
        let shop = Shop::open(test).await;
        for n in 0..40 {
            shop.buy(&n.to_string(), &format!("r{n}"), 1_000).await;
        }
        shop.days(100);
        let late = shop.buy("7", "late", 500).await;
        shop.days(79);
        assert_eq!(sweep(&shop.app, None, None).await.unwrap(), 0, "179 days: nothing is due");
        shop.days(10);
        assert_eq!(
            sweep(&shop.app, None, Some(NOON.plus_micros(180 * DAY - 1))).await.unwrap(),
            0,
            "a microsecond before the first expiry"
        );
        assert_eq!(run_jobs(&shop).await, 40);
        assert_eq!(run_jobs(&shop).await, 0, "once is enough");
        let account =
            shop.app.ledger.books().account(shop.tenant.id, late.account).await.unwrap().unwrap();
        assert_eq!(account.balance(shop.points).available, Points(5));
        let events =
            shop.app.ledger.books().events(shop.tenant.id, late.account, None, 1).await.unwrap();
        let entries = shop
            .app
            .ledger
            .books()
            .entries_of(shop.tenant.id, late.account, events[0].event.id)
            .await
            .unwrap();
        assert!(
            entries.iter().all(|entry| entry.effective_at == NOON.plus_micros(180 * DAY)),
            "{entries:?}"
        );
        let nobody = lazo_domain::ids::TenantId(1);
        shop.days(200);
        assert_eq!(sweep(&shop.app, Some(nobody), None).await.unwrap(), 0);
        assert_eq!(sweep(&shop.app, Some(shop.tenant.id), None).await.unwrap(), 1);
    })
    .await;
}

async fn run_jobs(shop: &Shop) -> u64 {
    let (_stopper, stop) = Stop::new();
    let mut done = 0;
    for job in jobs(&shop.app) {
        done += (job.work)(Turn { now: NOON, stop: stop.clone() }).await.unwrap().done;
    }
    done
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_a_program_is_closed_only_when_nobody_has_points_left() {
    on_both(async |test| {
        let shop = Shop::open(test).await;
        shop.buy("1", "T-1", 700).await;
        let change = async |state: &str| {
            let text = PROGRAM
                .replace("code = \"club\"", &format!("code = \"club\"\nstate = \"{state}\""));
            let document = configuration::Document::parse(&text).unwrap();
            let plan = configuration::plan(&shop.app.db, document).await.unwrap();
            let now = shop.app.clock.now();
            plan.carry_out(&shop.app.db, &shop.app.ids, "ana", now).await.unwrap();
            let tenant = tenants::store::by_code(&shop.app.db, "shop").await.unwrap().unwrap();
            programs::publish(&shop.app.db, &tenant, "club", "bea", now).await
        };
        shop.days(1);
        change("sunset").await.unwrap();
        shop.days(1);
        let refused = change("closed").await;
        let left = Unmet::PointsLeft(Points(7));
        assert!(
            matches!(refused, Err(PublishRefusal::Unmet(unmet)) if unmet == left),
            "{refused:?}"
        );
        shop.days(180);
        assert_eq!(sweep(&shop.app, None, None).await.unwrap(), 1);
        let tenant = tenants::store::by_code(&shop.app.db, "shop").await.unwrap().unwrap();
        programs::publish(&shop.app.db, &tenant, "club", "bea", shop.app.clock.now())
            .await
            .unwrap();
    })
    .await;
}
