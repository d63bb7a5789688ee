// Generated from the schema of crates/model by `cargo xtask generate`. Do not edit.

/** The name of a record inside its document. */
export type RecordId = string;

/** What a field holds: JSON with one kind of number. */
export type FieldValue = null | boolean | number | string | FieldValue[] | { [name: string]: FieldValue };

/** A number, or the text that stands for one JSON lacks. */
export type Numeric = number | "NaN" | "Infinity" | "-Infinity";

/** A place on a canvas, in pixels at 100 %. */
export type Point = { x: number; y: number };

/** An extent on a canvas, in pixels at 100 %. */
export type Size = { width: number; height: number };

/** A typed value of a Blueprint: a glTF interactivity signature and its components, column-major. */
export type Literal = { type: string; value?: FieldValue[] };

/** The lists of a glTF file in which pointers count, by the collection whose records stand in them. */
export const LISTS: Readonly<Record<string, string>> = {
  entities: "nodes",
  materials: "materials",
  meshes: "meshes",
  cameras: "cameras",
  lights: "extensions/KHR_lights_punctual/lights",
  animations: "animations",
  skins: "skins",
  scenes: "scenes",
  textures: "textures",
  images: "images",
  samplers: "samplers",
};

/** What one does to a blueprint. */
export type BlueprintEvent =
  | "node.add"
  | "node.move"
  | "node.delete"
  | "node.set"
  | "wire.create"
  | "wire.delete"
  | "wire.set"
  | "comment.add"
  | "comment.move"
  | "comment.set"
  | "comment.delete"
  | "variable.add"
  | "variable.set"
  | "variable.delete"
  | "event.add"
  | "event.set"
  | "event.delete"
  | "function.add"
  | "function.set"
  | "function.delete"
  | "graph.paste"
  | "graph.duplicate"
  | "graph.layout"
  | "graph.place"
  | "history.undo"
  | "history.redo"
  | "document.import"
  | "version.restore"
  | "branch.merge";

/** One node: an operation with its configuration and the values typed into its unconnected input sockets. Collection `nodes`. */
export interface Node {
  /** The operation, such as `math/add` (Specification, *Nodes*). */
  op: string;
  /** The extension that defines the operation; none for the core vocabulary. */
  extension?: string;
  /** Where its top left corner stands on the canvas; none until it is first laid out. */
  position?: Point;
  /** What a person called it; none shows the operation's own title. */
  label?: string;
  /** Configuration by parameter: the list that glTF calls `value`, with names where glTF counts (see above). */
  [key: `configuration.${string}`]: FieldValue;
  /** Typed-in values by input value socket. */
  [key: `values.${string}`]: Literal;
  /** The declaration's `inputValueSockets` for operations of an extension: type signature by socket. */
  [key: `inputs.${string}`]: string;
  /** The declaration's `outputValueSockets` likewise. */
  [key: `outputs.${string}`]: string;
  /** The function whose body it stands in; none for the main graph. */
  function?: RecordId;
  /** Its place in the list of nodes on export; none comes last. */
  order?: number;
  /** What the source file carried beyond the vocabulary (`extras`, `extensions`, `name`). */
  source?: FieldValue;
  /** The same as JSON, where it is too large for a record. */
  source_object?: string;
}

/** A connection between two sockets. Collection `wires`. */
export interface Wire {
  /** `flow` carries control, from one output flow socket to one input; `value` carries data. */
  kind: "flow" | "value";
  /** The node it leaves. */
  from: RecordId;
  /** The output socket it leaves. */
  output: string;
  /** The node it enters. */
  to: RecordId;
  /** The input socket it enters. */
  input: string;
  /** Points it is routed through, between its ends. */
  route?: (Point)[];
}

/** A variable of the graph. Collection `variables`. */
export interface Variable {
  /** What people and exported files call it. */
  name: string;
  /** Its type and initial value. */
  initial: Literal;
  /** Its place in the list of variables, which is its index on export; none comes last. */
  order?: number;
  /** What the source file carried beyond the vocabulary. */
  source?: FieldValue;
  /** The same as JSON, where it is too large for a record. */
  source_object?: string;
}

/** A custom event that graphs send and receive. Collection `events`. */
export interface CustomEvent {
  /** Its identifier among applications; none for an event internal to the graph. */
  name?: string;
  /** Its values by socket, with their types and defaults. */
  [key: `values.${string}`]: Literal;
  /** Its place in the list of events, which is its index on export; none comes last. */
  order?: number;
  /** What the source file carried beyond the vocabulary. */
  source?: FieldValue;
  /** The same as JSON, where it is too large for a record. */
  source_object?: string;
}

