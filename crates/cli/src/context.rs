//! What commands share: settings, the printer, the clock of the machine, and how tenant and program are found.

use std::sync::{Arc, Mutex, PoisonError};

use lazo_domain::time::Timestamp;
use lazo_server::App;
use lazo_server::config::Config;
use lazo_server::features::programs::ProgramHead;
use lazo_server::features::tenants::Tenant;
use lazo_server::features::{programs, tenants};
use lazo_server::i18n::Locale;
use lazo_store::{Clock, Options, SystemClock};

use crate::args::Global;
use crate::fault::Fault;
use crate::printer::Printer;

/// What every command is given.
pub struct Context {
    /// Where words and data go.
    pub printer: Printer,
    /// The settings.
    pub config: Config,
    /// The tenant that was asked for.
    tenant: Option<String>,
    clock: Arc<dyn Clock>,
    /// What was opened, with the name it was opened under, to be closed at the end.
    opened: Mutex<Vec<(App, String)>>,
}

impl Context {
    /// Reads the settings: defaults, a file, the environment, and the command line over all.
    pub fn new(global: Global) -> Result<Self, Fault> {
        let printer = Printer { format: global.format, quiet: global.quiet };
        let file = match &global.config {
            None => None,
            Some(path) => {
                let name = path.display().to_string();
                let text = std::fs::read_to_string(path)
                    .map_err(|error| Fault::usage(format!("{name}: cannot be read: {error}")))?;
                Some((name, text))
            }
        };
        let file = file.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
        let mut config = Config::load(file, std::env::vars()).map_err(|fault| {
            Fault::usage(fault.to_string()).hint("`lazo doctor --settings` prints all settings")
        })?;
        if let Some(database) = global.database {
            config.database = database;
        }
        Ok(Self {
            printer,
            config,
            tenant: global.tenant,
            clock: Arc::new(SystemClock),
            opened: Mutex::default(),
        })
    }

    /// The same for another database, whose tenant is `tenant`.
    #[must_use]
    pub fn with_database(&self, database: String, tenant: &str) -> Self {
        let config = Config { database, ..self.config.clone() };
        Self {
            printer: self.printer,
            config,
            tenant: Some(tenant.to_owned()),
            clock: Arc::clone(&self.clock),
            opened: Mutex::default(),
        }
    }

    /// The same, reached at `public_url`, with letters going to the mail server at `smtp`.
    #[must_use]
    pub fn with_faces(&self, public_url: String, smtp: String) -> Self {
        let config = Config { public_url, smtp, ..self.config.clone() };
        Self {
            printer: self.printer,
            config,
            tenant: self.tenant.clone(),
            clock: Arc::clone(&self.clock),
            opened: Mutex::default(),
        }
    }

    /// The present instant.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Opens an installation that is there: a mistyped path is told instead of filled with an empty database.
    pub async fn existing(&self) -> Result<App, Fault> {
        self.must_exist()?;
        self.app().await
    }

    /// Refuses a SQLite file that is not there.
    pub fn must_exist(&self) -> Result<(), Fault> {
        let url = &self.config.database;
        match url.strip_prefix("sqlite://") {
            Some(path) if !std::path::Path::new(path).exists() => {
                Err(Fault::failed(format!("there is no database at {url}"))
                    .hint("`lazo apply FILE` makes one; another is named with --database URL"))
            }
            _ => Ok(()),
        }
    }

    /// How the database is opened.
    pub fn options(&self) -> Options {
        let Config { connections, allow_unsafe, .. } = self.config;
        Options { connections, allow_unsafe, ..Options::default() }
    }

    /// How this process is named among others on the same database.
    pub fn holder(&self) -> String {
        format!("lazo-{}", std::process::id())
    }

    /// Opens the installation, and makes it where there is none.
    pub async fn app(&self) -> Result<App, Fault> {
        let holder = self.holder();
        let app = App::open(&self.config, Arc::clone(&self.clock), &holder).await?;
        self.opened.lock().unwrap_or_else(PoisonError::into_inner).push((app.clone(), holder));
        Ok(app)
    }

    /// Gives back what others could wait for: a node number would else stay leased for a minute.
    pub async fn close(&self) {
        let opened =
            std::mem::take(&mut *self.opened.lock().unwrap_or_else(PoisonError::into_inner));
        for (app, holder) in opened {
            if let Err(error) = app.ids.release(&app.db, &holder).await {
                tracing::debug!(%error, "the node number stays leased until its time is over");
            }
        }
    }

    /// The tenant that was asked for, or the only one there is.
    pub async fn tenant(&self, app: &App) -> Result<Tenant, Fault> {
        if let Some(code) = &self.tenant {
            let found = tenants::store::by_code(&app.db, code).await?;
            return found.ok_or_else(|| Fault::failed(format!("there is no tenant `{code}`")));
        }
        let mut all = tenants::store::all(&app.db).await?;
        all.retain(|tenant| tenant.live);
        match all.len() {
            1 => Ok(all.remove(0)),
            0 => {
                Err(Fault::failed("there is no tenant yet")
                    .hint("set one up with `lazo apply FILE`"))
            }
            _ => {
                let codes: Vec<_> = all.iter().map(|tenant| tenant.config.code.as_str()).collect();
                Err(Fault::usage("there are several tenants")
                    .hint(format!("say which with --tenant: {}", codes.join(", "))))
            }
        }
    }

    /// The program of a code, or the only one of the tenant.
    pub async fn program(
        &self,
        app: &App,
        tenant: &Tenant,
        code: Option<&str>,
    ) -> Result<ProgramHead, Fault> {
        if let Some(code) = code {
            let found = programs::store::by_code(&app.db, tenant.id, code).await?;
            return found.ok_or_else(|| Fault::failed(format!("there is no program `{code}`")));
        }
        let mut all = programs::store::all(&app.db, tenant.id).await?;
        match all.len() {
            1 => Ok(all.remove(0)),
            0 => Err(Fault::failed("the tenant has no program yet")
                .hint("add one with `lazo apply FILE`")),
            _ => {
                let codes: Vec<_> = all.iter().map(|program| program.code.as_str()).collect();
                Err(Fault::usage("the tenant has several programs")
                    .hint(format!("say which with --program: {}", codes.join(", "))))
            }
        }
    }

    /// The language to speak: the one asked for, or that of the settings.
    pub fn locale(&self, asked: Option<&str>) -> Result<Locale, Fault> {
        asked.map_or(Ok(self.config.locale()), |tag| tag.parse().map_err(Fault::usage))
    }

    /// Who acts: the name given, or whoever is logged in.
    pub fn person(&self, given: Option<String>) -> String {
        let named = given.or_else(|| std::env::var("USER").ok());
        named.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| "operator".to_owned())
    }
}
