//! Dates, contacts, places and other fields.

use super::{Agreement, DIFFERENT, EQUAL};
use crate::distance::{alike, may_be_alike, slips};
use crate::people::{Forms, People, Person};

/// One slip of the pen apart.
const SLIP: u8 = 2;

pub fn birth(people: &People, a: u32, b: u32) -> Agreement {
    if a == 0 || b == 0 {
        return Agreement::MISSING;
    }
    if a == b {
        return Agreement::on(EQUAL, people.birth.logs[a as usize]);
    }
    let (x, y) = (people.dates[a as usize], people.dates[b as usize]);
    let coarse = |month: u8, day: u8| month <= 1 && day <= 1;
    if x.year == y.year && (coarse(x.month, x.day) || coarse(y.month, y.day)) {
        return Agreement::level(4);
    }
    let turned = x.year == y.year && x.month == y.day && x.day == y.month;
    if turned || one_slip(x.digits(), y.digits()) {
        return Agreement::level(SLIP);
    }
    let (year, month, day) = (x.year == y.year, x.month == y.month, x.day == y.day);
    Agreement::level(match u8::from(year) + u8::from(month) + u8::from(day) {
        2 => 3,
        _ if year => 5,
        _ => DIFFERENT,
    })
}

/// Whether one digit differs, or two neighbors are swapped.
fn one_slip(a: [u8; 8], b: [u8; 8]) -> bool {
    let mut differing = (0..8).filter(|at| a[*at] != b[*at]);
    match (differing.next(), differing.next(), differing.next()) {
        (Some(_), None, None) => true,
        (Some(one), Some(two), None) => two == one + 1 && a[one] == b[two] && a[two] == b[one],
        _ => false,
    }
}

pub fn email(people: &People, a: &Person, b: &Person) -> Agreement {
    if a.email == 0 || b.email == 0 {
        return Agreement::MISSING;
    }
    let of_name = || {
        made_of_name(people, a, local(people, a.email))
            || made_of_name(people, b, local(people, b.email))
    };
    if a.email == b.email {
        // An address with the year of birth is chosen twice only by namesakes born in that year.
        let born =
            a.birth == b.birth || !local(people, a.email).contains(|c: char| c.is_ascii_digit());
        let level = if born && of_name() { 2 } else { EQUAL };
        return Agreement::on(level, people.email.logs[a.email as usize]);
    }
    let near = a.local == b.local
        || may_be_alike(a.local_mask, b.local_mask) && mails_alike(people, a.email, b.email);
    match near {
        // Namesakes choose such addresses too: it says nothing beyond the name.
        true if of_name() => Agreement::MISSING,
        true => Agreement::level(if a.local == b.local { 3 } else { 4 }),
        false => Agreement::level(DIFFERENT),
    }
}

fn local(people: &People, email: u32) -> &str {
    people.email.words.text(email).rsplit_once('@').map_or("", |(local, _)| local)
}

/// Whether two addresses of one provider differ by slips in their letters. Other digits are no slip:
/// whoever finds an address taken adds a number.
fn mails_alike(people: &People, a: u32, b: u32) -> bool {
    let (x, y) = (people.mails[a as usize], people.mails[b as usize]);
    let (one, other) = (local(people, a), local(people, b));
    x.domain == y.domain
        && x.digits == y.digits
        && one.len() >= 5
        && alike(one.as_bytes(), other.as_bytes())
}

/// Whether a local part is made of the name alone, so that a namesake may well have chosen it too.
pub fn made_of_name(people: &People, person: &Person, local: &str) -> bool {
    let digits: String = local.chars().filter(char::is_ascii_digit).collect();
    if !digits.is_empty() && !made_of_birth(people, person, &digits) {
        return false;
    }
    let names =
        [people.given_names[person.given as usize], people.surnames[person.surname as usize]];
    let mut words = names.iter().flat_map(|name| name.words()).map(|word| people.words.text(*word));
    words.any(|word| word.len() >= 3 && local.contains(word))
}

/// Whether digits are the year of birth: namesakes born on one day would choose them both.
fn made_of_birth(people: &People, person: &Person, digits: &str) -> bool {
    let year = people.dates[person.birth as usize].year;
    person.birth != 0
        && (digits.parse() == Ok(year) || digits.len() == 2 && digits.parse() == Ok(year % 100))
}

