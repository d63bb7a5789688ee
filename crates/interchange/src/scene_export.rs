//! A scene's records as glTF, with their bytes in one buffer.

mod bytes;
mod hierarchy;

pub(crate) use self::bytes::read as read_object;

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;
use wissil_model::kinds::scene::{in_order, index_of, keeps_free, slots};
use wissil_model::{Cid, Record, RecordId, Value};

use crate::error::ExportError;
use crate::extensions::may_count;
use crate::json::{self, Object};
use crate::references::FilePlaces;
use crate::scene_import::rename_members;
use crate::shape::{self, SHAPES, Shape};
use crate::{ExportDocument, looks, own};

/// A scene as glTF.
pub(crate) struct Assembled {
    /// The root object.
    pub root: Object,
    /// The buffer.
    pub bin: Vec<u8>,
    /// Where the records stand.
    pub places: FilePlaces,
}

/// Reads an object's bytes.
pub(crate) type ReadObject<'a> = &'a dyn Fn(&Cid) -> Result<Vec<u8>, String>;

/// Assembles the root object. `keep_places`: whether graphs name entities by number.
pub(crate) fn export(
    document: Option<&ExportDocument>,
    keep_places: bool,
    object: ReadObject<'_>,
    notes: &mut Vec<String>,
) -> Result<Assembled, ExportError> {
    let mut collections: HashMap<&str, Vec<Item<'_>>> = HashMap::new();
    let mut properties = None;
    for (collection, id, record) in document.into_iter().flat_map(|document| &document.records) {
        if collection == "properties" {
            properties = Some(record);
        } else {
            collections
                .entry(collection)
                .or_default()
                .push((id, record));
        }
    }
    for items in collections.values_mut() {
        in_order(items, |(id, record)| (index_of(record), id));
    }
    let by_id = collections
        .iter()
        .map(|(collection, items)| {
            let by_id = items
                .iter()
                .map(|(id, record)| (id.as_str(), *record))
                .collect();
            (*collection, by_id)
        })
        .collect();
    let mut root = properties.map(json::kept).unwrap_or_default();
    if let Some(properties) = properties {
        looks::put(&mut root, properties, notes);
    }
    let may_count = may_count(&root);
    let mut export = SceneExport {
        document: document.map_or("", |document| document.name.as_str()),
        collections,
        by_id,
        places: FilePlaces::default(),
        root,
        bin: Vec::new(),
        views: Vec::new(),
        view_places: HashMap::new(),
        fallback: 0,
        packing: None,
        notes,
        // What refers by number, in a way that nobody here knows, goes on meaning the same.
        keep_places: keep_places || !may_count.is_empty(),
        may_count,
    };
    if export
        .root
        .get("asset")
        .and_then(|asset| asset.get("version"))
        .is_none()
    {
        json::put(&mut export.root, "asset/version", "2.0".into());
        json::put(&mut export.root, "asset/generator", "WISSIL".into());
    }
    export.views(object)?;
    export.place_entities();
    for shape in SHAPES {
        match shape.collection {
            "views" | "scenes" => {}
            "images" => export.images(object)?,
            _ => export.plain(shape)?,
        }
    }
    export.scenes(properties)?;
    export.finish_channels();
    export.finish_views();
    Ok(Assembled {
        root: export.root,
        bin: export.bin,
        places: export.places,
    })
}

type Item<'a> = (&'a RecordId, &'a Record);

struct SceneExport<'a> {
    document: &'a str,
    collections: HashMap<&'a str, Vec<Item<'a>>>,
    by_id: HashMap<&'a str, HashMap<&'a str, &'a Record>>,
    /// Where the records that are written stand.
    places: FilePlaces,
    root: Object,
    bin: Vec<u8>,
    views: Vec<Json>,
    /// Where views begin in the buffer, by their record's id.
    view_places: HashMap<&'a str, (usize, usize)>,
    /// How many bytes the views have whose bytes an extension packs.
    fallback: usize,
    /// The extension that packs them.
    packing: Option<String>,
    notes: &'a mut Vec<String>,
    keep_places: bool,
    /// Extensions that may refer by number.
    may_count: Vec<String>,
}

