//! What a person's gestures are on the live bus, for programs that listen there and do not read the history.

use wissil_model::{Change, DocumentKind, Operation, Projection, Record, Value};
use wissil_nats::{AssetEvent, BusEvent, FileEvent, ProjectEvent};

/// The fields of an entity that make it more than a place in the hierarchy.
const COMPONENTS: [&str; 3] = ["mesh", "light", "camera"];

/// Whether gestures on a document of this kind that touch these collections can be anything on the bus.
pub(crate) fn may_announce<'a>(
    kind: DocumentKind,
    mut touched: impl Iterator<Item = &'a String>,
) -> bool {
    kind == DocumentKind::MANIFEST
        || (kind == DocumentKind::SCENE && touched.any(|collection| collection == "entities"))
}

/// The messages that changes of a document are, with the values before in them. `after` is the document as it is now.
pub(crate) fn announcements(
    project: &str,
    after: &Projection,
    changes: &[Change],
) -> Vec<BusEvent> {
    let kind = after.kind();
    if kind == DocumentKind::MANIFEST {
        return of_manifest(project, after, changes);
    }
    let is_entity =
        |change: &&Change| kind == DocumentKind::SCENE && change.collection == "entities";
    changes
        .iter()
        .filter(is_entity)
        .flat_map(components)
        .collect()
}

fn of_manifest(project: &str, after: &Projection, changes: &[Change]) -> Vec<BusEvent> {
    let mut events = Vec::new();
    let of_project = |change: &Change| ["settings", "documents"].contains(&&*change.collection);
    if changes.iter().any(of_project) {
        let name = project.to_owned();
        events.push(ProjectEvent::Updated { name }.into());
    }
    for change in changes
        .iter()
        .filter(|change| change.collection == "assets")
    {
        let file = change.id.to_string();
        let asset_id = file.clone();
        let now = after.record("assets", change.id.as_str());
        match &change.operation {
            Operation::Put { put, .. } => {
                events.extend(
                    text(put, "object")
                        .map(|content| AssetEvent::Created { asset_id, content }.into()),
                );
                events.extend(path(put).map(|path| FileEvent::Created { file, path }.into()));
            }
            // Of a change of a file's fields only those are known that changed.
            Operation::Set { set, .. } => {
                let content = set.get("object").and_then(Value::as_text);
                events.extend(content.map(|content| {
                    let content = content.to_owned();
                    AssetEvent::Updated { asset_id, content }.into()
                }));
                if content.is_some() || set.contains_key("path") {
                    events.extend(
                        now.and_then(path)
                            .map(|path| FileEvent::Updated { file, path }.into()),
                    );
                }
            }
            Operation::Remove { was, .. } => {
                events.push(AssetEvent::Deleted { asset_id }.into());
                events.extend(
                    was.as_ref()
                        .and_then(path)
                        .map(|path| FileEvent::Deleted { file, path }.into()),
                );
            }
        }
    }
    events
}

/// The components that a change gives to an entity and takes from it. Another mesh in the place of one is both.
fn components(change: &Change) -> Vec<BusEvent> {
    let mut events = Vec::new();
    for component in COMPONENTS {
        let field = |record: Option<&Record>| record.and_then(|record| text(record, component));
        let (before, after) = match &change.operation {
            Operation::Put { put, was } => (field(was.as_ref()), field(Some(put))),
            Operation::Remove { was, .. } => (field(was.as_ref()), None),
            Operation::Set { set, was } => {
                let Some(after) = set.get(component) else {
                    continue;
                };
                let before = was.get(component).and_then(Value::as_text);
                (
                    before.map(str::to_owned),
                    after.as_text().map(str::to_owned),
                )
            }
        };
        if before == after {
            continue;
        }
        let asset_id = change.id.to_string();
        let component = component.to_owned();
        if before.is_some() {
            let (asset_id, component) = (asset_id.clone(), component.clone());
            events.push(
                AssetEvent::ComponentRemoved {
                    asset_id,
                    component,
                }
                .into(),
            );
        }
        if after.is_some() {
            events.push(
                AssetEvent::ComponentAdded {
                    asset_id,
                    component,
                }
                .into(),
            );
        }
    }
    events
}

