//! The demo's doors: people with something to see, and links that open signed in.

use lazo_domain::ids::StaffId;
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::configuration::{self, Document};
use lazo_server::features::members::{self, EMAIL, EXTERNAL, Identifier, PHONE};
use lazo_server::features::sessions::{Whose, links};
use lazo_server::features::staff;
use lazo_server::features::tenants::{self, Tenant};
use lazo_server::http::{Grant, Role};

use super::purchases::FIRST_CARD;
use crate::fault::{Fault, in_full};

/// How long a door's link works.
const LASTS: i64 = DAY;
/// The change to the grocer's program that waits for a second person.
const CHANGE: (&str, &str) = ("factor = \"2\"", "factor = \"3\"");

/// The people of the demo, by their staff ids.
pub struct Team {
    /// Runs the grocer's program.
    pub manager: StaffId,
    /// Stands at the grocer's till.
    pub cashier: StaffId,
    /// Answers members, and keeps people, keys and webhooks in order.
    pub service: StaffId,
    /// Works at the partner agency, for every client.
    pub partner: StaffId,
}

/// Makes the team; who is there already stays.
pub async fn team(app: &App, now: Timestamp) -> Result<Team, Fault> {
    let all = tenants::store::all(&app.db).await?;
    let clients = |codes: &[&str]| {
        let found = all.iter().filter(|tenant| codes.contains(&tenant.config.code.as_str()));
        found.map(|tenant| tenant.id).collect::<Vec<_>>()
    };
    let people = [
        ("marta@aurora.example", "Marta Soler", clients(&["aurora"]), vec![Role::ProgramManager]),
        ("lucia@aurora.example", "Lucía Vega", clients(&["aurora"]), vec![Role::Cashier]),
        (
            "nora@aurora.example",
            "Nora Prats",
            clients(&["aurora", "brisa", super::story::TENANT]),
            vec![Role::Agent, Role::Admin],
        ),
        (
            "carla@socia.example",
            "Carla Ruiz",
            clients(&["aurora", "brisa", super::story::TENANT]),
            vec![Role::ProgramManager, Role::Finance, Role::Analyst],
        ),
    ];
    let mut ids = Vec::new();
    for (login, name, clients, roles) in people {
        let mut tx = app.db.begin().await?;
        let fresh = StaffId(app.ids.next());
        let id = staff::store::ensure(&mut tx, fresh, login, name, now).await?;
        for tenant in clients {
            for role in &roles {
                let grant = Grant { tenant: Some(tenant), role: *role };
                staff::store::grant(&mut tx, id, grant, "demo", now).await?;
            }
        }
        tx.commit().await?;
        ids.push(id);
    }
    Ok(Team { manager: ids[0], cashier: ids[1], service: ids[2], partner: ids[3] })
}

/// Gives the holder of the first card a name, an address and a phone.
pub async fn member(
    app: &App,
    tenant: &Tenant,
    email: &str,
    now: Timestamp,
) -> Result<Whose, Fault> {
    let card = Identifier::new(EXTERNAL, &FIRST_CARD.to_string(), &tenant.config.country)
        .map_err(Fault::failed)?;
    let found = members::store::by_identifier(&app.db, tenant.id, &card).await?;
    let mut person = found.ok_or_else(|| Fault::failed("the demo's member is not there"))?;
    for (scheme, value) in [(EMAIL, email), (PHONE, "600 100 100")] {
        members::add_identifier(&app.db, tenant, person.id, scheme, value, now)
            .await
            .map_err(|refusal| Fault::failed(in_full(&refusal)))?;
    }
    person.attributes.insert("given_name".to_owned(), "Ana".into());
    members::store::update(&app.db, &person).await?;
    Ok(Whose::Member { tenant: tenant.id, member: person.id, account: person.account })
}

/// Somebody of the merged company who was in Aurora Puntos before.
pub async fn merged(app: &App) -> Result<Option<Whose>, Fault> {
    let Some(tenant) = tenants::store::by_code(&app.db, super::story::TENANT).await? else {
        return Ok(None);
    };
    let name = Identifier::new("aurora", super::story::EXAMPLE, &tenant.config.country);
    let name = name.map_err(Fault::failed)?;
    let found = members::store::by_identifier(&app.db, tenant.id, &name).await?;
    let whose = found.map(|person| Whose::Member {
        tenant: tenant.id,
        member: person.id,
        account: person.account,
    });
    Ok(whose)
}

/// Leaves a change of the grocer's program for a second person, in the manager's name.
pub async fn draft(
    app: &App,
    company: &str,
    manager: StaffId,
    now: Timestamp,
) -> Result<(), Fault> {
    let changed = company.replace(CHANGE.0, CHANGE.1);
    let document = Document::parse(&changed)
        .map_err(|problems| Fault::failed(format!("the demo's own document: {}", problems[0])))?;
    let told = |error: configuration::ApplyError| Fault::failed(in_full(&error));
    let plan = configuration::plan(&app.db, document).await.map_err(told)?;
    let author = format!("staff:{manager}");
    plan.carry_out(&app.db, &app.ids, &author, now).await.map_err(told)?;
    Ok(())
}

/// A link that opens signed in, once.
pub async fn link(
    app: &App,
    base: &str,
    whose: Whose,
    path: &str,
    now: Timestamp,
) -> Result<String, Fault> {
    let secret = links::make(app, whose, path, now.plus_micros(LASTS)).await?;
    let door = match whose {
        Whose::Member { .. } => path,
        Whose::Staff(_) => "/console",
    };
    Ok(format!("{base}{door}/open/{}", secret.text))
}
