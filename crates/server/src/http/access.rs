//! Who may call what: one row per endpoint, declared by its feature and enforced before any handler runs.

use std::collections::BTreeMap;

use axum::http::Method;
use lazo_domain::ids::TenantId;

use super::principal::{Holder, Principal, Role};
use super::problem::Problem;

/// Everything of the API lives below this path.
pub const BASE: &str = "/api/v1";

/// One endpoint's row: who may call it. Whoever is not named here may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// `GET`, `POST`, …
    pub method: &'static str,
    /// The path below [`BASE`] as it is routed, such as `/purchases/{purchase}`.
    pub path: &'static str,
    /// What a narrowed key must carry, such as `purchases:write`.
    pub scope: &'static str,
    /// The roles that may call it.
    pub roles: &'static [Role],
    /// May members call it, for what is their own? The handler answers 404 for everybody else's.
    pub own: bool,
    /// Is it about the installation and not about one tenant?
    pub installation: bool,
    /// May anybody call it, with a token or without?
    pub open: bool,
    /// May only people call it, and no key? For decisions that need a second person.
    pub people: bool,
    /// Is all it does one posting, so that a request sent again is answered from the ledger?
    pub one_posting: bool,
}

impl Access {
    /// A row for reading.
    #[must_use]
    pub const fn get(path: &'static str, scope: &'static str, roles: &'static [Role]) -> Self {
        Self::row("GET", path, scope, roles)
    }

    /// A row for making something or asking for something to be done.
    #[must_use]
    pub const fn post(path: &'static str, scope: &'static str, roles: &'static [Role]) -> Self {
        Self::row("POST", path, scope, roles)
    }

    /// A row for setting something.
    #[must_use]
    pub const fn put(path: &'static str, scope: &'static str, roles: &'static [Role]) -> Self {
        Self::row("PUT", path, scope, roles)
    }

    /// A row for changing a part of something.
    #[must_use]
    pub const fn patch(path: &'static str, scope: &'static str, roles: &'static [Role]) -> Self {
        Self::row("PATCH", path, scope, roles)
    }

    /// A row for removing something.
    #[must_use]
    pub const fn delete(path: &'static str, scope: &'static str, roles: &'static [Role]) -> Self {
        Self::row("DELETE", path, scope, roles)
    }

    const fn row(
        method: &'static str,
        path: &'static str,
        scope: &'static str,
        roles: &'static [Role],
    ) -> Self {
        Self {
            method,
            path,
            scope,
            roles,
            own: false,
            installation: false,
            open: false,
            people: false,
            one_posting: false,
        }
    }

    /// Members too, for what is their own.
    #[must_use]
    pub const fn and_own(self) -> Self {
        Self { own: true, ..self }
    }

    /// About the installation: no tenant is chosen, and roles count there.
    #[must_use]
    pub const fn of_installation(self) -> Self {
        Self { installation: true, ..self }
    }

    /// All it does is one posting: its `Idempotency-Key` goes on record with the posting itself.
    #[must_use]
    pub const fn one_posting(self) -> Self {
        Self { one_posting: true, ..self }
    }

    /// For anybody at all.
    #[must_use]
    pub const fn open(self) -> Self {
        Self { open: true, ..self }
    }

    /// For people only: a key is nobody's decision.
    #[must_use]
    pub const fn by_people(self) -> Self {
        Self { people: true, ..self }
    }

    /// May `principal` call it in `tenant`?
    pub fn allows(&self, principal: &Principal, tenant: Option<TenantId>) -> Result<(), Problem> {
        let tenant = if self.installation { None } else { tenant };
        let by_role = self.roles.iter().any(|role| principal.is(*role, tenant));
        let by_own = self.own && matches!(principal.holder, Holder::Member { .. });
        if !self.open && !by_role && !by_own {
            return Err(Problem::new(403, "forbidden"));
        }
        if self.people && principal.holder != Holder::Staff {
            return Err(Problem::new(403, "person_required"));
        }
        if !principal.carries(self.scope) {
            return Err(Problem::new(403, "scope_missing").with("scope", self.scope));
        }
        Ok(())
    }
}

/// All rows of all features, by method and routed path.
#[derive(Debug, Clone, Default)]
pub struct AccessTable(BTreeMap<String, BTreeMap<&'static str, Access>>);

/// What the table says of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// There is a row.
    Declared(Access),
    /// The path is known with other methods.
    OtherMethod,
    /// Nobody declared the path: nobody may call it.
    Undeclared,
}

impl AccessTable {
    /// The rows of every feature. Two rows for one endpoint are a mistake of ours.
    #[must_use]
    pub fn new<'a>(rows: impl IntoIterator<Item = &'a Access>) -> Self {
        let mut table = Self::default();
        for row in rows {
            let path = format!("{BASE}{}", row.path);
            let before = table.0.entry(path).or_default().insert(row.method, *row);
            assert!(before.is_none(), "two access rows for {} {}", row.method, row.path);
        }
        table
    }

    /// The row of a request. `HEAD` is as `GET`.
    #[must_use]
    pub fn row(&self, method: &Method, path: &str) -> Row {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        match self.0.get(path) {
            None => Row::Undeclared,
            Some(methods) => {
                methods.get(method).map_or(Row::OtherMethod, |row| Row::Declared(*row))
            }
        }
    }

    /// Every row with its full path.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &Access)> {
        self.0.iter().flat_map(|(path, rows)| rows.values().map(move |row| (path.as_str(), row)))
    }
}
