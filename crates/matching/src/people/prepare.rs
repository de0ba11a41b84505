//! From tables to people: each distinct raw value is normalized once, fields side by side.

use super::{Customs, Forms, People, Person};
use crate::hash::Map;
use crate::normalize::address::{place, street};
use crate::normalize::date::{Date, date, date_order};
use crate::normalize::names::{WORDS, given_words, surname_words};
use crate::normalize::{email, phone, text};
use crate::parallel;
use crate::table::{Column, Field, Table};
use crate::words::{Words, count};

/// A column of both sides, with distinct values numbered through.
struct Both<'a> {
    left: Option<&'a Column>,
    right: Option<&'a Column>,
}

impl<'a> Both<'a> {
    fn of(left: &'a Table, right: Option<&'a Table>, field: Field) -> Self {
        Self { left: left.column(field), right: right.and_then(|right| right.column(field)) }
    }

    fn values(&self) -> Vec<&'a str> {
        let sides = [self.left, self.right];
        sides.into_iter().flatten().flat_map(|column| column.values.iter()).collect()
    }

    fn is_there(&self) -> bool {
        self.left.is_some() || self.right.is_some()
    }

    /// The number of the value of each record, in the order of `places`.
    fn cells(&self, left: usize, places: &[u32]) -> Vec<Option<u32>> {
        let first = self.left.map_or(0, |column| count(column.values.len()));
        let cell = |(at, place): (usize, &u32)| match at < left {
            true => self.left.map(|column| column.cells[*place as usize]),
            false => self.right.map(|column| column.cells[*place as usize] + first),
        };
        places.iter().enumerate().map(cell).collect()
    }
}

/// Brings the records of one or two tables into the form they are compared in.
pub fn prepare(left: &Table, right: Option<&Table>, customs: &Customs, threads: usize) -> People {
    let mut places = left.by_id();
    let lefts = places.len();
    places.extend(right.map(Table::by_id).unwrap_or_default());
    let all = Source { left, right, lefts, places: &places, customs, threads };
    let mut people =
        People { people: vec![Person::default(); places.len()], left: lefts, ..People::default() };
    std::thread::scope(|scope| {
        let mail = scope.spawn(|| {
            all.simple(Field::Email, |raw| {
                email::email(raw).map_or_else(String::new, |e| format!("{}@{}", e.local, e.domain))
            })
        });
        let phones = scope.spawn(|| all.phones());
        let streets = scope.spawn(|| {
            all.simple(Field::Street, |raw| {
                let street = street(raw);
                if street.name.is_empty() && street.number.is_empty() {
                    String::new()
                } else {
                    format!("{} {}", street.name, street.number)
                }
            })
        });
        let rest = scope.spawn(|| {
            let postcode = all.simple(Field::Postcode, text::squeeze);
            let city = all.simple(Field::City, place);
            let tax = all.simple(Field::TaxId, text::squeeze);
            let others: Vec<_> =
                (0..4).map(|index| all.simple(Field::Other(index), text::fold)).collect();
            (postcode, city, tax, others)
        });
        all.names(&mut people);
        all.dates(&mut people);
        all.genders(&mut people);
        let people = &mut people;
        people.email = take(mail.join(), &mut people.people, |p| &mut p.email);
        people.phone = take(phones.join(), &mut people.people, |p| &mut p.phone);
        people.street = take(streets.join(), &mut people.people, |p| &mut p.street);
        if let Ok((postcode, city, tax, others)) = rest.join() {
            people.postcode = take(Ok(postcode), &mut people.people, |p| &mut p.postcode);
            people.city = take(Ok(city), &mut people.people, |p| &mut p.city);
            people.tax = take(Ok(tax), &mut people.people, |p| &mut p.tax);
            for (index, other) in others.into_iter().enumerate() {
                people.others[index] =
                    take(Ok(other), &mut people.people, |p| &mut p.others[index]);
            }
        }
    });
    people.split_streets();
    people.split_mails();
    people.places = places;
    people
}

type Filled = (Forms, Vec<u32>);

