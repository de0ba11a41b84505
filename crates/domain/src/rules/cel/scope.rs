//! What an expression sees of one event: values are lent when asked for, and nothing is copied before.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::civil;

use super::evaluation::Value;
use super::node::{Field, Map, Node};
use crate::event::{Custom, Line, Purchase};
use crate::rules::{EarnInput, Subject};

/// An event as expressions see it.
#[derive(Debug)]
pub(in crate::rules) struct Scope<'a> {
    subject: Subject<'a>,
    input: Option<&'a EarnInput<'a>>,
    local: OnceCell<civil::DateTime>,
    date: OnceCell<String>,
    net: OnceCell<Option<i64>>,
    units: OnceCell<Option<i64>>,
}

impl<'a> Scope<'a> {
    /// What conditions of rules see.
    pub(in crate::rules) fn of_rules(input: &'a EarnInput<'a>) -> Self {
        Self { input: Some(input), ..Self::of_measure(input.subject) }
    }

    /// What a ladder's measure sees: the event alone.
    pub(in crate::rules) fn of_measure(subject: Subject<'a>) -> Self {
        Self {
            subject,
            input: None,
            local: OnceCell::new(),
            date: OnceCell::new(),
            net: OnceCell::new(),
            units: OnceCell::new(),
        }
    }

    /// The lines of a purchase; none for another event.
    pub(super) fn lines(&self) -> &'a [Line] {
        self.purchase().map_or(&[], |purchase| &purchase.lines)
    }

    /// A value by name; `None` when this kind of event has no such value. A word that was not given is empty.
    pub(super) fn field(&self, field: Field) -> Option<Value<'_>> {
        match field {
            Field::Net | Field::Units => self.amount(field).map(Value::Int),
            Field::Currency => text(&self.purchase()?.currency),
            Field::Store => text(self.purchase()?.store.as_deref().unwrap_or_default()),
            Field::Channel => text(self.purchase()?.channel.as_deref().unwrap_or_default()),
            Field::EventName => text(&self.custom()?.name),
            Field::Hour => Some(Value::Int(self.local()?.hour().into())),
            Field::Weekday => {
                Some(Value::Int(self.local()?.weekday().to_monday_one_offset().into()))
            }
            Field::Day => Some(Value::Int(self.local()?.day().into())),
            Field::Month => Some(Value::Int(self.local()?.month().into())),
            Field::Year => Some(Value::Int(self.local()?.year().into())),
            Field::Date => {
                let local = self.local()?;
                text(self.date.get_or_init(|| local.date().to_string()))
            }
        }
    }

    /// A value under a key; a word that was not given is empty, a number that was not given is not there.
    pub(super) fn keyed(&self, map: Map, key: &str) -> Option<Value<'_>> {
        match map {
            Map::EventNumbers => self.custom()?.numbers.get(key).map(|number| Value::Int(*number)),
            _ => text(self.word(map, key).unwrap_or_default()),
        }
    }

    /// Was it given?
    pub(super) fn has(&self, node: &Node) -> bool {
        match node {
            Node::Field(Field::Store) => {
                self.purchase().is_some_and(|purchase| purchase.store.is_some())
            }
            Node::Field(Field::Channel) => {
                self.purchase().is_some_and(|purchase| purchase.channel.is_some())
            }
            Node::Keyed(Map::EventNumbers, key) => {
                self.custom().is_some_and(|event| event.numbers.contains_key(key))
            }
            Node::Keyed(map, key) => self.word(*map, key).is_some(),
            Node::Field(field) => self.field(*field).is_some(),
            Node::Lines => self.purchase().is_some(),
            _ => true,
        }
    }

    /// A word under a key, empty when it was not given; `None` for numbers, which are no words.
    pub(super) fn word_under(&self, map: Map, key: &str) -> Option<&'a str> {
        (map != Map::EventNumbers).then(|| self.word(map, key).unwrap_or_default())
    }

    /// The store of a purchase, empty when it was not given.
    pub(super) fn store(&self) -> Option<&'a str> {
        Some(self.purchase()?.store.as_deref().unwrap_or_default())
    }

    fn word(&self, map: Map, key: &str) -> Option<&'a str> {
        let get = |words: &'a BTreeMap<String, String>| words.get(key).map(String::as_str);
        match map {
            Map::PurchaseAttributes => get(&self.purchase()?.attributes),
            Map::EventAttributes => get(&self.custom()?.attributes),
            Map::Member => get(&self.input?.facts.attributes),
            Map::Tier => self.tier(key),
            Map::EventNumbers => None,
        }
    }

    /// The tier held on a ladder of this program.
    fn tier(&self, group: &str) -> Option<&'a str> {
        let input = self.input?;
        let standing = input.standings.get(group).filter(|held| held.program == input.program.id);
        standing.map(|held| held.tier.as_str()).filter(|tier| !tier.is_empty())
    }

    fn purchase(&self) -> Option<&'a Purchase> {
        match self.subject {
            Subject::Purchase(purchase) => Some(purchase),
            Subject::Custom(_) => None,
        }
    }

    fn custom(&self) -> Option<&'a Custom> {
        match self.subject {
            Subject::Custom(custom) => Some(custom),
            Subject::Purchase(_) => None,
        }
    }

    /// A sum over the lines, found once per event.
    fn amount(&self, field: Field) -> Option<i64> {
        match field {
            Field::Net => *self.net.get_or_init(|| Some(clamped(self.sum(|line| line.net_minor)?))),
            _ => *self.units.get_or_init(|| {
                Some(clamped(self.sum(|line| line.quantity_milli)?.div_euclid(1_000)))
            }),
        }
    }

    fn sum(&self, of: impl Fn(&Line) -> i64) -> Option<i128> {
        Some(self.purchase()?.lines.iter().map(|line| i128::from(of(line))).sum())
    }

    fn local(&self) -> Option<&civil::DateTime> {
        let input = self.input?;
        Some(self.local.get_or_init(|| input.at.local(&input.program.zone)))
    }
}

fn text(text: &str) -> Option<Value<'_>> {
    Some(Value::Text(Cow::Borrowed(text)))
}

fn clamped(sum: i128) -> i64 {
    i64::try_from(sum).unwrap_or(if sum < 0 { i64::MIN } else { i64::MAX })
}
