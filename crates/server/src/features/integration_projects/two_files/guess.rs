//! What a column seems to hold: by what it is called, and by what its values look like. People correct what is wrong.

use lazo_matching::normalize::text::fold;
use serde::{Deserialize, Serialize};

/// What a column that nobody needs is said to hold.
pub const NOTHING: &str = "nothing";
/// What a column may hold, in the order in which people are offered it.
pub const FIELDS: [&str; 18] = [
    NOTHING,
    "member",
    "points",
    "enrolled_at",
    "expires_at",
    "full_name",
    "given_name",
    "surname",
    "surname2",
    "email",
    "phone",
    "birth_date",
    "tax_id",
    "street",
    "postcode",
    "city",
    "country",
    "gender",
];
/// Values looked at of each column.
const LOOKED_AT: usize = 400;
/// Values shown of each.
const SHOWN: usize = 3;

/// What columns are called, in several languages; the earlier a word stands, the surer it is.
const CALLED: [(&str, &[&str]); 17] = [
    (
        "member",
        &[
            "member number",
            "numero de socio",
            "numero socio",
            "card number",
            "numero de tarjeta",
            "loyalty number",
            "loyalty id",
            "member id",
            "membership",
            "guest number",
            "tarjeta",
            "socio",
            "member",
            "card",
            "guest",
            "customer id",
            "customer number",
            "cliente",
            "customer",
            "id",
        ],
    ),
    (
        "points",
        &[
            "points balance",
            "saldo de puntos",
            "saldo puntos",
            "balance",
            "saldo",
            "points",
            "puntos",
            "stars",
            "estrellas",
            "miles",
            "millas",
            "credits",
            "creditos",
        ],
    ),
    (
        "expires_at",
        &[
            "expires",
            "expiry",
            "expiration",
            "caduca",
            "caducidad",
            "vencimiento",
            "vence",
            "valid until",
        ],
    ),
    (
        "enrolled_at",
        &[
            "enrolled",
            "enrollment",
            "joined",
            "join date",
            "since",
            "fecha de alta",
            "fecha alta",
            "alta",
            "registration",
            "registered",
            "created",
            "desde",
        ],
    ),
    ("email", &["e mail", "email", "correo", "mail"]),
    ("phone", &["phone", "mobile", "movil", "telefono", "tel", "celular"]),
    (
        "birth_date",
        &[
            "birth date",
            "birthdate",
            "date of birth",
            "dob",
            "born",
            "fecha de nacimiento",
            "nacimiento",
            "cumpleanos",
        ],
    ),
    (
        "surname2",
        &[
            "apellido2",
            "apellido 2",
            "segundo apellido",
            "surname2",
            "second surname",
            "apellido materno",
        ],
    ),
    (
        "surname",
        &[
            "apellidos",
            "apellido1",
            "apellido 1",
            "apellido paterno",
            "primer apellido",
            "apellido",
            "surname",
            "last name",
            "lastname",
            "family name",
        ],
    ),
    (
        "given_name",
        &["given name", "given", "first name", "firstname", "forename", "nombre de pila", "nombre"],
    ),
    (
        "full_name",
        &[
            "full name",
            "fullname",
            "nombre completo",
            "nombre y apellidos",
            "name",
            "titular",
            "holder",
        ],
    ),
    ("tax_id", &["tax id", "tax number", "nif", "dni", "cif", "rfc", "vat"]),
    ("street", &["street", "address", "direccion", "calle", "domicilio"]),
    ("postcode", &["postcode", "postal code", "zip", "codigo postal", "cp"]),
    ("city", &["city", "town", "poblacion", "ciudad", "municipio", "localidad"]),
    ("country", &["country", "pais"]),
    ("gender", &["gender", "sex", "sexo", "genero"]),
];

/// A column with what it seems to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Some values.
    pub examples: Vec<String>,
    /// What it seems to hold: one of [`FIELDS`].
    pub field: String,
}

/// Guesses what every column holds; no field is given to two of them.
pub fn guess(names: &[String], rows: &[Vec<String>]) -> Vec<Column> {
    let values = |at: usize| -> Vec<&str> {
        let cells = rows.iter().take(LOOKED_AT).filter_map(|row| row.get(at));
        cells.map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect()
    };
    let mut offers: Vec<(usize, usize, &str)> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let values = values(at);
        for (field, words) in CALLED {
            let said = called(name, words);
            let looks = fits(field, &values);
            let score = match (said, looks) {
                (Some(place), Fit::Yes) => 200 - place,
                (Some(place), Fit::Maybe) => 100 - place,
                (None, Fit::Yes) if field == "email" => 60,
                _ => 0,
            };
            if score > 0 {
                offers.push((score, at, field));
            }
        }
    }
    offers.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut fields = vec![NOTHING; names.len()];
    for (_, at, field) in offers {
        if fields[at] == NOTHING && !fields.contains(&field) {
            fields[at] = field;
        }
    }
    let column = |(at, name): (usize, &String)| {
        let examples = values(at).into_iter().take(SHOWN).map(str::to_owned).collect();
        Column { name: name.clone(), examples, field: fields[at].to_owned() }
    };
    names.iter().enumerate().map(column).collect()
}

/// The place of the word that a name is or begins or ends with; the earlier the surer.
fn called(name: &str, words: &[&str]) -> Option<usize> {
    let spread = name.replace(['_', '-', '.', '/'], " ");
    let name = fold(&spread);
    let name = name.trim();
    let whole = words.iter().position(|word| name == *word);
    whole.or_else(|| {
        let part = |word: &&str| {
            let rest = name.strip_prefix(*word).map(|rest| rest.starts_with(' '));
            let head = name.strip_suffix(*word).map(|head| head.ends_with(' '));
            rest == Some(true) || head == Some(true)
        };
        words.iter().position(part).map(|place| place + 20)
    })
}

