//! One batch of drafts through the ledger's door: members looked up or enrolled, events posted, refusals told.

use std::collections::BTreeMap;
use std::sync::Arc;

use lazo_domain::decision::Side;
use lazo_domain::event::{Event, Facts};
use lazo_domain::ids::{AccountId, EventId, ImportId, MemberId};
use lazo_domain::refusal::Refusal;
use lazo_domain::time::Timestamp;
use lazo_store::ledger::{Command, PostError, Receipt};

use super::draft::Draft;
use super::finding::{Finding, Treatment};
use super::mapping::{Mapping, Unknown};
use super::run::{ImportError, Importer, count_draft};
use super::store::{Counts, ImportRun};
use crate::features::members::{self, Ensured};

/// What became of a batch.
#[derive(Debug, Default)]
pub(super) struct Posted {
    /// What was done now.
    pub(super) counts: Counts,
    /// What an attempt of the same run had done that was killed before it could note it.
    pub(super) unnoted: Counts,
    /// What was not, by its place.
    pub(super) refused: BTreeMap<u64, Finding>,
}

/// Posts a batch. An answer that is unknown fails the batch; sending it again is safe.
pub(super) async fn post(
    importer: &Importer,
    mapping: &Mapping,
    run: &ImportRun,
    batch: &[(u64, Draft)],
) -> Result<Posted, ImportError> {
    let mut posted = Posted::default();
    let members = members(importer, mapping, batch).await?;
    posted.counts.enrolled = members.enrolled as u64;
    let ids: Vec<MemberId> = members.found.values().map(|(member, _)| *member).collect();
    let attributes =
        members::store::attributes_of(&importer.app.db, importer.tenant.id, &ids).await;
    let attributes = attributes.map_err(|error| ImportError::Unknown(Arc::new(error)))?;
    let mut sent = Vec::with_capacity(batch.len());
    let mut commands = Vec::with_capacity(batch.len());
    for (place, draft) in batch {
        match members.found.get(&draft.member) {
            Some((member, account)) => {
                sent.push((*place, draft));
                let attributes = attributes.get(member).cloned().unwrap_or_default();
                let facts = Facts { member: *member, attributes, ..Facts::default() };
                commands.push(command(importer, mapping, run.id, draft, facts, *account));
            }
            None => drop(posted.refused.insert(*place, nobody(mapping, &members, draft))),
        }
    }
    let answers = importer.app.ledger.post(commands).await;
    for ((place, draft), answer) in sent.into_iter().zip(answers) {
        match answer {
            Ok(receipt) if !receipt.replayed => count(&mut posted.counts, draft, &receipt),
            Ok(receipt) => {
                posted.counts.replayed += 1;
                if receipt.recorded_at >= run.started_at {
                    count(&mut posted.unnoted, draft, &receipt);
                }
            }
            Err(PostError::Refused(refusal)) => {
                drop(posted.refused.insert(place, refused(draft, &refusal)))
            }
            Err(PostError::Unknown(error)) => return Err(ImportError::Unknown(error)),
        }
    }
    Ok(posted)
}

async fn members(
    importer: &Importer,
    mapping: &Mapping,
    batch: &[(u64, Draft)],
) -> Result<Ensured, ImportError> {
    let mut values: Vec<String> = batch.iter().map(|(_, draft)| draft.member.clone()).collect();
    values.sort_unstable();
    values.dedup();
    let Importer { app, tenant, program } = importer;
    let (db, ids) = (&app.db, &app.ids);
    let scheme = mapping.identifier.as_str();
    let found = match mapping.unknown {
        Unknown::Enroll => {
            let since = batch.iter().map(|(_, draft)| draft.at).min().unwrap_or_default();
            members::ensure(db, ids, tenant, *program, scheme, &values, since).await
        }
        Unknown::Reject | Unknown::Park => members::find(db, tenant, scheme, &values).await,
    };
    found.map_err(|error| ImportError::Unknown(Arc::new(error)))
}

fn command(
    importer: &Importer,
    mapping: &Mapping,
    import: ImportId,
    draft: &Draft,
    facts: Facts,
    account: AccountId,
) -> Command {
    let event = Event {
        id: EventId(0),
        tenant: importer.tenant.id,
        account,
        program: importer.program,
        source: mapping.source.clone(),
        source_ref: draft.source_ref.clone(),
        effective_at: draft.at,
        recorded_at: Timestamp(0),
        actor: "import".to_owned(),
        import: Some(import),
        body: draft.body.clone(),
    };
    Command::One { event, facts }
}

fn count(counts: &mut Counts, draft: &Draft, receipt: &Receipt) {
    count_draft(counts, &draft.body);
    for change in
        receipt.outcome.changes.iter().filter(|c| matches!(c.side, Side::Available | Side::Pending))
    {
        let points = counts.points.entry(change.point_type.to_string()).or_default();
        *points = points.saturating_add(change.points.0);
    }
}

fn nobody(mapping: &Mapping, members: &Ensured, draft: &Draft) -> Finding {
    let (code, treatment, reason) = if members.suppressed.contains(&draft.member) {
        (
            "member_erased",
            Treatment::LeftOut,
            "the person was erased and is not brought back".to_owned(),
        )
    } else if let Some(why) = members.refused.get(&draft.member) {
        ("bad_member", Treatment::LeftOut, why.clone())
    } else if mapping.unknown == Unknown::Park {
        let reason =
            "nobody has this identifier yet; give the same command again once somebody has";
        ("member_unknown", Treatment::Parked, reason.to_owned())
    } else {
        ("member_unknown", Treatment::LeftOut, "nobody has this identifier".to_owned())
    };
    finding(draft, "member", code, treatment, reason)
}

fn refused(draft: &Draft, refusal: &Refusal) -> Finding {
    finding(draft, "", refusal.code(), Treatment::LeftOut, refusal.to_string())
}

fn finding(
    draft: &Draft,
    field: &str,
    code: &str,
    treatment: Treatment,
    reason: String,
) -> Finding {
    let cells: Vec<&str> = draft.cells.iter().collect();
    let row = serde_json::to_string(&cells).unwrap_or_default();
    Finding {
        line: draft.line,
        field: field.to_owned(),
        code: code.to_owned(),
        treatment,
        reason,
        row,
    }
}
