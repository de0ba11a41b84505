//! The tokens that resolve to a member, and how each kind is written so that one person's is found again.

use lazo_domain::ids::TenantId;
use sha2::{Digest, Sha256};

/// The longest identifier, in characters.
pub const MAX_IDENTIFIER: usize = 200;
/// The scheme of a source's own member number.
pub const EXTERNAL: &str = "external";
/// The scheme of e-mail addresses.
pub const EMAIL: &str = "email";
/// The scheme of phone numbers.
pub const PHONE: &str = "phone";
/// The scheme of loyalty card numbers.
pub const CARD: &str = "card";

/// Calling codes of the countries whose local numbers are understood.
const CALLING_CODES: [(&str, &str); 10] = [
    ("ES", "34"),
    ("MX", "52"),
    ("PT", "351"),
    ("FR", "33"),
    ("CO", "57"),
    ("AR", "54"),
    ("CL", "56"),
    ("PE", "51"),
    ("US", "1"),
    ("GB", "44"),
];

/// An identifier in the one form in which it is stored and looked up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    /// What kind: `external`, `email`, `phone`, `card`, or the tenant's own.
    pub scheme: String,
    /// The normalised value. Personal data.
    pub value: String,
}

/// An address as its mailbox knows it: without what follows a `+`, and at Google without dots, which mean nothing there.
#[must_use]
pub fn folded(email: &str) -> String {
    let lower = email.to_lowercase();
    let Some((name, host)) = lower.rsplit_once('@') else { return lower };
    let name = name.split('+').next().unwrap_or_default();
    let google = ["gmail.com", "googlemail.com"].contains(&host);
    let (name, host) =
        if google { (name.replace('.', ""), "gmail.com") } else { (name.to_owned(), host) };
    format!("{name}@{host}")
}

impl Identifier {
    /// Normalises `value` as `scheme` asks; `country` (ISO 3166) completes local phone numbers.
    pub fn new(scheme: &str, value: &str, country: &str) -> Result<Self, String> {
        let fits = (1..=40).contains(&scheme.len())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
        if !fits {
            return Err(
                "a scheme is 1 to 40 of a-z, 0-9, - and _, such as external or email".into()
            );
        }
        let value = value.trim();
        if value.is_empty()
            || value.chars().count() > MAX_IDENTIFIER
            || value.chars().any(char::is_control)
        {
            return Err(format!("an identifier has 1 to {MAX_IDENTIFIER} printable characters"));
        }
        let value = match scheme {
            EMAIL => email(value)?,
            PHONE => phone(value, country)?,
            CARD => value
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .collect::<String>()
                .to_uppercase(),
            _ => value.to_owned(),
        };
        Ok(Self { scheme: scheme.to_owned(), value })
    }

    /// What stays of an erased person's identifier: enough to know it again, not to read it.
    #[must_use]
    pub fn suppression(&self, tenant: TenantId) -> Vec<u8> {
        let mut hash = Sha256::new();
        hash.update(b"lazo suppression 1");
        hash.update(tenant.0.to_be_bytes());
        hash.update(self.scheme.as_bytes());
        hash.update([0]);
        hash.update(self.value.as_bytes());
        hash.finalize().to_vec()
    }
}

fn email(value: &str) -> Result<String, String> {
    let lower = value.to_lowercase();
    let sound = lower.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !host.contains('@')
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
    });
    if sound && !lower.contains(char::is_whitespace) {
        Ok(lower)
    } else {
        Err("an e-mail address looks like name@example.com".into())
    }
}

fn phone(value: &str, country: &str) -> Result<String, String> {
    let bad = || "a phone number looks like +34 612 345 678".to_owned();
    if !value.chars().all(|c| c.is_ascii_digit() || " +-().".contains(c)) {
        return Err(bad());
    }
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let international = value.starts_with('+');
    let full = match digits.strip_prefix("00").filter(|_| !international) {
        Some(rest) => rest.to_owned(),
        None if international => digits,
        None => {
            let code =
                CALLING_CODES.iter().find(|(name, _)| *name == country).map(|(_, code)| *code);
            format!(
                "{}{digits}",
                code.ok_or("write the phone number with its country, such as +34 612 345 678")?
            )
        }
    };
    if (7..=15).contains(&full.len()) { Ok(format!("+{full}")) } else { Err(bad()) }
}
