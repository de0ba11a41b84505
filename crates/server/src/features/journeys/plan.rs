//! What a journey does: who enters it, its steps, and its goal; and everything that can be wrong with that.

use std::collections::BTreeSet;

use lazo_domain::ids::SegmentId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::features::campaigns::{Content, PURPOSES};
use crate::features::segments::Condition;
use crate::features::segments::expression::Vocabulary;
use crate::http::FieldError;
use crate::i18n::Locale;

/// The most steps: a longer journey is two.
pub const MAX_STEPS: usize = 20;
/// The longest wait and the longest term of an entry, in days.
const MAX_DAYS: i64 = 730;
/// For how many days at most a goal may be reached.
pub const MAX_GOAL_DAYS: i64 = 180;
/// The most purchases that a goal asks for.
const MAX_PURCHASES: i64 = 10;
/// The most points, minor units or purchases that may be missing.
const MAX_MISSING: i64 = 100_000_000;
/// Where a branch leads that leads to no further step.
pub const END: &str = "end";

/// Who enters a journey, what happens, and to which goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JourneyPlan)]
pub struct Plan {
    /// What the letters are for, whose consent they need: `offers` or `surveys`.
    #[serde(default = "usual_purpose")]
    pub purpose: String,
    /// Who enters.
    pub entry: Entry,
    /// After how many days somebody may enter again; absent is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 730)]
    pub again_after_days: Option<i64>,
    /// What happens, one after the other.
    #[schema(min_items = 1, max_items = 20)]
    pub steps: Vec<Step>,
    /// What it is for; who reaches it has arrived.
    pub goal: Goal,
}

/// Who enters a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = JourneyEntry)]
pub enum Entry {
    /// Who enrolled since the journey was published, within minutes.
    Enrolled,
    /// Who bought for the first time since then.
    FirstPurchase,
    /// Who lacks at most so many whole points to a reward that can be had.
    NearReward {
        /// So many.
        missing: i64,
    },
    /// Who lacks at most so much to the next step of a ladder: points, minor units or purchases, as the ladder measures.
    NearTier {
        /// So much.
        missing: i64,
    },
    /// Who has points that expire within so many days.
    Expiring {
        /// So many.
        days: i64,
        /// At least so many whole points.
        #[serde(default = "one")]
        points: i64,
    },
    /// Who bought before, and not for so many days.
    Silent {
        /// So many.
        days: i64,
        /// And not for more than so many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<i64>,
    },
    /// Who is in an audience, as its condition was when somebody was asked to agree.
    Segment {
        /// The audience.
        #[schema(value_type = String)]
        segment: SegmentId,
    },
}

/// A step of a journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = JourneyStep)]
pub enum Step {
    /// Waits for so many days.
    Wait {
        /// Its name among the steps.
        code: String,
        /// So many.
        days: i64,
    },
    /// A letter by e-mail.
    Letter {
        /// Its name among the steps.
        code: String,
        /// What it says.
        content: Content,
        /// Does it only tell of the membership, such as its confirmation? Then it needs no consent to offers.
        #[serde(default)]
        service: bool,
        /// Is its reader asked whether it was useful?
        #[serde(default)]
        asks: bool,
    },
    /// Goes on for whom a condition holds, and leads everybody else further on.
    Branch {
        /// Its name among the steps.
        code: String,
        /// In CEL, as the conditions of audiences are.
        condition: String,
        /// A later step's code, or `end`.
        otherwise: String,
    },
}

/// What a journey is for, counted from the day of the entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = JourneyGoal)]
pub enum Goal {
    /// So many purchases after the entry.
    Purchases {
        /// So many.
        count: i64,
        /// Within so many days.
        days: i64,
    },
    /// A redemption after the entry.
    Redemption {
        /// Within so many days.
        days: i64,
    },
}

fn usual_purpose() -> String {
    PURPOSES[0].to_owned()
}

fn one() -> i64 {
    1
}

impl Entry {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Enrolled => "enrolled",
            Self::FirstPurchase => "first_purchase",
            Self::NearReward { .. } => "near_reward",
            Self::NearTier { .. } => "near_tier",
            Self::Expiring { .. } => "expiring",
            Self::Silent { .. } => "silent",
            Self::Segment { .. } => "segment",
        }
    }
}

impl Step {
    /// Its name among the steps.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Wait { code, .. } | Self::Letter { code, .. } | Self::Branch { code, .. } => code,
        }
    }

    /// What kind of step it is.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Wait { .. } => "wait",
            Self::Letter { .. } => "letter",
            Self::Branch { .. } => "branch",
        }
    }
}

impl Goal {
    /// Within how many days.
    #[must_use]
    pub fn days(&self) -> i64 {
        match self {
            Self::Purchases { days, .. } | Self::Redemption { days } => *days,
        }
    }
}

