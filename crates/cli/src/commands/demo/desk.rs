//! The partner's desk in the demo: an invented discovery of each client, read from `demo/desk`, written down by the
//! people whom it names.

use std::collections::BTreeMap;

use jiff::ToSpan;
use lazo_domain::ids::StaffId;
use lazo_domain::points::decimal;
use lazo_domain::time::{DAY, Timestamp};
use lazo_server::App;
use lazo_server::features::discovery::{self, tactics};
use lazo_server::features::kpis::{self, Kpi};
use lazo_server::features::registers::{self, Number, Values};
use lazo_server::features::requests::{self, NewRequest, change};
use lazo_server::features::tenants::{self, Tenant};
use lazo_server::features::workspace::{self, Place};
use lazo_server::features::{sign_offs, staff};
use lazo_server::http::{Caller, Grant, Problem, Role, Scope};
use lazo_server::i18n::Locale;
use lazo_server::web::visit;
use serde::Deserialize;
use serde_json::Value;

use super::{campaigns, journeys, newcomers, newsletter};
use crate::fault::Fault;

/// The clients' files.
const CLIENTS: [(&str, &str); 2] = [
    ("aurora", include_str!("../../../../../demo/desk/aurora.toml")),
    ("brisa", include_str!("../../../../../demo/desk/brisa.toml")),
];
/// How many weeks back the baseline was frozen, and how many weeks lie between readings.
const WEEKS: i64 = 12;
const STEP: i64 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Desk {
    sign_offs: bool,
    discovery: bool,
    people: Vec<Person>,
    #[serde(default)]
    entries: Vec<Entry>,
    #[serde(default)]
    votes: Vec<BTreeMap<String, Value>>,
    #[serde(default)]
    signs: Vec<Sign>,
    #[serde(default)]
    requests: Vec<Request>,
    /// Who opens first steps and invitations.
    #[serde(default)]
    newcomers: Option<String>,
    /// Who writes campaigns.
    #[serde(default)]
    campaigns: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    login: String,
    name: String,
    roles: Vec<Role>,
    side: String,
    duty: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    digest: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    register: String,
    #[serde(default)]
    key: Option<String>,
    values: Values,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    program: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    by: String,
    kind: String,
    title: String,
    #[serde(default)]
    body: String,
    priority: String,
    #[serde(default)]
    kpi: Option<String>,
    #[serde(default)]
    draft: Option<String>,
    #[serde(default)]
    approve: Vec<String>,
    #[serde(default)]
    say: Vec<Said>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    by: String,
    body: String,
}

/// Fills every client's desk that is empty.
pub async fn fill(app: &App, now: Timestamp) -> Result<(), Fault> {
    for (code, text) in CLIENTS {
        let Some(tenant) = tenants::store::by_code(&app.db, code).await? else { continue };
        if workspace::store::people(&app.db, tenant.id).await?.is_empty() {
            let desk: Desk = toml::from_str(text)
                .map_err(|error| Fault::failed(format!("demo/desk/{code}.toml: {error}")))?;
            Client { app, tenant, now, people: BTreeMap::new(), keys: BTreeMap::new() }
                .fill(desk)
                .await?;
        }
    }
    Ok(())
}

/// A client whose desk is being filled.
struct Client<'a> {
    app: &'a App,
    tenant: Tenant,
    now: Timestamp,
    people: BTreeMap<String, StaffId>,
    keys: BTreeMap<String, String>,
}

fn told(problem: &Problem) -> Fault {
    let errors: Vec<String> =
        problem.errors.iter().map(|error| format!("{}: {}", error.pointer, error.detail)).collect();
    Fault::failed(format!("the demo's own desk: {} {}", problem.code, errors.join("; ")))
}

