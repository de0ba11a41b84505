//! Forms that go to the client by a link: one entry of a register, by somebody without a desk, once.

use lazo_domain::ids::TenantId;
use lazo_domain::time::{DAY, Timestamp};
use serde_json::json;

use super::store::{self, Form};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::registers::{self, Values, check};
use crate::features::tenants;
use crate::http::{Caller, Holder, Principal, Problem, Scope};
use crate::i18n::Locale;
use crate::secrets::{Secret, hash_of};
use crate::web::visit;

/// What a form's secret begins with.
const PREFIX: &str = "lzf_";
/// Registers that a client fills in by a link; those with people's names stay inside.
pub const ASKED: &[&str] =
    &["history", "tactics", "competitors", "objectives", "constraints", "systems"];

/// Makes a form's link that works for so many days; answers where it is and until when.
pub async fn make(
    scope: &Scope<App>,
    register: &str,
    days: i64,
) -> Result<(String, Timestamp), Problem> {
    if !ASKED.contains(&register) {
        return Err(Problem::field("/register", "choice", "is no register that a form fills"));
    }
    if !(1..=60).contains(&days) {
        return Err(Problem::field("/days", "invalid", "must be between 1 and 60"));
    }
    let secret = Secret::draw(PREFIX, scope.app.entropy.as_ref());
    let now = scope.caller.real_now;
    let form = Form {
        tenant: scope.tenant,
        register: register.to_owned(),
        asked_by: scope.actor().to_owned(),
        expires_at: now.plus_micros(days * DAY),
    };
    let mut tx = scope.app.db.begin().await?;
    store::put_form(&mut tx, &secret.hash, &form, now).await?;
    let detail = json!({ "days": days });
    audit::record(&mut tx, &Deed::of(scope, "discovery.form_sent", register, detail)).await?;
    tx.commit().await?;
    Ok((format!("/console/form/{}", secret.text), form.expires_at))
}

/// The form of a secret, with its tenant.
pub async fn found(app: &App, secret: &str) -> Result<(Form, tenants::Tenant), Problem> {
    let over = || Problem::new(404, "link_over");
    if !secret.starts_with(PREFIX) {
        return Err(over());
    }
    let form = store::form(&app.db, &hash_of(secret), app.clock.now()).await?.ok_or_else(over)?;
    let tenant = tenants::store::by_id(&app.db, form.tenant).await?;
    let tenant = tenant.filter(|tenant| tenant.live).ok_or_else(over)?;
    Ok((form, tenant))
}

/// Writes the answer down and uses the link up.
pub async fn answer(
    app: &App,
    secret: &str,
    name: &str,
    values: Values,
    locale: Locale,
) -> Result<(), Problem> {
    let (form, tenant) = found(app, secret).await?;
    let register = registers::known(&form.register)?;
    let name = name.trim();
    let (_, mut wrong) = check::check(register, values.clone());
    if name.is_empty() || name.chars().count() > 200 {
        wrong.push(check::wrong("answered_by", "required"));
    }
    if !wrong.is_empty() {
        return Err(Problem::invalid(wrong));
    }
    let scope = nobody(app, tenant.id, &tenant, locale)?;
    let mut tx = app.db.begin().await?;
    if !store::answer_form(&mut tx, &hash_of(secret), name, scope.caller.real_now).await? {
        return Err(Problem::new(404, "link_over"));
    }
    tx.commit().await?;
    registers::add(&scope, register, values).await?;
    Ok(())
}

/// A caller who is nobody but the one who has the link.
fn nobody(
    app: &App,
    tenant: TenantId,
    found: &tenants::Tenant,
    locale: Locale,
) -> Result<Scope<App>, Problem> {
    let caller = Caller {
        principal: Principal {
            actor: "form".to_owned(),
            holder: Holder::Key,
            grants: Vec::new(),
            home: Some(tenant),
            scopes: None,
        },
        tenancy: Some(found.into()),
        real_now: app.clock.now(),
        locale,
        request_id: String::new(),
        one_posting: false,
        key: None,
        again: false,
        given_key: None,
    };
    visit::scope(app.clone(), caller)
}
