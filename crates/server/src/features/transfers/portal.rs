//! Points given to another member: to whom by the card's number, how many, looked at once more, and sent.

use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use lazo_domain::ids::EventId;
use lazo_domain::points::Points;
use lazo_domain::time::DAY;
use maud::{Markup, html};

use super::api::{Move, carry};
use crate::App;
use crate::features::accounts::holdings::{Holding, Purse};
use crate::features::members::{self, CARD, EXTERNAL, Identifier, Member, MemberStatus};
use crate::features::sessions::prove;
use crate::features::tenants;
use crate::http::Problem;
use crate::i18n::{Args, typed};
use crate::web::shell::{self, Place};
use crate::web::ui::{self, Field};
use crate::web::visit::Presence;
use crate::web::{Fields, Own, PageRow, Who, see};

/// Cards that one member may ask for in a day: whoever gives knows the number.
const CARDS_A_DAY: u32 = 10;

/// Who may open what.
pub const PAGES: &[PageRow] =
    &[PageRow::portal("/transfers", Who::Own), PageRow::portal("/transfers", Who::Own).sent()];

/// The pages of this noun.
pub fn pages() -> Router<App> {
    Router::new().route("/transfers", get(form).post(sent))
}

/// A gift that can be sent.
struct Gift {
    holding: Holding,
    card: String,
    from: Member,
    to: Member,
    points: i64,
    reference: String,
}

/// What is wrong with what was typed.
#[derive(Default)]
struct Wrong {
    card: Option<String>,
    points: Option<String>,
    whole: Option<String>,
}

/// What may be given: of programs that allow it.
fn givable(purse: &Purse) -> Vec<&Holding> {
    purse.holdings.iter().filter(|holding| holding.program.transfers.allowed).collect()
}

async fn form(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "transfers") {
        return Ok(*away);
    }
    page(&own, &Fields::default(), Wrong::default()).await
}

async fn page(own: &Own<App>, fields: &Fields, wrong: Wrong) -> Result<Response, Problem> {
    let purse = Purse::of(own).await?;
    let all = givable(&purse);
    let title = own.t("transfers-title");
    // The same page sent twice is one gift: its name is made here.
    let reference = EventId(own.scope.app.ids.next()).to_string();
    let kept = fields.get("reference");
    let reference = if kept.is_empty() { reference.as_str() } else { kept };
    let main = html! {
        div.stack.narrow {
            div.part {
                p { a href=(own.at("/rewards")) { (own.t("rewards-back")) } }
                h1 { (title) }
                p.lead { (own.t("transfers-lead")) }
            }
            @if let Some(whole) = &wrong.whole { (ui::note("bad", whole)) }
            @if all.is_empty() { p.empty { (own.t("transfers-none")) } } @else {
                form.part method="post" action=(own.at("/transfers")) {
                    (ui::token(&own.token))
                    input type="hidden" name="reference" value=(reference);
                    @if all.len() > 1 {
                        div.field {
                            label for="of" { (own.t("transfers-of")) }
                            select id="of" name="of" { @for holding in &all {
                                @let name = key(holding);
                                option value=(name) selected[fields.get("of") == name] { (holding.amount(holding.balance.available.0, own.locale)) }
                            } }
                        }
                    }
                    (ui::field(Field { name: "card", label: &own.t("transfers-card"), hint: Some(&own.t("transfers-card-hint")),
                        value: fields.get("card"), wrong: wrong.card.as_deref(), keys: Some("text"), required: true, ..Field::default() }))
                    (ui::field(Field { name: "points", label: &own.t("transfers-points"), hint: Some(&hint(own, &all)),
                        value: fields.get("points"), wrong: wrong.points.as_deref(), keys: Some("decimal"), required: true, ..Field::default() }))
                    div { button.act { (own.t("transfers-look")) } }
                    p.quiet.small { (own.t("transfers-for-good")) }
                }
            }
        }
    };
    Ok(shell::portal(own, &title, Some(Place::Rewards), &main))
}

/// Which point type of which program: what a choice is called.
fn key(holding: &Holding) -> String {
    format!("{}/{}", holding.program.code, holding.code)
}

/// What there is of the first, and how many may be given.
fn hint(own: &Own<App>, all: &[&Holding]) -> String {
    let Some(holding) = all.first() else { return String::new() };
    let policy = &holding.program.transfers;
    let amount = |points: Points| holding.amount(points.0, own.locale);
    let args = Args::new()
        .text("have", amount(holding.balance.available))
        .text("least", amount(policy.min))
        .text("most", amount(policy.max))
        .text("year", amount(policy.max_per_year));
    own.say("transfers-hint", args)
}

