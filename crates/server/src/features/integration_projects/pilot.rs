//! What stands before a wave besides its turn: days on which nothing else may change, and what the pilot must have shown.

use std::collections::BTreeMap;

use jiff::civil::Date;
use lazo_domain::event::Kind;
use lazo_domain::merging::{SourceKey, calendar};
use lazo_domain::time::{DAY, Timestamp};
use serde::{Deserialize, Serialize};

use super::fault::{MergeFault, refused};
use super::store::members::{self, Which};
use super::store::projects::Project;
use super::store::waves::Wave;
use super::workbench::Workbench;

/// Under which code of `[accepted]` somebody lives with a day of the calendar.
const CALENDAR: &str = "calendar";
/// The same of a pilot that has not shown all.
const PILOT: &str = "pilot";
/// Members looked up at once.
const PAGE: i64 = 500;

/// Days on which no wave is run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calendar {
    /// Countries whose peaks of trade are kept free: `ES`, `MX`.
    pub peaks: Vec<String>,
    /// Other changes of site, tills or prices, with their days.
    pub changes: Vec<Change>,
}

/// Another change, with its first and last day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What changes.
    pub what: String,
    /// Its first day, in the rules' zone.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// What the members of the first wave must have done before the second: one full cycle, so often each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Criteria {
    /// Days since the wave was posted.
    pub days: i64,
    /// Purchases and other events that earn.
    pub earned: i64,
    /// Rewards ordered.
    pub redeemed: i64,
    /// Orders cancelled and purchases returned.
    pub undone: i64,
}

/// One criterion of the pilot and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// `days`, `earned`, `redeemed` or `undone`.
    pub what: &'static str,
    /// How many are wanted.
    pub wanted: i64,
    /// How many there are.
    pub seen: i64,
}

impl Calendar {
    /// Refuses countries that are not known and changes that end before they begin.
    pub(super) fn check(&self) -> Result<(), MergeFault> {
        let bad = |what: String, hint: String| Err(refused("merge_document", what, hint));
        let strange = self.peaks.iter().find(|c| !calendar::COUNTRIES.contains(&c.as_str()));
        if let Some(country) = strange {
            let hint = format!(
                "{}; days of others go into [[calendar.changes]]",
                calendar::COUNTRIES.join(", ")
            );
            return bad(format!("[calendar] peaks names `{country}`"), hint);
        }
        match self.changes.iter().find(|change| change.until < change.from) {
            Some(Change { what, from, until }) => {
                let hint = "give the first day and the last".to_owned();
                bad(format!("`{what}` ends on {until} before it begins on {from}"), hint)
            }
            None => Ok(()),
        }
    }

    /// What else happens on a day.
    fn on(&self, day: Date) -> Option<String> {
        let change = self.changes.iter().find(|change| (change.from..=change.until).contains(&day));
        let peak = || self.peaks.iter().find_map(|country| calendar::peak_on(country, day));
        let told = |what: &str, from: Date, until: Date| format!("{what} ({from} to {until})");
        change
            .map(|one| told(&one.what, one.from, one.until))
            .or_else(|| peak().map(|peak| told(peak.name, peak.from, peak.until)))
    }
}

impl Criteria {
    /// Refuses fewer than none.
    pub(super) fn check(&self) -> Result<(), MergeFault> {
        if [self.days, self.earned, self.redeemed, self.undone].iter().any(|wanted| *wanted < 0) {
            let hint = "0 asks for nothing";
            return Err(refused("merge_document", "[pilot] has a number below 0", hint));
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Workbench {
    /// One change at a time: refuses a wave on a day of the calendar, unless somebody lives with it and says why.
    pub(super) fn day_is_free(&self, project: &Project) -> Result<(), MergeFault> {
        let document = &project.document;
        let today = self.now().local(&project.rules.zone).date();
        match document.calendar.on(today) {
            Some(what) if !document.accepted.contains_key(CALENDAR) => {
                let what = format!("today, {today}, is in {what}");
                let hint = "run the wave on another day: if something goes wrong, nobody can tell which change did it";
                Err(refused("merge_calendar", what, hint))
            }
            _ => Ok(()),
        }
    }

    /// Refuses a later wave while the first has not shown what the project asks of it.
    pub(super) async fn pilot_has_shown(
        &self,
        project: &Project,
        all: &[Wave],
    ) -> Result<(), MergeFault> {
        if project.document.accepted.contains_key(PILOT) {
            return Ok(());
        }
        let shown = self.pilot(project, all).await?;
        let open = shown.iter().filter(|one| one.seen < one.wanted);
        let open: Vec<String> =
            open.map(|one| format!("{} {} of {}", one.what, one.seen, one.wanted)).collect();
        if open.is_empty() {
            return Ok(());
        }
        let what = format!("the pilot has not shown enough: {}", open.join(", "));
        let hint = "wait until its members earned, redeemed and undid as [pilot] asks; `lazo merge status` counts it";
        Err(refused("merge_pilot_open", what, hint))
    }

    /// How far the first wave is with what the project asks of it; nothing before it is posted, nothing when nothing is
    /// asked.
    pub(super) async fn pilot(
        &self,
        project: &Project,
        all: &[Wave],
    ) -> Result<Vec<Shown>, MergeFault> {
        let criteria = project.document.pilot;
        let first = all.iter().find(|wave| wave.members > 0);
        let posted = first.and_then(|wave| Some((wave.wave, wave.finished_at?)));
        let Some((wave, since)) = posted.filter(|_| !criteria.is_empty()) else {
            return Ok(Vec::new());
        };
        let counts = self.done_since(project, wave, since).await?;
        let count =
            |kinds: &[Kind]| kinds.iter().map(|kind| counts.get(kind).copied().unwrap_or(0)).sum();
        let shown = [
            ("days", criteria.days, self.now().0.saturating_sub(since.0) / DAY),
            ("earned", criteria.earned, count(&[Kind::Purchase, Kind::Custom])),
            ("redeemed", criteria.redeemed, count(&[Kind::Reserve])),
            ("undone", criteria.undone, count(&[Kind::Cancel, Kind::Return])),
        ];
        let asked = shown.into_iter().filter(|(_, wanted, _)| *wanted > 0);
        Ok(asked.map(|(what, wanted, seen)| Shown { what, wanted, seen }).collect())
    }

    /// What the members of a wave have done since it was posted, by kind.
    async fn done_since(
        &self,
        project: &Project,
        wave: i64,
        since: Timestamp,
    ) -> Result<BTreeMap<Kind, i64>, MergeFault> {
        let books = self.app.ledger.books();
        let (mut after, mut counts) = (SourceKey::new("", ""), BTreeMap::new());
        let which = Which { wave: Some(wave), state: None };
        loop {
            let page = members::page(&self.app.db, project, which, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(counts) };
            after = last.golden.clone();
            let accounts: Vec<_> = page.iter().filter_map(|member| member.account).collect();
            for (kind, n) in books.counts_since(self.tenant.id, &accounts, since).await? {
                *counts.entry(kind).or_default() += n;
            }
        }
    }
}
