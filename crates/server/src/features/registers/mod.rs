//! Registers: lists of things that people write down about a client, checked field by field, with every earlier state
//! kept. What a register is for, the features that read it say; which registers there are is in `sheets`.

pub mod api;
pub mod check;
pub mod console;
pub mod form;
pub mod sheets;
pub mod store;
#[cfg(test)]
mod tests;

use lazo_domain::ids::RegisterEntryId;
use lazo_domain::time::Timestamp;
use serde_json::{Map, Value, json};

use crate::App;
use crate::features::audit::{self, Deed};
use crate::http::{FieldError, Problem, Role, Scope};

pub use check::Number;

/// What an entry says: one value for each field that is filled in.
pub type Values = Map<String, Value>;

/// Who may read what is written down.
pub const READERS: &[Role] = &[Role::Analyst, Role::ProgramManager, Role::Finance, Role::Admin];
/// Who may write it down.
pub const WRITERS: &[Role] = &[Role::ProgramManager, Role::Finance, Role::Admin];
/// The most entries of one register: a list that people read, not a ledger.
pub const MOST: usize = 1_000;

/// A list of things.
#[derive(Debug)]
pub struct Register {
    /// Its name in addresses and in the database.
    pub code: &'static str,
    /// The page of the console that it belongs to.
    pub home: &'static str,
    /// What an entry says, the first field being what it is called.
    pub fields: &'static [Field],
    /// What must be so beyond single fields: a field and the code of what is wrong.
    pub rule: fn(&Values) -> Vec<(&'static str, &'static str)>,
}

/// One thing that an entry says.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Of what kind.
    pub kind: Kind,
    /// Must it be filled in?
    pub required: bool,
    /// Does it stand in the list?
    pub listed: bool,
}

/// What a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Words,
    /// Several lines.
    Text,
    /// A list of lines.
    Lines,
    /// A whole number from the first to the second.
    Whole(i64, i64),
    /// A number with decimals, kept exactly as text.
    Decimal,
    /// An amount of the tenant's money, in minor units.
    Money,
    /// A day such as `2026-12-31`.
    Day,
    /// An instant.
    Moment,
    /// Yes or no.
    Yes,
    /// One of these.
    Choice(&'static [&'static str]),
    /// Some of these.
    Choices(&'static [&'static str]),
    /// An entry of that register.
    Entry(&'static str),
    /// Some entries of that register.
    Entries(&'static str),
}

/// Something written down.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: RegisterEntryId,
    /// What it says.
    pub values: Values,
    /// Grows by one with every change.
    pub revision: i64,
    /// Who wrote it first.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// Who changed it last.
    pub changed_by: String,
    /// When.
    pub changed_at: Timestamp,
}

impl Register {
    /// The register of a code.
    #[must_use]
    pub fn named(code: &str) -> Option<&'static Self> {
        sheets::ALL.iter().find(|register| register.code == code)
    }
}

impl Entry {
    /// A text that it says; empty when it does not.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        self.values.get(field).and_then(Value::as_str).unwrap_or_default()
    }

    /// A whole number or an amount.
    #[must_use]
    pub fn whole(&self, field: &str) -> Option<i64> {
        self.values.get(field).and_then(Value::as_i64)
    }

    /// A number with decimals.
    #[must_use]
    pub fn number(&self, field: &str) -> Option<Number> {
        Number::parse(self.text(field))
    }

    /// Is it so?
    #[must_use]
    pub fn is(&self, field: &str) -> bool {
        self.values.get(field).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Several texts.
    #[must_use]
    pub fn texts(&self, field: &str) -> Vec<&str> {
        let all = self.values.get(field).and_then(Value::as_array);
        all.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// A day.
    #[must_use]
    pub fn day(&self, field: &str) -> Option<jiff::civil::Date> {
        self.text(field).parse().ok()
    }
}

/// The register of a code, or that there is none.
pub fn known(code: &str) -> Result<&'static Register, Problem> {
    Register::named(code).ok_or_else(|| Problem::not_found("register_not_found"))
}

