//! Members are found by any of their tokens, enrolled in sets, and can be forgotten.

use std::sync::Arc;

use lazo_domain::ids::{MemberId, ProgramId, TenantId};
use lazo_domain::time::Timestamp;
use lazo_store::testing::on_both;
use lazo_store::{Clock, Db, IdGenerator, ManualClock};

use super::{
    EMAIL, EXTERNAL, EnrollRefusal, Enrollment, Identifier, MemberKind, MemberStatus, PHONE,
    add_identifier, enroll, ensure, erase, find, store,
};
use crate::features::memberships;
use crate::features::tenants::{self, Attributes, Tenant};

const NOW: Timestamp = Timestamp(1_800_000_000_000_000);
const CLUB: ProgramId = ProgramId(77);

async fn tenant(db: &Db, id: i64) -> Tenant {
    let mut tx = db.begin().await.unwrap();
    let config = tenants::tests::config(&format!("tenant-{id}"));
    tenants::store::insert(&mut tx, TenantId(id), &config, NOW).await.unwrap();
    tx.commit().await.unwrap();
    tenants::store::by_id(db, TenantId(id)).await.unwrap().unwrap()
}

fn ids(node: i64) -> IdGenerator {
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(NOW));
    IdGenerator::new(clock, node)
}

fn ana() -> Enrollment {
    Enrollment {
        kind: MemberKind::Person,
        identifiers: vec![(EMAIL.into(), " Ana@Example.com".into())],
        locale: Some(crate::i18n::Locale::EsMx),
        attributes: Attributes::from([("plan".to_owned(), "free".into())]),
        program: Some(CLUB),
        enrolled_at: NOW,
    }
}

fn values(range: std::ops::Range<i32>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}

#[test]
fn r4_identifiers_are_found_however_they_are_written() {
    let value = |scheme: &str, text: &str| Identifier::new(scheme, text, "ES").map(|i| i.value);
    assert_eq!(value(EMAIL, " Ana@Example.COM "), Ok("ana@example.com".into()));
    for same in ["612 345 678", "+34 612-345-678", "0034612345678", "(612) 345.678"] {
        assert_eq!(value(PHONE, same), Ok("+34612345678".into()), "{same}");
    }
    assert_eq!(value("card", "abcd-1234 5678"), Ok("ABCD12345678".into()));
    assert_eq!(
        value(EXTERNAL, " 0012 "),
        Ok("0012".into()),
        "a source's own number is left as it is"
    );
    for (scheme, bad) in
        [(EMAIL, "ana"), (EMAIL, "a@b@c.d"), (PHONE, "12"), (PHONE, "call me"), (EXTERNAL, "  ")]
    {
        assert!(value(scheme, bad).is_err(), "{scheme} {bad}");
    }
    assert!(Identifier::new(PHONE, "612345678", "JP").is_err());
    assert!(Identifier::new("E-Mail", "x", "ES").is_err());
}

#[tokio::test]
async fn r1_the_same_email_in_two_tenants_is_two_members() {
    on_both(async |test| {
        let db = &test.db;
        let (one, two, ids) = (tenant(db, 1).await, tenant(db, 2).await, ids(1));
        let first = enroll(db, &ids, &one, &ana(), NOW).await.unwrap();
        let second = enroll(db, &ids, &two, &ana(), NOW).await.unwrap();
        assert_ne!((first.id, first.account), (second.id, second.account));
        let email = Identifier::new(EMAIL, "ana@example.com", "ES").unwrap();
        assert_eq!(store::by_identifier(db, one.id, &email).await.unwrap(), Some(first.clone()));
        assert_eq!(store::by_id(db, two.id, first.id).await.unwrap(), None, "not of this tenant");
        assert_eq!(store::page(db, two.id, MemberId(0), 10).await.unwrap(), [second]);
        let joined = memberships::store::of_member(db, one.id, first.id).await.unwrap();
        assert_eq!((joined.len(), joined[0].program, joined[0].account), (1, CLUB, first.account));
        assert!(memberships::store::leave(db, one.id, CLUB, first.id, NOW).await.unwrap());
        assert!(!memberships::store::leave(db, one.id, CLUB, first.id, NOW).await.unwrap());

        let again = enroll(db, &ids, &one, &ana(), NOW).await;
        assert!(
            matches!(again, Err(EnrollRefusal::IdentifierTaken(ref scheme)) if scheme == EMAIL),
            "{again:?}"
        );
        let wrong = Enrollment {
            identifiers: vec![],
            attributes: [("x".into(), 1.into())].into(),
            ..ana()
        };
        let Err(EnrollRefusal::Invalid(errors)) = enroll(db, &ids, &one, &wrong, NOW).await else {
            panic!()
        };
        assert_eq!(errors.len(), 2, "{errors:?}");

        add_identifier(db, &one, first.id, PHONE, "612345678", NOW).await.unwrap();
        add_identifier(db, &one, first.id, PHONE, "+34612345678", NOW).await.unwrap();
        assert_eq!(store::identifiers(db, one.id, first.id).await.unwrap().len(), 2);
        let stranger = add_identifier(db, &two, first.id, PHONE, "612345678", NOW).await;
        assert!(matches!(stranger, Err(EnrollRefusal::NoMember)), "{stranger:?}");
        let changed = super::Member {
            locale: None,
            status: MemberStatus::Suspended,
            programs: vec![],
            ..first.clone()
        };
        assert!(store::update(db, &changed).await.unwrap());
        assert_eq!(store::by_id(db, one.id, first.id).await.unwrap(), Some(changed));
    })
    .await;
}

