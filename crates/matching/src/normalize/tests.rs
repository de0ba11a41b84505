//! Golden values of normalization for Spanish-speaking data.

use proptest::prelude::*;

use super::address::{place, street};
use super::date::{Date, DateOrder, date, date_order};
use super::email::email;
use super::names::{given_words, sound, surname_words};
use super::nicknames::forms;
use super::phone::phone;
use super::tax::{TaxKind, tax_kind};
use super::text::{fold, squeeze};

#[test]
fn m10_text_is_folded() {
    for (raw, folded) in [
        ("  José   MARÍA ", "jose maria"),
        ("Muñoz-Peña", "munoz pena"),
        ("O'Donnell", "odonnell"),
        ("Mª", "ma"),
        ("Jose\u{301}", "jose"),
        ("Straße", "strasse"),
        ("Łukasz", "lukasz"),
        ("Ольга", "ольга"),
        ("...", ""),
    ] {
        assert_eq!(fold(raw), folded, "{raw}");
    }
    assert_eq!(squeeze("28 013-A"), "28013a");
}

#[test]
fn m10_names_lose_particles_and_keep_order() {
    assert_eq!(given_words("María del Carmen"), ["maria", "carmen"]);
    assert_eq!(given_words("Mª Ángeles"), ["ma", "angeles"]);
    assert_eq!(surname_words("de la O"), ["o"]);
    assert_eq!(surname_words("García y Vega"), ["garcia", "vega"]);
    assert_eq!(surname_words("Ruiz-Giménez"), ["ruiz", "gimenez"]);
    assert_eq!(surname_words("de la"), ["de", "la"], "a name of particles alone is kept");
}

#[test]
fn m10_familiar_forms_stand_for_names() {
    let forms = forms();
    for (form, name) in [
        ("pepe", "jose"),
        ("paco", "francisco"),
        ("ma", "maria"),
        ("lupe", "guadalupe"),
        ("chelo", "consuelo"),
        ("beto", "roberto"),
        ("beto", "alberto"),
        ("nacho", "ignacio"),
        ("jordi", "jorge"),
        ("bob", "robert"),
    ] {
        assert!(forms[form].contains(&name), "{form} {name}");
    }
    assert!(!forms.contains_key("roberto"));
}

#[test]
fn m10_words_that_sound_alike_have_one_code() {
    for (one, other) in [
        ("rubio", "ruvio"),
        ("hernandez", "ernandes"),
        ("giménez", "jiménez"),
        ("cervantes", "zerbantes"),
    ] {
        assert_eq!(sound(&fold(one)), sound(&fold(other)), "{one} {other}");
    }
    assert_ne!(sound("garcia"), sound("lopez"));
}

#[test]
fn m10_email_is_folded_where_the_provider_does() {
    let folded = |raw| email(raw).map(|e| format!("{}@{}", e.local, e.domain));
    assert_eq!(folded("Ana.Lopez+Puntos@GoogleMail.com").as_deref(), Some("analopez@gmail.com"));
    assert_eq!(folded("luis..m@gmail.com").as_deref(), Some("luism@gmail.com"));
    assert_eq!(folded("ana.lopez@hotmail.com").as_deref(), Some("ana.lopez@hotmail.com"));
    assert_eq!(folded(" ana@gamil.com ").as_deref(), Some("ana@gmail.com"));
    assert_eq!(folded("ana@hotmail,com").as_deref(), Some("ana@hotmail.com"));
    assert_eq!(folded("nobody"), None);
    assert_eq!(folded("@x.com"), None);
}

#[test]
fn m10_phone_is_e164() {
    for (raw, country, expected) in [
        ("612 34 56 78", "ES", Some("+34612345678")),
        ("0034 612-345-678", "ES", Some("+34612345678")),
        ("+34612345678", "MX", Some("+34612345678")),
        ("34612345678", "ES", Some("+34612345678")),
        ("55 1234 5678", "México", Some("+525512345678")),
        ("+52 1 55 1234 5678", "MX", Some("+525512345678")),
        ("612345678", "", Some("612345678")),
        ("000000000", "ES", None),
        ("123", "ES", None),
    ] {
        assert_eq!(phone(raw, country).as_deref(), expected, "{raw} {country}");
    }
}

#[test]
fn m10_streets_come_apart() {
    for (raw, name, number) in [
        ("C/ del Río 6, 2º B", "rio", "6"),
        ("Avda. López 5", "lopez", "5"),
        ("Avenida López, nº 5, 10º D", "lopez", "5"),
        ("Pº Estévez 4", "estevez", "4"),
        ("17 Wallaby Place", "wallaby", "17"),
        ("Avenida 16 de Septiembre 2, 1º E", "16septiembre", "2"),
        ("Plaza Mayor", "mayor", ""),
    ] {
        let street = street(raw);
        assert_eq!((&*street.name, &*street.number), (name, number), "{raw}");
    }
    assert_eq!(place("CDMX"), place("Ciudad de México"));
    assert_eq!(place("A Coruña"), place("La Coruña"));
}

#[test]
fn m10_tax_numbers_are_checked() {
    for (raw, kind) in [
        ("12345678Z", Some(TaxKind::Nif)),
        ("12.345.678-z", Some(TaxKind::Nif)),
        ("12345678A", None),
        ("X1234567L", Some(TaxKind::Nie)),
        ("A58818501", Some(TaxKind::Cif)),
        ("A58818502", None),
        ("GODE561231GR8", Some(TaxKind::Rfc)),
        ("GODE561231GR9", None),
        ("HEGG560427MVZRRL04", Some(TaxKind::Curp)),
        ("HEGG560427MVZRRL05", None),
        ("", None),
    ] {
        assert_eq!(tax_kind(raw), kind, "{raw}");
    }
}

#[test]
fn m10_dates_of_many_notations() {
    let day = Some(Date { year: 1980, month: 2, day: 28 });
    for raw in [
        "1980-02-28",
        "19800228",
        "28/2/1980",
        "28.02.1980",
        "1980-02-28T00:00:00Z",
        "28/2/80",
        "28 de febrero de 1980",
        "Feb 28, 1980",
        " 1980/02/28 00:00",
    ] {
        assert_eq!(date(raw, DateOrder::DayFirst), day, "{raw}");
    }
    assert_eq!(date("02/28/1980", date_order(["02/28/1980", "01/02/1990"].into_iter())), day);
    assert_eq!(date("yesterday", DateOrder::DayFirst), None);
    let impossible = date("1980-02-31", DateOrder::DayFirst);
    assert!(impossible.is_some_and(|date| !date.is_possible()), "kept, as most of it is right");
}

proptest! {
    #[test]
    fn m10_folding_twice_changes_nothing(text in "\\PC{0,40}") {
        prop_assert_eq!(fold(&fold(&text)), fold(&text));
    }

    #[test]
    fn m10_nothing_panics(text in "\\PC{0,40}") {
        let _ = (email(&text), phone(&text, &text), street(&text), tax_kind(&text), date(&text, DateOrder::MonthFirst));
        let _ = (given_words(&text), surname_words(&text), place(&text), sound(&fold(&text)));
    }
}
