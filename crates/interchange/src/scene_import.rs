//! A glTF file's scene as records.

use std::collections::HashMap;

use serde_json::Value as Json;
use wissil_model::{DocumentKind, MAX_RECORDS, Record, RecordId, Value};

use crate::data::{self, Objects, Resolve};
use crate::error::{ImportError, property};
use crate::json::{self, Object};
use crate::shape::{self, SHAPES, Shape};
use crate::{NewRecord, accessor, own};

/// The id of the record that holds what belongs to the file as a whole.
pub(crate) const PROPERTIES: &str = "scene";

/// Extensions whose members have fields, or whose indices are kept right.
const UNDERSTOOD: [&str; 11] = [
    "KHR_lights_punctual",
    "KHR_node_visibility",
    "KHR_interactivity",
    "KHR_animation_pointer",
    "KHR_texture_transform",
    "KHR_texture_basisu",
    "EXT_texture_webp",
    "EXT_texture_avif",
    "KHR_draco_mesh_compression",
    "EXT_mesh_gpu_instancing",
    "KHR_materials_variants",
];

/// A scene on its way in.
pub(crate) struct SceneImport<'a> {
    objects: &'a mut Objects,
    notes: &'a mut Vec<String>,
    lists: HashMap<&'static str, Vec<Json>>,
    ids: HashMap<&'static str, Vec<RecordId>>,
    records: Vec<NewRecord>,
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

