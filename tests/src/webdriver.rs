//! The few WebDriver commands that the tests need (W3C WebDriver, sections 8 to 17).

use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;

/// The key under which an element's reference crosses.
pub const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A WebDriver server and, once there is one, the session in it.
pub struct Client {
    agent: Agent,
    server: String,
    session: Option<String>,
}

impl Client {
    /// A client of the server on that port of this machine.
    pub fn new(port: u16) -> Client {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .into();
        Client {
            agent,
            server: format!("http://127.0.0.1:{port}"),
            session: None,
        }
    }

    /// Whether the server accepts sessions.
    pub fn is_ready(&self) -> bool {
        self.get(&format!("{}/status", self.server))
            .is_ok_and(|status| status["ready"] == true)
    }

    /// Starts an application and a session with it.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub fn start(&mut self, application: &str, arguments: &[String]) -> Result<(), String> {
        let options = json!({"application": application, "args": arguments});
        let capabilities = json!({"capabilities": {"alwaysMatch": {"tauri:options": options}}});
        let answer = self.post(&format!("{}/session", self.server), &capabilities)?;
        let session = answer["sessionId"]
            .as_str()
            .ok_or_else(|| format!("the driver answered without a session: {answer}"))?;
        self.session = Some(session.to_owned());
        Ok(())
    }

    /// Ends the session, and with it the application.
    pub fn end(&mut self) {
        if let Some(session) = self.session.take() {
            let url = format!("{}/session/{session}", self.server);
            let _ = self.agent.delete(&url).call();
        }
    }

    /// Runs the body of a function in the page.
    ///
    /// # Errors
    ///
    /// What the page threw.
    pub fn execute(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        let body = json!({"script": script, "args": arguments});
        self.command("execute/sync", &body)
    }

    /// Runs the body of a function whose last argument takes the answer.
    ///
    /// # Errors
    ///
    /// What the page threw.
    pub fn execute_async(&self, script: &str, arguments: &[Value]) -> Result<Value, String> {
        let body = json!({"script": script, "args": arguments});
        self.command("execute/async", &body)
    }

    /// Clicks in the middle of an element.
    ///
    /// # Errors
    ///
    /// When it cannot be clicked.
    pub fn click(&self, element: &str) -> Result<(), String> {
        self.command(&format!("element/{element}/click"), &json!({}))
            .map(drop)
    }

    /// Performs input actions, and lets go of all keys and buttons.
    ///
    /// # Errors
    ///
    /// When the driver refuses them.
    pub fn perform(&self, actions: &Value) -> Result<(), String> {
        self.command("actions", &json!({"actions": actions}))
            .map(drop)
    }

    /// A picture of the page, as base64 of a PNG.
    ///
    /// # Errors
    ///
    /// When the page is gone.
    pub fn screenshot(&self) -> Result<String, String> {
        let answer = self.get(&self.url("screenshot")?)?;
        answer
            .as_str()
            .map(str::to_owned)
            .ok_or_else(|| "the driver answered without a picture".to_owned())
    }

    fn command(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.post(&self.url(path)?, body)
    }

    fn url(&self, path: &str) -> Result<String, String> {
        let session = self.session.as_ref().ok_or("the app is not running")?;
        Ok(format!("{}/session/{session}/{path}", self.server))
    }

    fn get(&self, url: &str) -> Result<Value, String> {
        let answer = self.agent.get(url).call();
        read(answer)
    }

    fn post(&self, url: &str, body: &Value) -> Result<Value, String> {
        read(self.agent.post(url).send_json(body))
    }
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Value, String> {
    let mut answer = answer.map_err(|error| format!("the driver does not answer: {error}"))?;
    let mut body: Value = answer
        .body_mut()
        .with_config()
        .limit(64 * 1024 * 1024)
        .read_json()
        .map_err(|error| format!("the driver answered something else than JSON: {error}"))?;
    let value = body["value"].take();
    match value["error"].as_str() {
        Some(kind) if !answer.status().is_success() => Err(format!(
            "{kind}: {}",
            value["message"].as_str().unwrap_or_default()
        )),
        _ => Ok(value),
    }
}
