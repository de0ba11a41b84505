//! The surfaces that a kit dresses, each as a page of its own made by what makes the real ones.

use std::sync::Arc;

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};
use axum::response::{IntoResponse, Response};
use lazo_domain::program::{Program, ProgramConfig};
use maud::{Markup, html};

use crate::App;
use crate::features::accounts::holdings::name;
use crate::features::brands::Brand;
use crate::features::campaigns::sheet::Sheet;
use crate::i18n::Args;
use crate::web::kit::BrandKit;
use crate::web::site::{Facts, Site};
use crate::web::ui::{self, Field};
use crate::web::{Desk, Visit, assets, barcode, shell};

/// Every surface, in the order in which they are shown.
pub const SURFACES: [&str; 5] = ["portal", "portal-dark", "ticket", "letter", "console"];
/// What a surface may do: be shown in a page of ours, and nothing else.
const FRAMED: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; sandbox allow-same-origin; \
    frame-ancestors 'self'";
/// A letter carries its style on its parts, as mail programs want it.
const FRAMED_LETTER: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-same-origin; \
    frame-ancestors 'self'";

/// A brand in the clothes of a kit that is not kept yet.
pub struct Dressed<'a> {
    /// Who looks.
    pub desk: &'a Desk<App>,
    /// The brand as it is kept.
    pub brand: &'a Brand,
    /// The kit as it would be.
    pub kit: BrandKit,
    /// The brand's first program, for names and prices that are its own.
    pub program: Option<(Arc<Program>, Arc<ProgramConfig>)>,
    /// Where the kit's style sheet lies.
    pub sheet: String,
}

impl Dressed<'_> {
    /// The page of a surface; `None` when there is none of that name.
    pub fn page(&self, surface: &str) -> Option<Response> {
        let (policy, page) = match surface {
            "portal" | "portal-dark" => (FRAMED, self.portal(&self.home())),
            "ticket" => (FRAMED, self.portal(&self.ticket())),
            "letter" => (FRAMED_LETTER, self.letter()),
            "console" => (FRAMED, self.console()),
            _ => return None,
        };
        let heads = [
            (CONTENT_TYPE, "text/html; charset=utf-8"),
            (CONTENT_SECURITY_POLICY, policy),
            (X_FRAME_OPTIONS, "SAMEORIGIN"),
        ];
        Some((heads, page.into_string()).into_response())
    }

    fn visit(&self) -> Visit {
        let config = &self.brand.config;
        let facts = Facts {
            tenant: self.brand.tenant,
            brand: self.brand.id,
            name: config.name.clone(),
            site: config.site.clone().unwrap_or_default(),
            programs: Vec::new(),
            locales: vec![self.desk.locale],
            legal_entity: config.name.clone(),
            privacy: config.privacy.clone(),
            support: None,
            widget: None,
        };
        let site = Arc::new(Site::new(facts, self.kit.clone()));
        let (path, token) = (site.base.clone(), String::new());
        Visit { site, locale: self.desk.locale, token, path, signed_in: true }
    }

    /// A page of the portal, with the kit's style sheet where the kept one would be.
    fn portal(&self, main: &Markup) -> Markup {
        let visit = self.visit();
        let title = visit.t("web-place-home");
        let page = shell::portal_page(&visit, &title, Some(shell::Place::Home), main);
        let sheet = self.sheet.replace('&', "&amp;");
        maud::PreEscaped(page.into_string().replace(visit.site.sheet(), &sheet))
    }

    /// So many of the brand's points, in its words.
    fn amount(&self, units: i64) -> String {
        let locale = self.desk.locale;
        let word = self.program.as_ref().and_then(|(_, document)| {
            let point_type = document.point_types.first()?;
            Some((name(document, &point_type.code, locale), point_type.scale))
        });
        let (word, scale) = word.unwrap_or_default();
        let one = 10_i64.pow(u32::from(scale.min(6)));
        let number = locale.number(units.saturating_mul(one), scale);
        locale.text("accounts-amount", &Args::new().text("number", number).text("name", word))
    }

    fn home(&self) -> Markup {
        let visit = self.visit();
        let rewards = self.program.as_ref().map(|(_, document)| document.rewards.as_slice());
        html! {
            div.stack {
                section.card {
                    p.hello { (self.brand.config.name) }
                    p.big { b { (self.desk.number(1_284)) } }
                    p.worth { (self.amount(1_284)) }
                }
                div.acts { a.act href="#main" { (visit.t("rewards-redeem")) } a.act.second href="#main" { (visit.t("rewards-back")) } }
                section.part {
                    h2 { (visit.t("rewards-title")) }
                    ul.gallery { @for reward in rewards.unwrap_or_default().iter().take(4) { li {
                        a.reward href="#main" {
                            span.art { @if let Some(path) = visit.site.art(&reward.code) { img src=(path) alt="" width="240" height="180"; } }
                            h3 { (visit.locale.pick(&reward.name).unwrap_or(&reward.code)) }
                        }
                    } } }
                }
                p.quiet { (visit.t("styleguide-sample")) }
            }
        }
    }

    fn ticket(&self) -> Markup {
        let visit = self.visit();
        let field = visit.t("styleguide-field");
        html! {
            div.stack.narrow {
                (ui::note("good", &visit.t("redemptions-done")))
                article.ticket {
                    p.value { (self.amount(150)) }
                    (barcode::code_128("7KQ4-M2XD-9RTB", &visit.t("styleguide-title")))
                    p { (visit.t("redemptions-show")) }
                }
                (ui::note("bad", &visit.t("styleguide-bad")))
                (ui::field(Field { name: "sample", label: &field, value: "12,x", wrong: Some(&visit.t("styleguide-wrong")), ..Field::default() }))
                (ui::bar(3, 5))
            }
        }
    }

    fn letter(&self) -> Markup {
        let (visit, name) = (self.visit(), self.brand.config.name.as_str());
        let body = visit.say("brand-kit-letter", Args::new().text("brand", name));
        let button = (visit.t("rewards-redeem"), visit.site.base.clone());
        let sheet = Sheet {
            locale: visit.locale,
            brand: name,
            kit: &self.kit,
            body: &body,
            button: Some(&button),
            question: None,
            sender: name,
            why: &visit.t("brand-kit-letter-why"),
            ways: &[],
        };
        sheet.html()
    }

    /// A desk in the brand's colours.
    fn console(&self) -> Markup {
        let desk = self.desk;
        html! {
            (maud::DOCTYPE)
            html lang=(desk.locale.tag()) {
                head {
                    meta charset="utf-8"; meta name="viewport" content="width=device-width";
                    title { (self.brand.config.name) }
                    link rel="stylesheet" href=(assets::CONSOLE_CSS.path);
                    link rel="stylesheet" href=(self.sheet);
                }
                body.console { main {
                    h1 { (self.brand.config.name) }
                    dl.figures { div { dt { (desk.t("styleguide-number")) } dd { (desk.number(1_284)) } } }
                    div.acts {
                        button.act type="button" { (desk.t("styleguide-main")) }
                        button.act.second type="button" { (desk.t("styleguide-second")) }
                    }
                    p { span.tag.live { "live" } " " span.tag.draft { "draft" } " " span.tag.bad { "bad" } }
                } }
            }
        }
    }
}
