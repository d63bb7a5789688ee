// Validates .glb and .gltf files with the Khronos validator, and their KHR_interactivity part with its JSON schemas.
//
//   node validate.mjs <folder of node_modules> <folder of schemas> < list of paths, one a line
//
// Prints one JSON object: by path { errors: [{code, pointer, message}], warnings, infos, schema: [text] }.

import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";

const [modules, schemas] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "here.js"));
const validator = require("gltf-validator");
const Ajv = require("ajv/dist/2020").default;

// glTF 2.0's own schemas that the extension's refer to, as far as they matter here.
const STUBS = {
  "glTFProperty.schema.json": {
    type: "object",
    properties: { extensions: { type: "object", additionalProperties: { type: "object" } } },
  },
  "glTFChildOfRootProperty.schema.json": {
    allOf: [{ $ref: "glTFProperty.schema.json" }],
    type: "object",
    properties: { name: { type: "string" } },
  },
  "glTFid.schema.json": { type: "integer", minimum: 0 },
};

const ajv = new Ajv({ strict: false, allErrors: true });
for (const [name, schema] of Object.entries(STUBS)) ajv.addSchema(schema, name);
for (const name of readdirSync(schemas)) {
  ajv.addSchema(JSON.parse(readFileSync(join(schemas, name), "utf8")), name);
}
const checkInteractivity = ajv.getSchema("glTF.KHR_interactivity.schema.json");

const report = {};
for (const path of readFileSync(0, "utf8").split("\n").filter(Boolean)) {
  const bytes = readFileSync(path);
  const found = await validator.validateBytes(new Uint8Array(bytes), { maxIssues: 0 });
  const { numErrors: errorCount, numWarnings: warnings, numInfos: infos, messages } = found.issues;
  const errors = messages
    .filter((issue) => issue.severity === 0)
    .map(({ code, pointer, message }) => ({ code, pointer: pointer ?? "", message }));
  const interactivity = json(bytes).extensions?.KHR_interactivity;
  const schema = [];
  if (interactivity && !checkInteractivity(interactivity)) {
    for (const error of checkInteractivity.errors) schema.push(`${error.instancePath} ${error.message}`);
  }
  const codes = {};
  for (const issue of messages) codes[issue.code] = (codes[issue.code] ?? 0) + 1;
  report[path] = { errors, errorCount, warnings, infos, codes, schema };
}
process.stdout.write(JSON.stringify(report));

function json(bytes) {
  if (bytes.toString("latin1", 0, 4) !== "glTF") return JSON.parse(bytes.toString("utf8"));
  return JSON.parse(bytes.toString("utf8", 20, 20 + bytes.readUInt32LE(12)));
}
