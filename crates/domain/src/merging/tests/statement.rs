//! The two outputs of one journal: the member's statement and finance's control report.

use std::collections::BTreeMap;

use super::super::Mode;
use super::super::reconcile::{Seen, liability, reconcile};
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
            "  aurora: 40 puntos son ahora 40 uno.",
            "  brisa: 158 stars son exactamente 1027/5. Redondeamos 3/5 a tu favor: 206 uno.",
            "  En total: 246 uno.",
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

/// What is seen is made here by hand: a point that the snapshot, the ledger or the lots do not have is told on its line.
#[test]
fn m58_the_control_report_has_every_line_and_tells_a_missing_point() {
    let people = ana();
    let plan = planned(&people);
    let mut totals = Totals::default();
    totals.add(&plan).unwrap();
    let states = |available: i128| BTreeMap::from([("available".to_owned(), available)]);
    let mut seen = Seen::default();
    seen.snapshot(Mode::FullMerge, &plan, &people).unwrap();
    let loaded = BTreeMap::from([
        (("aurora".into(), "puntos".into()), states(40)),
        (("brisa".into(), "stars".into()), states(163)),
    ]);
    assert_eq!(seen.loaded, loaded);
    seen.posted.insert("uno".into(), states(252));
    seen.count("lots", 6, 6);
    let report = reconcile(&totals, &seen).unwrap();
    assert!(report.iter().all(super::super::reconcile::ControlLine::agrees), "{report:#?}");
    let rounding = report.iter().find(|line| line.code == "rounding" && line.source == "brisa");
    assert_eq!(rounding.unwrap().actual, Fraction::new(1, 10).unwrap());
    for line in &report {
        assert!(!said("es-ES", &line.explanation).is_empty());
    }
    let wrong = |seen: &Seen| {
        let report = reconcile(&totals, seen).unwrap();
        let wrong = report.iter().filter(|line| !line.agrees());
        wrong.map(|line| (line.code, line.difference().to_string())).collect::<Vec<_>>()
    };
    let mut short = seen.clone();
    short.posted.insert("uno".into(), states(251));
    assert_eq!(wrong(&short), [("posted", "-1".to_owned())]);
    // A lot of the snapshot that the journal does not have.
    let mut more = people.clone();
    more[0].lots.push(lot("l6", "stars", 1));
    let mut other = Seen { posted: seen.posted.clone(), ..Seen::default() };
    other.snapshot(Mode::FullMerge, &plan, &more).unwrap();
    let codes: Vec<&str> = wrong(&other).iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, ["opening_available", "placed", "opens"]);
    // Shares that do not come to what was rounded, and a lot that is not in the ledger.
    let mut off = seen.clone();
    off.shares.insert(("brisa".into(), "stars".into()), Fraction::whole(211));
    off.count("lots", 0, 1);
    assert_eq!(wrong(&off), [("rounding", "9/10".to_owned()), ("lots", "1".to_owned())]);
}

/// Who waits, who left and what is kept apart is told by how accounts and members stand, not by the plan's own lines.
#[test]
fn m58_what_does_not_move_is_classified_apart_from_the_plan() {
    let mut people = ana();
    people[0].balances.insert("stars".into(), 1);
    people[1].status = crate::merging::snapshot::SourceStatus::Closed;
    let plan = planned(&people);
    let (mut totals, mut seen) = (Totals::default(), Seen::default());
    totals.add(&plan).unwrap();
    seen.snapshot(Mode::FullMerge, &plan, &people).unwrap();
    let told: Vec<(&str, String, bool)> = reconcile(&totals, &seen)
        .unwrap()
        .iter()
        .filter(|line| matches!(line.code, "held_back" | "left"))
        .map(|line| (line.code, line.expected.to_string(), line.agrees()))
        .collect();
    assert_eq!(told, [("left", "40".into(), true), ("held_back", "163".into(), true)]);
    // A plan that forgets a waiting lot is found out.
    let stars = totals.points.get_mut(&("brisa".to_owned(), "stars".to_owned())).unwrap();
    *stars.source.get_mut("held_back").unwrap() -= 101;
    let report = reconcile(&totals, &seen).unwrap();
    let wrong: Vec<&str> = report.iter().filter(|l| !l.agrees()).map(|l| l.code).collect();
    assert_eq!(wrong, ["placed", "held_back"]);
}

#[test]
fn m56_golden_liability_before_and_after() {
    // 0.006 and 0.0021 of a unit are 0.6 and 0.21 of its hundredth.
    let before = liability(10_000_000, rate("0.85"), rate("0.6")).unwrap();
    let after = liability(30_000_000, rate("0.85"), rate("0.21")).unwrap();
    assert_eq!((before, after), (Fraction::whole(5_100_000), Fraction::whole(5_355_000)));
    assert_eq!(after.minus(before).unwrap(), Fraction::whole(255_000));
}
