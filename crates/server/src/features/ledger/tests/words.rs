//! The words of the codes the core uses, of ends, of points that only move, and of factors.

use super::*;
use crate::i18n::Args;

/// A code without words of its own falls to the last variant, which shows the code itself.
#[test]
fn r4_every_code_of_a_step_has_words_of_its_own_in_every_language() {
    let kinds = lazo_domain::event::Kind::ALL.map(|(_, name)| name);
    let texts: [(&str, &'static str, &[&str]); 4] = [
        ("ledger-moved", "how", &HOWS),
        ("ledger-tier", "why", &WHYS),
        ("ledger-scope", "scope", &SCOPES),
        ("ledger-kind", "kind", &kinds),
    ];
    for (key, name, codes) in texts {
        for (locale, code) in Locale::ALL.iter().flat_map(|l| codes.iter().map(move |c| (l, c))) {
            let told = |code: &str| {
                let args = ["points", "validity", "group", "from", "to", "measured", "threshold"]
                    .into_iter()
                    .fold(Args::new(), |args, name| args.text(name, "x"));
                locale.text(key, &args.text(name, code))
            };
            let without = told("nobody-says-this").replace("nobody-says-this", code);
            assert_ne!(told(code), without, "{locale}: {key} says nothing of `{code}`");
        }
    }
}

/// The core names these codes where it decides; a new one there is a new one here.
#[test]
fn r4_the_codes_told_here_are_those_the_core_uses() {
    let core = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../domain/src/explain.rs");
    let text = std::fs::read_to_string(core).unwrap();
    for code in HOWS.iter().chain(&WHYS).chain(&SCOPES[..1]).chain(&SCOPES[6..]) {
        assert!(text.contains(&format!("`{code}`")), "explain.rs does not know `{code}`");
    }
}

#[test]
fn r122_an_end_at_midnight_is_told_as_the_day_before() {
    let until = |locale, at: &str| {
        let at = Some(Timestamp::parse(at).unwrap());
        tell(locale, 5, vec![Step::Expires { lot: lot(), points: 5, at }]).details.remove(0)
    };
    let midnight = "2028-05-31T22:00:00Z";
    assert_eq!(until(Locale::EsEs, midnight), "5 puntos válidos hasta el 31 may 2028");
    assert_eq!(until(Locale::EsMx, midnight), "5 puntos vigentes hasta el 31 may 2028");
    assert_eq!(until(Locale::En, midnight), "5 points valid until 31 May 2028");
    let minute = "2028-05-31T22:01:00Z";
    assert_eq!(until(Locale::En, minute), "5 points valid until 1 Jun 2028, 00:01");
}

#[test]
fn r4_points_that_only_change_sides_are_told_as_held_or_free_again() {
    let program = program();
    let types = BTreeMap::from([(PointTypeId(1), "points".to_owned())]);
    let change = |side, points| Change { point_type: PointTypeId(1), side, points: Points(points) };
    let told = |held: i64| {
        let changes = vec![change(Side::Available, -held), change(Side::Held, held)];
        let outcome = Outcome { changes, ..Outcome::default() };
        Speaker::new(Locale::EsEs, &program, &types).tell(&outcome).headline
    };
    assert_eq!(told(50), "50 puntos retenidos.");
    assert_eq!(told(-50), "50 puntos disponibles de nuevo.");
}

#[test]
fn r4_a_factor_is_told_as_a_decimal_where_one_says_it_exactly() {
    let more = |factor: &str| Step::Multiplied {
        rule: "tier:status".into(),
        point_type: "points".into(),
        points: 10,
        factor: factor.parse().unwrap(),
        of: 20,
    };
    assert!(tell(Locale::EsEs, 30, vec![more("1.5")]).headline.contains("multiplica por 1,5 los"));
    assert!(tell(Locale::En, 30, vec![more("4/3")]).headline.contains("by 4/3"));
}
