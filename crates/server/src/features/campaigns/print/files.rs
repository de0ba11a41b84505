//! What a print house gets: the letters as PDF, a page each, and the rows that belong to them as CSV, in the same order. Both
//! are made when they are asked for, of what is known then; a letter keeps its page, its code and its variant for ever.

use std::collections::BTreeMap;

use lazo_domain::ids::{CampaignId, MemberId};
use lazo_domain::time::Timestamp;
use serde_json::{Value, json};

use super::store::{self, Laid};
use super::{PART, POST};
use crate::App;
use crate::features::audit::{self, Deed};
use crate::features::campaigns::letter::Press;
use crate::features::campaigns::trial::press;
use crate::features::campaigns::{Campaign, get};
use crate::features::segments::address::{self, Address};
use crate::features::segments::facts::{self, Person};
#[cfg(feature = "pdf")]
use crate::features::vouchers;
use crate::http::{Problem, Scope};
use crate::i18n::Locale;
use crate::web::csv;

/// Members read at a time.
const PAGE: usize = 500;
/// What stands on a sample where a code will stand: as long as one, and none that a till takes.
#[cfg(feature = "pdf")]
const SAMPLE_CODE: &str = "XXXX-XXXX-XXXX";
/// The columns of the rows.
const COLUMNS: [&str; 10] = [
    "page",
    "code",
    "name",
    "street",
    "postal_code",
    "city",
    "region",
    "country",
    "variant",
    "letter",
];

/// A letter of the run with what is known of its reader now; nothing of who is a member no more.
struct Known {
    laid: Laid,
    reader: Option<(Person, Address)>,
}

/// The rows of a run as CSV: one for each letter, in the order of the pages.
pub async fn rows(scope: &Scope<App>, id: CampaignId) -> Result<Vec<u8>, Problem> {
    let (campaign, press) = printed(scope, id).await?;
    note(scope, id, json!({ "taken": "rows" })).await?;
    let mut rows = Vec::new();
    let mut after = 0;
    loop {
        let known = part(scope, &campaign, &press, after, PART).await?;
        let Some(last) = known.last().map(|known| known.laid.place) else { break };
        rows.extend(known.iter().map(|known| row(&campaign, known)));
        after = last;
    }
    csv::written(&COLUMNS, rows)
}

fn row(campaign: &Campaign, known: &Known) -> Vec<String> {
    let Laid { place, member, arm, code, .. } = &known.laid;
    let own = known.reader.as_ref().map(|(_, address)| address);
    // On an empty page stands no code.
    let code = if own.is_some() { code.as_str() } else { "" };
    let of = |part: fn(&Address) -> &String| own.map(part).cloned().unwrap_or_default();
    vec![
        place.to_string(),
        code.to_owned(),
        of(|address| &address.name),
        of(|address| &address.street),
        of(|address| &address.postal_code),
        of(|address| &address.city),
        of(|address| &address.region),
        of(|address| &address.country),
        arm.clone(),
        super::super::letter::name(campaign.id, *member),
    ]
}

/// Who took names and addresses along is remembered.
async fn note(scope: &Scope<App>, id: CampaignId, detail: Value) -> Result<(), Problem> {
    let mut tx = scope.app.db.begin().await?;
    audit::record(&mut tx, &Deed::of(scope, "campaign.run_taken", id, detail)).await?;
    Ok(tx.commit().await?)
}

/// A campaign whose letters are all laid.
async fn printed(scope: &Scope<App>, id: CampaignId) -> Result<(Campaign, Press), Problem> {
    let campaign = get(scope, id).await?;
    if campaign.channel != POST || campaign.state != "sent" {
        return Err(Problem::new(409, "campaign_not_printed"));
    }
    let press = press(scope, &campaign).await?;
    Ok((campaign, press))
}

/// Letters after a page, with their readers.
async fn part(
    scope: &Scope<App>,
    campaign: &Campaign,
    press: &Press,
    after: i64,
    limit: i64,
) -> Result<Vec<Known>, Problem> {
    let laid = store::page(&scope.app.db, scope.tenant, campaign.id, after, limit).await?;
    let mut readers: BTreeMap<MemberId, Person> = BTreeMap::new();
    for some in laid.chunks(PAGE) {
        let ids: Vec<MemberId> = some.iter().map(|laid| laid.member).collect();
        let tenant = &press.tenant;
        readers.extend(facts::these(&scope.app, tenant, &press.program, &ids, scope.now).await?);
    }
    let home = &press.tenant.config.country;
    let known = laid.into_iter().map(|laid| {
        let reader = readers.remove(&laid.member).and_then(|person| {
            let address = address::of(&person, home)?;
            Some((person, address))
        });
        Known { laid, reader }
    });
    Ok(known.collect())
}

/// Somebody made up, with an address.
fn somebody(home: &str, locale: Option<Locale>) -> Person {
    let mut person = crate::features::campaigns::letter::somebody("", locale);
    let place = match home {
        "MX" => {
            ["Ana", "Ejemplo Ruiz", "Calle Inventada 10", "06700", "Ciudad de México", "CDMX", ""]
        }
        _ => ["Ana", "Ejemplo Núñez", "Calle Inventada 10, 2.º B", "28013", "Madrid", "", ""],
    };
    let own = address::ATTRIBUTES.iter().zip(place);
    person.attributes = own.map(|(name, value)| ((*name).to_owned(), value.to_owned())).collect();
    person
}

