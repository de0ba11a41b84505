//! What can go wrong after a merge: holds and debts when it is taken apart, items that come late for whoever left, attempts
//! that were stopped half-way, numbers and vouchers that are somebody else's, and who a member is.

use lazo_domain::event::{Body, Reserve};
use lazo_domain::ids::RedemptionId;
use lazo_domain::merging::SourceKey;
use lazo_store::testing::{TestDb, on_both};
use serde_json::json;

use super::super::fault::MergeFault;
use super::super::store::desk;
use super::super::store::items;
use super::undoing::CHANGES;
use super::{Office, unseen};
use crate::features::members::{Enrollment, MemberKind, enroll, store as member_store};
use crate::features::tenants::Attributes;
use crate::features::vouchers;
use crate::i18n::Locale;

fn hotel(number: &str) -> SourceKey {
    SourceKey::new("hotel", number)
}

fn refused<T>(answer: Result<T, MergeFault>) -> &'static str {
    match answer {
        Err(MergeFault::Refused(why)) => why.code,
        Err(fault) => panic!("{fault:?}"),
        Ok(_) => "done",
    }
}

impl Office {
    async fn apart(&self, keys: &[SourceKey], whole: bool) {
        let (request, _) = self.ana.ask_unmerge(&self.project().await, keys, whole).await.unwrap();
        let project = self.project().await;
        self.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
    }

    async fn changes(&self, rows: &str) -> super::super::TakenIn {
        let mapping = self.file("changes.toml", CHANGES);
        let header = "id,tx,what,lot,stars,granted,at,until\n";
        let file = self.file("changes.csv", &format!("{header}{rows}"));
        self.ana.take_in(&self.project().await, &file, &mapping, &unseen).await.unwrap()
    }

    /// The example, in which the shop's 0001 owes 30 stamps besides her 140.
    async fn with_debt(db: &TestDb) -> Self {
        let office = Self::open(db).await;
        let read = |name: &str| std::fs::read(office.folder.path().join(name)).unwrap();
        let lots = String::from_utf8(read("shop-lots.csv")).unwrap();
        office.file("shop-lots.csv", &format!("{lots}0001;z9;-30;10/01/2026;\n"));
        // The file is of Windows-1252: it stays as it is, but for the balance.
        let members = read("shop-members.csv");
        let at = members.windows(5).position(|part| part == b";140;").unwrap();
        let members = [&members[..at], b";110;", &members[at + 5..]].concat();
        std::fs::write(office.folder.path().join("shop-members.csv"), members).unwrap();
        let totals = String::from_utf8(read("shop-totals.csv")).unwrap();
        let totals = totals.replace("lots,,6", "lots,,7");
        office.file("shop-totals.csv", &totals);
        office
    }
}

/// 40 of the hotel's points are set aside: nobody is taken apart before that is settled, and afterward nothing was made.
#[tokio::test(flavor = "multi_thread")]
async fn m55_nobody_is_taken_apart_while_points_are_set_aside() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let held = RedemptionId(office.app.ids.next());
        let order = Reserve {
            redemption: held,
            reward: "coffee".into(),
            quantity: 1,
            pay_minor: None,
            hold_until: None,
            capture: false,
        };
        office.post("card", "0001", "held", Body::Reserve(order)).await;
        let asked = office.ana.ask_unmerge(&office.project().await, &[hotel("B-1")], false).await;
        assert_eq!(refused(asked), "merge_held");
        office.post("card", "0001", "given-up", Body::Cancel { redemption: held }).await;
        office.apart(&[hotel("B-1")], false).await;
        let (stays, leaves) =
            (office.points("card", "0001").await, office.points("hotel", "B-1").await);
        assert_eq!((stays, leaves), (140, 212));
    })
    .await;
}

/// The shop's account owes 30 stamps, which her 140 paid at once: 110 and the hotel's 212 are there. Apart again each has
/// what is his or hers: 140 less 30, and 212.
#[tokio::test(flavor = "multi_thread")]
async fn m21_m55_a_debt_goes_with_whom_it_belongs_to() {
    on_both(async |db| {
        let office = Office::with_debt(db).await;
        office.whole().await;
        assert_eq!(office.points("card", "0001").await, 140 - 30 + 212);
        office.buy(("card", "0001"), "r-1", 50, "hotel/B-1").await;
        office.apart(&[SourceKey::new("shop", "0001")], false).await;
        assert_eq!(office.points("shop", "0001").await, 110, "what leaves takes its debt along");
        assert_eq!(office.points("hotel", "B-1").await, 212 + 50);
    })
    .await;
}

/// The wave with the debt is rolled back to zero, whatever paid it.
#[tokio::test(flavor = "multi_thread")]
async fn m21_m54_a_member_with_a_debt_is_rolled_back() {
    on_both(async |db| {
        let office = Office::with_debt(db).await;
        office.whole().await;
        let request = office.ana.ask_rollback(&office.project().await, 2).await.unwrap();
        let project = office.project().await;
        let told =
            office.eva.decide_request(&project, request.request, true, &unseen).await.unwrap();
        assert_eq!(told["left"], json!([]), "{told}");
        assert_eq!(office.points("card", "0001").await, 0);
    })
    .await;
}

