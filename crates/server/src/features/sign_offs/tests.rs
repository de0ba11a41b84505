//! Which functions a change concerns, decided by its topics and by vetoes; the way through the API is in `publishing`.

use std::collections::BTreeSet;

use lazo_domain::ids::TenantId;
use lazo_store::testing::on_both;

use super::{concerned, topics};
use crate::features::configuration::Document;

const CLUB: &str = r#"
[tenant]
code = "shop"
name = "Shop"
country = "ES"
time_zone = "Europe/Madrid"
currency = "EUR"

[[programs]]
code = "club"
name = { en = "Club" }
currency = "EUR"
time_zone = "Europe/Madrid"

[[programs.point_types]]
code = "points"
value_minor = "1"
expiry = { basis = "earned", term = { days = 180 } }

[[programs.earning_rules]]
code = "base"
point_type = "points"
effect = { type = "points_per_amount", points = 1, per_minor = 100 }
"#;

#[tokio::test]
async fn r39_what_a_change_touches_decides_who_must_sign_again() {
    let of = |text: &str| Document::parse(text).unwrap().programs.remove(0).config;
    let old = of(CLUB);
    let changed = |from: &str, to: &str| topics(&old, &of(&CLUB.replace(from, to)));
    assert_eq!(changed("days = 180", "days = 90"), BTreeSet::from(["expiry"]));
    assert_eq!(changed("points = 1,", "points = 2,"), BTreeSet::from(["earning"]));
    assert_eq!(
        changed("value_minor = \"1\"", "value_minor = \"2\""),
        BTreeSet::from(["point_value"])
    );
    assert_eq!(changed("en = \"Club\"", "en = \"The Club\""), BTreeSet::new(), "a name is none");
    on_both(async |db| {
        let who =
            async |topic| concerned(&db.db, TenantId(1), &BTreeSet::from([topic])).await.unwrap();
        assert_eq!(who("expiry").await, ["finance", "crm"]);
        assert_eq!(who("earning").await, ["finance", "marketing", "merchandising"]);
        assert_eq!(who("state").await.len(), 6);
    })
    .await;
}
