//! Fields of registers on pages: shown as people read them, asked for as people write them, read back as they are kept.

use std::collections::BTreeMap;

use lazo_domain::money::Currency;
use lazo_domain::points::decimal;
use lazo_domain::time::{Timestamp, Zone};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::{Field, Kind, Register, Values, store};
use crate::App;
use crate::http::Problem;
use crate::i18n::Args;
use crate::i18n::Locale;
use crate::web::{Desk, Fields};

/// What pages need to show a register's values: the tenant's money and zone, and what the entries it names are called.
pub struct Told {
    currency: Currency,
    zone: Zone,
    names: BTreeMap<&'static str, Vec<(String, String)>>,
}

/// What a field is called.
#[must_use]
pub fn label(desk: &Desk<App>, field: &str) -> String {
    label_in(desk.locale, field)
}

/// What a field is called in a language.
#[must_use]
pub fn label_in(locale: Locale, field: &str) -> String {
    locale.text(&format!("registers-field-{}", field.replace('_', "-")), &Args::new())
}

/// What a choice is called.
#[must_use]
pub fn choice(locale: Locale, choice: &str) -> String {
    locale.text(&format!("registers-choice-{}", choice.replace('_', "-")), &Args::new())
}

/// Does it stand to the right?
#[must_use]
pub fn is_number(kind: Kind) -> bool {
    matches!(kind, Kind::Whole(..) | Kind::Decimal | Kind::Money)
}

/// What the address says of an entry that is not there yet: `?field=value`.
#[must_use]
pub fn beginning(register: &Register, path: &str) -> Values {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let known = pairs.filter(|(name, _)| register.fields.iter().any(|field| field.name == *name));
    known.map(|(name, value)| (name.to_owned(), Value::String(value.to_owned()))).collect()
}

impl Told {
    /// What showing `register` needs.
    pub async fn of(desk: &Desk<App>, register: &Register) -> Result<Self, Problem> {
        let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
        let found = app.lookups.tenants.get(tenant).await?;
        let found = found.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
        Self::with(app, &found.config, tenant, register, desk.locale).await
    }

    /// The same where nobody sits at a desk.
    pub async fn with(
        app: &App,
        config: &crate::features::tenants::TenantConfig,
        tenant: lazo_domain::ids::TenantId,
        register: &Register,
        locale: Locale,
    ) -> Result<Self, Problem> {
        let mut names = BTreeMap::new();
        for field in register.fields {
            let (Kind::Entry(of) | Kind::Entries(of)) = field.kind else { continue };
            let Some(other) = Register::named(of) else { continue };
            let first = &other.fields[0];
            let entries = store::all(&app.db, tenant, of).await?;
            let named = entries.iter().map(|entry| {
                let text = entry.text(first.name);
                let name = match first.kind {
                    Kind::Choice(_) => choice(locale, text),
                    _ => text.to_owned(),
                };
                (entry.id.to_string(), name)
            });
            names.insert(of, named.collect());
        }
        Ok(Self { currency: config.currency, zone: config.time_zone.clone(), names })
    }

    /// A value as people read it; a dash where there is none.
    #[must_use]
    pub fn shown(&self, desk: &Desk<App>, field: &Field, value: Option<&Value>) -> String {
        let Some(value) = value else { return "–".to_owned() };
        let locale = desk.locale;
        let text = value.as_str().unwrap_or_default();
        match field.kind {
            Kind::Words | Kind::Text => text.to_owned(),
            Kind::Lines => texts(value).join(" · "),
            Kind::Whole(..) => locale.number(value.as_i64().unwrap_or_default(), 0),
            Kind::Decimal => written(locale, text),
            Kind::Money => locale.money(value.as_i64().unwrap_or_default(), self.currency),
            Kind::Day => text
                .parse()
                .map_or(text.to_owned(), |day| locale.day(self.zone.start_of(day), &self.zone)),
            Kind::Moment => {
                Timestamp::parse(text).map_or(text.to_owned(), |at| locale.moment(at, &self.zone))
            }
            Kind::Yes => {
                desk.t(if value == &json!(true) { "registers-yes" } else { "registers-no" })
            }
            Kind::Choice(_) => choice(locale, text),
            Kind::Choices(_) => {
                texts(value).iter().map(|one| choice(locale, one)).collect::<Vec<_>>().join(", ")
            }
            Kind::Entry(of) => self.name(of, text),
            Kind::Entries(of) => {
                texts(value).iter().map(|id| self.name(of, id)).collect::<Vec<_>>().join(", ")
            }
        }
    }

