//! A kit with some of its values changed by a form or an address.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::web::kit::BrandKit;

/// Colours that a form changes, by day and by night, by their names in the kit.
pub const COLOURS: [&str; 12] = [
    "accent",
    "accent_ink",
    "link",
    "paper",
    "surface",
    "tint",
    "ink",
    "muted",
    "line",
    "card",
    "card_ink",
    "card_muted",
];
/// By day and by night.
pub const PALETTES: [&str; 2] = ["light", "dark"];
/// Corners that a form changes, in pixels.
pub const CORNERS: [&str; 3] = ["panel", "button", "card"];
/// The largest corner, in pixels; a button's is as round as it can be from here on.
const ROUNDEST: u64 = 99;

/// The names of everything that a form changes, with what the kit has: `light.accent` is `#2b4c9b`.
#[must_use]
pub fn values(kit: &BrandKit) -> BTreeMap<String, String> {
    let whole = serde_json::to_value(kit).unwrap_or_default();
    let at = |pointer: &str| match whole.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let colours = PALETTES.iter().flat_map(|of| COLOURS.map(|name| format!("{of}.{name}")));
    let corners = CORNERS.map(|name| format!("corners.{name}"));
    let all = colours.chain(corners).chain(["tone".to_owned()]);
    all.map(|name| (name.clone(), at(&format!("/{}", name.replace('.', "/"))))).collect()
}

/// The kit with what `wanted` says otherwise; whatever is no value of its field stays as it was.
#[must_use]
pub fn edited<'a>(
    kit: &BrandKit,
    wanted: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> BrandKit {
    let known = values(kit);
    let mut whole = serde_json::to_value(kit).unwrap_or_default();
    for (name, text) in wanted {
        let pointer = format!("/{}", name.replace('.', "/"));
        let Some(place) = known.get(name).and_then(|_| whole.pointer_mut(&pointer)) else {
            continue;
        };
        let new = match name {
            _ if name.starts_with("corners.") => {
                text.parse().ok().filter(|px: &u64| *px <= ROUNDEST).map(|px| json!(px))
            }
            "tone" => ["tu", "usted"].contains(&text).then(|| json!(text)),
            _ => is_colour(text).then(|| json!(text.to_lowercase())),
        };
        if let Some(new) = new {
            *place = new;
        }
    }
    serde_json::from_value(whole).unwrap_or_else(|_| kit.clone())
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}
