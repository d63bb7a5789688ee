import { Lock } from "lucide-react";
import type { ReactNode } from "react";

import { FieldRow, SectionHeading } from "../../design";
import { documentStore, newestRecord } from "../../documents/document";
import type { Change, RecordData } from "../../ipc/types";
import type { RecordKind } from "../../workspace/kinds";
import { attemptEdit } from "../../workspace/editing";
import { FieldEditor } from "./FieldEditor";
import type { SetFields } from "./FieldEditor";

interface RecordFieldsProps {
  document: string;
  collection: string;
  kind: RecordKind;
  ids: readonly string[];
  records: readonly RecordData[];
}

/** The described fields of one or several records of a collection. */
export function RecordFields({ document, collection, kind, ids, records }: RecordFieldsProps) {
  const write = (event: string, set: SetFields) => {
    // What was shown when the field was entered may be older than what is there now.
    const newest = (id: string, at: number) => newestRecord(document, collection, id) ?? records[at] ?? {};
    const changes = ids.map((id, at): Change => ({ collection, id, set: set(newest(id, at), id) }));
    // Of several, what somebody deleted while one typed is left out.
    const left = documentStore(document).getState().view?.records.there(changes) ?? [];
    void attemptEdit(document, event, left.length > 0 ? left : changes);
  };
  return (kind.sections ?? []).map((section) => (
    <section key={section.title} aria-label={section.title} className="inspector-section">
      <SectionHeading title={section.title} />
      {section.fields
        .filter(({ when }) => records.every((record) => when?.(record) ?? true))
        .map((description) => (
          <Unlocked
            key={description.label}
            label={description.label}
            locked={records.some((record) => description.locked?.(record))}
          >
            <FieldEditor
              key={ids.join()}
              description={description}
              ids={ids}
              records={records}
              onSet={(set) => write(description.event ?? kind.event, set)}
            />
          </Unlocked>
        ))}
    </section>
  ));
}

/** A field; of a locked record it shows its value and says why it takes no other. */
function Unlocked({ label, locked, children }: { label: string; locked: boolean; children: ReactNode }) {
  if (!locked) return <FieldRow label={label}>{children}</FieldRow>;
  return (
    <FieldRow label={label} mark={<Lock size={11} className="inspector-lock" aria-hidden />}>
      <fieldset disabled className="inspector-locked" aria-label={`${label}, locked`}>
        {children}
      </fieldset>
    </FieldRow>
  );
}
