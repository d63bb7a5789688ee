//! Scenes: entities in a hierarchy, with the meshes, materials, cameras and lights they use.
//!
//! The shapes are those of glTF 2.0, so that a scene imports and exports without loss: lengths in metres, angles in
//! radians, right-handed with +Y up, quaternions as x, y, z, w, matrices column-major.

mod events;
mod places;
mod pointer;
mod shapes;
mod words;

use std::collections::BTreeMap;

use super::{Channel, Kind};
use crate::{Object, RecordId, Value, records};

pub use places::{PlaceHistory, Places, in_order, index_of, keep_places, keeps_free, slots};
pub use pointer::{
    LISTS, Named, Rename, Target, pointer_target, rename_in_channels, rename_in_pointer,
};
pub use shapes::{Geometry, Shape};

/// Scenes, as everybody else sees them.
pub static KIND: Kind = Kind {
    schema: &SCHEMA,
    channel: Channel {
        subsystem: "UNITY",
        name: "SCENEGRAPH",
    },
    event_types: events::EVENT_TYPES,
    words: &words::SceneWords,
    derive: None,
    complete: Some(keep_places),
};

records! {
    /// Entities in a hierarchy, with the meshes, materials, cameras, lights, skins and animations they use.
    "scene" {
        /// A thing with a place: glTF's node.
        entities: Entity [one: Some("entity"), found: true] {
            /// What people call it.
            name: String,
            /// The entity it hangs under; none for the root.
            parent: Option<RecordId> => entities Tree,
            /// Its place among its siblings, ascending.
            order: f64 = 0.0,
            /// Translation from its parent, in metres.
            translation: [f64; 3] = [0.0; 3],
            /// Rotation from its parent, a unit quaternion x, y, z, w.
            rotation: [f64; 4] = [0.0, 0.0, 0.0, 1.0],
            /// Scale along its own axes.
            scale: [f64; 3] = [1.0; 3],
            /// The matrix the source gave instead of translation, rotation and scale; an edit of those clears it.
            matrix: Option<[f64; 16]>,
            /// Whether it is drawn.
            visible: bool = true,
            /// Whether the editor refuses to select it in the viewport.
            locked: bool = false,
            /// The mesh it draws.
            mesh: Option<RecordId> => meshes Clear,
            /// The skin that deforms its mesh.
            skin: Option<RecordId> => skins Clear,
            /// Its own morph target weights.
            weights: Vec<f64>,
            /// The camera it carries.
            camera: Option<RecordId> => cameras Clear,
            /// The light it carries.
            light: Option<RecordId> => lights Clear,
            /// A root that stands in no scene of its own, or only in scenes other than the main one.
            detached: bool = false,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list of nodes on export; none comes last.
            index: Option<f64>,
        }
        /// A surface: glTF's metallic-roughness material.
        materials: Material [found: true] {
            /// What people call it.
            name: String,
            /// Base colour and opacity, linear RGBA from 0 to 1.
            base_color: [f64; 4] = [1.0; 4],
            /// The texture that multiplies the base colour: `{texture, texCoord?, …}`.
            base_color_texture: Option<Value>,
            /// Metalness, 0 to 1.
            metallic: f64 = 1.0,
            /// Roughness, 0 to 1.
            roughness: f64 = 1.0,
            /// Green: roughness, blue: metalness.
            metallic_roughness_texture: Option<Value>,
            /// The normal map: `{texture, scale?, …}`.
            normal_texture: Option<Value>,
            /// Ambient occlusion: `{texture, strength?, …}`.
            occlusion_texture: Option<Value>,
            /// Emitted light, linear RGB.
            emissive: [f64; 3] = [0.0; 3],
            /// The texture that multiplies the emitted light.
            emissive_texture: Option<Value>,
            /// `OPAQUE`, `MASK` or `BLEND`; none is opaque.
            alpha_mode: Option<String>,
            /// Below this opacity nothing is drawn, in mode `MASK`.
            alpha_cutoff: Option<f64>,
            /// Whether back faces are drawn.
            double_sided: bool = false,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A camera: perspective or orthographic.
        cameras: Camera [found: true] {
            /// What people call it.
            name: String,
            /// `perspective` or `orthographic`.
            projection: String,
            /// Vertical field of view in radians; perspective only.
            yfov: Option<f64>,
            /// Width by height; none follows the window. Perspective only.
            aspect_ratio: Option<f64>,
            /// Half the width of the view in metres; orthographic only.
            xmag: Option<f64>,
            /// Half the height of the view in metres; orthographic only.
            ymag: Option<f64>,
            /// The nearest distance drawn, in metres.
            znear: f64,
            /// The farthest distance drawn, in metres; none for infinity.
            zfar: Option<f64>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A light of KHR_lights_punctual.
        lights: Light [found: true] {
            /// What people call it.
            name: String,
            /// `directional`, `point` or `spot`.
            kind: String,
            /// Linear RGB.
            color: [f64; 3] = [1.0; 3],
            /// Candela (point, spot) or lux (directional).
            intensity: f64 = 1.0,
            /// Metres beyond which it does not shine; none for no limit.
            range: Option<f64>,
            /// Radians from the axis where a spot begins to fade.
            inner_cone_angle: Option<f64>,
            /// Radians from the axis where a spot has faded.
            outer_cone_angle: Option<f64>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// Triangles: glTF's mesh, whose primitives name accessors and materials by record id.
        meshes: Mesh [one: Some("mesh"), found: true] {
            /// What people call it.
            name: String,
            /// glTF primitives: `{attributes, indices?, material?, mode?, targets?}` with record ids for indices.
            primitives: Vec<Value>,
            /// Morph target weights.
            weights: Vec<f64>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// Joints that deform a mesh.
        skins: Skin {
            /// What people call it.
            name: String,
            /// The entities that are its joints.
            joints: Vec<RecordId>,
            /// The root of the joints' hierarchy.
            skeleton: Option<RecordId> => entities Clear,
            /// The accessor of the inverse bind matrices.
            inverse_bind_matrices: Option<RecordId> => accessors Clear,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A glTF animation: channels that drive entities from samplers.
        animations: Animation [found: true] {
            /// What people call it.
            name: String,
            /// glTF channels: `{sampler, target: {node?, path, …}}` with record ids for nodes.
            channels: Vec<Value>,
            /// glTF samplers: `{input, output, interpolation?}` with record ids for accessors.
            samplers: Vec<Value>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// An image with how it is sampled.
        textures: Texture [found: true] {
            /// What people call it.
            name: String,
            /// The image.
            image: Option<RecordId> => images Clear,
            /// How it is sampled; none repeats it and leaves the filter to the viewer.
            sampler: Option<RecordId> => samplers Clear,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// How a texture is filtered and repeated; textures may share one.
        samplers: Sampler {
            /// What people call it.
            name: String,
            /// glTF: 9728 nearest, 9729 linear.
            mag_filter: Option<u32>,
            /// glTF: 9728, 9729, or 9984 to 9987 with mipmaps.
            min_filter: Option<u32>,
            /// Across: 33071 clamp, 33648 mirror, 10497 repeat; none repeats.
            wrap_s: Option<u32>,
            /// Along: as `wrap_s`.
            wrap_t: Option<u32>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A picture, stored as an object.
        images: Image [found: true] {
            /// What people call it.
            name: String,
            /// Its bytes.
            object: Option<Object>,
            /// Its media type: `image/png` or `image/jpeg`.
            media_type: Option<String>,
            /// The side file it was read from; none when the source file held its bytes.
            uri: Option<String>,
            /// The view that holds the same bytes on export. Other bytes in `object` take its place.
            view: Option<RecordId> => views Clear,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A typed array inside a view: glTF's accessor.
        accessors: Accessor {
            /// The view that holds its data; none for zeros.
            view: Option<RecordId> => views Clear,
            /// Bytes from the view's start.
            offset: f64 = 0.0,
            /// glTF component type: 5120 to 5126.
            component_type: u32,
            /// Integers stand for 0 to 1 or -1 to 1.
            normalized: bool = false,
            /// How many elements.
            count: f64,
            /// `SCALAR`, `VEC2`, `VEC3`, `VEC4`, `MAT2`, `MAT3` or `MAT4`.
            element: String,
            /// The smallest of each component.
            min: Vec<f64>,
            /// The largest of each component.
            max: Vec<f64>,
            /// glTF sparse storage, with record ids for views.
            sparse: Option<Value>,
            /// Its elements one after the other, where an extension of the primitive packs them. Export passes it over.
            decoded: Option<Object>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// Bytes, stored as an object: glTF's buffer view.
        views: View {
            /// Its bytes; none when the source named bytes that it did not bring (an extension's, say).
            object: Option<Object>,
            /// What an extension packs of them, as its object in `source` says; none where nothing does.
            packed: Option<Object>,
            /// What `packed` is unpacked, where the source brought that alone. Export passes it over.
            decoded: Option<Object>,
            /// How many.
            length: f64,
            /// Bytes from one element to the next; none for packed.
            stride: Option<f64>,
            /// What a graphics card binds it as: 34962 vertices, 34963 indices.
            target: Option<u32>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// A choice of roots to show. A scene document has one that matters, the main one; files may carry others.
        scenes: SceneRoots {
            /// What people call it.
            name: String,
            /// Its root entities. The main scene has none here: its roots are all entities without parent that are not
            /// `detached`.
            roots: Vec<RecordId>,
            /// What the source file carried beyond these fields.
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
            /// Its place in the list on export; none comes last.
            index: Option<f64>,
        }
        /// What belongs to the file as a whole; one record, `scene`.
        properties: Properties [one: Some("properties"), alone: true] {
            /// The main scene; none for the first.
            scene: Option<RecordId> => scenes Clear,
            /// By collection: how many places of its list were given, where the record at the last of them is gone.
            places: BTreeMap<String, f64>,
            /// How bright it is shown, in stops: one more is twice the light.
            exposure: f64 = 0.0,
            /// How light becomes colours of a screen: `neutral` (Khronos PBR Neutral), `aces`, `agx`, or `linear`, which clips;
            /// none is `neutral`.
            tone_mapping: Option<String>,
            /// What shines on everything from all around: `studio`, a neutral room, or `none`; what is neither is `studio`.
            environment: Option<String>,
            /// How strongly that shines.
            environment_intensity: f64 = 1.0,
            /// How far that is turned about +Y, in radians.
            environment_rotation: f64 = 0.0,
            /// Everything of the source file that has no other place (`asset`, `extensionsUsed`, `extras`, …).
            source: Option<Value>,
            /// The same as JSON, with the fields that are missing here, where they are too large for a record.
            source_object: Option<Object>,
        }
    }
}
