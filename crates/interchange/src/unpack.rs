//! What extensions pack, unpacked: so that whoever shows a scene needs no decoder.
//!
//! The records keep what came, which is what export writes; beside it, `decoded` names the same in a form that glTF knows
//! without the extension. It follows from the rest, so nothing else counts on it, and what cannot be unpacked is noted.

mod draco;
mod meshopt;

use std::cell::LazyCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use wissil_model::{Record, RecordId, Value};

use self::meshopt::Packing;
use crate::data::{MAX_FILE_BYTES, Objects};
use crate::graph_import::Places;
use crate::json;
use crate::note::Notes;
use crate::{NewRecord, accessor};

/// Extensions that pack views the same way.
const MESHOPT: [&str; 2] = ["EXT_meshopt_compression", "KHR_meshopt_compression"];

/// Where a primitive says how its accessors are packed.
const DRACO: &str = "KHR_draco_mesh_compression";

/// Unpacks what the records of a scene keep packed.
pub(crate) fn unpack(
    records: &mut [NewRecord],
    places: &Places,
    objects: &mut Objects,
    notes: &mut Notes,
) {
    let mut unpacking = Unpacking {
        room: MAX_FILE_BYTES,
        decoded: BTreeMap::new(),
        objects,
    };
    let all = &*records;
    let by_id = LazyCell::new(|| -> ById<'_> {
        let named = all
            .iter()
            .map(|(collection, id, record)| ((*collection, id.as_str()), record));
        named.collect()
    });
    for (collection, id, record) in all {
        let result = match *collection {
            "views" => unpacking.view(id, record),
            "meshes" => unpacking.mesh(record, &by_id),
            _ => Ok(()),
        };
        if let Err(problem) = result {
            let place = places.get(&(*collection, id.clone())).cloned();
            let message = format!("{problem}; it is kept as it came, and is not shown");
            notes.problem(place.unwrap_or_default(), message);
        }
    }
    let mut decoded = unpacking.decoded;
    for (collection, id, record) in records {
        if let Some(cid) = decoded.remove(&(*collection, id.clone())) {
            record.set("decoded", cid);
        }
    }
}

/// Records by their collections and ids.
type ById<'a> = HashMap<(&'static str, &'a str), &'a Record>;

struct Unpacking<'a> {
    /// How many more bytes may be unpacked.
    room: u64,
    /// The objects, by the records that are to name them.
    decoded: BTreeMap<(&'static str, RecordId), Value>,
    objects: &'a mut Objects,
}

