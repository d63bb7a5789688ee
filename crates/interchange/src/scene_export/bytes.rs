//! The bytes of a scene: views and pictures in one buffer, and what accessors say of them.

use std::collections::HashMap;

use serde_json::Value as Json;
use wissil_model::{Cid, Record, RecordId, Value};

use super::{ReadObject, SceneExport, number, own_id, text};
use crate::error::ExportError;
use crate::json::Object;
use crate::{accessor, own, shape};

/// Most bytes that a `.glb` can hold.
const MAX_BIN_BYTES: u64 = u32::MAX as u64;

impl<'a> SceneExport<'a> {
    pub(super) fn views(&mut self, object: ReadObject<'_>) -> Result<(), ExportError> {
        let slots = self.reserve(&shape::VIEWS);
        self.settle(&shape::VIEWS, &slots);
        let pictures = self.replaced_pictures();
        let mut written: HashMap<&str, (usize, usize)> = HashMap::new();
        for (index, (id, record)) in slots.into_iter().flatten().enumerate() {
            let mut json = self.write(&shape::VIEWS, id, record)?;
            let mut own = own_id(id, &shape::VIEWS, index);
            let length = number(record, "length").unwrap_or(0);
            let content = pictures
                .get(id.as_str())
                .copied()
                .or_else(|| record.get("object").and_then(Value::as_text));
            let place = match content {
                Some(cid) => {
                    let place = match written.get(cid) {
                        Some(place) => *place,
                        None => {
                            let bytes = read(id, cid, object)?;
                            (self.append(&bytes)?, bytes.len())
                        }
                    };
                    written.insert(cid, place);
                    if !pictures.contains_key(id.as_str()) && place.1 as u64 != length {
                        return Err(self.broken(
                            id,
                            format!("says {length} bytes and its object has {}", place.1),
                        ));
                    }
                    Some(place)
                }
                None if record.get("packed").is_some() => {
                    let start = self.fallback.next_multiple_of(4);
                    check_size((start as u64).saturating_add(length))?;
                    self.fallback = start + length as usize;
                    json.insert("buffer".into(), 1.into());
                    json.insert("byteOffset".into(), start.into());
                    json.insert("byteLength".into(), length.into());
                    None
                }
                None => {
                    if length > crate::MAX_FILE_BYTES {
                        return Err(ExportError::TooLarge {
                            found: length,
                            most: crate::MAX_FILE_BYTES,
                        });
                    }
                    own.insert("missing".into(), true.into());
                    let zeros = vec![0; length as usize];
                    Some((self.append(&zeros)?, zeros.len()))
                }
            };
            if let Some((start, length)) = place {
                json.insert("buffer".into(), 0.into());
                json.insert("byteOffset".into(), start.into());
                json.insert("byteLength".into(), length.into());
                self.view_places.insert(id.as_str(), (start, length));
            }
            self.packed(&mut json, id, record, object)?;
            self.own(&mut json, own, id);
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

    /// Writes bytes into the buffer; where they begin.
    fn append(&mut self, bytes: &[u8]) -> Result<usize, ExportError> {
        let start = self.bin.len().next_multiple_of(4);
        check_size(start as u64 + bytes.len() as u64)?;
        self.bin.resize(start, 0);
        self.bin.extend_from_slice(bytes);
        Ok(start)
    }

    /// Writes what an extension packs, and where it stands.
    fn packed(
        &mut self,
        view: &mut Object,
        id: &RecordId,
        record: &Record,
        object: ReadObject<'_>,
    ) -> Result<(), ExportError> {
        let Some(cid) = text(record, "packed") else {
            return Ok(());
        };
        let extensions = view.get_mut("extensions").and_then(Json::as_object_mut);
        let packing = extensions
            .into_iter()
            .flatten()
            .find(|(_, extension)| extension.get("buffer") == Some(&Json::Null));
        let Some((name, Json::Object(extension))) = packing else {
            return Err(self.broken(id, "does not say how its bytes are packed".into()));
        };
        let bytes = read(id, cid, object)?;
        let start = self.append(&bytes)?;
        extension.insert("buffer".into(), 0.into());
        extension.insert("byteOffset".into(), start.into());
        extension.insert("byteLength".into(), bytes.len().into());
        self.packing = Some(name.clone());
        Ok(())
    }

    /// Views whose picture was exchanged: the new picture's object, where only that picture stands in the view.
    pub(super) fn replaced_pictures(&self) -> HashMap<&'a str, &'a str> {
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

    pub(super) fn images(&mut self, object: ReadObject<'_>) -> Result<(), ExportError> {
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
                let start = self.append(&bytes)?;
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

    pub(super) fn finish_views(&mut self) {
        let views = std::mem::take(&mut self.views);
        if self.bin.is_empty() && !views.is_empty() {
            // Views need a buffer, and a buffer may not be empty, though all of them be.
            self.bin.resize(4, 0);
        }
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
        let mut buffers = vec![Json::Object(buffer)];
        if let (1.., Some(packing)) = (self.fallback, &self.packing) {
            // Stands for the unpacked bytes, which whoever reads the file makes.
            buffers.push(serde_json::json!({
                "byteLength": self.fallback,
                "extensions": { packing: { "fallback": true } },
            }));
        }
        self.root.insert("buffers".into(), buffers.into());
    }

    /// An offset without a view is not allowed, and bounds must be there where players rely on them.
    pub(super) fn finish_accessor(&self, json: &mut Object, record: &Record) {
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
    pub(super) fn needs_bounds(&self, record: &Record) -> bool {
        record.get("index").is_none()
    }
}

/// Reads the object that a record names.
pub(crate) fn read(
    id: &RecordId,
    cid: &str,
    object: ReadObject<'_>,
) -> Result<Vec<u8>, ExportError> {
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

pub(super) fn check_size(found: u64) -> Result<(), ExportError> {
    if found > MAX_BIN_BYTES {
        return Err(ExportError::TooLarge {
            found,
            most: MAX_BIN_BYTES,
        });
    }
    Ok(())
}
