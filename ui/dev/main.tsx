/**
 * The window over the in-memory twin, to look at without the shell: `npm run dev`, then /dev.html?entities=5000.
 * `connection=offline` stands as if a server did not answer, `dialog=share` opens a dialog, `tool=connection` a panel,
 * `view=grid` shows files as pictures.
 * `people=4` has others there who move, or stand with `still`.
 */
import { Twin } from "../src/ipc/testing/twin";
import type { ConnectionState } from "../src/ipc/types";
import { gather } from "./crowd";

const options = new URLSearchParams(location.search);
const theme = options.get("theme");
if (theme) localStorage.setItem("wissil.theme", theme);
const view = options.get("view");
if (view) localStorage.setItem("wissil.assets.view", view);

const twin = new Twin({
  open: options.get("start") === null,
  entities: Number(options.get("entities") ?? 68),
  past: Number(options.get("past") ?? 240),
  connection: (options.get("connection") ?? "local") as ConnectionState,
}).install();
twin.links.asked = options.get("link");
Object.assign(window, { twin });
gather(twin.presence, Number(options.get("people") ?? 2), options.get("still") !== null);

const { showDialog, showJoin } = await import("../src/workspace/dialogs");
const { showTool } = await import("../src/workspace/tabs");
await import("../src/main");

const builds = ["started", "progress", "progress", "completed"];
let told = 0;
setInterval(() => {
  twin.live.message("build", builds[told % builds.length] ?? "", {
    target: "web",
    percent: (told % 4) * 33,
  });
  told += 1;
}, 1500);

setTimeout(() => {
  const tool = options.get("tool");
  if (tool) showTool(tool as Parameters<typeof showTool>[0]);
  const dialog = options.get("dialog");
  if (dialog === "join") showJoin();
  else if (dialog) showDialog(dialog as Parameters<typeof showDialog>[0]);
}, 600);
