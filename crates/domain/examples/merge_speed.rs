//! Measures how long it takes to plan a merge of two programs: clusters of one or two accounts, five lots each.
//!
//! `cargo run --release -p lazo-domain --example merge_speed -- 100000` (accounts); with a folder behind it, it writes
//! the files of the run there, for `tools/audit.py`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File as Disk;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use lazo_domain::conversion::{ConversionRule, Table};
use lazo_domain::merging::rules::TargetPoints;
use lazo_domain::merging::snapshot::SourceLot;
use lazo_domain::merging::{File, MemberSnapshot, MergeRules, Run, SourceKey, Totals, plan_member};
use lazo_domain::program::ExpiryPolicy;
use lazo_domain::program::expiry::Basis;
use lazo_domain::time::{DAY, Term, Timestamp};

fn main() -> Result<(), Box<dyn Error>> {
    let accounts: i64 = std::env::args().nth(1).map_or(Ok(100_000), |number| number.parse())?;
    let rules = rules()?;
    let mut run = Run::new(&rules)?;
    let mut files = std::env::args().nth(2).map(|folder| Files::new(folder.into())).transpose()?;
    #[expect(clippy::disallowed_methods, reason = "a duration is measured and nothing is decided")]
    let begin = Instant::now();
    for n in 0..accounts / 2 {
        // Every eighth person is in both programs.
        let mut people = vec![vec![account("aurora", n)]];
        let mut second = account("brisa", n);
        if n % 8 == 0 {
            people[0].push(second);
        } else {
            // Named after Aurora's last account, so that members come in the order of their golden keys.
            second.key = SourceKey::new("aurora", &format!("{n:09}-b"));
            people.push(vec![second]);
        }
        for members in people {
            let plan = plan_member(&rules, &members);
            run.add(&plan)?;
            if let Some(files) = &mut files {
                for file in File::PLAN {
                    files.write(file, &plan.file_lines(file))?;
                }
                for file in File::SNAPSHOT {
                    members.iter().try_for_each(|member| files.write(file, &member.lines(file)))?;
                }
            }
        }
    }
    let micros = begin.elapsed().as_micros();
    let (totals, digest) = run.finish();
    if let Some(files) = files {
        files.end(&rules, &digest.manifest, &totals)?;
    }
    #[expect(clippy::print_stdout, reason = "the result of the measurement")]
    {
        let each = micros.saturating_mul(100) / u128::from(accounts.unsigned_abs().max(1));
        println!(
            "{}.{:02} µs per account of five lots; {:?}",
            each / 100,
            each % 100,
            totals.counts
        );
        println!("approvable {}; run {}", totals.approvable(), digest.run);
    }
    Ok(())
}

/// The files of the run, open at once.
struct Files {
    folder: PathBuf,
    open: BTreeMap<File, BufWriter<Disk>>,
}

impl Files {
    fn new(folder: PathBuf) -> Result<Self, std::io::Error> {
        std::fs::create_dir_all(&folder)?;
        let mut open = BTreeMap::new();
        for file in File::PLAN.into_iter().chain(File::SNAPSHOT) {
            let mut writer = BufWriter::new(Disk::create(folder.join(file.name()))?);
            writer.write_all(file.heading().as_bytes())?;
            open.insert(file, writer);
        }
        Ok(Self { folder, open })
    }

    fn write(&mut self, file: File, lines: &str) -> Result<(), std::io::Error> {
        self.open.get_mut(&file).map_or(Ok(()), |writer| writer.write_all(lines.as_bytes()))
    }

    fn end(
        mut self,
        rules: &MergeRules,
        manifest: &str,
        totals: &Totals,
    ) -> Result<(), std::io::Error> {
        self.open.values_mut().try_for_each(Write::flush)?;
        let place = |name: &str| -> PathBuf { Path::new(&self.folder).join(name) };
        std::fs::write(place("rules.json"), rules.canonical())?;
        std::fs::write(place("manifest.sha256"), manifest)?;
        std::fs::write(place("control.csv"), Totals::HEADING.to_owned() + &totals.lines())
    }
}

fn rules() -> Result<MergeRules, Box<dyn Error>> {
    let flat = |source: &str, rate: &str| -> Result<ConversionRule, String> {
        let table = Table::Flat { rate: rate.parse()? };
        Ok(ConversionRule::plain(source, "points", "uno", table))
    };
    let cutover = Timestamp::parse("2026-10-01T00:00:00Z")?;
    let conversions = vec![flat("aurora", "13/10")?, flat("brisa", "1/3")?];
    let mut rules = MergeRules::plain(cutover, conversions);
    let term = Some(Term::Months(18));
    let expiry = ExpiryPolicy { basis: Basis::Earned, term, ..ExpiryPolicy::default() };
    rules.point_types.insert("uno".into(), TargetPoints { expiry, value_minor: None });
    Ok(rules)
}

fn account(source: &str, n: i64) -> MemberSnapshot {
    let lot = |l: i64| {
        let earned_at = Timestamp(1_760_000_000_000_000 + (n % 300) * DAY + l * DAY);
        SourceLot {
            lot: format!("{n}-{l}"),
            point_type: "points".into(),
            points: (n * 31 + l * 17) % 5_000,
            kind: "earned".into(),
            earned_at,
            expires_at: Some(earned_at.plus_micros(540 * DAY)),
            ..SourceLot::default()
        }
    };
    MemberSnapshot {
        key: SourceKey::new(source, &format!("{n:09}")),
        lots: (0..5).map(lot).collect(),
        ..MemberSnapshot::default()
    }
}
