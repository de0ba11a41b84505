//! Cookies: read from a request, and written so that scripts and other sites never see them.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// A cookie to set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value: letters, digits, `-` and `_`.
    pub value: &'a str,
    /// The path below which it is sent.
    pub path: &'a str,
    /// How long it lasts, in seconds; 0 takes it away.
    pub max_age_s: i64,
    /// Only over TLS?
    pub secure: bool,
}

/// The value of a cookie.
#[must_use]
pub fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

impl Cookie<'_> {
    /// The header that sets it.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let Self { name, value, path, max_age_s, .. } = self;
        let text = format!(
            "{name}={value}; Path={path}; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}"
        );
        HeaderValue::from_str(&text).ok()
    }
}