/// Takes the scene out of the root object.
pub(crate) fn import(
    mut root: Object,
    bytes: &Bytes<'_>,
    objects: &mut Objects,
    notes: &mut Vec<String>,
) -> Result<Vec<NewRecord>, ImportError> {
    let mut lists = HashMap::new();
    let mut ids = HashMap::new();
    for shape in SHAPES {
        let list = match json::take(&mut root, shape.list) {
            None => Vec::new(),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(property(format!("/{}", shape.list), "must be a list")),
        };
        ids.insert(shape.collection, own::ids(&list, shape.prefix));
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
        records: Vec::with_capacity(found + 1),
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
    Ok(import.records)
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
        self.records.push((shape.collection, id, record));
        Ok(())
    }

    /// A collection whose objects need nothing but their shape.
    fn plain(&mut self, shape: &'static Shape) -> Result<(), ImportError> {
        for (index, (id, item)) in self.take(shape.collection).into_iter().enumerate() {
            let pointer = format!("/{}/{index}", shape.list);
            let shape = shape.of(item.get("type").and_then(Json::as_str));
            let (mut object, _) = opened(item, &pointer)?;
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
        for link in shape.links {
            let ids = self
                .ids
                .get(link.collection)
                .map(Vec::as_slice)
                .unwrap_or_default();
            shape::visit(
                &mut whole,
                link.path,
                &mut Vec::new(),
                &mut |leaf, trail| {
                    // An extension nobody here knows may mean something else by the same word.
                    if link.path.starts_with("extensions/*") && !leaf.is_number() {
                        return Ok(());
                    }
                    let place = format!("{pointer}/{}", trail.join("/"));
                    let index = json::index(leaf, ids.len(), link.collection, &place)?;
                    *leaf = ids
                        .get(index)
                        .map(RecordId::as_str)
                        .unwrap_or_default()
                        .into();
                    Ok(())
                },
            )?;
        }
        if shape.collection == "materials" {
            rename_members(&mut whole, "index", "texture");
        }
        if let Json::Object(members) = whole {
            *object = members;
        }
        let mut record = Record::new();
        for (path, field) in shape.members {
            if let Some(found) = json::take(object, path) {
                record.set(*field, json::value(found, &format!("{pointer}/{path}"))?);
            }
        }
        if let Some(fallback) = shape.fallback_name(index) {
            match object.remove("name") {
                Some(name) => record.set("name", json::value(name, &format!("{pointer}/name"))?),
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

    fn views(&mut self, root: &mut Object, bytes: &Bytes<'_>) -> Result<(), ImportError> {
        let buffers = match root.remove("buffers") {
            None => Vec::new(),
            Some(Json::Array(items)) => items,
            Some(_) => return Err(property("/buffers", "must be a list")),
        };
        let contents = data::buffers(
            &buffers,
            bytes.bin,
            bytes.container,
            bytes.resolve,
            self.notes,
        )?;
        for (index, (id, item)) in self.take("views").into_iter().enumerate() {
            let pointer = format!("/bufferViews/{index}");
            let (mut object, own) = opened(item, &pointer)?;
            refuse_foreign_layout(&object, &pointer)?;
            let buffer = object
                .remove("buffer")
                .ok_or_else(|| property(&pointer, "has no `buffer`"))?;
            let buffer = json::index(
                &buffer,
                buffers.len(),
                "buffers",
                &format!("{pointer}/buffer"),
            )?;
            let offset = json::natural(&object, "byteOffset", &pointer)?.unwrap_or(0);
            let length = json::natural(&object, "byteLength", &pointer)?
                .ok_or_else(|| property(&pointer, "has no `byteLength`"))?;
            object.remove("byteOffset");
            let mut record = self.read(&shape::VIEWS, index, &mut object, &pointer)?;
            if let Some(Some(content)) = contents.get(buffer)
                && !own.contains_key("missing")
            {
                let content = slice(content, offset, length).ok_or_else(|| ImportError::Data {
                    pointer: pointer.clone(),
                    offset,
                    problem: format!(
                        "{length} bytes from here leave buffer {buffer} of {} bytes",
                        content.len()
                    ),
                })?;
                record.set("object", Value::text(self.objects.add(content).to_string()));
            }
            self.push(&shape::VIEWS, id, record, &pointer)?;
        }
        self.keep_buffer_members(root, buffers);
        Ok(())
    }

    /// All buffers become one on export; what the first carried besides its bytes stays with it.
    fn keep_buffer_members(&mut self, root: &mut Object, buffers: Vec<Json>) {
        for (at, buffer) in buffers.into_iter().enumerate() {
            let Json::Object(mut members) = buffer else {
                continue;
            };
            for known in ["uri", "byteLength"] {
                members.remove(known);
            }
            if members.is_empty() {
                continue;
            }
            if at == 0 {
                root.insert("buffers".into(), Json::Array(vec![members.into()]));
            } else {
                self.notes.push(format!(
                    "/buffers/{at}: its name and extras were left out, because buffers become one"
                ));
            }
        }
    }

    fn accessors(&mut self) -> Result<(), ImportError> {
        let views: HashMap<RecordId, (u64, Option<u64>)> = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "views")
            .map(|(_, id, view)| {
                (
                    id.clone(),
                    (number(view, "length").unwrap_or(0), number(view, "stride")),
                )
            })
            .collect();
        for (index, (id, item)) in self.take("accessors").into_iter().enumerate() {
            let pointer = format!("/accessors/{index}");
            let (mut object, _) = opened(item, &pointer)?;
            let record = self.read(&shape::ACCESSORS, index, &mut object, &pointer)?;
            check(&shape::ACCESSORS, &record, &pointer)?;
            check_accessor(&record, &views, &pointer)?;
            self.records.push(("accessors", id, record));
        }
        Ok(())
    }

    fn images(&mut self, bytes: &Bytes<'_>) -> Result<(), ImportError> {
        let mut view_count = self.ids.get("views").map_or(0, Vec::len);
        let held: HashMap<String, Option<Value>> = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "views")
            .map(|(_, id, view)| (id.as_str().to_owned(), view.get("object").cloned()))
            .collect();
        let mut next_view = (view_count..)
            .map(|index| format!("view_{index}"))
            .filter(|id| !held.contains_key(id));
        for (index, (id, item)) in self.take("images").into_iter().enumerate() {
            let pointer = format!("/images/{index}");
            let (mut object, own) = opened(item, &pointer)?;
            let uri = json::text(&object, "uri", &pointer)?.map(str::to_owned);
            object.remove("uri");
            if uri.is_some() && object.contains_key("bufferView") {
                return Err(property(
                    pointer,
                    "has both `uri` and `bufferView`, and may have one",
                ));
            }
            let mut record = self.read(&shape::IMAGES, index, &mut object, &pointer)?;
            if let Some(file) = own.get("uri").and_then(Json::as_str) {
                record.set("uri", Value::text(file));
            }
            let view = record
                .get("view")
                .and_then(Value::as_text)
                .map(str::to_owned);
            if let Some(view) = view {
                let content = held.get(&view).cloned().flatten();
                record.set("object", content.unwrap_or_default());
            } else if let Some(uri) = uri {
                let fetched = data::fetch(&uri, &pointer, bytes.resolve)?;
                let cid = Value::text(self.objects.add(&fetched.bytes).to_string());
                if record.get("media_type").is_none() {
                    let by_content = data::picture_type(&fetched.bytes, fetched.file.as_deref());
                    let media_type = by_content.map(str::to_owned).or(fetched.media_type);
                    record.set(
                        "media_type",
                        media_type.map(Value::Text).unwrap_or_default(),
                    );
                }
                record.set("object", cid.clone());
                record.set("uri", fetched.file.map(Value::Text).unwrap_or_default());
                // Inside a container pictures stand in views, so it gets one now, after those of the file.
                let view = RecordId::from(next_view.next().unwrap_or_default());
                record.set("view", Value::from(&view));
                let length = fetched.bytes.len() as f64;
                let view_record = Record::new()
                    .with("object", cid)
                    .with("length", length)
                    .with("index", view_count as f64);
                self.push(&shape::VIEWS, view, view_record, &pointer)?;
                view_count += 1;
            }
            self.push(&shape::IMAGES, id, record, &pointer)?;
        }
        Ok(())
    }

    fn entities_and_scenes(&mut self, root: &mut Object) -> Result<(), ImportError> {
        let entities = self.take("entities");
        let tree = Tree::read(&entities)?;
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
                for (at, root) in json::list(&object, "nodes", &pointer)?.iter().enumerate() {
                    let pointer = format!("{pointer}/nodes/{at}");
                    let node = json::index(root, entities.len(), "nodes", &pointer)?;
                    if tree.parents.get(node).is_some_and(Option::is_some) {
                        self.notes.push(format!(
                            "{pointer}: node {node} hangs under another one and is no root"
                        ));
                    } else {
                        place_in_main.entry(node).or_insert(at);
                    }
                }
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
            self.notes.push(format!(
                "kept as they are, without being understood: {}",
                unknown.join(", ")
            ));
        }
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
            let own = own::take(&mut object);
            Ok((object, own))
        }
        _ => Err(property(pointer, "must be an object")),
    }
}

