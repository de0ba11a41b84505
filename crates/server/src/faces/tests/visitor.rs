//! Somebody who opens pages and sends forms by plain HTTP, as a browser without scripts.

use reqwest::header::LOCATION;

use super::{House, cookies};
use crate::features::members::Member;
use crate::features::sessions::Whose;
use crate::http::Role;

/// Somebody with a session, as a browser without scripts.
pub(super) struct Visitor<'a> {
    pub(super) house: &'a House,
    pub(super) cookies: String,
}

impl<'a> Visitor<'a> {
    pub(super) async fn of(house: &'a House, whose: Whose, face: &str) -> Self {
        let link = house.link(whose, face).await;
        let opened = house.client().get(link).send().await.unwrap();
        Self { house, cookies: cookies(&opened) }
    }

    pub(super) async fn member(house: &'a House, member: &Member) -> Self {
        let whose =
            Whose::Member { tenant: member.tenant, member: member.id, account: member.account };
        Self::of(house, whose, "/portal/aurora").await
    }

    pub(super) async fn cashier(house: &'a House) -> Self {
        let lucia = house.staff("lucia@example.com", &[Role::Cashier]).await;
        Self::of(house, Whose::Staff(lucia), "/console").await
    }

    /// Status and text of a page.
    pub(super) async fn get(&self, path: &str) -> (u16, String) {
        let asked = self.house.client().get(format!("{}{path}", self.house.base));
        let asked = asked.header("cookie", &self.cookies).header("accept-language", "es-ES");
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// The token of the forms on a page.
    pub(super) async fn token(&self, path: &str) -> String {
        let (_, page) = self.get(path).await;
        let at = page.find("name=\"_token\" value=\"").unwrap_or_else(|| panic!("{path}: {page}"));
        page[at + 21..].split('"').next().unwrap().to_owned()
    }

    /// Sends a form of the page `of`: the status, and where it leads or what it says.
    pub(super) async fn send(&self, of: &str, path: &str, fields: &str) -> (u16, String) {
        let token = self.token(of).await;
        self.send_as(&token, path, fields).await
    }

    pub(super) async fn send_as(&self, token: &str, path: &str, fields: &str) -> (u16, String) {
        let body = format!("_token={token}&{fields}");
        let answer = self.house.send(path, &self.cookies, &body).await;
        let status = answer.status().as_u16();
        let place = answer.headers().get(LOCATION).map(|place| place.to_str().unwrap().to_owned());
        (status, place.unwrap_or(answer.text().await.unwrap()))
    }
}