/// How well values fit a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Yes,
    Maybe,
    No,
}

fn fits(field: &str, values: &[&str]) -> Fit {
    if values.is_empty() {
        return Fit::Maybe;
    }
    let most = |test: &dyn Fn(&str) -> bool| {
        let fitting = values.iter().filter(|value| test(value)).count();
        fitting * 10 >= values.len() * 8
    };
    let digits = |value: &str| value.chars().filter(char::is_ascii_digit).count();
    let yes = match field {
        "email" => most(&|value| value.contains('@') && value.contains('.')),
        "points" => most(&|value| {
            value.chars().all(|c| c.is_ascii_digit() || " .,-+".contains(c)) && digits(value) > 0
        }),
        "phone" => most(&|value| (7..=15).contains(&digits(value)) && !value.contains('@')),
        "enrolled_at" | "expires_at" | "birth_date" => most(&|value| date_form(value).is_some()),
        "member" => {
            let mut all = values.to_vec();
            all.sort_unstable();
            all.dedup();
            all.len() == values.len()
        }
        "given_name" | "surname" | "surname2" | "full_name" | "city" => {
            most(&|value| value.chars().any(char::is_alphabetic) && !value.contains('@'))
        }
        _ => return Fit::Maybe,
    };
    if yes { Fit::Yes } else { Fit::No }
}

/// The forms of dates that exports write, as mapping files name them.
const FORMS: [&str; 6] = ["rfc3339", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d"];

/// The form that a date is written in.
pub fn date_form(value: &str) -> Option<&'static str> {
    let bytes = value.as_bytes();
    let is = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|part| part.iter().all(u8::is_ascii_digit))
    };
    let mark = |at: usize| bytes.get(at).copied();
    match bytes.len() {
        10 if is(0, 4) && is(5, 7) && is(8, 10) => match (mark(4), mark(7)) {
            (Some(b'-'), Some(b'-')) => Some(FORMS[1]),
            (Some(b'/'), Some(b'/')) => Some(FORMS[5]),
            _ => None,
        },
        10 if is(0, 2) && is(3, 5) && is(6, 10) => match (mark(2), mark(5)) {
            (Some(b'/'), Some(b'/')) => Some(FORMS[2]),
            (Some(b'-'), Some(b'-')) => Some(FORMS[3]),
            (Some(b'.'), Some(b'.')) => Some(FORMS[4]),
            _ => None,
        },
        20.. if is(0, 4) && mark(10) == Some(b'T') => Some(FORMS[0]),
        _ => None,
    }
}

/// How numbers are written: what stands between groups of three digits, and what before decimals.
pub fn number_form(values: &[&str]) -> (&'static str, &'static str) {
    let grouped = |mark: char| {
        values.iter().any(|value| {
            let mut parts = value.trim_start_matches(['-', '+']).split(mark);
            let head = parts.next().unwrap_or_default();
            let rest: Vec<&str> = parts.collect();
            !rest.is_empty()
                && (1..=3).contains(&head.len())
                && rest.iter().all(|part| {
                    let whole = part.split([',', '.']).next().unwrap_or_default();
                    whole.len() == 3 && whole.bytes().all(|b| b.is_ascii_digit())
                })
        })
    };
    if grouped('.') {
        (".", ",")
    } else if grouped(',') {
        (",", ".")
    } else if values.iter().any(|value| value.contains(',')) {
        ("", ",")
    } else {
        ("", ".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(names: &[&str], rows: &[&[&str]]) -> Vec<String> {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|c| (*c).to_owned()).collect()).collect();
        guess(&names, &rows).into_iter().map(|column| column.field).collect()
    }

    #[test]
    fn m36_columns_are_known_by_their_names_and_by_what_they_hold() {
        let spanish = fields(
            &[
                "Nº tarjeta",
                "Nombre",
                "Apellido1",
                "Apellido2",
                "Correo electrónico",
                "F. alta",
                "Saldo",
                "Tienda",
            ],
            &[
                &["700", "Ana", "Vidal", "Soto", "ana@example.com", "01/02/2020", "1.250", "Norte"],
                &["701", "Leo", "Rey", "Gil", "leo@example.com", "03/02/2020", "20", "Sur"],
            ],
        );
        assert_eq!(
            spanish,
            [
                "member",
                "given_name",
                "surname",
                "surname2",
                "email",
                "enrolled_at",
                "points",
                "nothing"
            ]
        );
        let english = fields(
            &["guest_number", "full_name", "contact", "stars", "joined", "room"],
            &[&["B-1", "Ana Vidal", "ana@example.com", "51", "2019-01-01", "12"]],
        );
        assert_eq!(english, ["member", "full_name", "email", "points", "enrolled_at", "nothing"]);
    }

    #[test]
    fn m36_a_name_that_lies_is_not_believed() {
        let told = fields(&["email", "points"], &[&["no", "many"], &["yes", "few"]]);
        assert_eq!(told, ["nothing", "nothing"]);
    }

    #[test]
    fn m36_numbers_and_dates_are_read_as_they_are_written() {
        assert_eq!(number_form(&["1.250", "20"]), (".", ","));
        assert_eq!(number_form(&["1,250.5"]), (",", "."));
        assert_eq!(number_form(&["12,5"]), ("", ","));
        assert_eq!(number_form(&["1250"]), ("", "."));
        assert_eq!(date_form("31/12/2025"), Some("%d/%m/%Y"));
        assert_eq!(date_form("2025-12-31"), Some("%Y-%m-%d"));
        assert_eq!(date_form("2025-12-31T10:00:00Z"), Some("rfc3339"));
        assert_eq!(date_form("yesterday"), None);
    }
}
