//! The letter of a campaign to one person: its words filled in, as text and as HTML, with the way out of the list.

use std::collections::BTreeMap;
use std::sync::Arc;

use hmac::{Hmac, Mac};
use lazo_domain::ids::{AccountId, CampaignId, LetterId, MemberId};
use lazo_domain::program::Program;
use lazo_domain::time::Timestamp;
use lazo_store::StoreError;
use maud::{Markup, html};
use sha2::Sha256;

use super::Campaign;
use super::content::{Variant, Words, fill};
use crate::App;
use crate::features::brands::{self, Brand};
use crate::features::programs;
use crate::features::segments::facts::{Facts, Person};
use crate::features::tenants::Tenant;
use crate::i18n::{Args, Locale};
use crate::mail::{Bulk, Letter};
use crate::web::kit::BrandKit;

/// What a token of a letter begins with.
const PREFIX: &str = "lzu_";
/// Octets of a token: nobody guesses one.
const TOKEN: usize = 24;

/// The words of a letter, filled in.
pub struct Written {
    /// The language they are in.
    pub locale: Locale,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub body: String,
    /// The button's words and where it leads, if there is one.
    pub button: Option<(String, String)>,
}

/// The answers to whether a letter was useful, with the keys of their words.
pub const ANSWERS: [(&str, &str); 2] =
    [("yes", "campaigns-letter-useful-yes"), ("no", "campaigns-letter-useful-no")];

/// A letter's last lines: the way out of the list, the question whether it was useful, if that is asked, and why it came.
struct Ends {
    out: String,
    useful: Option<String>,
    why: String,
}

/// How a letter is, besides its words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// Does it only tell of the membership?
    pub service: bool,
    /// Is its reader asked at the end whether it was useful?
    pub asks: bool,
}

/// Everything that letters of a campaign have in common.
pub struct Press {
    /// Whose campaign.
    pub tenant: Tenant,
    /// Of which program.
    pub program: Arc<Program>,
    /// In whose name.
    pub brand: Brand,
    /// What the program is called, by language.
    names: BTreeMap<String, String>,
    /// The word in the portal's path.
    site: String,
    /// The address that people reach us by.
    base: String,
}

impl Press {
    /// What a campaign's letters need; nothing when its program has no brand with a portal, where people leave a list.
    pub async fn of(
        app: &App,
        tenant: &Tenant,
        program: &Arc<Program>,
    ) -> Result<Option<Self>, StoreError> {
        let heads = programs::store::all(&app.db, tenant.id).await?;
        let own = heads.iter().find(|head| head.id == program.id).and_then(|head| head.brand);
        let brands = brands::store::all(&app.db, tenant.id).await?;
        let brand = brands.into_iter().find(|brand| Some(brand.id) == own);
        let document = app.programs.document(tenant.id, program.id, program.version).await?;
        let names = document.map(|document| document.name.clone()).unwrap_or_default();
        Ok(brand.and_then(|brand| {
            let site = brand.config.site.clone()?;
            Some(Self {
                tenant: tenant.clone(),
                program: program.clone(),
                brand,
                names,
                site,
                base: app.faces.public_url.trim_end_matches('/').to_owned(),
            })
        }))
    }

    /// The letter of a variant to somebody; nothing when it has no words in any of our languages.
    #[must_use]
    pub fn letter(&self, variant: &Variant, person: &Person, token: &str) -> Option<Letter> {
        self.letter_in(variant, person, token, Manner::default())
    }

    /// As [`Self::letter`], in a manner of its own.
    #[must_use]
    pub fn letter_in(
        &self,
        variant: &Variant,
        person: &Person,
        token: &str,
        manner: Manner,
    ) -> Option<Letter> {
        let written = self.written(variant, person)?;
        let useful = format!("{}/portal/{}/useful/{token}", self.base, self.site);
        let why =
            if manner.service { "campaigns-letter-why-service" } else { "campaigns-letter-why" };
        let ends = Ends {
            out: format!("{}{}", self.base, self.way_out(token)),
            useful: manner.asks.then_some(useful),
            why: self.say(written.locale, why),
        };
        Some(Letter {
            from_name: self.brand.config.name.clone(),
            to: person.email.clone().unwrap_or_default(),
            text: self.text(&written, &ends),
            html: self.html(&written, &ends).into_string(),
            subject: written.subject,
        })
    }

