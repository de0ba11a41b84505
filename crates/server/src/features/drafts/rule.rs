//! The guided editor of one earning rule: the few numbers people change, in and out of the program's document.

use lazo_domain::program::ProgramConfig;
use lazo_domain::rules::{EarningRule, RuleEffect};
use maud::{Markup, html};

use crate::App;
use crate::http::{FieldError, Problem};
use crate::i18n::Args;
use crate::web::ui::{self, Field};
use crate::web::{Desk, Fields};

/// A rule in a sentence.
#[must_use]
pub fn sentence(desk: &Desk<App>, config: &ProgramConfig, rule: &EarningRule) -> String {
    let scale =
        config.point_types.iter().find(|p| p.code == rule.point_type).map_or(0, |p| p.scale);
    let points = |units: i64| desk.locale.number(units, scale);
    let what = match &rule.effect {
        RuleEffect::PointsPerAmount { points: units, per_minor, .. } => desk.say(
            "drafts-per-amount",
            Args::new()
                .text("points", points(*units))
                .text("per", desk.locale.money(*per_minor, config.currency)),
        ),
        RuleEffect::PointsPerUnit { points: units } => {
            desk.say("drafts-per-unit", Args::new().text("points", points(*units)))
        }
        RuleEffect::Fixed { points: units } => {
            desk.say("drafts-fixed", Args::new().text("points", points(*units)))
        }
        RuleEffect::Multiplier { factor, .. } => {
            desk.say("drafts-multiplier", Args::new().text("factor", factor.to_string()))
        }
    };
    let on = desk.say("drafts-on", Args::new().text("event", &rule.on));
    let cap = rule
        .caps
        .iter()
        .find_map(|cap| cap.points)
        .map(|most| desk.say("drafts-cap", Args::new().text("points", points(most))));
    let lines = (!rule.lines.categories.is_empty()).then(|| {
        desk.say("drafts-lines", Args::new().text("categories", rule.lines.categories.join(", ")))
    });
    [Some(on), Some(what), lines, cap].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// The fields of a rule.
#[must_use]
pub fn fields(desk: &Desk<App>, rule: &EarningRule) -> Markup {
    let number = |name: &str, key: &str, value: i64| {
        let (label, value) = (desk.t(key), value.to_string());
        ui::field(Field {
            name,
            label: &label,
            value: &value,
            keys: Some("numeric"),
            required: true,
            ..Field::default()
        })
    };
    let name = |lang: &str| rule.name.get(lang).map_or("", String::as_str);
    html! {
        (ui::field(Field { name: "name_es", label: &desk.t("drafts-name-es"), value: name("es"), required: true, ..Field::default() }))
        (ui::field(Field { name: "name_en", label: &desk.t("drafts-name-en"), value: name("en"), required: true, ..Field::default() }))
        @match &rule.effect {
            RuleEffect::PointsPerAmount { points, per_minor, .. } => {
                (number("points", "drafts-points", *points)) (number("per_minor", "drafts-per-minor", *per_minor))
            }
            RuleEffect::PointsPerUnit { points } | RuleEffect::Fixed { points } => (number("points", "drafts-points", *points)),
            RuleEffect::Multiplier { factor, .. } => (ui::field(Field { name: "factor", label: &desk.t("drafts-factor"),
                hint: Some(&desk.t("drafts-factor-hint")), value: &factor.to_string(), required: true, ..Field::default() })),
        }
        @for (place, cap) in rule.caps.iter().enumerate() {
            @if let Some(most) = cap.points { (number(&format!("cap_{place}"), "drafts-cap-label", most)) }
        }
        (ui::field(Field { name: "when", label: &desk.t("drafts-when"), hint: Some(&desk.t("drafts-when-hint")),
            value: rule.when.as_deref().unwrap_or_default(), ..Field::default() }))
    }
}

/// The rule with what the form says.
pub fn changed(rule: &EarningRule, given: &Fields) -> Result<EarningRule, Problem> {
    let mut rule = rule.clone();
    for (field, lang) in [("name_es", "es"), ("name_en", "en")] {
        if !given.get(field).is_empty() {
            rule.name.insert(lang.to_owned(), given.get(field).to_owned());
        }
    }
    match &mut rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, .. } => {
            *points = number(given, "points")?;
            *per_minor = number(given, "per_minor")?;
        }
        RuleEffect::PointsPerUnit { points } | RuleEffect::Fixed { points } => {
            *points = number(given, "points")?;
        }
        RuleEffect::Multiplier { factor, .. } => {
            let text = given.get("factor").replace(',', ".");
            *factor = text.parse().map_err(|_| wrong("factor", given.get("factor")))?;
        }
    }
    for (place, cap) in rule.caps.iter_mut().enumerate() {
        let name = format!("cap_{place}");
        if cap.points.is_some() && given.is_set(&name) {
            cap.points = Some(number(given, &name)?);
        }
    }
    rule.when = Some(given.get("when").to_owned()).filter(|when| !when.is_empty());
    Ok(rule)
}

fn number(given: &Fields, name: &str) -> Result<i64, Problem> {
    given.get(name).parse().map_err(|_| wrong(name, given.get(name)))
}

fn wrong(name: &str, given: &str) -> Problem {
    let (pointer, code) = (format!("/{name}"), "invalid".to_owned());
    Problem::invalid(vec![FieldError { pointer, code, detail: format!("{name}: `{given}`") }])
}
