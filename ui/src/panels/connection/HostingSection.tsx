import type { HostingInfo } from "../../ipc/types";

/** The server that this machine runs, with the end of its log. */
export function HostingSection({ hosting }: { hosting: HostingInfo }) {
  return (
    <section className="connection-section" aria-labelledby="connection-hosting">
      <h3 id="connection-hosting" className="connection-title">
        Hosting
      </h3>
      <dl className="connection-facts ui-selectable">
        <dt>State</dt>
        <dd>{hosting.running ? "running" : "not running"}</dd>
        <dt>Listens at</dt>
        <dd className="ui-mono">{hosting.url}</dd>
        <dt>Encrypted</dt>
        <dd>
          {hosting.reach === "machine" ? "not needed: nothing leaves this machine" : "everything, both ways"}
        </dd>
        <dt>Who can join</dt>
        <dd>
          {hosting.reach === "machine"
            ? "programs on this machine"
            : "everyone on this network with the link"}
        </dd>
      </dl>
      <pre className="connection-log ui-mono ui-selectable" tabIndex={0} aria-label="Log of the server">
        {hosting.log.length === 0 ? "The log is empty." : hosting.log.join("\n")}
      </pre>
    </section>
  );
}