/// One letter of a campaign on paper, to somebody made up: as it will look.
#[cfg(feature = "pdf")]
pub async fn sample(
    scope: &Scope<App>,
    id: CampaignId,
    variant: Option<&str>,
    locale: Option<Locale>,
) -> Result<Vec<u8>, Problem> {
    let campaign = get(scope, id).await?;
    if campaign.channel != POST {
        return Err(Problem::new(409, "campaign_not_printed"));
    }
    let press = press(scope, &campaign).await?;
    let missing = || Problem::not_found("campaign_variant_not_found");
    let chosen = match variant {
        Some(name) => campaign.content.variant(name),
        None => campaign.content.variants.first(),
    };
    let piece = sample_of(&press, &campaign, chosen.ok_or_else(missing)?, locale, scope.now);
    Ok(super::piece::run(&press, &campaign, vec![piece.ok_or_else(missing)?]).bytes())
}

#[cfg(feature = "pdf")]
fn sample_of(
    press: &Press,
    campaign: &Campaign,
    variant: &crate::features::campaigns::Variant,
    locale: Option<Locale>,
    now: Timestamp,
) -> Option<lazo_pdf::pieces::Piece> {
    let home = press.tenant.config.country.as_str();
    let person = somebody(home, locale);
    let address = address::of(&person, home).or_else(|| address::of(&person, "ES"))?;
    let code = if campaign.reward.is_empty() { "" } else { SAMPLE_CODE };
    let sheet = super::piece::Sheet {
        person: &person,
        address: &address,
        variant,
        code,
        until: vouchers::good_until(&press.program, &campaign.reward, now),
        slug: campaign.id.to_string(),
    };
    super::piece::piece(press, &sheet)
}

/// The first variant and language whose words have no room on a page.
#[cfg(feature = "pdf")]
pub fn too_long(press: &Press, campaign: &Campaign, now: Timestamp) -> Option<(String, String)> {
    campaign.content.variants.iter().find_map(|variant| {
        variant.texts.keys().find_map(|tag| {
            let piece = sample_of(press, campaign, variant, tag.parse().ok(), now)?;
            let long = !lazo_pdf::pieces::fits(&piece);
            long.then(|| (variant.name.clone(), tag.clone()))
        })
    })
}

/// Without PDF nothing is printed.
#[cfg(not(feature = "pdf"))]
pub fn too_long(_: &Press, _: &Campaign, _: Timestamp) -> Option<(String, String)> {
    None
}

/// The letters of a part of the run, from 1, as PDF: a page each.
#[cfg(feature = "pdf")]
pub async fn letters(scope: &Scope<App>, id: CampaignId, number: i64) -> Result<Vec<u8>, Problem> {
    let (campaign, press) = printed(scope, id).await?;
    let missing = || Problem::field("?part", "choice", "there is no such part");
    let after =
        number.checked_sub(1).filter(|part| *part >= 0).and_then(|part| part.checked_mul(PART));
    let known = part(scope, &campaign, &press, after.ok_or_else(missing)?, PART).await?;
    if known.is_empty() {
        return Err(missing());
    }
    note(scope, id, json!({ "taken": "letters", "part": number })).await?;
    // Setting thousands of pages is work for a core, and for none that answers others.
    let set = move || {
        let pieces = known.iter().map(|known| one(&press, &campaign, known)).collect();
        super::piece::run(&press, &campaign, pieces).bytes()
    };
    let set = tokio::task::spawn_blocking(set).await;
    set.map_err(|_| Problem::new(500, "internal"))
}

/// A letter of the run. Who is a member no more has an empty page, so that pages and rows stay as they were.
#[cfg(feature = "pdf")]
fn one(
    press: &Press,
    campaign: &Campaign,
    Known { laid, reader }: &Known,
) -> lazo_pdf::pieces::Piece {
    let name = super::super::letter::name(campaign.id, laid.member);
    let slug = format!("{} · {name}", laid.place);
    let set = reader.as_ref().and_then(|(person, address)| {
        let sheet = super::piece::Sheet {
            person,
            address,
            variant: campaign.content.variant(&laid.arm)?,
            code: &laid.code,
            until: vouchers::good_until(&press.program, &campaign.reward, laid.laid_at),
            slug: slug.clone(),
        };
        super::piece::piece(press, &sheet)
    });
    set.unwrap_or_else(|| super::piece::empty(slug))
}

/// Without PDF nothing is printed.
#[cfg(not(feature = "pdf"))]
pub async fn letters(_: &Scope<App>, _: CampaignId, _: i64) -> Result<Vec<u8>, Problem> {
    Err(Problem::not_found("not_found"))
}

/// Without PDF nothing is printed.
#[cfg(not(feature = "pdf"))]
pub async fn sample(
    _: &Scope<App>,
    _: CampaignId,
    _: Option<&str>,
    _: Option<Locale>,
) -> Result<Vec<u8>, Problem> {
    Err(Problem::not_found("not_found"))
}
