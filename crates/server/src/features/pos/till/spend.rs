//! Points spent at the till: rewards handed out, and vouchers taken.

use axum::extract::Path;
use axum::response::Response;
use lazo_domain::account::RedemptionState;
use lazo_domain::ids::RedemptionId;
use lazo_domain::program::Program;
use maud::{Markup, html};

use super::super::receipt::Names;
use super::{front, reference};
use crate::App;
use crate::features::members::Member;
use crate::features::programs;
use crate::features::redemptions::api::{self, NewRedemption, RedemptionView};
use crate::features::rewards::api::{RewardView, for_member};
use crate::features::vouchers::api as vouchers;
use crate::http::Problem;
use crate::i18n::Args;
use crate::web::{Desk, Fields, see, shell, ui};

/// What the member's points buy here and now, and what is still out of reach.
pub(super) async fn rewards(
    desk: &Desk<App>,
    member: &Member,
    program: &std::sync::Arc<Program>,
) -> Result<Markup, Problem> {
    let all =
        for_member(&desk.scope, std::sync::Arc::clone(program), &member.id.to_string()).await?;
    let here = |reward: &&RewardView| reward.kind != "part_payment";
    let (now, later): (Vec<&RewardView>, Vec<&RewardView>) =
        all.iter().filter(here).partition(|reward| reward.available);
    let name =
        |reward: &RewardView| desk.locale.pick(&reward.name).unwrap_or(&reward.code).to_owned();
    let names = Names::of(&desk.scope).await?;
    let price = |reward: &RewardView| {
        let scale = program.point_type(&reward.point_type).map_or(0, |of| of.scale);
        let points = desk.locale.number(reward.price, scale);
        let args = Args::new().text("points", points);
        desk.say("pos-till-price", args.text("point_type", names.points(&reward.point_type)))
    };
    Ok(html! {
        section.part {
            h2 { (desk.t("pos-till-rewards")) }
            @if now.is_empty() { p.quiet { (desk.t("pos-till-rewards-none")) } }
            ul.rows { @for reward in now {
                li { form.row.hand method="post" action=(format!("/caja/members/{}/redeem", member.id)) {
                    (ui::token(&desk.token))
                    input type="hidden" name="program" value=(program.code);
                    input type="hidden" name="reward" value=(reward.code);
                    input type="hidden" name="reference" value=(reference(desk));
                    span.what { (name(reward)) }
                    button.act.second.slim { (desk.t("pos-till-hand")) }
                    span.when { (price(reward)) }
                } }
            } }
            @if !later.is_empty() {
                details {
                    summary { (desk.t("pos-till-rewards-later")) }
                    ul.rows { @for reward in later {
                        li { div.row { span.what { (name(reward)) } span.effect { (price(reward)) } } }
                    } }
                }
            }
        }
    })
}

/// Spends the points at once: the reward is handed over the counter.
pub(super) async fn redeem(
    desk: Desk<App>,
    Path(member): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let new = NewRedemption {
        member,
        program: Some(fields.get("program").to_owned()),
        reward: fields.get("reward").to_owned(),
        quantity: 1,
        pay_minor: None,
        hold_until: None,
        capture: true,
        reference: fields.get("reference").to_owned(),
    };
    let done = api::reserve(&desk.scope, &new).await?;
    Ok(see(&format!("/caja/redemptions/{}", done.id)))
}

/// What was handed over, and undo.
pub(super) async fn redemption(
    desk: Desk<App>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let view = api::find_view(&desk.scope, parsed(&id)?).await?;
    let taken = view.vouchers.iter().any(|voucher| voucher.state == "used");
    let spent = view.state == RedemptionState::Captured.name();
    let (name, price) = told(&desk, &view).await?;
    let title = desk.t(if spent { "pos-till-handed" } else { "pos-till-undone" });
    let main = html! {
        div.part {
            h1 { (title) }
            p.lead { (desk.say("pos-till-handed-lead", Args::new().text("reward", name).text("price", price))) }
            ul.paper { @for voucher in &view.vouchers { li { (voucher.code) } } }
            div.acts {
                a.act href="/caja" { (desk.t("pos-till-next")) }
                @if spent && !taken {
                    form method="post" action=(format!("/caja/redemptions/{id}/cancel")) {
                        (ui::token(&desk.token)) button.act.second { (desk.t("pos-till-undo")) }
                    }
                }
            }
        }
    };
    Ok(shell::till(&desk, &title, &main))
}

