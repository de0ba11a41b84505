//! Dates of birth in the ways files write them.

/// A date as it was written: also an impossible one, since a slip of the pen still tells something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Date {
    /// The year, of the common era.
    pub year: u16,
    /// The month, 1 to 12 where the date is possible; 0 where only the year is known.
    pub month: u8,
    /// The day of the month.
    pub day: u8,
}

/// In which order a file writes the parts of a date that does not begin with the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// Day, month, year: most of the world.
    #[default]
    DayFirst,
    /// Month, day, year: the United States.
    MonthFirst,
}

impl Date {
    /// Whether the calendar has this day.
    #[must_use]
    pub fn is_possible(self) -> bool {
        let leap = self.year.is_multiple_of(4)
            && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400));
        let days = match self.month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => 0,
        };
        (1..=days).contains(&self.day)
    }

    /// The eight digits of the date.
    #[must_use]
    pub fn digits(self) -> [u8; 8] {
        let digit = |value: u16| b'0' + u8::try_from(value % 10).unwrap_or(0);
        let (year, month, day) = (self.year, u16::from(self.month), u16::from(self.day));
        [
            digit(year / 1000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            digit(month / 10),
            digit(month),
            digit(day / 10),
            digit(day),
        ]
    }
}

/// Reads a date: `1980-02-28`, `19800228`, `28/2/1980`, `28.02.1980 00:00`, `28/2/80`, `28 feb 1980`,
/// `1980`. Two digits of a year are of the last hundred years before 2026.
#[must_use]
pub fn date(raw: &str, order: DateOrder) -> Option<Date> {
    let trimmed = raw.trim();
    if trimmed.contains(char::is_alphabetic)
        && let Some(named) = with_month_name(trimmed)
    {
        return Some(named);
    }
    let first = trimmed.split([' ', 'T']).next().unwrap_or_default();
    let parts: Vec<&str> =
        first.split(|c: char| !c.is_ascii_digit()).filter(|p| !p.is_empty()).collect();
    match parts[..] {
        [one] if one.len() == 8 => build(&one[..4], &one[4..6], &one[6..]),
        [one] if one.len() == 4 => build(one, "0", "0"),
        [year, month, day] if year.len() == 4 => build(year, month, day),
        [day, month, year] if year.len() == 4 => match order {
            DateOrder::DayFirst => build(year, month, day),
            DateOrder::MonthFirst => build(year, day, month),
        },
        [day, month, year] if year.len() == 2 && day.len() <= 2 => {
            let century = if year > "25" { "19" } else { "20" };
            let year = format!("{century}{year}");
            match order {
                DateOrder::DayFirst => build(&year, month, day),
                DateOrder::MonthFirst => build(&year, day, month),
            }
        }
        [year, month] if year.len() == 4 => build(year, month, "0"),
        _ => None,
    }
}

/// `28 de febrero de 1980`, `Feb 28, 1980`: a month by its first three letters.
fn with_month_name(raw: &str) -> Option<Date> {
    const MONTHS: [&[&str]; 12] = [
        &["ene", "jan", "gen"],
        &["feb", "fev"],
        &["mar"],
        &["abr", "apr", "avr"],
        &["may", "mai", "mag"],
        &["jun", "giu", "jui"],
        &["jul", "lug"],
        &["ago", "aug", "aou"],
        &["sep", "set"],
        &["oct", "okt", "ott", "out"],
        &["nov"],
        &["dic", "dec", "dez"],
    ];
    let folded = super::text::fold(raw);
    let words: Vec<&str> = folded.split(' ').collect();
    let month = words
        .iter()
        .filter_map(|word| word.get(..3))
        .find_map(|start| MONTHS.iter().position(|names| names.contains(&start)))?;
    let month = if words.iter().any(|word| word.starts_with("juil")) { 6 } else { month };
    let numbers = || words.iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let year = numbers().find(|number| number.len() == 4)?;
    let day = numbers().find(|number| number.len() <= 2).copied().unwrap_or("0");
    build(year, &(month + 1).to_string(), day)
}

/// The order that a sample of raw dates shows, where a part above 12 gives it away.
#[must_use]
pub fn date_order<'a>(sample: impl Iterator<Item = &'a str>) -> DateOrder {
    let (mut day_first, mut month_first) = (0_usize, 0_usize);
    for raw in sample {
        let mut parts = raw.trim().split(|c: char| !c.is_ascii_digit());
        let (Some(one), Some(two), Some(year)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        let (Ok(one), Ok(two)) = (one.parse::<u16>(), two.parse::<u16>()) else { continue };
        if year.len() == 4 {
            day_first += usize::from(one > 12 && two <= 12);
            month_first += usize::from(two > 12 && one <= 12);
        }
    }
    if month_first > day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst }
}

fn build(year: &str, month: &str, day: &str) -> Option<Date> {
    let year = year.parse().ok().filter(|year| *year > 0)?;
    Some(Date { year, month: month.parse().ok()?, day: day.parse().ok()? })
}