    /// The words of a variant for somebody; nothing when it has none in any of our languages.
    #[must_use]
    pub fn written(&self, variant: &Variant, person: &Person) -> Option<Written> {
        let main = self.tenant.config.locale();
        let (locale, words) = variant.words(person.locale.unwrap_or(main), main)?;
        let filled = |text: &str| self.fill(text, person, locale);
        let (subject, body) = (filled(&words.subject), filled(&words.body));
        Some(Written { locale, subject, body, button: self.button(words) })
    }

    /// The path of the page on which a reader leaves the list.
    #[must_use]
    pub fn way_out(&self, token: &str) -> String {
        format!("/portal/{}/unsubscribe/{token}", self.site)
    }

    /// What a letter's head says besides: its own name for ever, and how mail programs leave the list for their reader.
    #[must_use]
    pub fn bulk(&self, name: String, token: &str, at: Timestamp) -> Bulk {
        Bulk { name, unsubscribe: format!("{}/api/v1/unsubscribe/{token}", self.base), at }
    }

    fn fill(&self, text: &str, person: &Person, locale: Locale) -> String {
        let tier = || {
            let (ladder, code) = person.facts.tiers().next()?;
            let group = self.program.tier_groups.get(ladder)?;
            let tier = group.tiers.iter().find(|tier| tier.code == code)?;
            Some(locale.pick(&tier.name).unwrap_or(code).to_owned())
        };
        let value = |name: &str, fallback: Option<&str>| {
            let found = match name {
                "points" => Some(locale.number(person.facts.balance(), 0)),
                "tier" => tier(),
                "program" => {
                    Some(locale.pick(&self.names).unwrap_or(&self.program.code).to_owned())
                }
                "brand" => Some(self.brand.config.name.clone()),
                _ => person.attributes.get(name).filter(|value| !value.is_empty()).cloned(),
            };
            // A line of a head must stay one.
            let found = found.map(|found| found.replace(|c: char| c.is_control(), " "));
            Ok(found.unwrap_or_else(|| fallback.unwrap_or_default().to_owned()))
        };
        // What a draft was kept with was checked.
        fill(text, value).unwrap_or_else(|_| text.to_owned())
    }

    fn button(&self, words: &Words) -> Option<(String, String)> {
        let link = match words.link.strip_prefix('/') {
            Some(path) => format!("{}/portal/{}/{path}", self.base, self.site),
            None => words.link.clone(),
        };
        (!words.button.is_empty()).then(|| (words.button.clone(), link))
    }

    fn say(&self, locale: Locale, key: &str) -> String {
        self.say_with(locale, key, Args::new().text("brand", &self.brand.config.name))
    }

    /// What we say in the brand's tone.
    #[must_use]
    pub fn say_with(&self, locale: Locale, key: &str, args: Args) -> String {
        locale.text(key, &args.text("tone", self.kit().tone.name()))
    }

    /// How the brand looks and sounds.
    #[must_use]
    pub fn kit(&self) -> BrandKit {
        self.brand.config.kit.clone().unwrap_or_default()
    }

    /// In whose name letters go.
    #[must_use]
    pub fn brand_name(&self) -> &str {
        &self.brand.config.name
    }

    /// Where the portal is, without the protocol: short enough to be typed.
    #[must_use]
    pub fn site_address(&self) -> String {
        let bare = self.base.trim_start_matches("https://").trim_start_matches("http://");
        format!("{bare}/portal/{}", self.site)
    }

    /// Who answers for a letter.
    #[must_use]
    pub fn sender(&self) -> &str {
        self.tenant.config.legal_entity.as_ref().unwrap_or(&self.tenant.config.name)
    }

