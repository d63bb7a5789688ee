// Makes the files of this folder, and says what the format's own decoders unpack of them.
//
//   npm install --prefix <folder> meshoptimizer@1.3.0 draco3dgltf@1.5.7
//   node make.mjs <folder>
//
// expected.json: by file, the name (CID) of what each packed view, or each accessor of a packed primitive, holds.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const modules = resolve(process.argv[2]);
const require = createRequire(join(modules, "here.js"));
const load = (name) => import(pathToFileURL(join(modules, "node_modules/meshoptimizer", name)));
const { MeshoptEncoder } = await load("meshopt_encoder.js");
const { MeshoptDecoder } = await load("meshopt_decoder_reference.js");
const draco = require("draco3dgltf");
const folder = dirname(fileURLToPath(import.meta.url));
const expected = {};

/** A torus, whose corners are the same on every machine but for the last digits. */
function torus(around, along) {
  const [positions, normals, texcoords, colors, joints, corners] = [[], [], [], [], [], []];
  for (let i = 0; i <= around; i++) {
    for (let j = 0; j <= along; j++) {
      const [a, b] = [(i / around) * 2 * Math.PI, (j / along) * 2 * Math.PI];
      const normal = [Math.cos(a) * Math.cos(b), Math.sin(b), Math.sin(a) * Math.cos(b)];
      positions.push(Math.cos(a) + 0.3 * normal[0], 0.3 * normal[1], Math.sin(a) + 0.3 * normal[2]);
      normals.push(...normal);
      texcoords.push(i / around, j / along);
      colors.push((i * 7) % 256, (j * 11) % 256, (i * j) % 256, 255);
      joints.push(i % 5, j % 3, 300 + i, 0);
      if (i === around || j === along) continue;
      const at = i * (along + 1) + j;
      corners.push(at, at + along + 1, at + 1, at + 1, at + along + 1, at + along + 2);
    }
  }
  return {
    count: positions.length / 3,
    positions: new Float32Array(positions),
    normals: new Float32Array(normals),
    texcoords: new Float32Array(texcoords),
    colors: new Uint8Array(colors),
    joints: new Uint16Array(joints),
    corners,
  };
}

const bytesOf = (array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The CID of raw bytes. */
function cid(bytes) {
  const name = Buffer.concat([Buffer.from([1, 0x55, 0x12, 32]), createHash("sha256").update(bytes).digest()]);
  let [bits, held, text] = [0, 0, "b"];
  for (const byte of [...name, 0]) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += "abcdefghijklmnopqrstuvwxyz234567"[(held >> (bits - 5)) & 31];
  }
  return text.slice(0, 1 + Math.ceil((name.length * 8) / 5));
}

function write(name, json, bin) {
  const text = Buffer.from(JSON.stringify(json));
  const pad = (bytes, filler) =>
    Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4, filler)]);
  const chunks = [
    [0x4e4f534a, pad(text, " ")],
    [0x004e4942, pad(Buffer.from(bin), 0)],
  ].map(([type, bytes]) => {
    const head = Buffer.alloc(8);
    head.writeUInt32LE(bytes.length, 0);
    head.writeUInt32LE(type, 4);
    return Buffer.concat([head, bytes]);
  });
  const head = Buffer.alloc(12);
  head.write("glTF");
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(12 + chunks[0].length + chunks[1].length, 8);
  writeFileSync(join(folder, name), Buffer.concat([head, ...chunks]));
}

/** Bytes one after the other, aligned, and where each stands. */
class Bin {
  bytes = [];
  add(bytes) {
    while (this.bytes.length % 4) this.bytes.push(0);
    const place = { byteOffset: this.bytes.length, byteLength: bytes.length };
    this.bytes.push(...bytes);
    return place;
  }
}

await MeshoptEncoder.ready;

