//! A case from the page somebody was on to the answer and what came of it, over a real mail server.

use lazo_store::testing::on_both;

use super::House;
use super::visitor::Visitor;
use crate::features::cases::jobs::tell;
use crate::features::sessions::Whose;
use crate::http::Role;
use crate::testing::NOON;

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before}: {page}"));
    rest.split(after).next().unwrap()
}

/// The form's own name on the page where a question is asked.
async fn once(lucia: &Visitor<'_>) -> String {
    let (_, form) = lucia.get("/portal/aurora/help/cases/new?from=/portal/aurora/points").await;
    assert!(form.contains("name=\"screen\" value=\"/portal/aurora/points\""), "{form}");
    between(&form, "name=\"once\" value=\"", "\"").to_owned()
}

/// Goal: two steps from any page to somebody who knows the page, one case for a form sent twice, one letter for each word,
/// and a case that opens again. Method: a member asks from the points' page, an agent answers, both read; letters are those
/// that a real mail server took.
#[tokio::test(flavor = "multi_thread")]
async fn r114_a_question_carries_its_page_is_answered_by_letter_and_opens_again() {
    on_both(async |db| {
        let house = House::open(db).await;
        let (app, member) = (&house.app, house.member("lucia@example.com").await);
        let lucia = Visitor::member(&house, &member).await;
        let (_, points) = lucia.get("/portal/aurora/points").await;
        assert!(points.contains("href=\"/portal/aurora/help?from=/portal/aurora/points\""));
        let (_, help) = lucia.get("/portal/aurora/help?from=/portal/aurora/points").await;
        let new = "/portal/aurora/help/cases/new?from=/portal/aurora/points";
        assert!(help.contains(&format!("href=\"{new}\"")), "{help}");
        let (_, elsewhere) = lucia.get("/portal/aurora/help?from=https://example.com/").await;
        assert!(!elsewhere.contains("example.com/\""), "{elsewhere}");

        let once = once(&lucia).await;
        let form = |body: &str| {
            format!("once={once}&topic=points&screen=/portal/aurora/points&body={body}")
        };
        let (status, empty) = lucia.send(new, "/portal/aurora/help/cases", &form("+")).await;
        assert!(status == 200 && empty.contains("escribe tu consulta"), "{status} {empty}");
        let body = form("Me+faltan+%3Cb%3E20%3C%2Fb%3E");
        let (status, place) = lucia.send(new, "/portal/aurora/help/cases", &body).await;
        assert_eq!(status, 303);
        let again = lucia.send(new, "/portal/aurora/help/cases", &body).await;
        assert_eq!(again, (303, place.clone()), "one form is one case");
        let case = place.strip_suffix("?sent").unwrap().to_owned();
        let (_, told) = lucia.get(&place).await;
        assert!(
            told.contains("Me faltan &lt;b&gt;20&lt;/b&gt;") && told.contains("en espera"),
            "{told}"
        );
        let code = between(&told, "Clave de seguimiento ", "<").to_owned();

        assert_eq!(tell(app, NOON).await.unwrap().done, 1);
        assert_eq!(tell(app, NOON).await.unwrap().done, 0, "once");
        let (subject, text) = house.sink.letters()[0].read();
        assert_eq!(subject, format!("Hemos recibido tu consulta {code}"));
        assert!(text.contains("> Me faltan <b>20</b>"), "{text}");

        let agent = house.staff("ana@example.com", &[Role::Agent]).await;
        let ana = Visitor::of(&house, Whose::Staff(agent), "/console").await;
        let (_, desk) = ana.get("/console/cases").await;
        assert!(desk.contains(&code) && desk.contains("En espera (1)"), "{desk}");
        let at_desk = format!("/console/cases/{}", case.rsplit('/').next().unwrap());
        let (_, one) = ana.get(&at_desk).await;
        assert!(
            one.contains("<code>/portal/aurora/points</code>") && one.contains("&lt;b&gt;"),
            "{one}"
        );
        let answer = format!("{at_desk}/answer");
        assert_eq!(ana.send(&at_desk, &answer, "body=Ya+est%C3%A1n").await.0, 303);
        assert_eq!(ana.send(&at_desk, &answer, "body=Ya+est%C3%A1n").await.0, 303);
        assert_eq!(tell(app, NOON).await.unwrap().done, 1, "a double click is one answer");
        let (subject, text) = house.sink.letters()[0].read();
        assert_eq!(subject, format!("Respuesta a tu consulta {code}"));
        assert!(text.contains("> Ya están") && text.contains(&case), "{text}");

        let (_, told) = lucia.get(&case).await;
        assert!(told.contains("Ya están") && told.contains("¿Te ha servido?"), "{told}");
        assert_eq!(lucia.send(&case, &format!("{case}/close"), "helped=yes").await.0, 303);
        assert!(ana.get(&at_desk).await.1.contains("¿Le sirvió?"));
        assert_eq!(lucia.send(&case, &format!("{case}/say"), "body=Otra+vez").await.0, 303);
        let (_, desk) = ana.get("/console/cases").await;
        assert!(desk.contains("En espera (1)") && desk.contains("Cerradas (0)"), "{desk}");

        let other = house.member("eva@example.com").await;
        let eva = Visitor::member(&house, &other).await;
        assert_eq!(eva.get(&case).await.0, 404);
        assert!(eva.get("/portal/aurora/help/cases").await.1.contains("Aún no nos has escrito"));
        let till = Visitor::cashier(&house).await;
        assert_eq!(till.get(&at_desk).await.0, 403);
    })
    .await;
}

/// Goal: nobody floods the desk. Method: eleven questions, the eleventh is refused with what to do; in one case ten messages
/// in a row.
#[tokio::test(flavor = "multi_thread")]
async fn r114_many_questions_wait_for_their_answers() {
    on_both(async |db| {
        let house = House::open(db).await;
        let member = house.member("lucia@example.com").await;
        let lucia = Visitor::member(&house, &member).await;
        let new = "/portal/aurora/help/cases/new";
        let mut last = String::new();
        for n in 0..11 {
            let body = format!("once=n{n}&topic=other&screen=&body=hola+{n}");
            let (status, said) = lucia.send(new, "/portal/aurora/help/cases", &body).await;
            if n < 10 {
                assert_eq!(status, 303, "{said}");
                last = said;
            } else {
                assert!(status == 200 && said.contains("Ya tienes varias consultas"), "{said}");
            }
        }
        let case = last.strip_suffix("?sent").unwrap();
        for n in 1..=10 {
            let (status, said) =
                lucia.send(case, &format!("{case}/say"), &format!("body=m{n}")).await;
            match n {
                10 => assert!(status == 200 && said.contains("Ya has añadido mucho"), "{said}"),
                _ => assert_eq!(status, 303, "{n}"),
            }
        }
    })
    .await;
}
