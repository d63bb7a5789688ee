import { useMemo, useState } from "react";

import { Button, EmptyState, Select } from "../../design";
import { connectionTitle, useConnection, whatIsLeft } from "../../project/connection";
import { useHistoryEpoch, useSessionStatus } from "../../project/session";
import { ActivityChart } from "./ActivityChart";
import { EventList } from "./EventList";
import { useHistory } from "./useHistory";
import "./session.css";

const ALL = "*";

/** Everything that was done, by whom and when, newest first. */
export function SessionPanel() {
  const [document, setDocument] = useState(ALL);
  const epoch = useHistoryEpoch();
  return <SessionEvents key={`${document} ${epoch}`} document={document} onDocument={setDocument} />;
}

/** That not all of this is on the server, or that not all of what the server has is here. */
function Exchanged() {
  const connection = useConnection();
  const [first, ...more] = whatIsLeft(connection);
  if (first === undefined) return null;
  return (
    <span title={connectionTitle(connection)}>
      {" "}
      · {first}
      {more.length > 0 && `, and ${more.length} other ${more.length === 1 ? "thing" : "things"} to exchange`}
    </span>
  );
}

function SessionEvents({
  document,
  onDocument,
}: {
  document: string;
  onDocument: (document: string) => void;
}) {
  const status = useSessionStatus((all) => all);
  const [person, setPerson] = useState(ALL);
  const history = useHistory(document === ALL ? null : document);
  const rows = useMemo(
    () => (person === ALL ? history.rows : history.rows.filter((row) => row.person.id === person)),
    [history.rows, person],
  );
  const named = ({ id, name }: { id: string; name: string }) => ({ value: id, label: name });
  const documents = [{ value: ALL, label: "All documents" }, ...status.documents.map(named)];
  const people = [{ value: ALL, label: "Everyone" }, ...status.people.map(named)];
  return (
    <div className="session" aria-busy={history.rows.length === 0 && history.more}>
      <div className="session-bar">
        <div className="session-filter">
          <Select label="Document" value={document} options={documents} onChange={onDocument} />
        </div>
        <div className="session-filter">
          <Select label="Person" value={person} options={people} onChange={setPerson} />
        </div>
        <ActivityChart rows={rows} />
        <span className="session-count">
          {Number(status.events).toLocaleString()} events · {status.people.length}{" "}
          {status.people.length === 1 ? "person" : "people"}
          <Exchanged />
        </span>
      </div>
      {history.failure && (
        <p className="session-failure" role="alert">
          {history.failure.message}
        </p>
      )}
      {history.rows.length === 0 && history.more ? (
        <p className="session-reading" role="status">
          Reading the history…
        </p>
      ) : rows.length === 0 && !history.more && (person !== ALL || document !== ALL) ? (
        <EmptyState
          title="No event fits"
          actions={
            <Button
              onClick={() => {
                setPerson(ALL);
                onDocument(ALL);
              }}
            >
              Show all events
            </Button>
          }
        />
      ) : rows.length === 0 && !history.more ? (
        <EmptyState title="Nothing yet">
          Every edit appears here with who did it, and leads to what it touched.
        </EmptyState>
      ) : (
        <EventList rows={rows} more={history.more} onEnd={history.loadMore} />
      )}
    </div>
  );
}