/// Renames one member of all texture infos of a material.
pub(crate) fn rename_members(material: &mut Json, from: &str, to: &str) {
    for path in shape::TEXTURE_INFOS {
        let renamed: Result<(), ()> =
            shape::visit(material, path, &mut Vec::new(), &mut |info, _| {
                if let Some(info) = info.as_object_mut()
                    && let Some(index) = info.remove(from)
                {
                    info.insert(to.to_owned(), index);
                }
                Ok(())
            });
        // Nothing above can fail.
        debug_assert!(renamed.is_ok());
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

/// Some extensions place a view's bytes themselves; such files must be unpacked first.
fn refuse_foreign_layout(view: &Object, pointer: &str) -> Result<(), ImportError> {
    let extensions = view.get("extensions").and_then(Json::as_object);
    match extensions
        .into_iter()
        .flatten()
        .find(|(_, extension)| extension.get("buffer").is_some())
    {
        Some((name, _)) => Err(property(
            format!("{pointer}/extensions/{}", json::escape(name)),
            "packs the bytes in a way this version does not unpack. Save the file without this compression",
        )),
        None => Ok(()),
    }
}

fn slice(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

fn number(record: &Record, field: &str) -> Option<u64> {
    let number = record.get(field)?.as_number()?;
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}

/// Checks a record against its schema and names the member at fault.
fn check(shape: &Shape, record: &Record, pointer: &str) -> Result<(), ImportError> {
    let Some(schema) = DocumentKind::Scene.schema().collection(shape.collection) else {
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

fn check_accessor(
    record: &Record,
    views: &HashMap<RecordId, (u64, Option<u64>)>,
    pointer: &str,
) -> Result<(), ImportError> {
    let whole = |field: &str, member: &str| {
        number(record, field).ok_or_else(|| {
            property(
                format!("{pointer}/{member}"),
                "must be a whole number, 0 or greater",
            )
        })
    };
    let component_type = whole("component_type", "componentType")?;
    let element = record
        .get("element")
        .and_then(Value::as_text)
        .unwrap_or_default();
    let component = accessor::component_size(component_type).ok_or_else(|| {
        property(
            format!("{pointer}/componentType"),
            format!("{component_type} is no component type"),
        )
    })?;
    let element_size = accessor::element_size(component_type, element).ok_or_else(|| {
        property(
            format!("{pointer}/type"),
            "must be SCALAR, VEC2 to VEC4 or MAT2 to MAT4",
        )
    })?;
    let count = whole("count", "count")?;
    if count == 0 || count > u64::from(u32::MAX) {
        return Err(property(
            format!("{pointer}/count"),
            "must be from 1 to 4294967295",
        ));
    }
    let offset = if record.get("offset").is_some() {
        whole("offset", "byteOffset")?
    } else {
        0
    };
    let fits = |view: &str, offset: u64, count: u64, size: u64, strided: bool, place: &str| {
        let Some((length, stride)) = views.get(view) else {
            return Ok(());
        };
        let stride = stride.filter(|_| strided).unwrap_or(size);
        let end =
            accessor::extent(count, stride, size).and_then(|extent| extent.checked_add(offset));
        match end {
            Some(end) if end <= *length => Ok(()),
            _ => Err(ImportError::Data {
                pointer: place.to_owned(),
                offset,
                problem: format!(
                    "{count} elements of {size} bytes, {stride} apart, leave their view of {length} bytes"
                ),
            }),
        }
    };
    if let Some(view) = record.get("view").and_then(Value::as_text) {
        fits(view, offset, count, element_size, true, pointer)?;
    }
    let Some(sparse) = record.get("sparse") else {
        return Ok(());
    };
    let place = format!("{pointer}/sparse");
    let part = |value: Option<&Value>| {
        value
            .and_then(Value::as_number)
            .filter(|number| *number >= 0.0 && number.fract() == 0.0)
            .map(|number| number as u64)
    };
    let sparse_count = part(sparse.get("count"))
        .filter(|sparse_count| (1..=count).contains(sparse_count))
        .ok_or_else(|| {
            property(
                format!("{place}/count"),
                format!("must be from 1 to the accessor's {count}"),
            )
        })?;
    for (member, size) in [("indices", None), ("values", Some(element_size))] {
        let place = format!("{place}/{member}");
        let inner = sparse
            .get(member)
            .ok_or_else(|| property(&place, "is missing"))?;
        let size = match size {
            Some(size) => size,
            None => part(inner.get("componentType"))
                .filter(|kind| [5121, 5123, 5125].contains(kind))
                .and_then(accessor::component_size)
                .ok_or_else(|| {
                    property(
                        format!("{place}/componentType"),
                        "must be 5121, 5123 or 5125",
                    )
                })?,
        };
        let view = inner
            .get("bufferView")
            .and_then(Value::as_text)
            .ok_or_else(|| property(&place, "has no `bufferView`"))?;
        let offset = part(inner.get("byteOffset")).unwrap_or(0);
        fits(view, offset, sparse_count, size, false, &place)?;
    }
    debug_assert!(component > 0);
    Ok(())
}

/// Who hangs under whom.
struct Tree {
    /// By node: its parent and its place among the parent's children.
    parents: Vec<Option<(usize, usize)>>,
}

impl Tree {
    fn read(nodes: &[(RecordId, Json)]) -> Result<Self, ImportError> {
        let mut parents: Vec<Option<(usize, usize)>> = vec![None; nodes.len()];
        for (node, (_, item)) in nodes.iter().enumerate() {
            let pointer = format!("/nodes/{node}");
            let item = json::object(item, &pointer)?;
            for (order, child) in json::list(item, "children", &pointer)?.iter().enumerate() {
                let pointer = format!("{pointer}/children/{order}");
                let child = json::index(child, nodes.len(), "nodes", &pointer)?;
                let Some(place) = parents.get_mut(child) else {
                    continue;
                };
                if let Some((other, _)) = place {
                    return Err(property(
                        pointer,
                        format!("node {child} hangs under node {other} already"),
                    ));
                }
                *place = Some((node, order));
            }
        }
        // With one parent each, whoever is not reached by going up to a root is in a circle.
        let mut rooted = vec![false; nodes.len()];
        for start in 0..nodes.len() {
            let mut way = Vec::new();
            let mut at = start;
            loop {
                if rooted.get(at).copied().unwrap_or(true) {
                    break;
                }
                if way.len() > nodes.len() {
                    return Err(property(
                        format!("/nodes/{start}"),
                        "hangs, over its children, under itself",
                    ));
                }
                way.push(at);
                match parents.get(at).copied().flatten() {
                    Some((parent, _)) => at = parent,
                    None => break,
                }
            }
            for node in way {
                if let Some(rooted) = rooted.get_mut(node) {
                    *rooted = true;
                }
            }
        }
        Ok(Self { parents })
    }
}
