//! Getting about in a window without a pointer: what has the focus, and whether one sees that.

use serde_json::json;

use crate::wait::{PATIENCE, until};
use crate::window::Window;

/// Most steps from one control to another. No window has as many.
const STEPS: usize = 120;

/// Why nobody would see what has the focus; null when everybody does.
const FOCUS_PROBLEM: &str = "
    const focused = document.activeElement;
    if (!focused || focused === document.body) return 'nothing has the focus';
    const { left, top, right, bottom, width, height } = focused.getBoundingClientRect();
    const away = right < 0 || bottom < 0 || left > innerWidth || top > innerHeight;
    const said = focused.outerHTML.slice(0, 200);
    // A radio button may be drawn by its label.
    if (away || (width === 0 && height === 0)) return `what has the focus is not on screen: ${said}`;
    const outlined = (element) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
    };
    // A tree marks the row that it is on.
    const row = document.getElementById(focused.getAttribute('aria-activedescendant') ?? '');
    if (row && outlined(row)) return null;
    const framed = getComputedStyle(focused, '::after').boxShadow !== 'none';
    for (let at = focused, depth = 0; at && depth < 3; at = at.parentElement, depth += 1)
        if (outlined(at)) return null;
    // What is searched in marks the line that would be taken.
    const lists = focused.getAttribute('role') === 'combobox';
    if (framed || (lists && document.querySelector('[role=option][aria-selected=true]'))) return null;
    const plain = focused.cloneNode(false);
    plain.removeAttribute('data-highlighted');
    focused.after(plain);
    const look = (element) => {
        const { borderColor, boxShadow, backgroundColor } = getComputedStyle(element);
        return [borderColor, boxShadow, backgroundColor].join(';');
    };
    const differs = look(plain) !== look(focused);
    plain.remove();
    return differs ? null : `nothing shows that this has the focus: ${said}`;";

impl Window {
    /// Presses Tab until that control has the focus, which is seen at every step.
    ///
    /// # Panics
    ///
    /// When it never has, or the focus is invisible on the way.
    #[track_caller]
    pub fn tab_to(&self, role: &str, name: &str) {
        self.find_like(role, name);
        for _ in 0..STEPS {
            self.press("Tab");
            self.assert_focus_is_seen();
            if self.has_focus(role, name) {
                return;
            }
        }
        panic!("Tab never comes to the {role} `{name}`");
    }

    /// Waits until that control has the focus, and checks that it is seen.
    ///
    /// # Panics
    ///
    /// When it does not get it.
    #[track_caller]
    pub fn wait_for_focus(&self, role: &str, name: &str) {
        until(
            &format!("the {role} `{name}` to have the focus"),
            PATIENCE,
            || self.has_focus(role, name).then_some(()),
            || {
                let script = "return document.activeElement?.outerHTML.slice(0, 300)";
                format!("{} has it", self.run(script, &[]))
            },
        );
        self.assert_focus_is_seen();
    }

    /// Checks that a person sees what has the focus.
    ///
    /// # Panics
    ///
    /// When nothing has it, or nothing shows it; says what.
    #[track_caller]
    pub fn assert_focus_is_seen(&self) {
        // What is being drawn anew may take a frame to show it.
        until(
            "the focus to be seen",
            PATIENCE,
            || self.run(FOCUS_PROBLEM, &[]).is_null().then_some(()),
            || self.run(FOCUS_PROBLEM, &[]).to_string(),
        );
    }

    /// Whether that control has the focus.
    pub fn has_focus(&self, role: &str, name: &str) -> bool {
        let found = self.all_like(role, name);
        found.iter().any(|element| {
            let script = "return document.activeElement === arguments[0]";
            self.run(script, &[element.argument()]) == json!(true)
        })
    }
}
