//! The known data sets at default settings: each mapping names columns, nothing else differs.

use std::path::{Path, PathBuf};

use lazo_matching::command::{MatchArgs, run};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folder with the sets. Named but missing is a failure, merely absent a notice.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn data() -> Option<PathBuf> {
    let named = std::env::var_os("LAZO_DATA").map(PathBuf::from);
    let folder =
        named.clone().map_or_else(|| root().join("../shared/data"), |data| root().join(data));
    let folder = folder.join("linkage");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(named.is_none(), "LAZO_DATA names {}, which is not there", folder.display());
    eprintln!("NOTICE: not tested on known data sets, since {} is not there", folder.display());
    None
}

/// Quality of a run: (part, measure) of the report's truth.
struct Report(String);

impl Report {
    fn of(files: &[&str], mapping: &str, truth: &str) -> Option<Self> {
        let data = data()?;
        let links = tempfile::tempdir().unwrap();
        let args = MatchArgs {
            files: files.iter().map(|file| data.join(file)).collect(),
            dedupe: files.len() == 1,
            mapping: root().join("examples/matching").join(mapping),
            links: links.path().join("links.csv"),
            truth: Some(data.join(truth)),
            explain: None,
            weights: false,
            threads: None,
        };
        Some(Self(run(&args, false).unwrap()))
    }

    fn measure(&self, part: &str, name: &str) -> f64 {
        let line = self.0.lines().find(|line| line.starts_with(&format!("{part} "))).unwrap();
        let parts: Vec<&str> = line.split([' ', ',']).filter(|part| !part.is_empty()).collect();
        let at = parts.iter().position(|part| *part == name).unwrap();
        parts[at + 1].parse().unwrap()
    }

    #[track_caller]
    fn at_least(&self, part: &str, name: &str, least: f64) {
        let seen = self.measure(part, name);
        assert!(seen >= least, "{part} {name} {seen} < {least}\n{}", self.0);
    }
}

#[test]
fn m11_febrl4_at_defaults() {
    let files = ["febrl4a.csv.gz", "febrl4b.csv.gz"];
    let Some(report) = Report::of(&files, "febrl.toml", "febrl4_truth.csv.gz") else { return };
    report.at_least("auto_and_review", "f1", 0.9996);
}

#[test]
fn m11_febrl3_at_defaults() {
    let Some(report) = Report::of(&["febrl3.csv.gz"], "febrl.toml", "febrl3_truth.csv.gz") else {
        return;
    };
    report.at_least("auto_and_review", "f1", 0.998);
}

#[test]
fn m11_h25k_at_defaults() {
    let Some(report) = Report::of(&["h25k_dev.csv.gz"], "h25k.toml", "h25k_dev_truth.csv.gz")
    else {
        return;
    };
    report.at_least("clustered", "f1", 0.86);
}

#[test]
fn a5_m11_programs_of_60_thousand_at_defaults() {
    let files = ["programmes_60k/programme_a.csv.gz", "programmes_60k/programme_b.csv.gz"];
    let Some(report) = Report::of(&files, "programs.toml", "programmes_60k/truth_links.csv.gz")
    else {
        return;
    };
    report.at_least("auto_and_review", "f1", 0.94);
    report.at_least("auto_and_review", "precision", 0.97);
    report.at_least("auto", "recall", 0.25);
    report.at_least("auto", "precision", 0.9995);
}
