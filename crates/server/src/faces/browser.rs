//! A real Chromium for tests, driven by the WebDriver protocol over the HTTP client we have.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};

/// A browser of its own, ended with its test.
pub struct Browser {
    driver: Child,
    client: Client,
    session: String,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // A driver that is killed leaves its browser running for ever: the session is ended first.
        let _ = self.end_session();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Browser {
    /// Starts Chromium as a reader of `language` with a window of `width` × `height`.
    pub async fn open(language: &str, width: u32, height: u32) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is missing; hint: apt-get install chromium chromium-driver");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().timeout(Duration::from_secs(60)).build().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, client, session: base.clone() };
        browser.wait_for_driver().await;
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            &format!("--lang={language}"),
            &format!("--window-size={width},{height}"),
        ];
        let options = json!({ "args": args, "prefs": { "intl.accept_languages": language } });
        let wanted =
            json!({ "capabilities": { "alwaysMatch": { "goog:chromeOptions": options } } });
        let made = browser.ask("POST", "/session", Some(wanted)).await;
        browser.session = format!("{base}/session/{}", made["sessionId"].as_str().unwrap());
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        browser
    }

    /// Ends the browser, without the runtime, which may be gone already.
    fn end_session(&self) -> std::io::Result<()> {
        let address = self.session.trim_start_matches("http://");
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let mut wire = std::net::TcpStream::connect(host)?;
        wire.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(wire, "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        wire.read_to_end(&mut Vec::new()).map(drop)
    }

    async fn wait_for_driver(&self) {
        for _ in 0..1_200 {
            if self.client.get(format!("{}/status", self.session)).send().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("chromedriver does not answer");
    }

    pub async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}{path}", self.session);
        let request = self.client.request(method.parse().unwrap(), url);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert!(answer["value"]["error"].is_null(), "{path}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    /// Asks the browser for what pages cannot do.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let body = json!({ "cmd": command, "params": params });
        self.ask("POST", "/goog/cdp/execute", Some(body)).await
    }

    /// Opens an address.
    pub async fn go(&self, url: &str) {
        self.ask("POST", "/url", Some(json!({ "url": url }))).await;
    }

    /// The address that is open.
    pub async fn url(&self) -> String {
        self.ask("GET", "/url", None).await.as_str().unwrap().to_owned()
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, args: Value) -> Value {
        self.ask("POST", "/execute/sync", Some(json!({ "script": script, "args": args }))).await
    }

    /// Runs a script that ends with a call of its last argument.
    pub async fn run_until_told(&self, script: &str, args: Value) -> Value {
        self.ask("POST", "/execute/async", Some(json!({ "script": script, "args": args }))).await
    }

    /// What the page says.
    pub async fn text(&self) -> String {
        let text = self.run("return document.body.innerText", json!([])).await;
        text.as_str().unwrap().to_owned()
    }

    async fn find(&self, css: &str) -> String {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.ask("POST", "/element", Some(wanted)).await;
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    /// Types into a field, as a person does.
    pub async fn type_into(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        self.ask("POST", &format!("/element/{field}/value"), Some(json!({ "text": text }))).await;
    }

    /// Clicks on something, and waits until the page it leads to is there.
    pub async fn click(&self, css: &str) {
        let wanted = self.find(css).await;
        // Pages scroll smoothly, and a click on what still moves hits something else.
        let prepare = "const one = arguments[0]; one.scrollIntoView({ block: 'center', behavior: 'instant' });
            window.lazoBefore = true; return Boolean(one.closest('a[href]') || (one.form && one.type === 'submit'))";
        let element = json!([{ "element-6066-11e4-a52e-4f735466cecf": wanted }]);
        let leads = self.run(prepare, element).await == json!(true);
        self.ask("POST", &format!("/element/{wanted}/click"), Some(json!({}))).await;
        let there = "return !window.lazoBefore && document.readyState === 'complete'";
        for _ in 0..1_200 {
            if !leads || self.run(there, json!([])).await == json!(true) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// A picture of the whole page, as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let params = json!({ "format": "png", "captureBeyondViewport": true });
        let taken = self.devtools("Page.captureScreenshot", params).await;
        let data = taken["data"].as_str().unwrap_or_default();
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()
    }

    /// What axe-core, whose source is `axe`, finds on the page: `rule: elements`.
    pub async fn violations(&self, axe: &str) -> Vec<String> {
        let script = format!(
            "{axe}; const told = arguments[arguments.length - 1];
            axe.run(document, {{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }}).then(
                found => told(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', '))),
                error => told([String(error)]));"
        );
        let found = self.run_until_told(&script, json!([])).await;
        found.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
    }
}