/// Nobody knows who spent 200, of which 100 were the hotel's: the program makes them good when two people say so.
#[tokio::test(flavor = "multi_thread")]
async fn m55_what_nobody_knows_who_spent_is_made_good_with_approval() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        office.coffee(("card", "0001"), "c-1", 2).await;
        let project = office.project().await;
        let (_, shown) = office.ana.ask_unmerge(&project, &[hotel("B-1")], true).await.unwrap();
        assert_eq!(shown["goodwill"], json!({ "uno": 100 }), "the approver sees it: {shown}");
        let project = office.project().await;
        office.eva.decide_request(&project, 1, true, &unseen).await.unwrap();
        assert_eq!(office.points("hotel", "B-1").await, 212);
        assert_eq!(office.points("card", "0001").await, 140 - 100);
    })
    .await;
}

/// What comes late for whoever was taken out of a wrong merge is hers alone: points, returns, being erased, her statement.
#[tokio::test(flavor = "multi_thread")]
async fn m27_m55_late_items_find_whoever_was_taken_apart() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        office.apart(&[hotel("B-1")], false).await;
        assert_eq!(office.points("hotel", "B-1").await, 212);
        // 3 stars late: 215.8 are 216. Of l2 (57 stars, 74 points) a third comes back: 24.
        let done = office
            .changes(
                "B-1,t-1,earned,x1,3,,2026-01-20T00:00:00Z,2027-05-02T00:00:00Z\n\
                 B-1,t-2,returned,l2,19,57,,\n",
            )
            .await;
        assert_eq!((done.posted, done.refused.len()), (2, 0), "{done:?}");
        assert_eq!(office.points("hotel", "B-1").await, 212 + 4 - 24);
        assert_eq!(office.points("card", "0001").await, 140, "the other's are untouched");
        let project = office.project().await;
        let hers = office.ana.statement(&project, "hotel/B-1", Locale::En).await.unwrap().text();
        let his = office.ana.statement(&project, "shop/0001", Locale::En).await.unwrap().text();
        assert!(hers.contains("B-1") && !hers.contains("0001"), "{hers}");
        assert!(his.contains("0001") && !his.contains("B-1"), "{his}");
        assert_eq!(
            office.ana.statement(&project, "card:0001", Locale::En).await.unwrap().text(),
            his
        );
    })
    .await;
}

/// Points are on their way once the first half is posted: whoever asked cannot be refused any more, only finished.
#[tokio::test(flavor = "multi_thread")]
async fn m55_what_has_begun_is_not_rejected() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let project = office.project().await;
        let (request, _) = office.ana.ask_unmerge(&project, &[hotel("B-1")], false).await.unwrap();
        let frozen = json!({ "shown": {}, "frozen": { "out": [], "to_other": [], "shown": {} } });
        let mut tx = office.app.db.begin().await.unwrap();
        desk::freeze(&mut tx, &project, request.request, &frozen.to_string()).await.unwrap();
        tx.commit().await.unwrap();
        let answer = office.eva.decide_request(&project, request.request, false, &unseen).await;
        assert_eq!(refused(answer), "merge_begun");
    })
    .await;
}

/// An attempt that is stopped after the points have left, and one that begins anew, book the same with the source: its
/// snapshot and what happened since. The codes that came with the merge end, and one that was used is told.
#[tokio::test(flavor = "multi_thread")]
async fn m54_a_rollback_stopped_half_way_gives_back_the_same() {
    on_both(async |db| {
        let office = Office::with_more(db).await;
        office.to_approved().await;
        office.wave(1).await;
        office.buy(("card", "0002"), "r-1", 40, "").await;
        let tenant = office.ana.tenant.id;
        let now = lazo_store::Clock::now(office.clock.as_ref());
        assert!(
            vouchers::store::spend(&office.app.db, tenant, "NOCHE-2", "r-9", now).await.unwrap()
        );
        let request = office.ana.ask_rollback(&office.project().await, 1).await.unwrap().request;
        let project = office.project().await;
        office.eva.decide_request(&project, request, true, &unseen).await.unwrap();
        let given_back = async || {
            let project = office.project().await;
            let all = items::page(&office.app.db, &project, "given_back", ("", ""), 500).await;
            all.unwrap().into_iter().map(|item| (item.item, item.body)).collect::<Vec<_>>()
        };
        let first = given_back().await;
        assert!(first.iter().any(|(_, body)| body.contains("voucher_used")), "{first:?}");
        // As if it had been stopped before the members were noted.
        for sql in [
            "update integration_member set state = 'posted', attempt = 0, event = \
             (select event from event where event.account = integration_member.account \
              and event.kind = 13 order by event limit 1) where state = 'rolled_back'",
            "update integration_wave set state = 'signed' where wave = 1",
            "update integration_request set state = 'waiting'",
            "update integration_project set state = 'pilot'",
        ] {
            db.tamper(sql).await;
        }
        office.eva.decide_request(&office.project().await, request, true, &unseen).await.unwrap();
        assert_eq!(given_back().await, first);
        assert_eq!(office.points("card", "0002").await, 0);
    })
    .await;
}