fn take(
    filled: std::thread::Result<Filled>,
    people: &mut [Person],
    slot: impl Fn(&mut Person) -> &mut u32,
) -> Forms {
    let (forms, cells) = match filled {
        Ok(filled) => filled,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    for (person, cell) in people.iter_mut().zip(cells) {
        *slot(person) = cell;
    }
    forms
}

struct Source<'a> {
    left: &'a Table,
    right: Option<&'a Table>,
    lefts: usize,
    places: &'a [u32],
    customs: &'a Customs,
    threads: usize,
}

impl<'a> Source<'a> {
    fn both(&self, field: Field) -> Both<'a> {
        Both::of(self.left, self.right, field)
    }

    fn cells(&self, field: Field) -> Vec<Option<u32>> {
        self.both(field).cells(self.lefts, self.places)
    }

    /// Normalizes a field that stands on its own.
    fn simple(&self, field: Field, normal: impl Fn(&str) -> String + Sync) -> Filled {
        let mut forms = Forms::new();
        let both = self.both(field);
        if !both.is_there() {
            forms.seal(std::iter::empty());
            return (forms, vec![0; self.places.len()]);
        }
        let numbers = self.numbers(&both.values(), &mut forms.words, normal);
        let cells = self.cells(field).into_iter();
        let cells: Vec<u32> =
            cells.map(|cell| cell.map_or(0, |cell| numbers[cell as usize])).collect();
        forms.seal(cells.iter().copied());
        (forms, cells)
    }

    /// The number of the normal form of each raw value.
    fn numbers(
        &self,
        raw: &[&str],
        words: &mut Words,
        normal: impl Fn(&str) -> String + Sync,
    ) -> Vec<u32> {
        let pieces = parallel::pieces(raw.len(), 16_384);
        let normalized = parallel::map(self.threads, pieces.len(), |piece| {
            raw[pieces[piece].clone()].iter().map(|raw| normal(raw)).collect::<Vec<String>>()
        });
        normalized.iter().flatten().map(|normal| words.number(normal)).collect()
    }

    fn phones(&self) -> Filled {
        let mut forms = Forms::new();
        let (phones, countries) = (self.both(Field::Phone), self.both(Field::Country));
        let (raw, names) = (phones.values(), countries.values());
        let mut seen: Map<(u32, u32), u32> = Map::default();
        let mut cells = Vec::with_capacity(self.places.len());
        let of_country = self.cells(Field::Country);
        for (at, cell) in self.cells(Field::Phone).into_iter().enumerate() {
            let Some(cell) = cell.filter(|cell| !raw[*cell as usize].is_empty()) else {
                cells.push(0);
                continue;
            };
            let country = of_country[at].unwrap_or(u32::MAX);
            let number = seen.entry((cell, country)).or_insert_with(|| {
                let name = names.get(country as usize).copied().filter(|name| !name.is_empty());
                let name = name.unwrap_or(&self.customs.country);
                forms.words.number(&phone::phone(raw[cell as usize], name).unwrap_or_default())
            });
            cells.push(*number);
        }
        forms.seal(cells.iter().copied());
        (forms, cells)
    }

    fn dates(&self, people: &mut People) {
        let both = self.both(Field::BirthDate);
        let mut forms = Forms::new();
        let raw = both.values();
        let order = |column: Option<&Column>| {
            let values = column.into_iter().flat_map(|column| column.values.iter());
            self.customs.date_order.unwrap_or_else(|| date_order(values))
        };
        let (left, right) = (order(both.left), order(both.right));
        let lefts = both.left.map_or(0, |column| column.values.len());
        people.dates = vec![Date { year: 0, month: 0, day: 0 }];
        let numbers: Vec<u32> = raw
            .iter()
            .enumerate()
            .map(|(at, raw)| {
                let Some(date) = date(raw, if at < lefts { left } else { right }) else { return 0 };
                let number = forms.words.number(&String::from_utf8_lossy(&date.digits()));
                if number as usize == people.dates.len() {
                    people.dates.push(date);
                }
                number
            })
            .collect();
        for (person, cell) in people.people.iter_mut().zip(self.cells(Field::BirthDate)) {
            person.birth = cell.map_or(0, |cell| numbers[cell as usize]);
        }
        forms.seal(people.people.iter().map(|person| person.birth));
        people.birth = forms;
    }

    /// 1 is a man, 2 a woman; a file that knows `H` (hombre) means a woman (mujer) by `M`.
    fn genders(&self, people: &mut People) {
        for (side, range) in
            [(Some(self.left), 0..self.lefts), (self.right, self.lefts..self.places.len())]
        {
            let Some(column) = side.and_then(|table| table.column(Field::Gender)) else { continue };
            let folded: Vec<String> = column.values.iter().map(text::fold).collect();
            let spanish =
                folded.iter().any(|value| value == "h") && !folded.iter().any(|v| v == "f");
            let numbers: Vec<u32> = folded
                .iter()
                .map(|value| match (&**value, spanish) {
                    ("m", true) => 2,
                    ("f" | "female" | "femenino" | "mujer" | "woman" | "w" | "fem" | "2", _) => 2,
                    ("m" | "h" | "male" | "masculino" | "hombre" | "man" | "varon" | "1", _) => 1,
                    _ => 0,
                })
                .collect();
            for at in range {
                people.people[at].gender = numbers[column.cells[self.places[at] as usize] as usize];
            }
        }
    }

    fn names(&self, people: &mut People) {
        let mut given = Forms::new();
        let mut surname = Forms::new();
        let of = |field, normal: fn(&str) -> Vec<String>| {
            let mut words = Words::default();
            words.number("");
            let both = self.both(field);
            let numbers = self.numbers(&both.values(), &mut words, |raw| normal(raw).join(" "));
            let cells = self.cells(field).into_iter();
            let cells: Vec<u32> =
                cells.map(|cell| cell.map_or(0, |cell| numbers[cell as usize])).collect();
            (words, cells)
        };
        let (given_texts, given_cells) = of(Field::GivenName, given_words);
        let (first_texts, first_cells) = of(Field::Surname, surname_words);
        let (second_texts, second_cells) = of(Field::Surname2, surname_words);
        let (full_texts, full_cells) =
            of(Field::FullName, |raw| text::fold(raw).split(' ').map(str::to_owned).collect());
        let mut seen: Map<(u64, u64), (u32, u32)> = Map::default();
        for at in 0..self.places.len() {
            let cells = (given_cells[at], first_cells[at], second_cells[at], full_cells[at]);
            let key = (
                u64::from(cells.0) << 32 | u64::from(cells.1),
                u64::from(cells.2) << 32 | u64::from(cells.3),
            );
            let (g, s) = *seen.entry(key).or_insert_with(|| {
                let surnames =
                    format!("{} {}", first_texts.text(cells.1), second_texts.text(cells.2));
                let (g, s) =
                    whole(given_texts.text(cells.0), surnames.trim(), full_texts.text(cells.3));
                (given.words.number(&g), surname.words.number(&s))
            });
            (people.people[at].given, people.people[at].surname) = (g, s);
        }
        given.seal(people.people.iter().map(|person| person.given));
        surname.seal(people.people.iter().map(|person| person.surname));
        people.number_words(given, surname);
    }
}

/// Given names and surnames, as far as a whole name has to stand in for them or adds to them.
fn whole(given: &str, surname: &str, full: &str) -> (String, String) {
    if full.is_empty() {
        return (given.to_owned(), cut(surname));
    }
    let words = || full.split(' ').filter(|word| !word.is_empty());
    if given.is_empty() && surname.is_empty() {
        let words: Vec<String> = words()
            .filter(|w| !crate::normalize::names::is_particle(w))
            .map(str::to_owned)
            .collect();
        let givens = if words.len() >= 4 { 2 } else { 1 }.min(words.len());
        return (words[..givens].join(" "), cut(&words[givens..].join(" ")));
    }
    let known = |word: &&str| {
        given.split(' ').chain(surname.split(' ')).any(|known| known == *word)
            || crate::normalize::names::is_particle(word)
    };
    let more = words().filter(|word| !known(word));
    let given: Vec<&str> =
        given.split(' ').filter(|w| !w.is_empty()).chain(more).take(WORDS).collect();
    (given.join(" "), cut(surname))
}

fn cut(words: &str) -> String {
    words.split(' ').filter(|word| !word.is_empty()).take(WORDS).collect::<Vec<_>>().join(" ")
}
