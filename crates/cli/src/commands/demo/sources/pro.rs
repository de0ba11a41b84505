//! Pro Aurora: companies with tax numbers, the contacts who buy for them, and credits that belong to the company.

use std::fmt::Write as _;
use std::path::Path;

use super::super::people::Person;
use super::{World, aurora};

pub fn write(world: &mut World, folder: &Path) -> std::io::Result<()> {
    let mut companies = String::from("cliente,razon_social,cif,correo,ciudad,alta,saldo\n");
    let mut contacts = String::from("contacto,cliente,nombre,correo,telefono,nacimiento,alta\n");
    let mut credits = String::from("titular,factura,creditos,fecha\n");
    let mut invoice = 0;
    for place in 0..world.sizes.pro {
        let number = format!("E-{place:05}");
        // Planted: every sixtieth company has a second number under the same tax number.
        let second = place % 60 == 59;
        let tax = tax_number(if second { place - 1 } else { place });
        if second {
            let pair = World::pair(format!("pro/E-{:05}", place - 1), format!("pro/{number}"));
            world.planted.same.insert(pair);
            world.count("companies with two numbers");
        }
        let since = world.some_day(100, 2_000);
        let mut balance = 0;
        let mut bill = |world: &mut World, holder: &str, credits: &mut String| {
            let amount = 100 + world.random.below(5_000);
            invoice += 1;
            let at = world.some_day(5, 600);
            let _ = writeln!(credits, "{holder},F{invoice:07},{amount},{at}");
            amount
        };
        for _ in 0..world.random.below(9) {
            balance += bill(world, &number, &mut credits);
        }
        let _ = writeln!(
            companies,
            "{number},Empresa {place} S.L.,{tax},compras{place}@example.com,Madrid,{since},{balance}"
        );
        for contact in 0..world.random.below(3) {
            let id = format!("C-{place:05}-{contact}");
            let person = buyer(world, place, contact, &id);
            let _ = writeln!(
                contacts,
                "{id},{number},\"{}\",{},{},{},{since}",
                person.name(false),
                person.email,
                person.phone,
                person.born
            );
            if world.random.percent(30) {
                bill(world, &id, &mut credits);
                world.count("contacts with credits of their company");
            }
        }
    }
    std::fs::write(folder.join("empresas.csv"), companies)?;
    std::fs::write(folder.join("contactos.csv"), contacts)?;
    std::fs::write(folder.join("creditos.csv"), credits)
}

/// Who buys: the first ones shop at Aurora and sleep at Brisa too.
fn buyer(world: &mut World, place: u64, contact: u64, id: &str) -> Person {
    if contact == 0 && place < world.sizes.three {
        let guest = place * 20 / 20 + place / 19;
        let of = (guest * 13 + 17) % world.sizes.aurora;
        let safe = !matches!(of % 300, 49 | 50 | 99 | 100 | 149 | 150 | 199 | 200)
            && guest % 20 != 19
            && of % 1_000 != 3
            && guest < world.sizes.both;
        if safe {
            let card = format!("aurora/{}", aurora::number(of));
            let pro = format!("pro/{id}");
            world.planted.same.insert(World::pair(card, pro.clone()));
            world.planted.same.insert(World::pair(format!("brisa/B-{guest:06}"), pro));
            world.count("persons in three programs");
            let known = world.people[usize::try_from(of).unwrap_or(0)].clone();
            return known.elsewhere(&mut world.random, place + 3_000_000);
        }
    }
    Person::invent(&mut world.random, place * 3 + contact + 4_000_000)
}

/// A tax number whose check digit is right.
fn tax_number(place: u64) -> String {
    let digits: Vec<u64> =
        format!("{:07}", 1_000_003 + place * 13).bytes().map(|b| u64::from(b - b'0')).collect();
    let mut sum = 0;
    for (at, digit) in digits.iter().enumerate() {
        sum += if at % 2 == 1 { *digit } else { (digit * 2) / 10 + (digit * 2) % 10 };
    }
    let text: String = digits.iter().map(ToString::to_string).collect();
    format!("B{text}{}", (10 - sum % 10) % 10)
}
