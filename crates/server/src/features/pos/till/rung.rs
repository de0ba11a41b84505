//! What the form of a sale says: lines, amounts as people write them, and the part that points pay.

use lazo_domain::money::Currency;
use lazo_domain::program::Program;

use super::SOURCE;
use crate::features::members::Member;
use crate::features::purchases::api::{LineBody, NewPurchase};
use crate::i18n::typed;
use crate::web::Fields;

/// Lines that the form of a sale has.
pub(super) const LINES: usize = 4;

/// What the form of a sale says.
pub(super) struct Rung {
    /// What was bought.
    pub(super) purchase: NewPurchase,
    /// The part to be paid with points, in minor units.
    pub(super) pay_minor: i64,
}

/// Reads the form; an amount that cannot be understood is told with the form as it was.
pub(super) fn rung(
    member: &Member,
    program: &Program,
    fields: &Fields,
) -> Result<Rung, &'static str> {
    let currency = program.currency;
    let mut lines = Vec::new();
    for n in 0..LINES {
        let text = fields.get(&format!("amount{n}"));
        if text.is_empty() {
            continue;
        }
        let net = minor(text, currency).filter(|net| *net > 0).ok_or("pos-till-amount-wrong")?;
        lines.push(LineBody::of(fields.get(&format!("category{n}")), net));
    }
    let pay_minor = match fields.get("pay") {
        "" => 0,
        text => minor(text, currency).filter(|pay| *pay >= 0).ok_or("pos-till-amount-wrong")?,
    };
    // What points pay earns no points: it comes off the lines, the last first.
    let mut left = pay_minor;
    for line in lines.iter_mut().rev() {
        left -= line.take_off(left);
    }
    if lines.is_empty() || left > 0 {
        return Err(if lines.is_empty() { "pos-till-amount-wrong" } else { "pos-till-pay-wrong" });
    }
    let purchase = NewPurchase {
        member: member.id.to_string(),
        program: Some(program.code.clone()),
        source: Some(SOURCE.to_owned()),
        reference: fields.get("reference").to_owned(),
        at: None,
        currency: None,
        lines,
        store: None,
        channel: Some("pos".to_owned()),
        attributes: Default::default(),
    };
    Ok(Rung { purchase, pay_minor })
}

/// `12,50`, `12.50` or `1.234,50` in minor units.
pub(super) fn minor(text: &str, currency: Currency) -> Option<i64> {
    typed::number(text.trim().trim_end_matches(['€', '$']), usize::from(currency.exponent()))
}

#[cfg(test)]
mod tests {
    //! Amounts as people write them.

    use super::minor;

    #[test]
    fn amounts_are_read_as_people_write_them() {
        let euro = "EUR".parse().unwrap();
        let yen = "JPY".parse().unwrap();
        for (text, expected) in [
            ("12,50", Some(1_250)),
            ("12.5", Some(1_250)),
            ("12", Some(1_200)),
            ("1.234,50 €", Some(123_450)),
            ("1,234.50", Some(123_450)),
            ("1.234", Some(123_400)),
            ("0,05", Some(5)),
            ("", None),
            ("-3", None),
            ("doce", None),
            ("12,345,6x", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(minor(text, euro), expected, "{text}");
        }
        assert_eq!(minor("1.234", yen), Some(1_234));
    }
}