/** A group of nodes used as one; it is inlined on export. Collection `functions`. */
export interface Function {
  /** What people call it. */
  name: string;
  /** Type signature by input socket. */
  [key: `inputs.${string}`]: string;
  /** Type signature by output socket. */
  [key: `outputs.${string}`]: string;
  /** Its place in the list of functions; none comes last. */
  order?: number;
}

/** A frame with a text that carries the nodes standing in it. Collection `comments`. */
export interface Comment {
  /** The text. */
  text: string;
  /** Where its top left corner stands on the canvas. */
  position: Point;
  /** How large it is. */
  size: Size;
  /** Its colour; none for the neutral one. */
  color?: string;
  /** The function whose body it stands in; none for the main graph. */
  function?: RecordId;
}

/** What belongs to the graph as a whole; one record, `graph`. Collection `properties`. */
export interface GraphProperties {
  /** The name the source file gave the graph, or the one it was shown under there. */
  name?: string;
  /** Whether it is the graph that players of the exported file run. */
  selected?: boolean;
  /** Its place in the list of graphs on export; none comes last. */
  order?: number;
  /** The graph's JSON as it came, where it says what records cannot hold. */
  original?: string;
  /** A name for what the records were like then: as long as they are, the graph goes out as it came. */
  original_state?: string;
  /** What the source file carried beyond the vocabulary, with that of the graph's types under `types`. */
  source?: FieldValue;
  /** The same as JSON, where it is too large for a record. */
  source_object?: string;
}

/** What one does to a scene. */
export type SceneEvent =
  | "entity.add"
  | "scene.add"
  | "entity.duplicate"
  | "entity.delete"
  | "entity.rename"
  | "entity.reparent"
  | "entity.group"
  | "entity.ungroup"
  | "entity.transform"
  | "entity.set"
  | "material.add"
  | "material.set"
  | "material.delete"
  | "camera.add"
  | "camera.set"
  | "camera.delete"
  | "light.add"
  | "light.set"
  | "light.delete"
  | "scene.set"
  | "mesh.set"
  | "animation.set"
  | "history.undo"
  | "history.redo"
  | "document.import"
  | "version.restore"
  | "branch.merge";

/** A thing with a place: glTF's node. Collection `entities`. */
export interface Entity {
  /** What people call it. */
  name: string;
  /** The entity it hangs under; none for the root. */
  parent?: RecordId;
  /** Its place among its siblings, ascending. */
  order?: number;
  /** Translation from its parent, in metres. */
  translation?: [Numeric, Numeric, Numeric];
  /** Rotation from its parent, a unit quaternion x, y, z, w. */
  rotation?: [Numeric, Numeric, Numeric, Numeric];
  /** Scale along its own axes. */
  scale?: [Numeric, Numeric, Numeric];
  /** The matrix the source gave instead of translation, rotation and scale; an edit of those clears it. */
  matrix?: [Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric, Numeric];
  /** Whether it is drawn. */
  visible?: boolean;
  /** Whether the editor refuses to select it in the viewport. */
  locked?: boolean;
  /** The mesh it draws. */
  mesh?: RecordId;
  /** The skin that deforms its mesh. */
  skin?: RecordId;
  /** Its own morph target weights. */
  weights?: (number)[];
  /** The camera it carries. */
  camera?: RecordId;
  /** The light it carries. */
  light?: RecordId;
  /** A root that stands in no scene of its own, or only in scenes other than the main one. */
  detached?: boolean;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list of nodes on export; none comes last. */
  index?: number;
}

