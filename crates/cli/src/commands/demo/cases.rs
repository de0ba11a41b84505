//! Questions of the demo's member: one that was answered, one that waits.

use lazo_domain::time::{DAY, SECOND, Timestamp};
use lazo_server::App;
use lazo_server::features::cases::{self, NewCase};
use lazo_server::features::sessions::Whose;
use lazo_server::features::tenants::Tenant;
use lazo_server::features::{brands, staff};
use lazo_server::http::{Caller, Holder, Principal, Scope};
use lazo_server::i18n::Locale;
use lazo_server::web::visit;

use super::campaigns::told;
use super::doors::Team;
use crate::fault::Fault;

/// Asks in the member's name, and answers once in that of the service.
pub async fn tell(
    app: &App,
    tenant: &Tenant,
    member: Whose,
    team: &Team,
    now: Timestamp,
) -> Result<(), Fault> {
    let brand = brands::store::all(&app.db, tenant.id).await?.into_iter().next();
    let brand = brand.ok_or_else(|| Fault::failed("the demo's brand is not there"))?;
    let support = brand.config.support.as_ref();
    let site = brand.config.site.clone().unwrap_or_default();
    let ask = |once: &str, topic: &str, screen: &str, body: &str| NewCase {
        brand: brand.id,
        locale: Locale::EsEs,
        answer_days: support.map_or(2, |support| support.answer_days),
        once: once.to_owned(),
        topic: topic.to_owned(),
        screen: format!("/portal/{site}{screen}"),
        body: body.to_owned(),
    };
    let Whose::Member { member, account, .. } = member else {
        return Err(Fault::failed("the demo's member is not there"));
    };
    let own = |at: Timestamp| {
        let principal = Principal {
            actor: format!("member:{member}"),
            holder: Holder::Member { member, account },
            grants: Vec::new(),
            home: Some(tenant.id),
            scopes: None,
        };
        scope(app, tenant, principal, at)
    };
    let then = now.plus_micros(-6 * DAY);
    let first = ask(
        "first",
        "reward",
        "/rewards",
        "Tengo un café reservado y cierro el lunes la oficina. ¿Puedo recogerlo en otra tienda?",
    );
    let asked = cases::open(&own(then)?, &first).await.map_err(|problem| told(&problem))?;
    let service = staff::principal(&app.db, team.service).await?;
    let service = service.ok_or_else(|| Fault::failed("nobody answers in the demo"))?;
    let desk = scope(app, tenant, service, then.plus_micros(3 * 3_600 * SECOND))?;
    let answer = "Hola, Ana: sí, el código vale en todas las tiendas Aurora hasta la fecha que pone debajo. ¡Buen café!";
    cases::answer(&desk, asked.id, answer).await.map_err(|problem| told(&problem))?;
    let second = ask(
        "second",
        "purchase",
        "/points",
        "Ayer compré con el móvil y el total de puntos me sale más bajo de lo que esperaba. ¿Lo podéis mirar?",
    );
    cases::open(&own(now)?, &second).await.map_err(|problem| told(&problem))?;
    Ok(())
}

fn scope(
    app: &App,
    tenant: &Tenant,
    principal: Principal,
    at: Timestamp,
) -> Result<Scope<App>, Fault> {
    let caller = Caller {
        principal,
        tenancy: Some(tenant.into()),
        real_now: at,
        locale: Locale::EsEs,
        request_id: String::new(),
        one_posting: false,
        key: None,
        again: false,
        given_key: None,
    };
    visit::scope(app.clone(), caller).map_err(|problem| told(&problem))
}