impl Client<'_> {
    async fn fill(mut self, desk: Desk) -> Result<(), Fault> {
        self.people(&desk.people).await?;
        self.readings().await?;
        let partner = desk.people.iter().find(|person| person.side == "partner");
        let partner = partner.ok_or_else(|| Fault::failed("the desk has no partner"))?;
        let carla = self.scope(&partner.login).await?;
        for entry in desk.entries {
            let register = registers::known(&entry.register).map_err(|p| told(&p))?;
            let values = self.values(entry.values).await?;
            let added = registers::add(&carla, register, values).await.map_err(|p| told(&p))?;
            if let Some(key) = entry.key {
                self.keys.insert(key, added.id.to_string());
            }
        }
        for votes in desk.votes {
            let tactic = votes.get("tactic").and_then(Value::as_str).unwrap_or_default();
            for (function, vote) in votes.iter().filter(|(name, _)| *name != "tactic") {
                let vote = vote.as_i64().unwrap_or(i64::MAX);
                tactics::vote(&carla, tactic, function, vote).await.map_err(|p| told(&p))?;
            }
        }
        discovery::demand(&carla, desk.discovery).await.map_err(|p| told(&p))?;
        sign_offs::demand(&carla, desk.sign_offs).await.map_err(|p| told(&p))?;
        for sign in &desk.signs {
            self.sign(&sign.program).await?;
        }
        for request in desk.requests {
            self.request(request).await?;
        }
        if let Some(opens) = desk.newcomers {
            newcomers::tell(&self.scope(&opens).await?, &self.tenant).await?;
        }
        if let Some(writes) = desk.campaigns {
            let author = self.scope(&writes).await?;
            campaigns::tell(&author, &carla, &self.tenant).await?;
            journeys::tell(&author, &carla, &self.tenant).await?;
            newsletter::tell(&author, &carla, &self.tenant).await?;
        }
        Ok(())
    }

    /// Makes the people, with their roles and places.
    async fn people(&mut self, people: &[Person]) -> Result<(), Fault> {
        for person in people {
            let mut tx = self.app.db.begin().await?;
            let fresh = StaffId(self.app.ids.next());
            let id =
                staff::store::ensure(&mut tx, fresh, &person.login, &person.name, self.now).await?;
            for role in &person.roles {
                let grant = Grant { tenant: Some(self.tenant.id), role: *role };
                staff::store::grant(&mut tx, id, grant, "demo", self.now).await?;
            }
            let place = Place {
                side: person.side.clone(),
                duty: person.duty.clone(),
                phone: person.phone.clone(),
                digest: person.digest,
                away_until: None,
                deputy: None,
            };
            workspace::store::put(&mut tx, self.tenant.id, id, &place).await?;
            tx.commit().await?;
            self.people.insert(person.login.clone(), id);
        }
        Ok(())
    }

    /// Reads the indicators as they were, the earliest as the baseline.
    async fn readings(&self) -> Result<(), Fault> {
        let mut weeks = WEEKS;
        while weeks >= 0 {
            let at = self.now.plus_micros(-weeks * 7 * DAY);
            kpis::take(self.app, self.tenant.id, at, "demo", weeks == WEEKS).await?;
            weeks -= STEP;
        }
        Ok(())
    }

    async fn scope(&self, login: &str) -> Result<Scope<App>, Fault> {
        let id = self.people.get(login).copied();
        let id = id.ok_or_else(|| Fault::failed(format!("the desk names nobody `{login}`")))?;
        let principal = staff::principal(&self.app.db, id).await?;
        let caller = Caller {
            principal: principal.ok_or_else(|| Fault::failed("nobody"))?,
            tenancy: Some((&self.tenant).into()),
            real_now: self.now,
            locale: Locale::EsEs,
            request_id: String::new(),
            one_posting: false,
            key: None,
            again: false,
            given_key: None,
        };
        visit::scope(self.app.clone(), caller).map_err(|problem| told(&problem))
    }

    /// What an entry says, with its days, references and baselines filled in.
    async fn values(&self, values: Values) -> Result<Values, Fault> {
        let mut filled = Values::new();
        for (name, value) in values {
            let value = match value {
                Value::String(text) => Value::String(self.text(&text).await?),
                Value::Array(all) if name.ends_with("_keys") => {
                    let mut ids = Vec::new();
                    for key in all.iter().filter_map(Value::as_str) {
                        ids.push(Value::String(self.text(&format!("#{key}")).await?));
                    }
                    Value::Array(ids)
                }
                value => value,
            };
            filled.insert(name.trim_end_matches("_keys").to_owned(), value);
        }
        Ok(filled)
    }

    async fn text(&self, text: &str) -> Result<String, Fault> {
        let zone = &self.tenant.config.time_zone;
        let today = self.now.local(zone).date();
        let inner =
            |begins: &str| text.strip_prefix(begins).and_then(|rest| rest.strip_suffix('}'));
        let wrong = || Fault::failed(format!("the demo's own desk: `{text}`"));
        if let Some(days) = inner("{day:") {
            let days: i64 = days.parse().map_err(|_| wrong())?;
            return Ok(today.checked_add(days.days()).map_err(|_| wrong())?.to_string());
        }
        if let Some(days) = inner("{at:") {
            let days: i64 = days.parse().map_err(|_| wrong())?;
            let day = today.checked_add(days.days()).map_err(|_| wrong())?;
            return Ok(zone.instant(day.at(10, 0, 0, 0)).to_string());
        }
        if let Some(key) = text.strip_prefix('#') {
            return self.keys.get(key).cloned().ok_or_else(wrong);
        }
        let Some((kpi, percent)) = text.strip_prefix('$').and_then(|rest| rest.split_once(':'))
        else {
            return Ok(text.to_owned());
        };
        let kpi = Kpi::named(kpi).ok_or_else(wrong)?;
        let percent: i64 = percent.parse().map_err(|_| wrong())?;
        let all = kpis::store::baselines(&self.app.db, self.tenant.id).await?;
        let base = all.iter().find(|reading| reading.kpi == kpi).ok_or_else(wrong)?;
        let Number(micros) = base.number(self.tenant.config.currency);
        let scaled = micros.checked_mul(percent).ok_or_else(wrong)? / 100;
        // Two decimals are enough for a target that people agree on.
        Ok(decimal(scaled / 10_000, 2))
    }

    /// All six functions sign the version that is live.
    async fn sign(&self, program: &str) -> Result<(), Fault> {
        use lazo_server::features::programs::{self, VersionState};
        let head = programs::store::by_code(&self.app.db, self.tenant.id, program).await?;
        let head = head.ok_or_else(|| Fault::failed(format!("no program `{program}`")))?;
        let versions = programs::store::versions(&self.app.db, self.tenant.id, head.id).await?;
        let live = versions.iter().find(|version| version.state == VersionState::Published);
        let live = live.ok_or_else(|| Fault::failed("no version"))?;
        for login in self.people.keys() {
            let scope = self.scope(login).await?;
            for function in sign_offs::speaks_for(&scope).await.map_err(|p| told(&p))? {
                let done = sign_offs::sign(&scope, live, function, true, "").await;
                done.map_err(|problem| told(&problem))?;
            }
        }
        Ok(())
    }

    async fn request(&self, request: Request) -> Result<(), Fault> {
        let asker = self.scope(&request.by).await?;
        let Request { kind, title, body, priority, kpi, draft, approve, say, .. } = request;
        let new = NewRequest { kind, title, body, priority: Some(priority), kpi };
        let opened = requests::open(&asker, new).await.map_err(|p| told(&p))?;
        if let Some(program) = draft {
            let tried = change::attach(&asker, opened.id, &program).await.map_err(|p| told(&p))?;
            let shown = change::digest(&tried).unwrap_or_default();
            for login in approve {
                let scope = self.scope(&login).await?;
                for function in sign_offs::speaks_for(&scope).await.map_err(|p| told(&p))? {
                    let decided = change::decide(&scope, opened.id, (function, &shown), true, "");
                    decided.await.map_err(|problem| told(&problem))?;
                }
            }
        }
        for said in say {
            let scope = self.scope(&said.by).await?;
            requests::say(&scope, opened.id, &said.body).await.map_err(|p| told(&p))?;
        }
        Ok(())
    }
}
