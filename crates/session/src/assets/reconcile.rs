//! What changes in the folder mean for the history.

use std::collections::HashMap;

use wissil_dag::Cid;
use wissil_model::kinds::manifest::Asset;
use wissil_model::{Change, Object, RecordId, Value};

use super::catalog::Catalog;
use super::media_type::media_type;
use super::path::AssetPath;
use crate::api::ApiError;

/// How a file is noted that was changed here while somebody else changed it, too.
const CONFLICT: &str = "conflicting copy";

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Content {
    /// Its bytes, as an object that is kept.
    pub object: Cid,
    /// How many they are.
    pub size: u64,
    /// A small picture, as an object that is kept.
    pub thumbnail: Option<Cid>,
}

/// A file that is not as it was when folder and history last agreed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    /// Where.
    pub path: AssetPath,
    /// What it was then; none when it was not there.
    pub base: Option<Cid>,
    /// What it is now; none when it is gone.
    pub now: Option<Content>,
}

/// The gestures that changes in the folder amount to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Gestures {
    /// Renamed and changed files: `asset.set`.
    pub set: Vec<Change>,
    /// Deleted files: `asset.delete`.
    pub delete: Vec<Change>,
    /// New files: `asset.add`.
    pub add: Vec<Change>,
    /// Files that cannot be taken, and why.
    pub refused: Vec<(AssetPath, String)>,
}

/// Makes gestures of changes in the folder.
///
/// A file that was renamed is recognised by its content. Where the history went on as well since folder and history
/// agreed, its state keeps the place and the content found here becomes a file of its own, so that both are kept.
pub(crate) fn gestures(
    mut catalog: Catalog,
    observed: &[Observed],
    new_id: &mut dyn FnMut() -> Result<String, ApiError>,
) -> Result<Gestures, ApiError> {
    let mut gestures = Gestures::default();
    let mut gone: HashMap<Cid, Vec<&AssetPath>> = HashMap::new();
    for file in observed {
        if let (Some(base), None) = (file.base, &file.now)
            && catalog
                .at(&file.path)
                .is_some_and(|(_, asset)| asset.object.0 == base)
        {
            gone.entry(base).or_default().push(&file.path);
        }
    }
    // In the order of their paths, whatever the order in which they were seen.
    gone.values_mut()
        .for_each(|paths| paths.sort_by(|a, b| b.cmp(a)));
    let mut arrived = Vec::new();
    for file in observed {
        let Some(now) = &file.now else { continue };
        match catalog.at(&file.path) {
            Some((_, asset)) if asset.object.0 == now.object => {}
            Some((id, asset)) if file.base == Some(asset.object.0) => {
                let set = content_fields(now);
                gestures
                    .set
                    .push(Change::set(Asset::COLLECTION, id.clone(), set));
            }
            Some(_) => arrived.push((file, now, true)),
            None => arrived.push((file, now, false)),
        }
    }
    arrived.retain(|(file, now, conflict)| {
        if *conflict || file.base.is_some() {
            return true;
        }
        let Some(from) = gone.get_mut(&now.object).and_then(Vec::pop) else {
            return true;
        };
        let Some((id, asset)) = catalog.at(from) else {
            return true;
        };
        let (id, mut asset) = (id.clone(), asset.clone());
        let other = catalog.holder(&file.path).filter(|holder| **holder != id);
        if other.is_some() {
            gone.entry(now.object).or_default().push(from);
            return true;
        }
        let mut fields = vec![("path", Value::text(file.path.as_str()))];
        if media_type(from) != media_type(&file.path) {
            fields.push(("media_type", media_type_value(&file.path)));
        }
        gestures
            .set
            .push(Change::set(Asset::COLLECTION, id.clone(), fields));
        asset.path = file.path.to_string();
        catalog.release(from);
        catalog.take(file.path.clone(), id, asset);
        false
    });
    for path in gone.into_values().flatten() {
        if let Some((id, _)) = catalog.at(path) {
            gestures
                .delete
                .push(Change::remove(Asset::COLLECTION, id.clone()));
        }
        catalog.release(path);
    }
    for (file, now, conflict) in arrived {
        let path = if conflict {
            catalog.free(&file.path, Some(CONFLICT))
        } else if let Some(problem) = catalog.clash(&file.path) {
            gestures.refused.push((file.path.clone(), problem));
            continue;
        } else {
            file.path.clone()
        };
        let (change, id, asset) = add(&path, now, new_id()?);
        gestures.add.push(change);
        catalog.take(path, id, asset);
    }
    // Sorted, so that the same changes are the same gesture.
    gestures.delete.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(gestures)
}

