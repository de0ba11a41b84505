//! A journey as the fields of its form, and back.

use std::collections::BTreeMap;

use super::plan::{END, Entry, Goal, MAX_STEPS, Plan, Step};
use super::{Journey, JourneyDraft};
use crate::features::campaigns::console_form::{filled_words, texts};
use crate::features::campaigns::{Content, Variant};
use crate::features::tenants::Tenant;
use crate::i18n::typed;
use crate::web::Fields;

/// Every kind of entry, as the form names them.
pub(super) const ENTRIES: [&str; 7] =
    ["enrolled", "first_purchase", "near_reward", "near_tier", "expiring", "silent", "segment"];
/// Every kind of goal.
pub(super) const GOALS: [&str; 2] = ["purchases", "redemption"];
/// Every kind of step.
pub(super) const KINDS: [&str; 3] = ["letter", "wait", "branch"];
/// Rooms for further steps.
const MORE: usize = 2;

impl From<Journey> for JourneyDraft {
    fn from(journey: Journey) -> Self {
        Self {
            name: journey.name,
            program: None,
            plan: journey.plan,
            group: journey.group,
            priority: journey.priority,
            holdout: journey.holdout,
        }
    }
}

/// The fields of a draft.
pub(super) fn filled(draft: &JourneyDraft) -> Vec<(String, String)> {
    let plan = &draft.plan;
    let percent = format!("{},{:02}", draft.holdout / 100, draft.holdout % 100);
    let percent = percent.trim_end_matches("00").trim_end_matches(',').to_owned();
    let mut pairs = Pairs(Vec::new());
    pairs.add("name", &draft.name);
    pairs.add("group", &draft.group);
    pairs.add("priority", draft.priority);
    pairs.add("holdout", percent);
    pairs.add("purpose", &plan.purpose);
    pairs.add("entry", plan.entry.name());
    match &plan.entry {
        Entry::NearReward { missing } | Entry::NearTier { missing } => {
            pairs.add("missing", missing)
        }
        Entry::Expiring { days, points } => {
            pairs.add("days", days);
            pairs.add("points", points);
        }
        Entry::Silent { days, until } => {
            pairs.add("days", days);
            pairs.add("until", until.map(|days| days.to_string()).unwrap_or_default());
        }
        Entry::Segment { segment } => pairs.add("segment", segment),
        Entry::Enrolled | Entry::FirstPurchase => {}
    }
    pairs.add("again", plan.again_after_days.map(|days| days.to_string()).unwrap_or_default());
    pairs.add("goal_days", plan.goal.days());
    match &plan.goal {
        Goal::Purchases { count, .. } => {
            pairs.add("goal", "purchases");
            pairs.add("goal_count", count);
        }
        Goal::Redemption { .. } => pairs.add("goal", "redemption"),
    }
    for (at, step) in plan.steps.iter().enumerate() {
        pairs.step(at, step);
    }
    pairs.0
}

struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn add(&mut self, name: impl Into<String>, value: impl ToString) {
        self.0.push((name.into(), value.to_string()));
    }

    fn step(&mut self, at: usize, step: &Step) {
        let name = |part: &str| format!("s{at}_{part}");
        self.add(name("kind"), step.kind());
        self.add(name("code"), step.code());
        self.add(name("at"), at + 1);
        match step {
            Step::Wait { days, .. } => self.add(name("days"), days),
            Step::Branch { condition, otherwise, .. } => {
                self.add(name("condition"), condition);
                self.add(name("otherwise"), otherwise);
            }
            Step::Letter { content, service, asks, .. } => {
                self.add(name("service"), if *service { "yes" } else { "" });
                self.add(name("asks"), if *asks { "yes" } else { "" });
                if let Some(first) = content.variants.first() {
                    self.0.extend(filled_words(&format!("s{at}"), &first.texts));
                }
            }
        }
    }
}

/// The steps of a form in their order, as numbers of their fields, and room for further ones.
pub(super) fn slots(fields: &Fields) -> Vec<usize> {
    let mut there = steps_in_order(fields);
    let next = there.iter().max().map_or(0, |last| last + 1);
    let room = MAX_STEPS.saturating_sub(there.len()).min(MORE);
    there.extend(next..next + room);
    there
}

