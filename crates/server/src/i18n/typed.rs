//! Numbers as people type them, with the marks of any of our languages. Exact: no floats.

/// `12,50`, `12.50` or `1.234,50` in units of the last of `places` decimals; `None` when it cannot be understood.
#[must_use]
pub fn number(text: &str, places: usize) -> Option<i64> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (whole, decimals) = match text.rfind([',', '.']) {
        // Three digits after the only mark are thousands, as people write them.
        Some(at) if text.len() - at - 1 <= places && places > 0 => (&text[..at], &text[at + 1..]),
        _ => (text.as_str(), ""),
    };
    let groups: Vec<&str> = whole.split([',', '.']).collect();
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    let grouped = groups.iter().skip(1).all(|group| group.len() == 3);
    if groups[0].is_empty() || !grouped || !groups.iter().all(|g| digits(g)) || !digits(decimals) {
        return None;
    }
    format!("{}{decimals:0<places$}", groups.concat()).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, places, expected) in [
            ("1,5", 1, Some(15)),
            ("1,5", 0, None),
            ("1.000", 0, Some(1_000)),
            ("1.00", 0, None),
            ("1.234", 3, Some(1_234)),
            ("12,345", 2, Some(1_234_500)),
            ("12345,67", 2, Some(1_234_567)),
            ("12.34.56", 2, None),
            ("", 2, None),
            ("-1", 2, None),
            (",5", 2, None),
        ] {
            assert_eq!(number(text, places), expected, "{text} with {places}");
        }
    }
}
