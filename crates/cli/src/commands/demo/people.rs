//! Invented people: names, dates and addresses, with the families, twins and shared addresses that real ones have.

use super::random::Random;

const WOMEN: &[&str] = &[
    "Ana",
    "María",
    "Carmen",
    "Lucía",
    "Elena",
    "Marta",
    "Laura",
    "Paula",
    "Sara",
    "Irene",
    "Nuria",
    "Rosa",
    "Pilar",
    "Teresa",
    "Cristina",
    "Isabel",
    "Julia",
    "Alba",
    "Noelia",
    "Beatriz",
    "Guadalupe",
    "Dolores",
    "Inés",
    "Olga",
    "Silvia",
    "Raquel",
    "Mercedes",
    "Concepción",
    "Francisca",
    "Josefa",
];
const MEN: &[&str] = &[
    "José",
    "Antonio",
    "Manuel",
    "Francisco",
    "Juan",
    "David",
    "Javier",
    "Daniel",
    "Carlos",
    "Jesús",
    "Miguel",
    "Pablo",
    "Pedro",
    "Sergio",
    "Luis",
    "Jorge",
    "Alberto",
    "Álvaro",
    "Diego",
    "Adrián",
    "Rubén",
    "Enrique",
    "Ramón",
    "Vicente",
    "Andrés",
    "Joaquín",
    "Ignacio",
    "Eduardo",
    "Rafael",
    "Tomás",
];
const SHORT: &[(&str, &str)] = &[
    ("José", "Pepe"),
    ("Francisco", "Paco"),
    ("Manuel", "Manolo"),
    ("Jesús", "Chus"),
    ("Ignacio", "Nacho"),
    ("Enrique", "Quique"),
    ("Guadalupe", "Lupe"),
    ("Dolores", "Lola"),
    ("Concepción", "Concha"),
    ("Francisca", "Paqui"),
    ("Josefa", "Pepa"),
    ("Mercedes", "Merche"),
    ("María", "Mª"),
    ("Teresa", "Tere"),
];
const SURNAMES: &[&str] = &[
    "García",
    "Rodríguez",
    "González",
    "Fernández",
    "López",
    "Martínez",
    "Sánchez",
    "Pérez",
    "Gómez",
    "Martín",
    "Jiménez",
    "Ruiz",
    "Hernández",
    "Díaz",
    "Moreno",
    "Álvarez",
    "Romero",
    "Alonso",
    "Gutiérrez",
    "Navarro",
    "Torres",
    "Domínguez",
    "Vázquez",
    "Ramos",
    "Gil",
    "Serrano",
    "Blanco",
    "Molina",
    "Morales",
    "Suárez",
    "Ortega",
    "Delgado",
    "Castro",
    "Ortiz",
    "Rubio",
    "Marín",
    "Sanz",
    "Núñez",
    "Iglesias",
    "Medina",
    "Garrido",
    "Cortés",
    "Castillo",
    "Santos",
    "Lozano",
    "Guerrero",
    "Cano",
    "Prieto",
    "Méndez",
    "Cruz",
    "Calvo",
    "Gallego",
    "Vidal",
    "León",
    "Márquez",
    "Herrera",
    "Peña",
    "Flores",
    "Cabrera",
    "Campos",
    "Vega",
    "Fuentes",
    "Carrasco",
    "Diez",
    "Reyes",
    "Caballero",
    "Nieto",
    "Aguilar",
    "Pascual",
    "Santana",
    "Herrero",
    "Lorenzo",
    "Montero",
    "Hidalgo",
    "Giménez",
    "Ibáñez",
    "Ferrer",
    "Durán",
    "Santiago",
    "Benítez",
    "Mora",
    "Vicente",
    "Vargas",
    "Arias",
    "Carmona",
    "Crespo",
    "Román",
    "Pastor",
    "Soto",
    "Sáez",
    "Velasco",
    "Moya",
    "Soler",
    "Parra",
    "Esteban",
    "Bravo",
    "Gallardo",
    "Rojas",
    "Urrutikoetxea",
    "Puigdemont",
];
const STREETS: &[&str] = &[
    "Calle Mayor",
    "C/ del Sol",
    "Avenida de la Paz",
    "Avda. Constitución",
    "Plaza Nueva",
    "Calle Real",
    "C/ Cervantes",
    "Calle Goya",
    "Paseo del Mar",
    "Calle Alta",
    "C/ Molino",
    "Ronda Norte",
];
const TOWNS: &[(&str, u64)] = &[
    ("Madrid", 28_001),
    ("Barcelona", 8_001),
    ("Valencia", 46_001),
    ("Sevilla", 41_001),
    ("Zaragoza", 50_001),
    ("Málaga", 29_001),
    ("Murcia", 30_001),
    ("Bilbao", 48_001),
    ("A Coruña", 15_001),
    ("Gijón", 33_201),
];

