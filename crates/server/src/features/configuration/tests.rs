//! Documents: where their mistakes are, what they would change, and that what is live can be written back.

use std::sync::Arc;

use lazo_domain::time::Timestamp;
use lazo_store::testing::on_both;
use lazo_store::{Clock, Db, IdGenerator, ManualClock};

use super::{Applied, ApplyError, Document, Problem, export, plan};
use crate::features::programs::{self, BEGINNING, ProgramCache, PublishRefusal, VersionState};
use crate::features::tenants;

const SHOP: &str = r#"
[tenant]
code = "shop"
name = "Shop"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"
locales = ["es-ES"]

[[brands]]
code = "corner"
name = "Corner"

[[programs]]
code = "club"
brand = "corner"
name = { es = "Club", en = "Club" }
currency = "EUR"
time_zone = "Europe/Madrid"

[[programs.point_types]]
code = "points"
expiry = { basis = "earned", term = { days = 180 } }

[[programs.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
"#;

fn parse(text: &str) -> Document {
    Document::parse(text).unwrap_or_else(|problems| panic!("{problems:?}"))
}

fn problems(text: &str) -> Vec<Problem> {
    Document::parse(text).expect_err("the document should be refused")
}

async fn apply(db: &Db, text: &str, author: &str, at: i64) -> Result<Applied, ApplyError> {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp(at)));
    // Ids of a fresh generator do not repeat because each apply happens later than the one before.
    let ids = IdGenerator::new(clock, 1);
    plan(db, parse(text)).await?.carry_out(db, &ids, author, Timestamp(at)).await
}

const NOW: i64 = 1_800_000_000_000_000;
const HOUR: i64 = 3_600_000_000;

#[test]
fn both_ways_to_write_programs_are_read() {
    let many = parse(SHOP);
    let single =
        parse(&SHOP.replace("[[programs]]", "[program]").replace("[[programs.", "[[program."));
    assert!(single.single && !many.single);
    assert_eq!(many.programs, single.programs);
    assert_eq!(many.programs[0].brand.as_deref(), Some("corner"));
    assert_eq!(many.programs[0].config.point_types[0].code, "points");
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let line =
        |text: &str, needle: &str| text.lines().position(|l| l.contains(needle)).unwrap() + 1;
    for (from, to, what, why) in [
        ("country = \"ES\"", "country = \"Spain\"", "tenant.country", "two letters"),
        ("basis = \"earned\"", "basis = \"bought\"", "programs.0", "unknown variant `bought`"),
        ("per_minor = 100", "per_minor = 0", "programs.0.earning_rules.0.effect", "more than 0"),
        (
            "point_type = \"points\"",
            "point_type = \"stars\"",
            "programs.0.earning_rules.0.point_type",
            "stars",
        ),
        (
            "currency = \"EUR\"\ntime_zone = \"Europe/Madrid\"\n\n",
            "currency = \"EUR\"\ntime_zone = \"Europe/Atlantis\"\n\n",
            "programs.0",
            "Atlantis",
        ),
        ("brand = \"corner\"", "brandt = \"corner\"", "programs.0", "brandt"),
        ("brand = \"corner\"", "effective_from = 2026-01-01T00:00:00Z", "programs.0", ""),
    ] {
        let text = SHOP.replacen(from, to, 1);
        assert_ne!(text, SHOP, "{from}");
        let found = problems(&text);
        assert_eq!(found.len(), 1, "{to}: {found:?}");
        let needle = to
            .lines()
            .last()
            .filter(|l| !l.is_empty())
            .unwrap_or_else(|| to.lines().nth(1).unwrap());
        assert_eq!(found[0].line, line(&text, needle), "{to}: {found:?}");
        assert!(found[0].what.starts_with(what), "{to}: {found:?}");
        assert!(found[0].why.contains(why), "{to}: {found:?}");
    }
    let unquoted =
        problems(&SHOP.replacen("brand = \"corner\"", "effective_from = 2026-01-01T00:00:00Z", 1));
    assert_eq!(
        unquoted[0].hint.as_deref(),
        Some("put the instant in quotes: \"2026-01-01T00:00:00Z\"")
    );
    let missing = problems(&SHOP.replacen("currency = \"EUR\"\nlocales", "locales", 1));
    assert_eq!(missing[0].hint.as_deref(), Some("add a line `currency = …`"));
    let several = problems(&SHOP.replacen("\"Shop\"", "\"\"", 1).replacen("\"Corner\"", "\"\"", 1));
    assert_eq!(several.len(), 2, "{several:?}");
    assert_eq!(problems("[tenant\n")[0].line, 1);
    assert_eq!(problems("x = 1\n").len(), 2);
}

