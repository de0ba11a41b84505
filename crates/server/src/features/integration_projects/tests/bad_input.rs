//! Bad sources: each is told precisely, nothing of it is planned, and nothing else changes.

use std::io::Write as _;
use std::path::PathBuf;

use lazo_store::testing::on_both;

use super::super::fault::MergeFault;
use super::super::store::sources;
use super::{Office, unseen};

/// A file of the example, what becomes of it, and what is said: the code, and a part of the words.
struct Case {
    file: &'static str,
    spoil: fn(Vec<u8>) -> Vec<u8>,
    code: &'static str,
    said: &'static str,
}

fn swapped(bytes: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    // The example's Windows-1252 is Latin-1.
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    assert!(text.contains(from), "{from} is not there");
    text.replacen(from, to, 1).chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}

const CASES: &[Case] = &[
    // Cut in the middle of a row: the row is told, and the totals differ from what the owner states.
    Case {
        file: "shop-lots.csv",
        spoil: |bytes| bytes[..bytes.len() - 20].to_vec(),
        code: "merge_totals_differ",
        said: "shop: available sellos is stated as 1965, loaded were 1465",
    },
    Case {
        file: "hotel.json",
        spoil: |bytes| bytes[..bytes.len() / 2].to_vec(),
        code: "",
        said: "hotel.json",
    },
    // Cut between two guests, with nothing but the closing bracket missing.
    Case {
        file: "hotel.json",
        spoil: |bytes| bytes[..bytes.iter().rposition(|byte| *byte == b']').unwrap()].to_vec(),
        code: "",
        said: "hotel.json",
    },
    // The owner's totals are gone: nothing is compared, and that is told.
    Case {
        file: "hotel-totals.csv",
        spoil: |_| b"what,point_type,value\n".to_vec(),
        code: "merge_quality",
        said: "hotel: 1 no_totals",
    },
    Case {
        file: "shop-members.toml",
        spoil: |bytes| swapped(bytes, "windows-1252", "utf-8"),
        code: "merge_totals_differ",
        said: "members is stated as 5, loaded were 1",
    },
    Case {
        file: "shop-members.csv",
        spoil: |bytes| {
            let row = bytes.split(|byte| *byte == b'\n').nth(2).unwrap().to_vec();
            [bytes, row, b"\n".to_vec()].concat()
        },
        code: "merge_quality",
        said: "shop: 1 duplicate_member",
    },
    // A column that the mapping uses is gone.
    Case {
        file: "shop-lots.csv",
        spoil: |bytes| swapped(bytes, "tarjeta;apunte;", "tarjeta;anotacion;"),
        code: "",
        said: "apunte",
    },
    // Every row has one cell too few: the columns are shifted.
    Case {
        file: "shop-lots.csv",
        spoil: |bytes| swapped(bytes, "0001;a1;100;", "0001;100;"),
        code: "merge_totals_differ",
        said: "lots is stated as 6, loaded were 5",
    },
    Case {
        file: "shop-lots.csv",
        spoil: |bytes| swapped(bytes, "15/03/2025", "31/02/2025"),
        code: "merge_totals_differ",
        said: "lots is stated as 6, loaded were 5",
    },
    Case {
        file: "shop-lots.csv",
        spoil: |bytes| swapped(bytes, ";1000;", ";9223372036854775808;"),
        code: "merge_totals_differ",
        said: "lots is stated as 6, loaded were 5",
    },
    Case {
        file: "shop-members.toml",
        spoil: |bytes| swapped(bytes, "tienda = \"the", "otra = \"the"),
        code: "merge_unexplained_columns",
        said: "column `tienda` is unexplained",
    },
];

/// Goal: nobody plans with a spoilt source, and whoever looks knows what is wrong. Method: each case spoils one file; the
/// gate says so, stays closed, and what is whole loads again with the hash it had before.
#[tokio::test(flavor = "multi_thread")]
async fn m5_m7_each_kind_of_bad_input_is_told_and_changes_nothing_else() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
        office.ana.profile(&office.project().await, &unseen).await.unwrap();
        office.ana.map(&office.project().await, &unseen).await.unwrap();
        let hashes = hashes(&office).await;
        for case in CASES {
            let path = office.folder.path().join(case.file);
            let whole = std::fs::read(&path).unwrap();
            std::fs::write(&path, (case.spoil)(whole.clone())).unwrap();
            let told = match office.ana.map(&office.project().await, &unseen).await {
                Err(MergeFault::Refused(why)) => {
                    assert_eq!(why.code, case.code, "{}: {}", case.file, why.what);
                    why.what
                }
                Err(other) if case.code.is_empty() => other.to_string(),
                other => panic!("{}: {other:?}", case.file),
            };
            assert!(told.contains(case.said), "{}: {told}", case.file);
            let planned = office.ana.dry_run(&office.project().await, &unseen).await;
            assert!(planned.is_err(), "{}: nothing of it is planned", case.file);
            std::fs::write(&path, whole).unwrap();
            office.ana.map(&office.project().await, &unseen).await.unwrap();
            assert_eq!(self::hashes(&office).await, hashes, "{}", case.file);
        }
    })
    .await;
}

async fn hashes(office: &Office) -> Vec<String> {
    let all = sources::all(&office.app.db, &office.project().await).await.unwrap();
    all.into_iter().map(|source| source.snapshot_hash).collect()
}

