//! The app's real window, driven as a person would.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::display::Display;
use crate::home::Home;
use crate::process::{self, Group};
use crate::wait::{PATIENCE, until};
use crate::webdriver::{Client, ELEMENT};

const APP: &str = "wissil-desktop";
/// A window that is being raised may miss that it was asked to close; it is asked again after this time.
const CLOSE_AGAIN: Duration = Duration::from_secs(3);
const FIND: &str = include_str!("find.js");

/// A place in the window, in its pixels from the left and the top.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Point {
    /// This place moved by so much.
    pub fn plus(self, x: f64, y: f64) -> Point {
        Point {
            x: self.x + x,
            y: self.y + y,
        }
    }
}

/// Something in the window.
#[derive(Clone, Debug)]
pub struct Element(pub(crate) String);

impl Element {
    pub(crate) fn argument(&self) -> Value {
        json!({ELEMENT: self.0})
    }

    fn of(value: &Value) -> Option<Element> {
        value[ELEMENT].as_str().map(|id| Element(id.to_owned()))
    }
}

/// The running app and its window. It ends with this value; if the test fails, a picture of it is left behind.
pub struct Window {
    pub(crate) client: Client,
    home: String,
    // Dropped in this order: the driver and the app before the display they draw on.
    _driver: Group,
    display: Display,
}

impl Window {
    /// Starts the app on a machine, with a project or a link to a session if one is given, and waits until its page is
    /// there.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[track_caller]
    pub fn start(home: &Home, project: Option<&Path>) -> Window {
        let display = Display::start();
        let port = process::free_port();
        let variable = format!("WISSIL_HOME={}", home.installation().display());
        let mut command = Command::new(driver());
        command
            .args(["--port", &port.to_string()])
            .args(["--native-port", &process::free_port().to_string()]);
        let driver = Group::start(on_machine(&mut command, home, &display));
        let mut client = Client::new(port);
        until(
            "the WebDriver server",
            PATIENCE,
            || client.is_ready().then_some(()),
            || "it does not answer; is webkit2gtk-driver installed?".to_owned(),
        );
        let arguments: Vec<String> = project
            .iter()
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        if let Err(error) = client.start(&process::built(APP).to_string_lossy(), &arguments) {
            panic!("the app does not start: {error}");
        }
        let window = Window {
            client,
            home: variable,
            _driver: driver,
            display,
        };
        window.wait("the page", "return document.readyState === 'complete'");
        window
    }

    /// Starts the app a second time on the same machine and display, waits until that process has ended, and answers how.
    ///
    /// # Panics
    ///
    /// When it does not end.
    #[track_caller]
    pub fn launch_again(&self, home: &Home, argument: &Path) -> ExitStatus {
        let mut command = Command::new(process::built(APP));
        command.arg(argument);
        let mut second = Group::start(on_machine(&mut command, home, &self.display));
        until(
            "the second process to end",
            PATIENCE,
            || second.leader().try_wait().ok().flatten(),
            || "it still runs".to_owned(),
        )
    }

    /// Runs a command of `wissil` on the same machine and display, beside the window, and answers what came of it.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[track_caller]
    pub fn terminal(&self, home: &Home, arguments: &[&OsStr]) -> Output {
        let mut command = Command::new(process::built("wissil"));
        command.args(arguments);
        match on_machine(&mut command, home, &self.display)
            .stdout(Stdio::piped())
            .output()
        {
            Ok(output) => output,
            Err(error) => panic!("wissil does not start: {error}"),
        }
    }

    /// The display it is on.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// Ends the app's process at once, as a crash or a power cut would.
    ///
    /// # Panics
    ///
    /// When it is not running, or does not end.
    #[track_caller]
    pub fn kill(self) {
        self.end_by("KILL");
    }

    /// Tells the app's process to end, as a system does that shuts down, and waits until it has. What it left running stays.
    ///
    /// # Panics
    ///
    /// When it is not running, or does not end.
    #[track_caller]
    pub fn terminate(&self) {
        self.end_by("TERM");
    }