    fn name(&self, of: &str, id: &str) -> String {
        let all = self.names.get(of).into_iter().flatten();
        all.clone()
            .find(|(known, _)| known == id)
            .map_or_else(|| "–".to_owned(), |(_, n)| n.clone())
    }

    /// A field of a form.
    #[must_use]
    pub fn field(
        &self,
        desk: &Desk<App>,
        field: &Field,
        value: Option<&Value>,
        wrong: &[(String, String)],
    ) -> Markup {
        self.field_in(desk.locale, field, value, wrong)
    }

    /// The same for a form that somebody without a desk fills in.
    #[must_use]
    pub fn field_in(
        &self,
        locale: Locale,
        field: &Field,
        value: Option<&Value>,
        wrong: &[(String, String)],
    ) -> Markup {
        let t = |key: &str| locale.text(key, &Args::new());
        let name = field.name;
        let label = label_in(locale, name);
        let fault = wrong.iter().find(|(of, _)| of == name);
        let fault =
            fault.map(|(_, code)| t(&format!("registers-wrong-{}", code.replace('_', "-"))));
        let hint = match field.kind {
            Kind::Lines => Some(t("registers-hint-lines")),
            Kind::Money => Some(self.currency.code().to_owned()),
            _ => None,
        };
        let written = value.map(|value| self.written(locale, field, value)).unwrap_or_default();
        let described = fault.as_ref().map(|_| format!("{name}-wrong"));
        let chosen = |one: &str| match value {
            Some(Value::Array(all)) => all.iter().any(|v| v.as_str() == Some(one)),
            Some(Value::String(text)) => text == one,
            _ => false,
        };
        let one_of = |options: Vec<(String, String)>| {
            html! {
                select id=(name) name=(name) aria-describedby=[described.as_deref()] {
                    option value="" { (t("registers-choose")) }
                    @for (code, told) in options { option value=(code) selected[chosen(&code)] { (told) } }
                }
            }
        };
        let some_of = |options: Vec<(String, String)>| {
            html! {
                fieldset {
                    legend { (label) }
                    @for (code, told) in options {
                        label.check { input type="checkbox" name=(format!("{name}-{code}")) value="1" checked[chosen(&code)]; span { (told) } }
                    }
                }
            }
        };
        let choices = |all: &[&str]| -> Vec<(String, String)> {
            all.iter().map(|one| ((*one).to_owned(), choice(locale, one))).collect()
        };
        let entries = |of: &str| self.names.get(of).cloned().unwrap_or_default();
        let input = match field.kind {
            Kind::Text | Kind::Lines => html! {
                textarea id=(name) name=(name) rows="4" aria-describedby=[described.as_deref()] { (written) }
            },
            Kind::Yes => {
                return html! {
                    div.field {
                        label.check { input id=(name) type="checkbox" name=(name) value="1" checked[value == Some(&json!(true))]; span { (label) } }
                        @if let Some(fault) = fault { p.wrong { (fault) } }
                    }
                };
            }
            Kind::Choice(all) => one_of(choices(all)),
            Kind::Entry(of) => one_of(entries(of)),
            Kind::Choices(all) => return html! { div.field { (some_of(choices(all))) } },
            Kind::Entries(of) => return html! { div.field { (some_of(entries(of))) } },
            kind => html! {
                input id=(name) name=(name) type=(input_type(kind)) value=(written) autocomplete="off"
                    inputmode=[is_number(kind).then_some("decimal")] aria-describedby=[described.as_deref()]
                    aria-invalid=[fault.as_ref().map(|_| "true")];
            },
        };
        html! {
            div.field {
                label for=(name) { (label) @if !field.required { " " span.quiet.small { (t("registers-optional")) } } }
                @if let Some(hint) = hint { p.hint { (hint) } }
                (input)
                @if let Some(fault) = fault { p.wrong id=(format!("{name}-wrong")) { (fault) } }
            }
        }
    }

