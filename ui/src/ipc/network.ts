/** The session's server: choosing one, being one, and where one stands with it. */
import { commands } from "./bindings";
import type { ConnectionStatus } from "./bindings";
import { answered } from "./call";
import type { Reach, ServerSettings } from "./types";

/** Everything about the server; asks the server, so it takes as long as its answer. */
export const connectionInfo = () => answered(commands.connectionInfo());
export const connect = (server: ServerSettings) => answered(commands.connectionConnect(server));
export const disconnect = () => answered(commands.connectionDisconnect());
export const startHosting = (reach: Reach) => answered(commands.hostingStart(reach));
export const stopHosting = () => answered(commands.hostingStop());
export const shareInfo = () => answered(commands.shareInfo());

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
