//! What there is to tell a member: put together from what the nouns publish, in the brand's tone and the member's language.

use lazo_domain::ids::ProgramId;
use lazo_domain::time::{DAY, Timestamp, Zone};

use super::{Device, Kind, Notice};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::brands::{self, Brand};
use crate::features::members::{self, MemberStatus};
use crate::features::programs;
use crate::features::rewards::api::{RewardView, for_caller};
use crate::features::vouchers;
use crate::http::{Caller, Problem, Scope, Tenancy};
use crate::i18n::{Args, Locale};
use crate::web::visit;

/// Points that end within so many days are told of.
const POINTS_SOON: i64 = 14 * DAY;
/// Vouchers that end within so many days are told of.
const VOUCHERS_SOON: i64 = 3 * DAY;

/// What there is to tell somebody.
pub struct News {
    /// Everything that is so now, the dearest reward first among rewards.
    pub notices: Vec<Notice>,
    /// The zone of the tenant's wall.
    pub zone: Zone,
}

/// Everything that a browser's member could be told now; nothing when he or she takes part no more.
pub async fn news(app: &App, device: &Device) -> Result<Option<News>, Problem> {
    let Some(tenant) = app.lookups.tenants.get(device.tenant).await? else { return Ok(None) };
    let member = members::store::by_id(&app.db, device.tenant, device.member).await?;
    let Some(member) = member.filter(|m| tenant.live && m.status == MemberStatus::Active) else {
        return Ok(None);
    };
    let brands = brands::store::all(&app.db, device.tenant).await?;
    let brand = brands.into_iter().find(|b| b.id == device.brand && b.config.site.is_some());
    let Some(brand) = brand else { return Ok(None) };
    let heads = programs::store::all(&app.db, tenant.id).await?;
    let own = heads.iter().filter(|head| head.brand == Some(brand.id)).map(|head| head.id);
    let own: Vec<ProgramId> = own.collect();
    let locale = member.locale.unwrap_or(tenant.config.locale());
    let whose = (member.id, member.account);
    let caller = Caller::in_place_of(whose, Tenancy::from(&*tenant), app.clock.now(), locale);
    let scope = visit::scope(app.clone(), caller)?;
    let purse = Purse::read(&scope, whose, &own, locale).await?;
    let words = Words { brand: &brand, locale };
    let mut notices = Vec::new();
    if let Some(first) = purse.first() {
        notices.extend(expiring(&words, &purse, first, scope.now));
        notices.extend(vouchers_of(&words, &scope, device, first).await?);
        let rewards = for_caller(&scope, first.program.clone()).await?;
        notices.extend(within_reach(&words, first, rewards));
    }
    Ok(Some(News { notices, zone: tenant.config.time_zone.clone() }))
}

/// A brand's words in a language.
struct Words<'a> {
    brand: &'a Brand,
    locale: Locale,
}

impl Words<'_> {
    fn say(&self, key: &str, args: Args) -> String {
        let tone = self.brand.config.kit.as_ref().map(|kit| kit.tone).unwrap_or_default();
        self.locale.text(key, &args.text("tone", tone.name()))
    }

    fn path(&self, path: &str) -> String {
        format!("/portal/{}{path}", self.brand.config.site.as_deref().unwrap_or_default())
    }
}

/// The points that end next, if that is soon: one notice for each instant, however often it is looked at.
fn expiring(words: &Words<'_>, purse: &Purse, first: &Holding, now: Timestamp) -> Option<Notice> {
    let endings = purse.endings(first, now);
    let next = endings.first().filter(|next| next.at.0 - now.0 <= POINTS_SOON)?;
    let args = Args::new()
        .text("amount", first.amount(next.points, words.locale))
        .text("day", first.last_day(next.at, words.locale));
    Some(Notice {
        kind: Kind::Expiring,
        about: next.at.to_string(),
        title: words.brand.config.name.clone(),
        body: words.say("push-points-end", args),
        path: words.path("/rewards"),
    })
}

/// What can be had now for the card's points, the dearest first.
fn within_reach(words: &Words<'_>, first: &Holding, mut all: Vec<RewardView>) -> Vec<Notice> {
    all.retain(|reward| reward.available && reward.point_type == first.code && reward.price > 0);
    all.sort_by(|a, b| (b.price, &a.code).cmp(&(a.price, &b.code)));
    let notice = |reward: &RewardView| {
        let name = words.locale.pick(&reward.name).unwrap_or(&reward.code).to_owned();
        Notice {
            kind: Kind::Reward,
            about: format!("{}/{}", first.program.code, reward.code),
            title: words.brand.config.name.clone(),
            body: words.say("push-reward-reached", Args::new().text("reward", name)),
            path: words.path(&format!("/rewards/{}/{}", first.program.code, reward.code)),
        }
    };
    all.iter().map(notice).collect()
}

/// Vouchers that end soon, one notice for each redemption.
async fn vouchers_of(
    words: &Words<'_>,
    scope: &Scope<App>,
    device: &Device,
    first: &Holding,
) -> Result<Vec<Notice>, Problem> {
    let (db, until) = (&scope.app.db, scope.now.plus_micros(VOUCHERS_SOON));
    let span = (scope.now, until);
    let mut found = vouchers::store::ending(db, scope.tenant, device.account, span).await?;
    found.dedup_by_key(|voucher| voucher.redemption);
    let rewards = &first.document.rewards;
    let notice = |voucher: vouchers::Voucher| {
        let reward = rewards.iter().find(|reward| reward.code == voucher.reward);
        let name = reward.and_then(|reward| words.locale.pick(&reward.name));
        let args = Args::new()
            .text("reward", name.unwrap_or(&voucher.reward))
            .text("day", first.last_day(voucher.valid_until.unwrap_or(until), words.locale));
        Notice {
            kind: Kind::Voucher,
            about: voucher.redemption.to_string(),
            title: words.brand.config.name.clone(),
            body: words.say("push-voucher-ends", args),
            path: words.path(&format!("/redemptions/{}", voucher.redemption)),
        }
    };
    Ok(found.into_iter().map(notice).collect())
}
