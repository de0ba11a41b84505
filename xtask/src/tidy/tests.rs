//! Each rule finds the fault planted for it and nothing in a tidy house.

use super::settings::{self, Settings};
use super::*;

const SETTINGS: &str = r#"
dialect_differences = 1
max_file_lines = 3
forbidden_words = ["/planted/"]
allowed_hosts = ["example.com"]
"#;

const MIGRATION: &str = "-- owner: members\ncreate table members (id bigint);\n";

/// A small house in which every rule holds.
const HOUSE: [(&str, &str); 9] = [
    (settings::PATH, SETTINGS),
    (
        "docs/ARCHITECTURE.md",
        "| `crates/store/` | storage |\n| `crates/server/` | see https://example.com/x |\n",
    ),
    ("crates/store/Cargo.toml", "[dependencies]\nlazo-domain = \"1\"\n"),
    ("crates/store/src/lib.rs", "//! Storage.\n// dialect: one of them\n"),
    ("crates/store/migrations/sqlite/0001_members.sql", MIGRATION),
    ("crates/store/migrations/postgres/0001_members.sql", MIGRATION),
    (
        "crates/server/src/features/members/mod.rs",
        "//! Members.\nuse crate::features::{tiers::Tier};\n",
    ),
    (
        "crates/server/src/features/members/store.rs",
        "//! Rows.\nconst Q: &str = \"select id from members\";\n",
    ),
    ("crates/server/src/features/tiers/mod.rs", "//! Tiers. See crate::features::members.\n"),
];

/// Checks the house after files were added or replaced.
fn check_with(changes: &[(&str, &str)]) -> Vec<String> {
    let kept = HOUSE.iter().filter(|(path, _)| !changes.iter().any(|(changed, _)| changed == path));
    let files: Vec<(&str, &str)> = kept.chain(changes).copied().collect();
    let findings = check(&Tree::of(&files)).expect("the planted house can be read");
    findings.iter().map(ToString::to_string).collect()
}

/// Asserts that exactly one finding exists and that it starts as given.
fn assert_one(changes: &[(&str, &str)], start: &str) {
    let findings = check_with(changes);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].starts_with(start), "{findings:?}");
    assert!(findings[0].contains(", hint: "), "{findings:?}");
}

#[test]
fn a_tidy_house_has_no_finding() {
    assert_eq!(check_with(&[]), Vec::<String>::new());
}

#[test]
fn the_committed_settings_can_be_read() {
    let text = include_str!("../../tidy.toml");
    let settings = Settings::read(&Tree::of(&[(settings::PATH, text)])).expect("valid settings");
    assert_eq!(settings.max_file_lines, 450);
}

#[test]
fn a_folder_that_is_not_there_is_found() {
    let map = "`crates/store/`\n`crates/server/` `crates/gone/` `<x>/` `/api/`\n";
    assert_one(
        &[("docs/ARCHITECTURE.md", map)],
        "docs/ARCHITECTURE.md:2: the folder `crates/gone/` does not exist",
    );
}

#[test]
fn a_crate_that_is_not_on_the_map_is_found() {
    assert_one(
        &[("docs/ARCHITECTURE.md", "`crates/store/`\n")],
        "docs/ARCHITECTURE.md:1: the crate `crates/server/` is not on the map",
    );
}

#[test]
fn a_dependency_against_the_direction_is_found() {
    assert_one(
        &[("crates/store/Cargo.toml", "[dependencies]\nlazo-server = \"1\"\n")],
        "crates/store/Cargo.toml:2: `store` depends on `server`",
    );
}

#[test]
fn a_crate_without_a_place_is_found() {
    assert_one(
        &[("tools/odd/Cargo.toml", "[dependencies]\n")],
        "tools/odd/Cargo.toml:1: the crate `odd` has no place",
    );
}

#[test]
fn a_ring_of_two_features_is_found_once() {
    assert_one(
        &[(
            "crates/server/src/features/tiers/mod.rs",
            "//! Tiers.\nuse crate::features::members::Member;\n",
        )],
        "crates/server/src/features/members/mod.rs:2: features form the ring members → tiers → members",
    );
}

#[test]
fn a_ring_through_super_and_a_third_feature_is_found() {
    assert_one(
        &[
            ("crates/server/src/features/tiers/api.rs", "//! Api.\nuse super::super::rewards;\n"),
            (
                "crates/server/src/features/rewards/mod.rs",
                "//! Rewards.\nuse super::members::Id;\n",
            ),
        ],
        "crates/server/src/features/members/mod.rs:2: features form the ring members → tiers → rewards → members",
    );
}

#[test]
fn a_lower_room_that_names_a_feature_is_found() {
    let room =
        "//! Rooms.\n// crate::features::tiers is only a comment\nuse crate::features::members;\n";
    assert_one(
        &[("crates/server/src/http/errors.rs", room)],
        "crates/server/src/http/errors.rs:3: the room `http` names the feature `members`",
    );
}

#[test]
fn a_table_without_an_owner_is_found_on_each_engine() {
    let sql = "create table members (id bigint);\n";
    let findings = check_with(&[
        ("crates/store/migrations/sqlite/0001_members.sql", sql),
        ("crates/store/migrations/postgres/0001_members.sql", sql),
    ]);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].contains("postgres/0001_members.sql:1: the table members has no owner"));
}

