//! A scene's records as glTF, with their bytes in one buffer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value as Json;
use wissil_model::{Cid, Record, RecordId, Value};

use crate::error::ExportError;
use crate::json::{self, Object};
use crate::moved::Moved;
use crate::scene_import::rename_members;
use crate::shape::{self, SHAPES, Shape};
use crate::{ExportDocument, accessor, own};

/// Most bytes that a `.glb` can hold.
const MAX_BIN_BYTES: u64 = u32::MAX as u64;

/// Most places that are kept free for records that are gone.
const MAX_PLACEHOLDERS: usize = 4096;

/// Collections whose places graphs name by number, and where an empty object is valid: gone ones leave a placeholder.
const HELD_PLACES: [&str; 2] = ["entities", "materials"];

/// A scene as glTF.
pub(crate) struct Assembled {
    /// The root object.
    pub root: Object,
    /// The buffer.
    pub bin: Vec<u8>,
    /// Which records stand elsewhere than before.
    pub moved: Moved,
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
        items.sort_by(|(a_id, a), (b_id, b)| {
            place(a).total_cmp(&place(b)).then_with(|| a_id.cmp(b_id))
        });
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
    let mut export = SceneExport {
        document: document.map_or("", |document| document.name.as_str()),
        collections,
        by_id,
        places: HashMap::new(),
        root: properties.map(json::kept).unwrap_or_default(),
        bin: Vec::new(),
        views: Vec::new(),
        view_places: HashMap::new(),
        moved: Moved::default(),
        notes,
        keep_places,
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
    export.finish_views();
    Ok(Assembled {
        root: export.root,
        bin: export.bin,
        moved: export.moved,
    })
}

type Item<'a> = (&'a RecordId, &'a Record);

struct SceneExport<'a> {
    document: &'a str,
    collections: HashMap<&'a str, Vec<Item<'a>>>,
    by_id: HashMap<&'a str, HashMap<&'a str, &'a Record>>,
    /// By collection: the place of each record that is written.
    places: HashMap<&'static str, HashMap<&'a str, usize>>,
    root: Object,
    bin: Vec<u8>,
    views: Vec<Json>,
    /// Where views begin in the buffer, by their record's id.
    view_places: HashMap<&'a str, (usize, usize)>,
    moved: Moved,
    notes: &'a mut Vec<String>,
    keep_places: bool,
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
        let items = self.items(shape.collection);
        let mut slots: Vec<Option<Item<'a>>> = Vec::with_capacity(items.len());
        let hold = self.keep_places && HELD_PLACES.contains(&shape.collection);
        let mut free = 0;
        for item in items {
            let wanted = place(item.1);
            if hold && wanted.is_finite() && wanted > slots.len() as f64 {
                let gap = wanted as usize - slots.len();
                if free + gap <= MAX_PLACEHOLDERS {
                    free += gap;
                    slots.resize(wanted as usize, None);
                }
            }
            slots.push(Some(item));
        }
        slots
    }

    /// Writes down where the records of a collection stand.
    fn settle(&mut self, shape: &'static Shape, slots: &[Option<Item<'a>>]) {
        let mut shifted = 0;
        let places = self.places.entry(shape.collection).or_default();
        for (now, slot) in slots.iter().enumerate() {
            let Some((id, record)) = slot else { continue };
            places.insert(id.as_str(), now);
            let before = place(record);
            if before.is_finite() && before >= 0.0 && before as usize != now {
                self.moved.note(shape.list, before as usize, now);
                shifted += 1;
            }
        }
        if shifted > 0 && shape.collection != "views" {
            self.notes.push(format!(
                "{shifted} of the {} have another number than before, because others are gone or came between; numbers \
                 that graphs compute must be checked",
                shape.collection
            ));
        }
    }

    fn views(&mut self, object: ReadObject<'_>) -> Result<(), ExportError> {
        let slots = self.reserve(&shape::VIEWS);
        self.settle(&shape::VIEWS, &slots);
        let pictures = self.replaced_pictures();
        for (index, (id, record)) in slots.into_iter().flatten().enumerate() {
            let mut json = self.write(&shape::VIEWS, id, record)?;
            let mut own = own_id(id, &shape::VIEWS, index);
            let length = number(record, "length").unwrap_or(0);
            let start = self.bin.len().next_multiple_of(4);
            check_size(start as u64 + length)?;
            let content = pictures
                .get(id.as_str())
                .copied()
                .or_else(|| record.get("object").and_then(Value::as_text));
            match content {
                Some(cid) => {
                    let bytes = read(id, cid, object)?;
                    let replaced = pictures.contains_key(id.as_str());
                    if !replaced && bytes.len() as u64 != length {
                        return Err(self.broken(
                            id,
                            format!("says {length} bytes and its object has {}", bytes.len()),
                        ));
                    }
                    check_size(start as u64 + bytes.len() as u64)?;
                    self.bin.resize(start, 0);
                    self.bin.extend_from_slice(&bytes);
                }
                None => {
                    if length > crate::MAX_FILE_BYTES {
                        return Err(ExportError::TooLarge {
                            found: length,
                            most: crate::MAX_FILE_BYTES,
                        });
                    }
                    own.insert("missing".into(), true.into());
                    self.bin.resize(start + length as usize, 0);
                }
            }
            let length = self.bin.len() - start;
            json.insert("buffer".into(), 0.into());
            json.insert("byteOffset".into(), start.into());
            json.insert("byteLength".into(), length.into());
            self.own(&mut json, own, id);
            self.view_places.insert(id.as_str(), (start, length));
            self.views.push(json.into());
        }
        if self
            .views
            .iter()
            .any(|view| own::peek(view, "missing").is_some())
        {
            self.notes.push(
                "the source did not bring the bytes of some views; zeros stand for them".into(),
            );
        }
        Ok(())
    }

    /// Views whose picture was exchanged: the new picture's object, where only that picture stands in the view.
    fn replaced_pictures(&self) -> HashMap<&'a str, &'a str> {
        let mut users: HashMap<&str, usize> = HashMap::new();
        let mut found = HashMap::new();
        for (_, image) in self.items("images") {
            let Some(view) = text(image, "view") else {
                continue;
            };
            *users.entry(view).or_default() += 1;
            let held = self
                .record("views", view)
                .and_then(|view| text(view, "object"));
            if let Some(object) = text(image, "object")
                && held != Some(object)
            {
                found.insert(view, object);
            }
        }
        for (_, accessor) in self.items("accessors") {
            if let Some(view) = text(accessor, "view") {
                *users.entry(view).or_default() += 1;
            }
        }
        found.retain(|view, _| users.get(view) == Some(&1));
        found
    }

    fn images(&mut self, object: ReadObject<'_>) -> Result<(), ExportError> {
        let replaced = self.replaced_pictures();
        let slots = self.reserve(&shape::IMAGES);
        self.settle(&shape::IMAGES, &slots);
        let mut list = Vec::with_capacity(slots.len());
        for (index, (id, record)) in slots.into_iter().flatten().enumerate() {
            let mut json = self.write(&shape::IMAGES, id, record)?;
            let mut own = own_id(id, &shape::IMAGES, index);
            let content = text(record, "object");
            let held = text(record, "view")
                .filter(|view| self.view_places.contains_key(view))
                .filter(|view| {
                    let in_view = self
                        .record("views", view)
                        .and_then(|view| text(view, "object"));
                    content.is_none()
                        || in_view == content
                        || replaced.get(view).copied() == content
                });
            if let (None, Some(cid)) = (held, content) {
                let bytes = read(id, cid, object)?;
                let start = self.bin.len().next_multiple_of(4);
                check_size(start as u64 + bytes.len() as u64)?;
                self.bin.resize(start, 0);
                self.bin.extend_from_slice(&bytes);
                json.insert("bufferView".into(), self.views.len().into());
                self.views.push(serde_json::json!({
                    "buffer": 0, "byteOffset": start, "byteLength": bytes.len(),
                }));
                if !json.contains_key("mimeType") {
                    let media_type = crate::data::picture_type(&bytes, text(record, "uri"));
                    json.insert("mimeType".into(), media_type.unwrap_or("image/png").into());
                }
            }
            if let Some(uri) = text(record, "uri") {
                own.insert("uri".into(), uri.into());
            }
            self.own(&mut json, own, id);
            list.push(json.into());
        }
        self.put_list(&shape::IMAGES, list);
        Ok(())
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
                let mut placeholder = Object::new();
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
                "animations" => self.finish_animation(&mut json),
                "lights" if json.get("type").and_then(Json::as_str) == Some("spot") => {
                    json.entry("spot").or_insert_with(|| Object::new().into());
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
                json::put(&mut json, path, value.into());
            }
        }
        if let Some(name) = text(record, "name")
            && shape.title.is_some()
        {
            let before = place(record);
            let usual =
                (before.is_finite() && before >= 0.0).then(|| shape.fallback_name(before as usize));
            if !unnamed || usual.flatten().as_deref() != Some(name) {
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
            let places = self.places.get(link.collection);
            let visited: Result<(), ()> =
                shape::visit(whole, link.path, &mut Vec::new(), &mut |leaf, trail| {
                    let Some(target) = leaf.as_str() else {
                        return Ok(());
                    };
                    match places.and_then(|places| places.get(target)) {
                        Some(place) => *leaf = (*place).into(),
                        None if link.scope == 0 => unusable = Some(target.to_owned()),
                        None => {
                            gone.insert(trail.iter().take(link.scope).cloned().collect());
                        }
                    }
                    Ok(())
                });
            debug_assert!(visited.is_ok());
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
        if shape.collection == "meshes"
            && whole
                .get("primitives")
                .and_then(Json::as_array)
                .is_none_or(Vec::is_empty)
        {
            return Err(self.broken(id, "it has no primitive".into()));
        }
        Ok(())
    }

    fn skin_stands(&self, slot: Option<Item<'a>>) -> bool {
        let Some((_, record)) = slot else {
            return false;
        };
        let stands = |collection: &str, id: &Value| {
            let places = self.places.get(collection);
            id.as_text()
                .is_some_and(|id| places.is_some_and(|places| places.contains_key(id)))
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

    /// Children by parent, in their order. A circle of parents, which concurrent edits can make, is cut at its smallest
    /// id as the projection does.
    fn children(&self) -> HashMap<&'a str, Vec<usize>> {
        let entities = self.items("entities");
        let places = self.places.get("entities");
        let parents: BTreeMap<&str, &str> = entities
            .iter()
            .filter_map(|(id, record)| Some((id.as_str(), text(record, "parent")?)))
            .filter(|(_, parent)| places.is_some_and(|places| places.contains_key(parent)))
            .collect();
        let cut = circles(&parents);
        let mut children: HashMap<&str, Vec<(f64, &str, usize)>> = HashMap::new();
        for (id, record) in &entities {
            let parent = parents
                .get(id.as_str())
                .filter(|_| !cut.contains(id.as_str()));
            let place = places.and_then(|places| places.get(id.as_str()));
            if let Some(place) = place {
                let key = parent.copied().unwrap_or_default();
                let detached = record.get("detached").and_then(Value::as_bool) == Some(true);
                if !(key.is_empty() && detached) {
                    children
                        .entry(key)
                        .or_default()
                        .push((order(record), id.as_str(), *place));
                }
            }
        }
        children
            .into_iter()
            .map(|(parent, mut list)| {
                list.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.1.cmp(b.1)));
                (
                    parent,
                    list.into_iter().map(|(_, _, place)| place).collect(),
                )
            })
            .collect()
    }

    fn finish_entity(
        &self,
        json: &mut Object,
        own: &mut Object,
        id: &RecordId,
        record: &Record,
        children: &HashMap<&'a str, Vec<usize>>,
    ) {
        if let Some(children) = children.get(id.as_str()) {
            json.insert("children".into(), children.clone().into());
        }
        if json.contains_key("matrix") {
            for member in ["translation", "rotation", "scale"] {
                json.remove(member);
            }
        }
        const VISIBILITY: &str = "KHR_node_visibility";
        let visible = record
            .get("visible")
            .and_then(Value::as_bool)
            .unwrap_or(true);
        let was_there = json
            .get("extensions")
            .is_some_and(|it| it.get(VISIBILITY).is_some());
        if !visible || was_there {
            json::put(
                json,
                "extensions/KHR_node_visibility/visible",
                visible.into(),
            );
        }
        if record.get("locked").and_then(Value::as_bool) == Some(true) {
            own.insert("locked".into(), true.into());
        }
    }

    /// An offset without a view is not allowed, and bounds must be there where players rely on them.
    fn finish_accessor(&self, json: &mut Object, record: &Record) {
        if !json.contains_key("bufferView") {
            json.remove("byteOffset");
        }
        if json.contains_key("min") && json.contains_key("max") || json.contains_key("sparse") {
            return;
        }
        let found = || {
            let (start, length) = *self.view_places.get(text(record, "view")?)?;
            let view = self.record("views", text(record, "view")?)?;
            view.get("object")?;
            let component_type = number(record, "component_type")?;
            let element = text(record, "element")?;
            let offset = usize::try_from(number(record, "offset").unwrap_or(0)).ok()?;
            let bytes = self.bin.get(start..start + length)?.get(offset..)?;
            let size = accessor::element_size(component_type, element)?;
            let stride = number(view, "stride").unwrap_or(size);
            accessor::bounds(
                bytes,
                stride,
                component_type,
                element,
                number(record, "count")?,
            )
        };
        if self.needs_bounds(record)
            && let Some((least, most)) = found()
        {
            json.insert("min".into(), least.into());
            json.insert("max".into(), most.into());
        }
    }

    /// New records made here come without bounds; records of a file come as they were.
    fn needs_bounds(&self, record: &Record) -> bool {
        record.get("index").is_none()
    }

    fn finish_animation(&self, json: &mut Object) {
        let path = "channels/*/target/extensions/KHR_animation_pointer/pointer";
        let mut whole = Json::Object(std::mem::take(json));
        let visited: Result<(), ()> =
            shape::visit(&mut whole, path, &mut Vec::new(), &mut |leaf, _| {
                if let Some(moved) = leaf
                    .as_str()
                    .and_then(|pointer| self.moved.pointer(pointer))
                {
                    *leaf = moved.into();
                }
                Ok(())
            });
        debug_assert!(visited.is_ok());
        if let Json::Object(whole) = whole {
            *json = whole;
        }
    }

    fn scenes(&mut self, properties: Option<&Record>) -> Result<(), ExportError> {
        let slots = self.reserve(&shape::SCENES);
        self.settle(&shape::SCENES, &slots);
        let chosen = properties.and_then(|properties| text(properties, "scene"));
        let chosen = chosen.and_then(|id| self.places.get("scenes")?.get(id).copied());
        let roots = self.children().remove("").unwrap_or_default();
        let mut list = Vec::new();
        for (index, (id, record)) in slots.into_iter().flatten().enumerate() {
            let mut json = self.write(&shape::SCENES, id, record)?;
            if index == chosen.unwrap_or(0) {
                json.remove("nodes");
                if !roots.is_empty() {
                    json.insert("nodes".into(), roots.clone().into());
                }
            }
            if json
                .get("nodes")
                .and_then(Json::as_array)
                .is_some_and(Vec::is_empty)
            {
                json.remove("nodes");
            }
            self.own(&mut json, own_id(id, &shape::SCENES, index), id);
            list.push(json.into());
        }
        if list.is_empty() && !roots.is_empty() {
            list.push(serde_json::json!({ "nodes": roots }));
            self.root.insert("scene".into(), 0.into());
        }
        if let Some(chosen) = chosen {
            self.root.insert("scene".into(), chosen.into());
        }
        self.put_list(&shape::SCENES, list);
        Ok(())
    }

    fn finish_views(&mut self) {
        let views = std::mem::take(&mut self.views);
        self.put_list(&shape::VIEWS, views);
        let kept = match self.root.remove("buffers") {
            Some(Json::Array(mut buffers)) if !buffers.is_empty() => buffers.swap_remove(0),
            _ => Json::Null,
        };
        if self.bin.is_empty() {
            return;
        }
        let mut buffer = match kept {
            Json::Object(buffer) => buffer,
            _ => Object::new(),
        };
        buffer.insert("byteLength".into(), self.bin.len().into());
        self.root
            .insert("buffers".into(), Json::Array(vec![buffer.into()]));
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

/// Lists every extension that the file uses as used.
pub(crate) fn complete_extensions(root: &mut Object) {
    let mut used = BTreeSet::new();
    for (member, inner) in root.iter() {
        if member == "extensions" {
            collect_names(inner, &mut used);
        } else if member != "extras" {
            collect(inner, &mut used);
        }
    }
    let mut list: Vec<Json> = match root.remove("extensionsUsed") {
        Some(Json::Array(list)) => list,
        _ => Vec::new(),
    };
    let required = root.get("extensionsRequired").and_then(Json::as_array);
    used.extend(
        required
            .into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(str::to_owned),
    );
    for name in used {
        if !list.iter().any(|listed| listed.as_str() == Some(&name)) {
            list.push(name.into());
        }
    }
    if !list.is_empty() {
        root.insert("extensionsUsed".into(), list.into());
    }
}

fn collect(json: &Json, used: &mut BTreeSet<String>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| collect(item, used)),
        Json::Object(members) => {
            for (member, inner) in members {
                match member.as_str() {
                    "extras" => {}
                    "extensions" => collect_names(inner, used),
                    // A graph's declaration names the extension of its operation.
                    "extension" if members.contains_key("op") => {
                        used.extend(inner.as_str().map(str::to_owned))
                    }
                    _ => collect(inner, used),
                }
            }
        }
        _ => {}
    }
}

