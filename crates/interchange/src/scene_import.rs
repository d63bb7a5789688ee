//! A glTF file's scene as records.

mod bytes;
mod tree;

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::{DocumentKind, MAX_RECORDS, Record, RecordId, Value};

use self::tree::Tree;
use crate::data::{Objects, Resolve};
use crate::error::{ImportError, property};
use crate::extensions::UNDERSTOOD;
use crate::graph_import::Places;
use crate::json::{self, Object};
use crate::note::Notes;
use crate::scene_export::{placeholder, without_cone};
use crate::shape::{self, SHAPES, Shape};
use crate::{NewRecord, looks, own};

/// The id of the record that holds what belongs to the file as a whole.
pub(crate) const PROPERTIES: &str = "scene";

/// A scene on its way in.
pub(crate) struct SceneImport<'a> {
    objects: &'a mut Objects,
    notes: &'a mut Notes,
    lists: HashMap<&'static str, Vec<Json>>,
    ids: HashMap<&'static str, Vec<RecordId>>,
    base: Option<&'a str>,
    records: Vec<NewRecord>,
    places: Places,
}

/// The bytes that come with a file's JSON.
pub(crate) struct Bytes<'a> {
    /// The container's binary chunk.
    pub bin: Option<&'a [u8]>,
    /// Whether there is a container.
    pub container: bool,
    /// Reads side files.
    pub resolve: Resolve<'a>,
}

/// Takes the scene out of the root object: its records, and where they stood. Their ids begin with `base`, if there is
/// one.
pub(crate) fn import(
    mut root: Object,
    bytes: &Bytes<'_>,
    base: Option<&str>,
    objects: &mut Objects,
    notes: &mut Notes,
) -> Result<(Vec<NewRecord>, Places), ImportError> {
    let mut lists = HashMap::new();
    let mut ids = HashMap::new();
    for shape in SHAPES {
        let list = match json::take(&mut root, shape.list) {
            None => Vec::new(),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(property(format!("/{}", shape.list), "must be a list")),
        };
        let of_list = match base {
            None => own::ids(&list, shape.prefix),
            Some(_) => (0..list.len())
                .map(|index| id_of(base, shape.prefix, index))
                .collect(),
        };
        ids.insert(shape.collection, of_list);
        lists.insert(shape.collection, list);
    }
    let found: usize = lists.values().map(Vec::len).sum();
    if found > MAX_RECORDS {
        return Err(ImportError::TooLarge {
            what: "the scene, in records".into(),
            found: found as u64,
            most: MAX_RECORDS as u64,
        });
    }
    let mut import = SceneImport {
        objects,
        notes,
        lists,
        ids,
        base,
        records: Vec::with_capacity(found + 1),
        places: Places::new(),
    };
    import.views(&mut root, bytes)?;
    import.accessors()?;
    import.images(bytes)?;
    import.entities_and_scenes(&mut root)?;
    for shape in SHAPES {
        if !["views", "accessors", "images", "entities", "scenes"].contains(&shape.collection) {
            import.plain(shape)?;
        }
    }
    import.properties(root);
    Ok((import.records, import.places))
}

/// The id of the record that stands there in a list.
fn id_of(base: Option<&str>, prefix: &str, index: usize) -> RecordId {
    match base {
        Some(base) => format!("{base}-{prefix}_{index}").into(),
        None => format!("{prefix}_{index}").into(),
    }
}

