//! What the files are audited against: the hashes that were approved, and the waves that were posted.

use super::*;

/// The files must be those that were approved, and not only agree with themselves: another run, another snapshot.
#[test]
fn a4_the_audit_is_of_the_run_and_the_snapshots_that_were_approved() {
    let (rules, people) = (rules(), ana());
    let done = plan(&rules, people.clone(), &[]).unwrap();
    let mut files: Vec<MemberSnapshot> = people;
    files.sort_by(|a, b| a.key.cmp(&b.key));
    let folder = Folder::new("approved");
    export(&folder, &rules, &files, &done);
    let (run, snapshot) = (done.digest.run.clone(), snapshots(&files).run);
    let own = ["--run", run.as_str(), "--snapshot", snapshot.as_str()];
    let (code, said) = audited(&folder.0, &own);
    assert_eq!((code, said.contains("no approved hash")), (Some(0), false), "{said}");
    let (code, said) = audit(&folder.0, true);
    assert_eq!((code, said.contains("no approved hash was given")), (Some(0), true), "{said}");
    // A whole folder made anew, with a point less in snapshot, plan and manifests.
    files[0].lots[0].points -= 1;
    let other = plan(&rules, files.clone(), &[]).unwrap();
    export(&folder, &rules, &files, &other);
    assert_eq!(audit(&folder.0, true).0, Some(0));
    let (code, said) = audited(&folder.0, &own);
    assert_eq!(code, Some(1));
    for manifest in ["manifest.sha256", "snapshot.sha256"] {
        assert!(said.contains(&format!("{manifest}: hash that was approved")), "{said}");
    }
}

/// Whoever has points on their way waits, and the audit knows why; posted all the same, it says so.
#[test]
fn m31_the_audit_knows_whose_points_are_on_their_way() {
    let (rules, mut people) = (rules(), ana());
    people[0].lots.push(SourceLot { state: LotState::InTransit, ..lot("t1", "stars", 20) });
    people.sort_by(|a, b| a.key.cmp(&b.key));
    let done = plan(&rules, people.clone(), &[]).unwrap();
    let folder = Folder::new("in-transit");
    export(&folder, &rules, &people, &done);
    let stated = "source,what,point_type,value,since\nbrisa,in_transit,stars,20,0\n";
    folder.write("stated.csv", stated);
    let (code, said) = audit(&folder.0, true);
    assert_eq!(code, Some(0), "{said}");
    folder.forge("exceptions.csv", ",in_transit,t1,20", ",ledger_differs,t1,20");
    let (code, _) = audit(&folder.0, false);
    assert_eq!(code, Some(0), "a reason that the files cannot show is taken as it is");
    folder.forge("exceptions.csv", "brisa,B-1,brisa,B-1,ledger_differs,t1,20\n", "");
    folder.forge("clusters.csv", "brisa,B-1,held_back,", "brisa,B-1,active,");
    let (code, said) = audit(&folder.0, false);
    assert_eq!(code, Some(1));
    assert!(said.contains("of whom in_transit is so: expected held_back, found active"), "{said}");
    folder.write("stated.csv", &stated.replace(",20,", ",19,"));
    assert!(audit(&folder.0, false).1.contains("in_transit stars as the owner of brisa stated"));
}

/// An order that lost its price, its promise or itself on the way is named.
#[test]
fn m29_the_audit_looks_for_every_open_order_with_its_price_and_promise() {
    use super::super::super::orders::{OrderStatus, SourceOrder};
    let (rules, mut people) = (rules(), ana());
    for (name, status) in [("P-1", OrderStatus::Sent), ("P-2", OrderStatus::Delivered)] {
        people[0].orders.push(SourceOrder {
            order: name.into(),
            reward: "toaster".into(),
            points: 40,
            ordered_at: at("2026-09-20"),
            promised_by: Some(at("2026-10-20")),
            status,
            ..SourceOrder::default()
        });
    }
    people.sort_by(|a, b| a.key.cmp(&b.key));
    let done = plan(&rules, people.clone(), &[]).unwrap();
    let folder = Folder::new("orders");
    export(&folder, &rules, &people, &done);
    folder.write("stated.csv", "source,what,point_type,value,since\nbrisa,orders,,2,0\n");
    let (code, said) = audit(&folder.0, true);
    assert_eq!(code, Some(0), "{said}");
    let whole = std::fs::read_to_string(folder.0.join("orders.csv")).unwrap();
    for (from, to, wanted) in [
        (
            ",40,",
            ",41,",
            "order of ('brisa', 'B-1'): expected an open order of the snapshot, as it was",
        ),
        ("2026-10-20", "2026-10-21", "order of ('brisa', 'B-1'): expected P-1, found none"),
        (",P-1,", ",P-2,", "an open order of the snapshot, as it was, found P-2"),
    ] {
        folder.write("orders.csv", &whole.replacen(from, to, 1));
        let (code, said) = audit(&folder.0, false);
        assert!(code == Some(1) && said.contains(wanted), "{said}");
    }
}

/// Between two waves: whoever is not posted is counted and not looked for in the ledger, and may not be found there.
#[test]
fn a1_members_of_a_wave_to_come_are_counted_and_not_missed() {
    let (rules, people) = (rules(), ana());
    let done = plan(&rules, people.clone(), &[]).unwrap();
    let folder = Folder::new("between");
    export(&folder, &rules, &people, &done);
    let states =
        "golden_source,golden_member,wave,state\naurora,0001,1,posted\nbrisa,B-1,2,planned\n";
    folder.write("members.csv", states);
    let (code, said) = audit(&folder.0, false);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("lot of ('brisa', 'B-1'), who is planned: expected none, found 132"),
        "{said}"
    );
    let ledger = std::fs::read_to_string(folder.0.join("ledger-lots.csv")).unwrap();
    let left: Vec<&str> = ledger.lines().filter(|line| !line.starts_with("brisa,")).collect();
    folder.write("ledger-lots.csv", &(left.join("\n") + "\n"));
    let (code, said) = audit(&folder.0, false);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 members are not posted: their lots were not looked for"), "{said}");
}
