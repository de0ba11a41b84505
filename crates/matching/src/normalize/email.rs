//! E-mail addresses, folded to what decides where a mail arrives.

/// An address in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// What stands before the sign, in lower case, without a `+` tag; where the provider ignores
    /// dots, without them.
    pub local: String,
    /// What stands behind the sign, in lower case; two names of one provider are one.
    pub domain: String,
}

/// Providers that deliver regardless of dots in the local part.
const DOTLESS: &[&str] = &["gmail.com", "googlemail.com"];

/// Common slips in the names of large providers.
const SLIPS: &[(&str, &str)] = &[
    ("googlemail.com", "gmail.com"),
    ("gamil.com", "gmail.com"),
    ("gmial.com", "gmail.com"),
    ("gmai.com", "gmail.com"),
    ("gmail.co", "gmail.com"),
    ("gmail.con", "gmail.com"),
    ("gmail.cm", "gmail.com"),
    ("gmail.es", "gmail.com"),
    ("gmal.com", "gmail.com"),
    ("gnail.com", "gmail.com"),
    ("hotmial.com", "hotmail.com"),
    ("hotmal.com", "hotmail.com"),
    ("hotmai.com", "hotmail.com"),
    ("hotmil.com", "hotmail.com"),
    ("hotmail.con", "hotmail.com"),
    ("hotmail.co", "hotmail.com"),
    ("hormail.com", "hotmail.com"),
    ("homail.com", "hotmail.com"),
    ("outlok.com", "outlook.com"),
    ("outlook.con", "outlook.com"),
    ("oulook.com", "outlook.com"),
    ("yaho.com", "yahoo.com"),
    ("yahooo.com", "yahoo.com"),
    ("yhoo.com", "yahoo.com"),
    ("yahoo.con", "yahoo.com"),
    ("yaho.es", "yahoo.es"),
    ("iclod.com", "icloud.com"),
    ("icloud.con", "icloud.com"),
];

/// Folds an address; `None` for what cannot be one.
#[must_use]
pub fn email(raw: &str) -> Option<Email> {
    let text: String =
        raw.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    let text = text.trim_start_matches("mailto:").trim_matches(['<', '>', '.', ',', ';', '"']);
    let (local, domain) = text.rsplit_once('@')?;
    let domain = domain.replace(',', ".");
    let domain = domain.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    let domain = SLIPS
        .iter()
        .find(|(slip, _)| *slip == domain)
        .map_or(domain, |(_, right)| (*right).to_owned());
    let local = local.split('+').next().unwrap_or_default();
    let dots = if DOTLESS.contains(&&*domain) { "" } else { "." };
    let local = local.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(dots);
    (!local.is_empty() && domain.contains('.')).then_some(Email { local, domain })
}