impl SceneImport<'_> {
    /// The list's items with their ids.
    fn take(&mut self, collection: &'static str) -> Vec<(RecordId, Json)> {
        let items = self.lists.remove(collection).unwrap_or_default();
        self.ids
            .get(collection)
            .into_iter()
            .flatten()
            .cloned()
            .zip(items)
            .collect()
    }

    fn push(
        &mut self,
        shape: &Shape,
        id: RecordId,
        record: Record,
        pointer: &str,
    ) -> Result<(), ImportError> {
        check(shape, &record, pointer)?;
        self.places
            .insert((shape.collection, id.clone()), pointer.to_owned());
        self.records.push((shape.collection, id, record));
        Ok(())
    }

    /// A collection whose objects need nothing but their shape.
    fn plain(&mut self, shape: &'static Shape) -> Result<(), ImportError> {
        for (index, (id, item)) in self.take(shape.collection).into_iter().enumerate() {
            let pointer = format!("/{}/{index}", shape.list);
            let shape = shape.of(item.get("type").and_then(Json::as_str));
            let (mut object, own) = opened(item, &pointer)?;
            if own.contains_key("placeholder") && object == placeholder(shape.collection) {
                continue;
            }
            if shape.collection == "lights" {
                // A spot light has its object even when that says nothing, and other lights need none.
                let says_nothing = object.get("spot") == Some(&Object::new().into());
                if says_nothing || without_cone(&object) {
                    object.remove("spot");
                }
            }
            let record = self.read(shape, index, &mut object, &pointer)?;
            self.push(shape, id, record, &pointer)?;
        }
        Ok(())
    }

    /// Reads what the shape tells of an object; the rest becomes `source`.
    fn read(
        &self,
        shape: &Shape,
        index: usize,
        object: &mut Object,
        pointer: &str,
    ) -> Result<Record, ImportError> {
        let mut whole = Json::Object(std::mem::take(object));
        let mut broken = None;
        for link in shape.links {
            let ids = self
                .ids
                .get(link.collection)
                .map(Vec::as_slice)
                .unwrap_or_default();
            shape::visit(&mut whole, link.path, &mut |leaf, trail| {
                // An extension nobody here knows may mean something else by the same word.
                if link.path.starts_with("extensions/*") && !leaf.is_number() {
                    return;
                }
                let place = format!("{pointer}/{}", trail.join("/"));
                match json::index(leaf, ids.len(), link.collection, &place) {
                    Ok(index) => {
                        *leaf = ids
                            .get(index)
                            .map(RecordId::as_str)
                            .unwrap_or_default()
                            .into()
                    }
                    Err(error) => broken = broken.take().or(Some(error)),
                }
            });
        }
        if let Some(error) = broken {
            return Err(error);
        }
        if shape.collection == "materials" {
            rename_members(&mut whole, "index", "texture");
        }
        if let Json::Object(members) = whole {
            *object = members;
        }
        let mut record = Record::new();
        for (path, field) in shape.members {
            // An empty list is not allowed and says as much as none.
            let found = json::take(object, path).filter(|found| found != &Json::Array(Vec::new()));
            if let Some(found) = found {
                record.set(*field, json::value(found));
            }
        }
        if let Some(fallback) = shape.fallback_name(index) {
            match object.remove("name") {
                Some(name) => record.set("name", json::value(name)),
                None => {
                    record.set("name", Value::text(fallback));
                    // Remembers that the file gave none, so that export does not invent one.
                    object.insert("name".into(), Json::Null);
                }
            }
        }
        record.set("index", Value::Number(index as f64));
        if !object.is_empty() {
            record.set("source", json::keep(Json::Object(std::mem::take(object))));
        }
        Ok(record)
    }

    fn entities_and_scenes(&mut self, root: &mut Object) -> Result<(), ImportError> {
        let entities = self.take("entities");
        let mut tree = Tree::read(&entities)?;
        let scenes = self.take("scenes");
        let chosen = match root.get("scene") {
            None => None,
            Some(index) => Some(json::index(index, scenes.len(), "scenes", "/scene")?),
        };
        let main = chosen.or((!scenes.is_empty()).then_some(0));
        let mut place_in_main: HashMap<usize, usize> = HashMap::new();
        for (index, (id, item)) in scenes.into_iter().enumerate() {
            let pointer = format!("/scenes/{index}");
            let (mut object, _) = opened(item, &pointer)?;
            if main == Some(index) {
                place_in_main = self.roots(&object, &mut tree, entities.len(), &pointer)?;
                object.remove("nodes");
            }
            let record = self.read(&shape::SCENES, index, &mut object, &pointer)?;
            if chosen == Some(index) {
                root.insert("scene".into(), id.as_str().into());
            }
            self.push(&shape::SCENES, id, record, &pointer)?;
        }
        for (index, (id, item)) in entities.into_iter().enumerate() {
            let pointer = format!("/nodes/{index}");
            let (mut object, own) = opened(item, &pointer)?;
            object.remove("children");
            if object.is_empty() && own.contains_key("placeholder") {
                continue;
            }
            let visible = take_visibility(&mut object, &pointer)?;
            let mut record = self.read(&shape::ENTITIES, index, &mut object, &pointer)?;
            match tree.parents.get(index).copied().flatten() {
                Some((parent, order)) => {
                    let parent = self.ids.get("entities").and_then(|ids| ids.get(parent));
                    record.set("parent", parent.map(Value::from).unwrap_or_default());
                    record.set("order", Value::Number(order as f64));
                }
                None => match place_in_main.get(&index) {
                    Some(order) => record.set("order", Value::Number(*order as f64)),
                    None => record.set("detached", Value::Bool(true)),
                },
            }
            if !visible {
                record.set("visible", Value::Bool(false));
            }
            if own.get("locked") == Some(&Json::Bool(true)) {
                record.set("locked", Value::Bool(true));
            }
            self.push(&shape::ENTITIES, id, record, &pointer)?;
        }
        Ok(())
    }

    /// The nodes that the main scene shows, with their places among its roots.
    ///
    /// A node that hangs under another one is no root, and some files name such nodes all the same. Viewers show them
    /// without what they hang under, so they become roots, unless what they hang under is shown too.
    fn roots(
        &mut self,
        scene: &Object,
        tree: &mut Tree,
        count: usize,
        pointer: &str,
    ) -> Result<HashMap<usize, usize>, ImportError> {
        let mut listed = Vec::new();
        for (at, root) in json::list(scene, "nodes", pointer)?.iter().enumerate() {
            let pointer = format!("{pointer}/nodes/{at}");
            listed.push((json::index(root, count, "nodes", &pointer)?, pointer));
        }
        let shown: HashSet<usize> = listed.iter().map(|(node, _)| *node).collect();
        let mut places = HashMap::new();
        for (node, pointer) in listed {
            let Some(parent) = tree.parent(node) else {
                let next = places.len();
                places.entry(node).or_insert(next);
                continue;
            };
            if tree.ancestors(node).any(|it| shown.contains(&it)) {
                self.notes.problem(
                    pointer,
                    format!("names node {node}, which is shown already where it hangs, under node {parent}"),
                );
            } else {
                tree.detach(node);
                let next = places.len();
                places.insert(node, next);
                self.notes.problem(
                    pointer,
                    format!(
                        "names node {node}, which hangs under node {parent}, which is not shown; it became a root of \
                         the scene and hangs under nothing"
                    ),
                );
            }
        }
        tree.close();
        Ok(places)
    }

    fn properties(&mut self, mut root: Object) {
        let mut record = Record::new();
        if let Some(Json::String(scene)) = root.remove("scene") {
            record.set("scene", Value::text(scene));
        }
        let unknown: Vec<String> = root
            .get("extensionsUsed")
            .and_then(Json::as_array)
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .filter(|name| !UNDERSTOOD.contains(name))
            .map(str::to_owned)
            .collect();
        if !unknown.is_empty() {
            self.notes.note(
                "/extensionsUsed",
                format!(
                    "names extensions that are kept as they are, without being understood: {}",
                    unknown.join(", ")
                ),
            );
        }
        let required = root.get("extensionsRequired").and_then(Json::as_array);
        for (at, name) in required.into_iter().flatten().enumerate() {
            let used = root.get("extensionsUsed").and_then(Json::as_array);
            let is_used = used.is_some_and(|used| used.contains(name));
            if let Some(name) = name.as_str().filter(|_| !is_used) {
                let known = match UNDERSTOOD.contains(&name) {
                    true => "",
                    false => {
                        ". It is kept, without being understood: the file may mean something else than is shown"
                    }
                };
                self.notes.problem(
                    format!("/extensionsRequired/{at}"),
                    format!("names {name}, which `extensionsUsed` does not{known}"),
                );
            }
        }
        looks::take(&mut root, &mut record);
        if !root.is_empty() {
            record.set("source", json::keep(Json::Object(root)));
        }
        self.records
            .push(("properties", RecordId::from(PROPERTIES), record));
    }
}

