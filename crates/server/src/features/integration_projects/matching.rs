//! Who is who: persons of all sources matched by what is known of them, companies by their tax number, and pairs decided
//! on by people.

use std::collections::BTreeMap;

use lazo_domain::ids::StaffId;
use lazo_domain::merging::SourceKey;
use lazo_domain::merging::snapshot::LotState;
use lazo_matching::normalize::tax::tax_kind;
use lazo_matching::{Field, Matcher, Outcome, Table};
use lazo_store::StoreError;
use serde::Serialize;
use serde_json::json;

use super::fault::{MergeFault, refused};
use super::names;
use super::state::{State, Step};
use super::store::accounts::{self, Person};
use super::store::links::{self, Link};
use super::store::plans;
use super::store::projects::Project;
use super::workbench::{Watch, Workbench};
use crate::features::{audit, staff};

/// Persons read at a time.
const PAGE: i64 = 5_000;
/// Links written in one transaction.
const BATCH: usize = 1_000;
/// Stands between source and number in the matcher's ids; no number holds it.
const BETWEEN: char = '\u{1f}';
/// One million: probabilities are kept in millionths.
const MILLION: f64 = 1_000_000.0;

/// What matching found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Persons looked at.
    pub people: u64,
    /// Companies looked at.
    pub companies: u64,
    /// Pairs sure enough to be merged.
    pub auto: u64,
    /// Pairs for a person to review.
    pub review: u64,
}

/// What somebody decides on a pair.
pub const DECISIONS: [&str; 3] = ["merge", "not_same", "need_info"];