#[test]
fn a_table_with_two_owners_is_found() {
    let sql = "-- owner: tiers\ncreate table if not exists members (id bigint);\n";
    let findings = check_with(&[("crates/store/migrations/sqlite/0001_members.sql", sql)]);
    assert!(
        findings[0].contains("the table members has two owners: members and tiers"),
        "{findings:?}"
    );
}

#[test]
fn an_owner_that_does_not_exist_is_found() {
    let sql = "-- owner: store/nobody\ncreate table extra (id bigint);\n";
    let findings = check_with(&[
        ("crates/store/migrations/sqlite/0002_extra.sql", sql),
        ("crates/store/migrations/postgres/0002_extra.sql", sql),
    ]);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].contains(":2: the owner `store/nobody` of the table extra does not exist"));
}

#[test]
fn sql_in_a_strangers_code_is_found_and_prose_is_not() {
    let code = "//! Api.\nconst Q: &str = r#\"update members set a = 1\"#;\nconst P: &str = \"From members.\";\n";
    assert_one(
        &[("crates/server/src/features/tiers/api.rs", code)],
        "crates/server/src/features/tiers/api.rs:2: SQL names the table members of `members`",
    );
}

#[test]
fn an_agreed_reader_may_read_and_not_write() {
    let agreed = format!("{SETTINGS}[readers]\nmembers = {{ tiers = \"why\" }}\n");
    let api = "crates/server/src/features/tiers/api.rs";
    let read = "//! Api.\nconst Q: &str = \"select 1 from members\";\n";
    assert_eq!(check_with(&[(settings::PATH, &agreed), (api, read)]), Vec::<String>::new());
    let write = "//! Api.\nconst Q: &str = \"delete from members\";\n";
    let start = format!("{api}:2: SQL names the table members of `members`");
    assert_one(&[(settings::PATH, &agreed), (api, write)], &start);
}

#[test]
fn tests_may_look_into_every_table() {
    let code = "//! Tests.\nconst Q: &str = \"select 1 from members\";\n";
    assert_eq!(
        check_with(&[("crates/server/src/features/tiers/tests.rs", code)]),
        Vec::<String>::new()
    );
}

#[test]
fn two_shapes_of_one_name_are_found() {
    let shape = "//! Api.\n#[derive(Debug, ToSchema)]\npub struct Entry {}\n";
    let other = "crates/server/src/features/members/api.rs";
    let start =
        "crates/server/src/features/tiers/api.rs:3: the shape Entry has the name of the one at";
    let second = ("crates/server/src/features/tiers/api.rs", shape);
    assert_one(&[(other, shape), second], start);
    let own = shape.replace("ToSchema", "Clone");
    assert_eq!(check_with(&[(other, &own), second]), Vec::<String>::new());
}

#[test]
fn a_file_without_its_sentence_is_found() {
    assert_one(
        &[("crates/server/src/main.rs", "// Not it.\nfn main() {}\n")],
        "crates/server/src/main.rs:1: the file does not open with a `//!` sentence",
    );
}

#[test]
fn a_long_file_is_found() {
    assert_one(
        &[("crates/server/src/main.rs", "//! Long.\n\n\n\n")],
        "crates/server/src/main.rs:3: 4 lines, 3 are allowed",
    );
}

#[test]
fn one_more_difference_between_the_engines_is_found() {
    assert_one(
        &[("crates/store/src/queue.rs", "//! Queue.\n// dialect: skip locked\n")],
        "xtask/tidy.toml:1: 2 places differ between the engines, 1 are committed",
    );
}

#[test]
fn engines_told_apart_without_a_mark_are_found() {
    assert_one(
        &[("crates/store/src/queue.rs", "//! Queue.\nDialect::Sqlite => {}\n")],
        "crates/store/src/queue.rs:2: the engines are told apart without a mark",
    );
}

#[test]
fn a_migration_of_one_engine_only_is_found() {
    assert_one(
        &[("crates/store/migrations/sqlite/0002_tiers.sql", "select 1;\n")],
        "crates/store/migrations/sqlite/0002_tiers.sql:1: the migration 0002_tiers.sql has no twin",
    );
}

#[test]
fn a_number_used_twice_is_found_and_a_gap_is_not() {
    let findings = check_with(&[
        ("crates/store/migrations/sqlite/0010_tiers.sql", "select 1;\n"),
        ("crates/store/migrations/postgres/0010_tiers.sql", "select 1;\n"),
        ("crates/store/migrations/sqlite/0010_zones.sql", "select 1;\n"),
        ("crates/store/migrations/postgres/0010_zones.sql", "select 1;\n"),
    ]);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].contains("0010_zones.sql has no number of its own"), "{findings:?}");
}

#[test]
fn a_path_of_one_machine_is_found_and_a_longer_path_is_not() {
    let text = "see /planted/me\nand docs/planted/page\n";
    assert_one(&[("notes.md", text)], "notes.md:1: the text names `/planted/`");
}

#[test]
fn a_link_to_a_strange_host_is_found() {
    let text =
        "https://docs.example.com/a http://127.0.0.1:8080 https://{host}/x https://example.org/b";
    assert_one(&[("notes.md", text)], "notes.md:1: the text links to the host `example.org`");
}

#[test]
fn a_statement_that_many_machines_refuse_is_found() {
    let sql = "//! Rows.\nconst Q: &str = \"select id from members for update\";\n";
    assert_one(
        &[("crates/server/src/features/members/store.rs", sql)],
        "crates/server/src/features/members/store.rs:2: `for update` is used",
    );
}
