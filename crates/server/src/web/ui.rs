//! Small parts that pages are made of: icons, fields, notes, bars.

use maud::{Markup, PreEscaped, html};

use super::form::TOKEN;

/// The icons, of one family: 24 units, one stroke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is named for what it shows")]
pub enum Icon {
    Home,
    Points,
    Gift,
    Steps,
    Person,
    Next,
    Spark,
    Clock,
    Ticket,
    Bag,
    Calendar,
    Check,
    Card,
    Tie,
    Heart,
    Invoice,
}

/// An icon; what it means is said beside it.
#[must_use]
pub fn icon(icon: Icon) -> Markup {
    let path = match icon {
        Icon::Home => r#"<path d="M4 11.5 12 5l8 6.5V19H4z"/>"#,
        Icon::Points => {
            r#"<circle cx="12" cy="12" r="8"/><path d="m12 8 1.2 2.7 2.8.3-2.1 2 .6 2.9-2.5-1.5-2.5 1.5.6-2.9-2.1-2 2.8-.3z"/>"#
        }
        Icon::Gift => {
            r#"<path d="M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9C6 9 7 3 10 5c1.2.8 2 4 2 4zm0 0c6 0 5-6 2-4-1.2.8-2 4-2 4z"/>"#
        }
        Icon::Steps => r#"<path d="M5 20v-6M12 20V9M19 20V4"/>"#,
        Icon::Person => r#"<circle cx="12" cy="8" r="4"/><path d="M4 20c1-5 4-6 8-6s7 1 8 6"/>"#,
        Icon::Next => r#"<path d="m9 6 6 6-6 6"/>"#,
        Icon::Spark => r#"<path d="M12 3v6M12 15v6M3 12h6M15 12h6"/>"#,
        Icon::Clock => r#"<circle cx="12" cy="12" r="8"/><path d="M12 7.5V12l3 2"/>"#,
        Icon::Ticket => {
            r#"<path d="M4 7h16v3.5a1.5 1.5 0 0 0 0 3V17H4v-3.5a1.5 1.5 0 0 0 0-3zM14 7v10"/>"#
        }
        Icon::Bag => r#"<path d="M5 8h14l1 12H4zM9 8V6a3 3 0 0 1 6 0v2"/>"#,
        Icon::Calendar => r#"<path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/>"#,
        Icon::Check => r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
        Icon::Card => r#"<path d="M3 6h18v12H3zM3 10h18M7 14.5h4"/>"#,
        Icon::Heart => {
            r#"<path d="M12 20S4 15 4 9.5A4.3 4.3 0 0 1 12 7.300a4.300 4.300 0 0 1 8 2.200C20 15 12 20 12 20z"/>"#
        }
        Icon::Invoice => r#"<path d="M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6"/>"#,
        Icon::Tie => r#"<path d="M12 12C9 5 3 6 3 12s6 7 9 0 9-6 9 0-6 7-9 0z"/>"#,
    };
    html! { svg.icon viewBox="0 0 24 24" aria-hidden="true" { (PreEscaped(path)) } }
}

/// The hidden field that proves where a form comes from.
#[must_use]
pub fn token(token: &str) -> Markup {
    html! { @if !token.is_empty() { input type="hidden" name=(TOKEN) value=(token); } }
}

/// The way in with a passkey; without a script, or in a browser that knows no passkeys, it stays away.
#[must_use]
pub fn passkey(action: &str, label: &str, stopped: &str) -> Markup {
    html! {
        form.door-passkey hidden method="post" action=(action) data-passkey="get" data-options={ (action) ".json" } {
            @for name in ["client", "credential", "authenticator", "signature"] { input type="hidden" name=(name); }
            p.wrong.small role="alert" hidden { (stopped) }
            button.act.second.wide { (label) }
        }
    }
}

/// A field of a form.
#[derive(Debug, Clone, Copy, Default)]
pub struct Field<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// What it asks for.
    pub label: &'a str,
    /// What helps to fill it in.
    pub hint: Option<&'a str>,
    /// What is wrong with what was filled in.
    pub wrong: Option<&'a str>,
    /// What was filled in.
    pub value: &'a str,
    /// `text`, `email`, `password`, …
    pub kind: &'a str,
    /// What the browser may fill in by itself.
    pub autocomplete: &'a str,
    /// Which keys a phone shows: `numeric`, `email`, …
    pub keys: Option<&'a str>,
    /// A class of its own.
    pub class: Option<&'a str>,
    /// Must it be filled in?
    pub required: bool,
}

/// A field with its label, its hint and what is wrong with it, tied together for every reader.
#[must_use]
pub fn field(field: Field<'_>) -> Markup {
    let Field { name, label, hint, wrong, value, kind, autocomplete, keys, class, required } =
        field;
    let described: Vec<String> = [hint.map(|_| "hint"), wrong.map(|_| "wrong")]
        .into_iter()
        .flatten()
        .map(|what| format!("{name}-{what}"))
        .collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    html! {
        div.field {
            label for=(name) { (label) }
            @if let Some(hint) = hint { p.hint id=(format!("{name}-hint")) { (hint) } }
            input class=[class] id=(name) name=(name) type=(if kind.is_empty() { "text" } else { kind }) value=(value)
                autocomplete=(if autocomplete.is_empty() { "off" } else { autocomplete }) inputmode=[keys]
                required[required] aria-describedby=[described] aria-invalid=[wrong.map(|_| "true")]
                spellcheck="false" autocapitalize="none";
            @if let Some(wrong) = wrong { p.wrong id=(format!("{name}-wrong")) { (wrong) } }
        }
    }
}

/// How far something has come: `part` of `whole`.
#[must_use]
pub fn bar(part: i64, whole: i64) -> Markup {
    let hundredths = hundredths(part, whole);
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect width="100" height="10" {}
            rect width=(hundredths) height="10" {}
        }
    }
}

/// A ring of progress.
#[must_use]
pub fn ring(part: i64, whole: i64) -> Markup {
    html! {
        svg.ring viewBox="0 0 48 48" aria-hidden="true" {
            circle cx="24" cy="24" r="20" {}
            circle cx="24" cy="24" r="20" pathLength="100" stroke-dasharray=(format!("{} 100", hundredths(part, whole)))
                transform="rotate(-90 24 24)" {}
        }
    }
}

/// `part` of `whole` in hundredths, 0 to 100.
fn hundredths(part: i64, whole: i64) -> i64 {
    if whole <= 0 {
        return 100;
    }
    let share = i128::from(part.max(0)) * 100 / i128::from(whole);
    i64::try_from(share).unwrap_or(100).min(100)
}

/// What happened, told at the top of a page; `kind` is `good`, `bad` or `careful`.
#[must_use]
pub fn note(kind: &str, text: &str) -> Markup {
    html! { p class=(format!("note {kind}")) role="status" { (text) } }
}

/// A table that may be wider than the window: it scrolls by itself, and the keyboard reaches it.
#[must_use]
pub fn table(title: &str, heads: &[&str], rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.list {
                caption.unseen { (title) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// The way to the next page of a list, if there is one; `path` has the list's filters already.
#[must_use]
pub fn next_page(path: &str, words: &str, cursor: Option<&str>) -> Markup {
    let mark = if path.contains('?') { '&' } else { '?' };
    html! { @if let Some(cursor) = cursor { p { a.act.second.slim href=(format!("{path}{mark}cursor={cursor}")) { (words) } } } }
}
