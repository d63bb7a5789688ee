//! What a person's gestures are on the live bus, for programs that listen there and do not read the history.

use wissil_model::{Change, Operation, Value};
use wissil_nats::{AssetEvent, BusEvent, FileEvent, ProjectEvent};

/// The messages that changes of the manifest are. Of a change of a file's fields only those are known that changed.
pub(crate) fn announcements(project: &str, changes: &[Change]) -> Vec<BusEvent> {
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
        let asset_id = change.id.to_string();
        let text = |value: Option<&Value>| value.and_then(Value::as_text).map(str::to_owned);
        let (asset, file) = match &change.operation {
            Operation::Put { put, .. } => (
                text(put.get("object")).map(|content| AssetEvent::Created { asset_id, content }),
                text(put.get("path")).map(|path| FileEvent::Created { path: below(&path) }),
            ),
            Operation::Set { set, .. } => (
                text(set.get("object")).map(|content| AssetEvent::Updated { asset_id, content }),
                text(set.get("path")).map(|path| FileEvent::Updated { path: below(&path) }),
            ),
            Operation::Remove { was, .. } => (
                Some(AssetEvent::Deleted { asset_id }),
                text(was.as_ref().and_then(|was| was.get("path")))
                    .map(|path| FileEvent::Deleted { path: below(&path) }),
            ),
        };
        events.extend(asset.map(BusEvent::from));
        events.extend(file.map(BusEvent::from));
    }
    events
}

/// A file's path from the project's folder on.
fn below(path: &str) -> String {
    format!("assets/{path}")
}

#[cfg(test)]
mod tests {
    use wissil_model::Record;

    use super::*;

    #[test]
    fn gestures_are_announced_as_what_they_are() {
        let put = Record::new().with("path", "a.png").with("object", "bafy");
        let told: Vec<(String, serde_json::Value)> = announcements(
            "Castle",
            &[
                Change::put("assets", "1", put),
                Change::set("assets", "1", [("path", Value::text("b.png"))]),
                Change::remove("assets", "1"),
                Change::remove("documents", "2"),
                Change::remove("members", "3"),
            ],
        )
        .iter()
        .map(|event| {
            let name = format!("{}.{}", event.resource().token(), event.action());
            (name, event.payload())
        })
        .collect();
        let expected = [
            ("project.updated", serde_json::json!({ "name": "Castle" })),
            (
                "asset.created",
                serde_json::json!({ "assetId": "1", "content": "bafy" }),
            ),
            (
                "file.created",
                serde_json::json!({ "path": "assets/a.png" }),
            ),
            (
                "file.updated",
                serde_json::json!({ "path": "assets/b.png" }),
            ),
            ("asset.deleted", serde_json::json!({ "assetId": "1" })),
        ];
        assert_eq!(
            told,
            expected.map(|(name, payload)| (name.to_owned(), payload))
        );
    }
}
