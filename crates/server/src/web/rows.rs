//! Who may open which page: one row per page and form, declared by its feature and enforced before any handler runs.

use std::collections::BTreeMap;

use axum::http::Method;

use crate::http::Role;

/// A face of the product: whom its pages are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// Members, in their brand's clothes.
    Portal,
    /// The team.
    Console,
    /// A store's till.
    Till,
}

impl Face {
    /// Every face.
    pub const ALL: [Self; 3] = [Self::Portal, Self::Console, Self::Till];

    /// The path that its pages are below.
    #[must_use]
    pub fn base(self) -> &'static str {
        match self {
            Self::Portal => "/portal/{site}",
            Self::Console => "/console",
            Self::Till => "/caja",
        }
    }
}

/// Who may come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anybody.
    Anybody,
    /// A member, for what is his or her own.
    Own,
    /// Staff with one of these roles in the tenant.
    Staff(&'static [Role]),
}

/// One page's or form's row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRow {
    /// On which face.
    pub face: Face,
    /// `GET` for a page, `POST` for a form.
    pub method: &'static str,
    /// The path below the face's, as it is routed; empty is the face's first page.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
}

impl PageRow {
    /// A page that members see.
    #[must_use]
    pub const fn portal(path: &'static str, who: Who) -> Self {
        Self { face: Face::Portal, method: "GET", path, who }
    }

    /// A page that staff sees.
    #[must_use]
    pub const fn console(path: &'static str, who: Who) -> Self {
        Self { face: Face::Console, method: "GET", path, who }
    }

    /// A page of the till.
    #[must_use]
    pub const fn till(path: &'static str, who: Who) -> Self {
        Self { face: Face::Till, method: "GET", path, who }
    }

    /// The same path as a form that is sent.
    #[must_use]
    pub const fn sent(self) -> Self {
        Self { method: "POST", ..self }
    }

    /// The whole path as it is routed.
    #[must_use]
    pub fn full_path(&self) -> String {
        format!("{}{}", self.face.base(), self.path)
    }
}

/// All rows of all features, by routed path and method.
#[derive(Debug, Clone, Default)]
pub struct PageTable(BTreeMap<String, BTreeMap<&'static str, PageRow>>);

impl PageTable {
    /// The rows of every feature. Two rows for one page are a mistake of ours.
    #[must_use]
    pub fn new<'a>(rows: impl IntoIterator<Item = &'a PageRow>) -> Self {
        let mut table = Self::default();
        for row in rows {
            let path = row.full_path();
            let before = table.0.entry(path).or_default().insert(row.method, *row);
            assert!(before.is_none(), "two rows for {} {}", row.method, row.full_path());
        }
        table
    }

    /// The row of a request; `HEAD` is as `GET`.
    #[must_use]
    pub fn row(&self, method: &Method, path: &str) -> Option<PageRow> {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        self.0.get(path)?.get(method).copied()
    }

    /// Every row with its full path.
    pub fn rows(&self) -> impl Iterator<Item = (&str, &PageRow)> {
        self.0.iter().flat_map(|(path, rows)| rows.values().map(move |row| (path.as_str(), row)))
    }
}
