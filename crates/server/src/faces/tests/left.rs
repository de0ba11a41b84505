//! What files that people send leave behind: nothing after an error, an aborted request or a crash, and never more than a
//! client's share.

use lazo_domain::time::DAY;
use lazo_store::testing::TestDb;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::House;
use crate::features::sessions::Whose;
use crate::http::Role;
use crate::jobs::{Job, Stop, Turn};
use crate::places::Kind;
use crate::scratch::Scratch;
use crate::testing::until;
use crate::upkeep;

const LINE: &str = "ana@example.com,600123123\n";

/// Somebody at the desk: cookies, and the token for forms.
struct Sender<'a> {
    house: &'a House,
    cookies: String,
    token: String,
}

impl<'a> Sender<'a> {
    async fn of(house: &'a House, login: &str, role: Role) -> Self {
        let staff = house.staff(login, &[role]).await;
        let opened =
            house.client().get(house.link(Whose::Staff(staff), "/console").await).send().await;
        let cookies = super::cookies(&opened.unwrap());
        let path = if role == Role::Admin { "/console/imports" } else { "/console/two-files" };
        let page = house.client().get(format!("{}{path}", house.base)).header("cookie", &cookies);
        let page = page.send().await.unwrap().text().await.unwrap();
        let (_, rest) = page.split_once("name=\"_token\" value=\"").expect("a form");
        let token = rest.split('"').next().unwrap().to_owned();
        Self { house, cookies, token }
    }

    fn body(&self, files: &[(&str, &str, &str)]) -> String {
        let mut body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"_token\"\r\n\r\n{}\r\n",
            self.token
        );
        for (field, name, text) in files {
            body.push_str(&format!(
                "--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n{text}\r\n"
            ));
        }
        body + "--x--\r\n"
    }

    async fn send(&self, path: &str, files: &[(&str, &str, &str)]) -> (u16, Option<String>) {
        let request = self.house.client().post(format!("{}{path}", self.house.base));
        let request = request
            .header("origin", &self.house.base)
            .header("cookie", &self.cookies)
            .header("content-type", "multipart/form-data; boundary=x");
        let answer = request.body(self.body(files)).send().await.unwrap();
        let after = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
        (answer.status().as_u16(), after)
    }

    /// Sends the beginning of a file, waits until it lies there, and goes away.
    async fn goes_away(&self, path: &str, field: &str, lies: impl Fn() -> bool) {
        let host = self.house.base.strip_prefix("http://").unwrap();
        let whole = self.body(&[(field, "members.csv", &LINE.repeat(20_000))]);
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {}\r\ncookie: {}\r\n\
             content-type: multipart/form-data; boundary=x\r\ncontent-length: {}\r\n\r\n",
            self.house.base,
            self.cookies,
            whole.len() + 1_000_000
        );
        let mut line = TcpStream::connect(host).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(&whole.as_bytes()[..whole.len() - 8]).await.unwrap();
        until(async || lies()).await;
        assert!(lies(), "the file is being written");
        drop(line);
    }
}

fn count(house: &House, noun: &str) -> usize {
    std::fs::read_dir(house.app.data_dir.join(noun)).map_or(0, Iterator::count)
}

async fn run(house: &House, name: &str) {
    let job: Job = upkeep::jobs(&house.app).into_iter().find(|job| job.name == name).unwrap();
    let (_stopper, stop) = Stop::new();
    (job.work)(Turn { now: house.app.clock.now(), stop }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_what_people_send_leaves_nothing_after_an_error_or_when_its_sender_goes_away() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let admin = Sender::of(&house, "nora@example.com", Role::Admin).await;
    let bad = [("file", "..", LINE), ("mapping", "m.toml", "kind = 7")];
    assert_eq!(admin.send("/console/imports", &bad).await.0, 200, "told on the page");
    assert_eq!(admin.send("/console/imports", &bad[..1]).await.0, 200);
    assert_eq!(count(&house, "imports"), 0);
    admin.goes_away("/console/imports", "file", || count(&house, "imports") == 1).await;
    until(async || count(&house, "imports") == 0).await;
    assert_eq!(count(&house, "imports"), 0);
    let marta = Sender::of(&house, "marta@example.com", Role::ProgramManager).await;
    marta.goes_away("/console/two-files", "filea", || count(&house, "two-files") == 1).await;
    until(async || count(&house, "two-files") == 0).await;
    assert_eq!(count(&house, "two-files"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_one_file_of_a_client_at_a_time() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let admin = Sender::of(&house, "nora@example.com", Role::Admin).await;
    let tenant = house.tenant("aurora").await.id;
    let place = house.app.places.take(tenant, Kind::Files).await.unwrap();
    let files = [("file", "a.csv", LINE), ("mapping", "m.toml", "kind = 7")];
    let (status, after) = admin.send("/console/imports", &files).await;
    assert!(status == 429 && after.is_some(), "{status}");
    drop(place);
    assert_eq!(admin.send("/console/imports", &files).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn q9_what_a_crash_left_is_swept_and_what_a_run_holds_stays() {
    let test = TestDb::sqlite().await;
    let house = House::open(&test).await;
    let root = house.app.data_dir.join("imports");
    let held = Scratch::below(&root, "held").unwrap();
    Scratch::below(&root, "crashed").unwrap().leave();
    std::fs::write(root.join("crashed/file.csv"), LINE).unwrap();
    run(&house, "imports.sweep").await;
    assert!(held.path().exists() && !root.join("crashed").exists());
    // Two files that nobody had worked out: no project knows of them.
    let marta = Sender::of(&house, "marta@example.com", Role::ProgramManager).await;
    let files = [("filea", "a.csv", "id,points\n1,5\n"), ("fileb", "b.csv", "id,points\n1,5\n")];
    assert_eq!(marta.send("/console/two-files", &files).await.0, 303);
    run(&house, "trials.sweep").await;
    assert_eq!(count(&house, "two-files"), 1, "within its day");
    house.clock.advance(DAY + 1);
    run(&house, "trials.sweep").await;
    assert_eq!(count(&house, "two-files"), 0);
    // The machine's temporary files, too.
    let own = Scratch::of_machine().unwrap();
    let left = Scratch::of_machine().unwrap();
    let path = left.path().to_owned();
    left.leave();
    run(&house, "scratch.sweep").await;
    assert!(own.path().exists() && !path.exists());
}
