//! Club Brisa: a hotel's guests as nested JSON, with stars, tiers, nights, vouchers, a paid club and consents.

use std::io::{BufWriter, Write as _};
use std::path::Path;

use lazo_domain::time::DAY;
use serde_json::{Value, json};

use super::super::people::Person;
use super::{World, aurora};

pub fn write(world: &mut World, folder: &Path) -> std::io::Result<()> {
    let mut out = BufWriter::new(std::fs::File::create(folder.join("guests.json"))?);
    let mut late = String::from("id,booking,stars,at,until\n");
    out.write_all(b"[\n")?;
    for place in 0..world.sizes.brisa {
        let id = format!("B-{place:06}");
        let person = person(world, place, &id);
        let guest = guest(world, place, &id, &person);
        let comma = if place == 0 { "" } else { ",\n" };
        write!(out, "{comma}{guest}")?;
        if place % 75 == 20 {
            let (at, end) = (world.ago(90), world.ago(90).plus_micros(900 * DAY));
            late.push_str(&format!(
                "{id},bk-{place},{},{at},{end}\n",
                500 + world.random.below(2_000)
            ));
            world.count("cancelled bookings");
        }
    }
    out.write_all(b"\n]\n")?;
    out.flush()?;
    std::fs::write(folder.join("canceladas.csv"), late)
}

/// Who the guest is: somebody of Aurora, somebody like somebody of Aurora, or somebody new.
fn person(world: &mut World, place: u64, id: &str) -> Person {
    let sizes = world.sizes;
    let erased = (sizes.aurora / 1_200).max(1);
    if place < sizes.both {
        // Every thirteenth card of Aurora; those that stay out of the way of its own traps.
        let of = (place * 13 + 17) % sizes.aurora;
        let of = if matches!(of % 300, 49 | 50 | 99 | 100 | 149 | 150 | 199 | 200) {
            of + 5
        } else {
            of
        };
        let of = of.min(sizes.aurora - 1);
        let known = world.people[usize::try_from(of).unwrap_or(0)].clone();
        let card = format!("aurora/{}", aurora::number(of));
        if place % 20 == 19 {
            // Planted: the twin of a shopper is a guest.
            world.planted.traps.insert(World::pair(card, format!("brisa/{id}")));
            world.count("twins in two programs");
            return known.twin(&mut world.random);
        }
        if of % 1_000 != 3 {
            world.planted.same.insert(World::pair(card, format!("brisa/{id}")));
            world.count("persons in two programs");
        }
        return known.elsewhere(&mut world.random, place + 1_000_000);
    }
    let mut new = Person::invent(&mut world.random, place + 2_000_000);
    if place < sizes.both + erased {
        // Planted: erased in Aurora, and still in Brisa's files.
        new.email = format!("erased{}@example.com", place - sizes.both);
        world.count("erased who come back");
    }
    new
}

fn guest(world: &mut World, place: u64, id: &str, person: &Person) -> Value {
    let (mut lots, mut balance) = (Vec::new(), 0);
    for lot in 0..world.random.below(8) {
        let at = world.some_day(10, 700);
        let stars = i64::try_from(50 + world.random.below(4_000)).unwrap_or(0);
        let until = if place % 50 == 3 { Value::Null } else { json!(at.plus_micros(1_095 * DAY)) };
        let kind = if world.random.percent(10) { "promo" } else { "earned" };
        balance += stars;
        lots.push(json!({ "id": format!("s{lot}"), "stars": stars, "kind": kind, "at": at, "until": until }));
    }
    let tier = match world.random.below(100) {
        0 => Some(("elite", "lifetime")),
        1..=4 => Some(("gold", "earned")),
        5..=6 => Some(("gold", "matched")),
        7..=16 => Some(("silver", "earned")),
        _ => None,
    };
    let tiers: Vec<Value> = tier
        .map(|(code, how)| json!({ "code": code, "since": world.ago(300), "until": Value::Null, "how": how }))
        .into_iter()
        .collect();
    let year: i64 = world.now.to_string().get(..4).and_then(|y| y.parse().ok()).unwrap_or(2026);
    let nights: Vec<Value> = (0..world.random.below(4))
        .map(|stay| json!({ "year": (year - 1).to_string(), "count": 1 + world.random.below(6), "booking": format!("{id}-{stay}") }))
        .collect();
    let mut vouchers = Vec::new();
    if place % 40 == 5 {
        vouchers.push(
            json!({ "code": format!("NIGHT-{place:06}"), "kind": "free_night", "worth": "80.00",
            "stars": 8_000, "until": world.now.plus_micros(90 * DAY) }),
        );
        world.count("vouchers");
    }
    let mut club = Vec::new();
    if place % 30 == 8 {
        club.push(json!({ "plan": "premium", "from": world.ago(100), "until": world.now.plus_micros(265 * DAY),
            "price": "120.00", "promotions": "late-checkout|spa" }));
        world.count("members of the paid club");
    }
    let said = *world.random.one(&["opted_in", "opted_in", "opted_out"]);
    let consents: Vec<Value> = if world.random.percent(60) {
        vec![
            json!({ "channel": "email", "state": said, "at": world.some_day(20, 300), "text": "v3" }),
        ]
    } else {
        Vec::new()
    };
    let phone =
        if person.phone.is_empty() { String::new() } else { format!("+34 {}", person.phone) };
    json!({
        "id": id, "since": world.some_day(300, 3_000), "balance": balance,
        "status": if place % 900 == 40 { "blocked" } else { "active" },
        "card": format!("50{place:010}"),
        "guest": { "name": person.name(place.is_multiple_of(3)), "born": person.born, "email": person.email, "phone": phone,
            "street": person.street, "postcode": person.postcode, "city": person.town },
        "lots": lots, "tiers": tiers, "nights": nights, "vouchers": vouchers, "club": club, "consents": consents,
    })
}
