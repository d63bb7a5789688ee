/** The window over the in-memory twin, to look at without the shell: `npm run dev`, then /dev.html?entities=5000. */
import { Twin } from "../src/ipc/testing/twin";

const options = new URLSearchParams(location.search);
const theme = options.get("theme");
if (theme) localStorage.setItem("wissil.theme", theme);

const twin = new Twin({
  open: options.get("start") === null,
  entities: Number(options.get("entities") ?? 68),
  past: Number(options.get("past") ?? 240),
}).install();
Object.assign(window, { twin });

await import("../src/main");
