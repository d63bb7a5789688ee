//! What a person's hands do in a window: pointer and keyboard.

use serde_json::{Value, json};

use crate::wait::{PATIENCE, until};
use crate::window::{Element, Point, Window};

impl Window {
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

    /// Clicks an element, once it stands still and can be clicked: a toast slides in first.
    ///
    /// # Panics
    ///
    /// When it cannot be clicked.
    #[track_caller]
    pub fn click_element(&self, element: &Element) {
        let mut before = None;
        let rests = || {
            let script = "const { x, y } = arguments[0].getBoundingClientRect(); return [x, y];";
            // One that is gone is told of by the click.
            let at = self.client.execute(script, &[element.argument()]).ok();
            (std::mem::replace(&mut before, at.clone()) == at).then_some(())
        };
        until("an element to stand still", PATIENCE, rests, || {
            "it goes on moving".to_owned()
        });
        let clicked = || match self.client.click(&element.0) {
            Ok(()) => Some(()),
            Err(error) if error.contains("not interactable") => None,
            Err(error) => panic!("cannot click: {error}"),
        };
        until("an element that can be clicked", PATIENCE, clicked, || {
            "it is not interactable".to_owned()
        });
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
        self.drag_and_hold(from, to);
        self.let_go();
    }

    /// Drags without letting go of the button.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn drag_and_hold(&self, from: Point, to: Point) {
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
        self.pointer(&actions);
    }

    /// Lets go of the left button.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn let_go(&self) {
        self.pointer(&[json!({"type": "pointerUp", "button": 0})]);
    }

    /// Moves the pointer somewhere.
    ///
    /// # Panics
    ///
    /// When the driver refuses it.
    #[track_caller]
    pub fn point_at(&self, point: Point) {
        self.pointer(&[move_to(point, 16)]);
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

    /// Puts text into a field, as pasting does.
    ///
    /// # Panics
    ///
    /// When the field does not appear or takes no text.
    #[track_caller]
    pub fn paste(&self, role: &str, name: &str, text: &str) {
        self.click(role, name);
        let script = "return document.execCommand('insertText', false, arguments[0])";
        assert_eq!(
            self.run(script, &[json!(text)]),
            true,
            "{name} takes no text"
        );
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
        "Insert" => "\u{E016}",
        "F1" => "\u{E031}",
        "F2" => "\u{E032}",
        "F6" => "\u{E036}",
        "F10" => "\u{E03A}",
        "Space" => " ",
        other => other,
    }
    .to_owned()
}