/// What a plan is checked against.
pub struct Known<'a> {
    /// The language that must be there.
    pub main: Locale,
    /// What members have.
    pub attributes: BTreeSet<String>,
    /// What conditions may name.
    pub names: &'a Vocabulary,
}

impl Plan {
    /// Where a step of this code stands; `end` is behind the last one.
    #[must_use]
    pub fn place_of(&self, code: &str) -> Option<usize> {
        if code == END {
            return Some(self.steps.len());
        }
        self.steps.iter().position(|step| step.code() == code)
    }

    /// Is there a letter that needs no consent?
    #[must_use]
    pub fn has_service(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Letter { service: true, .. }))
    }

    /// The branches' conditions, by place.
    pub fn conditions(&self) -> impl Iterator<Item = (usize, &str)> {
        self.steps.iter().enumerate().filter_map(|(at, step)| match step {
            Step::Branch { condition, .. } => Some((at, condition.as_str())),
            _ => None,
        })
    }

    /// Everything wrong with it.
    #[must_use]
    pub fn check(&self, known: &Known<'_>) -> Vec<FieldError> {
        let mut wrong = Wrong(Vec::new());
        if !PURPOSES.contains(&self.purpose.as_str()) {
            wrong.add("/plan/purpose", format!("must be one of {}", PURPOSES.join(", ")));
        }
        self.entry.check(&mut wrong);
        if let Some(days) = self.again_after_days {
            wrong.range("/plan/again_after_days", days, MAX_DAYS);
        }
        wrong.range("/plan/goal/days", self.goal.days(), MAX_GOAL_DAYS);
        if let Goal::Purchases { count, .. } = self.goal {
            wrong.range("/plan/goal/count", count, MAX_PURCHASES);
        }
        let letters = self.steps.iter().filter(|step| step.kind() == "letter").count();
        if letters == 0 || self.steps.len() > MAX_STEPS {
            wrong.add("/plan/steps", format!("have a letter, and at most {MAX_STEPS} steps"));
        }
        for at in 0..self.steps.len() {
            self.check_step(at, known, &mut wrong);
        }
        wrong.0
    }

    fn check_step(&self, at: usize, known: &Known<'_>, wrong: &mut Wrong) {
        let base = format!("/plan/steps/{at}");
        let step = &self.steps[at];
        let code = step.code();
        let fits = (1..=40).contains(&code.len())
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !fits || code == END || self.place_of(code) != Some(at) {
            let why = "name each step with another word of a-z, 0-9 and -, and none `end`";
            wrong.add(&format!("{base}/code"), why.to_owned());
        }
        match step {
            Step::Wait { days, .. } => wrong.range(&format!("{base}/days"), *days, MAX_DAYS),
            Step::Letter { content, .. } => {
                for error in content.check(known.main, &known.attributes) {
                    wrong
                        .0
                        .push(FieldError { pointer: format!("{base}{}", error.pointer), ..error });
                }
            }
            Step::Branch { condition, otherwise, .. } => {
                if let Err(why) = Condition::compile(condition, known.names) {
                    wrong.add(&format!("{base}/condition"), why);
                }
                if self.place_of(otherwise).is_none_or(|place| place <= at) {
                    let why = "must be the code of a later step, or `end`";
                    wrong.add(&format!("{base}/otherwise"), why.to_owned());
                }
            }
        }
    }
}

impl Entry {
    fn check(&self, wrong: &mut Wrong) {
        match self {
            Self::NearReward { missing } | Self::NearTier { missing } => {
                wrong.range("/plan/entry/missing", *missing, MAX_MISSING);
            }
            Self::Expiring { days, points } => {
                wrong.range("/plan/entry/days", *days, MAX_DAYS);
                wrong.range("/plan/entry/points", *points, MAX_MISSING);
            }
            Self::Silent { days, until } => {
                wrong.range("/plan/entry/days", *days, MAX_DAYS);
                if until.is_some_and(|until| until < *days) {
                    wrong.add("/plan/entry/until", "must not be less than the days".to_owned());
                }
            }
            Self::Enrolled | Self::FirstPurchase | Self::Segment { .. } => {}
        }
    }
}

struct Wrong(Vec<FieldError>);

impl Wrong {
    fn add(&mut self, pointer: &str, detail: String) {
        let (pointer, code) = (pointer.to_owned(), "invalid".to_owned());
        self.0.push(FieldError { pointer, code, detail });
    }

    fn range(&mut self, pointer: &str, value: i64, most: i64) {
        if !(1..=most).contains(&value) {
            self.add(pointer, format!("must be 1 to {most}"));
        }
    }
}
