//! Invitations through the pages: a link, the door, and who came by it.

use lazo_store::testing::on_both;

use super::visitor::Visitor;
use super::{House, cookies};
use crate::features::invitations::{self, InvitationPolicy};
use crate::http::Role;

/// Goal: whoever joins by a link is the guest of whose link it is, unless both are the same person or sit at the same
/// browser. Method: the pages alone, from the link to the code in the letter.
#[tokio::test(flavor = "multi_thread")]
async fn r96_whoever_joins_by_a_link_is_known_as_the_guest_of_its_owner() {
    on_both(async |test| {
        let house = House::open(test).await;
        let roles = [Role::ProgramManager, Role::Admin];
        let desk = house.desk(house.staff("marta@example.com", &roles).await, &roles).await;
        let policy = InvitationPolicy {
            open: true,
            max_a_month: 5,
            held_from: 9,
            takes_back: true,
            secret: Vec::new(),
        };
        invitations::policy::set(&desk, &policy).await.unwrap();
        let ana = house.member("ana.rey@gmail.com").await;
        let own = Visitor::member(&house, &ana).await;
        let (_, page) = own.get("/portal/aurora/me/invitations").await;
        let (_, rest) = page.split_once("/portal/aurora/i/").unwrap_or_else(|| panic!("{page}"));
        let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let shown = house.send(&format!("/portal/aurora/i/{word}"), "", "").await;
        assert_eq!(shown.headers()["location"], "/portal/aurora/join");
        let followed = cookies(&shown);
        assert!(followed.contains(&word), "{followed}");

        let mut letters = 0;
        for (email, also, came) in [
            // The inviter in another spelling of the same mailbox.
            ("anarey%2Bclub%40gmail.com", "", 0),
            // Somebody at the browser that showed the link to its owner.
            ("otra%40example.com", "lazo_inviter=", 0),
            ("lucia%40example.com", "", 1),
        ] {
            let also = if also.is_empty() { String::new() } else { format!("; {also}{word}") };
            let browser = format!("{followed}{also}");
            let asked =
                house.send("/portal/aurora/join", &browser, &format!("email={email}")).await;
            letters += 1;
            let code = house.code(letters).await;
            let browser = format!("{browser}; {}", cookies(&asked));
            let joined = house.send("/portal/aurora/code", &browser, &format!("code={code}")).await;
            assert_eq!(joined.headers()["location"], "/portal/aurora", "{email}");
            let db = &house.app.db;
            let all = invitations::store::of_inviter(db, ana.tenant, ana.id, 10).await.unwrap();
            assert_eq!(all.len(), came, "{email}");
        }
        let (_, told) = own.get("/portal/aurora/me/invitations").await;
        assert!(told.contains("Falta su primera compra"), "{told}");
    })
    .await;
}

/// Goal: what a member shares opens to anybody, and whoever joins from there is the member's guest. Method: the links that the
/// pages offer, followed as nobody; words of no link lead to the plain door.
#[tokio::test(flavor = "multi_thread")]
async fn r96_a_shared_reward_and_the_program_lead_to_the_members_invitation() {
    on_both(async |test| {
        let house = House::open(test).await;
        let ana = house.member("ana@example.com").await;
        let own = Visitor::member(&house, &ana).await;
        let nobody = Visitor { house: &house, cookies: String::new() };
        let reward = "/portal/aurora/rewards/aurora-puntos/coffee";
        let shared = "/portal/aurora/shared/aurora-puntos/coffee";
        let (_, page) = own.get(reward).await;
        assert!(page.contains(&format!("{shared}\"")), "no invitations yet: {page}");

        let roles = [Role::ProgramManager, Role::Admin];
        let desk = house.desk(house.staff("marta@example.com", &roles).await, &roles).await;
        let policy = InvitationPolicy {
            open: true,
            max_a_month: 5,
            held_from: 9,
            takes_back: true,
            secret: Vec::new(),
        };
        invitations::policy::set(&desk, &policy).await.unwrap();
        let (_, page) = own.get(reward).await;
        let (_, rest) =
            page.split_once(&format!("{shared}?by=")).unwrap_or_else(|| panic!("{page}"));
        let word: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
        let (status, page) = nobody.get(&format!("{shared}?by={word}")).await;
        assert!(status == 200 && page.contains("Un café"), "{page}");
        let way = format!("href=\"/portal/aurora/i/{word}\"");
        assert!(page.contains(&way) && !page.contains("ana@"), "{page}");
        assert_eq!(nobody.get(&format!("/portal/aurora/i/{word}")).await.0, 200);
        let (_, page) = own.get(&format!("{shared}?by={word}")).await;
        assert!(page.contains(&format!("href=\"{reward}\"")), "a member goes on inside: {page}");
        for wrong in ["%22%3E%3Cscript%3E", "..%2F..", "aaaaaaaaaaaaaaaaaaaaaaaaa", ""] {
            let (status, page) = nobody.get(&format!("{shared}?by={wrong}")).await;
            assert!(status == 200 && page.contains("href=\"/portal/aurora/join\""), "{page}");
        }
        assert_eq!(nobody.get("/portal/aurora/shared/aurora-puntos/nothing").await.0, 404);
        assert_eq!(nobody.get("/portal/aurora/shared/club-brisa/breakfast").await.0, 404);

        let (_, page) = own.get("/portal/aurora/program").await;
        assert!(page.contains(&format!("/portal/aurora/i/{word}")), "{page}");
        let (_, page) = nobody.get("/portal/aurora/program").await;
        assert!(page.contains("/portal/aurora/program\"") && !page.contains(&word), "{page}");
    })
    .await;
}
