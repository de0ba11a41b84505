//! A condition is told in the reader's words, and never as something that it does not say.

use super::{program, tell};
use crate::features::ledger::condition::told;
use crate::i18n::Locale;
use lazo_domain::explain::{Step, ZeroReason};

#[test]
fn r4_a_condition_is_told_in_words() {
    for (source, spanish, english) in [
        ("at.weekday == 5", "es viernes", "it is Friday"),
        ("at.weekday >= 6", "es sábado o domingo", "it is Saturday or Sunday"),
        (
            "5 >= at.weekday && at.weekday != 3",
            "es lunes, martes, jueves o viernes",
            "it is Monday, Tuesday, Thursday or Friday",
        ),
        (
            "at.month <= 2 || at.month >= 11",
            "es enero, febrero, noviembre o diciembre",
            "it is January, February, November or December",
        ),
        (
            "at.hour >= 9 && at.hour < 12",
            "la hora es a partir de las 9:00 y la hora es antes de las 12:00",
            "it is 9:00 or later and it is before 12:00",
        ),
        ("at.date >= '2026-11-27'", "es el 27 nov 2026 o después", "it is 27 Nov 2026 or later"),
        (
            "purchase.net_minor >= 5000",
            "el total de la compra es 50,00\u{a0}€ o más",
            "the purchase’s total is €50.00 or more",
        ),
        (
            "purchase.units > 10 && (purchase.store == '367' || purchase.channel != 'brief')",
            "el número de unidades es más de 10 y (la tienda es 367 o el canal no es brief)",
            "the number of units is more than 10 and (the store is 367 or the channel is not brief)",
        ),
        (
            "purchase.store in ['367', '406', '292']",
            "la tienda es 367, 406 o 292",
            "the store is 367, 406 or 292",
        ),
        (
            "purchase.lines.size() >= 20",
            "el número de artículos distintos es 20 o más",
            "the number of different articles is 20 or more",
        ),
        ("event.numbers.stars >= 4", "«stars» es 4 o más", "“stars” is 4 or more"),
        ("tier.status == 'gold'", "el nivel de status es Oro", "the tier of status is Gold"),
    ] {
        assert_eq!(told(source, &program(), Locale::EsEs).as_deref(), Some(spanish), "{source}");
        assert_eq!(told(source, &program(), Locale::En).as_deref(), Some(english), "{source}");
    }
}

#[test]
fn r4_a_condition_without_plain_words_is_shown_as_it_stands() {
    for source in [
        "purchase.lines.exists(l, l.net_minor >= 1000)",
        "!(at.weekday == 5)",
        "at.weekday >= 1",
        "at.weekday == 8",
        "at.hour == 9",
        "tier.status == ''",
        "tier.status == 'platinum'",
        "member.city > 'm'",
        "purchase.net_minor % 2 == 0",
        "at.weekday == 5 && purchase.net_minor * 2 > 10",
        "has(purchase.store)",
        "true",
        "(",
    ] {
        assert_eq!(told(source, &program(), Locale::EsEs), None, "{source}");
    }
    let zero = |when: &str| {
        let why = ZeroReason::Condition { when: when.into() };
        tell(Locale::EsEs, 0, vec![Step::Zero { rule: "base".into(), why }]).details.remove(0)
    };
    assert!(
        zero("at.weekday == 5").contains("solo cuenta cuando es viernes"),
        "{}",
        zero("at.weekday == 5")
    );
    assert!(zero("true").contains("no se cumple la condición true"), "{}", zero("true"));
}