/// The steps that a form has: those with a kind, that nobody takes away, by place and then by number.
fn steps_in_order(fields: &Fields) -> Vec<usize> {
    let name = |slot: usize, part: &str| format!("s{slot}_{part}");
    let kept =
        |slot: &usize| fields.is_set(&name(*slot, "kind")) && !fields.is_set(&name(*slot, "gone"));
    let mut there: Vec<usize> = (0..MAX_STEPS * 3).filter(kept).collect();
    let place = |slot: &usize| typed::number(fields.get(&name(*slot, "at")), 0).unwrap_or(i64::MAX);
    there.sort_by_key(place);
    there
}

/// The draft of a form; nothing when it asks for an audience and names none. What the form does not show of the letters of
/// `before` stays: further variants.
pub(super) fn written(
    tenant: &Tenant,
    fields: &Fields,
    before: Option<&Plan>,
) -> Option<JourneyDraft> {
    // What is no number is out of every range.
    let number = |name: &str| typed::number(fields.get(name), 0).unwrap_or(-1);
    let maybe = |name: &str| fields.is_set(name).then(|| number(name));
    let entry = match fields.get("entry") {
        "first_purchase" => Entry::FirstPurchase,
        "near_reward" => Entry::NearReward { missing: number("missing") },
        "near_tier" => Entry::NearTier { missing: number("missing") },
        "expiring" => {
            Entry::Expiring { days: number("days"), points: maybe("points").unwrap_or(1) }
        }
        "silent" => Entry::Silent { days: number("days"), until: maybe("until") },
        "segment" => Entry::Segment { segment: fields.get("segment").parse().ok()? },
        _ => Entry::Enrolled,
    };
    let days = number("goal_days");
    let goal = match fields.get("goal") {
        "redemption" => Goal::Redemption { days },
        _ => Goal::Purchases { count: number("goal_count"), days },
    };
    let steps = steps_in_order(fields).into_iter();
    let steps = steps.map(|slot| step(tenant, fields, slot, before)).collect();
    Some(JourneyDraft {
        name: fields.get("name").to_owned(),
        program: None,
        plan: Plan {
            purpose: fields.get("purpose").to_owned(),
            entry,
            again_after_days: maybe("again"),
            steps,
            goal,
        },
        group: fields.get("group").to_owned(),
        priority: number("priority"),
        holdout: typed::number(fields.get("holdout"), 2).unwrap_or(-1),
    })
}

fn step(tenant: &Tenant, fields: &Fields, slot: usize, before: Option<&Plan>) -> Step {
    let get = |part: &str| fields.get(&format!("s{slot}_{part}"));
    let code = match get("code") {
        "" => format!("{}-{}", get("kind"), slot + 1),
        code => code.to_owned(),
    };
    match get("kind") {
        "wait" => Step::Wait { code, days: typed::number(get("days"), 0).unwrap_or(-1) },
        "branch" => {
            let otherwise = Some(get("otherwise")).filter(|step| !step.is_empty()).unwrap_or(END);
            let condition = get("condition").to_owned();
            Step::Branch { code, condition, otherwise: otherwise.to_owned() }
        }
        _ => {
            let texts = texts(tenant, fields, &format!("s{slot}"));
            let content = content(before, &code, texts);
            let set = |part: &str| fields.is_set(&format!("s{slot}_{part}"));
            Step::Letter { code, content, service: set("service"), asks: set("asks") }
        }
    }
}

/// The words of the form in a letter that may have more variants than the form shows.
fn content(
    before: Option<&Plan>,
    code: &str,
    texts: BTreeMap<String, crate::features::campaigns::Words>,
) -> Content {
    let known = before.and_then(|plan| plan.steps.iter().find(|step| step.code() == code));
    let mut variants = match known {
        Some(Step::Letter { content, .. }) => content.variants.clone(),
        _ => Vec::new(),
    };
    match variants.first_mut() {
        Some(first) => first.texts = texts,
        None => variants.push(Variant { name: "A".to_owned(), weight: 1, texts }),
    }
    Content { variants }
}
