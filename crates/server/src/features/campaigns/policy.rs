//! How much a tenant's members hear at most, in which hours, and which share of them hears of no campaign at all.

use jiff::ToSpan;
use lazo_domain::ids::TenantId;
use lazo_domain::time::{Timestamp, Zone};
use lazo_store::{Db, StoreError, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::draw::WHOLE;
use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{FieldError, Problem, Scope};
use crate::i18n::Locale;

/// The most letters a week that a policy may allow: one a day.
const MAX_PER_WEEK: i64 = 7;
/// The largest share that may be left alone by everything: half.
const MAX_UNIVERSAL: i64 = WHOLE / 2;

/// A share of [`WHOLE`] as a number of a hundred, with no more places than it has: `20`, `2.5`.
#[must_use]
pub fn share(locale: Locale, ten_thousandths: i64) -> String {
    match ten_thousandths {
        whole if whole % 100 == 0 => locale.number(whole / 100, 0),
        tenths if tenths % 10 == 0 => locale.number(tenths / 10, 1),
        all => locale.number(all, 2),
    }
}

/// How members are left in peace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactPolicy)]
pub struct Policy {
    /// The most campaigns that reach a member within seven days.
    #[schema(minimum = 1, maximum = 7)]
    pub max_per_week: i64,
    /// From this hour of the tenant's wall nothing leaves.
    #[schema(minimum = 0, maximum = 23)]
    pub quiet_from: i64,
    /// Until this one; the same hour means that there is no quiet time.
    #[schema(minimum = 0, maximum = 23)]
    pub quiet_to: i64,
    /// Which share of members hears of no campaign at all, in ten-thousandths.
    #[schema(minimum = 0, maximum = 5000)]
    pub universal_holdout: i64,
    /// Seeds the drawing of that share. It stays, so that the same people are left alone.
    #[serde(skip)]
    pub seed: i64,
}

impl Policy {
    /// What holds while nobody has said anything: twice a week, from nine to nine, two in a hundred left alone.
    fn usual(tenant: TenantId) -> Self {
        Self {
            max_per_week: 2,
            quiet_from: 21,
            quiet_to: 9,
            universal_holdout: 200,
            seed: tenant.0,
        }
    }

    /// Is it a time at which nothing leaves?
    #[must_use]
    pub fn is_quiet(&self, now: Timestamp, zone: &Zone) -> bool {
        let hour = i64::from(now.local(zone).hour());
        if self.quiet_from <= self.quiet_to {
            (self.quiet_from..self.quiet_to).contains(&hour)
        } else {
            hour >= self.quiet_from || hour < self.quiet_to
        }
    }

    /// The next instant at which something may leave.
    #[must_use]
    pub fn next_open(&self, now: Timestamp, zone: &Zone) -> Timestamp {
        if !self.is_quiet(now, zone) {
            return now;
        }
        let local = now.local(zone);
        let today = local.date();
        let late = i64::from(local.hour()) >= self.quiet_to;
        let day = if late { today.checked_add(1.day()).unwrap_or(today) } else { today };
        let hour = i8::try_from(self.quiet_to).unwrap_or(0);
        zone.instant(day.at(hour, 0, 0, 0))
    }
}

/// A tenant's policy.
pub async fn of(db: &Db, tenant: TenantId) -> Result<Policy, StoreError> {
    let sql =
        "select max_per_week, quiet_from, quiet_to, universal_holdout, seed from campaign_policy
        where tenant = $1";
    let Some(row) = db.query_one(sql, params![tenant.0]).await? else {
        return Ok(Policy::usual(tenant));
    };
    Ok(Policy {
        max_per_week: row.int("max_per_week")?,
        quiet_from: row.int("quiet_from")?,
        quiet_to: row.int("quiet_to")?,
        universal_holdout: row.int("universal_holdout")?,
        seed: row.int("seed")?,
    })
}

/// Sets the tenant's policy. A larger universal holdout keeps those who were left alone before and adds others.
pub async fn set(scope: &Scope<App>, wanted: &Policy) -> Result<Policy, Problem> {
    let mut errors = Vec::new();
    for (pointer, value, most, least) in [
        ("/max_per_week", wanted.max_per_week, MAX_PER_WEEK, 1),
        ("/quiet_from", wanted.quiet_from, 23, 0),
        ("/quiet_to", wanted.quiet_to, 23, 0),
        ("/universal_holdout", wanted.universal_holdout, MAX_UNIVERSAL, 0),
    ] {
        if !(least..=most).contains(&value) {
            let (pointer, code) = (pointer.to_owned(), "range".to_owned());
            let detail = format!("must be {least} to {most}");
            errors.push(FieldError { pointer, code, detail });
        }
    }
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    let seed = of(&scope.app.db, scope.tenant).await?.seed;
    let policy = Policy { seed, ..wanted.clone() };
    let sql = "insert into campaign_policy (tenant, max_per_week, quiet_from, quiet_to, universal_holdout, seed)
        values ($1, $2, $3, $4, $5, $6) on conflict (tenant) do update set max_per_week = excluded.max_per_week,
        quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, universal_holdout = excluded.universal_holdout";
    let mut tx = scope.app.db.begin().await?;
    let row = params![
        scope.tenant.0,
        policy.max_per_week,
        policy.quiet_from,
        policy.quiet_to,
        policy.universal_holdout,
        policy.seed
    ];
    tx.execute(sql, row).await?;
    let detail = json!({ "max_per_week": policy.max_per_week, "universal_holdout": policy.universal_holdout });
    audit::record(&mut tx, &Deed::of(scope, "campaign_policy.set", "policy", detail)).await?;
    tx.commit().await?;
    Ok(policy)
}
