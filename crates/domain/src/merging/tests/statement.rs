//! The two outputs of one journal: the member's statement and finance's control report.

use std::collections::BTreeMap;

use super::super::reconcile::{Posted, Stated, liability, reconcile};
use super::super::snapshot::LotState;
use super::super::statement::{adds_up, statement};
use super::super::{Totals, plan_member};
use super::*;
use crate::conversion::Fraction;
use crate::conversion::tests::words::said;

fn told(lang: &str, rules: &MergeRules, people: &[MemberSnapshot]) -> Vec<String> {
    let plan = plan_member(rules, people);
    assert!(adds_up(&plan));
    let mut lines = Vec::new();
    for section in statement(rules, &plan, people) {
        lines.push(said(lang, &crate::conversion::words::Sentence::new(section.heading)));
        lines
            .extend(section.sentences.iter().map(|sentence| format!("  {}", said(lang, sentence))));
    }
    lines
}

#[test]
fn m36_ana_can_read_what_happened_to_her_points() {
    let mut people = ana();
    people[0].lots.truncate(2);
    people.reverse();
    assert_eq!(
        told("es-ES", &rules(), &people),
        [
            "Lo que tenías",
            "  aurora, número 0001: 40 puntos.",
            "  brisa, número B-1: 158 stars.",
            "Cómo hemos unido tus cuentas",
            "  Estas cuentas son ahora una sola, y todos tus números siguen valiendo.",
            "  aurora: número 0001.",
            "  brisa: número B-1.",
            "Cómo se han convertido tus puntos",
            "  aurora: 40 puntos son exactamente 40. Redondeamos 0 a tu favor: 40 uno.",
            "  brisa: 158 stars son exactamente 1027/5. Redondeamos 3/5 a tu favor: 206 uno.",
            "Tus puntos y hasta cuándo valen",
            "  40 puntos (lote a1) son ahora 40 uno, hasta el 2027-07-15T00:00:00Z.",
            "  101 stars (lote l1) son ahora 132 uno, hasta el 2027-07-15T00:00:00Z.",
            "  57 stars (lote l2) son ahora 74 uno, hasta el 2027-07-15T00:00:00Z.",
            "Qué tienes que hacer",
            "  Nada. Todo está hecho.",
            "Qué cambia para ti",
            "  Tus puntos valían 2.45 € y ahora valen 2.46 €.",
            "Si algo no cuadra",
            "  Escríbenos o llámanos: revisaremos tu caso contigo, línea a línea.",
        ]
    );
}

#[test]
fn r120_a_loser_never_reads_that_he_or_she_wins() {
    let mut rules = rules();
    rules.conversions[1] = flat("brisa", "stars", "13/20");
    let lines = told("en", &rules, &ana());
    let worth = lines.iter().find(|line| line.contains("worth")).unwrap();
    assert_eq!(
        worth,
        "  Your points were worth 2.51 € and are now worth 1.46 €. We are sorry; tell us if you do not agree."
    );
}

/// Every sentence that a statement can say has its words in both languages.
#[test]
fn m36_every_case_is_said_in_both_languages() {
    let mut people = ana();
    people[0].lots[0].state = LotState::Pending;
    people[0].lots[0].release_at = Some(at("2026-11-01"));
    people[0].lots[1].state = LotState::Held;
    people[0].lots[1].hold = "H-1".into();
    people[0].tiers.push(tier("gold", Provenance::Lifetime));
    people[0].vouchers.push(super::super::snapshot::SourceVoucher {
        code: "V-1".into(),
        kind: "odd".into(),
        value_minor: 1_000,
        bought_for: 900,
        expires_at: None,
    });
    people[1].lots[0].points = -40;
    let mut rules = with_ladder(rules());
    rules.conversions[1].bonus = Some(5);
    rules.conversions[1].cap = Some(100);
    for lang in ["es-ES", "en"] {
        let lines = told(lang, &rules, &people);
        assert!(lines.iter().any(|line| line.contains("H-1")), "{lines:#?}");
        assert!(lines.iter().any(|line| line.contains("V-1")), "{lines:#?}");
        let mut waiting = people.clone();
        waiting[0].balances.insert("stars".into(), 1);
        told(lang, &rules, &waiting);
    }
}

#[test]
fn m58_the_control_report_has_every_line_and_tells_a_missing_point() {
    let plan = planned(&ana());
    let mut totals = Totals::default();
    totals.add(&plan).unwrap();
    let states = |available: i128| BTreeMap::from([("available".to_owned(), available)]);
    let stated = Stated::from([
        (("aurora".into(), "puntos".into()), states(40)),
        (("brisa".into(), "stars".into()), states(163)),
    ]);
    let report = reconcile(&totals, &stated, &Posted::from([("uno".into(), states(252))])).unwrap();
    assert!(report.iter().all(super::super::reconcile::ControlLine::agrees), "{report:#?}");
    let rounding = report.iter().find(|line| line.code == "rounding" && line.source == "brisa");
    assert_eq!(rounding.unwrap().actual, Fraction::new(1, 10).unwrap());
    for line in &report {
        assert!(!said("es-ES", &line.explanation).is_empty());
    }
    let short = reconcile(&totals, &stated, &Posted::from([("uno".into(), states(251))])).unwrap();
    let wrong: Vec<_> = short.iter().filter(|line| !line.agrees()).collect();
    assert_eq!(
        (wrong.len(), wrong[0].code, wrong[0].difference()),
        (1, "posted", Fraction::whole(-1))
    );
    let other = Stated::from([(("brisa".into(), "stars".into()), states(164))]);
    let wrong = reconcile(&totals, &other, &Posted::from([("uno".into(), states(252))])).unwrap();
    assert_eq!(wrong.iter().filter(|line| !line.agrees()).count(), 2);
}

#[test]
fn m56_golden_liability_before_and_after() {
    // 0.006 and 0.0021 of a unit are 0.6 and 0.21 of its hundredth.
    let before = liability(10_000_000, rate("0.85"), rate("0.6")).unwrap();
    let after = liability(30_000_000, rate("0.85"), rate("0.21")).unwrap();
    assert_eq!((before, after), (Fraction::whole(5_100_000), Fraction::whole(5_355_000)));
    assert_eq!(after.minus(before).unwrap(), Fraction::whole(255_000));
}