    fn text(&self, written: &Written, Ends { out, useful, why }: &Ends) -> String {
        let locale = written.locale;
        let mut text = written.body.trim().to_owned();
        if let Some((words, link)) = &written.button {
            text.push_str(&format!("\n\n{words}: {link}"));
        }
        if let Some(link) = useful {
            text.push_str(&format!("\n\n{}", self.say(locale, "campaigns-letter-useful")));
            for (answer, key) in ANSWERS {
                text.push_str(&format!("\n{}: {link}?answer={answer}", self.say(locale, key)));
            }
        }
        let leave = self.say(locale, "campaigns-letter-leave");
        text.push_str(&format!("\n\n-- \n{}\n{why}\n{leave}: {out}\n", self.sender()));
        text
    }

    fn html(&self, written: &Written, Ends { out, useful, why }: &Ends) -> Markup {
        let Written { locale, body, button, .. } = written;
        let locale = *locale;
        let kit = self.kit();
        let (light, font) = (&kit.light, kit.letters.text.join(", ").replace('"', "'"));
        let page = format!(
            "margin:0;padding:24px;background:{};color:{};font:16px/1.5 {font}",
            light.paper, light.ink
        );
        let act = format!(
            "display:inline-block;padding:12px 20px;border-radius:{}px;background:{};color:{};text-decoration:none;font-weight:600",
            kit.corners.button.min(24),
            light.accent,
            light.accent_ink
        );
        html! {
            (maud::DOCTYPE)
            html lang=(locale.tag()) {
                head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; }
                body style=(page) {
                    div style="max-width:560px;margin:0 auto" {
                        p style="font-size:20px;font-weight:700" { (self.brand.config.name) }
                        @for paragraph in body.trim().split("\n\n") {
                            p { @for (at, line) in paragraph.lines().enumerate() { @if at > 0 { br; } (line) } }
                        }
                        @if let Some((words, link)) = button { p { a href=(link) style=(act) { (words) } } }
                        @if let Some(link) = useful {
                            p { (self.say(locale, "campaigns-letter-useful")) br;
                                @for (answer, key) in ANSWERS { a href=(format!("{link}?answer={answer}")) style=(format!("display:inline-block;padding:8px 16px 8px 0;color:{}", light.ink)) { (self.say(locale, key)) } } }
                        }
                        p style=(format!("margin-top:40px;font-size:13px;color:{}", light.muted)) {
                            (self.sender()) br; (why) br;
                            a href=(out) style=(format!("color:{}", light.muted)) { (self.say(locale, "campaigns-letter-leave")) }
                        }
                    }
                }
            }
        }
    }
}

/// The token that lets one person leave by one letter: of the campaign's secret and the member, the same for ever.
#[must_use]
pub fn token(campaign: &Campaign, member: MemberId) -> String {
    token_of(&campaign.secret, &member.0.to_be_bytes())
}

/// The token of a letter that `what` names among those of one secret.
#[must_use]
pub fn token_of(secret: &[u8], what: &[u8]) -> String {
    use base64::Engine;
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        unreachable!("a key of any length is good");
    };
    mac.update(what);
    let digest = mac.finalize().into_bytes();
    let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&digest[..TOKEN]);
    format!("{PREFIX}{text}")
}

/// What a letter is called for ever, in its `Message-ID`: by its campaign and its reader, whose ids tell nobody anything.
#[must_use]
pub fn name(campaign: CampaignId, member: MemberId) -> String {
    format!("{campaign}.{member}")
}

/// Whose letter a `Message-ID` is of.
#[must_use]
pub fn named(message_id: &str) -> Option<(CampaignId, MemberId)> {
    let own = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    let (campaign, member) = own.split('@').next()?.split_once('.')?;
    Some((campaign.parse().ok()?, member.parse().ok()?))
}

/// The letter by itself that a `Message-ID` is of.
#[must_use]
pub fn single_named(message_id: &str) -> Option<LetterId> {
    let own = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    own.split('@').next()?.parse().ok()
}

/// What is kept of a token.
#[must_use]
pub fn hash_of(token: &str) -> Vec<u8> {
    crate::secrets::hash_of(token)
}

/// Somebody made up, to whom a preview or a trial is written.
#[must_use]
pub fn somebody(email: &str, locale: Option<Locale>) -> Person {
    Person {
        member: MemberId(0),
        account: AccountId(0),
        locale,
        active: true,
        email: Some(email.to_owned()),
        attributes: BTreeMap::new(),
        facts: Facts::default(),
    }
}