fn text(record: &Record, field: &str) -> Option<String> {
    record
        .get(field)
        .and_then(Value::as_text)
        .map(str::to_owned)
}

/// A file's path from the project's folder on.
fn path(record: &Record) -> Option<String> {
    text(record, "path").map(|path| format!("assets/{path}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use wissil_model::Document;

    use super::*;

    const CONTENT: &str = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    /// What a change is announced as, made in a document in which others were made before.
    fn told(kind: DocumentKind, before: Vec<Change>, event_type: &str, change: Change) -> Json {
        let mut document = Document::new(kind, 1);
        let add = match kind == DocumentKind::MANIFEST {
            true => "asset.add",
            false => "entity.add",
        };
        for change in before {
            let _ = document.author(add, vec![change]).unwrap();
        }
        let authored = document.author(event_type, vec![change]).unwrap();
        announcements("Castle", document.projection(), &authored.changes)
            .iter()
            .map(|event| {
                let name = format!("{}.{}", event.resource().token(), event.action());
                json!([name, event.payload()])
            })
            .collect()
    }

    fn asset() -> Change {
        let record = Record::new()
            .with("path", "a.png")
            .with("object", CONTENT)
            .with("size", 3.0);
        Change::put("assets", "1", record)
    }

    #[test]
    fn files_are_announced_with_their_ids_and_paths() {
        let manifest =
            |before, event_type, change| told(DocumentKind::MANIFEST, before, event_type, change);
        assert_eq!(
            manifest(vec![], "asset.add", asset()),
            json!([
                ["asset.created", { "assetId": "1", "content": CONTENT }],
                ["file.created", { "file": "1", "path": "assets/a.png" }],
            ])
        );
        let moved = Change::set("assets", "1", [("path", Value::text("b.png"))]);
        assert_eq!(
            manifest(vec![asset()], "asset.set", moved),
            json!([["file.updated", { "file": "1", "path": "assets/b.png" }]])
        );
        assert_eq!(
            manifest(vec![asset()], "asset.delete", Change::remove("assets", "1")),
            json!([
                ["asset.deleted", { "assetId": "1" }],
                ["file.deleted", { "file": "1", "path": "assets/a.png" }],
            ])
        );
    }

    #[test]
    fn components_of_entities_are_announced() {
        let scene =
            |before, event_type, change| told(DocumentKind::SCENE, before, event_type, change);
        let lit = || {
            Change::put(
                "entities",
                "e",
                Record::new().with("name", "Lamp").with("light", "l"),
            )
        };
        let added = |component: &str| json!(["asset.component.added", { "assetId": "e", "component": component }]);
        let removed = |component: &str| json!(["asset.component.removed", { "assetId": "e", "component": component }]);
        assert_eq!(scene(vec![], "entity.add", lit()), json!([added("light")]));
        let other = Change::set("entities", "e", [("light", Value::text("m"))]);
        assert_eq!(
            scene(vec![lit()], "entity.set", other),
            json!([removed("light"), added("light")])
        );
        let mesh = Change::set(
            "entities",
            "e",
            [("mesh", Value::text("m")), ("light", Value::Null)],
        );
        assert_eq!(
            scene(vec![lit()], "entity.set", mesh),
            json!([added("mesh"), removed("light")])
        );
        let renamed = Change::set("entities", "e", [("name", Value::text("Lantern"))]);
        assert_eq!(scene(vec![lit()], "entity.rename", renamed), json!([]));
        assert_eq!(
            scene(
                vec![lit()],
                "entity.delete",
                Change::remove("entities", "e")
            ),
            json!([removed("light")])
        );
    }
}