    /// A value as it stands in a field.
    fn written(&self, locale: Locale, field: &Field, value: &Value) -> String {
        match (field.kind, value) {
            (Kind::Money, Value::Number(_)) => {
                let minor = value.as_i64().unwrap_or_default();
                written(locale, &decimal(minor, self.currency.exponent()))
            }
            (Kind::Decimal, Value::String(text)) => written(locale, text),
            (Kind::Moment, Value::String(text)) => {
                Timestamp::parse(text).map_or(text.clone(), |at| {
                    let local = at.local(&self.zone);
                    let (day, hour, minute) = (local.date(), local.hour(), local.minute());
                    format!("{day}T{hour:02}:{minute:02}")
                })
            }
            (Kind::Lines, _) => texts(value).join("\n"),
            (_, Value::String(text)) => text.clone(),
            (_, Value::Number(number)) => number.to_string(),
            _ => String::new(),
        }
    }

    /// What a form says, as it is kept. What does not fit is kept as it was written, for the check to refuse.
    #[must_use]
    pub fn read(&self, register: &Register, fields: &Fields) -> Values {
        let mut values = Values::new();
        for field in register.fields {
            let text = fields.get(field.name);
            let ticked = |options: Vec<&str>| -> Value {
                let is = |one: &&str| fields.is_set(&format!("{}-{one}", field.name));
                options.into_iter().filter(is).collect::<Vec<_>>().into()
            };
            let value = match field.kind {
                Kind::Yes => Value::Bool(fields.is_set(field.name)),
                Kind::Lines => text.lines().collect::<Vec<_>>().into(),
                Kind::Whole(..) => whole(text),
                Kind::Money => self.minor(text),
                Kind::Decimal => Value::String(text.replace(',', ".")),
                Kind::Moment => Value::String(self.instant(text)),
                Kind::Choices(all) => ticked(all.to_vec()),
                Kind::Entries(of) => {
                    let known = self.names.get(of).into_iter().flatten();
                    ticked(known.map(|(id, _)| id.as_str()).collect())
                }
                _ => Value::String(text.to_owned()),
            };
            values.insert(field.name.to_owned(), value);
        }
        values
    }

    /// An amount as people write it, in minor units.
    fn minor(&self, text: &str) -> Value {
        if text.is_empty() {
            return Value::Null;
        }
        let exponent = usize::from(self.currency.exponent());
        let plain = text.replace(',', ".");
        let (units, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
        if fraction.len() > exponent {
            return Value::String(text.to_owned());
        }
        whole(&format!("{units}{fraction:0<exponent$}"))
    }

    /// An hour on the tenant's wall, or an instant as it is.
    fn instant(&self, text: &str) -> String {
        match text.parse::<jiff::civil::DateTime>() {
            Ok(local) => self.zone.instant(local).to_string(),
            Err(_) => text.to_owned(),
        }
    }
}

fn input_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Day => "date",
        Kind::Moment => "datetime-local",
        _ => "text",
    }
}

fn whole(text: &str) -> Value {
    match text.parse::<i64>() {
        Ok(number) => number.into(),
        Err(_) => Value::String(text.to_owned()),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A number with decimals with the point of its reader.
fn written(locale: Locale, text: &str) -> String {
    if locale == Locale::EsEs { text.replace('.', ",") } else { text.to_owned() }
}
