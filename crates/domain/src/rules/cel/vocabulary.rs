//! The names an expression may use, by where it stands, and what each leads to.

use super::node::{Field, Map, Node, Part};
use super::typing::Kind;

/// The names known to one expression.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Vocabulary<'a> {
    roots: &'a [&'static str],
    groups: &'a [&'a str],
}

/// What a name leads to.
enum Entry {
    /// A value.
    Value(Node, Kind),
    /// Values by a key of one's own choice.
    Keyed(Map, Kind),
}

impl<'a> Vocabulary<'a> {
    /// The names known to a condition on an event of the name `on`.
    pub(in crate::rules) fn of_event(on: &str, groups: &'a [&'a str]) -> Self {
        let roots: &[&str] = if on == "purchase" {
            &["purchase", "member", "tier", "at"]
        } else {
            &["event", "member", "tier", "at"]
        };
        Self { roots, groups }
    }

    /// The names known to a condition on one line of a purchase.
    pub(in crate::rules) fn of_line(groups: &'a [&'a str]) -> Self {
        Self { roots: &["line", "purchase", "member", "tier", "at"], groups }
    }

    /// The names known to what a ladder measures: nothing but the purchase or the event itself.
    pub(in crate::rules) fn of_measure() -> Self {
        Self { roots: &["purchase", "event"], groups: &[] }
    }

    /// Is it asked once per line?
    pub(super) fn per_line(&self) -> bool {
        self.roots.contains(&"line")
    }

    /// Is this the first part of names?
    pub(super) fn is_root(&self, name: &str) -> bool {
        self.roots.contains(&name)
    }

    /// All first parts, for a hint.
    pub(super) fn roots(&self) -> String {
        self.roots.join(", ")
    }

    /// The value under a path from a known root.
    pub(super) fn lookup(&self, path: &[&str]) -> Result<(Node, Kind), String> {
        let (length, entry) = entry(path).ok_or_else(|| self.unknown(path))?;
        let (name, rest) = (path[..length].join("."), &path[length..]);
        match (entry, rest) {
            (Entry::Value(node, kind), []) => Ok((node, kind)),
            (Entry::Keyed(Map::Tier, _), [group, ..]) if !self.groups.contains(group) => {
                Err(format!(
                    "there is no tier group `{group}`; the program has {}",
                    self.groups.join(", ")
                ))
            }
            (Entry::Keyed(map, kind), [key]) => Ok((Node::Keyed(map, (*key).to_owned()), kind)),
            (Entry::Value(_, kind), _) => Err(format!("`{name}` is {kind} and has no parts")),
            (Entry::Keyed(..), []) => Err(format!("say which one: `{name}.<key>`")),
            (Entry::Keyed(_, kind), [key, ..]) => {
                Err(format!("`{name}.{key}` is {kind} and has no parts"))
            }
        }
    }

    fn unknown(&self, path: &[&str]) -> String {
        let parts = match path[0] {
            "purchase" => "net_minor, units, currency, store, channel, lines, attributes",
            "event" => "name, numbers, attributes",
            "at" => "hour, weekday, day, month, year, date",
            _ => LINE_PARTS,
        };
        match path.get(1) {
            Some(part) => format!("`{}` has no `{part}`; it has {parts}", path[0]),
            None => format!("say which part of `{}`: {parts}", path[0]),
        }
    }
}

/// The parts of a line, for a hint.
pub(super) const LINE_PARTS: &str = "product, category, brand, quantity_milli, net_minor";

/// A part of a line and its kind.
pub(super) fn line_part(part: &str) -> Option<(Part, Kind)> {
    match part {
        "product" => Some((Part::Product, Kind::Text)),
        "category" => Some((Part::Category, Kind::Text)),
        "brand" => Some((Part::Brand, Kind::Text)),
        "quantity_milli" => Some((Part::Quantity, Kind::Int)),
        "net_minor" => Some((Part::Net, Kind::Int)),
        _ => None,
    }
}

/// The known name that a path begins with: of how many parts it is, and what it leads to.
fn entry(path: &[&str]) -> Option<(usize, Entry)> {
    let text = |field| Some((2, Entry::Value(Node::Field(field), Kind::Text)));
    let int = |field| Some((2, Entry::Value(Node::Field(field), Kind::Int)));
    match path {
        ["member", ..] => Some((1, Entry::Keyed(Map::Member, Kind::Text))),
        ["tier", ..] => Some((1, Entry::Keyed(Map::Tier, Kind::Text))),
        ["purchase", "net_minor", ..] => int(Field::Net),
        ["purchase", "units", ..] => int(Field::Units),
        ["purchase", "currency", ..] => text(Field::Currency),
        ["purchase", "store", ..] => text(Field::Store),
        ["purchase", "channel", ..] => text(Field::Channel),
        ["purchase", "lines", ..] => Some((2, Entry::Value(Node::Lines, Kind::Lines))),
        ["purchase", "attributes", ..] => {
            Some((2, Entry::Keyed(Map::PurchaseAttributes, Kind::Text)))
        }
        ["event", "name", ..] => text(Field::EventName),
        ["event", "numbers", ..] => Some((2, Entry::Keyed(Map::EventNumbers, Kind::Int))),
        ["event", "attributes", ..] => Some((2, Entry::Keyed(Map::EventAttributes, Kind::Text))),
        ["at", "hour", ..] => int(Field::Hour),
        ["at", "weekday", ..] => int(Field::Weekday),
        ["at", "day", ..] => int(Field::Day),
        ["at", "month", ..] => int(Field::Month),
        ["at", "year", ..] => int(Field::Year),
        ["at", "date", ..] => text(Field::Date),
        ["line", part, ..] => {
            let (part, kind) = line_part(part)?;
            Some((2, Entry::Value(Node::Part(Box::new(Node::Line), part), kind)))
        }
        _ => None,
    }
}
