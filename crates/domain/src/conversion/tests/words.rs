//! What is published is what is applied, in both languages.

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};

use super::{flat, optimum, rate};
use crate::conversion::Step;
use crate::conversion::words::{Sentence, Word, check_published, shown};

/// Says a sentence with the committed words of `lang`; numbers stay plain, formats are the shell's.
pub(crate) fn said(lang: &str, sentence: &Sentence) -> String {
    let path = format!("{}/../../locales/{lang}/merging.ftl", env!("CARGO_MANIFEST_DIR"));
    let resource = FluentResource::try_new(std::fs::read_to_string(path).unwrap()).unwrap();
    let mut bundle = FluentBundle::new(vec![lang.parse().unwrap()]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).unwrap();
    let mut args = FluentArgs::new();
    for (name, word) in &sentence.words {
        let text = match word {
            Word::Points(points, of) => format!("{points} {of}"),
            Word::Number(number) => number.to_string(),
            Word::Money(minor) => format!("{} €", crate::points::decimal(*minor, 2)),
            Word::Code(code) => code.clone(),
            Word::At(at) => at.to_string(),
            Word::Exact(exact) => exact.to_string(),
            Word::Text(text) => text.clone(),
        };
        args.set(*name, text);
    }
    let message = bundle.get_message(sentence.key).unwrap_or_else(|| panic!("no {}", sentence.key));
    let mut errors = Vec::new();
    let text =
        bundle.format_pattern(message.value().unwrap(), Some(&args), &mut errors).into_owned();
    assert!(errors.is_empty(), "{}: {errors:?}", sentence.key);
    text
}

#[test]
fn m14_the_published_text_says_the_rule_itself() {
    let all = |lang: &str, rule: &crate::conversion::ConversionRule| -> Vec<String> {
        rule.published().iter().map(|sentence| said(lang, sentence)).collect()
    };
    let mut rule = flat("13/10");
    rule.bonus = Some(50);
    rule.step = Some(Step { points: 10, round_up: true });
    assert_eq!(
        all("es-ES", &rule),
        [
            "Cada 10 stars son 13 points (× 1.3).",
            "Se convierte de 10 stars en 10 stars; la última fracción cuenta entera.",
            "Cada socio recibe además 50 points, una sola vez.",
            "El total de cada socio se redondea una sola vez, a su favor.",
        ]
    );
    assert_eq!(
        all("en", &optimum())[1],
        "A balance from 22000 stars on: every 11 stars become 15 points (× ≈ 1.3636), for the whole balance."
    );
}

#[test]
fn m14_a_rounded_decimal_is_refused_unless_it_says_so() {
    let rate = rate("30000/22000");
    assert_eq!(shown(rate), "≈ 1.3636");
    assert!(check_published("1.36", rate).is_err());
    assert!(check_published("≈ 1.36", rate).is_ok());
    assert!(check_published("≈ 1.37", rate).is_err());
    assert!(check_published("30000/22000", rate).is_ok());
    assert_eq!(
        check_published("1.36", rate).unwrap_err().to_string(),
        "`1.36` is not the rate 15/11; hint: publish 15/11 or ≈ 1.36"
    );
    assert_eq!(
        ["1", "5/4", "1.7", "1/3"].map(|text| shown(super::rate(text))),
        ["1", "1.25", "1.7", "≈ 0.3333"]
    );
}

#[test]
fn m14_every_sentence_has_words_in_both_languages() {
    let keys = |lang: &str| -> Vec<String> {
        let path = format!("{}/../../locales/{lang}/merging.ftl", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        text.lines()
            .filter_map(|line| line.split_once(" = "))
            .filter(|(key, _)| key.starts_with("merging-"))
            .map(|(key, _)| key.to_owned())
            .collect()
    };
    assert_eq!(keys("es-ES"), keys("en"));
    assert!(keys("en").len() > 15);
}
