//! Why an event did what it did, in words: looked up by its id or by its source's own name for it.

use std::collections::BTreeMap;

use lazo_domain::ids::{EventId, PointTypeId};
use lazo_domain::program::PointKind;
use lazo_store::ledger::{Books, StoredEvent};
use lazo_store::{Db, StoreError};
use serde::Serialize;

use super::words::Speaker;
use crate::features::programs::{self, Version};
use crate::features::tenants::Tenant;
use crate::i18n::{Args, Locale};

/// An event in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Which event.
    pub event: EventId,
    /// What it was, where it comes from and when it counted.
    pub title: String,
    /// What it gave or took, and for what.
    pub headline: String,
    /// Everything else, one sentence each.
    pub details: Vec<String>,
}

/// The events that `reference` names: an event's id, or a source's own name for one or several.
pub async fn find(
    db: &Db,
    tenant: &Tenant,
    reference: &str,
) -> Result<Vec<StoredEvent>, StoreError> {
    let books = Books::new(db.clone());
    match reference.parse::<EventId>() {
        Ok(event) => Ok(books.event(tenant.id, event).await?.into_iter().collect()),
        Err(_) => books.events_called(tenant.id, reference).await,
    }
}

/// Tells `stored` in the language of `locale`, with the names that the version which decided it gave to things.
///
/// `None` when the program of the event is not known any more.
pub async fn explain(
    db: &Db,
    tenant: &Tenant,
    stored: &StoredEvent,
    locale: Locale,
) -> Result<Option<Explanation>, StoreError> {
    let program = stored.event.program;
    let number = stored.outcome.program_version;
    let version = match programs::store::version_of(db, tenant.id, program, number).await? {
        Some(version) => version,
        // What time does is decided by no version in particular: any of them knows the names.
        None => match programs::store::versions(db, tenant.id, program).await?.into_iter().next() {
            Some(version) => version,
            None => return Ok(None),
        },
    };
    let codes = programs::store::point_types(db, tenant.id, program).await?;
    let codes: BTreeMap<PointTypeId, String> =
        codes.into_iter().map(|(code, id)| (id, code)).collect();
    Ok(Some(tell(stored, &version, &codes, locale)))
}

fn tell(
    stored: &StoredEvent,
    version: &Version,
    codes: &BTreeMap<PointTypeId, String>,
    locale: Locale,
) -> Explanation {
    let (event, outcome, config) = (&stored.event, &stored.outcome, &version.config);
    let kind = locale.text("ledger-kind", &Args::new().text("kind", event.body.kind().name()));
    let title = locale.text(
        "ledger-event",
        &Args::new()
            .text("kind", kind)
            .text("reference", &event.source_ref)
            .text("at", locale.instant(event.effective_at, &config.time_zone)),
    );
    let told = Speaker::new(locale, config, codes).tell(outcome);
    let mut details = told.details;
    for (id, balance) in &outcome.balances {
        let point_type =
            codes.get(id).and_then(|code| config.point_types.iter().find(|p| p.code == *code));
        let Some(point_type) = point_type.filter(|p| p.kind == PointKind::Redeemable) else {
            continue;
        };
        let number =
            |points: lazo_domain::points::Points| locale.number(points.0, point_type.scale);
        details.push(
            locale.text(
                "ledger-balance",
                &Args::new()
                    .text("available", number(balance.available))
                    .text("pending", number(balance.pending))
                    .text("held", number(balance.held)),
            ),
        );
    }
    details.push(
        locale.text(
            "ledger-version",
            &Args::new()
                .text("program", locale.pick(&config.name).unwrap_or(&config.code))
                .text("version", version.version.to_string()),
        ),
    );
    Explanation { event: event.id, title, headline: told.headline, details }
}
