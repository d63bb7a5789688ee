//! What this person points at and has selected, as live messages for programs that do not follow presence.

use std::time::Duration;

use tokio::time::sleep;
use wissil_nats::{BusEvent, EditorEvent};

use super::driver::{Driver, Endless};
use crate::api::Presence;

/// Between two looks at what changed.
const PAUSE: Duration = Duration::from_secs(1);
/// With more people than this nothing is said: what everybody tells everybody grows with their square.
const MOST_PEOPLE: usize = 10;

impl Driver {
    /// Says where the cursor is and what is selected, on change, at most once a second.
    pub(crate) async fn editing(&self) -> Endless {
        let mut said = Presence::default();
        loop {
            self.people.edits.notified().await;
            if self.people.peers().len() < MOST_PEOPLE {
                let shown = self.people.own();
                for event in news(&said, &shown) {
                    self.signals.say(event);
                }
                said = shown;
            }
            sleep(PAUSE).await;
        }
    }
}

/// What is different in what a person shows.
fn news(before: &Presence, after: &Presence) -> Vec<BusEvent> {
    let Some(document) = &after.document else {
        return Vec::new();
    };
    let elsewhere = before.document != after.document;
    let mut events = Vec::new();
    if let Some(place) = after.cursor
        && (elsewhere || before.cursor != after.cursor)
    {
        events.push(EditorEvent::Cursor {
            document: document.clone(),
            x: place.x,
            y: place.y,
        });
    }
    if before.selection != after.selection || (elsewhere && !after.selection.is_empty()) {
        events.push(EditorEvent::Selection {
            document: document.clone(),
            ids: after.selection.iter().map(|it| it.id.clone()).collect(),
        });
    }
    events.into_iter().map(BusEvent::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Place, Touched};

    #[test]
    fn only_what_changed_is_said() {
        let shown = |document: &str, x: f64, selected: &[&str]| Presence {
            document: Some(document.to_owned()),
            cursor: Some(Place { x, y: 0.0, z: None }),
            selection: selected
                .iter()
                .map(|id| Touched {
                    collection: "nodes".to_owned(),
                    id: (*id).to_owned(),
                })
                .collect(),
            ..Presence::default()
        };
        let actions = |before: &Presence, after: &Presence| -> Vec<&'static str> {
            news(before, after).iter().map(BusEvent::action).collect()
        };
        let none = Presence::default();
        let here = shown("a", 1.0, &["n"]);
        assert_eq!(actions(&none, &here), ["cursor", "selection"]);
        assert!(actions(&here, &here).is_empty());
        assert_eq!(actions(&here, &shown("a", 2.0, &["n"])), ["cursor"]);
        assert_eq!(actions(&here, &shown("a", 1.0, &[])), ["selection"]);
        assert_eq!(
            actions(&here, &shown("b", 1.0, &["n"])),
            ["cursor", "selection"]
        );
        assert!(actions(&here, &none).is_empty());
    }
}