#[tokio::test]
async fn r52_applying_twice_changes_nothing_and_what_is_live_is_written_back() {
    on_both(async |test| {
        let db = &test.db;
        let first = plan(db, parse(SHOP)).await.unwrap();
        let lines = first.lines();
        assert_eq!(lines[0], "+ tenant `shop` (Shop)");
        assert_eq!(lines[1], "+ brand `corner` (Corner)");
        assert_eq!(lines[2], "+ program `club`, its first version published");
        let applied = apply(db, SHOP, "ana", NOW).await.unwrap();
        assert_eq!(applied.published, ["club"]);
        assert!(plan(db, parse(SHOP)).await.unwrap().is_empty());

        let cache = ProgramCache::new(db.clone(), tenants::store::lookup(db.clone()));
        let programs = cache.current(applied.tenant).await.unwrap();
        let program = programs.ids().next().unwrap();
        assert!(
            programs.at(program, Timestamp(0)).is_some(),
            "in force before any purchase of history"
        );
        assert_eq!(programs.at(program, Timestamp(NOW)).unwrap().version, 1);

        let tenant = tenants::store::by_code(db, "shop").await.unwrap().unwrap();
        let text = export(db, &tenant).await.unwrap();
        assert_eq!(parse(&text), parse(SHOP), "{text}");
        assert!(plan(db, parse(&text)).await.unwrap().is_empty(), "{text}");
        assert!(
            !text.contains("stackable") && !text.contains("transfers"),
            "defaults are left out: {text}"
        );
    })
    .await;
}

#[tokio::test]
async fn r4_a_change_to_a_live_program_waits_for_a_second_person() {
    on_both(async |test| {
        let db = &test.db;
        let tenant = apply(db, SHOP, "ana", NOW).await.unwrap().tenant;
        let doubled = SHOP.replace("points = 1", "points = 2").replace("days = 180", "days = 365");
        let changed = plan(db, parse(&doubled)).await.unwrap();
        assert_eq!(
            changed.lines(),
            [
                "~ program `club`, as a draft",
                "    earning_rules.base.effect.points: 1 → 2",
                "    point_types.points.expiry.term.days: 180 → 365",
            ]
        );
        let applied = apply(db, &doubled, "ana", NOW + HOUR).await.unwrap();
        assert_eq!((applied.published.len(), applied.drafted), (0, vec!["club".to_owned()]));
        let again = plan(db, parse(&doubled)).await.unwrap();
        assert!(again.is_empty());
        assert_eq!(again.waiting(), ["club"]);

        let cache = ProgramCache::new(db.clone(), tenants::store::lookup(db.clone()));
        let version = async |at: i64| {
            let programs = cache.current(tenant).await.unwrap();
            let program = programs.ids().next().unwrap();
            programs.at(program, Timestamp(at)).unwrap().version
        };
        assert_eq!(version(NOW + 9 * HOUR).await, 1, "a draft is not in force");
        let load = async || tenants::store::by_code(db, "shop").await.unwrap().unwrap();
        let at = Timestamp(NOW + 2 * HOUR);
        let own = programs::publish(db, &load().await, "club", " Ana ", at).await;
        assert!(matches!(own, Err(PublishRefusal::FourEyes(_))), "{own:?}");
        let stale = load().await;
        let published = programs::publish(db, &load().await, "club", "bea", at).await.unwrap();
        assert_eq!((published.version, published.effective_from), (2, Some(at)));
        let none = programs::publish(db, &stale, "club", "bea", at).await;
        assert!(matches!(none, Err(PublishRefusal::NoDraft(_))), "{none:?}");
        // The cache notices, and what was decided before stays decided under the first version.
        assert_eq!(version(NOW + 2 * HOUR).await, 2);
        assert_eq!(version(NOW + 2 * HOUR - 1).await, 1);
        assert!(plan(db, parse(&doubled)).await.unwrap().is_empty());
        let text = export(db, &load().await).await.unwrap();
        assert!(plan(db, parse(&text)).await.unwrap().is_empty(), "{text}");
    })
    .await;
}

