//! Phone numbers as E.164, as far as a number and a country tell.

/// Dialling prefix and length of a national number, by country.
const PLANS: &[(&str, &str, usize)] = &[
    ("es", "34", 9),
    ("mx", "52", 10),
    ("us", "1", 10),
    ("ca", "1", 10),
    ("pt", "351", 9),
    ("fr", "33", 9),
    ("it", "39", 10),
    ("de", "49", 11),
    ("gb", "44", 10),
    ("uk", "44", 10),
    ("ar", "54", 10),
    ("co", "57", 10),
    ("cl", "56", 9),
    ("pe", "51", 9),
    ("br", "55", 11),
    ("ec", "593", 9),
    ("uy", "598", 8),
    ("au", "61", 9),
];

/// Names of countries as they stand in files, folded, and their codes.
const COUNTRIES: &[(&str, &str)] = &[
    ("espana", "es"),
    ("spain", "es"),
    ("esp", "es"),
    ("mexico", "mx"),
    ("mejico", "mx"),
    ("mex", "mx"),
    ("estados unidos", "us"),
    ("usa", "us"),
    ("united states", "us"),
    ("portugal", "pt"),
    ("prt", "pt"),
    ("france", "fr"),
    ("francia", "fr"),
    ("italia", "it"),
    ("italy", "it"),
    ("germany", "de"),
    ("deutschland", "de"),
    ("alemania", "de"),
    ("united kingdom", "gb"),
    ("argentina", "ar"),
    ("colombia", "co"),
    ("chile", "cl"),
    ("peru", "pe"),
    ("brasil", "br"),
    ("brazil", "br"),
    ("australia", "au"),
];

/// A phone number as E.164 (`+34612345678`), or its digits alone where no country tells the prefix;
/// `None` for what has too few digits to be a number.
///
/// `country` is a code or a name; a number written with `+` or `00` brings its own.
#[must_use]
pub fn phone(raw: &str, country: &str) -> Option<String> {
    let international = raw.trim_start().starts_with('+');
    let mut digits: String = raw.chars().filter(char::is_ascii_digit).collect();
    if international {
        return digits_enough(&digits).then(|| format!("+{}", trunk(&digits)));
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return digits_enough(rest).then(|| format!("+{}", trunk(rest)));
    }
    let folded = super::text::fold(country);
    let code =
        COUNTRIES.iter().find(|(name, _)| *name == folded).map_or(&*folded, |(_, code)| code);
    if let Some((_, prefix, length)) = PLANS.iter().find(|(known, _, _)| *known == code) {
        if digits.len() == prefix.len() + length && digits.starts_with(prefix) {
            return Some(format!("+{digits}"));
        }
        if digits.len() == length + 1 && digits.starts_with('0') {
            digits.remove(0);
        }
        if digits.len() == *length {
            return Some(format!("+{prefix}{digits}"));
        }
    }
    digits_enough(&digits).then_some(digits)
}

/// Mexico's old mark of a mobile number (`+52 1 …`) is no part of the number any more.
fn trunk(digits: &str) -> String {
    match digits.strip_prefix("521") {
        Some(rest) if rest.len() == 10 => format!("52{rest}"),
        _ => digits.to_owned(),
    }
}

/// Whether there are digits for a number, and not one digit over and over.
fn digits_enough(digits: &str) -> bool {
    let first = digits.bytes().last();
    digits.len() >= 6 && digits.bytes().rev().take(6).any(|digit| Some(digit) != first)
}