    #[track_caller]
    fn end_by(&self, signal: &str) {
        let app = process::built(APP);
        let running = process::running(&app, &self.home);
        assert!(!running.is_empty(), "the app is not running");
        for process in running {
            process::signal(signal, &process.to_string());
        }
        until(
            "the app to end",
            PATIENCE,
            || process::running(&app, &self.home).is_empty().then_some(()),
            || "it still runs".to_owned(),
        );
    }

    /// Closes the window, as its close button does, and waits until the app has ended.
    ///
    /// # Panics
    ///
    /// When it does not end.
    #[track_caller]
    pub fn close(self) {
        self.ask_to_close();
        self.until_closed();
    }

    /// As [`Self::close`], for a project that others have open by way of this machine: says that it is to be closed anyway.
    ///
    /// # Panics
    ///
    /// When nobody asks, or it does not end.
    #[track_caller]
    pub fn close_meeting(self) {
        self.ask_to_close();
        self.wait_for_text("Closing ends the meeting point");
        let anyway = self.find("button", "Close anyway");
        // The window may be gone before it answers.
        let _ = self.client.click(&anyway.0);
        self.until_closed();
    }

    #[track_caller]
    fn ask_to_close(&self) {
        if let Err(error) = self.display.close_windows() {
            panic!("the window does not close: {error}");
        }
    }

    #[track_caller]
    fn until_closed(&self) {
        let app = process::built(APP);
        let mut asked = Instant::now();
        until(
            "the app to end",
            PATIENCE,
            || {
                if asked.elapsed() > CLOSE_AGAIN {
                    // It fails when the window is gone and the process is about to be.
                    let _ = self.display.close_windows();
                    asked = Instant::now();
                }
                process::running(&app, &self.home).is_empty().then_some(())
            },
            || "it still runs".to_owned(),
        );
    }

