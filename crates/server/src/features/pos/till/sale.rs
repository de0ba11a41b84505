//! A sale: the member, what the basket would earn, the receipt with its reasons, and taking it back.

use axum::extract::{Path, Query};
use axum::response::Response;
use lazo_domain::event::Body;
use lazo_domain::ids::EventId;
use lazo_domain::money::Currency;
use lazo_domain::program::{Program, RewardKind};
use maud::{Markup, html};

use super::super::api::{self, Identification};
use super::super::receipt::{self, Names};
use super::paid::{give_paid_back, paid, pay, pay_refused, payment};
use super::rung::{LINES, rung};
use super::{SOURCE, front, member_of, program_of, reference, spend};
use crate::App;
use crate::features::ledger::receipt::ReceiptView;
use crate::features::members::{Member, MemberStatus};
use crate::features::purchases::api::buy;
use crate::features::redemptions::api as redemptions;
use crate::features::returns::api::{NewReturn, PurchaseName, ReturnLineBody, give_back};
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

/// Reasons that are told at once.
const TOLD: usize = 3;

/// A member in front of the till: tier and points, a sale, and what the points buy.
pub(super) async fn member(desk: Desk<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let member = member_of(&desk, &id).await?;
    page(&desk, &member, Said::default(), &Fields::default()).await
}

async fn page(
    desk: &Desk<App>,
    member: &Member,
    said: Said<'_>,
    fields: &Fields,
) -> Result<Response, Problem> {
    let program = program_of(desk, member).await?;
    let asked = Identification::of(member.id);
    let identity = api::identity(&desk.scope, &asked).await?;
    let names = Names::of(&desk.scope).await?;
    let rewards = spend::rewards(desk, member, &program).await?;
    let categories = categories(desk, &program).await?;
    let choice = super::choice(desk, Some(member)).await?;
    let title = desk.t("pos-till-member");
    let main = html! {
        div.part {
            p { a href="/caja" { (desk.t("pos-till-next")) } }
            h1 { (title) }
            @if member.status != MemberStatus::Active { (ui::note("bad", &desk.t("pos-till-suspended"))) }
            ul.have {
                @for line in &identity.lines { li { (line) } }
                @if identity.lines.is_empty() { li { (desk.t("pos-till-no-points")) } }
            }
            @for (group, tier) in &identity.tiers { p.quiet { (names.tier(group, tier)) } }
            (choice)
        }
        div.cells.two {
            section.part {
                h2 { (desk.t("pos-till-sell")) }
                @if let Some(note) = said.note { (ui::note("bad", note)) }
                form method="post" action=(format!("/caja/members/{}/quote", member.id)) data-sale=(member.id) {
                    (ui::token(&desk.token))
                    input type="hidden" name="reference" value=(reference(desk));
                    (line(desk, 0, &categories, fields))
                    details open[(1..LINES).any(|n| !fields.get(&format!("amount{n}")).is_empty())] {
                        summary { (desk.t("pos-till-more-lines")) }
                        div.part { @for n in 1..LINES { (line(desk, n, &categories, fields)) } }
                    }
                    @if let Some(least) = part_payment(&program) {
                        (ui::field(ui::Field { name: "pay", label: &desk.t("pos-till-pay"), keys: Some("decimal"), value: fields.get("pay"), wrong: said.pay,
                            hint: Some(&desk.say("pos-till-pay-hint", Args::new().text("amount", desk.locale.money(least, program.currency)))),
                            ..ui::Field::default() }))
                    }
                    button.act.wide { (desk.t("pos-till-quote")) }
                }
            }
            (rewards)
        }
    };
    Ok(shell::till(desk, &title, &main))
}