#[tokio::test]
async fn r52_a_draft_can_be_replaced_withdrawn_and_never_begins_in_the_past() {
    on_both(async |test| {
        let db = &test.db;
        let tenant = apply(db, SHOP, "ana", NOW).await.unwrap().tenant;
        let load = async || tenants::store::by_code(db, "shop").await.unwrap().unwrap();
        let past = SHOP.replace(
            "brand = \"corner\"",
            "brand = \"corner\"\neffective_from = \"2020-01-01T00:00:00Z\"",
        );
        apply(db, &past, "ana", NOW + HOUR).await.unwrap();
        let refused =
            programs::publish(db, &load().await, "club", "bea", Timestamp(NOW + HOUR)).await;
        assert!(matches!(refused, Err(PublishRefusal::InPast(_))), "{refused:?}");
        let other = SHOP.replace("points = 1", "points = 3");
        let replacing = plan(db, parse(&other)).await.unwrap();
        assert_eq!(
            replacing.lines()[0],
            "~ program `club`, as a draft, in place of the draft that waits"
        );
        apply(db, &other, "ana", NOW + 2 * HOUR).await.unwrap();
        programs::withdraw(db, &load().await, "club").await.unwrap();
        let head = programs::store::by_code(db, tenant, "club").await.unwrap().unwrap();
        let versions = programs::store::versions(db, tenant, head.id).await.unwrap();
        let states: Vec<_> = versions.iter().map(|v| (v.version, v.state)).collect();
        use VersionState::{Discarded, Published};
        assert_eq!(states, [(3, Discarded), (2, Discarded), (1, Published)]);
        assert_eq!(versions[2].effective_from, Some(BEGINNING));
        let one = programs::store::version_of(db, tenant, head.id, 3).await.unwrap().unwrap();
        assert_eq!(one.config.earning_rules, parse(&other).programs[0].config.earning_rules);
        assert_eq!(
            programs::store::version_of(db, tenants::tests::other(), head.id, 3).await.unwrap(),
            None
        );
    })
    .await;
}

