//! The command on good and bad files.

use std::io::Write;
use std::path::PathBuf;

use lazo_matching::command::{MatchArgs, run};
use tempfile::TempDir;

const MAPPING: &str =
    "[columns]\nid = \"id\"\ngiven_name = \"name\"\nsurname = \"surname\"\nbirth_date = \"born\"\n";
const ROWS: &str = "id,name,surname,born\n1,Ana,Ruiz,1980-01-02\n2,Luis,Vega,1971-03-04\n";

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn args(&self, files: &[&str]) -> MatchArgs {
        MatchArgs {
            files: files.iter().map(|file| self.0.path().join(file)).collect(),
            dedupe: files.len() == 1,
            mapping: self.0.path().join("m.toml"),
            links: self.0.path().join("links.csv"),
            truth: None,
            explain: None,
            weights: false,
            threads: Some(2),
        }
    }

    /// What a run says of a left file, without the folder's name.
    fn fault(&self, left: impl AsRef<[u8]>, mapping: &str) -> String {
        self.file("a.csv", left);
        self.file("b.csv", ROWS);
        self.file("m.toml", mapping);
        let fault = run(&self.args(&["a.csv", "b.csv"]), false).unwrap_err().to_string();
        fault.replace(&format!("{}/", self.0.path().display()), "")
    }
}

#[test]
fn m1_a_missing_column_is_told_with_the_mappings_line() {
    let fault = Folder::new().fault("id,name,born\n1,Ana,1980-01-02\n", MAPPING);
    assert_eq!(
        fault,
        "m.toml:4: `surname` is no column of a.csv; hint: its columns are id, name, born"
    );
}

#[test]
fn m1_bad_mappings_are_told_with_their_line() {
    for (mapping, expected) in [
        ("[columns]\nid = \"id\"\nnombre = \"name\"\n", "m.toml:3: `nombre` is no field"),
        ("[columns]\nname = 1\n", "m.toml:2: `name` is no field"),
        ("[columns]\nid = 3\n", "m.toml:2: this must be a text that is not empty"),
        ("[columns]\ngiven_name = \"name\"\n", "m.toml:1: no column is the id"),
        ("[columns]\nid = \"id\"\n", "m.toml:1: no column tells who somebody is"),
        ("threshold = 0.9\n", "m.toml:1: `threshold` is no part of a mapping"),
        ("date_order = \"ymd\"\n", "m.toml:1: date_order = \"ymd\" is unknown"),
        ("[columns\n", "m.toml:1: this is no TOML"),
    ] {
        let fault = Folder::new().fault(ROWS, mapping);
        assert!(fault.starts_with(expected), "{fault}");
    }
}

#[test]
fn m1_bad_files_are_told_with_their_line() {
    for (rows, expected) in [
        (
            &b"id,name,surname,born\n1,Ana,Ruiz,1980-01-02\n1,Ana,Ruiz,1980-01-02\n"[..],
            "a.csv:3: the id `1` stands in the file twice",
        ),
        (b"id,name,surname,born\n,Ana,Ruiz,1980-01-02\n", "a.csv:2: `id` is empty"),
        (
            b"id,name,surname,born\n1,Jos\xe9,Ruiz,1980-01-02\n",
            "a.csv:2: is not UTF-8; hint: convert it first",
        ),
        (
            b"id,name,surname,born\n1,Ana,Ruiz,1980-01-02\n2,Lu",
            "a.csv:3: the row has 2 values where the header has 4",
        ),
        (b"id,name,surname,born\n", "a.csv: has no records"),
        (b"", "a.csv:1: has no header"),
    ] {
        let fault = Folder::new().fault(rows, MAPPING);
        assert!(fault.starts_with(expected), "{fault}");
    }
}

#[test]
fn m1_a_gzip_file_cut_in_the_middle_is_told() {
    let folder = Folder::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    (0..5_000)
        .for_each(|at| writeln!(gzip, "{at},Ana{},Ruiz,1980-01-02", at * 7919 % 1000).unwrap());
    let whole = gzip.finish().unwrap();
    folder.file("a.csv.gz", &whole[..whole.len() / 2]);
    folder.file("b.csv", ROWS);
    folder.file("m.toml", MAPPING.replace("id = \"id\"", "id = \"0\""));
    let fault = run(&folder.args(&["a.csv.gz", "b.csv"]), false).unwrap_err().to_string();
    assert!(fault.contains("a.csv.gz"), "{fault}");
    folder.file("m.toml", MAPPING);
    folder.file("c.csv.gz", "no gzip");
    let fault = run(&folder.args(&["c.csv.gz", "b.csv"]), false).unwrap_err().to_string();
    assert!(fault.contains("cannot be read to its end"), "{fault}");
}

#[test]
fn m11_links_and_report_of_small_files() {
    let folder = Folder::new();
    folder.file(
        "a.csv",
        "\u{feff}id,name,surname,born\n1,Ana,Ruiz,1980-01-02\n2,Luis,Vega,1971-02-31\n",
    );
    folder.file("b.csv", ROWS);
    folder.file("m.toml", MAPPING);
    folder.file("t.csv", "l,r\n1,1\n");
    let args = MatchArgs {
        truth: Some(folder.0.path().join("t.csv")),
        ..folder.args(&["a.csv", "b.csv"])
    };
    let report = run(&args, true).unwrap();
    let links = std::fs::read_to_string(folder.0.path().join("links.csv")).unwrap();
    assert!(links.starts_with("left,right,probability,band\n"), "{links}");
    assert!(report.contains("\"dates of birth that no calendar has\": 1"), "{report}");
    assert!(report.contains("\"review_queue\""), "{report}");
    folder.file("t.csv", "l,r\n1,77\n");
    let fault = run(&args, true).unwrap_err().to_string();
    assert!(fault.contains("t.csv:2: the id `77` is in no record"), "{fault}");
}

#[test]
fn m11_one_file_needs_dedupe_and_two_do_not_take_it() {
    let folder = Folder::new();
    folder.file("a.csv", ROWS);
    folder.file("m.toml", MAPPING);
    assert!(run(&folder.args(&["a.csv"]), false).is_ok());
    let args = MatchArgs { dedupe: false, ..folder.args(&["a.csv"]) };
    assert!(run(&args, false).unwrap_err().to_string().contains("say --dedupe"));
    let args = MatchArgs { dedupe: true, ..folder.args(&["a.csv", "a.csv"]) };
    assert!(run(&args, false).unwrap_err().to_string().contains("takes one file"));
}