async fn sent(
    own: Own<App>,
    Extension(presence): Extension<Presence>,
    fields: Fields,
) -> Result<Response, Problem> {
    if let Err(away) = prove::fresh(&own, &presence, "transfers") {
        return Ok(*away);
    }
    let gift = match read(&own, &fields).await? {
        Ok(gift) => gift,
        Err(wrong) => return page(&own, &fields, wrong).await,
    };
    if !fields.is_set("confirmed") {
        return Ok(look(&own, &gift));
    }
    match give(&own, &gift).await {
        Ok(event) => Ok(see(&own.at(&format!("/points/{event}")))),
        Err(problem) if problem.status < 500 && problem.status != 429 => {
            let whole = Some(problem.on_page(own.locale));
            page(&own, &fields, Wrong { whole, ..Wrong::default() }).await
        }
        Err(problem) => Err(problem),
    }
}

async fn give(own: &Own<App>, gift: &Gift) -> Result<EventId, Problem> {
    let it = Move {
        from: &gift.from,
        to: &gift.to,
        program: &gift.holding.program,
        point_type: gift.holding.point_type,
        points: gift.points,
        reference: &gift.reference,
        at: None,
    };
    let (event, _) = carry(&own.scope, it).await?;
    Ok(event.id)
}

/// What was typed as a gift. A card that is nobody's, one's own, or of somebody who is not in the program is the same.
async fn read(own: &Own<App>, fields: &Fields) -> Result<Result<Gift, Wrong>, Problem> {
    let purse = Purse::of(own).await?;
    let all = givable(&purse);
    let chosen = all.iter().find(|holding| key(holding) == fields.get("of")).or(all.first());
    let Some(holding) = chosen.map(|holding| (*holding).clone()) else {
        return Ok(Err(Wrong { whole: Some(own.t("transfers-none")), ..Wrong::default() }));
    };
    let points = typed::number(fields.get("points"), usize::from(holding.scale));
    let policy = &holding.program.transfers;
    let most = policy.max.min(holding.balance.available).0;
    let Some(points) = points.filter(|n| (policy.min.0.max(1)..=most).contains(n)) else {
        let points = Some(own.t("transfers-points-wrong"));
        return Ok(Err(Wrong { points, ..Wrong::default() }));
    };
    let from = members::resolve_active(&own.scope, "me").await?;
    let who = format!("gift {}", from.id);
    let now = own.scope.caller.real_now;
    let allowance =
        own.scope.app.strangers.take_within(&who, CARDS_A_DAY, 2 * CARDS_A_DAY, DAY, now);
    if !allowance.granted {
        let problem = Problem::new(429, "rate_limited");
        return Err(Problem { retry_after_s: Some(allowance.reset_s), ..problem });
    }
    let card = fields.get("card");
    let to = holder(own, card).await?.filter(|to| {
        to.id != from.id
            && to.status == MemberStatus::Active
            && to.programs.contains(&holding.program.id)
    });
    let Some(to) = to else {
        let card = Some(own.t("transfers-card-wrong"));
        return Ok(Err(Wrong { card, ..Wrong::default() }));
    };
    let (card, reference) = (card.to_owned(), fields.get("reference").to_owned());
    Ok(Ok(Gift { holding, card, from, to, points, reference }))
}

/// Whose card it is.
async fn holder(own: &Own<App>, card: &str) -> Result<Option<Member>, Problem> {
    let (db, tenant) = (&own.scope.app.db, own.scope.tenant);
    let found = tenants::store::by_id(db, tenant).await?;
    let country = found.map(|tenant| tenant.config.country).unwrap_or_default();
    for scheme in [CARD, EXTERNAL] {
        let Ok(name) = Identifier::new(scheme, card, &country) else { continue };
        if let Some(member) = members::store::by_identifier(db, tenant, &name).await? {
            return Ok(Some(member));
        }
    }
    Ok(None)
}

/// What will happen, once more, and both ways. It says nothing of who it is: the card was known.
fn look(own: &Own<App>, gift: &Gift) -> Response {
    let holding = &gift.holding;
    let amount = |points: i64| -> Markup {
        html! { (holding.amount(points, own.locale)) }
    };
    let title = own.t("transfers-look-title");
    let args = Args::new().text("card", gift.card.as_str());
    let main = html! {
        div.stack.narrow {
            div.part { h1 { (title) } p.lead { (own.say("transfers-to", args)) } }
            section.sum { dl.pairs {
                div { dt { (own.t("transfers-gives")) } dd { (amount(gift.points))
                    @if let Some(worth) = holding.worth(Points(gift.points), own.locale) { " (" (worth) ")" } } }
                div { dt { (own.t("rewards-after")) } dd { b { (amount(holding.balance.available.0 - gift.points)) } } }
            } }
            (ui::note("careful", &own.t("transfers-for-good")))
            form.acts method="post" action=(own.at("/transfers")) {
                (ui::token(&own.token))
                input type="hidden" name="confirmed" value="1";
                input type="hidden" name="reference" value=(gift.reference);
                input type="hidden" name="of" value=(key(holding));
                input type="hidden" name="card" value=(gift.card);
                input type="hidden" name="points" value=(holding.number(gift.points, own.locale));
                button.act { (own.t("transfers-send")) }
                a.act.second href=(own.at("/transfers")) { (own.t("transfers-back")) }
            }
        }
    };
    shell::portal(own, &title, Some(Place::Rewards), &main)
}