pub fn number(forms: &Forms, a: u32, b: u32) -> Agreement {
    if a == 0 || b == 0 {
        return Agreement::MISSING;
    }
    if a == b {
        return Agreement::on(EQUAL, forms.logs[a as usize]);
    }
    if !may_be_alike(forms.masks[a as usize], forms.masks[b as usize]) {
        return Agreement::level(DIFFERENT);
    }
    let (x, y) = (forms.words.text(a).as_bytes(), forms.words.text(b).as_bytes());
    let near = x.len().min(y.len()) >= 5 && slips(x, y, 1) <= 1;
    Agreement::level(if near { SLIP } else { DIFFERENT })
}

pub fn phone(people: &People, a: &Person, b: &Person) -> Agreement {
    let apart = (a.phone_mask ^ b.phone_mask).count_ones() > 2;
    if a.phone != 0 && b.phone != 0 && a.phone != b.phone && apart {
        return Agreement::level(DIFFERENT);
    }
    number(&people.phone, a.phone, b.phone)
}

pub fn street(people: &People, a: &Person, b: &Person) -> Agreement {
    if a.street == 0 || b.street == 0 {
        return Agreement::MISSING;
    }
    let (one, two) = (a.street_number, b.street_number);
    if a.street == b.street && one != 0 {
        return Agreement::on(EQUAL, people.street.logs[a.street as usize]);
    }
    let same_number = one == two && one != 0;
    if a.street_name == b.street_name {
        let text = |number: u32| people.street_numbers.text(number).as_bytes();
        let near = same_number
            || text(one).len().min(text(two).len()) >= 2 && slips(text(one), text(two), 1) <= 1;
        return match near {
            true => Agreement::level(SLIP),
            false => Agreement::on(3, people.street_name.logs[a.street_name as usize]),
        };
    }
    match street_names_alike(people, a.street_name, b.street_name) {
        true => Agreement::level(if same_number { SLIP } else { 4 }),
        false => Agreement::level(DIFFERENT),
    }
}

fn street_names_alike(people: &People, a: u32, b: u32) -> bool {
    let names = &people.street_name;
    let (x, y) = (names.masks[a as usize], names.masks[b as usize]);
    let within = x & y == x || x & y == y;
    if !within && !may_be_alike(x, y) {
        return false;
    }
    let (one, other) = (names.words.text(a), names.words.text(b));
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let contained = short.len() >= 4 && (long.ends_with(short) || long.starts_with(short));
    contained || alike(short.as_bytes(), long.as_bytes())
}

pub fn area(people: &People, a: &Person, b: &Person) -> Agreement {
    let (codes, cities) = (a.postcode != 0 && b.postcode != 0, a.city != 0 && b.city != 0);
    if codes && a.postcode == b.postcode {
        return Agreement::on(EQUAL, people.postcode.logs[a.postcode as usize]);
    }
    let city = cities && same_city(people, a.city, b.city);
    if codes && (city || !cities) {
        let text = |code: u32| people.postcode.words.text(code).as_bytes();
        let near = slips(text(a.postcode), text(b.postcode), 1) <= 1 && text(a.postcode).len() >= 4;
        if near {
            return Agreement::level(SLIP);
        }
    }
    match (cities, city, codes) {
        (true, true, _) => Agreement::on(
            3,
            people.city.logs[a.city as usize].max(people.city.logs[b.city as usize]),
        ),
        (true, false, _) | (_, _, true) => Agreement::level(DIFFERENT),
        _ => Agreement::MISSING,
    }
}

fn same_city(people: &People, a: u32, b: u32) -> bool {
    let (x, y) = (people.city.words.text(a), people.city.words.text(b));
    let begins = |long: &str, short: &str| {
        short.len() >= 4 && long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' '))
    };
    a == b || alike(x.as_bytes(), y.as_bytes()) || begins(x, y) || begins(y, x)
}

pub fn gender(a: u32, b: u32, given: u8) -> Agreement {
    match (a, b) {
        (0, _) | (_, 0) => Agreement::MISSING,
        // Those with one given name have one gender: it would count twice.
        _ if (1..=4).contains(&given) => Agreement::MISSING,
        _ => Agreement::level(if a == b { EQUAL } else { DIFFERENT }),
    }
}

pub fn other(forms: &Forms, a: u32, b: u32) -> Agreement {
    if a == 0 || b == 0 {
        return Agreement::MISSING;
    }
    if a == b {
        return Agreement::on(EQUAL, forms.logs[a as usize]);
    }
    let may = may_be_alike(forms.masks[a as usize], forms.masks[b as usize]);
    let (x, y) = (forms.words.text(a), forms.words.text(b));
    Agreement::level(if may && alike(x.as_bytes(), y.as_bytes()) { SLIP } else { DIFFERENT })
}
