//! Journeys that are ready to be made. Their words are drafts like any others: whoever makes one changes them as he or she
//! likes, and somebody else agrees.

use std::collections::BTreeMap;

use super::plan::{END, Entry, Goal, Plan, Step};
use super::{JourneyDraft, USUAL_GROUP};
use crate::features::campaigns::console_form::locales;
use crate::features::campaigns::{Content, PURPOSES, Variant, Words};
use crate::features::tenants::Tenant;
use crate::i18n::{Args, Locale};

/// The templates, in the order of a member's life.
pub const ALL: [&str; 6] =
    ["welcome", "near-reward", "near-tier", "expiring", "at-risk", "win-back"];

/// A template in the tenant's languages, named in the reader's.
#[must_use]
pub fn of(code: &str, tenant: &Tenant, reader: Locale) -> Option<JourneyDraft> {
    let write = Writer { code, tenant };
    let (priority, again, entry, goal, steps) = match code {
        "welcome" => (
            80,
            None,
            Entry::Enrolled,
            Goal::Purchases { count: 2, days: 60 },
            vec![
                write.service("welcome", "/rewards"),
                wait("until-day-3", 3),
                write.asking("how-to-earn", "/program"),
                wait("until-day-10", 7),
                write.asking("first-reward", "/rewards"),
                wait("until-day-30", 20),
                write.asking("check-in", "/rewards"),
            ],
        ),
        "near-reward" => (
            20,
            Some(90),
            Entry::NearReward { missing: 100 },
            Goal::Redemption { days: 30 },
            vec![write.letter("nearly-there", "/rewards")],
        ),
        "near-tier" => (
            30,
            Some(180),
            Entry::NearTier { missing: 100 },
            Goal::Purchases { count: 1, days: 30 },
            vec![write.letter("next-step", "/tier")],
        ),
        "expiring" => (
            40,
            Some(60),
            Entry::Expiring { days: 30, points: 1 },
            Goal::Redemption { days: 30 },
            vec![
                write.letter("a-month-left", "/rewards"),
                wait("until-last-days", 21),
                write.letter("last-days", "/rewards"),
            ],
        ),
        "at-risk" => (
            60,
            Some(180),
            Entry::Silent { days: 45, until: Some(89) },
            Goal::Purchases { count: 1, days: 30 },
            vec![
                write.letter("we-miss-you", "/rewards"),
                wait("two-weeks", 14),
                Step::Branch {
                    code: "has-points".to_owned(),
                    condition: "balance > 0".to_owned(),
                    otherwise: END.to_owned(),
                },
                write.letter("your-points", "/rewards"),
            ],
        ),
        "win-back" => (
            70,
            Some(365),
            Entry::Silent { days: 90, until: Some(365) },
            Goal::Purchases { count: 1, days: 60 },
            vec![
                write.letter("come-back", "/rewards"),
                wait("three-weeks", 21),
                write.asking("last-word", "/rewards"),
            ],
        ),
        _ => return None,
    };
    Some(JourneyDraft {
        name: reader.text(&format!("journeys-template-{code}"), &Args::new()),
        program: None,
        plan: Plan { purpose: PURPOSES[0].to_owned(), entry, again_after_days: again, steps, goal },
        group: USUAL_GROUP.to_owned(),
        priority,
        holdout: 1_000,
    })
}

fn wait(code: &str, days: i64) -> Step {
    Step::Wait { code: code.to_owned(), days }
}

/// Writes a template's letters in every language of a tenant.
struct Writer<'a> {
    code: &'a str,
    tenant: &'a Tenant,
}

impl Writer<'_> {
    fn letter(&self, step: &str, link: &str) -> Step {
        Step::Letter {
            code: step.to_owned(),
            content: self.content(step, link),
            service: false,
            asks: false,
        }
    }

    fn asking(&self, step: &str, link: &str) -> Step {
        let content = self.content(step, link);
        Step::Letter { code: step.to_owned(), content, service: false, asks: true }
    }

    fn service(&self, step: &str, link: &str) -> Step {
        let content = self.content(step, link);
        Step::Letter { code: step.to_owned(), content, service: true, asks: true }
    }

    fn content(&self, step: &str, link: &str) -> Content {
        let words = |locale: Locale| {
            let say = |part: &str| {
                let key = format!("journeys-letter-{}-{step}-{part}", self.code);
                locale.text(&key, &Args::new())
            };
            let (subject, body, button) = (say("subject"), say("body"), say("button"));
            Words { subject, body, button, link: link.to_owned() }
        };
        let texts: BTreeMap<String, Words> = locales(self.tenant)
            .into_iter()
            .map(|locale| (locale.tag().to_owned(), words(locale)))
            .collect();
        Content { variants: vec![Variant { name: "A".to_owned(), weight: 1, texts }] }
    }
}