/// The name of a reward in whichever program has it; its code where none has it any more.
async fn name_of(desk: &Desk<App>, code: &str) -> Result<String, Problem> {
    let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
    let all = programs::of(&desk.scope).await?;
    for program in all.ids().filter_map(|id| all.at(id, desk.scope.now)) {
        let document = app.programs.document(tenant, program.id, program.version).await?;
        let found = document.iter().flat_map(|d| &d.rewards).find(|one| one.code == code);
        if let Some(name) = found.and_then(|one| desk.locale.pick(&one.name)) {
            return Ok(name.to_owned());
        }
    }
    Ok(code.to_owned())
}

/// The reward's name, and what it cost in the words of its program.
async fn told(desk: &Desk<App>, view: &RedemptionView) -> Result<(String, String), Problem> {
    let (app, tenant) = (&desk.scope.app, desk.scope.tenant);
    let all = programs::of(&desk.scope).await?;
    let names = Names::of(&desk.scope).await?;
    for program in all.ids().filter_map(|id| all.at(id, desk.scope.now)) {
        let Some(reward) = program.rewards.get(&view.reward) else { continue };
        let document = app.programs.document(tenant, program.id, program.version).await?;
        let written = document.iter().flat_map(|document| &document.rewards);
        let found = written.into_iter().find(|one| one.code == view.reward);
        let name = found.and_then(|one| desk.locale.pick(&one.name)).unwrap_or(&view.reward);
        let scale = program.point_type(&reward.point_type).map_or(0, |of| of.scale);
        let args = Args::new().text("points", desk.locale.number(view.points, scale));
        let args = args.text("point_type", names.points(&reward.point_type));
        return Ok((name.to_owned(), desk.say("pos-till-price", args)));
    }
    // No program in force has it any more: its code and its bare number are all that is known.
    Ok((view.reward.clone(), desk.locale.number(view.points, 0)))
}

pub(super) async fn cancel(
    desk: Desk<App>,
    Path(id): Path<String>,
    _: Fields,
) -> Result<Response, Problem> {
    let parsed = parsed(&id)?;
    let found = api::find_view(&desk.scope, parsed).await?;
    if [RedemptionState::Reserved.name(), RedemptionState::Captured.name()].contains(&found.state) {
        api::cancel(&desk.scope, parsed).await?;
    }
    Ok(see(&format!("/caja/redemptions/{id}")))
}

fn parsed(id: &str) -> Result<RedemptionId, Problem> {
    id.parse().map_err(|_| Problem::not_found("redemption_not_found"))
}

/// Takes a voucher, once, and says what it is worth.
pub(super) async fn voucher(desk: Desk<App>, fields: Fields) -> Result<Response, Problem> {
    let spent = vouchers::spend(&desk.scope, fields.get("code"), fields.get("reference")).await;
    let note = match spent {
        Ok(view) => {
            let currency = view.currency.parse().ok();
            let worth = view.value_minor.zip(currency);
            let worth = worth.map(|(minor, currency)| desk.locale.money(minor, currency));
            let args = Args::new().text("reward", name_of(&desk, &view.reward).await?);
            let text = match worth {
                Some(money) => desk.say("pos-till-voucher-worth", args.text("money", money)),
                None => desk.say("pos-till-voucher-taken", args),
            };
            ui::note("good", &text)
        }
        Err(problem) if problem.status < 500 => ui::note("bad", &problem.on_page(desk.locale)),
        Err(problem) => return Err(problem),
    };
    Ok(front(&desk, "", Some(note)))
}
