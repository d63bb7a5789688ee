//! The bytes of a scene: views, accessors and pictures.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value};

use super::{Bytes, SceneImport, check, id_of, opened};
use crate::error::{ImportError, property};
use crate::json::{self, Object};
use crate::{accessor, data, shape};

impl SceneImport<'_> {
    pub(super) fn views(
        &mut self,
        root: &mut Object,
        bytes: &Bytes<'_>,
    ) -> Result<(), ImportError> {
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
        let mut named: Vec<Vec<Range<usize>>> = vec![Vec::new(); contents.len()];
        for (index, (id, item)) in self.take("views").into_iter().enumerate() {
            let pointer = format!("/bufferViews/{index}");
            let (mut object, own) = opened(item, &pointer)?;
            let packed = take_packed(&mut object, &pointer)?;
            let buffer = object
                .remove("buffer")
                .ok_or_else(|| property(&pointer, "has no `buffer`"))?;
            let place = Place {
                buffer: &buffer,
                offset: json::natural(&object, "byteOffset", &pointer)?.unwrap_or(0),
                length: json::natural(&object, "byteLength", &pointer)?
                    .ok_or_else(|| property(&pointer, "has no `byteLength`"))?,
            };
            object.remove("byteOffset");
            let content = place.read(&contents, &mut named, &pointer)?;
            let mut record = self.read(&shape::VIEWS, index, &mut object, &pointer)?;
            if let Some(content) = content
                && !own.contains_key("missing")
            {
                record.set("object", Value::text(self.objects.add(content).to_string()));
            }
            if let Some((extension, packed)) = packed {
                let pointer = format!("{pointer}/extensions/{}", json::escape(&extension));
                let place = Place {
                    buffer: packed.get("buffer").unwrap_or(&Json::Null),
                    offset: json::natural(&packed, "byteOffset", &pointer)?.unwrap_or(0),
                    length: json::natural(&packed, "byteLength", &pointer)?
                        .ok_or_else(|| property(&pointer, "has no `byteLength`"))?,
                };
                let content = place
                    .read(&contents, &mut named, &pointer)?
                    .ok_or_else(|| {
                        property(&pointer, "names bytes that the file does not bring")
                    })?;
                record.set("packed", Value::text(self.objects.add(content).to_string()));
            }
            self.push(&shape::VIEWS, id, record, &pointer)?;
        }
        for (at, (content, named)) in contents.iter().zip(named).enumerate() {
            let unnamed = content.as_ref().map_or(0, |it| unnamed_bytes(it, named));
            if unnamed > 0 {
                self.notes.note(
                    format!("/buffers/{at}"),
                    format!("{unnamed} bytes of it that no view names were left out"),
                );
            }
        }
        self.keep_buffer_members(root, buffers);
        Ok(())
    }

    /// All buffers become one on export; what the first carried besides its bytes stays with it.
    pub(super) fn keep_buffer_members(&mut self, root: &mut Object, buffers: Vec<Json>) {
        for (at, buffer) in buffers.into_iter().enumerate() {
            let Json::Object(mut members) = buffer else {
                continue;
            };
            for known in ["uri", "byteLength"] {
                members.remove(known);
            }
            if data::is_fallback(&members) {
                // Export makes one where a view needs it.
                members.remove("extensions");
            }
            if members.is_empty() {
                continue;
            }
            if at == 0 {
                root.insert("buffers".into(), Json::Array(vec![members.into()]));
            } else {
                let names: Vec<_> = members.keys().map(|name| format!("`{name}`")).collect();
                self.notes.note(
                    format!("/buffers/{at}"),
                    format!(
                        "its {} were left out, because buffers become one",
                        names.join(", ")
                    ),
                );
            }
        }
    }

    pub(super) fn accessors(&mut self) -> Result<(), ImportError> {
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
            self.push(&shape::ACCESSORS, id, record, &pointer)?;
        }
        Ok(())
    }

    pub(super) fn images(&mut self, bytes: &Bytes<'_>) -> Result<(), ImportError> {
        let mut view_count = self.ids.get("views").map_or(0, Vec::len);
        let held: HashMap<String, Option<Value>> = self
            .records
            .iter()
            .filter(|(collection, ..)| *collection == "views")
            .map(|(_, id, view)| (id.as_str().to_owned(), view.get("object").cloned()))
            .collect();
        let base = self.base;
        let mut next_view = (view_count..)
            .map(|index| id_of(base, shape::VIEWS.prefix, index))
            .filter(|id| !held.contains_key(id.as_str()));
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
                let Some(view) = next_view.next() else {
                    continue;
                };
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
}

