//! What both faces show of passkeys: the list, and the form that a script fills in with what the browser says.

use maud::{Markup, html};

use super::super::Whose;
use super::{Passkey, Place, handle, written};
use crate::web::ui;

/// Where and how a page shows somebody's passkeys.
pub struct Shown<'a> {
    /// Words of the page.
    pub t: &'a dyn Fn(&str) -> String,
    /// An instant in words.
    pub moment: &'a dyn Fn(&Passkey) -> String,
    /// Where its forms go, without `/add` and `/remove`.
    pub action: &'a str,
    /// The token of its forms.
    pub token: &'a str,
}

/// The list of passkeys, each with the way to remove it.
pub fn list(shown: &Shown, all: &[Passkey]) -> Markup {
    let t = shown.t;
    html! {
        @if all.is_empty() { p.quiet { (t("passkeys-none")) } }
        ul.rows {
            @for passkey in all {
                li { div.row {
                    span.what { @if passkey.device.is_empty() { (t("passkeys-unknown")) } @else { (passkey.device) } }
                    form.inline method="post" action={ (shown.action) "/remove" } {
                        (ui::token(shown.token)) input type="hidden" name="passkey" value=(passkey.id);
                        button.plain { (t("passkeys-remove")) }
                    }
                    span.when { ((shown.moment)(passkey)) }
                } }
            }
        }
    }
}

/// The form that adds one. Without a script, or in a browser that knows no passkeys, it stays away.
pub fn add(
    shown: &Shown,
    place: &Place,
    owner: Whose,
    name: &str,
    challenge: &[u8],
    all: &[Passkey],
) -> Markup {
    let known: Vec<String> = all.iter().map(|passkey| written(&passkey.credential)).collect();
    html! {
        form hidden method="post" action={ (shown.action) "/add" } data-passkey="create" data-challenge=(written(challenge))
            data-host=(place.host) data-user=(written(&handle(owner))) data-name=(name) data-known=(known.join(" ")) {
            (ui::token(shown.token))
            input type="hidden" name="client"; input type="hidden" name="attestation";
            p.wrong.small role="alert" hidden { ((shown.t)("passkeys-stopped")) }
            div { button.act { ((shown.t)("passkeys-add")) } }
        }
        p.quiet.small data-passkey-none="" { ((shown.t)("passkeys-cannot")) }
    }
}
