//! What the desks of a brand have to show: a meeting, a request, figures, an audience, a campaign, a journey.

use super::*;

/// Somebody's meeting, objective, indicators, request and work, so that pages of the desk have something to show.
pub(super) async fn desk(house: &House, tenant: &Tenant) -> (String, String) {
    let scope = staff(house, tenant, 1);
    kpis::take(&house.app, tenant.id, NOON, "test", true).await.unwrap();
    let add = async |register: &str, values: serde_json::Value| {
        let values = values.as_object().unwrap().clone();
        let entry = registers::add(&scope, registers::known(register).unwrap(), values).await;
        entry.unwrap().id.to_string()
    };
    let meeting = json!({ "name": "<b>Primera</b>", "at": "2026-03-04T09:00:00Z", "minutes": 60, "agenda": ["Uno", "Dos"] });
    let workshop = add("workshops", meeting).await;
    add(
        "actions",
        json!({ "name": "Tarea", "workshop": workshop, "owner": "Eva", "due": "2026-02-01" }),
    )
    .await;
    add(
        "decisions",
        json!({ "name": "Sí", "workshop": workshop, "element": "aurora-puntos/rule:base" }),
    )
    .await;
    add(
        "stakeholders",
        json!({ "name": "Eva", "function": "finance", "influence": 3, "vetoes": ["earning"] }),
    )
    .await;
    add("competitors", json!({ "name": "Otra", "offer": "Puntos", "currency": "EUR", "points": "1", "per_spend": "1",
        "point_worth": "0.01", "checked_on": "2025-03-01", "found_where": "Su web" })).await;
    add("objectives", json!({ "name": "Más", "function": "marketing", "kpi": "members", "baseline": "1", "target": "9",
        "due": "2027-01-01", "owner": "Eva", "weight": 3, "elements": ["aurora-puntos/rule:base"] })).await;
    let system =
        add("systems", json!({ "name": "Caja", "owner": "Eva", "timing": "real_time" })).await;
    add("capabilities", json!({ "name": "earn_at_pos", "severity": "high", "system": system }))
        .await;
    add(
        "integration_points",
        json!({ "name": "Ventas", "source": system, "direction": "in", "event": "venta",
        "protocol": "HTTPS", "owner": "Eva", "proof_source": "till" }),
    )
    .await;
    add(
        "tasks",
        json!({ "name": "Conectar", "best_days": "2", "likely_days": "3", "worst_days": "9",
        "accountable": "Eva", "day_rate": 50_000 }),
    )
    .await;
    let new = requests::NewRequest {
        kind: "question".into(),
        title: "¿Por qué <b>baja</b>?".into(),
        body: "Dos\nlíneas".into(),
        priority: Some("high".into()),
        kpi: Some("members".into()),
    };
    let request = requests::open(&scope, new).await.unwrap().id;
    (workshop, request.to_string())
}

/// Somebody of the staff at a tenant's desk, by number.
fn staff(house: &House, tenant: &Tenant, number: i64) -> Scope<App> {
    let caller = Caller {
        principal: Principal {
            actor: format!("staff:{}", lazo_domain::ids::StaffId(number)),
            holder: Holder::Staff,
            grants: Vec::new(),
            home: None,
            scopes: None,
        },
        tenancy: Some(crate::api::tenancy(tenant)),
        real_now: NOON,
        locale: crate::i18n::Locale::EsEs,
        request_id: String::new(),
        one_posting: false,
        key: None,
        again: false,
        given_key: None,
    };
    visit::scope(house.app.clone(), caller).unwrap()
}

/// A journey with every kind of step, published and walked.
pub(super) async fn journey(house: &House, tenant: &Tenant) -> String {
    let (author, second) = (staff(house, tenant, 1), staff(house, tenant, 2));
    let words = json!({ "subject": "Hola {{given_name|amiga}}", "body": "Uno <b>dos</b>.", "button": "Ver", "link": "/rewards" });
    let content =
        json!({ "variants": [{ "name": "A", "weight": 1, "texts": { "es-ES": words } }] });
    let plan = json!({ "entry": { "type": "enrolled" }, "goal": { "type": "purchases", "count": 2, "days": 60 }, "steps": [
        { "type": "letter", "code": "hello", "service": true, "asks": true, "content": content },
        { "type": "branch", "code": "rich", "condition": "balance >= 0", "otherwise": "end" },
        { "type": "wait", "code": "week", "days": 7 },
        { "type": "letter", "code": "again", "content": content } ] });
    let draft = json!({ "name": "Hola <b>", "plan": plan, "holdout": 1_000 });
    let made = journeys::make(&author, serde_json::from_value(draft).unwrap()).await.unwrap();
    journeys::submit(&author, made.id).await.unwrap();
    journeys::decide(&second, made.id, true, "Conforme").await.unwrap();
    let (_stopper, stop) = crate::jobs::Stop::new();
    let turn = crate::jobs::Turn { now: NOON, stop };
    while journeys::walk::step(&house.app, &turn).await.unwrap().more {}
    made.id.to_string()
}

/// An audience and a campaign to it that was sent, with somebody left alone.
pub(super) async fn campaign(house: &House, tenant: &Tenant) -> ((String, String), String) {
    let app = &house.app;
    let (author, second) = (staff(house, tenant, 1), staff(house, tenant, 2));
    let all =
        members::store::page(&app.db, tenant.id, lazo_domain::ids::MemberId(0), 10).await.unwrap();
    for member in &all {
        let given = consents::api::ConsentBody {
            purpose: "offers".into(),
            channel: "email".into(),
            given: true,
        };
        consents::api::decide(&author, member, &[given]).await.unwrap();
    }
    let written = json!({ "name": "<b>Todos</b>", "condition": "balance >= 0" });
    let segment = segments::make(&author, &serde_json::from_value(written).unwrap()).await.unwrap();
    let words = json!({ "subject": "Hola {{given_name|amiga}}", "body": "Uno <b>dos</b>.\n\nTres", "button": "Ver", "link": "/rewards" });
    let draft = json!({ "name": "Otoño <b>", "segment": segment.id, "purpose": "offers", "holdout": 1_000,
        "content": { "variants": [{ "name": "A", "weight": 1, "texts": { "es-ES": words } },
            { "name": "B", "weight": 1, "texts": { "es-ES": words } }] } });
    let made = campaigns::make(&author, serde_json::from_value(draft).unwrap()).await.unwrap();
    campaigns::submit(&author, made.id).await.unwrap();
    campaigns::decide(&second, made.id, true, "Conforme").await.unwrap();
    campaigns::schedule(&author, made.id, None).await.unwrap();
    let (_stopper, stop) = crate::jobs::Stop::new();
    let turn = crate::jobs::Turn { now: NOON, stop };
    while campaigns::send::step(app, &turn).await.unwrap().more {}
    // Those who are looked at are new: they see their first steps.
    missions::policy::set(&author, true, 0).await.unwrap();
    let issue = super::super::newsletter::sent(&author, &second, tenant).await;
    ((segment.id.to_string(), made.id.to_string()), issue)
}
