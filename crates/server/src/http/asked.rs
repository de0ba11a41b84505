//! Parameters of path and query, and keyset pages.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;

/// Items on a page when nobody says how many.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most items on a page.
pub const MAX_LIMIT: u32 = 100;
/// The longest query string, in octets.
const MAX_QUERY: usize = 4_096;

/// The parameters of the query, unknown ones refused (each `T` says so).
#[derive(Debug, Clone, Copy)]
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > MAX_QUERY || query.contains("%00") {
            return Err(Problem::new(400, "bad_query").with("detail", "too long, or with a NUL"));
        }
        let Query(asked) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|why| Problem::new(400, "bad_query").with("detail", why.body_text()))?;
        Ok(Self(asked))
    }
}

/// The one id in the path. What is no such id names nothing, so it is not found.
#[derive(Debug, Clone, Copy)]
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for PathId<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let missing = || Problem::not_found("not_found");
        let Path(text) =
            Path::<String>::from_request_parts(parts, state).await.map_err(|_| missing())?;
        if text.contains('\0') {
            return Err(missing());
        }
        text.parse().map(Self).map_err(|_| missing())
    }
}

/// Which page of a list. A list with filters of its own repeats these two fields.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// `cursor.next` of the page before.
    pub cursor: Option<String>,
}

/// A checked wish for a page: how many, and what the page before ended with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window<K> {
    /// How many items, 1 to [`MAX_LIMIT`].
    pub limit: usize,
    /// The key of the last item of the page before; `None` asks for the first page.
    pub after: Option<K>,
}

impl PageQuery {
    /// Checks the wish for a page of `list`; a cursor of another list or one that was changed is refused.
    pub fn window<K: DeserializeOwned>(&self, list: &str) -> Result<Window<K>, Problem> {
        window(list, self.limit, self.cursor.as_deref())
    }
}

/// As [`PageQuery::window`], for lists with parameters of their own.
pub fn window<K: DeserializeOwned>(
    list: &str,
    limit: Option<u32>,
    cursor: Option<&str>,
) -> Result<Window<K>, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let detail = format!("limit: must be between 1 and {MAX_LIMIT}");
        return Err(Problem::new(400, "bad_query").with("detail", detail));
    }
    let limit = usize::try_from(limit).unwrap_or(1);
    let after = cursor
        .map(|text| decode(list, text).ok_or_else(|| Problem::new(400, "bad_cursor")))
        .transpose()?;
    Ok(Window { limit, after })
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the list goes on.
    pub cursor: Cursor,
}

/// Where a list goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Cursor {
    /// Ask for the next page with `cursor=` and this; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page that is complete already; `last` is the key after which the list goes on, if it does.
    pub fn going_on<K: Serialize>(list: &str, items: Vec<T>, last: Option<&K>) -> Self {
        Self { items, cursor: Cursor { next: last.map(|key| encode(list, key)) } }
    }

    /// A page of what the store answered to a question for one item more than `limit`.
    pub fn of<R, K: Serialize>(
        list: &str,
        limit: usize,
        mut found: Vec<R>,
        key: impl Fn(&R) -> K,
        view: impl Fn(R) -> T,
    ) -> Self {
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next = last.map(|last| encode(list, &key(last)));
        Self { items: found.into_iter().map(view).collect(), cursor: Cursor { next } }
    }
}

fn encode(list: &str, key: &impl Serialize) -> String {
    let key = serde_json::to_vec(key).unwrap_or_default();
    let mut whole = check(list, &key).to_vec();
    whole.extend_from_slice(&key);
    URL_SAFE_NO_PAD.encode(whole)
}

fn decode<K: DeserializeOwned>(list: &str, text: &str) -> Option<K> {
    let whole = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (sum, key) = whole.split_at_checked(8)?;
    if sum != check(list, key) {
        return None;
    }
    serde_json::from_slice(key).ok()
}

/// Tells a cursor of this list that is as we made it. No secret: a cursor grants nothing, it only finds the place.
fn check(list: &str, key: &[u8]) -> [u8; 8] {
    let digest = Sha256::new().chain_update(list).chain_update([0]).chain_update(key).finalize();
    let mut sum = [0; 8];
    sum.copy_from_slice(&digest[..8]);
    sum
}
