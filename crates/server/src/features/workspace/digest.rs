//! The daily letter: what changed on a day, what the partner did on it, and what needs somebody now.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;
use lazo_domain::ids::{StaffId, TenantId};
use lazo_domain::time::Zone;
use lazo_store::{Db, StoreError};

use super::{Person, needs, store};
use crate::App;
use crate::features::audit::{self, AuditEntry};
use crate::features::staff;
use crate::features::tenants::Tenant;
use crate::i18n::{Args, Locale};
use crate::mail::Letter;

/// Entries of the log that are read at a time.
const PAGE: i64 = 500;
/// The most lines of a part of the letter; how many more there are is said.
const MOST: usize = 40;

/// What happened on a day, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digest {
    /// What the client's people and systems did.
    pub changed: Vec<String>,
    /// What the partner's people did.
    pub did: Vec<String>,
    /// What needs somebody, with the page where it is done.
    pub needs: Vec<(String, String)>,
}

/// The letter of a tenant's `day`, as of now.
pub async fn of(
    app: &App,
    tenant: &Tenant,
    day: Date,
    locale: Locale,
) -> Result<Digest, StoreError> {
    let (db, zone) = (&app.db, &tenant.config.time_zone);
    let people = store::people(db, tenant.id).await?;
    let partners: Vec<StaffId> = people
        .iter()
        .filter(|person| person.side == "partner")
        .map(|person| person.staff)
        .collect();
    let mut digest = Digest::default();
    for ((actor, action), number) in counted(&entries(db, tenant.id, day, zone).await?) {
        let who = staff::told(db, &actor).await?;
        let line = deed(locale, &who, &action, number);
        if staff::person_of(&actor).is_some_and(|id| partners.contains(&id)) {
            digest.did.push(line)
        } else {
            digest.changed.push(line)
        }
    }
    for list in [&mut digest.changed, &mut digest.did] {
        if list.len() > MOST {
            let more = i64::try_from(list.len() - MOST).unwrap_or(i64::MAX);
            list.truncate(MOST);
            list.push(locale.text("workspace-more", &Args::new().count("n", more)));
        }
    }
    let now = tenant.now(app.clock.now());
    for need in needs::all(db, tenant.id, zone, now).await? {
        digest.needs.push((told(locale, &need, zone), need.path));
    }
    Ok(digest)
}

/// A need in words.
#[must_use]
pub fn told(locale: Locale, need: &needs::Need, zone: &Zone) -> String {
    let key = format!("workspace-need-{}", need.kind);
    let what = match need.kind {
        "question" => locale.text(&format!("discovery-{}", need.what), &Args::new()),
        _ => need.what.clone(),
    };
    let text = locale.text(&key, &Args::new().text("what", what));
    match need.due {
        // What is due on a day is due all of it; what has a clock names the minute.
        Some(due) if need.kind == "action" => format!("{text} · {}", locale.day(due, zone)),
        Some(due) => format!("{text} · {}", locale.moment(due, zone)),
        None => text,
    }
}

/// What somebody did, in words; what has no words of its own is named as the log names it.
fn deed(locale: Locale, who: &str, action: &str, number: i64) -> String {
    let args = || {
        let number_told = locale.number(number, 0);
        Args::new().text("who", who).count("n", number).text("number", number_told)
    };
    let known = DEEDS.iter().find(|(known, _)| *known == action);
    match known {
        Some((_, key)) => locale.text(key, &args()),
        None => locale.text("workspace-deed-other", &args().text("action", action)),
    }
}

/// What the log remembers, with the words for it.
const DEEDS: &[(&str, &str)] = &[
    ("register.entry_added", "workspace-deed-added"),
    ("register.entry_changed", "workspace-deed-changed"),
    ("register.entry_removed", "workspace-deed-removed"),
    ("discovery.voted", "workspace-deed-voted"),
    ("discovery.question_waived", "workspace-deed-waived"),
    ("discovery.form_sent", "workspace-deed-form"),
    ("kpis.baseline_frozen", "workspace-deed-baseline"),
    ("program.signed_off", "workspace-deed-signed"),
    ("program.published", "workspace-deed-published"),
    ("program.draft_withdrawn", "workspace-deed-withdrawn"),
    ("request.opened", "workspace-deed-asked"),
    ("request.spoken", "workspace-deed-answered"),
    ("request.draft_linked", "workspace-deed-linked"),
    ("request.decided", "workspace-deed-decided"),
    ("request.released", "workspace-deed-released"),
    ("request.measured", "workspace-deed-measured"),
    ("request.closed", "workspace-deed-closed"),
    ("request.escalated", "workspace-deed-escalated"),
    ("request.sorted", "workspace-deed-sorted"),
    ("discovery.gate_set", "workspace-deed-gate"),
    ("sign_offs.gate_set", "workspace-deed-gate"),
    ("workspace.person_placed", "workspace-deed-placed"),
    ("technology.forecast_kept", "workspace-deed-forecast"),
    ("technology.point_verified", "workspace-deed-verified"),
    ("api_key.created", "workspace-deed-key"),
];

/// The log's entries of a day, the earliest first.
async fn entries(
    db: &Db,
    tenant: TenantId,
    day: Date,
    zone: &Zone,
) -> Result<Vec<AuditEntry>, StoreError> {
    let begin = zone.start_of(day);
    let end = day.checked_add(1.day()).map_or(begin, |next| zone.start_of(next));
    let (mut found, mut before) = (Vec::new(), i64::MAX);
    loop {
        let page = audit::store::page(db, tenant, before, PAGE).await?;
        let Some(last) = page.last() else { break };
        before = last.seq;
        let past = last.at < begin;
        found.extend(page.into_iter().filter(|entry| entry.at >= begin && entry.at < end));
        if past {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

/// How often each actor did each thing.
fn counted(entries: &[AuditEntry]) -> BTreeMap<(String, String), i64> {
    let mut all = BTreeMap::new();
    for entry in entries {
        *all.entry((entry.actor.clone(), entry.action.clone())).or_insert(0) += 1;
    }
    all
}

/// The letter to one person.
#[must_use]
pub fn letter(
    tenant: &Tenant,
    person: &Person,
    digest: &Digest,
    day: Date,
    base: &str,
    locale: Locale,
) -> Letter {
    let zone = &tenant.config.time_zone;
    let told = locale.day(zone.start_of(day), zone);
    let args = || Args::new().text("client", &tenant.config.name).text("day", &told);
    let subject = locale.text("workspace-digest-subject", &args());
    let none = locale.text("workspace-digest-none", &Args::new());
    let parts: Vec<(&str, Vec<String>)> = vec![
        (
            "workspace-digest-needs",
            digest.needs.iter().map(|(t, p)| format!("{t}\n  {base}{p}")).collect(),
        ),
        ("workspace-digest-changed", digest.changed.clone()),
        ("workspace-digest-did", digest.did.clone()),
    ];
    let mut text = locale.text("workspace-digest-hello", &args().text("name", &person.name));
    let mut body = maud::html! { p { (text) } };
    text.push_str("\n\n");
    for (key, lines) in parts {
        let title = locale.text(key, &Args::new());
        let lines = if lines.is_empty() { vec![none.clone()] } else { lines };
        text.push_str(&format!("{title}\n"));
        for line in &lines {
            text.push_str(&format!("- {line}\n"));
        }
        text.push('\n');
        body = maud::html! { (body) h2 { (title) } ul { @for line in &lines { li { (line) } } } };
    }
    Letter {
        from_name: tenant.config.name.clone(),
        to: person.login.clone(),
        subject,
        text,
        html: body.into_string(),
    }
}
