//! The guided editor of one earning rule: the few numbers people change, in and out of the program's document.

use lazo_domain::program::ProgramConfig;
use lazo_domain::rate::Rate;
use lazo_domain::rules::{EarningRule, RuleEffect};
use maud::{Markup, html};

use crate::App;
use crate::http::{FieldError, Problem};
use crate::i18n::Args;
use crate::i18n::typed;
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
            let factor = desk.locale.factor(*factor);
            desk.say("drafts-multiplier", Args::new().text("factor", factor))
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

/// What a form of a rule was filled in with, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Given {
    /// The fields, once it was sent.
    pub fields: Option<Fields>,
    /// What is wrong: `/points` is the field `points`.
    pub errors: Vec<FieldError>,
}

impl Given {
    fn value(&self, name: &str, live: String) -> String {
        self.fields.as_ref().map_or(live, |fields| fields.get(name).to_owned())
    }

    fn wrong(&self, name: &str) -> Option<&str> {
        let found = self.errors.iter().find(|error| error.pointer.strip_prefix('/') == Some(name));
        found.map(|error| error.detail.as_str())
    }
}

/// What is wrong with no field of the form.
pub fn elsewhere(given: &Given) -> impl Iterator<Item = &str> {
    let of_form = |error: &&FieldError| error.pointer.rfind('/') == Some(0);
    given.errors.iter().filter(move |error| !of_form(error)).map(|error| error.detail.as_str())
}

/// What is wrong with the document, beside the field of the rule at `place` that says it.
#[must_use]
pub fn beside_its_fields(mut problem: Problem, place: usize) -> Problem {
    let rule = format!("/document/earning_rules/{place}/");
    for error in &mut problem.errors {
        let Some(rest) = error.pointer.strip_prefix(&rule) else { continue };
        let parts: Vec<&str> = rest.split('/').collect();
        let name = match parts.as_slice() {
            ["effect", name] => (*name).to_owned(),
            ["caps", place, ..] => format!("cap_{place}"),
            ["name", lang] => format!("name_{lang}"),
            [name] => (*name).to_owned(),
            _ => continue,
        };
        error.pointer = format!("/{name}");
    }
    problem
}

/// The languages that a rule has names in; Spanish and English are always asked for.
fn languages(rule: &EarningRule) -> Vec<String> {
    let mut all: Vec<String> = rule.name.keys().cloned().collect();
    for own in ["es", "en"] {
        if !all.iter().any(|lang| lang == own || lang.starts_with(&format!("{own}-"))) {
            all.push(own.to_owned());
        }
    }
    all
}

/// The label of a name in a language: `Nombre en español`, with the region where there is one.
fn name_label(desk: &Desk<App>, lang: &str) -> String {
    let (base, region) = lang.split_once('-').map_or((lang, None), |(a, b)| (a, Some(b)));
    let label = match base {
        "es" => desk.t("drafts-name-es"),
        "en" => desk.t("drafts-name-en"),
        _ => return desk.say("drafts-name-in", Args::new().text("language", lang)),
    };
    region.map_or(label.clone(), |region| format!("{label} ({region})"))
}

/// The fields of a rule, in whole points and whole money.
#[must_use]
pub fn fields(
    desk: &Desk<App>,
    config: &ProgramConfig,
    rule: &EarningRule,
    given: &Given,
) -> Markup {
    let field = |name: &str, label: String, live: String, hint: Option<&str>, required: bool| {
        let (value, hint) = (given.value(name, live), hint.map(|key| desk.t(key)));
        ui::field(Field {
            name,
            label: &label,
            value: &value,
            hint: hint.as_deref(),
            wrong: given.wrong(name),
            required,
            ..Field::default()
        })
    };
    let points = |units: i64| desk.locale.number(units, scale(config, rule));
    let factor = |factor: Rate| desk.locale.factor(factor);
    html! {
        @for lang in languages(rule) {
            @let live = rule.name.get(&lang).cloned().unwrap_or_default();
            (field(&format!("name_{lang}"), name_label(desk, &lang), live, None, true))
        }
        @match &rule.effect {
            RuleEffect::PointsPerAmount { points: units, per_minor, .. } => {
                (field("points", desk.t("drafts-points"), points(*units), None, true))
                (field("per_minor", desk.t("drafts-per-minor"), money(desk, config, *per_minor), None, true))
            }
            RuleEffect::PointsPerUnit { points: units } | RuleEffect::Fixed { points: units } =>
                (field("points", desk.t("drafts-points"), points(*units), None, true)),
            RuleEffect::Multiplier { factor: by, .. } =>
                (field("factor", desk.t("drafts-factor"), factor(*by), Some("drafts-factor-hint"), true)),
        }
        @for (place, cap) in rule.caps.iter().enumerate() {
            @if let Some(most) = cap.points {
                (field(&format!("cap_{place}"), desk.t("drafts-cap-label"), points(most), None, true))
            }
        }
        (field("when", desk.t("drafts-when"), rule.when.clone().unwrap_or_default(), Some("drafts-when-hint"), false))
    }
}

/// Decimals of the points that a rule gives.
fn scale(config: &ProgramConfig, rule: &EarningRule) -> u8 {
    config.point_types.iter().find(|p| p.code == rule.point_type).map_or(0, |p| p.scale)
}

/// An amount without its currency, as it is typed.
fn money(desk: &Desk<App>, config: &ProgramConfig, minor: i64) -> String {
    desk.locale.number(minor, config.currency.exponent())
}

/// The rule with what the form says.
pub fn changed(
    desk: &Desk<App>,
    config: &ProgramConfig,
    rule: &EarningRule,
    given: &Fields,
) -> Result<EarningRule, Problem> {
    let mut rule = rule.clone();
    let mut errors = Vec::new();
    let places = scale(config, &rule);
    let mut number = |name: &str, places: u8, kept: &mut i64| match typed::number(
        given.get(name),
        usize::from(places),
    ) {
        Some(number) => *kept = number,
        None => errors.push(wrong(desk, name)),
    };
    for lang in languages(&rule) {
        let name = given.get(&format!("name_{lang}"));
        if !name.is_empty() {
            rule.name.insert(lang, name.to_owned());
        }
    }
    match &mut rule.effect {
        RuleEffect::PointsPerAmount { points, per_minor, .. } => {
            number("points", places, points);
            number("per_minor", config.currency.exponent(), per_minor);
        }
        RuleEffect::PointsPerUnit { points } | RuleEffect::Fixed { points } => {
            number("points", places, points);
        }
        RuleEffect::Multiplier { .. } => {}
    }
    for (place, cap) in rule.caps.iter_mut().enumerate() {
        if let Some(most) = &mut cap.points {
            number(&format!("cap_{place}"), places, most);
        }
    }
    if let RuleEffect::Multiplier { factor, .. } = &mut rule.effect {
        match given.get("factor").replace(',', ".").parse() {
            Ok(given) => *factor = given,
            Err(_) => errors.push(wrong(desk, "factor")),
        }
    }
    rule.when = Some(given.get("when").to_owned()).filter(|when| !when.is_empty());
    if errors.is_empty() { Ok(rule) } else { Err(Problem::invalid(errors)) }
}

fn wrong(desk: &Desk<App>, name: &str) -> FieldError {
    let (pointer, code) = (format!("/{name}"), "invalid".to_owned());
    FieldError { pointer, code, detail: desk.t("drafts-number-wrong") }
}
