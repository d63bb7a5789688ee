import { fileSize } from "../../design";
import type { ConnectionState, ServerInfo } from "../../ipc/types";
import { count } from "../../project/connection";

interface ServerSectionProps {
  url: string | null;
  /** What the server says of itself; none while it does not answer. */
  server: ServerInfo | null;
  /** Whether the server was asked already. */
  asked: boolean;
  /** Where the session stands with it. */
  state: ConnectionState;
}

/** Why a server says nothing of itself. */
const SILENT: Partial<Record<ConnectionState, string>> = {
  connecting: "It has not answered yet.",
  offline: "It does not answer at the moment.",
  refused: "It tells nothing of itself until it lets this project in.",
};

/** What the server's streams hold. */
const STREAM_WORDS: Readonly<Record<string, string>> = {
  WISSIL_IGNIS: "Edits of Blueprints",
  WISSIL_UNITY: "Edits of scenes",
  WISSIL_SPARK: "Edits of projects: documents, files, people",
  WISSIL_IGNITION: "What running games report",
  WISSIL_WAYPOINT: "What assistants suggest",
};

export function ServerSection({ url, server, asked, state }: ServerSectionProps) {
  return (
    <section className="connection-section" aria-labelledby="connection-server">
      <h3 id="connection-server" className="connection-title">
        Server
      </h3>
      <dl className="connection-facts ui-selectable">
        <dt>Address</dt>
        <dd className="ui-mono">{url ?? "—"}</dd>
        {server && (
          <>
            <dt>Name</dt>
            <dd>{server.name}</dd>
            <dt>Version</dt>
            <dd>{server.version}</dd>
            <dt>Runs on</dt>
            <dd>
              {server.cluster === null ? "one machine" : `several machines (cluster ${server.cluster})`}
            </dd>
            <dt>Answers in</dt>
            <dd>{latency(server.latency)}</dd>
          </>
        )}
      </dl>
      {server === null && asked && <p className="connection-quiet">{SILENT[state] ?? ""}</p>}
      {server !== null && server.streams.length > 0 && (
        <table className="connection-streams">
          <thead>
            <tr>
              <th scope="col">Stored on the server</th>
              <th scope="col">Messages</th>
              <th scope="col">Size</th>
            </tr>
          </thead>
          <tbody>
            {server.streams.map((stream) => (
              <tr key={stream.name}>
                <th scope="row">
                  {STREAM_WORDS[stream.name] ?? "Other"}
                  <span className="connection-stream-name ui-mono">{stream.name}</span>
                </th>
                <td>{count(stream.messages)}</td>
                <td>{fileSize(Number(stream.bytes))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** `1.8 ms`, `24 ms`; a dash when it could not be measured. */
export function latency(milliseconds: number | null): string {
  if (milliseconds === null) return "—";
  const digits = milliseconds < 9.95 ? 1 : 0;
  return `${milliseconds.toLocaleString(undefined, { maximumFractionDigits: digits })} ms`;
}