/// Writes something new down.
pub async fn add(
    scope: &Scope<App>,
    register: &Register,
    values: Values,
) -> Result<Entry, Problem> {
    let values = checked(scope, register, values).await?;
    if store::all(&scope.app.db, scope.tenant, register.code).await?.len() >= MOST {
        return Err(Problem::new(422, "register_full").with("most", MOST.to_string()));
    }
    let (actor, now) = (scope.actor().to_owned(), scope.caller.real_now);
    let entry = Entry {
        id: RegisterEntryId(scope.app.ids.next()),
        values,
        revision: 1,
        author: actor.clone(),
        created_at: now,
        changed_by: actor,
        changed_at: now,
    };
    let mut tx = scope.app.db.begin().await?;
    store::insert(&mut tx, scope.tenant, register.code, &entry).await?;
    let detail = json!({ "register": register.code });
    audit::record(&mut tx, &Deed::of(scope, "register.entry_added", entry.id, detail)).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Changes what an entry says; `revision` is the one that the caller read.
pub async fn change(
    scope: &Scope<App>,
    register: &Register,
    id: RegisterEntryId,
    revision: i64,
    values: Values,
) -> Result<Entry, Problem> {
    let before = get(scope, register, id).await?;
    let values = checked(scope, register, values).await?;
    // Which fields changed, never what they say: the log holds no personal data.
    let fields: Vec<&str> = register.fields.iter().map(|field| field.name).collect();
    let changed: Vec<&&str> =
        fields.iter().filter(|name| before.values.get(**name) != values.get(**name)).collect();
    if changed.is_empty() {
        return Ok(before);
    }
    let entry = Entry {
        values,
        revision: revision.saturating_add(1),
        changed_by: scope.actor().to_owned(),
        changed_at: scope.caller.real_now,
        ..before
    };
    let mut tx = scope.app.db.begin().await?;
    if !store::update(&mut tx, scope.tenant, register.code, &entry, revision).await? {
        return Err(Problem::new(409, "changed_meanwhile"));
    }
    let detail = json!({ "register": register.code, "fields": changed });
    audit::record(&mut tx, &Deed::of(scope, "register.entry_changed", id, detail)).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Takes an entry out; what it said stays on record.
pub async fn remove(
    scope: &Scope<App>,
    register: &Register,
    id: RegisterEntryId,
) -> Result<(), Problem> {
    let entry = get(scope, register, id).await?;
    let mut tx = scope.app.db.begin().await?;
    let (actor, now) = (scope.actor(), scope.caller.real_now);
    if !store::remove(&mut tx, scope.tenant, register.code, &entry, actor, now).await? {
        return Err(Problem::new(409, "changed_meanwhile"));
    }
    let detail = json!({ "register": register.code });
    audit::record(&mut tx, &Deed::of(scope, "register.entry_removed", id, detail)).await?;
    tx.commit().await?;
    Ok(())
}

/// One entry.
pub async fn get(
    scope: &Scope<App>,
    register: &Register,
    id: RegisterEntryId,
) -> Result<Entry, Problem> {
    let found = store::by_id(&scope.app.db, scope.tenant, register.code, id).await?;
    found.ok_or_else(|| Problem::not_found("entry_not_found"))
}

/// All entries of a register, the oldest first.
pub async fn all(scope: &Scope<App>, code: &str) -> Result<Vec<Entry>, Problem> {
    Ok(store::all(&scope.app.db, scope.tenant, code).await?)
}

async fn checked(
    scope: &Scope<App>,
    register: &Register,
    values: Values,
) -> Result<Values, Problem> {
    let (values, mut errors) = check::check(register, values);
    for field in register.fields {
        let (Kind::Entry(of) | Kind::Entries(of)) = field.kind else { continue };
        let Some(named) = values.get(field.name) else { continue };
        let there = store::all(&scope.app.db, scope.tenant, of).await?;
        let named: Vec<&str> = match named {
            Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
            one => one.as_str().into_iter().collect(),
        };
        for id in named {
            if !there.iter().any(|entry| entry.id.to_string() == id) {
                errors.push(check::wrong(field.name, "entry"));
            }
        }
    }
    if errors.is_empty() { Ok(values) } else { Err(Problem::invalid(errors)) }
}

/// What is wrong, by field, for a page that shows a form again.
#[must_use]
pub fn wrong_fields(errors: &[FieldError]) -> Vec<(String, String)> {
    let field = |error: &FieldError| {
        let name = error.pointer.trim_start_matches('/').split('/').next().unwrap_or_default();
        (name.to_owned(), error.code.clone())
    };
    errors.iter().map(field).collect()
}