#[tokio::test]
async fn m1_sets_of_members_are_enrolled_once_also_by_two_processes_at_once() {
    on_both(async |test| {
        let db = &test.db;
        let tenant = tenant(db, 1).await;
        let (one, two) = (ids(1), ids(2));
        let (a, b) = (values(0..1_200), values(600..1_800));
        let (left, right) = tokio::join!(
            ensure(db, &one, &tenant, CLUB, EXTERNAL, &a, NOW),
            ensure(db, &two, &tenant, CLUB, EXTERNAL, &b, NOW)
        );
        let (left, right) = (left.unwrap(), right.unwrap());
        assert_eq!((left.found.len(), right.found.len()), (1_200, 1_200));
        assert_eq!(left.enrolled + right.enrolled, 1_800, "everybody once");
        for value in values(600..1_200) {
            assert_eq!(left.found[&value], right.found[&value], "{value}");
        }
        let again = ensure(db, &one, &tenant, CLUB, EXTERNAL, &a, NOW).await.unwrap();
        assert_eq!((again.enrolled, &again.found), (0, &left.found));
        let other = ensure(db, &one, &tenant, ProgramId(78), EXTERNAL, &a[..1], NOW).await.unwrap();
        let member = other.found["0"].0;
        assert_eq!(memberships::store::of_member(db, tenant.id, member).await.unwrap().len(), 2);

        let found =
            find(db, &tenant, EXTERNAL, &["7".into(), "nobody".into(), " ".into()]).await.unwrap();
        assert_eq!((found.found.len(), found.refused.len()), (1, 1));
        let page = store::values_of(db, tenant.id, EXTERNAL, "1798", 10).await.unwrap();
        assert_eq!(page[0].0, "1799");
    })
    .await;
}

#[tokio::test]
async fn r91_an_erased_person_is_not_brought_back_by_an_import_but_may_come_back() {
    on_both(async |test| {
        let db = &test.db;
        let (tenant, ids) = (tenant(db, 1).await, ids(1));
        let member = enroll(db, &ids, &tenant, &ana(), NOW).await.unwrap();
        assert!(erase(db, tenant.id, member.id, NOW).await.unwrap());
        assert!(!erase(db, tenant.id, member.id, NOW).await.unwrap(), "once is enough");
        let left = store::by_id(db, tenant.id, member.id).await.unwrap().unwrap();
        assert_eq!((left.account, left.status), (member.account, MemberStatus::Erased));
        assert!(left.attributes.is_empty() && left.locale.is_none());
        assert!(store::identifiers(db, tenant.id, member.id).await.unwrap().is_empty());
        assert!(
            !store::update(db, &member).await.unwrap(),
            "nothing personal comes back by an update"
        );

        let import = ["ANA@example.com".to_owned(), "bea@example.com".to_owned()];
        let ensured = ensure(db, &ids, &tenant, CLUB, EMAIL, &import, NOW).await.unwrap();
        assert_eq!(ensured.suppressed.iter().collect::<Vec<_>>(), ["ANA@example.com"]);
        assert_eq!(ensured.found.len(), 1);

        let back = enroll(db, &ids, &tenant, &ana(), NOW).await.unwrap();
        assert_ne!(back.account, member.account);
        let ensured = ensure(db, &ids, &tenant, CLUB, EMAIL, &import, NOW).await.unwrap();
        assert_eq!(ensured.found["ANA@example.com"].0, back.id);
    })
    .await;
}
