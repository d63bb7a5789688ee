import { useStore } from "zustand";

import { EmptyState } from "../../design";
import { useKind, useReading, useRecord, useThere } from "../../documents/document";
import { refKey, selection } from "../../documents/selection";
import type { RecordRef } from "../../documents/selection";
import { counted, recordKind, recordTitle } from "../../workspace/kinds";
import { ChangedBy } from "./ChangedBy";
import { RecordFields } from "./RecordFields";
import "./inspector.css";

/** Edits what is selected. */
export function InspectorPanel() {
  const { document, refs } = useStore(selection);
  if (document === null || refs.length === 0) return <NothingSelected />;
  return <Inspect document={document} refs={refs} />;
}

function NothingSelected() {
  return (
    <EmptyState title="Nothing selected">
      Select a node, an entity or a variable to see and edit its fields here. Several of a kind are edited
      together.
    </EmptyState>
  );
}

function Inspect({ document, refs }: { document: string; refs: readonly RecordRef[] }) {
  const kind = useKind(document);
  const present = useThere(document, refs);
  if (kind === undefined) return null;
  const [first] = present;
  if (!first) return <NothingSelected />;
  const isOneKind = present.every((ref) => ref.collection === first.collection);
  return (
    <div className="inspector">
      {present.length === 1 && (
        <One key={`${document} ${refKey(first)}`} document={document} kind={kind} target={first} />
      )}
      {present.length > 1 && isOneKind && (
        <Several document={document} kind={kind} collection={first.collection} refs={present} />
      )}
      {present.length > 1 && !isOneKind && <Mixed kind={kind} refs={present} />}
    </div>
  );
}

interface OneProps {
  document: string;
  kind: string;
  target: RecordRef;
}

function One({ document, kind, target }: OneProps) {
  const { collection, id } = target;
  const { noun, Heading, Form } = recordKind(kind, collection);
  return (
    <>
      {Heading ? (
        <Heading document={document} id={id} />
      ) : (
        <header className="inspector-title">
          <Title document={document} kind={kind} target={target} />
          <span className="inspector-op">{noun}</span>
        </header>
      )}
      {Form && <Form document={document} id={id} />}
      <FieldsOf document={document} kind={kind} target={target} />
      <Along document={document} kind={kind} target={target} />
      <ChangedBy document={document} target={target} />
    </>
  );
}

function Title({ document, kind, target }: OneProps) {
  return <span>{useReading(document, (records) => recordTitle(kind, records, target))}</span>;
}

function FieldsOf({ document, kind, target: { collection, id } }: OneProps) {
  const record = useRecord(document, collection, id);
  if (!record) return null;
  return (
    <RecordFields
      document={document}
      collection={collection}
      kind={recordKind(kind, collection)}
      ids={[id]}
      records={[record]}
    />
  );
}

/** Other records that are edited along with this one. */
function Along({ document, kind, target: { collection, id } }: OneProps) {
  const { along } = recordKind(kind, collection);
  const refs = useReading(document, (records) => {
    const record = records.get(collection, id);
    return record && along?.(records, record);
  });
  return refs?.map((ref) => <FieldsOf key={refKey(ref)} document={document} kind={kind} target={ref} />);
}

interface SeveralProps {
  document: string;
  kind: string;
  collection: string;
  refs: readonly RecordRef[];
}

function Several({ document, kind, collection, refs }: SeveralProps) {
  const ids = refs.map((ref) => ref.id);
  const records = useReading(document, (all) => ids.map((id) => all.get(collection, id) ?? {})) ?? [];
  const described = recordKind(kind, collection);
  return (
    <>
      <header className="inspector-title">
        <span>
          {refs.length.toLocaleString()} {collection}
        </span>
      </header>
      <RecordFields
        document={document}
        collection={collection}
        kind={described}
        ids={ids}
        records={records}
      />
      {described.several && <p className="inspector-help">{described.several}</p>}
    </>
  );
}

function Mixed({ kind, refs }: { kind: string; refs: readonly RecordRef[] }) {
  const counts = new Map<string, number>();
  for (const ref of refs) counts.set(ref.collection, (counts.get(ref.collection) ?? 0) + 1);
  return (
    <>
      <header className="inspector-title">
        <span>{refs.length.toLocaleString()} selected</span>
      </header>
      <ul className="inspector-section inspector-help">
        {[...counts].map(([collection, count]) => (
          <li key={collection}>{counted(kind, collection, count)}</li>
        ))}
      </ul>
    </>
  );
}