/// One redemption takes of two lots in two rows, and the file names the spending before the earning it needs.
#[tokio::test(flavor = "multi_thread")]
async fn m26_rows_of_one_transaction_all_count_and_the_order_of_a_file_is_no_trap() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.to_approved().await;
        let done = office
            .changes(
                "B-1,t-9,spent,l1,60,,,\n\
                 B-1,t-9,spent,l2,50,,,\n\
                 B-1,t-10,spent,x1,40,,,\n\
                 B-1,t-11,earned,x1,100,,2026-01-20T00:00:00Z,2027-05-02T00:00:00Z\n",
            )
            .await;
        assert_eq!((done.caught_up, done.refused.len()), (4, 0), "{done:?}");
        office.plan_and_approve().await;
        office.wave(1).await;
        office.wave(2).await;
        // 163 - 110 + 60 = 113 stars are 146.9, so 147; and the shop's 140.
        assert_eq!(office.points("hotel", "B-1").await, 147 + 140);
        // The same name with another content is no news and no repetition: somebody must look.
        let again = office.changes("B-1,t-9,spent,l1,61,,,\n").await;
        assert_eq!(again.refused.get("late_name_taken"), Some(&1), "{again:?}");
    })
    .await;
}

/// A number that somebody has here already is not enough to be that person.
#[tokio::test(flavor = "multi_thread")]
async fn m11_equal_numbers_of_strangers_are_not_one_member() {
    on_both(async |db| {
        let office = Office::open(db).await;
        let path = office.folder.path().join("project.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let same = text
            .replace("code = \"shop\"\n", "code = \"shop\"\nscheme = \"card\"\n")
            .replace("code = \"hotel\"\n", "code = \"hotel\"\nscheme = \"card\"\n");
        office.file("project.toml", &same);
        assert_eq!(refused(office.ana.init(&path).await), "merge_document");
        office.file(
            "project.toml",
            &text.replace("code = \"shop\"\n", "code = \"shop\"\nscheme = \"card\"\n"),
        );
        let stranger = Enrollment {
            kind: MemberKind::Person,
            identifiers: vec![("card".into(), "0002".into())],
            locale: None,
            attributes: Attributes::new(),
            program: None,
            enrolled_at: super::NOON,
        };
        let (app, tenant) = (&office.app, &office.ana.tenant);
        let enrolled = enroll(&app.db, &app.ids, tenant, &stranger, super::NOON).await.unwrap();
        office.to_approved().await;
        let run = office.ana.run_wave(&office.project().await, 1, &unseen).await.unwrap();
        assert_eq!(run.refused.get("identifier_taken"), Some(&1), "{run:?}");
        let owner = office.member("card", "0002").await;
        assert_eq!(owner, (enrolled.id, enrolled.account), "the number stays the stranger's");
        assert_eq!(office.points("card", "0002").await, 0);
    })
    .await;
}

/// Whom a member is known as: of two spellings the trusted source's, both e-mails' better one as the way in, and what lost
/// is still there to be seen. Of whoever leaves again nothing stays.
#[tokio::test(flavor = "multi_thread")]
async fn m66_m48_names_survive_and_the_mailbox_is_the_way_in() {
    on_both(async |db| {
        let office = Office::open(db).await;
        office.whole().await;
        let golden = office.member("card", "0001").await;
        assert_eq!(office.member("email", "ana.garcia@example.com").await, golden);
        assert_eq!(office.member("phone", "+34612345678").await, golden);
        let stored = member_store::by_id(&office.app.db, office.ana.tenant.id, golden.0).await;
        let known = stored.unwrap().unwrap().attributes;
        let known: Vec<(&str, &str)> =
            known.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap())).collect();
        let wanted = [
            ("birth_date", "1980-05-17"),
            ("given_name", "Ana María"),
            ("surname", "García López"),
        ];
        assert_eq!(known, wanted);
        let project = office.project().await;
        let profile = office.ana.profile_of(&project, "shop/0001").await.unwrap();
        let name = profile.fields.iter().find(|field| field.field == "full_name").unwrap();
        assert_eq!(name.lost, [(hotel("B-1"), "García López, Ana Mª".to_owned())]);
        office.apart(&[hotel("B-1")], false).await;
        let hers = office.member("hotel", "B-1").await;
        let stored = member_store::by_id(&office.app.db, office.ana.tenant.id, hers.0).await;
        let known = stored.unwrap().unwrap().attributes;
        assert_eq!(known.get("full_name"), Some(&json!("García López, Ana Mª")));
    })
    .await;
}