/** A surface: glTF's metallic-roughness material. Collection `materials`. */
export interface Material {
  /** What people call it. */
  name: string;
  /** Base colour and opacity, linear RGBA from 0 to 1. */
  base_color?: [Numeric, Numeric, Numeric, Numeric];
  /** The texture that multiplies the base colour: `{texture, texCoord?, …}`. */
  base_color_texture?: FieldValue;
  /** Metalness, 0 to 1. */
  metallic?: number;
  /** Roughness, 0 to 1. */
  roughness?: number;
  /** Green: roughness, blue: metalness. */
  metallic_roughness_texture?: FieldValue;
  /** The normal map: `{texture, scale?, …}`. */
  normal_texture?: FieldValue;
  /** Ambient occlusion: `{texture, strength?, …}`. */
  occlusion_texture?: FieldValue;
  /** Emitted light, linear RGB. */
  emissive?: [Numeric, Numeric, Numeric];
  /** The texture that multiplies the emitted light. */
  emissive_texture?: FieldValue;
  /** `OPAQUE`, `MASK` or `BLEND`; none is opaque. */
  alpha_mode?: string;
  /** Below this opacity nothing is drawn, in mode `MASK`. */
  alpha_cutoff?: number;
  /** Whether back faces are drawn. */
  double_sided?: boolean;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A camera: perspective or orthographic. Collection `cameras`. */
export interface Camera {
  /** What people call it. */
  name: string;
  /** `perspective` or `orthographic`. */
  projection: string;
  /** Vertical field of view in radians; perspective only. */
  yfov?: number;
  /** Width by height; none follows the window. Perspective only. */
  aspect_ratio?: number;
  /** Half the width of the view in metres; orthographic only. */
  xmag?: number;
  /** Half the height of the view in metres; orthographic only. */
  ymag?: number;
  /** The nearest distance drawn, in metres. */
  znear: number;
  /** The farthest distance drawn, in metres; none for infinity. */
  zfar?: number;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A light of KHR_lights_punctual. Collection `lights`. */
export interface Light {
  /** What people call it. */
  name: string;
  /** `directional`, `point` or `spot`. */
  kind: string;
  /** Linear RGB. */
  color?: [Numeric, Numeric, Numeric];
  /** Candela (point, spot) or lux (directional). */
  intensity?: number;
  /** Metres beyond which it does not shine; none for no limit. */
  range?: number;
  /** Radians from the axis where a spot begins to fade. */
  inner_cone_angle?: number;
  /** Radians from the axis where a spot has faded. */
  outer_cone_angle?: number;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** Triangles: glTF's mesh, whose primitives name accessors and materials by record id. Collection `meshes`. */
export interface Mesh {
  /** What people call it. */
  name: string;
  /** glTF primitives: `{attributes, indices?, material?, mode?, targets?}` with record ids for indices. */
  primitives?: (FieldValue)[];
  /** Morph target weights. */
  weights?: (number)[];
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** Joints that deform a mesh. Collection `skins`. */
export interface Skin {
  /** What people call it. */
  name: string;
  /** The entities that are its joints. */
  joints?: (RecordId)[];
  /** The root of the joints' hierarchy. */
  skeleton?: RecordId;
  /** The accessor of the inverse bind matrices. */
  inverse_bind_matrices?: RecordId;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A glTF animation: channels that drive entities from samplers. Collection `animations`. */
export interface Animation {
  /** What people call it. */
  name: string;
  /** glTF channels: `{sampler, target: {node?, path, …}}` with record ids for nodes. */
  channels?: (FieldValue)[];
  /** glTF samplers: `{input, output, interpolation?}` with record ids for accessors. */
  samplers?: (FieldValue)[];
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** An image with how it is sampled. Collection `textures`. */
export interface Texture {
  /** What people call it. */
  name: string;
  /** The image. */
  image?: RecordId;
  /** How it is sampled; none repeats it and leaves the filter to the viewer. */
  sampler?: RecordId;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** How a texture is filtered and repeated; textures may share one. Collection `samplers`. */
export interface Sampler {
  /** What people call it. */
  name: string;
  /** glTF: 9728 nearest, 9729 linear. */
  mag_filter?: number;
  /** glTF: 9728, 9729, or 9984 to 9987 with mipmaps. */
  min_filter?: number;
  /** Across: 33071 clamp, 33648 mirror, 10497 repeat; none repeats. */
  wrap_s?: number;
  /** Along: as `wrap_s`. */
  wrap_t?: number;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A picture, stored as an object. Collection `images`. */
export interface Image {
  /** What people call it. */
  name: string;
  /** Its bytes. */
  object?: string;
  /** Its media type: `image/png` or `image/jpeg`. */
  media_type?: string;
  /** The side file it was read from; none when the source file held its bytes. */
  uri?: string;
  /** The view that holds the same bytes on export. Other bytes in `object` take its place. */
  view?: RecordId;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A typed array inside a view: glTF's accessor. Collection `accessors`. */
export interface Accessor {
  /** The view that holds its data; none for zeros. */
  view?: RecordId;
  /** Bytes from the view's start. */
  offset?: number;
  /** glTF component type: 5120 to 5126. */
  component_type: number;
  /** Integers stand for 0 to 1 or -1 to 1. */
  normalized?: boolean;
  /** How many elements. */
  count: number;
  /** `SCALAR`, `VEC2`, `VEC3`, `VEC4`, `MAT2`, `MAT3` or `MAT4`. */
  element: string;
  /** The smallest of each component. */
  min?: (number)[];
  /** The largest of each component. */
  max?: (number)[];
  /** glTF sparse storage, with record ids for views. */
  sparse?: FieldValue;
  /** Its elements one after the other, where an extension of the primitive packs them. Export passes it over. */
  decoded?: string;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** Bytes, stored as an object: glTF's buffer view. Collection `views`. */
export interface View {
  /** Its bytes; none when the source named bytes that it did not bring (an extension's, say). */
  object?: string;
  /** What an extension packs of them, as its object in `source` says; none where nothing does. */
  packed?: string;
  /** What `packed` is unpacked, where the source brought that alone. Export passes it over. */
  decoded?: string;
  /** How many. */
  length: number;
  /** Bytes from one element to the next; none for packed. */
  stride?: number;
  /** What a graphics card binds it as: 34962 vertices, 34963 indices. */
  target?: number;
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** A choice of roots to show. A scene document has one that matters, the main one; files may carry others. Collection `scenes`. */
export interface SceneRoots {
  /** What people call it. */
  name: string;
  /** Its root entities. The main scene has none here: its roots are all entities without parent that are not `detached`. */
  roots?: (RecordId)[];
  /** What the source file carried beyond these fields. */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
  /** Its place in the list on export; none comes last. */
  index?: number;
}

/** What belongs to the file as a whole; one record, `scene`. Collection `properties`. */
export interface Properties {
  /** The main scene; none for the first. */
  scene?: RecordId;
  /** By collection: how many places of its list were given, where the record at the last of them is gone. */
  [key: `places.${string}`]: number;
  /** How bright it is shown, in stops: one more is twice the light. */
  exposure?: number;
  /** How light becomes colours of a screen: `neutral` (Khronos PBR Neutral), `aces`, `agx`, or `linear`, which clips; none is `neutral`. */
  tone_mapping?: string;
  /** What shines on everything from all around: `studio`, a neutral room, or `none`; what is neither is `studio`. */
  environment?: string;
  /** How strongly that shines. */
  environment_intensity?: number;
  /** How far that is turned about +Y, in radians. */
  environment_rotation?: number;
  /** Everything of the source file that has no other place (`asset`, `extensionsUsed`, `extras`, …). */
  source?: FieldValue;
  /** The same as JSON, with the fields that are missing here, where they are too large for a record. */
  source_object?: string;
}

/** What one does to a manifest. */
export type ManifestEvent =
  | "session.create"
  | "project.rename"
  | "document.add"
  | "document.rename"
  | "graph.rename"
  | "document.move"
  | "document.delete"
  | "document.restore"
  | "member.join"
  | "member.set"
  | "branch.create"
  | "version.create"
  | "note.add"
  | "note.dismiss"
  | "asset.add"
  | "asset.set"
  | "asset.delete"
  | "history.undo"
  | "history.redo"
  | "document.import"
  | "version.restore"
  | "branch.merge";

/** A document of the session. The record's id is the document's id. Collection `documents`. */
export interface DocumentEntry {
  /** What people call it. */
  name: string;
  /** Its kind's name. */
  kind: string;
  /** Its place in lists, ascending. */
  order?: number;
}

/** A branch. The record's id is the branch's id; `main` is the one every session has. Collection `branches`. */
export interface Branch {
  /** What people call it. */
  name: string;
  /** The branch it left. */
  from?: RecordId;
  /** The events it starts at, CIDs by document. */
  [key: `heads.${string}`]: FieldValue;
}

/** A named state of the whole session. Collection `versions`. */
export interface Version {
  /** What people call it. */
  name: string;
  /** What changed, in the words of whoever named it. */
  note?: string;
  /** The events it names, CIDs by document. */
  [key: `heads.${string}`]: FieldValue;
  /** When it was named, Unix milliseconds; information only. */
  time?: number;
  /** Who named it. */
  author?: string;
}

/** A person of the session. The record's id is the person's user id. Collection `members`. */
export interface Member {
  /** What others see. */
  name: string;
  /** The colour of their cursor and events. */
  color?: string;
  /** When each of their devices joined, Unix milliseconds by replica. */
  [key: `replicas.${string}`]: FieldValue;
}

/** A file of the project. Collection `assets`. */
export interface Asset {
  /** Where it stands below `assets/`, with forward slashes. */
  path: string;
  /** Its content. */
  object: string;
  /** Its size in bytes. */
  size: number;
  /** Its media type. */
  media_type?: string;
  /** A small picture of it, a PNG. */
  thumbnail?: string;
}

/** What an import left to know. It goes when somebody has read it and says so. Collection `notes`. */
export interface ImportNote {
  /** What it is, as a sentence that follows the place. */
  message: string;
  /** Whether the file breaks a rule of its format there; otherwise something was kept as it is, left out, or brought into another form. */
  problem?: boolean;
  /** Where in the file, as a JSON pointer; none for the file as a whole. */
  place?: string;
  /** Of how many more places it is true. */
  more?: number;
  /** The document that the part of the file became. */
  document?: string;
  /** The collection of the record that it became. */
  collection?: string;
  /** That record. */
  record?: string;
  /** Its place among the notes. */
  order?: number;
}

/** Settings of the whole project; one record, `project`. Collection `settings`. */
export interface Settings {
  /** What people call the project. */
  name: string;
  /** Where it was imported from, if it was. */
  imported_from?: string;
}
