//! Many wrong merges with later activity, taken apart one by one. `LAZO_MERGE_UNMERGES` says how many; a few otherwise.

use std::fmt::Write as _;

use lazo_domain::merging::SourceKey;
use lazo_store::testing::{TestDb, on_both};

use super::{Office, unseen};

/// Numbers that look like chance and are the same each time: SplitMix64 (Steele, Lea, Flood 2014).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % limit
    }

    fn points(&mut self, limit: u64) -> i64 {
        i64::try_from(self.below(limit)).unwrap()
    }
}

pub fn count_of(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// So many persons at the shop and as many at the hotel, nobody like another.
fn sources(office: &Office, count: usize, chance: &mut Chance) {
    let (mut members, mut lots, mut guests) = (String::new(), String::new(), String::new());
    let mut of_hotel = 0;
    members
        .push_str("tarjeta;nombre;apellidos;nacimiento;correo;movil;cp;estado;saldo;alta;tienda\n");
    lots.push_str("tarjeta;apunte;puntos;fecha;caduca\n");
    for n in 0..count {
        let (one, two) = (1 + chance.points(400), 1 + chance.points(400));
        let _ = writeln!(
            members,
            "{n:05};N{n}x;A{n}y;1970-01-01;s{n}@example.com;;28001;A;{};03/02/2018;12",
            one + two
        );
        let _ = writeln!(lots, "{n:05};a;{one};15/03/2025;15/09/2026");
        let _ = writeln!(lots, "{n:05};b;{two};01/12/2025;01/06/2027");
        let stars = 1 + chance.points(500);
        of_hotel += stars;
        let _ = write!(
            guests,
            "{}{{\"id\":\"G{n}\",\"since\":\"2020-05-01T00:00:00Z\",\"balance\":{stars},\"guest\":{{\"name\":\"Q{n}z W{n}v\",\"born\":\"1980-02-02\",\"email\":\"h{n}@example.org\",\"phone\":\"\",\"postcode\":\"\"}},\"lots\":[{{\"id\":\"l\",\"stars\":{stars},\"at\":\"2025-05-02T10:00:00Z\",\"until\":\"2027-05-02T00:00:00Z\"}}],\"tiers\":[]}}",
            if n == 0 { "[" } else { "," }
        );
    }
    office.file("shop-members.csv", &members);
    office.file("shop-lots.csv", &lots);
    office.file("hotel.json", &(guests + "]"));
    office.hotel_states(&format!("members,,{count}\nlots,,{count}\navailable,stars,{of_hotel}"));
    office.file(
        "shop-totals.csv",
        &format!("what;point_type;value\nmembers;;{count}\n").replace(';', ","),
    );
}

/// Goal: taking a wrong merge apart makes no point and loses none, whatever happened since. Method: pairs of strangers are
/// merged by hand; each then buys and spends at random with either card or neither; each is taken apart. The sum of
/// both is what there was, less nothing, plus what goodwill pays for points spent that were the other's.
#[tokio::test(flavor = "multi_thread")]
async fn a12_m55_many_wrong_merges_with_later_activity_are_taken_apart_and_conserve_all_points() {
    let count = count_of("LAZO_MERGE_UNMERGES", 10);
    on_both(async |db| unmerges(db, count).await).await;
}

async fn unmerges(db: &TestDb, count: usize) {
    let office = Office::open(db).await;
    let mut chance = Chance(7);
    sources(&office, count, &mut chance);
    office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
    office.ana.profile(&office.project().await, &unseen).await.unwrap();
    office.ana.map(&office.project().await, &unseen).await.unwrap();
    office.ana.match_people(&office.project().await, &unseen).await.unwrap();
    let key = |n: usize| {
        (SourceKey::new("shop", &format!("{n:05}")), SourceKey::new("hotel", &format!("G{n}")))
    };
    for n in 0..count {
        let (shop, hotel) = key(n);
        office.ana.decide(&office.project().await, (&shop, &hotel), "merge").await.unwrap();
    }
    office.plan_and_approve().await;
    office.wave(1).await;
    office.wave(2).await;
    let (mut events, mut goodwill) = (0, 0);
    for n in 0..count {
        let card = format!("{n:05}");
        let card = ("card", card.as_str());
        for step in 0..chance.below(9) {
            let reference = format!("e{n}-{step}");
            let via = [format!("shop/{n:05}"), format!("hotel/G{n}"), String::new()];
            let via = &via[usize::try_from(chance.below(3)).unwrap()];
            if chance.below(3) == 0 && office.points(card.0, card.1).await >= 300 {
                office.coffee(card, &reference, 1 + chance.points(2)).await;
            } else {
                office.buy(card, &reference, 1 + chance.points(120), via).await;
            }
            events += 1;
        }
        let before = office.points(card.0, card.1).await;
        let (_, hotel) = key(n);
        let project = office.project().await;
        let (request, shown) = office.ana.ask_unmerge(&project, &[hotel], false).await.unwrap();
        office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        let (stays, leaves) =
            (office.points(card.0, card.1).await, office.points("hotel", &format!("G{n}")).await);
        let given = shown["goodwill"]
            .as_object()
            .map_or(0, |of| of.values().map(|points| points.as_i64().unwrap_or(0)).sum());
        goodwill += given;
        assert_eq!(stays + leaves, before + given, "pair {n}: {shown}");
    }
    let report = office.ana.verify_statements(&office.project().await, &unseen).await.unwrap();
    assert_eq!((report.wrong, report.different), (0, 0), "{report:?}");
    let engine = if db.url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    eprintln!(
        "{engine}: {count} wrong merges taken apart after {events} later events: 0 points made or lost, {goodwill} of goodwill"
    );
}

/// Goal: as `a3_m39` in `kills`, many times. `LAZO_MERGE_KILLS` says how often a wave is killed; a few times otherwise.
#[tokio::test(flavor = "multi_thread")]
async fn a3_m39_many_kills_at_any_moment_leave_every_member_posted_once() {
    let kills = count_of("LAZO_MERGE_KILLS", 12);
    on_both(async |db| {
        let (mut struck, mut round) = (0, 0);
        let (mut chance, office) = (Chance(3), Office::open(db).await);
        office.to_approved().await;
        while struck < kills {
            round += 1;
            let (bench, project) = (office.ana.clone(), office.project().await);
            let task = tokio::spawn(async move { bench.run_wave(&project, 1, &unseen).await });
            tokio::time::sleep(std::time::Duration::from_micros(chance.below(40_000))).await;
            task.abort();
            struck += usize::from(task.await.is_err_and(|error| error.is_cancelled()));
            office.clock.advance(11 * lazo_domain::time::SECOND);
            let project = office.project().await;
            office.ana.run_wave(&project, 1, &unseen).await.unwrap();
            let report = office.ana.reconcile(&office.project().await, 1, &unseen).await.unwrap();
            assert!(report.agrees && report.members == 5, "round {round}: {report:?}");
            let sum = office.points("card", "0002").await + office.points("hotel", "B-2").await;
            assert_eq!(sum, 1_250 + 52, "round {round}");
            // Back to before the wave, under names that are new each time.
            let project = office.project().await;
            let request = office.ana.ask_rollback(&project, 1).await.unwrap();
            office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
            office.plan_and_approve().await;
        }
        eprintln!("{struck} kills in {round} rounds: 0 points made or lost");
    })
    .await;
}
