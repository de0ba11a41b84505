//! Schema upgrades: numbered scripts, one set per engine, each applied once and in its own transaction.

#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use crate::db::{Db, Dialect, Row, Tx};
use crate::error::StoreError;
use crate::params;

/// One numbered step: the same number for both engines.
struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),*]
    };
}

/// Every step, in order. A step that has been released is never edited: the database remembers its hash.
const MIGRATIONS: &[Migration] = migrations![
    1 "0001_ledger",
    2 "0002_work",
    10 "0010_tenants",
    11 "0011_brands",
    12 "0012_programs",
    13 "0013_members",
    20 "0020_imports",
    30 "0030_staff",
    31 "0031_api_keys",
    32 "0032_member_tokens",
    33 "0033_audit",
    40 "0040_webhooks",
    41 "0041_schedule",
    50 "0050_adjustments",
    51 "0051_redemptions",
    52 "0052_adjustment_account",
    60 "0060_outbox_taken",
    61 "0061_adjustment_keys",
    62 "0062_tenant_heard",
    63 "0063_account_balances",
    64 "0064_event_entries",
    65 "0065_request_keys",
    70 "0070_integration_projects",
    71 "0071_integration_names",
    80 "0080_brand_kits",
    81 "0081_sessions",
    82 "0082_sign_in_addresses",
    100 "0100_registers",
    101 "0101_discovery",
    102 "0102_sign_offs",
    103 "0103_requests",
    104 "0104_workspace",
    105 "0105_kpis",
    106 "0106_technology",
    130 "0130_survivorship",
    140 "0140_token_issuers",
    141 "0141_draft_ancestors",
    142 "0142_brand_privacy",
    143 "0143_consents",
    150 "0150_measures",
    160 "0160_wave_signatures",
    180 "0180_staff_invitations",
    185 "0185_keys_that_grow",
    190 "0190_request_digests",
    191 "0191_member_reasons",
    195 "0195_passkeys",
    196 "0196_redemption_owner",
    200 "0200_segments",
    201 "0201_campaigns",
    202 "0202_print",
    203 "0203_print_zone",
    204 "0204_carried_orders",
    210 "0210_journeys",
    211 "0211_wallet_passes",
    212 "0212_web_push",
    213 "0213_newsletter",
    215 "0215_cases",
    216 "0216_brand_support",
    217 "0217_invitations",
    218 "0218_missions",
    219 "0219_vouchers",
    220 "0220_widget",
];

const VERSIONS: &str = "create table if not exists schema_version (
    number bigint not null primary key, name text not null, hash text not null)";
const VERSIONS_SQLITE: &str = "create table if not exists schema_version (
    number integer not null primary key, name text not null, hash text not null) strict";

impl Db {
    /// Brings the schema up to this binary's version; answers how many steps were applied.
    ///
    /// Both engines undo definitions with their transaction, so a kill at any statement leaves whole steps only.
    pub async fn migrate(&self) -> Result<usize, StoreError> {
        let mut applied = 0;
        while self.retry(|| self.step()).await? {
            applied += 1;
        }
        Ok(applied)
    }

    /// Refuses a database that is none of Lazo's or of a newer version; changes nothing. Answers how many steps of the
    /// schema it lacks.
    pub async fn lacking_steps(&self) -> Result<usize, StoreError> {
        let done = match self.query(DONE, &[]).await {
            Err(StoreError::Database { source, .. }) => {
                let why = format!("there is no installation of Lazo in this database: {source}");
                return Err(StoreError::Setup(why));
            }
            done => done?,
        };
        check(self.dialect(), &done)?;
        Ok(MIGRATIONS.len() - done.len())
    }

    /// Refuses a database that this binary does not fit; changes nothing.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        if self.lacking_steps().await? > 0 {
            return Err(StoreError::Setup(
                "the database's schema is older than this binary".into(),
            ));
        }
        Ok(())
    }

    /// Applies the next step, if there is one.
    async fn step(&self) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        lock(self.dialect(), &mut tx).await?;
        let done = tx.query(DONE, &[]).await?;
        check(self.dialect(), &done)?;
        let Some(next) = MIGRATIONS.get(done.len()) else {
            tx.commit().await?;
            return Ok(false);
        };
        let script = next.script(self.dialect());
        tx.script(script).await?;
        let remember = "insert into schema_version (number, name, hash) values ($1, $2, $3)";
        tx.execute(remember, params![next.number, next.name, hash(script)]).await?;
        tx.commit().await?;
        Ok(true)
    }
}

const DONE: &str = "select number, name, hash from schema_version order by number";

/// Makes the table of versions, and lets one process at a time migrate.
async fn lock(dialect: Dialect, tx: &mut Tx) -> Result<(), StoreError> {
    // dialect: SQLite locks by beginning to write; on PostgreSQL the number is any that nobody else uses
    match dialect {
        Dialect::Sqlite => tx.script(VERSIONS_SQLITE).await,
        Dialect::Postgres => {
            tx.script("select pg_advisory_xact_lock(7011960)").await?;
            tx.script(VERSIONS).await
        }
    }
}

fn check(dialect: Dialect, done: &[Row]) -> Result<(), StoreError> {
    for (place, row) in done.iter().enumerate() {
        let (number, name) = (row.int("number")?, row.text("name")?);
        let Some(known) = MIGRATIONS.get(place).filter(|known| known.number == number) else {
            return Err(StoreError::Setup(format!(
                "the database has schema step {number} ({name}), which this binary does not know; use a newer lazo"
            )));
        };
        if row.text("hash")? != hash(known.script(dialect)) {
            return Err(StoreError::Setup(format!(
                "schema step {number} ({name}) was applied with another text than this binary has"
            )));
        }
    }
    Ok(())
}

fn hash(script: &str) -> String {
    Sha256::digest(script.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Migration {
    fn script(&self, dialect: Dialect) -> &'static str {
        // dialect: the types of columns and the guards of the journal have no common text
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}