/// Nobody says how the shop's bytes stand for letters: it is found out, and the snapshot is the same to the byte.
#[tokio::test(flavor = "multi_thread")]
async fn m1_an_encoding_is_found_out_where_the_mapping_asks_for_it() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
        office.ana.profile(&office.project().await, &unseen).await.unwrap();
        office.ana.map(&office.project().await, &unseen).await.unwrap();
        let declared = hashes(&office).await;
        let path = office.folder.path().join("shop-members.toml");
        let mapping = std::fs::read(&path).unwrap();
        let mapping = swapped(mapping, "windows-1252", "auto");
        std::fs::write(&path, swapped(mapping, "delimiter = \";\"\n", "")).unwrap();
        office.ana.map(&office.project().await, &unseen).await.unwrap();
        assert_eq!(hashes(&office).await, declared);
        // The same people in UTF-8, compressed, with commas: what is found out fits again.
        let members = office.folder.path().join("shop-members.csv");
        let text: String =
            std::fs::read(&members).unwrap().iter().map(|b| char::from(*b)).collect();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text.replace(';', "|").as_bytes()).unwrap();
        let gz: PathBuf = office.folder.path().join("shop-members.csv.gz");
        let packed = packed.finish().unwrap();
        std::fs::write(&gz, &packed).unwrap();
        let project = office.folder.path().join("project.toml");
        let document = std::fs::read(&project).unwrap();
        let document = swapped(document, "\"shop-members.csv\"", "\"shop-members.csv.gz\"");
        std::fs::write(&project, document).unwrap();
        office.ana.init(&project).await.unwrap();
        office.ana.profile(&office.project().await, &unseen).await.unwrap();
        office.ana.map(&office.project().await, &unseen).await.unwrap();
        assert_eq!(hashes(&office).await, declared);
        // Cut in the middle, it cannot be unpacked, and says so.
        std::fs::write(&gz, &packed[..packed.len() / 2]).unwrap();
        let cut = office.ana.map(&office.project().await, &unseen).await.unwrap_err();
        assert!(cut.to_string().contains("shop-members.csv.gz"), "{cut}");
    })
    .await;
}

/// The card numbers of people who pay stand beyond the twenty-thousandth row: they are found all the same.
#[tokio::test(flavor = "multi_thread")]
async fn m6_a_payment_card_column_is_found_wherever_its_numbers_stand() {
    let db = lazo_store::testing::TestDb::sqlite().await;
    let office = Office::open(&db).await;
    let path = office.folder.path().join("shop-lots.csv");
    let mut text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    text = text
        .lines()
        .map(|line| format!("{line};{}\n", if line.starts_with('t') { "nota" } else { "" }))
        .collect();
    for number in 0..21_000 {
        text.push_str(&format!("0001;z{number};0;15/03/2025;;\n"));
    }
    text.push_str("0001;zz;0;15/03/2025;;4111111111111111\n");
    std::fs::write(&path, text).unwrap();
    let mapping = office.folder.path().join("shop-lots.toml");
    let fields = std::fs::read(&mapping).unwrap();
    std::fs::write(&mapping, swapped(fields, "[fields]\n", "[fields]\nhold = \"nota\"\n")).unwrap();
    office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
    office.ana.profile(&office.project().await, &unseen).await.unwrap();
    let refused = office.ana.map(&office.project().await, &unseen).await;
    assert!(
        matches!(&refused, Err(MergeFault::Refused(why)) if why.code == "merge_card_numbers" && why.what.contains("`nota`")),
        "{refused:?}"
    );
    // It is told where it stands, and not what it is; and a column that is mostly of them is not accepted by anybody.
    let told = format!("{refused:?}");
    assert!(told.contains("row 21007 below") && !told.contains("4111"), "{told}");
    let text = std::fs::read_to_string(&path)
        .unwrap()
        .replace(";4111111111111111", ";paid by 4111-1111-1111-1111 at noon");
    std::fs::write(&path, text).unwrap();
    let project = office.folder.path().join("project.toml");
    let document = std::fs::read_to_string(&project).unwrap();
    std::fs::write(&project, document + "\n[accepted]\ncard_numbers = \"ours look so\"\n").unwrap();
    office.ana.init(&project).await.unwrap();
    let refused = office.ana.map(&office.project().await, &unseen).await;
    assert!(matches!(&refused, Err(MergeFault::Refused(why)) if why.code == "merge_card_numbers"));
}

/// Two operators load at once: one does, the other is told who, and what is there is whole.
#[tokio::test(flavor = "multi_thread")]
async fn a3_two_operators_who_load_at_once_do_not_mix_their_snapshots() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.ana.init(&office.folder.path().join("project.toml")).await.unwrap();
        office.ana.profile(&office.project().await, &unseen).await.unwrap();
        let project = office.project().await;
        let runs = ["ana", "eva", "fin"].map(|who| {
            let (bench, project) = (office.bench(who), project.clone());
            tokio::spawn(async move { bench.map(&project, &unseen).await.map(|_| ()) })
        });
        let mut done = 0;
        for run in runs {
            match run.await.unwrap() {
                Ok(()) => done += 1,
                Err(MergeFault::Refused(why)) => {
                    assert!(matches!(why.code, "merge_busy" | "merge_moved"), "{why:?}");
                }
                Err(other) => panic!("{other:?}"),
            }
        }
        assert!(done >= 1);
        let first = hashes(&office).await;
        office.ana.map(&office.project().await, &unseen).await.unwrap();
        assert_eq!(hashes(&office).await, first);
    })
    .await;
}