/// A stretch of a buffer.
struct Place<'j> {
    buffer: &'j Json,
    offset: u64,
    length: u64,
}

impl Place<'_> {
    /// Its bytes, and takes down that they are named; none where the file does not bring the buffer.
    fn read<'b>(
        &self,
        contents: &'b [Option<Cow<'_, [u8]>>],
        named: &mut [Vec<Range<usize>>],
        pointer: &str,
    ) -> Result<Option<&'b [u8]>, ImportError> {
        if contents.is_empty() && self.length == 0 {
            // A file with nothing but empty views has no buffer, which may not be empty.
            return Ok(Some(&[]));
        }
        let place = format!("{pointer}/buffer");
        let buffer = json::index(self.buffer, contents.len(), "buffers", &place)?;
        let Some(Some(content)) = contents.get(buffer) else {
            return Ok(None);
        };
        let bytes = slice(content, self.offset, self.length).ok_or_else(|| ImportError::Data {
            pointer: pointer.to_owned(),
            offset: self.offset,
            problem: format!(
                "{} bytes from here leave buffer {buffer} of {} bytes",
                self.length,
                content.len()
            ),
        })?;
        if let Some(named) = named.get_mut(buffer) {
            // It was found, so both are places in memory.
            named.push(self.offset as usize..(self.offset + self.length) as usize);
        }
        Ok(Some(bytes))
    }
}

/// How many bytes stand between what is named, apart from stretches of zeros, which only align.
fn unnamed_bytes(bytes: &[u8], mut named: Vec<Range<usize>>) -> usize {
    named.sort_by_key(|range| range.start);
    named.push(bytes.len()..bytes.len());
    let (mut at, mut unnamed) = (0, 0);
    for range in named {
        let gap = bytes.get(at..range.start).unwrap_or_default();
        if gap.iter().any(|byte| *byte != 0) {
            unnamed += gap.len();
        }
        at = at.max(range.end);
    }
    unnamed
}

/// Some extensions pack a view's bytes and place them themselves: takes out which does, and where. `buffer` stays, and
/// is null, as a sign of it.
fn take_packed(view: &mut Object, pointer: &str) -> Result<Option<(String, Object)>, ImportError> {
    let mut found = None;
    let extensions = view.get_mut("extensions").and_then(Json::as_object_mut);
    for (name, extension) in extensions.into_iter().flatten() {
        let Some(extension) = extension.as_object_mut() else {
            continue;
        };
        if !extension.contains_key("buffer") {
            continue;
        }
        if found.is_some() {
            return Err(property(
                format!("{pointer}/extensions/{}", json::escape(name)),
                "packs bytes that another extension packs too",
            ));
        }
        let taken: Object = ["buffer", "byteOffset", "byteLength"]
            .into_iter()
            .filter_map(|member| Some((member.to_owned(), extension.remove(member)?)))
            .collect();
        extension.insert("buffer".into(), Json::Null);
        found = Some((name.clone(), taken));
    }
    Ok(found)
}

pub(super) fn slice(bytes: &[u8], offset: u64, length: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(length).ok()?)?)
}

pub(super) fn number(record: &Record, field: &str) -> Option<u64> {
    let number = record.get(field)?.as_number()?;
    (number >= 0.0 && number.fract() == 0.0).then_some(number as u64)
}

pub(super) fn check_accessor(
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
