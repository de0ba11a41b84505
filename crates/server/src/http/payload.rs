//! Bodies: strict JSON. What is doubtful is refused with a pointer, never guessed.

use std::cell::RefCell;
use std::fmt;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::problem::{FieldError, Problem};

/// How deep a body may be nested; ours go to 4.
const MAX_DEPTH: usize = 16;

/// A JSON body of the shape `T`, read strictly: no unknown fields (each `T` says so), no key twice, no fraction where
/// a whole number is wanted (`2618.0` is refused, although JSON Schema calls it an integer), no NUL in any text.
#[derive(Debug, Clone, Copy)]
pub struct Payload<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Payload<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(415, "unsupported_media_type"));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        read(&bytes).map(Self)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(|part| part.trim().to_ascii_lowercase());
    parts.next().as_deref() == Some("application/json")
        && parts.all(|p| p == "charset=utf-8" || p == "charset=\"utf-8\"" || p.is_empty())
}

/// Reads `bytes` as a `T`.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let value = strict(bytes)?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut pointer = String::new();
        for segment in error.path() {
            use serde_path_to_error::Segment;
            match segment {
                Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
                Segment::Map { key } => pointer.push_str(&format!("/{}", escaped(key))),
                Segment::Enum { variant } => pointer.push_str(&format!("/{}", escaped(variant))),
                Segment::Unknown => {}
            }
        }
        Problem::field(&pointer, "invalid", error.into_inner().to_string())
    })
}

/// Reads `bytes` as JSON without anything doubtful.
fn strict(bytes: &[u8]) -> Result<Value, Problem> {
    let syntax = |detail: String| Problem::new(400, "bad_json").with("detail", detail);
    let text = std::str::from_utf8(bytes).map_err(|error| syntax(error.to_string()))?;
    let watch = Watch::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Strict(&watch).deserialize(&mut reader).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    match (read, watch.fault.into_inner()) {
        (_, Some(fault)) => Err(Problem::invalid(vec![fault])),
        (Ok(value), None) => Ok(value),
        (Err(error), None) => Err(syntax(error.to_string())),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Where the reader is, and the first thing it did not like.
#[derive(Default)]
struct Watch {
    path: RefCell<Vec<String>>,
    fault: RefCell<Option<FieldError>>,
}

impl Watch {
    fn refuse<E: Error>(&self, code: &str, detail: &str) -> E {
        let pointer = self.path.borrow().iter().fold(String::new(), |all, key| all + "/" + key);
        let (code, detail) = (code.to_owned(), detail.to_owned());
        self.fault.borrow_mut().get_or_insert(FieldError { pointer, code, detail });
        E::custom("refused")
    }

    fn text<E: Error>(&self, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            return Err(self.refuse("nul", "a text may not hold the character U+0000"));
        }
        Ok(())
    }

    fn enter<E: Error>(&self, key: String) -> Result<(), E> {
        self.path.borrow_mut().push(key);
        if self.path.borrow().len() > MAX_DEPTH {
            return Err(self.refuse("too_deep", "the body is nested too deeply"));
        }
        Ok(())
    }

    fn leave(&self) {
        self.path.borrow_mut().pop();
    }
}

#[derive(Clone, Copy)]
struct Strict<'w>(&'w Watch);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.0.text(value)?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            self.0.enter(all.len().to_string())?;
            let Some(item) = items.next_element_seed(self)? else { break };
            self.0.leave();
            all.push(item);
        }
        self.0.leave();
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(key) = fields.next_key::<String>()? {
            self.0.enter(escaped(&key))?;
            self.0.text(&key)?;
            if all.contains_key(&key) {
                return Err(self.0.refuse("duplicate_key", "the key is there twice"));
            }
            let value = fields.next_value_seed(self)?;
            self.0.leave();
            all.insert(key, value);
        }
        Ok(Value::Object(all))
    }
}
