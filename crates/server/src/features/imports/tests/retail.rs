//! The public retail set, where it is there: what is known of its cancellations must come out.

use std::collections::BTreeMap;
use std::path::PathBuf;

use lazo_domain::event::Body;

use super::{mapping, read};

#[test]
fn m26_cancellations_of_online_retail_match_as_is_known() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let given = std::env::var_os("LAZO_DATA").map(PathBuf::from);
    let data = given.clone().unwrap_or_else(|| root.join("../shared/data"));
    let file = root.join(data).join("online_retail/online_retail.csv.gz");
    if !file.exists() {
        assert!(given.is_none(), "LAZO_DATA is set but {} is missing", file.display());
        return;
    }
    let text = std::fs::read_to_string(root.join("examples/online_retail/mapping.toml")).unwrap();
    let given = read(&file, &mapping(&text)).unwrap();
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &given.findings {
        *codes.entry(&finding.code).or_default() += 1;
    }
    let count = |code| codes.get(code).copied().unwrap_or(0);
    let of_cancellations =
        ["cancel_partial", "cancel_never_bought", "cancel_nothing_left"].map(count);
    assert_eq!(of_cancellations, [25, 700, 209], "{codes:?}");
    assert_eq!(4_376 - of_cancellations.iter().sum::<usize>(), 3_442);
    assert_eq!(count("cancel_ambiguous"), 1_095);
    assert_eq!(count("no_member"), 66_233);
    assert_eq!(count("repeated_line"), 2_311);
    assert_eq!(count("below_minor_unit"), 2);
    let purchases = given.drafts.iter().filter(|d| matches!(d.body, Body::Purchase(_))).count();
    let returns = given.drafts.len() - purchases;
    assert!(purchases > 8_000 && returns > 1_000, "{purchases} {returns}");
    assert!(given.drafts.windows(2).all(|pair| pair[0].at <= pair[1].at), "in order of time");
}
