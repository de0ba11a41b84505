//! Sharing a link: the machine's own sheet where scripts run and there is one; else a field to copy it from, and plain links
//! to a mail program and a messenger. Nothing is loaded from anywhere, and nobody hears of it before a link is opened.

use maud::{Markup, html};

use super::visit::Visit;

/// The ways to share `link`, with `words` that go along.
#[must_use]
pub fn share(visit: &Visit, link: &str, words: &str) -> Markup {
    let both = encoded(&format!("{words} {link}"));
    let mail = format!("mailto:?subject={}&body={both}", encoded(words));
    let messenger = format!("https://wa.me/?text={both}");
    html! {
        section.share aria-label=(visit.t("web-share")) data-share=(link) data-words=(words) {
            button.act type="button" data-share-sheet hidden { (visit.t("web-share")) }
            div.field {
                label for="share-link" { (visit.t("web-share-link")) }
                input id="share-link" type="text" readonly value=(link) data-share-link;
            }
            p.acts {
                button.act.second type="button" data-share-copy hidden { (visit.t("web-share-copy")) }
                a.act.second href=(mail) data-share-to { (visit.t("web-share-mail")) }
                a.act.second href=(messenger) rel="noopener noreferrer" data-share-to { (visit.t("web-share-messenger")) }
            }
            p.quiet.small role="status" data-share-copied hidden { (visit.t("web-share-copied")) }
        }
    }
}

/// A text as it stands in an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for octet in text.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(octet));
            }
            _ => out.push_str(&format!("%{octet:02X}")),
        }
    }
    out
}
