import { useStore } from "zustand";

import { EmptyState } from "../../design";
import { useDocument } from "../../documents/document";
import type { DocumentView } from "../../documents/document";
import { selection, there } from "../../documents/selection";
import type { RecordRef } from "../../documents/selection";
import { collectionWord, recordTitle } from "../../project/describe";
import { ChangedBy } from "./ChangedBy";
import { EntityParts } from "./EntityParts";
import { NodeInspector } from "./NodeInspector";
import { RecordFields } from "./RecordFields";
import { VariableInspector } from "./VariableInspector";
import { WireInspector } from "./WireInspector";
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
  const present = there(refs, view.collections);
  const [first] = present;
  if (!first) return <NothingSelected />;
  const isOneKind = present.every((ref) => ref.collection === first.collection);
  return (
    <div className="inspector">
      {present.length === 1 && <One view={view} target={first} />}
      {present.length > 1 && isOneKind && (
        <Several view={view} collection={first.collection} refs={present} />
      )}
      {present.length > 1 && !isOneKind && <Mixed refs={present} />}
    </div>
  );
}

function One({ view, target }: { view: DocumentView; target: RecordRef }) {
  const { collection, id } = target;
  const record = view.collections[collection]?.[id];
  if (!record) return null;
  return (
    <>
      {collection === "nodes" ? (
        <NodeInspector document={view.id} id={id} />
      ) : (
        <header className="inspector-title">
          <span>{recordTitle(view, collection, id)}</span>
          <span className="inspector-op">{collectionWord(collection)}</span>
        </header>
      )}
      {collection === "wires" && <WireInspector view={view} wire={record} />}
      {(collection === "variables" || collection === "events") && (
        <VariableInspector view={view} collection={collection} id={id} />
      )}
      <RecordFields document={view.id} collection={collection} ids={[id]} records={[record]} />
      {collection === "entities" && <EntityParts view={view} entity={record} />}
      <ChangedBy key={`${view.id} ${collection} ${id}`} document={view.id} target={target} />
    </>
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
  const records = ids.map((id) => view.collections[collection]?.[id] ?? {});
  return (
    <>
      <header className="inspector-title">
        <span>
          {refs.length.toLocaleString()} {collection}
        </span>
      </header>
      <RecordFields document={view.id} collection={collection} ids={ids} records={records} />
      {collection === "nodes" && (
        <p className="inspector-help">Select one node to edit its configuration and values.</p>
      )}
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
