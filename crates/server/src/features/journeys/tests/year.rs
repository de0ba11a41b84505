//! A year of several members' lives, day by day on the tenant's test clock, with every ready journey at work. What each should
//! hear is worked out here by hand and by counting days, without any of the journeys' own code.

use lazo_domain::ids::MemberId;
use lazo_store::testing::on_both;
use serde_json::json;

use super::{buy, days, open, published, template, work};

const WELCOME: &str = "Te damos la bienvenida a Club";
const HOW: &str = "Así suman tus puntos";
const FIRST: &str = "Tu primera recompensa, más cerca de lo que parece";
const MONTH: &str = "Ya llevas un mes. ¿Qué tal?";
const MISS: &str = "Hace tiempo que no te vemos";
const BACK: &str = "Nos gustaría volver a verte";
const TOUCH: &str = "¿Seguimos en contacto?";
const EXPIRE: &str = "Algunos de tus puntos caducan este mes";
const LAST: &str = "Últimos días para usar tus puntos";
const NEARLY: &str = "Te falta muy poco para tu recompensa";
const STEP: &str = "A un paso del siguiente nivel";

/// What happens on which day: somebody buys for so many euros, or something else.
enum Deed {
    Buys(i64),
    TakesBack,
    Suspended,
}

/// Somebody's year: what he or she does, and what is to be heard on which day.
struct Life {
    deeds: &'static [(i64, Deed)],
    hears: Vec<(i64, String)>,
}

fn heard(all: &[(i64, &str)]) -> Vec<(i64, String)> {
    all.iter().map(|(day, subject)| (*day, (*subject).to_owned())).collect()
}

fn lives() -> [Life; 5] {
    let points = |n: &str| format!("Tus {n} puntos te esperan");
    // p0 buys on days 5 and 12, which is the second purchase: no check-in. 45 days after day 12 comes the at-risk letter, two
    // weeks later the second, 90 days after it the winning back, three weeks later its second. The points of day 5 expire on
    // day 185, so a month before they do is day 155. A purchase on day 200 begins the silence anew on day 245, more than 180
    // days after the last entry; the winning back of day 290 came within a year of the first and does not come again; the
    // points of day 200 expire on day 380, a month after day 350.
    let mut zero = heard(&[
        (0, WELCOME),
        (3, HOW),
        (10, FIRST),
        (57, MISS),
        (102, BACK),
        (123, TOUCH),
        (155, EXPIRE),
        (176, LAST),
        (245, MISS),
        (350, EXPIRE),
    ]);
    zero.extend([(71, points("45")), (259, points("30"))]);
    zero.sort();
    // p3 has 100 points on day 2, fifty short of the coffee, but is being welcomed until day 30, and the welcome goes first.
    // Then the reward's one letter comes, and again ninety days later, when nothing that goes first is under way. Between them
    // the at-risk letters, 45 days after the only purchase, and the winning back, 90 days after it. The points end on day 182.
    let three = [
        (0, WELCOME),
        (3, HOW),
        (10, FIRST),
        (30, MONTH),
        (30, NEARLY),
        (47, MISS),
        (92, BACK),
        (113, TOUCH),
        (120, NEARLY),
        (152, EXPIRE),
        (173, LAST),
    ];
    let mut three = heard(&three);
    three.extend([(61, points("100"))]);
    three.sort();
    [
        Life {
            deeds: &[(5, Deed::Buys(20)), (12, Deed::Buys(25)), (200, Deed::Buys(30))],
            hears: zero,
        },
        // p1 never buys: the whole welcome, and nothing else.
        Life { deeds: &[], hears: heard(&[(0, WELCOME), (3, HOW), (10, FIRST), (30, MONTH)]) },
        // p2 takes the consent back.
        Life { deeds: &[(5, Deed::TakesBack)], hears: heard(&[(0, WELCOME), (3, HOW)]) },
        Life { deeds: &[(2, Deed::Buys(100))], hears: three },
        // p4 has 950 points on day 4, and 960 with the second purchase on the next, which ends the welcome: forty short of the
        // tier, whose letter the welcome does not keep back any more. Suspended on day 20, nothing more.
        Life {
            deeds: &[(4, Deed::Buys(950)), (5, Deed::Buys(10)), (20, Deed::Suspended)],
            hears: heard(&[(0, WELCOME), (3, HOW), (5, STEP)]),
        },
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn r65_a_year_on_the_test_clock_sends_exactly_what_is_expected() {
    on_both(async |db| {
        let room = open(db).await;
        for code in ["welcome", "near-reward", "near-tier", "expiring", "at-risk", "win-back"] {
            published(&room, template(&room, code).await).await;
        }
        let lives = lives();
        let members = room.people(lives.len()).await;
        let mut sent: Vec<Vec<(i64, String)>> = vec![Vec::new(); lives.len()];
        let mut seen = 0;
        for day in 0..365 {
            if day > 0 {
                days(&room, 1).await;
            }
            for (number, life) in lives.iter().enumerate() {
                for (_, deed) in life.deeds.iter().filter(|(on, _)| *on == day) {
                    let reference = format!("{number}-{day}");
                    act(&room, members[number].id, deed, &reference).await;
                }
            }
            work(&room).await;
            let letters = room.sink.letters();
            // The newest is the first. The shop's own two members agreed to nothing.
            for letter in &letters[..letters.len() - seen] {
                let number = letter.to[0].split('@').next().unwrap().strip_prefix('p');
                if let Some(number) = number.and_then(|number| number.parse::<usize>().ok()) {
                    sent[number].push((day, letter.read().0));
                }
            }
            seen = letters.len();
        }
        for (number, (life, mut sent)) in lives.iter().zip(sent).enumerate() {
            sent.sort();
            assert_eq!(sent, life.hears, "p{number}");
        }
    })
    .await;
}

async fn act(room: &super::Room, member: MemberId, deed: &Deed, reference: &str) {
    match deed {
        Deed::Buys(euros) => buy(room, &json!(member), reference, euros * 100).await,
        Deed::TakesBack => room.consent(member, false).await,
        Deed::Suspended => {
            let path = format!("/members/{member}");
            let change = json!({ "status": "suspended" });
            let done = room.bench.ask("agent", "PATCH", &path, Some(change)).await;
            assert_eq!(done.status, 200, "{}", done.body);
        }
    }
}