impl Workbench {
    /// Finds who is the same person or company. What people have decided stays decided.
    pub async fn match_people(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<Matched, MergeFault> {
        self.may(project, Step::Match)?;
        let hold = self.hold(project).await?;
        let (table, companies) = self.gather(project, watch).await?;
        let mut found = Matched { people: table.len() as u64, ..Matched::default() };
        found.companies = companies.values().map(|of| of.len() as u64).sum();
        hold.renew().await?;
        watch("persons being compared", table.len() as u64, None);
        let country = self.tenant.config.country.to_lowercase();
        let mut work = tokio::task::spawn_blocking(move || people_links(&table, &country));
        let mut all = loop {
            // Comparing takes its time: whoever else looks must see that somebody is at work.
            match tokio::time::timeout(std::time::Duration::from_secs(3), &mut work).await {
                Ok(done) => {
                    break done
                        .map_err(|_| refused("merge_matcher_lost", "the matcher stopped", ""))?;
                }
                Err(_) => hold.renew().await?,
            }
        };
        all.extend(company_links(&companies));
        links::clear(&self.app.db, project).await?;
        for chunk in all.chunks(BATCH) {
            self.app
                .db
                .retry(|| async {
                    let mut tx = self.app.db.begin().await?;
                    links::insert(&mut tx, project, chunk).await?;
                    tx.commit().await
                })
                .await?;
            hold.renew().await?;
        }
        found.auto = all.iter().filter(|link| link.band == "auto").count() as u64;
        found.review = all.len() as u64 - found.auto;
        let detail = json!({ "auto": found.auto, "review": found.review });
        self.move_to(project, State::Matched, None, detail).await?;
        hold.release().await?;
        Ok(found)
    }

    async fn gather(
        &self,
        project: &Project,
        watch: Watch<'_>,
    ) -> Result<(Table, BTreeMap<String, Vec<SourceKey>>), MergeFault> {
        let fields: Vec<Field> = Field::NAMED.iter().map(|(_, field)| *field).collect();
        let (mut table, mut companies) = (Table::new(&fields), BTreeMap::<String, Vec<_>>::new());
        let (mut after, mut done) = (SourceKey::default(), 0);
        loop {
            let page = accounts::people(&self.app.db, project, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.key.clone();
            done += page.len() as u64;
            for person in page.into_iter().filter(|person| !person.fields.is_empty()) {
                if person.unit == "company" {
                    companies.entry(tax_number(&person)).or_default().push(person.key);
                } else {
                    let id = format!("{}{BETWEEN}{}", person.key.source, person.key.member);
                    let value = |(name, _): &(&str, Field)| {
                        person.fields.get(*name).map_or("", String::as_str)
                    };
                    table.push(&id, Field::NAMED.iter().map(value));
                }
            }
            watch("persons read", done, None);
        }
        Ok((table, companies))
    }

    /// Decides on a pair. Where much is at stake a second person must decide alike; nobody decides on pairs of staff
    /// who is named like their number.
    pub async fn decide(
        &self,
        project: &Project,
        (left, right): (&SourceKey, &SourceKey),
        decision: &str,
    ) -> Result<Link, MergeFault> {
        self.may(project, Step::Review)?;
        if !DECISIONS.contains(&decision) {
            let what = format!("`{decision}` is no decision");
            return Err(refused("merge_decision", what, DECISIONS.join(", ")));
        }
        let (left, right) = if left <= right { (left, right) } else { (right, left) };
        let known = links::by_key(&self.app.db, project, left, right).await?;
        let link = match known {
            Some(link) => link,
            None => self.assisted(project, left, right).await?,
        };
        self.not_their_own(project, &link).await?;
        let stake = self.stake(project, &link).await?;
        let above = project.document.review.double_above;
        let double = above > 0 && stake >= above && decision != "need_info";
        let waits = link.decision.as_deref().and_then(|text| text.strip_prefix("waits:"));
        let (kept, second) = match waits {
            Some(first) => {
                self.second_person(link.decided_by.as_deref().unwrap_or_default()).await?;
                let agreed = first == decision;
                (if agreed { decision.to_owned() } else { "need_info".to_owned() }, true)
            }
            None if double => (format!("waits:{decision}"), false),
            None => (decision.to_owned(), false),
        };
        let hold = self.hold(project).await?;
        let now = self.app.clock.now();
        let mut tx = self.app.db.begin().await?;
        if second {
            links::decide(&mut tx, project, &link, (decision, &self.actor, now), true).await?;
            links::conclude(&mut tx, project, &link, &kept).await?;
        } else {
            links::decide(&mut tx, project, &link, (&kept, &self.actor, now), false).await?;
        }
        plans::expire(&mut tx, project).await?;
        let [one, other] = [left, right].map(|key| names::of_account(project, key));
        let detail = json!({ "left": one, "right": other, "decision": kept });
        self.record(&mut tx, "integration_project.reviewed", project, detail).await?;
        tx.commit().await?;
        if project.state > State::Matched {
            self.move_to(project, State::Matched, None, json!({})).await?;
        }
        hold.release().await?;
        let decided = links::by_key(&self.app.db, project, left, right).await?;
        Ok(decided.unwrap_or(link))
    }

    /// A pair that matching did not find and a person names, such as when both logins were shown at the desk.
    async fn assisted(
        &self,
        project: &Project,
        left: &SourceKey,
        right: &SourceKey,
    ) -> Result<Link, MergeFault> {
        let keys = [left.clone(), right.clone()];
        let there = accounts::of(&self.app.db, project, &keys).await?;
        if there.len() < keys.len() {
            let what =
                format!("{} and {} are not both accounts of this project", name(left), name(right));
            return Err(refused("merge_no_pair", what, "`lazo merge review` lists the pairs"));
        }
        let link = link(left, right, 0.0, false, "named by a person".to_owned());
        let mut tx = self.app.db.begin().await?;
        links::insert(&mut tx, project, std::slice::from_ref(&link)).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// By what the reviewer is known: login and name of somebody of the staff, else the name given to the command.
    async fn own_names(&self) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        for known in audit::people_behind(&self.app.db, self.tenant.id, &self.actor).await? {
            names.push(known.trim_start_matches("staff:").to_lowercase());
            if let Some(Ok(id)) = known.strip_prefix("staff:").map(str::parse::<StaffId>)
                && let Some(found) = staff::store::by_id(&self.app.db, self.tenant.id, id).await?
            {
                names.extend([found.login.to_lowercase(), found.name.to_lowercase()]);
            }
        }
        Ok(names)
    }

    /// Nobody decides on an account of his or her own: one with the reviewer's e-mail, and one marked as a colleague's
    /// that bears the reviewer's name.
    async fn not_their_own(&self, project: &Project, link: &Link) -> Result<(), MergeFault> {
        let me = self.own_names().await?;
        for key in [&link.left, &link.right] {
            let Some(person) = accounts::person_of(&self.app.db, project, key).await? else {
                continue;
            };
            let theirs = |(_, value): (&String, &String)| {
                let value = value.trim().to_lowercase();
                let local = value.split('@').next().unwrap_or_default();
                // A whole address names one person; a name or the beginning of an address may be somebody else's.
                me.iter().any(|own| {
                    (own.contains('@') && *own == value)
                        || (person.staff && (*own == value || own == local))
                })
            };
            if person.fields.iter().any(theirs) {
                let what = format!("{} is your own account", name(key));
                return Err(refused("merge_own_account", what, "let a colleague decide"));
            }
        }
        Ok(())
    }

    /// Source points of both accounts together.
    async fn stake(&self, project: &Project, link: &Link) -> Result<i64, MergeFault> {
        let keys = [link.left.clone(), link.right.clone()];
        let found = accounts::of(&self.app.db, project, &keys).await?;
        let lots = found.values().flat_map(|snapshot| &snapshot.lots);
        let open = lots.filter(|lot| lot.state != LotState::Expired);
        Ok(open.fold(0_i64, |sum, lot| sum.saturating_add(lot.points.max(0))))
    }
}

/// `source/number`.
pub fn name(key: &SourceKey) -> String {
    format!("{}/{}", key.source, key.member)
}

/// A key from `source/number`.
pub fn key_of(text: &str) -> Option<SourceKey> {
    text.split_once('/').map(|(source, member)| SourceKey::new(source, member))
}

fn tax_number(company: &Person) -> String {
    let raw = company.fields.get("tax_id").map_or("", String::as_str);
    let plain: String = raw.chars().filter(|c| c.is_alphanumeric()).collect();
    // A number that none has links nobody.
    match tax_kind(raw) {
        Some(_) => plain.to_uppercase(),
        None => format!("?{}/{}", company.key.source, company.key.member),
    }
}

fn company_links(companies: &BTreeMap<String, Vec<SourceKey>>) -> Vec<Link> {
    let mut all = Vec::new();
    for (_, keys) in companies.iter().filter(|(number, _)| !number.starts_with('?')) {
        // Several accounts of one number in one source are branches, which are kept apart unless somebody says otherwise:
        // which of them another source means, nobody can tell from the number.
        let branches = keys.windows(2).any(|pair| pair[0].source == pair[1].source);
        for pair in keys.windows(2) {
            let reason =
                if branches { "tax number equal, several branches" } else { "tax number equal" };
            all.push(link(&pair[0], &pair[1], 1.0, !branches, reason.to_owned()));
        }
    }
    all
}

fn link(
    left: &SourceKey,
    right: &SourceKey,
    probability: f64,
    auto: bool,
    reasons: String,
) -> Link {
    let (left, right) = if left <= right { (left, right) } else { (right, left) };
    Link {
        left: left.clone(),
        right: right.clone(),
        probability: millionths(probability),
        band: if auto { "auto" } else { "review" }.to_owned(),
        reasons,
        decision: None,
        decided_by: None,
        decided_at: None,
        second_decision: None,
        second_by: None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to 0 to 1 before it is scaled")]
fn millionths(probability: f64) -> i64 {
    (probability.clamp(0.0, 1.0) * MILLION).round() as i64
}

fn people_links(table: &Table, country: &str) -> Vec<Link> {
    if table.len() < 2 {
        return Vec::new();
    }
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let outcome: Outcome = Matcher::new(threads).country(country).dedupe(table);
    let explained = outcome.explain_links();
    let key = |at: u32| {
        let id = table.id(at as usize);
        id.split_once(BETWEEN).map(|(source, member)| SourceKey::new(source, member))
    };
    let made = outcome.links.iter().zip(explained).filter_map(|(found, why)| {
        let reasons: Vec<String> = why
            .reasons
            .iter()
            .map(|reason| format!("{} {} {:+.1}", reason.field, reason.finding, reason.bits))
            .collect();
        let auto = found.band == lazo_matching::Band::Auto;
        Some(link(
            &key(found.left)?,
            &key(found.right)?,
            found.probability,
            auto,
            reasons.join(", "),
        ))
    });
    made.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two branches of one company in one source: no link of that number is made without a person. Another company with
    /// one account in each of two sources is linked.
    #[test]
    fn m8_branches_of_one_company_in_one_source_are_not_linked_by_themselves() {
        let key = |source: &str, member: &str| SourceKey::new(source, member);
        let companies = BTreeMap::from([
            ("B1".to_owned(), vec![key("pro", "1"), key("pro", "2"), key("shop", "9")]),
            ("B2".to_owned(), vec![key("pro", "3"), key("shop", "8")]),
            ("?x".to_owned(), vec![key("pro", "4"), key("shop", "7")]),
        ]);
        let links = company_links(&companies);
        let told: Vec<(&str, &str, &str)> = links
            .iter()
            .map(|l| (l.left.member.as_str(), l.right.member.as_str(), l.band.as_str()))
            .collect();
        assert_eq!(told, [("1", "2", "review"), ("2", "9", "review"), ("3", "8", "auto")]);
    }
}
