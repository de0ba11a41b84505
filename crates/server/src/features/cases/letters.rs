//! The letters of a case: that it has arrived, with its tracking code; and what was answered.

use lazo_domain::ids::{SupportCaseId, TenantId};
use lazo_store::StoreError;
use maud::html;

use super::{Message, store};
use crate::App;
use crate::features::members::{self, EMAIL};
use crate::features::{brands, tenants};
use crate::i18n::{Args, Locale};
use crate::mail::Letter;

/// The letter about something that was said; none for whoever has no address of mail.
pub(super) async fn of(
    app: &App,
    tenant: TenantId,
    case: SupportCaseId,
    message: &Message,
) -> Result<Option<Letter>, StoreError> {
    let Some(case) = store::by_id(&app.db, tenant, case).await? else { return Ok(None) };
    let brands = brands::store::all(&app.db, tenant).await?;
    let Some(brand) = brands.into_iter().find(|brand| brand.id == case.brand) else {
        return Ok(None);
    };
    let Some(of) = tenants::store::by_id(&app.db, tenant).await? else { return Ok(None) };
    let names = members::store::identifiers(&app.db, tenant, case.member).await?;
    let Some(to) = names.into_iter().find(|name| name.scheme == EMAIL) else { return Ok(None) };
    let locale: Locale = case.language.parse().unwrap_or(Locale::EsEs);
    let tone = brand.config.kit.clone().unwrap_or_default().tone.name();
    let due = locale.day(case.answer_due, &of.config.time_zone);
    let say = |key: &str| {
        let args = Args::new().text("tone", tone).text("code", case.tracking_code.as_str());
        locale.text(key, &args.text("brand", brand.config.name.as_str()).text("day", due.as_str()))
    };
    let answered = !message.author.is_empty();
    let (subject, lead) = if answered {
        (say("cases-mail-answer-subject"), say("cases-mail-answer"))
    } else {
        (say("cases-mail-arrived-subject"), say("cases-mail-arrived"))
    };
    let link = brand.config.site.as_ref().map(|site| {
        format!(
            "{}/portal/{site}/help/cases/{}",
            app.faces.public_url.trim_end_matches('/'),
            case.id
        )
    });
    let see = say("cases-mail-see");
    let html = html! {
        p { (lead) }
        blockquote { @for line in message.body.lines() { (line) br; } }
        @if let Some(link) = &link { p { a href=(link) { (see) } } }
        p { (brand.config.name) }
    };
    let quoted: Vec<String> = message.body.lines().map(|line| format!("> {line}")).collect();
    let way = link.map_or_else(String::new, |link| format!("{see}: {link}\n\n"));
    let text = format!("{lead}\n\n{}\n\n{way}{}\n", quoted.join("\n"), brand.config.name);
    let from_name = brand.config.name;
    Ok(Some(Letter { from_name, to: to.value, subject, text, html: html.into_string() }))
}
