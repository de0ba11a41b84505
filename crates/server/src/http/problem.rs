//! The one shape of every failure: RFC 9457 with a stable code. Its words are added at the edge, in the caller's language.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lazo_domain::program::ConfigError;
use lazo_domain::refusal::Refusal;
use lazo_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n::{Args, Locale};

/// What callers wait before they ask again when the database gave no answer, in seconds.
const RETRY_AFTER_S: u32 = 1;

/// Something went wrong: a status, a code, and what its text needs. Not yet words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The HTTP status.
    pub status: u16,
    /// The stable code.
    pub code: &'static str,
    /// The named values of the text.
    pub values: Vec<(&'static str, String)>,
    /// What is wrong where.
    pub errors: Vec<FieldError>,
    /// Points that are missing, for `insufficient_balance`.
    pub missing: Option<i64>,
    /// Seconds after which the same may be asked again.
    pub retry_after_s: Option<u32>,
}

/// One thing wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where, as a JSON pointer into the body, or `?name` for a parameter of the query.
    #[schema(example = "/lines/0/net_minor")]
    pub pointer: String,
    /// A stable code.
    #[schema(example = "invalid")]
    pub code: String,
    /// What is wrong.
    pub detail: String,
}

/// A failure as it is answered, `application/problem+json` of RFC 9457.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Names the kind of failure: `urn:lazo:problem:` and the code.
    #[serde(rename = "type")]
    #[schema(example = "urn:lazo:problem:insufficient_balance")]
    pub kind: String,
    /// The kind of failure in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 422)]
    pub status: u16,
    /// This failure in words.
    pub detail: String,
    /// The path that was asked for.
    pub instance: String,
    /// The stable code to program against.
    #[schema(example = "insufficient_balance")]
    pub code: String,
    /// The id of the request, also in the header `x-request-id`.
    pub request_id: String,
    /// Points that are missing, for `insufficient_balance`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<i64>,
    /// What is wrong where, for a body that does not fit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A failure of this status and code. Its text is `problem-<code>` in `problems.ftl`.
    #[must_use]
    pub fn new(status: u16, code: &'static str) -> Self {
        Self {
            status,
            code,
            values: Vec::new(),
            errors: Vec::new(),
            missing: None,
            retry_after_s: None,
        }
    }

    /// Something is not there, or not for this caller: the two look the same.
    #[must_use]
    pub fn not_found(code: &'static str) -> Self {
        Self::new(404, code)
    }

    /// The body or a parameter does not fit.
    #[must_use]
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(422, "invalid") }
    }

    /// One field does not fit.
    #[must_use]
    pub fn field(pointer: &str, code: &str, detail: impl Into<String>) -> Self {
        let (pointer, code) = (pointer.to_owned(), code.to_owned());
        Self::invalid(vec![FieldError { pointer, code, detail: detail.into() }])
    }

    /// Nothing was done, or nobody knows; the same may be asked again.
    #[must_use]
    pub fn unavailable() -> Self {
        Self { retry_after_s: Some(RETRY_AFTER_S), ..Self::new(503, "unavailable") }
    }

    /// With a value for its text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The failure of an answer that somebody else made without saying more than its status.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::new(400, "bad_request"),
            401 => Self::new(401, "unauthenticated"),
            403 => Self::new(403, "forbidden"),
            404 => Self::new(404, "not_found"),
            405 => Self::new(405, "method_not_allowed"),
            408 | 504 => {
                Self { retry_after_s: Some(RETRY_AFTER_S), ..Self::new(503, "unavailable") }
            }
            413 => Self::new(413, "too_large"),
            415 => Self::new(415, "unsupported_media_type"),
            429 => Self::new(429, "rate_limited"),
            503 => Self::unavailable(),
            500..=599 => Self::new(500, "internal"),
            _ => Self::new(400, "bad_request"),
        }
    }

    /// This failure on a page, for people who see no codes: `problem-<code>-page` where there is one.
    #[must_use]
    pub fn on_page(&self, locale: Locale) -> String {
        let key = format!("problem-{}", self.code.replace('_', "-"));
        let args = self.values.iter().fold(Args::new(), |args, (name, v)| args.text(name, v));
        let page = format!("{key}-page");
        let chosen = if locale.knows(&page) { page } else { format!("{key}-detail") };
        locale.text(&chosen, &args)
    }

    /// This failure in words.
    #[must_use]
    pub fn told(self, locale: Locale, instance: &str, request_id: &str) -> ProblemBody {
        let key = format!("problem-{}", self.code.replace('_', "-"));
        let args = self.values.into_iter().fold(Args::new(), |args, (name, v)| args.text(name, v));
        ProblemBody {
            kind: format!("urn:lazo:problem:{}", self.code),
            title: locale.text(&key, &Args::new()),
            status: self.status,
            detail: locale.text(&format!("{key}-detail"), &args),
            instance: instance.to_owned(),
            code: self.code.to_owned(),
            request_id: request_id.to_owned(),
            missing: self.missing,
            errors: self.errors,
        }
    }
}

/// The body is written at the edge, where the language is known.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = refusal.code();
        let status = match &refusal {
            Refusal::PurchaseNotFound
            | Refusal::RedemptionNotFound
            | Refusal::LotNotFound
            | Refusal::AccountNotFound => 404,
            Refusal::RedemptionState(_)
            | Refusal::AlreadyReversed
            | Refusal::ClaimedByOther
            | Refusal::NothingDue => 409,
            Refusal::ProgramClosed(_) => 423,
            _ => 422,
        };
        let problem = Self::new(status, code);
        match refusal {
            Refusal::ProgramClosed(state) => problem.with("state", state),
            Refusal::Unknown { what, code } => problem.with("what", what).with("unknown", code),
            Refusal::Invalid { field, why } => {
                let pointer = field.to_owned();
                let errors = vec![FieldError { pointer, code: "invalid".into(), detail: why }];
                Self { errors, ..problem }
            }
            Refusal::InsufficientBalance { missing } => {
                let told = problem.with("missing", missing.to_string());
                Self { missing: Some(missing.0), ..told }
            }
            Refusal::RewardInactive(what)
            | Refusal::OutOfStock(what)
            | Refusal::BadReason(what) => problem.with("what", what),
            Refusal::LimitReached(limit) => problem.with("limit", limit.to_string()),
            Refusal::ReturnsTooMuch { line, left, asked } => problem
                .with("line", line.to_string())
                .with("left", left.to_string())
                .with("asked", asked.to_string()),
            Refusal::RedemptionState(state) => problem.with("state", state),
            Refusal::DebtLimit(limit) => problem.with("limit", limit.to_string()),
            Refusal::TransferNotAllowed(why) => problem.with("why", why),
            _ => problem,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Deadline(_)
            | StoreError::Unknown(_)
            | StoreError::Busy
            | StoreError::Conflict(_) => {
                tracing::warn!(%error, "the database gave no answer that counts");
                Self::unavailable()
            }
            StoreError::Unique(_) => Self::new(409, "already_exists"),
            error => {
                tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
                Self::unavailable()
            }
        }
    }
}

impl From<Vec<ConfigError>> for Problem {
    fn from(errors: Vec<ConfigError>) -> Self {
        let field = |error: ConfigError| FieldError {
            pointer: error.pointer,
            code: "invalid".to_owned(),
            detail: error.message,
        };
        Self::invalid(errors.into_iter().map(field).collect())
    }
}
