//! Codes and keys that are named again and again: written once, shared by every copy.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A text that costs next to nothing to copy: a rule's code in a reason, a counter's key, a word of the core's own.
#[derive(Clone)]
pub struct Label(Text);

#[derive(Clone)]
enum Text {
    Fixed(&'static str),
    Shared(Arc<str>),
}

impl Label {
    /// A word of the core's own.
    #[must_use]
    pub const fn fixed(text: &'static str) -> Self {
        Self(Text::Fixed(text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Fixed(text) => text,
            Text::Shared(text) => text,
        }
    }
}

impl Default for Label {
    fn default() -> Self {
        Self::fixed("")
    }
}

impl Deref for Label {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Label {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for Label {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self(Text::Shared(text.into()))
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self(Text::Shared(text.into()))
    }
}

impl From<&String> for Label {
    fn from(text: &String) -> Self {
        text.as_str().into()
    }
}

impl From<Label> for String {
    fn from(label: Label) -> Self {
        label.as_str().to_owned()
    }
}

impl PartialEq for Label {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Text::Shared(a), Text::Shared(b)) if Arc::ptr_eq(a, b) => true,
            _ => self.as_str() == other.as_str(),
        }
    }
}

impl Eq for Label {}

impl PartialEq<str> for Label {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Label {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl PartialEq<String> for Label {
    fn eq(&self, other: &String) -> bool {
        self.as_str() == other
    }
}

impl PartialOrd for Label {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Label {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Text::Shared(a), Text::Shared(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            _ => self.as_str().cmp(other.as_str()),
        }
    }
}

impl Hash for Label {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_its_text_however_it_is_kept() {
        let (fixed, shared) = (Label::fixed("base"), Label::from("base".to_owned()));
        assert_eq!(fixed, shared);
        assert_eq!(fixed.cmp(&shared.clone()), Ordering::Equal);
        assert_eq!(serde_json::to_string(&fixed).unwrap(), r#""base""#);
        assert_eq!(serde_json::from_str::<Label>(r#""base""#).unwrap(), shared);
        let later = Label::from("b");
        assert!(Label::fixed("a") < later && shared == "base" && *shared == *"base");
        assert_eq!(format!("{fixed} {shared:?}"), r#"base "base""#);
    }
}
