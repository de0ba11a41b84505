//! What a pass says: put together from what the nouns publish, then a plain value that both wallets are told from.

use std::collections::BTreeMap;

use lazo_store::StoreError;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Pass;
use crate::App;
use crate::features::accounts::holdings::{self, Purse};
use crate::features::brands::{self, Brand};
use crate::features::members::{self, Member, MemberStatus};
use crate::features::programs;
use crate::features::tenants::Tenant;
use crate::features::tiers::api::standing;
use crate::http::{Caller, Problem, Tenancy};
use crate::i18n::{Args, Locale};
use crate::web::kit::BrandKit;
use crate::web::visit;

/// What a pass says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Content {
    /// The brand's name.
    pub brand: String,
    /// How it looks.
    #[serde(skip)]
    pub kit: BrandKit,
    /// The hash of how it looks.
    looks: String,
    /// Who owes the points.
    pub legal_entity: String,
    /// The word in the portal's path.
    pub site: String,
    /// What the till reads; empty once the member is gone.
    pub number: String,
    /// What can be spent, in smallest units.
    pub balance: i64,
    /// Decimals of the smallest unit.
    pub scale: u8,
    /// Its words by language.
    pub words: BTreeMap<&'static str, Words>,
    /// Is it over?
    pub voided: bool,
}

/// The words of a pass in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The language and region that they are in.
    #[serde(skip)]
    pub locale: Option<Locale>,
    /// What the program is called.
    pub program: String,
    /// What points are called.
    pub points: String,
    /// The tier's name; empty where there is none.
    pub tier: String,
}

impl Content {
    /// The hash of all of it.
    #[must_use]
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(serde_json::to_vec(self).unwrap_or_default()).to_vec()
    }

    /// A text of ours in a language, in the brand's tone.
    #[must_use]
    pub fn say(&self, locale: Locale, key: &str) -> String {
        let args = Args::new().text("tone", self.kit.tone.name()).text("brand", &self.brand);
        locale.text(key, &args)
    }
}

/// The two languages that passes carry, each as the tenant speaks it: `es` and `en`.
fn languages(tenant: &Tenant) -> [(&'static str, Locale); 2] {
    let spoken = tenant.config.locales.iter().filter_map(|tag| tag.parse::<Locale>().ok());
    let spanish = spoken.into_iter().find(|locale| *locale != Locale::En);
    [("es", spanish.unwrap_or(Locale::EsEs)), ("en", Locale::En)]
}

/// Whose pass it is, as of now.
pub struct Owner {
    /// The tenant.
    pub tenant: std::sync::Arc<Tenant>,
    /// The brand.
    pub brand: Brand,
    /// The member.
    pub member: Member,
}

/// Whose pass it is; nothing when the brand, or its portal, is no more.
pub async fn owner(app: &App, pass: &Pass) -> Result<Option<Owner>, StoreError> {
    let Some(tenant) = app.lookups.tenants.get(pass.tenant).await? else { return Ok(None) };
    let brands = brands::store::all(&app.db, pass.tenant).await?;
    let brand = brands.into_iter().find(|brand| brand.id == pass.brand);
    let member = members::store::by_id(&app.db, pass.tenant, pass.member).await?;
    let open = brand.filter(|brand| tenant.live && brand.config.site.is_some());
    Ok(open.zip(member).map(|(brand, member)| Owner { tenant, brand, member }))
}

/// What a pass says now, and the account's version that it was read from.
pub async fn of(app: &App, owner: &Owner) -> Result<(Content, i64), Problem> {
    let Owner { tenant, brand, member } = owner;
    let voided = member.status != MemberStatus::Active;
    let heads = programs::store::all(&app.db, tenant.id).await?;
    let own: Vec<_> =
        heads.iter().filter(|head| head.brand == Some(brand.id)).map(|head| head.id).collect();
    let whose = (member.id, member.account);
    let main = tenant.config.locale();
    let caller = Caller::in_place_of(whose, Tenancy::from(&**tenant), app.clock.now(), main);
    let scope = visit::scope(app.clone(), caller)?;
    let purse = Purse::read(&scope, whose, &own, main).await?;
    let first = purse.first();
    let tier = |locale: Locale| {
        let group = first.and_then(|first| first.program.tier_groups.values().next());
        let (first, group) = (first?, group?);
        let held = standing(&first.program, group, &purse.account, scope.now);
        let tier = group.tiers.iter().find(|tier| tier.code == held.tier)?;
        locale.pick(&tier.name).map(str::to_owned)
    };
    let words = languages(tenant).map(|(tag, locale)| {
        let points = first.map(|first| holdings::name(&first.document, &first.code, locale));
        let program = first.and_then(|first| locale.pick(&first.document.name));
        let words = Words {
            locale: Some(locale),
            program: program.unwrap_or(&brand.config.name).to_owned(),
            points: points.unwrap_or_default(),
            tier: tier(locale).unwrap_or_default(),
        };
        (tag, words)
    });
    let number = if member.status == MemberStatus::Erased {
        String::new()
    } else {
        members::store::card_number(&app.db, tenant.id, member.id).await?
    };
    let kit = brand.config.kit.clone().unwrap_or_default();
    let looks = serde_json::to_string(&kit).unwrap_or_default();
    let content = Content {
        brand: brand.config.name.clone(),
        looks: crate::web::assets::short_hash(&looks),
        kit,
        legal_entity: tenant.config.legal_entity.as_ref().unwrap_or(&tenant.config.name).clone(),
        site: brand.config.site.clone().unwrap_or_default(),
        number,
        balance: first.map_or(0, |first| first.balance.available.0),
        scale: first.map_or(0, |first| first.scale),
        words: BTreeMap::from(words),
        voided,
    };
    Ok((content, purse.account.version))
}
