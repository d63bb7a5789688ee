import { Plus, Radio, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import type { KeyboardEvent } from "react";

import { attemptEdit } from "../../../workspace/editing";
import { Button, IconButton, TextField, focusLater, labelDrag, nameProblem } from "../../../design";
import { documentStore, newId, useDerived, useRecord } from "../../../documents/document";
import { select, useSelection } from "../../../documents/selection";
import type { FieldValue, RecordData } from "../../../ipc/types";
import { orderedIds, textOf } from "../../../documents/reading";
import type { Derived } from "../../../documents/records";
import { VARIABLE } from "../language";
import { lookOf } from "../values/types";
import "./variables.css";

type Collection = "variables" | "events";

const KINDS = {
  variables: { thing: "variable", word: "variable", first: "score", ids: idsOf("variables") },
  events: { thing: "event", word: "custom event", first: "hit", ids: idsOf("events") },
} as const;

/** The records of a collection in their order. */
function idsOf(collection: Collection): Derived<readonly string[]> {
  return {
    from: { [collection]: ["order"] },
    make: (records) => orderedIds(records.all(collection), "order"),
  };
}

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
  const kind = KINDS[collection];
  const ids = useDerived(document, kind.ids);
  const selected = useSelection(document);
  const [renaming, setRenaming] = useState<string>();
  const list = useRef<HTMLUListElement>(null);
  const heading = useRef<HTMLDivElement>(null);
  const write = (
    verb: string,
    id: string,
    change: { put: Record<string, FieldValue> } | { set: Record<string, FieldValue> } | { remove: true },
  ) => attemptEdit(document, `${kind.thing}.${verb}`, [{ collection, id, ...change }]);
  const pick = (id: string) => select(document, [{ collection, id }]);

  if (!ids) return null;
  const add = async () => {
    const id = newId();
    const records = documentStore(document).getState().view?.records.all(collection).values() ?? [];
    const name = freeName(
      kind.first,
      [...records].map((record) => textOf(record, "name")),
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
          <Line
            key={id}
            document={document}
            collection={collection}
            id={id}
            selected={isSelected(selected, collection, id)}
            renaming={renaming === id}
            onPick={() => pick(id)}
            onBeginRename={() => setRenaming(id)}
            onRename={(name) => rename(id, name)}
            onRemove={() => remove(id)}
            onKeyDown={(event) => onKeyDown(event, id)}
          />
        ))}
      </ul>
    </section>
  );
}

interface LineProps {
  document: string;
  collection: Collection;
  id: string;
  selected: boolean;
  renaming: boolean;
  onPick: () => void;
  onBeginRename: () => void;
  /** Undefined when nothing changed. */
  onRename: (name: string | undefined) => void;
  onRemove: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

function Line({ document, collection, id, selected, renaming, ...on }: LineProps) {
  const record = useRecord(document, collection, id);
  const name = textOf(record, "name");
  return (
    <li className="variable" data-selected={selected ? "" : undefined}>
      {renaming ? (
        <TextField
          label={`Rename ${name}`}
          value={name}
          autoFocus
          problemOf={collection === "variables" ? nameProblem : undefined}
          onCommit={on.onRename}
          onCancel={() => on.onRename(undefined)}
        />
      ) : (
        <button
          type="button"
          className="variable-open"
          data-record={id}
          aria-pressed={selected}
          draggable={collection === "variables"}
          onDragStart={(event) => {
            event.dataTransfer.setData(VARIABLE, id);
            event.dataTransfer.effectAllowed = "copy";
            labelDrag(event.dataTransfer, name);
          }}
          onClick={on.onPick}
          onDoubleClick={on.onBeginRename}
          onKeyDown={on.onKeyDown}
        >
          <Mark collection={collection} record={record} />
          <span className="ui-tree-name">{name || "internal event"}</span>
          <span className="ui-tree-detail ui-mono">{detail(collection, record)}</span>
        </button>
      )}
      <IconButton label={`Delete ${name || KINDS[collection].word}`} onClick={on.onRemove}>
        <Trash2 size={13} />
      </IconButton>
    </li>
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
