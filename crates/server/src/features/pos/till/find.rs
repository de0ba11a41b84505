//! Finding a member by whatever is shown or said, and enrolling one with a single field.

use std::collections::BTreeMap;

use axum::response::Response;
use lazo_domain::ids::MemberId;
use maud::html;

use super::{front, programs_of};
use crate::App;
use crate::features::members::{
    self, CARD, EMAIL, EXTERNAL, EnrollRefusal, Enrollment, Member, MemberKind, PHONE,
};
use crate::features::tenants;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

pub(super) async fn find(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let asked = fields.get("who");
    let found = everybody(&desk, asked).await?;
    let mut ids = found.keys();
    match (ids.next(), ids.next()) {
        (Some(only), None) => Ok(see(&format!("/caja/members/{only}"))),
        (None, _) => Ok(nobody(&desk, asked)),
        _ => Ok(several(&desk, &found)),
    }
}

/// Who has this as a card, a phone, an e-mail address or an old number, by id, with what it is of each.
pub(super) async fn everybody(
    desk: &Desk<App>,
    asked: &str,
) -> Result<BTreeMap<String, &'static str>, Problem> {
    let schemes: &[&'static str] =
        if asked.contains('@') { &[EMAIL] } else { &[CARD, PHONE, EXTERNAL] };
    let mut found = BTreeMap::new();
    // Whoever joined online has no card of plastic: the one on the phone carries the id.
    if asked.parse::<MemberId>().is_ok() {
        match members::resolve(&desk.scope, asked).await {
            Ok(Member { id, .. }) => return Ok(BTreeMap::from([(id.to_string(), CARD)])),
            Err(problem) if problem.status < 500 => {}
            Err(problem) => return Err(problem),
        }
    }
    for scheme in schemes {
        match members::resolve(&desk.scope, &format!("ext:{scheme}:{asked}")).await {
            Ok(Member { id, .. }) => drop(found.entry(id.to_string()).or_insert(*scheme)),
            Err(problem) if problem.status < 500 => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(found)
}

/// Nobody has it: enroll, with what was typed already in its place.
fn nobody(desk: &Desk<App>, asked: &str) -> Response {
    let title = desk.t("pos-till-nobody");
    let main = html! {
        div.part {
            h1 { (title) }
            p.lead { (desk.say("pos-till-nobody-lead", Args::new().text("asked", asked))) }
        }
        section.panel {
            h2 { (desk.t("pos-till-enroll")) }
            p.quiet { (desk.t("pos-till-enroll-lead")) }
            form method="post" action="/caja/members" {
                (ui::token(&desk.token))
                (ui::field(ui::Field { name: "contact", label: &desk.t("pos-till-contact"), value: asked,
                    class: Some("big"), required: true, ..ui::Field::default() }))
                div.acts {
                    button.act { (desk.t("pos-till-enroll-do")) }
                    a.act.second href="/caja" { (desk.t("pos-till-again")) }
                }
            }
        }
    };
    shell::till(desk, &title, &main)
}

/// One number, several members: a card of one is the old number of another.
fn several(desk: &Desk<App>, found: &BTreeMap<String, &'static str>) -> Response {
    let title = desk.t("pos-till-several");
    let main = html! {
        div.part { h1 { (title) } p.lead { (desk.t("pos-till-several-lead")) } }
        ul.rows {
            @for (id, scheme) in found {
                li { a.row href=(format!("/caja/members/{id}")) {
                    span.what { (desk.say("pos-till-by", Args::new().text("scheme", *scheme))) }
                } }
            }
        }
    };
    shell::till(desk, &title, &main)
}

/// Enrolls with an e-mail address, a phone or a card number, whichever it looks like.
pub(super) async fn enroll(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let contact = fields.get("contact");
    let scope = &desk.scope;
    let (db, ids) = (&scope.app.db, &scope.app.ids);
    let tenant = tenants::store::by_id(db, scope.tenant).await?;
    let tenant = tenant.ok_or_else(|| Problem::not_found("tenant_not_found"))?;
    let program = programs_of(&desk, None).await?.first().map(|program| program.id);
    let asked = Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![(scheme_of(contact).to_owned(), contact.to_owned())],
        locale: None,
        attributes: tenants::Attributes::new(),
        program,
        enrolled_at: scope.now,
    };
    let why = match members::enroll(db, ids, &tenant, &asked, scope.now).await {
        Ok(member) => return Ok(see(&format!("/caja/members/{}", member.id))),
        Err(EnrollRefusal::IdentifierTaken(_)) => "pos-till-enroll-taken",
        Err(EnrollRefusal::Invalid(_)) => "pos-till-enroll-invalid",
        Err(other) => return Err(other.into()),
    };
    Ok(front(&desk, contact, Some(ui::note("bad", &desk.t(why)))))
}

/// An address has an `@`; a card has more digits than any phone; the rest is a phone.
fn scheme_of(contact: &str) -> &'static str {
    let digits = contact.chars().filter(char::is_ascii_digit).count();
    match contact {
        address if address.contains('@') => EMAIL,
        card if !card.starts_with('+') && digits > 12 => CARD,
        _ => PHONE,
    }
}