fn line(desk: &Desk<App>, n: usize, categories: &[String], fields: &Fields) -> Markup {
    let (amount, category) = (format!("amount{n}"), format!("category{n}"));
    html! {
        div.line {
            (ui::field(ui::Field { name: &amount, label: &desk.t("pos-till-amount"), value: fields.get(&amount),
                keys: Some("decimal"), class: (n == 0).then_some("big"), required: n == 0, ..ui::Field::default() }))
            @if !categories.is_empty() {
                div.field {
                    label for=(category) { (desk.t("pos-till-category")) }
                    select id=(category) name=(category) {
                        option value="" { (desk.t("pos-till-category-any")) }
                        @for one in categories { option value=(one) selected[fields.get(&category) == one] { (one) } }
                    }
                }
            }
        }
    }
}

/// The categories that rules of the program ask for: only these make a difference.
async fn categories(desk: &Desk<App>, program: &Program) -> Result<Vec<String>, Problem> {
    let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
    let document = app.programs.document(tenant, program.id, program.version).await?;
    let rules = document.iter().flat_map(|document| &document.earning_rules);
    let named =
        rules.flat_map(|rule| rule.lines.categories.iter().chain(&rule.lines.not_categories));
    let all: std::collections::BTreeSet<String> = named.cloned().collect();
    Ok(all.into_iter().collect())
}

/// The least that can be paid with points, in minor units, where the program lets members pay part of a bill.
fn part_payment(program: &Program) -> Option<i64> {
    program.rewards.values().find_map(|reward| match &reward.kind {
        RewardKind::PartPayment { min_minor, .. } => Some((*min_minor).max(1)),
        _ => None,
    })
}

/// What the basket would earn, before anything is done.
pub(super) async fn quote(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let member = member_of(&desk, &id).await?;
    let program = program_of(&desk, &member).await?;
    let rung = match rung(&member, &program, &fields) {
        Ok(rung) => rung,
        Err(why) => return page(&desk, &member, Said::of(&desk.t(why)), &fields).await,
    };
    let view = match buy(&desk.scope, &rung.purchase, true).await {
        Ok(view) => view,
        Err(problem) if problem.status < 500 => {
            let why = problem.on_page(desk.locale);
            return page(&desk, &member, Said::of(&why), &fields).await;
        }
        Err(problem) => return Err(problem),
    };
    // A part that points cannot pay is told before anybody counts money.
    if rung.pay_minor > 0 {
        match redemptions::try_reserve(&desk.scope, &payment(&program, &rung)?).await {
            Ok(()) => {}
            Err(problem) if problem.status < 500 => {
                let said = Said { pay: Some(&pay_refused(&desk, &program, &problem)), note: None };
                return page(&desk, &member, said, &fields).await;
            }
            Err(problem) => return Err(problem),
        }
    }
    let names = Names::of(&desk.scope).await?;
    let total = rung.purchase.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.net()));
    let title = desk.t("pos-till-quote-title");
    let main = html! {
        div.part {
            h1 { (desk.locale.money(total, program.currency)) }
            @if rung.pay_minor > 0 {
                p.lead { (desk.say("pos-till-pays", Args::new().text("amount", desk.locale.money(rung.pay_minor, program.currency)))) }
            }
            (paper(&desk, &names, &view.receipt))
        }
        form method="post" action=(format!("/caja/members/{}/sell", member.id)) data-sale=(member.id) data-sell {
            (ui::token(&desk.token))
            @for (name, value) in fields.all() { input type="hidden" name=(name) value=(value); }
            div.acts {
                button.act { (desk.t("pos-till-sell-do")) }
                a.act.second href=(format!("/caja/members/{}", member.id)) { (desk.t("pos-till-back")) }
            }
        }
        (why(&desk, &view.receipt))
    };
    Ok(shell::till(&desk, &title, &main))
}

/// What is wrong with what was typed: with the whole, or with the part that points shall pay.
#[derive(Debug, Clone, Copy, Default)]
struct Said<'a> {
    note: Option<&'a str>,
    pay: Option<&'a str>,
}

impl<'a> Said<'a> {
    fn of(note: &'a str) -> Self {
        Self { note: Some(note), pay: None }
    }
}