/// The change that adds a file, and what it adds.
pub(crate) fn add(path: &AssetPath, content: &Content, id: String) -> (Change, RecordId, Asset) {
    let asset = Asset {
        path: path.to_string(),
        object: Object(content.object),
        size: content.size as f64,
        media_type: media_type(path).map(str::to_owned),
        thumbnail: content.thumbnail.map(Object),
    };
    let id = RecordId::from(id);
    let change = Change::put(Asset::COLLECTION, id.clone(), asset.to_record());
    (change, id, asset)
}

fn content_fields(content: &Content) -> Vec<(&'static str, Value)> {
    vec![
        ("object", Value::text(content.object.to_string())),
        ("size", Value::from(content.size as f64)),
        (
            "thumbnail",
            content
                .thumbnail
                .map_or(Value::Null, |cid| Value::text(cid.to_string())),
        ),
    ]
}

/// The stored form of the media type that a path promises.
pub(crate) fn media_type_value(path: &AssetPath) -> Value {
    media_type(path).map_or(Value::Null, Value::text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wissil_dag::{Codec, cid_of};
    use wissil_model::{DocumentKind, Operation, Projection, Record};

    fn cid(content: &str) -> Cid {
        cid_of(Codec::RAW, content.as_bytes())
    }

    /// `path=content`, numbered `1`, `2`, … as records.
    fn catalog(files: &str) -> Catalog {
        let records: Vec<(String, RecordId, Record)> = files
            .split_whitespace()
            .enumerate()
            .map(|(index, file)| {
                let (path, content) = file.split_once('=').unwrap();
                let record = Record::new()
                    .with("path", path)
                    .with("object", cid(content).to_string())
                    .with("size", content.len() as f64);
                (
                    "assets".into(),
                    RecordId::from((index + 1).to_string()),
                    record,
                )
            })
            .collect();
        Catalog::read(&Projection::from_records(DocumentKind::MANIFEST, records))
    }

    /// `path:before>after`, either of which may be nothing.
    fn observed(files: &str) -> Vec<Observed> {
        files
            .split_whitespace()
            .map(|file| {
                let (path, contents) = file.split_once(':').unwrap();
                let (base, now) = contents.split_once('>').unwrap();
                Observed {
                    path: AssetPath::new(path).unwrap(),
                    base: (!base.is_empty()).then(|| cid(base)),
                    now: (!now.is_empty()).then(|| Content {
                        object: cid(now),
                        size: now.len() as u64,
                        thumbnail: None,
                    }),
                }
            })
            .collect()
    }

    /// What happens to the history, in the order in which it is written.
    fn check(records: &str, changes: &str, expected: &str) {
        let mut ids = 0;
        let made = gestures(catalog(records), &observed(changes), &mut || {
            ids += 1;
            Ok(format!("new{ids}"))
        })
        .unwrap();
        let text = |value: Option<&Value>| value.and_then(Value::as_text).unwrap_or("").to_owned();
        let content = |value: Option<&Value>| {
            let found = text(value);
            let known = ["A", "B", "C", "D"];
            known
                .into_iter()
                .find(|known| cid(known).to_string() == found)
                .unwrap_or("?")
        };
        let mut words = Vec::new();
        for change in made.set.iter().chain(&made.delete).chain(&made.add) {
            words.push(match &change.operation {
                Operation::Set { set, .. } if set.contains_key("path") => {
                    format!("{}->{}", change.id, text(set.get("path")))
                }
                Operation::Set { set, .. } => {
                    format!("{}={}", change.id, content(set.get("object")))
                }
                Operation::Remove { .. } => format!("-{}", change.id),
                Operation::Put { put, .. } => {
                    format!("+{}={}", text(put.get("path")), content(put.get("object")))
                }
            });
        }
        words.extend(made.refused.iter().map(|(path, _)| format!("!{path}")));
        assert_eq!(words.join("; "), expected, "{records} with {changes}");
    }

    #[test]
    fn changes_become_gestures() {
        check("", "a:>A", "+a=A");
        check("a=A", "a:A>B", "1=B");
        check("a=A", "a:A>", "-1");
        check("a=A", "a:A>A", "");
        check("", "a:>A b:>A", "+a=A; +b=A");
        check("a=A", "b:>A", "+b=A");
    }

    #[test]
    fn the_same_content_elsewhere_is_a_rename() {
        check("a=A", "a:A> b:>A", "1->b");
        check("a=A b=A", "a:A> b:A> x:>A y:>A", "1->x; 2->y");
        check("a=A b=A", "a:A> b:A> x:>A", "1->x; -2");
        check("a=A", "a:A> b:>A c:>A", "1->b; +c=A");
        check("a=A", "a:A> b:>B", "-1; +b=B");
        check("a.png=A", "A.png:>A a.png:A>", "1->A.png");
        check("a=A b=B", "a:A>B b:B>A", "1=B; 2=A");
    }

    #[test]
    fn where_the_history_went_on_both_are_kept() {
        check("a=B", "a:A>C", "+a (conflicting copy)=C");
        check("a=B", "a:>C", "+a (conflicting copy)=C");
        check("a=B a_(x)=C", "a:A>B", "");
        check("a=B", "a:A>", "");
        check("", "a:A>B", "+a=B");
        check("", "a:A>", "");
    }

    #[test]
    fn names_that_differ_only_in_case_are_refused() {
        check("a.png=A", "A.png:>B", "!A.png");
        check("", "A.png:>A a.png:>B", "+A.png=A; !a.png");
        check("a.png=A b=B", "b:B> A.png:>B", "-2; !A.png");
    }

    #[test]
    fn a_file_and_a_folder_have_no_place_together() {
        check("x=A", "x:A> x/a:>B", "-1; +x/a=B");
        check("x=A", "x:A> x/a:>A", "1->x/a");
        check("x/a=A x/b=B", "x/a:A> x/b:B> x:>C", "-1; -2; +x=C");
        // Somebody else has the other one.
        check("x=A", "x/a:>B", "!x/a");
        check("x/a=A", "X:>B", "!X");
        check("x/a=A x-b=B", "x/b:>C xy:>D", "+x/b=C; +xy=D");
        let apart = catalog("x/a=A x=B y=C y/a=D y/b=A");
        let places: Vec<_> = apart.places().map(|(path, _)| path.as_str()).collect();
        assert_eq!(places, ["x/a", "y"]);
        let wrong = apart.problems().iter().map(|(id, _)| id.as_str());
        assert_eq!(wrong.collect::<Vec<_>>(), ["2", "4", "5"]);
        let free = |path: &str| apart.free(&AssetPath::new(path).unwrap(), None).to_string();
        assert_eq!(free("y/a"), "y (2)/a");
        assert_eq!(free("x"), "x (2)");
    }

    #[test]
    fn of_two_records_with_one_path_the_older_has_the_place() {
        let catalog = catalog("a=A A=B a=C ../x=D");
        let places: Vec<_> = catalog.places().map(|(path, _)| path.as_str()).collect();
        assert_eq!(places, ["a"]);
        let wrong: Vec<_> = catalog
            .problems()
            .iter()
            .map(|(id, _)| id.as_str())
            .collect();
        assert_eq!(wrong, ["2", "3", "4"]);
        let free = |path: &str, note| {
            catalog
                .free(&AssetPath::new(path).unwrap(), note)
                .to_string()
        };
        assert_eq!(free("a", None), "a (2)");
        assert_eq!(free("b", None), "b");
        assert_eq!(free("a", Some("copy")), "a (copy)");
    }
}