fn collect_names(extensions: &Json, used: &mut BTreeSet<String>) {
    for (name, extension) in extensions.as_object().into_iter().flatten() {
        used.insert(name.clone());
        collect(extension, used);
    }
}

/// Where a record stood; infinite for new ones, which come last.
fn place(record: &Record) -> f64 {
    record
        .get("index")
        .and_then(Value::as_number)
        .unwrap_or(f64::INFINITY)
}

fn order(record: &Record) -> f64 {
    record
        .get("order")
        .and_then(Value::as_number)
        .unwrap_or(0.0)
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

fn read(id: &RecordId, cid: &str, object: ReadObject<'_>) -> Result<Vec<u8>, ExportError> {
    let failed = |problem: String| ExportError::Object {
        record: id.clone(),
        cid: cid.to_owned(),
        problem,
    };
    let parsed: Cid = cid
        .parse()
        .map_err(|_| failed("its name is no CID".into()))?;
    object(&parsed).map_err(failed)
}

fn check_size(found: u64) -> Result<(), ExportError> {
    if found > MAX_BIN_BYTES {
        return Err(ExportError::TooLarge {
            found,
            most: MAX_BIN_BYTES,
        });
    }
    Ok(())
}

/// The smallest member of each circle that following parents leads into.
fn circles<'a>(parents: &BTreeMap<&'a str, &'a str>) -> HashSet<&'a str> {
    let mut safe: HashSet<&str> = HashSet::new();
    let mut cut: HashSet<&str> = HashSet::new();
    for start in parents.keys() {
        let mut way: Vec<&str> = Vec::new();
        let mut seen: HashSet<&str> = HashSet::new();
        let mut at = *start;
        while !safe.contains(at) {
            if !seen.insert(at) {
                let circle = way.iter().skip_while(|id| **id != at);
                cut.extend(circle.min());
                break;
            }
            way.push(at);
            match parents.get(at) {
                Some(parent) => at = parent,
                None => break,
            }
        }
        safe.extend(way);
    }
    cut
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