impl<'a> SceneExport<'a> {
    fn items(&self, collection: &str) -> Vec<Item<'a>> {
        self.collections
            .get(collection)
            .cloned()
            .unwrap_or_default()
    }

    fn record(&self, collection: &str, id: &str) -> Option<&'a Record> {
        self.by_id.get(collection)?.get(id).copied()
    }

    /// Reserves a place for each record, in their order; free places are `None`.
    fn reserve(&mut self, shape: &Shape) -> Vec<Option<Item<'a>>> {
        let keeps_free = self.keep_places && keeps_free(shape.collection);
        slots(
            self.items(shape.collection),
            |(_, record)| index_of(record),
            keeps_free,
        )
    }

    /// Writes down where the records of a collection stand.
    fn settle(&mut self, shape: &'static Shape, slots: &[Option<Item<'a>>]) {
        let placed = slots
            .iter()
            .map(|slot| slot.map(|(id, record)| (id, index_of(record))));
        let shifted = placed
            .clone()
            .enumerate()
            .filter_map(|(now, slot)| Some((now, slot?.1?)))
            .filter(|(now, before)| *before >= 0.0 && *before as usize != *now)
            .count();
        self.places.note(shape.collection, placed);
        if shifted > 0 && shape.collection != "views" {
            let mut unsure = vec!["numbers that graphs compute".to_owned()];
            unsure.extend(
                self.may_count
                    .iter()
                    .map(|name| format!("what {name} refers to")),
            );
            self.notes.push(format!(
                "{shifted} of the {} have another number than before, because others are gone or came between; {} must \
                 be checked",
                shape.collection,
                unsure.join(" and ")
            ));
        }
    }

    /// Entities refer to each other and to skins, and skins to entities: their places come first.
    fn place_entities(&mut self) {
        let slots = self.reserve(&shape::ENTITIES);
        self.settle(&shape::ENTITIES, &slots);
    }

    /// A collection whose records need little but their shape.
    fn plain(&mut self, shape: &'static Shape) -> Result<(), ExportError> {
        let children = if shape.collection == "entities" {
            self.children()
        } else {
            HashMap::new()
        };
        let mut slots = self.reserve(shape);
        let mut written: Vec<Option<Object>> = Vec::with_capacity(slots.len());
        // Skins and entities refer to each other: whether a skin can be written is known before entities are.
        if shape.collection == "entities" {
            let skins = self.reserve(&shape::SKINS);
            let kept: Vec<_> = skins
                .into_iter()
                .filter(|slot| self.skin_stands(*slot))
                .collect();
            self.settle(&shape::SKINS, &kept);
        }
        slots.retain(|slot| match slot {
            Some((id, record)) => match self.try_write(shape, id, record) {
                Some(json) => {
                    written.push(Some(json));
                    true
                }
                None => false,
            },
            None => {
                written.push(None);
                true
            }
        });
        if !["entities", "skins"].contains(&shape.collection) {
            self.settle(shape, &slots);
        }
        let mut list = Vec::with_capacity(slots.len());
        for (index, (slot, json)) in slots.iter().zip(written).enumerate() {
            let (Some((id, record)), Some(mut json)) = (slot, json) else {
                let mut placeholder = placeholder(shape.collection);
                let own = Object::from_iter([("placeholder".to_owned(), true.into())]);
                if own::put(&mut placeholder, own) {
                    list.push(placeholder.into());
                }
                continue;
            };
            let mut own = own_id(id, shape, index);
            match shape.collection {
                "entities" => self.finish_entity(&mut json, &mut own, id, record, &children),
                "accessors" => self.finish_accessor(&mut json, record),
                "lights" if json.get("type").and_then(Json::as_str) == Some("spot") => {
                    json.entry("spot").or_insert_with(|| Object::new().into());
                }
                "lights" if without_cone(&json) => {
                    json.remove("spot");
                }
                _ => {}
            }
            self.own(&mut json, own, id);
            list.push(json.into());
        }
        self.put_list(shape, list);
        Ok(())
    }

    /// The record as glTF; none, and a note, when what it cannot do without is gone.
    fn try_write(
        &mut self,
        shape: &'static Shape,
        id: &RecordId,
        record: &Record,
    ) -> Option<Object> {
        match self.write(shape, id, record) {
            Ok(json) => Some(json),
            Err(error) => {
                self.notes.push(format!("`{id}` was left out: {error}"));
                None
            }
        }
    }

    /// What the shape tells of a record, its references as places.
    fn write(
        &mut self,
        shape: &'static Shape,
        id: &RecordId,
        record: &Record,
    ) -> Result<Object, ExportError> {
        let shape = shape.of(text(record, "projection"));
        let mut json = json::kept(record);
        let unnamed = matches!(json.get("name"), Some(Json::Null));
        if unnamed {
            json.remove("name");
        }
        for (path, field) in shape.members {
            if let Some(value) = record.get(field) {
                json::put(&mut json, path, json::back(value));
            }
        }
        if let Some(name) = text(record, "name")
            && shape.title.is_some()
        {
            let before = index_of(record).filter(|before| *before >= 0.0);
            let usual = before.and_then(|before| shape.fallback_name(before as usize));
            if !unnamed || usual.as_deref() != Some(name) {
                json.insert("name".into(), name.into());
            }
        }
        let mut whole = Json::Object(json);
        if shape.collection == "materials" {
            rename_members(&mut whole, "texture", "index");
        }
        self.resolve(shape, id, &mut whole)?;
        match whole {
            Json::Object(json) => Ok(json),
            _ => Ok(Object::new()),
        }
    }

    /// Turns record ids into places, and takes out what names records that are gone.
    fn resolve(
        &mut self,
        shape: &Shape,
        id: &RecordId,
        whole: &mut Json,
    ) -> Result<(), ExportError> {
        let mut gone: BTreeSet<Vec<String>> = BTreeSet::new();
        let mut unusable = None;
        for link in shape.links {
            let places = &self.places;
            shape::visit(whole, link.path, &mut |leaf, trail| {
                let Some(target) = leaf.as_str() else { return };
                match places.get(link.collection, target) {
                    Some(place) => *leaf = place.into(),
                    None if link.scope == 0 => unusable = Some(target.to_owned()),
                    None => {
                        gone.insert(trail.iter().take(link.scope).cloned().collect());
                    }
                }
            });
        }
        if let Some(target) = unusable {
            return Err(self.broken(id, format!("it needs `{target}`, which is gone")));
        }
        // Backwards, so that places in lists stay right while items go.
        for trail in sorted_backwards(gone) {
            self.notes.push(format!(
                "`{id}`: `{}` was left out, because what it names is gone",
                trail.join("/")
            ));
            shape::remove(whole, &trail);
        }
        let needed: &[&str] = match shape.collection {
            "meshes" => &["primitives"],
            "animations" => &["channels", "samplers"],
            _ => &[],
        };
        let missing = |member: &&&str| {
            let items = whole.get(**member).and_then(Json::as_array);
            items.is_none_or(Vec::is_empty)
        };
        if let Some(member) = needed.iter().find(missing) {
            return Err(self.broken(id, format!("it has no {member}")));
        }
        Ok(())
    }

    fn skin_stands(&self, slot: Option<Item<'a>>) -> bool {
        let Some((_, record)) = slot else {
            return false;
        };
        let stands = |collection: &str, id: &Value| {
            let id = id.as_text();
            id.is_some_and(|id| self.places.get(collection, id).is_some())
        };
        let joints = record
            .get("joints")
            .and_then(Value::as_list)
            .unwrap_or_default();
        let matrices = record.get("inverse_bind_matrices");
        !joints.is_empty()
            && joints.iter().all(|joint| stands("entities", joint))
            && matrices.is_none_or(|matrices| stands("accessors", matrices))
    }

    /// Pointers of channels may lead to any list, so they are written when all places are known.
    fn finish_channels(&mut self) {
        const POINTER: &str =
            "animations/*/channels/*/target/extensions/KHR_animation_pointer/pointer";
        let mut root = Json::Object(std::mem::take(&mut self.root));
        let (places, notes) = (&self.places, &mut *self.notes);
        shape::visit(&mut root, POINTER, &mut |leaf, trail| {
            let Some(pointer) = leaf.as_str() else { return };
            let (written, gone) = places.of_channel(pointer);
            if gone {
                notes.push(format!(
                    "`{}` moves what is gone, and does nothing",
                    trail.iter().take(4).cloned().collect::<Vec<_>>().join("/")
                ));
            }
            *leaf = written.into();
        });
        if let Json::Object(root) = root {
            self.root = root;
        }
    }

    /// glTF forbids empty lists.
    fn put_list(&mut self, shape: &Shape, list: Vec<Json>) {
        if !list.is_empty() {
            json::put(&mut self.root, shape.list, list.into());
        }
    }

    fn own(&mut self, json: &mut Object, own: Object, id: &RecordId) {
        if !own::put(json, own) {
            self.notes
                .push(format!("`{id}`: its extras leave no room for its id, so importing the file gives another one"));
        }
    }

    fn broken(&self, id: &RecordId, problem: String) -> ExportError {
        ExportError::Record {
            document: self.document.to_owned(),
            record: id.clone(),
            problem,
        }
    }
}