function meshopt(file, extension, version) {
  const { count, positions, normals, texcoords, colors, joints, corners } = torus(19, 15);
  const quaternions = new Float32Array(count * 4);
  for (let at = 0; at < count; at++) {
    const angle = at / 50;
    quaternions.set([Math.sin(angle) * 0.6, Math.sin(angle) * 0.8, 0, Math.cos(angle)], at * 4);
  }
  const four = (array) => Float32Array.from({ length: count * 4 }, (_, i) => (i % 4 < 3 ? array[(i >> 2) * 3 + (i % 4)] : 0));
  const rgba = Float32Array.from(colors, (it) => it / 255);
  const E = MeshoptEncoder;
  const views = [
    ["ATTRIBUTES", "NONE", 12, bytesOf(positions)],
    ["ATTRIBUTES", "NONE", 8, bytesOf(joints)],
    ["ATTRIBUTES", "NONE", 4, colors],
    ["ATTRIBUTES", "NONE", 8, bytesOf(texcoords)],
    ["ATTRIBUTES", "OCTAHEDRAL", 4, E.encodeFilterOct(four(normals), count, 4, 8)],
    ["ATTRIBUTES", "OCTAHEDRAL", 8, E.encodeFilterOct(four(normals), count, 8, 12)],
    ["ATTRIBUTES", "QUATERNION", 8, E.encodeFilterQuat(quaternions, count, 8, 12)],
    ["ATTRIBUTES", "EXPONENTIAL", 12, E.encodeFilterExp(positions, count, 12, 15)],
    ["TRIANGLES", "NONE", 2, bytesOf(new Uint16Array(corners))],
    ["TRIANGLES", "NONE", 4, bytesOf(new Uint32Array(corners))],
    ["INDICES", "NONE", 2, bytesOf(new Uint16Array(corners))],
    ["INDICES", "NONE", 4, bytesOf(new Uint32Array(corners))],
  ];
  if (extension === "KHR_meshopt_compression") {
    views.push(["ATTRIBUTES", "COLOR", 4, E.encodeFilterColor(rgba, count, 4, 8)]);
    views.push(["ATTRIBUTES", "COLOR", 8, E.encodeFilterColor(rgba, count, 8, 12)]);
  }
  const bin = new Bin();
  let fallback = 0;
  expected[file] = [];
  const bufferViews = views.map(([mode, filter, stride, source]) => {
    const elements = source.length / stride;
    const packed = E.encodeGltfBuffer(source, elements, stride, mode, version);
    const target = new Uint8Array(source.length);
    MeshoptDecoder.decodeGltfBuffer(target, elements, stride, packed, mode, filter);
    expected[file].push(cid(target));
    const place = bin.add(packed);
    const byteOffset = fallback;
    fallback += source.length + ((4 - (source.length % 4)) % 4);
    return {
      buffer: 1,
      byteOffset,
      byteLength: source.length,
      extensions: { [extension]: { buffer: 0, ...place, byteStride: stride, count: elements, mode, filter } },
    };
  });
  const accessors = [
    { bufferView: 0, componentType: 5126, count, type: "VEC3", min: [-1.3, -0.3, -1.3], max: [1.3, 0.3, 1.3] },
    { bufferView: 8, componentType: 5123, count: corners.length, type: "SCALAR" },
  ];
  write(file, {
    asset: { version: "2.0" },
    extensionsUsed: [extension],
    extensionsRequired: [extension],
    buffers: [
      { byteLength: bin.bytes.length },
      { byteLength: fallback, extensions: { [extension]: { fallback: true } } },
    ],
    bufferViews,
    accessors,
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    nodes: [{ mesh: 0 }],
    scenes: [{ nodes: [0] }],
    scene: 0,
  }, bin.bytes);
}

meshopt("meshopt.glb", "EXT_meshopt_compression", 0);
meshopt("meshopt-khr.glb", "KHR_meshopt_compression", 1);

const encoder = await draco.createEncoderModule();
const decoder = await draco.createDecoderModule();