/// An item of a list as an object, without our own extras, which come beside it.
fn opened(item: Json, pointer: &str) -> Result<(Object, Object), ImportError> {
    match item {
        Json::Object(mut object) => {
            for (name, extension) in json::entries(&object, "extensions", pointer)? {
                json::object(
                    extension,
                    &format!("{pointer}/extensions/{}", json::escape(name)),
                )?;
            }
            let own = own::take(&mut object);
            Ok((object, own))
        }
        _ => Err(property(pointer, "must be an object")),
    }
}

/// Renames one member of all texture infos of a material.
pub(crate) fn rename_members(material: &mut Json, from: &str, to: &str) {
    for path in shape::TEXTURE_INFOS {
        shape::visit(material, path, &mut |info, _| {
            if let Some(info) = info.as_object_mut()
                && let Some(index) = info.remove(from)
            {
                info.insert(to.to_owned(), index);
            }
        });
    }
}

/// Takes KHR_node_visibility's answer; the extension's object stays as a sign that it was there.
fn take_visibility(object: &mut Object, pointer: &str) -> Result<bool, ImportError> {
    let visible = object
        .get_mut("extensions")
        .and_then(|extensions| extensions.get_mut("KHR_node_visibility"))
        .and_then(Json::as_object_mut)
        .and_then(|extension| extension.remove("visible"));
    match visible {
        None => Ok(true),
        Some(Json::Bool(visible)) => Ok(visible),
        Some(_) => Err(property(
            format!("{pointer}/extensions/KHR_node_visibility/visible"),
            "must be true or false",
        )),
    }
}

/// Checks a record against its schema and names the member at fault.
fn check(shape: &Shape, record: &Record, pointer: &str) -> Result<(), ImportError> {
    let Some(schema) = DocumentKind::SCENE.schema().collection(shape.collection) else {
        return Err(property(
            pointer,
            format!("`{}` is no collection", shape.collection),
        ));
    };
    schema.check(record).map_err(|error| {
        let member = shape
            .members
            .iter()
            .find(|(_, field)| *field == error.field)
            .map_or(error.field.as_str(), |(path, _)| path);
        property(format!("{pointer}/{member}"), error.problem)
    })
}
