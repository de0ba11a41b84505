//! The names an expression may use, by where it stands, and what kind of value each is.

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
    Value(Kind),
    /// Values by a key of one's own choice.
    Keyed(Kind),
    /// Values by a ladder's code.
    Groups,
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

    /// The kind of the value under a path from a known root.
    pub(super) fn kind(&self, path: &[&str]) -> Result<Kind, String> {
        let (name, entry, rest) = entry(path).ok_or_else(|| self.unknown(path))?;
        match (entry, rest) {
            (Entry::Value(kind), []) | (Entry::Keyed(kind), [_]) => Ok(kind),
            (Entry::Groups, [group]) if self.groups.contains(group) => Ok(Kind::Text),
            (Entry::Groups, [group]) => Err(format!(
                "there is no tier group `{group}`; the program has {}",
                self.groups.join(", ")
            )),
            (Entry::Value(kind), _) => Err(format!("`{name}` is {kind} and has no parts")),
            (_, []) => Err(format!("say which one: `{name}.<key>`")),
            (_, _) => {
                Err(format!("`{}` has no parts", path[..path.len() - rest.len() + 1].join(".")))
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

/// The kind of a part of a line.
pub(super) fn line_part(part: &str) -> Option<Kind> {
    match part {
        "product" | "category" | "brand" => Some(Kind::Text),
        "quantity_milli" | "net_minor" => Some(Kind::Int),
        _ => None,
    }
}

/// The longest known name that a path begins with, what it is, and the rest of the path.
fn entry<'p>(path: &'p [&'p str]) -> Option<(String, Entry, &'p [&'p str])> {
    let (root, rest) = path.split_first()?;
    match *root {
        "member" => return Some(("member".to_owned(), Entry::Keyed(Kind::Text), rest)),
        "tier" => return Some(("tier".to_owned(), Entry::Groups, rest)),
        _ => {}
    }
    let (part, rest) = rest.split_first()?;
    let entry = match (*root, *part) {
        ("purchase", "net_minor" | "units") => Entry::Value(Kind::Int),
        ("purchase", "currency" | "store" | "channel") => Entry::Value(Kind::Text),
        ("purchase", "lines") => Entry::Value(Kind::Lines),
        ("purchase" | "event", "attributes") => Entry::Keyed(Kind::Text),
        ("event", "name") | ("at", "date") => Entry::Value(Kind::Text),
        ("event", "numbers") => Entry::Keyed(Kind::Int),
        ("at", "hour" | "weekday" | "day" | "month" | "year") => Entry::Value(Kind::Int),
        ("line", part) => Entry::Value(line_part(part)?),
        _ => return None,
    };
    Some((format!("{root}.{part}"), entry, rest))
}
