//! Aurora Puntos: a shop's cards as an old system writes them, with points lot by lot, permissions and people erased.

use std::fmt::Write as _;
use std::path::Path;

use lazo_domain::time::DAY;

use super::super::people::Person;
use super::{World, spanish, windows};

/// How long points last, in days.
const LASTS: i64 = 548;

/// A card on its way to its line.
struct Card {
    number: String,
    person: Person,
    status: char,
    staff: bool,
    enrolled: u64,
}

pub fn number(place: u64) -> String {
    format!("7{place:08}")
}

pub fn write(world: &mut World, folder: &Path) -> std::io::Result<()> {
    let cards = cards(world);
    let mut members = "tarjeta;nombre;apellido1;apellido2;nacimiento;correo;movil;direccion;cp;poblacion;estado;empleado;saldo;alta;tienda\n".to_owned();
    let mut lots = "tarjeta;apunte;puntos;estado;fecha;caduca;libera;reserva\n".to_owned();
    let mut said = "tarjeta;canal;si;fecha;texto\n".to_owned();
    let mut erased = "tipo;valor;fecha\n".to_owned();
    let mut late = "tarjeta,apunte,que,puntos,fecha,caduca\n".to_owned();
    let (mut count, mut available, mut late_items) = (0_u64, 0_i64, 0);
    for (place, card) in (0_u64..).zip(&cards) {
        let (balance, free, rows) = points(world, card, &mut lots);
        (count, available) = (count + rows, available + free);
        // Planted: a balance that is not the sum of its lots.
        let wrong = place % 2_400 == 1_199 && card.status == 'A';
        let stated = if wrong { balance + 100 } else { balance };
        if wrong {
            world.count("balances that do not add up");
        }
        let blank = Person::default();
        let p = if card.status == 'E' { &blank } else { &card.person };
        let _ = writeln!(
            members,
            "{};{};{};{};{};{};{};{};{};{};{};{};{};{};{}",
            card.number,
            p.given,
            p.first,
            p.second,
            p.born,
            p.email,
            p.phone,
            p.street,
            p.postcode,
            p.town,
            card.status,
            if card.staff { "si" } else { "no" },
            stated,
            spanish(world.ago(card.enrolled)),
            world.random.below(40) + 1
        );
        if card.status == 'E' {
            let _ = writeln!(erased, "aurora;{};{}", card.number, spanish(world.ago(30)));
        } else if world.random.percent(40) {
            let answer = *world.random.one(&["S", "S", "N", "R"]);
            let day = spanish(world.some_day(20, 400));
            let _ = writeln!(
                said,
                "{};email;{answer};{day};texto-{}",
                card.number,
                world.random.below(4) + 1
            );
        }
        if late_items < world.sizes.aurora / 60 && place % 40 == 7 && card.status == 'A' && !wrong {
            late_items += 1;
            let (at, end) = (world.ago(3), world.ago(3).plus_micros(LASTS * DAY));
            let _ = writeln!(
                late,
                "{},late-{place},earned,{},{at},{end}",
                card.number,
                world.random.below(90) + 5
            );
            world.count("late transactions");
        }
    }
    // People who were erased in Aurora, known by what Brisa still has.
    for place in 0..(world.sizes.aurora / 1_200).max(1) {
        let email = format!("erased{place}@example.com");
        let _ = writeln!(erased, "email;{email};{}", spanish(world.ago(60)));
    }
    let totals = format!(
        "what,point_type,value\nmembers,,{}\nlots,,{count}\navailable,puntos,{available}\n",
        cards.len()
    );
    std::fs::write(folder.join("socios.csv"), windows(&members))?;
    std::fs::write(folder.join("puntos.csv"), lots)?;
    std::fs::write(folder.join("permisos.csv"), said)?;
    std::fs::write(folder.join("bajas.csv"), erased)?;
    std::fs::write(folder.join("tarde.csv"), late)?;
    std::fs::write(folder.join("totales.csv"), totals)
}

fn cards(world: &mut World) -> Vec<Card> {
    let mut cards = Vec::new();
    for place in 0..world.sizes.aurora {
        let before = cards.last().map(|card: &Card| card.person.clone()).unwrap_or_default();
        let random = &mut world.random;
        let named = |place: u64| format!("aurora/{}", number(place));
        // Planted among ordinary people: each trap stands beside the one before it.
        let (person, trap) = match place % 300 {
            50 => (before.twin(random), "twins"),
            100 => (before.namesake_child(random), "parents and children of one name"),
            150 if !before.email.is_empty() => {
                (before.partner(random, place), "couples with one e-mail")
            }
            200 => (before.elsewhere(random, place), "second cards of one person"),
            _ => (Person::invent(random, place), ""),
        };
        if !trap.is_empty() {
            let pair = World::pair(named(place - 1), named(place));
            let same = trap.starts_with("second");
            if same {
                world.planted.same.insert(pair)
            } else {
                world.planted.traps.insert(pair)
            };
            world.count(trap);
        }
        let status = match place % 1_000 {
            1 | 501 => 'B',
            3 => 'E',
            5..=8 => 'C',
            9 => 'D',
            11 => 'I',
            _ => 'A',
        };
        let told = match status {
            'B' | 'I' => Some("blocked and investigated"),
            'E' => Some("erased in Aurora"),
            'C' => Some("closed"),
            'D' => Some("deceased"),
            _ => None,
        };
        if let Some(told) = told {
            world.count(told);
        }
        world.people.push(person.clone());
        let enrolled = 200 + world.random.below(3_000);
        cards.push(Card {
            number: number(place),
            person,
            status,
            staff: place % 500 == 77,
            enrolled,
        });
    }
    cards
}

/// Writes the lots of a card; answers its balance, what of it is free, and how many lots there are.
fn points(world: &mut World, card: &Card, lots: &mut String) -> (i64, i64, u64) {
    let (mut balance, mut free, mut rows) = (0, 0, 0);
    if card.status == 'E' || world.random.percent(5) {
        return (0, 0, 0);
    }
    for lot in 0..2 + world.random.below(10) {
        let days = 4 + world.random.below(500);
        let earned = world.ago(days);
        let ends = earned.plus_micros(LASTS * DAY);
        let points = i64::try_from(5 + world.random.below(400)).unwrap_or(0);
        let (state, release, hold) = match world.random.below(100) {
            0 | 1 => ("P", spanish(world.now.plus_micros(12 * DAY)), String::new()),
            2 => ("R", String::new(), format!("r-{}-{lot}", card.number)),
            _ => ("D", String::new(), String::new()),
        };
        balance += points;
        free += if state == "D" { points } else { 0 };
        rows += 1;
        let _ = writeln!(
            lots,
            "{};{lot};{points};{state};{};{};{release};{hold}",
            card.number,
            spanish(earned),
            spanish(ends)
        );
    }
    (balance, free, rows)
}
