//! What contradicts what: objectives that pull one indicator both ways, a part of a program that another function may
//! veto, points that are multiplied where what is owed must not grow.

use std::collections::BTreeSet;

use lazo_domain::ids::RegisterEntryId;

use super::Line;
use crate::features::registers::Entry;

/// A contradiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// `opposite_targets`, `veto` or `liability`.
    pub kind: &'static str,
    /// The objective that is in it.
    pub objective: RegisterEntryId,
    /// What it is called.
    pub name: String,
    /// What stands against it: another objective, a person, a limit.
    pub against: String,
    /// The part of a program that it is about, if it is about one.
    pub element: String,
}

/// Every contradiction between objectives, people and limits; `doubling` are the rules that multiply points.
#[must_use]
pub fn found(
    lines: &[Line],
    people: &[Entry],
    limits: &[Entry],
    doubling: &BTreeSet<String>,
) -> Vec<Conflict> {
    let mut all = opposite(lines);
    all.extend(vetoes(lines, people));
    all.extend(liability(lines, limits, doubling));
    all
}

fn conflict(kind: &'static str, line: &Line, against: &str, element: &str) -> Conflict {
    Conflict {
        kind,
        objective: line.objective.id,
        name: line.objective.text("name").to_owned(),
        against: against.to_owned(),
        element: element.to_owned(),
    }
}

/// Does it want its indicator to grow?
fn grows(line: &Line) -> Option<bool> {
    let (base, target) = (line.objective.number("baseline")?, line.objective.number("target")?);
    (base != target).then_some(target > base)
}

fn opposite(lines: &[Line]) -> Vec<Conflict> {
    let mut all = Vec::new();
    for (place, one) in lines.iter().enumerate() {
        for other in &lines[place + 1..] {
            let same = one.kpi().is_some() && one.kpi() == other.kpi();
            if same && grows(one).zip(grows(other)).is_some_and(|(a, b)| a != b) {
                all.push(conflict("opposite_targets", one, other.objective.text("name"), ""));
            }
        }
    }
    all
}

/// The topic that a part of a program belongs to.
fn topic(element: &str) -> &'static str {
    let part = element.split_once('/').map_or("", |(_, part)| part);
    match part.split(':').next().unwrap_or_default() {
        "rule" => "earning",
        "reward" => "rewards",
        "tier" => "tiers",
        _ => "point_value",
    }
}

fn vetoes(lines: &[Line], people: &[Entry]) -> Vec<Conflict> {
    let mut all = Vec::new();
    for line in lines {
        for element in line.objective.texts("elements") {
            let against = people.iter().filter(|person| {
                person.text("function") != line.objective.text("function")
                    && person.texts("vetoes").contains(&topic(element))
            });
            all.extend(against.map(|person| conflict("veto", line, person.text("name"), element)));
        }
    }
    all
}

fn liability(lines: &[Line], limits: &[Entry], doubling: &BTreeSet<String>) -> Vec<Conflict> {
    let limit = limits.iter().find(|limit| limit.text("limit") == "maximum_liability");
    let wish = lines.iter().find(|line| {
        line.objective.text("kpi") == "points_liability" && grows(line) == Some(false)
    });
    let against = limit
        .map(|limit| limit.text("name"))
        .or_else(|| wish.map(|line| line.objective.text("name")));
    let Some(against) = against else { return Vec::new() };
    let mut all = Vec::new();
    for line in lines.iter().filter(|line| line.objective.text("function") != "finance") {
        let named = line.objective.texts("elements");
        let doubled = named.into_iter().filter(|element| doubling.contains(*element));
        all.extend(doubled.map(|element| conflict("liability", line, against, element)));
    }
    all
}
