//! The application: what commands, the server, the demo and tests share once a database is open.

use std::ops::Deref;
use std::sync::Arc;

use lazo_domain::ids::{MemberId, TenantId};
use lazo_store::{Clock, Db, IdGenerator, Ledger, Lookup, Options, StoreError};

use crate::config::Config;
use crate::features::api_keys::{self, ApiKey};
use crate::features::backtests::runs::Runs;
use crate::features::members::{self, Member};
use crate::features::programs::ProgramCache;
use crate::features::segments;
use crate::features::tenants::{self, Tenant};
use crate::features::{wallet_passes, webhook_endpoints};
use crate::http::Buckets;
use crate::mail::Mailer;
use crate::places::Places;
use crate::secrets::{Entropy, MachineEntropy};
use crate::web;

/// An open installation. Cheap to clone; all clones share its parts.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an installation is made of.
#[derive(Clone)]
pub struct Parts {
    /// The database.
    pub db: Db,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Arc<IdGenerator>,
    /// What nearly every request asks, gathered.
    pub lookups: Lookups,
    /// The programs in force.
    pub programs: ProgramCache,
    /// The only door for points.
    pub ledger: Ledger,
    /// Where secrets come from.
    pub entropy: Arc<dyn Entropy>,
    /// Where webhooks may go.
    pub webhooks: webhook_endpoints::Gate,
    /// Where files live that are not in the database.
    pub data_dir: std::path::PathBuf,
    /// Hands letters over.
    pub mailer: Mailer,
    /// The demo's letters, which a page shows; `None` everywhere else.
    pub letters: Option<crate::mail::sink::Sink>,
    /// How often strangers may knock: codes asked for, sign-ins tried.
    pub strangers: Arc<Buckets>,
    /// Backtests that are looked at in the console.
    pub backtests: Arc<Runs>,
    /// Quintiles of the day, which audiences ask for.
    pub scales: Arc<segments::rfm::Scales>,
    /// Places for work that goes through a client's whole history.
    pub places: Arc<Places>,
    /// Which wallets are offered.
    pub wallet: Arc<wallet_passes::Wallet>,
    /// Settings of the pages.
    pub faces: web::Settings,
}

impl App {
    /// Opens the database of `config`, brings its schema up to this binary's, and leases a node number for ids.
    ///
    /// `holder` names this process among others on the same database.
    pub async fn open(
        config: &Config,
        clock: Arc<dyn Clock>,
        holder: &str,
    ) -> Result<Self, StoreError> {
        let Config { connections, allow_unsafe, .. } = *config;
        let options = Options { connections, allow_unsafe, ..Options::default() };
        let db = Db::open(&config.database, options).await?;
        db.migrate().await?;
        let app = Self::over(db, clock, holder).await?;
        Ok(app.with(|parts| {
            parts.webhooks = webhook_endpoints::Gate::of(config);
            parts.data_dir.clone_from(&config.data_dir);
            parts.mailer = config.mailer();
            parts.wallet = Arc::new(wallet_passes::Wallet::of(config));
            parts.faces = web::Settings { public_url: config.public_url.clone() };
        }))
    }

    /// The application over a database that is open and migrated.
    pub async fn over(db: Db, clock: Arc<dyn Clock>, holder: &str) -> Result<Self, StoreError> {
        let ids = IdGenerator::lease(&db, Arc::clone(&clock), holder).await?;
        let lookups = Lookups::over(&db);
        let programs = ProgramCache::new(db.clone(), lookups.tenants.clone());
        let source = Arc::new(programs.clone());
        let ledger = Ledger::start(db.clone(), Arc::clone(&ids), Arc::clone(&clock), source);
        Ok(Self(Arc::new(Parts {
            db,
            clock,
            ids,
            lookups,
            programs,
            ledger,
            entropy: Arc::new(MachineEntropy),
            webhooks: webhook_endpoints::Gate::strict(),
            data_dir: ".".into(),
            mailer: Mailer::default(),
            letters: None,
            strangers: Arc::default(),
            backtests: Arc::default(),
            scales: Arc::default(),
            places: Arc::default(),
            wallet: Arc::default(),
            faces: web::Settings::default(),
        })))
    }

    /// The same installation with some part changed.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Parts)) -> Self {
        let mut parts = Parts::clone(self);
        change(&mut parts);
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The questions of nearly every request: many at once share a statement, and each sees what was committed before it.
#[derive(Clone)]
pub struct Lookups {
    /// API keys by the hash of their secret, with the tenant of each.
    pub api_keys: Lookup<Vec<u8>, (ApiKey, Arc<Tenant>)>,
    /// Tenants by id.
    pub tenants: Lookup<TenantId, Arc<Tenant>>,
    /// Members by id.
    pub members: Lookup<(TenantId, MemberId), Member>,
    /// Members by identifier.
    pub identifiers: Lookup<members::store::Name, Member>,
}

impl Lookups {
    fn over(db: &Db) -> Self {
        Self {
            api_keys: api_keys::store::by_hash(db.clone()),
            tenants: tenants::store::lookup(db.clone()),
            members: members::store::lookup(db.clone()),
            identifiers: members::store::lookup_by_identifier(db.clone()),
        }
    }
}