/// What prints below the sum.
fn paper(desk: &Desk<App>, names: &Names, view: &ReceiptView) -> Markup {
    html! {
        ul.paper { @for line in receipt::lines(desk.locale, names, view) { li { (line) } } }
    }
}

/// Why it earned what it earned: what matters most first, the rest on demand.
fn why(desk: &Desk<App>, view: &ReceiptView) -> Markup {
    let (first, rest) = view.explanation.details.split_at(view.explanation.details.len().min(TOLD));
    html! {
        section.part.why {
            h2 { (desk.t("pos-till-why")) }
            p { (view.explanation.headline) }
            ul.dots { @for detail in first { li { (detail) } } }
            @if !rest.is_empty() {
                details {
                    summary { (desk.t("pos-till-why-all")) }
                    ul.dots { @for detail in rest { li { (detail) } } }
                }
            }
        }
    }
}

/// Finishes the sale: points that pay are spent, and the purchase is posted. Sent again, it is done once.
pub(super) async fn sell(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let member = member_of(&desk, &id).await?;
    let program = program_of(&desk, &member).await?;
    let rung = match rung(&member, &program, &fields) {
        Ok(rung) => rung,
        Err(why) => return page(&desk, &member, Said::of(&desk.t(why)), &fields).await,
    };
    let done = async {
        // What would refuse the purchase shall not spend the points.
        buy(&desk.scope, &rung.purchase, true).await?;
        if rung.pay_minor == 0 {
            return buy(&desk.scope, &rung.purchase, false).await;
        }
        let paid = pay(&desk, &program, &rung).await?;
        let sold = buy(&desk.scope, &rung.purchase, false).await;
        // Refused after all: the points go back. Where it is not known, the same form sent again finishes both.
        if sold.as_ref().is_err_and(|problem| problem.status < 500) {
            redemptions::cancel(&desk.scope, paid).await?;
        }
        sold
    };
    match done.await {
        Ok(view) => Ok(see(&format!("/caja/sales/{}", view.receipt.id))),
        Err(problem) if problem.status < 500 => {
            let why = problem.on_page(desk.locale);
            page(&desk, &member, Said::of(&why), &fields).await
        }
        Err(problem) => Err(problem),
    }
}

/// A sale by the number on its paper.
pub(super) async fn find(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let asked = fields.get("reference");
    let books = desk.scope.app.ledger.books();
    let found = match asked.parse::<EventId>() {
        Ok(id) => Some(id),
        Err(_) => books.claimed(desk.scope.tenant, SOURCE, asked).await?.map(|(_, event)| event),
    };
    let stored = match found {
        Some(id) => books.event(desk.scope.tenant, id).await?,
        None => None,
    };
    match stored.filter(|stored| matches!(stored.event.body, Body::Purchase(_))) {
        Some(stored) => Ok(see(&format!("/caja/sales/{}", stored.event.id))),
        None => Ok(front(&desk, "", Some(ui::note("bad", &desk.t("pos-till-receipt-none"))))),
    }
}

/// What was just done, carried to the page that shows it.
#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Done {
    #[serde(default)]
    done: String,
}