/// Somebody invented.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub given: String,
    /// The first surname.
    pub first: String,
    /// The second surname; may be empty.
    pub second: String,
    /// `1980-05-17`.
    pub born: String,
    /// May be empty.
    pub email: String,
    /// Nine digits; may be empty.
    pub phone: String,
    /// Street and number.
    pub street: String,
    /// Five digits.
    pub postcode: String,
    /// The town.
    pub town: String,
}

impl Person {
    /// Somebody new; `number` keeps addresses apart.
    pub fn invent(random: &mut Random, number: u64) -> Self {
        let given = *random.one(if random_woman(number) { WOMEN } else { MEN });
        let (first, second) = (*random.one(SURNAMES), *random.one(SURNAMES));
        let mut person = Self {
            given: given.to_owned(),
            first: first.to_owned(),
            second: second.to_owned(),
            born: day(random),
            ..Self::default()
        };
        person.move_house(random);
        if random.percent(80) {
            person.email = email(given, first, random.below(90) + 10, number);
        }
        if random.percent(85) {
            person.phone = format!("6{:08}", (number * 7_919 + 1_234_567) % 100_000_000);
        }
        person
    }

    /// Lives somewhere else now.
    pub fn move_house(&mut self, random: &mut Random) {
        let (town, code) = *random.one(TOWNS);
        self.street = format!("{}, {}", random.one(STREETS), random.below(190) + 1);
        self.postcode = format!("{:05}", code + random.below(40));
        self.town = town.to_owned();
    }

    /// The same person as another program wrote him or her down.
    pub fn elsewhere(&self, random: &mut Random, number: u64) -> Self {
        let mut other = self.clone();
        if random.percent(20)
            && let Some((_, short)) = SHORT.iter().find(|(long, _)| *long == self.given)
        {
            (*short).clone_into(&mut other.given);
        }
        if random.percent(25) {
            other.second.clear();
        }
        if random.percent(12) {
            other.email = email(&self.given, &self.first, 100 + random.below(800), number);
        }
        if random.percent(10) {
            other.phone.clear();
        }
        if random.percent(15) {
            other.move_house(random);
        }
        if random.percent(3) {
            // Day and month in the wrong order, where that is a date too.
            let parts: Vec<&str> = self.born.split('-').collect();
            if let [year, month, day] = parts.as_slice()
                && *day <= "12"
            {
                other.born = format!("{year}-{day}-{month}");
            }
        }
        other
    }

    /// A twin: everything the same but the given name.
    pub fn twin(&self, random: &mut Random) -> Self {
        let mut twin = self.clone();
        while twin.given == self.given {
            let names = if WOMEN.contains(&self.given.as_str()) { WOMEN } else { MEN };
            (*random.one(names)).clone_into(&mut twin.given);
        }
        twin
    }

    /// A child with the same name at the same address, born thirty years later on another day.
    pub fn namesake_child(&self, random: &mut Random) -> Self {
        let year: u64 = self.born.get(..4).and_then(|year| year.parse().ok()).unwrap_or(1960);
        let born = format!("{}-{:02}-{:02}", year + 30, 1 + random.below(12), 1 + random.below(28));
        Self { born, email: String::new(), ..self.clone() }
    }

    /// Somebody who lives here too and uses the same address for mail.
    pub fn partner(&self, random: &mut Random, number: u64) -> Self {
        let other = Self::invent(random, number);
        Self {
            email: self.email.clone(),
            street: self.street.clone(),
            postcode: self.postcode.clone(),
            town: self.town.clone(),
            ..other
        }
    }

    /// The whole name, surname first where `turned`.
    pub fn name(&self, turned: bool) -> String {
        let surnames = format!("{} {}", self.first, self.second);
        if turned {
            format!("{}, {}", surnames.trim(), self.given)
        } else {
            format!("{} {}", self.given, surnames.trim())
        }
    }
}

fn random_woman(number: u64) -> bool {
    !(number / 3 + number).is_multiple_of(2)
}

fn day(random: &mut Random) -> String {
    format!("{}-{:02}-{:02}", 1940 + random.below(66), 1 + random.below(12), 1 + random.below(28))
}

fn email(given: &str, first: &str, some: u64, number: u64) -> String {
    let plain = |text: &str| -> String {
        let lower = text.to_lowercase();
        let letters = lower.chars().map(|letter| match letter {
            'á' => 'a',
            'é' => 'e',
            'í' => 'i',
            'ó' => 'o',
            'ú' | 'ü' => 'u',
            'ñ' => 'n',
            other => other,
        });
        letters.filter(char::is_ascii_alphanumeric).collect()
    };
    format!("{}.{}{some}{}@example.com", plain(given), plain(first), number % 97)
}