#[tokio::test]
async fn a_document_cannot_ask_for_what_cannot_be() {
    on_both(async |test| {
        let db = &test.db;
        let nowhere = SHOP.replace("brand = \"corner\"", "brand = \"moon\"");
        let refused = plan(db, parse(&nowhere)).await.unwrap_err();
        let ApplyError::Impossible { pointer, .. } = refused else { panic!("{refused:?}") };
        assert_eq!(pointer, "/programs/0/brand");
        let line = super::line_of(&nowhere, &pointer);
        assert!(nowhere.lines().nth(line - 1).unwrap().contains("moon"));
        apply(db, SHOP, "ana", NOW).await.unwrap();
        let sandbox = SHOP.replace("country = \"ES\"", "country = \"ES\"\nsandbox = true");
        assert!(matches!(plan(db, parse(&sandbox)).await, Err(ApplyError::Impossible { .. })));
        // Two people plan the same change; the second one is told instead of changing what he did not see.
        let renamed = SHOP.replace("\"Corner\"", "\"Esquina\"").replace("\"Shop\"", "\"Tienda\"");
        let first = plan(db, parse(&renamed)).await.unwrap();
        assert_eq!(
            first.lines(),
            [
                "~ tenant `shop`",
                "    name: Shop → Tienda",
                "~ brand `corner`",
                "    name: Corner → Esquina"
            ]
        );
        apply(db, &renamed, "bea", NOW + HOUR).await.unwrap();
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(Timestamp(NOW + 2 * HOUR)));
        let late = first.carry_out(db, &IdGenerator::new(clock, 2), "ana", Timestamp(NOW)).await;
        assert!(matches!(late, Err(ApplyError::Changed)), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn r52_an_earlier_version_comes_back_as_a_draft_and_its_interval_stays() {
    on_both(async |test| {
        let db = &test.db;
        let tenant = apply(db, SHOP, "ana", NOW).await.unwrap().tenant;
        let load = async || tenants::store::by_code(db, "shop").await.unwrap().unwrap();
        let none =
            programs::roll_back(db, &load().await, "club", None, "ana", Timestamp(NOW)).await;
        assert!(matches!(none, Err(PublishRefusal::NoVersion)), "{none:?}");
        apply(db, &SHOP.replace("points = 1", "points = 2"), "ana", NOW + HOUR).await.unwrap();
        let at = |hours: i64| Timestamp(NOW + hours * HOUR);
        programs::publish(db, &load().await, "club", "bea", at(2)).await.unwrap();
        let draft =
            programs::roll_back(db, &load().await, "club", None, "bea", at(3)).await.unwrap();
        assert_eq!((draft.version, draft.author.as_str()), (3, "bea"));
        let own = programs::publish(db, &load().await, "club", "bea", at(4)).await;
        assert!(
            matches!(own, Err(PublishRefusal::FourEyes(_))),
            "going back takes two as well: {own:?}"
        );
        programs::publish(db, &load().await, "club", "ana", at(4)).await.unwrap();
        let programs = ProgramCache::new(db.clone(), tenants::store::lookup(db.clone()))
            .current(tenant)
            .await
            .unwrap();
        let program = programs.ids().next().unwrap();
        let version = |hours: i64| programs.at(program, at(hours)).unwrap().version;
        assert_eq!([version(1), version(2), version(3), version(4)], [1, 2, 2, 3]);
        assert!(
            plan(db, parse(SHOP)).await.unwrap().is_empty(),
            "the first document is live again"
        );
    })
    .await;
}

#[tokio::test]
async fn r10_a_program_lives_step_by_step_and_the_unmet_criterion_is_named() {
    on_both(async |test| {
        let db = &test.db;
        let state = |state: &str| {
            SHOP.replace("brand = \"corner\"", &format!("brand = \"corner\"\nstate = \"{state}\""))
        };
        let refusal = async |text: &str| match plan(db, parse(text)).await {
            Err(ApplyError::Impossible { pointer, why, .. }) => {
                assert_eq!(pointer, "/programs/0/state");
                why
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(refusal(&state("sunset")).await, "a new program cannot begin as sunset");
        let (bare, _) = SHOP.split_once("[[programs.earning_rules]]").unwrap();
        assert!(refusal(bare).await.contains("needs an earning rule"));
        let design = bare.replace("brand = \"corner\"", "brand = \"corner\"\nstate = \"design\"");
        apply(db, &design, "ana", NOW).await.unwrap();
        assert!(refusal(bare).await.contains("needs an earning rule"), "going live without a rule");
        let mut at = NOW;
        for step in ["pilot", "live", "evolving", "sunset"] {
            at += HOUR;
            assert!(refusal(&state("closed")).await.contains("from sunset"));
            apply(db, &state(step), "ana", at).await.unwrap();
            let tenant = tenants::store::by_code(db, "shop").await.unwrap().unwrap();
            programs::publish(db, &tenant, "club", "bea", Timestamp(at)).await.unwrap();
        }
        assert_eq!(refusal(&state("pilot")).await, "a program that is sunset cannot become pilot");
        apply(db, &state("closed"), "ana", at + HOUR).await.unwrap();
        let tenant = tenants::store::by_code(db, "shop").await.unwrap().unwrap();
        programs::publish(db, &tenant, "club", "bea", Timestamp(at + HOUR)).await.unwrap();
        assert_eq!(refusal(&state("live")).await, "a program that is closed cannot become live");
    })
    .await;
}