    /// Runs the body of a function in the page.
    ///
    /// # Panics
    ///
    /// With what the page threw.
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        match self.client.execute(script, arguments) {
            Ok(value) => value,
            Err(error) => panic!("{error}\nin the page: {script}"),
        }
    }

    /// Runs the body of a function in the page, whose last argument takes the answer.
    ///
    /// # Panics
    ///
    /// With what the page threw.
    #[track_caller]
    pub fn run_async(&self, script: &str, arguments: &[Value]) -> Value {
        match self.client.execute_async(script, arguments) {
            Ok(value) => value,
            Err(error) => panic!("{error}\nin the page: {script}"),
        }
    }

    /// Calls a command of the shell, as the page does, and answers what it answers.
    ///
    /// # Panics
    ///
    /// With the error it answers.
    #[track_caller]
    pub fn invoke(&self, command: &str, arguments: Value) -> Value {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(
                (answer) => done({ answer }),
                (error) => done({ error: error?.message ?? JSON.stringify(error) }),
            );";
        let mut answer = self.run_async(script, &[json!(command), arguments]);
        match &answer["error"] {
            Value::Null => answer["answer"].take(),
            error => panic!("{command}: {error}"),
        }
    }

    /// Waits until a condition, the body of a function in the page, holds.
    ///
    /// # Panics
    ///
    /// When it does not come to hold.
    #[track_caller]
    pub fn wait(&self, what: &str, condition: &str) {
        self.wait_with(what, condition, &[]);
    }

    /// Waits until a condition with arguments holds.
    ///
    /// # Panics
    ///
    /// When it does not come to hold.
    #[track_caller]
    pub fn wait_with(&self, what: &str, condition: &str, arguments: &[Value]) {
        until(
            what,
            PATIENCE,
            || {
                let answer = self.client.execute(condition, arguments);
                answer.is_ok_and(|holds| holds == true).then_some(())
            },
            || format!("the window shows: {}", self.text()),
        );
    }

    /// What is written in the window now, shortened.
    pub fn text(&self) -> String {
        self.client
            .execute("return document.body.innerText.slice(0, 2000)", &[])
            .ok()
            .and_then(|text| text.as_str().map(str::to_owned))
            .unwrap_or_else(|| "nothing, it is gone".to_owned())
    }

    /// Waits until text stands somewhere in the window.
    ///
    /// # Panics
    ///
    /// When it does not appear.
    #[track_caller]
    pub fn wait_for_text(&self, text: &str) {
        self.wait_with(
            &format!("the text `{text}`"),
            "return document.body.innerText.includes(arguments[0])",
            &[json!(text)],
        );
    }

    /// Everything on screen with that role and that exact accessible name.
    pub fn all(&self, role: &str, name: &str) -> Vec<Element> {
        self.search(role, name, true).0
    }

    /// Everything on screen with that role and a name that contains `part`, whatever the case.
    pub fn all_like(&self, role: &str, part: &str) -> Vec<Element> {
        self.search(role, part, false).0
    }

    /// What has that role and that exact accessible name; the first, if there are several. Waits until there is one.
    ///
    /// # Panics
    ///
    /// When none appears.
    #[track_caller]
    pub fn find(&self, role: &str, name: &str) -> Element {
        self.find_where(role, name, true)
    }

    /// What has that role and a name that contains `part`, whatever the case. Waits until there is one.
    ///
    /// # Panics
    ///
    /// When none appears.
    #[track_caller]
    pub fn find_like(&self, role: &str, part: &str) -> Element {
        self.find_where(role, part, false)
    }

    /// Waits until nothing on screen has that role and that exact name.
    ///
    /// # Panics
    ///
    /// When it stays.
    #[track_caller]
    pub fn wait_until_gone(&self, role: &str, name: &str) {
        until(
            &format!("the {role} `{name}` to go"),
            PATIENCE,
            || self.all(role, name).is_empty().then_some(()),
            || "it is still there".to_owned(),
        );
    }

    /// Waits until nothing on screen has that role and a name that contains `part`.
    ///
    /// # Panics
    ///
    /// When it stays.
    #[track_caller]
    pub fn wait_until_gone_like(&self, role: &str, part: &str) {
        until(
            &format!("the {role} with `{part}` in its name to go"),
            PATIENCE,
            || self.all_like(role, part).is_empty().then_some(()),
            || "it is still there".to_owned(),
        );
    }

    #[track_caller]
    fn find_where(&self, role: &str, name: &str, exact: bool) -> Element {
        until(
            &format!("a {role} named `{name}`"),
            PATIENCE,
            || self.search(role, name, exact).0.into_iter().next(),
            || {
                let names = self.search(role, name, exact).1;
                format!(
                    "there are of that role: {names:?}; the window shows: {}",
                    self.text()
                )
            },
        )
    }

    fn search(&self, role: &str, name: &str, exact: bool) -> (Vec<Element>, Vec<String>) {
        let arguments = [json!(role), json!(name), json!(exact)];
        let Ok(answer) = self.client.execute(FIND, &arguments) else {
            return (Vec::new(), Vec::new());
        };
        let list = |key: &str| answer[key].as_array().cloned().unwrap_or_default();
        (
            list("found").iter().filter_map(Element::of).collect(),
            list("names")
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
        )
    }

    /// The first element that a CSS selector fits. Waits until there is one.
    ///
    /// # Panics
    ///
    /// When none appears.
    #[track_caller]
    pub fn select(&self, selector: &str) -> Element {
        until(
            &format!("an element `{selector}`"),
            PATIENCE,
            || {
                let script = "return document.querySelector(arguments[0])";
                Element::of(&self.client.execute(script, &[json!(selector)]).ok()?)
            },
            || format!("the window shows: {}", self.text()),
        )
    }

    /// The middle of an element on screen.
    ///
    /// # Panics
    ///
    /// When it is gone.
    #[track_caller]
    pub fn middle(&self, element: &Element) -> Point {
        let script = "const box = arguments[0].getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];";
        let at = self.run(script, &[element.argument()]);
        Point {
            x: at[0].as_f64().unwrap_or_default(),
            y: at[1].as_f64().unwrap_or_default(),
        }
    }

    /// An attribute of an element.
    ///
    /// # Panics
    ///
    /// When the element is gone.
    #[track_caller]
    pub fn attribute(&self, element: &Element, name: &str) -> Option<String> {
        let script = "return arguments[0].getAttribute(arguments[1])";
        self.run(script, &[element.argument(), json!(name)])
            .as_str()
            .map(str::to_owned)
    }

    /// What stands in a field.
    ///
    /// # Panics
    ///
    /// When the field does not appear.
    #[track_caller]
    pub fn value(&self, role: &str, name: &str) -> String {
        let field = self.find(role, name);
        let value = self.run("return arguments[0].value", &[field.argument()]);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Everything axe-core finds wrong in the window, by WCAG 2.2 AA; none when it is clean.
    ///
    /// # Panics
    ///
    /// When axe-core is not installed in `ui/node_modules`, or cannot run.
    #[track_caller]
    pub fn accessibility_problems(&self) -> Vec<String> {
        let file = process::repository().join("ui/node_modules/axe-core/axe.min.js");
        let axe = match fs::read_to_string(&file) {
            Ok(axe) => axe,
            Err(error) => panic!("{}: {error}; run `npm ci` in ui/", file.display()),
        };
        // Within a function of its own, axe finds the page's global object only by name.
        self.run(&format!("{axe}\nwindow.axe = axe;"), &[]);
        let script = "const done = arguments[arguments.length - 1];
            const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
            axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(
                ({ violations }) => done(violations.flatMap(({ id, help, nodes }) =>
                    nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`))),
                (error) => done([`axe-core failed: ${error}`]),
            );";
        match self.client.execute_async(script, &[]) {
            Ok(found) => found
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|line| line.as_str().map(str::to_owned))
                .collect(),
            Err(error) => panic!("axe-core cannot run: {error}"),
        }
    }

    /// Leaves a picture of the page in `target/desktop-tests/<name>.png` and says where.
    pub fn picture(&self, name: &str) -> Result<PathBuf, String> {
        let picture = self.client.screenshot()?;
        let bytes = BASE64_STANDARD
            .decode(picture)
            .map_err(|error| format!("the driver's picture is no base64: {error}"))?;
        let folder = process::repository().join("target/desktop-tests");
        let file = folder.join(format!("{}.png", name.replace("::", "-")));
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, bytes))
            .map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let thread = std::thread::current();
            // A test may have several windows, each on a display of its own.
            let display = self.display.name().trim_start_matches(':');
            let name = format!("failed-{}-{display}", thread.name().unwrap_or("test"));
            match self.picture(&name) {
                Ok(file) => eprintln!("what the window showed: {}", file.display()),
                Err(error) => eprintln!("no picture of the window: {error}"),
            }
        }
        self.client.end();
    }
}

/// Gives a process the display it draws on and the home it works in.
fn on_machine<'a>(command: &'a mut Command, home: &Home, display: &Display) -> &'a mut Command {
    command
        .env("DISPLAY", display.name())
        .env_remove("WAYLAND_DISPLAY")
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        // Without a message bus the toolkit would start one, which nobody ends.
        .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
        // What the web view and its toolkit keep, they keep in the test's own home.
        .env("HOME", home.path())
        .env_remove("XDG_CONFIG_HOME")
        .env_remove("XDG_DATA_HOME")
        .env_remove("XDG_CACHE_HOME")
        .env("WISSIL_HOME", home.installation())
        .env("WISSIL_TOOLS", process::tools())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
}

/// The go-between of WebDriver and web view: the one installed for this repository, else the system's.
fn driver() -> PathBuf {
    let own = process::repository().join(".tools/bin/tauri-driver");
    if own.is_file() {
        own
    } else {
        PathBuf::from("tauri-driver")
    }
}