/// The receipt of a sale, with its reasons, and the ways to take it back.
pub(super) async fn sale(
    desk: Desk<App>,
    Path(id): Path<String>,
    Query(Done { done }): Query<Done>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("purchase_not_found");
    let id: EventId = id.parse().map_err(|_| missing())?;
    let books = desk.scope.app.ledger.books();
    let stored = books.event(desk.scope.tenant, id).await?.ok_or_else(missing)?;
    let Body::Purchase(bought) = &stored.event.body else { return Err(missing()) };
    let account = books.account(desk.scope.tenant, stored.event.account).await?;
    let member = account.ok_or_else(missing)?.member;
    let view = ReceiptView::of(&desk.scope, &stored.event, &stored.outcome, false).await?;
    let names = Names::of(&desk.scope).await?;
    let currency: Option<Currency> = bought.currency.parse().ok();
    let money = |minor: i64| {
        currency.map_or_else(|| minor.to_string(), |currency| desk.locale.money(minor, currency))
    };
    let title = desk.t("pos-till-done");
    let paid = paid(&desk, &stored).await?.and_then(|redemption| redemption.order.pay_minor);
    let main = html! {
        @match done.as_str() {
            "void" => (ui::note("good", &desk.t("pos-till-voided"))),
            "return" => (ui::note("good", &desk.t("pos-till-returned"))),
            _ => {}
        }
        div.part {
            h1 { (title) }
            (paper(&desk, &names, &view))
            @if let Some(minor) = paid { p { (desk.say("pos-till-pays", Args::new().text("amount", money(minor)))) } }
            p.quiet.small { (desk.say("pos-till-number", Args::new().text("number", &stored.event.source_ref))) }
            div.acts {
                a.act href="/caja" { (desk.t("pos-till-next")) }
                a.act.second href=(format!("/caja/members/{member}")) { (desk.t("pos-till-same")) }
            }
        }
        (why(&desk, &view))
        @if done.is_empty() {
            details.back {
                summary { (desk.t("pos-till-take-back")) }
                div.part {
                    form method="post" action=(format!("/caja/sales/{id}/return")) {
                        (ui::token(&desk.token))
                        input type="hidden" name="reference" value=(reference(&desk));
                        fieldset {
                            legend { (desk.t("pos-till-return-lines")) }
                            @for (n, line) in bought.lines.iter().enumerate() {
                                label.check {
                                    input type="checkbox" name=(format!("line{n}")) value="1" checked[bought.lines.len() == 1];
                                    span { (money(line.net_minor)) " " (line.category) " " (line.product) }
                                }
                            }
                        }
                        @if let Some(minor) = paid {
                            p.quiet.small { (desk.say("pos-till-return-paid", Args::new().text("amount", money(minor)))) }
                        }
                        button.act.second { (desk.t("pos-till-return")) }
                    }
                    form method="post" action=(format!("/caja/sales/{id}/void")) {
                        (ui::token(&desk.token))
                        p.quiet.small { (desk.t("pos-till-void-hint")) }
                        button.act.danger { (desk.t("pos-till-void")) }
                    }
                }
            }
        }
    };
    Ok(shell::till(&desk, &title, &main))
}

/// As if the sale had never been.
pub(super) async fn void(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let id: EventId = id.parse().map_err(|_| Problem::not_found("purchase_not_found"))?;
    api::undo(&desk.scope, id).await?;
    give_paid_back(&desk, id).await?;
    Ok(see(&format!("/caja/sales/{id}?done=void")))
}

/// Goods come back: what the sale gave for them goes back too.
pub(super) async fn take_back(
    desk: Desk<App>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("purchase_not_found");
    let id: EventId = id.parse().map_err(|_| missing())?;
    let books = desk.scope.app.ledger.books();
    let stored = books.event(desk.scope.tenant, id).await?.ok_or_else(missing)?;
    let Body::Purchase(bought) = &stored.event.body else { return Err(missing()) };
    let account = books.account(desk.scope.tenant, stored.event.account).await?;
    let ticked = (0_u16..).zip(&bought.lines).filter(|(n, _)| fields.is_set(&format!("line{n}")));
    let lines: Vec<ReturnLineBody> = ticked
        .map(|(line, of)| ReturnLineBody { line, quantity_milli: of.quantity_milli })
        .collect();
    if lines.is_empty() {
        return Ok(see(&format!("/caja/sales/{id}")));
    }
    let new = NewReturn {
        member: account.ok_or_else(missing)?.member.to_string(),
        purchase: PurchaseName { id: Some(id), source: None, reference: None },
        source: Some(SOURCE.to_owned()),
        reference: fields.get("reference").to_owned(),
        at: None,
        lines,
    };
    let all = new.lines.len() == bought.lines.len();
    give_back(&desk.scope, &new, false).await?;
    if all {
        give_paid_back(&desk, id).await?;
    }
    Ok(see(&format!("/caja/sales/{id}?done=return")))
}