impl Unpacking<'_> {
    /// Unpacks a view that came without its plain bytes.
    fn view(&mut self, id: &RecordId, record: &Record) -> Result<(), String> {
        if record.get("object").is_some() || record.get("packed").is_none() {
            return Ok(());
        }
        let source = json::kept(record);
        let extensions = source.get("extensions");
        let known = |name: &&&str| extensions.is_some_and(|it| it.get(**name).is_some());
        let Some(name) = MESHOPT.iter().find(known) else {
            return Ok(());
        };
        let extension = extensions
            .and_then(|it| it.get(*name))
            .unwrap_or(&Json::Null);
        let text = |member: &str| extension.get(member).and_then(Json::as_str);
        let number = |member: &str| extension.get(member).and_then(Json::as_u64);
        let (Some(count), Some(stride)) = (number("count"), number("byteStride")) else {
            return Err(format!("{name} needs `count` and `byteStride`"));
        };
        let length = record.get("length").and_then(Value::as_number);
        let bytes = count
            .checked_mul(stride)
            .filter(|it| length == Some(*it as f64));
        let bytes = bytes.ok_or_else(|| {
            format!("{name} packs {count} elements of {stride} bytes, which the view has not")
        })?;
        self.take_room(bytes)?;
        let packing = Packing {
            mode: text("mode").unwrap_or_default(),
            filter: text("filter").unwrap_or("NONE"),
            // The product fits a file, so both fit memory.
            count: count as usize,
            stride: stride as usize,
        };
        let packed = self.objects.named(record.get("packed")).unwrap_or_default();
        let unpacked = meshopt::unpack(packed, &packing);
        let unpacked = unpacked.map_err(|problem| format!("{name}: {problem}"))?;
        self.add("views", id.clone(), &unpacked);
        Ok(())
    }

    /// Unpacks the accessors that the primitives of a mesh keep packed.
    fn mesh<'r>(
        &mut self,
        record: &Record,
        records: &LazyCell<ById<'r>, impl FnOnce() -> ById<'r>>,
    ) -> Result<(), String> {
        let primitives = record.get("primitives").and_then(Value::as_list);
        for primitive in primitives.unwrap_or_default() {
            let Some(extension) = primitive.get("extensions").and_then(|it| it.get(DRACO)) else {
                continue;
            };
            self.primitive(primitive, extension, records)
                .map_err(|problem| format!("{DRACO}: {problem}"))?;
        }
        Ok(())
    }

    fn primitive(
        &mut self,
        primitive: &Value,
        extension: &Value,
        records: &ById<'_>,
    ) -> Result<(), String> {
        let record = |collection, id: Option<&Value>| {
            let id = id.and_then(Value::as_text)?;
            Some((RecordId::from(id), *records.get(&(collection, id))?))
        };
        if !matches!(
            primitive.get("mode").and_then(Value::as_number),
            None | Some(4.0)
        ) {
            return Err("only triangles are unpacked".into());
        }
        let (_, view) = record("views", extension.get("bufferView")).ok_or("it names no view")?;
        let mut wanted = Vec::new();
        let attributes = extension.get("attributes").and_then(Value::as_map);
        for (name, number) in attributes.into_iter().flatten() {
            let accessor = primitive.get("attributes").and_then(|it| it.get(name));
            let (id, accessor) = record("accessors", accessor)
                .ok_or_else(|| format!("the primitive has no {name}"))?;
            wanted.push((id, accessor, number.as_number().map(|it| it as u32)));
        }
        if let Some(corners) = primitive.get("indices") {
            let (id, accessor) = record("accessors", Some(corners)).ok_or("it has no indices")?;
            wanted.push((id, accessor, None));
        }
        // Primitives may share what is packed.
        wanted.retain(|(id, ..)| !self.decoded.contains_key(&("accessors", id.clone())));
        if wanted.is_empty() {
            return Ok(());
        }
        let packed = self
            .objects
            .named(view.get("object"))
            .ok_or("its bytes are missing")?;
        let mesh = draco::Unpacked::read(packed, self.room)?;
        for (id, record, attribute) in wanted {
            let layout = Layout::of(record).ok_or_else(|| format!("`{id}` has no form"))?;
            self.take_room(layout.bytes().ok_or("an accessor is too large")?)?;
            let bytes = match attribute {
                Some(attribute) => mesh.attribute(attribute, &layout)?,
                None => mesh.corners(&layout)?,
            };
            self.add("accessors", id, &bytes);
        }
        Ok(())
    }

    fn add(&mut self, collection: &'static str, id: RecordId, bytes: &[u8]) {
        let cid = self.objects.add(bytes).to_string();
        self.decoded.insert((collection, id), Value::Text(cid));
    }

    /// What a file packs may be far smaller than what it unpacks to.
    fn take_room(&mut self, bytes: u64) -> Result<(), String> {
        self.room = self.room.checked_sub(bytes).ok_or_else(|| {
            format!("it does not fit: {MAX_FILE_BYTES} bytes are unpacked of a file")
        })?;
        Ok(())
    }
}

/// How the elements of an accessor are wanted.
pub(crate) struct Layout {
    pub count: u64,
    pub components: u64,
    pub component_type: u64,
    pub normalized: bool,
}

impl Layout {
    fn of(accessor: &Record) -> Option<Self> {
        let number = |field| accessor.get(field).and_then(Value::as_number);
        let element = accessor.get("element").and_then(Value::as_text)?;
        let component_type = number("component_type")? as u64;
        accessor::component_size(component_type)?;
        Some(Self {
            count: number("count")? as u64,
            components: accessor::element_layout(element)?.0,
            component_type,
            normalized: accessor.get("normalized").and_then(Value::as_bool) == Some(true),
        })
    }

    fn bytes(&self) -> Option<u64> {
        let size = accessor::component_size(self.component_type)?;
        self.count.checked_mul(self.components)?.checked_mul(size)
    }
}