/// Whether a light is of a kind that has no cone.
pub(crate) fn without_cone(light: &Object) -> bool {
    matches!(
        light.get("type").and_then(Json::as_str),
        Some("point" | "directional")
    )
}

/// What stands at the place of a record that is gone: nothing refers to it, and it means nothing.
pub(crate) fn placeholder(collection: &str) -> Object {
    let json = match collection {
        "cameras" => serde_json::json!({
            "type": "perspective", "perspective": { "yfov": 1, "znear": 0.01 }
        }),
        "lights" => serde_json::json!({ "type": "point" }),
        _ => serde_json::json!({}),
    };
    match json {
        Json::Object(object) => object,
        _ => Object::new(),
    }
}

fn text<'a>(record: &'a Record, field: &str) -> Option<&'a str> {
    record.get(field).and_then(Value::as_text)
}

fn number(record: &Record, field: &str) -> Option<u64> {
    let number = record.get(field)?.as_number()?;
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}

fn own_id(id: &RecordId, shape: &Shape, index: usize) -> Object {
    let usual = format!("{}_{index}", shape.prefix);
    if id.as_str() == usual {
        Object::new()
    } else {
        Object::from_iter([("id".to_owned(), id.as_str().into())])
    }
}

/// Later items of a list before earlier ones; of nested trails only the outer.
fn sorted_backwards(trails: BTreeSet<Vec<String>>) -> Vec<Vec<String>> {
    let mut kept: Vec<Vec<String>> = Vec::new();
    for trail in trails {
        if !kept.iter().any(|outer| trail.starts_with(outer)) {
            kept.push(trail);
        }
    }
    let numbers = |trail: &[String]| -> Vec<(Option<u64>, String)> {
        trail
            .iter()
            .map(|step| (step.parse().ok(), step.clone()))
            .collect()
    };
    kept.sort_by_key(|trail| std::cmp::Reverse(numbers(trail)));
    kept
}
