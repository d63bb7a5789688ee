//! The app's real window, driven as a person would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::display::Display;
use crate::home::Home;
use crate::process::{self, Group};
use crate::wait::{PATIENCE, until};
use crate::webdriver::{Client, ELEMENT};

const APP: &str = "wissil-desktop";
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
pub struct Element(String);

impl Element {
    fn argument(&self) -> Value {
        json!({ELEMENT: self.0})
    }

    fn of(value: &Value) -> Option<Element> {
        value[ELEMENT].as_str().map(|id| Element(id.to_owned()))
    }
}

/// The running app and its window. It ends with this value; if the test fails, a picture of it is left behind.
pub struct Window {
    client: Client,
    home: String,
    // Dropped in this order: the driver and the app before the display they draw on.
    _driver: Group,
    display: Display,
}

impl Window {
    /// Starts the app on a machine, with a project if one is given, and waits until its page is there.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[track_caller]
    pub fn start(home: &Home, project: Option<&Path>) -> Window {
        let display = Display::start();
        let port = process::free_port();
        let variable = format!("WISSIL_HOME={}", home.installation().display());
        let driver = Group::start(
            Command::new(driver())
                .args(["--port", &port.to_string()])
                .args(["--native-port", &process::free_port().to_string()])
                .env("DISPLAY", display.name())
                .env_remove("WAYLAND_DISPLAY")
                .env("GDK_BACKEND", "x11")
                .env("NO_AT_BRIDGE", "1")
                // What the web view and its toolkit keep, they keep in the test's own home.
                .env("HOME", home.path())
                .env_remove("XDG_CONFIG_HOME")
                .env_remove("XDG_DATA_HOME")
                .env_remove("XDG_CACHE_HOME")
                .env("WISSIL_HOME", home.installation())
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        );
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

    /// Ends the app's process at once, as a crash or a power cut would.
    ///
    /// # Panics
    ///
    /// When it is not running, or does not end.
    #[track_caller]
    pub fn kill(self) {
        let app = process::built(APP);
        let running = process::running(&app, &self.home);
        assert!(!running.is_empty(), "the app is not running");
        for process in running {
            process::signal("KILL", &process.to_string());
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
        let app = process::built(APP);
        if let Err(error) = self.display.close_windows() {
            panic!("the window does not close: {error}");
        }
        until(
            "the app to end",
            PATIENCE,
            || process::running(&app, &self.home).is_empty().then_some(()),
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

    /// Clicks what has that role and name.
    ///
    /// # Panics
    ///
    /// When it does not appear or cannot be clicked.
    #[track_caller]
    pub fn click(&self, role: &str, name: &str) {
        let element = self.find(role, name);
        self.click_element(&element);
    }

    /// Clicks an element.
    ///
    /// # Panics
    ///
    /// When it cannot be clicked.
    #[track_caller]
    pub fn click_element(&self, element: &Element) {
        if let Err(error) = self.client.click(&element.0) {
            panic!("cannot click: {error}");
        }
    }

    /// Clicks in the middle of an element with a pointer button: 0 left, 1 middle, 2 right.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn click_at(&self, point: Point, button: u32) {
        self.pointer(&[
            move_to(point, 0),
            json!({"type": "pointerDown", "button": button}),
            json!({"type": "pointerUp", "button": button}),
        ]);
    }

    /// Clicks twice, fast.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn double_click_at(&self, point: Point) {
        let down = json!({"type": "pointerDown", "button": 0});
        let up = json!({"type": "pointerUp", "button": 0});
        self.pointer(&[move_to(point, 0), down.clone(), up.clone(), down, up]);
    }

    /// Drags with the left button from one place to another, by way of places between.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn drag(&self, from: Point, to: Point) {
        const STEPS: u32 = 8;
        let mut actions = vec![
            move_to(from, 0),
            json!({"type": "pointerDown", "button": 0}),
        ];
        for step in 1..=STEPS {
            let part = f64::from(step) / f64::from(STEPS);
            let point = from.plus((to.x - from.x) * part, (to.y - from.y) * part);
            actions.push(move_to(point, 16));
        }
        actions.push(json!({"type": "pointerUp", "button": 0}));
        self.pointer(&actions);
    }

    #[track_caller]
    fn pointer(&self, actions: &[Value]) {
        let source = json!([{
            "type": "pointer",
            "id": "mouse",
            "parameters": {"pointerType": "mouse"},
            "actions": actions,
        }]);
        if let Err(error) = self.client.perform(&source) {
            panic!("the pointer cannot do that: {error}");
        }
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

    /// Presses keys together and lets them go, such as `Control+Shift+z` or `Escape`.
    ///
    /// # Panics
    ///
    /// When the driver refuses them.
    #[track_caller]
    pub fn press(&self, keys: &str) {
        let keys: Vec<String> = keys.split('+').map(key).collect();
        let down = keys
            .iter()
            .map(|key| json!({"type": "keyDown", "value": key}));
        let up = keys
            .iter()
            .rev()
            .map(|key| json!({"type": "keyUp", "value": key}));
        self.keys(down.chain(up).collect());
    }

    /// Types text into what has the focus.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        let actions = text.chars().flat_map(|character| {
            let value = character.to_string();
            [
                json!({"type": "keyDown", "value": value}),
                json!({"type": "keyUp", "value": value}),
            ]
        });
        self.keys(actions.collect());
    }

    #[track_caller]
    fn keys(&self, actions: Vec<Value>) {
        let source = json!([{"type": "key", "id": "keyboard", "actions": actions}]);
        if let Err(error) = self.client.perform(&source) {
            panic!("the keyboard cannot do that: {error}");
        }
    }

    /// Replaces what stands in a field.
    ///
    /// # Panics
    ///
    /// When the field does not appear.
    #[track_caller]
    pub fn fill(&self, role: &str, name: &str, text: &str) {
        self.click(role, name);
        self.press("Control+a");
        self.type_text(text);
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
            let name = format!("failed-{}", thread.name().unwrap_or("test"));
            match self.picture(&name) {
                Ok(file) => eprintln!("what the window showed: {}", file.display()),
                Err(error) => eprintln!("no picture of the window: {error}"),
            }
        }
        self.client.end();
    }
}

fn move_to(point: Point, milliseconds: u32) -> Value {
    json!({
        "type": "pointerMove",
        "duration": milliseconds,
        "x": point.x.round(),
        "y": point.y.round(),
    })
}

/// The character that WebDriver gives a key by name (section 17.4.2).
fn key(name: &str) -> String {
    match name {
        "Control" => "\u{E009}",
        "Shift" => "\u{E008}",
        "Alt" => "\u{E00A}",
        "Escape" => "\u{E00C}",
        "Enter" => "\u{E007}",
        "Tab" => "\u{E004}",
        "Backspace" => "\u{E003}",
        "Delete" => "\u{E017}",
        "Home" => "\u{E011}",
        "End" => "\u{E010}",
        "ArrowLeft" => "\u{E012}",
        "ArrowUp" => "\u{E013}",
        "ArrowRight" => "\u{E014}",
        "ArrowDown" => "\u{E015}",
        "F1" => "\u{E031}",
        "F2" => "\u{E032}",
        "Space" => " ",
        other => other,
    }
    .to_owned()
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