/** A primitive in Draco's form, and what its accessors hold. */
function packed({ count, corners, positions, normals, texcoords, colors, joints }, method, speed) {
  const [mesh, builder, packing] = [new encoder.Mesh(), new encoder.MeshBuilder(), new encoder.Encoder()];
  builder.AddFacesToMesh(mesh, corners.length / 3, new Uint32Array(corners));
  const attributes = {
    POSITION: builder.AddFloatAttributeToMesh(mesh, encoder.POSITION, count, 3, positions),
    NORMAL: builder.AddFloatAttributeToMesh(mesh, encoder.NORMAL, count, 3, normals),
    TEXCOORD_0: builder.AddFloatAttributeToMesh(mesh, encoder.TEX_COORD, count, 2, texcoords),
    COLOR_0: builder.AddUInt8Attribute(mesh, encoder.COLOR, count, 4, colors),
    JOINTS_0: builder.AddUInt16Attribute(mesh, encoder.GENERIC, count, 4, joints),
  };
  packing.SetSpeedOptions(speed, speed);
  packing.SetAttributeQuantization(encoder.POSITION, 11);
  packing.SetAttributeQuantization(encoder.NORMAL, 8);
  packing.SetAttributeQuantization(encoder.TEX_COORD, 10);
  packing.SetEncodingMethod(encoder[method]);
  const out = new encoder.DracoInt8Array();
  const length = packing.EncodeMeshToDracoBuffer(mesh, out);
  const bytes = Uint8Array.from({ length }, (_, at) => out.GetValue(at) & 255);

  const [unpacking, read] = [new decoder.Decoder(), new decoder.Mesh()];
  unpacking.DecodeArrayToMesh(new Int8Array(bytes.buffer), bytes.length, read);
  const points = read.num_points();
  const array = (name, Type, type, components) => {
    const size = points * components * Type.BYTES_PER_ELEMENT;
    const place = decoder._malloc(size);
    const attribute = unpacking.GetAttributeByUniqueId(read, attributes[name]);
    unpacking.GetAttributeDataArrayForAllPoints(read, attribute, decoder[type], size, place);
    return bytesOf(new Type(decoder.HEAPU8.buffer.slice(place, place + size)));
  };
  const indexSize = corners.length * 4;
  const place = decoder._malloc(indexSize);
  unpacking.GetTrianglesUInt32Array(read, indexSize, place);
  const indices = new Uint32Array(decoder.HEAPU8.buffer.slice(place, place + indexSize));
  return {
    bytes,
    attributes,
    accessors: [
      ["POSITION", 5126, "VEC3", points, array("POSITION", Float32Array, "DT_FLOAT32", 3)],
      ["NORMAL", 5126, "VEC3", points, array("NORMAL", Float32Array, "DT_FLOAT32", 3)],
      ["TEXCOORD_0", 5126, "VEC2", points, array("TEXCOORD_0", Float32Array, "DT_FLOAT32", 2)],
      ["COLOR_0", 5121, "VEC4", points, array("COLOR_0", Uint8Array, "DT_UINT8", 4)],
      ["JOINTS_0", 5123, "VEC4", points, array("JOINTS_0", Uint16Array, "DT_UINT16", 4)],
      ["", 5123, "SCALAR", corners.length, bytesOf(new Uint16Array(indices))],
    ],
  };
}

const bin = new Bin();
const [bufferViews, accessors, primitives] = [[], [], []];
expected["draco.glb"] = [];
for (const [method, speed] of [["MESH_EDGEBREAKER_ENCODING", 1], ["MESH_EDGEBREAKER_ENCODING", 7], ["MESH_SEQUENTIAL_ENCODING", 7]]) {
  const { bytes, attributes, accessors: read } = packed(torus(9, 7), method, speed);
  const primitive = { attributes: {}, extensions: { KHR_draco_mesh_compression: { bufferView: bufferViews.length, attributes } } };
  bufferViews.push({ buffer: 0, ...bin.add(bytes) });
  for (const [name, componentType, type, count, content] of read) {
    expected["draco.glb"].push(cid(content));
    if (name) primitive.attributes[name] = accessors.length;
    else primitive.indices = accessors.length;
    const bounds = name === "POSITION" ? { min: [-1.31, -0.31, -1.31], max: [1.31, 0.31, 1.31] } : {};
    const normalized = name === "COLOR_0" ? { normalized: true } : {};
    accessors.push({ componentType, count, type, ...normalized, ...bounds });
  }
  primitives.push(primitive);
}
write("draco.glb", {
  asset: { version: "2.0" },
  extensionsUsed: ["KHR_draco_mesh_compression"],
  extensionsRequired: ["KHR_draco_mesh_compression"],
  buffers: [{ byteLength: bin.bytes.length }],
  bufferViews,
  accessors,
  meshes: [{ primitives }],
  nodes: [{ mesh: 0 }],
  scenes: [{ nodes: [0] }],
  scene: 0,
}, bin.bytes);

writeFileSync(join(folder, "expected.json"), `${JSON.stringify(expected, null, 2)}\n`);
