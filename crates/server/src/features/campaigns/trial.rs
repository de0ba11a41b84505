//! The letter before it leaves: as a preview, to the octet, and as a trial to the person who asks for it.

use lazo_domain::ids::{CampaignId, MemberId};
use serde_json::json;

use super::letter::{self, Press};
use super::print::POST;
use super::{Campaign, get, recipients};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::segments::facts;
use crate::features::{segments, staff};
use crate::http::{Problem, Scope};
use crate::i18n::Locale;
use crate::mail::{Bulk, Letter};

/// The token of letters that are not sent to members: it is nobody's.
const NOBODYS: &str = "lzu_preview";

/// A letter as it would leave.
pub struct Preview {
    /// The letter.
    pub letter: Letter,
    /// What its head says besides.
    pub bulk: Bulk,
    /// The variant.
    pub variant: String,
}

/// The letter of a variant: to a member, as he or she gets it, or to somebody made up who reads `locale`.
pub async fn preview(
    scope: &Scope<App>,
    id: CampaignId,
    variant: Option<&str>,
    member: Option<MemberId>,
    locale: Option<Locale>,
) -> Result<Preview, Problem> {
    let campaign = get(scope, id).await?;
    let press = press(scope, &campaign).await?;
    let drawn = match member {
        Some(member) => recipients::by_member(&scope.app.db, scope.tenant, id, member).await?,
        None => None,
    };
    let own = drawn.as_ref().map(|drawn| drawn.arm.as_str());
    let own = own.filter(|arm| campaign.content.variant(arm).is_some());
    let chosen = match variant.or(own) {
        Some(name) => campaign.content.variant(name),
        None => campaign.content.variants.first(),
    };
    let chosen = chosen.ok_or_else(|| Problem::not_found("campaign_variant_not_found"))?;
    let person = match member {
        Some(member) => {
            let (app, tenant) = (&scope.app, &press.tenant);
            let found = facts::one(app, tenant, &press.program, member, scope.now).await?;
            found.ok_or_else(|| Problem::not_found("member_not_found"))?
        }
        None => letter::somebody("ana@example.com", locale),
    };
    let token = match &drawn {
        Some(_) => letter::token(&campaign, person.member),
        None => NOBODYS.to_owned(),
    };
    let at = drawn.map_or(scope.now, |drawn| drawn.drawn_at);
    let written = press.letter(chosen, &person, &token);
    let mut letter = written.ok_or_else(|| Problem::not_found("campaign_variant_not_found"))?;
    if campaign.channel == POST {
        // On paper there is no button and nobody to click it: the words alone.
        letter.text = press.written(chosen, &person).map(|words| words.body).unwrap_or_default();
        letter.html = String::new();
    }
    let bulk = press.bulk(letter::name(id, person.member), &token, at);
    Ok(Preview { letter, bulk, variant: chosen.name.clone() })
}

/// Sends the letter of a variant to the caller, and to nobody else: a trial needs no consent but the reader's own asking.
pub async fn trial(
    scope: &Scope<App>,
    id: CampaignId,
    variant: Option<&str>,
    locale: Option<Locale>,
) -> Result<String, Problem> {
    let to = own_address(scope).await?;
    let Preview { letter, bulk, .. } = preview(scope, id, variant, None, locale).await?;
    let letter = Letter { to: to.clone(), ..letter };
    let name = format!("trial.{}", scope.app.ids.next());
    let bulk = Bulk { name, at: scope.caller.real_now, ..bulk };
    scope.app.mailer.send_bulk(&letter, &bulk).await.map_err(|fault| {
        tracing::warn!(error = &fault as &dyn std::error::Error, "a trial letter did not leave");
        Problem::new(409, "campaign_no_mail")
    })?;
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "campaign.tried", id, json!({}))).await?;
    tx.commit().await?;
    Ok(to)
}

/// The address of the person who asks: his or her login, where that is one.
pub async fn own_address(scope: &Scope<App>) -> Result<String, Problem> {
    let person = staff::person_of(scope.actor());
    let person = person.ok_or_else(|| Problem::new(403, "person_required"))?;
    let found = staff::store::names_of(&scope.app.db, person).await?;
    let to = found.map(|(login, _)| login).filter(|login| login.contains('@'));
    to.ok_or_else(|| Problem::new(409, "campaign_no_address"))
}

pub(super) async fn press(scope: &Scope<App>, campaign: &Campaign) -> Result<Press, Problem> {
    let tenant = segments::own_tenant(scope).await?;
    let programs = scope.app.programs.current(scope.tenant).await?;
    let program = programs.latest(campaign.program);
    let program = program.ok_or_else(|| Problem::new(409, "segment_outdated"))?;
    let press = Press::of(&scope.app, &tenant, program).await?;
    press.ok_or_else(|| Problem::new(409, "campaign_no_portal"))
}
