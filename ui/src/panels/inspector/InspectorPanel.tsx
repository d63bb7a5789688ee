import { useStore } from "zustand";

import { EmptyState } from "../../design";
import { useDocument } from "../../documents/document";
import type { DocumentView } from "../../documents/document";
import { refKey, selection } from "../../documents/selection";
import type { RecordRef } from "../../documents/selection";
import { recordKind, recordTitle } from "../../workspace/kinds";
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
  const view = useDocument(document);
  if (!view) return null;
  const present = view.records.there(refs);
  const [first] = present;
  if (!first) return <NothingSelected />;
  const isOneKind = present.every((ref) => ref.collection === first.collection);
  return (
    <div className="inspector">
      {present.length === 1 && <One key={`${view.id} ${refKey(first)}`} view={view} target={first} />}
      {present.length > 1 && isOneKind && (
        <Several view={view} collection={first.collection} refs={present} />
      )}
      {present.length > 1 && !isOneKind && <Mixed refs={present} />}
    </div>
  );
}

function One({ view, target }: { view: DocumentView; target: RecordRef }) {
  const { collection, id } = target;
  const { noun, Heading, Form, along } = recordKind(view.kind, collection);
  const record = view.records.get(collection, id);
  if (!record) return null;
  return (
    <>
      {Heading ? (
        <Heading view={view} id={id} />
      ) : (
        <header className="inspector-title">
          <span>{recordTitle(view, collection, id)}</span>
          <span className="inspector-op">{noun}</span>
        </header>
      )}
      {Form && <Form view={view} id={id} />}
      <FieldsOf view={view} target={target} />
      {along?.(view, record).map((ref) => (
        <FieldsOf key={refKey(ref)} view={view} target={ref} />
      ))}
      <ChangedBy document={view.id} target={target} />
    </>
  );
}

function FieldsOf({ view, target: { collection, id } }: { view: DocumentView; target: RecordRef }) {
  const record = view.records.get(collection, id);
  if (!record) return null;
  const kind = recordKind(view.kind, collection);
  return (
    <RecordFields document={view.id} collection={collection} kind={kind} ids={[id]} records={[record]} />
  );
}

function Several({
  view,
  collection,
  refs,
}: {
  view: DocumentView;
  collection: string;
  refs: readonly RecordRef[];
}) {
  const ids = refs.map((ref) => ref.id);
  const records = ids.map((id) => view.records.get(collection, id) ?? {});
  const kind = recordKind(view.kind, collection);
  return (
    <>
      <header className="inspector-title">
        <span>
          {refs.length.toLocaleString()} {collection}
        </span>
      </header>
      <RecordFields document={view.id} collection={collection} kind={kind} ids={ids} records={records} />
      {kind.several && <p className="inspector-help">{kind.several}</p>}
    </>
  );
}

function Mixed({ refs }: { refs: readonly RecordRef[] }) {
  const counts = new Map<string, number>();
  for (const ref of refs) counts.set(ref.collection, (counts.get(ref.collection) ?? 0) + 1);
  return (
    <>
      <header className="inspector-title">
        <span>{refs.length.toLocaleString()} selected</span>
      </header>
      <ul className="inspector-section inspector-help">
        {[...counts].map(([collection, count]) => (
          <li key={collection}>
            {count.toLocaleString()} {collection}
          </li>
        ))}
      </ul>
    </>
  );
}
