//! Tax and identity numbers of Spain and Mexico, with their check digits.

/// A number that was recognized, its check digit being right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaxKind {
    /// A Spanish person's number.
    Nif,
    /// A foreign person's number in Spain.
    Nie,
    /// A Spanish company's number.
    Cif,
    /// A Mexican tax number, of a person (13 signs) or a company (12).
    Rfc,
    /// A Mexican person's population number.
    Curp,
}

/// What kind of number this is; `None` where it is unknown or its check digit is wrong.
#[must_use]
pub fn tax_kind(raw: &str) -> Option<TaxKind> {
    let text: String =
        raw.to_uppercase().chars().filter(|c| c.is_alphanumeric() || *c == '&').collect();
    let signs: Vec<char> = text.chars().collect();
    match signs.len() {
        9 => spanish(&signs),
        12 | 13 => is_rfc(&signs).then_some(TaxKind::Rfc),
        18 => is_curp(&signs).then_some(TaxKind::Curp),
        _ => None,
    }
}

fn spanish(signs: &[char]) -> Option<TaxKind> {
    match signs[0] {
        '0'..='9' => is_nif(signs, None).then_some(TaxKind::Nif),
        'X' => is_nif(signs, Some('0')).then_some(TaxKind::Nie),
        'Y' => is_nif(signs, Some('1')).then_some(TaxKind::Nie),
        'Z' => is_nif(signs, Some('2')).then_some(TaxKind::Nie),
        'K' | 'L' | 'M' => is_nif(signs, Some('0')).then_some(TaxKind::Nif),
        'A'..='J' | 'N' | 'P'..='S' | 'U' | 'V' | 'W' => is_cif(signs).then_some(TaxKind::Cif),
        _ => None,
    }
}

fn is_nif(signs: &[char], first: Option<char>) -> bool {
    const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
    let digits = first.into_iter().chain(signs[usize::from(first.is_some())..8].iter().copied());
    let number = digits.map(|c| c.to_digit(10)).try_fold(0_usize, |sum, digit| {
        digit.and_then(|digit| usize::try_from(digit).ok()).map(|digit| sum * 10 + digit)
    });
    number.is_some_and(|number| char::from(LETTERS[number % 23]) == signs[8])
}

fn is_cif(signs: &[char]) -> bool {
    let mut sum = 0;
    for (index, sign) in signs[1..8].iter().enumerate() {
        let Some(digit) = sign.to_digit(10) else { return false };
        sum += if index % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit };
    }
    let check = (10 - sum % 10) % 10;
    let letter = b"JABCDEFGHI".get(usize::try_from(check).unwrap_or(0)).copied().map(char::from);
    signs[8].to_digit(10) == Some(check) || Some(signs[8]) == letter
}

fn is_rfc(signs: &[char]) -> bool {
    const ORDER: &str = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ";
    let (body, check) = signs.split_at(signs.len() - 1);
    let letters = signs.len() - 9;
    let shape = body[..letters].iter().all(|c| c.is_alphabetic() || *c == '&')
        && body[letters..letters + 6].iter().all(char::is_ascii_digit);
    if !shape {
        return false;
    }
    let padded = std::iter::repeat_n(' ', 12 - body.len()).chain(body.iter().copied());
    let mut sum = 0;
    for (index, sign) in padded.enumerate() {
        let Some(value) = ORDER.chars().position(|c| c == sign) else { return false };
        sum += value * (13 - index);
    }
    let expected = match 11 - sum % 11 {
        11 => '0',
        10 => 'A',
        digit => char::from(b'0' + u8::try_from(digit).unwrap_or(0)),
    };
    check == [expected]
}

fn is_curp(signs: &[char]) -> bool {
    const ORDER: &str = "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ";
    let shape = signs[..4].iter().all(|c| c.is_alphabetic())
        && signs[4..10].iter().all(char::is_ascii_digit)
        && matches!(signs[10], 'H' | 'M' | 'X');
    let mut sum = 0;
    for (index, sign) in signs[..17].iter().enumerate() {
        let Some(value) = ORDER.chars().position(|c| c == *sign) else { return false };
        sum += value * (18 - index);
    }
    shape
        && signs[17].to_digit(10).and_then(|d| usize::try_from(d).ok())
            == Some((10 - sum % 10) % 10)
}
