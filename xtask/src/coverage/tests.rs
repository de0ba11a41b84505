//! The page says of each requirement what the tests' names say, and refuses numbers that do not exist.

use super::*;

const REQUIREMENTS_TEXT: &str =
    "[R]\n1 = \"one\"\n2 = \"two\"\n3 = \"three\"\n[M]\n1 = \"merge\"\n";

fn tree(files: &[(&str, &str)], reasons: &str) -> Tree {
    let fixed = [(REQUIREMENTS, REQUIREMENTS_TEXT), (REASONS, reasons)];
    Tree::of(&[&fixed, files].concat())
}

fn lines(files: &[(&str, &str)], reasons: &str) -> Vec<String> {
    let page = page(&tree(files, reasons)).expect("the planted house can be read");
    let rows = page.text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| | "));
    rows.map(str::to_owned).collect()
}

#[test]
fn a_test_through_a_public_door_proves_and_a_test_of_the_core_does_so_in_part() {
    let files = [
        ("crates/server/src/features/a/tests.rs", "#[tokio::test]\nasync fn r1_m1_sells() {}\n"),
        ("crates/domain/src/tests.rs", "#[test]\nfn r1_adds() {}\n#[test]\nfn r2_i9_holds() {}\n"),
    ];
    assert_eq!(
        lines(&files, ""),
        [
            "| R1 | one | proven | server: `r1_m1_sells`, domain: `r1_adds` |",
            "| R2 | two | partial | domain: `r2_i9_holds` |",
            "| R3 | three | open | |",
            "| M1 | merge | proven | server: `r1_m1_sells` |",
            "| I9 | domain: `r2_i9_holds` |",
        ]
    );
}

#[test]
fn a_crates_own_tests_folder_is_a_public_door() {
    let files = [("crates/store/tests/it/main.rs", "#[test]\nfn r3_keeps() {}\n")];
    assert_eq!(lines(&files, "")[2], "| R3 | three | proven | store: `r3_keeps` |");
}

#[test]
fn a_test_on_demand_proves_nothing() {
    let files = [("crates/sim/src/tests.rs", "#[test]\n#[ignore = \"hours\"]\nfn r1_runs() {}\n")];
    assert_eq!(lines(&files, "")[0], "| R1 | one | open | (1 on demand) |");
}

#[test]
fn a_stated_reason_makes_a_proof_partial() {
    let files = [("crates/cli/tests/it.rs", "#[test]\nfn r1_runs() {}\n")];
    let rows = lines(&files, "[partial]\nR1 = \"no pages yet\"\nR2 = \"all\"\n");
    assert_eq!(rows[0], "| R1 | one | partial | Missing: no pages yet. cli: `r1_runs` |");
    assert_eq!(rows[1], "| R2 | two | open | Missing: all. |");
}

#[test]
fn comments_strings_and_helpers_outside_tests_prove_nothing() {
    let text = "// fn r1_said() {}\nconst T: &str = \"fn r2_quoted() {}\";\nfn r3_helper() {}\n";
    let rows = lines(&[("crates/server/src/lib.rs", text)], "");
    assert!(rows.iter().all(|row| row.contains("| open |")), "{rows:?}");
}

#[test]
fn a_test_made_by_a_macro_counts_and_counts_once() {
    let text = "on_both!(r1_kept);\nasync fn r1_kept(db: Db) {}\nfn r1_m1() {}\n";
    let rows = lines(&[("crates/server/src/tests.rs", text)], "");
    assert_eq!(rows[0], "| R1 | one | proven | server: `r1_kept` |");
    assert_eq!(rows[3], "| M1 | merge | open | |");
}

#[test]
fn a_number_that_does_not_exist_is_found() {
    let files = [("crates/server/src/tests.rs", "\n#[test]\nfn r4_a19_what() {}\n")];
    let page = page(&tree(&files, "[partial]\nM2 = \"x\"\n")).expect("readable");
    let findings: Vec<String> = page.findings.iter().map(ToString::to_string).collect();
    assert_eq!(findings.len(), 3);
    assert!(findings[0].starts_with("xtask/coverage.toml:1: M2 is not a requirement"));
    assert!(findings[1].starts_with("crates/server/src/tests.rs:3: R4 is not a requirement"));
    assert!(findings[2].starts_with("crates/server/src/tests.rs:3: A19 is not a requirement"));
}

#[test]
fn a_page_that_is_out_of_date_is_found_at_its_first_different_line() {
    let before = page(&tree(&[], "")).expect("readable");
    let committed = tree(&[(PAGE, &before.text)], "");
    assert_eq!(compare(&committed, &before), []);
    let files = [(PAGE, before.text.as_str()), ("crates/cli/tests/it.rs", "#[test] fn r1_x() {}")];
    let later = tree(&files, "");
    let findings = compare(&later, &page(&later).expect("readable"));
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].path, PAGE);
}

#[test]
fn every_requirement_of_the_product_has_a_title() {
    let text = include_str!("../../requirements.toml");
    let requirements: Requirements = toml::from_str(text).expect("valid titles");
    let numbers = |titles: &BTreeMap<u16, String>| titles.keys().copied().collect::<Vec<_>>();
    assert_eq!(numbers(&requirements.product), (1..=135).collect::<Vec<_>>());
    assert_eq!(numbers(&requirements.merging), (1..=67).collect::<Vec<_>>());
}
