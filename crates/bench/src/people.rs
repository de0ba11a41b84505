//! Invented members and their history, as files for `lazo import`; the same seed gives the same files.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

/// A small generator of random numbers (SplitMix64, Steele, Lea and Flood 2014).
#[derive(Debug, Clone)]
pub struct Dice(pub u64);

impl Dice {
    /// The next number below `sides`.
    pub fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides.max(1)
    }
}

const MEMBERS_MAPPING: &str = r#"kind = "members"
source = "bench"
program = "club"
[fields]
member = "member"
enrolled_at = "enrolled_at"
[members]
identifier = "external"
"#;

const PURCHASES_MAPPING: &str = r#"kind = "purchases"
source = "till"
program = "club"
[file]
contiguous = true
[fields]
member = "member"
purchase = "receipt"
at = "at"
category = "category"
net = "net"
[amounts]
currency = "EUR"
[members]
unknown = "reject"
identifier = "external"
"#;

/// Writes `members.csv`, `purchases.csv` (`history` purchases a member on average) and their mappings into `folder`.
pub fn write(folder: &Path, members: u64, history: u64) -> anyhow::Result<()> {
    fs::write(folder.join("program.toml"), include_str!("../program.toml"))?;
    fs::write(folder.join("members.toml"), MEMBERS_MAPPING)?;
    fs::write(folder.join("purchases.toml"), PURCHASES_MAPPING)?;
    let mut out = BufWriter::new(File::create(folder.join("members.csv"))?);
    writeln!(out, "member,enrolled_at")?;
    for member in 0..members {
        writeln!(out, "{member},2025-01-01T00:00:00Z")?;
    }
    out.flush()?;
    let mut out = BufWriter::new(File::create(folder.join("purchases.csv"))?);
    writeln!(out, "receipt,member,at,category,net")?;
    let mut dice = Dice(members);
    let step = stride(members);
    let total = members * history;
    for receipt in 0..total {
        // Spread over 300 days of 2026, in order of time.
        let second = receipt * 300 * 86_400 / total.max(1);
        let (day, rest) = (second / 86_400, second % 86_400);
        let (month, day) = (day / 28 + 1, day % 28 + 1);
        let at = format!(
            "2026-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            rest / 3600,
            rest / 60 % 60,
            rest % 60
        );
        // Everybody in turn, in an order that jumps about.
        let member = receipt * step % members;
        let category = if dice.below(3) == 0 { "fresh" } else { "dry" };
        let cents = 2_000 + dice.below(9_000);
        writeln!(out, "h{receipt},{member},{at},{category},{}.{:02}", cents / 100, cents % 100)?;
    }
    out.flush()?;
    Ok(())
}

/// A step that visits every member before it comes to one again: without a common factor, about 0.6 of all.
fn stride(members: u64) -> u64 {
    let near = members * 6 / 10;
    (near..).find(|step| gcd(*step, members) == 1).unwrap_or(1)
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The body of the `n`th sale of a run: one to four lines, somebody at random.
pub fn sale(run: &str, number: u64, members: u64) -> String {
    let mut dice = Dice(number ^ 0xbe6c);
    let member = dice.below(members);
    let lines: Vec<String> = (0..1 + dice.below(4))
        .map(|_| {
            let category = if dice.below(3) == 0 { "fresh" } else { "dry" };
            format!(
                r#"{{"product":"p{}","category":"{category}","net_minor":{}}}"#,
                dice.below(5_000),
                100 + dice.below(5_000)
            )
        })
        .collect();
    format!(
        r#"{{"member":"ext:{member}","source":"till","reference":"{run}-{number}","lines":[{}]}}"#,
        lines.join(",")
    )
}
