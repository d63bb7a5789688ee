/**
 * How fast y-websocket carries single edits to a peer: `node measure.mjs EDITS`. Three processes, as three programs would be: the
 * server, one who edits, one who looks on. Each edit sets three numbers of one of a hundred records, in a transaction of its
 * own. Nothing of it is kept on a disk. One line of JSON says how many arrived in which time.
 */
import { fork, spawn } from "node:child_process";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import ws from "ws";
import { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

const RECORDS = 100;
/** Longest that anything may take, in milliseconds. */
const PATIENCE = 120_000;

const [command, ...rest] = process.argv.slice(2);
if (command === "look") await look(Number(rest[0]), Number(rest[1]));
else await measure(Number(command));

async function measure(edits) {
  const port = await freePort();
  const bin = join(dirname(createRequire(import.meta.url).resolve("@y/websocket-server/package.json")), "src", "server.js");
  const server = spawn(process.execPath, [bin], {
    env: { ...process.env, HOST: "127.0.0.1", PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const peer = fork(fileURLToPath(import.meta.url), ["look", String(port), String(edits)]);
  const giveUp = setTimeout(() => end(1), PATIENCE);
  const end = (code) => {
    clearTimeout(giveUp);
    server.kill();
    peer.kill();
    process.exit(code);
  };
  await new Promise((resolve) => server.stdout.once("data", resolve));
  const { records, provider, doc } = await open(port);
  peer.send("begin");
  const said = () => new Promise((resolve) => peer.once("message", resolve));
  await said();
  const begun = performance.now();
  for (let edit = 0; edit < edits; edit += 1) {
    doc.transact(() => records.get(String(edit % RECORDS)).set("translation", [edit, edit / 2, -edit]));
    // Others are heard and written to between edits, as in a program that goes on living.
    if (edit % 64 === 0) await new Promise(setImmediate);
  }
  const made = performance.now();
  await said();
  const seconds = (performance.now() - begun) / 1000;
  console.log(JSON.stringify({ edits, seconds, making: (made - begun) / 1000 }));
  provider.destroy();
  end(0);
}

/** Looks on; says when it sees the records, and when it has seen the last edit. */
async function look(port, edits) {
  await new Promise((resolve) => process.once("message", resolve));
  const { records } = await open(port);
  const last = String((edits - 1) % RECORDS);
  const sees = () => records.get(last)?.get("translation")?.[0] === edits - 1;
  const until = (isTrue) =>
    new Promise((resolve) => {
      const look = () => isTrue() && resolve();
      records.observeDeep(look);
      look();
    });
  await until(() => records.size === RECORDS);
  process.send("ready");
  await until(sees);
  process.send("seen");
}

async function open(port) {
  const doc = new Y.Doc();
  const provider = new WebsocketProvider(`ws://127.0.0.1:${port}`, "bench", doc, {
    WebSocketPolyfill: ws,
    disableBc: true,
  });
  await new Promise((resolve) => provider.once("sync", resolve));
  const records = doc.getMap("entities");
  if (command !== "look")
    doc.transact(() => {
      for (let id = 0; id < RECORDS; id += 1) records.set(String(id), new Y.Map());
    });
  return { doc, provider, records };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
