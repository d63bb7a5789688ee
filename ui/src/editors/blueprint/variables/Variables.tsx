import { Plus, Radio, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { attemptEdit } from "../../../workspace/editing";
import { Button, IconButton, TextField, focusLater, labelDrag } from "../../../design";
import { newId, useCollection, useDocument } from "../../../documents/document";
import { select, useSelection } from "../../../documents/selection";
import type { FieldValue, RecordData } from "../../../ipc/types";
import { orderedIds, textOf } from "../../../documents/reading";
import { VARIABLE } from "../language";
import { lookOf } from "../values/types";
import "./variables.css";

type Collection = "variables" | "events";

const KINDS = {
  variables: { thing: "variable", word: "variable", first: "score" },
  events: { thing: "event", word: "custom event", first: "hit" },
} as const;

/** Variables and custom events of a Blueprint. */
export function Variables({ document }: { document: string }) {
  return (
    <div className="variables">
      <List document={document} collection="variables" title="Variables" />
      <List document={document} collection="events" title="Custom events" />
    </div>
  );
}

function List({ document, collection, title }: { document: string; collection: Collection; title: string }) {
  const view = useDocument(document);
  const records = useCollection(document, collection);
  const ids = orderedIds(records, "order");
  const selected = useSelection(document);
  const [renaming, setRenaming] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLDivElement>(null);
  const kind = KINDS[collection];
  const write = (
    verb: string,
    id: string,
    change: { put: Record<string, FieldValue> } | { set: Record<string, FieldValue> } | { remove: true },
  ) => attemptEdit(document, `${kind.thing}.${verb}`, [{ collection, id, ...change }]);
  const pick = (id: string) => select(document, [{ collection, id }]);

  const add = async () => {
    const id = newId();
    const name = freeName(
      kind.first,
      ids.map((other) => textOf(records[other], "name")),
    );
    const fields: Record<string, FieldValue> =
      collection === "variables" ? { name, initial: { type: "float", value: [0] } } : { name };
    if (await write("add", id, { put: fields })) {
      pick(id);
      setRenaming(id);
    }
  };
  const lineOf = (id: string | undefined) =>
    list.current?.querySelector<HTMLElement>(`[data-record="${id ?? ""}"]`);
  const rename = (id: string, name: string | undefined) => {
    setRenaming(undefined);
    if (name !== undefined && name.trim() !== "") void write("set", id, { set: { name: name.trim() } });
    focusLater(() => lineOf(id));
  };
  const remove = (id: string) => {
    const at = ids.indexOf(id);
    const next = ids[at + 1] ?? ids[at - 1];
    void write("delete", id, { remove: true });
    focusLater(() => lineOf(next) ?? heading.current?.querySelector("button"));
  };
  const onKeyDown = (event: KeyboardEvent, id: string) => {
    if (event.key === "F2") setRenaming(id);
    else if (event.key === "Delete") remove(id);
    else return;
    event.preventDefault();
  };
  if (!view) return null;
  return (
    <section aria-label={title}>
      <div ref={heading} className="panel-heading">
        <span>{title}</span>
        <IconButton label={`Add a ${kind.word}`} onClick={() => void add()}>
          <Plus size={15} />
        </IconButton>
      </div>
      {ids.length === 0 && (
        <div className="variables-none">
          {collection === "variables" ? "Values the graph keeps." : "Signals graphs send to each other."}
          <Button variant="quiet" onClick={() => void add()}>
            Add a {kind.word}
          </Button>
        </div>
      )}
      <ul ref={list}>
        {ids.map((id) => (
          <li
            key={id}
            className="variable"
            data-selected={isSelected(selected, collection, id) ? "" : undefined}
          >
            {renaming === id ? (
              <TextField
                label={`Rename ${textOf(records[id], "name")}`}
                value={textOf(records[id], "name")}
                autoFocus
                onCommit={(name) => rename(id, name)}
                onCancel={() => rename(id, undefined)}
              />
            ) : (
              <button
                type="button"
                className="variable-open"
                data-record={id}
                aria-pressed={isSelected(selected, collection, id)}
                draggable={collection === "variables"}
                onDragStart={(event) => {
                  event.dataTransfer.setData(VARIABLE, id);
                  event.dataTransfer.effectAllowed = "copy";
                  labelDrag(event.dataTransfer, textOf(records[id], "name"));
                }}
                onClick={() => pick(id)}
                onDoubleClick={() => setRenaming(id)}
                onKeyDown={(event) => onKeyDown(event, id)}
              >
                <Mark collection={collection} record={records[id]} />
                <span className="ui-tree-name">{textOf(records[id], "name") || "internal event"}</span>
                <span className="ui-tree-detail ui-mono">{detail(collection, records[id])}</span>
              </button>
            )}
            <IconButton
              label={`Delete ${textOf(records[id], "name") || kind.word}`}
              onClick={() => remove(id)}
            >
              <Trash2 size={13} />
            </IconButton>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Mark({ collection, record }: { collection: Collection; record: RecordData | undefined }) {
  if (collection === "events") return <Radio size={13} aria-hidden />;
  return (
    <span className="variable-pin" style={{ background: `var(${lookOf(signatureOf(record)).token})` }} />
  );
}

function signatureOf(record: RecordData | undefined): string {
  const initial = record?.initial;
  const type =
    typeof initial === "object" && initial !== null && !Array.isArray(initial) ? initial.type : undefined;
  return typeof type === "string" ? type : "";
}

function detail(collection: Collection, record: RecordData | undefined): string {
  if (collection === "variables") return signatureOf(record);
  const count = Object.keys(record ?? {}).filter((field) => field.startsWith("values.")).length;
  return count === 0 ? "" : `${count} ${count === 1 ? "value" : "values"}`;
}

function isSelected(
  refs: readonly { collection: string; id: string }[],
  collection: string,
  id: string,
): boolean {
  return refs.some((ref) => ref.collection === collection && ref.id === id);
}

function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let at = 2; taken.includes(free); at += 1) free = `${name} ${at}`;
  return free;
}
