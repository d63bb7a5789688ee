/** Where a session stands with its server. */
import type { ConnectionStatus } from "./bindings";

/** No server was chosen. */
export const ON_THIS_DISK: ConnectionStatus = {
  state: "local",
  waiting: "0",
  done: "0",
  total: "0",
  files: null,
  problem: null,
  hosting: false,
  history: null,
  left: [],
  settled: false,
};
