//! What tests of pages do at the till.

use lazo_domain::event::{Body, Event, Facts, Line, Purchase};
use lazo_domain::ids::EventId;
use lazo_store::Command;

use crate::App;
use crate::features::members::Member;

/// The member buys for so many cents, now.
pub async fn buy(app: &App, member: &Member, reference: &str, net_minor: i64) {
    buy_of(app, member, reference, "", net_minor).await;
}

/// The member buys something of a category for so many cents, now.
pub async fn buy_of(app: &App, member: &Member, reference: &str, category: &str, net_minor: i64) {
    let category = category.to_owned();
    let line = Line { quantity_milli: 1_000, net_minor, category, ..Line::default() };
    let purchase = Purchase { currency: "EUR".into(), lines: vec![line], ..Purchase::default() };
    let now = app.clock.now();
    let event = Event {
        id: EventId(0),
        tenant: member.tenant,
        account: member.account,
        program: member.programs[0],
        source: "till".into(),
        source_ref: reference.into(),
        effective_at: now,
        recorded_at: now,
        actor: "test".into(),
        import: None,
        body: Body::Purchase(purchase),
    };
    app.ledger.post_one(Command::One { event, facts: Facts::default() }).await.unwrap();
}
